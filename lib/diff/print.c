// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What a type is made of as one number, by which types of one name are told apart: the
 * same for types that mean the same, whatever their ids, and nearly never for others.
 */
#include "differ.h"
#include "hash.h"
#include "sizes.h"

/* Unnamed types within unnamed ones that are looked into, and parts in all, which only types
 * that no compiler makes have more of. */
#define PRINT_NEST 8u
#define PRINT_STEPS 65536u

struct print {
	const struct kbtf_diff_btf *side;
	uint64_t h;
	unsigned int nested;
	uint32_t steps_left;
};

static void mix(struct print *p, uint64_t value)
{
	p->h = kbtf_diff_mix(p->h, value);
}

static void mix_string(struct print *p, uint32_t name_off)
{
	mix(p, kbtf_hash_string(kbtf_string_get(p->side->btf, name_off)));
}

static void mix_unnamed(struct print *p, uint32_t id);

/* A reference, as far as the first type with a name. */
static void mix_type(struct print *p, uint32_t id)
{
	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(p->side->btf, id);

		mix(p, kbtf_diff_kind_of(t));
		mix_string(p, t->name_off);
		switch (kbtf_kind(t)) {
		case KBTF_ARRAY:
			mix(p, kbtf_array(t)->nelems);
			id = kbtf_array(t)->type;
			break;
		case KBTF_PTR:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			id = t->type;
			break;
		default:
			if (!*kbtf_string_get(p->side->btf, t->name_off))
				mix_unnamed(p, id);
			return;
		}
	}
}

static void mix_member(struct print *p, const struct kbtf_type *t, const struct kbtf_member *m)
{
	mix_string(p, m->name_off);
	mix(p, kbtf_member_offset_bits(t, m));
	mix(p, kbtf_member_bitfield_bits(t, m));
	mix(p, kbtf_value_bits(p->side->btf, m->type, p->side->pointer_bytes));
	mix_type(p, m->type);
}

static void mix_parts(struct print *p, const struct kbtf_type *t)
{
	const struct kbtf_enum64 *e64 = kbtf_enums64(t);
	const struct kbtf_enum *e = kbtf_enums(t);
	uint32_t i;

	mix(p, kbtf_vlen(t));
	for (i = 0; i < kbtf_vlen(t) && p->steps_left; i++) {
		p->steps_left--;
		switch (kbtf_kind(t)) {
		case KBTF_STRUCT:
		case KBTF_UNION:
			mix_member(p, t, &kbtf_members(t)[i]);
			break;
		case KBTF_ENUM:
			mix_string(p, e[i].name_off);
			mix(p, kbtf_kflag(t) ? (uint64_t)e[i].value : (uint32_t)e[i].value);
			break;
		case KBTF_ENUM64:
			mix_string(p, e64[i].name_off);
			mix(p, (uint64_t)e64[i].value_hi32 << 32 | e64[i].value_lo32);
			break;
		case KBTF_FUNC_PROTO:
			mix_string(p, kbtf_params(t)[i].name_off);
			mix_type(p, kbtf_params(t)[i].type);
			break;
		}
	}
}

static void mix_whole(struct print *p, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(p->side->btf, id);

	switch (kbtf_kind(t)) {
	case KBTF_ENUM:
	case KBTF_ENUM64:
		mix(p, kbtf_kflag(t));
		/* fall through */
	case KBTF_STRUCT:
	case KBTF_UNION:
		mix(p, t->size);
		mix_parts(p, t);
		break;
	case KBTF_FUNC_PROTO:
		mix_parts(p, t);
		mix_type(p, t->type);
		break;
	case KBTF_INT:
		mix(p, t->size);
		mix(p, kbtf_word(t));
		break;
	case KBTF_FLOAT:
		mix(p, t->size);
		break;
	case KBTF_FUNC:
		mix(p, kbtf_vlen(t));
		mix_whole(p, t->type);
		break;
	case KBTF_TYPEDEF:
		mix_type(p, t->type);
		break;
	case KBTF_VAR:
		mix(p, kbtf_word(t));
		mix(p, kbtf_hash_string(kbtf_diff_section_of(p->side, id)));
		mix_type(p, t->type);
		break;
	}
}

static void mix_unnamed(struct print *p, uint32_t id)
{
	if (p->nested == PRINT_NEST)
		return;
	p->nested++;
	mix_whole(p, id);
	p->nested--;
}

uint64_t kbtf_diff_print(const struct kbtf_diff_btf *side, uint32_t id)
{
	struct print p = { .side = side, .steps_left = PRINT_STEPS };

	mix(&p, kbtf_diff_tags_print(side, id));
	mix_whole(&p, id);
	return p.h;
}
