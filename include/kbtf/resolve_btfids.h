/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_RESOLVE_BTFIDS_H
#define KBTF_RESOLVE_BTFIDS_H

#include <stdbool.h>
#include <stdint.h>

#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * What a kernel build has resolve_btfids do with a vmlinux or module that it has linked.
 * Unlike other calls that write, this one does not copy a file of hundreds of megabytes to
 * change a few of its words: it overwrites them where they are.
 */
struct kbtf_resolve_btfids_opts {
	const char *path; /* of the ELF file; read whole only if it is compressed */
	const char *btf;  /* a file whose BTF is taken; NULL: that of the ELF file */
	const char *base; /* a file whose BTF that stands on; NULL: none. A .BTF.base of
			   * the ELF file goes before it, where btf is NULL. */

	/*
	 * As since 6.19: the ELF file is only read, and PATH.BTF_ids, PATH.BTF and, with
	 * distill_base, PATH.BTF.base are written. The BTF is made anew: kfuncs annotated
	 * as kbtf_kfuncs_annotate() does, duplicates gone, distilled, sorted by name.
	 * Before that: .BTF_ids of the ELF file is resolved on the BTF as it is.
	 */
	bool to_files;
	bool distill_base;
	bool is_alone; /* with to_files: the BTF is standalone, and gets a base of one INT */

	kbtf_diag_fn *warning; /* told of each; may be NULL */
	void *ctx;
};

struct kbtf_resolve_btfids_result {
	uint32_t nr_ids;      /* symbols of ids; 0 without .BTF_ids or symbols */
	uint32_t nr_warnings; /* as many as resolve_btfids counts */
};

/*
 * Returns 0, also with warnings; -ENODATA [no-btf]; what opening, annotating, merging,
 * distilling, sorting, resolving and saving said. The ELF file has changed only if 0 was
 * returned, or the system failed in the midst of writing .BTF_ids.
 */
int kbtf_resolve_btfids(const struct kbtf_resolve_btfids_opts *opts,
			struct kbtf_resolve_btfids_result *ret, struct kbtf_diag *reterr);

/*
 * Overwrite .BTF_ids of the ELF file at path by the bytes of another file. Returns 0;
 * -ENOENT where it has no such section; -EINVAL where that has another size [ids-size];
 * or what the system said.
 */
int kbtf_patch_btfids(const char *path, const char *ids_path, struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
