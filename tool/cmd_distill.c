// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "distill",
	.synopsis = "[OPTIONS] [MODULE|DIR...]",
	.about =
		"Give modules a .BTF.base that says what they need of a kernel, so that kernels\n"
		"from 6.11 on, or `kbtf relocate`, can put their BTF onto another one. The kernel\n"
		"named is the one that they were built on. Without MODULE, all of its modules.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPTS_WRITE | OPTS_REPORT,
};

static const struct report_style style = { .done = "distilled", .sums_up_bytes = true };

int cmd_distill(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_DISTILL;
		status = run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
