// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of this command and how it reports; the rest is the same for all jobs. */
#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "encode",
	.synopsis = "[OPTIONS] FILE|DIR...",
	.about = "Make BTF of the debug information (DWARF) of kernels, modules and other ELF "
		 "files.\n"
		 "With a kernel named, that of modules is split BTF on it, and with the feature\n"
		 "distilled_base they get a .BTF.base.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPT_BIT(OPT_FEATURES) | OPT_BIT(OPT_MAX_MEMORY) | OPTS_WRITE |
		OPTS_REPORT,
};

static const struct report_style style = { .done = "encoded", .sums_up_bytes = true };

int cmd_encode(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_ENCODE;
		status = run_job(&call, &style);
	}
	call_deinit(&call);
	return status;
}
