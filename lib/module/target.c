// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A kernel's BTF made ready: its types by name, once for any number of modules. */
#include <errno.h>
#include <stdlib.h>

#include "target.h"
#include "view.h"

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
	if (kbtf_names_new(kernel, kinds, 0, &target->names)) {
		free(target);
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
	free(target);
}

const struct kbtf *kbtf_target_btf(const struct kbtf_target *target)
{
	return target->btf;
}

bool kbtf_target_shares_name(const struct kbtf_target *target, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(target->btf, type_id);
	const char *name = kbtf_string_get(target->btf, t->name_off);
	struct kbtf_names_walk walk;
	uint32_t id, nr = 0;

	kbtf_names_walk_init(&walk, target->names, name);
	/* Kernels count by string offset, so two strings of the same text are two names. */
	while (nr < 2 && (id = kbtf_names_walk_next(&walk))) {
		const struct kbtf_type *other = kbtf_type_get(target->btf, id);

		nr += kbtf_is_composite(other) && other->name_off == t->name_off;
	}
	return nr > 1;
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
