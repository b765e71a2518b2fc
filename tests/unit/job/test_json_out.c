// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* JSON on its way out: text that is no UTF-8, writers that fail. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "json_out.h"

static char text[4096];
static int write_result;

static int collect(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	if (!write_result)
		strncat(text, bytes, n);
	return write_result;
}

static void begin(struct kbtf_json_out *out)
{
	text[0] = '\0';
	write_result = 0;
	assert_int_equal(kbtf_json_out_init(out, collect, NULL), 0);
}

static void assert_string_becomes(const char *value, const char *json)
{
	struct kbtf_json_out out;

	begin(&out);
	kbtf_json_string(&out, NULL, value);
	assert_int_equal(kbtf_json_out_finish(&out), 0);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, json);
}

static void test_strings(void **state)
{
	(void)state;
	assert_string_becomes(NULL, "null");
	assert_string_becomes("", "\"\"");
	assert_string_becomes("a\"b\\\t\x1f", "\"a\\\"b\\\\\\t\\u001F\"");
	assert_string_becomes("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
			      "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
#define BAD "\xef\xbf\xbd"
	assert_string_becomes("\xff", "\"" BAD "\"");
	assert_string_becomes("a\x80z", "\"a" BAD "z\"");	/* continues nothing */
	assert_string_becomes("\xc3", "\"" BAD "\"");		/* cut short by the end */
	assert_string_becomes("\xe2\x82z", "\"" BAD BAD "z\""); /* cut short */
	assert_string_becomes("\xc0\xaf", "\"" BAD BAD "\"");	/* longer than need be */
	assert_string_becomes("\xe0\x80\xaf", "\"" BAD BAD BAD "\"");
	assert_string_becomes("\xed\xa0\x80", "\"" BAD BAD BAD "\""); /* half a surrogate pair */
	assert_string_becomes("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""); /* beyond Unicode */
	assert_string_becomes("\xf8\x88\x80\x80\x80", "\"" BAD BAD BAD BAD BAD "\"");
}

static void test_values(void **state)
{
	struct kbtf_diag diag = {
		.reason = "why", .offset = KBTF_NO_OFFSET, .place = "p", .text = "t"
	};
	struct kbtf_json_out out;

	(void)state;
	begin(&out);
	kbtf_json_open_map(&out, NULL);
	kbtf_json_number(&out, "most", UINT64_MAX);
	kbtf_json_seconds(&out, "seconds", 1.5);
	kbtf_json_bool(&out, "yes", true);
	kbtf_json_null(&out, "nothing");
	kbtf_json_open_array(&out, "none");
	kbtf_json_close_array(&out);
	kbtf_json_diag(&out, "diag", &diag);
	kbtf_json_close_map(&out);
	assert_int_equal(kbtf_json_out_finish(&out), 0);
	assert_string_equal(text, "{\n"
				  "  \"most\": 18446744073709551615,\n"
				  "  \"seconds\": 1.500000,\n"
				  "  \"yes\": true,\n"
				  "  \"nothing\": null,\n"
				  "  \"none\": [\n\n  ],\n"
				  "  \"diag\": {\n"
				  "    \"reason\": \"why\",\n"
				  "    \"place\": \"p\",\n"
				  "    \"offset\": null,\n"
				  "    \"type_id\": 0,\n"
				  "    \"text\": \"t\"\n"
				  "  }\n"
				  "}\n");
}

/* The first error is kept, whatever comes after it. */
static void test_failing_write(void **state)
{
	struct kbtf_json_out out;

	(void)state;
	begin(&out);
	kbtf_json_open_array(&out, NULL);
	write_result = -ENOSPC;
	kbtf_json_flush(&out);
	write_result = 0;
	kbtf_json_number(&out, NULL, 1);
	kbtf_json_close_array(&out);
	assert_int_equal(kbtf_json_out_finish(&out), -ENOSPC);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_failing_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
