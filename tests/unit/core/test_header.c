// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Headers that are to be accepted, whatever is odd about them. Those that are not
 * are in tests/bad.
 */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/btf.h>

#include "raw.h"

/* One INT "int", in the shape that the caller asks for. */
static void make_int(struct raw *r)
{
	raw_init(r, 0);
	raw_type(r, KBTF_INT, raw_string(r, "int"), 0, 0, 4);
	raw_word(r, 32);
}

/* Open, read the INT, write back the same bytes; in both byte orders. */
static void check_int(struct raw *r, uint32_t header_size)
{
	for (r->swapped = false;; r->swapped = true) {
		struct kbtf_diag diag;
		struct kbtf *btf;
		size_t size, written_size;
		void *bytes = raw_finish(r, &size), *written;

		assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
		assert_int_equal(kbtf_is_swapped(btf), r->swapped);
		assert_int_equal(kbtf_header(btf)->magic, KBTF_MAGIC);
		assert_int_equal(kbtf_header(btf)->hdr_len, header_size);
		assert_int_equal(kbtf_nr_types(btf), 1);
		assert_string_equal(kbtf_name(btf, 1), "int");
		assert_int_equal(kbtf_type(btf, 1)->size, 4);
		assert_int_equal(kbtf_word(kbtf_type(btf, 1)), 32);
		assert_int_equal(kbtf_write(btf, &written, &written_size), 0);
		assert_int_equal(written_size, size);
		assert_memory_equal(written, bytes, size);
		free(written);
		free(bytes);
		kbtf_free(btf);
		if (r->swapped)
			break;
	}
}

static void test_24_bytes(void **state)
{
	struct raw r;

	(void)state;
	make_int(&r);
	check_int(&r, 24);
	raw_deinit(&r);
}

static void test_32_bytes_with_layout(void **state)
{
	struct raw r;

	(void)state;
	make_int(&r);
	raw_layout_known(&r, KBTF_NR_KINDS);
	check_int(&r, 32);
	raw_deinit(&r);
}

/* Longer headers of zeroes are what kernels without the new fields accept, too. */
static void test_longer_header_of_zeroes(void **state)
{
	const uint32_t sizes[] = { 28, 32, 36, 40, 64, 4096 };
	struct raw r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		make_int(&r);
		r.header_size = sizes[i];
		check_int(&r, sizes[i]);
		raw_deinit(&r);
	}
}

static void test_layout_of_fewer_or_more_kinds(void **state)
{
	uint32_t nr;

	(void)state;
	for (nr = 1; nr <= KBTF_NR_KINDS; nr++) {
		struct raw r;

		make_int(&r);
		raw_layout_known(&r, nr);
		if (nr == KBTF_NR_KINDS) {
			raw_layout(&r, 4, 8, 0x1234);
			raw_layout(&r, 255, 3, 0x8001); /* of use for no type that there is */
		}
		check_int(&r, 32);
		raw_deinit(&r);
	}
}

/* Strings before types, gaps and a tail that no section covers: kept as they are. */
static void test_sections_in_any_place(void **state)
{
	struct kbtf_header h = {
		.magic = KBTF_MAGIC,
		.version = KBTF_VERSION,
		.hdr_len = 24,
		.type_off = 12,
		.type_len = 16,
		.str_off = 3,
		.str_len = 5,
	};
	uint8_t bytes[24 + 12 + 16 + 9];
	struct kbtf_type t = { .name_off = 1, .info = kbtf_info(KBTF_INT, 0, 0), .size = 4 };
	uint32_t word = 32;
	struct kbtf_diag diag;
	struct kbtf *btf;
	void *written;
	size_t size;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	memcpy(bytes, &h, 24);
	memcpy(bytes + 24 + 3, "\0int", 5);
	memcpy(bytes + 24 + 12, &t, 12);
	memcpy(bytes + 24 + 24, &word, 4);
	assert_ok(kbtf_open(bytes, sizeof(bytes), NULL, &btf, &diag), &diag);
	assert_string_equal(kbtf_name(btf, 1), "int");
	assert_int_equal(kbtf_type_offset(btf, 1), 36);
	assert_int_equal(kbtf_write(btf, &written, &size), 0);
	assert_int_equal(size, sizeof(bytes));
	assert_memory_equal(written, bytes, size);
	free(written);
	kbtf_free(btf);
}

