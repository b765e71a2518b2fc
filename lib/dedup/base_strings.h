/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_BASE_STRINGS_H
#define KBTF_DEDUP_BASE_STRINGS_H

#include "strset.h"

/* Where strings of a set that has a base, but not the base's strings, are in the end. */
struct kbtf_base_strings {
	uint32_t *offs;	       /* by offset in set->bytes: 0, KBTF_STRING_WANTED, or where it is */
	struct kbtf_buf bytes; /* those that the base has not */
};

#define KBTF_STRING_WANTED UINT32_MAX

/* None is wanted at first. -ENOMEM. All zero is safe to deinit. */
int kbtf_base_strings_init(struct kbtf_base_strings *b, const struct kbtf_strset *set);
void kbtf_base_strings_deinit(struct kbtf_base_strings *b);

/* Find a place for those that are wanted, in the order of the set. -E2BIG, -ENOMEM. */
int kbtf_base_strings_place(struct kbtf_base_strings *b, const struct kbtf_strset *set);

#endif
