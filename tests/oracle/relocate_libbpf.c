// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf and libbpf on the same bytes in memory, in one process.
 *
 *   relocate_libbpf pair OLD NEW MODULES        modules of OLD onto NEW
 *   relocate_libbpf swapped OLD NEW MODULES     the same, all in the other byte order
 *   relocate_libbpf verdicts OLD NEW MODULES    a line a module: name, distilled types, yes or no
 *   relocate_libbpf random FIRST LAST           generated kernels and distilled bases, by seed
 *
 * OLD and NEW are files with BTF in them, MODULES is one or a directory. Of each
 * module it is asked that
 *   - both distill it to the same types in the same order,
 *   - both give the same verdict on what either distilled, and the same bytes,
 *   - relocated onto OLD again it means what it meant, or OLD has what cannot be
 *     told apart.
 *
 * What differs for a reason: where a module refers to nothing of its base that stays
 * there, libbpf 1.8 takes the split that it makes on the empty base for another base, and
 * loses the types that have to move; kbtf makes a base of one INT, and of those modules only its
 * own is relocated. A base without types kbtf refuses, since kernels count from 0 on it.
 *
 * Prints a line that begins with # for each that differs and for the numbers in all; the exit
 * status is 1 where anything differs.
 */
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>
#include <kbtf/module.h>

#include "gen.h"
#include "model.h"

/* Raw bytes that are this program's. */
struct blob {
	void *data;
	size_t size;
};

/* One kernel, as both see it. */
struct kernel {
	struct blob blob;
	struct kbtf *btf;
	struct kbtf_target *target;
	struct btf *peer;
};

/* Split BTF on a base, as both see it, from the same bytes. */
struct both {
	struct blob base, split;
};

static unsigned int nr_modules, nr_yes, nr_no, nr_differ, nr_home, nr_ambiguous;
static unsigned long long distilled_types;

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "relocate_libbpf: %s: %s\n", what, why);
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
	nr_differ++;
}

static struct blob copy_of(const void *data, size_t size)
{
	struct blob blob = { malloc(size ? size : 1), size };

	if (!blob.data)
		die("malloc", strerror(errno));
	memcpy(blob.data, data, size);
	return blob;
}

/* ---- In and out of both libraries ---- */

static struct kbtf *kbtf_of(const struct blob *blob, const struct kbtf *base, const char *label)
{
	const struct kbtf_open_opts opts = { .base = base, .label = label };
	struct kbtf_diag diag;
	struct kbtf *btf;
	char line[1024];

	if (kbtf_open(blob->data, blob->size, &opts, &btf, &diag)) {
		kbtf_diag_format(&diag, line, sizeof(line));
		die(label, line);
	}
	return btf;
}

static struct btf *peer_of(const struct blob *blob, struct btf *base, const char *label)
{
	/* libbpf turns the bytes that it is given over where they are of the other order. */
	struct blob copy = copy_of(blob->data, blob->size);
	struct btf *btf = base ? btf__new_split(copy.data, (__u32)copy.size, base)
			       : btf__new(copy.data, (__u32)copy.size);

	free(copy.data);
	if (!btf)
		die(label, "libbpf does not open it");
	return btf;
}

static struct blob written(const struct kbtf *btf)
{
	struct blob blob;

	if (kbtf_write(btf, &blob.data, &blob.size))
		die("kbtf_write", "failed");
	return blob;
}

static struct blob peer_bytes(const struct btf *btf)
{
	__u32 size;
	const void *data = btf__raw_data(btf, &size);

	if (!data)
		die("btf__raw_data", "failed");
	return copy_of(data, size);
}

/* The bytes in the other byte order, by libbpf. */
static void swap(struct blob *blob, struct btf *base)
{
	struct btf *btf = peer_of(blob, base, "swapping");
	bool is_big = btf__endianness(btf) == BTF_BIG_ENDIAN;

	if (btf__set_endianness(btf, is_big ? BTF_LITTLE_ENDIAN : BTF_BIG_ENDIAN))
		die("swapping", "libbpf does not");
	free(blob->data);
	*blob = peer_bytes(btf);
	btf__free(btf);
}

static struct blob read_btf(const char *path)
{
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *data;
	struct blob blob = { 0 };
	char line[1024];
	size_t size;
	int err;

	err = kbtf_file_open(path, &file, &diag);
	if (!err) {
		err = kbtf_file_btf(file, &data, &size, &diag);
		if (!err)
			blob = copy_of(data, size);
		kbtf_file_free(file);
	}
	if (err && err != -ENODATA) {
		kbtf_diag_format(&diag, line, sizeof(line));
		die(path, line);
	}
	return blob;
}

