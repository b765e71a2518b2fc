/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_POOL_H
#define KBTF_DEDUP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Records of words, each kept once: equal words give the same number, which counts
 * from 1. What the words mean is the caller's business.
 *
 *   words    | record 1 | record 2 | ...        offs[1] offs[2] ... offs[nr + 1]
 *   slots    hash -> number, open addressing, at most half full; 0: free
 */
struct kbtf_pool_slot {
	uint32_t hash;
	uint32_t number;
};

struct kbtf_pool {
	uint32_t *words;
	size_t nr_words, words_room;
	uint32_t *offs; /* of words, by number */
	uint32_t nr;	/* records */
	uint32_t room;	/* of offs, records */
	struct kbtf_pool_slot *slots;
	uint32_t mask;
	uint32_t nr_slots_used;
	/* What is met again is mostly met in the order in which it was first met, now and then
	 * with something else in between: two numbers that may well be next. */
	uint32_t likely[2];
};

/* Begin with room for about so many records of about so many words in all. 0 or -ENOMEM. */
int kbtf_pool_init(struct kbtf_pool *pool, uint32_t nr_records, size_t nr_words);
void kbtf_pool_deinit(struct kbtf_pool *pool);

/* The number of a record; 0: no memory. */
uint32_t kbtf_pool_add(struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words);

/* The same where it is there; 0: it is not. */
uint32_t kbtf_pool_find(const struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words);

/* A record that is equal to no other one, whatever its words. 0: no memory. */
uint32_t kbtf_pool_add_unique(struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words);

static inline const uint32_t *kbtf_pool_get(const struct kbtf_pool *pool, uint32_t number)
{
	return pool->words + pool->offs[number];
}

static inline uint32_t kbtf_pool_len(const struct kbtf_pool *pool, uint32_t number)
{
	return pool->offs[number + 1] - pool->offs[number];
}

#endif
