// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Raw BTF that kbtf_open() refuses, and the whole message of each. Headers are
 * given as words to write over those of one sound INT; types as text.
 */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <kbtf/btf.h>

#include "host.h"
#include "view.h"

/* Open, in the host's byte order or the other one, and see it refused with this line. */
static void check_refused(const void *bytes, size_t size, const struct kbtf *base, int err,
			  const char *line)
{
	struct kbtf_open_opts opts = { .base = base, .label = "bad" };
	struct kbtf *btf = NULL;
	struct kbtf_diag diag;
	void *copy = malloc(size ? size : 1); /* exactly as long, for sanitizers to guard */

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	if (!kbtf_open(copy, size, &opts, &btf, &diag))
		fail_msg("opened where it should say: %s", line);
	assert_diag(&diag, line);
	assert_int_equal(diag.err, err);
	assert_null(btf);
	assert_int_equal(kbtf_open(copy, size, &opts, &btf, NULL), err);
	free(copy);
}

/*
 * The sound BTF below these changes is 45 bytes long:
 *   0 magic, version, flags   4 hdr_len 24   8 type_off 0   12 type_len 16
 *   16 str_off 16   20 str_len 5   24 INT int   40 "\0int\0"
 */
struct change {
	uint32_t at, word;
};

static const struct header_row {
	struct change changes[4]; /* the first with at 0 and word 0 ends them */
	uint32_t size;		  /* of the bytes; 0 for all 45 */
	int err;
	const char *line;
} header_rows[] = {
	/* clang-format off */
	{ { { 0 } }, 23, -EINVAL,
	  "bad+0x17: 23 bytes are fewer than a header's 24 [header-truncated]" },
	{ { { 0 } }, 1, -EINVAL,
	  "bad+0x1: 1 bytes are fewer than a header's 24 [header-truncated]" },
	{ { { 0, FIRST_WORD(0xeb9e, 1, 0) } }, 0, -EINVAL,
	  "bad+0x0: magic is 0xeb9e where BTF has 0xeb9f [magic]" },
	{ { { 0, FIRST_WORD(0x457f, 0x4c, 0x46) } }, 0, -EINVAL,
	  "bad+0x0: magic is 0x457f where BTF has 0xeb9f [magic]" },
	{ { { 0, FIRST_WORD(KBTF_MAGIC, 2, 0) } }, 0, -EOPNOTSUPP,
	  "bad+0x2: version is 2, kbtf knows 1 [version]" },
	{ { { 0, FIRST_WORD(KBTF_MAGIC, 1, 0x80) } }, 0, -EOPNOTSUPP,
	  "bad+0x3: flags are 0x80, kbtf knows none [flags]" },
	{ { { 4, 23 } }, 0, -EINVAL,
	  "bad+0x4: header length is 23, beyond 24 (shortest) to 45 (all there is) "
	  "[header-length]" },
	{ { { 4, 46 } }, 0, -EINVAL,
	  "bad+0x4: header length is 46, beyond 24 (shortest) to 45 (all there is) "
	  "[header-length]" },
	{ { { 4, UINT32_MAX } }, 0, -EINVAL,
	  "bad+0x4: header length is 4294967295, beyond 24 (shortest) to 45 (all there is) "
	  "[header-length]" },
	{ { { 4, 26 }, { 24, FIRST_BYTE(1) } }, 0, -EOPNOTSUPP,
	  "bad+0x18: header byte 24 is 0x01 in a part of the header that kbtf does not know "
	  "[header-unknown]" },
	{ { { 4, 40 }, { 24, 0 }, { 28, 0 }, { 32, FIRST_BYTE(4) } }, 0, -EOPNOTSUPP,
	  "bad+0x20: header byte 32 is 0x04 in a part of the header that kbtf does not know "
	  "[header-unknown]" },
	{ { { 12, 24 } }, 0, -EINVAL,
	  "bad+0x8: type section of 24 bytes at offset 0 ends beyond the 21 bytes after the header "
	  "[section-range]" },
	{ { { 8, UINT32_MAX - 3 } }, 0, -EINVAL,
	  "bad+0x8: type section of 16 bytes at offset 4294967292 ends beyond the 21 bytes after "
	  "the header [section-range]" },
	{ { { 20, 6 } }, 0, -EINVAL,
	  "bad+0x10: string section of 6 bytes at offset 16 ends beyond the 21 bytes after the "
	  "header [section-range]" },
	{ { { 16, 22 }, { 20, 0x80000000 } }, 0, -EINVAL,
	  "bad+0x10: string section of 2147483648 bytes at offset 22 ends beyond the 21 bytes after "
	  "the header [section-range]" },
	{ { { 16, 22 }, { 20, 0 }, { 0 } }, 0, -EINVAL, /* empty, and begins beyond the end */
	  "bad+0x10: string section of 0 bytes at offset 22 ends beyond the 21 bytes after the "
	  "header [section-range]" },
	{ { { 8, 2 } }, 0, -EINVAL,
	  "bad+0x8: type section begins at byte 26, which is not a multiple of 4 "
	  "[section-align]" },
	{ { { 16, 15 } }, 0, -EINVAL,
	  "bad+0x10: string section (offset 15, 5 bytes) overlaps the type section (offset 0, 16 "
	  "bytes) [section-overlap]" },
	{ { { 16, 0 } }, 0, -EINVAL,
	  "bad+0x10: string section (offset 0, 5 bytes) overlaps the type section (offset 0, 16 "
	  "bytes) [section-overlap]" },
	{ { { 20, 0 } }, 0, -EINVAL,
	  "bad+0x14: string section is empty; it has to begin with an empty string "
	  "[strings-empty]" },
	{ { { 20, 4 } }, 0, -EINVAL,
	  "bad+0x2b: last byte of the string section is 0x74, not 0 [strings-unterminated]" },
	{ { { 16, 17 }, { 20, 4 } }, 0, -EINVAL,
	  "bad+0x29: first byte of the string section is 0x69, not 0: this is split BTF and needs "
	  "its base, or it is damaged [strings-start]" },
	/* clang-format on */
};

