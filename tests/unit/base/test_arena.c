// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Pieces of an arena stay where they are, whole and aligned, whatever their sizes. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

static void test_pieces(void **state)
{
	enum { NR = 3000 };
	static unsigned char *pieces[NR];
	struct kbtf_arena arena = { 0 };
	size_t i, n;

	(void)state;
	for (i = 0; i < NR; i++) {
		size_t size = i % 100 == 99 ? 50000 : i % 77;

		pieces[i] = kbtf_arena_alloc(&arena, size);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)(i & 0xff), size);
	}
	for (i = 0; i < NR; i++)
		for (n = 0; n < (i % 100 == 99 ? 50000 : i % 77); n++)
			assert_int_equal(pieces[i][n], i & 0xff);
	kbtf_arena_deinit(&arena);
	assert_null(arena.chunks);
}

static void test_extremes(void **state)
{
	struct kbtf_arena arena = { 0 };
	char *p;

	(void)state;
	kbtf_arena_deinit(&arena);
	assert_null(kbtf_arena_alloc(&arena, SIZE_MAX));
	assert_null(kbtf_arena_alloc(&arena, SIZE_MAX - 8));
	assert_non_null(kbtf_arena_alloc(&arena, 0));
	assert_non_null(kbtf_arena_copy(&arena, NULL, 0));
	p = kbtf_arena_alloc(&arena, 5 << 20); /* more than any chunk */
	assert_non_null(p);
	p[0] = p[(5 << 20) - 1] = 1;
	p = kbtf_arena_copy(&arena, "copied", 7);
	assert_string_equal(p, "copied");
	kbtf_arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
