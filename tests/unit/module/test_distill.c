// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Distilled bases and the splits that go with them, as text; see typetext.h. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "typedump.h"

struct row {
	const char *base, *split;
	const char *distilled, *moved; /* the distilled base, and the split on it */
};

/* clang-format off */
static const struct row rows[] = {
	/* what a module does not refer to is left out */
	{ "int int 4 1; int char 1 1", "ptr 1", "int int 4 1", "ptr 1" },
	/* but for one INT: kernels count wrong on a base without types */
	{ "int int 4 1", "ptr 0", "int int 4 1", "ptr 0" },
	{ "int int 4 1", "", "int int 4 1", "" },
	{ "struct s 4; int - 1 0; int int 4 1; int char 1 1", "int own 4 1; typedef t 5",
	  "int int 4 1", "int own 4 1; typedef t 2" },
	{ "struct s 4", "ptr 0", "", "ptr 0" },
	/* named types of six kinds stay, without their members */
	{ "int int 4 1; struct s 8 (a 1 0) (b 1 32); bunion u 4 (a 1 0 3); enum e 4 (A 1); "
	  "enum64 f 8 (B 2); fwd g; ufwd h; float d 8",
	  "ptr 2; ptr 3; ptr 4; ptr 5; ptr 6; ptr 7; ptr 8",
	  "struct s 8; union u 4; enum e 4; enum f 8; fwd g; ufwd h; float d 8",
	  "ptr 1; ptr 2; ptr 3; ptr 4; ptr 5; ptr 6; ptr 7" },
	/* they stay in the order of their ids, however the module meets them */
	{ "struct a 1; struct b 2; struct c 3", "ptr 3; ptr 1; ptr 2",
	  "struct a 1; struct b 2; struct c 3", "ptr 3; ptr 1; ptr 2" },
	/* all others move behind the split's own, whatever they reach stays or moves in its turn */
	{ "int int 4 1; const 1; ptr 2; typedef t 3; array 1 1 3; volatile 5; restrict 3; "
	  "proto 1 (x 4); ttag g 1",
	  "ptr 4; ptr 6; ptr 7; ptr 8; ptr 9",
	  "int int 4 1",
	  "ptr 9; ptr 11; ptr 12; ptr 13; ptr 14; const 1; ptr 7; typedef t 8; array 1 1 3; "
	  "volatile 10; restrict 8; proto 1 (x 9); ttag g 1" },
	/* anonymous ones too, with their members */
	{ "int int 4 1; struct s 4 (a 1 0); struct - 12 (b 1 0) (c 2 32); enum - 4 (A -1); "
	  "union - 8 (d 4 0) (e 3 0)",
	  "typedef t 5",
	  "int int 4 1; struct s 4",
	  "typedef t 6; struct - 12 (b 1 0) (c 2 32); enum - 4 (A -1); union - 8 (d 5 0) (e 4 0)" },
	/* a named struct's members are not followed */
	{ "int int 4 1; struct s 8 (p 3 0); ptr 4; struct far 9 (i 1 0)", "ptr 2",
	  "struct s 8", "ptr 1" },
	/* a cycle through a pointer */
	{ "struct - 8 (next 2 0); ptr 1", "ptr 2", "", "ptr 3; struct - 8 (next 3 0); ptr 2" },
	/* every kind of the split */
	{ "int int 4 1; struct s 8 (a 1 0)",
	  "struct own 16 (s 2 0) (p 4 64); ptr 2; array 2 1 4; enum e 4 (A 1); enum64 f 8 (B 3); "
	  "fwd w; typedef t 2; volatile 2; const 2; restrict 4; proto 1 (a 4) (- 0); func fn 13 1; "
	  "var v 2 1; datasec .data 8 (15 0 8); float d 8; dtag g 3 0; ttag q 2; union u 8 (s 2 0); "
	  "int long 8 1",
	  "int int 4 1; struct s 8",
	  "struct own 16 (s 2 0) (p 4 64); ptr 2; array 2 1 4; enum e 4 (A 1); enum64 f 8 (B 3); "
	  "fwd w; typedef t 2; volatile 2; const 2; restrict 4; proto 1 (a 4) (- 0); func fn 13 1; "
	  "var v 2 1; datasec .data 8 (15 0 8); float d 8; dtag g 3 0; ttag q 2; union u 8 (s 2 0); "
	  "int long 8 1" },
};
/* clang-format on */

