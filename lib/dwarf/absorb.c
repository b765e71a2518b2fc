// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two collections into one: shapes of the second are put into the pool of the first, in
 * their order, so that numbers are what they would be had one thread read all units.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "combine.h"
#include "words.h"

struct absorb {
	struct kbtf_collect *to;
	const struct kbtf_collect *from;
	uint32_t *shapes; /* by shape of the second: of the first */
	int err;
};

static uint32_t map_name(struct absorb *a, uint32_t name)
{
	char buf[4];

	if (name < NAME_OTHER)
		return name;
	name = kbtf_name_of_string(&a->to->names, kbtf_name_string(&a->from->names, name, buf));
	if (a->to->names.err)
		a->err = a->to->names.err;
	return name;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	*word = map_name(ctx, *word);
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct absorb *a = ctx;

	*word = a->shapes[*word];
}

/* Shapes refer to those before them, and to tags, which come before them, too. */
static void absorb_shapes(struct absorb *a)
{
	const struct kbtf_pool *pool = &a->from->pool;
	struct kbtf_buf *record = &a->to->record;
	uint32_t i, len;

	for (i = 1; i <= pool->nr && !a->err; i++) {
		len = kbtf_pool_len(pool, i);
		record->size = 0;
		if (kbtf_buf_append(record, kbtf_pool_get(pool, i), (size_t)len * 4)) {
			a->err = -ENOMEM;
			return;
		}
		kbtf_each_word((struct kbtf_type *)record->data, KBTF_NO_LIMIT, map_str, map_id, a);
		a->shapes[i] = kbtf_pool_add(&a->to->pool, (uint32_t *)record->data, len);
		if (!a->shapes[i])
			a->err = -ENOMEM;
	}
}

static int absorb_counts(struct absorb *a)
{
	const uint32_t *from = (const uint32_t *)a->from->counts.data;
	uint32_t *to = kbtf_collect_by_shape(a->to, &a->to->counts), i;

	if (!to)
		return -ENOMEM;
	for (i = 1; i < a->from->counts.size / sizeof(*from); i++)
		to[a->shapes[i]] += from[i];
	return 0;
}

static int absorb_units(struct absorb *a)
{
	uint32_t first = (uint32_t)(a->to->bindings.size / sizeof(uint32_t)), i, nr;
	const struct kbtf_unit_record *units = (const struct kbtf_unit_record *)a->from->units.data;
	const uint32_t *from = (const uint32_t *)a->from->bindings.data;

	nr = (uint32_t)(a->from->bindings.size / sizeof(*from));
	for (i = 0; i < nr; i++)
		if (kbtf_buf_append(&a->to->bindings, &a->shapes[from[i]], sizeof(*from)))
			return -ENOMEM;
	for (i = 0; i < a->from->units.size / sizeof(*units); i++) {
		struct kbtf_unit_record unit = units[i];

		unit.first += first;
		if (kbtf_buf_append(&a->to->units, &unit, sizeof(unit)))
			return -ENOMEM;
	}
	return 0;
}

/* What they are of follows the first ones that are there. */
static int absorb_tags(struct absorb *a, struct kbtf_buf *to, const struct kbtf_buf *from,
		       uint32_t first)
{
	const struct kbtf_decl_tag *tags = (const struct kbtf_decl_tag *)from->data;
	size_t i;

	for (i = 0; i < from->size / sizeof(*tags); i++) {
		struct kbtf_decl_tag tag = tags[i];

		tag.owner += first;
		tag.value = map_name(a, tag.value);
		if (kbtf_buf_append(to, &tag, sizeof(tag)))
			return -ENOMEM;
	}
	return a->err;
}

static int absorb_funcs(struct absorb *a)
{
	uint32_t first = (uint32_t)(a->to->params.size / sizeof(struct kbtf_func_param)), i;
	const struct kbtf_func_param *params = (const struct kbtf_func_param *)a->from->params.data;
	const struct kbtf_func_state *funcs = (const struct kbtf_func_state *)a->from->funcs.data;
	int err;

	err = absorb_tags(a, &a->to->func_tags, &a->from->func_tags,
			  (uint32_t)(a->to->funcs.size / sizeof(*funcs)));
	if (err)
		return err;
	for (i = 0; i < a->from->params.size / sizeof(*params); i++) {
		struct kbtf_func_param p = { map_name(a, params[i].name),
					     a->shapes[params[i].type] };

		if (kbtf_buf_append(&a->to->params, &p, sizeof(p)))
			return -ENOMEM;
	}
	for (i = 0; i < a->from->funcs.size / sizeof(*funcs); i++) {
		struct kbtf_func_state f = funcs[i];

		f.first += first;
		f.ret = a->shapes[f.ret];
		if (kbtf_buf_append(&a->to->funcs, &f, sizeof(f)))
			return -ENOMEM;
	}
	return a->err;
}

static int absorb_vars(struct absorb *a)
{
	const struct kbtf_var_state *vars = (const struct kbtf_var_state *)a->from->vars.data;
	size_t i;
	int err;

	err = absorb_tags(a, &a->to->var_tags, &a->from->var_tags,
			  (uint32_t)(a->to->vars.size / sizeof(*vars)));
	if (err)
		return err;
	for (i = 0; i < a->from->vars.size / sizeof(*vars); i++) {
		struct kbtf_var_state v = vars[i];

		v.name = map_name(a, v.name);
		v.type = a->shapes[v.type];
		if (kbtf_buf_append(&a->to->vars, &v, sizeof(v)))
			return -ENOMEM;
	}
	return a->err;
}

int kbtf_collect_absorb(struct kbtf_collect *c, const struct kbtf_collect *other)
{
	struct absorb a = { .to = c, .from = other };

	a.shapes = kbtf_zalloc_array((size_t)other->pool.nr + 1, sizeof(*a.shapes));
	if (!a.shapes)
		return -ENOMEM;
	absorb_shapes(&a);
	if (!a.err)
		a.err = absorb_counts(&a);
	if (!a.err)
		a.err = absorb_units(&a);
	if (!a.err)
		a.err = absorb_funcs(&a);
	if (!a.err)
		a.err = absorb_vars(&a);
	if (!c->int_shape)
		c->int_shape = a.shapes[other->int_shape];
	c->nr_types += other->nr_types;
	c->entries.nr_entries += other->entries.nr_entries;
	free(a.shapes);
	return a.err;
}
