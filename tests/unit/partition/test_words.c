// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Words of .BTF_ids without symbols: which are ids, and which only may be. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/partition.h>

#define NR_TYPES 60u

/*
 * Types as in a kernel: scalars first, whose ids sizes of sets then have, a typedef and a
 * struct among them; functions from 20 on, structs from 40 on.
 */
static struct kbtf *make_kernel(void)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	uint32_t id;
	char name[16];

	for (id = 1; id <= NR_TYPES; id++) {
		snprintf(name, sizeof(name), "t%u", id);
		if (id == 2)
			kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
		else if (id == 4)
			kbtf_builder_type(b, KBTF_TYPEDEF, name, 0, 1);
		else if (id == 5)
			kbtf_builder_type(b, KBTF_STRUCT, NULL, 0, 4);
		else if (id < 20)
			kbtf_builder_int(b, name, 4, 0);
		else if (id < 40)
			kbtf_builder_func(b, name, 2, 0);
		else
			kbtf_builder_type(b, KBTF_STRUCT, name, 0, 4);
	}
	return made(b, "vmlinux");
}

#define MAX_WORDS 64u

/* Numbers: "id!" is expected to be one, "id?" to be a guess. */
/* clang-format off */
static const char *const rows[] = {
	"",
	"0", "0 0 0",
	/* lists: what is no id of a type with a name, of a function, struct, union or typedef, is none */
	"20! 0 41! 42! 20!",
	/* sets, whose sizes are no ids */
	"3 20! 21! 22!", "2 20! 40! 1 41!",
	"1 20! 1 20! 30! 50!",
	/* ids that were not resolved come first; the size says that they are there */
	"3 0 0 21!",
	/* set8: flags beside each */
	"2 0 20! 0 21! 5", "2 1 20! 0 21! 0", "1 0 20! 65536",
	"2 0 0 7 21! 5 40!",
	/* empty sets */
	"0 20!", "0 0 20!", "0 1 20!",
	/* a set8 beside a set: sizes and flags are 1 to 3, which are no ids */
	"1 20! 2 0 21! 3 22! 1 2 40! 41!",
	/* a word that can be an id, or the size of what stands behind it */
	"4? 20! 21! 22! 23!",
	"4? 0 20! 0 21! 0 22! 0 23! 0",
	/* but not where that is in no order, too short, or cannot go on behind it */
	"4! 20! 22! 21! 23!", "4! 20! 21! 22!", "20! 4! 20!",
	"4? 40! 41! 42! 43! 30! 31!", "4! 40! 41! 42! 30! 31!",
	/* flags that can be ids: it can be a set of two, one of them not resolved, and a list */
	"2 0 20! 4? 21! 4?", "2 0 20! 4 21! 3",
	/* the same ids in another reading are no guesses */
	"0 4? 20! 21! 22! 23!",
};
/* clang-format on */

static unsigned int parse(const char *text, uint32_t *words, char *expected)
{
	unsigned int nr = 0;
	char *end;

	while (*text) {
		words[nr] = (uint32_t)strtoul(text, &end, 10);
		expected[nr++] = *end == '!' || *end == '?' ? *end : ' ';
		text = end + (*end == '!' || *end == '?');
		text += strspn(text, " ");
	}
	return nr;
}

