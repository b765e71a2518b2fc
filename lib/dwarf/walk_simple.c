// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Entries that have a layout (abbrev.h), one after the other. Whatever is unusual about one,
 * a reference out of its unit or the end being near, is left to walk.c, which
 * reads it from its start and knows what to say of it.
 */
#include <errno.h>

#include "fail.h"
#include "walk.h"
#include "words.h"

/*
 * The most that is looked at of an entry: its code, what is at fixed places, a name inside, and a
 * number of variable length. None that begins nearer to the end of its unit is read here.
 */
#define MOST_BYTES (2 + MOST_LAID_OUT + 4 + 10)

/* What the loop needs of the walk and its unit; all in one place, which compilers keep in
 * registers. */
struct loop {
	const struct kbtf_abbrev *abbrevs;
	uint32_t nr_abbrevs;
	const uint8_t *start, *end; /* of the unit */
	uint32_t base, header_size, size_behind;
	uint64_t str_size;
	bool swapped;
	struct frame in;
	uint32_t nr_elems;   /* of in.record, which it does not know of yet */
	uint32_t nr_entries; /* met */
};

/* What an entry says. */
struct simple {
	uint32_t name;
	uint32_t ref; /* place */
	uint64_t number;
	uint8_t bits;
};

/* ---- Reading ---------------------------------------------------------- */

/* A name of up to three bytes that is in the entry itself; NULL: it is longer. */
static const uint8_t *read_name(const uint8_t *p, uint32_t *ret)
{
	uint32_t n = 0, i;

	for (i = 0; i < 4 && p[i]; i++)
		n |= (uint32_t)p[i] << 8 * i;
	*ret = i ? NAME_SHORT + n : 0;
	return i < 4 ? p + i + 1 : NULL;
}

KBTF_INLINE uint64_t read_number(const struct kbtf_laid_number *number, const uint8_t *p,
				 bool swapped)
{
	bool is_big_endian = swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	uint64_t n = kbtf_u32_at(p + number->at, swapped);

	if (!is_big_endian)
		n = n << number->shift & UINT32_MAX;
	return n >> number->shift | number->value;
}

/* Read the values; where they end, or NULL for what is unusual. */
KBTF_INLINE const uint8_t *read_values(const struct loop *loop, const struct kbtf_abbrev_layout *l,
				       const uint8_t *p, struct simple *ret)
{
	bool swapped = loop->swapped;
	uint32_t name, ref;
	const uint8_t *end;

	if (l->has_name_inside) {
		p = read_name(p, &ret->name);
		if (!p)
			return NULL;
	} else {
		name = kbtf_u32_at(p + l->name_at, swapped) & l->name_mask;
		if (name >= loop->str_size && l->name_mask)
			return NULL;
		ret->name = (name + 1) & l->name_mask;
	}
	ref = kbtf_u32_at(p + l->ref_at, swapped) & l->ref_mask;
	if (ref - (loop->header_size & l->ref_mask) >= loop->size_behind)
		return NULL;
	ret->ref = (loop->base + ref) & l->ref_mask;
	end = p + l->size;
	ret->number = read_number(&l->number, p, swapped);
	ret->bits = 0;
	if (l->role == ROLE_BITFIELD)
		ret->bits = (uint8_t)read_number(&l->bits, p, swapped);
	if (l->last != OP_END)
		ret->number = kbtf_leb_at(&end, l->last == OP_NUMBER_SLEB);
	return ret->number <= l->most ? end : NULL;
}

/* Where what follows an entry begins that is passed over; NULL for what is unusual. */
KBTF_INLINE const uint8_t *pass_over(const struct loop *loop, const struct kbtf_abbrev_layout *l,
				     const uint8_t *p)
{
	const uint8_t *end = p + l->size;
	uint64_t n;

	if (l->last != OP_END) {
		n = kbtf_leb_at(&end, false);
		if (n > (uint64_t)(loop->end - end))
			return NULL;
		end += n;
	}
	if (l->role == ROLE_BLOCK || !l->has_children)
		return end;
	n = kbtf_u32_at(p + l->ref_at, loop->swapped);
	return n >= (uint64_t)(end - loop->start) && n <= (uint64_t)(loop->end - loop->start)
		       ? loop->start + n
		       : NULL;
}

/* ---- Taking down ------------------------------------------------------ */

KBTF_INLINE int add_elem(struct kbtf_entries *e, const struct kbtf_abbrev_layout *l,
			 const struct simple *v)
{
	struct kbtf_elem_entry *elem = kbtf_buf_extend(&e->elems, sizeof(*elem));

	if (!elem)
		return -ENOMEM;
	*elem = (struct kbtf_elem_entry){ .name = v->name, .ref = v->ref };
	switch (l->role) {
	case ROLE_MEMBER:
		elem->bit_offset = (uint32_t)v->number * 8;
		break;
	case ROLE_BITFIELD:
		elem->bit_offset = (uint32_t)v->number;
		elem->bits = v->bits;
		break;
	case ROLE_ENUMERATOR:
		elem->value = v->number;
		break;
	default: /* of a parameter there is no more */
		break;
	}
	return 0;
}

static void add_dimension(struct kbtf_type_entry *t, const struct kbtf_abbrev_layout *l,
			  const struct simple *v)
{
	t->size *= l->number.is_there ? (uint32_t)v->number + 1 : 0;
	t->flags |= TYPE_IS_DIMENSIONED;
}

