// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Partition refinement in rounds. Nodes with a link to a node that got another class
 * in the round before are looked at [gather]: those of one class are sorted by where
 * their links lead, which makes parts of it; the largest part keeps the class, and
 * nodes of the others get new ones [split]. Since a part that gets a new class has
 * at most half of the nodes, a node changes no more often than the logarithm of
 * their number.
 *
 * The nodes of a class that were not looked at are one part of it: none of their links
 * leads to a class that is new, and some link of each of the others does.
 */
#define _GNU_SOURCE /* qsort_r */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "refine.h"

struct refine {
	const struct kbtf_links *graph;
	uint32_t *classes, nr_classes;
	uint32_t *back_offs, *back; /* links the other way */
	/* the nodes of each class are together in order[], from starts[class] on */
	uint32_t *order, *places; /* places[order[i]] == i */
	uint32_t *starts, *sizes;
	uint32_t *nr_touched; /* by class: those looked at are its first */
	uint32_t *touched;    /* classes with such */
	uint32_t nr_classes_touched;
	uint32_t *changed, nr_changed; /* nodes with a new class */
};

static int make_back_links(struct refine *r)
{
	const struct kbtf_links *g = r->graph;
	uint32_t n = g->nr_nodes, nr_links = g->offs[n], i, k;

	r->back_offs = kbtf_zalloc_array((size_t)n + 2, sizeof(*r->back_offs));
	r->back = kbtf_alloc_array(nr_links, sizeof(*r->back));
	if (!r->back_offs || !r->back)
		return -ENOMEM;
	for (k = 0; k < nr_links; k++)
		if (g->links[k] != KBTF_NO_NODE)
			r->back_offs[g->links[k] + 2]++;
	for (i = 0; i < n; i++)
		r->back_offs[i + 2] += r->back_offs[i + 1];
	for (i = 0; i < n; i++)
		for (k = g->offs[i]; k < g->offs[i + 1]; k++)
			if (g->links[k] != KBTF_NO_NODE)
				r->back[r->back_offs[g->links[k] + 1]++] = i;
	return 0;
}

static int init(struct refine *r)
{
	uint32_t n = r->graph->nr_nodes, i, at = 0;

	/* There are never more classes than nodes, nor than there were at first. */
	size_t most = (size_t)n + r->nr_classes;

	r->order = kbtf_alloc_array(n, sizeof(*r->order));
	r->places = kbtf_alloc_array(n, sizeof(*r->places));
	r->changed = kbtf_alloc_array(n, sizeof(*r->changed));
	r->starts = kbtf_zalloc_array(most, sizeof(*r->starts));
	r->sizes = kbtf_zalloc_array(most, sizeof(*r->sizes));
	r->nr_touched = kbtf_zalloc_array(most, sizeof(*r->nr_touched));
	r->touched = kbtf_alloc_array(most, sizeof(*r->touched));
	if (!r->order || !r->places || !r->changed || !r->starts || !r->sizes || !r->nr_touched ||
	    !r->touched || make_back_links(r))
		return -ENOMEM;
	for (i = 0; i < n; i++)
		r->sizes[r->classes[i]]++;
	for (i = 0; i < r->nr_classes; i++) {
		r->starts[i] = at;
		at += r->sizes[i];
	}
	for (i = 0; i < n; i++) {
		uint32_t c = r->classes[i];

		r->places[i] = r->starts[c] + r->nr_touched[c]++;
		r->order[r->places[i]] = i;
	}
	memset(r->nr_touched, 0, most * sizeof(*r->nr_touched));
	return 0;
}

static void deinit(struct refine *r)
{
	free(r->back_offs);
	free(r->back);
	free(r->order);
	free(r->places);
	free(r->changed);
	free(r->starts);
	free(r->sizes);
	free(r->nr_touched);
	free(r->touched);
}

/* Look at a node: put it among the first of its class. */
static void touch(struct refine *r, uint32_t node)
{
	uint32_t c = r->classes[node], place = r->places[node];
	uint32_t to = r->starts[c] + r->nr_touched[c], other;

	if (place < to) /* it is there already */
		return;
	other = r->order[to];
	r->order[to] = node;
	r->order[place] = other;
	r->places[node] = to;
	r->places[other] = place;
	if (!r->nr_touched[c]++)
		r->touched[r->nr_classes_touched++] = c;
}

static void gather(struct refine *r)
{
	uint32_t i, k;

	for (i = 0; i < r->nr_changed; i++) {
		uint32_t node = r->changed[i];

		/* back_offs[] was moved on by one while it was filled */
		for (k = r->back_offs[node]; k < r->back_offs[node + 1]; k++)
			touch(r, r->back[k]);
	}
	r->nr_changed = 0;
}

static uint32_t class_of_link(const struct refine *r, uint32_t link)
{
	return link == KBTF_NO_NODE ? KBTF_NO_NODE : r->classes[link];
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct refine *r = ctx;
	const uint32_t *offs = r->graph->offs;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b, k;

	for (k = 0; k < offs[i + 1] - offs[i]; k++) {
		uint32_t x = class_of_link(r, r->graph->links[offs[i] + k]);
		uint32_t y = class_of_link(r, r->graph->links[offs[j] + k]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Give a part of a class, order[start] on, a new one; it takes effect after the round. */
static void set_apart(struct refine *r, uint32_t start, uint32_t size)
{
	r->starts[r->nr_classes] = start;
	r->sizes[r->nr_classes++] = size;
}

static void split(struct refine *r, uint32_t c)
{
	uint32_t start = r->starts[c], size = r->sizes[c], nr = r->nr_touched[c];
	uint32_t i, part = start, largest = start + nr, largest_size = size - nr;

	r->nr_touched[c] = 0;
	qsort_r(r->order + start, nr, sizeof(*r->order), compare, r);
	for (i = start; i < start + nr; i++)
		r->places[r->order[i]] = i;
	for (i = start + 1; i <= start + nr; i++) {
		if (i < start + nr && !compare(&r->order[i - 1], &r->order[i], r))
			continue;
		if (i - part > largest_size) {
			if (largest_size)
				set_apart(r, largest, largest_size);
			largest = part;
			largest_size = i - part;
		} else {
			set_apart(r, part, i - part);
		}
		part = i;
	}
	r->starts[c] = largest;
	r->sizes[c] = largest_size;
}

static void round_of_splits(struct refine *r)
{
	uint32_t first_new = r->nr_classes, c, i;

	for (i = 0; i < r->nr_classes_touched; i++)
		split(r, r->touched[i]);
	r->nr_classes_touched = 0;
	for (c = first_new; c < r->nr_classes; c++)
		for (i = r->starts[c]; i < r->starts[c] + r->sizes[c]; i++) {
			r->classes[r->order[i]] = c;
			r->changed[r->nr_changed++] = r->order[i];
		}
}

int kbtf_refine(const struct kbtf_links *graph, uint32_t *classes, uint32_t *nr_classes)
{
	struct refine r = { .graph = graph, .classes = classes, .nr_classes = *nr_classes };
	uint32_t i;

	if (init(&r)) {
		deinit(&r);
		return -ENOMEM;
	}
	for (i = 0; i < graph->nr_nodes; i++) /* at first all have to be looked at */
		r.changed[r.nr_changed++] = i;
	while (r.nr_changed) {
		gather(&r);
		round_of_splits(&r);
	}
	*nr_classes = r.nr_classes;
	deinit(&r);
	return 0;
}
