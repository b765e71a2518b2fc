/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_LAYOUT_H
#define KBTF_MODULE_LAYOUT_H

#include <kbtf/btf.h>

/* What became of a member of a struct or union, from one kernel to another. */
enum kbtf_change {
	KBTF_MEMBER_MOVED,   /* to another offset */
	KBTF_MEMBER_RESIZED, /* bitfield, array, integer or struct of another size */
	KBTF_MEMBER_RETYPED, /* of another kind */
	KBTF_MEMBER_REMOVED, /* or renamed */
	KBTF_MEMBER_ADDED,   /* or renamed */
};

struct kbtf_member_change {
	enum kbtf_change change;
	const char *path; /* "sk_lock.owned"; holds during the call */
	/* Of MOVED: bits from the start of the struct. Of RESIZED: in this unit. */
	uint32_t old_value, new_value;
	const char *unit;		 /* "bits", "bytes", "elements" */
	const char *old_kind, *new_kind; /* of RETYPED: "PTR", "bitfield" */
};

static inline bool kbtf_is_drift(enum kbtf_change change)
{
	return change <= KBTF_MEMBER_RETYPED;
}

typedef void kbtf_member_change_fn(void *ctx, const struct kbtf_member_change *change);

/*
 * Compare two structs or unions by value, members by their names: those of
 * anonymous structs and unions count as the outer one's, those of named ones are
 * compared in their turn. Pointers are equal whatever they point to.
 *
 * Of structs with more than 65,536 members by value the rest is passed over.
 * Returns 0 or -ENOMEM. Cost: members times the logarithm of their number.
 */
int kbtf_compare_layout(const struct kbtf *old_btf, uint32_t old_id, const struct kbtf *new_btf,
			uint32_t new_id, kbtf_member_change_fn *fn, void *ctx);

/* A change in words: "member 'x' moved from bit 64 to bit 128". As snprintf(). */
int kbtf_member_change_format(const struct kbtf_member_change *change, char *buf, size_t size);

#endif
