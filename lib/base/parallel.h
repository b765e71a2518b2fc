/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_PARALLEL_H
#define KBTF_BASE_PARALLEL_H

#include <stddef.h>

/* Work on item number i, on the thread of this number (0 to nr_threads - 1). */
typedef void kbtf_parallel_fn(void *ctx, unsigned int thread, size_t i);

/*
 * Call fn once for each of nr_items items, on up to nr_threads threads of which
 * the caller's is one; items are begun in order. Where a thread cannot be made
 * the others do its work, so this cannot fail.
 */
void kbtf_parallel(unsigned int nr_threads, size_t nr_items, kbtf_parallel_fn *fn, void *ctx);

/* How many processors this process may run on; at least 1. */
unsigned int kbtf_nr_cpus(void);

#endif
