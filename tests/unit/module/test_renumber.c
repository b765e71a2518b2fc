// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Which BTF is standalone, by the rule and with its reasons, from raw bytes that
 * nobody has checked; and renumbering in place.
 */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "host.h"
#include "renumber.h"
#include "typedump.h"

static const struct kbtf_stand alone = { .first_id = 1 };

/* Raw BTF of types and of strings that go into each: as text, or as it is. */
struct row {
	const char *types;
	uint32_t str_start; /* of the strings that typetext.h makes */
	struct kbtf_stand at;
	const char *why; /* NULL: it is standalone */
};

/* clang-format off */
static const struct row rows[] = {
	{ "", 0, { 1, 0 }, NULL },
	{ "ptr 0", 0, { 1, 0 }, NULL },
	{ "ptr 1; int int 4 1", 0, { 1, 0 }, NULL },
	{ "ptr 2; int int 4 1", 0, { 1, 0 }, NULL },
	{ "ptr 3; int int 4 1", 0, { 1, 0 },
	  "+0x20: type [1] PTR (anon): refers to type id 3, but its own are 1 to 2: it needs its base "
	  "[type-id-range]" },
	/* every place where there can be an id */
	{ "typedef t 2", 0, { 1, 0 },
	  "+0x20: type [1] TYPEDEF t: refers to type id 2, but its own are 1 to 1: it needs its base "
	  "[type-id-range]" },
	{ "struct s 4 (a 0 0) (b 7 0)", 0, { 1, 0 },
	  "+0x34: type [1] STRUCT s: refers to type id 7, but its own are 1 to 1: it needs its base "
	  "[type-id-range]" },
	{ "array 1 4294967295 0", 0, { 1, 0 },
	  "+0x28: type [1] ARRAY (anon): refers to type id 4294967295, but its own are 1 to 1: it "
	  "needs its base [type-id-range]" },
	{ "proto 0 (a 2)", 0, { 1, 0 },
	  "+0x28: type [1] FUNC_PROTO (anon): refers to type id 2, but its own are 1 to 1: it needs "
	  "its base [type-id-range]" },
	{ "ptr 0; datasec d 4 (9 0 4)", 0, { 1, 0 },
	  "+0x30: type [2] DATASEC d: refers to type id 9, but its own are 1 to 2: it needs its base "
	  "[type-id-range]" },
	{ "var v 2 0", 0, { 1, 0 },
	  "+0x20: type [1] VAR v: refers to type id 2, but its own are 1 to 1: it needs its base "
	  "[type-id-range]" },
	/* and a string */
	{ "int =5 4 1", 0, { 1, 0 },
	  "+0x18: type [1] INT (anon): string offset 5, but its own strings are 0 to 0: it needs its "
	  "base [string-range]" },
	{ "int int 4 1; struct s 4 (=7 1 0)", 0, { 1, 0 },
	  "+0x34: type [2] STRUCT s: string offset 7, but its own strings are 0 to 6: it needs its "
	  "base [string-range]" },
	{ "enum e 4 (=900 1)", 0, { 1, 0 },
	  "+0x24: type [1] ENUM e: string offset 900, but its own strings are 0 to 2: it needs its "
	  "base [string-range]" },
	/* on a base, ids and strings of that are none of its own */
	{ "ptr 2", 0, { 2, 0 }, NULL },
	{ "ptr 1", 0, { 2, 0 },
	  "+0x20: type [2] PTR (anon): refers to type id 1, but its own are 2 to 2: it needs its base "
	  "[type-id-range]" },
	{ "int =5 4 1", 0, { 2, 5 }, NULL },
	{ "int =4 4 1", 0, { 2, 5 },
	  "+0x18: type [2] INT (anon): string offset 4, but its own strings are 5 to 5: it needs its "
	  "base [string-range]" },
};
/* clang-format on */

static void check_row(const struct row *row)
{
	struct kbtf_diag diag;
	size_t size;
	void *bytes = typetext_bytes(row->types, row->str_start, false, &size);
	int err = kbtf_renumber_check(bytes, size, row->at, &diag);

	if (!row->why) {
		assert_ok(err, &diag);
	} else {
		assert_int_equal(err, -EINVAL);
		assert_int_equal(diag.err, -EINVAL);
		assert_diag(&diag, row->why);
		assert_int_equal(kbtf_renumber_check(bytes, size, row->at, NULL), -EINVAL);
	}
	free(bytes);
}

