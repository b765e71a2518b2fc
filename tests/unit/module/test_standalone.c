// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What becomes of split BTF that is made standalone, as text; see typetext.h. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "typedump.h"

struct row {
	const char *base, *split;
	const char *all, *names; /* by depth; names NULL: the same as all */
};

/* clang-format off */
static const struct row rows[] = {
	/* what a module does not refer to is left out */
	{ "int int 4 1; int char 1 1", "ptr 1", "ptr 2; int int 4 1", NULL },
	{ "int int 4 1", "ptr 0", "ptr 0", NULL },
	{ "int int 4 1", "", "", NULL },
	/* its own types come first, those of the base in the order that they have there */
	{ "struct a 1; struct b 2; struct c 3", "ptr 3; ptr 1",
	  "ptr 4; ptr 3; struct a 1; struct c 3", NULL },
	/* what is reached is followed; behind pointers, by names, only to names */
	{ "int int 4 1; struct s 16 (a 1 0) (p 3 64); ptr 4; struct far 4 (b 1 0)", "ptr 2",
	  "ptr 3; int int 4 1; struct s 16 (a 2 0) (p 4 64); ptr 5; struct far 4 (b 2 0)",
	  "ptr 2; struct s 16" },
	{ "int int 4 1; struct s 16 (a 1 0) (p 3 64); ptr 4; bunion far 4 (b 1 0 3)",
	  "struct own 16 (s 2 0)",
	  "struct own 16 (s 3 0); int int 4 1; struct s 16 (a 2 0) (p 4 64); ptr 5; "
	  "bunion far 4 (b 2 0 3)",
	  "struct own 16 (s 3 0); int int 4 1; struct s 16 (a 2 0) (p 4 64); ptr 5; union far 4" },
	/* by value: through arrays, parameters, results, variables, typedefs and modifiers */
	{ "int int 4 1; struct s 4 (a 1 0)", "array 2 1 3",
	  "array 3 2 3; int int 4 1; struct s 4 (a 2 0)", NULL },
	{ "int int 4 1; struct s 4 (a 1 0); array 2 1 3", "ptr 3",
	  "ptr 4; int int 4 1; struct s 4 (a 2 0); array 3 2 3", NULL },
	{ "int int 4 1; struct s 4 (a 1 0); struct t 4 (a 1 0)", "proto 3 (s 2)",
	  "proto 4 (s 3); int int 4 1; struct s 4 (a 2 0); struct t 4 (a 2 0)", NULL },
	{ "int int 4 1; struct s 4 (a 1 0)", "var v 2 1; datasec .data 4 (3 0 4)",
	  "var v 4 1; datasec .data 4 (1 0 4); int int 4 1; struct s 4 (a 3 0)", NULL },
	{ "int int 4 1; struct s 4 (a 1 0); const 2; typedef t 3", "struct own 4 (t 4 0)",
	  "struct own 4 (t 5 0); int int 4 1; struct s 4 (a 2 0); const 3; typedef t 4", NULL },
	{ "int int 4 1; struct s 4 (a 1 0); const 2; typedef t 3", "ptr 4",
	  "ptr 5; int int 4 1; struct s 4 (a 2 0); const 3; typedef t 4",
	  "ptr 4; struct s 4; const 2; typedef t 3" },
	/* a modifier of the module's own embeds only what embeds it */
	{ "int int 4 1; struct s 4 (a 1 0)", "const 2; ptr 3",
	  "const 4; ptr 1; int int 4 1; struct s 4 (a 3 0)", "const 3; ptr 1; struct s 4" },
	{ "int int 4 1; struct s 4 (a 1 0)", "const 2; ptr 3; struct own 4 (s 3 0)",
	  "const 5; ptr 1; struct own 4 (s 1 0); int int 4 1; struct s 4 (a 4 0)", NULL },
	/* reached both ways it is whole, whichever comes first */
	{ "int int 4 1; struct s 4 (a 1 0); typedef t 2; ptr 3", "ptr 4; struct own 4 (t 3 0)",
	  "ptr 6; struct own 4 (t 5 0); int int 4 1; struct s 4 (a 3 0); typedef t 4; ptr 5", NULL },
	/* without a name there is nothing to know it by; enums keep their values */
	{ "int int 4 1; struct - 4 (a 1 0); enum e 4 (A 1) (B 2)", "ptr 2; ptr 3",
	  "ptr 4; ptr 5; int int 4 1; struct - 4 (a 3 0); enum e 4 (A 1) (B 2)", NULL },
	/* the module's own structs are whole however they are reached; so is what they point to */
	{ "int int 4 1; struct s 8 (p 3 0); ptr 2", "struct own 8 (a 1 0) (n 5 32); ptr 4; ptr 2",
	  "struct own 8 (a 4 0) (n 2 32); ptr 1; ptr 5; int int 4 1; struct s 8 (p 6 0); ptr 5",
	  "struct own 8 (a 4 0) (n 2 32); ptr 1; ptr 5; int int 4 1; struct s 8" },
	/* a cycle through a pointer */
	{ "struct s 8 (next 2 0); ptr 1", "ptr 1", "ptr 2; struct s 8 (next 3 0); ptr 2",
	  "ptr 2; struct s 8" },
	/* every kind; by pointers, none of it is lost but members */
	{ "int int 4 1; struct s 8 (a 1 0) (b 1 32); bunion u 4 (a 1 0 3); enum e 4 (A 1); "
	  "enum64 f 8 (B 2); fwd g; ufwd h; float d 8; restrict 3; proto 1 (x 4); ttag g 1; "
	  "volatile 2; func fn 10 1; var v 2 1; datasec .data 8 (14 0 8); dtag tag 2 0",
	  "ptr 2; ptr 3; ptr 4; ptr 5; ptr 6; ptr 7; ptr 8; ptr 9; ptr 10; ptr 11; ptr 12; dtag q 13 -1",
	  "ptr 14; ptr 15; ptr 16; ptr 17; ptr 18; ptr 19; ptr 20; ptr 21; ptr 22; ptr 23; ptr 24; "
	  "dtag q 25 -1; int int 4 1; struct s 8 (a 13 0) (b 13 32); bunion u 4 (a 13 0 3); "
	  "enum e 4 (A 1); enum64 f 8 (B 2); fwd g; ufwd h; float d 8; restrict 15; "
	  "proto 13 (x 16); ttag g 13; volatile 14; func fn 22 1",
	  "ptr 14; ptr 15; ptr 16; ptr 17; ptr 18; ptr 19; ptr 20; ptr 21; ptr 22; ptr 23; ptr 24; "
	  "dtag q 25 -1; int int 4 1; struct s 8; union u 4; "
	  "enum e 4 (A 1); enum64 f 8 (B 2); fwd g; ufwd h; float d 8; restrict 15; "
	  "proto 13 (x 16); ttag g 13; volatile 14; func fn 22 1" },
};
/* clang-format on */

