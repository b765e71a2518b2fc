/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_TOLD_H
#define KBTF_TESTS_TOLD_H

/* A diff as one line of text without spaces of layout, to be held against what is expected. */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/diff.h>

struct told {
	char *text;
	size_t size;
};

static inline int told_write(void *ctx, const char *text, size_t n)
{
	struct told *t = ctx;

	t->text = realloc(t->text, t->size + n + 1);
	assert_non_null(t->text);
	memcpy(t->text + t->size, text, n);
	t->size += n;
	t->text[t->size] = '\0';
	return 0;
}

static inline struct kbtf_diff *diffed(const struct kbtf *old, const struct kbtf *new,
				       const struct kbtf_diff_opts *opts)
{
	struct kbtf_diff *diff;
	struct kbtf_diag diag;

	assert_ok(kbtf_diff_new(old, new, opts, &diff, &diag), &diag);
	return diff;
}

/* Runs of blanks become one, lines end in "|", without labels and summary. */
static inline void told_squeeze(char *text)
{
	char *to = text, *from, *summary;

	for (from = text; *from; from++) {
		char c = *from == '\n' ? '|' : *from;

		if ((c == '|' || c == ' ') && to > text && (to[-1] == c || to[-1] == '|'))
			continue;
		*to++ = c;
	}
	*to = '\0';
	/* "--- a|+++ b|" in front, and what begins with the numbers of the first kind behind */
	from = strstr(text, "+++ ");
	from = from ? strchr(from, '|') + 1 : text;
	memmove(text, from, strlen(from) + 1);
	summary = strstr(text, " removed ");
	while (summary && summary > text && summary[-1] != '|')
		summary--;
	if (summary)
		*summary = '\0';
}

static inline void assert_told(const struct kbtf *old, const struct kbtf *new,
			       const struct kbtf_diff_opts *opts, const char *expected)
{
	struct kbtf_diff *diff = diffed(old, new, opts);
	struct told told = { 0 };

	assert_int_equal(kbtf_diff_text(diff, 0, told_write, &told), 0);
	told_write(&told, "", 0);
	told_squeeze(told.text);
	assert_string_equal(told.text, expected);
	free(told.text);
	kbtf_diff_free(diff);
}

#endif
