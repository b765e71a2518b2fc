// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "standalone",
	.synopsis = "[OPTIONS] [MODULE|DIR...]",
	.about =
		"Make the BTF of modules refer to nothing but itself, by taking along what it "
		"needs\n"
		"of the kernel named, the one that they were built on. It gets a .BTF.base of one\n"
		"INT, which has kernels from 6.11 on put it onto their own types, whatever they "
		"are.\n"
		"--to-split puts such BTF onto the kernel named, for kernels that do not.\n"
		"Without MODULE, all modules of the kernel.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPT_BIT(OPT_DEPTH) | OPT_BIT(OPT_BARE) | OPT_BIT(OPT_TO_SPLIT) |
		OPTS_WRITE | OPTS_REPORT,
};

static const struct report_style style = { .done = "standalone", .sums_up_bytes = true };
static const struct report_style to_split_style = { .done = "split", .sums_up_bytes = true };

int cmd_standalone(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_STANDALONE;
		status = run_job(&call,
				 call.job.flags & KBTF_JOB_TO_SPLIT ? &to_split_style : &style);
	}
	call_deinit(&call);
	return status;
}
