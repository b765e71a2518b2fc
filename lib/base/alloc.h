/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_ALLOC_H
#define KBTF_BASE_ALLOC_H

#include <stdlib.h>

/* Arrays whose length comes from input: the product is checked. NULL where it overflows. */
static inline void *kbtf_alloc_array(size_t n, size_t elem_size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, elem_size, &bytes))
		return NULL;
	return malloc(bytes ? bytes : 1);
}

static inline void *kbtf_zalloc_array(size_t n, size_t elem_size)
{
	return calloc(n ? n : 1, elem_size);
}

static inline void *kbtf_realloc_array(void *p, size_t n, size_t elem_size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, elem_size, &bytes))
		return NULL;
	return realloc(p, bytes ? bytes : 1);
}

#endif
