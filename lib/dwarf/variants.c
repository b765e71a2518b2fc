// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which names have several definitions, and where: see variants.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "kinds.h"
#include "spread.h"
#include "variants.h"
#include "words.h"

/* How many units have to have a definition for it to be what everybody means, and how many
 * times those of the next one. */
#define FEWEST_UNITS 8u
#define TIMES_MORE 4u

static const struct kbtf_type *shape(const struct kbtf_collect *c, uint32_t number)
{
	return (const struct kbtf_type *)kbtf_pool_get(&c->pool, number);
}

/* The tag of a shape that is a body; 0 where it is none. -ENOMEM through *err. */
static uint32_t tag_of_body(struct kbtf_collect *c, uint32_t number, int *err)
{
	const struct kbtf_type *t = shape(c, number);
	uint32_t words[] = { t->name_off, 0, 0 }, tag;

	if (!t->name_off)
		return 0;
	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
		words[1] = kbtf_info(KBTF_FWD, 0, 0);
		break;
	case KBTF_UNION:
		words[1] = kbtf_info(KBTF_FWD, 0, 1);
		break;
	case KBTF_ENUM:
	case KBTF_ENUM64:
		if (kbtf_kind(t) == KBTF_ENUM && !kbtf_vlen(t) && !t->size)
			return 0; /* it is the tag */
		words[1] = kbtf_info(KBTF_ENUM, 0, 0);
		break;
	default:
		return 0;
	}
	tag = kbtf_pool_add(&c->pool, words, 3);
	if (!tag)
		*err = -ENOMEM;
	return tag;
}

static int find_bodies(struct kbtf_variants *v, struct kbtf_collect *c, uint32_t *tags, uint32_t nr,
		       bool *ret_ambiguous)
{
	uint32_t i;
	int err = 0;

	*ret_ambiguous = false;
	for (i = 1; i <= nr && !err; i++) {
		uint32_t tag = tag_of_body(c, i, &err);

		tags[i] = tag;
		if (!tag)
			continue;
		if (!v->bodies[tag]) {
			v->bodies[tag] = i;
		} else {
			v->marks[tag] |= SHAPE_AMBIGUOUS | SHAPE_UNSETTLED;
			*ret_ambiguous = true;
		}
	}
	return err;
}

/* In how many groups each body of an ambiguous tag is. */
static void count_groups(const struct kbtf_variants *v, const struct kbtf_collect *c,
			 const uint32_t *tags, uint32_t *counts, uint32_t *last)
{
	const struct kbtf_unit_record *units = (const struct kbtf_unit_record *)c->units.data;
	const uint32_t *bindings = (const uint32_t *)c->bindings.data;
	uint32_t nr = (uint32_t)(c->units.size / sizeof(*units)), i, k;

	for (i = 0; i < nr; i++)
		for (k = units[i].first; k < units[i].first + units[i].nr; k++) {
			uint32_t body = bindings[k];

			if (!tags[body] || !(v->marks[tags[body]] & SHAPE_AMBIGUOUS) ||
			    last[body] == i + 1)
				continue;
			last[body] = i + 1;
			counts[body]++;
		}
}

static void choose_bodies(struct kbtf_variants *v, const uint32_t *tags, const uint32_t *counts,
			  uint32_t *seconds, uint32_t nr)
{
	uint32_t i, tag, best;

	for (i = 1; i <= nr; i++) {
		tag = tags[i];
		if (!tag || !(v->marks[tag] & SHAPE_AMBIGUOUS))
			continue;
		best = v->bodies[tag];
		if (i == best)
			continue;
		if (counts[i] > counts[best]) {
			seconds[tag] = counts[best] > seconds[tag] ? counts[best] : seconds[tag];
			v->bodies[tag] = i;
		} else if (counts[i] > seconds[tag]) {
			seconds[tag] = counts[i];
		}
	}
	for (i = 1; i <= nr; i++)
		if (v->marks[i] & SHAPE_AMBIGUOUS &&
		    (counts[v->bodies[i]] < FEWEST_UNITS ||
		     counts[v->bodies[i]] / TIMES_MORE < seconds[i]))
			v->bodies[i] = 0;
}

/* Also those where a unit defines a name twice. */
static void find_groups(struct kbtf_variants *v, const struct kbtf_collect *c, const uint32_t *tags)
{
	const struct kbtf_unit_record *units = (const struct kbtf_unit_record *)c->units.data;
	const uint32_t *bindings = (const uint32_t *)c->bindings.data;
	uint32_t nr = (uint32_t)(c->units.size / sizeof(*units)), i, k;

	for (i = 0; i < nr; i++) {
		for (k = units[i].first; k < units[i].first + units[i].nr && !v->again[i]; k++) {
			uint32_t tag = tags[bindings[k]];

			v->again[i] = tag && v->marks[tag] & SHAPE_AMBIGUOUS &&
				      v->bodies[tag] != bindings[k];
		}
		v->nr_again += v->again[i];
	}
}

int kbtf_variants_init(struct kbtf_variants *v, struct kbtf_collect *c)
{
	uint32_t nr = c->pool.nr, *tags, *counts, *others;
	size_t nr_groups = c->units.size / sizeof(struct kbtf_unit_record);
	bool ambiguous;
	int err = -ENOMEM;

	*v = (struct kbtf_variants){ 0 };
	/* Every body has its tag in the pool, so that finding them adds none. */
	v->bodies = kbtf_zalloc_array((size_t)nr + 1, sizeof(*v->bodies));
	v->marks = kbtf_zalloc_array((size_t)nr + 1, 1);
	v->again = kbtf_zalloc_array(nr_groups, 1);
	tags = kbtf_zalloc_array((size_t)nr + 1, sizeof(*tags));
	counts = kbtf_zalloc_array((size_t)nr + 1, sizeof(*counts));
	others = kbtf_zalloc_array((size_t)nr + 1, sizeof(*others));
	if (v->bodies && v->marks && v->again && tags && counts && others)
		err = find_bodies(v, c, tags, nr, &ambiguous);
	if (!err && ambiguous) {
		count_groups(v, c, tags, counts, others);
		memset(others, 0, ((size_t)nr + 1) * sizeof(*others));
		choose_bodies(v, tags, counts, others, nr);
		find_groups(v, c, tags);
		err = kbtf_spread(&c->pool, v->bodies, v->marks, SHAPE_UNSETTLED);
	}
	free(tags);
	free(counts);
	free(others);
	if (err)
		kbtf_variants_deinit(v);
	return err;
}

void kbtf_variants_deinit(struct kbtf_variants *v)
{
	free(v->bodies);
	free(v->marks);
	free(v->again);
	*v = (struct kbtf_variants){ 0 };
}
