// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Shapes and instances in, records of BTF out. A tag stands for its body where it has
 * one that all mean, and else is a forward.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "combine.h"
#include "words.h"

struct combining {
	struct kbtf_combined *k;
	const struct kbtf_collect *c;
	const uint32_t *links; /* of the instance whose words are being mapped */
	int err;
};

uint32_t kbtf_combined_string(struct kbtf_combined *k, const char *s, size_t len)
{
	return kbtf_strset_add(&k->strings, s, len);
}

uint32_t kbtf_combined_add(struct kbtf_combined *k, const uint32_t *words, uint32_t nr)
{
	uint32_t off = (uint32_t)k->types.size;

	if (k->types.size + 4 * (size_t)nr > UINT32_MAX ||
	    kbtf_buf_append(&k->types, words, 4 * (size_t)nr) ||
	    kbtf_buf_append(&k->offs, &off, sizeof(off)))
		return 0;
	return k->nr++;
}

static uint32_t map_name(struct combining *m, uint32_t name)
{
	uint32_t off;
	const char *s;
	char buf[4];

	if (!name)
		return 0;
	s = kbtf_name_string(&m->c->names, name, buf);
	off = kbtf_combined_string(m->k, s, strlen(s));
	if (off < KBTF_STRSET_FULL)
		return off;
	m->err = off == KBTF_STRSET_NOMEM ? -ENOMEM : -E2BIG;
	return 0;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	*word = map_name(ctx, *word);
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct combining *m = ctx;

	*word = m->k->shapes[*word];
}

KBTF_INLINE void map_link(void *ctx, uint32_t *word)
{
	struct combining *m = ctx;

	*word = kbtf_combined_id(m->k, *m->links++);
}

/* Whether the shape of a tag is all that there is of it. */
static bool is_tag(const struct kbtf_collect *c, uint32_t shape)
{
	const struct kbtf_type *t = (const struct kbtf_type *)kbtf_pool_get(&c->pool, shape);

	return t->name_off && !t->size &&
	       (kbtf_kind(t) == KBTF_FWD || (kbtf_kind(t) == KBTF_ENUM && !kbtf_vlen(t)));
}

/* Whether a tag stands for a body that is there. */
static bool has_body(const struct kbtf_collect *c, const struct kbtf_variants *v, uint32_t tag)
{
	const uint32_t *counts = (const uint32_t *)c->counts.data;
	uint32_t body = v->bodies[tag];

	return body && body < c->counts.size / sizeof(*counts) && counts[body];
}

/*
 * Ids of shapes, in their order. Left out are those that only units have which were read
 * again, and tags that have a body.
 */
static uint32_t number_shapes(struct kbtf_combined *k, const struct kbtf_collect *c,
			      const struct kbtf_variants *v)
{
	const uint32_t *counts = (const uint32_t *)c->counts.data;
	uint32_t nr_counts = (uint32_t)(c->counts.size / sizeof(*counts)), i, id = 1;

	for (i = 1; i <= c->pool.nr; i++) {
		bool is_met = i < nr_counts && counts[i];

		if (is_tag(c, i)) {
			if (is_met && !has_body(c, v, i))
				k->shapes[i] = id++;
		} else if (is_met || i == c->int_shape) {
			k->shapes[i] = id++;
		}
	}
	for (i = 1; i <= c->pool.nr; i++)
		if (!k->shapes[i] && is_tag(c, i))
			k->shapes[i] = k->shapes[v->bodies[i]];
	return id;
}

static int add_shapes(struct combining *m, const struct kbtf_variants *v)
{
	const struct kbtf_pool *pool = &m->c->pool;
	struct kbtf_combined *k = m->k;
	uint32_t i, len;
	struct kbtf_type *t;

	for (i = 1; i <= pool->nr; i++) {
		if (k->shapes[i] != k->nr || (is_tag(m->c, i) && has_body(m->c, v, i)))
			continue;
		len = kbtf_pool_len(pool, i);
		if (!kbtf_combined_add(k, kbtf_pool_get(pool, i), len))
			return -ENOMEM;
		t = (struct kbtf_type *)(k->types.data + k->types.size - 4 * (size_t)len);
		kbtf_each_word(t, KBTF_NO_LIMIT, map_str, map_id, m);
		if (kbtf_kind(t) == KBTF_ENUM && is_tag(m->c, i))
			t->size = 4;
		if (m->err)
			return m->err;
	}
	return 0;
}

static int add_instances(struct combining *m)
{
	const struct kbtf_instance *instances = (const struct kbtf_instance *)m->c->instances.data;
	const struct kbtf_pool *pool = &m->c->pool;
	struct kbtf_combined *k = m->k;
	uint32_t i, len;

	for (i = 0; i < m->c->instances.size / sizeof(*instances); i++) {
		len = kbtf_pool_len(pool, instances[i].shape);
		if (!kbtf_combined_add(k, kbtf_pool_get(pool, instances[i].shape), len))
			return -ENOMEM;
		m->links = (const uint32_t *)m->c->links.data + instances[i].first;
		kbtf_each_word(
			(struct kbtf_type *)(k->types.data + k->types.size - 4 * (size_t)len),
			KBTF_NO_LIMIT, map_str, map_link, m);
		if (m->err)
			return m->err;
	}
	return 0;
}

int kbtf_combined_init(struct kbtf_combined *k, const struct kbtf_collect *c,
		       const struct kbtf_variants *v)
{
	struct combining m = { .k = k, .c = c };
	const uint32_t none = 0;
	int err;

	*k = (struct kbtf_combined){ .nr = 1 };
	k->shapes = kbtf_zalloc_array((size_t)c->pool.nr + 1, sizeof(*k->shapes));
	if (!k->shapes || kbtf_strset_init(&k->strings, NULL, false) ||
	    kbtf_buf_append(&k->offs, &none, sizeof(none)))
		return -ENOMEM;
	if (kbtf_strset_reserve(&k->strings, c->pool.nr) ||
	    kbtf_buf_reserve(&k->types, 4 * c->pool.nr_words))
		return -ENOMEM;
	k->first_instance = number_shapes(k, c, v);
	err = add_shapes(&m, v);
	return err ? err : add_instances(&m);
}

void kbtf_combined_deinit(struct kbtf_combined *k)
{
	kbtf_buf_deinit(&k->types);
	kbtf_buf_deinit(&k->offs);
	kbtf_strset_deinit(&k->strings);
	free(k->shapes);
	*k = (struct kbtf_combined){ 0 };
}
