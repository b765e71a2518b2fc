// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include <stdlib.h>

#include "rankset.h"
#include "rng.h"

static void test_empty_sets(void **state)
{
	struct kbtf_rankset set = { 0 };

	(void)state;
	kbtf_rankset_deinit(&set);
	assert_int_equal(kbtf_rankset_init(&set, 0), 0);
	assert_int_equal(kbtf_rankset_number(&set), 0);
	assert_int_equal(kbtf_rankset_next(&set, 0), 0);
	kbtf_rankset_deinit(&set);
	assert_int_equal(kbtf_rankset_init(&set, 65), 0);
	assert_int_equal(kbtf_rankset_number(&set), 0);
	assert_int_equal(kbtf_rankset_rank(&set, 64), 0);
	assert_int_equal(kbtf_rankset_next(&set, 0), 65);
	assert_int_equal(kbtf_rankset_next(&set, 99), 65);
	kbtf_rankset_deinit(&set);
	kbtf_rankset_deinit(&set);
}

/* The first and the last bit of words, and of the set. */
static void test_edges(void **state)
{
	static const uint32_t members[] = { 0, 63, 64, 127, 191, 192, 199 };
	const uint32_t nr = sizeof(members) / sizeof(*members);
	struct kbtf_rankset set;
	uint32_t i;

	(void)state;
	assert_int_equal(kbtf_rankset_init(&set, 200), 0);
	for (i = 0; i < nr; i++) {
		assert_false(kbtf_rankset_has(&set, members[i]));
		kbtf_rankset_add(&set, members[i]);
		kbtf_rankset_add(&set, members[i]);
		assert_true(kbtf_rankset_has(&set, members[i]));
	}
	assert_int_equal(kbtf_rankset_number(&set), nr);
	for (i = 0; i < nr; i++) {
		assert_int_equal(kbtf_rankset_rank(&set, members[i]), i);
		assert_int_equal(kbtf_rankset_next(&set, members[i]), members[i]);
		assert_int_equal(kbtf_rankset_next(&set, members[i] + 1),
				 i + 1 < nr ? members[i + 1] : 200);
	}
	kbtf_rankset_deinit(&set);
}

/* Against an array of bools. */
static void test_random_sets(void **state)
{
	struct rng rng = { .state = 1 };
	unsigned int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		uint32_t limit = 1 + rng_below(&rng, 700), n, rank = 0, adds;
		bool *members = calloc(limit, sizeof(*members));
		struct kbtf_rankset set;

		assert_non_null(members);
		assert_int_equal(kbtf_rankset_init(&set, limit), 0);
		for (adds = rng_below(&rng, 2 * limit); adds; adds--) {
			n = rng_below(&rng, limit);
			kbtf_rankset_add(&set, n);
			members[n] = true;
		}
		kbtf_rankset_number(&set);
		for (n = 0; n < limit; n++) {
			assert_int_equal(kbtf_rankset_has(&set, n), members[n]);
			assert_int_equal(kbtf_rankset_rank(&set, n), rank);
			rank += members[n];
		}
		assert_int_equal(kbtf_rankset_number(&set), rank);
		kbtf_rankset_deinit(&set);
		free(members);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_sets),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_random_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
