/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_OPTS_H
#define KBTF_TOOL_OPTS_H

#include <stdbool.h>
#include <stdint.h>

#include <kbtf/inspect.h>
#include <kbtf/job.h>
#include <kbtf/partition.h>
#include <kbtf/minimize.h>

#include "confine.h"

/* Exit statuses of all commands. */
enum {
	EXIT_ALL_WELL = 0,
	EXIT_REFUSED = 1,    /* some input, or the system, would not do; each said why */
	EXIT_WRONG_CALL = 2, /* nothing was done */
};

/* Options, each of the same meaning in every command that has it; in the order of --help. */
enum opt {
	OPT_BASE,
	OPT_KERNEL,
	OPT_ROOT,
	OPT_OLD_BASE,
	OPT_OLD_KERNEL,
	OPT_KERNELS,
	OPT_MODULES,
	OPT_FOR,
	OPT_REFS,
	OPT_MERGED,
	OPT_ARCHIVE,
	OPT_EACH,
	OPT_EXPLAIN,
	OPT_MISSING,
	OPT_POLICY,
	OPT_PERCPU,
	OPT_BY_NAME,
	OPT_NO_COMPRESS,
	OPT_STRICT,
	OPT_DEPTH,
	OPT_BARE,
	OPT_TO_SPLIT,
	OPT_PROFILE,
	OPT_KERNEL_RULES,
	OPT_MODULE,
	OPT_FORMAT,
	OPT_ID,
	OPT_TYPE,
	OPT_USED_BY,
	OPT_SUMMARY,
	OPT_LIST,
	OPT_SIZES,
	OPT_WITHOUT_BASE,
	OPT_ALONE,
	OPT_COMPLETE,
	OPT_NO_CACHE,
	OPT_FEATURES,
	OPT_MAX_MEMORY,
	OPT_SECTION,
	OPT_REMOVE,
	OPT_OUTPUT,
	OPT_IN_PLACE,
	OPT_RAW,
	OPT_STRIP_SIGNATURE,
	OPT_SIGN_WITH,
	OPT_SYNC,
	OPT_JOBS,
	OPT_JSON,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_HELP,
	NR_OPTS,
};

#define OPT_BIT(opt) (UINT64_C(1) << (opt))
#define OPTS_KERNEL (OPT_BIT(OPT_BASE) | OPT_BIT(OPT_KERNEL) | OPT_BIT(OPT_ROOT))
#define OPTS_OLD_KERNEL (OPT_BIT(OPT_OLD_BASE) | OPT_BIT(OPT_OLD_KERNEL))
#define OPTS_WRITE                                                                                 \
	(OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_IN_PLACE) | OPT_BIT(OPT_RAW) |                          \
	 OPT_BIT(OPT_STRIP_SIGNATURE) | OPT_BIT(OPT_SIGN_WITH) | OPT_BIT(OPT_SYNC))
#define OPTS_REPORT                                                                                \
	(OPT_BIT(OPT_JOBS) | OPT_BIT(OPT_JSON) | OPT_BIT(OPT_VERBOSE) | OPT_BIT(OPT_QUIET))

/* What a command is called with, for --help and for parsing. */
struct usage {
	const char *name;
	const char *synopsis;	      /* what follows the name */
	const char *about;	      /* lines of help */
	enum confine_need needs;      /* to run programs, too, where --sign-with is given */
	uint64_t opts;		      /* OPT_BIT()s that it takes; --help comes by itself */
	enum kbtf_dump_format format; /* where --format does not say */
};

/* What was asked for. The job's inputs are the words that are no options. */
struct call {
	const struct usage *usage;
	struct kbtf_job_opts job;
	bool json, quiet, verbose, summary, list;
	enum kbtf_dump_format format;
	uint32_t *ids; /* of --id */
	size_t nr_ids;
	const char **names; /* of --type */
	size_t nr_names;
	unsigned int c_flags; /* of enum kbtf_c_flags */
	bool has_policy;      /* --policy was given */
	enum kbtf_partition_policy policy;
	bool no_compress;
	unsigned int sources; /* of --percpu and --by-name: KBTF_ROOT_BIT()s */
	const char **modules; /* of --module, --used-by */
	size_t nr_modules;
	bool complete, no_cache, remove;
	/* of minimize */
	const char **programs; /* of --for */
	size_t nr_programs;
	const char *kernels;
	unsigned int minimize_flags; /* of enum kbtf_minimize_job_flags */
};

/*
 * Parse the words after the command's name. Returns true where the command is to
 * go on, confined to what it needs for that; otherwise *ret_exit is what it ends with: help was
 * printed, or what is wrong.
 */
bool call_parse(struct call *call, const struct usage *usage, int argc, char **argv, int *ret_exit);
void call_deinit(struct call *call);

/* Say on standard error that the call is wrong, and how to get help. Returns EXIT_WRONG_CALL. */
int wrong_call(const struct usage *usage, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Say a diagnosis on standard error; before is "" or "note: ". */
void print_diag(const char *before, const struct kbtf_diag *diag);

#endif