static void kernel_init(struct kernel *k, struct blob blob, const char *label)
{
	k->blob = blob;
	k->btf = kbtf_of(&k->blob, NULL, label);
	k->peer = peer_of(&k->blob, NULL, label);
	if (kbtf_target_new(k->btf, &k->target))
		die(label, "out of memory");
}

static void kernel_deinit(struct kernel *k)
{
	kbtf_target_free(k->target);
	btf__free(k->peer);
	kbtf_free(k->btf);
	free(k->blob.data);
}

static void both_deinit(struct both *b)
{
	free(b->base.data);
	free(b->split.data);
}

/* ---- Distilling ---- */

static bool peer_distill(const struct blob *module, const struct kernel *old, struct both *ret)
{
	struct btf *split = peer_of(module, old->peer, "module"), *new_base, *new_split;
	int err = btf__distill_base(split, &new_base, &new_split);

	if (!err) {
		ret->base = peer_bytes(new_base);
		ret->split = peer_bytes(new_split);
		btf__free(new_split);
		btf__free(new_base);
	}
	btf__free(split);
	return !err;
}

static bool kbtf_distill_both(const struct kbtf *module, struct both *ret)
{
	struct kbtf_distilled d;

	if (kbtf_distill(module, NULL, &d, NULL))
		return false;
	ret->base = written(d.base);
	ret->split = written(d.split);
	kbtf_distilled_deinit(&d);
	return true;
}

static void compare_distilled(const char *name, const struct both *mine, const struct both *peers)
{
	struct kbtf *my_base = kbtf_of(&mine->base, NULL, "kbtf's base");
	struct kbtf *my_split = kbtf_of(&mine->split, my_base, "kbtf's split");
	struct kbtf *peer_base = kbtf_of(&peers->base, NULL, "libbpf's base");
	struct kbtf *peer_split = kbtf_of(&peers->split, peer_base, "libbpf's split");
	uint32_t id = 0;

	distilled_types += kbtf_nr_types(my_base);
	if (kbtf_nr_types(my_base) != kbtf_nr_types(peer_base) ||
	    kbtf_nr_types(my_split) != kbtf_nr_types(peer_split))
		differ(name, "distilled types: kbtf %u and %u, libbpf %u and %u",
		       kbtf_nr_types(my_base), kbtf_nr_types(my_split), kbtf_nr_types(peer_base),
		       kbtf_nr_types(peer_split));
	else if (!same_types(my_base, peer_base, &id))
		differ(name, "distilled base: type [%u]", id);
	else if (!same_types(my_split, peer_split, &id))
		differ(name, "distilled split: type [%u]", id);
	kbtf_free(peer_split);
	kbtf_free(peer_base);
	kbtf_free(my_split);
	kbtf_free(my_base);
}

/* ---- Relocating ---- */

/* Sections and not the header, which libbpf makes anew for the other byte order. */
static bool same_sections(const struct kbtf *mine, const struct blob *peer,
			  const struct kernel *kernel)
{
	struct kbtf *peers = kbtf_of(peer, kernel->btf, "libbpf's result");
	const struct kbtf_header *a = kbtf_header(mine), *b = kbtf_header(peers);
	const uint8_t *x = kbtf_bytes(mine, NULL), *y = kbtf_bytes(peers, NULL);
	bool same =
		a->type_len == b->type_len && a->str_len == b->str_len &&
		!memcmp(x + a->hdr_len + a->type_off, y + b->hdr_len + b->type_off, a->type_len) &&
		!memcmp(x + a->hdr_len + a->str_off, y + b->hdr_len + b->str_off, a->str_len);

	kbtf_free(peers);
	return same;
}

static bool same_bytes(const struct kbtf *mine, const struct blob *peer,
		       const struct kernel *kernel)
{
	struct blob blob = written(mine);
	bool same = blob.size == peer->size && !memcmp(blob.data, peer->data, blob.size);

	free(blob.data);
	return same || (kbtf_is_swapped(mine) && same_sections(mine, peer, kernel));
}

static bool is_empty_base(const struct kbtf *base, const struct kbtf_diag *diag)
{
	return !kbtf_nr_types(base) && !strcmp(diag->reason, "base-empty");
}

