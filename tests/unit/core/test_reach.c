// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Numbering what copies of records reach of the base. */
#include "made.h"

#include <stdlib.h>
#include <string.h>

#include "reach.h"
#include "view.h"

static void test_numbers_in_the_order_met(void **state)
{
	struct kbtf *base = typed("int i 4 1; struct s 4 (a 1 0); ptr 2", NULL, "base");
	struct kbtf *split = typed("ptr 3; struct m 16 (p 4 0) (s 2 64) (q 3 96) (t 1 128); ptr 1",
				   base, "split");
	uint32_t *copy = malloc(split->hdr.type_len);
	const struct kbtf_member *m;
	struct kbtf_reach r;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, split->types, split->hdr.type_len);
	assert_int_equal(kbtf_reach_init(&r, split, 0), 0);
	kbtf_reach_records(&r, copy, split->hdr.type_len);
	assert_false(r.no_memory);
	/* [3] first, then [2], [1]; the split's own [4] is left as it is */
	assert_int_equal(r.ids.nr, 3);
	assert_int_equal(r.ids.keys[0], 3);
	assert_int_equal(r.ids.keys[1], 2);
	assert_int_equal(r.ids.keys[2], 1);
	assert_int_equal(((struct kbtf_type *)copy)->type, 1);
	m = kbtf_members((struct kbtf_type *)(copy + 3));
	assert_int_equal(m[0].type, 4);
	assert_int_equal(m[1].type, 2);
	assert_int_equal(m[2].type, 1);
	assert_int_equal(m[3].type, 3);
	/* the names of members are the split's own strings */
	assert_int_equal(r.strs.nr, 0);
	/* a key keeps its number, a new one gets the next */
	assert_int_equal(kbtf_reach_id(&r, 2), 2);
	assert_int_equal(kbtf_reach_id(&r, 77), 4);
	assert_int_equal(kbtf_reach_string(&r, 5), 1);
	kbtf_reach_seal(&r);
	assert_int_equal(r.ids.keys[3], 77);
	kbtf_reach_deinit(&r);
	free(copy);
	kbtf_free(split);
	kbtf_free(base);
}

/* More words than are numbered in one go, and void and strings at 0 left alone. */
static void test_many_words(void **state)
{
	enum { NR_BASE = 3000, NR = 5000 };
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *base, *split;
	struct kbtf_reach r;
	uint32_t i, *copy;

	(void)state;
	for (i = 0; i < NR_BASE; i++)
		kbtf_builder_int(b, i % 2 ? "odd" : "even", 4, 0);
	base = made(b, "base");
	b = kbtf_builder_new(base);
	for (i = 0; i < NR; i++)
		kbtf_builder_type(b, KBTF_PTR, NULL, 0, (i * 7919u) % (NR_BASE + 1));
	split = made(b, "split");
	copy = malloc(split->hdr.type_len);
	assert_non_null(copy);
	memcpy(copy, split->types, split->hdr.type_len);
	assert_int_equal(kbtf_reach_init(&r, split, 10), 0);
	kbtf_reach_records(&r, copy, split->hdr.type_len);
	assert_int_equal(r.ids.nr, NR_BASE);
	for (i = 0; i < NR; i++) {
		uint32_t number = ((struct kbtf_type *)copy)[i].type;

		assert_int_equal(number ? r.ids.keys[number - 1] : 0, (i * 7919u) % (NR_BASE + 1));
	}
	kbtf_reach_deinit(&r);
	free(copy);
	kbtf_free(split);
	kbtf_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_in_the_order_met),
		cmocka_unit_test(test_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
