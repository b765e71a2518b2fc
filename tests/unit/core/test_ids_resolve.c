// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Names of .BTF_ids into ids: sections as a compiler leaves them, and as they are later. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"

struct symbol {
	const char *name;
	uint32_t word, nr_words;
};

/*
 * word 0    list: struct s
 * word 1    unused
 * word 2    typedef t
 * word 3-5  set of 2: func c, func a
 * word 6-13 set8 of 3 (flags 1): func c (0x10), struct s (0x20), func a (0x30)
 */
static const struct symbol symbols[] = {
	{ "__BTF_ID__struct__s__1", 0, 1 }, { "__BTF_ID__typedef__t__22", 2, 1 },
	{ "__BTF_ID__set__plain", 3, 3 },   { "__BTF_ID__func__c__3", 4, 1 },
	{ "__BTF_ID__func__a__4", 5, 1 },   { "__BTF_ID__set8__kfuncs", 6, 8 },
	{ "__BTF_ID__func__c__5", 8, 1 },   { "__BTF_ID__struct__s__6", 10, 1 },
	{ "__BTF_ID__func__a__7", 12, 1 },
};
static const uint32_t fresh[14] = { [7] = 1, [9] = 0x10, [11] = 0x20, [13] = 0x30 };

/* s is 2, t is 3, a is 5, c is 6 */
#define TYPES "int i 4 0; struct s 4; typedef t 1; proto 0; func a 4 1; func c 4 1"
/* the same, one type later */
#define OTHER_TYPES "int j 4 0; int i 4 0; struct s 4; typedef t 1; proto 0; func a 5 1; func c 5 1"
static const uint32_t resolved[14] = { 2, 0, 3, 2, 5, 6, 3, 1, 2, 0x20, 5, 0x30, 6, 0x10 };

static struct kbtf_ids *make(const uint32_t *words, size_t nr_words, const struct symbol *syms,
			     size_t nr_syms, bool swapped)
{
	uint32_t *bytes = malloc(nr_words * 4);
	struct kbtf_ids *ids;
	struct kbtf_diag diag;
	size_t i;

	assert_non_null(bytes);
	for (i = 0; i < nr_words; i++)
		bytes[i] = swapped ? __builtin_bswap32(words[i]) : words[i];
	assert_ok(kbtf_ids_new(bytes, nr_words * 4, swapped, &ids, &diag), &diag);
	free(bytes);
	for (i = 0; i < nr_syms; i++)
		assert_ok(kbtf_ids_add_symbol(ids, syms[i].name, 4 * (uint64_t)syms[i].word,
					      4 * (uint64_t)syms[i].nr_words, &diag),
			  &diag);
	return ids;
}

#define make_usual(words, swapped) make(words, 14, symbols, 9, swapped)

static void check_words(const struct kbtf_ids *ids, const uint32_t *expected, size_t nr,
			bool swapped)
{
	size_t size, i;
	const uint32_t *bytes = kbtf_ids_bytes(ids, &size);

	assert_int_equal(size, nr * 4);
	for (i = 0; i < nr; i++)
		assert_int_equal(swapped ? __builtin_bswap32(bytes[i]) : bytes[i], expected[i]);
}

/* Warnings, a line each. */
static void collect(void *ctx, const struct kbtf_diag *diag)
{
	char *lines = ctx, line[512];

	kbtf_diag_format(diag, line, sizeof(line));
	strcat(strcat(lines, line), "\n");
}

static void test_fresh_section(void **state)
{
	struct kbtf *btf = typed(TYPES, NULL, "btf");
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make_usual(fresh, swapped);
		struct kbtf_ids_resolved got;
		char lines[1024] = "";
		struct kbtf_diag diag;

		assert_ok(kbtf_ids_resolve(ids, btf, collect, lines, &got, &diag), &diag);
		check_words(ids, resolved, 14, swapped);
		assert_string_equal(lines, "");
		assert_int_equal(got.nr_ids, 7);
		assert_int_equal(got.nr_missing, 0);
		assert_int_equal(got.nr_ambiguous, 0);
		assert_true(got.is_changed);
		assert_ok(kbtf_ids_check(ids, &diag), &diag);
		kbtf_ids_free(ids);
	}
	kbtf_free(btf);
}

