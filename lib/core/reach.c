// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Copies of records in, numbers in their place and the list of what they stand for out. */
#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "reach.h"
#include "view.h"
#include "words.h"

/* Words that are numbered in one go. */
#define QUEUE 512u

static void numbers_deinit(struct kbtf_numbers *n)
{
	free(n->keys);
	kbtf_u32map_deinit(&n->of);
}

int kbtf_reach_init(struct kbtf_reach *r, const struct kbtf *split, uint32_t guess)
{
	memset(r, 0, sizeof(*r));
	r->ids.below = split->first_id;
	r->strs.below = split->str_start;
	if (!kbtf_u32map_reserve(&r->ids.of, guess) && !kbtf_u32map_reserve(&r->strs.of, guess))
		return 0;
	kbtf_reach_deinit(r);
	return -ENOMEM;
}

void kbtf_reach_deinit(struct kbtf_reach *r)
{
	numbers_deinit(&r->ids);
	numbers_deinit(&r->strs);
}

void kbtf_reach_seal(struct kbtf_reach *r)
{
	kbtf_u32map_deinit(&r->ids.of);
	kbtf_u32map_deinit(&r->strs.of);
}

static uint32_t number_new(struct kbtf_reach *r, struct kbtf_numbers *n, uint32_t key)
{
	struct kbtf_u32slot *slot = kbtf_u32map_add(&n->of, key);

	if (n->nr == n->room) {
		uint32_t room = n->room ? n->room * 2 : 128;
		uint32_t *keys = kbtf_realloc_array(n->keys, room, sizeof(*keys));

		if (!keys) {
			r->no_memory = true;
			return 0;
		}
		n->keys = keys;
		n->room = room;
	}
	if (!slot) {
		r->no_memory = true;
		return 0;
	}
	n->keys[n->nr++] = key;
	return slot->value = n->nr;
}

static inline uint32_t number(struct kbtf_reach *r, struct kbtf_numbers *n, uint32_t key)
{
	uint32_t known = kbtf_u32map_find(&n->of, key);

	return known ? known : number_new(r, n, key);
}

uint32_t kbtf_reach_id(struct kbtf_reach *r, uint32_t type_id)
{
	return number(r, &r->ids, type_id);
}

uint32_t kbtf_reach_string(struct kbtf_reach *r, uint32_t name_off)
{
	return number(r, &r->strs, name_off);
}

/*
 * Words that lie in the base, told apart from the split's own without a branch: they
 * come mixed, which no branch predictor gets right. The first nr are to be numbered.
 */
struct queue {
	struct kbtf_reach *reach;
	uint32_t *strs[QUEUE], *ids[QUEUE];
	uint32_t nr_strs, nr_ids;
};

static void number_all(struct kbtf_reach *r, struct kbtf_numbers *n, uint32_t **words, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		*words[i] = number(r, n, *words[i]);
}

KBTF_INLINE void queue_str(void *ctx, uint32_t *word)
{
	struct queue *q = ctx;

	q->strs[q->nr_strs] = word;
	q->nr_strs += *word - 1 < q->reach->strs.below - 1;
	if (__builtin_expect(q->nr_strs == QUEUE, 0)) {
		number_all(q->reach, &q->reach->strs, q->strs, QUEUE);
		q->nr_strs = 0;
	}
}

KBTF_INLINE void queue_id(void *ctx, uint32_t *word)
{
	struct queue *q = ctx;

	q->ids[q->nr_ids] = word;
	q->nr_ids += *word - 1 < q->reach->ids.below - 1;
	if (__builtin_expect(q->nr_ids == QUEUE, 0)) {
		number_all(q->reach, &q->reach->ids, q->ids, QUEUE);
		q->nr_ids = 0;
	}
}

void kbtf_reach_records(struct kbtf_reach *r, void *types, size_t len)
{
	uint32_t *at = types, *end = at + len / sizeof(*at);
	struct queue q;

	q.reach = r;
	q.nr_strs = q.nr_ids = 0;
	while (at < end)
		at = kbtf_each_word((struct kbtf_type *)at, KBTF_NO_LIMIT, queue_str, queue_id, &q);
	number_all(r, &r->strs, q.strs, q.nr_strs);
	number_all(r, &r->ids, q.ids, q.nr_ids);
}
