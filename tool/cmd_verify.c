// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "verify",
	.synopsis = "[OPTIONS] FILE|DIR...",
	.about = "Tell whether BTF is sound, or with another --profile what a kernel would say\n"
		 "of it, with all that is wrong and not only the first. BTF of a module stands on\n"
		 "that of its kernel.\n",
	.opts = OPT_BIT(OPT_PROFILE) | OPT_BIT(OPT_KERNEL_RULES) | OPTS_KERNEL | OPTS_REPORT,
};

static const struct report_style style = { .done = "accepted", .lists_files = true };

int cmd_verify(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_VERIFY;
		status = run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
