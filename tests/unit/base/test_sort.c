// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include <stdlib.h>

#include "rng.h"
#include "sort.h"

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Keys below max, each with its place below it; against qsort(). */
static void check(struct rng *rng, size_t n, uint64_t max)
{
	uint64_t *items = calloc(2 * n + 1, sizeof(*items)), *want = calloc(n + 1, sizeof(*want));
	size_t i;

	assert_true(items && want);
	items[2 * n] = 0xfeedface; /* behind the scratch */
	for (i = 0; i < n; i++)
		want[i] = items[i] = rng_next(rng) % max << 32 | i;
	qsort(want, n, sizeof(*want), by_value);
	kbtf_sort_by_key(items, items + n, n);
	assert_memory_equal(items, want, n * sizeof(*items));
	assert_true(items[2 * n] == 0xfeedface);
	free(items);
	free(want);
}

static void test_sorted_as_by_qsort(void **state)
{
	const uint64_t largest[] = { 1, 2, 500, 512, 513, 107331, 1u << 27, 1ull << 32 };
	struct rng rng = { .state = 1 };
	size_t n, m;

	(void)state;
	for (n = 0; n < 200; n++)
		for (m = 0; m < sizeof(largest) / sizeof(*largest); m++)
			check(&rng, n, largest[m]);
	for (m = 0; m < sizeof(largest) / sizeof(*largest); m++)
		check(&rng, 100000, largest[m]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_as_by_qsort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
