// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Old and new types of one kind and name: which became which. Nearly always there is
 * one of each. A kernel has a few names that several types share, from files that
 * never meet; they are told apart by what they are made of:
 *
 *   a FWD is passed over where its side has a definition [drop_forwards];
 *   of types of one side that mean the same one is kept [make_items];
 *   old and new ones that mean the same are a pair [pair_equal];
 *   of the rest those are that have most names of parts in common [pair_alike];
 *   and what is left alone on both sides [pair_last].
 *
 * All other ones were removed or added. Nothing depends on the order of ids, or on which
 * side is which.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "differ.h"
#include "hash.h"

struct item {
	uint32_t id;
	uint32_t size;
	uint64_t print; /* the same for types that mean the same */
	uint32_t twin;	/* index in the other side's items */
};

struct items {
	const struct kbtf *btf;
	struct item *items;
	uint32_t nr;
};

#define NO_TWIN UINT32_MAX

static void finish(struct kbtf_differ *d, unsigned int kind, uint32_t old_id, uint32_t new_id)
{
	d->changes.size = 0;
	d->how = 0;
	if (old_id && new_id && !d->err)
		kbtf_diff_pair(d, old_id, new_id);
	kbtf_diff_type_done(d, kind, old_id, new_id);
}

static void drop_forwards(const struct kbtf *btf, struct kbtf_diff_list *list)
{
	size_t i, nr = 0;

	for (i = 0; i < list->nr; i++)
		if (kbtf_kind(kbtf_type_get(btf, list->ids[i])) != KBTF_FWD)
			list->ids[nr++] = list->ids[i];
	if (!nr && list->nr) /* forwards of one thing are all the same */
		nr = 1;
	list->nr = nr;
}

static int by_print(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->print != y->print)
		return x->print < y->print ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int make_items(const struct kbtf_diff_btf *side, const struct kbtf_diff_list *list,
		      struct items *ret)
{
	uint32_t i, nr = 0;

	ret->btf = side->btf;
	ret->items = kbtf_alloc_array(list->nr, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++) {
		const struct kbtf_type *t = kbtf_type_get(side->btf, list->ids[i]);

		ret->items[i] = (struct item){ .id = list->ids[i],
					       .size = t->size,
					       .print = kbtf_diff_print(side, list->ids[i]),
					       .twin = NO_TWIN };
	}
	if (list->nr)
		qsort(ret->items, list->nr, sizeof(*ret->items), by_print);
	for (i = 0; i < list->nr; i++)
		if (!nr || ret->items[i].print != ret->items[nr - 1].print)
			ret->items[nr++] = ret->items[i];
	ret->nr = nr;
	return 0;
}

static void join(struct items *old, uint32_t i, struct items *new, uint32_t j)
{
	old->items[i].twin = j;
	new->items[j].twin = i;
}

static void pair_equal(struct items *old, struct items *new)
{
	uint32_t i = 0, j = 0;

	while (i < old->nr && j < new->nr) {
		uint64_t x = old->items[i].print, y = new->items[j].print;

		if (x == y)
			join(old, i, new, j);
		i += x <= y;
		j += x >= y;
	}
}

/* ---- Alike ---- */

/* A part's name, and whose it is. */
struct token {
	uint32_t hash;
	uint32_t item;
	bool is_new;
};

/* An old and a new item with something in common. */
struct edge {
	uint32_t old, new;
	uint32_t nr; /* how many names */
	bool same_size;
	uint64_t print; /* of the two, whichever is which */
};

/* What is in more types than this tells none of them from the others. */
#define TOO_COMMON 16u

static int add_tokens(const struct items *items, bool is_new, struct kbtf_buf *tokens)
{
	uint32_t n, i;

	for (n = 0; n < items->nr; n++) {
		const struct kbtf_type *t = kbtf_type_get(items->btf, items->items[n].id);

		if (items->items[n].twin != NO_TWIN)
			continue;
		if (kbtf_kind(t) == KBTF_FUNC)
			t = kbtf_type_get(items->btf, t->type);
		for (i = 0; i < kbtf_vlen(t); i++) {
			struct token token = { .item = n, .is_new = is_new };
			uint32_t name_off;

			switch (kbtf_kind(t)) {
			case KBTF_STRUCT:
			case KBTF_UNION:
				name_off = kbtf_members(t)[i].name_off;
				break;
			case KBTF_ENUM:
				name_off = kbtf_enums(t)[i].name_off;
				break;
			case KBTF_ENUM64:
				name_off = kbtf_enums64(t)[i].name_off;
				break;
			case KBTF_FUNC_PROTO:
				name_off = kbtf_params(t)[i].name_off;
				break;
			default:
				return 0;
			}
			token.hash = kbtf_hash_string(kbtf_string_get(items->btf, name_off));
			if (kbtf_buf_append(tokens, &token, sizeof(token)))
				return -ENOMEM;
		}
	}
	return 0;
}

static int by_hash(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->is_new != y->is_new)
		return x->is_new ? 1 : -1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Edges between the old and the new items of one name. */
