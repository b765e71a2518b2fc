/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_SIZES_H
#define KBTF_TEXT_C_SIZES_H

#include "c_layout.h"

/*
 * Comments with sizes, as people know them from pahole; all of these do nothing
 * unless KBTF_C_SIZES is asked for.
 */

/* The members of one struct or union, while they are printed. */
struct kbtf_c_sizes {
	uint64_t outer_bits; /* c->base_bits around it */
	uint64_t end_bits;   /* of the members so far */
	uint64_t sum_bits;   /* of members that are no bitfields */
	uint64_t field_bits; /* of bitfields */
	uint64_t hole_bytes, bit_hole_bits;
	uint32_t nr_members, nr_holes, nr_bit_holes;
	bool is_union;
};

void kbtf_c_sizes_begin(struct kbtf_c *c, struct kbtf_c_sizes *sizes, uint32_t type_id);

/* A line for what is left free in front of a member. */
void kbtf_c_sizes_hole(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_c_member *m);

/* In front of the member itself: a line where a cacheline begins. */
void kbtf_c_sizes_before(struct kbtf_c *c, const struct kbtf_c_sizes *sizes,
			 const struct kbtf_c_member *m, const struct kbtf_c_measure *measure);

/* On the member's line, which may be that of a brace: offset and size. */
void kbtf_c_sizes_after(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_c_member *m,
			const struct kbtf_c_measure *measure);

/* The sums, where the composite is in no other. */
void kbtf_c_sizes_end(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_type *t);

#endif
