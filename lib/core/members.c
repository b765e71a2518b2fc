// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Members as a list, and two lists matched: both are sorted by name and then merged. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "members.h"
#include "resolve.h"

void kbtf_flat_deinit(struct kbtf_flat *flat)
{
	free(flat->members);
	memset(flat, 0, sizeof(*flat));
}

int kbtf_flat_append(struct kbtf_flat *flat, const struct kbtf_flat_member *member)
{
	if (flat->nr == flat->room) {
		size_t room = flat->room ? flat->room * 2 : 32;
		void *members = kbtf_realloc_array(flat->members, room, sizeof(*member));

		if (!members)
			return -ENOMEM;
		flat->members = members;
		flat->room = room;
	}
	flat->members[flat->nr++] = *member;
	return 0;
}

struct flatten {
	const struct kbtf *btf;
	unsigned int flags;
	uint32_t *left;
	struct kbtf_flat *flat;
};

static int flatten(const struct flatten *f, uint32_t id, uint32_t offset_bits, uint64_t nest,
		   unsigned int depth)
{
	const struct kbtf_type *t = kbtf_type_get(f->btf, id);
	uint32_t i;
	int err = 0;

	for (i = 0; i < kbtf_vlen(t) && !err; i++) {
		const struct kbtf_member *m = &kbtf_members(t)[i];
		uint32_t inner = kbtf_skip_modifiers(f->btf, m->type);
		const struct kbtf_type *inner_type = kbtf_type_get(f->btf, inner);
		struct kbtf_flat_member member = {
			.name = kbtf_string_get(f->btf, m->name_off),
			.type_id = m->type,
			.offset_bits = offset_bits + kbtf_member_offset_bits(t, m),
			.bitfield_bits = kbtf_member_bitfield_bits(t, m),
			.nest = nest,
			.twin = KBTF_NO_TWIN,
		};

		if (!*f->left)
			return -E2BIG;
		--*f->left;
		if (*member.name) {
			err = kbtf_flat_append(f->flat, &member);
		} else if (kbtf_is_composite(inner_type)) {
			if (depth < KBTF_MAX_MEMBER_DEPTH)
				err = flatten(f, inner, member.offset_bits,
					      nest << 1 | (kbtf_kind(inner_type) == KBTF_UNION),
					      depth + 1);
		} else if (f->flags & KBTF_FLATTEN_UNNAMED) {
			err = kbtf_flat_append(f->flat, &member);
		}
	}
	return err;
}

int kbtf_flatten(const struct kbtf *btf, uint32_t type_id, unsigned int flags, uint32_t *left,
		 struct kbtf_flat *flat)
{
	const struct flatten f = { .btf = btf, .flags = flags, .left = left, .flat = flat };

	return flatten(&f, type_id, 0, 1, 0);
}

static int by_name(const void *a, const void *b)
{
	const struct kbtf_flat_member *x = *(struct kbtf_flat_member *const *)a;
	const struct kbtf_flat_member *y = *(struct kbtf_flat_member *const *)b;
	int order = x->name == y->name ? 0 : strcmp(x->name, y->name);

	return order ? order : x < y ? -1 : x > y;
}

/* Where its members are, in the order of their names. */
static struct kbtf_flat_member **sorted(const struct kbtf_flat *flat)
{
	struct kbtf_flat_member **order = kbtf_alloc_array(flat->nr, sizeof(*order));
	size_t i;

	if (!order)
		return NULL;
	for (i = 0; i < flat->nr; i++) {
		flat->members[i].twin = KBTF_NO_TWIN;
		order[i] = &flat->members[i];
	}
	if (flat->nr)
		qsort(order, flat->nr, sizeof(*order), by_name);
	return order;
}

int kbtf_flat_match(struct kbtf_flat *old, struct kbtf_flat *new)
{
	struct kbtf_flat_member **a = sorted(old), **b = sorted(new);
	int err = a && b ? 0 : -ENOMEM;
	size_t i = 0, j = 0;

	while (!err && i < old->nr && j < new->nr) {
		int order = strcmp(a[i]->name, b[j]->name);

		if (!order) {
			a[i]->twin = (uint32_t)(b[j] - new->members);
			b[j]->twin = (uint32_t)(a[i] - old->members);
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(b);
	free(a);
	return err;
}
