// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A name that there is not in, the names out that were perhaps meant: those that differ in
 * case or in hyphens only, that take the fewest slips of the keyboard to come by, or that begin
 * with it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

#define MAX_LEN 63u /* of names that are compared; hardly any is longer */
#define NR_NEAR 4u

/* How far a name may be off: a slip for every four letters. */
static unsigned int allowed(size_t len)
{
	return len < 4 ? 1 : len < 12 ? 2 : 3;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * The least number of letters to insert, drop, change or swap with the next one to make b
 * of a, or something above max if it is more than that. Only cells near the diagonal can
 * stay below max.
 */
static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len,
			     unsigned int max)
{
	unsigned int rows[3][MAX_LEN + 2], *before = rows[0], *above = rows[1], *row = rows[2];
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		above[j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		size_t from = i > max ? i - max : 1, to = i + max < b_len ? i + max : b_len;
		unsigned int least, *spare;

		row[from - 1] = from == 1 ? (unsigned int)i : max + 1;
		if (to < b_len)
			row[to + 1] = max + 1;
		least = row[from - 1];
		for (j = from; j <= to; j++) {
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
			if (row[j] < least)
				least = row[j];
		}
		if (least > max)
			return max + 1;
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b_len];
}

static size_t fold(const char *name, char *ret)
{
	size_t len = strnlen(name, MAX_LEN + 1), i;

	for (i = 0; i < len; i++)
		ret[i] = name[i] == '-' ? '_' : (char)tolower((unsigned char)name[i]);
	return len;
}

/* How far off a name is: in slips, or by what follows where it begins as wanted. */
static unsigned int rate(const char *wanted, size_t wanted_len, const char *name, unsigned int max)
{
	char folded[MAX_LEN + 2];
	size_t len = fold(name, folded);
	unsigned int slips;

	if (len <= MAX_LEN && len <= wanted_len + max && wanted_len <= len + max) {
		slips = distance(wanted, wanted_len, folded, len, max);
		if (slips <= max)
			return slips;
	}
	if (len > wanted_len && !memcmp(folded, wanted, wanted_len))
		return max + (unsigned int)(len - wanted_len);
	return UINT32_MAX;
}

struct near {
	char *name;
	unsigned int rate;
};

/* Keep the best NR_NEAR, in order; of equal ones those that were met first. */
static void put(struct near *best, unsigned int *nr, const char *name, unsigned int rated)
{
	unsigned int at;
	char *copy;

	if (rated == UINT32_MAX || (*nr == NR_NEAR && rated >= best[NR_NEAR - 1].rate))
		return;
	copy = strdup(name);
	if (!copy)
		return;
	if (*nr == NR_NEAR)
		free(best[--*nr].name);
	for (at = (*nr)++; at && best[at - 1].rate > rated; at--)
		best[at] = best[at - 1];
	best[at] = (struct near){ copy, rated };
}

void kbtf_show_near(const struct kbtf_show_index *index, const char *name, char *text, size_t size)
{
	struct kbtf_show_cursor cursor;
	struct near best[NR_NEAR];
	unsigned int nr = 0, max, i;
	char wanted[MAX_LEN + 2];
	size_t wanted_len = fold(name, wanted), len = 0;
	int err;

	*text = '\0';
	if (!wanted_len || wanted_len > MAX_LEN)
		return;
	max = allowed(wanted_len);
	for (err = kbtf_cursor_init(&cursor, index, "", NULL); !err;
	     err = kbtf_cursor_next(&cursor, NULL))
		put(best, &nr, kbtf_cursor_name(&cursor),
		    rate(wanted, wanted_len, kbtf_cursor_name(&cursor), max));
	kbtf_cursor_deinit(&cursor);
	for (i = 0; i < nr; i++) {
		if (len < size)
			len += (size_t)snprintf(text + len, size - len, "%s%s",
						!i	      ? ""
						: i + 1 == nr ? " or "
							      : ", ",
						best[i].name);
		free(best[i].name);
	}
}
