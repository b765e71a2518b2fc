// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Every kind from bytes that were written by hand in both byte orders, read
 * through the public calls, and written back.
 *
 * Each row's record is type [3]. Types [1] and [2] are always the same, an INT
 * "int" and a FUNC_PROTO `void (void)`, for it to refer to.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/btf.h>

#include "raw.h"

/* Strings of all rows: "" at 0, "int" at 1, "x" at 5, "first" at 7, "second" at 13. */
static const char strings[] = "\0int\0x\0first\0second";

static const char prefix_le[] = "01000000 00000001 04000000 20000001" /* INT int */
				"00000000 0000000d 00000000";	      /* FUNC_PROTO */
static const char prefix_be[] = "00000001 01000000 00000004 01000020"
				"00000000 0d000000 00000000";

struct row {
	unsigned int kind;
	const char *kind_name;
	const char *name; /* of type [3] */
	unsigned int kflag;
	uint32_t vlen;
	uint32_t size_or_type;
	const char *le, *be;
	uint32_t nr_tail;  /* words behind struct kbtf_type */
	uint32_t tail[12]; /* what they read as */
};

/* clang-format off */
static const struct row rows[] = {
	{ KBTF_INT, "INT", "x", 0, 0, 2,
	  "05000000 00000001 02000000 10000003",
	  "00000005 01000000 00000002 03000010", 1, { 0x03000010 } },
	{ KBTF_PTR, "PTR", "", 0, 0, 1,
	  "00000000 00000002 01000000",
	  "00000000 02000000 00000001", 0, { 0 } },
	{ KBTF_ARRAY, "ARRAY", "", 0, 0, 0,
	  "00000000 00000003 00000000 01000000 01000000 10270000",
	  "00000000 03000000 00000000 00000001 00000001 00002710", 3, { 1, 1, 10000 } },
	{ KBTF_STRUCT, "STRUCT", "x", 1, 2, 8,
	  "05000000 02000084 08000000 07000000 01000000 00000003 0d000000 01000000 20000000",
	  "00000005 84000002 00000008 00000007 00000001 03000000 0000000d 00000001 00000020",
	  6, { 7, 1, 0x03000000, 13, 1, 32 } },
	{ KBTF_UNION, "UNION", "x", 0, 1, 4,
	  "05000000 01000005 04000000 07000000 01000000 00000000",
	  "00000005 05000001 00000004 00000007 00000001 00000000", 3, { 7, 1, 0 } },
	{ KBTF_ENUM, "ENUM", "x", 1, 2, 4,
	  "05000000 02000086 04000000 07000000 ffffffff 0d000000 05000000",
	  "00000005 86000002 00000004 00000007 ffffffff 0000000d 00000005",
	  4, { 7, UINT32_MAX, 13, 5 } },
	{ KBTF_FWD, "FWD", "x", 1, 0, 0,
	  "05000000 00000087 00000000",
	  "00000005 87000000 00000000", 0, { 0 } },
	{ KBTF_TYPEDEF, "TYPEDEF", "x", 0, 0, 1,
	  "05000000 00000008 01000000",
	  "00000005 08000000 00000001", 0, { 0 } },
	{ KBTF_VOLATILE, "VOLATILE", "", 0, 0, 1,
	  "00000000 00000009 01000000",
	  "00000000 09000000 00000001", 0, { 0 } },
	{ KBTF_CONST, "CONST", "", 0, 0, 0,
	  "00000000 0000000a 00000000",
	  "00000000 0a000000 00000000", 0, { 0 } },
	{ KBTF_RESTRICT, "RESTRICT", "", 0, 0, 1,
	  "00000000 0000000b 01000000",
	  "00000000 0b000000 00000001", 0, { 0 } },
	{ KBTF_FUNC, "FUNC", "x", 0, 1, 2,
	  "05000000 0100000c 02000000",
	  "00000005 0c000001 00000002", 0, { 0 } },
	{ KBTF_FUNC_PROTO, "FUNC_PROTO", "", 0, 2, 1,
	  "00000000 0200000d 01000000 07000000 01000000 00000000 00000000",
	  "00000000 0d000002 00000001 00000007 00000001 00000000 00000000", 4, { 7, 1, 0, 0 } },
	{ KBTF_VAR, "VAR", "x", 0, 0, 1,
	  "05000000 0000000e 01000000 02000000",
	  "00000005 0e000000 00000001 00000002", 1, { 2 } },
	{ KBTF_DATASEC, "DATASEC", "x", 0, 1, 16,
	  "05000000 0100000f 10000000 01000000 08000000 04000000",
	  "00000005 0f000001 00000010 00000001 00000008 00000004", 3, { 1, 8, 4 } },
	{ KBTF_FLOAT, "FLOAT", "x", 0, 0, 8,
	  "05000000 00000010 08000000",
	  "00000005 10000000 00000008", 0, { 0 } },
	{ KBTF_DECL_TAG, "DECL_TAG", "x", 0, 0, 1,
	  "05000000 00000011 01000000 ffffffff",
	  "00000005 11000000 00000001 ffffffff", 1, { UINT32_MAX } },
	{ KBTF_TYPE_TAG, "TYPE_TAG", "x", 0, 0, 1,
	  "05000000 00000012 01000000",
	  "00000005 12000000 00000001", 0, { 0 } },
	{ KBTF_ENUM64, "ENUM64", "x", 0, 1, 8,
	  "05000000 01000013 08000000 07000000 01000000 00000080",
	  "00000005 13000001 00000008 00000007 00000001 80000000", 3, { 7, 1, 0x80000000 } },
};
/* clang-format on */

