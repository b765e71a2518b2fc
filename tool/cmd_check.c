// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "check",
	.synopsis = "[OPTIONS] [MODULE|DIR...]",
	.about = "Tell whether the BTF of modules will hold on the kernel named, and why not:\n"
		 "  same         it is the kernel that they were built on\n"
		 "  relocates    what they need is there\n"
		 "  drifts       so it is, but members of embedded types moved\n"
		 "  refused      the kernel would not take their BTF\n"
		 "  cannot tell  no .BTF.base, and the old kernel was not named\n"
		 "  no BTF       nothing to check\n"
		 "Exit status 1 if some are refused, drift with --strict, or cannot be told.\n",
	.opts = OPTS_KERNEL | OPTS_OLD_KERNEL | OPT_BIT(OPT_STRICT) | OPTS_REPORT,
};

static const struct report_style style = { .done = "fits",
					   .lists_files = true,
					   .tells_verdict = true };

int cmd_check(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_CHECK;
		status = run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
