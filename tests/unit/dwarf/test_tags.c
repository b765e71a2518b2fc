// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Tags in the source, in both forms that compilers have for them. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocfail.h"
#include "tags_made.h"
#include "typedump.h"

static const struct kbtf_encode_symbol symbols[] = {
	{ "f", TEXT, 16, 1, true },
	{ "g.isra.0", TEXT + 16, 16, 1, true },
	{ "v", DATA, 4, 2, false },
};
static const struct kbtf_encode_section sections[] = {
	{ ".text", TEXT, 0x100, 1 },
	{ ".data", DATA, 0x100, 2 },
};

static int encode_with(const struct make_dwarf *d, unsigned int features, struct kbtf **ret,
		       struct kbtf_diag *diag)
{
	const struct kbtf_encode_opts opts = {
		.features = features | KBTF_ENCODE_GLOBAL_VAR,
		.nr_threads = 1,
	};
	struct kbtf_encode_input in = make_input(d);

	in.symbols = symbols;
	in.nr_symbols = sizeof(symbols) / sizeof(*symbols);
	in.sections = sections;
	in.nr_sections = 2;
	return kbtf_encode(&in, &opts, ret, NULL, diag);
}

static void expect_with(struct make_dwarf *d, unsigned int features, const char *types)
{
	struct kbtf_diag diag;
	struct kbtf *btf;

	assert_ok(encode_with(d, features, &btf, &diag), &diag);
	assert_string_equal(typedump(btf), types);
	kbtf_free(btf);
}

static void expect(struct make_dwarf *d, const char *types)
{
	expect_with(d, KBTF_ENCODE_DEFAULT, types);
	make_deinit(d);
}

static const char all_inside[] =
	"int int 4 1; struct s 4 (a 1 0); dtag member 2 0; dtag struct 2 -1; "
	"proto 0 (a 1) (b 1); func f 5 0; dtag func 6 -1; dtag b 6 1; dtag b_too 6 1; "
	"dtag func_too 6 -1; var v 1 0; dtag var 11 -1; datasec .data 4 (11 0 4)";

static void test_inside(void **state)
{
	struct make_dwarf d;

	(void)state;
	add_all_inside(&d, LLVM_TAG);
	expect_with(&d, KBTF_ENCODE_DEFAULT & ~(unsigned int)KBTF_ENCODE_DECL_TAG,
		    "int int 4 1; struct s 4 (a 1 0); proto 0 (a 1) (b 1); func f 3 0; "
		    "var v 1 0; datasec .data 4 (5 0 4)");
	expect(&d, all_inside);
	add_all_inside(&d, GNU_TAG);
	expect(&d, all_inside);
}

/* What kernels refuse: tags without a text, and of enums. */
static void test_left_out(void **state)
{
	struct make_dwarf d;
	uint32_t chain;

	(void)state;
	make_unit(&d, 5);
	chain = add_link(&d, DECL, "", 0);
	chain = add_link(&d, DECL, "last", chain);
	chain = add_link(&d, DECL, "", chain);
	make_entry(&d, STRUCT, true, 3, NAME, STRING, SIZE, DATA1, GNU_ANNOTATION, REF4);
	make_string(&d, "s");
	make_u8(&d, 4);
	make_ref(&d, chain);
	add_inside(&d, LLVM_TAG, DECL, "");
	make_u8(&d, 0);
	make_entry(&d, ENUM, true, 3, NAME, STRING, SIZE, DATA1, GNU_ANNOTATION, REF4);
	make_string(&d, "e");
	make_u8(&d, 4);
	make_ref(&d, chain);
	add_inside(&d, LLVM_TAG, DECL, "enum");
	make_u8(&d, 0);
	make_end(&d);
	expect(&d, "int int 4 1; struct s 4; enum e 4; dtag last 2 -1");
}

