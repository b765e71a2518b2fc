/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_CURSOR_H
#define KBTF_DWARF_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A place in bytes that end. Reading beyond the end gives 0 and leaves at == NULL, which
 * it then stays: callers look once, after they have read what they wanted.
 */
struct kbtf_cursor {
	const uint8_t *at; /* NULL: something ran beyond the end */
	const uint8_t *end;
	bool swapped; /* numbers are of the other byte order than the host's */
};

static inline size_t kbtf_cur_left(const struct kbtf_cursor *c)
{
	return c->at ? (size_t)(c->end - c->at) : 0;
}

static inline void kbtf_cur_skip(struct kbtf_cursor *c, uint64_t n)
{
	c->at = n <= kbtf_cur_left(c) && c->at ? c->at + n : NULL;
}

static inline uint8_t kbtf_cur_u8(struct kbtf_cursor *c)
{
	if (__builtin_expect(!kbtf_cur_left(c), 0)) {
		c->at = NULL;
		return 0;
	}
	return *c->at++;
}

#define KBTF_CUR_FIXED(bits)                                                                       \
	static inline uint##bits##_t kbtf_cur_u##bits(struct kbtf_cursor *c)                       \
	{                                                                                          \
		uint##bits##_t v;                                                                  \
                                                                                                   \
		if (__builtin_expect(kbtf_cur_left(c) < sizeof(v), 0)) {                           \
			c->at = NULL;                                                              \
			return 0;                                                                  \
		}                                                                                  \
		memcpy(&v, c->at, sizeof(v));                                                      \
		c->at += sizeof(v);                                                                \
		return c->swapped ? __builtin_bswap##bits(v) : v;                                  \
	}
KBTF_CUR_FIXED(16)
KBTF_CUR_FIXED(32)
KBTF_CUR_FIXED(64)

/* A number of 1, 2, 3, 4 or 8 bytes; of no other size. */
static inline uint64_t kbtf_cur_uint(struct kbtf_cursor *c, unsigned int size)
{
	uint32_t a, b;

	switch (size) {
	case 1:
		return kbtf_cur_u8(c);
	case 2:
		return kbtf_cur_u16(c);
	case 3:
		a = kbtf_cur_u8(c);
		b = kbtf_cur_u8(c);
		/* the host's order is not known here, the file's is: by what swapping says of it */
		return c->swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
			       ? a << 16 | b << 8 | kbtf_cur_u8(c)
			       : a | b << 8 | (uint32_t)kbtf_cur_u8(c) << 16;
	case 4:
		return kbtf_cur_u32(c);
	case 8:
		return kbtf_cur_u64(c);
	default:
		c->at = NULL;
		return 0;
	}
}

/* Numbers of more than 64 bits lose what is beyond those. */
static inline uint64_t kbtf_cur_uleb(struct kbtf_cursor *c)
{
	uint64_t v = 0;
	unsigned int shift = 0;
	uint8_t b;

	do {
		b = kbtf_cur_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80);
	return v;
}

static inline int64_t kbtf_cur_sleb(struct kbtf_cursor *c)
{
	uint64_t v = 0;
	unsigned int shift = 0;
	uint8_t b;

	do {
		b = kbtf_cur_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80);
	if (b & 0x40 && shift < 64)
		v |= ~UINT64_C(0) << shift;
	return (int64_t)v;
}

/* A string that ends in the bytes; "" beyond the end. */
static inline const char *kbtf_cur_string(struct kbtf_cursor *c)
{
	const uint8_t *s = c->at, *nul = s ? memchr(s, 0, kbtf_cur_left(c)) : NULL;

	c->at = nul ? nul + 1 : NULL;
	return nul ? (const char *)s : "";
}

/* ---- Where that there are enough bytes is known --------------------- */

static inline uint32_t kbtf_u16_at(const uint8_t *p, bool swapped)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t kbtf_u32_at(const uint8_t *p, bool swapped)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

/* No more than 10 bytes, whatever they are. */
static inline uint64_t kbtf_leb_at(const uint8_t **p, bool is_signed)
{
	uint64_t v = 0;
	unsigned int shift = 0;
	uint8_t b;

	do {
		b = *(*p)++;
		v |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80 && shift < 70);
	if (is_signed && b & 0x40 && shift < 64)
		v |= ~UINT64_C(0) << shift;
	return v;
}

#endif
