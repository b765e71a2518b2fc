/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DIFF_DIFFER_H
#define KBTF_DIFF_DIFFER_H

#include <kbtf/diff.h>

#include "arena.h"
#include "buf.h"
#include "members.h"
#include "view.h"

/*
 * A diff in the making.
 *
 *   groups.c   types of one name and kind on both sides, found by hashing
 *   pair.c, print.c
 *              of a name that several types have, which one became which
 *   same.c     whether two types mean the same
 *   composite.c, values.c, tags.c
 *              what of two types that are a pair differs, part by part
 *   parts.c    the parts found, and the record of the type they are added up to
 */

/* Unnamed types within unnamed types that are compared: compilers make a handful. */
#define KBTF_DIFF_MAX_NEST 100u

/* Structs and unions, or prototypes, that are being compared. */
struct kbtf_diff_nest {
	uint32_t old_id, new_id;
};

/* Declaration tags of one side, sorted by what they are about: tags.c. */
struct kbtf_diff_tags {
	struct kbtf_diff_tag *tags;
	size_t nr;
};

/* One of the two. */
struct kbtf_diff_btf {
	const struct kbtf *btf;
	uint32_t pointer_bytes;
	struct kbtf_diff_tags tags;
	uint32_t *sections; /* by own VAR, counted from the first own id: its DATASEC, 0 for none */
};

struct kbtf_differ {
	struct kbtf_diff_btf old, new;
	const struct kbtf_diff_opts *opts;

	/* same.c: by old id, the new id that was last found to be the same, or not to be;
	 * 0: none yet. */
	uint32_t *same, *not_same;
	struct kbtf_diff_nest nest[KBTF_DIFF_MAX_NEST];
	unsigned int depth;
	struct kbtf_buf guesses;
	uint64_t steps_left;

	/* parts.c: of the pair of types that is being compared */
	struct kbtf_buf changes; /* struct kbtf_change */
	unsigned int how;	 /* of all its changes to members together */
	uint32_t members_left;	 /* of KBTF_MAX_MEMBERS for each side */
	unsigned int member_depth;

	struct kbtf_arena *arena; /* of the result */
	struct kbtf_buf *types;	  /* struct kbtf_type_diff, of the result */
	struct kbtf_diff_summary *summary;

	int err; /* the first: -ENOMEM, or -E2BIG of same.c; nothing is compared after it */
};

/* A FWD counts as what it announces, an ENUM64 as an ENUM. */
static inline unsigned int kbtf_diff_kind_of(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_FWD:
		return kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT;
	case KBTF_ENUM64:
		return KBTF_ENUM;
	default:
		return kbtf_kind(t);
	}
}

static inline const char *kbtf_diff_name(const struct kbtf_diff_btf *side, uint32_t id)
{
	return kbtf_string_get(side->btf, kbtf_type_get(side->btf, id)->name_off);
}

static inline uint64_t kbtf_diff_mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15;
	return h ^ h >> 32;
}

/* The name of a variable's section; "" where it is in none. */
static inline const char *kbtf_diff_section_of(const struct kbtf_diff_btf *side, uint32_t var_id)
{
	uint32_t section = 0;

	if (var_id >= side->btf->first_id)
		section = side->sections[var_id - side->btf->first_id];
	return section ? kbtf_diff_name(side, section) : "";
}

/* ---- same.c ---- */

/*
 * Whether an old and a new type mean the same where they are referred to: the same
 * spelling. Types that have a name are the same if their kinds and names are.
 */
bool kbtf_diff_same_type(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

/* Whether values of two types mean the same and are of the same size. */
bool kbtf_diff_same_value(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

/* Whether two structs or unions, enums, or prototypes have the same parts. */
bool kbtf_diff_same_parts(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

/* ---- composite.c, values.c, tags.c: what differs, added to the changes ---- */

/*
 * The unnamed struct, union or enum that a type is, behind modifiers and arrays, but not
 * behind a typedef: that has a name.
 */
struct kbtf_diff_unnamed {
	uint32_t id;	   /* 0 where it is something else */
	unsigned int kind; /* kbtf_diff_kind_of() */
	unsigned int nr_arrays;
	uint32_t around; /* a hash of the modifiers and arrays */
};
struct kbtf_diff_unnamed kbtf_diff_unnamed(const struct kbtf *btf, uint32_t type_id);

/* The values of two enums; to be called for pairs that differ. */
void kbtf_diff_enumerators(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

/* Members of two structs or unions; to be called for pairs that differ. */
void kbtf_diff_members(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

/* All of a pair of one kind and name. */
void kbtf_diff_pair(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);

void kbtf_diff_tags_of_pair(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id);
/* A number that is the same for types with the same tags. */
uint64_t kbtf_diff_tags_print(const struct kbtf_diff_btf *side, uint32_t id);
int kbtf_diff_tags_init(struct kbtf_diff_btf *side);
void kbtf_diff_tags_deinit(struct kbtf_diff_btf *side);

/* ---- parts.c ---- */

/* Add a change; either side may be NULL. What sides point to has to outlive the diff. */
void kbtf_diff_change(struct kbtf_differ *d, enum kbtf_diff_part part, unsigned int how,
		      const struct kbtf_diff_side *old, const struct kbtf_diff_side *new);

/* A string that lives as long as the diff; NULL after an error. */
const char *kbtf_diff_keep(struct kbtf_differ *d, const char *text, size_t len);

/* An attribute that differs; values as kbtf_diff_change() wants them. */
void kbtf_diff_attribute(struct kbtf_differ *d, const char *name, const char *old_text,
			 const char *new_text);

/* The type is compared, or is on one side only: its id on the other is 0. */
void kbtf_diff_type_done(struct kbtf_differ *d, unsigned int kind, uint32_t old_id,
			 uint32_t new_id);

/* ---- groups.c, pair.c, print.c ---- */

/* Find the types to compare, and compare them. */
void kbtf_diff_groups(struct kbtf_differ *d, struct kbtf_diag *reterr);

/* print.c: what a type is made of, as a number. */
uint64_t kbtf_diff_print(const struct kbtf_diff_btf *side, uint32_t id);

/* Types of one name and kind. */
struct kbtf_diff_list {
	uint32_t *ids;
	size_t nr;
};

/*
 * Decide which old type became which new one, and finish them all; lists are used up. Of types of
 * one side that mean the same only one is looked at. Names are not: for enums without one the lists
 * are of all of them.
 */
void kbtf_diff_pair_up(struct kbtf_differ *d, unsigned int kind, struct kbtf_diff_list *old,
		       struct kbtf_diff_list *new);

/* ---- spell.c ---- */

/*
 * Append a type as C spells it, with the name of what has it in its place where that
 * is not NULL: "int (*probe)(struct device *)". Control characters of names become
 * \xNN. What is longer than a line can hold ends in "...". 0 or -ENOMEM.
 */
int kbtf_diff_spell(struct kbtf_buf *buf, const struct kbtf *btf, uint32_t type_id,
		    const char *name);

/* A name alone, in the same way. */
int kbtf_diff_spell_name(struct kbtf_buf *buf, const char *name);

#endif
