// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The modules of a kernel made standalone and put back.
 *
 *   standalone_kernels STRIDE ASK KERNEL MODULES [OTHER...]
 *
 * KERNEL and OTHER are files with the BTF of kernels in them, MODULES is a
 * directory. Every STRIDE-th module goes there and back, in either depth:
 *   - it is sound alone
 *   - put back onto KERNEL it is sound and means what the module meant, but for members
 *     behind pointers where those were cut; .BTF_ids name what they named
 * Every ASK-th of these is shown to others as well:
 *   - `verify` says of it what the running kernel says, of which root only can ask
 *   - on its one INT libbpf relocates it onto the first OTHER, and every fiftieth of
 *     them onto all, to the bytes that kbtf renumbers it to; where there was a libbpf to build with
 *
 * Prints a line that begins with # for each that differs and for the numbers in all;
 * the exit status is 1 where anything differs.
 */
#define _GNU_SOURCE
#ifdef WITH_LIBBPF
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#endif
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <kbtf/ids.h>
#include <kbtf/image.h>
#include <kbtf/module.h>
#include <kbtf/verify.h>

#include "btf_load.h"
#include "model.h"

#define ALL_OTHERS_EACH 50u
#define MAX_OTHERS 64u

struct kernel {
	struct kbtf *btf;
#ifdef WITH_LIBBPF
	struct btf *peer;
#endif
};

struct numbers {
	unsigned int modules, loaded, refused, relocated, ids, differ;
	unsigned long long types[2], bytes[2]; /* by depth */
};

static struct kernel home, others[MAX_OTHERS];
static unsigned int nr_others;
static bool ask_kernel;
static unsigned int ask_each;
static enum kbtf_kernel_rules rules;
static struct numbers nr;

static void die(const char *what, const char *why) __attribute__((noreturn));

static void die(const char *what, const char *why)
{
	fprintf(stderr, "standalone_kernels: %s: %s\n", what, why);
	exit(2);
}

static void differ(const char *module, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void differ(const char *module, const char *fmt, ...)
{
	va_list ap;

	printf("# differs: %s: ", module);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	nr.differ++;
}

static void differ_diag(const char *module, const char *what, const struct kbtf_diag *diag)
{
	char line[1024];

	kbtf_diag_format(diag, line, sizeof(line));
	differ(module, "%s: %s", what, line);
}

/* What was made, written and opened again; NULL where it is not sound. */
static struct kbtf *reopened(const char *module, const char *what, const struct kbtf *btf,
			     const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = what, .flags = KBTF_OPEN_TAKE };
	struct kbtf *ret = NULL;
	struct kbtf_diag diag;
	size_t size;
	void *bytes;

	if (kbtf_write(btf, &bytes, &size))
		die(module, "out of memory");
	if (kbtf_open(bytes, size, &opts, &ret, &diag)) {
		free(bytes);
		differ_diag(module, what, &diag);
	}
	return ret;
}

/* ---- The running kernel ----------------------------------------------------- */

static void load(const char *module, const struct kbtf *btf)
{
	struct kbtf_verify_opts opts = {
		.profile = KBTF_PROFILE_PROGRAM,
		.rules = rules,
		.flags = KBTF_VERIFY_FIRST_ONLY | KBTF_VERIFY_HOST_ORDER,
	};
	struct kbtf_diag diag = { 0 };
	size_t size;
	const void *bytes = kbtf_bytes(btf, &size);
	int err = kbtf_verify(bytes, size, &opts, NULL, NULL, &diag), theirs;

	if (!ask_kernel)
		return;
	theirs = btf_load(bytes, size, NULL, 0);
	nr.loaded += !theirs;
	nr.refused += theirs != 0;
	if (err != theirs)
		differ(module, "kernel says %d, kbtf %d %s", theirs, err, err ? diag.text : "");
}

/* ---- libbpf ------------------------------------------------------------------ */

#ifdef WITH_LIBBPF
static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static bool same_bytes(const struct kbtf *a, const void *bytes, size_t size)
{
	size_t a_size;
	const void *a_bytes = kbtf_bytes(a, &a_size);

	return a_size == size && !memcmp(a_bytes, bytes, size);
}

