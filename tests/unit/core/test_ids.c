// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The section .BTF_ids: lists, sets, sets with flags; in both byte orders. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"

/*
 * word 0    list: struct a
 * word 1-3  set of 2: func b, func c
 * word 4-9  set8 of 2 (flags 7): func d (flags 0x11), func e (flags 0x22)
 * word 10   padding
 */
static const uint32_t words[] = { 50, 2, 30, 40, 2, 7, 10, 0x11, 20, 0x22, 0 };

static uint32_t order(uint32_t word, bool swapped)
{
	return swapped ? __builtin_bswap32(word) : word;
}

static struct kbtf_ids *make(bool swapped)
{
	static const struct {
		const char *name;
		uint32_t word, nr_words;
	} symbols[] = {
		{ "__BTF_ID__struct__a__1", 0, 1 },    { "__BTF_ID__set__list", 1, 3 },
		{ "__BTF_ID__func__b__2", 2, 1 },      { "__BTF_ID__func__c__33", 3, 1 },
		{ "__BTF_ID__set8__kfuncs", 4, 6 },    { "__BTF_ID__func__d__44__5", 6, 1 },
		{ "__BTF_ID__func__e__1x", 8, 1 },     { "something_else", 9, 100 },
		{ "__BTF_ID_without_the_end", 77, 1 },
	};
	uint32_t bytes[11];
	struct kbtf_ids *ids;
	struct kbtf_diag diag;
	size_t i;

	for (i = 0; i < 11; i++)
		bytes[i] = order(words[i], swapped);
	assert_ok(kbtf_ids_new(bytes, sizeof(bytes), swapped, &ids, &diag), &diag);
	for (i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		assert_ok(kbtf_ids_add_symbol(ids, symbols[i].name, 4 * symbols[i].word,
					      4 * symbols[i].nr_words, &diag),
			  &diag);
	return ids;
}

static void test_reading(void **state)
{
	const char *names[] = { "struct__a", "func__b", "func__c", "func__d__44", "func__e__1x" };
	const uint32_t values[] = { 50, 30, 40, 10, 20 };
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make(swapped);
		struct kbtf_diag diag;
		uint32_t i;

		assert_int_equal(kbtf_ids_count(ids), 5);
		for (i = 0; i < 5; i++) {
			assert_int_equal(kbtf_ids_get(ids, i), values[i]);
			assert_string_equal(kbtf_ids_name(ids, i), names[i]);
			assert_int_equal(kbtf_ids_is_in_set(ids, i), i > 0); /* a is in a list */
		}
		assert_ok(kbtf_ids_check(ids, &diag), &diag);
		kbtf_ids_free(ids);
	}
}

static void check_words(const struct kbtf_ids *ids, const uint32_t *expected, bool swapped)
{
	size_t size, i;
	const uint32_t *bytes = kbtf_ids_bytes(ids, &size);

	assert_int_equal(size, 44);
	for (i = 0; i < 11; i++)
		assert_int_equal(order(bytes[i], swapped), expected[i]);
}

/* Ids are mapped where they stand, then each set is sorted with its flags. */
static void test_mapping_sorts_sets(void **state)
{
	const uint32_t direct[51] = { [10] = 900, [20] = 100, [30] = 8, [40] = 7, [50] = 1 };
	const uint32_t expected[] = { 1, 2, 7, 8, 2, 7, 100, 0x22, 900, 0x11, 0 };
	const struct kbtf_map map = { .shift_from = 51, .direct = direct };
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make(swapped);

		check_words(ids, words, swapped);
		assert_int_equal(kbtf_ids_map(ids, &map, NULL), 0);
		check_words(ids, expected, swapped);
		kbtf_ids_free(ids);
	}
}

static void test_split_ids_shift(void **state)
{
	const uint32_t direct[30] = { [10] = 11, [20] = 12 };
	const uint32_t expected[] = { 45, 2, 25, 35, 2, 7, 11, 0x11, 12, 0x22, 0 };
	const struct kbtf_map map = { .shift_from = 30, .shift = (uint32_t)-5, .direct = direct };
	struct kbtf_ids *ids = make(false);

	(void)state;
	assert_int_equal(kbtf_ids_map(ids, &map, NULL), 0);
	check_words(ids, expected, false);
	kbtf_ids_free(ids);
}

