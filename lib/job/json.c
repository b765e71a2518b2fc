// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A job as JSON, one file after the other as they are told of: docs/json.md. */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/job.h>

#include "json_out.h"

struct kbtf_json {
	struct kbtf_json_out out;
	enum kbtf_job_command command;
};

/* Those that were kept; the number of all goes beside them. */
static void put_diags(struct kbtf_json_out *out, const char *key, const struct kbtf_diag *diags,
		      size_t nr)
{
	size_t i;

	kbtf_json_open_array(out, key);
	for (i = 0; i < nr && i < KBTF_JOB_MAX_FINDINGS; i++)
		kbtf_json_diag(out, NULL, &diags[i]);
	kbtf_json_close_array(out);
}

int kbtf_json_new(const struct kbtf_job *job, kbtf_write_fn *write, void *ctx,
		  struct kbtf_json **ret)
{
	struct kbtf_json *json = malloc(sizeof(*json));

	if (!json || kbtf_json_out_init(&json->out, write, ctx)) {
		free(json);
		return -ENOMEM;
	}
	json->command = kbtf_job_command(job);
	kbtf_json_open_map(&json->out, NULL);
	kbtf_json_string(&json->out, "command", kbtf_job_command_name(json->command));
	kbtf_json_string(&json->out, "kernel", kbtf_job_kernel(job));
	kbtf_json_string(&json->out, "old_kernel", kbtf_job_old_kernel(job));
	kbtf_json_open_array(&json->out, "files");
	*ret = json;
	return 0;
}

void kbtf_json_result(struct kbtf_json *json, const struct kbtf_job_result *r)
{
	struct kbtf_json_out *out = &json->out;

	kbtf_json_open_map(out, NULL);
	kbtf_json_string(out, "path", r->path);
	kbtf_json_string(out, "output", r->output);
	kbtf_json_string(out, "outcome", kbtf_outcome_name(r->outcome));
	if (json->command == KBTF_JOB_CHECK)
		kbtf_json_string(out, "verdict", kbtf_verdict_name(r->verdict));
	kbtf_json_diag(out, "why", r->why);
	kbtf_json_number(out, "nr_findings", r->nr_findings);
	put_diags(out, "findings", r->findings, r->nr_findings);
	kbtf_json_number(out, "nr_notes", r->nr_notes);
	put_diags(out, "notes", r->notes, r->nr_notes);
	kbtf_json_string(out, "signature", r->signature);
	kbtf_json_number(out, "nr_types", r->nr_types);
	kbtf_json_number(out, "nr_types_after", r->nr_types_after);
	kbtf_json_number(out, "nr_base_types", r->nr_base_types);
	kbtf_json_number(out, "nr_embedded_types", r->nr_embedded_types);
	kbtf_json_number(out, "nr_ids", r->nr_ids);
	kbtf_json_number(out, "btf_bytes_before", r->btf_bytes_before);
	kbtf_json_number(out, "btf_bytes_after", r->btf_bytes_after);
	kbtf_json_number(out, "base_bytes", r->base_bytes);
	kbtf_json_number(out, "embedded_bytes", r->embedded_bytes);
	kbtf_json_number(out, "file_bytes_before", r->file_bytes_before);
	kbtf_json_number(out, "file_bytes_after", r->file_bytes_after);
	kbtf_json_seconds(out, "seconds", r->seconds);
	kbtf_json_close_map(out);
	kbtf_json_flush(out);
}

static void put_summary(struct kbtf_json *json, const struct kbtf_job_summary *sum)
{
	struct kbtf_json_out *out = &json->out;
	unsigned int i;

	kbtf_json_open_map(out, "summary");
	kbtf_json_number(out, "nr_files", sum->nr_files);
	kbtf_json_open_map(out, "outcomes");
	for (i = 0; i < KBTF_NR_OUTCOMES; i++)
		kbtf_json_number(out, kbtf_outcome_name(i), sum->nr_outcomes[i]);
	kbtf_json_close_map(out);
	if (json->command == KBTF_JOB_CHECK) {
		kbtf_json_open_map(out, "verdicts");
		for (i = 0; i <= KBTF_NO_BTF; i++)
			kbtf_json_number(out, kbtf_verdict_name(i), sum->nr_verdicts[i]);
		kbtf_json_close_map(out);
	}
	kbtf_json_number(out, "nr_unsigned", sum->nr_unsigned);
	kbtf_json_number(out, "nr_types", sum->nr_types);
	kbtf_json_number(out, "nr_types_after", sum->nr_types_after);
	kbtf_json_number(out, "nr_base_types", sum->nr_base_types);
	kbtf_json_number(out, "btf_bytes_before", sum->btf_bytes_before);
	kbtf_json_number(out, "btf_bytes_after", sum->btf_bytes_after);
	kbtf_json_number(out, "base_bytes", sum->base_bytes);
	kbtf_json_number(out, "embedded_bytes", sum->embedded_bytes);
	kbtf_json_number(out, "file_bytes_before", sum->file_bytes_before);
	kbtf_json_number(out, "file_bytes_after", sum->file_bytes_after);
	kbtf_json_seconds(out, "seconds", sum->seconds);
	kbtf_json_close_map(out);
}

/* The end of the document; summary and why are NULL where there is none. */
static int finish(struct kbtf_json *json, const struct kbtf_job_summary *summary,
		  const struct kbtf_diag *why)
{
	int err;

	kbtf_json_close_array(&json->out);
	if (summary)
		put_summary(json, summary);
	kbtf_json_diag(&json->out, "error", why);
	kbtf_json_close_map(&json->out);
	err = kbtf_json_out_finish(&json->out);
	free(json);
	return err;
}

int kbtf_json_finish(struct kbtf_json *json, const struct kbtf_job_summary *summary)
{
	return finish(json, summary, NULL);
}

int kbtf_json_fail(struct kbtf_json *json, const struct kbtf_diag *why)
{
	return finish(json, NULL, why);
}
