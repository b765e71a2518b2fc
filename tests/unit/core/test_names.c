// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The name index, made as a table and as a search through sorted BTF. */
#include "made.h"

#include <kbtf/btf.h>

#include "essential.h"

#define ALL_KINDS UINT32_MAX

/* Types of these names, "" for anonymous ones; STRUCT and UNION take turns. */
static struct kbtf *make(const char *const *names, const struct kbtf *base)
{
	struct kbtf_builder *b = kbtf_builder_new(base);
	unsigned int i;

	assert_non_null(b);
	for (i = 0; names[i]; i++)
		kbtf_builder_type(b, i % 2 ? KBTF_UNION : KBTF_STRUCT, names[i], 0, i);
	return made(b, NULL);
}

static void check(const struct kbtf *btf, uint32_t kinds, const char *name, const uint32_t *ids)
{
	int flags;

	for (flags = 0; flags < 2; flags++) {
		struct kbtf_names *names;
		uint32_t id = 0, i = 0;

		assert_int_equal(kbtf_names_new(btf, kinds, flags, &names), 0);
		do {
			id = kbtf_names_next(names, name, id);
			assert_int_equal(id, ids[i++]);
		} while (id);
		kbtf_names_free(names);
	}
}

#define ids(...) ((const uint32_t[]){ __VA_ARGS__, 0 })
#define no_ids ((const uint32_t[]){ 0 })

/* Flavours: three underscores with something else on either side; the last ones count. */
static void test_essential(void **state)
{
	static const struct {
		const char *name;
		size_t len;
	} rows[] = {
		{ "", 0 },
		{ "a", 1 },
		{ "sock", 4 },
		{ "a___b", 1 },
		{ "ab___b", 2 },
		{ "sock___old", 4 },
		{ "sock___", 7 },
		{ "___sock", 7 },
		{ "a__b", 4 },
		{ "a____b", 6 },
		{ "a___b___c", 5 },
		{ "a___b____c", 1 },
		{ "a___b___", 1 },
		{ "____a___b", 5 },
		{ "a_b_c", 5 },
		{ "___", 3 },
		{ "______", 6 },
		{ "_", 1 },
		{ "sock___a_much_longer_one", 4 },
		{ "a____b___c", 6 },
		{ "x___y______z", 1 },
	};
	const char *const names[] = { "s", "s___old", "t", "s___", "s___x", "", "___s", NULL };
	struct kbtf *btf = make(names, NULL);
	struct kbtf_names *index;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(kbtf_essential_len(rows[i].name), rows[i].len);
	assert_int_equal(kbtf_names_new(btf, ALL_KINDS,
					KBTF_NAMES_ESSENTIAL | KBTF_NAMES_SEARCH_SORTED, &index),
			 0);
	assert_int_equal(kbtf_names_next(index, "s", 0), 1);
	assert_int_equal(kbtf_names_next(index, "s___new", 1), 2);
	assert_int_equal(kbtf_names_next(index, "s", 2), 5);
	assert_int_equal(kbtf_names_next(index, "s", 5), 0);
	assert_int_equal(kbtf_names_next(index, "s___", 0), 4);
	assert_int_equal(kbtf_names_next(index, "___s", 0), 7);
	assert_int_equal(kbtf_names_next(index, "", 0), 0);
	kbtf_names_free(index);
	kbtf_free(btf);
}

static void test_sorted(void **state)
{
	const char *const names[] = { "", "", "a", "b", "b", "b", "c", "cc", "d", NULL };
	struct kbtf *btf = make(names, NULL);

	(void)state;
	check(btf, ALL_KINDS, "a", ids(3));
	check(btf, ALL_KINDS, "b", ids(4, 5, 6));
	check(btf, ALL_KINDS, "c", ids(7));
	check(btf, ALL_KINDS, "d", ids(9));
	check(btf, ALL_KINDS, "0", no_ids);
	check(btf, ALL_KINDS, "e", no_ids);
	check(btf, ALL_KINDS, "ca", no_ids);
	check(btf, ALL_KINDS, "", no_ids);
	check(btf, KBTF_KIND_BIT(KBTF_STRUCT), "b", ids(5));
	check(btf, KBTF_KIND_BIT(KBTF_UNION), "b", ids(4, 6));
	check(btf, KBTF_KIND_BIT(KBTF_INT), "b", no_ids);
	check(btf, 0, "b", no_ids);
	kbtf_free(btf);
}

static void test_unsorted(void **state)
{
	const char *const orders[][6] = {
		{ "b", "a", "b", NULL }, { "a", "b", "", "b", NULL },  { "", "b", "", "b", NULL },
		{ "b", "b", "a", NULL }, { "a", "c", "b", "b", NULL },
	};
	const uint32_t *expected[] = { ids(1, 3), ids(2, 4), ids(2, 4), ids(1, 2), ids(3, 4) };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct kbtf *btf = make(orders[i], NULL);

		check(btf, ALL_KINDS, "b", expected[i]);
		kbtf_free(btf);
	}
}

static void test_nothing_to_find(void **state)
{
	const char *const anonymous[] = { "", "", NULL };
	struct kbtf *btf = make(anonymous, NULL);

	(void)state;
	check(btf, ALL_KINDS, "a", no_ids);
	check(btf, ALL_KINDS, "", no_ids);
	kbtf_free(btf);
	btf = make(anonymous + 2, NULL);
	check(btf, ALL_KINDS, "a", no_ids);
	kbtf_free(btf);
	kbtf_names_free(NULL);
}

/* An index knows its own BTF's types, also where their names are the base's. */
static void test_split_without_its_base(void **state)
{
	const char *const base_names[] = { "a", "b", NULL };
	const char *const split_names[] = { "b", "c", NULL };
	struct kbtf *base = make(base_names, NULL), *split = make(split_names, base);
	struct kbtf_builder *b;

	(void)state;
	check(split, ALL_KINDS, "a", no_ids);
	check(split, ALL_KINDS, "b", ids(3));
	check(split, ALL_KINDS, "c", ids(4));
	kbtf_free(split);
	b = kbtf_builder_new(base);
	kbtf_builder_record(b, kbtf_type(base, 2), 12); /* with the base's string */
	split = made(b, NULL);
	check(split, ALL_KINDS, "b", ids(3));
	kbtf_free(split);
	kbtf_free(base);
}

/* A name that is an empty string elsewhere than at offset 0 is no name in any of them. */
static void test_empty_name_at_an_offset(void **state)
{
	struct kbtf *btf;
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	raw_string(&r, "a");
	raw_type(&r, KBTF_STRUCT, 2, 0, 0, 4); /* the end of "a" */
	raw_type(&r, KBTF_STRUCT, 1, 0, 0, 4);
	btf = opened(&r, NULL, NULL);
	check(btf, ALL_KINDS, "a", ids(2));
	check(btf, ALL_KINDS, "", no_ids);
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_essential),
		cmocka_unit_test(test_unsorted),
		cmocka_unit_test(test_nothing_to_find),
		cmocka_unit_test(test_split_without_its_base),
		cmocka_unit_test(test_empty_name_at_an_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
