// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which types of a kernel a module refers to: kernels, modules, and the ids that are met. */
#include "told.h"

/* The ids that are among them, as text. */
static void assert_met(const struct kbtf_used *used, const struct kbtf *kernel,
		       const char *expected)
{
	char met[256] = "";
	uint32_t id;

	for (id = 0; id < kbtf_end_id(kernel) + 3; id++)
		if (kbtf_used_has(used, id))
			sprintf(met + strlen(met), "%u ", id);
	assert_string_equal(met, expected);
}

struct row {
	const char *kernel, *module, *met;
};

/* clang-format off */
static const struct row rows[] = {
	{ "int i 4 1; struct s 4 (a 1 0)", "", "" },
	/* a struct that is referred to, and what it contains */
	{ "int i 4 1; struct s 4 (a 1 0); struct t 4 (a 1 0)", "ptr 2", "1 2 " },
	/* a struct's pointers lead nowhere, a module's do */
	{ "struct t 4; ptr 1; struct s 8 (p 2 0)", "ptr 3", "3 " },
	{ "struct t 4; ptr 1; struct s 8 (p 2 0)", "typedef x 2", "1 2 " },
	/* by value through typedefs, arrays and structs */
	{ "int i 4 1; typedef u 1; array 2 1 4; struct in 16 (a 3 0); struct s 16 (in 4 0)", "struct m 16 (s 5 0)", "1 2 3 4 5 " },
	{ "struct t 4; ptr 1; typedef tp 2; struct s 8 (p 3 0)", "ptr 4", "3 4 " },
	/* anonymous types are part of who refers to them */
	{ "struct t 4; ptr 1; union - 8 (p 2 0)", "struct m 8 (- 3 0)", "1 2 3 " },
	{ "struct t 4; ptr 1; union - 8 (p 2 0); struct s 8 (- 3 0)", "ptr 4", "3 4 " },
	{ "struct t 4; ptr 1; proto 2 (a 2); ptr 3", "typedef f 4", "1 2 3 4 " },
	/* a type that contains itself through a pointer */
	{ "struct s 8 (p 2 0); ptr 1", "ptr 1", "1 " },
};
/* clang-format on */

static void test_modules(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *kernel = typed(rows[i].kernel, NULL, "kernel");
		struct kbtf *module = typed(rows[i].module, kernel, "module");
		struct kbtf_used *used;

		assert_int_equal(kbtf_used_new(kernel, &used), 0);
		assert_int_equal(kbtf_used_add(used, module), 0);
		assert_met(used, kernel, rows[i].met);
		kbtf_used_free(used);
		kbtf_free(module);
		kbtf_free(kernel);
	}
}

/* Of a distilled base by name and kind; of BTF that stands alone nothing. */
static void test_distilled(void **state)
{
	struct kbtf *kernel = typed("int i 4 1; struct s 4 (a 1 0); union s 4; struct s 8; fwd f; "
				    "enum64 e 8; struct t 4",
				    NULL, "kernel");
	struct kbtf *base = typed("struct s 4; fwd f; enum e 8; struct nobody 4", NULL, "base");
	struct kbtf *module = typed("ptr 1", base, "module");
	struct kbtf_used *used;

	(void)state;
	assert_int_equal(kbtf_used_new(kernel, &used), 0);
	assert_int_equal(kbtf_used_add(used, base), 0);
	assert_met(used, kernel, "");
	assert_int_equal(kbtf_used_add(used, module), 0);
	assert_met(used, kernel, "1 2 4 5 6 ");
	kbtf_used_free(used);
	kbtf_used_free(NULL);
	kbtf_free(module);
	kbtf_free(base);
	kbtf_free(kernel);
}

/* Functions and variables, with their types; not structs of the name. */
static void test_symbols(void **state)
{
	struct kbtf *kernel =
		typed("int i 4 1; struct s 4 (a 1 0); ptr 2; proto 1 (p 3); func f 4 1; "
		      "struct f 4; var v 1 0; func f 4 0; func g 4 0",
		      NULL, "kernel");
	struct kbtf_used *used;

	(void)state;
	assert_int_equal(kbtf_used_new(kernel, &used), 0);
	assert_int_equal(kbtf_used_add_symbol(used, "nobody"), 0);
	assert_met(used, kernel, "");
	assert_int_equal(kbtf_used_add_symbol(used, "v"), 0);
	assert_met(used, kernel, "1 7 ");
	assert_int_equal(kbtf_used_add_symbol(used, "f"), 0);
	assert_met(used, kernel, "1 2 3 4 5 7 8 ");
	kbtf_used_free(used);
	kbtf_free(kernel);
}

static void test_diff_of_what_is_used(void **state)
{
	struct kbtf *old = typed("struct s 4; struct t 4; struct gone 4", NULL, "old");
	struct kbtf *new = typed("struct s 8; struct t 8; struct more 4", NULL, "new");
	struct kbtf *module = typed("ptr 1; ptr 3", old, "module");
	struct kbtf_diff_opts opts = { 0 };
	struct kbtf_used *used;

	(void)state;
	assert_int_equal(kbtf_used_new(old, &used), 0);
	opts.used = used;
	assert_told(old, new, &opts, "");
	assert_int_equal(kbtf_used_add(used, module), 0);
	assert_told(old, new, &opts, "-struct gone, size 4|struct s: size 4 -> 8|");
	kbtf_used_free(used);
	kbtf_free(module);
	kbtf_free(new);
	kbtf_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_distilled),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_diff_of_what_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
