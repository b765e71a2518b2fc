// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF in the order of its names. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/text.h>

static int collect(void *ctx, const char *text, size_t n)
{
	strncat(ctx, text, n);
	return 0;
}

static void check(const struct kbtf *btf, const char *expected, const uint32_t *expected_ids)
{
	struct kbtf *sorted;
	struct kbtf_diag diag;
	char text[4096] = "";
	uint32_t *ids, id;

	assert_ok(kbtf_sort_by_name(btf, &sorted, &ids, &diag), &diag);
	assert_int_equal(kbtf_text_raw(sorted, collect, text), 0);
	assert_string_equal(text, expected);
	for (id = 0; id < kbtf_end_id(btf); id++)
		assert_int_equal(ids[id], expected_ids[id]);
	assert_ptr_equal(kbtf_base(sorted), kbtf_base(btf));
	assert_string_equal(kbtf_label(sorted), kbtf_label(btf));
	free(ids);
	kbtf_free(sorted);
}

/* Anonymous types first, then by name; equal names as they were. */
static void test_order(void **state)
{
	struct kbtf *btf = typed("int int 4 1; struct long_names_b 4 (m 1 0); ptr 2; "
				 "struct b 4; union b 8; struct long_names_a 4; const 3",
				 NULL, "btf");

	(void)state;
	check(btf,
	      "[1] PTR '(anon)' type_id=7\n"
	      "[2] CONST '(anon)' type_id=1\n"
	      "[3] STRUCT 'b' size=4 vlen=0\n"
	      "[4] UNION 'b' size=8 vlen=0\n"
	      "[5] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n"
	      "[6] STRUCT 'long_names_a' size=4 vlen=0\n"
	      "[7] STRUCT 'long_names_b' size=4 vlen=1\n"
	      "\t'm' type_id=5 bits_offset=0\n",
	      (const uint32_t[]){ 0, 5, 7, 1, 3, 4, 6, 2 });
	kbtf_free(btf);
}

/* Of split BTF the base stays, also where it is not sorted. */
static void test_split(void **state)
{
	struct kbtf *base = typed("struct z 4; int a 4 0", NULL, "base");
	struct kbtf *btf = typed("struct y 4 (m 2 0); ptr 3; struct x 4 (m 1 0)", base, "btf");

	(void)state;
	check(btf,
	      "[3] PTR '(anon)' type_id=5\n"
	      "[4] STRUCT 'x' size=4 vlen=1\n"
	      "\t'm' type_id=1 bits_offset=0\n"
	      "[5] STRUCT 'y' size=4 vlen=1\n"
	      "\t'm' type_id=2 bits_offset=0\n",
	      (const uint32_t[]){ 0, 1, 2, 5, 3, 4 });
	kbtf_free(btf);
	kbtf_free(base);
}

/* Names are compared byte by byte, as strcmp() does, and not as signed ones. */
static void test_bytes_above_127(void **state)
{
	struct kbtf *btf = typed("struct \xc3\xa9 4; struct z 4; struct 12345678\xc3 4; "
				 "struct 12345678 4; struct 12345678a 4",
				 NULL, "btf");

	(void)state;
	check(btf,
	      "[1] STRUCT '12345678' size=4 vlen=0\n"
	      "[2] STRUCT '12345678a' size=4 vlen=0\n"
	      "[3] STRUCT '12345678\xc3' size=4 vlen=0\n"
	      "[4] STRUCT 'z' size=4 vlen=0\n"
	      "[5] STRUCT '\xc3\xa9' size=4 vlen=0\n",
	      (const uint32_t[]){ 0, 5, 4, 3, 1, 2 });
	kbtf_free(btf);
}

/* What is sorted stays as it is, byte by byte; of either byte order. */
static void test_again(void **state)
{
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf *btf, *once, *twice;
		void *bytes[2];
		size_t sizes[2];
		struct raw r;

		raw_init(&r, 0);
		r.swapped = swapped;
		typetext_add(&r, "struct b 4 (m 2 0); int a 4 0; proto 2 (p 1); func f 3 1");
		btf = opened(&r, NULL, "btf");
		assert_int_equal(kbtf_sort_by_name(btf, &once, NULL, NULL), 0);
		assert_int_equal(kbtf_is_swapped(once), swapped);
		assert_int_equal(kbtf_sort_by_name(once, &twice, NULL, NULL), 0);
		assert_int_equal(kbtf_write(once, &bytes[0], &sizes[0]), 0);
		assert_int_equal(kbtf_write(twice, &bytes[1], &sizes[1]), 0);
		assert_int_equal(sizes[0], sizes[1]);
		assert_memory_equal(bytes[0], bytes[1], sizes[0]);
		free(bytes[0]);
		free(bytes[1]);
		kbtf_free(twice);
		kbtf_free(once);
		kbtf_free(btf);
	}
}

static void test_no_types(void **state)
{
	struct kbtf *btf = typed("", NULL, "btf");

	(void)state;
	check(btf, "", (const uint32_t[]){ 0 });
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),		cmocka_unit_test(test_split),
		cmocka_unit_test(test_bytes_above_127), cmocka_unit_test(test_again),
		cmocka_unit_test(test_no_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