static int add_edges(const struct token *tokens, size_t nr, const struct items *old,
		     const struct items *new, struct kbtf_buf *edges)
{
	size_t i, j, nr_old = 0;

	while (nr_old < nr && !tokens[nr_old].is_new)
		nr_old++;
	if (nr_old > TOO_COMMON || nr - nr_old > TOO_COMMON)
		return 0;
	for (i = 0; i < nr_old; i++) {
		for (j = nr_old; j < nr; j++) {
			const struct item *x = &old->items[tokens[i].item];
			const struct item *y = &new->items[tokens[j].item];
			const struct edge edge = { .old = tokens[i].item,
						   .new = tokens[j].item,
						   .nr = 1,
						   .same_size = x->size == y->size,
						   .print = x->print ^ y->print };

			if (kbtf_buf_append(edges, &edge, sizeof(edge)))
				return -ENOMEM;
		}
	}
	return 0;
}

static int by_ends(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->old != y->old)
		return x->old < y->old ? -1 : 1;
	return x->new < y->new ? -1 : x->new > y->new;
}

static int by_likeness(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr > y->nr ? -1 : 1;
	if (x->same_size != y->same_size)
		return x->same_size ? -1 : 1;
	if (x->print != y->print)
		return x->print < y->print ? -1 : 1;
	return by_ends(a, b);
}

/* Edges of one pair as one with their number. */
static size_t merge_edges(struct edge *edges, size_t nr)
{
	size_t i, n = 0;

	if (nr)
		qsort(edges, nr, sizeof(*edges), by_ends);
	for (i = 0; i < nr; i++) {
		if (n && !by_ends(&edges[i], &edges[n - 1]))
			edges[n - 1].nr++;
		else
			edges[n++] = edges[i];
	}
	if (n)
		qsort(edges, n, sizeof(*edges), by_likeness);
	return n;
}

static int pair_alike(struct items *old, struct items *new)
{
	struct kbtf_buf tokens = { 0 }, edges = { 0 };
	const struct token *token;
	struct edge *edge;
	size_t nr, first, i;
	int err;

	err = add_tokens(old, false, &tokens);
	if (!err)
		err = add_tokens(new, true, &tokens);
	nr = tokens.size / sizeof(*token);
	token = (const struct token *)tokens.data;
	if (nr)
		qsort(tokens.data, nr, sizeof(*token), by_hash);
	for (first = 0; first < nr && !err; first = i) {
		for (i = first; i < nr && token[i].hash == token[first].hash;)
			i++;
		err = add_edges(token + first, i - first, old, new, &edges);
	}
	edge = (struct edge *)edges.data;
	nr = err ? 0 : merge_edges(edge, edges.size / sizeof(*edge));
	for (i = 0; i < nr; i++)
		if (old->items[edge[i].old].twin == NO_TWIN &&
		    new->items[edge[i].new].twin == NO_TWIN)
			join(old, edge[i].old, new, edge[i].new);
	kbtf_buf_deinit(&edges);
	kbtf_buf_deinit(&tokens);
	return err;
}

/* ---- All together ---- */

static uint32_t next_alone(const struct items *items, uint32_t i)
{
	while (i < items->nr && items->items[i].twin != NO_TWIN)
		i++;
	return i;
}

/* What has no parts is paired in order; of what has, one left on each side is a pair. */
static void pair_last(unsigned int kind, struct items *old, struct items *new)
{
	const bool has_parts =
		kind == KBTF_STRUCT || kind == KBTF_UNION || kind == KBTF_ENUM || kind == KBTF_FUNC;
	uint32_t i = next_alone(old, 0), j = next_alone(new, 0);

	if (has_parts && (next_alone(old, i + 1) < old->nr || next_alone(new, j + 1) < new->nr))
		return;
	while (i < old->nr && j < new->nr) {
		join(old, i, new, j);
		i = next_alone(old, i);
		j = next_alone(new, j);
	}
}

static void finish_all(struct kbtf_differ *d, unsigned int kind, const struct items *old,
		       const struct items *new)
{
	uint32_t i;

	for (i = 0; i < old->nr; i++) {
		uint32_t twin = old->items[i].twin;

		finish(d, kind, old->items[i].id, twin == NO_TWIN ? 0 : new->items[twin].id);
	}
	for (i = 0; i < new->nr; i++)
		if (new->items[i].twin == NO_TWIN)
			finish(d, kind, 0, new->items[i].id);
}

static int pair_several(struct kbtf_differ *d, unsigned int kind, struct kbtf_diff_list *old_ids,
			struct kbtf_diff_list *new_ids, bool have_name)
{
	struct items old = { 0 }, new = { 0 };
	int err;

	err = make_items(&d->old, old_ids, &old);
	if (!err)
		err = make_items(&d->new, new_ids, &new);
	if (!err) {
		pair_equal(&old, &new);
		err = pair_alike(&old, &new);
	}
	if (!err) {
		if (have_name)
			pair_last(kind, &old, &new);
		finish_all(d, kind, &old, &new);
	}
	free(new.items);
	free(old.items);
	return err;
}

void kbtf_diff_pair_up(struct kbtf_differ *d, unsigned int kind, struct kbtf_diff_list *old,
		       struct kbtf_diff_list *new)
{
	const char *name = old->nr ? kbtf_diff_name(&d->old, old->ids[0])
				   : kbtf_diff_name(&d->new, new->ids[0]);

	if (kind == KBTF_STRUCT || kind == KBTF_UNION) {
		drop_forwards(d->old.btf, old);
		drop_forwards(d->new.btf, new);
	}
	if (*name && old->nr <= 1 && new->nr <= 1)
		finish(d, kind, old->nr ? old->ids[0] : 0, new->nr ? new->ids[0] : 0);
	else if (!d->err && pair_several(d, kind, old, new, *name))
		d->err = -ENOMEM;
}
