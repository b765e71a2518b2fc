/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_HASH_H
#define KBTF_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint32_t kbtf_hash_bytes(const void *bytes, size_t size)
{
	return (uint32_t)XXH3_64bits(bytes, size);
}

static inline uint32_t kbtf_hash_string(const char *s)
{
	return kbtf_hash_bytes(s, strlen(s));
}

#endif
