// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What came of one file, collected while it is worked on. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "record.h"

void kbtf_record_init(struct kbtf_record *record, const char *path)
{
	memset(record, 0, sizeof(*record));
	record->result.path = path;
}

void kbtf_record_deinit(struct kbtf_record *record)
{
	kbtf_buf_deinit(&record->findings);
	kbtf_buf_deinit(&record->notes);
	kbtf_buf_deinit(&record->why);
}

/* Whether the place names the file already, as it does in what lib/image says. */
static bool is_placed(const struct kbtf_diag *diag, const char *path)
{
	size_t len = strlen(path);

	if (!strncmp(diag->place, "...", 3)) /* a long one has lost its beginning */
		return true;
	return !strncmp(diag->place, path, len) &&
	       (!diag->place[len] || !strncmp(diag->place + len, ": ", 2));
}

static void keep(struct kbtf_record *record, struct kbtf_buf *list, size_t nr,
		 const struct kbtf_diag *diag)
{
	struct kbtf_diag placed = *diag;

	if (nr > KBTF_JOB_MAX_FINDINGS)
		return;
	if (!is_placed(&placed, record->result.path))
		kbtf_diag_in(&placed, record->result.path);
	if (kbtf_buf_append(list, &placed, sizeof(placed)))
		record->no_memory = true;
}

void kbtf_record_finding(void *ctx, const struct kbtf_diag *diag)
{
	struct kbtf_record *record = ctx;

	keep(record, &record->findings, ++record->result.nr_findings, diag);
}

void kbtf_record_note(void *ctx, const struct kbtf_diag *diag)
{
	struct kbtf_record *record = ctx;

	keep(record, &record->notes, ++record->result.nr_notes, diag);
}

static enum kbtf_outcome outcome_of(int err)
{
	switch (err) {
	case -EINVAL:
	case -EOPNOTSUPP:
	case -E2BIG:
	case -EFBIG:
	case -EMEDIUMTYPE:
	case -ELOOP:
	case -EFAULT:
	case -EEXIST:
	case -ENODATA:
	case -EBUSY:
	case -ETXTBSY:
		return KBTF_OUT_REFUSED;
	default:
		return KBTF_OUT_FAILED;
	}
}

void kbtf_record_why(struct kbtf_record *record, const struct kbtf_diag *why)
{
	record->why.size = 0;
	keep(record, &record->why, 1, why);
}

void kbtf_record_fail(struct kbtf_record *record, const struct kbtf_diag *why)
{
	record->result.outcome = outcome_of(why->err);
	kbtf_record_why(record, why);
	if (!record->result.nr_findings)
		kbtf_record_finding(record, why);
}

void kbtf_record_finish(struct kbtf_record *record)
{
	static const struct kbtf_diag out_of_memory = {
		.err = -ENOMEM,
		.reason = "no-memory",
		.offset = KBTF_NO_OFFSET,
		.text = "out of memory",
	};
	struct kbtf_job_result *result = &record->result;

	result->findings = (const struct kbtf_diag *)record->findings.data;
	result->notes = (const struct kbtf_diag *)record->notes.data;
	result->why = record->why.size ? (const struct kbtf_diag *)record->why.data : NULL;
	if (!record->no_memory)
		return;
	/* Better a failure than a report that is silent about what was found. */
	result->outcome = KBTF_OUT_FAILED;
	result->why = result->findings = &out_of_memory;
	result->nr_findings = 1;
	result->nr_notes = 0;
}
