// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A growable byte buffer. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "buf.h"

#define HUGE_PAGE ((size_t)2 << 20)

/*
 * Memory for the first allocation of a buffer. Where a whole kernel's BTF goes,
 * taking page faults one small page at a time costs more than reading it.
 */
static void *alloc_first(size_t size)
{
	void *data = NULL;

	if (size < HUGE_PAGE)
		return malloc(size);
	if (posix_memalign(&data, HUGE_PAGE, size))
		return NULL;
#ifdef MADV_HUGEPAGE
	madvise(data, size, MADV_HUGEPAGE);
#endif
	return data;
}

void kbtf_buf_deinit(struct kbtf_buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

int kbtf_buf_reserve(struct kbtf_buf *buf, size_t n)
{
	size_t need, room;
	void *data;

	if (__builtin_add_overflow(buf->size, n, &need))
		return -ENOMEM;
	if (need <= buf->room)
		return 0;
	room = buf->room + buf->room / 2;
	if (room < need)
		room = need < 64 ? 64 : need;
	data = buf->data ? realloc(buf->data, room) : alloc_first(room);
	if (!data)
		return -ENOMEM;
	buf->data = data;
	buf->room = room;
	return 0;
}

void *kbtf_buf_steal(struct kbtf_buf *buf, size_t *ret_size)
{
	void *data = buf->data;

	if (ret_size)
		*ret_size = buf->size;
	memset(buf, 0, sizeof(*buf));
	return data;
}