static void test_headers(void **state)
{
	size_t i, c, size;
	int swapped;

	(void)state;
	for (i = 0; i < 2 * sizeof(header_rows) / sizeof(*header_rows); i++) {
		const struct header_row *row = &header_rows[i / 2];
		uint8_t *bytes;

		swapped = i % 2;
		if (swapped && row->err != -EINVAL)
			continue; /* a byte that is looked at by itself is another one there */
		if (swapped && row->changes[0].at == 0 && row->changes[0].word)
			continue; /* so is the first word */
		bytes = typetext_bytes("int int 4 0", 0, swapped, &size);
		assert_int_equal(size, 45);
		for (c = 0; c < 4 && (row->changes[c].at || row->changes[c].word); c++) {
			uint32_t word = row->changes[c].word;

			word = swapped ? __builtin_bswap32(word) : word;
			memcpy(bytes + row->changes[c].at, &word, 4);
		}
		check_refused(bytes, row->size ? row->size : size, NULL, row->err, row->line);
		free(bytes);
	}
	check_refused("", 0, NULL, -EINVAL,
		      "bad+0x0: 0 bytes are fewer than a header's 24 [header-truncated]");
}

/* See a word of the header replaced, and put it back. */
static void check_layout_word(uint8_t *bytes, size_t size, size_t at, uint32_t word,
			      const char *line)
{
	uint32_t old;

	memcpy(&old, bytes + at, 4);
	memcpy(bytes + at, &word, 4);
	check_refused(bytes, size, NULL, -EINVAL, line);
	memcpy(bytes + at, &old, 4);
}

static void test_layout_sections(void **state)
{
	struct raw r;
	size_t size;
	uint8_t *bytes;

	(void)state;
	raw_init(&r, 0);
	raw_layout_known(&r, 4);
	r.layout.data[7] = r.layout.data[5] = 0;
	r.layout.data[4 * KBTF_INT] = 8;
	bytes = raw_finish(&r, &size);
	check_refused(bytes, size, NULL, -EINVAL,
		      "bad+0x24: layout section gives INT 8 + vlen * 0 bytes where it has 4 + "
		      "vlen * 0 [layout-mismatch]");
	free(bytes);
	r.layout.data[4 * KBTF_INT] = 4;
	r.layout.data[4 * KBTF_PTR + 1] = 4;
	bytes = raw_finish(&r, &size);
	check_refused(bytes, size, NULL, -EINVAL,
		      "bad+0x28: layout section gives PTR 0 + vlen * 4 bytes where it has 0 + "
		      "vlen * 0 [layout-mismatch]");
	free(bytes);
	/* The layout section itself where it does not belong: between types and strings. */
	r.layout.data[4 * KBTF_PTR + 1] = 0;
	typetext_add(&r, "ptr 0; ptr 0");
	bytes = raw_finish(&r, &size);
	check_layout_word(
		bytes, size, 24, 22,
		"bad+0x18: layout section begins at byte 54, which is not a multiple of 4 "
		"[section-align]");
	check_layout_word(bytes, size, 28, 15,
			  "bad+0x1c: layout section has 15 bytes, which is not a multiple of 4 "
			  "[section-align]");
	check_layout_word(
		bytes, size, 24, 20,
		"bad+0x18: layout section (offset 20, 16 bytes) overlaps the type section "
		"(offset 0, 24 bytes) [section-overlap]");
	check_layout_word(bytes, size, 28, 20,
			  "bad+0x18: layout section of 20 bytes at offset 24 ends beyond the 41 "
			  "bytes after the header [section-range]");
	free(bytes);
	raw_deinit(&r);
}

