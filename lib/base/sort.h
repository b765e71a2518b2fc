/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_SORT_H
#define KBTF_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sort numbers in ascending order, in place. Cost: about n to the power of 4/3 at worst. */
void kbtf_sort_u32(uint32_t *items, size_t n);

#endif
