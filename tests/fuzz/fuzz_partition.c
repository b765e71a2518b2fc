// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel's BTF in two parts. The input is a byte of sources of roots (KBTF_ROOT_BIT()s),
 * the words of .BTF_ids with their number in front, and BTF:
 *
 *   | sources | number of words, u8 | words | BTF |
 *
 * Laws: each root that is read from the words is a word that names a type; what is refused
 * leaves no roots; base and rest are sound when they are read
 * again, and joined they are the whole with other ids; and each root lies in the base.
 */
#include <errno.h>
#include <string.h>

#include <kbtf/partition.h>

#include "fuzz.h"
#include "model.h"

static struct kbtf *reopen(const struct kbtf *btf, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base,
					     .label = "reopened",
					     .flags = KBTF_OPEN_TAKE };
	struct kbtf *again;
	size_t size;
	void *bytes;

	MUST(!kbtf_write(btf, &bytes, &size));
	MUST(!kbtf_open(bytes, size, &opts, &again, NULL));
	MUST(!memcmp(kbtf_bytes(again, NULL), kbtf_bytes(btf, NULL), size));
	return again;
}

/* Symbols for the words that are taken for ids. */
static struct kbtf_ids *make_ids(const struct kbtf_kernel_roots *roots, const uint32_t *words,
				 size_t nr)
{
	struct kbtf_ids *ids;
	size_t i;

	MUST(!kbtf_ids_new(words, 4 * nr, false, &ids, NULL));
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(roots, i);

		if (root->source == KBTF_ROOT_ID)
			MUST(!kbtf_ids_add_symbol(ids, "__BTF_ID__struct__s__1",
						  4 * (uint64_t)root->word, 4, NULL));
	}
	return ids;
}

static void check_parts(const struct kbtf *btf, const struct kbtf_kernel_roots *roots,
			const struct kbtf_ids *ids, unsigned int sources,
			const struct kbtf_partition *made)
{
	struct kbtf *base = reopen(made->base, NULL), *rest = reopen(made->rest, base);
	struct kbtf *joined, *again, *names;
	struct kbtf_diag diag;
	uint32_t i;

	MUST(!kbtf_partition_join(made, &joined, &diag));
	again = reopen(joined, NULL);
	MUST(kbtf_end_id(again) == kbtf_end_id(btf) && kbtf_end_id(rest) == kbtf_end_id(btf));
	MUST(same_permuted(btf, again, made->ids, NULL));
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++)
		if (sources & KBTF_ROOT_BIT(kbtf_kernel_roots_get(roots, i)->source))
			MUST(made->ids[kbtf_kernel_roots_get(roots, i)->type_id] <
			     kbtf_end_id(base));
	for (i = 0; sources & KBTF_ROOT_BIT(KBTF_ROOT_ID) && i < kbtf_ids_count(ids); i++)
		MUST(kbtf_ids_get(ids, i) && kbtf_ids_get(ids, i) < kbtf_end_id(base));
	MUST(!kbtf_partition_names(roots, sources, &names, &diag));
	MUST(kbtf_nr_types(names) <= kbtf_nr_types(base));
	kbtf_free(reopen(names, NULL));
	kbtf_free(names);
	kbtf_free(again);
	kbtf_free(joined);
	kbtf_free(rest);
	kbtf_free(base);
}

/* The words as if others followed. */
static void check_endless(const struct kbtf *btf, const uint32_t *words, size_t nr)
{
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;
	size_t nr_read = SIZE_MAX;

	MUST(!kbtf_kernel_roots_new(btf, &roots, NULL));
	if (!kbtf_kernel_roots_add_words(roots, words, nr, &nr_read, &diag))
		MUST(nr_read <= nr);
	else
		MUST(nr_read == SIZE_MAX && !kbtf_kernel_roots_count(roots));
	kbtf_kernel_roots_free(roots);
}

static void partition(const struct kbtf *btf, const uint32_t *words, size_t nr,
		      unsigned int sources)
{
	struct kbtf_partition made;
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;
	struct kbtf_ids *ids;
	size_t i;
	int err;

	if (kbtf_kernel_roots_new(btf, &roots, &diag)) {
		MUST(!strcmp(diag.reason, "kind-unknown"));
		return;
	}
	err = kbtf_kernel_roots_add_words(roots, words, nr, NULL, &diag);
	MUST(!err || (err == -EINVAL && !strcmp(diag.reason, "ids-words")));
	MUST(!err || !kbtf_kernel_roots_count(roots));
	check_endless(btf, words, nr);
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(roots, i);

		MUST(root->word < nr && words[root->word] == root->type_id);
		MUST(*kbtf_name(btf, root->type_id));
	}
	MUST(!kbtf_kernel_roots_add_named(roots, &diag));
	ids = make_ids(roots, words, nr);
	MUST(!kbtf_partition(roots, sources, ids, &made, &diag));
	check_parts(btf, roots, ids, sources, &made);
	kbtf_partition_deinit(&made);
	kbtf_ids_free(ids);
	kbtf_kernel_roots_free(roots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t words[256] = { 0 };
	struct kbtf *btf;
	size_t nr;

	if (size < 2 || (size - 2) / 4 < data[1])
		return 0;
	nr = data[1];
	memcpy(words, data + 2, 4 * nr);
	if (kbtf_open(data + 2 + 4 * nr, size - 2 - 4 * nr, NULL, &btf, NULL))
		return 0;
	partition(btf, words, nr, data[0]);
	kbtf_free(btf);
	return 0;
}
