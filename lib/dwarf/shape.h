/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_SHAPE_H
#define KBTF_DWARF_SHAPE_H

#include "collect.h"

/* The shapes of a group in the making: what shape.c and known.c share. */
struct shaping {
	struct kbtf_collect *c;
	const struct kbtf_entries *e;
	const struct kbtf_type_entry *types;
	uint32_t nr;
	uint32_t *shapes;
	struct kbtf_type_ref *refs;
	bool find_only; /* add none to the pool */
	bool missing;
	bool note_missing;
	int err;
	struct kbtf_diag *reterr;
};

#define MOST_ELEMS 0xffffffu

/* Of a bitfield whose struct has such, as its record has them. */
#define MOST_BIT_OFFSET 0xffffffu

/* Of the tag of a type, the word that says what kind it is; 0: its kind has no tags. */
static inline uint32_t tag_info(const struct kbtf_type_entry *t)
{
	switch (t->kind) {
	case KBTF_STRUCT:
		return kbtf_info(KBTF_FWD, 0, 0);
	case KBTF_UNION:
		return kbtf_info(KBTF_FWD, 0, 1);
	case KBTF_ENUM:
		return kbtf_info(KBTF_ENUM, 0, 0);
	default:
		return 0;
	}
}

static inline bool has_tag(const struct kbtf_type_entry *t)
{
	return t->name && tag_info(t);
}

/* What others have for the type at a place; NULL where that has to be looked for. */
static inline struct kbtf_type_ref *ref_at(const struct shaping *s, uint32_t place)
{
	uint32_t i;

	if (__builtin_expect(s->e->is_large || place >= s->e->size, 0))
		return NULL;
	i = s->e->index[place] >> 2;
	return i < s->nr && s->refs[i].place == place ? &s->refs[i] : NULL;
}

/*
 * The shape of a type whose references are known, SHAPE_VOID, or 0: it is not there (find_only),
 * some reference is missing, or it fails.
 */
uint32_t kbtf_shape_make(struct shaping *s, const struct kbtf_type_entry *t);

/* known.c: find the shapes of all types of the group that are in the pool, as are those of all that
 * they refer to. -ENOMEM. */
int kbtf_shapes_find(struct shaping *s);

#endif
