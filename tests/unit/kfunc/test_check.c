// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What a kernel would say of kfuncs: a case a rule, with its whole message. */
#include "kfunc_test.h"

#include <stdlib.h>

#include "ids.h"

/*
 * 1 int, 2 struct bpf_iter_x of 16 bytes, 3 ptr to it, 4 struct bpf_iter_odd of 12 bytes, 5 ptr
 * to it, 6 ptr to void, 7 typedef of 3, then a prototype and a function a case
 */
#define TYPES                                                                                      \
	"int i 4 1; struct bpf_iter_x 16; ptr 2; struct bpf_iter_odd 12; ptr 4; ptr 0; "           \
	"typedef iter_t 3; "

static const struct {
	const char *func; /* types 8 and 9: prototype and FUNC */
	const char *name;
	uint32_t flags;
	const char *lines; /* "" where all is well */
} cases[] = {
	{ "proto 0; func f 8 1", "f", 0, "" },
	{ "proto 0; func f 8 1", "f", KBTF_KF_SLEEPABLE | KBTF_KF_IMPLICIT_ARGS, "" },
	{ "proto 0; func f 8 1", "f", 1u << 17 | 1u << 31 | KBTF_KF_RCU,
	  "btf+0x7c: type [9] FUNC f: no kernel knows the flags 0x80020000 [kfunc-flags]\n" },
	{ "proto 1 (it 3) (n 1); func bpf_iter_x_new 8 1", "bpf_iter_x_new", KBTF_KF_ITER_NEW, "" },
	{ "proto 6 (it 7); func bpf_iter_x_next 8 1", "bpf_iter_x_next", KBTF_KF_ITER_NEXT, "" },
	{ "proto 0 (it 3); func bpf_iter_x_destroy 8 1", "bpf_iter_x_destroy", KBTF_KF_ITER_DESTROY,
	  "" },
	{ "proto 0 (it 3); func f 8 1", "f", KBTF_KF_ITER_NEW | KBTF_KF_ITER_NEXT,
	  "btf+0x84: type [9] FUNC f: of ITER_NEW, ITER_NEXT and ITER_DESTROY it may have one: "
	  "flags 0x300 [kfunc-flags]\n" },
	{ "proto 0; func f 8 1", "f", KBTF_KF_ITER_NEW,
	  "btf+0x7c: type [9] FUNC f: its first parameter has to point to a struct bpf_iter_TYPE "
	  "[kfunc-iter]\n" },
	{ "proto 0 (it 6); func f 8 1", "f", KBTF_KF_ITER_NEW,
	  "btf+0x84: type [9] FUNC f: its first parameter has to point to a struct bpf_iter_TYPE "
	  "[kfunc-iter]\n" },
	{ "proto 0 (it 5); func bpf_iter_odd_new 8 1", "bpf_iter_odd_new", KBTF_KF_ITER_NEW,
	  "btf+0x84: type [9] FUNC bpf_iter_odd_new: struct bpf_iter_odd has 12 bytes, which has "
	  "to be a multiple of 8 [kfunc-iter]\n" },
	{ "proto 0 (it 3); func bpf_iter_y_new 8 1", "bpf_iter_y_new", KBTF_KF_ITER_NEW,
	  "btf+0x84: type [9] FUNC bpf_iter_y_new: its flag asks for the name bpf_iter_x_new "
	  "[kfunc-iter]\n" },
	{ "proto 6 (it 3) (n 1); func bpf_iter_x_next 8 1", "bpf_iter_x_next", KBTF_KF_ITER_NEXT,
	  "btf+0x8c: type [9] FUNC bpf_iter_x_next: it has 2 parameters, and may have 1 "
	  "[kfunc-iter]\n" },
	{ "proto 1 (it 3); func bpf_iter_x_next 8 1", "bpf_iter_x_next", KBTF_KF_ITER_NEXT,
	  "btf+0x84: type [9] FUNC bpf_iter_x_next: it has to return a pointer [kfunc-iter]\n" },
	{ "proto 1 (it 3); func bpf_iter_x_destroy 8 1", "bpf_iter_x_destroy", KBTF_KF_ITER_DESTROY,
	  "btf+0x84: type [9] FUNC bpf_iter_x_destroy: it has to return void [kfunc-iter]\n" },
	{ "proto 7; func f 8 1", "f", KBTF_KF_ACQUIRE | KBTF_KF_RET_NULL, "" },
	{ "proto 1; func f 8 1", "f", KBTF_KF_ACQUIRE,
	  "btf+0x7c: type [9] FUNC f: it acquires something, and has to return a pointer "
	  "[kfunc-acquire]\n" },
	{ "proto 0 (n 1) (p 6); func f 8 1", "f", KBTF_KF_RELEASE, "" },
	{ "proto 0 (n 1); func f 8 1", "f", KBTF_KF_RELEASE,
	  "btf+0x84: type [9] FUNC f: it releases something, and none of its parameters is a "
	  "pointer [kfunc-release]\n" },
};

