// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Options of extract, and what of it is no job: finding a kernel, and writing to standard
 * output.
 */
#include <stdio.h>
#include <stdlib.h>
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
		"With --kernel or --root instead of FILE, out of the kernel that they name.\n"
		"Without --output that of one FILE goes to standard output.\n",
	.needs = NEEDS_WRITING,
	.opts = OPT_BIT(OPT_KERNEL) | OPT_BIT(OPT_ROOT) | OPT_BIT(OPT_SECTION) |
		OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_SYNC) | OPTS_REPORT,
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

/* The file that a kernel's BTF is in. */
static int open_kernel(const struct call *call, struct kbtf_file **ret, struct kbtf_diag *reterr)
{
	const char *release = call->job.kernel;
	char *only = NULL;
	int err = 0;

	if (!release)
		err = kbtf_kernel_default(call->job.root, &only, reterr);
	if (!err)
		err = kbtf_kernel_open(call->job.root, release ? release : only, ret, reterr);
	free(only);
	return err;
}

static int write_section(const struct call *call, const struct kbtf_file *file)
{
	struct kbtf_diag why;
	const void *bytes;
	size_t size;

	if (find(file, call->job.section, &bytes, &size, &why)) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	if (write_stdout(NULL, bytes, size) || fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return EXIT_ALL_WELL;
}

static int extract_to_stdout(const struct call *call, struct kbtf_file *file)
{
	struct kbtf_diag why;
	int status;

	if (!file && call->job.nr_inputs != 1)
		return wrong_call(&usage, "%zu files do not go to standard output: give --output",
				  call->job.nr_inputs);
	if (isatty(STDOUT_FILENO))
		return wrong_call(&usage, "standard output is a terminal: give --output");
	if (file)
		return write_section(call, file);
	if (kbtf_file_open(call->job.inputs[0], &file, &why)) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	status = write_section(call, file);
	kbtf_file_free(file);
	return status;
}

static int extract(struct call *call)
{
	bool is_kernel = call->job.kernel || call->job.root;
	struct kbtf_file *file = NULL;
	struct kbtf_diag why;
	const char *path;
	int status;

	if (is_kernel && call->job.nr_inputs)
		return wrong_call(&usage, "--kernel and --root stand instead of FILE");
	if (is_kernel && open_kernel(call, &file, &why)) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	if (call->job.output) {
		if (file) {
			path = kbtf_file_label(file);
			call->job.inputs = &path;
			call->job.nr_inputs = 1;
		}
		call->job.command = KBTF_JOB_EXTRACT;
		call->job.kernel = call->job.root = NULL;
		status = run_job(call, &style);
	} else {
		status = extract_to_stdout(call, file);
	}
	kbtf_file_free(file);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = extract(&call);
	call_deinit(&call);
	return status;
}
