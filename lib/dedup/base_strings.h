/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_BASE_STRINGS_H
#define KBTF_DEDUP_BASE_STRINGS_H

#include "strset.h"
#include "u32map.h"

/*
 * Which strings of a base are in a set, found in one pass over them: nearly all are not, and
 * a bit says so.
 */
struct kbtf_base_strings {
	const struct kbtf_strset *set; /* of strings that are not the base's; borrowed */
	uint64_t *alien; /* bits by offset in the base: one that the set has not starts there */
	struct kbtf_u32map known; /* by offset in the base: that in the set */
	uint32_t *offs;		  /* by offset in set->bytes: where the base has it; 0: nowhere */
};

/* -ENOMEM. All zero is safe to deinit. */
int kbtf_base_strings_init(struct kbtf_base_strings *b, const struct kbtf_strset *set);
void kbtf_base_strings_deinit(struct kbtf_base_strings *b);

/* Whether the string at an offset in the base is known not to be in the set. */
static inline bool kbtf_base_strings_is_alien(const struct kbtf_base_strings *b, uint32_t off)
{
	return b->alien[off / 64] >> off % 64 & 1;
}

/* The set's string that is equal to one of the base's; 0 where there is none, or it is "". */
uint32_t kbtf_base_strings_get(const struct kbtf_base_strings *b, uint32_t off);

#endif
