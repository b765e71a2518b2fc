// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Loading a carrier with other BTF. The new bytes are put behind the end of the file, where
 * the headers of its sections then point; .BTF.base is hidden by a name without its first
 * letter.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module_load.h"

#define TRACING "/sys/kernel/tracing"
#define LOADED "/carrier-loaded.ko"
#define KERNEL_ENOTSUPP 524
/* The kernel gives its own errnos as pointers; none is larger. */
#define MAX_ERRNO 4095

/* Source: kernel/bpf/btf.c (btf_parse, btf_parse_base, btf_parse_module) of 6.1 and 6.12. */
static const char *const probed[] = {
	"btf_parse_hdr",       "btf_parse_str_sec", "btf_check_all_metas",
	"btf_check_type_tags", "btf_relocate",
};

struct module_carrier {
	char name[64], btf_path[128];
	uint8_t *bytes;
	size_t size;
	size_t btf, base;   /* where the section headers are */
	uint32_t base_name; /* sh_name of .BTF.base */
	int trace;
};

uint8_t *module_read_all(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	size_t room = 1u << 20, n;
	uint8_t *bytes = file ? malloc(room) : NULL;

	*ret_size = 0;
	while (bytes && (n = fread(bytes + *ret_size, 1, room - *ret_size, file)) > 0) {
		*ret_size += n;
		if (*ret_size == room)
			bytes = realloc(bytes, room *= 2);
	}
	if (file)
		fclose(file);
	return bytes;
}

/* ---- Probes ------------------------------------------------------------- */

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool ret = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ret;
}

static int open_probes(void)
{
	unsigned int i, nr = 0;

	if (mount("tracefs", TRACING, "tracefs", 0, NULL) && errno != EBUSY)
		return -1;
	for (i = 0; i < sizeof(probed) / sizeof(*probed); i++) {
		char event[128];

		snprintf(event, sizeof(event), "r:%s %s ret=$retval:s64\n", probed[i], probed[i]);
		nr += write_text(TRACING "/kprobe_events", event);
	}
	/* Kernels that relocate nothing have no function for it. */
	if (nr + 1 < i || !write_text(TRACING "/events/kprobes/enable", "1"))
		return -1;
	return open(TRACING "/trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* The first errno that was returned since the last call; 0 where there was none. */
static int read_probes(int trace)
{
	static char text[1 << 16];
	const char *at;
	int ret = 0;
	ssize_t n;

	while ((n = read(trace, text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		for (at = text; !ret && (at = strstr(at, " ret=")); at++) {
			/* An int in 64 bits has whatever is in the upper half. */
			int value = (int)strtoll(at + 5, NULL, 10);

			if (value < 0 && value >= -MAX_ERRNO)
				ret = value == -KERNEL_ENOTSUPP ? -EOPNOTSUPP : value;
		}
	}
	return ret;
}

/* ---- The file ----------------------------------------------------------- */

static bool find_sections(struct module_carrier *c)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)c->bytes;
	const Elf64_Shdr *sh = (const Elf64_Shdr *)(c->bytes + eh->e_shoff);
	const char *names = (const char *)c->bytes + sh[eh->e_shstrndx].sh_offset;
	unsigned int i;

	for (i = 0; i < eh->e_shnum; i++) {
		size_t at = (size_t)((const uint8_t *)&sh[i] - c->bytes);

		if (!strcmp(names + sh[i].sh_name, ".BTF")) {
			c->btf = at;
		} else if (!strcmp(names + sh[i].sh_name, ".BTF.base")) {
			c->base = at;
			c->base_name = sh[i].sh_name;
		}
	}
	return c->btf && c->base;
}

struct module_carrier *module_carrier_open(const char *path, const char *name)
{
	struct module_carrier *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->btf_path, sizeof(c->btf_path), "/sys/kernel/btf/%s", name);
	c->bytes = module_read_all(path, &c->size);
	c->trace = open_probes();
	if (c->trace < 0)
		printf("SKIP: the kernel takes no probes\n");
	else if (!c->bytes || c->size < sizeof(Elf64_Ehdr) || !find_sections(c))
		printf("SKIP: %s has no .BTF and .BTF.base\n", path);
	else
		return c;
	free(c->bytes);
	free(c);
	return NULL;
}

static size_t aligned(size_t n)
{
	return (n + 7) / 8 * 8;
}

static bool store(struct module_carrier *c, const void *btf, size_t btf_size, const void *base,
		  size_t base_size)
{
	size_t at = aligned(c->size), base_at = aligned(at + btf_size);
	Elf64_Shdr *sh = (Elf64_Shdr *)(c->bytes + c->btf);
	bool ret;
	int fd;

	sh->sh_offset = at;
	sh->sh_size = btf_size;
	sh = (Elf64_Shdr *)(c->bytes + c->base);
	sh->sh_name = c->base_name + !base;
	sh->sh_offset = base_at;
	sh->sh_size = base_size;
	fd = open(LOADED, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ret = pwrite(fd, c->bytes, c->size, 0) == (ssize_t)c->size &&
	      pwrite(fd, btf, btf_size, (off_t)at) == (ssize_t)btf_size &&
	      (!base || pwrite(fd, base, base_size, (off_t)base_at) == (ssize_t)base_size) &&
	      !ftruncate(fd, (off_t)aligned(base_at + base_size));
	return !close(fd) && ret;
}

int module_carrier_ask(struct module_carrier *c, const void *btf, size_t btf_size, const void *base,
		       size_t base_size, struct module_answer *ret)
{
	int fd, err = 0;

	*ret = (struct module_answer){ 0 };
	if (!store(c, btf, btf_size, base, base_size))
		return -errno;
	read_probes(c->trace);
	fd = open(LOADED, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		err = -errno;
	if (fd >= 0)
		close(fd);
	ret->err = read_probes(c->trace);
	if (err) /* a kernel that does not load modules with wrong BTF says so itself */
		return ret->err == err ? 0 : err;
	if (!access(c->btf_path, R_OK))
		ret->bytes = module_read_all(c->btf_path, &ret->size);
	if (syscall(SYS_delete_module, c->name, O_NONBLOCK))
		return -errno;
	return 0;
}
