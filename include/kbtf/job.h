/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_H
#define KBTF_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>
#include <kbtf/module.h>
#include <kbtf/text.h>
#include <kbtf/verify.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * File in, file out, in bulk: what the commands of the tool do, for programs
 * that want it without running the tool. A job is one operation on many files;
 * each file stands for itself, so a bad one does not stop the others.
 */

enum kbtf_job_command {
	KBTF_JOB_DISTILL,    /* split BTF -> .BTF and .BTF.base, .BTF.embedded */
	KBTF_JOB_RELOCATE,   /* .BTF and .BTF.base, or the old base -> .BTF on another kernel */
	KBTF_JOB_CHECK,	     /* would it relocate; nothing is written */
	KBTF_JOB_VERIFY,     /* is it sound, would a kernel take it; nothing is written */
	KBTF_JOB_EXTRACT,    /* the bytes of a section, .BTF where no other is named */
	KBTF_JOB_STANDALONE, /* split BTF -> BTF that refers to nothing but itself, or back */
	KBTF_JOB_ENCODE,     /* DWARF -> BTF, split BTF where a kernel is named */
	KBTF_JOB_IDS,	     /* the names of .BTF_ids -> type ids of .BTF: kbtf_ids_resolve() */
	KBTF_NR_JOB_COMMANDS,
};

/* "distill", "relocate", ... */
const char *kbtf_job_command_name(enum kbtf_job_command command);

enum kbtf_job_flags {
	/* Write over the input. Signed modules are refused, unless the signature may go
	 * or can be made again. */
	KBTF_JOB_IN_PLACE = 1 << 0,
	/* Write BTF alone: NAME.btf, and of a distilled module NAME.base.btf, for NAME.ko.xz. */
	KBTF_JOB_RAW = 1 << 1,
	/* KBTF_RELOCATE_STRICT; a check counts drift as refused, KBTF_JOB_IDS what is missing. */
	KBTF_JOB_STRICT = 1 << 2,
	/* With KBTF_JOB_IN_PLACE: write signed modules unsigned. */
	KBTF_JOB_STRIP_SIGNATURE = 1 << 3,
	/* KBTF_SAVE_SYNC for each file. */
	KBTF_JOB_SYNC = 1 << 4,
	/* KBTF_JOB_STANDALONE: KBTF_STANDALONE_BARE, KBTF_STANDALONE_NAMES. */
	KBTF_JOB_BARE = 1 << 5,
	KBTF_JOB_NAMES = 1 << 6,
	/* KBTF_JOB_STANDALONE: the way back, standalone BTF onto the kernel. */
	KBTF_JOB_TO_SPLIT = 1 << 7,
	/* KBTF_JOB_ENCODE: also distill what was encoded. */
	KBTF_JOB_DISTILLED = 1 << 8,
	/* KBTF_JOB_ENCODE: with KBTF_JOB_DISTILLED or KBTF_JOB_ALONE, a .BTF.base only if the
	 * kernel that is named reads it: kbtf_kernel_relocates(). */
	KBTF_JOB_AS_KERNEL_READS = 1 << 9,
	/* KBTF_JOB_ENCODE: standalone BTF, on a .BTF.base of one INT. A kernel that is named
	 * is only asked what it reads. */
	KBTF_JOB_ALONE = 1 << 10,
};

/* What came of a file. */
enum kbtf_outcome {
	KBTF_OUT_DONE,	      /* written, or found good */
	KBTF_OUT_ALREADY,     /* was as it should be: left alone, nothing written */
	KBTF_OUT_NO_BTF,      /* left alone */
	KBTF_OUT_CANNOT_TELL, /* of a check: KBTF_CANNOT_TELL */
	KBTF_OUT_REFUSED,     /* the file, or what is in it, does not do */
	KBTF_OUT_FAILED,      /* the system would not read or write it */
	KBTF_NR_OUTCOMES,
};

/* "done", "already", "no BTF", "cannot tell", "refused", "failed". */
const char *kbtf_outcome_name(enum kbtf_outcome outcome);

/* Findings and notes kept of one file; more are only counted. */
#define KBTF_JOB_MAX_FINDINGS 1000u

