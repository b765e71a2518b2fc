// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What modules refer to, and the modules on that. */
#include "made.h"

#include <errno.h>
#include <string.h>

#include <kbtf/reduce.h>

#include "typedump.h"

static const struct {
	const char *base, *one, *other; /* two modules; the second may be NULL */
	const char *base_left, *one_left, *other_left;
} rows[] = {
	{ "int i 4 1; struct s 4 (a 1 0); struct t 4; ptr 2", "struct m 4 (s 2 0)", NULL,
	  "int i 4 1; struct s 4 (a 1 0)", "struct m 4 (s 2 0)", NULL },
	/* all that it refers to in turn, circles included */
	{ "int i 4 1; struct s 8 (next 3 0); ptr 2; struct t 4", "ptr 2; typedef s_t 5", NULL,
	  "struct s 8 (next 2 0); ptr 1", "ptr 1; typedef s_t 3", NULL },
	/* one base for both, in its own order; own ids and names shift */
	{ "int i 4 1; int j 8 1; int k 2 1; struct s 8 (j 2 0)", "struct m 8 (s 4 0); ptr 5",
	  "struct n 2 (k 3 0); func - 7 1; proto 0 (j 2)",
	  "int j 8 1; int k 2 1; struct s 8 (j 1 0)", "struct m 8 (s 3 0); ptr 4",
	  "struct n 2 (k 2 0); func - 6 1; proto 0 (j 1)" },
	/* a name of the base is there for the module, without its type */
	{ "struct s 4; int i 4 1", "struct s 4 (i 2 0)", NULL, "int i 4 1", "struct s 4 (i 1 0)",
	  NULL },
	{ "int i 4 1", "", NULL, "", "", NULL },
};

static void check(size_t i, const struct kbtf *left, const char *expected)
{
	const char *text = typedump(left);

	if (strcmp(text, expected))
		fail_msg("row %zu:\n  left     %s\n  expected %s", i, text, expected);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *base = typed(rows[i].base, NULL, "vmlinux");
		const struct kbtf *modules[2] = { typed(rows[i].one, base, "one"), NULL };
		struct kbtf_minimized left;
		struct kbtf_diag diag;
		size_t nr = 1;

		if (rows[i].other)
			modules[nr++] = typed(rows[i].other, base, "other");
		assert_int_equal(kbtf_minimize_refs(base, modules, NULL, nr, &left, &diag), 0);
		assert_int_equal(left.nr_modules, nr);
		check(i, left.base, rows[i].base_left);
		check(i, left.modules[0], rows[i].one_left);
		if (rows[i].other)
			check(i, left.modules[1], rows[i].other_left);
		kbtf_minimized_deinit(&left);
		kbtf_free((struct kbtf *)modules[1]);
		kbtf_free((struct kbtf *)modules[0]);
		kbtf_free(base);
	}
}

static void test_ids(void **state)
{
	struct kbtf *base = typed("int i 4 1; struct s 4; struct t 4", NULL, "vmlinux");
	struct kbtf *module = typed("ptr 0", base, "mod");
	const struct kbtf *modules[] = { module };
	uint32_t word = 3;
	struct kbtf_ids *ids;
	const struct kbtf_ids *all[1];
	struct kbtf_minimized left;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_ids_new(&word, 4, false, &ids, &diag), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__t__1", 0, 4, &diag), 0);
	all[0] = ids;
	assert_int_equal(kbtf_minimize_refs(base, modules, all, 1, &left, &diag), 0);
	check(0, left.base, "struct t 4");
	kbtf_minimized_deinit(&left);
	kbtf_ids_free(ids);
	kbtf_free(module);
	kbtf_free(base);
}

static void test_refused(void **state)
{
	struct kbtf *base = typed("int i 4 1", NULL, "vmlinux"), *other = typed("", NULL, "other");
	struct kbtf *module = typed("ptr 0", base, "mod");
	const struct kbtf *modules[] = { module };
	struct kbtf_minimized left;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_minimize_refs(other, modules, NULL, 1, &left, &diag), -EINVAL);
	assert_diag(&diag, "mod+0x0: does not stand on other [not-split]");
	kbtf_free(module);
	kbtf_free(other);
	kbtf_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