static void test_no_types(void **state)
{
	struct kbtf_diag diag;
	struct kbtf *btf;
	struct raw r;
	size_t size;
	void *bytes;

	(void)state;
	raw_init(&r, 0);
	bytes = raw_finish(&r, &size);
	assert_int_equal(size, 25);
	assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
	assert_int_equal(kbtf_nr_types(btf), 0);
	assert_int_equal(kbtf_end_id(btf), 1);
	assert_int_equal(kbtf_kind(kbtf_type(btf, 0)), KBTF_VOID);
	assert_string_equal(kbtf_name(btf, 0), "");
	assert_null(kbtf_type(btf, 1));
	kbtf_free(btf);
	free(bytes);
	raw_deinit(&r);
}

/* Bytes that cannot be read where they are are copied, whatever the flags say. */
static void test_unaligned_bytes(void **state)
{
	const unsigned int flags[] = { 0, KBTF_OPEN_BORROW };
	struct raw r;
	size_t size, i, shift;
	uint8_t *bytes, *moved;

	(void)state;
	make_int(&r);
	bytes = raw_finish(&r, &size);
	for (shift = 1; shift < 4; shift++) {
		moved = malloc(size + shift);
		assert_non_null(moved);
		memcpy(moved + shift, bytes, size);
		for (i = 0; i < 2; i++) {
			struct kbtf_open_opts opts = { .flags = flags[i] };
			struct kbtf *btf;

			assert_int_equal(kbtf_open(moved + shift, size, &opts, &btf, NULL), 0);
			assert_true(kbtf_bytes(btf, NULL) != moved + shift);
			assert_int_equal((uintptr_t)kbtf_bytes(btf, NULL) % 4, 0);
			kbtf_free(btf);
		}
		free(moved);
	}
	free(bytes);
	raw_deinit(&r);
}

/* Who owns the bytes: borrowed ones are read in place, taken ones are freed with the BTF. */
static void test_who_owns_the_bytes(void **state)
{
	struct kbtf_open_opts opts = { .label = "mine", .flags = KBTF_OPEN_BORROW };
	struct kbtf *btf;
	struct raw r;
	size_t size;
	void *bytes;

	(void)state;
	make_int(&r);
	bytes = raw_finish(&r, &size);
	assert_int_equal(kbtf_open(bytes, size, &opts, &btf, NULL), 0);
	assert_ptr_equal(kbtf_bytes(btf, NULL), bytes);
	assert_string_equal(kbtf_label(btf), "mine");
	kbtf_free(btf);
	assert_int_equal(kbtf_open(bytes, size, NULL, &btf, NULL), 0);
	assert_ptr_not_equal(kbtf_bytes(btf, NULL), bytes);
	assert_string_equal(kbtf_label(btf), "BTF");
	kbtf_free(btf);
	opts.flags = KBTF_OPEN_TAKE;
	assert_int_equal(kbtf_open(bytes, size, &opts, &btf, NULL), 0);
	assert_ptr_equal(kbtf_bytes(btf, NULL), bytes);
	kbtf_free(btf);
	r.swapped = true;
	bytes = raw_finish(&r, &size);
	assert_int_equal(kbtf_open(bytes, size, &opts, &btf, NULL), 0);
	assert_int_equal(kbtf_type(btf, 1)->size, 4);
	kbtf_free(btf);
	raw_deinit(&r);
}

/* What was not taken on failure is still the caller's. */
static void test_failure_takes_nothing(void **state)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_TAKE };
	struct kbtf *btf = NULL;
	void *bytes = calloc(1, 24);

	(void)state;
	assert_int_equal(kbtf_open(bytes, 24, &opts, &btf, NULL), -EINVAL);
	assert_null(btf);
	free(bytes);
	kbtf_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_24_bytes),
		cmocka_unit_test(test_32_bytes_with_layout),
		cmocka_unit_test(test_longer_header_of_zeroes),
		cmocka_unit_test(test_layout_of_fewer_or_more_kinds),
		cmocka_unit_test(test_sections_in_any_place),
		cmocka_unit_test(test_no_types),
		cmocka_unit_test(test_unaligned_bytes),
		cmocka_unit_test(test_who_owns_the_bytes),
		cmocka_unit_test(test_failure_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
