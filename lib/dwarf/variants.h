/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_VARIANTS_H
#define KBTF_DWARF_VARIANTS_H

#include "collect.h"

/*
 * Names that units define in several ways. A dozen of a kernel's ten thousand are such; a
 * type that reaches one of them is not told by its shape. For each such name the
 * definition that by far the most units have, if there is one, is what its tag stands for;
 * units that have another one are read again, and their types that reach such names kept
 * one by one, as instances, for lib/dedup to hold against each other.
 */
struct kbtf_variants {
	uint32_t *bodies; /* by shape: what a tag stands for; 0: a forward, or not one thing */
	uint8_t *marks;	  /* by shape */
	uint8_t *again;	  /* by group: it is to be read again */
	uint32_t nr_again;
};

enum {
	SHAPE_AMBIGUOUS = 1 << 0, /* a tag with several bodies */
	SHAPE_UNSETTLED = 1 << 1, /* reaches one */
};

/* variants.c. The collection is that of all threads. -ENOMEM. */
int kbtf_variants_init(struct kbtf_variants *v, struct kbtf_collect *c);
void kbtf_variants_deinit(struct kbtf_variants *v);

#endif
