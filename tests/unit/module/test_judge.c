// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Verdicts: relocation without its result. */
#include "made.h"

#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

static const struct row {
	const char *base, *split, *kernel, *old;
	enum kbtf_verdict verdict;
	const char *line; /* why, where it is drift or refusal */
} rows[] = {
	{ "int i 4 1", "", "int i 4 1", NULL, KBTF_RELOCATES, NULL },
	{ "int i 4 1", "ptr 1", "int i 4 1", NULL, KBTF_RELOCATES, NULL },
	{ "struct s 8", "struct m 8 (s 1 0)", "int i 4 1; struct s 8 (a 1 0)", NULL, KBTF_RELOCATES,
	  NULL },
	{ "struct s 8", "struct m 8 (s 1 0)", "int i 4 1; struct s 8 (a 1 0)",
	  "int i 4 1; struct s 8 (a 1 0)", KBTF_RELOCATES, NULL },
	/* members that came into holes or were renamed are no drift */
	{ "struct s 8", "struct m 8 (s 1 0)", "int i 4 1; struct s 8 (b 1 0) (c 1 32)",
	  "int i 4 1; struct s 8 (a 1 0)", KBTF_RELOCATES, NULL },
	{ "struct s 8", "struct m 8 (s 1 0)", "int i 4 1; struct s 8 (a 1 32)",
	  "int i 4 1; struct s 8 (a 1 0)", KBTF_DRIFTS,
	  "base+0x18: type [1] STRUCT s: the module embeds it; member 'a' moved from bit 0 to bit "
	  "32 "
	  "(kernel type [2]) [drift]" },
	/* behind a pointer a layout is none of the module's business */
	{ "struct s 8", "struct m 8 (s 3 0); ptr 1", "int i 4 1; struct s 8 (a 1 32)",
	  "int i 4 1; struct s 8 (a 1 0)", KBTF_RELOCATES, NULL },
	/* an old layout of another size is another struct's */
	{ "struct s 8", "struct m 8 (s 1 0)", "int i 4 1; struct s 8 (a 1 32)",
	  "int i 4 1; struct s 12 (a 1 0)", KBTF_RELOCATES, NULL },
	{ "struct s 8", "struct m 8 (s 1 0)", "union s 8", "struct s 8", KBTF_RELOCATES, NULL },
	{ "int i 4 1", "ptr 1", "int i 8 1", NULL, KBTF_REFUSED,
	  "base+0x18: type [1] INT i: size 4 where the module was built, 8 in this kernel (type "
	  "[1]) "
	  "[size]" },
	/* refused weighs more than drift */
	{ "struct s 8; struct t 4", "struct m 8 (s 1 0); ptr 2", "int i 4 1; struct s 8 (a 1 32)",
	  "int i 4 1; struct s 8 (a 1 0)", KBTF_REFUSED,
	  "base+0x24: type [2] STRUCT t: this kernel has no type of the name [missing]" },
};

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct kbtf *base = typed(row->base, NULL, "base");
		struct kbtf *split = typed(row->split, base, "mod.ko");
		struct kbtf *kernel = typed(row->kernel, NULL, "vmlinux");
		struct kbtf *old = row->old ? typed(row->old, NULL, "old") : NULL;
		struct kbtf_target *target, *old_target = NULL;
		struct kbtf_relocate_opts opts = { .flags = KBTF_RELOCATE_STRICT };
		struct kbtf_diag why = { .text = "untouched" };
		enum kbtf_verdict verdict;

		assert_int_equal(kbtf_target_new(kernel, &target), 0);
		if (old)
			assert_int_equal(kbtf_target_new(old, &old_target), 0);
		opts.old_base = old_target;
		assert_int_equal(kbtf_judge(split, target, &opts, &verdict, &why), 0);
		assert_int_equal(verdict, row->verdict);
		if (row->line)
			assert_diag(&why, row->line);
		else
			assert_string_equal(why.text, "untouched");
		assert_int_equal(kbtf_judge(split, target, &opts, &verdict, NULL), 0);
		assert_int_equal(verdict, row->verdict);
		if (!old) {
			assert_int_equal(kbtf_judge(split, target, NULL, &verdict, NULL), 0);
			assert_int_equal(verdict, row->verdict);
		}
		kbtf_target_free(old_target);
		kbtf_target_free(target);
		kbtf_free(old);
		kbtf_free(kernel);
		kbtf_free(split);
		kbtf_free(base);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(kbtf_verdict_name(KBTF_SAME), "same");
	assert_string_equal(kbtf_verdict_name(KBTF_RELOCATES), "relocates");
	assert_string_equal(kbtf_verdict_name(KBTF_DRIFTS), "drifts");
	assert_string_equal(kbtf_verdict_name(KBTF_REFUSED), "refused");
	assert_string_equal(kbtf_verdict_name(KBTF_CANNOT_TELL), "cannot tell");
	assert_string_equal(kbtf_verdict_name(KBTF_NO_BTF), "no BTF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