static void check_row(const struct row *row, bool swapped)
{
	struct kbtf *base, *split, *reopened_base, *reopened;
	struct kbtf_distilled d;
	struct kbtf_diag diag;
	struct raw r;

	raw_init(&r, 0);
	r.swapped = swapped;
	typetext_add(&r, row->base);
	base = opened(&r, NULL, "vmlinux");
	split = typed(row->split, base, "mod.ko");
	assert_int_equal(kbtf_is_swapped(split), swapped);
	assert_ok(kbtf_distill(split, NULL, &d, &diag), &diag);
	assert_string_equal(typedump(d.base), row->distilled);
	assert_string_equal(typedump(d.split), row->moved);
	assert_ptr_equal(kbtf_base(d.split), d.base);
	assert_null(kbtf_base(d.base));
	assert_string_equal(kbtf_label(d.split), "mod.ko");
	/* What is written is sound by all checks, in the byte order that the module came in. */
	{
		struct kbtf_open_opts opts = { .flags = KBTF_OPEN_TAKE };
		void *bytes;
		size_t size;

		assert_int_equal(kbtf_write(d.base, &bytes, &size), 0);
		assert_ok(kbtf_open(bytes, size, &opts, &reopened_base, &diag), &diag);
		opts.base = reopened_base;
		assert_int_equal(kbtf_write(d.split, &bytes, &size), 0);
		assert_ok(kbtf_open(bytes, size, &opts, &reopened, &diag), &diag);
	}
	assert_int_equal(kbtf_is_swapped(reopened), swapped);
	assert_int_equal(kbtf_is_swapped(reopened_base), swapped);
	assert_string_equal(typedump(reopened_base), row->distilled);
	assert_string_equal(typedump(reopened), row->moved);
	kbtf_free(reopened);
	kbtf_free(reopened_base);
	kbtf_distilled_deinit(&d);
	assert_null(d.base);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i / 2], i % 2);
}

/* A name that types of the base and of the module share lies in the distilled base. */
static void test_shared_strings(void **state)
{
	struct kbtf *base = typed("struct foo 8; struct bar 4", NULL, "base"), *split;
	const struct kbtf_type *t;
	struct kbtf_distilled d;
	struct kbtf_diag diag;
	struct raw r;

	(void)state;
	raw_init(&r, kbtf_header(base)->str_len);
	raw_type(&r, KBTF_TYPEDEF, 1, 0, 0, 1);			    /* foo, of the base */
	raw_type(&r, KBTF_TYPEDEF, 5, 0, 0, 0);			    /* bar, of the base */
	raw_type(&r, KBTF_TYPEDEF, 6, 0, 0, 0);			    /* ar */
	raw_type(&r, KBTF_TYPEDEF, raw_string(&r, "own"), 0, 0, 0); /* its own */
	split = opened(&r, base, "split");
	assert_ok(kbtf_distill(split, NULL, &d, &diag), &diag);
	assert_string_equal(typedump(d.base), "struct foo 8");
	assert_string_equal(typedump(d.split),
			    "typedef foo 1; typedef bar 0; typedef ar 0; typedef own 0");
	t = kbtf_type(d.split, 2);
	assert_int_equal(t->name_off, kbtf_type(d.base, 1)->name_off);
	assert_int_equal(kbtf_header(d.base)->str_len, 5);
	assert_int_equal(kbtf_header(d.split)->str_len, 4 + 4 + 3);
	kbtf_distilled_deinit(&d);
	kbtf_free(split);
	kbtf_free(base);
}

