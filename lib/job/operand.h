/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_OPERAND_H
#define KBTF_JOB_OPERAND_H

#include "kernel.h"
#include "subject.h"

/*
 * BTF that somebody named: by a file of any kind, or by the release of an installed
 * kernel. All zero is none.
 */
struct kbtf_operand {
	const char *name;	/* borrowed */
	const struct kbtf *btf; /* what was named; one of those below */

	struct kbtf_kernel kernel;   /* itself, where it is a kernel */
	struct kbtf_subject subject; /* a module, or raw BTF */
	struct kbtf_kernel base;     /* that a module stands on */
	struct kbtf *relocated;	     /* onto base */
};

/* Where the kernel is that a module stands on; all may be NULL. */
struct kbtf_operand_base {
	const char *file, *release, *root;
};

/*
 * Open what a word names: the file of this name, or the kernel of this release under
 * base->root. A module stands on the kernel that base names; or on its own .BTF.base;
 * or on the installed kernel that its vermagic names. One that has .BTF.base is relocated
 * onto the kernel named.
 *
 * Returns 0; -ENODATA [no-btf]; -EINVAL [base-missing] for a module whose kernel is not to
 * be found; or what finding, opening and relocating said. Messages name the file.
 */
int kbtf_operand_init(struct kbtf_operand *operand, const char *name,
		      const struct kbtf_operand_base *base, struct kbtf_diag *reterr);
void kbtf_operand_deinit(struct kbtf_operand *operand);

#endif
