// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Diffs with their first allocation failing, then their second, and so on:
 *
 *   test_oom_diff MAKE_INPUT
 *
 * A diff fails with -ENOMEM, or tells what it tells when nothing fails, and all memory is
 * freed. MAKE_INPUT is the program that makes files to work on.
 */
#define _GNU_SOURCE
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kbtf/diff.h>
#include <kbtf/inspect.h>
#include <kbtf/text.h>

#include "allocfail.h"
#include "gen.h"

static const char *make_input;
static char top[] = "/tmp/kbtf-test-oom-XXXXXX";

/* What was printed, as a number: keeping it would allocate. */
static uint64_t printed;

static int add_up(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	while (n--)
		printed = (printed ^ (unsigned char)*text++) * 1099511628211u;
	return 0;
}

typedef int op_fn(const void *input, struct kbtf_diag *diag);

static void fail_each(op_fn *op, const void *input, unsigned long least)
{
	uint64_t wanted;
	struct kbtf_diag diag;
	struct allocfail_each each = { 0 };

	printed = 0;
	assert_ok(op(input, &diag), &diag);
	wanted = printed;
	while (allocfail_next(&each)) {
		int err;

		diag = (struct kbtf_diag){ .text = "untouched" };
		printed = 0;
		err = op(input, &diag);
		allocfail_done(&each, err);
		if (!err)
			assert_true(printed == wanted);
		else if (strcmp(diag.text, "untouched") && strcmp(diag.reason, "write"))
			assert_string_equal(diag.text, "out of memory");
	}
	assert_true(each.nth > least);
}

/* ---- In memory ---- */

struct pair {
	struct kbtf *old, *new, *split;
};

static int op_diff(const void *input, struct kbtf_diag *diag)
{
	const struct pair *p = input;
	struct kbtf_diff *diff;
	int err = kbtf_diff_new(p->old, p->new, NULL, &diff, diag);

	if (err)
		return err;
	err = kbtf_diff_text(diff, 0, add_up, NULL);
	if (!err)
		err = kbtf_diff_json(diff, add_up, NULL);
	kbtf_diff_free(diff);
	return err;
}

static int op_used(const void *input, struct kbtf_diag *diag)
{
	const struct pair *p = input;
	struct kbtf_diff_opts opts = { 0 };
	struct kbtf_diff *diff;
	struct kbtf_used *used;
	int err = kbtf_used_new(p->old, &used);

	if (err)
		return err;
	err = kbtf_used_add(used, p->split);
	if (!err)
		err = kbtf_used_add_symbol(used, "n1");
	opts.used = used;
	if (!err)
		err = kbtf_diff_new(p->old, p->new, &opts, &diff, diag);
	if (!err) {
		printed += kbtf_diff_nr_types(diff);
		kbtf_diff_free(diff);
	}
	kbtf_used_free(used);
	return err;
}

static int op_split(const void *input, struct kbtf_diag *diag)
{
	const struct pair *p = input;
	struct kbtf_diff *diff;
	int err = kbtf_diff_new(p->split, p->new, NULL, &diff, diag);

	if (err)
		return err;
	err = kbtf_diff_text(diff, KBTF_DIFF_ALL_MOVES, add_up, NULL);
	kbtf_diff_free(diff);
	return err;
}

static int op_json(const void *input, struct kbtf_diag *diag)
{
	const struct pair *p = input;

	(void)diag;
	return kbtf_text_json(p->split, NULL, 0, add_up, NULL);
}

static void test_in_memory(void **state)
{
	const struct gen_opts opts = { .nr_types = 150, .nr_names = 60, .tame = true };
	const struct gen_opts split_opts = { .nr_types = 80, .nr_names = 60, .tame = true };
	struct rng rng = { .state = 4 };
	struct pair p;
	struct raw r;

	(void)state;
	gen_btf(&rng, NULL, &opts, &r);
	p.old = opened(&r, NULL, "old");
	gen_changed(&rng, p.old, 40, &r);
	p.new = opened(&r, NULL, "new");
	gen_btf(&rng, p.old, &split_opts, &r);
	p.split = opened(&r, p.old, "split");
	fail_each(op_diff, &p, 30);
	fail_each(op_used, &p, 10);
	fail_each(op_split, &p, 30);
	fail_each(op_json, &p, 1);
	kbtf_free(p.split);
	kbtf_free(p.new);
	kbtf_free(p.old);
}

/* ---- Files ---- */

static int op_files(const void *input, struct kbtf_diag *diag)
{
	bool differ;

	return kbtf_diff_files(input, add_up, NULL, &differ, diag);
}

static void test_files(void **state)
{
	static const char *const names[] = { "sock" }, *const modules[] = { "modules" };
	const struct kbtf_diff_files_opts calls[] = {
		{ .old_name = "old.btf", .new_name = "root/boot/vmlinux-6.0.0-new" },
		{ .old_name = "old.btf",
		  .new_name = "new.btf",
		  .modules = modules,
		  .nr_modules = 1,
		  .format = KBTF_DIFF_JSON },
		{ .old_name = "old.btf", .new_name = "new.btf", .names = names, .nr_names = 1 },
		{ .old_name = "modules/fits.ko",
		  .new_name = "modules/net/drifts.ko",
		  .base = "old.btf" },
		{ .old_name = "modules/fits.ko",
		  .new_name = "modules/ids.ko",
		  .old_base = "old.btf",
		  .base = "root/boot/vmlinux-6.0.0-old" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		fail_each(op_files, &calls[i], 10);
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
	char command[4096];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return chdir("/") || system(command);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_memory),
		cmocka_unit_test(test_files),
	};

	if (argc != 2)
		return 2;
	make_input = argv[1];
	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
