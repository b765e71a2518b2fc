// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of ids: a job that resolves, or a list. */
#include <stdio.h>

#include <kbtf/inspect.h>

#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "ids",
	.synopsis = "[OPTIONS] FILE|DIR...",
	.about = "Put the ids of types into .BTF_ids of kernels and modules, by the names that "
		 "symbols\n"
		 "give them, and sort their sets. Modules without .BTF.base stand on the kernel "
		 "named.\n"
		 "With --list, print what ids, sets and kfuncs there are, with flags and "
		 "prototypes.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | (OPTS_WRITE & ~OPT_BIT(OPT_RAW)) | OPTS_REPORT | OPT_BIT(OPT_STRICT) |
		OPT_BIT(OPT_LIST),
};

static const struct report_style style = { .done = "resolved" };

static void print_refused(void *ctx, const struct kbtf_diag *why)
{
	(void)ctx;
	fflush(stdout);
	print_diag("", why);
}

static int list(const struct call *call)
{
	struct kbtf_list_ids_opts opts = {
		.inputs = call->job.inputs,
		.nr_inputs = call->job.nr_inputs,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.root = call->job.root,
		.json = call->json,
	};
	int err;

	opts.refused = print_refused;
	if (call->job.output || call->job.flags)
		return wrong_call(&usage, "--list writes no files, and takes no options for that");
	if (call->job.base && call->job.kernel)
		return wrong_call(&usage, "--base and --kernel exclude each other");
	err = kbtf_list_ids(&opts, write_stdout, NULL);
	if (fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return err ? EXIT_REFUSED : EXIT_ALL_WELL;
}

int cmd_ids(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_IDS;
		if (!call.job.nr_inputs)
			status = wrong_call(&usage, "no file was named");
		else
			status = call.list ? list(&call) : run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
