// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF of DWARF that was put together here. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocfail.h"
#include "encode_made.h"
#include "host.h"
#include "typedump.h"

static void expect(struct make_dwarf *d, const char *types)
{
	struct kbtf_diag diag;
	struct kbtf *btf;

	assert_ok(encode(d, &btf, &diag), &diag);
	assert_string_equal(typedump(btf), types);
	kbtf_free(btf);
	make_deinit(d);
}

static void test_versions(void **state)
{
	struct make_dwarf d;
	unsigned int version;

	(void)state;
	for (version = 2; version <= 5; version++) {
		add_list(&d, version);
		expect(&d, "int int 4 1; ptr 3; struct list 16 (value 1 0) (next 2 64); "
			   "typedef list_t 3");
	}
}

static void test_kinds(void **state)
{
	struct make_dwarf d;
	uint32_t integer;

	(void)state;
	make_unit(&d, 5);
	integer = add_int(&d, "int", 4, 5);
	add_int(&d, "char", 1, 6);
	add_int(&d, "_Bool", 1, 2);
	add_int(&d, "double", 8, 4);
	add_int(&d, "DW_ATE_unsigned_24", 3, 7);
	make_entry(&d, CONSTANT, false, 0);
	make_entry(&d, ARRAY, true, 1, TYPE, REF4);
	make_ref(&d, integer);
	make_entry(&d, SUBRANGE, false, 1, COUNT, DATA1);
	make_u8(&d, 3);
	make_entry(&d, SUBRANGE, false, 1, COUNT, DATA1);
	make_u8(&d, 5);
	make_u8(&d, 0);
	make_entry(&d, ENUM, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(&d, "e");
	make_u8(&d, 4);
	make_entry(&d, ENUMERATOR, false, 2, NAME, STRING, CONST, DATA1);
	make_string(&d, "A");
	make_u8(&d, 255);
	make_u8(&d, 0);
	make_entry(&d, STRUCT, false, 2, NAME, STRING, DECLARATION, PRESENT);
	make_string(&d, "fwd");
	make_end(&d);
	expect(&d, "int int 4 1; int char 1 1; int _Bool 1 4; float double 8; "
		   "int __SANITIZED_FAKE_INT__ 4 0; const 0; array 1 1 15; enum e 4 (A 255); "
		   "fwd fwd");
}

/* Counted from the start of the struct, and, as DWARF 2 does, from the top of the storage. */
static void test_bitfields(void **state)
{
	struct make_dwarf d;
	uint32_t integer;

	(void)state;
	make_unit(&d, 4);
	integer = add_int(&d, "int", 4, 5);
	make_entry(&d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(&d, "s");
	make_u8(&d, 8);
	make_entry(&d, MEMBER, false, 4, NAME, STRING, TYPE, REF4, BITS, DATA1, DATA_BIT_OFFSET,
		   DATA1);
	make_string(&d, "a");
	make_ref(&d, integer);
	make_u8(&d, 3);
	make_u8(&d, 5);
	make_entry(&d, MEMBER, false, 5, NAME, STRING, TYPE, REF4, BITS, DATA1, BIT_OFFSET, DATA1,
		   PLACE, DATA1);
	make_string(&d, "b");
	make_ref(&d, integer);
	make_u8(&d, 7);
	make_u8(&d, 20);
	make_u8(&d, 4);
	add_member(&d, "c", integer, 0);
	make_u8(&d, 0);
	make_end(&d);
	/* Counted from the top of the unit, whose first bit that is on big-endian machines. */
	expect(&d, HOST_IS_BIG_ENDIAN ? "int int 4 1; bstruct s 8 (a 1 5 3) (b 1 52 7) (c 1 0 0)"
				      : "int int 4 1; bstruct s 8 (a 1 5 3) (b 1 37 7) (c 1 0 0)");
}

/* struct s { int a; } of a type unit, and a pointer to it from elsewhere. */
static void make_types(struct make_dwarf *d, unsigned int version, uint64_t asked)
{
	uint32_t integer;

	make_unit(d, version);
	make_entry(d, POINTER, false, 1, TYPE, REF_SIG8);
	make_u64(d, asked);
	make_entry(d, STRUCT, false, 3, NAME, STRING, DECLARATION, PRESENT, SIGNATURE, REF_SIG8);
	make_string(d, "s");
	make_u64(d, asked);
	make_end_unit(d);
	make_type_unit(d, version, 0x1122334455667788);
	integer = add_int(d, "int", 4, 5);
	make_set(d, d->type_offset, make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1));
	make_string(d, "s");
	make_u8(d, 4);
	add_member(d, "a", integer, 0);
	make_u8(d, 0);
	make_end(d);
}

static void test_type_units(void **state)
{
	struct make_dwarf d;
	unsigned int version;

	(void)state;
	for (version = 4; version <= 5; version++) {
		make_types(&d, version, 0x1122334455667788);
		expect(&d, "int int 4 1; ptr 3; struct s 4 (a 1 0)");
	}
}

/* Forms that stand in front of their values. */
static void test_indirect(void **state)
{
	struct make_dwarf d;
	uint32_t list;

	(void)state;
	make_unit(&d, 4);
	list = make_entry(&d, STRUCT, false, 4, NAME, INDIRECT, SIZE, INDIRECT, SIBLING, INDIRECT,
			  DECL_FILE, INDIRECT);
	make_u8(&d, STRING);
	make_string(&d, "told");
	make_u8(&d, DATA2);
	make_u16(&d, 12);
	make_u8(&d, REF4);
	make_u32(&d, 0);
	make_u8(&d, BLOCK1);
	make_u8(&d, 2);
	make_u16(&d, 0xffff);
	make_entry(&d, STRUCT, false, 3, NAME, STRING, DECLARATION, INDIRECT, DECL_FILE, INDIRECT);
	make_string(&d, "declared");
	make_u8(&d, PRESENT);
	make_u8(&d, PRESENT);
	make_entry(&d, POINTER, false, 1, TYPE, INDIRECT);
	make_u8(&d, REF_UDATA);
	make_u8(&d, list);
	make_end(&d);
	expect(&d, "int int 4 1; struct told 12; fwd declared; ptr 2");
}

/* ---- Failing allocations ---------------------------------------------- */

static void test_oom(void **state)
{
	struct allocfail_each each = { 0 };
	struct make_dwarf d;

	(void)state;
	add_list(&d, 5);
	while (allocfail_next(&each)) {
		struct kbtf_diag diag;
		struct kbtf *btf = NULL;
		int err = encode(&d, &btf, &diag);

		kbtf_free(btf);
		allocfail_done(&each, err);
	}
	assert_true(each.nth > 20);
	make_deinit(&d);
}

static void test_features(void **state)
{
	struct kbtf_diag diag;
	unsigned int features;
	bool distilled;

	(void)state;
	assert_int_equal(kbtf_encode_features_parse("default", &features, &distilled, NULL), 0);
	assert_int_equal(features, KBTF_ENCODE_DEFAULT);
	assert_false(distilled);
	assert_int_equal(kbtf_encode_features_parse("var,base_ref", &features, &distilled, NULL),
			 0);
	assert_int_equal(features, KBTF_ENCODE_VAR);
	assert_true(distilled);
	assert_int_equal(kbtf_encode_features_parse("+global_var", &features, &distilled, NULL), 0);
	assert_int_equal(features, KBTF_ENCODE_DEFAULT | KBTF_ENCODE_GLOBAL_VAR);
	assert_int_equal(kbtf_encode_features_parse("var,wings", &features, &distilled, &diag),
			 -EINVAL);
	assert_diag(&diag, "wings is no feature [feature]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),  cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_bitfields), cmocka_unit_test(test_type_units),
		cmocka_unit_test(test_indirect),  cmocka_unit_test(test_oom),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
