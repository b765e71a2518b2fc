/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_CLASSES_H
#define KBTF_DEDUP_CLASSES_H

#include "graph.h"
#include "refine.h"

/*
 * The types that are not settled, as a graph of their own: item i is the type of
 * nodes[i], and its links go to the items that it refers to, in the order of its words,
 * or nowhere where a type is settled.
 */
struct kbtf_unsettled {
	struct kbtf_graph *g;
	struct kbtf_links links;
	uint32_t *nodes;
	uint32_t *items;   /* by node: item plus 1; 0: settled */
	uint32_t *classes; /* by item */
	uint32_t nr_classes;
	/* by shape, of a tag: what its forwards stand for, item plus 1; 0: themselves */
	uint32_t *bound;
};

/* Whether the item is a forward, or the tag that does for one. */
static inline bool kbtf_is_forward_item(const struct kbtf_unsettled *u, uint32_t item)
{
	return u->g->shapes[u->nodes[item]] == u->g->refs[u->nodes[item]];
}

/*
 * forwards.c: find what forwards stand for, now that classes are known, which are those
 * with each forward taken for itself, or for what it was bound to before. *ret_more tells
 * whether some forward was bound: then the classes are to be found again. -ENOMEM.
 */
int kbtf_bind_forwards(struct kbtf_unsettled *u, bool *ret_more);

#endif
