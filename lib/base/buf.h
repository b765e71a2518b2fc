/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_BUF_H
#define KBTF_BASE_BUF_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Bytes that grow at their end. All zero is an empty buffer. A failed
 * allocation leaves what is there as it was.
 */
struct kbtf_buf {
	uint8_t *data;
	size_t size; /* bytes in use */
	size_t room; /* bytes allocated */
};

void kbtf_buf_deinit(struct kbtf_buf *buf);

/* Make room for n more bytes, so that the next n bytes cannot fail. 0 or -ENOMEM. */
int kbtf_buf_reserve(struct kbtf_buf *buf, size_t n);

/* Append n bytes that the caller fills in; NULL where there is no memory. */
static inline void *kbtf_buf_extend(struct kbtf_buf *buf, size_t n)
{
	void *at;

	if (__builtin_expect(n > buf->room - buf->size || !buf->data, 0) &&
	    kbtf_buf_reserve(buf, n))
		return NULL;
	at = buf->data + buf->size;
	buf->size += n;
	return at;
}

/* Append a copy of n bytes. 0 or -ENOMEM. */
static inline int kbtf_buf_append(struct kbtf_buf *buf, const void *bytes, size_t n)
{
	void *at;

	if (!n)
		return 0;
	at = kbtf_buf_extend(buf, n);
	if (!at)
		return -ENOMEM;
	memcpy(at, bytes, n);
	return 0;
}

/* Hand the bytes over to the caller, who frees them; the buffer is empty after that. */
void *kbtf_buf_steal(struct kbtf_buf *buf, size_t *ret_size);

#endif