/* What is written is sound by all checks, in the byte order that the module came in. */
static struct kbtf *reopened(const struct kbtf *btf, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *ret;
	size_t size;
	void *bytes;

	assert_int_equal(kbtf_write(btf, &bytes, &size), 0);
	assert_ok(kbtf_open(bytes, size, &opts, &ret, &diag), &diag);
	assert_int_equal(kbtf_is_swapped(ret), kbtf_is_swapped(btf));
	return ret;
}

static void assert_same_bytes(const struct kbtf *a, const struct kbtf *b)
{
	size_t size, b_size;
	const void *bytes = kbtf_bytes(a, &size), *b_bytes = kbtf_bytes(b, &b_size);

	assert_int_equal(size, b_size);
	assert_memory_equal(bytes, b_bytes, size);
}

static void check_bare(const struct kbtf_standalone *made, const char *expected, bool swapped)
{
	struct kbtf *again;
	struct kbtf_diag diag;

	assert_null(made->base);
	assert_null(kbtf_base(made->btf));
	assert_string_equal(typedump(made->btf), expected);
	assert_string_equal(kbtf_label(made->btf), "mod.ko");
	assert_int_equal(kbtf_is_swapped(made->btf), swapped);
	assert_ok(kbtf_standalone_check(made->btf, &diag), &diag);
	again = reopened(made->btf, NULL);
	assert_string_equal(typedump(again), expected);
	kbtf_free(again);
}

/* On its one INT it is the same types, which do not refer to that; on a kernel it is both the same.
 */
