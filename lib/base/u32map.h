/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_U32MAP_H
#define KBTF_BASE_U32MAP_H

#include <stdint.h>

/*
 * A sparse map of nonzero u32 to u32: few keys out of a wide range, such as
 * the type ids of a kernel that one module refers to. All zero is an empty map.
 *
 *   slots: | key, value | 0, - | key, value | ...   a power of two, at most half full
 */
struct kbtf_u32slot {
	uint32_t key; /* 0: free */
	uint32_t value;
};

struct kbtf_u32map {
	struct kbtf_u32slot *slots;
	uint32_t mask; /* number of slots - 1 */
	uint32_t nr;   /* keys in use */
};

void kbtf_u32map_deinit(struct kbtf_u32map *map);

/* Make room for n keys in all, so that adding them need not grow the map. 0 or -ENOMEM. */
int kbtf_u32map_reserve(struct kbtf_u32map *map, uint32_t n);

/* Forget all keys, keeping the memory. Cost: linear in the slots. */
void kbtf_u32map_clear(struct kbtf_u32map *map);

/*
 * The slot of a key, made with value 0 where it is new. The pointer holds until
 * the next call. NULL where there is no memory for a new one; a key that the map
 * has needs none. The key is not 0.
 */
struct kbtf_u32slot *kbtf_u32map_add(struct kbtf_u32map *map, uint32_t key);

/* The first slot to look at for a key. */
static inline uint32_t kbtf_u32map_home(const struct kbtf_u32map *map, uint32_t key)
{
	uint32_t h = key * 0x9e3779b1u;

	return (h ^ h >> 15) & map->mask;
}

/* The value of a key; 0 where it has none. */
static inline uint32_t kbtf_u32map_find(const struct kbtf_u32map *map, uint32_t key)
{
	uint32_t i;

	if (!map->slots)
		return 0;
	for (i = kbtf_u32map_home(map, key);; i = (i + 1) & map->mask) {
		if (map->slots[i].key == key)
			return map->slots[i].value;
		if (!map->slots[i].key)
			return 0;
	}
}

#endif