/* A second time nothing changes, although flags stand beside symbols of other ids. */
static void test_again(void **state)
{
	struct kbtf *btf = typed(TYPES, NULL, "btf");
	struct kbtf_ids *ids = make_usual(resolved, false);
	struct kbtf_ids_resolved got;
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_ids_resolve(ids, btf, NULL, NULL, &got, &diag), &diag);
	check_words(ids, resolved, 14, false);
	assert_false(got.is_changed);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

/* Where each id is known to be beside its flags, it can be done again on any BTF. */
static void test_moved(void **state)
{
	static const uint32_t other[14] = { 3, 0, 4, 2, 6, 7, 3, 1, 3, 0x20, 6, 0x30, 7, 0x10 };
	struct kbtf *btf = typed(TYPES, NULL, "btf"), *later = typed(OTHER_TYPES, NULL, "later");
	struct kbtf_ids *ids = make_usual(fresh, false);
	struct kbtf_ids_resolved got;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_ids_offset(ids, 4), 4 * 8); /* func c */
	assert_int_equal(kbtf_ids_symbol_size(ids, 4), 4);
	assert_ok(kbtf_ids_resolve(ids, btf, NULL, NULL, &got, &diag), &diag);
	assert_true(got.is_moved);
	assert_int_equal(kbtf_ids_offset(ids, 4), 4 * 12);
	assert_int_equal(kbtf_ids_symbol_size(ids, 4), 8);
	assert_int_equal(kbtf_ids_symbol_size(ids, 0), 4); /* in no set with flags */
	assert_ok(kbtf_ids_resolve(ids, later, NULL, NULL, &got, &diag), &diag);
	check_words(ids, other, 14, false);
	assert_true(got.is_changed);
	assert_false(got.is_moved);
	kbtf_ids_free(ids);
	kbtf_free(later);
	kbtf_free(btf);
}

/* On other BTF it cannot be done again, and nothing is changed. */
static void test_resolved_on_other_btf(void **state)
{
	struct kbtf *btf = typed(OTHER_TYPES, NULL, "btf");
	struct kbtf_ids *ids = make_usual(resolved, false);
	struct kbtf_id_set set;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, &diag), -EINVAL);
	assert_diag(&diag, "+0x18: set kfuncs was resolved before, with other ids (2 where this "
			   "BTF gives 3): which flags are whose cannot be told any more "
			   "[ids-resolved]");
	check_words(ids, resolved, 14, false);
	kbtf_ids_get_set(ids, 1, &set);
	assert_int_equal(set.nr, 3);
	assert_int_equal(set.room, 3);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

/* Where all flags are the same it can. */
static void test_resolved_with_equal_flags(void **state)
{
	const uint32_t before[14] = { 2, 0, 3, 2, 5, 6, 3, 1, 2, 0x20, 5, 0x20, 6, 0x20 };
	const uint32_t after[14] = { 3, 0, 4, 2, 6, 7, 3, 1, 3, 0x20, 6, 0x20, 7, 0x20 };
	struct kbtf *btf = typed(OTHER_TYPES, NULL, "btf");
	struct kbtf_ids *ids = make_usual(before, false);
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, &diag), &diag);
	check_words(ids, after, 14, false);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_missing(void **state)
{
	const uint32_t expected[14] = { 0, 0, 0, 2, 0, 4, 3, 1, 0, 0x10, 0, 0x20, 4, 0x30 };
	/* a struct is no func, a func no struct */
	struct kbtf *btf =
		typed("struct c 4; struct t 4; proto 0; func a 3 1; func s 3 1", NULL, "btf");
	struct kbtf_ids *ids = make_usual(fresh, false);
	struct kbtf_ids_resolved got;
	char lines[1024] = "";
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_ids_resolve(ids, btf, collect, lines, &got, &diag), &diag);
	assert_string_equal(
		lines,
		"+0x0: unresolved symbol s: no STRUCT of this name in the BTF, its id becomes 0 "
		"[ids-missing]\n"
		"+0x8: unresolved symbol t: no TYPEDEF of this name in the BTF, its id becomes 0 "
		"[ids-missing]\n"
		"+0x10: unresolved symbol c: no FUNC of this name in the BTF, its id becomes 0 "
		"[ids-missing]\n");
	assert_int_equal(got.nr_missing, 3);
	check_words(ids, expected, 14, false);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

