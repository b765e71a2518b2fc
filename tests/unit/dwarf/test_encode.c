// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF of DWARF that was put together here, and messages about bad DWARF. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocfail.h"
#include "host.h"
#include "make_dwarf.h"
#include "typedump.h"

enum {
	NAME = 0x03,
	TYPE = 0x49,
	SIZE = 0x0b,
	ENCODING = 0x3e,
	PLACE = 0x38,
	BITS = 0x0d,
	BIT_OFFSET = 0x0c,
	DATA_BIT_OFFSET = 0x6b,
	CONST = 0x1c,
	COUNT = 0x37,
	DECLARATION = 0x3c,
	SIBLING = 0x01,
	/* forms */
	STRING = 0x08,
	STRP = 0x0e,
	DATA1 = 0x0b,
	DATA2 = 0x05,
	DATA4 = 0x06,
	SDATA = 0x0d,
	REF4 = 0x13,
	REF_ADDR = 0x10,
	REF_SIG8 = 0x20,
	STRP_SUP = 0x1d,
	PRESENT = 0x19,
	/* tags */
	ARRAY = 0x01,
	ENUM = 0x04,
	MEMBER = 0x0d,
	POINTER = 0x0f,
	STRUCT = 0x13,
	TYPEDEF = 0x16,
	SUBRANGE = 0x21,
	BASE = 0x24,
	CONSTANT = 0x26,
	ENUMERATOR = 0x28,
};

static int encode_input(const struct kbtf_encode_input *in, struct kbtf **ret,
			struct kbtf_diag *diag)
{
	const struct kbtf_encode_opts opts = {
		.label = "encoded",
		.features = KBTF_ENCODE_DEFAULT,
		.nr_threads = 1,
	};

	return kbtf_encode(in, &opts, ret, NULL, diag);
}

static int encode(const struct make_dwarf *d, struct kbtf **ret, struct kbtf_diag *diag)
{
	const struct kbtf_encode_input in = make_input(d);

	return encode_input(&in, ret, diag);
}

static uint32_t add_int(struct make_dwarf *d, const char *name, unsigned int size,
			unsigned int encoding)
{
	uint32_t at = make_entry(d, BASE, false, 3, NAME, STRING, SIZE, DATA1, ENCODING, DATA1);

	make_string(d, name);
	make_u8(d, size);
	make_u8(d, encoding);
	return at;
}

static void add_member(struct make_dwarf *d, const char *name, uint32_t type, unsigned int place)
{
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, name);
	make_ref(d, type);
	make_u8(d, place);
}

/* struct list { int value; struct list *next; }; typedef struct list list_t; */
static void make_list(struct make_dwarf *d, unsigned int version)
{
	uint32_t list, pointer, integer, next;

	make_unit(d, version);
	list = make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(d, "list");
	make_u8(d, 16);
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, "value");
	integer = make_ref(d, 0);
	make_u8(d, 0);
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, "next");
	next = make_ref(d, 0);
	make_u8(d, 8);
	make_u8(d, 0);
	make_set(d, integer, add_int(d, "int", 4, 5));
	pointer = make_entry(d, POINTER, false, 1, TYPE, REF4);
	make_ref(d, list);
	make_set(d, next, pointer);
	make_entry(d, TYPEDEF, false, 2, NAME, STRING, TYPE, REF4);
	make_string(d, "list_t");
	make_ref(d, list);
	make_end(d);
}

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
		make_list(&d, version);
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

/* ---- Bad DWARF -------------------------------------------------------- */

static void expect_bad(struct make_dwarf *d, int err, const char *line)
{
	struct kbtf_diag diag;
	struct kbtf *btf;

	assert_int_equal(encode(d, &btf, &diag), err);
	assert_diag(&diag, line);
	make_deinit(d);
}