/* Nothing changes where an id goes nowhere. */
static void test_unmapped_id_changes_nothing(void **state)
{
	const uint32_t direct[51] = { [10] = 1, [20] = 2, [30] = 3, [50] = 5 };
	const struct kbtf_map map = { .shift_from = 51, .direct = direct };
	uint32_t unmapped = 99;
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make(swapped);

		assert_int_equal(kbtf_ids_map(ids, &map, &unmapped), -ENOENT);
		assert_int_equal(unmapped, 2);
		assert_int_equal(kbtf_ids_map(ids, &map, NULL), -ENOENT);
		check_words(ids, words, swapped);
		kbtf_ids_free(ids);
	}
}

/* Two symbols for one word: it is sent through the map once, not twice. */
static void test_word_with_two_symbols(void **state)
{
	const uint32_t direct[] = { 0, 2, 3, 0 };
	const struct kbtf_map map = { .shift_from = 4, .direct = direct };
	const uint32_t word = 1;
	struct kbtf_ids *ids;

	(void)state;
	assert_int_equal(kbtf_ids_new(&word, 4, false, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__a__1", 0, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__a__2", 0, 4, NULL), 0);
	assert_int_equal(kbtf_ids_map(ids, &map, NULL), 0);
	assert_int_equal(*(const uint32_t *)kbtf_ids_bytes(ids, NULL), 2);
	kbtf_ids_free(ids);
}

/* An id that was never resolved is 0, and stays it. */
static void test_unresolved_id_stays_0(void **state)
{
	const uint32_t direct[] = { 0, 2 };
	const struct kbtf_map map = { .shift_from = 2, .direct = direct };
	const uint32_t word = 0;
	struct kbtf_ids *ids;

	(void)state;
	assert_int_equal(kbtf_ids_new(&word, 4, false, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__a__1", 0, 4, NULL), 0);
	assert_int_equal(kbtf_ids_map(ids, &map, NULL), 0);
	assert_int_equal(kbtf_ids_get(ids, 0), 0);
	kbtf_ids_free(ids);
}

static void test_empty_section(void **state)
{
	const struct kbtf_map map = { .shift_from = 1, .direct = (const uint32_t[]){ 0 } };
	struct kbtf_ids *ids;
	size_t size = 1;
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		assert_int_equal(kbtf_ids_new(NULL, 0, swapped, &ids, NULL), 0);
		assert_int_equal(kbtf_ids_check(ids, NULL), 0);
		assert_int_equal(kbtf_ids_count(ids), 0);
		assert_int_equal(kbtf_ids_map(ids, &map, NULL), 0);
		assert_non_null(kbtf_ids_bytes(ids, &size));
		assert_int_equal(size, 0);
		kbtf_ids_free(ids);
	}
	kbtf_ids_free(NULL);
}

static void test_empty_sets(void **state)
{
	const uint32_t zeroes[] = { 0, 0, 7 };
	struct kbtf_ids *ids;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_ids_new(zeroes, 12, false, &ids, NULL), 0);
	assert_ok(kbtf_ids_add_symbol(ids, "__BTF_ID__set__a", 0, 4, &diag), &diag);
	assert_ok(kbtf_ids_add_symbol(ids, "__BTF_ID__set8__b", 4, 8, &diag), &diag);
	assert_ok(kbtf_ids_check(ids, &diag), &diag);
	kbtf_ids_free(ids);
}

