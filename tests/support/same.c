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
	bool *lost; /* by id of b: a struct or union without the members that it has in a; or NULL
		     */
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

/* A struct or union of a's base of which b has name and size. */
static bool is_cut(struct pairs *p, uint32_t a_id, const struct kbtf_type *x,
		   const struct kbtf_type *y)
{
	if (!p->lost || a_id >= kbtf_first_id(p->a) || !kbtf_is_composite(x) ||
	    !*kbtf_name(p->a, a_id) || y->info != kbtf_info(kbtf_kind(x), 0, 0))
		return false;
	p->lost[p->twins[a_id]] = kbtf_vlen(x);
	return same_string(p, x->name_off, y->name_off) && x->size == y->size;
}

/* Whether a type that is used by value is one that lost its members. */
static bool is_lost(const struct pairs *p, uint32_t b_id)
{
	const struct kbtf_type *t = kbtf_type(p->b, b_id);

	while (kbtf_kind(t) == KBTF_TYPEDEF || kbtf_kind(t) == KBTF_CONST ||
	       kbtf_kind(t) == KBTF_VOLATILE || kbtf_kind(t) == KBTF_RESTRICT ||
	       kbtf_kind(t) == KBTF_TYPE_TAG) {
		b_id = t->type;
		t = kbtf_type(p->b, b_id);
	}
	return p->lost[b_id];
}

static bool needs_lost(const struct pairs *p, const struct kbtf_type *t)
{
	uint32_t i;

	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		for (i = 0; i < kbtf_vlen(t); i++)
			if (is_lost(p, kbtf_members(t)[i].type))
				return true;
		return false;
	case KBTF_ARRAY:
		return is_lost(p, kbtf_array(t)->type);
	case KBTF_FUNC_PROTO:
		for (i = 0; i < kbtf_vlen(t); i++)
			if (is_lost(p, kbtf_params(t)[i].type))
				return true;
		return is_lost(p, t->type);
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return is_lost(p, t->type);
	default:
		return false;
	}
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

static void pairs_init(struct pairs *p, const struct kbtf *a, const struct kbtf *b)
{
	*p = (struct pairs){ .a = a, .b = b };
	p->twins = calloc(kbtf_end_id(a), sizeof(*p->twins));
	p->queue = calloc(kbtf_end_id(a), sizeof(*p->queue));
	if (!p->twins || !p->queue)
		abort();
}

static void pairs_deinit(struct pairs *p)
{
	free(p->queue);
	free(p->twins);
	free(p->lost);
}

/* Compare what is paired, and what that refers to. */
static bool compare_pairs(struct pairs *p, uint32_t *ret_id)
{
	uint32_t i, id = 0;
	bool same = true;

	for (i = 0; same && i < p->nr; i++) { /* which grows on the way */
		const struct kbtf_type *x, *y;

		id = p->queue[i];
		x = kbtf_type(p->a, id);
		y = kbtf_type(p->b, p->twins[id]);
		same = is_cut(p, id, x, y) || same_record(p, x, y);
	}
	if (!same && ret_id)
		*ret_id = id;
	return same;
}

static bool compare(struct pairs *p, uint32_t *ret_id)
{
	uint32_t i;
	bool same = kbtf_nr_types(p->a) <= kbtf_nr_types(p->b);

	for (i = 0; same && i < kbtf_nr_types(p->a); i++)
		same = pair(p, kbtf_first_id(p->a) + i, kbtf_first_id(p->b) + i);
	return same && compare_pairs(p, ret_id);
}

bool same_types(const struct kbtf *a, const struct kbtf *b, uint32_t *ret_id)
{
	struct pairs p;
	bool same;

	pairs_init(&p, a, b);
	same = compare(&p, ret_id);
	pairs_deinit(&p);
	return same;
}

bool same_types_cut(const struct kbtf *a, const struct kbtf *b, uint32_t *ret_id)
{
	struct pairs p;
	uint32_t id;
	bool same;

	pairs_init(&p, a, b);
	p.lost = calloc(kbtf_end_id(b), sizeof(*p.lost));
	if (!p.lost)
		abort();
	same = compare(&p, ret_id);
	for (id = kbtf_first_id(b); same && id < kbtf_end_id(b); id++) {
		same = !needs_lost(&p, kbtf_type(b, id));
		if (!same && ret_id)
			*ret_id = id;
	}
	pairs_deinit(&p);
	return same;
}

bool same_permuted(const struct kbtf *a, const struct kbtf *b, const uint32_t *ids,
		   uint32_t *ret_id)
{
	bool same = kbtf_end_id(a) == kbtf_end_id(b);
	struct pairs p;
	uint32_t id;

	pairs_init(&p, a, b);
	for (id = 1; same && id < kbtf_end_id(a); id++)
		same = ids[id] < kbtf_end_id(b) && pair(&p, id, ids[id]);
	same = same && compare_pairs(&p, ret_id);
	pairs_deinit(&p);
	return same;
}
