// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How a diff is put: the whole text, flags, JSON, hostile names, writers that fail. */
#include "told.h"

#include <errno.h>

static const char old_text[] = "int i 4 1; ptr 1; struct s 16 (a 1 0) (b 1 32) (p 2 64); "
			       "proto 1 (x 2); func f 4 1; struct gone 8; enum e 4 (A 0) (B 1)";
static const char new_text[] = "int i 4 1; ptr 1; struct s 24 (n 1 0) (a 1 32) (b 1 64) (p 2 128); "
			       "proto 1 (x 2) (y 1); func f 4 1; typedef t 1; enum e 4 (A 3) (B 4)";

static void assert_text(const struct kbtf_diff *diff, unsigned int flags, const char *expected)
{
	struct told told = { 0 };

	assert_int_equal(kbtf_diff_text(diff, flags, told_write, &told), 0);
	assert_string_equal(told.text, expected);
	free(told.text);
}

#define SUMMARY                                                                                    \
	"struct           1 removed       0 added       1 changed\n"                               \
	"enum             0 removed       0 added       1 changed\n"                               \
	"typedef          0 removed       1 added       0 changed\n"                               \
	"function         0 removed       0 added       1 changed\n"                               \
	"layout           1 of another size; 0 of the same: 0 moved or resized, 0 with members "   \
	"added, 0 renamed or removed\n"

static void test_text(void **state)
{
	struct kbtf *old = typed(old_text, NULL, "the old one");
	struct kbtf *new = typed(new_text, NULL, "the new one");
	struct kbtf_diff_opts opts = { .new_label = "new" };
	struct kbtf_diff *diff = diffed(old, new, &opts);

	(void)state;
	assert_text(diff, 0,
		    "--- the old one\n"
		    "+++ new\n"
		    "\n"
		    "-struct gone, size 8\n"
		    "\n"
		    "struct s: size 16 -> 24\n"
		    "+      0     4  i n\n"
		    "~      0 ->      4  a ... b (2 members moved by +4)\n"
		    "~      8 ->     16  i *p\n"
		    "\n"
		    "enum e\n"
		    "~  A ... B = 0 ... 1 -> 3 ... 4 (2 values)\n"
		    "\n"
		    "+typedef i t\n"
		    "\n"
		    "function f\n"
		    "-  i f(i *x)\n"
		    "+  i f(i *x, i y)\n"
		    "\n" SUMMARY);
	assert_text(diff, KBTF_DIFF_ONLY_SUMMARY, "--- the old one\n+++ new\n\n" SUMMARY);
	kbtf_diff_free(diff);
	opts.names = (const char *const[]){ "s", "e" };
	opts.nr_names = 2;
	diff = diffed(old, new, &opts);
	assert_text(diff, KBTF_DIFF_ALL_MOVES,
		    "--- the old one\n"
		    "+++ new\n"
		    "\n"
		    "struct s: size 16 -> 24\n"
		    "+      0     4  i n\n"
		    "~      0 ->      4  i a\n"
		    "~      4 ->      8  i b\n"
		    "~      8 ->     16  i *p\n"
		    "\n"
		    "enum e\n"
		    "~  A = 0 -> 3\n"
		    "~  B = 1 -> 4\n"
		    "\n"
		    "struct           0 removed       0 added       1 changed\n"
		    "enum             0 removed       0 added       1 changed\n"
		    "layout           1 of another size; 0 of the same: 0 moved or resized, 0 with "
		    "members added, 0 renamed or removed\n");
	kbtf_diff_free(diff);
	kbtf_free(new);
	kbtf_free(old);
}

static void assert_json(const char *old_types, const char *new_types, const char *types)
{
	struct kbtf *old = typed(old_types, NULL, "a"), *new = typed(new_types, NULL, "b");
	struct kbtf_diff *diff = diffed(old, new, NULL);
	struct told told = { 0 };
	char expected[4096], *end;

	assert_int_equal(kbtf_diff_json(diff, told_write, &told), 0);
	end = strstr(told.text, "\"summary\"");
	assert_non_null(end);
	*end = '\0';
	snprintf(expected, sizeof(expected),
		 "{\n\"command\":\"diff\",\n\"old\":\"a\",\n\"new\":\"b\",\n\"types\":[%s\n],\n",
		 types);
	assert_string_equal(told.text, expected);
	free(told.text);
	kbtf_diff_free(diff);
	kbtf_free(new);
	kbtf_free(old);
}

#define NO_MORE "\"declaration\":null,\"changes\":["

