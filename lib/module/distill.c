// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Split BTF in; a distilled base and split BTF on it out.
 *
 *   select   which base types the split reaches, numbered as they are met. Named
 *            structs and unions are not looked into: of them only name and size
 *            will be kept                                        [select_types]
 *   map      named INT, FLOAT, ENUM, STRUCT, UNION and FWD become the distilled
 *            base, in the order of their ids; all others are moved behind the
 *            split's own types. Strings of the base go where they are needed
 *                                                    [place_types, place_strings]
 *   rewrite  put the copies through the maps                         [rewrite]
 *
 *   before   | base ........................ | split |
 *   after    | distilled | split | moved |
 *
 * A base that would have no types gets an INT: on one without any, kernels count the
 * split's types from 0 instead of 1, and those refer to others than were meant.
 *
 * Source: libbpf's btf.c (btf__distill_base), whose types these are in number,
 * kind and order, but for that INT. The strings of the split stay one block here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "alloc.h"
#include "assemble.h"
#include "buf.h"
#include "fail.h"
#include "ids.h"
#include "reach.h"
#include "rewrite.h"
#include "sort.h"
#include "view.h"

struct distill {
	const struct kbtf *split, *base;
	struct kbtf_reach reach;
	/* Of each number, u32: the number of its name if it stays in the base, or where its copy
	 * is in moved. */
	struct kbtf_buf fates;
	struct kbtf_buf moved; /* in the order they were met */
	struct kbtf_buf types; /* room for the header; the split's types; from place_types() on also
				  those that were moved, from place_strings() on strings */
	size_t types_end;      /* where the strings begin in it */
	struct kbtf_buf offs;  /* of the types, as in struct kbtf */
	struct kbtf_buf base_types, base_strings, base_offs, base_ids;
	uint32_t nr_base;     /* types that stay in it */
	uint32_t *ids, *strs; /* number -> new id or offset; [0] is 0 */
};

static void distill_deinit(struct distill *d)
{
	kbtf_reach_deinit(&d->reach);
	kbtf_buf_deinit(&d->fates);
	kbtf_buf_deinit(&d->moved);
	kbtf_buf_deinit(&d->types);
	kbtf_buf_deinit(&d->offs);
	kbtf_buf_deinit(&d->base_types);
	kbtf_buf_deinit(&d->base_strings);
	kbtf_buf_deinit(&d->base_offs);
	kbtf_buf_deinit(&d->base_ids);
	free(d->ids);
	free(d->strs);
}

/* ---- Select ------------------------------------------------------------ */

static const uint32_t distillable =
	KBTF_KIND_BIT(KBTF_INT) | KBTF_KIND_BIT(KBTF_FLOAT) | KBTF_KIND_BIT(KBTF_FWD) |
	KBTF_KIND_BIT(KBTF_ARRAY) | KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) |
	KBTF_KIND_BIT(KBTF_TYPEDEF) | KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64) |
	KBTF_KIND_BIT(KBTF_PTR) | KBTF_KIND_BIT(KBTF_CONST) | KBTF_KIND_BIT(KBTF_RESTRICT) |
	KBTF_KIND_BIT(KBTF_VOLATILE) | KBTF_KIND_BIT(KBTF_FUNC_PROTO) |
	KBTF_KIND_BIT(KBTF_TYPE_TAG);

/* Whether a base type is kept in the distilled base; others move to the split. */
static bool stays_in_base(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_INT:
	case KBTF_FLOAT:
	case KBTF_FWD:
		return true;
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return t->name_off;
	default:
		return false;
	}
}

static int select_base_type(struct distill *d, uint32_t id, struct kbtf_diag *reterr)
{
	const struct kbtf_type *t = kbtf_type_get(d->base, id);
	unsigned int kind = kbtf_kind(t);
	uint32_t fate, size;

	if (kind >= KBTF_NR_KINDS)
		return kbtf_fail_type(reterr, d->base, id, -EOPNOTSUPP, "kind-unknown",
				      "the module refers to it, and kbtf does not know its kind");
	if (!(distillable & KBTF_KIND_BIT(kind)))
		return kbtf_fail_type(
			reterr, d->base, id, -EINVAL, "base-kind",
			"the module refers to it, and a %s of the base has no distilled "
			"form",
			kbtf_kind_name(kind));
	if (stays_in_base(t)) { /* and only its name is kept */
		fate = t->name_off ? kbtf_reach_string(&d->reach, t->name_off) : 0;
		d->nr_base++;
	} else {
		fate = (uint32_t)d->moved.size;
		size = kbtf_type_size_bytes(d->base, id);
		if (kbtf_buf_append(&d->moved, t, size))
			return kbtf_fail_nomem(reterr);
		kbtf_reach_records(&d->reach, d->moved.data + fate, size);
	}
	return kbtf_buf_append(&d->fates, &fate, sizeof(fate)) ? kbtf_fail_nomem(reterr) : 0;
}