static void test_bad_units(void **state)
{
	const uint16_t version = 9;
	struct make_dwarf d;

	(void)state;
	memset(&d, 0, sizeof(d));
	expect_bad(&d, -ENODATA,
		   "made: no DWARF in it: .debug_info is missing or empty [no-dwarf]");
	make_list(&d, 5);
	make_set(&d, 0, 0x1000);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its length of 0x1000 bytes reaches beyond "
		   "the end of .debug_info at 0x46 [dwarf-truncated]");
	make_list(&d, 5);
	memcpy(d.info.data + 4, &version, sizeof(version));
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: DWARF of version 9 is neither 2, 3, 4 nor "
		   "5 [dwarf-version]");
	make_list(&d, 5);
	d.info.data[7] = 3;
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: addresses have 3 bytes "
		   "[dwarf-unit]");
	make_list(&d, 5);
	d.info.data[6] = 4;
	make_set(&d, 8, 0);
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: its types are in another file "
		   "(-gsplit-dwarf): build without [dwarf-split]");
	make_list(&d, 5);
	make_set(&d, 8, 0x1000);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviations at 0x1000 are beyond the end "
		   "of .debug_abbrev at 0x42 [dwarf-unit]");
}

static void test_bad_entries(void **state)
{
	struct make_dwarf d;
	uint32_t at;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF4);
	make_ref(&d, 0x1000);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to 0x1000 in its "
		   "unit, which has entries from 0xc to 0x14 [dwarf-reference]");
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF4);
	make_ref(&d, 0xc);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: PTR : it refers to an entry "
		   "that is no type [dwarf-reference]");
	make_unit(&d, 5);
	at = make_entry(&d, TYPEDEF, false, 2, NAME, STRING, TYPE, REF4);
	make_string(&d, "t");
	make_ref(&d, at);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: TYPEDEF t: it refers to "
		   "itself, and nothing on the way has a name [dwarf-cycle]");
	make_unit(&d, 5);
	make_u8(&d, 77);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its unit has no abbreviation "
		   "77 [dwarf-abbrev]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, 0x77);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 at .debug_abbrev+0x0 gives "
		   "attribute 0x3 the form 0x77, which nobody knows [dwarf-form]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, DATA4);
	make_u32(&d, 0x81001000); /* what a key of a name could be */
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 at .debug_abbrev+0x0 gives "
		   "attribute 0x3 the form 0x6, which is not that of a name [dwarf-form]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, STRP_SUP);
	make_end(&d);
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 refers to a supplementary "
		   "file (form 0x1d), such as dwz makes: put the two together again first "
		   "[dwarf-supplementary]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, STRP);
	make_u32(&d, 5);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: its name is beyond the end of "
		"the strings [dwarf-name]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, SIZE, DATA4);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: it runs beyond the end of its "
		"unit [dwarf-truncated]");
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF_SIG8);
	make_u64(&d, 1);
	make_end(&d);
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to a type unit: "
		   "build without -fdebug-types-section [dwarf-type-units]");
	make_unit(&d, 5);
	make_entry(&d, 0x34, true, 1, SIBLING, REF4); /* a variable with children */
	make_ref(&d, 3);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its sibling is at 0x3 of its "
		   "unit, which is not behind it and in the unit [dwarf-sibling]");
}

/* An anonymous struct in itself, whose size nobody can know. */
static void test_bad_cycle(void **state)
{
	struct make_dwarf d;
	(void)state;
	make_unit(&d, 5);
	make_entry(&d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(&d, "self");
	make_u8(&d, 8);
	make_entry(&d, MEMBER, false, 2, TYPE, REF4, PLACE, DATA1);
	make_ref(&d, 0xe);
	make_u8(&d, 0);
	make_u8(&d, 0);
	make_end(&d);
	expect_bad(&d, -ELOOP,
		   "encoded+0x28: type [2] STRUCT self: contains itself by value "
		   "[contained-in-itself]");
}

/* ---- Failing allocations ---------------------------------------------- */

static void test_oom(void **state)
{
	struct make_dwarf d;
	unsigned long nth;
	bool failed;
	long live;

	(void)state;
	make_list(&d, 5);
	live = allocfail_live();
	for (nth = 1;; nth++) {
		struct kbtf_diag diag;
		struct kbtf *btf = NULL;
		int err;

		allocfail_arm(nth);
		err = encode(&d, &btf, &diag);
		failed = allocfail_disarm();
		if (!err)
			kbtf_free(btf);
		else
			assert_int_equal(err, -ENOMEM);
		assert_int_equal(allocfail_live(), live);
		if (!failed)
			break;
	}
	assert_true(nth > 20);
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
		cmocka_unit_test(test_versions),    cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_bitfields),   cmocka_unit_test(test_bad_units),
		cmocka_unit_test(test_bad_entries), cmocka_unit_test(test_bad_cycle),
		cmocka_unit_test(test_oom),	    cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