static void check_based(const struct kbtf_standalone *made, const struct kbtf_standalone *bare,
			const struct kbtf *kernel, bool swapped)
{
	struct kbtf *base, *again, *split, *bare_split;
	struct kbtf_standalone other;
	struct kbtf_target *target;
	struct kbtf_diag diag;

	assert_string_equal(typedump(made->base), "int int 4 1");
	assert_ptr_equal(kbtf_base(made->btf), made->base);
	assert_int_equal(kbtf_is_swapped(made->base), swapped);
	assert_ok(kbtf_standalone_check(made->btf, &diag), &diag);
	base = reopened(made->base, NULL);
	again = reopened(made->btf, base);

	assert_ok(kbtf_standalone_to_split(again, kernel, NULL, &split, &diag), &diag);
	assert_ok(kbtf_standalone_to_split(bare->btf, kernel, NULL, &bare_split, &diag), &diag);
	assert_ptr_equal(kbtf_base(split), kernel);
	assert_same_bytes(split, bare_split);
	kbtf_free(bare_split);
	kbtf_free(reopened(split, kernel));
	kbtf_free(split);

	/* From one form to the other there is no way but one. */
	assert_ok(kbtf_standalone(again, KBTF_STANDALONE_BARE, NULL, &other, &diag), &diag);
	assert_same_bytes(other.btf, bare->btf);
	kbtf_standalone_deinit(&other);
	assert_ok(kbtf_standalone(bare->btf, KBTF_STANDALONE_NAMES, NULL, &other, &diag), &diag);
	assert_same_bytes(other.btf, made->btf);
	assert_same_bytes(other.base, made->base);
	kbtf_standalone_deinit(&other);

	/* Kernels do it by relocation, where they have an INT of that name. */
	assert_int_equal(kbtf_target_new(kernel, &target), 0);
	if (!kbtf_relocate(again, target, NULL, &split, NULL)) {
		assert_ok(kbtf_standalone_to_split(again, kernel, NULL, &bare_split, &diag), &diag);
		assert_same_bytes(split, bare_split);
		kbtf_free(bare_split);
		kbtf_free(split);
	} else {
		assert_true(!strstr(typedump(kernel), "int int 4 1"));
	}
	kbtf_target_free(target);
	kbtf_free(again);
	kbtf_free(base);
}

static void check_row(const struct row *row, bool names, bool swapped)
{
	unsigned int depth = names ? KBTF_STANDALONE_NAMES : 0;
	const char *expected = names && row->names ? row->names : row->all;
	struct kbtf_standalone bare, based;
	struct kbtf *base, *split;
	struct kbtf_diag diag;
	struct raw r;

	raw_init(&r, 0);
	r.swapped = swapped;
	typetext_add(&r, row->base);
	base = opened(&r, NULL, "vmlinux");
	split = typed(row->split, base, "mod.ko");
	assert_ok(kbtf_standalone(split, depth | KBTF_STANDALONE_BARE, NULL, &bare, &diag), &diag);
	check_bare(&bare, expected, swapped);
	assert_ok(kbtf_standalone(split, depth, NULL, &based, &diag), &diag);
	check_based(&based, &bare, base, swapped);
	kbtf_standalone_deinit(&based);
	kbtf_standalone_deinit(&bare);
	assert_null(bare.btf);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 4 * sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i / 4], i & 1, i & 2);
}

/* The split's strings stay one block behind the empty string, those of the base follow, once each.
 */
static void test_strings(void **state)
{
	struct kbtf *base = typed("struct foo 8; struct bar 4; struct unused 4", NULL, "base"),
		    *split;
	struct kbtf_standalone made;
	struct kbtf_diag diag;
	const char *strings;
	struct raw r;

	(void)state;
	raw_init(&r, kbtf_header(base)->str_len);
	raw_type(&r, KBTF_TYPEDEF, raw_string(&r, "own"), 0, 0, 2);
	raw_type(&r, KBTF_TYPEDEF, 5, 0, 0, 1); /* bar, of the base */
	raw_type(&r, KBTF_TYPEDEF, 6, 0, 0, 0); /* ar */
	raw_type(&r, KBTF_TYPEDEF, 1, 0, 0, 0); /* foo */
	split = opened(&r, base, "split");
	assert_ok(kbtf_standalone(split, KBTF_STANDALONE_BARE, NULL, &made, &diag), &diag);
	assert_string_equal(typedump(made.btf), "typedef own 6; typedef bar 5; typedef ar 0; "
						"typedef foo 0; struct foo 8; struct bar 4");
	strings = (const char *)kbtf_bytes(made.btf, NULL) + kbtf_header(made.btf)->hdr_len +
		  kbtf_header(made.btf)->str_off;
	assert_int_equal(kbtf_header(made.btf)->str_len, 16);
	assert_memory_equal(strings, "\0own\0foo\0bar\0ar", 16);
	kbtf_standalone_deinit(&made);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_base_of_two_layers(void **state)
{
	struct kbtf *bottom = typed("int int 4 1; struct s 8 (a 1 0)", NULL, "bottom");
	struct kbtf *middle = typed("struct t 4 (a 1 0); ptr 2", bottom, "middle");
	struct kbtf *top = typed("ptr 3; ptr 4", middle, "top");
	struct kbtf_standalone made;
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_standalone(top, KBTF_STANDALONE_BARE, NULL, &made, &diag), &diag);
	assert_string_equal(typedump(made.btf), "ptr 5; ptr 6; int int 4 1; struct s 8 (a 3 0); "
						"struct t 4 (a 3 0); ptr 4");
	kbtf_standalone_deinit(&made);
	kbtf_free(top);
	kbtf_free(middle);
	kbtf_free(bottom);
}

