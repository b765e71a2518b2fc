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

static bool is_forward(const struct kbtf_graph *g, uint32_t shape)
{
	const struct kbtf_type *t = (const struct kbtf_type *)kbtf_pool_get(&g->pool, shape);

	return kbtf_kind(t) == KBTF_FWD || (kbtf_kind(t) == KBTF_ENUM && !kbtf_vlen(t));
}

static void note_body(struct kbtf_graph *g, uint32_t node, uint32_t *nr_ambiguous)
{
	uint32_t tag = g->refs[node], body = g->shapes[node];
	bool in_base = node < g->nr_base;

	if (tag == body) { /* a forward, or a type that has no tag */
		if (in_base && is_forward(g, tag))
			g->marks[tag] |= KBTF_SHAPE_BASE_FWD;
		return;
	}
	if (in_base)
		g->marks[tag] |= KBTF_SHAPE_IN_BASE;
	if (!g->bodies[tag])
		g->bodies[tag] = body;
	else if (g->bodies[tag] != body && !(g->marks[tag] & KBTF_SHAPE_AMBIGUOUS)) {
		g->marks[tag] |= KBTF_SHAPE_AMBIGUOUS | KBTF_SHAPE_UNSETTLED;
		++*nr_ambiguous;
	}
}

/*
 * A forward of the base stays one, whatever is defined on top of the base: its types
 * do not change. So there it counts as a definition of its own.
 */
static void note_base_forwards(struct kbtf_graph *g, uint32_t *nr_ambiguous)
{
	const unsigned int among = KBTF_SHAPE_BASE_FWD | KBTF_SHAPE_IN_BASE | KBTF_SHAPE_AMBIGUOUS;
	uint32_t s;

	for (s = 1; s <= g->pool.nr; s++) {
		if ((g->marks[s] & among) != KBTF_SHAPE_BASE_FWD || !g->bodies[s])
			continue;
		g->marks[s] |= KBTF_SHAPE_AMBIGUOUS | KBTF_SHAPE_UNSETTLED;
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
	note_base_forwards(g, &nr_ambiguous);
	g->nr_unsettled = nr_ambiguous;
	return nr_ambiguous ? kbtf_spread(&g->pool, g->bodies, g->marks, KBTF_SHAPE_UNSETTLED) : 0;
}
