// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of minimize, and its report. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "progress.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "minimize",
	.synopsis = "[OPTIONS] [MODULE|DIR...] --for OBJECT... --output FILE|DIR",
	.about =
		"Cut the BTF of a kernel, or of all kernels in a directory, down to what the "
		"CO-RE\n"
		"records of BPF programs look at. libbpf computes the same instructions from what "
		"is\n"
		"left. With MODULEs, types that vmlinux has not are looked for in them, and each "
		"that\n"
		"is needed gets BTF of its own, on top of vmlinux.btf; --merged makes it one file, "
		"for\n"
		"libbpf's btf_custom_path. Words after --for are OBJECTs, up to the next option.\n"
		"With --refs, keep what the MODULEs refer to instead.\n",
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPT_BIT(OPT_KERNELS) | OPT_BIT(OPT_MODULES) | OPT_BIT(OPT_FOR) |
		OPT_BIT(OPT_REFS) | OPT_BIT(OPT_MERGED) | OPT_BIT(OPT_ARCHIVE) | OPT_BIT(OPT_EACH) |
		OPT_BIT(OPT_EXPLAIN) | OPT_BIT(OPT_MISSING) | OPT_BIT(OPT_DEPTH) |
		OPT_BIT(OPT_OUTPUT) | OPT_BIT(OPT_SYNC) | OPTS_REPORT,
};

struct reporter {
	const struct call *call;
	struct kbtf_minimize_json *json; /* NULL where the report is for people */
	struct progress progress;
};

static void print_keeps(const struct kbtf_minimize_result *r)
{
	size_t i;

	for (i = 0; i < r->nr_keeps; i++) {
		const struct kbtf_minimize_keep *k = &r->keeps[i];

		printf("%s%s%s%s%s%s  %s  (%s: %s+0x%" PRIx32 ")\n", k->type, k->element ? "." : "",
		       k->element ? k->element : "", k->module ? " [" : "",
		       k->module ? k->module : "", k->module ? "]" : "", k->record, k->program,
		       k->section, k->insn_off);
	}
}

static void print_result(const struct reporter *rep, const struct kbtf_minimize_result *r)
{
	size_t i;

	if (rep->call->verbose && r->outcome == KBTF_OUT_DONE)
		printf("minimized    %s%s%s%s%s  %" PRIu64 " -> %" PRIu64 " bytes\n", r->kernel,
		       r->program ? "  " : "", r->program ? r->program : "",
		       r->output ? " -> " : "", r->output ? r->output : "", r->btf_bytes_before,
		       r->btf_bytes_after);
	print_keeps(r);
	for (i = 0; i < r->nr_missing; i++) {
		char line[1024];

		kbtf_diag_format(&r->missing[i], line, sizeof(line));
		printf("%s\n", line);
	}
	fflush(stdout);
}

static void on_result(void *ctx, const struct kbtf_minimize_result *r)
{
	struct reporter *rep = ctx;
	size_t i;

	progress_hide(&rep->progress);
	if (rep->json)
		kbtf_minimize_json_result(rep->json, r);
	else
		print_result(rep, r);
	for (i = 0; i < r->nr_findings; i++)
		print_diag("", &r->findings[i]);
	if (r->why)
		print_diag("", r->why);
}

static void on_progress(void *ctx, size_t nr_done, size_t nr_all)
{
	struct reporter *rep = ctx;

	progress_update(&rep->progress, nr_done, nr_all);
}

static void print_count(const char *word, size_t nr)
{
	if (nr)
		printf("%-11s  %6zu\n", word, nr);
}

static void print_summary(const struct kbtf_minimize_summary *sum)
{
	unsigned int i;

	print_count("kernels", sum->nr_kernels);
	print_count("objects", sum->nr_programs);
	print_count("records", sum->nr_records);
	for (i = KBTF_CORE_MISSING; i <= KBTF_CORE_FAILED; i++)
		print_count(kbtf_core_outcome_name(i), sum->nr_record_outcomes[i]);
	print_count("minimized", sum->nr_outcomes[KBTF_OUT_DONE]);
	print_count("refused", sum->nr_outcomes[KBTF_OUT_REFUSED]);
	print_count("failed", sum->nr_outcomes[KBTF_OUT_FAILED]);
	print_count("modules", sum->nr_modules_kept);
	printf("types        %6" PRIu64 ", of vmlinux %" PRIu64 "\n", sum->nr_types,
	       sum->nr_base_types);
	printf("BTF          %" PRIu64 " -> %" PRIu64 " bytes\n", sum->btf_bytes_before,
	       sum->btf_bytes_after);
	printf("seconds      %9.2f\n", sum->seconds);
}

