/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_GEN_H
#define KBTF_TESTS_GEN_H

#include <kbtf/btf.h>

#include "raw.h"
#include "rng.h"

/* What random BTF is to be like. */
struct gen_opts {
	uint32_t nr_types;
	uint32_t nr_names; /* different names; few of them clash */
	/* As compilers make it: scalars and forwards have names, and what a module must not refer
	 * to in its base (FUNC, VAR, DATASEC, DECL_TAG) is referred to by nothing but VARs by
	 * DATASECs. */
	bool tame;
	/* Nothing that is only declared is a value: it is behind pointers. */
	bool declares_no_values;
	bool sorted; /* by name, anonymous types first */
};

/*
 * Random BTF that is sound: ids and strings in range, chains that end, functions
 * with prototypes; of all kinds, with references in any direction. base may be
 * NULL. The same seed and options give the same bytes.
 */
void gen_btf(struct rng *rng, const struct kbtf *base, const struct gen_opts *opts,
	     struct raw *ret);

/*
 * A kernel that has changed: a random tame BTF with the types of another in some
 * other order, of which nr_changes have another size, kind, flag or name, or are
 * there twice.
 */
void gen_changed(struct rng *rng, const struct kbtf *from, uint32_t nr_changes, struct raw *ret);

/* A random distilled base of few names, with all that a kernel looks at in clashes; now and then
 * with a type that a distilled base must not have. */
void gen_distilled(struct rng *rng, uint32_t nr_types, uint32_t nr_names, struct raw *ret);

/* Types of those kinds, sizes and names that a distilled base has, as a kernel to relocate onto. */
void gen_kernel(struct rng *rng, uint32_t nr_types, uint32_t nr_names, struct raw *ret);

#endif
