// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A path or bytes in, struct kbtf_file out: read it whole (read_fd), or of ELF no
 * more than its BTF (read_btf.c), take the
 * wrappers off (peel.c), and for ELF find the signature (modsig.c) and the tables
 * (elf_read.c). Files are read, never mapped: they may change under a map.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fail.h"
#include "file.h"

#define SMALLEST_READ ((size_t)64 << 10)

int kbtf_file_fail_in(const struct kbtf_file *file, int err, struct kbtf_diag *reterr)
{
	kbtf_diag_in(reterr, file->label);
	return err;
}

static int fail_errno(const char *did, struct kbtf_diag *reterr)
{
	int err = -errno;

	return kbtf_fail(reterr, err, "file-read", "%s: %s", did, strerror(-err));
}

/*
 * Read to the end, whatever the size was said to be: files of /sys may tell 0,
 * and others may grow. One byte more than expected is asked for, so that the
 * end of an ordinary file shows in a short read and no second buffer is needed.
 */
static int read_fd(int fd, size_t expected, size_t max, struct kbtf_buf *out,
		   struct kbtf_diag *reterr)
{
	size_t room = expected ? expected + 1 : SMALLEST_READ;
	ssize_t n;

	do {
		if (out->size > max)
			return kbtf_fail(reterr, -EFBIG, "file-size",
					 "the file has more than %zu bytes", max);
		if (kbtf_buf_reserve(out, room))
			return kbtf_fail_nomem(reterr);
		n = read(fd, out->data + out->size, out->room - out->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("cannot read", reterr);
		out->size += (size_t)n;
		room = out->room == out->size ? SMALLEST_READ : 1;
	} while (n);
	return 0;
}

int kbtf_read_path(const char *path, struct kbtf_buf *out, struct kbtf_diag *reterr)
{
	size_t expected = 0, max = KBTF_FILE_MAX_BYTES;
	struct stat st;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno("cannot open", reterr);
	if (fstat(fd, &st)) {
		err = fail_errno("cannot stat", reterr);
	} else if (S_ISDIR(st.st_mode)) {
		err = kbtf_fail(reterr, -EISDIR, "file-read", "is a directory");
	} else if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size > max) {
		err = kbtf_fail(reterr, -EFBIG, "file-size",
				"the file has %lld bytes, more than %zu", (long long)st.st_size,
				max);
	} else {
		if (S_ISREG(st.st_mode) && st.st_size > 0)
			expected = (size_t)st.st_size;
		err = read_fd(fd, expected, max, out, reterr);
	}
	close(fd);
	return err;
}

static void release(struct kbtf_file *file)
{
	if (file->fd)
		close(file->fd - 1);
	if (file->is_read)
		munmap(file->owned, file->size);
	else
		free(file->owned);
}

static int open_elf(struct kbtf_file *file, struct kbtf_diag *reterr)
{
	int err = 0;

	file->signature.offset = file->size;
	if (!file->is_read)
		err = kbtf_signature_find(file->bytes, file->size, &file->signature, reterr);
	if (!err)
		err = kbtf_elf_init(&file->elf, file->bytes, file->signature.offset, reterr);
	if (err)
		return err;
	if (kbtf_file_place_sections(file))
		return kbtf_fail_nomem(reterr);
	file->is_module = file->elf.info.type == ET_REL && kbtf_elf_find(&file->elf, ".modinfo") &&
			  kbtf_elf_find(&file->elf, ".gnu.linkonce.this_module");
	if (file->is_module)
		strncat(file->form, " module", sizeof(file->form) - strlen(file->form) - 1);
	return 0;
}

/* Takes all of proto but label, which is copied; on failure too. */
static int file_new(const struct kbtf_file *proto, const char *label, struct kbtf_file **ret,
		    struct kbtf_diag *reterr)
{
	struct kbtf_file *file = malloc(sizeof(*file)), on_stack = *proto;
	int err;

