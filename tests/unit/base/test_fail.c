// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "fail.h"

static void test_fail_returns_its_errno(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_fail(NULL, -EINVAL, "rule", "text"), -EINVAL);
	assert_int_equal(kbtf_fail_at(NULL, -ELOOP, "rule", 1, "text"), -ELOOP);
	assert_int_equal(kbtf_fail_nomem(NULL), -ENOMEM);
	kbtf_diag_in(NULL, "place");
	assert_int_equal(kbtf_fail(&diag, -E2BIG, "rule", "%u of %s", 3, "x"), -E2BIG);
	assert_int_equal(diag.err, -E2BIG);
	assert_string_equal(diag.reason, "rule");
	assert_int_equal(diag.type_id, 0);
	assert_true(diag.offset == KBTF_NO_OFFSET);
	assert_diag(&diag, "3 of x [rule]");
}

static void test_no_memory_has_one_message(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_fail_nomem(&diag), -ENOMEM);
	assert_diag(&diag, "out of memory [no-memory]");
}

static void test_places_nest_outwards(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	kbtf_fail_at(&diag, -EINVAL, "rule", 0x4c, "text");
	assert_diag(&diag, "+0x4c: text [rule]");
	kbtf_diag_in(&diag, ".BTF");
	assert_diag(&diag, ".BTF+0x4c: text [rule]");
	kbtf_diag_in(&diag, "a.ko");
	assert_diag(&diag, "a.ko: .BTF+0x4c: text [rule]");
	kbtf_diag_in(&diag, "");
	kbtf_diag_in(&diag, NULL);
	kbtf_diag_in(&diag, "dir");
	assert_diag(&diag, "dir: a.ko: .BTF+0x4c: text [rule]");
}

static void test_place_without_offset(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	kbtf_fail(&diag, -EINVAL, "rule", "text");
	kbtf_diag_in(&diag, "a.ko");
	assert_diag(&diag, "a.ko: text [rule]");
}

static void test_no_reason_no_brackets(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	kbtf_fail(&diag, -EIO, NULL, "text");
	assert_diag(&diag, "text");
}

/* A path that is too long loses its beginning, and says so. */
static void test_long_place_loses_its_beginning(void **state)
{
	char path[300], expected[200];
	struct kbtf_diag diag;

	(void)state;
	memset(path, 'd', sizeof(path));
	memcpy(path + sizeof(path) - 6, "/a.ko", 6);
	kbtf_fail(&diag, -EINVAL, "rule", "text");
	kbtf_diag_in(&diag, ".BTF");
	kbtf_diag_in(&diag, path);
	assert_int_equal(strlen(diag.place), sizeof(diag.place) - 1);
	memset(expected, 'd', sizeof(expected));
	memcpy(expected, "...", 3);
	strcpy(expected + sizeof(diag.place) - 1 - strlen("/a.ko: .BTF"), "/a.ko: .BTF");
	assert_string_equal(diag.place, expected);
	kbtf_diag_in(&diag, "more"); /* for which there is no room any more */
	assert_string_equal(diag.place, expected);
}

/* Any length of place, one after the other, keeps the inner one whole and the record in bounds. */
static void test_every_length_of_place(void **state)
{
	char outer[200], inner[200];
	struct kbtf_diag diag;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(inner); i++) {
		for (j = 0; j < sizeof(outer); j++) {
			memset(inner, 'i', i);
			inner[i] = '\0';
			memset(outer, 'o', j);
			outer[j] = '\0';
			kbtf_fail(&diag, -EINVAL, "rule", "text");
			kbtf_diag_in(&diag, inner);
			kbtf_diag_in(&diag, outer);
			assert_true(strlen(diag.place) < sizeof(diag.place));
			if (i && i < sizeof(diag.place))
				assert_true(strlen(diag.place) >= i &&
					    !strcmp(diag.place + strlen(diag.place) - i, inner));
			if (i && j && i + j + 2 < sizeof(diag.place) - 8)
				assert_int_equal(strlen(diag.place), i + j + 2);
		}
	}
}

static void test_long_text_is_cut(void **state)
{
	char text[1000];
	struct kbtf_diag diag;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	kbtf_fail(&diag, -EINVAL, "rule", "%s", text);
	assert_int_equal(strlen(diag.text), sizeof(diag.text) - 1);
	assert_memory_equal(diag.text, text, sizeof(diag.text) - 1);
}

/* Names come from files that anybody may have made. */
static void test_control_characters_are_not_printed(void **state)
{
	struct kbtf_diag diag;

	(void)state;
	kbtf_fail(&diag, -EINVAL, "rule",
		  "a\x1b[2Jb\nc\rd\x7f"
		  "e\tf");
	assert_diag(&diag, "a?[2Jb?c?d?e?f [rule]");
	kbtf_diag_in(&diag, "bad\nname\x1b.ko");
	assert_diag(&diag, "bad?name?.ko: a?[2Jb?c?d?e?f [rule]");
	kbtf_fail(&diag, -EINVAL, "rule",
		  "stra\xc3\x9f"
		  "e");
	assert_diag(&diag, "stra\xc3\x9f"
			   "e [rule]");
}

/* As snprintf(): the whole length is returned however little room there is. */
static void test_format_into_little_room(void **state)
{
	const char *line = "a.ko+0x10: text [rule]";
	struct kbtf_diag diag;
	char buf[64];
	size_t room;

	(void)state;
	kbtf_fail_at(&diag, -EINVAL, "rule", 16, "text");
	kbtf_diag_in(&diag, "a.ko");
	assert_int_equal(kbtf_diag_format(&diag, NULL, 0), strlen(line));
	for (room = 1; room < sizeof(buf); room++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(kbtf_diag_format(&diag, buf, room), strlen(line));
		assert_int_equal(strlen(buf), room <= strlen(line) ? room - 1 : strlen(line));
		assert_memory_equal(buf, line, strlen(buf));
		if (room < sizeof(buf))
			assert_int_equal(buf[room], '#');
	}
}

/* The largest parts there can be still make one line without being cut. */
static void test_format_of_the_longest_line(void **state)
{
	char line[1024], text[1000], place[1000];
	struct kbtf_diag diag;
	int n;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memset(place, 'p', sizeof(place));
	place[sizeof(place) - 1] = '\0';
	kbtf_fail_at(&diag, -EINVAL, "rule", UINT64_MAX - 1, "%s", text);
	kbtf_diag_in(&diag, place);
	n = kbtf_diag_format(&diag, line, sizeof(line));
	assert_int_equal(n, 159 + strlen("+0xfffffffffffffffe: ") + 399 + strlen(" [rule]"));
	assert_int_equal(strlen(line), n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fail_returns_its_errno),
		cmocka_unit_test(test_no_memory_has_one_message),
		cmocka_unit_test(test_places_nest_outwards),
		cmocka_unit_test(test_place_without_offset),
		cmocka_unit_test(test_no_reason_no_brackets),
		cmocka_unit_test(test_long_place_loses_its_beginning),
		cmocka_unit_test(test_every_length_of_place),
		cmocka_unit_test(test_long_text_is_cut),
		cmocka_unit_test(test_control_characters_are_not_printed),
		cmocka_unit_test(test_format_into_little_room),
		cmocka_unit_test(test_format_of_the_longest_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