/* A base of two layers is distilled as one. */
static void test_base_of_two_layers(void **state)
{
	struct kbtf *bottom = typed("int int 4 1; struct s 8", NULL, "bottom");
	struct kbtf *middle = typed("struct t 4 (a 1 0); ptr 2", bottom, "middle");
	struct kbtf *top = typed("ptr 3; ptr 4; ptr 1", middle, "top");
	struct kbtf_distilled d;
	struct kbtf_diag diag;

	(void)state;
	assert_ok(kbtf_distill(top, NULL, &d, &diag), &diag);
	assert_string_equal(typedump(d.base), "int int 4 1; struct s 8; struct t 4");
	assert_string_equal(typedump(d.split), "ptr 3; ptr 7; ptr 1; ptr 2");
	kbtf_distilled_deinit(&d);
	kbtf_free(top);
	kbtf_free(middle);
	kbtf_free(bottom);
}

/* As many types as make each table grow, and 33 of them, at which u32map.c grows. */
static void test_many_types(void **state)
{
	uint32_t nr, i;

	(void)state;
	for (nr = 1; nr < 3000; nr = nr * 2 + (nr & 1)) {
		struct kbtf_builder *b = kbtf_builder_new(NULL);
		struct kbtf *base, *split;
		struct kbtf_distilled d;
		struct kbtf_diag diag;
		char name[16];

		for (i = 0; i < nr; i++) {
			snprintf(name, sizeof(name), "s%u", i);
			kbtf_builder_type(b, i % 3 ? KBTF_STRUCT : KBTF_TYPEDEF, name, 0, i % 3);
		}
		base = made(b, "base");
		b = kbtf_builder_new(base);
		for (i = nr; i > 0; i--)
			kbtf_builder_type(b, KBTF_PTR, NULL, 0, i);
		split = made(b, "split");
		assert_ok(kbtf_distill(split, NULL, &d, &diag), &diag);
		assert_int_equal(kbtf_nr_types(d.base), nr - (nr + 2) / 3);
		assert_int_equal(kbtf_nr_types(d.split), nr + (nr + 2) / 3);
		for (i = nr; i > 0; i--) {
			uint32_t id = kbtf_type(d.split, kbtf_first_id(d.split) + nr - i)->type;

			snprintf(name, sizeof(name), "s%u", i - 1);
			assert_string_equal(kbtf_name(d.split, id), name);
		}
		kbtf_distilled_deinit(&d);
		kbtf_free(split);
		kbtf_free(base);
	}
}

static struct kbtf_ids *make_ids(const uint32_t *words, size_t nr, bool swapped)
{
	uint32_t bytes[16];
	struct kbtf_ids *ids;
	size_t i;

	for (i = 0; i < nr; i++)
		bytes[i] = swapped ? __builtin_bswap32(words[i]) : words[i];
	assert_int_equal(kbtf_ids_new(bytes, nr * 4, swapped, &ids, NULL), 0);
	return ids;
}

/* Types that only .BTF_ids name come into the base, and the ids go along; sets are sorted. */
static void test_ids(void **state)
{
	const uint32_t words[] = { 2, 5, 0, 1, 1, 4 };
	struct kbtf *base = typed("struct a 1; struct b 2; struct c 3; typedef t 3", NULL, "base");
	struct kbtf *split = typed("ptr 1; proto 0; func f 6 1", base, "split");
	struct kbtf_distilled d;
	struct kbtf_diag diag;
	struct kbtf_ids *ids = make_ids(words, 6, false);
	const uint32_t *after;

	(void)state;
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__b__1", 0, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__ptr__p__2", 4, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__unresolved__3", 8, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 12, 8, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__a__4", 16, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__typedef__t__5", 20, 4, NULL);
	assert_ok(kbtf_distill(split, ids, &d, &diag), &diag);
	assert_string_equal(typedump(d.base), "struct a 1; struct b 2; struct c 3");
	assert_string_equal(typedump(d.split), "ptr 1; proto 0; func f 5 1; typedef t 3");
	after = kbtf_ids_bytes(ids, NULL);
	assert_int_equal(after[0], 2);
	assert_int_equal(after[1], 4);
	assert_int_equal(after[2], 0);
	assert_int_equal(after[4], 1);
	assert_int_equal(after[5], 7);
	kbtf_ids_free(ids);
	kbtf_distilled_deinit(&d);
	kbtf_free(split);
	kbtf_free(base);
}