static void test_chains(void **state)
{
	struct make_dwarf d;

	(void)state;
	add_all_chains(&d);
	expect_with(&d, 0,
		    "int int 4 1; struct s 4 (a 1 0) (b 1 0); union u 4; typedef t 1; const 1; "
		    "proto 0 (a 1) (b 1); func f 6 0; var v 1 0; datasec .data 4 (8 0 4)");
	expect(&d, "int int 4 1; struct s 4 (a 1 0) (b 1 0); dtag inside 2 1; union u 4; "
		   "typedef t 1; const 1; dtag one 2 -1; dtag two 2 1; dtag one 2 1; "
		   "dtag one 4 -1; dtag one 5 -1; proto 0 (a 1) (b 1); func f 12 0; "
		   "dtag late 13 -1; dtag one 13 -1; dtag two 13 1; dtag one 13 1; var v 1 0; "
		   "dtag two 18 -1; dtag one 18 -1; datasec .data 4 (18 0 4)");
}

static void test_type_tags(void **state)
{
	struct make_dwarf d;

	(void)state;
	add_type_tags(&d);
	expect_with(&d, KBTF_ENCODE_DECL_TAG, "int int 4 1; int char 1 1; ptr 1; ptr 2");
	expect(&d, "int int 4 1; int char 1 1; ttag one 1; ttag two 3; ptr 4; ttag one 2; ptr 6; "
		   "ptr 1; ttag outer 1; ttag inner 9; ptr 10");
}

static void add_concrete(struct make_dwarf *d, uint32_t origin, unsigned int reg, const char *value)
{
	make_entry(d, PARAMETER, true, reg ? 2 : 1, ORIGIN, REF4, LOCATION, EXPRLOC);
	make_ref(d, origin);
	if (reg) {
		make_u8(d, 1);
		make_u8(d, reg);
	}
	add_inside(d, LLVM_TAG, DECL, value);
	make_u8(d, 0);
}

/*
 * Tags are those of the entry that is encoded, which is where the function is; of parameters by
 * the places that these have left.
 */
static void test_instances(void **state)
{
	uint32_t integer, g, params[3], i;
	struct make_dwarf d;

	(void)state;
	make_unit(&d, 5);
	integer = add_int(&d, "int", 4, 5);
	g = make_entry(&d, FUNCTION, true, 2, NAME, STRING, INLINE, DATA1);
	make_string(&d, "g");
	make_u8(&d, 1);
	add_inside(&d, LLVM_TAG, DECL, "abstract");
	for (i = 0; i < 3; i++) {
		params[i] = make_entry(&d, PARAMETER, false, 2, NAME, STRING, TYPE, REF4);
		make_string(&d, i == 0 ? "a" : i == 1 ? "b" : "c");
		make_ref(&d, integer);
	}
	make_u8(&d, 0);
	make_entry(&d, FUNCTION, true, 2, ORIGIN, REF4, LOW_PC, ADDR);
	make_ref(&d, g);
	make_u64(&d, TEXT + 16);
	add_inside(&d, LLVM_TAG, DECL, "concrete");
	add_concrete(&d, params[1], 0, "on_b");
	add_concrete(&d, params[0], 0, "on_a");
	add_concrete(&d, params[2], 0x51, "on_c");
	make_u8(&d, 0);
	make_end(&d);
	expect_with(&d, KBTF_ENCODE_DEFAULT, "int int 4 1");
	expect_with(&d, KBTF_ENCODE_DEFAULT | KBTF_ENCODE_TRUE_SIGNATURE,
		    "int int 4 1; proto 0 (c 1); func g.isra.0 2 0; dtag concrete 3 -1; "
		    "dtag on_c 3 0");
	make_deinit(&d);
}

/* ---- Failing allocations ---------------------------------------------- */

static void fail_each(struct make_dwarf *d)
{
	struct allocfail_each each = { 0 };

	while (allocfail_next(&each)) {
		struct kbtf_diag diag;
		struct kbtf *btf = NULL;
		int err = encode_with(d, KBTF_ENCODE_DEFAULT, &btf, &diag);

		kbtf_free(btf);
		allocfail_done(&each, err);
	}
	assert_true(each.nth > 30);
	make_deinit(d);
}

static void test_oom(void **state)
{
	struct make_dwarf d;

	(void)state;
	add_all_inside(&d, LLVM_TAG);
	fail_each(&d);
	add_all_chains(&d);
	fail_each(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),	  cmocka_unit_test(test_chains),
		cmocka_unit_test(test_left_out),  cmocka_unit_test(test_type_tags),
		cmocka_unit_test(test_instances), cmocka_unit_test(test_oom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