static const struct types_row {
	const char *text;
	uint32_t cut; /* bytes taken from the end of the type section */
	int err;
	const char *line;
} types_rows[] = {
	/* clang-format off */
	{ "ptr 0; ptr 0", 1, -EINVAL,
	  "bad+0xc: type section has 23 bytes, which is not a multiple of 4 [section-align]" },
	{ "ptr 0; ptr 0", 4, -EINVAL,
	  "bad+0x24: type [2]: a type takes at least 12 bytes, the type section has 8 "
	  "[type-truncated]" },
	{ "ptr 0; ptr 0", 8, -EINVAL,
	  "bad+0x24: type [2]: a type takes at least 12 bytes, the type section has 4 "
	  "[type-truncated]" },
	{ "int x 4 0", 4, -EINVAL,
	  "bad+0x18: type [1]: runs beyond the end of the type section; its length is 16 "
	  "[type-truncated]" },
	{ "array 0 0 1", 4, -EINVAL,
	  "bad+0x18: type [1]: runs beyond the end of the type section; its length is 24 "
	  "[type-truncated]" },
	{ "struct s 4 (a 0 0) (b 0 0)", 12, -EINVAL,
	  "bad+0x18: type [1]: runs beyond the end of the type section; its length is 36 "
	  "[type-truncated]" },
	{ "kind 0 - 0", 0, -EOPNOTSUPP,
	  "bad+0x18: type [1]: neither kbtf nor a layout section knows kind 0 [kind-unknown]" },
	{ "ptr 0; kind 20 - 0", 0, -EOPNOTSUPP,
	  "bad+0x24: type [2]: neither kbtf nor a layout section knows kind 20 [kind-unknown]" },
	{ "kind 127 - 0", 0, -EOPNOTSUPP,
	  "bad+0x18: type [1]: neither kbtf nor a layout section knows kind 127 "
	  "[kind-unknown]" },
	/* ids beyond the end, in each place that has one; offsets are the word's own */
	{ "ptr 2", 0, -EINVAL,
	  "bad+0x20: type [1] PTR (anon): refers to type id 2, but the last is 1 "
	  "[type-id-range]" },
	{ "int i 4 0; typedef t 0xffffffff", 0, -EINVAL,
	  "bad+0x30: type [2] TYPEDEF t: refers to type id 4294967295, but the last is 2 "
	  "[type-id-range]" },
	{ "array 2 0 1", 0, -EINVAL,
	  "bad+0x24: type [1] ARRAY (anon): refers to type id 2, but the last is 1 "
	  "[type-id-range]" },
	{ "array 0 2 1", 0, -EINVAL,
	  "bad+0x28: type [1] ARRAY (anon): refers to type id 2, but the last is 1 "
	  "[type-id-range]" },
	{ "struct s 4 (a 0 0) (b 9 0)", 0, -EINVAL,
	  "bad+0x34: type [1] STRUCT s: refers to type id 9, but the last is 1 [type-id-range]" },
	{ "union s 4 (a 9 0)", 0, -EINVAL,
	  "bad+0x28: type [1] UNION s: refers to type id 9, but the last is 1 [type-id-range]" },
	{ "proto 3", 0, -EINVAL,
	  "bad+0x20: type [1] FUNC_PROTO (anon): refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "proto 0 (a 0) (b 3)", 0, -EINVAL,
	  "bad+0x30: type [1] FUNC_PROTO (anon): refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "datasec .d 4 (3 0 4)", 0, -EINVAL,
	  "bad+0x24: type [1] DATASEC .d: refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "var v 3 0", 0, -EINVAL,
	  "bad+0x20: type [1] VAR v: refers to type id 3, but the last is 1 [type-id-range]" },
	{ "dtag v 3 0", 0, -EINVAL,
	  "bad+0x20: type [1] DECL_TAG v: refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "ttag v 3", 0, -EINVAL,
	  "bad+0x20: type [1] TYPE_TAG v: refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "func f 3 0", 0, -EINVAL,
	  "bad+0x20: type [1] FUNC f: refers to type id 3, but the last is 1 [type-id-range]" },
	{ "const 3", 0, -EINVAL,
	  "bad+0x20: type [1] CONST (anon): refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "volatile 3", 0, -EINVAL,
	  "bad+0x20: type [1] VOLATILE (anon): refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	{ "restrict 3", 0, -EINVAL,
	  "bad+0x20: type [1] RESTRICT (anon): refers to type id 3, but the last is 1 "
	  "[type-id-range]" },
	/* strings beyond the end */
	{ "struct =1 4", 0, -EINVAL,
	  "bad+0x18: type [1] STRUCT (anon): string offset 1, but the strings end at 1 "
	  "[string-range]" },
	{ "int =0xffffffff 4 0", 0, -EINVAL,
	  "bad+0x18: type [1] INT (anon): string offset 4294967295, but the strings end at 1 "
	  "[string-range]" },
	{ "struct s 4 (=3 0 0)", 0, -EINVAL,
	  "bad+0x24: type [1] STRUCT s: string offset 3, but the strings end at 3 "
	  "[string-range]" },
	{ "enum s 4 (s 1) (=7 0)", 0, -EINVAL,
	  "bad+0x2c: type [1] ENUM s: string offset 7, but the strings end at 3 "
	  "[string-range]" },
	{ "enum64 s 8 (=7 0)", 0, -EINVAL,
	  "bad+0x24: type [1] ENUM64 s: string offset 7, but the strings end at 3 "
	  "[string-range]" },
	{ "proto 0 (=7 0)", 0, -EINVAL,
	  "bad+0x24: type [1] FUNC_PROTO (anon): string offset 7, but the strings end at 1 "
	  "[string-range]" },
	{ "float =7 4", 0, -EINVAL,
	  "bad+0x18: type [1] FLOAT (anon): string offset 7, but the strings end at 1 "
	  "[string-range]" },
	{ "ptr 0; fwd =7", 0, -EINVAL,
	  "bad+0x24: type [2] FWD (anon): string offset 7, but the strings end at 1 "
	  "[string-range]" },
	/* functions without prototypes */
	{ "func f 0 0", 0, -EINVAL,
	  "bad+0x18: type [1] FUNC f: its type [0] is a VOID where a FUNC_PROTO has to be "
	  "[func-proto]" },
	{ "int i 4 0; func f 1 0", 0, -EINVAL,
	  "bad+0x28: type [2] FUNC f: its type [1] is a INT where a FUNC_PROTO has to be "
	  "[func-proto]" },
	{ "func f 2 0; ptr 0", 0, -EINVAL,
	  "bad+0x18: type [1] FUNC f: its type [2] is a PTR where a FUNC_PROTO has to be "
	  "[func-proto]" },
	{ "func f 1 0", 0, -EINVAL,
	  "bad+0x18: type [1] FUNC f: its type [1] is a FUNC where a FUNC_PROTO has to be "
	  "[func-proto]" },
	{ "proto 0; func f 1 0; func g 2 0", 0, -EINVAL,
	  "bad+0x30: type [3] FUNC g: its type [2] is a FUNC where a FUNC_PROTO has to be "
	  "[func-proto]" },
	/* chains without an end */
	{ "typedef t 1", 0, -ELOOP,
	  "bad+0x18: type [1] TYPEDEF t: following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "ptr 1", 0, -ELOOP,
	  "bad+0x18: type [1] PTR (anon): following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "ptr 2; const 1", 0, -ELOOP,
	  "bad+0x18: type [1] PTR (anon): following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "int i 4 0; array 3 1 1; typedef t 4; volatile 2", 0, -ELOOP,
	  "bad+0x28: type [2] ARRAY (anon): following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "var v 1 0", 0, -ELOOP,
	  "bad+0x18: type [1] VAR v: following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "dtag v 2 0; ttag w 1", 0, -ELOOP,
	  "bad+0x18: type [1] DECL_TAG v: following its references does not end within 250 steps "
	  "[endless-chain]" },
	{ "struct s 4 (a 1 0)", 0, -ELOOP,
	  "bad+0x18: type [1] STRUCT s: contains itself by value [contained-in-itself]" },
	{ "union s 4 (a 2 0); struct t 4 (b 1 0)", 0, -ELOOP,
	  "bad+0x18: type [1] UNION s: contains itself by value [contained-in-itself]" },
	{ "struct s 4 (a 3 0); typedef t 1; array 2 2 0", 0, -ELOOP,
	  "bad+0x18: type [1] STRUCT s: contains itself by value [contained-in-itself]" },
	{ "struct s 4 (a 0 0) (b 3 0); ptr 1; const 1", 0, -ELOOP,
	  "bad+0x18: type [1] STRUCT s: contains itself by value [contained-in-itself]" },
	/* clang-format on */
};

