/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_OPEN_H
#define KBTF_CORE_OPEN_H

#include "view.h"

/*
 * What framing, which meets every word once, leaves for the steps after it, so
 * that they need not meet them again.
 */
struct kbtf_survey {
	uint32_t largest_str, largest_id; /* among all words */
	bool funcs_pending; /* some FUNC came before its prototype, or its type is none */
};

/* The steps of kbtf_open(), each on what the one before it made sound. */

/* header.c: find the sections. btf->bytes, size_bytes and base are set. -EINVAL, -EOPNOTSUPP. */
int kbtf_open_header(struct kbtf *btf, struct kbtf_diag *reterr);

/* frame.c: tell types apart and fill offs[]; foreign words are swapped on the way, for
 * which the bytes have to be owned. -EINVAL, -EOPNOTSUPP, -E2BIG, -ENOMEM. */
int kbtf_open_frame(struct kbtf *btf, struct kbtf_survey *ret, struct kbtf_diag *reterr);

/* ranges.c: each type id and string offset in range, FUNC on FUNC_PROTO. -EINVAL. */
int kbtf_open_ranges(const struct kbtf *btf, const struct kbtf_survey *survey,
		     struct kbtf_diag *reterr);

/*
 * ranges.c: the first own type from *i on that kbtf_open_ranges() refuses, and
 * why; *i becomes its number, counted from 0. 0 where there is none.
 */
int kbtf_next_range_fault(const struct kbtf *btf, uint32_t *i, struct kbtf_diag *reterr);

/* chains.c: chains of types end. -ELOOP, -ENOMEM. Marks kinds in passing. */
int kbtf_open_chains(struct kbtf *btf, struct kbtf_diag *reterr);

/*
 * How to step over a kind: words once and words per vlen, by the kind table or
 * else by the layout section. False where neither knows the kind.
 */
bool kbtf_layout_of(const struct kbtf *btf, unsigned int kind, uint32_t *ret_tail_words,
		    uint32_t *ret_elem_words);

/* swap.c: reverse the bytes of each of nr words. */
void kbtf_swap_words(uint32_t *words, size_t nr);
/* swap.c: reverse a header of size bytes, in place. */
void kbtf_swap_header(uint8_t *header, size_t size);
/* swap.c: reverse the layout section's flags. */
void kbtf_swap_layout(uint8_t *layout, size_t size);

#endif
