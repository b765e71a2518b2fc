// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whether an old type and a new one mean the same where they are referred to.
 *
 * A chain of pointers, modifiers and arrays is followed on both sides at once
 * [same_chain]. It ends at a type with a name, which is the same if kind and name
 * are; or at one without, and then its parts are compared [same_parts], which may
 * lead to the next chain.
 *
 * What was compared once is remembered: by old id, the new id it last was the same
 * as, and the one it last was not. A type without a name that leads to itself, which
 * no compiler makes, is the same if nothing else on the way differs: pairs that are being
 * compared, in d->nest, count as the same. What was found while counting on one of them
 * holds only if that one turns out to be the same [remember_for_now, forget]; the lowest
 * place in d->nest that was counted on is handed up for this as low. Such types may have
 * to be compared again and again, for which there is a limit.
 */
#include <errno.h>
#include <string.h>

#include "differ.h"
#include "sizes.h"

#define NOTHING_COUNTED_ON UINT32_MAX

static bool same_chain(struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t *low);

static bool same_name(const struct kbtf_differ *d, uint32_t a_off, uint32_t b_off)
{
	return !strcmp(kbtf_string_get(d->old.btf, a_off), kbtf_string_get(d->new.btf, b_off));
}

static bool same_size_of_value(const struct kbtf_differ *d, uint32_t a, uint32_t b)
{
	return kbtf_value_bits(d->old.btf, a, d->old.pointer_bytes) ==
	       kbtf_value_bits(d->new.btf, b, d->new.pointer_bytes);
}

static bool same_members(struct kbtf_differ *d, const struct kbtf_type *x,
			 const struct kbtf_type *y, uint32_t *low)
{
	const struct kbtf_member *m = kbtf_members(x), *n = kbtf_members(y);
	uint32_t i;

	if (x->size != y->size)
		return false;
	for (i = 0; i < kbtf_vlen(x); i++, m++, n++)
		if (kbtf_member_offset_bits(x, m) != kbtf_member_offset_bits(y, n) ||
		    kbtf_member_bitfield_bits(x, m) != kbtf_member_bitfield_bits(y, n) ||
		    !same_name(d, m->name_off, n->name_off) ||
		    !same_size_of_value(d, m->type, n->type) ||
		    !same_chain(d, m->type, n->type, low))
			return false;
	return true;
}

static bool same_params(struct kbtf_differ *d, const struct kbtf_type *x, const struct kbtf_type *y,
			uint32_t *low)
{
	const struct kbtf_param *p = kbtf_params(x), *q = kbtf_params(y);
	uint32_t i;

	for (i = 0; i < kbtf_vlen(x); i++)
		if (!same_name(d, p[i].name_off, q[i].name_off) ||
		    !same_chain(d, p[i].type, q[i].type, low))
			return false;
	return same_chain(d, x->type, y->type, low);
}

static uint64_t enumerator(const struct kbtf_type *t, uint32_t i, uint32_t *ret_name_off)
{
	const struct kbtf_enum64 *e64 = &kbtf_enums64(t)[i];
	const struct kbtf_enum *e = &kbtf_enums(t)[i];

	if (kbtf_kind(t) == KBTF_ENUM64) {
		*ret_name_off = e64->name_off;
		return (uint64_t)e64->value_hi32 << 32 | e64->value_lo32;
	}
	*ret_name_off = e->name_off;
	return kbtf_kflag(t) ? (uint64_t)e->value : (uint32_t)e->value;
}

static bool same_enumerators(const struct kbtf_differ *d, const struct kbtf_type *x,
			     const struct kbtf_type *y)
{
	uint32_t i, p, q;

	if (x->size != y->size || kbtf_kflag(x) != kbtf_kflag(y))
		return false;
	for (i = 0; i < kbtf_vlen(x); i++)
		if (enumerator(x, i, &p) != enumerator(y, i, &q) || !same_name(d, p, q))
			return false;
	return true;
}

/* Of two types of one kind that has parts. */
static bool same_parts(struct kbtf_differ *d, const struct kbtf_type *x, const struct kbtf_type *y,
		       uint32_t *low)
{
	if (kbtf_vlen(x) != kbtf_vlen(y))
		return false;
	if (d->steps_left < kbtf_vlen(x)) {
		d->err = d->err ? d->err : -E2BIG;
		return false;
	}
	d->steps_left -= kbtf_vlen(x);
	switch (kbtf_diff_kind_of(x)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		return same_members(d, x, y, low);
	case KBTF_ENUM:
		return same_enumerators(d, x, y);
	default:
		return same_params(d, x, y, low);
	}
}

/* What was remembered and holds only if the pair at low in d->nest is the same. */
struct kbtf_diff_guess {
	uint32_t old_id;
	uint32_t before; /* what was remembered of it */
	uint32_t low;	 /* the least of this and all that were remembered before */
};

static size_t nr_guesses(const struct kbtf_differ *d)
{
	return d->guesses.size / sizeof(struct kbtf_diff_guess);
}

static struct kbtf_diff_guess *last_guess(const struct kbtf_differ *d)
{
	return (struct kbtf_diff_guess *)d->guesses.data + nr_guesses(d) - 1;
}

static void remember_for_now(struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t low)
{
	struct kbtf_diff_guess guess = { a, d->same[a], low };

	if (nr_guesses(d) && last_guess(d)->low < low)
		guess.low = last_guess(d)->low;
	if (kbtf_buf_append(&d->guesses, &guess, sizeof(guess)))
		d->err = d->err ? d->err : -ENOMEM;
	else
		d->same[a] = b;
}