/* A failure leaves ids and result as they were. */
static void test_failure_changes_nothing(void **state)
{
	const uint32_t words[] = { 1, 9, 3 };
	struct kbtf *base = typed("struct a 1; proto 0; func f 2 1", NULL, "base");
	struct kbtf *split = typed("ptr 1", base, "split");
	struct kbtf_distilled d = { 0 };
	struct kbtf_ids *ids = make_ids(words, 3, false);
	struct kbtf_diag diag;

	(void)state;
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__a__1", 0, 4, NULL);
	kbtf_ids_add_symbol(ids, "__BTF_ID__struct__beyond__2", 4, 4, NULL);
	assert_int_equal(kbtf_distill(split, ids, &d, &diag), -EINVAL);
	assert_diag(&diag, ".BTF_ids gives struct__beyond type id 9, but the last is 4 "
			   "[ids-range]");
	assert_memory_equal(kbtf_ids_bytes(ids, NULL), words, sizeof(words));
	assert_null(d.base);
	assert_null(d.split);
	kbtf_ids_free(ids);
	ids = make_ids(words, 3, false);
	kbtf_ids_add_symbol(ids, "__BTF_ID__func__f__3", 8, 4, NULL);
	assert_int_equal(kbtf_distill(split, ids, &d, &diag), -EINVAL);
	assert_diag(&diag, "base+0x30: type [3] FUNC f: the module refers to it, and a FUNC of the "
			   "base has no distilled form [base-kind]");
	assert_memory_equal(kbtf_ids_bytes(ids, NULL), words, sizeof(words));
	assert_null(d.base);
	kbtf_ids_free(ids);
	kbtf_free(split);
	assert_int_equal(kbtf_distill(base, NULL, &d, &diag), -EINVAL);
	assert_diag(&diag, "base: it stands alone, so there is no base to distill [not-split]");
	assert_int_equal(kbtf_distill(base, NULL, &d, NULL), -EINVAL);
	kbtf_free(base);
	kbtf_distilled_deinit(&d);
}

/* Kinds that have no distilled form, each with its name in the message. */
static void test_base_kinds_without_a_form(void **state)
{
	static const char *const bases[][2] = {
		{ "var x 0 0", "base+0x18: type [1] VAR x: the module refers to it, and a VAR of "
			       "the base has no distilled form [base-kind]" },
		{ "datasec x 0", "base+0x18: type [1] DATASEC x: the module refers to it, and a "
				 "DATASEC of the base has no distilled form [base-kind]" },
		{ "dtag x 0 0", "base+0x18: type [1] DECL_TAG x: the module refers to it, and a "
				"DECL_TAG of the base has no distilled form [base-kind]" },
	};
	struct kbtf_distilled d = { 0 };
	struct kbtf_diag diag;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct kbtf *base = typed(bases[i][0], NULL, "base");
		struct kbtf *split = typed("ptr 1", base, "split");

		assert_int_equal(kbtf_distill(split, NULL, &d, &diag), -EINVAL);
		assert_diag(&diag, bases[i][1]);
		assert_int_equal(diag.type_id, 1);
		kbtf_free(split);
		kbtf_free(base);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_shared_strings),
		cmocka_unit_test(test_base_of_two_layers),
		cmocka_unit_test(test_many_types),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_failure_changes_nothing),
		cmocka_unit_test(test_base_kinds_without_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
