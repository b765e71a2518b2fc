// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Running a job from a program: order of results, progress, what callbacks are told. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kbtf/job.h>

#include "raw.h"

#define NR_FILES 40u

struct heard {
	size_t nr_results, nr_progress, last_done;
	char order[NR_FILES][32];
	enum kbtf_outcome outcomes[NR_FILES];
};

static char folder[] = "/tmp/kbtf-test-job-XXXXXX";

static void on_result(void *ctx, const struct kbtf_job_result *result)
{
	struct heard *heard = ctx;

	assert_true(heard->nr_results < NR_FILES);
	snprintf(heard->order[heard->nr_results], sizeof(heard->order[0]), "%s",
		 strrchr(result->path, '/') + 1);
	heard->outcomes[heard->nr_results++] = result->outcome;
	assert_true(result->outcome == KBTF_OUT_DONE ? !result->why : result->why != NULL);
	if (result->why)
		assert_true(result->nr_findings == 1);
}

static void on_progress(void *ctx, size_t nr_done, size_t nr_files)
{
	struct heard *heard = ctx;

	assert_int_equal(nr_files, NR_FILES);
	assert_int_equal(nr_done, heard->last_done + 1);
	heard->last_done = nr_done;
	heard->nr_progress++;
}

static void file_name(char *ret, size_t size, unsigned int i)
{
	snprintf(ret, size, "%s/%02u.btf", folder, i);
}

/* BTF files; every third is cut short. The first ones are large, so that later ones overtake. */
static int make_files(void **state)
{
	unsigned int i, k;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (i = 0; i < NR_FILES; i++) {
		char path[64];
		struct raw r;
		void *bytes;
		size_t size;
		FILE *f;

		raw_init(&r, 0);
		for (k = 0; k < (i < 4 ? 2000 : 1); k++)
			raw_type(&r, KBTF_PTR, 0, 0, 0, 0);
		bytes = raw_finish(&r, &size);
		file_name(path, sizeof(path), i);
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(bytes, 1, i % 3 ? size : size - 3, f);
		fclose(f);
		free(bytes);
		raw_deinit(&r);
	}
	return 0;
}

static int remove_files(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < NR_FILES; i++) {
		char path[64];

		file_name(path, sizeof(path), i);
		unlink(path);
	}
	rmdir(folder);
	return 0;
}

static void run(unsigned int nr_threads)
{
	char paths[NR_FILES][64];
	const char *inputs[NR_FILES];
	struct heard heard = { 0 };
	struct kbtf_job_opts opts = {
		.command = KBTF_JOB_VERIFY,
		.nr_threads = nr_threads,
		.inputs = inputs,
		.nr_inputs = NR_FILES,
		.result = on_result,
		.progress = on_progress,
		.ctx = &heard,
	};
	struct kbtf_job_summary summary;
	struct kbtf_diag diag;
	struct kbtf_job *job;
	unsigned int i;

	for (i = 0; i < NR_FILES; i++) {
		file_name(paths[i], sizeof(paths[i]), i);
		inputs[i] = paths[i];
	}
	assert_ok(kbtf_job_new(&opts, &job, &diag), &diag);
	assert_null(kbtf_job_kernel(job));
	assert_int_equal(kbtf_job_nr_files(job), NR_FILES);
	assert_ok(kbtf_job_run(job, &summary, &diag), &diag);
	assert_int_equal(heard.nr_results, NR_FILES);
	assert_int_equal(heard.nr_progress, NR_FILES);
	for (i = 0; i < NR_FILES; i++) {
		assert_string_equal(heard.order[i], strrchr(paths[i], '/') + 1);
		assert_int_equal(heard.outcomes[i], i % 3 ? KBTF_OUT_DONE : KBTF_OUT_REFUSED);
	}
	assert_int_equal(summary.nr_files, NR_FILES);
	assert_int_equal(summary.nr_outcomes[KBTF_OUT_REFUSED], 14);
	assert_int_equal(summary.nr_outcomes[KBTF_OUT_DONE], NR_FILES - 14);
	assert_false(kbtf_job_all_well(&summary));
	kbtf_job_free(job);
}

static void test_one_thread(void **state)
{
	(void)state;
	run(1);
}

static void test_many_threads(void **state)
{
	(void)state;
	run(7);
	run(100);
}

/* Nothing has to be listened to, and NULL may be freed. */
static void test_silence(void **state)
{
	const char *const inputs[] = { "/nonexistent.btf" };
	struct kbtf_job_opts opts = { .command = KBTF_JOB_VERIFY,
				      .inputs = inputs,
				      .nr_inputs = 1 };
	struct kbtf_job_summary summary;
	struct kbtf_job *job;

	(void)state;
	assert_int_equal(kbtf_job_new(&opts, &job, NULL), 0);
	assert_int_equal(kbtf_job_run(job, &summary, NULL), 0);
	assert_int_equal(summary.nr_outcomes[KBTF_OUT_FAILED], 1);
	kbtf_job_free(job);
	kbtf_job_free(NULL);
	opts.command = KBTF_JOB_DISTILL;
	assert_int_equal(kbtf_job_new(&opts, &job, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_thread),
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
