// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Kept types into records of their reduced form: the map and rewrite steps of
 * minimising. First each type gets its new number [number_types]; then its record is
 * copied, without what is not kept and with references past modifiers and typedefs
 * [copy_type]; then all words go through the maps [kbtf_rewrite].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "alloc.h"
#include "rewrite.h"
#include "shrink.h"
#include "sort.h"

/* What stands for the anonymous FLOAT among old type ids, of which it is none. */
#define OPAQUE_ID (UINT32_MAX - 1)

struct shrinking {
	struct kbtf_shrunk *pool;
	const struct kbtf_kept *kept;
	const struct kbtf *btf;
	const struct kbtf_moved *below;
	struct kbtf_moved *moved;
	struct kbtf_u32map ids; /* that records refer to: own ones, and those of the base */
	bool no_memory;
	bool needs_opaque;
};

void kbtf_moved_deinit(struct kbtf_moved *moved)
{
	kbtf_u32map_deinit(&moved->ids);
	kbtf_u32map_deinit(&moved->strs);
}

int kbtf_shrunk_init(struct kbtf_shrunk *pool, const struct kbtf *base, bool keeps_void_apart)
{
	const uint32_t zero = 0;

	memset(pool, 0, sizeof(*pool));
	pool->keeps_void_apart = keeps_void_apart;
	pool->first_id = base ? kbtf_end_id(base) : 1;
	pool->builder = kbtf_builder_new(base);
	return pool->builder && !kbtf_buf_append(&pool->offs, &zero, sizeof(zero)) ? 0 : -ENOMEM;
}

void kbtf_shrunk_deinit(struct kbtf_shrunk *pool)
{
	kbtf_builder_free(pool->builder);
	kbtf_buf_deinit(&pool->records);
	kbtf_buf_deinit(&pool->offs);
	kbtf_buf_deinit(&pool->distinct);
	memset(pool, 0, sizeof(*pool));
}

static int add_to(struct kbtf_u32map *map, uint32_t key, uint32_t value)
{
	struct kbtf_u32slot *slot = kbtf_u32map_add(map, key);

	if (!slot)
		return -ENOMEM;
	slot->value = value;
	return 0;
}

/* A name that is about to be used; one that the base's new BTF has is taken from there. */
static int use_name(struct shrinking *s, uint32_t name_off)
{
	struct kbtf_u32slot *slot;
	const char *name;

	if (!name_off)
		return 0;
	slot = kbtf_u32map_add(&s->moved->strs, name_off);
	if (!slot)
		return -ENOMEM;
	if (slot->value)
		return 0;
	if (name_off < s->btf->str_start)
		slot->value = s->below ? kbtf_u32map_find(&s->below->strs, name_off) : name_off;
	if (slot->value)
		return 0;
	name = kbtf_string_get(s->btf, name_off);
	if (!*name) /* "" elsewhere than at offset 0: nothing else reads so, and 0 stays 0 */
		return 0;
	slot->value = kbtf_builder_string(s->pool->builder, name);
	return 0;
}

/* The type that a reference leads to, kept; 0 where it is not. */
static uint32_t use_ref(struct shrinking *s, uint32_t type_id)
{
	if (!type_id || !kbtf_core_resolve(s->btf, &type_id))
		return 0;
	if (type_id < s->btf->first_id && !s->below && add_to(&s->ids, type_id, type_id)) {
		s->no_memory = true;
		return 0;
	}
	return kbtf_u32map_find(&s->ids, type_id) ? type_id : 0;
}

static int put(struct shrinking *s, const void *bytes, size_t size)
{
	return kbtf_buf_append(&s->pool->records, bytes, size);
}

/* A name offset whose string is "" reads 0 in the copy. */
static uint32_t name_word(const struct shrinking *s, uint32_t name_off)
{
	return name_off && *kbtf_string_get(s->btf, name_off) ? name_off : 0;
}

static int copy_members(struct shrinking *s, const struct kbtf_kept_type *entry,
			const struct kbtf_type *t, uint32_t *ret_vlen)
{
	uint32_t e;
	int err = 0;

	for (e = 0; e < kbtf_vlen(t) && !err; e++) {
		struct kbtf_member m = kbtf_members(t)[e];

		if (!kbtf_kept_has_elem(s->kept, entry, e))
			continue;
		m.name_off = name_word(s, m.name_off);
		m.type = use_ref(s, m.type);
		err = use_name(s, m.name_off);
		if (!err)
			err = put(s, &m, sizeof(m));
		++*ret_vlen;
	}
	return err;
}

