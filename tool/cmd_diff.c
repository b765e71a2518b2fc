// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of diff; what differs is found and put into words by the library. */
#include <stdio.h>
#include <string.h>

#include <kbtf/diff.h>
#include <kbtf/inspect.h>

#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "diff",
	.synopsis = "[OPTIONS] OLD NEW",
	.about = "Tell what changed between the types of two kernels, modules or other BTF: which\n"
		 "were added and removed, and of those that changed each member, value and\n"
		 "parameter. OLD and NEW are files, or releases of installed kernels. Modules\n"
		 "stand on the kernels named, OLD on --old-base or --old-kernel if one is given.\n"
		 "Exit status as diff has it: 0 if nothing differs, 1 if something does, 2 if\n"
		 "that could not be told.\n",
	.opts = OPTS_KERNEL | OPTS_OLD_KERNEL | OPT_BIT(OPT_TYPE) | OPT_BIT(OPT_USED_BY) |
		OPT_BIT(OPT_SUMMARY) | OPT_BIT(OPT_JSON) | OPT_BIT(OPT_VERBOSE) |
		OPT_BIT(OPT_QUIET),
};

/* Exit statuses of this command, which are those of diff(1). */
enum { EXIT_SAME = 0, EXIT_DIFFER = 1, EXIT_TROUBLE = 2 };

static int diff(const struct call *call)
{
	struct kbtf_diff_files_opts opts = {
		.root = call->job.root,
		.old_base = call->job.old_base,
		.old_kernel = call->job.old_kernel,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.names = call->names,
		.nr_names = call->nr_names,
		.modules = call->modules,
		.nr_modules = call->nr_modules,
		.format = call->json ? KBTF_DIFF_JSON : KBTF_DIFF_TEXT,
		.flags = (call->verbose ? KBTF_DIFF_ALL_MOVES : 0) |
			 (call->summary ? KBTF_DIFF_ONLY_SUMMARY : 0),
	};
	struct kbtf_diag why;
	bool differ;

	if (call->job.nr_inputs != 2)
		return wrong_call(&usage, "OLD and NEW are wanted, not %zu words",
				  call->job.nr_inputs);
	opts.old_name = call->job.inputs[0];
	opts.new_name = call->job.inputs[1];
	if (kbtf_diff_files(&opts, call->quiet && !call->json ? NULL : write_stdout, NULL, &differ,
			    &why)) {
		if (!strcmp(why.reason, "call"))
			return wrong_call(&usage, "%s", why.text);
		fflush(stdout);
		print_diag("", &why);
		return EXIT_TROUBLE;
	}
	if (fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_TROUBLE;
	}
	return differ ? EXIT_DIFFER : EXIT_SAME;
}

int cmd_diff(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = diff(&call);
	else if (status == EXIT_REFUSED) /* out of memory */
		status = EXIT_TROUBLE;
	call_deinit(&call);
	return status;
}
