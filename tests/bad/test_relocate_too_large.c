// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A module and a kernel that together have more strings or types than there are
 * offsets and ids. Real ones take more memory than tests have, so the kernel only
 * says that it has so many.
 */
#include "made.h"

#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

#include "view.h"

static void check_too_large(uint32_t nr_types, uint32_t str_end)
{
	struct kbtf *base = typed("int int 4 1", NULL, "base");
	struct kbtf *split = typed("typedef t 1", base, "mod.ko");
	struct kbtf *kernel = typed("int int 4 1", NULL, "vmlinux"), *ret = NULL;
	struct kbtf_target *target;
	struct kbtf_diag diag;
	const uint32_t nr_real = kernel->nr_types;

	assert_int_equal(kbtf_target_new(kernel, &target), 0);
	kernel->nr_types = nr_types;
	kernel->str_end = str_end;
	assert_int_equal(kbtf_relocate(split, target, NULL, &ret, &diag), -E2BIG);
	assert_diag(&diag, "mod.ko+0x0: with those of vmlinux there are too many types or strings "
			   "[too-large]");
	assert_null(ret);
	kernel->nr_types = nr_real;
	kbtf_target_free(target);
	kbtf_free(kernel);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_too_many_types(void **state)
{
	(void)state;
	check_too_large(KBTF_MAX_TYPES - 1, 5);
}

static void test_too_many_strings(void **state)
{
	(void)state;
	check_too_large(1, UINT32_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_many_types),
		cmocka_unit_test(test_too_many_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
