// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Distilled BTF and the base it was distilled from in; the by-value layout of the
 * base types that it embeds out, as self-contained BTF.
 *
 *   select   the base types that relocation will find embedded [find_embedded],
 *            and all that these contain by value, numbered as they are met
 *   rewrite  each as it is met: a copy of its record, with these numbers for type
 *            ids and a string block of its own                 [copy_type]
 *
 * All that has no bearing on layout is left out: typedefs and modifiers are
 * skipped, every pointer becomes one pointer to void, enums lose their values.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "assemble.h"
#include "buf.h"
#include "fail.h"
#include "reach.h"
#include "resolve.h"

struct embed {
	const struct kbtf *base;
	struct kbtf_reach reach; /* its numbers are the new type ids */
	struct kbtf_buf types, offs;
	struct kbtf_buf strings;
	struct kbtf_buf string_offs; /* of number n in [n - 1] */
};

/* What all pointers are numbered by: no base type has it. */
static uint32_t pointer_key(const struct embed *e)
{
	return kbtf_end_id(e->base);
}

static void find_embedded(struct embed *e, const struct kbtf_distilled *distilled)
{
	const struct kbtf *split = distilled->split;
	uint32_t i, m, id;

	for (i = 0; i < split->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(split, i);

		for (m = 0; kbtf_is_composite(t) && m < kbtf_vlen(t); m++) {
			id = kbtf_embedded_composite(split, kbtf_members(t)[m].type);
			if (id && id < split->first_id)
				kbtf_reach_id(&e->reach, distilled->base_ids[id - 1]);
		}
	}
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

/* The new id of what a base type is by value; what has no layout is void. */
static uint32_t value_id(struct embed *e, uint32_t id)
{
	unsigned int kind;

	id = kbtf_skip_modifiers(e->base, id);
	kind = kbtf_kind(kbtf_type_get(e->base, id));
	if (kind == KBTF_PTR)
		return kbtf_reach_id(&e->reach, pointer_key(e));
	return has_layout(kind) ? kbtf_reach_id(&e->reach, id) : 0;
}

static int new_string(struct embed *e, uint32_t *word)
{
	uint32_t number, nr = e->reach.strs.nr, at = (uint32_t)e->strings.size;
	const char *s = kbtf_string_get(e->base, *word);

	if (!*word)
		return 0;
	if (e->strings.size > UINT32_MAX)
		return -E2BIG;
	number = kbtf_reach_string(&e->reach, *word);
	if (e->reach.strs.nr != nr && (kbtf_buf_append(&e->string_offs, &at, sizeof(at)) ||
				       kbtf_buf_append(&e->strings, s, strlen(s) + 1)))
		return -ENOMEM;
	if (!number)
		return -ENOMEM;
	*word = ((uint32_t *)e->string_offs.data)[number - 1];
	return 0;
}

static int copy_members(struct embed *e, struct kbtf_type *t)
{
	struct kbtf_member *member = (struct kbtf_member *)(t + 1), *end = member + kbtf_vlen(t);
	int err = 0;

	for (; member < end && !err; member++) {
		member->type = value_id(e, member->type);
		err = new_string(e, &member->name_off);
	}
	return err;
}

/* The bytes of a record that are kept: enumerators are not. */
static size_t kept_size(const struct embed *e, uint32_t id, const struct kbtf_type *t)
{
	unsigned int kind = kbtf_kind(t);

	if (kind == KBTF_PTR || kind == KBTF_ENUM || kind == KBTF_ENUM64)
		return sizeof(*t);
	return kbtf_type_size_bytes(e->base, id);
}

static int copy_type(struct embed *e, uint32_t id)
{
	const struct kbtf_type pointer = { .info = kbtf_info(KBTF_PTR, 0, 0) };
	const struct kbtf_type *old = id == pointer_key(e) ? &pointer : kbtf_type_get(e->base, id);
	size_t at = e->types.size, size = kept_size(e, id, old);
	uint32_t off = (uint32_t)at - KBTF_HEADER_SIZE;
	struct kbtf_array *array;
	struct kbtf_type *t;
	int err = 0;

	if (kbtf_buf_append(&e->types, old, size) || kbtf_buf_append(&e->offs, &off, sizeof(off)))
		return -ENOMEM;
	t = (struct kbtf_type *)(e->types.data + at);
	switch (kbtf_kind(old)) {
	case KBTF_ENUM:
	case KBTF_ENUM64:
		t->info = kbtf_info(KBTF_ENUM, 0, 0);
		break;
	case KBTF_ARRAY:
		array = (struct kbtf_array *)(t + 1);
		array->type = value_id(e, array->type);
		array->index_type = value_id(e, array->index_type);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		err = copy_members(e, t);
		break;
	default:
		break;
	}
	return err ? err : new_string(e, &t->name_off);
}

static int copy_all(struct embed *e)
{
	uint32_t i;
	int err = 0;

	if (!kbtf_buf_extend(&e->types, KBTF_HEADER_SIZE) || kbtf_buf_append(&e->strings, "", 1))
		return -ENOMEM;
	for (i = 0; i < e->reach.ids.nr && !err; i++) /* which grow on the way */
		err = copy_type(e, e->reach.ids.keys[i]);
	return e->reach.no_memory ? -ENOMEM : err;
}

static int finish(struct embed *e, struct kbtf **ret)
{
	size_t types_end = e->types.size;

	if (kbtf_buf_append(&e->types, e->strings.data, e->strings.size))
		return -ENOMEM;
	if (kbtf_assemble_in_place(&e->types, types_end))
		return -E2BIG;
	*ret = kbtf_view_adopt(&e->types, &e->offs, NULL, "embedded layouts");
	if (!*ret)
		return -ENOMEM;
	(*ret)->swapped = e->base->swapped;
	return 0;
}

static void embed_deinit(struct embed *e)
{
	kbtf_reach_deinit(&e->reach);
	kbtf_buf_deinit(&e->types);
	kbtf_buf_deinit(&e->offs);
	kbtf_buf_deinit(&e->strings);
	kbtf_buf_deinit(&e->string_offs);
}

int kbtf_embedded(const struct kbtf_distilled *distilled, const struct kbtf *old_base,
		  struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct embed e = { .base = old_base };
	int err;

	*ret = NULL;
	err = kbtf_reach_init(&e.reach, old_base, 0);
	if (!err)
		find_embedded(&e, distilled);
	if (!err && (e.reach.ids.nr || e.reach.no_memory)) {
		err = copy_all(&e);
		if (!err)
			err = finish(&e, ret);
	}
	embed_deinit(&e);
	if (err == -E2BIG)
		return kbtf_fail(reterr, err, "build", "embedded layouts: more than 4 GiB");
	return err ? kbtf_fail_nomem(reterr) : 0;
}
