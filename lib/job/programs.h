/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_PROGRAMS_H
#define KBTF_JOB_PROGRAMS_H

#include <kbtf/image.h>
#include <kbtf/reduce.h>

#include "buf.h"

/* A BPF object that was read, with what its program borrows. */
struct kbtf_program_file {
	struct kbtf_file *file;
	struct kbtf *btf;
	struct kbtf_program *program;
};

/* The objects of a call. */
struct kbtf_programs {
	struct kbtf_program_file *files;
	const struct kbtf_program **programs; /* of each of them */
	size_t nr;
	size_t nr_records;
};

/*
 * Read objects: files, archives and skeletons, and directories of files named *.o, *.a and
 * *.skel.h. Their order is that of the paths, directories sorted.
 *
 * Returns 0; -EINVAL [no-ext] for an object without .BTF.ext, [not-bpf] for one of another
 * machine; -ENODATA [no-btf] for one without .BTF; -ENOENT [no-programs]; or what opening said.
 */
int kbtf_programs_init(struct kbtf_programs *programs, const char *const *paths, size_t nr,
		       struct kbtf_diag *reterr);
void kbtf_programs_deinit(struct kbtf_programs *programs);

/* What an object is called in names of files: "opensnoop" for a/opensnoop.bpf.o. The caller's;
 * NULL: no memory. */
char *kbtf_program_stem(const char *label);

#endif
