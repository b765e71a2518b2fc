// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "relocate",
	.synopsis = "[OPTIONS] [MODULE|DIR...]",
	.about =
		"Put the BTF of modules onto the kernel named, as that kernel would when it loads\n"
		"them. Modules without .BTF.base need the kernel that they were built on as well.\n"
		"Without MODULE, all modules of the old kernel.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPTS_OLD_KERNEL | OPT_BIT(OPT_STRICT) | OPTS_WRITE | OPTS_REPORT,
};

static const struct report_style style = { .done = "relocated", .sums_up_bytes = true };

int cmd_relocate(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_RELOCATE;
		status = run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
