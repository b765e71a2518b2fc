// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whether a member whose type is resolved fits its STRUCT or UNION: what that
 * means depends on the kind behind its modifiers, and on kind_flag, by which the
 * upper byte of a member's offset is the size of a bitfield. All arithmetic is in 32
 * bits, as the kernel's is.
 *
 * Source: kernel/bpf/btf.c (check_member and check_kflag_member of each kind).
 */
#include <stdarg.h>
#include <stdio.h>

#include "resolve.h"

/* A member under check. */
struct subject {
	struct resolve *r;
	uint32_t id;   /* of the STRUCT or UNION */
	uint32_t i;    /* of the member */
	uint32_t size; /* of the STRUCT or UNION, in bytes */
	const struct kbtf_member *m;
	uint32_t bit;	   /* where it begins */
	uint32_t bitfield; /* its size in bits; 0: no bitfield */
	bool kflag;
	uint32_t type_id; /* behind modifiers */
	const struct kbtf_type *type;
	uint32_t type_size;
};

/* A finding about the member: "member 3 'x' ..." */
static bool refuse(const struct subject *s, enum check_rule rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));
static bool refuse(const struct subject *s, enum check_rule rule, const char *fmt, ...)
{
	char name[CHECK_LABEL_SIZE], fact[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	kbtf_check_found_type(s->r->c, s->r->btf, rule, s->id, "member %u '%s' %s", s->i,
			      kbtf_check_label(s->r->btf, s->m->name_off, name), fact);
	return false;
}

static bool refuse_end(const struct subject *s, uint32_t bit, uint64_t end)
{
	return refuse(s, RULE_MEMBER_BEYOND, "at bit %u ends at bit %llu, beyond size %u", bit,
		      (unsigned long long)end, s->size);
}

static bool refuse_unaligned(const struct subject *s)
{
	return refuse(s, RULE_MEMBER_ALIGN, "of %s is at bit %u, which begins no byte",
		      TYPE_LABEL(s->r->btf, s->type_id), s->bit);
}

/* nr bits from a bit on: read together with the bits before them in their byte. */
static bool bits_fit(const struct subject *s, uint32_t bit, uint32_t nr)
{
	uint32_t byte = bit / 8, copied = nr + bit % 8;

	if (copied > 128)
		return refuse(s, RULE_MEMBER_COPY,
			      "of %u bits is at bit %u: with the %u before it in its byte they "
			      "are more than 128",
			      nr, bit, bit % 8);
	if (s->size < byte || s->size - byte < (copied + 7) / 8)
		return refuse_end(s, bit, (uint64_t)bit + nr);
	return true;
}

static bool int_fits(const struct subject *s)
{
	uint32_t word = kbtf_word(s->type), bit = s->bit;

	if (!s->kflag) {
		if (UINT32_MAX - bit < KBTF_INT_OFFSET_BITS(word))
			return refuse(s, RULE_MEMBER_OVERFLOW,
				      "at bit %u is an INT that begins %u bits later, beyond 2^32",
				      bit, KBTF_INT_OFFSET_BITS(word));
		return bits_fit(s, bit + KBTF_INT_OFFSET_BITS(word), KBTF_INT_BITS(word));
	}
	if (!kbtf_resolve_whole_int(s->type))
		return refuse(s, RULE_MEMBER_INT,
			      "is of %s of %u bits from bit %u on, where kind_flag asks for "
			      "a whole INT",
			      TYPE_LABEL(s->r->btf, s->type_id), KBTF_INT_BITS(word),
			      KBTF_INT_OFFSET_BITS(word));
	if (!s->bitfield && bit % 8)
		return refuse_unaligned(s);
	if (s->bitfield > KBTF_INT_BITS(word))
		return refuse(s, RULE_MEMBER_BITS, "is a bitfield of %u bits of %s of %u",
			      s->bitfield, TYPE_LABEL(s->r->btf, s->type_id), KBTF_INT_BITS(word));
	return bits_fit(s, bit, s->bitfield ? s->bitfield : KBTF_INT_BITS(word));
}

/* What takes whole bytes: the kernel has checked before that it begins inside the size. */
static bool bytes_fit(const struct subject *s)
{
	if (s->bit % 8)
		return refuse_unaligned(s);
	if (s->size - s->bit / 8 < s->type_size)
		return refuse_end(s, s->bit, s->bit + (uint64_t)s->type_size * 8);
	return true;
}

/* With kind_flag the kernel takes any enum for 32 bits, ENUM64 too. */
static bool enum_fits(const struct subject *s)
{
	uint32_t nr = s->bitfield ? s->bitfield : 32, end = s->bit + nr;

	if (!s->kflag)
		return bytes_fit(s);
	if (!s->bitfield && s->bit % 8)
		return refuse_unaligned(s);
	if (s->bitfield > 32)
		return refuse(s, RULE_MEMBER_BITS,
			      "is a bitfield of %u bits of %s, at most 32 are taken", s->bitfield,
			      TYPE_LABEL(s->r->btf, s->type_id));
	if (s->size < (end + 7) / 8)
		return refuse_end(s, s->bit, end);
	return true;
}

static bool float_fits(const struct subject *s)
{
	uint32_t pointer = s->r->c->pointer_size;
	uint32_t align = s->type->size < pointer ? s->type->size : pointer;

	if (s->bit % (align * 8))
		return refuse(s, RULE_MEMBER_ALIGN, "of %s is at bit %u, no multiple of %u",
			      TYPE_LABEL(s->r->btf, s->type_id), s->bit, align * 8);
	if ((uint64_t)s->bit / 8 + s->type->size > s->size)
		return refuse_end(s, s->bit, s->bit + (uint64_t)s->type->size * 8);
	return true;
}

bool kbtf_check_member_fits(struct resolve *r, uint32_t id, uint32_t i)
{
	const struct kbtf_type *t = check_type(r->btf, id);
	struct subject s = { .r = r,
			     .id = id,
			     .i = i,
			     .size = t->size,
			     .m = &kbtf_members(t)[i],
			     .kflag = kbtf_kflag(t) };

	s.bit = kbtf_member_offset_bits(t, s.m);
	s.bitfield = kbtf_member_bitfield_bits(t, s.m);
	s.type_id = s.m->type;
	s.type = kbtf_resolve_sized(r, &s.type_id, &s.type_size);
	if (!s.type)
		return refuse(&s, RULE_MEMBER_TYPE, "is of %s, which has no size",
			      TYPE_LABEL(r->btf, s.m->type));
	if (r->state[s.type_id] == FAILED)
		return false;
	switch (kbtf_kind(s.type)) {
	case KBTF_INT:
		return int_fits(&s);
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return enum_fits(&s);
	case KBTF_PTR:
	case KBTF_ARRAY:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_FLOAT:
		break;
	default:
		return refuse(&s, RULE_MEMBER_TYPE, "is of %s", TYPE_LABEL(r->btf, s.type_id));
	}
	if (s.bitfield)
		return refuse(&s, RULE_MEMBER_BITS, "is a bitfield of %u bits of %s", s.bitfield,
			      TYPE_LABEL(r->btf, s.type_id));
	return kbtf_kind(s.type) == KBTF_FLOAT ? float_fits(&s) : bytes_fit(&s);
}
