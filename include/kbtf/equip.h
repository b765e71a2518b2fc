/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_EQUIP_H
#define KBTF_EQUIP_H

#include <stdbool.h>

#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Make the installed headers of a kernel give BTF to every external module that is built
 * with them. Two files in their directory do that, and no file of a package is changed:
 *
 *   vmlinux      an ELF file with the BTF of that kernel, where none is there: kernel builds ask
 *                for it before they make BTF of a module
 *   GNUmakefile  which make reads before Makefile: it includes that, and has kbtf-pahole and
 *                kbtf-resolve_btfids called
 */
struct kbtf_equip_opts {
	const char *root;    /* that the kernel is installed under; NULL: this system */
	const char *release; /* of the kernel */
	const char *base;    /* a file that has its BTF; NULL: where kernels have it */
	const char *bin_dir; /* of the two programs, with a '/' at its end; NULL: only PATH */
	bool remove;	     /* take away what was put there, and nothing else */
};

struct kbtf_equip_result {
	char *dir;	   /* the headers' directory; the caller's, goes to free() */
	bool is_changed;   /* anything was written or removed */
	bool has_other;	   /* vmlinux is not ours, has the kernel's BTF, and was left alone */
	bool is_unchecked; /* ... but there is no kernel to hold its BTF against */
};

/*
 * Equip the headers of one kernel, or put them back. What is there already and right is
 * not written again, so this can be done after every installation.
 *
 * Returns 0; -ENOENT where there are no headers [no-headers] or no BTF of that kernel
 * [no-kernel]; -EEXIST where there is a vmlinux with other BTF or none [other-vmlinux], or a
 * GNUmakefile [other-makefile] that are not ours; or what opening and saving said. ret is set only
 * on success.
 */
int kbtf_equip(const struct kbtf_equip_opts *opts, struct kbtf_equip_result *ret,
	       struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