static void check(const struct kbtf *btf, uint32_t set_flags, const struct member *const *sets,
		  const char *expected)
{
	struct kbtf_ids *ids = make_sets(set_flags, sets);
	char lines[2048] = "";
	struct kbtf_diag diag;
	size_t nr, i, nr_lines = 0;

	assert_ok(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, &diag), &diag);
	assert_int_equal(kbtf_kfuncs_check(ids, btf, collect_lines, lines, &nr), 0);
	assert_string_equal(lines, expected);
	for (i = 0; expected[i]; i++)
		nr_lines += expected[i] == '\n';
	assert_int_equal(nr, nr_lines);
	assert_int_equal(kbtf_kfuncs_check(ids, btf, NULL, NULL, NULL), 0);
	kbtf_ids_free(ids);
}

static void test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512];
		struct kbtf *btf;

		snprintf(text, sizeof(text), TYPES "%s", cases[i].func);
		btf = typed(text, NULL, "btf");
		check(btf, KBTF_ID_SET_KFUNCS, sets(members({ cases[i].name, cases[i].flags })),
		      cases[i].lines);
		/* sets that are not of kfuncs are nobody's business */
		check(btf, 0, sets(members({ cases[i].name, cases[i].flags })), "");
		kbtf_free(btf);
	}
}

static void test_two_sets(void **state)
{
	struct kbtf *btf = typed("proto 0; func f 1 1; func g 1 1", NULL, "btf");

	(void)state;
	check(btf, KBTF_ID_SET_KFUNCS,
	      sets(members({ "f", 0x20 }, { "g", 0 }), members({ "g", 0x20 }, { "f", 0x20 })),
	      "btf+0x30: type [3] FUNC g: in one set it has flags 0x0, in another 0x20 "
	      "[kfunc-flags]\n");
	/* what is missing has no flags */
	check(btf, KBTF_ID_SET_KFUNCS, sets(members({ "h", 0x300 })), "");
	kbtf_free(btf);
}

static void test_too_many(void **state)
{
	struct kbtf *btf = typed("proto 0; func f 1 1", NULL, "btf");
	struct member many[258] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 257; i++)
		many[i].name = "f";
	check(btf, KBTF_ID_SET_KFUNCS, sets(many),
	      ".BTF_ids+0x0: set set0 has 257 kfuncs, more than 256 [kfunc-count]\n");
	many[256].name = NULL;
	check(btf, KBTF_ID_SET_KFUNCS, sets(many), "");
	kbtf_free(btf);
}

/* Ids that were resolved on other BTF. */
static void test_wrong_kinds(void **state)
{
	struct kbtf *btf = typed("int i 4 1; proto 0; func f 2 1", NULL, "btf");
	struct kbtf_ids *ids = make_sets(KBTF_ID_SET_KFUNCS, sets(members({ "f", 0 }, { "g", 0 })));
	char lines[1024] = "";

	(void)state;
	assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, NULL), 0);
	ids->words[2] = 1;
	ids->words[4] = 4;
	assert_int_equal(kbtf_kfuncs_check(ids, btf, collect_lines, lines, NULL), 0);
	assert_string_equal(lines,
			    "btf+0x18: type [1] INT i: id 1 of a kfunc has to be that of a "
			    "FUNC [kfunc-kind]\n"
			    "btf: id 4 of a kfunc has to be that of a FUNC, and the last type "
			    "is [3] [kfunc-kind]\n");
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_flag_names(void **state)
{
	(void)state;
	assert_string_equal(kbtf_kfunc_flag_name(0), "ACQUIRE");
	assert_string_equal(kbtf_kfunc_flag_name(5), "SLEEPABLE");
	assert_string_equal(kbtf_kfunc_flag_name(11), "RCU_PROTECTED");
	assert_string_equal(kbtf_kfunc_flag_name(16), "IMPLICIT_ARGS");
	assert_null(kbtf_kfunc_flag_name(17));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	   cmocka_unit_test(test_two_sets),
		cmocka_unit_test(test_too_many),   cmocka_unit_test(test_wrong_kinds),
		cmocka_unit_test(test_flag_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