static void test_rule(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* Strings of split BTF go on where the base's end, and do not begin with the empty one. */
static void test_split_strings(void **state)
{
	struct kbtf_diag diag;
	size_t size;
	void *bytes = typetext_bytes("int int 4 1", 100, false, &size);

	(void)state;
	assert_int_equal(kbtf_renumber_check(bytes, size, alone, &diag), -EINVAL);
	assert_diag(&diag, "+0x28: its strings do not begin with an empty one: it is split BTF and "
			   "needs its base [strings-start]");
	assert_int_equal(kbtf_standalone_detect(bytes, size, &diag), -EINVAL);
	assert_diag(&diag,
		    "+0x28: first byte of the string section is 0x69, not 0: this is split BTF "
		    "and needs its base, or it is damaged [strings-start]");
	free(bytes);
}

/* Bytes that are damaged in one place: a u32 at an offset, or the size. */
struct damage {
	uint32_t at, word;
	size_t size; /* 0: as it is */
	int err;
	const char *why;
};

/* clang-format off */
static const struct damage damages[] = {
	{ 0, FIRST_WORD(KBTF_MAGIC, 1, 0), 0, 0, NULL },
	{ 0, FIRST_WORD(0x9feb, 1, 0), 0, -EINVAL, "+0x0: magic is 0x9feb where BTF has 0xeb9f [magic]" },
	{ 0, FIRST_WORD(KBTF_MAGIC, 2, 0), 0, -EOPNOTSUPP, "+0x2: version is 2, kbtf knows 1 [version]" },
	{ 4, 23, 0, -EINVAL,
	  "+0x4: header length is 23, beyond 24 (shortest) to 57 (all there is) [header-length]" },
	{ 4, 58, 0, -EINVAL,
	  "+0x4: header length is 58, beyond 24 (shortest) to 57 (all there is) [header-length]" },
	{ 8, 6, 0, -EINVAL,
	  "+0x8: type section of 28 bytes at offset 6 ends beyond the 33 bytes after the header "
	  "[section-range]" },
	{ 8, 0xfffffffc, 0, -EINVAL,
	  "+0x8: type section of 28 bytes at offset 4294967292 ends beyond the 33 bytes after the "
	  "header [section-range]" },
	{ 8, 2, 0, -EINVAL,
	  "+0x8: type section of 28 bytes begins at byte 26; both have to be multiples of 4 "
	  "[section-align]" },
	{ 12, 27, 0, -EINVAL,
	  "+0x8: type section of 27 bytes begins at byte 24; both have to be multiples of 4 "
	  "[section-align]" },
	{ 12, 20, 0, -EINVAL,
	  "+0x28: type [2]: a type takes at least 12 bytes, the type section has 4 left "
	  "[type-truncated]" },
	{ 12, 12, 0, -EINVAL,
	  "+0x18: type [1]: runs beyond the end of the type section [type-truncated]" },
	{ 16, 29, 0, -EINVAL,
	  "+0x10: string section of 5 bytes at offset 29 ends beyond the 33 bytes after the header "
	  "[section-range]" },
	{ 16, 27, 0, -EINVAL,
	  "+0x10: string section (offset 27, 5 bytes) overlaps the type section (offset 0, 28 bytes) "
	  "[section-overlap]" },
	{ 20, 0, 0, -EINVAL,
	  "+0x34: its strings do not begin with an empty one: it is split BTF and needs its base "
	  "[strings-start]" },
	{ 20, 4, 0, -EINVAL,
	  "+0x37: last byte of the string section is 0x74, not 0 [strings-unterminated]" },
	{ 28, 20u << 24, 0, -EOPNOTSUPP,
	  "+0x18: type [1]: it is of kind 20, where nobody knows what is an id [kind-unknown]" },
	{ 28, 0, 0, -EOPNOTSUPP,
	  "+0x18: type [1]: it is of kind 0, where nobody knows what is an id [kind-unknown]" },
	{ 44, 13u << 24 | 0xffffff, 0, -EINVAL,
	  "+0x28: type [2]: runs beyond the end of the type section [type-truncated]" },
	{ 0, FIRST_WORD(KBTF_MAGIC, 1, 0), 23, -EINVAL, "+0x17: 23 bytes are fewer than a header's 24 [header-truncated]" },
	{ 0, FIRST_WORD(KBTF_MAGIC, 1, 0), 24, -EINVAL,
	  "+0x8: type section of 28 bytes at offset 0 ends beyond the 0 bytes after the header "
	  "[section-range]" },
};
/* clang-format on */

/* Nothing is trusted: in a kernel, this is the first to look at the bytes. */
static void test_damaged(void **state)
{
	const struct kbtf_stand to = { 1000, 5000 };
	struct kbtf_diag diag;
	size_t size, i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		const struct damage *d = &damages[i];
		uint8_t *whole = typetext_bytes("int int 4 1; ptr 1", 0, false, &size), *bytes,
			*before;
		int err;

		assert_int_equal(size, 57);
		memcpy(whole + d->at, &d->word, sizeof(d->word));
		size = d->size ? d->size : size;
		bytes = malloc(size); /* so that a sanitizer sees its end */
		before = malloc(size);
		assert_true(bytes && before);
		memcpy(bytes, whole, size);
		memcpy(before, whole, size);
		err = kbtf_renumber_check(bytes, size, alone, &diag);
		assert_int_equal(err, d->err);
		if (d->why)
			assert_diag(&diag, d->why);
		err = kbtf_renumber(bytes, size, alone, to, NULL);
		assert_int_equal(err, d->err);
		assert_int_equal(!memcmp(bytes, before, size), err != 0);
		free(before);
		free(bytes);
		free(whole);
	}
}