	if (!file) {
		release(&on_stack);
		return kbtf_fail_nomem(reterr);
	}
	*file = *proto;
	file->label = strdup(label);
	err = file->label ? kbtf_file_peel(file, reterr) : kbtf_fail_nomem(reterr);
	if (!err && file->kind == KBTF_FILE_ELF)
		err = open_elf(file, reterr);
	if (err) {
		kbtf_diag_in(reterr, label);
		kbtf_file_free(file);
		return err;
	}
	*ret = file;
	return 0;
}

int kbtf_file_open_bytes(const void *bytes, size_t size, const char *label, struct kbtf_file **ret,
			 struct kbtf_diag *reterr)
{
	const struct kbtf_file proto = { .bytes = bytes, .size = size };

	return file_new(&proto, label, ret, reterr);
}

int kbtf_file_open(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	struct kbtf_file proto = { 0 };
	struct kbtf_buf buf = { 0 };
	int err;

	err = kbtf_read_path(path, &buf, reterr);
	if (err) {
		kbtf_diag_in(reterr, path);
		kbtf_buf_deinit(&buf);
		return err;
	}
	proto.owned = kbtf_buf_steal(&buf, &proto.size);
	proto.bytes = proto.owned;
	return file_new(&proto, path, ret, reterr);
}

static int open_parts(const char *path, kbtf_is_read_fn *is_read, struct kbtf_file **ret,
		      struct kbtf_diag *reterr)
{
	const struct kbtf_parts parts = { is_read, is_read };
	struct kbtf_file proto = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool done;

	done = fd >= 0 && kbtf_read_parts(fd, &parts, &proto);
	if (fd >= 0)
		close(fd);
	return done ? file_new(&proto, path, ret, reterr) : kbtf_file_open(path, ret, reterr);
}

int kbtf_file_open_btf(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	return open_parts(path, kbtf_is_btf_section, ret, reterr);
}

static bool is_ids_section(const char *name)
{
	return kbtf_is_btf_section(name) || !strcmp(name, ".symtab") || !strcmp(name, ".strtab") ||
	       !strcmp(name, ".symtab_shndx");
}

int kbtf_file_open_ids(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	return open_parts(path, is_ids_section, ret, reterr);
}

