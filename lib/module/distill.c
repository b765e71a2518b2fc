// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Split BTF in; a distilled base and split BTF on it out.
 *
 *   select   which base types the split reaches. Named structs and unions are not
 *            looked into: of them only name and size will be kept   [select_types]
 *   map      named INT, FLOAT, ENUM, STRUCT, UNION and FWD become the distilled
 *            base, in the order of their ids; all others are moved behind the
 *            split's own types. Strings of the base go where they are needed
 *                                                        [map_base, map_moved]
 *   rewrite  copy the records and put them through the maps     [kbtf_rewrite]
 *
 *   before   | base ........................ | split |
 *   after    | distilled | split | moved |
 *
 * Source: libbpf's btf.c (btf__distill_base), whose types these are in number,
 * kind and order. The strings of the split stay one block here.
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
#include "rewrite.h"
#include "sort.h"
#include "view.h"
#include "words.h"

struct list {
	uint32_t *items;
	uint32_t nr, room;
};

struct distill {
	const struct kbtf *split, *base;
	struct list reached;	 /* base types, in the order they were met, then by id */
	struct list strings;	 /* base strings, likewise */
	struct kbtf_u32map ids;	 /* old base id -> new id, REACHED until that is known */
	struct kbtf_u32map strs; /* old base string -> new offset, likewise */
	struct kbtf_buf base_types, base_strings;
	struct kbtf_buf split_out; /* room for the header, types, strings */
	size_t split_types_end;	   /* in split_out */
	uint32_t nr_base;	   /* distilled types */
	bool no_memory;
};

static void distill_deinit(struct distill *d)
{
	free(d->reached.items);
	free(d->strings.items);
	kbtf_u32map_deinit(&d->ids);
	kbtf_u32map_deinit(&d->strs);
	kbtf_buf_deinit(&d->base_types);
	kbtf_buf_deinit(&d->base_strings);
	kbtf_buf_deinit(&d->split_out);
}

static bool list_add(struct list *list, uint32_t item)
{
	if (list->nr == list->room) {
		uint32_t room = list->room ? list->room * 2 : 128;
		uint32_t *items = kbtf_realloc_array(list->items, room, sizeof(*items));

		if (!items)
			return false;
		list->items = items;
		list->room = room;
	}
	list->items[list->nr++] = item;
	return true;
}

#define REACHED UINT32_MAX

/* Put a key on the list when the map meets it for the first time. */
static void reach_new(struct distill *d, struct kbtf_u32map *map, struct list *list, uint32_t key)
{
	struct kbtf_u32slot *slot = kbtf_u32map_add(map, key);

	if (!slot || !list_add(list, key)) {
		d->no_memory = true;
		return;
	}
	slot->value = REACHED;
}

static inline void reach(struct distill *d, struct kbtf_u32map *map, struct list *list,
			 uint32_t key)
{
	if (!kbtf_u32map_find(map, key))
		reach_new(d, map, list, key);
}

KBTF_INLINE void reach_id(void *ctx, uint32_t *word)
{
	struct distill *d = ctx;

	if (*word && *word < d->split->first_id)
		reach(d, &d->ids, &d->reached, *word);
}

KBTF_INLINE void reach_str(void *ctx, uint32_t *word)
{
	struct distill *d = ctx;

	if (*word && *word < d->split->str_start)
		reach(d, &d->strs, &d->strings, *word);
}

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

	if (kind >= KBTF_NR_KINDS)
		return kbtf_fail_type(reterr, d->base, id, -EOPNOTSUPP, "kind-unknown",
				      "the module refers to it, and kbtf does not know its kind");
	if (!(distillable & KBTF_KIND_BIT(kind)))
		return kbtf_fail_type(
			reterr, d->base, id, -EINVAL, "base-kind",
			"the module refers to it, and a %s of the base has no distilled "
			"form",
			kbtf_kind_name(kind));
	if (stays_in_base(t)) /* of which only the name is kept */
		reach_str(d, (uint32_t *)&t->name_off);
	else
		kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, reach_str, reach_id, d);
	return 0;
}

/* All base types that the split and its ids reach, in the order of their ids. */
static int select_types(struct distill *d, const struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	uint32_t i;
	int err;

	/* About what a module reaches of each; only a guess, to save growing to there. */
	if (kbtf_u32map_reserve(&d->ids, d->split->nr_types / 4) ||
	    kbtf_u32map_reserve(&d->strs, d->split->nr_types / 4))
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < d->split->nr_types; i++)
		kbtf_each_word((struct kbtf_type *)kbtf_own_type(d->split, i), KBTF_NO_LIMIT,
			       reach_str, reach_id, d);
	for (i = 0; ids && i < kbtf_ids_count(ids); i++) {
		uint32_t id = kbtf_ids_get(ids, i);

		if (id >= kbtf_end_id(d->split))
			return kbtf_fail(reterr, -EINVAL, "ids-range",
					 ".BTF_ids gives %.100s type id %u, but the last is %u",
					 kbtf_ids_name(ids, i), id, kbtf_end_id(d->split) - 1);
		reach_id(d, &id);
	}
	for (i = 0; i < d->reached.nr && !d->no_memory; i++) {
		err = select_base_type(d, d->reached.items[i], reterr);
		if (err)
			return err;
	}
	if (d->no_memory)
		return kbtf_fail_nomem(reterr);
	kbtf_sort_u32(d->reached.items, d->reached.nr);
	return 0;
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

/* Store a base string at the end of buf and tell its map that it has this offset. */
static int add_string(struct distill *d, struct kbtf_buf *buf, uint32_t old_off, size_t new_off)
{
	const char *s = kbtf_string_get(d->base, old_off);

	kbtf_u32map_add(&d->strs, old_off)->value = (uint32_t)new_off;
	return kbtf_buf_append(buf, s, strlen(s) + 1);
}