static int copy_enumerators(struct shrinking *s, const struct kbtf_kept_type *entry,
			    const struct kbtf_type *t, uint32_t *ret_vlen)
{
	uint32_t nr_words = kbtf_kind(t) == KBTF_ENUM ? 2 : 3, e;
	int err = 0;

	for (e = 0; e < kbtf_vlen(t) && !err; e++) {
		uint32_t words[3];

		if (!kbtf_kept_has_elem(s->kept, entry, e))
			continue;
		memcpy(words, (const uint32_t *)kbtf_tail(t) + e * nr_words,
		       nr_words * sizeof(*words));
		words[0] = name_word(s, words[0]);
		err = use_name(s, words[0]);
		if (!err)
			err = put(s, words, nr_words * sizeof(*words));
		++*ret_vlen;
	}
	return err;
}

/* Names of parameters are not looked at. */
static int copy_params(struct shrinking *s, const struct kbtf_type *t)
{
	uint32_t p;
	int err = 0;

	for (p = 0; p < kbtf_vlen(t) && !err; p++) {
		const struct kbtf_param param = { .type = use_ref(s, kbtf_params(t)[p].type) };

		err = put(s, &param, sizeof(param));
	}
	return err;
}

static int copy_tail(struct shrinking *s, const struct kbtf_kept_type *entry,
		     const struct kbtf_type *t, uint32_t *ret_vlen)
{
	struct kbtf_array array;

	*ret_vlen = 0;
	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		return copy_members(s, entry, t, ret_vlen);
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return copy_enumerators(s, entry, t, ret_vlen);
	case KBTF_FUNC_PROTO:
		*ret_vlen = kbtf_vlen(t);
		return copy_params(s, t);
	case KBTF_ARRAY:
		array = *kbtf_array(t);
		array.type = use_ref(s, array.type);
		array.index_type = use_ref(s, array.index_type);
		return put(s, &array, sizeof(array));
	case KBTF_INT:
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return put(s, kbtf_tail(t), sizeof(uint32_t));
	default:
		return 0;
	}
}

/* What a pointer that nobody looked behind points to. */
static uint32_t opaque_ref(struct shrinking *s, uint32_t type_id)
{
	if (!s->pool->keeps_void_apart || !kbtf_core_resolve(s->btf, &type_id) || !type_id)
		return 0;
	s->needs_opaque = true;
	return OPAQUE_ID;
}

/* The word behind info: a reference, or as it is. */
static uint32_t copy_last_word(struct shrinking *s, const struct kbtf_kept_type *entry,
			       const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_PTR:
		return entry->flags & KBTF_KEPT_POINTEE ? use_ref(s, t->type)
							: opaque_ref(s, t->type);
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
	case KBTF_FUNC:
	case KBTF_FUNC_PROTO:
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return use_ref(s, t->type);
	default:
		return t->size;
	}
}

static int end_record(struct shrinking *s, uint8_t distinct)
{
	struct kbtf_shrunk *pool = s->pool;
	uint32_t end = (uint32_t)pool->records.size;
	int err;

	if (pool->records.size > UINT32_MAX)
		return -E2BIG;
	err = kbtf_buf_append(&pool->offs, &end, sizeof(end));
	return err ? err : kbtf_buf_append(&pool->distinct, &distinct, sizeof(distinct));
}

static int copy_type(struct shrinking *s, const struct kbtf_kept_type *entry)
{
	const struct kbtf_type *t = kbtf_type_get(s->btf, entry->type_id);
	struct kbtf_shrunk *pool = s->pool;
	struct kbtf_type head = *t;
	size_t at = pool->records.size;
	uint8_t distinct = entry->flags & KBTF_KEPT_DISTINCT;
	uint32_t vlen;
	int err;

	head.name_off = entry->flags & KBTF_KEPT_NAMELESS ? 0 : name_word(s, t->name_off);
	head.type = copy_last_word(s, entry, t);
	err = use_name(s, head.name_off);
	if (!err)
		err = put(s, &head, sizeof(head));
	if (!err)
		err = copy_tail(s, entry, t, &vlen);
	if (err)
		return err;
	/* A FUNC keeps its linkage where others have their vlen. */
	if (kbtf_kind(t) != KBTF_FUNC)
		((struct kbtf_type *)(pool->records.data + at))->info =
			kbtf_info(kbtf_kind(t), vlen, kbtf_kflag(t));
	return end_record(s, distinct);
}