/* Of linked files, whose .debug_info is read later. */
static bool is_debug_section(const char *name)
{
	static const char *const names[] = {
		".debug_abbrev", ".debug_str",	    ".debug_line_str", ".debug_str_offsets",
		".debug_addr",	 ".debug_loclists", ".debug_loc",      ".debug_types",
		".symtab",	 ".strtab",	    ".symtab_shndx",   ".BTF_ids",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Relocations are as many bytes as all of these together: they are read while they are applied. */
static bool is_relocatable_section(const char *name)
{
	return is_debug_section(name) || !strcmp(name, ".debug_info");
}

/* Of a linked file whose debug sections can be used as they lie there. */
static bool can_be_partial(const struct kbtf_file *file)
{
	const Elf64_Shdr *s;
	uint32_t i;

	i = kbtf_elf_find(&file->elf, ".debug_info");
	s = &file->elf.shdrs[i];
	return i && kbtf_elf_has_bytes(s) && !(s->sh_flags & SHF_COMPRESSED) &&
	       !kbtf_elf_find(&file->elf, ".debug_types");
}

/* Whether symbols and their names are in sections that were read, as compilers call them. */
static bool has_symbols(const struct kbtf_file *file)
{
	const struct kbtf_elf *elf = &file->elf;
	const Elf64_Shdr *s;
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++) {
		s = &elf->shdrs[i];
		if (s->sh_type == SHT_SYMTAB &&
		    (!kbtf_file_has_bytes(file, s) || s->sh_link >= elf->info.nr_sections ||
		     !kbtf_file_has_bytes(file, &elf->shdrs[s->sh_link])))
			return false;
	}
	return true;
}

static int open_scratch(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	int err = kbtf_file_open(path, ret, reterr);

	if (!err)
		(*ret)->is_scratch = (*ret)->owned;
	return err;
}

/* False where it has to be read whole. */
static bool open_debug(const char *path, struct kbtf_file **ret)
{
	static const struct kbtf_parts parts = { is_debug_section, is_relocatable_section };
	struct kbtf_file proto = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (!kbtf_read_parts(fd, &parts, &proto)) {
		close(fd);
		return false;
	}
	proto.fd = fd + 1;
	if (file_new(&proto, path, ret, NULL))
		return false;
	if ((*ret)->kind == KBTF_FILE_ELF && has_symbols(*ret)) {
		(*ret)->is_scratch = (*ret)->elf.info.type == ET_REL;
		(*ret)->is_partial = !(*ret)->is_scratch && can_be_partial(*ret);
	}
	if ((*ret)->is_scratch || (*ret)->is_partial)
		return true;
	kbtf_file_free(*ret);
	return false;
}

int kbtf_file_open_debug(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	return open_debug(path, ret) ? 0 : open_scratch(path, ret, reterr);
}

bool kbtf_file_has_bytes(const struct kbtf_file *file, const Elf64_Shdr *shdr)
{
	return kbtf_elf_has_bytes(shdr) &&
	       (!file->is_read || file->is_read(kbtf_elf_name(&file->elf, shdr)));
}

bool kbtf_file_is_partial(const struct kbtf_file *file)
{
	return file->is_partial;
}

int kbtf_file_read(const struct kbtf_file *file, uint64_t offset, uint64_t size, void *to)
{
	uint8_t *at = to;
	ssize_t n;

	while (size) {
		n = pread(file->fd - 1, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		at += n;
		offset += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

void kbtf_file_free(struct kbtf_file *file)
{
	if (!file)
		return;
	kbtf_elf_deinit(&file->elf);
	free(file->addrs);
	release(file);
	free(file->label);
	free(file);
}

const char *kbtf_file_label(const struct kbtf_file *file)
{
	return file->label;
}

enum kbtf_file_kind kbtf_file_kind(const struct kbtf_file *file)
{
	return file->kind;
}

const char *kbtf_file_form(const struct kbtf_file *file)
{
	return file->form;
}

enum kbtf_compression kbtf_file_compression(const struct kbtf_file *file)
{
	return file->compression;
}

bool kbtf_file_is_writable(const struct kbtf_file *file)
{
	if (file->kind == KBTF_FILE_IMAGE || file->is_read)
		return false;
	if (!file->depth)
		return true;
	if (file->compression == KBTF_PLAIN) /* an archive */
		return false;
	return file->depth == 1 && (file->compression == KBTF_GZIP ||
				    file->compression == KBTF_XZ || file->compression == KBTF_ZSTD);
}

const void *kbtf_file_bytes(const struct kbtf_file *file, size_t *ret_size)
{
	*ret_size = file->size;
	return file->bytes;
}

int kbtf_file_btf(const struct kbtf_file *file, const void **ret, size_t *ret_size,
		  struct kbtf_diag *reterr)
{
	struct kbtf_section section;
	int err;

	if (file->kind == KBTF_FILE_ELF && !kbtf_file_has_section(file, ".BTF")) {
		kbtf_fail(reterr, -ENODATA, "no-btf", "no section .BTF");
		return kbtf_file_fail_in(file, -ENODATA, reterr);
	}
	if (file->kind == KBTF_FILE_ELF) {
		err = kbtf_file_find_section(file, ".BTF", &section, reterr);
		if (err)
			return err;
		*ret = section.data;
		*ret_size = section.size;
		return 0;
	}
	if (!file->btf) {
		kbtf_fail(reterr, -ENODATA, "no-btf", "no BTF in this kernel (%s)", file->form);
		return kbtf_file_fail_in(file, -ENODATA, reterr);
	}
	*ret = file->btf;
	*ret_size = file->btf_size;
	return 0;
}