/* The first of a name is taken, and that is one of the base. */
static void test_base_comes_first(void **state)
{
	const uint32_t expected[14] = { 2, 0, 6, 2, 4, 7, 3, 1, 2, 0x20, 4, 0x30, 7, 0x10 };
	struct kbtf *base = typed("int i 4 0; struct s 4; proto 0; func a 3 1", NULL, "base");
	struct kbtf *btf = typed("struct s 4; typedef t 1; func c 3 1; func a 3 1", base, "btf");
	struct kbtf_ids *ids = make_usual(fresh, false);
	struct kbtf_ids_resolved got;
	char lines[1024] = "";
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_ids_resolve(ids, btf, collect, lines, &got, &diag), &diag);
	check_words(ids, expected, 14, false);
	assert_string_equal(lines, "btf+0x18: type [5] STRUCT s: type [2] has the same name, "
				   "comes first and is taken [ids-ambiguous]\n"
				   "btf+0x3c: type [8] FUNC a: type [4] has the same name, comes "
				   "first and is taken [ids-ambiguous]\n");
	assert_int_equal(got.nr_ambiguous, 2);
	kbtf_ids_free(ids);
	kbtf_free(btf);
	kbtf_free(base);
}

/*
 * When as many of a kind were found as there are symbols, the rest is not looked at: of a and
 * b, with a symbol each, the second a is behind b. c has two symbols, so one stays pending.
 */
static void test_what_is_ambiguous(void **state)
{
	static const struct {
		struct symbol symbols[3];
		size_t nr;
		uint32_t nr_ambiguous;
	} cases[] = {
		{ { { "__BTF_ID__func__a__1", 0, 1 }, { "__BTF_ID__func__b__2", 1, 1 } }, 2, 0 },
		{ { { "__BTF_ID__func__a__1", 0, 1 },
		    { "__BTF_ID__func__b__2", 1, 1 },
		    { "__BTF_ID__func__b__3", 2, 1 } },
		  3,
		  1 },
		{ { { "__BTF_ID__func__a__1", 0, 1 }, { "__BTF_ID__func__c__2", 1, 1 } }, 2, 1 },
		{ { { "__BTF_ID__func__b__1", 0, 1 }, { "__BTF_ID__func__a__2", 1, 1 } }, 2, 0 },
		{ { { "__BTF_ID__func__d__1", 0, 1 }, { "__BTF_ID__func__e__2", 1, 1 } }, 2, 1 },
	};
	struct kbtf *btf = typed("proto 0; func a 1 1; func b 1 1; func a 1 0; "
				 "func d 1 1; func d 1 1; func e 1 1",
				 NULL, "btf");
	const uint32_t zeroes[3] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kbtf_ids *ids = make(zeroes, 3, cases[i].symbols, cases[i].nr, false);
		struct kbtf_ids_resolved got;

		assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, &got, NULL), 0);
		assert_int_equal(got.nr_ambiguous, cases[i].nr_ambiguous);
		kbtf_ids_free(ids);
	}
	kbtf_free(btf);
}

