// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The words of .BTF_ids in, those that are ids out, where no symbols are left to ask.
 * The section is a row of items, and an item is one of
 *
 *   | id |   | 0 |                       an id of a list, or one that was never resolved
 *   | n | id ... |                       a set: n ids in ascending order
 *   | n | flags | id, flags | ... |      a set8: n functions in ascending order
 *
 * so a word can be read in several ways, but the items have to follow each other from
 * the first word to the last, and to find n ids in order behind a word that happens to
 * be n takes luck. How far runs of ids go [find_runs] tells which items can begin at a
 * word; items that can be reached from the front and from the end [find_ends] are the
 * ways to read the section; and a word is certain if it is an id in all of those
 * that it is part of [mark_roles].
 *
 * Source: include/linux/btf_ids.h, tools/bpf/resolve_btfids/main.c (sets_patch).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "roots.h"

/* Real sections have about a thousand. */
#define MAX_WORDS (1u << 20)
/* So many zeros end what has no end of its own. */
#define GAP_WORDS 32u
/* Flags of kfuncs are bits 0 to 15 in 6.19; those of sets, bit 0. */
#define END_KFUNC_FLAGS (1u << 20)
#define END_SET_FLAGS 4u

enum item { ITEM_WORD, ITEM_SET, ITEM_SET8, NR_ITEMS };

/* What a word can be, in some way to read all of them. */
enum { ROLE_ID = 1, ROLE_OTHER = 2 };

struct reading {
	const struct kbtf *btf;
	const uint32_t *words;
	size_t nr;
	/* How many words from here on, each or each other one, are ids of a set. */
	uint32_t *run, *run8;
	uint8_t *from_start,
		*to_end; /* of each place between words: can be read from, or up to it */
	/* By how much more items have a word as an id, or an id or flags in pairs, than the
	 * word before has, or for pairs the one before that. */
	int32_t *ids, *pairs, *pair_flags;
	uint8_t *roles;
};

static int reading_init(struct reading *r, const struct kbtf *btf, const uint32_t *words, size_t nr)
{
	size_t n = nr + 4; /* what stands behind the last word is looked at, too */

	*r = (struct reading){ .btf = btf, .words = words, .nr = nr };
	r->run = kbtf_zalloc_array(n, sizeof(*r->run));
	r->run8 = kbtf_zalloc_array(n, sizeof(*r->run8));
	r->from_start = kbtf_zalloc_array(n, 1);
	r->to_end = kbtf_zalloc_array(n, 1);
	r->ids = kbtf_zalloc_array(n, sizeof(*r->ids));
	r->pairs = kbtf_zalloc_array(n, sizeof(*r->pairs));
	r->pair_flags = kbtf_zalloc_array(n, sizeof(*r->pair_flags));
	r->roles = kbtf_zalloc_array(n, 1);
	return r->run && r->run8 && r->from_start && r->to_end && r->ids && r->pairs &&
			       r->pair_flags && r->roles
		       ? 0
		       : -ENOMEM;
}

static void reading_deinit(struct reading *r)
{
	free(r->run);
	free(r->run8);
	free(r->from_start);
	free(r->to_end);
	free(r->ids);
	free(r->pairs);
	free(r->pair_flags);
	free(r->roles);
}

static bool is_id(const struct reading *r, uint32_t word, uint32_t kinds)
{
	const struct kbtf_type *t;

	if (!word || word >= kbtf_end_id(r->btf))
		return false;
	t = kbtf_type_get(r->btf, word);
	return *kbtf_string_get(r->btf, t->name_off) && kinds & KBTF_KIND_BIT(kbtf_kind(t));
}

/* In a set, zeros of ids that were not resolved stand first, where sorting puts them. */
static void find_runs(struct reading *r)
{
	const uint32_t *w = r->words;
	size_t i;

	for (i = r->nr; i-- > 0;) {
		if (!w[i] || is_id(r, w[i], KBTF_ROOT_KINDS))
			r->run[i] = 1 + (i + 1 < r->nr && w[i] <= w[i + 1] ? r->run[i + 1] : 0);
		if (i + 1 < r->nr && w[i + 1] < END_KFUNC_FLAGS &&
		    (!w[i] || is_id(r, w[i], KBTF_KIND_BIT(KBTF_FUNC))))
			r->run8[i] = 1 + (i + 2 < r->nr && w[i] <= w[i + 2] ? r->run8[i + 2] : 0);
	}
}

/* How many words an item takes that begins at word i; 0 where none of this form can. */
static size_t length(const struct reading *r, size_t i, enum item item)
{
	uint32_t word = r->words[i];

	switch (item) {
	case ITEM_WORD:
		return !word || is_id(r, word, KBTF_ROOT_KINDS);
	case ITEM_SET:
		return word && r->run[i + 1] >= word ? 1 + (size_t)word : 0;
	case ITEM_SET8:
		if (i + 1 >= r->nr || r->words[i + 1] >= END_SET_FLAGS || r->run8[i + 2] < word)
			return 0;
		return 2 + 2 * (size_t)word;
	default:
		return 0;
	}
}

