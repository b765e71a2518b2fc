// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What a forward stands for where its name has definitions that are not settled. If all
 * of them are of one class: for that [bind_only]. Otherwise the types around it tell:
 * where two types would be equal if the forward that one of them reaches were the
 * definition that the other one reaches in its place, it is [match].
 *
 * Source: libbpf's btf.c (btf_dedup_is_equiv, btf_dedup_resolve_fwds).
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "classes.h"
#include "u32map.h"

/* Pairs of types that are compared for each name; real kernels need a handful. */
#define MAX_TRIES 64u

struct forwards {
	struct kbtf_unsettled *u;
	uint32_t *firsts; /* by class: its first item, plus 1 */
	uint32_t *nexts;  /* by class: another class of the same shape, plus 1 */
	uint32_t *heads;  /* by shape: the first of its classes, plus 1 */
	/* of match() */
	struct kbtf_u32map twins; /* item plus 1 -> item plus 1 */
	struct kbtf_u32map maybe; /* tag -> item plus 1 */
	struct kbtf_buf queue;	  /* items of one side whose links are to be compared */
	int err;
};

static uint32_t shape_of(const struct kbtf_unsettled *u, uint32_t item)
{
	return u->g->shapes[u->nodes[item]];
}

static uint32_t tag_of(const struct kbtf_unsettled *u, uint32_t item)
{
	return u->g->refs[u->nodes[item]];
}

/* A forward that may still become something else. */
static bool is_open(const struct kbtf_unsettled *u, uint32_t item)
{
	uint32_t tag = tag_of(u, item);

	return shape_of(u, item) == tag && u->g->bodies[tag] && !u->bound[tag];
}

static int init(struct forwards *f)
{
	struct kbtf_unsettled *u = f->u;
	uint32_t i, c, shape;

	f->firsts = kbtf_zalloc_array(u->nr_classes, sizeof(*f->firsts));
	f->nexts = kbtf_zalloc_array(u->nr_classes, sizeof(*f->nexts));
	f->heads = kbtf_zalloc_array((size_t)u->g->pool.nr + 1, sizeof(*f->heads));
	if (!f->firsts || !f->nexts || !f->heads)
		return -ENOMEM;
	for (i = u->links.nr_nodes; i-- > 0;)
		f->firsts[u->classes[i]] = i + 1;
	/* Along a chain items ascend: each class goes in front when its first item is met. */
	for (i = u->links.nr_nodes; i-- > 0;) {
		c = u->classes[i];
		if (f->firsts[c] != i + 1)
			continue;
		shape = shape_of(u, i);
		f->nexts[c] = f->heads[shape];
		f->heads[shape] = c + 1;
	}
	return 0;
}

/* ---- All definitions are one ------------------------------------------ */

static bool bind_only(struct forwards *f)
{
	struct kbtf_unsettled *u = f->u;
	uint32_t *only = kbtf_zalloc_array((size_t)u->g->pool.nr + 1, sizeof(*only)), i;
	bool bound = false;

	if (!only) {
		f->err = -ENOMEM;
		return false;
	}
	for (i = 0; i < u->links.nr_nodes; i++) {
		uint32_t tag = tag_of(u, i);

		if (shape_of(u, i) == tag)
			continue;
		if (!only[tag])
			only[tag] = i + 1;
		else if (only[tag] != UINT32_MAX && u->classes[only[tag] - 1] != u->classes[i])
			only[tag] = UINT32_MAX;
	}
	for (i = 0; i < u->links.nr_nodes; i++) {
		uint32_t tag = tag_of(u, i);

		if (!is_open(u, i) || !only[tag] || only[tag] == UINT32_MAX)
			continue;
		u->bound[tag] = only[tag];
		bound = true;
	}
	free(only);
	return bound;
}

/* ---- The types around it tell ----------------------------------------- */

static bool note_maybe(struct forwards *f, uint32_t forward, uint32_t item)
{
	struct kbtf_unsettled *u = f->u;
	struct kbtf_u32slot *slot;

	if (tag_of(u, item) != tag_of(u, forward) || shape_of(u, item) == tag_of(u, item))
		return false;
	slot = kbtf_u32map_add(&f->maybe, tag_of(u, forward));
	if (!slot) {
		f->err = -ENOMEM;
		return false;
	}
	if (!slot->value)
		slot->value = item + 1;
	return u->classes[slot->value - 1] == u->classes[item];
}

