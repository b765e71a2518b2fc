/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_MINIMIZE_H
#define KBTF_JOB_MINIMIZE_H

#include <kbtf/minimize.h>

#include "kernel.h"
#include "plan.h"
#include "programs.h"
#include "subject.h"

/* A kernel to minimise, and where what is left of it goes. */
struct kbtf_minimize_unit {
	const char *name; /* what it is told as; borrowed */
	const char *file, *root, *release;
	bool all_modules;
	char *output; /* file or directory, without ".btf" where there are several; NULL: nowhere */
};

struct kbtf_minimize_job {
	const struct kbtf_minimize_job_opts *opts;
	struct kbtf_programs programs;
	struct kbtf_minimize_unit *units;
	size_t nr_units;
	bool to_one_file; /* the output is the name of the one file */
};

/*
 * minimize_result.c: a result that is being made, with what it points to. The ctx of
 * kbtf_minimize()'s callbacks.
 */
struct kbtf_minimize_made {
	struct kbtf_minimize_result result;
	unsigned int flags; /* of enum kbtf_minimize_job_flags */
	struct kbtf_buf findings, missing, keeps;
	struct kbtf_buf strings; /* of keeps, which hold offsets until it is finished */
	char *output;
	struct kbtf_diag why;
	const struct kbtf *base; /* the kernel's, which keeps tell from modules' by */
	bool no_memory;
};

void kbtf_minimize_made_init(struct kbtf_minimize_made *made, const char *kernel,
			     const char *program, unsigned int flags);
void kbtf_minimize_made_deinit(struct kbtf_minimize_made *made);
void kbtf_minimize_made_finding(struct kbtf_minimize_made *made, const struct kbtf_diag *diag);
void kbtf_minimize_made_fail(struct kbtf_minimize_made *made, const struct kbtf_diag *why);
/* Point the result to what was collected. */
void kbtf_minimize_made_finish(struct kbtf_minimize_made *made);
kbtf_core_result_fn kbtf_minimize_made_result;
kbtf_core_keep_fn kbtf_minimize_made_keep;

/*
 * minimize_archive.c: put bytes that go to a file of this name into an archive of one file, whose
 * name lacks what the archive's ends with. *bytes are replaced on success. -ENAMETOOLONG
 * [archive-name], -EOPNOTSUPP where this build has no xz, -ENOMEM.
 */
#define KBTF_MINIMIZE_ARCHIVE_ENDING ".btf.tar.xz"
int kbtf_minimize_archive(const char *path, void **bytes, size_t *size, struct kbtf_diag *reterr);

/*
 * minimize_unit.c: minimise one kernel. *ret is an array of results, the caller's: one, or one an
 * object; it is NULL where there was no memory for it. nr_threads is for reading modules.
 */
void kbtf_minimize_unit(const struct kbtf_minimize_job *job, const struct kbtf_minimize_unit *unit,
			unsigned int nr_threads, struct kbtf_minimize_made **ret, size_t *ret_nr);

/* minimize_refs.c: the same by reference; *ret is one result. */
void kbtf_minimize_refs_unit(const struct kbtf_minimize_job *job,
			     const struct kbtf_minimize_unit *unit, unsigned int nr_threads,
			     struct kbtf_minimize_made **ret, size_t *ret_nr);

/* minimize_modules.c: the modules of a kernel that programs want. */
struct kbtf_minimize_modules {
	struct kbtf_minimize_module {
		struct kbtf_subject subject;
		char *name;	      /* label of btf: the file's name without its ending */
		struct kbtf *btf;     /* NULL: not wanted */
		struct kbtf *moved;   /* whose bytes btf borrows, where it was relocated */
		struct kbtf_diag why; /* where err is set */
		int err;
	} * modules;
	size_t nr; /* that were looked at */
	struct kbtf_paths *paths;
	size_t nr_paths;
};

/*
 * Read the modules of a unit: files and directories that opts name, or all of the installed
 * kernel. Those that wants has nothing to do with are let go at once; wants may be NULL: all are
 * kept. target is the kernel's BTF for those that were distilled. Modules that cannot
 * be read have their err set. Returns 0, or what listing them said.
 */
int kbtf_minimize_modules_init(struct kbtf_minimize_modules *modules,
			       const struct kbtf_minimize_job_opts *opts,
			       const struct kbtf_minimize_unit *unit,
			       const struct kbtf_target *target,
			       const struct kbtf_core_wants *wants, unsigned int nr_threads,
			       struct kbtf_diag *reterr);
/*
 * That the files of modules are named differently, and none like the kernel's. kept has an
 * entry for each module that has BTF, NULL where no file is written; it may be NULL: all are.
 * -EINVAL [output-collision], -ENOMEM.
 */
int kbtf_minimize_modules_check_names(const struct kbtf_minimize_modules *modules,
				      struct kbtf *const *kept, const char *kernel,
				      struct kbtf_diag *reterr);
/*
 * That a file which is about to be written is none of those that are read: the unit's kernel, a
 * module, an object. -EINVAL [over-input].
 */
int kbtf_minimize_check_output(const struct kbtf_minimize_job *job,
			       const struct kbtf_minimize_unit *unit,
			       const struct kbtf_minimize_modules *modules, const char *path,
			       struct kbtf_diag *reterr);
void kbtf_minimize_modules_deinit(struct kbtf_minimize_modules *modules);

#endif
