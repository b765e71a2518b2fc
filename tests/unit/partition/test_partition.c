// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What becomes of BTF that is taken apart, as text; see typetext.h. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/partition.h>

#include "typedump.h"

struct row {
	const char *whole;
	uint32_t root;
	const char *base, *rest, *names; /* names NULL: the same as base */
	uint32_t ids[8];		 /* of types 1 to 8, where they go */
};

/* clang-format off */
static const struct row rows[] = {
	{ "int int 4 1", 0, "", "int int 4 1", NULL, { 1 } },
	{ "int int 4 1", 1, "int int 4 1", "", NULL, { 1 } },
	/* either part keeps its order; the rest refers to both */
	{ "ptr 3; int a 4 1; int b 4 1; ptr 2; ptr 4", 4,
	  "int a 4 1; ptr 1", "ptr 4; int b 4 1; ptr 2", NULL, { 3, 1, 4, 2, 5 } },
	/* behind pointers only names matter, by names */
	{ "func f 2 0; proto 4 (p 3); ptr 4; struct s 8 (n 3 0); struct t 8 (s 4 0)", 1,
	  "func f 2 0; proto 4 (p 3); ptr 4; struct s 8 (n 3 0)", "struct t 8 (s 4 0)", NULL,
	  { 1, 2, 3, 4, 5 } },
	{ "func f 2 0; proto 0 (p 3); ptr 4; bstruct s 8 (n 5 0 3); int int 4 1; int long 8 1", 1,
	  "func f 2 0; proto 0 (p 3); ptr 4; bstruct s 8 (n 5 0 3); int int 4 1", "int long 8 1",
	  "func f 2 0; proto 0 (p 3); ptr 4; struct s 8", { 1, 2, 3, 4, 5, 6 } },
	/* a root is whole */
	{ "struct s 8 (n 2 0); ptr 1", 1, "struct s 8 (n 2 0); ptr 1", "", NULL, { 1, 2 } },
};
/* clang-format on */

static struct kbtf_kernel_roots *rooted(const struct kbtf *btf, uint32_t root)
{
	struct kbtf_kernel_roots *roots;
	struct kbtf_ids *ids;

	assert_int_equal(kbtf_kernel_roots_new(btf, &roots, NULL), 0);
	assert_int_equal(kbtf_ids_new(&root, 4, false, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__x__1", 0, 4, NULL), 0);
	assert_int_equal(kbtf_kernel_roots_add_ids(roots, ids, NULL), 0);
	kbtf_ids_free(ids);
	return roots;
}

static void check(const struct row *row, bool swapped)
{
	struct kbtf_partition made;
	struct kbtf *whole, *names, *joined;
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;
	struct raw r;
	uint32_t id;

	raw_init(&r, 0);
	r.swapped = swapped;
	typetext_add(&r, row->whole);
	whole = opened(&r, NULL, "vmlinux");
	roots = rooted(whole, row->root);
	assert_ok(kbtf_partition(roots, KBTF_ROOT_BIT(KBTF_ROOT_ID), NULL, &made, &diag), &diag);
	assert_string_equal(typedump(made.base), row->base);
	assert_string_equal(typedump(made.rest), row->rest);
	assert_null(kbtf_base(made.base));
	assert_ptr_equal(kbtf_base(made.rest), made.base);
	assert_int_equal(made.ids[0], 0);
	for (id = 1; id < kbtf_end_id(whole); id++)
		assert_int_equal(made.ids[id], row->ids[id - 1]);
	assert_ok(kbtf_partition_join(&made, &joined, &diag), &diag);
	assert_int_equal(kbtf_end_id(joined), kbtf_end_id(whole));
	assert_ok(kbtf_partition_names(roots, KBTF_ROOT_BIT(KBTF_ROOT_ID), &names, &diag), &diag);
	assert_string_equal(typedump(names), row->names ? row->names : row->base);
	assert_int_equal(kbtf_is_swapped(made.base), swapped);
	assert_int_equal(kbtf_is_swapped(made.rest), swapped);
	assert_int_equal(kbtf_is_swapped(joined), swapped);
	assert_int_equal(kbtf_is_swapped(names), swapped);
	assert_string_equal(kbtf_label(made.rest), "vmlinux");
	kbtf_free(names);
	kbtf_free(joined);
	kbtf_partition_deinit(&made);
	kbtf_kernel_roots_free(roots);
	kbtf_free(whole);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		check(&rows[i], false);
		check(&rows[i], true);
	}
}

/* Only roots of the sources asked for count. */
static void test_sources(void **state)
{
	struct kbtf *whole =
		typed("int int 4 1; var v 1 1; datasec .data..percpu 4 (2 0 4); proto 0; "
		      "ptr 4; typedef btf_trace_x 5; struct s 4",
		      NULL, "vmlinux");
	struct kbtf_kernel_roots *roots = rooted(whole, 7);
	static const struct {
		unsigned int sources;
		uint32_t nr;
	} cases[] = {
		{ 0, 0 },
		{ KBTF_ROOT_BIT(KBTF_ROOT_ID), 1 },
		{ KBTF_ROOT_BIT(KBTF_ROOT_PERCPU), 3 },
		{ KBTF_ROOTS_BY_NAME, 3 },
		{ KBTF_ROOTS_BY_NAME | KBTF_ROOT_BIT(KBTF_ROOT_PERCPU), 6 },
		{ UINT32_MAX, 7 },
	};
	struct kbtf_partition made;
	size_t i;

	(void)state;
	assert_int_equal(kbtf_kernel_roots_add_named(roots, NULL), 0);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(kbtf_partition(roots, cases[i].sources, NULL, &made, NULL), 0);
		assert_int_equal(kbtf_nr_types(made.base), cases[i].nr);
		assert_int_equal(kbtf_nr_types(made.rest), 7 - cases[i].nr);
		kbtf_partition_deinit(&made);
	}
	kbtf_kernel_roots_free(roots);
	kbtf_free(whole);
}