/* ---- .BTF_ids --------------------------------------------------------------- */

#define NR_WORDS 6u

static struct kbtf_ids *make_ids(const uint32_t *words, bool swapped)
{
	uint32_t bytes[NR_WORDS], i;
	struct kbtf_ids *ids;

	for (i = 0; i < NR_WORDS; i++)
		bytes[i] = swapped ? __builtin_bswap32(words[i]) : words[i];
	assert_int_equal(kbtf_ids_new(bytes, sizeof(bytes), swapped, &ids, NULL), 0);
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__b__1", 0, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__ptr__p__2", 4, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__unresolved__3", 8, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 12, 12, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__a__4", 16, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__f__5", 20, 4, NULL);
	return ids;
}

static void assert_ids(const struct kbtf_ids *ids, uint32_t b, uint32_t p, uint32_t first,
		       uint32_t second)
{
	const uint32_t expected[] = { b, p, 0, first, second };
	uint32_t i;

	/* Not by symbol, since those of a set stay where they were. */
	for (i = 0; i < 5; i++)
		assert_int_equal(kbtf_ids_get(ids, i), expected[i]);
}

/* Types that only .BTF_ids name come along, whole, and ids go every way; sets are sorted. */
static void test_ids(void **state)
{
	const uint32_t words[] = { 3, 4, 0, 2, 2, 6 };
	struct kbtf *base =
		typed("int int 4 1; struct a 4 (i 1 0); struct b 4 (i 1 0)", NULL, "base");
	struct kbtf *split = typed("ptr 2; proto 0; func f 5 1", base, "split"), *back, *bare_back;
	struct kbtf_standalone made, bare;
	struct kbtf_diag diag;
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make_ids(words, swapped);

		assert_ok(kbtf_standalone(split, KBTF_STANDALONE_NAMES, ids, &made, &diag), &diag);
		assert_string_equal(typedump(made.btf), "ptr 6; proto 0; func f 3 1; int int 4 1; "
							"struct a 4 (i 5 0); struct b 4 (i 5 0)");
		assert_ids(ids, 7, 2, 4, 6); /* f comes before a now */
		assert_ok(kbtf_standalone(made.btf, KBTF_STANDALONE_BARE, ids, &bare, &diag),
			  &diag);
		assert_ids(ids, 6, 1, 3, 5);
		kbtf_standalone_deinit(&made);
		assert_ok(kbtf_standalone(bare.btf, 0, ids, &made, &diag), &diag);
		assert_ids(ids, 7, 2, 4, 6);
		assert_ok(kbtf_standalone_to_split(made.btf, base, ids, &back, &diag), &diag);
		assert_ids(ids, 9, 4, 6, 8);
		assert_string_equal(kbtf_name(back, 6), "f");
		assert_string_equal(kbtf_name(back, 9), "b");
		kbtf_ids_free(ids);
		ids = make_ids((const uint32_t[]){ 6, 1, 0, 2, 3, 5 }, swapped);
		assert_ok(kbtf_standalone_to_split(bare.btf, base, ids, &bare_back, &diag), &diag);
		assert_ids(ids, 9, 4, 6, 8);
		assert_same_bytes(back, bare_back);
		kbtf_free(bare_back);
		kbtf_free(back);
		kbtf_standalone_deinit(&bare);
		kbtf_standalone_deinit(&made);
		kbtf_ids_free(ids);
	}
	kbtf_free(split);
	kbtf_free(base);
}

/* ---- Refusals, which change nothing ------------------------------------------- */

