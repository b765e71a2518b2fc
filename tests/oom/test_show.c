// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Finding types with the first allocation failing, then the second, and so on:
 *
 *   test_oom_show MAKE_INPUT
 *
 * MAKE_INPUT is the program that makes a kernel to look into. A search finds what it finds
 * when nothing fails, or says that there was no memory; all memory is freed. The clock is
 * ahead, so that an index of files that were just made is kept.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <kbtf/show.h>

#include "allocfail.h"

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int err = __real_clock_gettime(clock, ret);

	ret->tv_sec += 10;
	return err;
}

static const char *make_input;
static char top[] = "/tmp/kbtf-test-oom-show-XXXXXX";

static int swallow(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

struct counter {
	struct kbtf_show_json *json;
	size_t nr_found, nr_modules;
};

static int on_match(void *ctx, const struct kbtf_show_match *match)
{
	struct counter *counter = ctx;

	counter->nr_found++;
	counter->nr_modules += match->nr_modules;
	return kbtf_show_json_found(counter->json, match);
}

static int search(struct kbtf_show *show, struct counter *counter, struct kbtf_diag *diag)
{
	int err, finish_err;

	err = kbtf_show_json_new(swallow, NULL, &counter->json);
	if (err)
		return err;
	err = kbtf_show_find(show, "*", on_match, counter, diag);
	if (!err) {
		err = kbtf_show_find(show, "devise", on_match, counter, diag);
		if (err == -ENOENT) {
			kbtf_show_json_missing(counter->json, "devise", diag);
			err = 0;
		}
	}
	finish_err = kbtf_show_json_finish(counter->json);
	return err ? err : finish_err;
}

static int run(unsigned int flags, struct counter *counter, struct kbtf_diag *diag)
{
	const char *const modules[] = { "modules", "root/lib/modules" };
	const struct kbtf_show_opts opts = { .flags = flags,
					     .nr_threads = 1,
					     .base = "old.btf",
					     .modules = modules,
					     .nr_modules = 2 };
	struct kbtf_show *show;
	int err = kbtf_show_new(&opts, &show, diag);

	*counter = (struct counter){ 0 };
	if (err)
		return err;
	err = search(show, counter, diag);
	kbtf_show_free(show);
	return err;
}

static void fail_each(unsigned int flags, bool forget)
{
	struct counter whole, part;
	struct kbtf_diag diag;
	struct allocfail_each each = { 0 };

	assert_int_equal(run(flags, &whole, &diag), 0);
	assert_true(whole.nr_found > 10 && whole.nr_modules > whole.nr_found);
	while (allocfail_next(&each)) {
		int err;

		if (forget)
			assert_int_equal(system("rm -f .cache/kbtf/show/*"), 0);
		err = run(flags, &part, &diag);
		allocfail_done(&each, err);
		if (!err) {
			assert_int_equal(part.nr_found, whole.nr_found);
			assert_int_equal(part.nr_modules, whole.nr_modules);
		}
	}
	assert_true(each.nth > 20);
}

static void test_no_cache(void **state)
{
	(void)state;
	fail_each(KBTF_SHOW_NO_CACHE, false);
}

static void test_make_cache(void **state)
{
	(void)state;
	fail_each(0, true);
}

static void test_cached(void **state)
{
	(void)state;
	fail_each(0, false);
	fail_each(KBTF_SHOW_ONLY_CACHE, false);
}

static int make_inputs(void **state)
{
	char command[4096];

	(void)state;
	if (!mkdtemp(top) || chdir(top))
		return -1;
	unsetenv("XDG_CACHE_HOME");
	setenv("HOME", top, 1);
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
		cmocka_unit_test(test_no_cache),
		cmocka_unit_test(test_make_cache),
		cmocka_unit_test(test_cached),
	};

	if (argc != 2)
		return 2;
	make_input = argv[1];
	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
