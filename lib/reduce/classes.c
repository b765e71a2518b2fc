// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Reduced types become equal: pointers to void, structs that had the same members kept.
 * In rounds, each record that is equal to an earlier one gives way to it
 * [merge_equal], and references to it follow [redirect], which may make others equal;
 * types that refer to each other in a circle stay as they are. There are as many
 * rounds as types embed each other deep, a handful.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "rewrite.h"
#include "shrink.h"

struct classes {
	struct kbtf_shrunk *pool;
	uint32_t nr;
	uint32_t *to;	 /* of each record the one it gave way to, or itself; counted from 0 */
	uint32_t *slots; /* records by their bytes, plus 1 */
	uint32_t mask;
	uint32_t *ids; /* new type ids by old; of the base's they are the same */
};

static const uint8_t *record(const struct classes *c, uint32_t i, size_t *ret_size)
{
	const uint32_t *offs = (const uint32_t *)c->pool->offs.data;

	*ret_size = offs[i + 1] - offs[i];
	return c->pool->records.data + offs[i];
}

/* The earlier record that i is equal to, or i itself, which can then be found. */
static uint32_t find_equal(struct classes *c, uint32_t i)
{
	size_t size, other_size;
	const uint8_t *bytes = record(c, i, &size);
	uint32_t at = kbtf_hash_bytes(bytes, size) & c->mask;

	for (; c->slots[at]; at = (at + 1) & c->mask) {
		const uint8_t *other = record(c, c->slots[at] - 1, &other_size);

		if (size == other_size && !memcmp(bytes, other, size))
			return c->slots[at] - 1;
	}
	c->slots[at] = i + 1;
	return i;
}

/* Returns whether any gave way. */
static bool merge_equal(struct classes *c)
{
	bool merged = false;
	uint32_t i;

	memset(c->slots, 0, ((size_t)c->mask + 1) * sizeof(*c->slots));
	for (i = 0; i < c->nr; i++) {
		if (c->to[i] != i || c->pool->distinct.data[i])
			continue;
		c->to[i] = find_equal(c, i);
		merged |= c->to[i] != i;
	}
	return merged;
}

/* Send the type ids of all records through ids. */
static void redirect(const struct classes *c)
{
	static const uint32_t nothing;
	const struct kbtf_map ids = { .shift_from = c->pool->first_id + c->nr, .direct = c->ids };
	const struct kbtf_map same = { .shift_from = 0, .direct = &nothing };

	/* No id goes to 0, so this cannot fail. */
	kbtf_rewrite(c->pool->records.data, c->pool->records.size, &ids, &same, NULL);
}

static int classes_init(struct classes *c, struct kbtf_shrunk *pool)
{
	uint32_t nr_slots = 16, i;

	*c = (struct classes){ .pool = pool, .nr = kbtf_shrunk_nr(pool) };
	while (nr_slots < 2 * (uint64_t)c->nr && nr_slots < UINT32_C(1) << 31)
		nr_slots *= 2;
	c->mask = nr_slots - 1;
	c->to = kbtf_alloc_array(c->nr, sizeof(*c->to));
	c->slots = kbtf_alloc_array(nr_slots, sizeof(*c->slots));
	c->ids = kbtf_alloc_array((size_t)pool->first_id + c->nr, sizeof(*c->ids));
	if (!c->to || !c->slots || !c->ids)
		return -ENOMEM;
	for (i = 0; i < c->nr; i++)
		c->to[i] = i;
	for (i = 0; i < pool->first_id + c->nr; i++)
		c->ids[i] = i;
	return 0;
}

static void classes_deinit(struct classes *c)
{
	free(c->to);
	free(c->slots);
	free(c->ids);
}

/* Records that gave way go; the others move up. ids becomes what all ids are in the end. */
static void compact(struct classes *c)
{
	uint32_t *offs = (uint32_t *)c->pool->offs.data, first = c->pool->first_id, nr = 0, i;
	uint32_t end = 0;

	for (i = 0; i < c->nr; i++) {
		uint32_t start = offs[i], size = offs[i + 1] - start;

		if (c->to[i] != i) { /* what it gave way to may have given way itself */
			c->ids[first + i] = c->ids[first + c->to[i]];
			continue;
		}
		memmove(c->pool->records.data + end, c->pool->records.data + start, size);
		c->pool->distinct.data[nr] = c->pool->distinct.data[i];
		c->ids[first + i] = first + nr;
		offs[nr++] = end;
		end += size;
	}
	offs[nr] = end;
	c->pool->records.size = end;
	c->pool->offs.size = ((size_t)nr + 1) * sizeof(*offs);
	c->pool->distinct.size = nr;
}

int kbtf_shrunk_unify(struct kbtf_shrunk *pool, struct kbtf_moved *moved)
{
	struct classes c;
	uint32_t i;
	int err = classes_init(&c, pool);

	while (!err && merge_equal(&c)) {
		for (i = 0; i < c.nr; i++)
			c.ids[pool->first_id + i] = pool->first_id + c.to[i];
		redirect(&c);
	}
	if (!err) {
		compact(&c);
		redirect(&c);
	}
	for (i = 0; !err && moved && moved->ids.slots && i <= moved->ids.mask; i++)
		if (moved->ids.slots[i].key)
			moved->ids.slots[i].value = c.ids[moved->ids.slots[i].value];
	classes_deinit(&c);
	return err;
}
