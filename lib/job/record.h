/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_RECORD_H
#define KBTF_JOB_RECORD_H

#include <kbtf/job.h>

#include "buf.h"

/*
 * A result that is being made: what came of one file, with all that was found.
 * It is the file's own until it is handed on, so threads need no lock for it.
 */
struct kbtf_record {
	struct kbtf_job_result result;
	struct kbtf_buf findings, notes; /* of struct kbtf_diag */
	struct kbtf_buf why;		 /* one of them, or none */
	bool no_memory;			 /* a finding could not be kept */
};

void kbtf_record_init(struct kbtf_record *record, const char *path);
void kbtf_record_deinit(struct kbtf_record *record);

/* Of type kbtf_diag_fn, with a record as ctx; the file's path is put in front of the place. */
void kbtf_record_finding(void *record, const struct kbtf_diag *diag);
void kbtf_record_note(void *record, const struct kbtf_diag *diag);

/*
 * The outcome of a file that does not do, and why: refused, or failed where the
 * system's errno says so. The reason counts as a finding if there is none yet.
 */
void kbtf_record_fail(struct kbtf_record *record, const struct kbtf_diag *why);

/* Why the outcome is what it is, where it is not kbtf_record_fail() that says so. */
void kbtf_record_why(struct kbtf_record *record, const struct kbtf_diag *why);

/* The result is complete: point it to what was collected. */
void kbtf_record_finish(struct kbtf_record *record);

#endif
