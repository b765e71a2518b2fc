// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Running a job: any number of threads take files one at a time, and each does
 * all there is to do with its file [work_on]. Results are told in the order of the
 * files: one that is finished too early waits for those before it [deliver].
 *
 *   files    0    1    2    3    4    5
 *            told told busy done busy -
 *                      ^ next_to_tell: 3 waits for 2
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "fail.h"
#include "parallel.h"
#include "task.h"

struct run {
	const struct kbtf_job *job;
	pthread_mutex_t lock;	     /* of all below */
	struct kbtf_record *records; /* of file i in [i] */
	bool *is_done;
	size_t next_to_tell;
	size_t nr_done;
	struct kbtf_job_summary *summary;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static kbtf_operation_fn *const operations[] = {
	[KBTF_JOB_DISTILL] = kbtf_op_distill,	    [KBTF_JOB_RELOCATE] = kbtf_op_relocate,
	[KBTF_JOB_CHECK] = kbtf_op_check,	    [KBTF_JOB_VERIFY] = kbtf_op_verify,
	[KBTF_JOB_EXTRACT] = kbtf_op_extract,	    [KBTF_JOB_IDS] = kbtf_op_ids,
	[KBTF_JOB_STANDALONE] = kbtf_op_standalone,
};

/* A file without BTF is nobody's fault, unless its BTF is what was asked for. */
static int without_btf(const struct kbtf_job *job, struct kbtf_record *record,
		       struct kbtf_diag *reterr)
{
	if (job->opts.command == KBTF_JOB_EXTRACT)
		return kbtf_fail(reterr, -ENODATA, "no-btf", "no BTF in it");
	record->result.outcome = KBTF_OUT_NO_BTF;
	record->result.verdict = KBTF_NO_BTF;
	return 0;
}

static int work_on(const struct kbtf_job *job, const struct kbtf_plan_file *file,
		   struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_subject subject;
	size_t size;
	int err;

	record->result.verdict = KBTF_REFUSED; /* until it is judged */
	if (file->broken) {
		*reterr = *file->broken;
		return reterr->err;
	}
	if (job->opts.command == KBTF_JOB_ENCODE)
		return kbtf_op_encode(job, file, record, reterr);
	err = kbtf_subject_init(&subject, file->path, reterr);
	if (err)
		return err;
	kbtf_file_bytes(subject.file, &size);
	record->result.file_bytes_before = size;
	record->result.btf_bytes_before =
		subject.btf.size + subject.base.size + subject.embedded.size;
	if (!subject.btf.data)
		err = without_btf(job, record, reterr);
	else
		err = operations[job->opts.command](job, &subject, file, record, reterr);
	kbtf_subject_deinit(&subject);
	return err;
}

static void add_up(struct kbtf_job_summary *sum, const struct kbtf_job_result *r)
{
	sum->nr_files++;
	sum->nr_outcomes[r->outcome]++;
	sum->nr_verdicts[r->verdict]++;
	if (r->signature && !strcmp(r->signature, "dropped"))
		sum->nr_unsigned++;
	sum->nr_types += r->nr_types;
	sum->nr_types_after += r->nr_types_after;
	sum->nr_base_types += r->nr_base_types;
	sum->btf_bytes_before += r->btf_bytes_before;
	sum->btf_bytes_after += r->btf_bytes_after;
	sum->base_bytes += r->base_bytes;
	sum->embedded_bytes += r->embedded_bytes;
	sum->file_bytes_before += r->file_bytes_before;
	sum->file_bytes_after += r->file_bytes_after;
}

/* The file is finished: tell of it, and of those that waited for it. */
static void deliver(struct run *run, size_t i)
{
	const struct kbtf_job_opts *opts = &run->job->opts;

	pthread_mutex_lock(&run->lock);
	run->is_done[i] = true;
	run->nr_done++;
	for (; run->next_to_tell < run->job->plan.nr && run->is_done[run->next_to_tell];
	     run->next_to_tell++) {
		struct kbtf_record *record = &run->records[run->next_to_tell];

		add_up(run->summary, &record->result);
		if (opts->result)
			opts->result(opts->ctx, &record->result);
		kbtf_record_deinit(record);
	}
	if (opts->progress)
		opts->progress(opts->ctx, run->nr_done, run->job->plan.nr);
	pthread_mutex_unlock(&run->lock);
}

static void work(void *ctx, unsigned int thread, size_t i)
{
	struct run *run = ctx;
	const struct kbtf_plan_file *file = &run->job->plan.files[i];
	struct kbtf_record *record = &run->records[i];
	double started = now();
	struct kbtf_diag why;

	(void)thread;
	kbtf_record_init(record, file->path);
	if (work_on(run->job, file, record, &why))
		kbtf_record_fail(record, &why);
	kbtf_record_finish(record);
	record->result.seconds = now() - started;
	deliver(run, i);
}

static bool relocates(const struct kbtf_job_opts *opts)
{
	return opts->command == KBTF_JOB_RELOCATE || opts->command == KBTF_JOB_CHECK ||
	       opts->command == KBTF_JOB_STANDALONE || /* of distilled modules */
	       (opts->command == KBTF_JOB_VERIFY && opts->profile == KBTF_PROFILE_MODULE);
}

/* Open the kernels, once for all files. */
static int load_kernels(struct kbtf_job *job, struct kbtf_diag *reterr)
{
	int err = 0;

	if (job->has_kernel && !job->kernel.btf)
		err = kbtf_kernel_load(&job->kernel, reterr);
	if (!err && job->has_kernel && relocates(&job->opts))
		err = kbtf_kernel_make_target(&job->kernel, reterr);
	if (!err && job->has_old_kernel && !job->old_kernel.btf)
		err = kbtf_kernel_load(&job->old_kernel, reterr);
	if (!err && job->has_old_kernel)
		err = kbtf_kernel_make_target(&job->old_kernel, reterr);
	return err;
}

int kbtf_job_run(struct kbtf_job *job, struct kbtf_job_summary *ret, struct kbtf_diag *reterr)
{
	unsigned int nr_threads = job->opts.nr_threads ? job->opts.nr_threads : kbtf_nr_cpus();
	struct run run = { .job = job, .summary = ret };
	double started = now();
	int err;

	memset(ret, 0, sizeof(*ret));
	err = load_kernels(job, reterr);
	if (err)
		return err;
	run.records = kbtf_alloc_array(job->plan.nr, sizeof(*run.records));
	run.is_done = kbtf_zalloc_array(job->plan.nr, sizeof(*run.is_done));
	if (!run.records || !run.is_done) {
		err = kbtf_fail_nomem(reterr);
		goto out;
	}
	pthread_mutex_init(&run.lock, NULL);
	kbtf_parallel(nr_threads, job->plan.nr, work, &run);
	pthread_mutex_destroy(&run.lock);
	ret->seconds = now() - started;
out:
	free(run.records);
	free(run.is_done);
	return err;
}

bool kbtf_job_all_well(const struct kbtf_job_summary *summary)
{
	return !summary->nr_outcomes[KBTF_OUT_CANNOT_TELL] &&
	       !summary->nr_outcomes[KBTF_OUT_REFUSED] && !summary->nr_outcomes[KBTF_OUT_FAILED];
}