/* All base types that are reached, from number i + 1 on. */
static int select_reached(struct distill *d, uint32_t i, struct kbtf_diag *reterr)
{
	for (; i < d->reach.ids.nr && !d->reach.no_memory; i++) { /* which grow */
		int err = select_base_type(d, d->reach.ids.keys[i], reterr);

		if (err)
			return err;
	}
	return d->reach.no_memory ? kbtf_fail_nomem(reterr) : 0;
}

/* The first INT: one that all kernels have. 0: none. */
static uint32_t find_int(const struct kbtf *base)
{
	uint32_t id;

	for (id = 1; id < kbtf_end_id(base); id++) {
		const struct kbtf_type *t = kbtf_type_get(base, id);

		if (kbtf_kind(t) == KBTF_INT && t->name_off)
			return id;
	}
	return 0;
}

/* Copy the split's types, and all base types that they and the ids reach and that move. */
static int select_types(struct distill *d, const struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	const struct kbtf *split = d->split;
	uint32_t i, id;
	int err;

	if (kbtf_buf_reserve(&d->moved, 512) || kbtf_buf_reserve(&d->fates, 512) ||
	    !kbtf_buf_extend(&d->types, KBTF_HEADER_SIZE) ||
	    kbtf_buf_append(&d->types, split->types, split->hdr.type_len))
		return kbtf_fail_nomem(reterr);
	kbtf_reach_records(&d->reach, d->types.data + KBTF_HEADER_SIZE, split->hdr.type_len);
	for (i = 0; ids && i < kbtf_ids_count(ids); i++) {
		id = kbtf_ids_get(ids, i);
		if (id >= kbtf_end_id(split))
			return kbtf_fail(reterr, -EINVAL, "ids-range",
					 ".BTF_ids gives %.100s type id %u, but the last is %u",
					 kbtf_ids_name(ids, i), id, kbtf_end_id(split) - 1);
		if (id && id < split->first_id)
			kbtf_reach_id(&d->reach, id);
	}
	err = select_reached(d, 0, reterr);
	if (err || d->nr_base)
		return err;
	i = d->reach.ids.nr;
	id = find_int(d->base);
	if (id)
		kbtf_reach_id(&d->reach, id);
	return select_reached(d, i, reterr);
}

/* ---- Map ---------------------------------------------------------------- */

static int append_u32(struct kbtf_buf *buf, size_t value)
{
	uint32_t word = (uint32_t)value;

	return kbtf_buf_append(buf, &word, sizeof(word));
}

/* A base type without what relocation does not look at. */
static size_t skeleton_of(const struct kbtf_type *t, uint32_t *ret)
{
	unsigned int kind = kbtf_kind(t);
	struct kbtf_type *skeleton = (struct kbtf_type *)ret;

	*skeleton = *t;
	if (kind == KBTF_INT) {
		ret[3] = kbtf_word(t);
		return 16;
	}
	if (kind == KBTF_ENUM || kind == KBTF_ENUM64)
		skeleton->info = kbtf_info(KBTF_ENUM, 0, 0);
	else if (kind == KBTF_STRUCT || kind == KBTF_UNION)
		skeleton->info = kbtf_info(kind, 0, 0);
	return sizeof(*t);
}

/* Store the base string of a number at the end of buf, unless it is somewhere already. */
static int place_string(struct distill *d, uint32_t number, struct kbtf_buf *buf, size_t new_off)
{
	const char *s;

	if (!number || d->strs[number])
		return 0;
	if (new_off > UINT32_MAX)
		return -E2BIG;
	s = kbtf_string_get(d->base, d->reach.strs.keys[number - 1]);
	d->strs[number] = (uint32_t)new_off;
	return kbtf_buf_append(buf, s, strlen(s) + 1);
}

/* A type stays in the base, of which it becomes the last. */
static int place_in_base(struct distill *d, uint32_t number, const struct kbtf_type *t)
{
	uint32_t skeleton[4], name = ((uint32_t *)d->fates.data)[number - 1];
	size_t size = skeleton_of(t, skeleton);

	int err = place_string(d, name, &d->base_strings, d->base_strings.size);

	if (err)
		return err;
	skeleton[0] = d->strs[name];
	if (append_u32(&d->base_offs, d->base_types.size - KBTF_HEADER_SIZE) ||
	    append_u32(&d->base_ids, d->reach.ids.keys[number - 1]))
		return -ENOMEM;
	d->ids[number] = (uint32_t)(d->base_ids.size / sizeof(uint32_t));
	return kbtf_buf_append(&d->base_types, skeleton, size);
}

