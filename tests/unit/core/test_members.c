// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Members as a list, lists matched, and sizes of values. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "members.h"
#include "sizes.h"

/* "name:offset:bits:nest " of each. */
static void assert_flat(const char *types, unsigned int flags, const char *expected)
{
	struct kbtf *btf = typed(types, NULL, NULL);
	uint32_t left = KBTF_MAX_MEMBERS;
	struct kbtf_flat flat = { 0 };
	char text[512] = "";
	size_t i;

	assert_int_equal(kbtf_flatten(btf, kbtf_nr_types(btf), flags, &left, &flat), 0);
	for (i = 0; i < flat.nr; i++)
		sprintf(text + strlen(text), "%s:%u:%u:%llu ", flat.members[i].name,
			flat.members[i].offset_bits, flat.members[i].bitfield_bits,
			(unsigned long long)flat.members[i].nest);
	assert_string_equal(text, expected);
	kbtf_flat_deinit(&flat);
	kbtf_free(btf);
}

static void test_flatten(void **state)
{
	(void)state;
	assert_flat("int i 4 1; bstruct s 8 (a 1 0 3) (b 1 3 0)", 0, "a:0:3:1 b:3:0:1 ");
	assert_flat("int i 4 1; union - 4 (a 1 0) (b 1 8); const 2; struct - 8 (- 3 32); "
		    "struct s 12 (x 1 0) (- 4 32) (y 1 64)",
		    0, "x:0:0:1 a:64:0:5 b:72:0:5 y:64:0:1 ");
	assert_flat("int i 4 1; struct s 8 (- 1 0) (a 1 32)", 0, "a:32:0:1 ");
	assert_flat("int i 4 1; struct s 8 (- 1 0) (a 1 32)", KBTF_FLATTEN_UNNAMED,
		    ":0:0:1 a:32:0:1 ");
	assert_flat("struct s 0", 0, "");
}

static void test_flatten_limits(void **state)
{
	struct kbtf *btf = typed("int i 4 1; struct s 8 (a 1 0) (b 1 0) (c 1 0)", NULL, NULL);
	struct kbtf_flat flat = { 0 };
	uint32_t left = 2;

	(void)state;
	assert_int_equal(kbtf_flatten(btf, 2, 0, &left, &flat), -E2BIG);
	assert_int_equal(left, 0);
	kbtf_flat_deinit(&flat);
	left = 3;
	assert_int_equal(kbtf_flatten(btf, 2, 0, &left, &flat), 0);
	assert_int_equal(flat.nr, 3);
	kbtf_flat_deinit(&flat);
	kbtf_free(btf);
}

/* Lists of one-letter names, and the twin of each old one: its index, or - for none. */
static void assert_match(const char *old_names, const char *new_names, const char *expected)
{
	static const char letters[][2] = { "a", "b", "c", "d" };
	struct kbtf_flat old = { 0 }, new = { 0 };
	char twins[32] = "";
	const char *s;
	size_t i;

	for (s = old_names; *s; s++)
		kbtf_flat_append(&old, &(struct kbtf_flat_member){ .name = letters[*s - 'a'] });
	for (s = new_names; *s; s++)
		kbtf_flat_append(&new, &(struct kbtf_flat_member){ .name = letters[*s - 'a'] });
	assert_int_equal(kbtf_flat_match(&old, &new), 0);
	for (i = 0; i < old.nr; i++) {
		uint32_t twin = old.members[i].twin;

		twins[i] = twin == KBTF_NO_TWIN ? '-' : (char)('0' + twin);
		if (twin != KBTF_NO_TWIN)
			assert_int_equal(new.members[twin].twin, i);
	}
	assert_string_equal(twins, expected);
	kbtf_flat_deinit(&old);
	kbtf_flat_deinit(&new);
}

static void test_match(void **state)
{
	(void)state;
	assert_match("", "", "");
	assert_match("abc", "", "---");
	assert_match("", "abc", "");
	assert_match("abc", "cab", "120");
	assert_match("abd", "bcd", "-02");
	assert_match("aab", "aba", "021"); /* of one name the first with the first */
	assert_match("aaa", "a", "0--");
	assert_match("a", "aaa", "0");
}

static void assert_bits(const char *types, uint64_t expected)
{
	struct kbtf *btf = typed(types, NULL, NULL);

	assert_true(kbtf_value_bits(btf, kbtf_nr_types(btf), 8) == expected);
	kbtf_free(btf);
}

static void test_sizes(void **state)
{
	(void)state;
	assert_bits("int i 4 1", 32);
	assert_bits("kind 1 i 4 (0x01000003)", 3);
	assert_bits("int i 4 1; typedef t 1; const 2; array 3 1 5", 160);
	assert_bits("ptr 0; array 1 1 2", 128);
	assert_bits("struct s 12", 96);
	assert_bits("enum64 e 8", 64);
	assert_bits("float d 8; var v 1 0", 64);
	assert_bits("fwd f", 0);
	assert_bits("proto 0; func f 1 0", 0);
	assert_bits("typedef t 0", 0);
	assert_bits("struct s 0xffffffff; array 1 1 0xffffffff; array 2 1 0xffffffff",
		    UINT64_MAX); /* and no less */
}

static void test_pointers(void **state)
{
	struct kbtf_builder *b;
	struct kbtf *base, *split;

	(void)state;
	base = typed("int i 4 1", NULL, NULL);
	assert_int_equal(kbtf_pointer_bytes(base), 8);
	kbtf_free(base);
	b = kbtf_builder_new(NULL);
	kbtf_builder_int(b, "long unsigned int", 4, 0);
	base = made(b, "base");
	assert_int_equal(kbtf_pointer_bytes(base), 4);
	split = typed("int i 8 1", base, NULL);
	assert_int_equal(kbtf_pointer_bytes(split), 4);
	kbtf_free(split);
	kbtf_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flatten),	 cmocka_unit_test(test_flatten_limits),
		cmocka_unit_test(test_match),	 cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
