/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_HASH_H
#define KBTF_CORE_HASH_H

#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint32_t kbtf_hash_string(const char *s)
{
	return (uint32_t)XXH3_64bits(s, strlen(s));
}

#endif