struct kbtf_job_result {
	const char *path;   /* of the input */
	const char *output; /* what was written; NULL where nothing was */
	enum kbtf_outcome outcome;
	enum kbtf_verdict verdict;	  /* of a check */
	const struct kbtf_diag *why;	  /* the first reason; NULL where all is well */
	const struct kbtf_diag *findings; /* all that was found wrong, the first reason among it */
	size_t nr_findings;		  /* more than KBTF_JOB_MAX_FINDINGS: only those are kept */
	const struct kbtf_diag *notes;	  /* what is accepted but worth knowing */
	size_t nr_notes;
	const char *signature;	    /* "kept", "dropped", "made"; NULL where there was none */
	uint32_t nr_types;	    /* the BTF's own, before */
	uint32_t nr_types_after;    /* the same, of what was made; 0 where nothing was */
	uint32_t nr_base_types;	    /* of the distilled base, read or made; 0 where there is none */
	uint32_t nr_embedded_types; /* of .BTF.embedded, made */
	uint32_t nr_ids;	    /* type ids in .BTF_ids */
	uint64_t btf_bytes_before;  /* .BTF, .BTF.base and .BTF.embedded together */
	uint64_t btf_bytes_after;   /* 0 where nothing was made */
	uint64_t base_bytes;	    /* of .BTF.base, read or made */
	uint64_t embedded_bytes;    /* of .BTF.embedded, made */
	uint64_t file_bytes_before; /* uncompressed */
	uint64_t file_bytes_after;  /* uncompressed; 0 where nothing was made */
	double seconds;
};

struct kbtf_job_summary {
	size_t nr_files;
	size_t nr_outcomes[KBTF_NR_OUTCOMES];
	size_t nr_verdicts[KBTF_NO_BTF + 1]; /* of a check */
	size_t nr_unsigned;		     /* written without the signature that they had */
	uint64_t nr_types, nr_types_after, nr_base_types; /* of results, added up */
	uint64_t btf_bytes_before, btf_bytes_after, base_bytes, embedded_bytes;
	uint64_t file_bytes_before, file_bytes_after;
	double seconds; /* of the whole job, by the clock */
};

/* Whether nothing was refused, failed, or could not be told. */
bool kbtf_job_all_well(const struct kbtf_job_summary *summary);

/*
 * Told of each file, in the order of the files whatever the number of threads,
 * one call at a time, on any of the threads. The result lives for the call.
 */
typedef void kbtf_job_result_fn(void *ctx, const struct kbtf_job_result *result);

/* Told how many files are finished, one call at a time, on any of the threads. */
typedef void kbtf_job_progress_fn(void *ctx, size_t nr_done, size_t nr_files);

/* What strings point to is borrowed until kbtf_job_free(). All may be NULL or 0. */
struct kbtf_job_opts {
	enum kbtf_job_command command;
	unsigned int flags;	 /* of enum kbtf_job_flags */
	unsigned int nr_threads; /* 0: one a processor */

	/* Files, and directories of modules. None: the modules of the kernel `old_kernel`,
	 * or else `kernel`. */
	const char *const *inputs;
	size_t nr_inputs;

	/* The kernel to work with: a file that has its BTF, or a release installed under
	 * root. Neither: the only release in root, or the running one. For
	 * KBTF_JOB_DISTILL and KBTF_JOB_STANDALONE the one that the modules were built on,
	 * for the others, and with KBTF_JOB_TO_SPLIT, the one they are to be loaded by.
	 * KBTF_JOB_VERIFY and KBTF_JOB_EXTRACT need none, KBTF_JOB_IDS only for split BTF
	 * without .BTF.base. */
	const char *base;
	const char *kernel;
	const char *root;

	/* The kernel that modules without .BTF.base were built on. */
	const char *old_base;
	const char *old_kernel;

	/* Where to write: a file, for one input that is no directory; otherwise a
	 * directory, made where it is missing, in which files keep their path below
	 * the input directory. */
	const char *output;

	/* A shell command that signs the module whose path is added to it, such as
	 * "sign-file sha512 KEY CERT"; run for each module written. */
	const char *sign_with;

	const char *section; /* KBTF_JOB_EXTRACT: its name */

	unsigned int features; /* KBTF_JOB_ENCODE: of enum kbtf_encode_features */
	uint64_t max_memory;   /* KBTF_JOB_ENCODE: bytes, as kbtf_encode() takes them; 0: any */

	enum kbtf_profile profile;    /* KBTF_JOB_VERIFY */
	enum kbtf_kernel_rules rules; /* KBTF_JOB_VERIFY */

	kbtf_job_result_fn *result;
	kbtf_job_progress_fn *progress;
	void *ctx; /* of result and progress */
};