/* The record of the anonymous FLOAT, behind all others, unless the base has one. */
static int put_opaque(struct shrinking *s)
{
	const struct kbtf_type opaque = { .info = kbtf_info(KBTF_FLOAT, 0, 0), .size = 4 };
	uint32_t id = s->pool->first_id + kbtf_shrunk_nr(s->pool);

	if (kbtf_u32map_find(&s->ids, OPAQUE_ID))
		return 0;
	if (add_to(&s->ids, OPAQUE_ID, id) || add_to(&s->moved->ids, OPAQUE_ID, id) ||
	    put(s, &opaque, sizeof(opaque)))
		return -ENOMEM;
	return end_record(s, 0);
}

/*
 * Numbers for own types, in ascending order of their ids: order gets id << 32 | number among
 * what is kept, and has room for twice as many.
 */
static int number_types(struct shrinking *s, uint64_t *order)
{
	uint32_t nr = kbtf_kept_nr(s->kept), next = s->pool->first_id + kbtf_shrunk_nr(s->pool), i;
	int err = 0;

	for (i = 0; i < nr; i++)
		order[i] = (uint64_t)kbtf_kept_at(s->kept, i)->type_id << 32 | i;
	kbtf_sort_by_key(order, order + nr, nr);
	for (i = 0; i < nr && !err; i++) {
		uint32_t type_id = (uint32_t)(order[i] >> 32);

		err = add_to(&s->moved->ids, type_id, next + i);
		if (!err)
			err = add_to(&s->ids, type_id, next + i);
	}
	return err;
}

/* What went into the base's new BTF can be referred to as well. */
static int number_base_types(struct shrinking *s)
{
	const struct kbtf_u32map *ids = &s->below->ids;
	uint32_t i;
	int err = 0;

	for (i = 0; ids->slots && i <= ids->mask && !err; i++)
		if (ids->slots[i].key)
			err = add_to(&s->ids, ids->slots[i].key, ids->slots[i].value);
	return err;
}

int kbtf_shrunk_add(struct kbtf_shrunk *pool, const struct kbtf_kept *kept,
		    const struct kbtf_moved *below, struct kbtf_moved *moved)
{
	struct shrinking s = {
		.pool = pool, .kept = kept, .btf = kept->btf, .below = below, .moved = moved
	};
	uint32_t nr = kbtf_kept_nr(kept), i;
	uint64_t *order = kbtf_alloc_array(nr, 2 * sizeof(*order));
	struct kbtf_map ids = { .shift_from = UINT32_MAX }, strs = { .shift_from = UINT32_MAX };
	size_t at = pool->records.size;
	int err = order ? number_types(&s, order) : -ENOMEM;

	if (!err && below)
		err = number_base_types(&s);
	for (i = 0; i < nr && !err; i++)
		err = copy_type(&s, kbtf_kept_at(kept, (uint32_t)order[i]));
	if (!err && s.needs_opaque)
		err = put_opaque(&s);
	ids.sparse = &s.ids;
	strs.sparse = &moved->strs;
	if (s.no_memory)
		err = -ENOMEM;
	/* All words were given somewhere to go, unless the builder had no memory for a string. */
	if (!err && at < pool->records.size &&
	    kbtf_rewrite(pool->records.data + at, pool->records.size - at, &ids, &strs, NULL))
		err = -ENOMEM;
	kbtf_u32map_deinit(&s.ids);
	free(order);
	return err;
}

int kbtf_shrunk_finish(struct kbtf_shrunk *pool, const char *label, struct kbtf **ret,
		       struct kbtf_diag *reterr)
{
	const uint32_t *offs = (const uint32_t *)pool->offs.data;
	struct kbtf_builder *builder = pool->builder;
	uint32_t i;

	for (i = 0; i < kbtf_shrunk_nr(pool); i++)
		kbtf_builder_record(builder,
				    (const struct kbtf_type *)(pool->records.data + offs[i]),
				    offs[i + 1] - offs[i]);
	pool->builder = NULL;
	return kbtf_builder_finish(builder, label, ret, reterr);
}
