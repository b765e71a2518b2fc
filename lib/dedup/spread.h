/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_SPREAD_H
#define KBTF_DEDUP_SPREAD_H

#include "pool.h"

/*
 * Mark every shape from which one that is marked can be reached. The pool has records
 * of BTF whose type ids are numbers of the pool; a tag leads to its body, where
 * bodies[] (by number, 0: none) has one.
 *
 * Returns 0 or -ENOMEM. Cost: linear in the pool's words.
 */
int kbtf_spread(const struct kbtf_pool *pool, const uint32_t *bodies, uint8_t *marks, uint8_t mark);

#endif