/* All guesses but the first nr; before that their places get back what was there. */
static void forget(struct kbtf_differ *d, size_t nr)
{
	while (nr_guesses(d) > nr) {
		d->same[last_guess(d)->old_id] = last_guess(d)->before;
		d->guesses.size -= sizeof(struct kbtf_diff_guess);
	}
}

/* Whether a pair is remembered to be the same; that may be a guess. */
static bool is_remembered(const struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t *low)
{
	if (d->same[a] != b)
		return false;
	if (nr_guesses(d) && last_guess(d)->low < *low)
		*low = last_guess(d)->low;
	return true;
}

/* Of a pair without names. */
static bool same_nested(struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t *low)
{
	uint32_t own_low = NOTHING_COUNTED_ON;
	size_t guesses = nr_guesses(d);
	unsigned int i;
	bool same;

	if (d->not_same[a] == b)
		return false;
	for (i = 0; i < d->depth; i++) {
		if (d->nest[i].old_id != a || d->nest[i].new_id != b)
			continue;
		if (i < *low)
			*low = i;
		return true;
	}
	if (d->depth == KBTF_DIFF_MAX_NEST || !d->steps_left) {
		d->err = d->err ? d->err : -E2BIG;
		return false;
	}
	d->steps_left--;
	d->nest[d->depth++] = (struct kbtf_diff_nest){ a, b };
	same = same_parts(d, kbtf_type_get(d->old.btf, a), kbtf_type_get(d->new.btf, b), &own_low);
	d->depth--;
	if (!same) { /* to count on more can only make it differ less */
		forget(d, guesses);
		d->not_same[a] = b;
	} else if (own_low >= d->depth) { /* and so are those that counted on it */
		d->guesses.size = guesses * sizeof(struct kbtf_diff_guess);
		d->same[a] = b;
	} else {
		remember_for_now(d, a, b, own_low);
		if (own_low < *low)
			*low = own_low;
	}
	return same;
}

/* A kind that nobody knows: word for word, but for its name. */
static bool same_records(const struct kbtf_differ *d, uint32_t a, uint32_t b)
{
	uint32_t size = kbtf_type_size_bytes(d->old.btf, a);

	return size == kbtf_type_size_bytes(d->new.btf, b) &&
	       !memcmp(&kbtf_type_get(d->old.btf, a)->info, &kbtf_type_get(d->new.btf, b)->info,
		       size - sizeof(uint32_t));
}

/* Of types of one kind and name; what has no name goes by what it is. */
static bool same_end(struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t *low)
{
	const struct kbtf_type *x = kbtf_type_get(d->old.btf, a);
	const struct kbtf_type *y = kbtf_type_get(d->new.btf, b);
	bool has_name = *kbtf_string_get(d->old.btf, x->name_off);

	switch (kbtf_diff_kind_of(x)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		if (kbtf_kind(x) == KBTF_FWD || kbtf_kind(y) == KBTF_FWD)
			return has_name || kbtf_kind(x) == kbtf_kind(y);
		return has_name || same_nested(d, a, b, low);
	case KBTF_ENUM:
	case KBTF_FUNC_PROTO:
		return has_name || same_nested(d, a, b, low);
	case KBTF_INT: /* old compilers had bitfields of their own types */
		return KBTF_INT_OFFSET_BITS(kbtf_word(x)) == KBTF_INT_OFFSET_BITS(kbtf_word(y)) &&
		       (has_name || (x->size == y->size && kbtf_word(x) == kbtf_word(y)));
	case KBTF_FLOAT:
		return has_name || x->size == y->size;
	case KBTF_TYPEDEF:
		return has_name || same_chain(d, x->type, y->type, low);
	case KBTF_FUNC:
	case KBTF_VAR:
	case KBTF_DATASEC:
	case KBTF_DECL_TAG:
		return true; /* no compiler refers to them from here */
	default:
		return same_records(d, a, b);
	}
}

static bool same_chain(struct kbtf_differ *d, uint32_t a, uint32_t b, uint32_t *low)
{
	const uint32_t first_a = a, first_b = b;
	uint32_t own_low = NOTHING_COUNTED_ON;
	bool same;

	for (;;) {
		const struct kbtf_type *x, *y;

		if (!a || !b) {
			same = a == b;
			break;
		}
		if (is_remembered(d, a, b, &own_low)) {
			same = true;
			break;
		}
		x = kbtf_type_get(d->old.btf, a);
		y = kbtf_type_get(d->new.btf, b);
		if (kbtf_diff_kind_of(x) != kbtf_diff_kind_of(y) ||
		    !same_name(d, x->name_off, y->name_off))
			return false;
		switch (kbtf_kind(x)) {
		case KBTF_PTR:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			a = x->type;
			b = y->type;
			continue;
		case KBTF_ARRAY:
			if (kbtf_array(x)->nelems != kbtf_array(y)->nelems)
				return false;
			a = kbtf_array(x)->type;
			b = kbtf_array(y)->type;
			continue;
		default:
			same = same_end(d, a, b, &own_low);
			break;
		}
		break;
	}
	if (same && own_low == NOTHING_COUNTED_ON)
		d->same[first_a] = first_b;
	if (own_low < *low)
		*low = own_low;
	return same;
}

bool kbtf_diff_same_type(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	uint32_t low = NOTHING_COUNTED_ON;

	return same_chain(d, old_id, new_id, &low);
}

bool kbtf_diff_same_value(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	return same_size_of_value(d, old_id, new_id) && kbtf_diff_same_type(d, old_id, new_id);
}

bool kbtf_diff_same_parts(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	uint32_t low = NOTHING_COUNTED_ON;

	return same_parts(d, kbtf_type_get(d->old.btf, old_id), kbtf_type_get(d->new.btf, new_id),
			  &low);
}
