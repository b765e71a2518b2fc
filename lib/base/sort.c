// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Radix sort from the lowest digit up, of as many digits as the largest key has;
 * insertion where the items are so few that counting digits would take longer.
 */
#include <string.h>

#include "sort.h"

#define FEW 40u
#define DIGIT_BITS 9u
#define NR_DIGITS (1u << DIGIT_BITS)

static void sort_few(uint64_t *items, size_t n)
{
	size_t i, j;

	for (i = 1; i < n; i++) {
		uint64_t item = items[i];

		for (j = i; j && items[j - 1] > item; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static unsigned int digit(uint64_t item, unsigned int shift)
{
	return item >> shift & (NR_DIGITS - 1);
}

static void sort_by_digit(const uint64_t *items, uint64_t *ret, size_t n, unsigned int shift)
{
	size_t starts[NR_DIGITS + 1] = { 0 }, i;

	for (i = 0; i < n; i++)
		starts[digit(items[i], shift) + 1]++;
	for (i = 1; i < NR_DIGITS; i++)
		starts[i] += starts[i - 1];
	for (i = 0; i < n; i++)
		ret[starts[digit(items[i], shift)]++] = items[i];
}

void kbtf_sort_by_key(uint64_t *items, uint64_t *scratch, size_t n)
{
	uint64_t all = 0, *from = items, *to = scratch, *sorted;
	unsigned int shift;
	size_t i;

	if (n <= FEW) {
		sort_few(items, n);
		return;
	}
	for (i = 0; i < n; i++)
		all |= items[i];
	for (shift = 32; shift < 64 && all >> shift; shift += DIGIT_BITS) {
		sort_by_digit(from, to, n, shift);
		sorted = to;
		to = from;
		from = sorted;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}
