// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Marks go back along references, which for that are turned around first. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "spread.h"
#include "words.h"

struct spread {
	uint32_t from;	 /* the shape whose words are being looked at */
	uint32_t *offs;	 /* of back[], by shape */
	uint32_t *back;	 /* shapes that refer to it */
	uint32_t *queue; /* shapes that are marked */
};

KBTF_INLINE void count_back(void *ctx, uint32_t *word)
{
	struct spread *s = ctx;

	s->offs[*word + 2]++;
}

KBTF_INLINE void note_back(void *ctx, uint32_t *word)
{
	struct spread *s = ctx;

	s->back[s->offs[*word + 1]++] = s->from;
}

KBTF_INLINE void each_ref(struct spread *s, const struct kbtf_pool *pool, const uint32_t *bodies,
			  kbtf_word_fn *fn)
{
	uint32_t i;

	for (i = 1; i <= pool->nr; i++) {
		uint32_t body = bodies[i];

		s->from = i;
		if (body)
			fn(s, &body);
		kbtf_each_word((struct kbtf_type *)(pool->words + pool->offs[i]), KBTF_NO_LIMIT,
			       kbtf_no_word, fn, s);
	}
}

int kbtf_spread(const struct kbtf_pool *pool, const uint32_t *bodies, uint8_t *marks, uint8_t mark)
{
	struct spread s = { 0 };
	uint32_t i, k, nr = 0;
	int err = -ENOMEM;

	s.offs = kbtf_zalloc_array((size_t)pool->nr + 3, sizeof(*s.offs));
	s.queue = kbtf_alloc_array(pool->nr, sizeof(*s.queue));
	if (!s.offs || !s.queue)
		goto out;
	each_ref(&s, pool, bodies, count_back);
	for (i = 0; i <= pool->nr; i++)
		s.offs[i + 2] += s.offs[i + 1];
	s.back = kbtf_alloc_array(s.offs[pool->nr + 2], sizeof(*s.back));
	if (!s.back)
		goto out;
	each_ref(&s, pool, bodies, note_back);
	for (i = 1; i <= pool->nr; i++)
		if (marks[i] & mark)
			s.queue[nr++] = i;
	for (i = 0; i < nr; i++)
		for (k = s.offs[s.queue[i]]; k < s.offs[s.queue[i] + 1]; k++) {
			uint32_t shape = s.back[k];

			if (marks[shape] & mark)
				continue;
			marks[shape] |= mark;
			s.queue[nr++] = shape;
		}
	err = 0;
out:
	free(s.offs);
	free(s.queue);
	free(s.back);
	return err;
}
