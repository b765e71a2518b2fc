// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of partition, and its figures as a table. */
#include <inttypes.h>
#include <stdio.h>

#include <kbtf/partition.h>

#include "commands.h"
#include "progress.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "partition",
	.synopsis = "[OPTIONS] VMLINUX...",
	.about =
		"Find what a kernel refers to of its own BTF, and show how much of it the image "
		"would\n"
		"have to carry if a module, vmlinux_btf.ko, brought the rest. With --output, also\n"
		"write the parts of one VMLINUX by --policy: payload.btf for the module, and for\n"
		"closure base.btf, whole.btf and BTF_ids; with --quiet, without measuring.\n",
	.needs = NEEDS_WRITING,
	.opts = OPT_BIT(OPT_BASE) | OPT_BIT(OPT_POLICY) | OPT_BIT(OPT_PERCPU) |
		OPT_BIT(OPT_BY_NAME) | OPT_BIT(OPT_NO_COMPRESS) | OPT_BIT(OPT_OUTPUT) |
		OPT_BIT(OPT_SYNC) | OPTS_REPORT,
};

/* Bytes, or a dash where there is no figure. */
static void print_bytes(uint64_t bytes, bool is_known)
{
	if (is_known)
		printf(" %9" PRIu64, bytes);
	else
		printf(" %9s", "-");
}

static void print_size(const struct kbtf_part_size *size)
{
	printf(" %8" PRIu32 " %9" PRIu64, size->nr_types, size->bytes);
	print_bytes(size->xz_bytes, size->xz_bytes || !size->bytes);
	print_bytes(size->zstd_bytes, size->zstd_bytes || !size->bytes);
}

static const char *with_what(unsigned int sources)
{
	switch (sources & ~KBTF_ROOT_BIT(KBTF_ROOT_ID)) {
	case KBTF_ROOT_BIT(KBTF_ROOT_PERCPU):
		return "percpu";
	case KBTF_ROOTS_BY_NAME:
		return "by name";
	case KBTF_ROOT_BIT(KBTF_ROOT_PERCPU) | KBTF_ROOTS_BY_NAME:
		return "both";
	default:
		return "";
	}
}

static void print_rows(const struct kbtf_partition_report *report)
{
	size_t i;

	if (!report->nr_rows)
		return;
	printf("\n  %-16s %38s     %% %39s\n", "", "mandatory", "payload of the module");
	printf("  %-8s %-7s %8s %9s %9s %9s %5s %8s %9s %9s %9s\n", "policy", "with", "types",
	       "bytes", "xz", "zstd", "all", "types", "bytes", "xz", "zstd");
	for (i = 0; i < report->nr_rows; i++) {
		const struct kbtf_partition_row *row = &report->rows[i];

		printf("  %-8s %-7s", kbtf_partition_policy_name(row->policy),
		       with_what(row->sources));
		print_size(&row->mandatory);
		printf(" %5.1f",
		       100.0 * (double)row->mandatory.bytes / (double)report->whole.bytes);
		print_size(&row->payload);
		putchar('\n');
	}
	putchar('\n');
}

