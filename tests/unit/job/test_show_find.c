// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Finding by name, kind and pattern; what counts as the same definition; names that are near. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "show_made.h"

static char told[4096];

static int tell(void *ctx, const struct kbtf_show_match *match)
{
	size_t i;

	(void)ctx;
	sprintf(told + strlen(told), "%s [%u]", match->name, match->type_id);
	for (i = 0; i < match->nr_modules; i++)
		sprintf(told + strlen(told), " %s", match->modules[i]->name);
	strcat(told, "\n");
	return 0;
}

static void assert_found(struct kbtf_show *show, const char *name, const char *expected)
{
	struct kbtf_diag diag;

	told[0] = '\0';
	assert_ok(kbtf_show_find(show, name, tell, NULL, &diag), &diag);
	assert_string_equal(told, expected);
}

static void assert_missing(struct kbtf_show *show, const char *name, const char *line)
{
	struct kbtf_diag diag;

	assert_int_equal(kbtf_show_find(show, name, tell, NULL, &diag), -ENOENT);
	assert_diag(&diag, line);
	assert_int_equal(kbtf_show_find(show, name, tell, NULL, NULL), -ENOENT);
}

static int setup(void **state)
{
	static struct kbtf_show show;
	struct kbtf_buf file;

	assert_int_equal(show_made_file(&file), 0);
	assert_int_equal(show_made_init(&show, file.data, file.size), 0);
	*state = &show;
	return 0;
}

static int teardown(void **state)
{
	show_made_deinit(*state);
	return 0;
}

static void test_names(void **state)
{
	assert_found(*state, "sock", "sock [4] vmlinux\n");
	assert_found(*state, "struct sock", "sock [4] vmlinux\n");
	assert_found(*state, "struct   sock", "sock [4] vmlinux\n");
	assert_found(*state, "enum color", "color [5] vmlinux\n");
	assert_found(*state, "enum color64", "color64 [6] vmlinux\n");
	assert_found(*state, "GREEN", "GREEN [5] vmlinux\n");
	assert_found(*state, "GREEN64", "GREEN64 [6] vmlinux\n");
	assert_found(*state, "func start", "start [13] a\n");
	assert_found(*state, "var jiffies", "jiffies [11] vmlinux\n");
	assert_found(*state, "priv", "priv [12] a b\n");
	assert_found(*state, "other", "other [14] a\nother [14] b\n");
	/* the kernel only declares it */
	assert_found(*state, "device", "device [15] b\n");
}

static void test_patterns(void **state)
{
	assert_found(*state, "s*k", "sock [4] vmlinux\n");
	assert_found(*state, "struct *o*",
		     "only [12] b\nother [14] a\nother [14] b\nsock [4] vmlinux\n");
	assert_found(*state, "??ar*", "start [13] a\n");
	assert_found(*state, "[RG]*[4]", "GREEN64 [6] vmlinux\nRED64 [6] vmlinux\n");
}

static void test_missing(void **state)
{
	assert_missing(*state, "sok",
		       "no type, function or variable is named sok; did you mean sock? [no-type]");
	assert_missing(*state, "SOCK_INIT",
		       "no type, function or variable is named SOCK_INIT; did you mean sock_init? "
		       "[no-type]");
	assert_missing(*state, "union sock",
		       "no union is named sock; did you mean struct sock? [no-type]");
	assert_missing(*state, "enum GREEN",
		       "no enum is named GREEN; did you mean GREEN? [no-type]");
	assert_missing(*state, "x*y", "no type, function or variable matches x*y [no-type]");
	assert_missing(*state, "nothing_like_it",
		       "no type, function or variable is named nothing_like_it [no-type]");
	assert_missing(*state, "", "no type, function or variable is named  [no-type]");
}

static int stop(void *ctx, const struct kbtf_show_match *match)
{
	(void)match;
	return ++*(int *)ctx == 2 ? -EPIPE : 0;
}

static int list(void *ctx, const char *name)
{
	(void)ctx;
	strcat(strcat(told, name), " ");
	return 0;
}

static void test_callbacks(void **state)
{
	int nr = 0;

	assert_int_equal(kbtf_show_find(*state, "*", stop, &nr, NULL), -EPIPE);
	assert_int_equal(nr, 2);
	told[0] = '\0';
	assert_int_equal(kbtf_show_complete(*state, "s", 10, list, NULL), 0);
	assert_int_equal(kbtf_show_complete(*state, "", 2, list, NULL), 0);
	assert_int_equal(kbtf_show_complete(*state, "zz", 2, list, NULL), 0);
	assert_string_equal(told, "sock sock_init start GREEN GREEN64 ");
}

/* ---- What is the same ------------------------------------------------- */

#define BASE "int int 4 1; struct sock 4 (x 1 0)"

/* The last type of each text, on a base of two types. */
static bool same(const char *a_text, const char *b_text)
{
	struct kbtf *base, *a, *b;
	void *base_bytes, *a_bytes, *b_bytes;
	size_t size;
	bool result;

	base = show_made_open(BASE, NULL, &base_bytes, &size);
	a = show_made_open(a_text, base, &a_bytes, &size);
	b = show_made_open(b_text, base, &b_bytes, &size);
	result = kbtf_same_definition(a, kbtf_end_id(a) - 1, b, kbtf_end_id(b) - 1);
	assert_int_equal(kbtf_same_definition(b, kbtf_end_id(b) - 1, a, kbtf_end_id(a) - 1),
			 result);
	kbtf_free(a);
	kbtf_free(b);
	kbtf_free(base);
	free(a_bytes);
	free(b_bytes);
	free(base_bytes);
	return result;
}

