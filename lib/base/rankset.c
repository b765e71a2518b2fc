// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Numbers below a limit, by bit and by rank. */
#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "rankset.h"

static uint32_t nr_words(const struct kbtf_rankset *set)
{
	return set->limit / 64 + (set->limit % 64 != 0);
}

int kbtf_rankset_init(struct kbtf_rankset *set, uint32_t limit)
{
	set->limit = limit;
	set->bits = kbtf_zalloc_array(nr_words(set), sizeof(*set->bits));
	set->before = kbtf_alloc_array(nr_words(set), sizeof(*set->before));
	if (set->bits && set->before)
		return 0;
	kbtf_rankset_deinit(set);
	return -ENOMEM;
}

void kbtf_rankset_deinit(struct kbtf_rankset *set)
{
	free(set->bits);
	free(set->before);
	memset(set, 0, sizeof(*set));
}

uint32_t kbtf_rankset_number(struct kbtf_rankset *set)
{
	uint32_t i, nr = 0;

	for (i = 0; i < nr_words(set); i++) {
		set->before[i] = nr;
		if (set->bits[i])
			nr += kbtf_rankset_count_bits(set->bits[i]);
	}
	return nr;
}

uint32_t kbtf_rankset_next(const struct kbtf_rankset *set, uint32_t n)
{
	uint32_t i = n / 64;
	uint64_t word;

	if (n >= set->limit)
		return set->limit;
	word = set->bits[i] >> n % 64;
	if (word)
		return n + (uint32_t)__builtin_ctzll(word);
	for (i++; i < nr_words(set); i++)
		if (set->bits[i])
			return i * 64 + (uint32_t)__builtin_ctzll(set->bits[i]);
	return set->limit;
}
