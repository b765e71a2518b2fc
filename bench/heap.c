// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* All allocations of the program, peers' too, pass through here and are counted. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "heap.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *p);

static long long current, peak;

static void *count(void *p)
{
	if (p)
		current += (long long)malloc_usable_size(p);
	if (current > peak)
		peak = current;
	return p;
}

void heap_start(void)
{
	current = 0;
	peak = 0;
}

size_t heap_peak(void)
{
	return (size_t)peak;
}

void *malloc(size_t size)
{
	return count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return count(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	long long old = p ? (long long)malloc_usable_size(p) : 0;
	void *q = __libc_realloc(p, size);

	if (q || !size)
		current -= old;
	return count(q);
}

int posix_memalign(void **ret, size_t align, size_t size)
{
	*ret = count(__libc_memalign(align, size));
	return *ret ? 0 : ENOMEM;
}

void free(void *p)
{
	if (p)
		current -= (long long)malloc_usable_size(p);
	__libc_free(p);
}
