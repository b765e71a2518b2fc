// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Shell's method, with the gaps that Ciura found and then 2.25 times the last: few
 * moves for the tens or hundreds of numbers that a module has, and no bad case for
 * the millions that a hostile one could have.
 */
#include "sort.h"

static void sort_gapped(uint32_t *items, size_t n, size_t gap)
{
	size_t i, j;

	for (i = gap; i < n; i++) {
		uint32_t item = items[i];

		for (j = i; j >= gap && items[j - gap] > item; j -= gap)
			items[j] = items[j - gap];
		items[j] = item;
	}
}

void kbtf_sort_u32(uint32_t *items, size_t n)
{
	static const size_t gaps[] = { 1, 4, 10, 23, 57, 132, 301, 701 };
	size_t k = sizeof(gaps) / sizeof(*gaps), gap;

	for (gap = gaps[k - 1]; gap < n / 2; gap = gap * 9 / 4)
		;
	for (; gap > gaps[k - 1]; gap = (gap * 4 + 8) / 9)
		sort_gapped(items, n, gap);
	while (k-- > 0)
		if (gaps[k] < n)
			sort_gapped(items, n, gaps[k]);
}
