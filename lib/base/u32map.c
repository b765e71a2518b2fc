// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A sparse map with open addressing and linear probing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "u32map.h"

#define MIN_SLOTS 64u

void kbtf_u32map_deinit(struct kbtf_u32map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}

void kbtf_u32map_clear(struct kbtf_u32map *map)
{
	if (map->nr)
		memset(map->slots, 0, ((size_t)map->mask + 1) * sizeof(*map->slots));
	map->nr = 0;
}

static struct kbtf_u32slot *slot_for(const struct kbtf_u32map *map, uint32_t key)
{
	uint32_t i = kbtf_u32map_home(map, key);

	while (map->slots[i].key && map->slots[i].key != key)
		i = (i + 1) & map->mask;
	return &map->slots[i];
}

/* To a power of two of slots, not fewer than there are. */
static int resize(struct kbtf_u32map *map, size_t nr_slots)
{
	struct kbtf_u32map bigger = { .nr = map->nr };
	size_t i;

	if (nr_slots > UINT32_MAX / 2)
		return -ENOMEM;
	bigger.slots = kbtf_zalloc_array(nr_slots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	bigger.mask = (uint32_t)nr_slots - 1;
	for (i = 0; map->slots && i <= map->mask; i++)
		if (map->slots[i].key)
			*slot_for(&bigger, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = bigger;
	return 0;
}

static int grow(struct kbtf_u32map *map)
{
	return resize(map, map->slots ? ((size_t)map->mask + 1) * 2 : MIN_SLOTS);
}

int kbtf_u32map_reserve(struct kbtf_u32map *map, uint32_t n)
{
	size_t nr_slots = map->slots ? (size_t)map->mask + 1 : MIN_SLOTS;

	while (nr_slots / 2 < n)
		nr_slots *= 2;
	return map->slots && nr_slots == (size_t)map->mask + 1 ? 0 : resize(map, nr_slots);
}

struct kbtf_u32slot *kbtf_u32map_add(struct kbtf_u32map *map, uint32_t key)
{
	struct kbtf_u32slot *slot = map->slots ? slot_for(map, key) : NULL;

	if (slot && slot->key)
		return slot;
	if (!slot || map->nr > map->mask / 2) {
		if (grow(map))
			return NULL;
		slot = slot_for(map, key);
	}
	slot->key = key;
	slot->value = 0;
	map->nr++;
	return slot;
}
