// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Where what is made of a file goes. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"

static void assert_raw_name(const char *path, const char *expected)
{
	char *name = kbtf_plan_raw_name(path, ".base.btf");

	assert_string_equal(name, expected);
	free(name);
}

static void test_raw_names(void **state)
{
	(void)state;
	assert_raw_name("a/x.ko", "a/x.base.btf");
	assert_raw_name("x.ko.gz", "x.base.btf");
	assert_raw_name("x.ko.xz", "x.base.btf");
	assert_raw_name("x.ko.zst", "x.base.btf");
	assert_raw_name("x.btf", "x.base.btf");
	assert_raw_name("x.ko.lz4", "x.ko.lz4.base.btf");
	assert_raw_name("vmlinux-6.12", "vmlinux-6.12.base.btf");
	assert_raw_name(".ko", ".ko.base.btf");
	assert_raw_name("", ".base.btf");
}

/* An input that is not there is planned all the same, and says why it is broken. */
static void test_missing_input(void **state)
{
	const struct kbtf_job_opts opts = { .command = KBTF_JOB_CHECK };
	const char *const inputs[] = { "/nonexistent/a.ko", "/nonexistent/b.ko" };
	struct kbtf_plan plan;
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_plan_make(&opts, inputs, 2, &plan, &diag), &diag);
	assert_int_equal(plan.nr, 2);
	assert_string_equal(plan.files[1].path, "/nonexistent/b.ko");
	assert_null(plan.files[1].output);
	assert_non_null(plan.files[1].broken);
	kbtf_plan_deinit(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw_names),
		cmocka_unit_test(test_missing_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
