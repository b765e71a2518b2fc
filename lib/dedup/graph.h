/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_GRAPH_H
#define KBTF_DEDUP_GRAPH_H

#include <kbtf/dedup.h>

#include "base_strings.h"
#include "kinds.h"
#include "pool.h"
#include "strset.h"

/*
 * All types that take part, numbered through:
 *
 *   node   0 | 1 ... nr_base - 1 | first[0] ... | first[1] ... | ... | nr_nodes
 *       void   the base, by id     input 0        input 1
 *
 * The *shape* of a type is its record with strings that are interned, and with each
 * reference replaced by the shape referred to; equal shapes have equal numbers in the
 * pool. So that this ends, a reference to a struct, union or enum that has a name goes
 * to its *tag*, which has kind and name and nothing else: the shape of a forward.
 *
 *   struct a { struct b *next; }    shape [3] STRUCT a (next [2])
 *                                         [2] PTR [1]
 *                                         [1] tag of struct b
 *
 * Tags that do for names (see shapes.c) have kind 0 and a number of their own.
 *
 * A tag with one *body*, which is the shape of a definition, stands for that. One with
 * several is not settled, nor is any shape from which one can be reached: those classes.c
 * tells apart by the types that they really refer to.
 */
struct kbtf_dedup_input {
	const struct kbtf *btf;
	uint32_t *strs;	   /* by string offset: the interned one; 0: not met yet */
	uint32_t first_id; /* of its own types */
	uint32_t first;	   /* node of the first of them; 0: the base, whose nodes are its ids */
	uint32_t offset;   /* first, less first_id */
};

struct kbtf_graph {
	const struct kbtf *base;	 /* NULL where inputs stand alone */
	struct kbtf_dedup_input *inputs; /* with the base in front, where there is one */
	uint32_t nr_inputs;
	uint32_t nr_base;  /* nodes below are void or the base's */
	uint32_t nr_nodes; /* void among them */
	bool lazy;	  /* of the base only what inputs have too was given shapes; base_match.c */
	uint32_t *shapes; /* by node; 0 for void */
	uint32_t *refs;	  /* by node: what stands for it where others refer to it */
	struct kbtf_pool pool;
	struct kbtf_strset strings;
	struct kbtf_base_strings base_strings; /* where lazy */

	/* settle.c, by shape */
	uint32_t *bodies;      /* of a tag: its body, or the first of several; 0: it has none */
	uint8_t *marks;	       /* enum kbtf_shape_mark */
	uint32_t nr_unsettled; /* tags with several bodies */

	/* classes.c, by node: shape number, or beyond those a class of types that are not
	 * settled. Equal types have equal numbers. */
	uint32_t *classes;
	uint32_t nr_classes;
};

enum kbtf_shape_mark {
	KBTF_SHAPE_UNSETTLED = 1 << 0,
	KBTF_SHAPE_AMBIGUOUS = 1 << 1, /* of a tag: several bodies */
};

/* The node that an id of an input stands for. */
static inline uint32_t kbtf_graph_node(const struct kbtf_dedup_input *in, uint32_t type_id)
{
	return type_id < in->first_id ? type_id : type_id + in->offset;
}

/* The kind of a type's tag, if it has a name; 0 for a kind that has none. */
static inline uint32_t kbtf_tag_info(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
		return kbtf_info(KBTF_FWD, 0, 0);
	case KBTF_UNION:
		return kbtf_info(KBTF_FWD, 0, 1);
	case KBTF_FWD:
		return kbtf_info(KBTF_FWD, 0, kbtf_kflag(t));
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return kbtf_info(KBTF_ENUM, 0, 0);
	default:
		return 0;
	}
}

/* A forward, or that of an enum: a definition has at least one value. */
static inline bool kbtf_is_declaration(const struct kbtf_type *t)
{
	unsigned int kind = kbtf_kind(t);

	return kind == KBTF_FWD || ((kind == KBTF_ENUM || kind == KBTF_ENUM64) && !kbtf_vlen(t));
}

/* The input that a node is of; not void. */
const struct kbtf_dedup_input *kbtf_graph_input(const struct kbtf_graph *g, uint32_t node);

/* The record of a node other than void. */
const struct kbtf_type *kbtf_graph_type(const struct kbtf_graph *g, uint32_t node);

/* shapes.c: number the nodes, and find the shapes of all. -E2BIG, -ENOMEM. */
int kbtf_graph_init(struct kbtf_graph *g, const struct kbtf *base, const struct kbtf *const *inputs,
		    size_t nr_inputs);
void kbtf_graph_deinit(struct kbtf_graph *g);

/* base_match.c: the shapes of the base's types, those of the inputs being there. *ret_stuck tells
 * of a cycle without names, for which this does not do. -ENOMEM. */
int kbtf_graph_match_base(struct kbtf_graph *g, bool *ret_stuck);

/* settle.c: which tags have which bodies, and what is not settled by that. -ENOMEM. */
int kbtf_graph_settle(struct kbtf_graph *g);

/* classes.c: find the classes of all. -ENOMEM. */
int kbtf_graph_classify(struct kbtf_graph *g);

/* emit.c: one type of each class, as BTF. -E2BIG, -ENOMEM. */
int kbtf_graph_emit(const struct kbtf_graph *g, const struct kbtf_merge_opts *opts,
		    struct kbtf **ret, struct kbtf_diag *reterr);

#endif
