// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Which tags stand for one body, and which shapes reach one that does not. Nearly all
 * types of a kernel are settled here: of some ten thousand names a dozen are
 * defined in several ways.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "graph.h"
#include "spread.h"

static void note_body(struct kbtf_graph *g, uint32_t node, uint32_t *nr_ambiguous)
{
	uint32_t tag = g->refs[node], body = g->shapes[node];

	if (tag == body) /* a forward, or a type that has no tag */
		return;
	if (!g->bodies[tag])
		g->bodies[tag] = body;
	else if (g->bodies[tag] != body && !(g->marks[tag] & KBTF_SHAPE_AMBIGUOUS)) {
		g->marks[tag] |= KBTF_SHAPE_AMBIGUOUS | KBTF_SHAPE_UNSETTLED;
		++*nr_ambiguous;
	}
}

int kbtf_graph_settle(struct kbtf_graph *g)
{
	uint32_t node, nr_ambiguous = 0;

	g->bodies = kbtf_zalloc_array((size_t)g->pool.nr + 1, sizeof(*g->bodies));
	g->marks = kbtf_zalloc_array((size_t)g->pool.nr + 1, 1);
	if (!g->bodies || !g->marks)
		return -ENOMEM;
	for (node = 1; node < g->nr_nodes; node++)
		note_body(g, node, &nr_ambiguous);
	g->nr_unsettled = nr_ambiguous;
	return nr_ambiguous ? kbtf_spread(&g->pool, g->bodies, g->marks, KBTF_SHAPE_UNSETTLED) : 0;
}
