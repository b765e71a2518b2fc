/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MINIMIZE_H
#define KBTF_MINIMIZE_H

#include <kbtf/job.h>
#include <kbtf/reduce.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Minimising from files to files: one kernel or a directory of them, with or without
 * their modules, for BPF objects. What <kbtf/reduce.h> does in memory.
 */

enum kbtf_minimize_job_flags {
	KBTF_MINJOB_MERGED = 1 << 0,  /* one file a kernel: KBTF_MINIMIZE_MERGED */
	KBTF_MINJOB_EACH = 1 << 1,    /* for each object by itself, in a directory of its name */
	KBTF_MINJOB_MODULES = 1 << 2, /* also all modules of the kernels */
	KBTF_MINJOB_EXPLAIN = 1 << 3, /* tell which record keeps what */
	KBTF_MINJOB_MISSING = 1 << 4, /* tell of records that are missing, with the nearest type */
	KBTF_MINJOB_SYNC = 1 << 5,    /* KBTF_SAVE_SYNC */
	KBTF_MINJOB_KEEP_BASE = 1 << 6, /* bpftool's way: see kbtf_minimize_job_opts.base_of */
	KBTF_MINJOB_STOP_AT_REFUSED =
		1 << 7, /* a record that libbpf would refuse refuses the kernel */
	/* By reference, for modules instead of objects: one BTF for all of them, and theirs on it.
	 */
	KBTF_MINJOB_REFS = 1 << 8,
	KBTF_MINJOB_NAMES = 1 << 9, /* with that: names and sizes only, as distilling keeps them */
	/* Each file of BTF in an archive of its own, NAME.btf.tar.xz, as BTFHub has them. */
	KBTF_MINJOB_ARCHIVE = 1 << 10,
};

/* A type that is kept, and a record that keeps it; strings live for the call. */
struct kbtf_minimize_keep {
	const char *type;    /* "STRUCT task_struct" */
	const char *element; /* "pid"; NULL for the type as such */
	const char *module;  /* that has the type; NULL for vmlinux */
	const char *program; /* the object */
	const char *record;  /* "task_struct.pid byte_off" */
	const char *section; /* and where it is */
	uint32_t insn_off;   /* bytes */
};

/* What came of a kernel, or with KBTF_MINJOB_EACH of a kernel and an object. Lives for the call. */
struct kbtf_minimize_result {
	const char *kernel;  /* file, or release */
	const char *program; /* of KBTF_MINJOB_EACH; otherwise NULL */
	const char *output;  /* file, or directory of files, that was written; NULL: nothing was */
	enum kbtf_outcome outcome;
	const struct kbtf_diag *why;	  /* of KBTF_OUT_REFUSED and KBTF_OUT_FAILED */
	const struct kbtf_diag *findings; /* records that libbpf would refuse, modules not read */
	size_t nr_findings;
	const struct kbtf_diag *missing; /* of KBTF_MINJOB_MISSING */
	size_t nr_missing;
	const struct kbtf_minimize_keep *keeps; /* of KBTF_MINJOB_EXPLAIN */
	size_t nr_keeps;
	size_t nr_records;
	size_t nr_outcomes[KBTF_CORE_FAILED + 1]; /* of records */
	size_t nr_modules;			  /* that were looked at */
	size_t nr_modules_kept;			  /* that something is left of */
	uint32_t nr_types;			  /* that are left, of all files together */
	uint32_t nr_base_types;			  /* that are left of vmlinux */
	uint64_t btf_bytes_before;		  /* of vmlinux and of modules that are kept */
	uint64_t btf_bytes_after;
	double seconds;
};

struct kbtf_minimize_summary {
	size_t nr_kernels, nr_programs;
	size_t nr_results;
	size_t nr_outcomes[KBTF_NR_OUTCOMES];
	size_t nr_records;
	size_t nr_record_outcomes[KBTF_CORE_FAILED + 1];
	size_t nr_findings;
	size_t nr_modules_kept;
	uint64_t nr_types, nr_base_types;
	uint64_t btf_bytes_before, btf_bytes_after;
	double seconds;
};

typedef void kbtf_minimize_result_fn(void *ctx, const struct kbtf_minimize_result *result);

/* Strings are borrowed for the call. All may be NULL or 0. */
struct kbtf_minimize_job_opts {
	unsigned int flags;	 /* of enum kbtf_minimize_job_flags */
	unsigned int nr_threads; /* 0: one a processor */

	/* BPF objects; static archives of them; skeleton headers (*.skel.h); directories of those.
	 */
	const char *const *programs;
	size_t nr_programs;

	/* Module files and directories of them, of the one kernel. */
	const char *const *modules;
	size_t nr_modules;

	/* The one kernel, as in struct kbtf_job_opts; or a directory of kernels: files of
	 * BTF (*.btf, also in .xz and .tar.xz), and trees that kernels are installed in. */
	const char *base;
	const char *kernel;
	const char *root;
	const char *kernels;

	/* Where to write. With `kernels`, or several files to write, a directory. NULL: nothing
	 * is written, what would be is only told. */
	const char *output;

	kbtf_minimize_result_fn *result;
	kbtf_job_progress_fn *progress;
	void *ctx;
};

/*
 * Minimise. Each kernel is opened once for all objects, and its modules only if an object
 * asks for a type that vmlinux has not.
 *
 * Results come in the order of the kernels' paths, one call at a time. Returns 0;
 * -EINVAL [call] for a call that contradicts itself; what reading the objects said, for a
 * bad one makes all output wrong (of KBTF_MINJOB_REFS, a bad module is a finding); -ENODATA
 * [no-records] where none of them has a record; or -ENOMEM.
 */
int kbtf_minimize_files(const struct kbtf_minimize_job_opts *opts,
			struct kbtf_minimize_summary *ret, struct kbtf_diag *reterr);

/* Whether nothing was refused or failed, libbpf would refuse no record, and all modules were read.
 */
bool kbtf_minimize_all_well(const struct kbtf_minimize_summary *summary);

/* As JSON, docs/json.md; as kbtf_json_new() and its kin. */
struct kbtf_minimize_json;
int kbtf_minimize_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_minimize_json **ret);
void kbtf_minimize_json_result(struct kbtf_minimize_json *json,
			       const struct kbtf_minimize_result *result);
/* summary, or why it failed. Frees json. */
int kbtf_minimize_json_finish(struct kbtf_minimize_json *json,
			      const struct kbtf_minimize_summary *summary,
			      const struct kbtf_diag *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
