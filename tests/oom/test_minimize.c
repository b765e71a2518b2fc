// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Minimising files with the first allocation failing, then the second, and so on:
 *
 *   test_oom_minimize MAKE_INPUT MAKE_PROGRAM
 *
 * which are the programs that make kernels, modules and BPF objects. A job says that there was
 * no memory, or that a kernel or a module was lost to that, or does what it does when nothing
 * fails; what it wrote is what it writes then; and all memory is freed.
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

#include <kbtf/minimize.h>

#include "allocfail.h"

static const char *make_input, *make_program;
static char top[] = "/tmp/kbtf-test-oom-minimize-XXXXXX";

/* ---- Files -------------------------------------------------------------- */

/* Every file below "out" is the same as in "wanted". */
static int compare_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char wanted[4096];
	FILE *a, *b;
	int c;

	(void)st;
	(void)ftw;
	if (type != FTW_F)
		return 0;
	snprintf(wanted, sizeof(wanted), "wanted%s", path + strlen("out"));
	a = fopen(path, "r");
	b = fopen(wanted, "r");
	assert_non_null(a);
	assert_non_null(b);
	do {
		c = getc(a);
		assert_int_equal(c, getc(b));
	} while (c != EOF);
	fclose(a);
	fclose(b);
	return 0;
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

struct heard {
	struct kbtf_minimize_json *json;
	size_t nr_starved; /* kernels and modules that there was no memory for */
};

static int swallow(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

static void on_result(void *ctx, const struct kbtf_minimize_result *result)
{
	struct heard *heard = ctx;
	size_t i;

	if (result->why && result->why->err == -ENOMEM) {
		assert_string_equal(result->why->text, "out of memory");
		assert_true(result->outcome == KBTF_OUT_FAILED);
		heard->nr_starved++;
	}
	for (i = 0; i < result->nr_findings; i++)
		heard->nr_starved += result->findings[i].err == -ENOMEM;
	kbtf_minimize_json_result(heard->json, result);
}

/* The job as `kbtf --json` runs it. Returns what failed as a whole, or 0. */
static int run(const struct kbtf_minimize_job_opts *spec, const char *output, struct heard *heard,
	       struct kbtf_minimize_summary *summary, struct kbtf_diag *diag)
{
	struct kbtf_minimize_job_opts opts = *spec;
	int err, finish_err;

	opts.nr_threads = 1;
	opts.output = output;
	opts.result = on_result;
	opts.ctx = heard;
	err = kbtf_minimize_json_new(swallow, NULL, &heard->json);
	if (err)
		return err;
	err = kbtf_minimize_files(&opts, summary, diag);
	finish_err = kbtf_minimize_json_finish(heard->json, summary, err ? diag : NULL);
	return err ? err : finish_err;
}

static void fail_each(const struct kbtf_minimize_job_opts *spec)
{
	struct kbtf_minimize_summary whole, part;
	struct heard heard = { 0 };
	struct kbtf_diag diag;
	struct allocfail_each each = { 0 };

	assert_int_equal(run(spec, "wanted", &heard, &whole, &diag), 0);
	assert_int_equal(heard.nr_starved, 0);
	assert_int_equal(access("wanted", F_OK), 0);
	while (allocfail_next(&each)) {
		int err;

		diag.err = 0;
		heard = (struct heard){ 0 };
		err = run(spec, "out", &heard, &part, &diag);
		allocfail_done(&each, err);
		if (diag.err == -ENOMEM)
			assert_string_equal(diag.text, "out of memory");
		if (!err && !heard.nr_starved) {
			assert_int_equal(part.nr_types, whole.nr_types);
			assert_memory_equal(part.nr_outcomes, whole.nr_outcomes,
					    sizeof(part.nr_outcomes));
			assert_memory_equal(part.nr_record_outcomes, whole.nr_record_outcomes,
					    sizeof(part.nr_record_outcomes));
		}
		/* A module that was not read is not there, and its types are kept by none. */
		if (!heard.nr_starved)
			nftw("out", compare_file, 8, FTW_PHYS);
		remove_tree("out");
	}
	assert_true(each.nth > 20);
	remove_tree("wanted");
}

static const char *const programs[] = { "prog.bpf.o", "lib.a", "sock.skel.h" };
static const char *const modules[] = { "modules", "made" };

static void test_one_object(void **state)
{
	const struct kbtf_minimize_job_opts spec = { .programs = programs,
						     .nr_programs = 1,
						     .base = "old.btf" };

	(void)state;
	fail_each(&spec);
}

static void test_modules(void **state)
{
	struct kbtf_minimize_job_opts spec = { .programs = programs,
					       .nr_programs = 3,
					       .modules = modules,
					       .nr_modules = 2,
					       .base = "old.btf",
					       .flags = KBTF_MINJOB_EXPLAIN | KBTF_MINJOB_MISSING };

	(void)state;
	fail_each(&spec);
	spec.flags |= KBTF_MINJOB_MERGED;
	fail_each(&spec);
}

static void test_kernels(void **state)
{
	struct kbtf_minimize_job_opts spec = { .programs = programs,
					       .nr_programs = 1,
					       .kernels = "all",
					       .flags = KBTF_MINJOB_MODULES };

	(void)state;
	fail_each(&spec);
	spec.programs = programs + 1;
	spec.flags = KBTF_MINJOB_EACH | KBTF_MINJOB_ARCHIVE;
	fail_each(&spec);
}

static void test_as_bpftool(void **state)
{
	static const char *const module[] = { "fits.ko" };
	const struct kbtf_minimize_job_opts spec = { .programs = programs,
						     .nr_programs = 1,
						     .modules = module,
						     .nr_modules = 1,
						     .base = "old.btf",
						     .flags = KBTF_MINJOB_KEEP_BASE |
							      KBTF_MINJOB_STOP_AT_REFUSED };

	(void)state;
	fail_each(&spec);
}

static void test_refs(void **state)
{
	struct kbtf_minimize_job_opts spec = {
		.modules = modules, .nr_modules = 2, .base = "old.btf", .flags = KBTF_MINJOB_REFS
	};

	(void)state;
	fail_each(&spec);
	spec.flags |= KBTF_MINJOB_NAMES;
	fail_each(&spec);
}

/* What a test that failed left must not fail the next. */
static int remove_outputs(void **state)
{
	(void)state;
	remove_tree("out");
	remove_tree("wanted");
	return 0;
}

static int make_inputs(void **state)
{
	char command[8192];

	(void)state;
	if (!mkdtemp(top) || chdir(top))
		return -1;
	snprintf(command, sizeof(command),
		 "exec >/dev/null && %s . && %s . && ar rcs lib.a prog.bpf.o sock.bpf.o && "
		 "mkdir made all && cp modules/ids.ko made/again.ko && "
		 "mkdir all/debian && cp old.btf new.btf all/debian && "
		 "cp -r root all/installed",
		 make_input, make_program);
	if (system(command))
		return -1;
	return rename("modules/fits.ko", "fits.ko") || symlink("../fits.ko", "made/fits.ko");
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
		cmocka_unit_test_teardown(test_one_object, remove_outputs),
		cmocka_unit_test_teardown(test_modules, remove_outputs),
		cmocka_unit_test_teardown(test_kernels, remove_outputs),
		cmocka_unit_test_teardown(test_as_bpftool, remove_outputs),
		cmocka_unit_test_teardown(test_refs, remove_outputs),
	};

	if (argc != 3)
		return 2;
	make_input = argv[1];
	make_program = argv[2];
	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