static void test_json(void **state)
{
	(void)state;
	assert_json("struct s 4", "struct s 4", "");
	assert_json(
		"struct s 4; proto 0; func f 2 0", "",
		"\n{\"what\":\"removed\",\"kind\":\"STRUCT\",\"name\":\"s\",\"layout\":\"same\","
		"\"old_id\":1,\"new_id\":0,\"old_size\":4,\"new_size\":0," NO_MORE "]},"
		"\n{\"what\":\"removed\",\"kind\":\"FUNC\",\"name\":\"f\",\"layout\":\"same\","
		"\"old_id\":3,\"new_id\":0,\"old_size\":0,\"new_size\":0,"
		"\"declaration\":\"void f(void)\",\"changes\":[]}");
	assert_json(
		"int i 4 1; union - 4 (a 1 0); struct s 4 (- 2 0)",
		"int i 4 1; bstruct s 4 (a 1 8 3)",
		"\n{\"what\":\"changed\",\"kind\":\"STRUCT\",\"name\":\"s\",\"layout\":\"moved\","
		"\"old_id\":3,\"new_id\":2,\"old_size\":4,\"new_size\":4," NO_MORE
		"{\"part\":\"member\",\"how\":[\"moved\",\"resized\",\"regrouped\"],"
		"\"old\":{\"name\":\"a\",\"path\":\"<anonymous union>.a\",\"type\":\"i\","
		"\"type_id\":1,\"offset_bits\":0,\"size_bits\":32,\"bitfield_bits\":0},"
		"\"new\":{\"name\":\"a\",\"path\":\"a\",\"type\":\"i\",\"type_id\":1,"
		"\"offset_bits\":8,\"size_bits\":3,\"bitfield_bits\":3}}]}");
	assert_json("enum e 4 (A 1)", "enum64 e 4 (B -1)",
		    "\n{\"what\":\"changed\",\"kind\":\"ENUM\",\"name\":\"e\",\"layout\":\"same\","
		    "\"old_id\":1,\"new_id\":1,\"old_size\":4,\"new_size\":4," NO_MORE
		    "{\"part\":\"enumerator\",\"how\":[\"added\"],\"old\":null,"
		    "\"new\":{\"name\":\"B\",\"value\":18446744073709551615}},"
		    "{\"part\":\"enumerator\",\"how\":[\"removed\"],"
		    "\"old\":{\"name\":\"A\",\"value\":1},\"new\":null}]}");
	assert_json("proto 0 (a 0); func f 1 0; dtag t 2 0", "ptr 0; proto 1 (b 0); func f 2 1",
		    "\n{\"what\":\"changed\",\"kind\":\"FUNC\",\"name\":\"f\",\"layout\":\"same\","
		    "\"old_id\":2,\"new_id\":3,\"old_size\":0,\"new_size\":0," NO_MORE
		    "{\"part\":\"attribute\",\"how\":[\"revalued\"],"
		    "\"old\":{\"name\":\"linkage\",\"text\":\"static\"},"
		    "\"new\":{\"name\":\"linkage\",\"text\":\"global\"}},"
		    "{\"part\":\"return\",\"how\":[\"retyped\"],"
		    "\"old\":{\"name\":\"\",\"type\":\"void\",\"type_id\":0},"
		    "\"new\":{\"name\":\"\",\"type\":\"void *\",\"type_id\":1}},"
		    "{\"part\":\"param\",\"how\":[\"renamed\"],"
		    "\"old\":{\"name\":\"a\",\"type\":\"void\",\"type_id\":0,\"position\":0},"
		    "\"new\":{\"name\":\"b\",\"type\":\"void\",\"type_id\":0,\"position\":0}},"
		    "{\"part\":\"tag\",\"how\":[\"removed\"],"
		    "\"old\":{\"name\":\"a\",\"text\":\"t\"},\"new\":null}]}");
}

/* Names that would act on a terminal, or end a line, never get there as they are. */
static void test_hostile_names(void **state)
{
	static const char *const names[] = { "a\nb", "\x1b[2J", "\xff", "\xc2\x9b", "\x7f" };
	static const char *const shown[] = { "a\\x0ab", "\\x1b[2J", "\\xff", "\\xc2\\x9b",
					     "\\x7f" };
	struct kbtf *empty = typed("", NULL, "\x1b");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct kbtf_builder *b = kbtf_builder_new(NULL);
		char expected[128];
		struct kbtf *btf;

		kbtf_builder_type(b, KBTF_STRUCT, names[i], 0, 4);
		btf = made(b, "t");
		snprintf(expected, sizeof(expected), "+struct %s, size 4|", shown[i]);
		assert_told(empty, btf, NULL, expected);
		kbtf_free(btf);
	}
	kbtf_free(empty);
}

/* What is longer than a line should be ends in dots, and the rest of the report is whole. */
static void test_long_types(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *empty = typed("", NULL, "a"), *btf;
	struct told told = { 0 };
	struct kbtf_diff *diff;
	int i;

	(void)state;
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
	for (i = 0; i < 1000; i++)
		kbtf_builder_param(b, "parameter", 0);
	kbtf_builder_func(b, "f", 1, 0);
	btf = made(b, "t");
	diff = diffed(empty, btf, NULL);
	assert_int_equal(kbtf_diff_text(diff, 0, told_write, &told), 0);
	assert_true(told.size < 1500);
	assert_non_null(strstr(told.text, "...\n\nfunction         0 removed       1 added"));
	free(told.text);
	kbtf_diff_free(diff);
	kbtf_free(btf);
	kbtf_free(empty);
}

static int refuse(void *ctx, const char *text, size_t n)
{
	(void)text;
	(void)n;
	++*(int *)ctx;
	return -ENOSPC;
}

static void test_failing_write(void **state)
{
	struct kbtf *old = typed("struct s 4", NULL, "a"), *new = typed("struct s 8", NULL, "b");
	struct kbtf_diff *diff = diffed(old, new, NULL);
	int nr = 0;

	(void)state;
	assert_int_equal(kbtf_diff_text(diff, 0, refuse, &nr), -ENOSPC);
	assert_int_equal(kbtf_diff_json(diff, refuse, &nr), -ENOSPC);
	assert_int_equal(nr, 2);
	kbtf_diff_free(diff);
	kbtf_free(new);
	kbtf_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	      cmocka_unit_test(test_json),
		cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_long_types),
		cmocka_unit_test(test_failing_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
