// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

static void test_appended_bytes_are_there(void **state)
{
	struct kbtf_buf buf = { 0 };
	uint8_t byte;
	uint32_t i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		byte = (uint8_t)(i * 7);
		assert_int_equal(kbtf_buf_append(&buf, &byte, 1), 0);
	}
	assert_int_equal(buf.size, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(buf.data[i], (uint8_t)(i * 7));
	kbtf_buf_deinit(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.size, 0);
}

static void test_nothing_appended_needs_no_bytes(void **state)
{
	struct kbtf_buf buf = { 0 };

	(void)state;
	assert_int_equal(kbtf_buf_append(&buf, NULL, 0), 0);
	assert_null(buf.data);
}

static void test_reserved_bytes_do_not_move(void **state)
{
	struct kbtf_buf buf = { 0 };
	uint8_t *data;

	(void)state;
	assert_int_equal(kbtf_buf_reserve(&buf, 1000), 0);
	assert_int_equal(buf.size, 0);
	data = buf.data;
	assert_ptr_equal(kbtf_buf_extend(&buf, 400), data);
	assert_ptr_equal(kbtf_buf_extend(&buf, 600), data + 400);
	assert_ptr_equal(buf.data, data);
	kbtf_buf_deinit(&buf);
}

/* A size that overflows is refused, and what is there stays. */
static void test_overflow_is_refused(void **state)
{
	struct kbtf_buf buf = { 0 };

	(void)state;
	assert_int_equal(kbtf_buf_append(&buf, "abc", 4), 0);
	assert_int_equal(kbtf_buf_reserve(&buf, SIZE_MAX), -ENOMEM);
	assert_int_equal(kbtf_buf_reserve(&buf, SIZE_MAX - 3), -ENOMEM);
	assert_int_equal(buf.size, 4);
	assert_string_equal((char *)buf.data, "abc");
	kbtf_buf_deinit(&buf);
}

static void test_stolen_bytes_are_the_callers(void **state)
{
	struct kbtf_buf buf = { 0 };
	size_t size = 0;
	char *bytes;

	(void)state;
	assert_int_equal(kbtf_buf_append(&buf, "abc", 4), 0);
	bytes = kbtf_buf_steal(&buf, &size);
	assert_string_equal(bytes, "abc");
	assert_int_equal(size, 4);
	assert_null(buf.data);
	assert_int_equal(buf.size, 0);
	assert_int_equal(buf.room, 0);
	assert_null(kbtf_buf_steal(&buf, NULL));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appended_bytes_are_there),
		cmocka_unit_test(test_nothing_appended_needs_no_bytes),
		cmocka_unit_test(test_reserved_bytes_do_not_move),
		cmocka_unit_test(test_overflow_is_refused),
		cmocka_unit_test(test_stolen_bytes_are_the_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
