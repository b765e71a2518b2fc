// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The types of a group that is read again, which are not settled: kept one by one, with
 * what each of their references leads to in this group.
 */
#include <errno.h>

#include "collect.h"
#include "variants.h"

static uint32_t *u32s(const struct kbtf_buf *buf)
{
	return (uint32_t *)buf->data;
}

static int add_link(struct kbtf_collect *c, uint32_t place)
{
	uint32_t ref;

	/* which was found when shapes were made */
	kbtf_collect_ref(c, place, &ref);
	return kbtf_buf_append(&c->links, &ref, sizeof(ref));
}

/* In the order in which the record has them. */
static int add_links(struct kbtf_collect *c, const struct kbtf_type_entry *t)
{
	const struct kbtf_elem_entry *elems = kbtf_entry_elems(&c->entries) + t->first;
	bool has_elems = t->kind == KBTF_STRUCT || t->kind == KBTF_UNION;
	int err = 0;
	uint32_t i;

	if (t->kind == KBTF_FUNC_PROTO) {
		err = add_link(c, t->ref);
		has_elems = true;
	} else if (t->kind == KBTF_ARRAY) {
		err = add_link(c, t->ref);
		if (!err)
			err = kbtf_buf_append(&c->links, &c->int_shape, sizeof(c->int_shape));
	} else if (!has_elems && t->kind != KBTF_ENUM && t->kind != KBTF_INT) {
		err = add_link(c, t->ref);
	}
	for (i = 0; has_elems && i < t->nr && !err; i++)
		err = add_link(c, elems[i].ref);
	if (!err && t->kind == KBTF_FUNC_PROTO && t->flags & TYPE_IS_VARIADIC)
		err = add_link(c, 0);
	return err;
}

int kbtf_collect_instances(struct kbtf_collect *c)
{
	const struct kbtf_type_entry *types = kbtf_entry_types(&c->entries);
	uint32_t nr = kbtf_nr_entry_types(&c->entries), i, *own, shape, ref;
	uint32_t *counts = u32s(&c->counts), next;
	int err = 0;

	c->own.size = 0;
	own = kbtf_buf_extend(&c->own, (size_t)nr * sizeof(*own) + 1);
	if (!own)
		return -ENOMEM;
	next = (uint32_t)(c->instances.size / sizeof(struct kbtf_instance));
	for (i = 0; i < nr; i++) {
		shape = u32s(&c->shapes)[i];
		ref = ((struct kbtf_type_ref *)c->refs.data)[i].shape;
		own[i] = 0;
		if (shape == SHAPE_VOID || !((c->marks[shape] | c->marks[ref]) & SHAPE_UNSETTLED))
			continue;
		/* A declaration stands for what its tag stands for everywhere. */
		if (types[i].flags & TYPE_IS_DECLARED)
			continue;
		counts[shape]--;
		if (types[i].kind != TYPE_SAME)
			own[i] = ++next;
	}
	for (i = 0; i < nr && !err; i++) {
		struct kbtf_instance instance = {
			.shape = u32s(&c->shapes)[i],
			.first = (uint32_t)(c->links.size / sizeof(uint32_t)),
		};

		if (!own[i])
			continue;
		err = add_links(c, &types[i]);
		instance.nr = (uint32_t)(c->links.size / sizeof(uint32_t)) - instance.first;
		if (!err)
			err = kbtf_buf_append(&c->instances, &instance, sizeof(instance));
	}
	return err;
}
