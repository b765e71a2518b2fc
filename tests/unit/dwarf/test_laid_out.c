// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Entries that are read by their layouts mean what they mean where programs read them, which is so
 * near the end of a unit: each unit is made with and without something behind them.
 */
#include "made.h"

#include <stdlib.h>

#include "encode_made.h"
#include "typedump.h"

enum { UPPER_BOUND = 0x2f, INLINED = 0x1d, CALL_SITE = 0x48 };

static void end_unit(struct make_dwarf *d, bool with_more)
{
	unsigned int i;

	if (with_more) {
		make_entry(d, LABEL, false, 1, CONST, BLOCK1);
		make_u8(d, 255);
		for (i = 0; i < 255; i++)
			make_u8(d, 0x7f);
	}
	make_end(d);
}

static void expect_both(void (*make)(struct make_dwarf *d), const char *types)
{
	struct kbtf_diag diag;
	struct make_dwarf d;
	struct kbtf *btf;
	int with_more;

	for (with_more = 0; with_more < 2; with_more++) {
		make(&d);
		end_unit(&d, with_more);
		assert_ok(encode(&d, &btf, &diag), &diag);
		assert_string_equal(typedump(btf), types);
		kbtf_free(btf);
		make_deinit(&d);
	}
}

static void add_struct(struct make_dwarf *d, const char *name, unsigned int size)
{
	make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(d, name);
	make_u8(d, size);
}

/* Members of a struct that go on behind those of structs inside of it. */
static void make_nested(struct make_dwarf *d)
{
	uint32_t integer;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	add_struct(d, "a", 24);
	add_member(d, "a1", integer, 0);
	add_struct(d, "b", 12);
	add_member(d, "b1", integer, 0);
	add_struct(d, "c", 4);
	add_member(d, "c1", integer, 0);
	make_u8(d, 0);
	add_member(d, "b2", integer, 4);
	add_member(d, "b3", integer, 8);
	make_u8(d, 0);
	add_member(d, "a2", integer, 4);
	add_struct(d, "e", 0);
	make_u8(d, 0);
	add_member(d, "a3", integer, 8);
	make_u8(d, 0);
}

static void test_nested(void **state)
{
	(void)state;
	expect_both(make_nested, "int int 4 1; struct a 24 (a1 1 0) (a2 1 32) (a3 1 64); "
				 "struct b 12 (b1 1 0) (b2 1 32) (b3 1 64); struct c 4 (c1 1 0); "
				 "struct e 0");
}

static void add_bits(struct make_dwarf *d, const char *name, uint32_t type, unsigned int bits,
		     unsigned int at)
{
	make_entry(d, MEMBER, false, 4, NAME, STRING, TYPE, REF4, BITS, DATA1, DATA_BIT_OFFSET,
		   DATA2);
	make_string(d, name);
	make_ref(d, type);
	make_u8(d, bits);
	make_u16(d, at);
}

static void add_dimension(struct make_dwarf *d, uint32_t type, unsigned int last)
{
	make_entry(d, SUBRANGE, false, 2, TYPE, REF4, UPPER_BOUND, DATA2);
	make_ref(d, type);
	make_u16(d, last);
}

/* An array with two dimensions, one whose length is not told, and bitfields beyond a byte. */
static void make_numbers(struct make_dwarf *d)
{
	uint32_t integer;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	make_entry(d, ARRAY, true, 1, TYPE, REF4);
	make_ref(d, integer);
	add_dimension(d, integer, 299);
	add_dimension(d, integer, 2);
	make_u8(d, 0);
	make_entry(d, ARRAY, true, 1, TYPE, REF4);
	make_ref(d, integer);
	make_entry(d, SUBRANGE, false, 1, TYPE, REF4);
	make_ref(d, integer);
	make_u8(d, 0);
	add_struct(d, "s", 100);
	add_bits(d, "x", integer, 3, 5);
	add_bits(d, "y", integer, 31, 513);
	make_u8(d, 0);
}

static void test_numbers(void **state)
{
	(void)state;
	expect_both(make_numbers, "int int 4 1; array 1 1 900; array 1 1 0; "
				  "bstruct s 100 (x 1 5 3) (y 1 513 31)");
}

/* What a function has inside: of a block its types count, of what was inlined nothing does. */
static void make_function(struct make_dwarf *d)
{
	uint32_t integer, sibling;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	make_entry(d, FUNCTION, true, 1, NAME, STRING);
	make_string(d, "f");
	make_entry(d, VARIABLE, false, 2, TYPE, REF4, LOCATION, EXPRLOC);
	make_ref(d, integer);
	make_u8(d, 2);
	make_u16(d, 0);
	make_entry(d, INLINED, true, 2, LOW_PC, ADDR, SIBLING, REF4);
	make_u64(d, 0x1234);
	sibling = make_ref(d, 0);
	add_struct(d, "not", 4);
	make_u8(d, 0);
	make_u8(d, 0);
	make_set(d, sibling, make_entry(d, CALL_SITE, false, 1, LOW_PC, ADDR));
	make_u64(d, 0x1234);
	make_entry(d, BLOCK, true, 1, LOW_PC, ADDR);
	make_u64(d, 0x1234);
	make_entry(d, LABEL, false, 0);
	add_struct(d, "local", 4);
	add_member(d, "x", integer, 0);
	make_u8(d, 0);
	make_u8(d, 0);
	make_u8(d, 0);
	make_entry(d, POINTER, false, 1, TYPE, REF4);
	make_ref(d, integer);
}

static void test_function(void **state)
{
	(void)state;
	expect_both(make_function, "int int 4 1; struct local 4 (x 1 0); ptr 1");
}

static void make_bad_sibling(struct make_dwarf *d)
{
	make_unit(d, 5);
	make_entry(d, FUNCTION, true, 1, NAME, STRING);
	make_string(d, "f");
	make_entry(d, INLINED, true, 1, SIBLING, REF4);
	make_ref(d, 5);
	make_u8(d, 0);
	make_u8(d, 0);
}

static void test_bad_sibling(void **state)
{
	struct kbtf_diag first, diag;
	struct make_dwarf d;
	struct kbtf *btf;
	int with_more;

	(void)state;
	for (with_more = 0; with_more < 2; with_more++) {
		make_bad_sibling(&d);
		end_unit(&d, with_more);
		assert_int_not_equal(encode(&d, &btf, &diag), 0);
		if (!with_more)
			first = diag;
		assert_string_equal(diag.reason, "dwarf-sibling");
		assert_string_equal(diag.text, first.text);
		make_deinit(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_function),
		cmocka_unit_test(test_bad_sibling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
