// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whole jobs with their first allocation failing, then their second, and so on:
 *
 *   test_oom_job MAKE_INPUT
 *
 * MAKE_INPUT is the program that makes modules to work on. However a job ends,
 * what it wrote is what it writes when nothing fails, its inputs are as they were,
 * and all memory is freed. Allocations inside shared libraries do not fail here.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kbtf/job.h>

#include "allocfail.h"

static const char *make_input;
static char top[] = "/tmp/kbtf-test-oom-XXXXXX";

/* ---- Files -------------------------------------------------------------- */

static uint64_t tree_sum; /* of what add_file() has met */
static const char *wanted_tree;
static size_t top_len;

static uint64_t sum_of_file(const char *path)
{
	uint64_t sum = 14695981039346656037u;
	FILE *f = fopen(path, "r");
	int c;

	if (!f)
		return 0;
	while ((c = getc(f)) != EOF)
		sum = (sum ^ (unsigned int)c) * 1099511628211u;
	fclose(f);
	return sum;
}

static int add_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F)
		tree_sum += sum_of_file(path);
	return 0;
}

static uint64_t sum_of_tree(const char *tree)
{
	tree_sum = 0;
	nftw(tree, add_file, 8, FTW_PHYS);
	return tree_sum;
}

static uint64_t sum_of_inputs(void)
{
	return sum_of_tree("modules") + sum_of_tree("distilled") + sum_of_tree("bare");
}

/* Every file that is there is the one that is wanted there. */
static int compare_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char wanted[4096];

	(void)st;
	(void)ftw;
	if (type != FTW_F)
		return 0;
	snprintf(wanted, sizeof(wanted), "%s%s", wanted_tree, path + top_len);
	assert_int_equal(access(wanted, F_OK), 0);
	assert_true(sum_of_file(path) == sum_of_file(wanted));
	return 0;
}

static void compare_trees(const char *tree, const char *wanted)
{
	wanted_tree = wanted;
	top_len = strlen(tree);
	nftw(tree, compare_file, 8, FTW_PHYS);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *tree)
{
	nftw(tree, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- Jobs --------------------------------------------------------------- */

struct spec {
	enum kbtf_job_command command;
	const char *input, *base, *old_base;
	unsigned int flags;
	bool writes;
};

struct heard {
	struct kbtf_json *json;
	size_t nr_starved; /* files that ran out of memory */
};

static int swallow(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

static void on_result(void *ctx, const struct kbtf_job_result *result)
{
	struct heard *heard = ctx;

	if (result->why && result->why->err == -ENOMEM) {
		assert_string_equal(result->why->text, "out of memory");
		assert_true(result->outcome == KBTF_OUT_FAILED);
		heard->nr_starved++;
	}
	kbtf_json_result(heard->json, result);
}

/* The job as `kbtf --json` runs it. Returns what failed as a whole, or 0. */
static int run(const struct spec *spec, const char *output, struct heard *heard,
	       struct kbtf_job_summary *summary, struct kbtf_diag *diag)
{
	struct kbtf_job_opts opts = {
		.command = spec->command,
		.flags = spec->flags,
		.nr_threads = 1,
		.inputs = &spec->input,
		.nr_inputs = 1,
		.base = spec->base,
		.old_base = spec->old_base,
		.output = spec->writes ? output : NULL,
		.profile = KBTF_PROFILE_MODULE,
		.result = on_result,
		.ctx = heard,
	};
	struct kbtf_job *job;
	int err = kbtf_job_new(&opts, &job, diag);

	if (err)
		return err;
	err = kbtf_json_new(job, swallow, NULL, &heard->json);
	if (!err) {
		err = kbtf_job_run(job, summary, diag);
		if (err)
			kbtf_json_fail(heard->json, diag);
		else
			err = kbtf_json_finish(heard->json, summary);
	}
	kbtf_job_free(job);
	return err;
}

static void fail_each(const struct spec *spec)
{
	uint64_t inputs = sum_of_inputs();
	struct kbtf_job_summary whole = { 0 }, part;
	struct heard heard = { 0 };
	struct kbtf_diag diag;
	struct allocfail_each each = { 0 };

	assert_int_equal(run(spec, "wanted", &heard, &whole, &diag), 0);
	assert_int_equal(heard.nr_starved, 0);
	while (allocfail_next(&each)) {
		int err;

		diag.err = 0;
		heard = (struct heard){ 0 };
		err = run(spec, "out", &heard, &part, &diag);
		allocfail_done(&each, err);
		if (diag.err == -ENOMEM)
			assert_string_equal(diag.text, "out of memory");
		if (!err)
			assert_int_equal(part.nr_files, whole.nr_files);
		if (!err && !heard.nr_starved)
			assert_memory_equal(part.nr_outcomes, whole.nr_outcomes,
					    sizeof(part.nr_outcomes));
		compare_trees("out", "wanted");
		remove_tree("out");
		assert_true(sum_of_inputs() == inputs);
	}
	assert_true(each.nth > 20);
	remove_tree("wanted");
}

static void test_distill(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_DISTILL, "modules", "old.btf", NULL, 0, true });
}

static void test_distill_raw(void **state)
{
	(void)state;
	fail_each(
		&(struct spec){ KBTF_JOB_DISTILL, "modules", "old.btf", NULL, KBTF_JOB_RAW, true });
}

static void test_relocate(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_RELOCATE, "distilled", "new.btf", NULL, 0, true });
}