static void test_same(void **state)
{
	(void)state;
	assert_true(same("ptr 2; struct s 8 (p 3 0)", "const 1; ptr 2; struct s 8 (p 4 0)"));
	/* what has a name counts by it: the other module defines t, or only declares it */
	assert_true(same("struct t 4 (x 1 0); ptr 3; struct s 8 (p 4 0)",
			 "fwd t; ptr 3; struct s 8 (p 4 0)"));
	assert_true(same("struct t 4 (x 1 0); struct s 4 (t 3 0)",
			 "struct t 8 (x 1 0); struct s 4 (t 3 0)"));
	/* what has none is looked into */
	assert_true(same("struct - 4 (x 1 0); struct s 4 (t 3 0)",
			 "fwd u; struct - 4 (x 1 0); struct s 4 (t 4 0)"));
	assert_true(same("proto 1 (a 2); ptr 3; typedef f 4",
			 "ptr 1; proto 1 (a 2); ptr 4; typedef f 5"));
	assert_true(same("array 1 1 4; var v 3 1", "ptr 1; array 1 1 4; var v 4 1"));
	assert_true(same("datasec d 4 (1 0 4)", "datasec d 4 (1 0 4)"));
	assert_true(same("enum e 4 (A 1)", "enum e 4 (A 1)"));
	assert_true(same("enum64 e 8 (A 1)", "enum64 e 8 (A 1)"));
	assert_true(same("bstruct s 4 (a 1 0 3)", "bstruct s 4 (a 1 0 3)"));
	assert_true(same("float f 8", "float f 8"));
}

static void test_not_same(void **state)
{
	static const char *const pairs[][2] = {
		{ "struct s 4 (x 1 0)", "struct s 4 (y 1 0)" },
		{ "struct s 8 (x 1 0)", "struct s 8 (x 1 32)" },
		{ "struct s 4 (x 1 0)", "struct s 8 (x 1 0)" },
		{ "struct s 4 (x 1 0)", "union s 4 (x 1 0)" },
		{ "struct s 4 (x 1 0)", "struct s 4 (x 2 0)" },
		{ "struct s 4 (x 1 0)", "struct s 4 (x 1 0) (y 1 0)" },
		{ "bstruct s 4 (a 1 0 3)", "bstruct s 4 (a 1 0 4)" },
		{ "bstruct s 4 (a 1 0 3)", "struct s 4 (a 1 0)" },
		{ "struct s 4 (x 1 0)", "typedef s 1" },
		{ "typedef s 1", "typedef t 1" },
		{ "fwd s", "ufwd s" },
		{ "fwd s", "struct s 4 (x 1 0)" },
		{ "int s 4 0", "int s 4 1" },
		{ "int s 4 0", "int s 8 0" },
		{ "float s 4", "float s 8" },
		{ "enum e 4 (A 1)", "enum e 4 (A 2)" },
		{ "enum e 4 (A 1)", "enum e 4 (B 1)" },
		{ "enum64 e 8 (A 1)", "enum64 e 8 (A 2)" },
		{ "enum64 e 8 (A 1)", "enum64 e 8 (B 1)" },
		{ "var v 1 0", "var v 1 1" },
		{ "datasec d 4 (1 0 4)", "datasec d 4 (1 4 4)" },
		{ "datasec d 4 (1 0 4)", "datasec d 4 (1 0 8)" },
		{ "array 1 1 4; var v 3 1", "array 1 1 5; var v 3 1" },
		{ "proto 1 (a 2); func f 3 1", "proto 1 (b 2); func f 3 1" },
		{ "proto 1 (a 2); func f 3 1", "proto 2 (a 2); func f 3 1" },
		{ "proto 1 (a 2); func f 3 1", "proto 1 (a 2); func f 3 0" },
		{ "ptr 1; struct s 8 (p 3 0)", "const 1; ptr 3; struct s 8 (p 4 0)" },
		{ "ptr 0; struct s 8 (p 3 0)", "ptr 1; struct s 8 (p 3 0)" },
		{ "struct - 4 (x 1 0); struct s 4 (t 3 0)",
		  "struct - 4 (y 1 0); struct s 4 (t 3 0)" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (same(pairs[i][0], pairs[i][1]))
			fail_msg("the same: %s | %s", pairs[i][0], pairs[i][1]);
}

/* Nameless types in a circle, and nameless types that fan out: told apart before long. */
static void test_same_ends(void **state)
{
	char fan[4096] = "struct - 4 (x 1 0)";
	unsigned int i, k;

	(void)state;
	assert_false(same("struct - 8 (p 4 0); ptr 3; var v 3 0",
			  "struct - 8 (p 4 0); ptr 3; var v 3 0"));
	for (i = 0; i < 30; i++) {
		strcat(fan, "; struct - 4");
		for (k = 0; k < 3; k++)
			sprintf(fan + strlen(fan), " (m%u %u 0)", k, 3 + i);
	}
	strcat(fan, "; var v 33 0");
	assert_false(same(fan, fan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	  cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_missing),	  cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_same),	  cmocka_unit_test(test_not_same),
		cmocka_unit_test(test_same_ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
