/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_HOST_H
#define KBTF_TESTS_HOST_H

/*
 * Tests that look at single bytes of what is in the host's byte order: BTF is words
 * but for the version and flags of its header.
 */
#define HOST_IS_BIG_ENDIAN (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* The first word of a header. */
#define FIRST_WORD(magic, version, flags)                                                          \
	(HOST_IS_BIG_ENDIAN ? (uint32_t)(magic) << 16 | (version) << 8 | (flags)                   \
			    : (magic) | (version) << 16 | (uint32_t)(flags) << 24)

/* The word of four bytes whose first is byte, and whose others are 0. */
#define FIRST_BYTE(byte) (HOST_IS_BIG_ENDIAN ? (uint32_t)(byte) << 24 : (byte))

#endif
