/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_MINIMIZE_H
#define KBTF_REDUCE_MINIMIZE_H

#include "kept.h"
#include "kernel.h"
#include "match.h"

/* A member that some record does not fit. */
struct kbtf_misfit {
	uint32_t type_id, elem;
	size_t part; /* of the BTF that the type is of, or that stands on it */
};

/* A minimisation under way. */
struct kbtf_minimizing {
	struct kbtf_core_kernel *kernel;
	const struct kbtf_program *const *programs;
	size_t nr_programs;
	const struct kbtf_minimize_opts *opts;
	struct kbtf_kept *parts; /* of kernel->parts, each its own */
	struct kbtf_trail trail; /* of the record at hand */
	struct kbtf_buf misfits; /* struct kbtf_misfit */
};

/* records.c: hold each record of a program against the kernel, and keep what it looks at. 0 or
 * -ENOMEM. */
int kbtf_minimize_program(struct kbtf_minimizing *m, const struct kbtf_program *program);

/* hidden.c: see to it that types kept for other reasons are not found where the whole kernel
 * has others of their names. 0 or -ENOMEM. */
int kbtf_minimize_hide(struct kbtf_minimizing *m);

/* hidden.c: keep members that do not fit, where others of their names that may are kept behind
 * them. *ret tells whether any was added, which then is to be closed. 0 or -ENOMEM. */
int kbtf_minimize_keep_misfits(struct kbtf_minimizing *m, bool *ret);

/*
 * nearest.c: which of the candidates for a record that none satisfies came nearest, and
 * what stood in its way. The reason is "core-missing", the text says all.
 */
void kbtf_core_nearest(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
		       const struct kbtf_core_candidate *candidates, size_t nr,
		       struct kbtf_diag *ret);

#endif
