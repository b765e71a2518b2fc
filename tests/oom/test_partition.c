// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Taking a kernel's file apart with its first allocation failing, then its second, and so
 * on:
 *
 *   test_oom_partition MAKE_INPUT
 *
 * MAKE_INPUT is the program that makes the kernels. However it ends, a file that was written is
 * what it is when nothing fails, and all memory is freed.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kbtf/partition.h>

#include "allocfail.h"

static const char *make_input;
static char top[] = "/tmp/kbtf-test-oom-XXXXXX";

static int swallow(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

static int report(const struct kbtf_partition_report *made)
{
	struct kbtf_partition_json *json;
	int err = kbtf_partition_json_new(swallow, NULL, &json);

	if (err)
		return err;
	kbtf_partition_json_file(json, made);
	return kbtf_partition_json_finish(json);
}

static int run(const char *path, const char *output, struct kbtf_diag *diag)
{
	const struct kbtf_partition_opts opts = {
		.flags = KBTF_PARTITION_MEASURE,
		.nr_threads = 1,
		.path = path,
		.output = output,
		.policy = KBTF_PARTITION_CLOSURE,
	};
	struct kbtf_partition_report made;
	int err = kbtf_partition_file(&opts, &made, diag);

	if (!err)
		err = report(&made);
	kbtf_partition_report_deinit(&made);
	return err;
}

/* Files that there are in "made" are those of "whole". */
static void assert_part_of_whole(void)
{
	assert_int_equal(system("[ ! -e made ] || for f in made/*; do [ ! -e \"$f\" ] || "
				"cmp -s \"$f\" \"whole/${f#made/}\" || exit 1; done"),
			 0);
	assert_int_equal(system("rm -rf made"), 0);
}

static void fail_each(const char *path, const char *output)
{
	struct allocfail_each each = { 0 };
	struct kbtf_diag diag;

	while (allocfail_next(&each)) {
		allocfail_done(&each, run(path, output, &diag));
		if (output)
			assert_part_of_whole();
	}
	assert_true(each.nth > 20);
}

static void test_symbols(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	assert_ok(run("vmlinux", "whole", &diag), &diag);
	fail_each("vmlinux", "made");
	fail_each("vmlinux.linked", "made");
}

static void test_words(void **state)
{
	(void)state;
	fail_each("vmlinux.stripped", NULL);
	fail_each("Image", NULL);
}

static int make_inputs(void **state)
{
	char command[4096];

	(void)state;
	if (!mkdtemp(top) || chdir(top))
		return -1;
	snprintf(command, sizeof(command), "%s . >/dev/null", make_input);
	return system(command);
}

static int remove_inputs(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", top);
	return chdir("/") || system(command);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_words),
	};

	if (argc != 2)
		return 2;
	make_input = argv[1];
	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
