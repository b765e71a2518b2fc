// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Running a job for a command: what is wrong goes to standard error as it is met,
 * a line a file and the summary, or JSON, to standard output.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "run_job.h"
#include "tally.h"

/* Types named by the summary as those that cost most. */
#define MOST_TYPES 10u

struct reporter {
	const struct call *call;
	const struct report_style *style;
	struct kbtf_json *json; /* NULL where the report is for people */
	struct progress progress;
	struct tally refused, drifted;
};

int write_stdout(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	return fwrite(text, 1, n, stdout) == n ? 0 : -EIO;
}

static size_t nr_kept(size_t nr)
{
	return nr < KBTF_JOB_MAX_FINDINGS ? nr : KBTF_JOB_MAX_FINDINGS;
}

static void print_left_out(const struct kbtf_job_result *result, size_t nr, const char *what)
{
	if (nr > KBTF_JOB_MAX_FINDINGS)
		fprintf(stderr, "%s: %zu more %s\n", result->path, nr - KBTF_JOB_MAX_FINDINGS,
			what);
}

/* What is wrong always; what is worth knowing where it decides the verdict, or if asked for. */
static void print_messages(const struct reporter *r, const struct kbtf_job_result *result)
{
	bool drifts = result->verdict == KBTF_DRIFTS && result->why;
	size_t i;

	if (!r->json)
		fflush(stdout); /* messages stay behind the lines they belong to */
	for (i = 0; i < nr_kept(result->nr_findings); i++)
		print_diag("", &result->findings[i]);
	print_left_out(result, result->nr_findings, "findings");
	if (r->call->verbose) {
		for (i = 0; i < nr_kept(result->nr_notes); i++)
			print_diag("note: ", &result->notes[i]);
		print_left_out(result, result->nr_notes, "notes");
	} else if (drifts && result->outcome == KBTF_OUT_DONE && !r->call->quiet) {
		print_diag("note: ", result->why);
	} else if (drifts && result->outcome == KBTF_OUT_REFUSED) {
		print_diag("", result->why);
	}
}

static void print_file(const struct reporter *r, const struct kbtf_job_result *result)
{
	const char *word = r->style->tells_verdict ? kbtf_verdict_name(result->verdict)
						   : kbtf_outcome_name(result->outcome);

	if (result->outcome == KBTF_OUT_DONE && !r->style->tells_verdict)
		word = r->style->done;
	if (result->outcome == KBTF_OUT_FAILED)
		word = kbtf_outcome_name(result->outcome);
	if (result->output && strcmp(result->output, result->path))
		printf("%-11s  %s -> %s\n", word, result->path, result->output);
	else
		printf("%-11s  %s\n", word, result->path);
}

static void on_result(void *ctx, const struct kbtf_job_result *result)
{
	struct reporter *r = ctx;

	progress_hide(&r->progress);
	if (r->json)
		kbtf_json_result(r->json, result);
	else if (!r->call->quiet && (r->style->lists_files || r->call->verbose))
		print_file(r, result);
	print_messages(r, result);
	if (result->outcome == KBTF_OUT_REFUSED)
		tally_add(&r->refused, result->findings, nr_kept(result->nr_findings));
	if (result->verdict == KBTF_DRIFTS)
		tally_add(&r->drifted, result->why, 1);
}

static void on_progress(void *ctx, size_t nr_done, size_t nr_files)
{
	struct reporter *r = ctx;

	progress_update(&r->progress, nr_done, nr_files);
}

static void print_count(const char *word, size_t nr)
{
	if (nr)
		printf("%-11s  %6zu\n", word, nr);
}

static void print_bytes(const struct kbtf_job_summary *sum)
{
	printf("BTF          %" PRIu64 " -> %" PRIu64 " bytes", sum->btf_bytes_before,
	       sum->btf_bytes_after);
	if (sum->base_bytes)
		printf("; .BTF.base %" PRIu64 ", .BTF.embedded %" PRIu64, sum->base_bytes,
		       sum->embedded_bytes);
	putchar('\n');
}

static void print_summary(struct reporter *r, const struct kbtf_job *job,
			  const struct kbtf_job_summary *sum)
{
	const char *kernel = kbtf_job_kernel(job);
	unsigned int i;

	if (kernel)
		printf("kernel       %s\n", kernel);
	print_count("files", sum->nr_files);
	if (r->style->tells_verdict) {
		for (i = 0; i <= KBTF_NO_BTF; i++) {
			size_t nr = sum->nr_verdicts[i];

			if (i == KBTF_REFUSED) /* those that could not be read are told apart */
				nr -= sum->nr_outcomes[KBTF_OUT_FAILED];
			print_count(kbtf_verdict_name(i), nr);
		}
	} else {
		print_count(r->style->done, sum->nr_outcomes[KBTF_OUT_DONE]);
		for (i = KBTF_OUT_DONE + 1; i < KBTF_OUT_FAILED; i++)
			print_count(kbtf_outcome_name(i), sum->nr_outcomes[i]);
	}
	print_count(kbtf_outcome_name(KBTF_OUT_FAILED), sum->nr_outcomes[KBTF_OUT_FAILED]);
	if (r->style->sums_up_bytes && sum->btf_bytes_after)
		print_bytes(sum);
	if (sum->nr_unsigned)
		printf("%-11s  %6zu  of the files written were signed: their signatures hold no "
		       "longer and were left out\n",
		       "unsigned", sum->nr_unsigned);
	printf("seconds      %9.2f\n", sum->seconds);
	tally_print(&r->refused, "types refused, and in how many files", MOST_TYPES);
	tally_print(&r->drifted, "types that drift, and in how many files", MOST_TYPES);
}

/* End the report. Returns what the job's exit status is, unless nobody can read of it. */
static int finish(struct reporter *r, const struct kbtf_job *job,
		  const struct kbtf_job_summary *sum, const struct kbtf_diag *why)
{
	int status = !why && kbtf_job_all_well(sum) ? EXIT_ALL_WELL : EXIT_REFUSED;
	int err = 0;

	progress_hide(&r->progress);
	if (why)
		print_diag("", why);
	if (r->json)
		err = why ? kbtf_json_fail(r->json, why) : kbtf_json_finish(r->json, sum);
	else if (!why && !r->call->quiet)
		print_summary(r, job, sum);
	if (fflush(stdout) || ferror(stdout))
		err = -EIO;
	if (err) {
		fprintf(stderr, "kbtf: standard output: %s\n", strerror(-err));
		return EXIT_REFUSED;
	}
	return status;
}

int run_job(struct call *call, const struct report_style *style)
{
	struct reporter r = { .call = call, .style = style };
	struct kbtf_job_summary summary;
	struct kbtf_job *job = NULL;
	struct kbtf_diag why;
	int status;

	call->job.result = on_result;
	call->job.progress = on_progress;
	call->job.ctx = &r;
	if (kbtf_job_new(&call->job, &job, &why)) {
		if (why.err == -ENOMEM)
			print_diag("", &why);
		return why.err == -ENOMEM ? EXIT_REFUSED : wrong_call(call->usage, "%s", why.text);
	}
	if (call->json && kbtf_json_new(job, write_stdout, NULL, &r.json)) {
		fprintf(stderr, "kbtf: out of memory\n");
		status = EXIT_REFUSED;
		goto out;
	}
	progress_init(&r.progress, !call->quiet);
	status = finish(&r, job, &summary, kbtf_job_run(job, &summary, &why) ? &why : NULL);
out:
	kbtf_job_free(job);
	tally_deinit(&r.refused);
	tally_deinit(&r.drifted);
	return status;
}
