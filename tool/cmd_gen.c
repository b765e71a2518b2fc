// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* `gen min_core_btf` as bpftool has it, so that scripts can call either. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "opts.h"

static const struct usage usage = {
	.name = "gen",
	.synopsis = "[-B BASE] min_core_btf INPUT OUTPUT OBJECT...",
	.about = "As `bpftool gen min_core_btf`: write to OUTPUT what of the BTF in INPUT the "
		 "CO-RE\n"
		 "records of the OBJECTs look at. With -B, INPUT is a module's BTF, and OUTPUT "
		 "stands on\n"
		 "BASE, as INPUT does. A record that libbpf would refuse is an error.\n",
	.needs = NEEDS_WRITING,
	.opts = OPT_BIT(OPT_BASE),
};

static void on_result(void *ctx, const struct kbtf_minimize_result *r)
{
	size_t i;

	*(bool *)ctx = r->outcome == KBTF_OUT_DONE;
	for (i = 0; i < r->nr_findings; i++)
		print_diag("", &r->findings[i]);
	if (r->why && !r->nr_findings)
		print_diag("", r->why);
}

static int min_core_btf(const struct call *call)
{
	const char *const *words = call->job.inputs;
	bool is_done = false;
	struct kbtf_minimize_job_opts opts = {
		.flags = KBTF_MINJOB_STOP_AT_REFUSED,
		.nr_threads = 1,
		.base = words[1],
		.output = words[2],
		.programs = words + 3,
		.nr_programs = call->job.nr_inputs - 3,
		.result = on_result,
		.ctx = &is_done,
	};
	struct kbtf_minimize_summary summary;
	struct kbtf_diag why;

	if (call->job.base) {
		opts.flags |= KBTF_MINJOB_KEEP_BASE;
		opts.base = call->job.base;
		opts.modules = words + 1;
		opts.nr_modules = 1;
	}
	if (kbtf_minimize_files(&opts, &summary, &why)) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	return is_done ? EXIT_ALL_WELL : EXIT_REFUSED;
}

int cmd_gen(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status)) {
		const char *what = call.job.nr_inputs ? call.job.inputs[0] : "nothing";

		if (strcmp(what, "min_core_btf"))
			status = wrong_call(&usage, "%s: only min_core_btf can be generated", what);
		else if (call.job.nr_inputs < 4)
			status = wrong_call(&usage,
					    "INPUT, OUTPUT and at least one OBJECT are wanted");
		else
			status = min_core_btf(&call);
	}
	call_deinit(&call);
	return status;
}
