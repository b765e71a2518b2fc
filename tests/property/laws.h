/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_LAWS_H
#define KBTF_TESTS_LAWS_H

/* Laws are held against BTF of many seeds. A failure names the seed that it is about. */
#include "made.h"

#include <stdlib.h>

#include "gen.h"

static unsigned int law_seed;

/* As assert_true(), with the seed. */
#define law(what)                                                                                  \
	do {                                                                                       \
		if (!(what))                                                                       \
			fail_msg("seed %u: %s", law_seed, #what);                                  \
	} while (0)

/* Run with seeds 1 to nr, or as many as KBTF_SEEDS says, or with KBTF_SEED alone. */
static inline void each_seed(unsigned int nr, void (*check)(struct rng *rng))
{
	const char *seeds = getenv("KBTF_SEEDS"), *seed = getenv("KBTF_SEED");

	nr = seeds ? (unsigned int)atoi(seeds) : nr;
	law_seed = 1;
	if (seed)
		law_seed = nr = (unsigned int)atoi(seed);
	for (; law_seed <= nr; law_seed++) {
		struct rng rng = { .state = law_seed };

		check(&rng);
	}
}

/* Whether all seeds were run that a test has, so that it can ask what they have met. */
static inline bool ran_all_seeds(void)
{
	return !getenv("KBTF_SEEDS") && !getenv("KBTF_SEED");
}

/* Random BTF, opened; in the byte order of its base. */
static inline struct kbtf *generated(struct rng *rng, const struct kbtf *base,
				     const struct gen_opts *opts)
{
	struct raw r;

	gen_btf(rng, base, opts, &r);
	r.swapped = base && kbtf_is_swapped(base);
	return opened(&r, base, base ? "mod.ko" : "vmlinux");
}

#endif
