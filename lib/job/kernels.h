/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_KERNELS_H
#define KBTF_JOB_KERNELS_H

#include <kbtf/diag.h>

#include "buf.h"

/* A kernel that was found in a directory: a file of its BTF, or one that is installed. */
struct kbtf_found_kernel {
	char *file;	      /* NULL where it is an installed one */
	char *root, *release; /* NULL where it is a file */
	char *name; /* below the directory, without what tells its form: "debian/12/6.1" */
};

struct kbtf_found_kernels {
	struct kbtf_found_kernel *kernels;
	size_t nr;
};

/*
 * Find all kernels in a directory and below:
 *
 *   a/b/NAME.btf, NAME.btf.xz, NAME.btf.tar.xz       a/b/NAME
 *   a/lib/modules/RELEASE, a/usr/lib/modules/RELEASE  a/RELEASE
 *
 * sorted by name; what is below a tree that kernels are installed in is not looked at. Returns 0;
 * -ENOENT [no-kernel] where there is none; -EINVAL [output-collision] for two of one name; or what
 * the system said.
 */
int kbtf_kernels_find(const char *dir, struct kbtf_found_kernels *ret, struct kbtf_diag *reterr);
void kbtf_kernels_deinit(struct kbtf_found_kernels *kernels);

#endif
