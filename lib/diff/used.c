// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Which types of a kernel some modules refer to. A type is met in one of two ways:
 *
 *   BY_NAME   somebody refers to it: what it refers to in its turn is met as well,
 *             unless it is a struct or union with a name
 *   BY_VALUE  or it is part of one that is: what that contains by value is met so, its
 *             pointers lead nowhere
 *
 * A struct that is met by name is also met by value: a module that has a pointer to it may
 * read what is in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "differ.h"
#include "words.h"

enum { BY_NAME = 1, BY_VALUE = 2 };

struct kbtf_used {
	const struct kbtf *kernel;
	struct kbtf_names *names; /* made when it is needed */
	uint8_t *met;		  /* by id: bits of the above */
	struct kbtf_buf queue;	  /* ids whose parts are to be met */
	bool no_memory;
};

int kbtf_used_new(const struct kbtf *kernel, struct kbtf_used **ret)
{
	struct kbtf_used *used = calloc(1, sizeof(*used));

	if (!used)
		return -ENOMEM;
	used->kernel = kernel;
	used->met = kbtf_zalloc_array(kbtf_end_id(kernel), sizeof(*used->met));
	if (!used->met) {
		free(used);
		return -ENOMEM;
	}
	*ret = used;
	return 0;
}

void kbtf_used_free(struct kbtf_used *used)
{
	if (!used)
		return;
	kbtf_names_free(used->names);
	kbtf_buf_deinit(&used->queue);
	free(used->met);
	free(used);
}

bool kbtf_used_has(const struct kbtf_used *used, uint32_t type_id)
{
	return type_id < kbtf_end_id(used->kernel) && used->met[type_id];
}

static void meet(struct kbtf_used *used, uint32_t id, unsigned int how)
{
	if (!id || (used->met[id] & how) == how)
		return;
	used->met[id] |= (uint8_t)how;
	if (kbtf_buf_append(&used->queue, &id, sizeof(id)))
		used->no_memory = true;
}

KBTF_INLINE void meet_word(void *ctx, uint32_t *word)
{
	meet(ctx, *word, BY_NAME);
}

/* What a value of a type is made of, up to pointers. */
static void meet_value(struct kbtf_used *used, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(used->kernel, id);

	if (kbtf_kind(t) != KBTF_PTR)
		meet(used, id, BY_VALUE);
}

static void meet_parts(struct kbtf_used *used, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(used->kernel, id);
	bool is_named = *kbtf_string_get(used->kernel, t->name_off);
	uint32_t i;

	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		for (i = 0; i < kbtf_vlen(t); i++)
			meet_value(used, kbtf_members(t)[i].type);
		if (is_named)
			return;
		break;
	case KBTF_ARRAY:
		meet_value(used, kbtf_array(t)->type);
		break;
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
		meet_value(used, t->type);
		break;
	}
	if (used->met[id] & BY_NAME)
		kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, kbtf_no_word, meet_word, used);
}

static int meet_all(struct kbtf_used *used)
{
	size_t i;

	for (i = 0; i < used->queue.size / sizeof(uint32_t) && !used->no_memory; i++) /* grows */
		meet_parts(used, ((uint32_t *)used->queue.data)[i]);
	used->queue.size = 0;
	return used->no_memory ? -ENOMEM : 0;
}

static int need_names(struct kbtf_used *used)
{
	return used->names ? 0 : kbtf_names_new(used->kernel, UINT32_MAX, 0, &used->names);
}

/* The kernel's types that a type of a distilled base stands for. */
static void meet_named(struct kbtf_used *used, const char *name, unsigned int kind)
{
	struct kbtf_names_walk walk;
	uint32_t id;

	kbtf_names_walk_init(&walk, used->names, name);
	while ((id = kbtf_names_walk_next(&walk)))
		if (kbtf_diff_kind_of(kbtf_type_get(used->kernel, id)) == kind)
			meet(used, id, BY_NAME);
}

struct module {
	struct kbtf_used *used;
	const struct kbtf *split;
};

KBTF_INLINE void meet_of_base(void *ctx, uint32_t *word)
{
	const struct module *m = ctx;

	if (*word < m->split->first_id)
		meet(m->used, *word, BY_NAME);
}

int kbtf_used_add(struct kbtf_used *used, const struct kbtf *split)
{
	struct module m = { used, split };
	const struct kbtf *base = split->base;
	uint32_t i;

	if (base == used->kernel) {
		for (i = 0; i < split->nr_types; i++)
			kbtf_each_word((struct kbtf_type *)kbtf_own_type(split, i), KBTF_NO_LIMIT,
				       kbtf_no_word, meet_of_base, &m);
	} else if (base) {
		if (need_names(used))
			return -ENOMEM;
		for (i = 0; i < base->nr_types; i++) {
			const struct kbtf_type *t = kbtf_own_type(base, i);

			meet_named(used, kbtf_string_get(base, t->name_off), kbtf_diff_kind_of(t));
		}
	}
	return meet_all(used);
}

int kbtf_used_add_symbol(struct kbtf_used *used, const char *name)
{
	if (need_names(used))
		return -ENOMEM;
	meet_named(used, name, KBTF_FUNC);
	meet_named(used, name, KBTF_VAR);
	return meet_all(used);
}
