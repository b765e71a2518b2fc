// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The builder against bytes put together by hand, and all that it refuses. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/builder.h>

/* What the builder makes has to be these bytes. */
static void check_bytes(struct kbtf_builder *b, struct raw *r, const struct kbtf *base)
{
	struct kbtf *btf = made(b, "built");
	size_t size, expected_size;
	void *expected = raw_finish(r, &expected_size);
	const void *bytes = kbtf_bytes(btf, &size);

	assert_int_equal(size, expected_size);
	assert_memory_equal(bytes, expected, size);
	assert_ptr_equal(kbtf_base(btf), base);
	assert_string_equal(kbtf_label(btf), "built");
	free(expected);
	raw_deinit(r);
	kbtf_free(btf);
}

static void test_every_kind(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	uint32_t x, y, z;
	struct raw r;

	(void)state;
	assert_int_equal(kbtf_builder_int(b, "x", 4, KBTF_INT_SIGNED), 1);
	assert_int_equal(kbtf_builder_type(b, KBTF_PTR, NULL, 0, 1), 2);
	assert_int_equal(kbtf_builder_array(b, 1, 1, 7), 3);
	assert_int_equal(kbtf_builder_type(b, KBTF_STRUCT, "y", 1, 8), 4);
	kbtf_builder_member(b, "x", 1, 5, 3);
	kbtf_builder_member(b, NULL, 2, 64, 0);
	kbtf_builder_type(b, KBTF_UNION, "", 0, 8);
	kbtf_builder_member(b, "y", 1, 0x12345678, 0);
	kbtf_builder_type(b, KBTF_ENUM, "y", 1, 4);
	kbtf_builder_enumerator(b, "z", UINT64_MAX);
	kbtf_builder_type(b, KBTF_ENUM64, "y", 0, 8);
	kbtf_builder_enumerator(b, "z", 0x123456789abcdef0);
	kbtf_builder_type(b, KBTF_FWD, "z", 1, 0);
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 1);
	kbtf_builder_param(b, "x", 2);
	kbtf_builder_param(b, NULL, 0);
	kbtf_builder_func(b, "x", 9, 2);
	kbtf_builder_var(b, "x", 1, 1);
	kbtf_builder_type(b, KBTF_DATASEC, "y", 0, 16);
	kbtf_builder_secinfo(b, 11, 4, 4);
	kbtf_builder_type(b, KBTF_FLOAT, "z", 0, 8);
	kbtf_builder_decl_tag(b, "x", 4, -1);
	assert_int_equal(kbtf_builder_type(b, KBTF_TYPE_TAG, "x", 0, 1), 15);

	raw_init(&r, 0);
	x = raw_string(&r, "x");
	raw_type(&r, KBTF_INT, x, 0, 0, 4);
	raw_word(&r, 0x01000020);
	raw_type(&r, KBTF_PTR, 0, 0, 0, 1);
	raw_type(&r, KBTF_ARRAY, 0, 0, 0, 0);
	raw_words(&r, 3, 1u, 1u, 7u);
	y = raw_string(&r, "y");
	raw_type(&r, KBTF_STRUCT, y, 2, 1, 8);
	raw_words(&r, 6, x, 1u, 0x03000005u, 0u, 2u, 64u);
	raw_type(&r, KBTF_UNION, 0, 1, 0, 8);
	raw_words(&r, 3, y, 1u, 0x12345678u);
	z = raw_string(&r, "z");
	raw_type(&r, KBTF_ENUM, y, 1, 1, 4);
	raw_words(&r, 2, z, UINT32_MAX);
	raw_type(&r, KBTF_ENUM64, y, 1, 0, 8);
	raw_words(&r, 3, z, 0x9abcdef0u, 0x12345678u);
	raw_type(&r, KBTF_FWD, z, 0, 1, 0);
	raw_type(&r, KBTF_FUNC_PROTO, 0, 2, 0, 1);
	raw_words(&r, 4, x, 2u, 0u, 0u);
	raw_type(&r, KBTF_FUNC, x, 2, 0, 9);
	raw_type(&r, KBTF_VAR, x, 0, 0, 1);
	raw_word(&r, 1);
	raw_type(&r, KBTF_DATASEC, y, 1, 0, 16);
	raw_words(&r, 3, 11u, 4u, 4u);
	raw_type(&r, KBTF_FLOAT, z, 0, 0, 8);
	raw_type(&r, KBTF_DECL_TAG, x, 0, 0, 4);
	raw_word(&r, UINT32_MAX);
	raw_type(&r, KBTF_TYPE_TAG, x, 0, 0, 1);
	check_bytes(b, &r, NULL);
}

static void test_split(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *base;
	struct raw r;

	(void)state;
	kbtf_builder_int(b, "int", 4, 0);
	base = made(b, NULL);
	b = kbtf_builder_new(base);
	assert_int_equal(kbtf_builder_string(b, ""), 0);
	assert_int_equal(kbtf_builder_string(b, "s"), 5);
	assert_int_equal(kbtf_builder_type(b, KBTF_STRUCT, "s", 0, 4), 2);
	kbtf_builder_member(b, "int", 1, 0, 0);
	raw_init(&r, 5);
	raw_type(&r, KBTF_STRUCT, raw_string(&r, "s"), 1, 0, 4);
	raw_words(&r, 3, raw_string(&r, "int"), 1u, 0u);
	check_bytes(b, &r, base);
	kbtf_free(base);
}

