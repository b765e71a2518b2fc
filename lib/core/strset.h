/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_STRSET_H
#define KBTF_CORE_STRSET_H

#include <kbtf/btf.h>

#include "buf.h"

/*
 * The string section of BTF that is being made: each string once. Strings of a
 * base are found where they are. Slots hold offsets plus 1, open addressing, at most
 * half full.
 *
 *   offsets:  0 ... start - 1   | start ...
 *             the base's          bytes
 */
struct kbtf_strslot {
	uint32_t hash;
	uint32_t off; /* plus 1; 0: free */
};

struct kbtf_strset {
	const struct kbtf *base; /* borrowed; NULL where BTF stands alone */
	uint32_t start;
	struct kbtf_buf bytes;
	struct kbtf_strslot *slots;
	uint32_t mask;
	uint32_t nr;
	uint32_t likely; /* the string after the last one found, which is often the next */
};

/* What kbtf_strset_add() returns where it cannot add. */
#define KBTF_STRSET_NOMEM UINT32_MAX
#define KBTF_STRSET_FULL (UINT32_MAX - 1)

/*
 * Begin with the strings of a base, or with none but the empty one. Without
 * index_base those of the base are not looked for, which spares reading them.
 * Returns 0 or -ENOMEM. All zero is safe to deinit.
 */
int kbtf_strset_init(struct kbtf_strset *set, const struct kbtf *base, bool index_base);
void kbtf_strset_deinit(struct kbtf_strset *set);

/* Make room for n strings, so that adding them need not grow the table. 0 or -ENOMEM. */
int kbtf_strset_reserve(struct kbtf_strset *set, uint32_t n);

/* The offset of a string of len bytes, which is added where it is new. "" is 0. */
uint32_t kbtf_strset_add(struct kbtf_strset *set, const char *s, size_t len);

/* The offset of a string that is there; 0: it is not, or it is "". */
uint32_t kbtf_strset_find(const struct kbtf_strset *set, const char *s, size_t len);

/* The string at an offset that kbtf_strset_add() returned; it may move when one is added. */
const char *kbtf_strset_get(const struct kbtf_strset *set, uint32_t off);

#endif
