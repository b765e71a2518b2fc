// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Split BTF in; the by-value layout of the base types it embeds out, as
 * self-contained BTF.
 *
 *   find the base structs and unions that members of the split's own embed, and
 *   of those anonymous ones of the base that distilling makes its own, since
 *   relocation looks at them too [find_embedded]; close over what those contain by
 *   value [close_over]; number what was found in the order of base ids, and build
 *   it [build].
 *
 * All that has no bearing on layout is left out: typedefs and modifiers are
 * skipped, every pointer becomes one pointer to void, enums lose their values.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/builder.h>
#include <kbtf/module.h>

#include "buf.h"
#include "fail.h"
#include "resolve.h"
#include "sort.h"
#include "u32map.h"
#include "words.h"

struct embed {
	const struct kbtf *split;
	struct kbtf_u32map met;	 /* base ids that the split reaches without looking into names */
	struct kbtf_buf reached; /* the same, in the order they were met */
	bool no_memory;
	struct kbtf_u32map ids; /* base id -> new id, 1 until that is known */
	struct kbtf_buf found;	/* base ids, u32 */
	bool has_pointer;
};

static uint32_t nr_found(const struct embed *e)
{
	return (uint32_t)(e->found.size / sizeof(uint32_t));
}

static uint32_t *found_ids(const struct embed *e)
{
	return (uint32_t *)e->found.data;
}

static int find(struct embed *e, uint32_t id)
{
	struct kbtf_u32slot *slot = kbtf_u32map_add(&e->ids, id);

	if (!slot)
		return -ENOMEM;
	if (slot->value)
		return 0;
	slot->value = 1;
	return kbtf_buf_append(&e->found, &id, sizeof(id));
}

KBTF_INLINE void reach(void *ctx, uint32_t *word)
{
	struct embed *e = ctx;
	uint32_t nr = e->met.nr;

	if (!*word || *word >= e->split->first_id)
		return;
	if (!kbtf_u32map_add(&e->met, *word) ||
	    (e->met.nr != nr && kbtf_buf_append(&e->reached, word, sizeof(*word))))
		e->no_memory = true;
}

static int look_at(struct embed *e, const struct kbtf_type *t)
{
	const struct kbtf *split = e->split;
	uint32_t m, id;

	kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, kbtf_no_word, reach, e);
	for (m = 0; kbtf_is_composite(t) && m < kbtf_vlen(t); m++) {
		id = kbtf_embedded_composite(split, kbtf_members(t)[m].type);
		if (id && id < split->first_id && find(e, id))
			return -ENOMEM;
	}
	return e->no_memory ? -ENOMEM : 0;
}

static int find_embedded(struct embed *e)
{
	const struct kbtf *split = e->split;
	uint32_t i;
	int err = 0;

	for (i = 0; i < split->nr_types && !err; i++)
		err = look_at(e, kbtf_own_type(split, i));
	for (i = 0; i < e->reached.size / sizeof(uint32_t) && !err; i++) { /* which grows */
		const struct kbtf_type *t = kbtf_type_get(split, ((uint32_t *)e->reached.data)[i]);

		if (!kbtf_is_composite(t) || !t->name_off)
			err = look_at(e, t);
	}
	return err;
}

/* Whether a member can be of this kind and have a layout; nothing else comes out of a compiler. */
static bool has_layout(unsigned int kind)
{
	const uint32_t kinds = KBTF_KIND_BIT(KBTF_INT) | KBTF_KIND_BIT(KBTF_FLOAT) |
			       KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64) |
			       KBTF_KIND_BIT(KBTF_ARRAY) | KBTF_KIND_BIT(KBTF_STRUCT) |
			       KBTF_KIND_BIT(KBTF_UNION) | KBTF_KIND_BIT(KBTF_FWD);

	return kind < KBTF_NR_KINDS && kinds & KBTF_KIND_BIT(kind);
}

/* What a type contains by value, with pointers only remembered: there is one for all. */
static int find_value(struct embed *e, uint32_t id)
{
	unsigned int kind;

	id = kbtf_skip_modifiers(e->split, id);
	kind = kbtf_kind(kbtf_type_get(e->split, id));
	if (kind == KBTF_PTR)
		e->has_pointer = true;
	return has_layout(kind) ? find(e, id) : 0;
}

