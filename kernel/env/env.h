/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KBTF_ENV_H
#define __KBTF_ENV_H

/* What the library's sources take from around them: this kernel's side of it. */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/types.h>

#include <kbtf/diag.h>

int __printf(4, 5) __cold
	kbtf_fail(struct kbtf_diag *diag, int err, const char *reason, const char *fmt, ...);
int __printf(5, 6) __cold kbtf_fail_at(struct kbtf_diag *diag, int err, const char *reason,
				       uint64_t offset, const char *fmt, ...);

static inline void *kbtf_env_alloc(size_t size_bytes)
{
	return kvmalloc(size_bytes, GFP_KERNEL | __GFP_NOWARN);
}

static inline void kbtf_env_free(void *memory)
{
	kvfree(memory);
}

static inline void kbtf_env_sort(void *base, size_t nr, size_t size_bytes, cmp_func_t compare)
{
	sort(base, nr, size_bytes, compare, NULL);
}

/* What a set holds is written before the pointer to it is, and seen after it. */
#define kbtf_env_publish(place, value) smp_store_release((place), value)
#define kbtf_env_seen(place) smp_load_acquire((place))
#define kbtf_env_read(place) READ_ONCE(*(place))
#define kbtf_env_write(place, value) WRITE_ONCE(*(place), value)

#endif