/* A type moves: its copy goes behind the split's own. */
static int place_in_split(struct distill *d, uint32_t number, uint32_t size)
{
	const uint8_t *copy = d->moved.data + ((uint32_t *)d->fates.data)[number - 1];

	d->ids[number] = 1 + d->nr_base + (uint32_t)(d->offs.size / sizeof(uint32_t));
	if (append_u32(&d->offs, d->types.size - KBTF_HEADER_SIZE))
		return -ENOMEM;
	return kbtf_buf_append(&d->types, copy, size);
}

/* Numbers in the order of the base ids that they stand for: each id above its number. */
static uint64_t *sort_numbers(const struct kbtf_numbers *numbers)
{
	uint64_t *order = kbtf_alloc_array(numbers->nr, 2 * sizeof(*order));
	uint32_t i;

	if (!order)
		return NULL;
	for (i = 0; i < numbers->nr; i++)
		order[i] = (uint64_t)numbers->keys[i] << 32 | (i + 1);
	kbtf_sort_by_key(order, order + numbers->nr, numbers->nr);
	return order;
}

static int place_each(struct distill *d, const uint64_t *order)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < d->reach.ids.nr && !err; i++) {
		uint32_t id = (uint32_t)(order[i] >> 32), number = (uint32_t)order[i];
		const struct kbtf_type *t = kbtf_type_get(d->base, id);

		err = stays_in_base(t)
			      ? place_in_base(d, number, t)
			      : place_in_split(d, number, kbtf_type_size_bytes(d->base, id));
	}
	return err;
}

/* What is known of the results' sizes, so that few of them grow. */
static int reserve(struct distill *d)
{
	const struct kbtf *split = d->split;
	uint32_t nr_moved = d->reach.ids.nr - d->nr_base, nr_strings = d->reach.strs.nr;

	if (kbtf_buf_reserve(&d->base_types, KBTF_HEADER_SIZE + d->nr_base * 30ul) ||
	    kbtf_buf_reserve(&d->base_strings, d->nr_base * 14ul) ||
	    kbtf_buf_reserve(&d->base_offs, d->nr_base * sizeof(uint32_t)) ||
	    kbtf_buf_reserve(&d->base_ids, d->nr_base * sizeof(uint32_t)) ||
	    kbtf_buf_reserve(&d->offs, ((size_t)split->nr_types + nr_moved) * sizeof(uint32_t)))
		return -ENOMEM;
	return kbtf_buf_reserve(&d->types, d->moved.size + split->hdr.str_len + nr_strings * 14ul);
}

static int place_types(struct distill *d)
{
	const struct kbtf *split = d->split;
	uint64_t *order;
	int err;

	d->ids = kbtf_zalloc_array(d->reach.ids.nr + 1ul, sizeof(*d->ids));
	d->strs = kbtf_zalloc_array(d->reach.strs.nr + 1ul, sizeof(*d->strs));
	if (!d->ids || !d->strs || reserve(d) ||
	    !kbtf_buf_extend(&d->base_types, KBTF_HEADER_SIZE) ||
	    kbtf_buf_append(&d->base_strings, "", 1) ||
	    kbtf_buf_append(&d->offs, split->offs, split->nr_types * sizeof(*split->offs)))
		return -ENOMEM;
	order = sort_numbers(&d->reach.ids);
	if (!order)
		return -ENOMEM;
	err = place_each(d, order);
	free(order);
	return err;
}

/* The strings that no type of the distilled base bears, behind the split's own. */
static int place_strings(struct distill *d)
{
	const struct kbtf *split = d->split;
	uint32_t i;
	int err;

	kbtf_buf_deinit(&d->moved);
	d->types_end = d->types.size;
	err = kbtf_buf_append(&d->types, split->strings, split->hdr.str_len);
	for (i = 1; i <= d->reach.strs.nr && !err; i++)
		err = place_string(d, i, &d->types,
				   d->base_strings.size + d->types.size - d->types_end);
	return err;
}

/* ---- Rewrite ------------------------------------------------------------ */

