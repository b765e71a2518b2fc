/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_ROOTS_H
#define KBTF_REDUCE_ROOTS_H

#include <kbtf/reduce.h>

#include "program.h"
#include "view.h"

/*
 * What some programs look for, each name and kind once: a table to hold many types
 * against, most of which nobody looks for. Most of those fall through the sieve, a bit for
 * each way that a name may begin, before their names are read to the end.
 */
struct kbtf_root_slot {
	const struct kbtf_core_root *root; /* NULL: free */
	uint32_t first, last;		   /* of whoever uses the table */
};

struct kbtf_roots {
	struct kbtf_root_slot *slots; /* open addressing, at most half full */
	uint32_t mask;
	uint32_t nr;
	uint32_t kinds; /* of any of them */
	uint64_t sieve[64];
};

/* All of the programs' roots; the programs are borrowed. 0 or -ENOMEM. */
int kbtf_roots_init(struct kbtf_roots *roots, const struct kbtf_program *const *programs,
		    size_t nr_programs);
void kbtf_roots_deinit(struct kbtf_roots *roots);

/* The same with room for them, but empty; and one more root. */
int kbtf_roots_init_empty(struct kbtf_roots *roots, const struct kbtf_program *const *programs,
			  size_t nr_programs);
void kbtf_roots_add(struct kbtf_roots *roots, const struct kbtf_core_root *root);

/* The slot of a name of len essential bytes and one of these kinds; NULL where there is none. */
struct kbtf_root_slot *kbtf_roots_find(const struct kbtf_roots *roots, const char *name, size_t len,
				       uint32_t kinds);

/* The slot that looks for own type number i of some BTF; NULL where none does. */
struct kbtf_root_slot *kbtf_roots_find_type(const struct kbtf_roots *roots, const struct kbtf *btf,
					    uint32_t i);

#endif
