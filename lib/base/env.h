/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_ENV_H
#define KBTF_BASE_ENV_H

/*
 * What the files that are also built inside a kernel take from around them; this is
 * user space's side of it. A kernel's build has an env.h of its own, found first,
 * that gives them the same:
 *
 *   numbers   uint32_t and its kin, size_t, bool, and the names of errno
 *   messages  struct kbtf_diag, kbtf_fail(), kbtf_fail_at()
 *   the rest  kbtf_env_*(), below; only lib/kfunc/registry.c needs them
 *
 * and stdint.h, stddef.h and stdbool.h, which public headers include. Such files are
 * lib/module/renumber.c, the kind table that it walks by, lib/core/kinds.c, and
 * lib/kfunc/registry.c.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "fail.h"

static inline void *kbtf_env_alloc(size_t size_bytes)
{
	return malloc(size_bytes);
}

static inline void kbtf_env_free(void *memory)
{
	free(memory);
}

static inline void kbtf_env_sort(void *base, size_t nr, size_t size_bytes,
				 int (*compare)(const void *, const void *))
{
	qsort(base, nr, size_bytes, compare);
}

/* A pointer to what was written before; and reading such a one. */
#define kbtf_env_publish(place, value) __atomic_store_n(place, value, __ATOMIC_RELEASE)
#define kbtf_env_seen(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
/* Words that several write at a time, all of them the same. */
#define kbtf_env_read(place) __atomic_load_n(place, __ATOMIC_RELAXED)
#define kbtf_env_write(place, value) __atomic_store_n(place, value, __ATOMIC_RELAXED)

#endif
