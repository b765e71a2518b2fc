/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_REFINE_H
#define KBTF_DEDUP_REFINE_H

#include <stdint.h>

/* What a link that leads nowhere has for its end. */
#define KBTF_NO_NODE UINT32_MAX

/* A graph whose nodes have links in order: those of node i are links[offs[i]] to
 * links[offs[i + 1] - 1]. */
struct kbtf_links {
	uint32_t nr_nodes;
	uint32_t *offs;
	uint32_t *links;
};

/*
 * Tell nodes apart by where they lead. At first those of one class are of the same
 * sort, with as many links; in the end they are those whose links lead, one by one,
 * to nodes of the same classes. classes[] and *nr_classes are changed: a class that
 * is split keeps its number for its largest part.
 *
 * Returns 0 or -ENOMEM. Cost: links times the logarithm of nodes, times that of
 * sorting what is split.
 */
int kbtf_refine(const struct kbtf_links *graph, uint32_t *classes, uint32_t *nr_classes);

#endif