static int map_base(struct distill *d)
{
	uint32_t i, skeleton[4];

	if (kbtf_buf_append(&d->base_strings, "", 1))
		return -ENOMEM;
	for (i = 0; i < d->reached.nr; i++) {
		uint32_t id = d->reached.items[i];
		const struct kbtf_type *t = kbtf_type_get(d->base, id);

		if (!stays_in_base(t))
			continue;
		if (kbtf_buf_append(&d->base_types, skeleton, skeleton_of(t, skeleton)))
			return -ENOMEM;
		kbtf_u32map_add(&d->ids, id)->value = ++d->nr_base;
		if (t->name_off && kbtf_u32map_find(&d->strs, t->name_off) == REACHED &&
		    add_string(d, &d->base_strings, t->name_off, d->base_strings.size))
			return -ENOMEM;
	}
	return 0;
}

static int map_moved(struct distill *d)
{
	const struct kbtf *split = d->split;
	uint32_t i, next_id = 1 + d->nr_base + split->nr_types;
	struct kbtf_buf *out = &d->split_out;

	/* What is known of its size; a moved type and its strings rarely take more than this. */
	if (kbtf_buf_reserve(out, KBTF_HEADER_SIZE + (size_t)split->hdr.type_len +
					  split->hdr.str_len + d->reached.nr * 32ul) ||
	    !kbtf_buf_extend(out, KBTF_HEADER_SIZE) ||
	    kbtf_buf_append(out, split->types, split->hdr.type_len))
		return -ENOMEM;
	for (i = 0; i < d->reached.nr; i++) {
		uint32_t id = d->reached.items[i];
		const struct kbtf_type *t = kbtf_type_get(d->base, id);

		if (stays_in_base(t))
			continue;
		if (kbtf_buf_append(out, t, kbtf_type_size_bytes(d->base, id)))
			return -ENOMEM;
		kbtf_u32map_add(&d->ids, id)->value = next_id++;
	}
	d->split_types_end = out->size;
	if (kbtf_buf_append(out, split->strings, split->hdr.str_len))
		return -ENOMEM;
	for (i = 0; i < d->strings.nr; i++) {
		uint32_t old_off = d->strings.items[i];

		if (kbtf_u32map_find(&d->strs, old_off) == REACHED &&
		    add_string(d, out, old_off,
			       d->base_strings.size + out->size - d->split_types_end))
			return -ENOMEM;
	}
	return 0;
}

/* The BTF of bytes of which all is known to be in order; they are its own on success. */
static int finish(const struct distill *d, void *bytes, size_t size, const struct kbtf *base,
		  const char *label, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = {
		.base = base,
		.label = label,
		.flags = KBTF_OPEN_TAKE | KBTF_OPEN_FRAMING_ONLY,
	};
	int err;

	err = kbtf_open(bytes, size, &opts, ret, reterr);
	if (!err)
		(*ret)->swapped = d->split->swapped;
	return err;
}

static int fail_build(int err, const char *what, struct kbtf_diag *reterr)
{
	return err == -ENOMEM ? kbtf_fail_nomem(reterr)
			      : kbtf_fail(reterr, err, "build", "%s: %s", what, strerror(-err));
}

static int finish_base(struct distill *d, struct kbtf **ret, struct kbtf_diag *reterr)
{
	void *bytes;
	size_t size;
	int err;

	err = kbtf_assemble(d->base_types.data, d->base_types.size, d->base_strings.data,
			    d->base_strings.size, &bytes, &size);
	if (err)
		return fail_build(err, "distilled base", reterr);
	err = finish(d, bytes, size, NULL, "distilled base", ret, reterr);
	if (err)
		free(bytes);
	return err;
}

static int finish_split(struct distill *d, const struct kbtf *base, struct kbtf **ret,
			struct kbtf_diag *reterr)
{
	int err;

	err = kbtf_assemble_in_place(&d->split_out, d->split_types_end);
	if (err)
		return fail_build(err, "distilled BTF", reterr);
	err = finish(d, d->split_out.data, d->split_out.size, base, d->split->label, ret, reterr);
	if (!err)
		kbtf_buf_steal(&d->split_out, NULL);
	return err;
}

static int rewrite(struct distill *d, struct kbtf_ids *ids, struct kbtf_distilled *ret,
		   struct kbtf_diag *reterr)
{
	const struct kbtf *split = d->split;
	const struct kbtf_map id_map = {
		.shift_from = split->first_id,
		.shift = 1 + d->nr_base - split->first_id,
		.sparse = &d->ids,
	};
	const struct kbtf_map str_map = {
		.shift_from = split->str_start,
		.shift = (uint32_t)d->base_strings.size - split->str_start,
		.sparse = &d->strs,
	};
	int err;

	/* Selecting met every word, so none goes nowhere. */
	kbtf_rewrite(d->base_types.data, d->base_types.size, &id_map, &str_map, NULL);
	kbtf_rewrite(d->split_out.data + KBTF_HEADER_SIZE, d->split_types_end - KBTF_HEADER_SIZE,
		     &id_map, &str_map, NULL);
	err = finish_base(d, &ret->base, reterr);
	if (!err)
		err = finish_split(d, ret->base, &ret->split, reterr);
	if (!err && ids && kbtf_ids_map(ids, &id_map, NULL))
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
	err = select_types(&d, ids, reterr);
	if (!err && (map_base(&d) || map_moved(&d)))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = rewrite(&d, ids, &made, reterr);
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
	memset(distilled, 0, sizeof(*distilled));
}
