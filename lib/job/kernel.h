/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_KERNEL_H
#define KBTF_JOB_KERNEL_H

#include <kbtf/image.h>
#include <kbtf/module.h>

/* A kernel that modules are held against: named by a file, or by its release. */
struct kbtf_kernel {
	char *name;	     /* the file or the release */
	const char *release; /* name, where it is a release; NULL where it is a file */
	const char *root;    /* that the release is installed under; may be NULL */
	struct kbtf *btf;
	struct kbtf_file *file; /* that btf borrows its bytes from; NULL where they are its own */
	struct kbtf_target *target;
	bool trusts_chains; /* KBTF_OPEN_TRUST_CHAINS; then no target can be made */
};

/*
 * Name the kernel: file, or else release, or else the only release in root, or
 * the running one. Nothing is opened. Returns 0, -ENOENT or -ENOMEM.
 */
int kbtf_kernel_init(struct kbtf_kernel *kernel, const char *file, const char *release,
		     const char *root, struct kbtf_diag *reterr);
void kbtf_kernel_deinit(struct kbtf_kernel *kernel);

/* Open its BTF. Returns 0, or what kbtf_file_open(), kbtf_kernel_open() or kbtf_open() said. */
int kbtf_kernel_load(struct kbtf_kernel *kernel, struct kbtf_diag *reterr);

/* Make it ready to be relocated onto. Returns 0 or -ENOMEM. */
int kbtf_kernel_make_target(struct kbtf_kernel *kernel, struct kbtf_diag *reterr);

/*
 * Whether the module says, in its vermagic, that it was built for this release. Where
 * the kernel is a file, or the module says nothing, it is believed.
 * Returns 0, or -EINVAL [other-kernel].
 */
int kbtf_kernel_check_origin(const struct kbtf_kernel *kernel, const struct kbtf_file *module,
			     struct kbtf_diag *reterr);

#endif