/* Whether two items may be equal, which their links have to bear out. */
static bool pair(struct forwards *f, uint32_t x, uint32_t y)
{
	struct kbtf_unsettled *u = f->u;
	struct kbtf_u32slot *slot;

	if (x == y)
		return true;
	if (x == KBTF_NO_NODE || y == KBTF_NO_NODE)
		return false;
	if (u->classes[x] == u->classes[y])
		return true;
	if (is_open(u, x))
		return note_maybe(f, x, y);
	if (is_open(u, y))
		return note_maybe(f, y, x);
	if (shape_of(u, x) != shape_of(u, y))
		return false;
	slot = kbtf_u32map_add(&f->twins, x + 1);
	if (!slot) {
		f->err = -ENOMEM;
		return false;
	}
	if (slot->value)
		return u->classes[slot->value - 1] == u->classes[y];
	slot->value = y + 1;
	if (kbtf_buf_append(&f->queue, &x, sizeof(x)))
		f->err = -ENOMEM;
	return !f->err;
}

/* Whether two items are equal if forwards are what f->maybe says. */
static bool match(struct forwards *f, uint32_t x, uint32_t y)
{
	const struct kbtf_links *l = &f->u->links;
	uint32_t at, k;

	kbtf_u32map_clear(&f->twins);
	kbtf_u32map_clear(&f->maybe);
	f->queue.size = 0;
	if (!pair(f, x, y))
		return false;
	for (at = 0; at < f->queue.size / sizeof(x); at++) {
		x = ((uint32_t *)f->queue.data)[at];
		y = kbtf_u32map_find(&f->twins, x + 1) - 1;
		for (k = 0; k < l->offs[x + 1] - l->offs[x]; k++)
			if (!pair(f, l->links[l->offs[x] + k], l->links[l->offs[y] + k]))
				return false;
	}
	return true;
}

static bool commit(struct forwards *f)
{
	bool bound = false;
	uint32_t i;

	for (i = 0; f->maybe.slots && i <= f->maybe.mask; i++) {
		if (!f->maybe.slots[i].key)
			continue;
		f->u->bound[f->maybe.slots[i].key] = f->maybe.slots[i].value;
		bound = true;
	}
	return bound;
}

/* Compare the classes of one shape, each with those before it. */
static bool match_classes(struct forwards *f, uint32_t shape)
{
	unsigned int tries = 0;
	uint32_t x, y;

	for (y = f->heads[shape]; y; y = f->nexts[y - 1])
		for (x = f->heads[shape]; x != y; x = f->nexts[x - 1]) {
			if (f->err || ++tries > MAX_TRIES)
				return false;
			if (match(f, f->firsts[x - 1] - 1, f->firsts[y - 1] - 1) && !f->err &&
			    commit(f))
				return true;
		}
	return false;
}

static bool bind_matching(struct forwards *f)
{
	struct kbtf_unsettled *u = f->u;
	uint32_t i;

	for (i = 0; i < u->links.nr_nodes && !is_open(u, i);)
		i++;
	if (i == u->links.nr_nodes)
		return false;
	/* Only structs, unions and typedefs have names that make it likely that two of
	 * them are one. */
	for (i = 0; i < u->links.nr_nodes && !f->err; i++) {
		uint32_t shape = shape_of(u, i);
		const struct kbtf_type *t =
			(const struct kbtf_type *)kbtf_pool_get(&u->g->pool, shape);

		if (f->firsts[u->classes[i]] != i + 1 || f->heads[shape] != u->classes[i] + 1)
			continue;
		if ((kbtf_is_composite(t) || kbtf_kind(t) == KBTF_TYPEDEF) &&
		    match_classes(f, shape))
			return true;
	}
	return false;
}

int kbtf_bind_forwards(struct kbtf_unsettled *u, bool *ret_more)
{
	struct forwards f = { .u = u };

	f.err = init(&f);
	*ret_more = !f.err && (bind_only(&f) || (!f.err && bind_matching(&f)));
	free(f.firsts);
	free(f.nexts);
	free(f.heads);
	kbtf_u32map_deinit(&f.twins);
	kbtf_u32map_deinit(&f.maybe);
	kbtf_buf_deinit(&f.queue);
	return f.err;
}
