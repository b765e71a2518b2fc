/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_SHRINK_H
#define KBTF_REDUCE_SHRINK_H

#include <kbtf/builder.h>

#include "kept.h"

/*
 * Records on their way into new BTF, in their new form. They are numbered from first_id
 * on, in the order in which they were added; names are string offsets of the new BTF.
 */
struct kbtf_shrunk {
	struct kbtf_builder *builder;
	uint32_t first_id;
	struct kbtf_buf records;
	struct kbtf_buf offs;	  /* uint32_t: of each record; one more at the end */
	struct kbtf_buf distinct; /* uint8_t: whether it may not be made one with another */
	/* Pointers that nobody looked behind point to an anonymous FLOAT, which no rule of libbpf
	 * takes for anything, unless they point to void anyway. Without that they all do. */
	bool keeps_void_apart;
};

/* Where what is kept of a BTF went: its type ids and string offsets, in new BTF. */
struct kbtf_moved {
	struct kbtf_u32map ids, strs;
};

void kbtf_moved_deinit(struct kbtf_moved *moved);

static inline uint32_t kbtf_shrunk_nr(const struct kbtf_shrunk *pool)
{
	return (uint32_t)(pool->distinct.size / sizeof(uint8_t));
}

/*
 * Begin new BTF; split BTF on base where that is not NULL. 0 or -ENOMEM. It is
 * deinitialised also on failure.
 */
int kbtf_shrunk_init(struct kbtf_shrunk *pool, const struct kbtf *base, bool keeps_void_apart);
void kbtf_shrunk_deinit(struct kbtf_shrunk *pool);

/*
 * shrink.c: add what is kept of a BTF, in ascending order of ids. below tells where
 * what is kept of its base went; NULL where it has none, or where that stays as it is. Its own
 * goes into *moved.
 * 0, -E2BIG or -ENOMEM.
 */
int kbtf_shrunk_add(struct kbtf_shrunk *pool, const struct kbtf_kept *kept,
		    const struct kbtf_moved *below, struct kbtf_moved *moved);

/*
 * classes.c: make one of each set of equal records, and number what is left densely. The ids of
 * *moved, which may be NULL, follow. 0 or -ENOMEM.
 */
int kbtf_shrunk_unify(struct kbtf_shrunk *pool, struct kbtf_moved *moved);

/* Finish the new BTF. As kbtf_builder_finish(); the pool is empty after it. */
int kbtf_shrunk_finish(struct kbtf_shrunk *pool, const char *label, struct kbtf **ret,
		       struct kbtf_diag *reterr);

#endif