/* Returns how far items lead from the first word. */
static size_t find_ends(struct reading *r)
{
	size_t i, n, last = 0;
	enum item item;

	r->from_start[0] = 1;
	for (i = 0; i < r->nr; i++) {
		for (item = 0; r->from_start[i] && item < NR_ITEMS; item++) {
			n = length(r, i, item);
			if (n)
				r->from_start[i + n] = 1;
			if (n && i + n > last)
				last = i + n;
		}
	}
	r->to_end[last] = 1;
	for (i = last; i-- > 0;) {
		for (item = 0; item < NR_ITEMS; item++) {
			n = length(r, i, item);
			if (n && i + n <= last && r->to_end[i + n])
				r->to_end[i] = 1;
		}
	}
	return last;
}

static void mark_item(struct reading *r, size_t i, enum item item, size_t n)
{
	switch (item) {
	case ITEM_WORD:
		r->roles[i] |= ROLE_ID;
		break;
	case ITEM_SET:
		r->roles[i] |= ROLE_OTHER;
		r->ids[i + 1]++;
		r->ids[i + n]--;
		break;
	case ITEM_SET8:
		r->roles[i] |= ROLE_OTHER;
		r->roles[i + 1] |= ROLE_OTHER;
		r->pairs[i + 2]++;
		r->pairs[i + n]--;
		r->pair_flags[i + 3]++;
		r->pair_flags[i + 1 + n]--;
		break;
	default:
		break;
	}
}

static void mark_roles(struct reading *r)
{
	enum item item;
	size_t i, n;

	for (i = 0; i < r->nr; i++) {
		for (item = 0; r->from_start[i] && item < NR_ITEMS; item++) {
			n = length(r, i, item);
			if (n && i + n <= r->nr && r->to_end[i + n])
				mark_item(r, i, item, n);
		}
	}
	for (i = 0; i < r->nr; i++) {
		if (i >= 1)
			r->ids[i] += r->ids[i - 1];
		if (i >= 2) {
			r->pairs[i] += r->pairs[i - 2];
			r->pair_flags[i] += r->pair_flags[i - 2];
		}
		if (r->ids[i] || r->pairs[i])
			r->roles[i] |= ROLE_ID;
		if (r->pair_flags[i])
			r->roles[i] |= ROLE_OTHER;
	}
}

static int add_found(const struct reading *r, struct kbtf_kernel_roots *roots,
		     struct kbtf_diag *reterr)
{
	size_t i;

	for (i = 0; i < r->nr; i++) {
		const struct kbtf_kernel_root root = {
			.type_id = r->words[i],
			.source = KBTF_ROOT_ID,
			.word = (uint32_t)i,
			.is_guess = r->roles[i] & ROLE_OTHER,
		};

		if (r->words[i] && r->roles[i] & ROLE_ID && kbtf_kernel_roots_push(roots, &root))
			return kbtf_fail_nomem(reterr);
	}
	return 0;
}

static int fail_word(const struct reading *r, size_t i, struct kbtf_diag *reterr)
{
	return kbtf_fail_at(
		reterr, -EINVAL, "ids-words", 4 * (uint64_t)i,
		"word %zu of %zu is %u: neither the id of a type that ids are of, nor the "
		"size of a set that follows it",
		i, r->nr, r->words[i]);
}

/* How many words there are, with the gap behind them: its zeros may still be flags. */
static size_t find_gap(const uint32_t *words, size_t nr)
{
	size_t i, nr_zeros = 0;

	for (i = 0; i < nr && nr_zeros < GAP_WORDS; i++)
		nr_zeros = words[i] ? 0 : nr_zeros + 1;
	return i;
}

static size_t without_zeros(const uint32_t *words, size_t nr)
{
	while (nr && !words[nr - 1])
		nr--;
	return nr;
}

int kbtf_kernel_roots_add_words(struct kbtf_kernel_roots *roots, const uint32_t *words, size_t nr,
				size_t *ret_nr_read, struct kbtf_diag *reterr)
{
	struct reading r;
	size_t last;
	int err;

	if (ret_nr_read)
		nr = find_gap(words, nr < MAX_WORDS ? nr : MAX_WORDS);
	if (nr > MAX_WORDS)
		return kbtf_fail(
			reterr, -E2BIG, "ids-words",
			"%zu words: a kernel has about a thousand, and more than %u are not "
			"read without symbols",
			nr, MAX_WORDS);
	if (reading_init(&r, roots->btf, words, nr)) {
		reading_deinit(&r);
		return kbtf_fail_nomem(reterr);
	}
	find_runs(&r);
	last = find_ends(&r);
	if (last < nr && (!ret_nr_read || !last)) {
		err = fail_word(&r, last, reterr);
	} else {
		r.nr = last;
		mark_roles(&r);
		err = add_found(&r, roots, reterr);
	}
	if (!err && ret_nr_read)
		*ret_nr_read = without_zeros(words, last);
	reading_deinit(&r);
	return err;
}