/* Header, prefix, record, strings; in the order that big says. */
static uint8_t *make(const struct row *row, bool big, size_t *ret_size)
{
	char text[1024];
	uint32_t types_size = 28 + 12 + 4 * row->nr_tail;
	size_t size;
	uint8_t *bytes;

	if (big)
		snprintf(text, sizeof(text), "eb9f0100 00000018 00000000 %08x %08x 00000014 %s %s",
			 types_size, types_size, prefix_be, row->be);
	else
		snprintf(text, sizeof(text),
			 "9feb0100 18000000 00000000 %02x000000 %02x000000 14000000 %s %s",
			 types_size, types_size, prefix_le, row->le);
	bytes = unhex(text, &size);
	assert_int_equal(size, 24 + types_size);
	bytes = realloc(bytes, size + sizeof(strings));
	assert_non_null(bytes);
	memcpy(bytes + size, strings, sizeof(strings));
	*ret_size = size + sizeof(strings);
	return bytes;
}

static void check_reading(const struct row *row, const struct kbtf *btf)
{
	const struct kbtf_type *t = kbtf_type(btf, 3);

	assert_int_equal(kbtf_nr_types(btf), 3);
	assert_int_equal(kbtf_first_id(btf), 1);
	assert_int_equal(kbtf_end_id(btf), 4);
	assert_string_equal(kbtf_name(btf, 1), "int");
	assert_string_equal(kbtf_kind_name(row->kind), row->kind_name);
	assert_int_equal(kbtf_kind(t), row->kind);
	assert_int_equal(kbtf_vlen(t), row->vlen);
	assert_int_equal(kbtf_kflag(t), row->kflag);
	assert_int_equal(t->size, row->size_or_type);
	assert_string_equal(kbtf_name(btf, 3), row->name);
	assert_int_equal(kbtf_type_size_bytes(btf, 3), 12 + 4 * row->nr_tail);
	assert_int_equal(kbtf_type_offset(btf, 3), 24 + 28);
	assert_memory_equal(kbtf_tail(t), row->tail, 4 * row->nr_tail);
	assert_null(kbtf_type(btf, 4));
}

static void test_every_kind(void **state)
{
	const bool host_is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	uint32_t kinds = 0;
	size_t i;
	int big;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];

		kinds |= KBTF_KIND_BIT(row->kind);
		for (big = 0; big < 2; big++) {
			struct kbtf_diag diag;
			struct kbtf *btf;
			size_t size, written_size;
			uint8_t *bytes = make(row, big, &size);
			void *written;

			assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
			assert_int_equal(kbtf_is_swapped(btf), big != host_is_big);
			check_reading(row, btf);
			assert_int_equal(kbtf_write(btf, &written, &written_size), 0);
			assert_int_equal(written_size, size);
			assert_memory_equal(written, bytes, size);
			free(written);
			free(bytes);
			kbtf_free(btf);
		}
	}
	assert_int_equal(kinds, (UINT32_C(1) << KBTF_NR_KINDS) - 2); /* all but void */
}

