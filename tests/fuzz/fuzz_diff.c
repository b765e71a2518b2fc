// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Diffs, and types as text and JSON. The input is two pieces of BTF with the length of the
 * first, u16 of low byte first, in front; the second is on the first where a byte says so:
 *
 *   | flags | length of old | old | new |
 *
 * Laws: nothing differs from itself; a diff and its mirror image have as many types, as
 * many added as the other has removed; counts are those of the types; printing ends.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <kbtf/diff.h>
#include <kbtf/text.h>

#include "fuzz.h"

static struct kbtf *open_piece(const uint8_t *data, size_t size, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base, .label = "piece" };
	struct kbtf *btf = NULL;

	MUST(!kbtf_open(data, size, &opts, &btf, NULL) == !!btf);
	return btf;
}

static int swallow(void *ctx, const char *text, size_t n)
{
	touch(text, n);
	*(size_t *)ctx += n;
	return 0;
}

/* NULL where the two are too entangled to be compared. */
static struct kbtf_diff *compare(const struct kbtf *old, const struct kbtf *new,
				 const struct kbtf_diff_opts *opts)
{
	struct kbtf_diff *diff = NULL;
	struct kbtf_diag diag;
	int err = kbtf_diff_new(old, new, opts, &diff, &diag);

	MUST(!err == !!diff);
	MUST(!err || (err == -E2BIG && !strcmp(diag.reason, "too-entangled")));
	return diff;
}

static void print(const struct kbtf_diff *diff)
{
	size_t size = 0;

	MUST(!kbtf_diff_text(diff, 0, swallow, &size));
	MUST(!size == !kbtf_diff_nr_types(diff));
	MUST(!kbtf_diff_text(diff, KBTF_DIFF_ALL_MOVES, swallow, &size));
	MUST(!kbtf_diff_json(diff, swallow, &size));
}

static void check_counts(const struct kbtf_diff *diff, size_t ret_nr[KBTF_NR_DIFF_WHATS])
{
	const struct kbtf_diff_summary *sum = kbtf_diff_summary(diff);
	unsigned int kind, what;
	size_t i, nr = 0;

	for (i = 0; i < kbtf_diff_nr_types(diff); i++) {
		const struct kbtf_type_diff *t = kbtf_diff_type(diff, i);

		MUST(!t->nr_changes == (t->what != KBTF_DIFF_CHANGED));
		MUST(!t->old_id == (t->what == KBTF_DIFF_ADDED));
		MUST(!t->new_id == (t->what == KBTF_DIFF_REMOVED));
	}
	for (what = 0; what < KBTF_NR_DIFF_WHATS; what++) {
		ret_nr[what] = 0;
		for (kind = 0; kind < KBTF_NR_KINDS; kind++)
			ret_nr[what] += sum->nr_types[kind][what];
		nr += ret_nr[what];
	}
	MUST(nr == kbtf_diff_nr_types(diff));
}

static void check_same(const struct kbtf *btf)
{
	struct kbtf_diff *diff = compare(btf, btf, NULL);

	if (diff)
		MUST(!kbtf_diff_nr_types(diff));
	kbtf_diff_free(diff);
}

static void check_pair(const struct kbtf *old, const struct kbtf *new)
{
	struct kbtf_diff *there = compare(old, new, NULL), *back = compare(new, old, NULL);
	size_t there_nr[KBTF_NR_DIFF_WHATS], back_nr[KBTF_NR_DIFF_WHATS];

	if (there)
		print(there);
	if (there && back) {
		check_counts(there, there_nr);
		check_counts(back, back_nr);
		MUST(there_nr[KBTF_DIFF_ADDED] == back_nr[KBTF_DIFF_REMOVED]);
		MUST(there_nr[KBTF_DIFF_REMOVED] == back_nr[KBTF_DIFF_ADDED]);
		MUST(there_nr[KBTF_DIFF_CHANGED] == back_nr[KBTF_DIFF_CHANGED]);
	}
	kbtf_diff_free(back);
	kbtf_diff_free(there);
}

/* What is told of types that a module refers to is told of all. */
static void check_used(const struct kbtf *old, const struct kbtf *new, const struct kbtf *split)
{
	struct kbtf_diff_opts opts = { 0 };
	struct kbtf_diff *all, *some;
	struct kbtf_used *used;

	MUST(!kbtf_used_new(old, &used));
	MUST(!kbtf_used_add(used, split));
	MUST(!kbtf_used_add_symbol(used, "n1"));
	opts.used = used;
	all = compare(old, new, NULL);
	some = compare(old, new, &opts);
	if (all && some)
		MUST(kbtf_diff_nr_types(some) <= kbtf_diff_nr_types(all));
	kbtf_diff_free(some);
	kbtf_diff_free(all);
	kbtf_used_free(used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf *old, *new = NULL;
	size_t old_size, printed = 0;
	bool is_split;

	if (size < 3)
		return 0;
	is_split = data[0] & 1;
	old_size = data[1] | data[2] << 8u;
	data += 3;
	size -= 3;
	if (old_size > size)
		return 0;
	old = open_piece(data, old_size, NULL);
	if (old)
		new = open_piece(data + old_size, size - old_size, is_split ? old : NULL);
	if (old)
		check_same(old);
	if (new) {
		check_same(new);
		check_pair(old, new);
		check_used(old, is_split ? old : new, new);
		MUST(!kbtf_text_json(new, NULL, 0, swallow, &printed));
	}
	kbtf_free(new);
	kbtf_free(old);
	return 0;
}
