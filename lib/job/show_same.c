// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two types in, whether a reader of C would call them the same out. The types asked about
 * are compared in full; what they refer to counts by its name where it has one, and in full
 * where it has none. So a module's copy of a struct is the same although its ids differ.
 */
#include <string.h>

#include "show.h"
#include "view.h"

/* Types without a name may refer to each other in a circle, or fan out: then they are told apart
 * rather than compared for ever. */
#define MAX_DEPTH 64u
#define MAX_STEPS 200000u

struct pair {
	const struct kbtf *a, *b;
	unsigned int steps;
};

static bool same_type(struct pair *p, uint32_t a_id, uint32_t b_id, unsigned int depth);

static bool same_string(const struct pair *p, uint32_t a_off, uint32_t b_off)
{
	return !strcmp(kbtf_string_get(p->a, a_off), kbtf_string_get(p->b, b_off));
}

/* A declaration names the same type as the definition does. */
static unsigned int kind_as_named(const struct kbtf_type *t)
{
	if (kbtf_kind(t) != KBTF_FWD)
		return kbtf_kind(t);
	return kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT;
}

/* Whether C would refer to the type by its name. */
static bool is_named(const struct pair *p, const struct kbtf_type *a)
{
	switch (kbtf_kind(a)) {
	case KBTF_INT:
	case KBTF_FLOAT:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FWD:
	case KBTF_TYPEDEF:
		return *kbtf_string_get(p->a, a->name_off);
	default:
		return false;
	}
}

static bool same_members(struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b,
			 unsigned int depth)
{
	const struct kbtf_member *x = kbtf_members(a), *y = kbtf_members(b);
	uint32_t vlen = kbtf_vlen(a), i;

	for (i = 0; i < vlen; i++)
		if (kbtf_member_offset_bits(a, &x[i]) != kbtf_member_offset_bits(b, &y[i]) ||
		    kbtf_member_bitfield_bits(a, &x[i]) != kbtf_member_bitfield_bits(b, &y[i]) ||
		    !same_string(p, x[i].name_off, y[i].name_off) ||
		    !same_type(p, x[i].type, y[i].type, depth))
			return false;
	return true;
}

static bool same_enums(const struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b)
{
	const struct kbtf_enum *x = kbtf_enums(a), *y = kbtf_enums(b);
	uint32_t vlen = kbtf_vlen(a), i;

	for (i = 0; i < vlen; i++)
		if (x[i].value != y[i].value || !same_string(p, x[i].name_off, y[i].name_off))
			return false;
	return true;
}

static bool same_enums64(const struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b)
{
	const struct kbtf_enum64 *x = kbtf_enums64(a), *y = kbtf_enums64(b);
	uint32_t vlen = kbtf_vlen(a), i;

	for (i = 0; i < vlen; i++)
		if (x[i].value_lo32 != y[i].value_lo32 || x[i].value_hi32 != y[i].value_hi32 ||
		    !same_string(p, x[i].name_off, y[i].name_off))
			return false;
	return true;
}

static bool same_params(struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b,
			unsigned int depth)
{
	const struct kbtf_param *x = kbtf_params(a), *y = kbtf_params(b);
	uint32_t vlen = kbtf_vlen(a), i;

	for (i = 0; i < vlen; i++)
		if (!same_string(p, x[i].name_off, y[i].name_off) ||
		    !same_type(p, x[i].type, y[i].type, depth))
			return false;
	return same_type(p, a->type, b->type, depth);
}

static bool same_secinfos(struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b,
			  unsigned int depth)
{
	const struct kbtf_secinfo *x = kbtf_secinfos(a), *y = kbtf_secinfos(b);
	uint32_t vlen = kbtf_vlen(a), i;

	for (i = 0; i < vlen; i++)
		if (x[i].offset != y[i].offset || x[i].size != y[i].size ||
		    !same_type(p, x[i].type, y[i].type, depth))
			return false;
	return true;
}

/* Names, kinds and numbers of elements are the same. */
static bool same_content(struct pair *p, const struct kbtf_type *a, const struct kbtf_type *b,
			 unsigned int depth)
{
	switch (kbtf_kind(a)) {
	case KBTF_INT:
		return a->size == b->size && kbtf_word(a) == kbtf_word(b);
	case KBTF_FLOAT:
		return a->size == b->size;
	case KBTF_FWD:
		return kbtf_kflag(a) == kbtf_kflag(b);
	case KBTF_STRUCT:
	case KBTF_UNION:
		return a->size == b->size && same_members(p, a, b, depth);
	case KBTF_ENUM:
		return a->size == b->size && kbtf_kflag(a) == kbtf_kflag(b) && same_enums(p, a, b);
	case KBTF_ENUM64:
		return a->size == b->size && kbtf_kflag(a) == kbtf_kflag(b) &&
		       same_enums64(p, a, b);
	case KBTF_ARRAY:
		return kbtf_array(a)->nelems == kbtf_array(b)->nelems &&
		       same_type(p, kbtf_array(a)->type, kbtf_array(b)->type, depth);
	case KBTF_FUNC_PROTO:
		return same_params(p, a, b, depth);
	case KBTF_DATASEC:
		return a->size == b->size && same_secinfos(p, a, b, depth);
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return kbtf_word(a) == kbtf_word(b) && same_type(p, a->type, b->type, depth);
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_FUNC:
	case KBTF_TYPE_TAG:
		return same_type(p, a->type, b->type, depth);
	default:
		return false;
	}
}

static bool same_type(struct pair *p, uint32_t a_id, uint32_t b_id, unsigned int depth)
{
	const struct kbtf_type *a = kbtf_type_get(p->a, a_id), *b = kbtf_type_get(p->b, b_id);

	if (a == b) /* of one BTF, or of the base that both stand on */
		return true;
	if (depth == MAX_DEPTH || !p->steps || !a_id || !b_id)
		return false;
	p->steps--;
	if (!same_string(p, a->name_off, b->name_off))
		return false;
	if (depth && is_named(p, a))
		return kind_as_named(a) == kind_as_named(b);
	return kbtf_kind(a) == kbtf_kind(b) && kbtf_vlen(a) == kbtf_vlen(b) &&
	       same_content(p, a, b, depth + 1);
}

bool kbtf_same_definition(const struct kbtf *a, uint32_t a_id, const struct kbtf *b, uint32_t b_id)
{
	struct pair p = { .a = a, .b = b, .steps = MAX_STEPS };

	return same_type(&p, a_id, b_id, 0);
}
