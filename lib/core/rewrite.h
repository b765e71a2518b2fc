/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_REWRITE_H
#define KBTF_CORE_REWRITE_H

#include <kbtf/btf.h>

#include "rankset.h"
#include "u32map.h"

/*
 * Where numbers go: type ids, or string offsets. 0 stays 0, and is below shift_from.
 *
 *   key >= shift_from   key + shift    a split's own, behind a base of another size
 *   otherwise           direct[key]    or, where few of many keys have somewhere to go,
 *                       sparse[key]    or, where thousands have,
 *                       values[rank of key among ranked]
 *
 * The last three give 0 for a key that goes nowhere.
 */
struct kbtf_map {
	uint32_t shift_from;
	uint32_t shift;		/* modulo 2^32: may stand for a negative number */
	const uint32_t *direct; /* of shift_from keys, direct[0] is 0; or NULL */
	const struct kbtf_u32map *sparse;
	const struct kbtf_rankset *ranked; /* of limit shift_from, without 0 */
	const uint32_t *values;		   /* of each member, in order */
};

static inline uint32_t kbtf_map_direct(const struct kbtf_map *map, uint32_t key)
{
	/* Own and base ids come mixed, which no branch predictor gets right. */
	uint32_t below = -(uint32_t)(key < map->shift_from);

	return (map->direct[key & below] & below) | ((key + map->shift) & ~below);
}

static inline uint32_t kbtf_map_sparse(const struct kbtf_map *map, uint32_t key)
{
	if (key >= map->shift_from)
		return key + map->shift;
	return key ? kbtf_u32map_find(map->sparse, key) : 0;
}

static inline uint32_t kbtf_map_ranked(const struct kbtf_map *map, uint32_t key)
{
	if (key >= map->shift_from)
		return key + map->shift;
	if (!kbtf_rankset_has(map->ranked, key))
		return 0;
	return map->values[kbtf_rankset_rank(map->ranked, key)];
}

static inline uint32_t kbtf_map_find(const struct kbtf_map *map, uint32_t key)
{
	if (map->direct)
		return kbtf_map_direct(map, key);
	return map->ranked ? kbtf_map_ranked(map, key) : kbtf_map_sparse(map, key);
}

/* A word that its map sends nowhere. */
struct kbtf_unmapped {
	uint32_t index; /* of the record, counted from 0 */
	uint32_t word;
	bool is_id; /* else a string offset */
};

/*
 * Replace the type ids and string offsets of len bytes of records, which are
 * well framed and of kinds that the kind table has, by what the maps say; both are
 * of one sort: direct, sparse or ranked.
 * Returns 0, or -ENOENT where a word goes nowhere: *ret_unmapped (may be NULL)
 * then is the first one, and the records are unusable.
 */
int kbtf_rewrite(void *types, size_t len, const struct kbtf_map *ids, const struct kbtf_map *strs,
		 struct kbtf_unmapped *ret_unmapped);

#endif
