/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_MEMBERS_H
#define KBTF_CORE_MEMBERS_H

#include <stdbool.h>

#include "view.h"

/*
 * What a struct, union, enum or prototype is made of as a list of things with names,
 * and two such lists matched by those names.
 */

/* Structs within structs that are looked into, and members looked at in all: real ones stay far
 * below. Without a limit a hundred made-up types can have 2^50 members by value. */
#define KBTF_MAX_MEMBER_DEPTH 32u
#define KBTF_MAX_MEMBERS 65536u

struct kbtf_flat_member {
	const char *name;
	uint32_t type_id;
	uint32_t offset_bits; /* from the start of what was flattened */
	uint32_t bitfield_bits;
	/* The anonymous structs and unions that it is in: 1 where in none, and else a bit
	 * behind that for each, from the outside in: 0 a struct, 1 a union. */
	uint64_t nest;
	uint64_t value; /* of an enumerator */
	uint32_t twin;	/* index in the other list of the one that it was matched with */
};

#define KBTF_NO_TWIN UINT32_MAX

/* All zero is an empty list. */
struct kbtf_flat {
	struct kbtf_flat_member *members;
	size_t nr, room;
};

void kbtf_flat_deinit(struct kbtf_flat *flat);

/* 0 or -ENOMEM. */
int kbtf_flat_append(struct kbtf_flat *flat, const struct kbtf_flat_member *member);

enum kbtf_flatten_flags {
	/* Also members that have neither a name nor members of their own. */
	KBTF_FLATTEN_UNNAMED = 1 << 0,
};

/*
 * Append the members of a struct or union, in their order; those of anonymous
 * structs and unions take the place of these, as in C, where they are the outer
 * one's. *left is taken down by one for each member looked at. Returns 0, -ENOMEM,
 * or -E2BIG where *left is used up.
 */
int kbtf_flatten(const struct kbtf *btf, uint32_t type_id, unsigned int flags, uint32_t *left,
		 struct kbtf_flat *flat);

/*
 * Match the members of two lists by their names, and set the twins of all. Of a name
 * that is there several times the first is matched with the first, and so on. Returns
 * 0 or -ENOMEM. Cost: members times the logarithm of their number.
 */
int kbtf_flat_match(struct kbtf_flat *old, struct kbtf_flat *new);

#endif
