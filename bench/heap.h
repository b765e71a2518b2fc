/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BENCH_HEAP_H
#define KBTF_BENCH_HEAP_H

#include <stddef.h>

/* Count heap from here on: bytes that are allocated now and are freed later count as negative. */
void heap_start(void);

/* Most bytes that were allocated at a time since heap_start(), beyond those before it. */
size_t heap_peak(void);

#endif