static void relocate(const char *module, const struct kbtf_standalone *made,
		     const struct kernel *other)
{
	size_t size, base_size;
	const void *bytes = kbtf_bytes(made->btf, &size);
	const void *base_bytes = kbtf_bytes(made->base, &base_size);
	struct btf *base = btf__new(base_bytes, (__u32)base_size);
	struct btf *split = base ? btf__new_split(bytes, (__u32)size, base) : NULL;
	struct kbtf_diag diag;
	struct kbtf *ours;
	__u32 their_size;
	int err;

	if (!split) {
		differ(module, "libbpf does not open it");
	} else {
		err = btf__relocate(split, other->peer);
		if (err) {
			differ(module, "libbpf does not relocate it onto %s: %d",
			       kbtf_label(other->btf), err);
		} else if (kbtf_standalone_to_split(made->btf, other->btf, NULL, &ours, &diag)) {
			differ_diag(module, "to split", &diag);
		} else {
			bytes = btf__raw_data(split, &their_size);
			if (!bytes || !same_bytes(ours, bytes, their_size))
				differ(module, "other bytes than libbpf's on %s",
				       kbtf_label(other->btf));
			nr.relocated++;
			kbtf_free(ours);
		}
	}
	btf__free(split);
	btf__free(base);
}
#else
static void relocate(const char *module, const struct kbtf_standalone *made,
		     const struct kernel *other)
{
	(void)module;
	(void)made;
	(void)other;
}
#endif

/* ---- There and back ------------------------------------------------------------ */

static struct kbtf_ids *read_ids(const char *path, const struct kbtf_file *file)
{
	struct kbtf_section section;
	struct kbtf_symbol *symbols;
	struct kbtf_ids *ids;
	size_t nr_symbols, i;