/* Strings go where they are needed first, once; what nothing needs goes away. */
static void test_strings(void **state)
{
	struct kbtf *whole = typed("int long_name 4 1; int root 4 1; struct root 4 (long_name 2 0)",
				   NULL, "vmlinux");
	struct kbtf_kernel_roots *roots = rooted(whole, 2);
	struct kbtf_partition made;
	size_t size;

	(void)state;
	assert_int_equal(kbtf_partition(roots, UINT32_MAX, NULL, &made, NULL), 0);
	assert_int_equal(kbtf_header(made.base)->str_len, sizeof("\0root"));
	assert_int_equal(kbtf_header(made.rest)->str_len, sizeof("long_name"));
	kbtf_bytes(made.rest, &size);
	assert_int_equal(size, 24 + 16 + 24 + sizeof("long_name"));
	assert_int_equal(kbtf_type(made.rest, 3)->name_off, kbtf_type(made.base, 1)->name_off);
	kbtf_partition_deinit(&made);
	kbtf_kernel_roots_free(roots);
	kbtf_free(whole);
}

/* Sets are sorted again, flags with their ids. */
static void test_ids_follow(void **state)
{
	static const uint32_t words[] = { 2, 0, 1, 7, 3, 9, 2 };
	static const uint32_t moved[] = { 2, 0, 1, 9, 2, 7, 3 };
	struct kbtf *whole = typed("struct a 4; struct b 4; struct c 4", NULL, "vmlinux");
	struct kbtf_kernel_roots *roots = rooted(whole, 3);
	struct kbtf_partition made;
	struct kbtf_ids *ids;

	(void)state;
	assert_int_equal(kbtf_ids_new(words, sizeof(words), false, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__set8__s", 0, 24, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__a__1", 8, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__c__1", 16, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__b__1", 24, 4, NULL), 0);
	assert_int_equal(kbtf_partition(roots, UINT32_MAX, ids, &made, NULL), 0);
	assert_memory_equal(kbtf_ids_bytes(ids, NULL), moved, sizeof(moved));
	kbtf_partition_deinit(&made);
	kbtf_ids_free(ids);
	kbtf_kernel_roots_free(roots);
	kbtf_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_ids_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
