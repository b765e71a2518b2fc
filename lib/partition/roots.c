// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Roots, as they are found: why a kernel refers to which types of its BTF. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "rankset.h"
#include "roots.h"

const char *kbtf_root_source_name(enum kbtf_root_source source)
{
	static const char *const names[] = { "id", "percpu", "tracepoint", "struct_ops" };

	return names[source];
}

int kbtf_kernel_roots_new(const struct kbtf *btf, struct kbtf_kernel_roots **ret,
			  struct kbtf_diag *reterr)
{
	struct kbtf_kernel_roots *roots;

	if (btf->base)
		return kbtf_fail_btf(reterr, btf, KBTF_NO_OFFSET, -EINVAL, "split",
				     "it is split BTF, which is no kernel's");
	if (btf->opaque)
		return kbtf_fail_btf(
			reterr, btf, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be moved");
	roots = calloc(1, sizeof(*roots));
	if (!roots)
		return kbtf_fail_nomem(reterr);
	roots->btf = btf;
	*ret = roots;
	return 0;
}

void kbtf_kernel_roots_free(struct kbtf_kernel_roots *roots)
{
	size_t i;

	if (!roots)
		return;
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++)
		free((char *)kbtf_kernel_root_at(roots, i)->list);
	kbtf_buf_deinit(&roots->roots);
	free(roots);
}

size_t kbtf_kernel_roots_count(const struct kbtf_kernel_roots *roots)
{
	return roots->roots.size / sizeof(struct kbtf_kernel_root);
}

const struct kbtf_kernel_root *kbtf_kernel_roots_get(const struct kbtf_kernel_roots *roots,
						     size_t i)
{
	return kbtf_kernel_root_at(roots, i);
}

uint32_t kbtf_kernel_roots_count_types(const struct kbtf_kernel_roots *roots, unsigned int sources)
{
	struct kbtf_rankset types;
	uint32_t nr = UINT32_MAX;
	size_t i;

	if (!kbtf_rankset_init(&types, kbtf_end_id(roots->btf))) {
		for (i = 0; i < kbtf_kernel_roots_count(roots); i++)
			if (sources & KBTF_ROOT_BIT(kbtf_kernel_root_at(roots, i)->source))
				kbtf_rankset_add(&types, kbtf_kernel_root_at(roots, i)->type_id);
		nr = kbtf_rankset_number(&types);
	}
	kbtf_rankset_deinit(&types);
	return nr;
}

int kbtf_kernel_roots_push(struct kbtf_kernel_roots *roots, const struct kbtf_kernel_root *root)
{
	return kbtf_buf_append(&roots->roots, root, sizeof(*root));
}

/* ---- Ids that symbols tell ------------------------------------------------ */

static int add_id(struct kbtf_kernel_roots *roots, uint64_t offset, uint32_t type_id,
		  const char *form, const char *name, struct kbtf_diag *reterr)
{
	struct kbtf_kernel_root root = { .type_id = type_id,
					 .source = KBTF_ROOT_ID,
					 .word = (uint32_t)(offset / 4) };
	char list[256];
	char *copy = NULL;

	if (!type_id)
		return 0;
	snprintf(list, sizeof(list), "%s %s", form, name ? name : "(unnamed)");
	if (type_id >= kbtf_end_id(roots->btf))
		return kbtf_fail_at(reterr, -EINVAL, "ids-range", offset,
				    "%.100s has type id %u, but the last is %u", list, type_id,
				    kbtf_end_id(roots->btf) - 1);
	if (name) {
		copy = strdup(list);
		if (!copy)
			return kbtf_fail_nomem(reterr);
	}
	root.list = copy;
	if (kbtf_kernel_roots_push(roots, &root)) {
		free(copy);
		return kbtf_fail_nomem(reterr);
	}
	return 0;
}

static int add_set(struct kbtf_kernel_roots *roots, const struct kbtf_ids *ids, uint32_t i,
		   struct kbtf_diag *reterr)
{
	struct kbtf_id_set set;
	uint64_t offset;
	uint32_t j;
	int err = 0;

	kbtf_ids_get_set(ids, i, &set);
	offset = set.offset + (set.has_flags ? 8 : 4);
	for (j = 0; j < set.nr && !err; j++, offset += set.has_flags ? 8 : 4)
		err = add_id(roots, offset, kbtf_ids_get_member(ids, i, j, NULL),
			     set.has_flags ? "set8" : "set", set.name, reterr);
	return err;
}

static int compare_words(const void *a, const void *b)
{
	const struct kbtf_kernel_root *x = a, *y = b;

	return x->word < y->word ? -1 : x->word > y->word;
}

int kbtf_kernel_roots_add_ids(struct kbtf_kernel_roots *roots, const struct kbtf_ids *ids,
			      struct kbtf_diag *reterr)
{
	size_t before = kbtf_kernel_roots_count(roots);
	uint32_t i;
	int err = 0;

	for (i = 0; i < kbtf_ids_nr_sets(ids) && !err; i++)
		err = add_set(roots, ids, i, reterr);
	for (i = 0; i < kbtf_ids_count(ids) && !err; i++)
		if (!kbtf_ids_is_in_set(ids, i))
			err = add_id(roots, kbtf_ids_offset(ids, i), kbtf_ids_get(ids, i), "list",
				     kbtf_ids_list_of(ids, i), reterr);
	if (!err && kbtf_kernel_roots_count(roots) > before)
		qsort((struct kbtf_kernel_root *)(void *)roots->roots.data + before,
		      kbtf_kernel_roots_count(roots) - before, sizeof(struct kbtf_kernel_root),
		      compare_words);
	return err;
}
