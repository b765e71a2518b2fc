/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_PREFIXES_H
#define KBTF_DEDUP_PREFIXES_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "strset.h"

/*
 * Which strings a set may have, by their first eight bytes: of a hundred thousand strings of
 * a kernel nearly all are told from those of a module by that, without being read to their end.
 */
struct kbtf_prefixes {
	uint64_t bits[1024];
};

/* The bit of a string that ends before end. */
static inline uint32_t kbtf_prefix_bit(const char *s, const char *end)
{
	uint64_t word = 0, zero;
	size_t left = (size_t)(end - s);

	memcpy(&word, s, left < sizeof(word) ? left : sizeof(word));
	word = le64toh(word);
	zero = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
	if (zero) /* leave out what is behind the first zero byte */
		word &= ((zero & -zero) >> 7) - 1;
	return (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 48);
}

static inline void kbtf_prefixes_add(struct kbtf_prefixes *p, const char *s, const char *end)
{
	uint32_t bit = kbtf_prefix_bit(s, end);

	p->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static inline bool kbtf_prefixes_may_have(const struct kbtf_prefixes *p, const char *s,
					  const char *end)
{
	uint32_t bit = kbtf_prefix_bit(s, end);

	return p->bits[bit / 64] >> bit % 64 & 1;
}

#endif