/* Bad sizes and symbols: the message, and that the ids are still usable. */
static void test_bad_symbols(void **state)
{
	static const struct {
		const char *name;
		uint64_t offset, size;
		const char *line;
	} bad[] = {
		{ "__BTF_ID__func__a__1", 2, 4,
		  "+0x2: symbol __BTF_ID__func__a__1 of 4 bytes does not fit the 16 bytes of the "
		  "section [ids-symbol]" },
		{ "__BTF_ID__func__a__1", 16, 4,
		  "+0x10: symbol __BTF_ID__func__a__1 of 4 bytes does not fit the 16 bytes of the "
		  "section [ids-symbol]" },
		{ "__BTF_ID__func__a__1", 12, 8,
		  "+0xc: symbol __BTF_ID__func__a__1 of 8 bytes does not fit the 16 bytes of the "
		  "section [ids-symbol]" },
		{ "__BTF_ID__func__a__1", 0, 0,
		  "+0x0: symbol __BTF_ID__func__a__1 of 0 bytes does not fit the 16 bytes of the "
		  "section [ids-symbol]" },
		{ "__BTF_ID__func__a__1", UINT64_MAX - 3, 4,
		  "+0xfffffffffffffffc: symbol __BTF_ID__func__a__1 of 4 bytes does not fit the 16 "
		  "bytes of the section [ids-symbol]" },
		{ "__BTF_ID__func__a__1", 4, UINT64_MAX,
		  "+0x4: symbol __BTF_ID__func__a__1 of 18446744073709551615 bytes does not fit "
		  "the "
		  "16 bytes of the section [ids-symbol]" },
		{ "__BTF_ID__set__s", 0, 12,
		  "+0x0: set set__s counts 3 ids, its symbol has 12 bytes [ids-set]" },
		{ "__BTF_ID__set8__s", 0, 4,
		  "+0x0: set set8__s counts 3 ids, its symbol has 4 bytes [ids-set]" },
		{ "__BTF_ID__set8__s", 0, 16,
		  "+0x0: set set8__s counts 3 ids, its symbol has 16 bytes [ids-set]" },
		{ "__BTF_ID__set__s", 12, 4,
		  "+0xc: set set__s counts 4294967295 ids, its symbol has 4 bytes [ids-set]" },
	};
	const uint32_t section[] = { 3, 1, 2, UINT32_MAX };
	struct kbtf_diag diag;
	struct kbtf_ids *ids;
	size_t i;

	(void)state;
	assert_int_equal(kbtf_ids_new(section, sizeof(section), false, &ids, NULL), 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
			kbtf_ids_add_symbol(ids, bad[i].name, bad[i].offset, bad[i].size, &diag),
			-EINVAL);
		assert_diag(&diag, bad[i].line);
		assert_int_equal(
			kbtf_ids_add_symbol(ids, bad[i].name, bad[i].offset, bad[i].size, NULL),
			-EINVAL);
	}
	assert_int_equal(kbtf_ids_count(ids), 0);
	assert_ok(kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 0, 16, &diag), &diag);
	kbtf_ids_free(ids);
}

static void test_bad_size(void **state)
{
	const uint32_t word = 0;
	struct kbtf_ids *ids = NULL;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_ids_new(&word, 3, false, &ids, &diag), -EINVAL);
	assert_diag(&diag, "3 bytes are not a whole number of 4-byte ids [ids-size]");
	assert_null(ids);
}

static void test_stripped_symbols(void **state)
{
	const uint32_t section[] = { 0, 77, 2, 5, 6 };
	struct kbtf_diag diag;
	struct kbtf_ids *ids;

	(void)state;
	assert_int_equal(kbtf_ids_new(section, sizeof(section), false, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_check(ids, &diag), -EINVAL);
	assert_diag(&diag, "+0x4: no __BTF_ID__ symbol tells what the word 77 is; the module's "
			   "symbols were stripped [ids-symbols-gone]");
	/* Some symbols, and a set of which one element has none. */
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__a__1", 4, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 8, 12, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__b__2", 12, 4, NULL);
	assert_int_equal(kbtf_ids_check(ids, &diag), -EINVAL);
	assert_diag(&diag, "+0x10: no __BTF_ID__ symbol tells what the word 6 is "
			   "[ids-symbols-gone]");
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__c__3", 16, 4, NULL);
	assert_ok(kbtf_ids_check(ids, &diag), &diag);
	kbtf_ids_free(ids);
}

/* Odd names: no number, nothing but a number, control characters kept out of messages. */
static void test_odd_names(void **state)
{
	static const char *const names[][2] = {
		{ "__BTF_ID__", "" },	    { "__BTF_ID__5", "5" },
		{ "__BTF_ID____5", "__5" }, { "__BTF_ID__a__5", "a" },
		{ "__BTF_ID__a_5", "a_5" }, { "__BTF_ID__a__", "a__" },
		{ "__BTF_ID__set", "set" }, { "__BTF_ID__settle__9", "settle" },
	};
	const uint32_t word = 1;
	struct kbtf_ids *ids;
	size_t i;

	(void)state;
	assert_int_equal(kbtf_ids_new(&word, 4, false, &ids, NULL), 0);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(kbtf_ids_add_symbol(ids, names[i][0], 0, 4, NULL), 0);
		assert_string_equal(kbtf_ids_name(ids, (uint32_t)i), names[i][1]);
	}
	kbtf_ids_free(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_mapping_sorts_sets),
		cmocka_unit_test(test_split_ids_shift),
		cmocka_unit_test(test_unmapped_id_changes_nothing),
		cmocka_unit_test(test_word_with_two_symbols),
		cmocka_unit_test(test_unresolved_id_stays_0),
		cmocka_unit_test(test_empty_section),
		cmocka_unit_test(test_empty_sets),
		cmocka_unit_test(test_bad_symbols),
		cmocka_unit_test(test_bad_size),
		cmocka_unit_test(test_stripped_symbols),
		cmocka_unit_test(test_odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
