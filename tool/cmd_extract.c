// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of extract, and the one way of it that is no job: to standard output. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "extract",
	.synopsis = "[OPTIONS] FILE|DIR...",
	.about =
		"Take BTF, or another section, out of kernel images, modules and other ELF files.\n"
		"Without --output that of one FILE goes to standard output.\n",
	.opts = OPT_BIT(OPT_SECTION) | OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_SYNC) | OPTS_REPORT,
};

static const struct report_style style = { .done = "extracted" };

static int find(const struct kbtf_file *file, const char *section, const void **ret,
		size_t *ret_size, struct kbtf_diag *reterr)
{
	struct kbtf_section found;
	int err;

	if (!section || !strcmp(section, ".BTF"))
		return kbtf_file_btf(file, ret, ret_size, reterr);
	err = kbtf_file_find_section(file, section, &found, reterr);
	if (err)
		return err;
	*ret = found.data;
	*ret_size = found.size;
	return 0;
}

static int extract_to_stdout(const struct call *call)
{
	struct kbtf_file *file = NULL;
	int status = EXIT_REFUSED;
	struct kbtf_diag why;
	const void *bytes;
	size_t size;

	if (call->job.nr_inputs != 1)
		return wrong_call(&usage, "%zu files do not go to standard output: give --output",
				  call->job.nr_inputs);
	if (isatty(STDOUT_FILENO))
		return wrong_call(&usage, "standard output is a terminal: give --output");
	if (kbtf_file_open(call->job.inputs[0], &file, &why) ||
	    find(file, call->job.section, &bytes, &size, &why)) {
		print_diag("", &why);
	} else if (write_stdout(NULL, bytes, size) || fflush(stdout)) {
		perror("kbtf: standard output");
	} else {
		status = EXIT_ALL_WELL;
	}
	kbtf_file_free(file);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		call.job.command = KBTF_JOB_EXTRACT;
		status = call.job.output ? run_job(&call, &style) : extract_to_stdout(&call);
	}
	call_deinit(&call);
	return status;
}