static int close_over(struct embed *e)
{
	uint32_t i, m;
	int err = 0;

	for (i = 0; i < nr_found(e) && !err; i++) { /* which grows on the way */
		const struct kbtf_type *t = kbtf_type_get(e->split, found_ids(e)[i]);

		if (kbtf_kind(t) == KBTF_ARRAY) {
			err = find_value(e, kbtf_array(t)->type);
			if (!err)
				err = find_value(e, kbtf_array(t)->index_type);
		}
		for (m = 0; kbtf_is_composite(t) && m < kbtf_vlen(t) && !err; m++)
			err = find_value(e, kbtf_members(t)[m].type);
	}
	return err;
}

/* The new id of what a base type is by value; pointers are the last type, and what has no layout
 * is void. */
static uint32_t new_id(const struct embed *e, uint32_t id)
{
	id = kbtf_skip_modifiers(e->split, id);
	if (kbtf_kind(kbtf_type_get(e->split, id)) == KBTF_PTR)
		return nr_found(e) + 1;
	return id ? kbtf_u32map_find(&e->ids, id) : 0;
}

static void build_type(const struct embed *e, uint32_t id, struct kbtf_builder *b)
{
	const struct kbtf_type *t = kbtf_type_get(e->split, id);
	const char *name = kbtf_name(e->split, id);
	unsigned int kind = kbtf_kind(t);
	uint32_t m, word[4];

	switch (kind) {
	case KBTF_INT:
		memcpy(word, t, sizeof(word));
		word[0] = kbtf_builder_string(b, name);
		kbtf_builder_record(b, (struct kbtf_type *)word, sizeof(word));
		break;
	case KBTF_ARRAY:
		kbtf_builder_array(b, new_id(e, kbtf_array(t)->type),
				   new_id(e, kbtf_array(t)->index_type), kbtf_array(t)->nelems);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		kbtf_builder_type(b, kind, name, kbtf_kflag(t), t->size);
		for (m = 0; m < kbtf_vlen(t); m++) {
			const struct kbtf_member *member = &kbtf_members(t)[m];

			kbtf_builder_member(b, kbtf_string_get(e->split, member->name_off),
					    new_id(e, member->type),
					    kbtf_member_offset_bits(t, member),
					    kbtf_member_bitfield_bits(t, member));
		}
		break;
	case KBTF_FWD:
		kbtf_builder_type(b, KBTF_FWD, name, kbtf_kflag(t), 0);
		break;
	default: /* ENUM, ENUM64, FLOAT */
		kbtf_builder_type(b, kind == KBTF_FLOAT ? KBTF_FLOAT : KBTF_ENUM, name, 0, t->size);
		break;
	}
}

static int build(struct embed *e, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	uint32_t i, nr = nr_found(e), *ids = found_ids(e);

	if (!b)
		return kbtf_fail_nomem(reterr);
	kbtf_sort_u32(ids, nr);
	for (i = 0; i < nr; i++)
		kbtf_u32map_add(&e->ids, ids[i])->value = i + 1;
	for (i = 0; i < nr; i++)
		build_type(e, ids[i], b);
	if (e->has_pointer)
		kbtf_builder_type(b, KBTF_PTR, NULL, 0, 0);
	return kbtf_builder_finish(b, "embedded layouts", ret, reterr);
}

int kbtf_embedded(const struct kbtf *split, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct embed e = { .split = split };
	int err = 0;

	*ret = NULL;
	if (find_embedded(&e) || close_over(&e))
		err = kbtf_fail_nomem(reterr);
	else if (e.found.size)
		err = build(&e, ret, reterr);
	if (!err && *ret)
		(*ret)->swapped = split->swapped;
	kbtf_u32map_deinit(&e.met);
	kbtf_buf_deinit(&e.reached);
	kbtf_u32map_deinit(&e.ids);
	kbtf_buf_deinit(&e.found);
	return err;
}
