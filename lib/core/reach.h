/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_REACH_H
#define KBTF_CORE_REACH_H

#include <stddef.h>

#include <kbtf/btf.h>

#include "u32map.h"

/*
 * Selecting: what copies of split BTF's records reach of the base. Base ids and
 * base strings are numbered 1, 2, ... in the order they are met, and their words
 * in the copies become these numbers:
 *
 *   before   split: PTR [24711], PTR [107340]    base: [24711] STRUCT device
 *   after    copy:  PTR [1],     PTR [107340]    ids.keys: { 24711 }
 *
 * A number is still below the split's own ids, and leads straight to where its
 * type or string goes: the copies are then rewritten with direct maps that have a
 * word per number (rewrite.h), and nothing is looked up a second time.
 */
struct kbtf_numbers {
	uint32_t below;	       /* what is numbered lies in 1 ... below - 1 */
	uint32_t nr, room;     /* of keys */
	uint32_t *keys;	       /* what got number n, in [n - 1] */
	struct kbtf_u32map of; /* key -> number */
};

struct kbtf_reach {
	struct kbtf_numbers ids, strs;
	bool no_memory; /* and what happened after that is worth nothing */
};

/* Begin, with room for about so many of each: growing costs time, room heap. 0, or -ENOMEM. */
int kbtf_reach_init(struct kbtf_reach *r, const struct kbtf *split, uint32_t guess);
void kbtf_reach_deinit(struct kbtf_reach *r);

/* Forget which number a key has; what got a number stays known. */
void kbtf_reach_seal(struct kbtf_reach *r);

/* The number of a base id or base string, a new one where it has none yet; not for 0. */
uint32_t kbtf_reach_id(struct kbtf_reach *r, uint32_t type_id);
uint32_t kbtf_reach_string(struct kbtf_reach *r, uint32_t name_off);

/* Number what len bytes of records, copies of sound ones, reach. Look at no_memory after the last.
 */
void kbtf_reach_records(struct kbtf_reach *r, void *types, size_t len);

#endif