static void rewrite_types(struct distill *d)
{
	const struct kbtf *split = d->split;
	const struct kbtf_map ids = {
		.shift_from = split->first_id,
		.shift = 1 + d->nr_base - split->first_id,
		.direct = d->ids,
	};
	const struct kbtf_map strs = {
		.shift_from = split->str_start,
		.shift = (uint32_t)d->base_strings.size - split->str_start,
		.direct = d->strs,
	};

	/* Selecting met every word, so none goes nowhere. */
	kbtf_rewrite(d->types.data + KBTF_HEADER_SIZE, d->types_end - KBTF_HEADER_SIZE, &ids, &strs,
		     NULL);
}

/* The words of the section are base ids still, and looked up as such. */
static int rewrite_ids(struct distill *d, struct kbtf_ids *ids)
{
	const struct kbtf_map map = {
		.shift_from = d->split->first_id,
		.shift = 1 + d->nr_base - d->split->first_id,
		.sparse = &d->reach.ids.of,
	};
	uint32_t i;

	for (i = 0; i < d->reach.ids.nr; i++)
		kbtf_u32map_add(&d->reach.ids.of, d->reach.ids.keys[i])->value = d->ids[i + 1];
	return kbtf_ids_map(ids, &map, NULL);
}

/* ---- Results ------------------------------------------------------------ */

static int fail_build(int err, const char *what, struct kbtf_diag *reterr)
{
	return err == -ENOMEM ? kbtf_fail_nomem(reterr)
			      : kbtf_fail(reterr, err, "build", "%s: %s", what, strerror(-err));
}

/* BTF of a buffer with room for a header, types, and strings from types_end on. */
static int finish(struct kbtf_buf *buf, size_t types_end, struct kbtf_buf *offs,
		  const struct kbtf *base, const char *label, struct kbtf **ret)
{
	int err = kbtf_assemble_in_place(buf, types_end);

	if (err)
		return err;
	*ret = kbtf_view_adopt(buf, offs, base, label);
	return *ret ? 0 : -ENOMEM;
}

static int finish_all(struct distill *d, struct kbtf_distilled *ret, struct kbtf_diag *reterr)
{
	size_t base_types_end = d->base_types.size;
	int err = kbtf_buf_append(&d->base_types, d->base_strings.data, d->base_strings.size);

	if (!err)
		err = finish(&d->base_types, base_types_end, &d->base_offs, NULL, "distilled base",
			     &ret->base);
	if (err)
		return fail_build(err, "distilled base", reterr);
	err = finish(&d->types, d->types_end, &d->offs, ret->base, d->split->label, &ret->split);
	if (err)
		return fail_build(err, "distilled BTF", reterr);
	ret->base_ids = kbtf_buf_steal(&d->base_ids, NULL);
	ret->base->swapped = ret->split->swapped = d->split->swapped;
	return 0;
}

static int distill(struct distill *d, struct kbtf_ids *ids, struct kbtf_distilled *ret,
		   struct kbtf_diag *reterr)
{
	/* What a module reaches is about this; only a guess, to save growing to there. */
	int err = kbtf_reach_init(&d->reach, d->split, d->split->nr_types / 4);

	if (err)
		return kbtf_fail_nomem(reterr);
	err = select_types(d, ids, reterr);
	if (err)
		return err;
	if (!ids)
		kbtf_reach_seal(&d->reach);
	err = place_types(d);
	if (!err)
		err = place_strings(d);
	if (err)
		return fail_build(err, "distilled BTF", reterr);
	rewrite_types(d);
	err = finish_all(d, ret, reterr);
	if (!err && ids && rewrite_ids(d, ids))
		err = kbtf_fail_nomem(reterr);
	return err;
}

int kbtf_distill(const struct kbtf *split, struct kbtf_ids *ids, struct kbtf_distilled *ret,
		 struct kbtf_diag *reterr)
{
	struct distill d = { .split = split, .base = split->base };
	struct kbtf_distilled made = { 0 };
	int err;

	if (!split->base)
		return kbtf_fail_btf(reterr, split, KBTF_NO_OFFSET, -EINVAL, "not-split",
				     "it stands alone, so there is no base to distill");
	if (split->opaque)
		return kbtf_fail_btf(
			reterr, split, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be "
			"moved");
	err = distill(&d, ids, &made, reterr);
	distill_deinit(&d);
	if (err) {
		kbtf_distilled_deinit(&made);
		return err;
	}
	*ret = made;
	return 0;
}

void kbtf_distilled_deinit(struct kbtf_distilled *distilled)
{
	kbtf_free(distilled->split);
	kbtf_free(distilled->base);
	free(distilled->base_ids);
	memset(distilled, 0, sizeof(*distilled));
}