/*
 * The release that is meant where none is named: the only one that is installed under root,
 * or for NULL and "/" the running one. *ret is the caller's and goes to free().
 * Returns 0; -ENOENT where there is none, or several; or -ENOMEM.
 */
int kbtf_kernel_default(const char *root, char **ret, struct kbtf_diag *reterr);

struct kbtf_job;

/*
 * Prepare a job: look at what is asked, find the kernel's release, list the
 * files and plan where each is written. No file is opened yet.
 *
 * *ret is the caller's and goes to kbtf_job_free(). Returns 0; -EINVAL for a call
 * that contradicts itself, or for two files that would be written to one place;
 * -ENOENT where there are no modules, or no single kernel; or -ENOMEM.
 */
int kbtf_job_new(const struct kbtf_job_opts *opts, struct kbtf_job **ret, struct kbtf_diag *reterr);
void kbtf_job_free(struct kbtf_job *job);

/* The release, or the file, of the kernel worked with; NULL where none is needed. */
const char *kbtf_job_kernel(const struct kbtf_job *job);
/* The same of the kernel that modules were built on; NULL where none was named. */
const char *kbtf_job_old_kernel(const struct kbtf_job *job);
enum kbtf_job_command kbtf_job_command(const struct kbtf_job *job);
size_t kbtf_job_nr_files(const struct kbtf_job *job);

/*
 * Do it. The kernels' BTF is opened once; memory is that of one file a thread.
 * Each file is written whole or not at all, so a job that is killed leaves every
 * file as it was or done, and can be run again.
 *
 * What happens to single files goes to opts->result and the summary. Returns 0; or
 * what opening a kernel's BTF said, and then no file was looked at.
 * Cost: reading, rewriting and saving the files; compressing them dwarfs the rest.
 */
int kbtf_job_run(struct kbtf_job *job, struct kbtf_job_summary *ret, struct kbtf_diag *reterr);

/* ---- As JSON ---------------------------------------------------------- */

/*
 * A job as one JSON document, docs/json.md, written while the job runs:
 * kbtf_json_new() before it, kbtf_json_result() for each result,
 * kbtf_json_finish() after it, or kbtf_json_fail() where kbtf_job_run() failed.
 */
struct kbtf_json;

/* Returns 0, -ENOMEM, or what write returned. */
int kbtf_json_new(const struct kbtf_job *job, kbtf_write_fn *write, void *ctx,
		  struct kbtf_json **ret);
void kbtf_json_result(struct kbtf_json *json, const struct kbtf_job_result *result);
/* Both free json, and return what was kept of an earlier call's failure, or their own. */
int kbtf_json_finish(struct kbtf_json *json, const struct kbtf_job_summary *summary);
int kbtf_json_fail(struct kbtf_json *json, const struct kbtf_diag *why);

/* ---- Files into one --------------------------------------------------- */

/* What strings point to is borrowed for the call. All but inputs and output may be NULL. */
struct kbtf_merge_files_opts {
	const char *const *inputs; /* files that have BTF */
	size_t nr_inputs;	   /* at least 1 */
	const char *output;	   /* raw BTF is written there, all or nothing */
	/* The kernel that inputs may stand on, and the result then does: as in struct
	 * kbtf_job_opts. None of them: the result stands alone. */
	const char *base, *kernel, *root;
	unsigned int flags; /* KBTF_JOB_SYNC */
};

struct kbtf_merge_files_result {
	uint64_t nr_types_before, nr_types_after;
	uint64_t btf_bytes_before, btf_bytes_after;
	double seconds;
};

/*
 * kbtf_merge() of files. With a kernel, an input that is a module, or raw BTF whose
 * strings do not begin with an empty one, stands on it, and other inputs stand alone.
 *
 * Returns 0; -ENODATA where an input has no BTF; -EINVAL where it has a .BTF.base,
 * whose types are no kernel's [distilled], or where it stands on a kernel and none is
 * named [base-missing]; or what opening, merging and saving said.
 */
int kbtf_merge_files(const struct kbtf_merge_files_opts *opts, struct kbtf_merge_files_result *ret,
		     struct kbtf_diag *reterr);

/*
 * Write what came of that as one JSON document; command is its name in there, "merge" or
 * "dedup", and why is NULL, or what kbtf_merge_files() failed for. Returns 0, -ENOMEM, or what
 * write said.
 */
int kbtf_merge_files_json(const char *command, const struct kbtf_merge_files_opts *opts,
			  const struct kbtf_merge_files_result *result, const struct kbtf_diag *why,
			  kbtf_write_fn *write, void *ctx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