static void print_roots(const struct kbtf_partition_report *report)
{
	size_t i;

	for (i = 0; i < kbtf_kernel_roots_count(report->roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(report->roots, i);
		const struct kbtf_type *t = kbtf_type(report->btf, root->type_id);

		printf("  [%" PRIu32 "] %s %s: ", root->type_id, kbtf_kind_name(kbtf_kind(t)),
		       kbtf_name(report->btf, root->type_id));
		if (root->source != KBTF_ROOT_ID)
			printf("%s\n", kbtf_root_source_name(root->source));
		else
			printf(".BTF_ids+0x%" PRIx32 "%s%s%s\n", 4 * root->word,
			       root->list ? " " : "", root->list ? root->list : "",
			       root->is_guess ? " (a guess)" : "");
	}
}

static void print_report(const struct call *call, const struct kbtf_partition_report *report)
{
	size_t i;

	printf("%s: %s\n", report->path, report->form);
	printf("  .BTF         %" PRIu64 " bytes, %" PRIu32 " types\n", report->whole.bytes,
	       report->whole.nr_types);
	printf("  .BTF_ids     %zu words, %zu ids of %" PRIu32 " types, ", report->nr_words,
	       report->nr_ids, report->nr_types_of[KBTF_ROOT_ID]);
	if (report->has_symbols)
		printf("by their symbols%s\n", report->is_resolved_here ? ", resolved here" : "");
	else
		printf("without symbols: %zu certain, %zu guessed\n",
		       report->nr_ids - report->nr_guesses, report->nr_guesses);
	printf("  by name      %" PRIu32 " types of tracepoints, %" PRIu32
	       " of struct_ops, %" PRIu32 " per-cpu section%s\n",
	       report->nr_types_of[KBTF_ROOT_TRACEPOINT], report->nr_types_of[KBTF_ROOT_STRUCT_OPS],
	       report->nr_types_of[KBTF_ROOT_PERCPU],
	       report->nr_types_of[KBTF_ROOT_PERCPU] == 1 ? "" : "s");
	if (call->verbose)
		print_roots(report);
	print_rows(report);
	for (i = 0; i < report->nr_written; i++)
		printf("  wrote        %s, %" PRIu64 " bytes\n", report->written[i].name,
		       report->written[i].bytes);
}

static void on_progress(void *ctx, size_t nr_done, size_t nr_all)
{
	progress_update(ctx, nr_done, nr_all);
}

static int partition_one(const struct call *call, const char *path,
			 struct kbtf_partition_json *json)
{
	struct progress progress;
	struct kbtf_partition_opts opts = {
		.path = path,
		.btf_path = call->job.base,
		.nr_threads = call->job.nr_threads,
		.output = call->job.output,
		.policy = call->policy,
		.sources = call->sources,
		.progress = on_progress,
		.ctx = &progress,
	};
	struct kbtf_partition_report report;
	struct kbtf_diag why;
	int err;

	if (!call->quiet || json)
		opts.flags |= KBTF_PARTITION_MEASURE;
	if (!call->no_compress)
		opts.flags |= KBTF_PARTITION_COMPRESS;
	if (call->job.flags & KBTF_JOB_SYNC)
		opts.flags |= KBTF_PARTITION_SYNC;
	progress_init(&progress, !call->quiet);
	err = kbtf_partition_file(&opts, &report, &why);
	progress_hide(&progress);
	if (err) {
		fflush(stdout);
		print_diag("", &why);
		if (json)
			kbtf_partition_json_refused(json, path, &why);
	} else if (json) {
		kbtf_partition_json_file(json, &report);
	} else if (!call->quiet) {
		print_report(call, &report);
	}
	kbtf_partition_report_deinit(&report);
	return err ? EXIT_REFUSED : EXIT_ALL_WELL;
}

static int partition(const struct call *call)
{
	struct kbtf_partition_json *json = NULL;
	int status = EXIT_ALL_WELL;
	size_t i;

	if (!call->job.nr_inputs)
		return wrong_call(&usage, "no file was named");
	if (call->job.output && !call->has_policy)
		return wrong_call(&usage, "what to write? give --policy");
	if (!call->job.output && call->has_policy)
		return wrong_call(&usage, "where to write? give --output");
	if (call->job.nr_inputs > 1 && (call->job.output || call->job.base))
		return wrong_call(&usage, "--%s is for one file, not %zu",
				  call->job.output ? "output" : "base", call->job.nr_inputs);
	if (call->json && kbtf_partition_json_new(write_stdout, NULL, &json)) {
		fprintf(stderr, "kbtf: out of memory\n");
		return EXIT_REFUSED;
	}
	for (i = 0; i < call->job.nr_inputs; i++)
		status |= partition_one(call, call->job.inputs[i], json);
	if ((json && kbtf_partition_json_finish(json)) || fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return status;
}

int cmd_partition(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = partition(&call);
	call_deinit(&call);
	return status;
}