/* Every id and string that is not 0 moves by the same, and moves back. */
static void test_every_word_moves(void **state)
{
	static const char types[] =
		"int int 4 1; ptr 1; array 1 1 4; bstruct s 8 (a 1 0 3) (- 2 32 0); union u 8 (b 4 "
		"0); "
		"enum e 4 (A 1); fwd f; typedef t 4; volatile 0; const 4; restrict 2; func fn 13 "
		"1; "
		"proto 1 (x 2) (- 0); var v 4 1; datasec .data 8 (14 0 8); float d 8; dtag g 4 1; "
		"ttag q 1; enum64 h 8 (B 2)";
	static const char moved[] =
		"int int 4 1; ptr 3; array 3 3 4; bstruct s 8 (a 3 0 3) (- 4 32 0); union u 8 (b 6 "
		"0); "
		"enum e 4 (A 1); fwd f; typedef t 6; volatile 0; const 6; restrict 4; func fn 15 "
		"1; "
		"proto 3 (x 4) (- 0); var v 6 1; datasec .data 8 (16 0 8); float d 8; dtag g 6 1; "
		"ttag q 3; enum64 h 8 (B 2)";
	struct kbtf *base = typed("int int 4 1; struct kernel 8", NULL, "base"), *btf;
	struct kbtf_stand to = { 3, kbtf_header(base)->str_len };
	struct kbtf_open_opts opts = { .base = base };
	struct kbtf_diag diag;
	size_t size;
	uint8_t *bytes = typetext_bytes(types, 0, false, &size), *before = malloc(size);

	(void)state;
	assert_non_null(before);
	memcpy(before, bytes, size);
	assert_ok(kbtf_renumber(bytes, size, alone, to, &diag), &diag);
	assert_ok(kbtf_open(bytes, size, &opts, &btf, &diag), &diag);
	assert_string_equal(typedump(btf), moved);
	kbtf_free(btf);
	assert_ok(kbtf_renumber_check(bytes, size, to, &diag), &diag);
	assert_ok(kbtf_renumber(bytes, size, to, alone, &diag), &diag);
	assert_memory_equal(bytes, before, size);
	free(before);
	free(bytes);
	kbtf_free(base);
}

/* The last numbers there are, and one more. */
static void test_too_large(void **state)
{
	static const struct {
		struct kbtf_stand to;
		const char *why;
	} cases[] = {
		{ { KBTF_MAX_TYPES - 1, 0 }, NULL },
		{ { KBTF_MAX_TYPES, 0 },
		  "its 1 types and 5 bytes of strings cannot follow 2147483646 types and 0 bytes "
		  "[too-large]" },
		{ { UINT32_MAX, 0 },
		  "its 1 types and 5 bytes of strings cannot follow 4294967294 types and 0 bytes "
		  "[too-large]" },
		{ { 1, UINT32_MAX - 5 }, NULL },
		{ { 1, UINT32_MAX - 4 },
		  "its 1 types and 5 bytes of strings cannot follow 0 types and 4294967291 bytes "
		  "[too-large]" },
	};
	struct kbtf_diag diag;
	size_t size, i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		void *bytes = typetext_bytes("int int 4 1", 0, false, &size);
		int err = kbtf_renumber(bytes, size, alone, cases[i].to, &diag);

		if (cases[i].why) {
			assert_int_equal(err, -E2BIG);
			assert_diag(&diag, cases[i].why);
		} else {
			assert_ok(err, &diag);
		}
		free(bytes);
	}
}

/* From bytes that are foreign, or that are no BTF at all. */
static void test_detect(void **state)
{
	struct kbtf_diag diag;
	size_t size;
	void *bytes = typetext_bytes("ptr 2; int int 4 1", 0, true, &size);

	(void)state;
	assert_ok(kbtf_standalone_detect(bytes, size, &diag), &diag);
	free(bytes);
	bytes = typetext_bytes("ptr 3; int int 4 1", 0, true, &size);
	assert_int_equal(kbtf_standalone_detect(bytes, size, &diag), -EINVAL);
	assert_diag(&diag,
		    "+0x20: type [1] PTR (anon): refers to type id 3, but its own are 1 to 2: "
		    "it needs its base [type-id-range]");
	free(bytes);
	assert_int_equal(kbtf_standalone_detect("", 0, &diag), -EINVAL);
	assert_diag(&diag, "+0x0: 0 bytes are fewer than a header's 24 [header-truncated]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),	  cmocka_unit_test(test_split_strings),
		cmocka_unit_test(test_damaged),	  cmocka_unit_test(test_every_word_moves),
		cmocka_unit_test(test_too_large), cmocka_unit_test(test_detect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