/* Both relocate the same bytes. What kbtf said is returned. */
static bool relocate_both(const char *name, const struct both *in, const struct kernel *kernel)
{
	struct kbtf *base = kbtf_of(&in->base, NULL, name),
		    *split = kbtf_of(&in->split, base, name);
	struct btf *peer_base = peer_of(&in->base, NULL, name);
	struct btf *peer_split = peer_of(&in->split, peer_base, name);
	struct kbtf_diag diag;
	struct kbtf *ret = NULL;
	char line[1024] = "";
	struct blob bytes;
	int err, peer_err;

	err = kbtf_relocate(split, kernel->target, NULL, &ret, &diag);
	peer_err = btf__relocate(peer_split, kernel->peer);
	if (err)
		kbtf_diag_format(&diag, line, sizeof(line));
	if (err && is_empty_base(base, &diag)) {
		/* libbpf takes it. */
	} else if (!err != !peer_err) {
		differ(name, "relocates: kbtf %d, libbpf %d; %s", err, peer_err, line);
	} else if (!err) {
		bytes = peer_bytes(peer_split);
		if (!same_bytes(ret, &bytes, kernel))
			differ(name, "relocated bytes");
		free(bytes.data);
	}
	kbtf_free(ret);
	btf__free(peer_split);
	btf__free(peer_base);
	kbtf_free(split);
	kbtf_free(base);
	return !err;
}

static void relocate_home(const char *name, const struct kbtf *module, const struct both *distilled,
			  const struct kernel *old)
{
	struct kbtf *base = kbtf_of(&distilled->base, NULL, name);
	struct kbtf *split = kbtf_of(&distilled->split, base, name), *ret;
	struct kbtf_diag diag;
	uint32_t id;

	if (kbtf_relocate(split, old->target, NULL, &ret, &diag)) {
		if (strcmp(diag.reason, "ambiguous") && !is_empty_base(base, &diag))
			differ(name, "onto its own kernel: %s", diag.text);
		nr_ambiguous++;
	} else {
		if (!same_types(module, ret, &id))
			differ(name, "type [%u] is not what it was", id);
		kbtf_free(ret);
		nr_home++;
	}
	kbtf_free(split);
	kbtf_free(base);
}

/* ---- Modules of a pair of kernels ---- */

static uint32_t count_types(const struct blob *blob)
{
	struct kbtf *btf = kbtf_of(blob, NULL, "distilled base");
	uint32_t nr = kbtf_nr_types(btf);

	kbtf_free(btf);
	return nr;
}

static void try_module(const char *name, const struct blob *bytes, const struct kernel *old,
		       const struct kernel *new, bool verdicts)
{
	struct kbtf *module = kbtf_of(bytes, old->btf, name);
	struct both mine, peers;
	bool ok = kbtf_distill_both(module, &mine), peer_ok = peer_distill(bytes, old, &peers), yes;
	uint32_t nr_types = ok ? count_types(&mine.base) : 0;

	nr_modules++;
	if (ok != peer_ok)
		differ(name, "distills: kbtf %d, libbpf %d", ok, peer_ok);
	if (peer_ok && !count_types(&peers.base)) {
		both_deinit(&peers);
		peer_ok = false;
	}
	if (ok && peer_ok)
		compare_distilled(name, &mine, &peers);
	if (ok) {
		yes = relocate_both(name, &mine, new);
		nr_yes += yes;
		nr_no += !yes;
		relocate_home(name, module, &mine, old);
		if (peer_ok && relocate_both(name, &peers, new) != yes)
			differ(name, "what libbpf distilled has another verdict");
		if (verdicts)
			printf("%s\t%u\t%s\n", name, nr_types, yes ? "yes" : "no");
	}
	if (ok)
		both_deinit(&mine);
	if (peer_ok)
		both_deinit(&peers);
	kbtf_free(module);
}

/* "xfs" of "/lib/modules/.../xfs.ko.xz". */
static void name_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	char *end;

	snprintf(buf, size, "%s", slash ? slash + 1 : path);
	end = strstr(buf, ".ko");
	end = end ? end : strstr(buf, ".btf");
	if (end)
		*end = '\0';
}

static int try_pair(char **argv, bool swapped, bool verdicts)
{
	struct blob old_blob = read_btf(argv[0]), new_blob = read_btf(argv[1]), module;
	struct kernel old, new;
	struct btf *unswapped = NULL;
	struct kbtf_paths paths;
	struct kbtf_diag diag;
	char name[256];
	size_t i;

	if (!old_blob.data || !new_blob.data)
		die(argv[0], "it, or the other one, has no BTF");
	if (swapped) {
		unswapped = peer_of(&old_blob, NULL, argv[0]);
		swap(&old_blob, NULL);
		swap(&new_blob, NULL);
	}
	kernel_init(&old, old_blob, argv[0]);
	kernel_init(&new, new_blob, argv[1]);
	if (kbtf_paths_list(argv[2], KBTF_LIST_ALL_FILES, &paths, &diag))
		die(argv[2], diag.text);
	for (i = 0; i < paths.nr; i++) {
		if (!strstr(paths.paths[i], ".ko") && !strstr(paths.paths[i], ".btf"))
			continue;
		module = read_btf(paths.paths[i]);
		if (!module.data)
			continue;
		if (swapped)
			swap(&module, unswapped);
		name_of(paths.paths[i], name, sizeof(name));
		try_module(name, &module, &old, &new, verdicts);
		free(module.data);
	}
	kbtf_paths_deinit(&paths);
	kernel_deinit(&new);
	kernel_deinit(&old);
	btf__free(unswapped);
	printf("# %u modules, %llu distilled types: %u relocate, %u do not, %u differ; onto their "
	       "own kernel %u, ambiguous there %u\n",
	       nr_modules, distilled_types, nr_yes, nr_no, nr_differ, nr_home, nr_ambiguous);
	return nr_differ || !nr_modules;
}