KBTF_INLINE int add_type(struct walk *w, const struct kbtf_abbrev_layout *l, const struct simple *v)
{
	uint32_t number = kbtf_nr_entry_types(w->e);
	struct kbtf_type_entry *t = kbtf_buf_extend(&w->e->types, sizeof(*t));

	if (!t)
		return -ENOMEM;
	*t = (struct kbtf_type_entry){
		.place = w->base + w->here,
		.name = v->name,
		.ref = v->ref,
		.size = l->kind == KBTF_ARRAY ? 1 : (uint32_t)v->number,
		.first = kbtf_nr_entry_elems(w->e),
		.kind = l->kind,
		.flags = l->has_declaration ? TYPE_IS_DECLARED : 0,
	};
	note_place(w, ENTRY_TYPE, number);
	return 0;
}

/* 0 or -ENOMEM. */
KBTF_INLINE int take(struct walk *w, struct loop *loop, const struct kbtf_abbrev_layout *l,
		     const struct simple *v)
{
	switch (l->role) {
	case ROLE_TYPE:
		return add_type(w, l, v);
	case ROLE_DIMENSION:
		add_dimension(&kbtf_entry_types(w->e)[loop->in.record], l, v);
		return 0;
	default:
		loop->nr_elems++;
		return add_elem(w->e, l, v);
	}
}

/* ---- The loop --------------------------------------------------------- */

static inline uint32_t read_code(const uint8_t **p)
{
	uint32_t code = *(*p)++;

	if (code & 0x80)
		code = (code & 0x7f) | (uint32_t) * (*p)++ << 7;
	return code; /* which is of no abbreviation here if it is longer */
}

KBTF_INLINE int leave_frame(struct walk *w, struct loop *loop)
{
	uint32_t nr = loop->nr_elems;

	loop->nr_elems = 0;
	return nr && own_elems(w->e, loop->in.record, nr) ? kbtf_fail_nomem(w->reterr) : 0;
}

KBTF_INLINE int enter_children(struct walk *w, struct loop *loop,
			       const struct kbtf_abbrev_layout *l)
{
	uint32_t record = l->role == ROLE_TYPE ? kbtf_nr_entry_types(w->e) - 1 : loop->in.record;
	int err = leave_frame(w, loop);

	if (!err)
		err = kbtf_walk_push(w, (enum context)l->inner, record);
	loop->in = *top(w);
	return err;
}

/* What is known of entries of a code; NULL: walk.c knows. */
KBTF_INLINE const struct kbtf_abbrev_layout *find_layout(const struct loop *loop, uint32_t code)
{
	const struct kbtf_abbrev_layout *l;

	if (code >= loop->nr_abbrevs)
		return NULL;
	l = &loop->abbrevs[code].layout;
	return l->contexts >> loop->in.context & 1 ? l : NULL;
}

/* Meet the entry at *at and move on to the next: 0, 1 for what is unusual, or -ENOMEM. */
KBTF_INLINE int meet(struct walk *w, struct loop *loop, const uint8_t **at)
{
	const uint8_t *p = *at;
	uint32_t code = read_code(&p);
	const struct kbtf_abbrev_layout *l;
	struct simple values;

	if (!code) {
		/* The unit's own children end where walk.c sees it. */
		if (w->e->frames.size == sizeof(struct frame))
			return 1;
		*at = p;
		if (leave_frame(w, loop))
			return -ENOMEM;
		w->e->frames.size -= sizeof(struct frame);
		loop->in = *top(w);
		return 0;
	}
	l = find_layout(loop, code);
	if (!l)
		return 1;
	p = l->role >= ROLE_BLOCK ? pass_over(loop, l, p) : read_values(loop, l, p, &values);
	if (!p)
		return 1;
	w->here = (uint32_t)(*at - loop->start);
	if (l->role < ROLE_BLOCK && take(w, loop, l, &values))
		return kbtf_fail_nomem(w->reterr);
	*at = p;
	loop->nr_entries++;
	return l->inner && l->has_children ? enter_children(w, loop, l) : 0;
}

KBTF_INLINE int walk_entries(struct walk *w, bool swapped)
{
	struct loop loop = {
		.abbrevs = w->e->abbrevs.dense,
		.nr_abbrevs = w->e->abbrevs.nr_dense,
		.start = w->start,
		.end = w->c.end,
		.base = w->base,
		.header_size = w->unit->header_size,
		.size_behind = (uint32_t)w->unit->size - w->unit->header_size,
		.str_size = w->unit->src->str.size,
		.swapped = swapped,
		.in = *top(w),
	};
	size_t size = (size_t)(loop.end - loop.start);
	const uint8_t *at = w->c.at,
		      *last = loop.start + (size < MOST_BYTES ? 0 : size - MOST_BYTES);
	int err = 0, left;

	while (at < last) {
		err = meet(w, &loop, &at);
		if (err)
			break;
	}
	w->c.at = at;
	w->e->nr_entries += loop.nr_entries;
	left = leave_frame(w, &loop);
	return err < 0 ? err : left;
}

int kbtf_walk_simple(struct walk *w)
{
	return w->c.swapped ? walk_entries(w, true) : walk_entries(w, false);
}
