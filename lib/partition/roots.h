/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_PARTITION_ROOTS_H
#define KBTF_PARTITION_ROOTS_H

#include <kbtf/partition.h>

#include "buf.h"
#include "view.h"

struct kbtf_kernel_roots {
	const struct kbtf *btf; /* borrowed */
	struct kbtf_buf roots;	/* struct kbtf_kernel_root; their list is owned */
};

static inline const struct kbtf_kernel_root *
kbtf_kernel_root_at(const struct kbtf_kernel_roots *roots, size_t i)
{
	return (const struct kbtf_kernel_root *)(const void *)roots->roots.data + i;
}

/* Add one; its list, if any, becomes the roots' own on success. 0 or -ENOMEM. */
int kbtf_kernel_roots_push(struct kbtf_kernel_roots *roots, const struct kbtf_kernel_root *root);

/* Kinds of the types that .BTF_ids can name. Source: tools/bpf/resolve_btfids/main.c. */
#define KBTF_ROOT_KINDS                                                                            \
	(KBTF_KIND_BIT(KBTF_FUNC) | KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) |       \
	 KBTF_KIND_BIT(KBTF_TYPEDEF))

#endif