static void test_types(void **state)
{
	size_t i, size;

	(void)state;
	for (i = 0; i < 2 * sizeof(types_rows) / sizeof(*types_rows); i++) {
		const struct types_row *row = &types_rows[i / 2];
		int swapped = i % 2;
		uint8_t *bytes = typetext_bytes(row->text, 0, swapped, &size);
		uint32_t type_len;

		memcpy(&type_len, bytes + 12, 4);
		type_len = swapped ? __builtin_bswap32(type_len) : type_len;
		type_len -= row->cut;
		type_len = swapped ? __builtin_bswap32(type_len) : type_len;
		memcpy(bytes + 12, &type_len, 4);
		check_refused(bytes, size, NULL, row->err, row->line);
		free(bytes);
	}
}

/* The same on a base: ids and offsets count on from it. */
static void test_split(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *line;
	} rows[] = {
		{ "ptr 4", -EINVAL,
		  "bad+0x20: type [3] PTR (anon): refers to type id 4, but the last is 3 "
		  "[type-id-range]" },
		{ "typedef =5 1", -EINVAL,
		  "bad+0x18: type [3] TYPEDEF (anon): string offset 5, but the strings end at 5 "
		  "[string-range]" },
		{ "typedef t 3", -ELOOP,
		  "bad+0x18: type [3] TYPEDEF t: following its references does not end within 250 "
		  "steps [endless-chain]" },
		{ "struct s 4 (a 4 0); const 3", -ELOOP,
		  "bad+0x18: type [3] STRUCT s: contains itself by value "
		  "[contained-in-itself]" },
		{ "func f 1 0", -EINVAL,
		  "bad+0x18: type [3] FUNC f: its type [1] is a INT where a FUNC_PROTO has to be "
		  "[func-proto]" },
	};
	struct kbtf *base = typed("int int 4 0; ptr 1", NULL, "base");
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		void *bytes = typetext_bytes(rows[i].text, 5, false, &size);

		check_refused(bytes, size, base, rows[i].err, rows[i].line);
		free(bytes);
	}
	kbtf_free(base);
}

