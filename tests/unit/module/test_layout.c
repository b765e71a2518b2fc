// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Two layouts of a struct compared: each row's old and new text, and what is told of them. */
#include "made.h"

#include <stdio.h>
#include <string.h>

#include "layout.h"

struct row {
	const char *old_text, *new_text; /* of which the last types are compared */
	const char *told;		 /* a semicolon behind each; ! in front of drift */
};

/* clang-format off */
static const struct row rows[] = {
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "" },
	/* the order of members in the list is none of their layout's */
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (b 1 32) (a 1 0)", "" },
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (a 1 32) (b 1 0)",
	  "!member 'a' moved from bit 0 to bit 32;!member 'b' moved from bit 32 to bit 0;" },
	{ "int i 4 1; struct s 8 (a 1 0)", "int i 4 1; struct s 8 (a 1 0) (b 1 32)",
	  "member 'b' is new;" },
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (a 1 0)",
	  "member 'b' is gone;" },
	{ "int i 4 1; struct s 4 (a 1 0)", "int i 4 1; struct s 4 (b 1 0)",
	  "member 'a' is gone;member 'b' is new;" },
	{ "int i 4 1; struct s 8 (a 1 0)", "int l 8 1; struct s 8 (a 1 0)",
	  "!member 'a' had 4 bytes, now has 8;" },
	{ "int i 4 1; struct s 8 (a 1 0)", "ptr 0; struct s 8 (a 1 0)",
	  "!member 'a' was INT, now is PTR;" },
	{ "int i 4 1; bstruct s 4 (a 1 0 3)", "int i 4 1; bstruct s 4 (a 1 0 5)",
	  "!member 'a' had 3 bits, now has 5;" },
	{ "int i 4 1; bstruct s 4 (a 1 3 3)", "int i 4 1; bstruct s 4 (a 1 4 3)",
	  "!member 'a' moved from bit 3 to bit 4;" },
	/* kind_flag is another way to write the same */
	{ "int i 4 1; bstruct s 8 (a 1 32 0)", "int i 4 1; struct s 8 (a 1 32)", "" },
	{ "int i 4 1; array 1 1 3; struct s 16 (a 2 0)", "int i 4 1; array 1 1 4; struct s 16 (a 2 0)",
	  "!member 'a' had 3 elements, now has 4;" },
	{ "int i 4 1; array 1 1 3; struct s 16 (a 2 0)", "int i 8 1; array 1 1 3; struct s 16 (a 2 0)",
	  "!member 'a' had 4 bytes, now has 8;" },
	{ "enum e 4; struct s 4 (a 1 0)", "enum64 e 4; struct s 4 (a 1 0)", "" },
	{ "enum e 4; struct s 8 (a 1 0)", "enum64 e 8; struct s 8 (a 1 0)",
	  "!member 'a' had 4 bytes, now has 8;" },
	/* pointers are equal, whatever they point to; typedefs and modifiers are looked through */
	{ "int i 4 1; ptr 1; struct s 8 (a 2 0)", "struct x 4; ptr 1; struct s 8 (a 2 0)", "" },
	{ "int i 4 1; typedef t 1; const 2; struct s 8 (a 3 0)", "int i 4 1; struct s 8 (a 1 0)", "" },
	{ "struct s 8 (a 0 0)", "struct s 8 (a 0 0)", "" },
	/* anonymous structs are part of the outer one, at whatever depth each side has them */
	{ "int i 4 1; struct - 8 (x 1 0) (y 1 32); struct s 12 (a 1 0) (- 2 32)",
	  "int i 4 1; struct s 12 (a 1 0) (x 1 32) (y 1 64)", "" },
	{ "int i 4 1; union - 4 (x 1 0); struct - 8 (- 2 32); struct s 12 (a 1 0) (- 3 32)",
	  "int i 4 1; struct s 12 (a 1 0) (x 1 32)", "!member 'x' moved from bit 64 to bit 32;" },
	{ "int i 4 1; bstruct s 4 (a 1 0 3) (- 1 3 5)", "int i 4 1; bstruct s 4 (a 1 0 3)", "" },
	/* named ones are compared in their turn */
	{ "int i 4 1; struct in 8 (x 1 0); struct s 8 (a 2 0)",
	  "int i 4 1; struct in 8 (x 1 32); struct s 8 (a 2 0)",
	  "!member 'a.x' moved from bit 0 to bit 32;" },
	{ "int i 4 1; struct in 8 (x 1 0); array 2 1 2; struct s 16 (a 3 0)",
	  "int i 4 1; struct in 8 (x 1 32); array 2 1 2; struct s 16 (a 3 0)",
	  "!member 'a.x' moved from bit 0 to bit 32;" },
	{ "struct in 8; struct s 8 (a 1 0)", "struct in 4; struct s 8 (a 1 0)",
	  "!member 'a' had 8 bytes, now has 4;" },
	{ "struct in 8; struct s 8 (a 1 0)", "union in 8; struct s 8 (a 1 0)",
	  "!member 'a' was STRUCT, now is UNION;" },
	/* each pair once: a struct embedded twice is told of once */
	{ "int i 4 1; struct in 8 (x 1 0); struct s 16 (a 2 0) (b 2 64)",
	  "int i 4 1; struct in 8 (x 1 32); struct s 16 (a 2 0) (b 2 64)",
	  "!member 'a.x' moved from bit 0 to bit 32;" },
	{ "struct s 0", "struct s 0", "" },
};
/* clang-format on */

