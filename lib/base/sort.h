/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_SORT_H
#define KBTF_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sort items in place by their upper 32 bits, the keys; with equal keys by the
 * lower 32 bits where they came in the order of these. scratch has room for n more.
 * Cost: linear.
 */
void kbtf_sort_by_key(uint64_t *items, uint64_t *scratch, size_t n);

#endif
