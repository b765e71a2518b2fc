// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of dump; the text is made by the library. */
#include <stdio.h>

#include <kbtf/inspect.h>

#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "dump",
	.synopsis = "[OPTIONS] FILE",
	.about = "Print types, all of the file's own or those asked for: as text in the form of\n"
		 "`bpftool btf dump file FILE format raw`, or as JSON. The BTF of a module stands "
		 "on\n"
		 "that of its kernel; with .BTF.base it is printed as it is on that, or on the\n"
		 "kernel named.\n",
	.opts = OPTS_KERNEL | OPT_BIT(OPT_FORMAT) | OPT_BIT(OPT_ID) | OPT_BIT(OPT_TYPE) |
		OPT_BIT(OPT_SIZES) | OPT_BIT(OPT_WITHOUT_BASE) | OPT_BIT(OPT_ALONE) |
		OPT_BIT(OPT_VERBOSE),
};

static void print_note(void *ctx, const struct kbtf_diag *diag)
{
	(void)ctx;
	print_diag("note: ", diag);
}

static int dump(const struct call *call)
{
	struct kbtf_dump_opts opts = {
		.format = call->format,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.root = call->job.root,
		.ids = call->ids,
		.nr_ids = call->nr_ids,
		.names = call->names,
		.nr_names = call->nr_names,
		.c_flags = call->c_flags,
		.note = call->verbose ? print_note : NULL,
	};
	struct kbtf_diag why;

	if (call->job.nr_inputs != 1)
		return wrong_call(&usage, "one FILE is wanted, not %zu", call->job.nr_inputs);
	if (call->c_flags && call->format != KBTF_DUMP_C)
		return wrong_call(&usage, "--sizes, --without-base and --alone are for --format c");
	if (call->c_flags & KBTF_C_ALONE && !call->nr_ids && !call->nr_names)
		return wrong_call(&usage, "--alone is for types asked for with --type or --id");
	if (call->job.base && call->job.kernel)
		return wrong_call(&usage, "--base and --kernel exclude each other");
	opts.path = call->job.inputs[0];
	if (kbtf_dump(&opts, write_stdout, NULL, &why)) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	if (fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return EXIT_ALL_WELL;
}

int cmd_dump(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = dump(&call);
	call_deinit(&call);
	return status;
}
