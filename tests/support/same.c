// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whether two BTFs on one base mean the same: see model.h. Pairs of types are taken
 * for equal until a word says otherwise, so that cycles end; a type has one twin.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct pairs {
	const struct kbtf *a, *b;
	uint32_t *twins; /* by id of a; 0: none yet */
	uint32_t *queue; /* ids of a whose records are to be compared */
	uint32_t nr;
};

static bool pair(struct pairs *p, uint32_t a_id, uint32_t b_id)
{
	if (!a_id || !b_id)
		return a_id == b_id;
	if (a_id < kbtf_first_id(p->a) && b_id < kbtf_first_id(p->b))
		return a_id == b_id;
	if (b_id < kbtf_first_id(p->b))
		return false;
	if (!p->twins[a_id]) {
		p->twins[a_id] = b_id;
		p->queue[p->nr++] = a_id;
	}
	return p->twins[a_id] == b_id;
}

static bool same_string(const struct pairs *p, uint32_t a_off, uint32_t b_off)
{
	return !strcmp(kbtf_string(p->a, a_off), kbtf_string(p->b, b_off));
}

static bool same_elems(struct pairs *p, const struct kbtf_type *x, const struct kbtf_type *y)
{
	const uint32_t *v = kbtf_tail(x), *w = kbtf_tail(y);
	uint32_t i;

	for (i = 0; i < kbtf_vlen(x); i++) {
		switch (kbtf_kind(x)) {
		case KBTF_STRUCT:
		case KBTF_UNION:
			if (!same_string(p, v[0], w[0]) || !pair(p, v[1], w[1]) || v[2] != w[2])
				return false;
			v += 3, w += 3;
			break;
		case KBTF_ENUM:
			if (!same_string(p, v[0], w[0]) || v[1] != w[1])
				return false;
			v += 2, w += 2;
			break;
		case KBTF_ENUM64:
			if (!same_string(p, v[0], w[0]) || v[1] != w[1] || v[2] != w[2])
				return false;
			v += 3, w += 3;
			break;
		case KBTF_FUNC_PROTO:
			if (!same_string(p, v[0], w[0]) || !pair(p, v[1], w[1]))
				return false;
			v += 2, w += 2;
			break;
		case KBTF_DATASEC:
			if (!pair(p, v[0], w[0]) || v[1] != w[1] || v[2] != w[2])
				return false;
			v += 3, w += 3;
			break;
		default:
			return true;
		}
	}
	return true;
}

static bool same_record(struct pairs *p, const struct kbtf_type *x, const struct kbtf_type *y)
{
	const uint32_t *v = kbtf_tail(x), *w = kbtf_tail(y);

	if (x->info != y->info || !same_string(p, x->name_off, y->name_off))
		return false;
	switch (kbtf_kind(x)) {
	case KBTF_INT:
		return x->size == y->size && v[0] == w[0];
	case KBTF_ARRAY:
		return pair(p, v[0], w[0]) && pair(p, v[1], w[1]) && v[2] == w[2];
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FLOAT:
	case KBTF_FWD:
	case KBTF_DATASEC:
		return x->size == y->size && same_elems(p, x, y);
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return pair(p, x->type, y->type) && v[0] == w[0];
	default:
		return pair(p, x->type, y->type) && same_elems(p, x, y);
	}
}

bool same_types(const struct kbtf *a, const struct kbtf *b, uint32_t *ret_id)
{
	struct pairs p = { .a = a, .b = b };
	uint32_t i, id = 0;
	bool same = kbtf_nr_types(a) <= kbtf_nr_types(b);

	p.twins = calloc(kbtf_end_id(a), sizeof(*p.twins));
	p.queue = calloc(kbtf_end_id(a), sizeof(*p.queue));
	if (!p.twins || !p.queue)
		abort();
	for (i = 0; same && i < kbtf_nr_types(a); i++)
		same = pair(&p, kbtf_first_id(a) + i, kbtf_first_id(b) + i);
	for (i = 0; same && i < p.nr; i++) { /* which grows on the way */
		id = p.queue[i];
		same = same_record(&p, kbtf_type(a, id), kbtf_type(b, p.twins[id]));
	}
	if (!same && ret_id)
		*ret_id = id;
	free(p.queue);
	free(p.twins);
	return same;
}