static void tell(void *ctx, const struct kbtf_member_change *change)
{
	char *told = ctx;

	if (kbtf_is_drift(change->change))
		strcat(told, "!");
	kbtf_member_change_format(change, told + strlen(told), 200);
	strcat(told, ";");
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *old = typed(rows[i].old_text, NULL, NULL);
		struct kbtf *new = typed(rows[i].new_text, NULL, NULL);
		char told[2000] = "";

		assert_int_equal(kbtf_compare_layout(old, kbtf_nr_types(old), new,
						     kbtf_nr_types(new), tell, told),
				 0);
		assert_string_equal(told, rows[i].told);
		kbtf_free(new);
		kbtf_free(old);
	}
}

/* A path longer than there is room for is cut, and no more. */
static void test_long_paths(void **state)
{
	char old_text[40000] = "int i 4 1; struct s1 8 (end 1 0)", new_text[40000];
	char told[2000] = "", name[201];
	struct kbtf *old, *new;
	unsigned int i;

	(void)state;
	memset(name, 'n', 200);
	name[200] = '\0';
	for (i = 2; i < 50; i++)
		sprintf(old_text + strlen(old_text), "; struct s%u 8 (%s%u %u 0)", i, name, i, i);
	strcpy(new_text, old_text);
	memcpy(strstr(new_text, "(end 1 0)"), "(end 1 8)", 9);
	old = typed(old_text, NULL, NULL);
	new = typed(new_text, NULL, NULL);
	/* From the 30th level it is still found, by a path that is cut. */
	assert_int_equal(kbtf_compare_layout(old, 30, new, 30, tell, told), 0);
	assert_int_equal(strncmp(told, "!member 'nnnn", 12), 0);
	*told = '\0';
	/* Deeper than anybody nests structs nothing is looked at. */
	assert_int_equal(kbtf_compare_layout(old, 50, new, 50, tell, told), 0);
	assert_string_equal(told, "");
	kbtf_free(new);
	kbtf_free(old);
}

static void count(void *ctx, const struct kbtf_member_change *change)
{
	(void)change;
	++*(unsigned int *)ctx;
}

/*
 * Each struct has two members of the next, so that there are 2^40 by value: in
 * anonymous members, which are flattened, and in named ones, where each of the
 * new kernel's two kinds of a struct is compared with the old one again and again.
 */
static void test_exponential_members(void **state)
{
	char old_text[8000] = "int i 4 1; struct - 8 (x 1 0)", new_text[16000] = "";
	struct kbtf *old, *new;
	unsigned int i, changes = 0;

	(void)state;
	for (i = 2; i < 40; i++)
		sprintf(old_text + strlen(old_text), "; struct - 8 (- %u 0) (- %u 0)", i, i);
	old = typed(old_text, NULL, NULL);
	assert_int_equal(kbtf_compare_layout(old, 40, old, 40, count, &changes), 0);
	kbtf_free(old);

	strcpy(old_text, "int i 4 1; struct t0 8 (x 1 0)");
	strcpy(new_text, "int i 4 1; struct a0 8 (x 1 8); struct b0 8 (x 1 16)");
	for (i = 1; i < 40; i++) {
		sprintf(old_text + strlen(old_text), "; struct t%u 8 (a %u 0) (b %u 0)", i, i + 1,
			i + 1);
		sprintf(new_text + strlen(new_text),
			"; struct a%u 8 (a %u 0) (b %u 0); struct b%u 8 (a %u 0) (b %u 0)", i,
			2 * i, 2 * i + 1, i, 2 * i, 2 * i + 1);
	}
	old = typed(old_text, NULL, NULL);
	new = typed(new_text, NULL, NULL);
	assert_int_equal(kbtf_compare_layout(old, 31, new, 60, count, &changes), 0);
	assert_true(changes > 0);
	kbtf_free(new);
	kbtf_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_exponential_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
