/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_FREESTANDING_ENV_H
#define KBTF_TESTS_FREESTANDING_ENV_H

/* The side of lib/base/env.h that a kernel would supply: messages, memory, sorting,
 * and nothing of a C library. */
#include "stdbool.h"
#include "stddef.h"
#include "stdint.h"

#include <kbtf/diag.h>

#define EINVAL 22
#define E2BIG 7
#define ENOMEM 12
#define EOPNOTSUPP 95

int kbtf_fail(struct kbtf_diag *diag, int err, const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), cold));
int kbtf_fail_at(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6), cold));

void *kbtf_env_alloc(size_t size_bytes);
void kbtf_env_free(void *memory);
void kbtf_env_sort(void *base, size_t nr, size_t size_bytes,
		   int (*compare)(const void *, const void *));
#define kbtf_env_publish(place, value) __atomic_store_n(place, value, __ATOMIC_RELEASE)
#define kbtf_env_seen(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define kbtf_env_read(place) __atomic_load_n(place, __ATOMIC_RELAXED)
#define kbtf_env_write(place, value) __atomic_store_n(place, value, __ATOMIC_RELAXED)

#endif