/* Bytes of one order and of the other are the same BTF once they are open. */
static void test_both_orders_are_one_btf(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t size[2];
		uint8_t *bytes[2] = { make(&rows[i], false, &size[0]),
				      make(&rows[i], true, &size[1]) };
		struct kbtf *btf[2];
		int big;

		for (big = 0; big < 2; big++)
			assert_int_equal(kbtf_open(bytes[big], size[big], NULL, &btf[big], NULL),
					 0);
		assert_memory_equal(kbtf_bytes(btf[0], &size[0]), kbtf_bytes(btf[1], &size[1]),
				    size[0]);
		assert_int_equal(size[0], size[1]);
		for (big = 0; big < 2; big++) {
			kbtf_free(btf[big]);
			free(bytes[big]);
		}
	}
}

/* A record cut anywhere is refused, never read beyond. */
static void test_every_kind_truncated(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t size, cut;
		uint8_t *whole = make(&rows[i], false, &size);

		/* Without a string section only, so that each byte counts. */
		for (cut = 0; cut < size; cut++) {
			uint8_t *bytes = malloc(cut ? cut : 1); /* for sanitizers to guard */
			struct kbtf *btf = NULL;
			struct kbtf_diag diag = { 0 };

			assert_non_null(bytes);
			memcpy(bytes, whole, cut);
			assert_true(kbtf_open(bytes, cut, NULL, &btf, &diag) < 0);
			assert_null(btf);
			assert_true(*diag.text);
			free(bytes);
		}
		free(whole);
	}
}

/* 65,536 members and more: vlen has 24 bits since 2026, 16 before. */
static void test_vlen_beyond_16_bits(void **state)
{
	const uint32_t counts[] = { 0xffff, 0x10000, 0x12345 };
	size_t i;
	uint32_t n;
	int swapped;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct kbtf_diag diag;
		struct kbtf *btf;
		struct raw r;
		size_t size, written_size;
		void *bytes, *written;

		swapped = i % 2;
		raw_init(&r, 0);
		raw_type(&r, KBTF_ENUM, raw_string(&r, "many"), counts[i / 2], 0, 4);
		for (n = 0; n < counts[i / 2]; n++)
			raw_words(&r, 2, 1u, n);
		raw_type(&r, KBTF_INT, 1, 0, 0, 4);
		raw_word(&r, 32);
		r.swapped = swapped;
		bytes = raw_finish(&r, &size);
		assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
		assert_int_equal(kbtf_nr_types(btf), 2);
		assert_int_equal(kbtf_vlen(kbtf_type(btf, 1)), counts[i / 2]);
		assert_int_equal(kbtf_enums(kbtf_type(btf, 1))[n - 1].value, n - 1);
		assert_int_equal(kbtf_kind(kbtf_type(btf, 2)), KBTF_INT);
		assert_int_equal(kbtf_write(btf, &written, &written_size), 0);
		assert_int_equal(written_size, size);
		assert_memory_equal(written, bytes, size);
		free(written);
		free(bytes);
		kbtf_free(btf);
		raw_deinit(&r);
	}
}

static void test_members(void **state)
{
	const struct kbtf_type with = { .info = kbtf_info(KBTF_STRUCT, 1, 1) };
	const struct kbtf_type without = { .info = kbtf_info(KBTF_STRUCT, 1, 0) };
	const struct kbtf_member m = { .offset = 0x05000021 };

	(void)state;
	assert_int_equal(kbtf_member_offset_bits(&with, &m), 0x21);
	assert_int_equal(kbtf_member_bitfield_bits(&with, &m), 5);
	assert_int_equal(kbtf_member_offset_bits(&without, &m), 0x05000021);
	assert_int_equal(kbtf_member_bitfield_bits(&without, &m), 0);
	assert_int_equal(kbtf_info(KBTF_ENUM64, 0xffffff, 1), 0x93ffffff);
	assert_string_equal(kbtf_kind_name(KBTF_NR_KINDS), "UNKNOWN");
	assert_string_equal(kbtf_kind_name(127), "UNKNOWN");
	assert_string_equal(kbtf_kind_name(KBTF_VOID), "VOID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_both_orders_are_one_btf),
		cmocka_unit_test(test_every_kind_truncated),
		cmocka_unit_test(test_vlen_beyond_16_bits),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
