// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What came of merging files as JSON: docs/json.md. */
#include <errno.h>

#include <kbtf/job.h>

#include "json_out.h"

int kbtf_merge_files_json(const char *command, const struct kbtf_merge_files_opts *opts,
			  const struct kbtf_merge_files_result *result, const struct kbtf_diag *why,
			  kbtf_write_fn *write, void *ctx)
{
	struct kbtf_json_out out;
	size_t i;

	if (kbtf_json_out_init(&out, write, ctx))
		return -ENOMEM;
	kbtf_json_open_map(&out, NULL);
	kbtf_json_string(&out, "command", command);
	kbtf_json_open_array(&out, "files");
	for (i = 0; i < opts->nr_inputs; i++)
		kbtf_json_string(&out, NULL, opts->inputs[i]);
	kbtf_json_close_array(&out);
	kbtf_json_string(&out, "output", why ? NULL : opts->output);
	kbtf_json_number(&out, "nr_types_before", result->nr_types_before);
	kbtf_json_number(&out, "nr_types_after", result->nr_types_after);
	kbtf_json_number(&out, "btf_bytes_before", result->btf_bytes_before);
	kbtf_json_number(&out, "btf_bytes_after", result->btf_bytes_after);
	kbtf_json_seconds(&out, "seconds", result->seconds);
	kbtf_json_diag(&out, "error", why);
	kbtf_json_close_map(&out);
	return kbtf_json_out_finish(&out);
}
