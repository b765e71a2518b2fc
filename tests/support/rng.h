/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_RNG_H
#define KBTF_TESTS_RNG_H

#include <stdint.h>

/* Numbers that look random and are the same on every machine for the same seed (splitmix64). */
struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A number below n; 0 where n is 0. */
static inline uint32_t rng_below(struct rng *rng, uint32_t n)
{
	return n ? (uint32_t)(rng_next(rng) >> 32) % n : 0;
}

/* True in one of n cases. */
static inline int rng_one_in(struct rng *rng, uint32_t n)
{
	return !rng_below(rng, n);
}

#endif
