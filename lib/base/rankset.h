/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_RANKSET_H
#define KBTF_BASE_RANKSET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A set of numbers below a limit that tells its members' ranks: how many are
 * smaller. For the thousands of a kernel's types that one module reaches: a bit a
 * type is cheap to clear for each module, and its order needs no sorting.
 *
 *   bits    | 0 1 1 0 ... | 1 0 0 1 ... |     a bit a number, 64 a word
 *   before  | 0           | 2           |     members in the words before this one
 *
 * All zero is an empty set of limit 0.
 */
struct kbtf_rankset {
	uint64_t *bits;
	uint32_t *before;
	uint32_t limit;
};

/* An empty set of numbers below limit. 0 or -ENOMEM. */
int kbtf_rankset_init(struct kbtf_rankset *set, uint32_t limit);
void kbtf_rankset_deinit(struct kbtf_rankset *set);

/* Number the members; ranks hold until one is added. Returns how many there are. */
uint32_t kbtf_rankset_number(struct kbtf_rankset *set);

/* The first member from n on; the limit where there is none. */
uint32_t kbtf_rankset_next(const struct kbtf_rankset *set, uint32_t n);

static inline bool kbtf_rankset_has(const struct kbtf_rankset *set, uint32_t n)
{
	return set->bits[n / 64] >> n % 64 & 1;
}

/* Add a number below the limit, which may be there already. */
static inline void kbtf_rankset_add(struct kbtf_rankset *set, uint32_t n)
{
	set->bits[n / 64] |= UINT64_C(1) << n % 64;
}

/* As processors without an instruction for it do it; the compiler's call is slower. */
static inline uint32_t kbtf_rankset_count_bits(uint64_t word)
{
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* How many members are smaller than n, which is below the limit. */
static inline uint32_t kbtf_rankset_rank(const struct kbtf_rankset *set, uint32_t n)
{
	uint64_t smaller = set->bits[n / 64] & ((UINT64_C(1) << n % 64) - 1);

	return set->before[n / 64] + kbtf_rankset_count_bits(smaller);
}

#endif
