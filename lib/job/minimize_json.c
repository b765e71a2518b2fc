// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Minimising as JSON, one kernel after the other as they are told of: docs/json.md. */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/minimize.h>

#include "json_out.h"

struct kbtf_minimize_json {
	struct kbtf_json_out out;
};

int kbtf_minimize_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_minimize_json **ret)
{
	struct kbtf_minimize_json *json = malloc(sizeof(*json));

	if (!json || kbtf_json_out_init(&json->out, write, ctx)) {
		free(json);
		return -ENOMEM;
	}
	kbtf_json_open_map(&json->out, NULL);
	kbtf_json_string(&json->out, "command", "minimize");
	kbtf_json_open_array(&json->out, "results");
	*ret = json;
	return 0;
}

static void put_diags(struct kbtf_json_out *out, const char *key, const struct kbtf_diag *diags,
		      size_t nr)
{
	size_t i;

	kbtf_json_open_array(out, key);
	for (i = 0; i < nr; i++)
		kbtf_json_diag(out, NULL, &diags[i]);
	kbtf_json_close_array(out);
}

static void put_keeps(struct kbtf_json_out *out, const struct kbtf_minimize_result *r)
{
	size_t i;

	kbtf_json_open_array(out, "keeps");
	for (i = 0; i < r->nr_keeps; i++) {
		const struct kbtf_minimize_keep *keep = &r->keeps[i];

		kbtf_json_open_map(out, NULL);
		kbtf_json_string(out, "type", keep->type);
		kbtf_json_string(out, "element", keep->element);
		kbtf_json_string(out, "module", keep->module);
		kbtf_json_string(out, "program", keep->program);
		kbtf_json_string(out, "record", keep->record);
		kbtf_json_string(out, "section", keep->section);
		kbtf_json_number(out, "insn_off", keep->insn_off);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
}

static void put_records(struct kbtf_json_out *out, size_t nr, const size_t *nr_outcomes)
{
	unsigned int i;

	kbtf_json_number(out, "nr_records", nr);
	kbtf_json_open_map(out, "records");
	for (i = 0; i <= KBTF_CORE_FAILED; i++)
		kbtf_json_number(out, kbtf_core_outcome_name(i), nr_outcomes[i]);
	kbtf_json_close_map(out);
}

void kbtf_minimize_json_result(struct kbtf_minimize_json *json,
			       const struct kbtf_minimize_result *r)
{
	struct kbtf_json_out *out = &json->out;

	kbtf_json_open_map(out, NULL);
	kbtf_json_string(out, "kernel", r->kernel);
	kbtf_json_string(out, "program", r->program);
	kbtf_json_string(out, "output", r->output);
	kbtf_json_string(out, "outcome", kbtf_outcome_name(r->outcome));
	kbtf_json_diag(out, "why", r->why);
	put_diags(out, "findings", r->findings, r->nr_findings);
	put_diags(out, "missing", r->missing, r->nr_missing);
	put_keeps(out, r);
	put_records(out, r->nr_records, r->nr_outcomes);
	kbtf_json_number(out, "nr_modules", r->nr_modules);
	kbtf_json_number(out, "nr_modules_kept", r->nr_modules_kept);
	kbtf_json_number(out, "nr_types", r->nr_types);
	kbtf_json_number(out, "nr_base_types", r->nr_base_types);
	kbtf_json_number(out, "btf_bytes_before", r->btf_bytes_before);
	kbtf_json_number(out, "btf_bytes_after", r->btf_bytes_after);
	kbtf_json_seconds(out, "seconds", r->seconds);
	kbtf_json_close_map(out);
	kbtf_json_flush(out);
}

static void put_summary(struct kbtf_json_out *out, const struct kbtf_minimize_summary *sum)
{
	unsigned int i;

	kbtf_json_open_map(out, "summary");
	kbtf_json_number(out, "nr_kernels", sum->nr_kernels);
	kbtf_json_number(out, "nr_programs", sum->nr_programs);
	kbtf_json_number(out, "nr_results", sum->nr_results);
	kbtf_json_open_map(out, "outcomes");
	for (i = 0; i < KBTF_NR_OUTCOMES; i++)
		kbtf_json_number(out, kbtf_outcome_name(i), sum->nr_outcomes[i]);
	kbtf_json_close_map(out);
	put_records(out, sum->nr_records, sum->nr_record_outcomes);
	kbtf_json_number(out, "nr_findings", sum->nr_findings);
	kbtf_json_number(out, "nr_modules_kept", sum->nr_modules_kept);
	kbtf_json_number(out, "nr_types", sum->nr_types);
	kbtf_json_number(out, "nr_base_types", sum->nr_base_types);
	kbtf_json_number(out, "btf_bytes_before", sum->btf_bytes_before);
	kbtf_json_number(out, "btf_bytes_after", sum->btf_bytes_after);
	kbtf_json_seconds(out, "seconds", sum->seconds);
	kbtf_json_close_map(out);
}

int kbtf_minimize_json_finish(struct kbtf_minimize_json *json,
			      const struct kbtf_minimize_summary *summary,
			      const struct kbtf_diag *why)
{
	int err;

	kbtf_json_close_array(&json->out);
	if (!why)
		put_summary(&json->out, summary);
	kbtf_json_diag(&json->out, "error", why);
	kbtf_json_close_map(&json->out);
	err = kbtf_json_out_finish(&json->out);
	free(json);
	return err;
}
