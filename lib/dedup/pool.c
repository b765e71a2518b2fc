// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of words, each kept once; see pool.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "hash.h"
#include "pool.h"

#define MIN_SLOTS 256u

/* Short records are nearly all there are; a call for each would cost more than they do. */
static uint32_t hash_words(const uint32_t *words, uint32_t nr)
{
	uint64_t h = nr * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i;

	if (nr > 16)
		return (uint32_t)XXH3_64bits(words, (size_t)nr * sizeof(*words));
	for (i = 0; i + 1 < nr; i += 2) {
		h ^= (uint64_t)words[i + 1] << 32 | words[i];
		h *= UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	if (i < nr) {
		h ^= words[i];
		h *= UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)(h >> 32);
}

static int resize_slots(struct kbtf_pool *pool, size_t nr_slots)
{
	struct kbtf_pool_slot *slots;
	uint32_t mask = (uint32_t)nr_slots - 1, i, j;

	if (nr_slots > UINT32_C(1) << 31)
		return -ENOMEM;
	slots = kbtf_zalloc_array(nr_slots, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (i = 0; pool->slots && i <= pool->mask; i++) {
		if (!pool->slots[i].number)
			continue;
		for (j = pool->slots[i].hash & mask; slots[j].number;)
			j = (j + 1) & mask;
		slots[j] = pool->slots[i];
	}
	free(pool->slots);
	pool->slots = slots;
	pool->mask = mask;
	return 0;
}

static int reserve(struct kbtf_pool *pool, uint32_t nr_records, size_t nr_words)
{
	void *p;

	if (nr_records > pool->room) {
		p = kbtf_realloc_array(pool->offs, (size_t)nr_records + 2, sizeof(*pool->offs));
		if (!p)
			return -ENOMEM;
		pool->offs = p;
		pool->room = nr_records;
	}
	if (nr_words > pool->words_room) {
		p = kbtf_realloc_array(pool->words, nr_words, sizeof(*pool->words));
		if (!p)
			return -ENOMEM;
		pool->words = p;
		pool->words_room = nr_words;
	}
	return 0;
}

int kbtf_pool_init(struct kbtf_pool *pool, uint32_t nr_records, size_t nr_words)
{
	size_t nr_slots = MIN_SLOTS;

	*pool = (struct kbtf_pool){ 0 };
	while (nr_slots / 2 <= nr_records)
		nr_slots *= 2;
	if (reserve(pool, nr_records ? nr_records : 1, nr_words ? nr_words : 1) ||
	    resize_slots(pool, nr_slots)) {
		kbtf_pool_deinit(pool);
		return -ENOMEM;
	}
	pool->offs[0] = pool->offs[1] = 0;
	return 0;
}

void kbtf_pool_deinit(struct kbtf_pool *pool)
{
	free(pool->words);
	free(pool->offs);
	free(pool->slots);
	*pool = (struct kbtf_pool){ 0 };
}

uint32_t kbtf_pool_add_unique(struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words)
{
	size_t end = pool->nr_words + nr_words;

	if (end > UINT32_MAX || pool->nr >= UINT32_MAX / 2)
		return 0;
	if ((end > pool->words_room &&
	     reserve(pool, 0, end > pool->words_room / 2 * 3 ? end : pool->words_room / 2 * 3)) ||
	    (pool->nr == pool->room && reserve(pool, pool->room + pool->room / 2 + 16, 0)))
		return 0;
	memcpy(pool->words + pool->nr_words, words, (size_t)nr_words * sizeof(*words));
	pool->nr_words = end;
	pool->nr++;
	pool->offs[pool->nr + 1] = (uint32_t)end;
	return pool->nr;
}

static bool is_record(const struct kbtf_pool *pool, uint32_t number, const uint32_t *words,
		      uint32_t nr_words)
{
	const uint32_t *record = kbtf_pool_get(pool, number);

	return kbtf_pool_len(pool, number) == nr_words && record[0] == words[0] &&
	       !memcmp(record, words, (size_t)nr_words * sizeof(*words));
}

uint32_t kbtf_pool_find(const struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words)
{
	uint32_t hash = hash_words(words, nr_words), i;

	for (i = hash & pool->mask; pool->slots[i].number; i = (i + 1) & pool->mask)
		if (pool->slots[i].hash == hash &&
		    is_record(pool, pool->slots[i].number, words, nr_words))
			break;
	return pool->slots[i].number;
}

uint32_t kbtf_pool_add(struct kbtf_pool *pool, const uint32_t *words, uint32_t nr_words)
{
	uint32_t hash, i, number;

	for (i = 0; i < 2; i++) {
		number = pool->likely[i];
		if (number <= pool->nr && number && is_record(pool, number, words, nr_words)) {
			pool->likely[i]++;
			return number;
		}
	}
	hash = hash_words(words, nr_words);
	for (i = hash & pool->mask; pool->slots[i].number; i = (i + 1) & pool->mask) {
		number = pool->slots[i].number;
		if (pool->slots[i].hash != hash || !is_record(pool, number, words, nr_words))
			continue;
		pool->likely[1] = pool->likely[0];
		pool->likely[0] = number + 1;
		return number;
	}
	if (pool->nr_slots_used >= pool->mask / 2) {
		if (resize_slots(pool, ((size_t)pool->mask + 1) * 2))
			return 0;
		for (i = hash & pool->mask; pool->slots[i].number;)
			i = (i + 1) & pool->mask;
	}
	number = kbtf_pool_add_unique(pool, words, nr_words);
	if (!number)
		return 0;
	pool->slots[i] = (struct kbtf_pool_slot){ hash, number };
	pool->nr_slots_used++;
	return number;
}
