/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_KERNEL_IDS_H
#define KBTF_JOB_KERNEL_IDS_H

#include <kbtf/image.h>
#include <kbtf/partition.h>

/* The section .BTF_ids of a kernel, and what is known of it. */
struct kbtf_kernel_ids {
	bool has_symbols;
	bool is_resolved_here; /* none was resolved before */
	size_t nr_words;
	struct kbtf_ids *ids; /* with symbols; NULL otherwise */
};

/*
 * Find the ids in a kernel's file and add them to the roots: by the symbols of .BTF_ids; without
 * symbols by its words; ids that are not resolved yet are resolved in btf, the kernel's; in a
 * memory image, by the words behind the BTF, where the linker puts them. Returns 0; -ENODATA
 * [no-ids]; -EINVAL [ids-unresolved]; or what reading them said.
 *
 * Source: include/asm-generic/vmlinux.lds.h (BTF).
 */
int kbtf_kernel_ids_init(struct kbtf_kernel_ids *k, const struct kbtf_file *file,
			 const struct kbtf *btf, struct kbtf_kernel_roots *roots,
			 struct kbtf_diag *reterr);
void kbtf_kernel_ids_deinit(struct kbtf_kernel_ids *k);

#endif