static void test_ids_out_of_range(void **state)
{
	const uint32_t beyond[] = { 1, 9, 0, 0, 0, 0 }, of_base[] = { 3, 1, 0, 0, 0, 0 };
	struct kbtf *base = typed("struct a 1", NULL, "base"), *back = NULL;
	struct kbtf *split = typed("ptr 1", base, "split");
	struct kbtf_standalone made = { 0 };
	struct kbtf_ids *ids = make_ids(beyond, false);
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_standalone(split, 0, ids, &made, &diag), -EINVAL);
	assert_diag(&diag, ".BTF_ids gives ptr__p type id 9, but the last is 2 [ids-range]");
	assert_memory_equal(kbtf_ids_bytes(ids, NULL), beyond, sizeof(beyond));
	assert_null(made.btf);
	assert_null(made.base);
	kbtf_ids_free(ids);
	assert_ok(kbtf_standalone(split, 0, NULL, &made, &diag), &diag);
	ids = make_ids(of_base, false);
	assert_int_equal(kbtf_standalone_to_split(made.btf, base, ids, &back, &diag), -EINVAL);
	assert_diag(&diag, ".BTF_ids gives ptr__p type id 1, but its own are 2 to 3 [ids-range]");
	assert_memory_equal(kbtf_ids_bytes(ids, NULL), of_base, sizeof(of_base));
	assert_null(back);
	kbtf_ids_free(ids);
	kbtf_standalone_deinit(&made);
	kbtf_free(split);
	kbtf_free(base);
}

static struct kbtf *made_swapped(const char *types, const char *label)
{
	struct raw r;

	raw_init(&r, 0);
	r.swapped = true;
	typetext_add(&r, types);
	return opened(&r, NULL, label);
}

static void test_other_byte_order(void **state)
{
	struct kbtf *kernel = made_swapped("int int 4 1", "vmlinux"), *back = NULL;
	struct kbtf *alone = typed("ptr 0", NULL, "mod.ko");
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_standalone_to_split(alone, kernel, NULL, &back, &diag), -EINVAL);
	assert_diag(&diag, "mod.ko+0x0: its byte order is not that of vmlinux [byte-order]");
	assert_null(back);
	kbtf_free(alone);
	kbtf_free(kernel);
}

/* A kind nobody knows could hold ids anywhere. */
static void test_unknown_kinds(void **state)
{
	struct kbtf_standalone made = { 0 };
	struct kbtf *base, *split, *back = NULL;
	struct kbtf_diag diag;
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	raw_layout_known(&r, KBTF_NR_KINDS);
	raw_layout(&r, 4, 0, 0);
	raw_type(&r, KBTF_NR_KINDS, raw_string(&r, "new"), 0, 0, 0);
	raw_word(&r, 1);
	base = opened(&r, NULL, "base");
	assert_int_equal(kbtf_standalone(base, 0, NULL, &made, &diag), -EOPNOTSUPP);
	assert_diag(&diag, "base: it has types of a kind kbtf does not know, whose ids cannot be "
			   "moved [kind-unknown]");
	assert_int_equal(kbtf_standalone_to_split(base, base, NULL, &back, &diag), -EOPNOTSUPP);
	assert_diag(&diag,
		    "base+0x20: type [1]: it is of kind 20, where nobody knows what is an id "
		    "[kind-unknown]");
	split = typed("ptr 1", base, "split");
	assert_int_equal(kbtf_standalone(split, 0, NULL, &made, &diag), -EOPNOTSUPP);
	assert_diag(&diag,
		    "base+0x20: type [1] UNKNOWN new: it is referred to, and kbtf does not know "
		    "its kind [kind-unknown]");
	assert_null(made.btf);
	kbtf_free(split);
	kbtf_free(base);
}

/* Each half is sound; together their chain is longer than any reader has to follow. */
static void test_chain_too_long(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf_standalone result = { 0 };
	struct kbtf *base, *split;
	struct kbtf_diag diag;
	uint32_t i, id = 0;

	(void)state;
	for (i = 0; i < 200; i++)
		id = kbtf_builder_type(b, KBTF_CONST, NULL, 0, id);
	base = made(b, "base");
	b = kbtf_builder_new(base);
	for (i = 0; i < 200; i++)
		id = kbtf_builder_type(b, KBTF_CONST, NULL, 0, id);
	split = made(b, "split");
	assert_int_equal(kbtf_standalone(split, 0, NULL, &result, &diag), -ELOOP);
	assert_diag(&diag, "split+0x270: type [52] CONST (anon): following its references does not "
			   "end within 250 steps [endless-chain]");
	assert_null(result.btf);
	kbtf_free(split);
	kbtf_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_base_of_two_layers),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_ids_out_of_range),
		cmocka_unit_test(test_other_byte_order),
		cmocka_unit_test(test_unknown_kinds),
		cmocka_unit_test(test_chain_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
