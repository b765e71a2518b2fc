// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A kernel's BTF made ready: its types by name, once for any number of modules. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "target.h"
#include "view.h"

/*
 * Names are told apart by string offset, as kernels do, so two strings of the same
 * text are two names. Counted once, since a kernel may have any number of types of
 * one text.
 */
static int find_shared_names(struct kbtf_target *target)
{
	const struct kbtf *btf = target->btf;
	size_t size = btf->hdr.str_len / 8 + 1;
	uint8_t *met = kbtf_zalloc_array(size, 1);
	uint32_t i;

	target->shared = kbtf_zalloc_array(size, 1);
	if (!met || !target->shared) {
		free(met);
		return -ENOMEM;
	}
	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);
		uint32_t off = t->name_off - btf->str_start;
		uint8_t bit = (uint8_t)(1 << off % 8);

		if (!kbtf_is_composite(t) || t->name_off < btf->str_start)
			continue;
		target->shared[off / 8] |= met[off / 8] & bit;
		met[off / 8] |= bit;
	}
	free(met);
	return 0;
}

int kbtf_target_new(const struct kbtf *kernel, struct kbtf_target **ret)
{
	const uint32_t kinds = KBTF_KIND_BIT(KBTF_INT) | KBTF_KIND_BIT(KBTF_FLOAT) |
			       KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64) |
			       KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) |
			       KBTF_KIND_BIT(KBTF_FWD);
	struct kbtf_target *target = calloc(1, sizeof(*target));

	if (!target)
		return -ENOMEM;
	target->btf = kernel;
	if (kbtf_names_new(kernel, kinds, 0, &target->names) || find_shared_names(target)) {
		kbtf_target_free(target);
		return -ENOMEM;
	}
	*ret = target;
	return 0;
}

void kbtf_target_free(struct kbtf_target *target)
{
	if (!target)
		return;
	kbtf_names_free(target->names);
	free(target->shared);
	free(target);
}

const struct kbtf *kbtf_target_btf(const struct kbtf_target *target)
{
	return target->btf;
}

bool kbtf_target_shares_name(const struct kbtf_target *target, uint32_t type_id)
{
	uint32_t off = kbtf_type_get(target->btf, type_id)->name_off - target->btf->str_start;

	return target->shared[off / 8] >> off % 8 & 1;
}

uint32_t kbtf_target_find_layout(const struct kbtf_target *target, const char *name,
				 unsigned int kind, uint32_t size_bytes)
{
	struct kbtf_names_walk walk;
	uint32_t id;

	kbtf_names_walk_init(&walk, target->names, name);
	while ((id = kbtf_names_walk_next(&walk))) {
		const struct kbtf_type *t = kbtf_type_get(target->btf, id);

		if (kbtf_kind(t) == kind && t->size == size_bytes)
			return id;
	}
	return 0;
}

bool kbtf_kernel_relocates(const struct kbtf *kernel)
{
	static const char holder[] = "module", member[] = "btf_base_data";
	uint32_t i, m;

	for (i = 0; i < kernel->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(kernel, i);
		const struct kbtf_member *members = (const struct kbtf_member *)(t + 1);

		if (kbtf_kind(t) != KBTF_STRUCT ||
		    strcmp(kbtf_string_get(kernel, t->name_off), holder))
			continue;
		for (m = 0; m < kbtf_vlen(t); m++)
			if (!strcmp(kbtf_string_get(kernel, members[m].name_off), member))
				return true;
	}
	return false;
}
