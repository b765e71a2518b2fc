/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_WALK_H
#define KBTF_DWARF_WALK_H

#include "entries.h"

/* The walk over the entries of a unit: what walk.c and walk_simple.c share. */

enum context {
	IN_UNIT,
	IN_COMPOSITE,
	IN_ENUM,
	IN_ARRAY,
	IN_PROTO,
	IN_FUNC,
	IN_PARAM, /* the last of its function, which may have tags */
	IN_VAR,
	IN_BLOCK,  /* of a function, or a namespace */
	IN_TAGGED, /* of a pointer or a typedef, which may have tags */
	IN_MEMBER, /* the last of its struct, the same */
	IN_NOTHING,
};

struct frame {
	uint8_t context;
	uint32_t record; /* of the entry whose children these are */
};

/* Blocks in blocks; compilers stop at some hundred. */
#define MOST_FRAMES 4096u

struct walk {
	struct kbtf_entries *e;
	struct kbtf_names_ctx *names;
	const struct kbtf_unit *unit;
	struct kbtf_cursor c;
	const uint8_t *start; /* of the unit */
	uint32_t base;	      /* of places: where the unit starts in its group */
	uint32_t here;	      /* offset of the entry in its unit */
	struct kbtf_die die;
	struct kbtf_diag *reterr;
};

/* Begin with the children of an entry. -EINVAL, -ENOMEM. */
int kbtf_walk_push(struct walk *w, enum context context, uint32_t record);

/* walk_tags.c: an entry inside of what it is a tag of. -ENOMEM. */
int kbtf_walk_tag(struct walk *w, enum kbtf_entry_sort sort, uint32_t owner, uint32_t component);
/* One that may be a link of chains, where next is. -ENOMEM. */
int kbtf_walk_tag_link(struct walk *w, uint32_t next);
/* What was met refers to a chain. -ENOMEM. */
int kbtf_walk_tag_chain(struct walk *w, const struct kbtf_tag_chain *chain);

/* walk_simple.c: read entries that have a layout, up to one that has not. -EINVAL, -ENOMEM. */
int kbtf_walk_simple(struct walk *w);

static inline struct frame *top(const struct walk *w)
{
	return (struct frame *)(w->e->frames.data + w->e->frames.size) - 1;
}

/* The key of the name in a slot; 0 where it holds none. */
static inline uint32_t name_in(const struct walk *w, enum kbtf_slot slot)
{
	const struct kbtf_value *v = &w->die.v[slot];

	return kbtf_die_has(&w->die, slot) && v->sort == VALUE_NAME ? (uint32_t)v->n : 0;
}

static inline void note_place(struct walk *w, enum kbtf_entry_sort sort, uint32_t number)
{
	if (!w->e->is_large)
		w->e->index[w->base + w->here] = number << 2 | sort;
}

/* The last nr elements are of this type. 0 or -ENOMEM. */
static inline int own_elems(struct kbtf_entries *e, uint32_t owner, uint32_t nr)
{
	struct kbtf_type_entry *t = &kbtf_entry_types(e)[owner];
	struct kbtf_elem_run run = { owner, kbtf_nr_entry_elems(e) - nr, nr };

	if (!t->nr)
		t->first = run.first;
	t->nr += nr;
	if (__builtin_expect(t->first + t->nr != run.first + nr, 0))
		return kbtf_buf_append(&e->elem_runs, &run, sizeof(run));
	return 0;
}

/* What the children of a type are taken for. */
static inline enum context context_of(uint8_t kind)
{
	switch (kind) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		return IN_COMPOSITE;
	case KBTF_ENUM:
		return IN_ENUM;
	case KBTF_ARRAY:
		return IN_ARRAY;
	case KBTF_FUNC_PROTO:
		return IN_PROTO;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
		return IN_TAGGED;
	default:
		return IN_NOTHING;
	}
}

#endif
