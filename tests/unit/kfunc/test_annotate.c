// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What BTF says of kfuncs after it was annotated, as text. */
#include "kfunc_test.h"

#include <errno.h>
#include <stdlib.h>

#include <kbtf/text.h>

static int collect(void *ctx, const char *text, size_t n)
{
	strncat(ctx, text, n);
	return 0;
}

/* What was annotated has nothing more to be said. */
static void check_again(const struct kbtf *btf, const struct kbtf_ids *ids)
{
	struct kbtf *out;
	struct kbtf_diag diag;

	assert_ok(kbtf_kfuncs_annotate(btf, ids, NULL, NULL, NULL, &out, &diag), &diag);
	assert_null(out);
}

/* The types that came to be, or changed, as text; "" where nothing did. */
static void check(const char *types, const struct member *const *sets, const char *expected)
{
	struct kbtf *btf = typed(types, NULL, "btf"), *out;
	struct kbtf_ids *ids = make_sets(KBTF_ID_SET_KFUNCS, sets);
	char before[4096] = "", after[4096] = "", lines[1024] = "", *line, *save, *old = before;
	char changed[4096] = "";
	struct kbtf_diag diag;
	uint32_t nr;

	assert_ok(kbtf_kfuncs_annotate(btf, ids, collect_lines, lines, &nr, &out, &diag), &diag);
	assert_string_equal(lines, "");
	assert_int_equal(nr, 0);
	if (out) {
		check_again(out, ids);
		kbtf_text_raw(btf, collect, before);
		kbtf_text_raw(out, collect, after);
		for (line = strtok_r(after, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save)) {
			size_t len = strlen(line);
			bool same = !strncmp(old, line, len) && old[len] == '\n';

			if (!same)
				strcat(strcat(changed, line), "\n");
			old += strcspn(old, "\n");
			old += *old == '\n';
		}
	}
	assert_string_equal(changed, expected);
	kbtf_free(out);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_tags(void **state)
{
	(void)state;
	check("proto 0; func f 1 1; func g 1 1; func h 1 1",
	      sets(members({ "h", 0 }, { "f", KBTF_KF_FASTCALL }), members({ "h", 0 })),
	      "[5] DECL_TAG 'bpf_kfunc' type_id=2 component_idx=-1\n"
	      "[6] DECL_TAG 'bpf_fastcall' type_id=2 component_idx=-1\n"
	      "[7] DECL_TAG 'bpf_kfunc' type_id=4 component_idx=-1\n");
	/* what is there is left alone; a tag of a parameter is another */
	check("proto 0; func f 1 1; dtag bpf_kfunc 2 0xffffffff", sets(members({ "f", 0 })), "");
	check("proto 0 (a 0); func f 1 1; dtag bpf_kfunc 2 0", sets(members({ "f", 0 })),
	      "[4] DECL_TAG 'bpf_kfunc' type_id=2 component_idx=-1\n");
	check("proto 0; func f 1 1", sets(members({ 0 })), "");
}

#define AUX "struct bpf_prog_aux 8; ptr 1; const 2; int i 4 1; "

static void test_implicit_args(void **state)
{
	(void)state;
	check(AUX "proto 4 (a 4) (aux 3) (z 4); func f 5 1; dtag bpf_kfunc 6 0xffffffff; "
		  "dtag other 6 0xffffffff; dtag of_a 6 0",
	      sets(members({ "f", KBTF_KF_IMPLICIT_ARGS })),
	      "[6] FUNC 'f' type_id=13 linkage=global\n"
	      "[10] FUNC 'f_impl' type_id=5 linkage=global\n"
	      "[11] DECL_TAG 'other' type_id=10 component_idx=-1\n"
	      "[12] DECL_TAG 'of_a' type_id=10 component_idx=0\n"
	      "[13] FUNC_PROTO '(anon)' ret_type_id=4 vlen=1\n"
	      "\t'a' type_id=4\n");
	/* the source has an f_impl of its own */
	check(AUX "proto 4 (a 4) (aux 2); func f 5 1; dtag bpf_kfunc 6 0xffffffff; "
		  "func f_impl 5 1",
	      sets(members({ "f", KBTF_KF_IMPLICIT_ARGS })),
	      "[6] FUNC 'f' type_id=9 linkage=global\n"
	      "[9] FUNC_PROTO '(anon)' ret_type_id=4 vlen=1\n"
	      "\t'a' type_id=4\n");
	/* nothing implicit, or hidden before: it stays as it is */
	check(AUX "proto 4 (a 4); func f 5 1; dtag bpf_kfunc 6 0xffffffff",
	      sets(members({ "f", KBTF_KF_IMPLICIT_ARGS })), "");
}

static void test_arena(void **state)
{
	(void)state;
	check("int i 4 1; ptr 0; proto 2 (a 2) (b 2) (c__arena 2) (d 1); func f 3 1; "
	      "dtag bpf_kfunc 4 0xffffffff",
	      sets(members({ "f", KBTF_KF_ARENA_RET | KBTF_KF_ARENA_ARG2 })),
	      "[4] FUNC 'f' type_id=6 linkage=global\n"
	      "[6] FUNC_PROTO '(anon)' ret_type_id=8 vlen=4\n"
	      "\t'a' type_id=2\n"
	      "\t'b' type_id=10\n"
	      "\t'c__arena' type_id=12\n"
	      "\t'd' type_id=1\n"
	      "[7] TYPE_TAG 'address_space(1)' type_id=0\n"
	      "[8] PTR '(anon)' type_id=7\n"
	      "[9] TYPE_TAG 'address_space(1)' type_id=0\n"
	      "[10] PTR '(anon)' type_id=9\n"
	      "[11] TYPE_TAG 'address_space(1)' type_id=0\n"
	      "[12] PTR '(anon)' type_id=11\n");
	/* and with arguments that are hidden */
	check(AUX "ptr 0; proto 0 (a__arena__nullable 5) (aux 2); func f 6 1; "
		  "dtag bpf_kfunc 7 0xffffffff; func f_impl 6 1",
	      sets(members({ "f", KBTF_KF_IMPLICIT_ARGS })),
	      "[7] FUNC 'f' type_id=10 linkage=global\n"
	      "[10] FUNC_PROTO '(anon)' ret_type_id=0 vlen=1\n"
	      "\t'a__arena__nullable' type_id=12\n"
	      "[11] TYPE_TAG 'address_space(1)' type_id=0\n"
	      "[12] PTR '(anon)' type_id=11\n");
}

/* Kfuncs of a module are its own functions, not those of that name in its base. */
static void test_split(void **state)
{
	struct kbtf *base = typed("proto 0; func f 1 1", NULL, "base");
	struct kbtf *btf = typed("func g 1 1; func f 1 1", base, "btf"), *out;
	struct kbtf_ids *ids = make_sets(KBTF_ID_SET_KFUNCS, sets(members({ "f", 0 }, { "h", 0 })));
	char text[1024] = "", lines[1024] = "";
	struct kbtf_diag diag;
	uint32_t nr;

	(void)state;
	assert_ok(kbtf_kfuncs_annotate(btf, ids, collect_lines, lines, &nr, &out, &diag), &diag);
	assert_string_equal(lines, ".BTF_ids+0x0: set set0 has kfunc 'h', which is no FUNC of the "
				   "BTF's own [kfunc-missing]\n");
	assert_int_equal(nr, 1);
	kbtf_text_raw(out, collect, text);
	assert_string_equal(text, "[3] FUNC 'g' type_id=1 linkage=global\n"
				  "[4] FUNC 'f' type_id=1 linkage=global\n"
				  "[5] DECL_TAG 'bpf_kfunc' type_id=4 component_idx=-1\n");
	kbtf_free(out);
	kbtf_ids_free(ids);
	kbtf_free(btf);
	kbtf_free(base);
}

static void refuse(const char *types, const struct member *const *sets, const char *line)
{
	struct kbtf *btf = typed(types, NULL, "btf"), *out = NULL;
	struct kbtf_ids *ids = make_sets(KBTF_ID_SET_KFUNCS, sets);
	struct kbtf_diag diag;

	assert_int_equal(kbtf_kfuncs_annotate(btf, ids, NULL, NULL, NULL, &out, &diag), -EINVAL);
	assert_diag(&diag, line);
	assert_null(out);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_refused(void **state)
{
	(void)state;
	refuse("proto 0; func f 1 1", sets(members({ "f", 1 }), members({ "f", 2 })),
	       "btf+0x24: type [2] FUNC f: in one set it has flags 0x1, in another 0x2 "
	       "[kfunc-flags]");
	refuse("int i 4 1; proto 0 (a 1); func f 2 1", sets(members({ "f", KBTF_KF_ARENA_ARG1 })),
	       "btf+0x3c: type [3] FUNC f: type [1], which is to be in an arena, is no pointer "
	       "[kfunc-arena]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),	cmocka_unit_test(test_implicit_args),
		cmocka_unit_test(test_arena),	cmocka_unit_test(test_split),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
