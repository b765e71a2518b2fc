// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Sorting numbers without a call per comparison: by insertion while they are few,
 * as the types of a module mostly are, and as a heap otherwise.
 */
#include "sort.h"

#define FEW 24u

static void insertion_sort(uint32_t *items, size_t n)
{
	size_t i, j;

	for (i = 1; i < n; i++) {
		uint32_t item = items[i];

		for (j = i; j > 0 && items[j - 1] > item; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static void sift_down(uint32_t *items, size_t root, size_t n)
{
	uint32_t item = items[root];
	size_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && items[child + 1] > items[child])
			child++;
		if (items[child] <= item)
			break;
		items[root] = items[child];
		root = child;
	}
	items[root] = item;
}

void kbtf_sort_u32(uint32_t *items, size_t n)
{
	size_t i;

	if (n <= FEW) {
		insertion_sort(items, n);
		return;
	}
	for (i = n / 2; i-- > 0;)
		sift_down(items, i, n);
	while (--n > 0) {
		uint32_t largest = items[0];

		items[0] = items[n];
		items[n] = largest;
		sift_down(items, 0, n);
	}
}
