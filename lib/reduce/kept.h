/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_KEPT_H
#define KBTF_REDUCE_KEPT_H

#include "buf.h"
#include "u32map.h"
#include "view.h"

/* Which of one BTF's own types are kept, and in what form. */

enum kbtf_kept_flags {
	KBTF_KEPT_POINTEE = 1 << 0,  /* a pointer that leads somewhere; others point to void */
	KBTF_KEPT_DISTINCT = 1 << 1, /* its id is asked for: never made one with an equal type */
	KBTF_KEPT_NAMELESS = 1 << 2, /* not to be found by name */
	KBTF_KEPT_WHOLE = 1 << 3,    /* with all that it has */
};

struct kbtf_kept_type {
	uint32_t type_id;
	uint32_t flags;
	uint32_t bits;	   /* word in kbtf_kept.bits where its elements begin; NONE */
	uint32_t min_vlen; /* at least so many of them */
};

#define KBTF_KEPT_NO_BITS UINT32_MAX

struct kbtf_kept {
	const struct kbtf *btf;
	struct kbtf_u32map index; /* type id to number in types, plus 1 */
	struct kbtf_buf types;	  /* struct kbtf_kept_type */
	struct kbtf_buf bits; /* uint32_t: a bit an element of those types that have some kept */
};

static inline uint32_t kbtf_kept_nr(const struct kbtf_kept *kept)
{
	return (uint32_t)(kept->types.size / sizeof(struct kbtf_kept_type));
}

static inline struct kbtf_kept_type *kbtf_kept_at(const struct kbtf_kept *kept, uint32_t i)
{
	return (struct kbtf_kept_type *)kept->types.data + i;
}

static inline bool kbtf_kept_has(const struct kbtf_kept *kept, uint32_t type_id)
{
	return kbtf_u32map_find(&kept->index, type_id);
}

void kbtf_kept_deinit(struct kbtf_kept *kept);

/*
 * The entry of an own type, made where it is new. The pointer holds until the next
 * call. NULL where there is no memory.
 */
struct kbtf_kept_type *kbtf_kept_add(struct kbtf_kept *kept, uint32_t type_id);

/* Keep an element of an entry. 0 or -ENOMEM. */
int kbtf_kept_add_elem(struct kbtf_kept *kept, struct kbtf_kept_type *entry, uint32_t elem);
bool kbtf_kept_has_elem(const struct kbtf_kept *kept, const struct kbtf_kept_type *entry,
			uint32_t elem);

/*
 * Keep a type of a BTF or its base: the own ones of parts[part], or those of parts[0]. Kinds
 * that nobody knows are passed over, as is void. *ret_entry may be NULL; it gets NULL where
 * nothing was kept. 0 or -ENOMEM.
 */
int kbtf_kept_add_in(struct kbtf_kept *parts, size_t part, uint32_t type_id,
		     struct kbtf_kept_type **ret_entry);

/*
 * Keep all that the form of what is kept needs: types of members, elements, what is
 * pointed to; enough elements where a number is asked for; and a member behind
 * an array without elements, where it had one. 0 or -ENOMEM.
 */
int kbtf_kept_close(struct kbtf_kept *parts, size_t nr_parts);

#endif
