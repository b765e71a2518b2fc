// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Entries that have a layout (abbrev.h), one after the other. Whatever is unusual about one,
 * a reference out of its unit or the end being near, is left to walk.c, which
 * reads it from its start and knows what to say of it.
 */
#include <errno.h>

#include "fail.h"
#include "walk.h"

/* What an entry may have beyond layout.size: a name inside, and a number of variable length. */
#define MOST_BEYOND 16u

struct simple {
	uint32_t name;
	uint32_t ref; /* place */
	uint64_t number;
};

static const uint8_t *read_number(const struct kbtf_abbrev_layout *l, const uint8_t *p,
				  bool swapped, uint64_t *ret)
{
	const uint8_t *end = p + l->size;

	switch (l->number_size) {
	case 1:
		*ret = p[l->number_at];
		break;
	case 2:
		*ret = kbtf_u16_at(p + l->number_at, swapped);
		break;
	case 4:
		*ret = kbtf_u32_at(p + l->number_at, swapped);
		break;
	default:
		*ret = (uint64_t)l->number;
		if (l->last != OP_END)
			*ret = kbtf_leb_at(&end, l->last == OP_NUMBER_SLEB);
	}
	return end;
}

/* Read the values; where they end, or NULL for what is unusual. */
static inline const uint8_t *read_values(struct walk *w, const struct kbtf_abbrev_layout *l,
					 const uint8_t *p, struct simple *ret)
{
	const struct kbtf_unit *unit = w->unit;
	uint32_t n, i;

	ret->name = ret->ref = 0;
	if (l->has_name_inside) {
		for (i = n = 0; i < 4 && p[i]; i++)
			n |= (uint32_t)p[i] << 8 * i;
		if (i == 4)
			return NULL;
		ret->name = i ? NAME_SHORT + n : 0;
		p += i + 1;
	} else if (l->name_at != NOT_LAID_OUT) {
		n = kbtf_u32_at(p + l->name_at, w->c.swapped);
		if (n >= unit->src->str.size)
			return NULL;
		ret->name = kbtf_name_of_offset(w->names, n);
		if (w->names->err)
			return NULL;
	}
	if (l->ref_at != NOT_LAID_OUT) {
		n = kbtf_u32_at(p + l->ref_at, w->c.swapped);
		if (n < unit->header_size || n >= unit->size)
			return NULL;
		ret->ref = w->base + n;
	}
	return read_number(l, p, w->c.swapped, &ret->number);
}

static bool may_have_types(enum context context)
{
	switch (context) {
	case IN_UNIT:
	case IN_COMPOSITE:
	case IN_PROTO:
	case IN_FUNC:
	case IN_BLOCK:
		return true;
	default:
		return false;
	}
}

static int add_type(struct walk *w, const struct kbtf_abbrev *abbrev, const struct simple *v)
{
	uint32_t number = kbtf_nr_entry_types(w->e);
	struct kbtf_type_entry *t = kbtf_buf_extend(&w->e->types, sizeof(*t));
	uint8_t kind = abbrev->layout.kind;

	if (!t)
		return kbtf_fail_nomem(w->reterr);
	*t = (struct kbtf_type_entry){
		.place = w->base + w->here,
		.name = v->name,
		.ref = v->ref,
		.size = kind == KBTF_ARRAY ? 1 : (uint32_t)v->number,
		.first = kbtf_nr_entry_elems(w->e),
		.kind = kind,
		.flags = abbrev->layout.has_declaration ? TYPE_IS_DECLARED : 0,
	};
	note_place(w, ENTRY_TYPE, number);
	return abbrev->has_children ? kbtf_walk_push(w, context_of(kind), number) : 0;
}

/* Take down what was read: 0, 1 for what is unusual, or -ENOMEM. */
static inline int take(struct walk *w, const struct kbtf_abbrev *abbrev, const struct frame *in,
		       const struct simple *v)
{
	struct kbtf_elem_entry *elem;

	switch (abbrev->layout.role) {
	case ROLE_MEMBER:
		if (in->context != IN_COMPOSITE || v->number > UINT32_MAX / 8)
			return 1;
		elem = add_elem(w, in->record, v->name);
		if (!elem)
			return kbtf_fail_nomem(w->reterr);
		elem->ref = v->ref;
		elem->bit_offset = (uint32_t)v->number * 8;
		return 0;
	case ROLE_ENUMERATOR:
		if (in->context != IN_ENUM)
			return 1;
		elem = add_elem(w, in->record, v->name);
		if (!elem)
			return kbtf_fail_nomem(w->reterr);
		elem->value = v->number;
		return 0;
	case ROLE_PARAM:
		if (in->context != IN_PROTO)
			return 1;
		elem = add_elem(w, in->record, v->name);
		if (!elem)
			return kbtf_fail_nomem(w->reterr);
		elem->ref = v->ref;
		return 0;
	default:
		if (!may_have_types(in->context) || v->number > UINT32_MAX)
			return 1;
		return add_type(w, abbrev, v);
	}
}

int kbtf_walk_simple(struct walk *w)
{
	const struct kbtf_abbrevs *abbrevs = &w->e->abbrevs;
	const struct kbtf_abbrev *abbrev;
	const uint8_t *p, *end = w->c.end;
	struct simple values;
	uint32_t code;
	int err;

	while ((size_t)(end - w->c.at) > 2) {
		p = w->c.at;
		code = *p++;
		if (code & 0x80) {
			if (*p & 0x80)
				return 0;
			code = (code & 0x7f) | (uint32_t)*p++ << 7;
		}
		if (!code) {
			/* The unit's own children end where walk.c sees it. */
			if (w->e->frames.size == sizeof(struct frame))
				return 0;
			w->e->frames.size -= sizeof(struct frame);
			w->c.at = p;
			continue;
		}
		if (code >= abbrevs->nr_dense)
			return 0;
		abbrev = &abbrevs->dense[code];
		if (abbrev->layout.role == ROLE_NONE ||
		    (size_t)(end - p) < abbrev->layout.size + MOST_BEYOND)
			return 0;
		p = read_values(w, &abbrev->layout, p, &values);
		if (!p)
			return 0;
		w->here = (uint32_t)(w->c.at - w->start);
		err = take(w, abbrev, top(w), &values);
		if (err)
			return err < 0 ? err : 0;
		w->c.at = p;
		w->e->nr_entries++;
	}
	return 0;
}
