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
#include "view.h"
#include "words.h"

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
		g->marks[tag] |= KBTF_SHAPE_AMBIGUOUS;
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
		g->marks[s] |= KBTF_SHAPE_AMBIGUOUS;
		++*nr_ambiguous;
	}
}

/* ---- What reaches an ambiguous tag ------------------------------------ */

struct spread {
	struct kbtf_graph *g;
	uint32_t from;	 /* the shape whose words are being looked at */
	uint32_t *offs;	 /* of back[], by shape */
	uint32_t *back;	 /* shapes that refer to it */
	uint32_t *queue; /* shapes that are not settled */
};

KBTF_INLINE void count_back(void *ctx, uint32_t *word)
{
	struct spread *s = ctx;

	s->offs[*word + 2]++;
}

KBTF_INLINE void note_back(void *ctx, uint32_t *word)
{
	struct spread *s = ctx;

	s->back[s->offs[*word + 1]++] = s->from;
}

KBTF_INLINE void each_ref(struct spread *s, kbtf_word_fn *fn)
{
	struct kbtf_graph *g = s->g;
	uint32_t i;

	for (i = 1; i <= g->pool.nr; i++) {
		struct kbtf_type *t = (struct kbtf_type *)(g->pool.words + g->pool.offs[i]);
		unsigned int kind = kbtf_kind(t);

		s->from = i;
		if (g->bodies[i]) /* a tag is settled with its body */
			fn(s, &g->bodies[i]);
		/* equal to nothing else, whatever their types are */
		if (kind != KBTF_VAR && kind != KBTF_DATASEC)
			kbtf_each_word(t, KBTF_NO_LIMIT, kbtf_no_word, fn, s);
	}
}

static int spread(struct kbtf_graph *g)
{
	struct spread s = { .g = g };
	uint32_t i, k, nr = 0;
	int err = -ENOMEM;

	s.offs = kbtf_zalloc_array((size_t)g->pool.nr + 3, sizeof(*s.offs));
	s.queue = kbtf_alloc_array(g->pool.nr, sizeof(*s.queue));
	if (!s.offs || !s.queue)
		goto out;
	each_ref(&s, count_back);
	for (i = 0; i <= g->pool.nr; i++)
		s.offs[i + 2] += s.offs[i + 1];
	s.back = kbtf_alloc_array(s.offs[g->pool.nr + 2], sizeof(*s.back));
	if (!s.back)
		goto out;
	each_ref(&s, note_back);
	for (i = 1; i <= g->pool.nr; i++)
		if (g->marks[i] & KBTF_SHAPE_AMBIGUOUS) {
			g->marks[i] |= KBTF_SHAPE_UNSETTLED;
			s.queue[nr++] = i;
		}
	for (i = 0; i < nr; i++)
		for (k = s.offs[s.queue[i]]; k < s.offs[s.queue[i] + 1]; k++) {
			uint32_t shape = s.back[k];

			if (g->marks[shape] & KBTF_SHAPE_UNSETTLED)
				continue;
			g->marks[shape] |= KBTF_SHAPE_UNSETTLED;
			s.queue[nr++] = shape;
		}
	g->nr_unsettled = nr;
	err = 0;
out:
	free(s.offs);
	free(s.queue);
	free(s.back);
	return err;
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
	return nr_ambiguous ? spread(g) : 0;
}