static void test_relocate_by_the_old_base(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_RELOCATE, "modules", "new.btf", "old.btf",
				  KBTF_JOB_STRICT, true });
}

static void test_check(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_CHECK, "distilled", "new.btf", NULL, 0, false });
}

static void test_verify(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_VERIFY, "modules", "old.btf", NULL, 0, false });
}

static void test_extract(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_EXTRACT, "distilled", NULL, NULL, 0, true });
}

static void test_standalone(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "modules", "old.btf", NULL, 0, true });
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "modules", "old.btf", NULL,
				  KBTF_JOB_BARE | KBTF_JOB_NAMES, true });
}

static void test_standalone_of_distilled(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "distilled", "old.btf", NULL, 0, true });
}

/* BTF that stands alone, which every job has to tell from split BTF, and not to take for it. */
static void test_on_standalone(void **state)
{
	(void)state;
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "bare", "old.btf", NULL, 0, true });
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "bare", "old.btf", NULL, KBTF_JOB_BARE,
				  true });
	fail_each(&(struct spec){ KBTF_JOB_STANDALONE, "bare", "new.btf", NULL, KBTF_JOB_TO_SPLIT,
				  true });
	fail_each(&(struct spec){ KBTF_JOB_RELOCATE, "bare", "new.btf", NULL, 0, true });
	fail_each(&(struct spec){ KBTF_JOB_DISTILL, "bare", "old.btf", NULL, 0, true });
	fail_each(&(struct spec){ KBTF_JOB_CHECK, "bare", "old.btf", "old.btf", 0, false });
	fail_each(&(struct spec){ KBTF_JOB_VERIFY, "bare", "old.btf", NULL, 0, false });
}

static int make_inputs(void **state)
{
	struct kbtf_job_summary summary;
	struct heard heard = { 0 };
	struct kbtf_diag diag;
	char command[4096];

	(void)state;
	if (!mkdtemp(top) || chdir(top))
		return -1;
	snprintf(command, sizeof(command), "%s . >/dev/null", make_input);
	if (system(command) || run(&(struct spec){ KBTF_JOB_STANDALONE, "modules", "old.btf", NULL,
						   KBTF_JOB_BARE, true },
				   "bare", &heard, &summary, &diag))
		return -1;
	return run(&(struct spec){ KBTF_JOB_DISTILL, "modules", "old.btf", NULL, 0, true },
		   "distilled", &heard, &summary, &diag);
}

static int remove_inputs(void **state)
{
	(void)state;
	if (chdir("/"))
		return -1;
	remove_tree(top);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distill),
		cmocka_unit_test(test_distill_raw),
		cmocka_unit_test(test_relocate),
		cmocka_unit_test(test_relocate_by_the_old_base),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_extract),
		cmocka_unit_test(test_standalone),
		cmocka_unit_test(test_standalone_of_distilled),
		cmocka_unit_test(test_on_standalone),
	};

	if (argc != 2)
		return 2;
	make_input = argv[1];
	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