	if (!kbtf_file_has_section(file, ".BTF_ids"))
		return NULL;
	if (kbtf_file_find_section(file, ".BTF_ids", &section, NULL) ||
	    kbtf_ids_new(section.data, section.size, false, &ids, NULL) ||
	    kbtf_file_find_symbols(file, "__BTF_ID__", &symbols, &nr_symbols, NULL))
		die(path, ".BTF_ids cannot be read");
	for (i = 0; i < nr_symbols; i++)
		if (symbols[i].section == section.index &&
		    kbtf_ids_add_symbol(ids, symbols[i].name, symbols[i].offset, symbols[i].size,
					NULL))
			die(path, ".BTF_ids cannot be read");
	free(symbols);
	return ids;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names that the ids have, sorted, since those of a set change places. */
static const char **names_of(const struct kbtf_ids *ids, const struct kbtf *btf)
{
	const char **names = calloc(kbtf_ids_count(ids) + 1, sizeof(*names));
	uint32_t i;

	if (!names)
		die("ids", "out of memory");
	for (i = 0; i < kbtf_ids_count(ids); i++)
		names[i] = kbtf_name(btf, kbtf_ids_get(ids, i));
	qsort(names, kbtf_ids_count(ids), sizeof(*names), by_name);
	return names;
}

static void compare_ids(const char *path, const struct kbtf_ids *before, const struct kbtf *module,
			const struct kbtf_ids *after, const struct kbtf *back)
{
	const char **a = names_of(before, module), **b = names_of(after, back);
	uint32_t i;

	for (i = 0; i < kbtf_ids_count(before); i++)
		if (strcmp(a[i], b[i]))
			differ(path, ".BTF_ids name %s where they named %s", b[i], a[i]);
	nr.ids += kbtf_ids_count(before);
	free(a);
	free(b);
}

static void check_back(const char *path, const struct kbtf *module, const struct kbtf_file *file,
		       const struct kbtf_standalone *made, unsigned int flags, struct kbtf_ids *ids)
{
	struct kbtf_ids *before = read_ids(path, file);
	struct kbtf *back, *again;
	struct kbtf_diag diag;
	uint32_t id = 0;

	if (kbtf_standalone_to_split(made->btf, home.btf, ids, &back, &diag)) {
		differ_diag(path, "put back", &diag);
	} else {
		if (flags & KBTF_STANDALONE_NAMES ? !same_types_cut(module, back, &id)
						  : !same_types(module, back, &id))
			differ(path, "type [%u] is not what it was", id);
		if (ids)
			compare_ids(path, before, module, ids, back);
		again = reopened(path, "put back", back, home.btf);
		kbtf_free(again);
		kbtf_free(back);
	}
	kbtf_ids_free(before);
}

static unsigned int nr_others_for_this(void)
{
	if (nr.modules % ask_each)
		return 0;
	return nr.modules / ask_each % ALL_OTHERS_EACH && nr_others ? 1 : nr_others;
}

static void check_form(const char *path, const struct kbtf *module, const struct kbtf_file *file,
		       unsigned int flags)
{
	struct kbtf_ids *ids = read_ids(path, file);
	struct kbtf_standalone made;
	struct kbtf *alone, *base;
	struct kbtf_diag diag;
	unsigned int i;
	size_t size;

	if (kbtf_standalone(module, flags, ids, &made, &diag)) {
		differ_diag(path, "standalone", &diag);
		kbtf_ids_free(ids);
		return;
	}
	if (flags & KBTF_STANDALONE_BARE) {
		alone = reopened(path, "alone", made.btf, NULL);
		kbtf_bytes(made.btf, &size);
		nr.types[!!(flags & KBTF_STANDALONE_NAMES)] += kbtf_nr_types(made.btf);
		nr.bytes[!!(flags & KBTF_STANDALONE_NAMES)] += size;
		if (alone && nr.modules % ask_each == 0)
			load(path, alone);
		kbtf_free(alone);
	} else {
		base = reopened(path, "one INT", made.base, NULL);
		alone = base ? reopened(path, "on one INT", made.btf, base) : NULL;
		kbtf_free(alone);
		kbtf_free(base);
		for (i = 0; i < nr_others_for_this(); i++)
			relocate(path, &made, &others[i]);
	}
	if (flags & KBTF_STANDALONE_BARE || nr.modules % ask_each == 0)
		check_back(path, module, file, &made, flags, ids);
	kbtf_standalone_deinit(&made);
	kbtf_ids_free(ids);
}

static void check_module(const char *path)
{
	struct kbtf_open_opts opts = { .base = home.btf, .label = path };
	struct kbtf_file *file;
	struct kbtf *module;
	struct kbtf_diag diag;
	const void *bytes;
	unsigned int flags;
	size_t size;
	int err;

	if (kbtf_file_open(path, &file, &diag))
		die(path, diag.text);
	err = kbtf_file_btf(file, &bytes, &size, &diag);
	if (!err) {
		if (kbtf_open(bytes, size, &opts, &module, &diag))
			die(path, diag.text);
		if (!kbtf_standalone_detect(bytes, size, NULL))
			differ(path, "split BTF is taken for standalone");
		for (flags = 0; flags < 4; flags++)
			check_form(path, module, file, flags);
		nr.modules++;
		kbtf_free(module);
	}
	kbtf_file_free(file);
}

static void kernel_init(struct kernel *k, const char *path)
{
	struct kbtf_open_opts opts = { .label = path };
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *bytes;
	size_t size;

	if (kbtf_file_open_btf(path, &file, &diag) || kbtf_file_btf(file, &bytes, &size, &diag) ||
	    kbtf_open(bytes, size, &opts, &k->btf, &diag))
		die(path, diag.text);
#ifdef WITH_LIBBPF
	k->peer = btf__new(bytes, (__u32)size);
	if (!k->peer)
		die(path, "libbpf does not open it");
#endif
	kbtf_file_free(file);
}

static void kernel_deinit(struct kernel *k)
{
#ifdef WITH_LIBBPF
	btf__free(k->peer);
#endif
	kbtf_free(k->btf);
}

/* Whether it takes the least BTF there is, of one INT, and which rules it goes by. */
static bool kernel_answers(void)
{
	struct kbtf_standalone least;
	struct utsname names;
	size_t size;
	const void *bytes;
	int err;

	if (uname(&names) || kbtf_kernel_rules_parse(names.release, &rules, NULL) ||
	    kbtf_standalone(home.btf, 0, NULL, &least, NULL))
		return false;
	bytes = kbtf_bytes(least.base, &size);
	err = btf_load(bytes, size, NULL, 0);
	kbtf_standalone_deinit(&least);
	return !err;
}

int main(int argc, char **argv)
{
	struct kbtf_paths paths;
	struct kbtf_diag diag;
	unsigned int stride;
	size_t i;

	if (argc < 5 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1) {
		fprintf(stderr, "Usage: standalone_kernels STRIDE ASK KERNEL MODULES [OTHER...]\n");
		return 2;
	}
#ifdef WITH_LIBBPF
	libbpf_set_print(be_silent);
#endif
	stride = (unsigned int)atoi(argv[1]);
	ask_each = (unsigned int)atoi(argv[2]);
	kernel_init(&home, argv[3]);
	for (i = 5; i < (size_t)argc && nr_others < MAX_OTHERS; i++)
		kernel_init(&others[nr_others++], argv[i]);
	ask_kernel = kernel_answers();
	if (kbtf_paths_list(argv[4], 0, &paths, &diag))
		die(argv[4], diag.text);
	for (i = 0; i < paths.nr; i += stride)
		check_module(paths.paths[i]);
	kbtf_paths_deinit(&paths);
	printf("# %u modules there and back, %u ids; all: %llu types, %llu bytes each, names: "
	       "%llu, %llu\n",
	       nr.modules, nr.ids, nr.types[0] / (nr.modules ? nr.modules : 1),
	       nr.bytes[0] / (nr.modules ? nr.modules : 1),
	       nr.types[1] / (nr.modules ? nr.modules : 1),
	       nr.bytes[1] / (nr.modules ? nr.modules : 1));
	printf("# running kernel: %s%u loaded, %u refused; libbpf relocated %u\n",
	       ask_kernel ? "" : "not asked; ", nr.loaded, nr.refused, nr.relocated);
	while (nr_others)
		kernel_deinit(&others[--nr_others]);
	kernel_deinit(&home);
	return !nr.modules || nr.differ != 0;
}