/* ---- Sizes that only 64-bit machines have addresses for, of pages never touched ---- */

#if SIZE_MAX > UINT32_MAX
#define FOUR_GIB (UINT64_C(1) << 32)

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void test_4_gib(void **state)
{
	struct kbtf_open_opts opts = { .label = "bad", .flags = KBTF_OPEN_BORROW };
	size_t size = FOUR_GIB + 4096, half = FOUR_GIB / 2;
	struct kbtf_header *h = map(size);
	struct kbtf *base, *btf = NULL;
	struct kbtf_diag diag;

	(void)state;
	if (!h)
		skip();
	*h = (struct kbtf_header){ .magic = KBTF_MAGIC, .version = 1, .hdr_len = 24 };
	h->str_len = (uint32_t)half;
	assert_int_equal(kbtf_open(h, FOUR_GIB, &opts, &btf, &diag), -E2BIG);
	assert_diag(&diag, "bad+0x0: 4294967296 bytes are more than 4 GiB [too-large]");
	assert_int_equal(kbtf_open(h, FOUR_GIB - 1, &opts, &base, &diag), 0);
	opts.base = base;
	assert_int_equal(kbtf_open(h, FOUR_GIB - 1, &opts, &btf, &diag), -E2BIG);
	assert_diag(&diag, "bad+0x14: 2147483648 bytes of strings on top of the base's 2147483648 "
			   "are more than 4 GiB [strings-size]");
	assert_null(btf);
	kbtf_free(base);
	munmap(h, size);
}
#else
static void test_4_gib(void **state)
{
	(void)state;
	skip();
}
#endif

/* More types than ids can tell apart take more memory than tests have: a base that says so. */
static void test_type_count(void **state)
{
	const struct kbtf base = {
		.label = "base", .first_id = 1, .nr_types = KBTF_MAX_TYPES - 1, .str_end = 1
	};
	size_t size;
	void *bytes = typetext_bytes("ptr 0", 1, false, &size);

	(void)state;
	check_refused(bytes, size, &base, -E2BIG,
		      "bad+0x0: 1 types on top of the base's are more than 2147483647 "
		      "[type-count]");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers), cmocka_unit_test(test_layout_sections),
		cmocka_unit_test(test_types),	cmocka_unit_test(test_split),
		cmocka_unit_test(test_4_gib),	cmocka_unit_test(test_type_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
