// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Shapes in, the class of each type out. A type that is settled is one with all of its
 * shape. The others are refined: of one shape, they are told apart by the types that
 * they refer to. Then forwards are bound to what they stand for [forwards.c], which
 * makes more of them equal, and they are refined again.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "classes.h"
#include "view.h"
#include "words.h"

/* A definition also where only its tag is: for others to be told apart by it. */
static bool is_unsettled(const struct kbtf_graph *g, uint32_t node)
{
	return (g->marks[g->shapes[node]] | g->marks[g->refs[node]]) & KBTF_SHAPE_UNSETTLED;
}

struct filling {
	struct kbtf_unsettled *u;
	const struct kbtf_dedup_input *in;
	uint32_t nr;
};

KBTF_INLINE void count_link(void *ctx, uint32_t *word)
{
	struct filling *f = ctx;

	(void)word;
	f->nr++;
}

KBTF_INLINE void add_link(void *ctx, uint32_t *word)
{
	struct filling *f = ctx;
	struct kbtf_unsettled *u = f->u;
	uint32_t node = kbtf_graph_node(f->in, *word), item = u->items[node], bound;

	if (item) {
		bound = u->bound[u->g->shapes[node]];
		item = bound && kbtf_is_forward_item(u, item - 1) ? bound : item;
	}
	u->links.links[f->nr++] = item ? item - 1 : KBTF_NO_NODE;
}

KBTF_INLINE void each_link(struct filling *f, uint32_t node, kbtf_word_fn *fn)
{
	f->in = kbtf_graph_input(f->u->g, node);
	kbtf_each_word((struct kbtf_type *)kbtf_graph_type(f->u->g, node), KBTF_NO_LIMIT,
		       kbtf_no_word, fn, f);
}

static void fill_links(struct kbtf_unsettled *u)
{
	struct filling f = { .u = u };
	uint32_t i;

	for (i = 0; i < u->links.nr_nodes; i++) {
		u->links.offs[i] = f.nr;
		each_link(&f, u->nodes[i], add_link);
	}
	u->links.offs[i] = f.nr;
}

static int unsettled_init(struct kbtf_unsettled *u, struct kbtf_graph *g)
{
	struct filling f = { .u = u };
	uint32_t node, n = 0;

	*u = (struct kbtf_unsettled){ .g = g };
	for (node = 1; node < g->nr_nodes; node++)
		n += is_unsettled(g, node);
	u->nodes = kbtf_alloc_array(n, sizeof(*u->nodes));
	u->classes = kbtf_alloc_array(n, sizeof(*u->classes));
	u->links.offs = kbtf_alloc_array((size_t)n + 1, sizeof(*u->links.offs));
	u->items = kbtf_zalloc_array(g->nr_nodes, sizeof(*u->items));
	u->bound = kbtf_zalloc_array((size_t)g->pool.nr + 1, sizeof(*u->bound));
	if (!u->nodes || !u->classes || !u->links.offs || !u->items || !u->bound)
		return -ENOMEM;
	for (node = 1; node < g->nr_nodes; node++) {
		if (!is_unsettled(g, node))
			continue;
		u->nodes[u->links.nr_nodes++] = node;
		u->items[node] = u->links.nr_nodes;
		each_link(&f, node, count_link);
	}
	u->links.links = kbtf_alloc_array(f.nr, sizeof(*u->links.links));
	return u->links.links ? 0 : -ENOMEM;
}

static void unsettled_deinit(struct kbtf_unsettled *u)
{
	free(u->nodes);
	free(u->classes);
	free(u->links.offs);
	free(u->links.links);
	free(u->items);
	free(u->bound);
}

/* One class for each shape, and from there on as refining tells. */
static int find_classes(struct kbtf_unsettled *u)
{
	struct kbtf_graph *g = u->g;
	uint32_t *of_shapes = kbtf_zalloc_array((size_t)g->pool.nr + 1, sizeof(*of_shapes)), i;

	if (!of_shapes)
		return -ENOMEM;
	u->nr_classes = 0;
	for (i = 0; i < u->links.nr_nodes; i++) {
		uint32_t shape = g->shapes[u->nodes[i]];

		if (!of_shapes[shape])
			of_shapes[shape] = ++u->nr_classes;
		u->classes[i] = of_shapes[shape] - 1;
	}
	free(of_shapes);
	fill_links(u);
	return kbtf_refine(&u->links, u->classes, &u->nr_classes);
}

static int classify_unsettled(struct kbtf_graph *g)
{
	struct kbtf_unsettled u;
	bool more = true;
	uint32_t i, bound;
	int err;

	err = unsettled_init(&u, g);
	while (!err && more) {
		err = find_classes(&u);
		if (!err)
			err = kbtf_bind_forwards(&u, &more);
	}
	for (i = 0; !err && i < u.links.nr_nodes; i++) {
		bound = u.bound[g->shapes[u.nodes[i]]];
		g->classes[u.nodes[i]] =
			g->pool.nr + 1 +
			u.classes[bound && kbtf_is_forward_item(&u, i) ? bound - 1 : i];
	}
	g->nr_classes = g->pool.nr + 1 + u.nr_classes;
	unsettled_deinit(&u);
	return err;
}

int kbtf_graph_classify(struct kbtf_graph *g)
{
	uint32_t node, shape;

	g->classes = kbtf_zalloc_array(g->nr_nodes, sizeof(*g->classes));
	if (!g->classes)
		return -ENOMEM;
	g->nr_classes = g->pool.nr + 1;
	for (node = 1; node < g->nr_nodes; node++) {
		shape = g->shapes[node];
		g->classes[node] = g->bodies[shape] ? g->bodies[shape] : shape;
	}
	return g->nr_unsettled ? classify_unsettled(g) : 0;
}
