/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_RUN_JOB_H
#define KBTF_TOOL_RUN_JOB_H

#include "opts.h"

/* How a command reports, where it does not print JSON. */
struct report_style {
	const char *done;   /* what the summary calls files that are done: "distilled" */
	bool lists_files;   /* a line for each file, not only with --verbose */
	bool tells_verdict; /* the line and the summary tell kbtf_verdict, not the outcome */
	bool sums_up_bytes; /* the summary says what became of the bytes */
};

/* Run the job that was called for and report on it. Returns the exit status. */
int run_job(struct call *call, const struct report_style *style);

/* Of type kbtf_write_fn: to standard output. */
int write_stdout(void *ctx, const char *text, size_t n);

#endif
