// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of merge, and of dedup, which is merge of one file. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "opts.h"
#include "run_job.h"

#define OPTS_MERGE                                                                                 \
	(OPTS_KERNEL | OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_SYNC) | OPT_BIT(OPT_JSON) |               \
	 OPT_BIT(OPT_QUIET))

static const struct usage dedup_usage = {
	.name = "dedup",
	.synopsis = "[OPTIONS] --output OUTPUT FILE",
	.about =
		"Write the BTF of FILE with each type and each string once, as raw BTF. Split BTF\n"
		"stands on the kernel that is named; then what that has is left out.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_MERGE,
};

static const struct usage merge_usage = {
	.name = "merge",
	.synopsis = "[OPTIONS] --output OUTPUT FILE...",
	.about = "Write one raw BTF that has all types of the FILEs, each once. With a kernel "
		 "named,\n"
		 "modules stand on it, and so does the result: what it has is left out.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_MERGE,
};

static int print_result(const struct call *call, const struct kbtf_merge_files_opts *opts,
			const struct kbtf_merge_files_result *result, const struct kbtf_diag *why)
{
	if (call->json &&
	    kbtf_merge_files_json(call->usage->name, opts, result, why, write_stdout, NULL))
		return -1;
	if (!call->json && !call->quiet && !why) {
		printf("types        %" PRIu64 " -> %" PRIu64 "\n", result->nr_types_before,
		       result->nr_types_after);
		printf("BTF          %" PRIu64 " -> %" PRIu64 " bytes\n", result->btf_bytes_before,
		       result->btf_bytes_after);
		printf("seconds      %9.2f\n", result->seconds);
	}
	return fflush(stdout);
}

static int merge(const struct call *call)
{
	struct kbtf_merge_files_opts opts = {
		.inputs = call->job.inputs,
		.nr_inputs = call->job.nr_inputs,
		.output = call->job.output,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.root = call->job.root,
		.flags = call->job.flags,
	};
	struct kbtf_merge_files_result result;
	struct kbtf_diag why;
	int err;

	if (call->job.base && call->job.kernel)
		return wrong_call(call->usage, "--base and --kernel exclude each other");
	if (!opts.output)
		return wrong_call(call->usage, "where to write? give --output");
	err = kbtf_merge_files(&opts, &result, &why);
	if (err)
		print_diag("", &why);
	if (print_result(call, &opts, &result, err ? &why : NULL)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return err ? EXIT_REFUSED : EXIT_ALL_WELL;
}

int cmd_dedup(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &dedup_usage, argc, argv, &status))
		status = call.job.nr_inputs == 1
				 ? merge(&call)
				 : wrong_call(&dedup_usage, "one FILE is wanted, not %zu",
					      call.job.nr_inputs);
	call_deinit(&call);
	return status;
}

int cmd_merge(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &merge_usage, argc, argv, &status))
		status = call.job.nr_inputs ? merge(&call)
					    : wrong_call(&merge_usage, "no file was named");
	call_deinit(&call);
	return status;
}