/* What was found, a sign a word. */
static void draw(const struct kbtf_kernel_roots *roots, const uint32_t *words, char *ret)
{
	size_t i;

	for (i = 0; i < kbtf_kernel_roots_count(roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(roots, i);

		assert_int_equal(root->source, KBTF_ROOT_ID);
		assert_int_equal(root->type_id, words[root->word]);
		assert_null(root->list);
		assert_int_equal(ret[root->word], ' ');
		ret[root->word] = root->is_guess ? '?' : '!';
	}
}

static void check(const struct kbtf *kernel, const char *text)
{
	uint32_t words[MAX_WORDS];
	char expected[MAX_WORDS + 1] = "", found[MAX_WORDS + 1] = "";
	unsigned int nr = parse(text, words, expected);
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;

	memset(found, ' ', nr);
	assert_int_equal(kbtf_kernel_roots_new(kernel, &roots, NULL), 0);
	assert_ok(kbtf_kernel_roots_add_words(roots, words, nr, NULL, &diag), &diag);
	draw(roots, words, found);
	if (strcmp(found, expected))
		fail_msg("%s: found \"%s\", expected \"%s\"", text, found, expected);
	kbtf_kernel_roots_free(roots);
}

static void test_rows(void **state)
{
	struct kbtf *kernel = make_kernel();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(kernel, rows[i]);
	kbtf_free(kernel);
}

static void refuse(const struct kbtf *kernel, const uint32_t *words, size_t nr, int err,
		   const char *line)
{
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;

	assert_int_equal(kbtf_kernel_roots_new(kernel, &roots, NULL), 0);
	assert_int_equal(kbtf_kernel_roots_add_words(roots, words, nr, NULL, &diag), err);
	assert_diag(&diag, line);
	assert_int_equal(kbtf_kernel_roots_count(roots), 0);
	kbtf_kernel_roots_free(roots);
}

static void test_refused(void **state)
{
	static const uint32_t no_id[] = { 20, 1 }, short_set[] = { 2, 20 }, beyond[] = { 61 },
			      other_kind[] = { 2, 1, 40, 1, 41, 1 },
			      no_flags[] = { 1, 0, 20, 1 << 20 };
	uint32_t *many = calloc((1 << 20) + 1, 4);
	struct kbtf *kernel = make_kernel();

	(void)state;
	assert_non_null(many);
	refuse(kernel, no_id, 2, -EINVAL,
	       "+0x4: word 1 of 2 is 1: neither the id of a type that ids are of, nor the size of "
	       "a "
	       "set that follows it [ids-words]");
	refuse(kernel, short_set, 2, -EINVAL,
	       "+0x0: word 0 of 2 is 2: neither the id of a type that ids are of, nor the size of "
	       "a "
	       "set that follows it [ids-words]");
	refuse(kernel, beyond, 1, -EINVAL,
	       "+0x0: word 0 of 1 is 61: neither the id of a type that ids are of, nor the size of "
	       "a set that follows it [ids-words]");
	refuse(kernel, other_kind, 6, -EINVAL,
	       "+0x0: word 0 of 6 is 2: neither the id of a type that ids are of, nor the size of "
	       "a "
	       "set that follows it [ids-words]");
	refuse(kernel, no_flags, 4, -EINVAL,
	       "+0xc: word 3 of 4 is 1048576: neither the id of a type that ids are of, nor the "
	       "size of a set that follows it [ids-words]");
	refuse(kernel, many, (1 << 20) + 1, -E2BIG,
	       "1048577 words: a kernel has about a thousand, and more than 1048576 are not read "
	       "without symbols [ids-words]");
	kbtf_free(kernel);
	free(many);
}

/* Words that go on: up to what cannot be read, or to a gap. */
static void test_without_end(void **state)
{
	uint32_t words[128] = { 2, 0, 20, 1, 21, 0 };
	struct kbtf *kernel = make_kernel();
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;
	size_t nr = 99;

	(void)state;
	assert_int_equal(kbtf_kernel_roots_new(kernel, &roots, NULL), 0);
	words[60] = 20; /* behind the gap */
	assert_ok(kbtf_kernel_roots_add_words(roots, words, 128, &nr, &diag), &diag);
	assert_int_equal(nr, 5);
	assert_int_equal(kbtf_kernel_roots_count(roots), 2);
	words[7] = 22; /* before it */
	words[8] = 1000;
	words[9] = 23;
	assert_ok(kbtf_kernel_roots_add_words(roots, words, 128, &nr, &diag), &diag);
	assert_int_equal(nr, 8);
	assert_int_equal(kbtf_kernel_roots_count(roots), 5);
	assert_int_equal(kbtf_kernel_roots_get(roots, 4)->type_id, 22);
	words[0] = 1000;
	assert_int_equal(kbtf_kernel_roots_add_words(roots, words, 128, &nr, &diag), -EINVAL);
	assert_int_equal(nr, 8);
	assert_int_equal(kbtf_kernel_roots_count(roots), 5);
	kbtf_kernel_roots_free(roots);
	kbtf_free(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