static void test_strings_are_stored_once(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	uint32_t offs[1000], i;
	struct kbtf *btf;
	char name[16];

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		offs[i] = kbtf_builder_string(b, name);
	}
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		assert_int_equal(kbtf_builder_string(b, name), offs[i]);
	}
	btf = made(b, NULL);
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		assert_string_equal(kbtf_string(btf, offs[i]), name);
	}
	assert_int_equal(kbtf_header(btf)->str_len, 1 + 10 * 6 + 90 * 7 + 900 * 8);
	kbtf_free(btf);
}

static void test_records_are_copied(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *from, *to;

	(void)state;
	kbtf_builder_int(b, "int", 4, 0);
	kbtf_builder_type(b, KBTF_STRUCT, NULL, 0, 4);
	kbtf_builder_member(b, "int", 1, 0, 0);
	from = made(b, NULL);
	b = kbtf_builder_new(NULL);
	kbtf_builder_string(b, "int");
	kbtf_builder_record(b, kbtf_type(from, 1), kbtf_type_size_bytes(from, 1));
	assert_int_equal(kbtf_builder_record(b, kbtf_type(from, 2), kbtf_type_size_bytes(from, 2)),
			 2);
	to = made(b, NULL);
	assert_memory_equal(kbtf_bytes(to, NULL), kbtf_bytes(from, NULL), 24 + 16 + 24 + 5);
	kbtf_free(to);
	kbtf_free(from);
}

static void test_empty(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	check_bytes(b, &r, NULL);
	kbtf_builder_free(NULL);
	b = kbtf_builder_new(NULL);
	kbtf_builder_int(b, "int", 4, 0);
	kbtf_builder_free(b);
}

/* One wrong call each; what comes after it must not matter. */
static void no_type(struct kbtf_builder *b)
{
	kbtf_builder_member(b, "x", 0, 0, 0);
}

static void member_of_an_int(struct kbtf_builder *b)
{
	kbtf_builder_int(b, "int", 4, 0);
	kbtf_builder_member(b, "x", 0, 0, 0);
}

static void enumerator_of_a_struct(struct kbtf_builder *b)
{
	kbtf_builder_type(b, KBTF_STRUCT, "s", 0, 4);
	kbtf_builder_enumerator(b, "x", 0);
}

static void param_of_a_func(struct kbtf_builder *b)
{
	kbtf_builder_func(b, "f", 0, 0);
	kbtf_builder_param(b, "x", 0);
}

static void secinfo_of_a_var(struct kbtf_builder *b)
{
	kbtf_builder_var(b, "v", 0, 0);
	kbtf_builder_secinfo(b, 1, 0, 4);
}

static void bitfield_without_kind_flag(struct kbtf_builder *b)
{
	kbtf_builder_type(b, KBTF_STRUCT, "s", 0, 4);
	kbtf_builder_member(b, "x", 0, 0, 3);
}

static void bitfield_wider_than_8_bits_say(struct kbtf_builder *b)
{
	kbtf_builder_type(b, KBTF_STRUCT, "s", 1, 4);
	kbtf_builder_member(b, "x", 0, 0, 256);
}

static void bitfield_beyond_24_bits_of_offset(struct kbtf_builder *b)
{
	kbtf_builder_type(b, KBTF_UNION, "s", 1, 4);
	kbtf_builder_member(b, "x", 0, 1 << 24, 1);
}

static void test_wrong_calls(void **state)
{
	void (*const wrong[])(struct kbtf_builder *) = {
		no_type,
		member_of_an_int,
		enumerator_of_a_struct,
		param_of_a_func,
		secinfo_of_a_var,
		bitfield_without_kind_flag,
		bitfield_wider_than_8_bits_say,
		bitfield_beyond_24_bits_of_offset,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct kbtf_builder *b = kbtf_builder_new(NULL);
		struct kbtf *btf = NULL;
		struct kbtf_diag diag;

		wrong[i](b);
		assert_int_equal(kbtf_builder_int(b, "int", 4, 0), 0);
		assert_int_equal(kbtf_builder_string(b, "int"), 0);
		kbtf_builder_member(b, "y", 0, 0, 0);
		assert_int_equal(kbtf_builder_finish(b, "built", &btf, &diag), -EINVAL);
		assert_diag(&diag, "BTF being built: Invalid argument [build]");
		assert_null(btf);
	}
}

/* One element more than 24 bits count. */
static void test_too_many_elements(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf = NULL;
	struct kbtf_diag diag;
	uint32_t i;

	(void)state;
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
	for (i = 0; i <= 0xffffff; i++)
		kbtf_builder_param(b, NULL, 0);
	assert_int_equal(kbtf_builder_finish(b, "built", &btf, &diag), -E2BIG);
	assert_diag(&diag, "BTF being built: Argument list too long [build]");
	assert_null(btf);
}

/* What was added may still be unsound; the message is that of kbtf_open(). */
static void test_unsound(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf = NULL;
	struct kbtf_diag diag;

	(void)state;
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, 2);
	assert_int_equal(kbtf_builder_finish(b, "built", &btf, &diag), -EINVAL);
	assert_diag(&diag, "built+0x20: type [1] PTR (anon): refers to type id 2, but the last is "
			   "1 [type-id-range]");
	assert_null(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_strings_are_stored_once),
		cmocka_unit_test(test_records_are_copied),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_wrong_calls),
		cmocka_unit_test(test_too_many_elements),
		cmocka_unit_test(test_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