static int finish(struct reporter *rep, const struct kbtf_minimize_summary *sum,
		  const struct kbtf_diag *why)
{
	int status = !why && kbtf_minimize_all_well(sum) ? EXIT_ALL_WELL : EXIT_REFUSED;
	int err = 0;

	progress_hide(&rep->progress);
	if (why)
		print_diag("", why);
	if (rep->json)
		err = kbtf_minimize_json_finish(rep->json, sum, why);
	else if (!why && !rep->call->quiet)
		print_summary(sum);
	if (fflush(stdout) || ferror(stdout))
		err = -EIO;
	if (err) {
		fprintf(stderr, "kbtf: standard output: %s\n", strerror(-err));
		return EXIT_REFUSED;
	}
	return status;
}

static int minimize(struct call *call)
{
	unsigned int tells = KBTF_MINJOB_EXPLAIN | KBTF_MINJOB_MISSING;
	struct reporter rep = { .call = call };
	const struct kbtf_minimize_job_opts opts = {
		.flags = call->minimize_flags |
			 (call->job.flags & KBTF_JOB_SYNC ? KBTF_MINJOB_SYNC : 0u) |
			 (call->job.flags & KBTF_JOB_NAMES ? KBTF_MINJOB_NAMES : 0u),
		.nr_threads = call->job.nr_threads,
		.programs = call->programs,
		.nr_programs = call->nr_programs,
		.modules = call->job.inputs,
		.nr_modules = call->job.nr_inputs,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.root = call->job.root,
		.kernels = call->kernels,
		.output = call->job.output,
		.result = on_result,
		.progress = on_progress,
		.ctx = &rep,
	};
	struct kbtf_minimize_summary summary;
	struct kbtf_diag why;
	int err;

	if (!opts.output && !(opts.flags & tells))
		return wrong_call(&usage, "where to write? give --output");
	if (call->json && kbtf_minimize_json_new(write_stdout, NULL, &rep.json)) {
		fprintf(stderr, "kbtf: out of memory\n");
		return EXIT_REFUSED;
	}
	progress_init(&rep.progress, !call->quiet);
	err = kbtf_minimize_files(&opts, &summary, &why);
	if (err && !strcmp(why.reason, "call")) {
		if (rep.json)
			kbtf_minimize_json_finish(rep.json, &summary, &why);
		return wrong_call(&usage, "%s", why.text);
	}
	return finish(&rep, &summary, err ? &why : NULL);
}

/*
 * `--for a b c` as `--for a --for b --for c`, so that a shell's a* can stand behind it. A
 * lone `--` ends the objects.
 */
static char **spread_objects(int argc, char **argv, int *ret_argc)
{
	static char option[] = "--for";
	char **words = calloc(2 * (size_t)argc + 1, sizeof(*words));
	bool objects = false, is_first = false;
	int n = 0, i;

	for (i = 0; words && i < argc; i++) {
		bool is_option = argv[i][0] == '-' && argv[i][1];

		if (!strcmp(argv[i], option)) {
			objects = is_first = true;
		} else if (is_option) {
			objects = false;
		} else if (objects) {
			if (!is_first)
				words[n++] = option;
			is_first = false;
		}
		words[n++] = argv[i];
	}
	*ret_argc = n;
	return words;
}

int cmd_minimize(int argc, char **argv)
{
	struct call call;
	int status, nr_words;
	char **words = spread_objects(argc, argv, &nr_words);

	if (!words) {
		fprintf(stderr, "kbtf: out of memory\n");
		return EXIT_REFUSED;
	}
	if (call_parse(&call, &usage, nr_words, words, &status))
		status = minimize(&call);
	call_deinit(&call);
	free(words);
	return status;
}