/* One id twice in a set: its flags keep their order. */
static void test_equal_members(void **state)
{
	static const struct symbol syms[] = {
		{ "__BTF_ID__set8__s", 0, 8 },
		{ "__BTF_ID__func__c__1", 2, 1 },
		{ "__BTF_ID__func__c__2", 4, 1 },
		{ "__BTF_ID__func__a__3", 6, 1 },
	};
	const uint32_t before[8] = { [3] = 2, [5] = 1, [7] = 3 };
	const uint32_t after[8] = { 3, 0, 5, 3, 6, 2, 6, 1 };
	struct kbtf *btf = typed(TYPES, NULL, "btf");
	struct kbtf_ids *ids = make(before, 8, syms, 4, false);

	(void)state;
	assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, NULL), 0);
	check_words(ids, after, 8, false);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_bad_symbols(void **state)
{
	static const struct {
		struct symbol symbol;
		const char *line;
	} cases[] = {
		{ { "__BTF_ID__enum__e__1", 1, 1 },
		  "+0x4: symbol __BTF_ID__enum__e asks for neither a func, struct, union nor "
		  "typedef [ids-kind]" },
		{ { "__BTF_ID__funcs__e__1", 1, 1 },
		  "+0x4: symbol __BTF_ID__funcs__e asks for neither a func, struct, union nor "
		  "typedef [ids-kind]" },
		{ { "__BTF_ID__", 0, 1 },
		  "+0x0: symbol __BTF_ID__ asks for neither a func, struct, union nor typedef "
		  "[ids-kind]" },
		{ { "__BTF_ID__func__", 0, 1 },
		  "+0x0: symbol __BTF_ID__func__ names no type [ids-name]" },
	};
	struct kbtf *btf = typed(TYPES, NULL, "btf");
	const uint32_t zeroes[2] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kbtf_ids *ids = make(zeroes, 2, &cases[i].symbol, 1, false);
		struct kbtf_diag diag;

		assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, NULL, &diag), -EINVAL);
		assert_diag(&diag, cases[i].line);
		check_words(ids, zeroes, 2, false);
		kbtf_ids_free(ids);
	}
	kbtf_free(btf);
}

/* Anonymous types have a name that no symbol asks for; an empty section has no words. */
static void test_nothing_to_do(void **state)
{
	struct kbtf *btf = typed("struct - 4; union - 4", NULL, "btf");
	struct kbtf_ids *ids = make(NULL, 0, NULL, 0, false);
	struct kbtf_ids_resolved got;

	(void)state;
	assert_int_equal(kbtf_ids_resolve(ids, btf, NULL, NULL, &got, NULL), 0);
	assert_false(got.is_changed);
	assert_int_equal(got.nr_ids, 0);
	kbtf_ids_free(ids);
	kbtf_free(btf);
}

static void test_sets_and_lists(void **state)
{
	struct kbtf_ids *ids = make_usual(resolved, false);
	struct kbtf_id_set set;
	uint32_t flags = 99;

	(void)state;
	assert_int_equal(kbtf_ids_add_list(ids, "first", 0, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "second", 8, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "kfuncs", 24, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "", 8, NULL), 0);   /* none of these can be one */
	assert_int_equal(kbtf_ids_add_list(ids, "$d", 8, NULL), 0); /* arm's mark of data */
	assert_int_equal(kbtf_ids_add_list(ids, "odd", 5, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "outside", 56, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "__BTF_ID__func__x__1", 8, NULL), 0);

	assert_int_equal(kbtf_ids_nr_sets(ids), 2);
	kbtf_ids_get_set(ids, 0, &set);
	assert_string_equal(set.name, "plain");
	assert_int_equal(set.offset, 12);
	assert_int_equal(set.nr, 2);
	assert_false(set.has_flags);
	assert_int_equal(set.flags, 0);
	assert_int_equal(kbtf_ids_get_member(ids, 0, 1, &flags), 6);
	assert_int_equal(flags, 0);
	kbtf_ids_get_set(ids, 1, &set);
	assert_string_equal(set.name, "kfuncs");
	assert_int_equal(set.offset, 24);
	assert_int_equal(set.nr, 3);
	assert_true(set.has_flags);
	assert_int_equal(set.flags, KBTF_ID_SET_KFUNCS);
	assert_int_equal(kbtf_ids_get_member(ids, 1, 2, &flags), 6);
	assert_int_equal(flags, 0x10);
	assert_int_equal(kbtf_ids_get_member(ids, 1, 0, NULL), 2);

	assert_int_equal(kbtf_ids_offset(ids, 1), 8);
	assert_string_equal(kbtf_ids_list_of(ids, 0), "first");
	assert_string_equal(kbtf_ids_list_of(ids, 1), "second");
	assert_null(kbtf_ids_list_of(ids, 2)); /* in a set */
	kbtf_ids_free(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh_section),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_resolved_on_other_btf),
		cmocka_unit_test(test_resolved_with_equal_flags),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_base_comes_first),
		cmocka_unit_test(test_what_is_ambiguous),
		cmocka_unit_test(test_equal_members),
		cmocka_unit_test(test_bad_symbols),
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_sets_and_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