/* ---- Generated input ---- */

static struct blob finished(struct raw *r)
{
	struct blob blob;

	blob.data = raw_finish(r, &blob.size);
	raw_deinit(r);
	return blob;
}

/* What no tool would distill: names that clash, sizes of 31 bits, kinds that do not belong. */
static void try_clashes(const char *name, struct rng *rng, bool swapped)
{
	const struct gen_opts opts = { .nr_types = rng_below(rng, 12),
				       .nr_names = 6,
				       .tame = true };
	struct kernel kernel;
	struct both in;
	struct kbtf *base;
	struct raw r;

	gen_distilled(rng, rng_below(rng, 7), 1 + rng_below(rng, 6), &r);
	r.swapped = swapped;
	in.base = finished(&r);
	base = kbtf_of(&in.base, NULL, name);
	gen_btf(rng, base, &opts, &r);
	r.swapped = swapped;
	in.split = finished(&r);
	kbtf_free(base);
	gen_kernel(rng, rng_below(rng, 30), 1 + rng_below(rng, 8), &r);
	r.swapped = swapped;
	kernel_init(&kernel, finished(&r), name);
	if (relocate_both(name, &in, &kernel))
		nr_yes++;
	else
		nr_no++;
	kernel_deinit(&kernel);
	both_deinit(&in);
}

/* A kernel, a module of it, and the kernel after some changes. */
static void try_changes(const char *name, struct rng *rng, bool swapped)
{
	const struct gen_opts opts = { .nr_types = 5 + rng_below(rng, 80),
				       .nr_names = 60,
				       .tame = true };
	const struct gen_opts module_opts = { .nr_types = rng_below(rng, 30),
					      .nr_names = 20,
					      .tame = true };
	struct kernel old, new;
	struct blob module;
	struct raw r;

	gen_btf(rng, NULL, &opts, &r);
	r.swapped = swapped;
	kernel_init(&old, finished(&r), name);
	gen_changed(rng, old.btf, rng_below(rng, 4), &r);
	r.swapped = swapped;
	kernel_init(&new, finished(&r), name);
	gen_btf(rng, old.btf, &module_opts, &r);
	r.swapped = swapped;
	module = finished(&r);
	try_module(name, &module, &old, &new, false);
	free(module.data);
	kernel_deinit(&new);
	kernel_deinit(&old);
}

static int try_random(unsigned int first, unsigned int last)
{
	unsigned int seed;
	char name[32];

	for (seed = first; seed <= last; seed++) {
		struct rng rng = { .state = seed };
		bool swapped = rng_one_in(&rng, 3);

		snprintf(name, sizeof(name), "seed %u", seed);
		if (rng_one_in(&rng, 2))
			try_changes(name, &rng, swapped);
		else
			try_clashes(name, &rng, swapped);
	}
	printf("# %u generated: %u relocate, %u do not, %u differ\n", last - first + 1, nr_yes,
	       nr_no, nr_differ);
	return nr_differ > 0;
}

int main(int argc, char **argv)
{
	libbpf_set_print(be_silent);
	if (argc == 5 && !strcmp(argv[1], "pair"))
		return try_pair(argv + 2, false, false);
	if (argc == 5 && !strcmp(argv[1], "swapped"))
		return try_pair(argv + 2, true, false);
	if (argc == 5 && !strcmp(argv[1], "verdicts"))
		return try_pair(argv + 2, false, true);
	if (argc == 4 && !strcmp(argv[1], "random"))
		return try_random((unsigned int)atoi(argv[2]), (unsigned int)atoi(argv[3]));
	fprintf(stderr, "usage: relocate_libbpf pair|swapped|verdicts OLD NEW MODULES\n"
			"       relocate_libbpf random FIRST LAST\n");
	return 2;
}
