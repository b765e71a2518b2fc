// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What is one type and what is two, as text; see typetext.h. */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/dedup.h>

#include "typedump.h"

struct row {
	const char *in;
	const char *also; /* merged with it; NULL: nothing */
	const char *out;
};

/* clang-format off */
static const struct row rows[] = {
	{ "", NULL, "" },
	{ "int int 4 1; int int 4 1; int int 4 0; int int 8 1", NULL,
	  "int int 4 1; int int 4 0; int int 8 1" },
	/* what refers to equal types is equal, whichever comes first */
	{ "ptr 2; const 3; int int 4 1; int int 4 1; const 4; ptr 5", NULL,
	  "ptr 2; const 3; int int 4 1" },
	{ "proto 0 (a 2) (b 3); int int 4 1; int int 4 1; proto 0 (a 3) (b 3); proto 0 (a 3) (c 3); "
	  "func f 1 1; func f 4 1; func f 4 2", NULL,
	  "proto 0 (a 2) (b 2); int int 4 1; proto 0 (a 2) (c 2); func f 1 1; func f 1 2" },
	/* cycles through names */
	{ "struct a 8 (next 2 0); ptr 1; struct a 8 (next 4 0); ptr 3", NULL,
	  "struct a 8 (next 2 0); ptr 1" },
	{ "struct a 8 (b 2 0); ptr 3; struct b 8 (a 4 0); ptr 1", "ptr 2; struct a 8 (b 3 0); ptr 4; "
	  "struct b 8 (a 1 0)", "struct a 8 (b 2 0); ptr 3; struct b 8 (a 4 0); ptr 1" },
	/* cycles without: through a union, a prototype, the index of an array */
	{ "union - 8 (u 2 0); ptr 1; union - 8 (u 4 0); ptr 3; ptr 2", NULL,
	  "union - 8 (u 2 0); ptr 1; ptr 2" },
	{ "proto 2; ptr 1; proto 4; ptr 3; typedef t 2; typedef t 4", NULL,
	  "proto 2; ptr 1; typedef t 2" },
	{ "array 0 1 2; array 0 2 2; array 0 2 3", NULL, "array 0 1 2; array 0 1 3" },
	/* a cycle of two is one of one, said twice */
	{ "typedef t 2; ptr 3; proto 4; typedef t 5; ptr 6; proto 1", NULL,
	  "typedef t 2; ptr 3; proto 1" },
	/* one name, two definitions: all that reaches them is kept apart */
	{ "struct irte 8; ptr 1; struct own 8 (p 2 0)", "struct irte 16; ptr 1; struct own 8 (p 2 0)",
	  "struct irte 8; ptr 1; struct own 8 (p 2 0); struct irte 16; ptr 4; struct own 8 (p 5 0)" },
	/* also where they differ a long way off, and through a cycle */
	{ "struct a 8 (b 2 0); ptr 3; struct b 16 (a 4 0) (c 5 64); ptr 1; ptr 6; struct c 8",
	  "struct a 8 (b 2 0); ptr 3; struct b 16 (a 4 0) (c 5 64); ptr 1; ptr 6; struct c 4",
	  "struct a 8 (b 2 0); ptr 3; struct b 16 (a 4 0) (c 5 64); ptr 1; ptr 6; struct c 8; "
	  "struct a 8 (b 8 0); ptr 9; struct b 16 (a 10 0) (c 11 64); ptr 7; ptr 12; struct c 4" },
	/* a third one is one of the two */
	{ "struct s 8; ptr 1; struct s 4; ptr 3; struct s 8; ptr 5; struct s 4; ptr 7", NULL,
	  "struct s 8; ptr 1; struct s 4; ptr 3" },
	/* forwards become what is defined, of their own kind */
	{ "fwd s; ptr 1", "struct s 8; ptr 1", "ptr 2; struct s 8" },
	{ "ufwd s; ptr 1", "struct s 8; ptr 1", "ufwd s; ptr 1; struct s 8; ptr 3" },
	{ "ptr 2; fwd s; fwd s; ptr 3", NULL, "ptr 2; fwd s" },
	{ "enum e 4; ptr 1", "enum e 8 (A 1)", "ptr 2; enum e 8 (A 1)" },
	{ "enum - 4; enum - 4 (A 1)", NULL, "enum - 4; enum - 4 (A 1)" },
	/* where there are several definitions, the one that the types around it tell */
	{ "struct o 8 (p 2 0); ptr 3; struct s 8", "struct s 4; struct o 8 (p 3 0); ptr 4; fwd s",
	  "struct o 8 (p 2 0); ptr 3; struct s 8; struct s 4" },
	/* or none */
	{ "struct s 8; struct s 4; fwd s; ptr 3", NULL, "struct s 8; struct s 4; fwd s; ptr 3" },
	/* two definitions that were one but for a forward that is a third */
	{ "struct o 8 (p 2 0); ptr 3; fwd s; struct o 8 (p 5 0); ptr 6; struct s 8; struct o 8 (p 8 0); "
	  "ptr 9; struct s 4", NULL,
	  "struct o 8 (p 2 0); ptr 3; struct s 8; struct o 8 (p 5 0); ptr 6; struct s 4" },
	/* variables and their sections are never one */
	{ "int int 4 1; var v 1 1; datasec .d 4 (2 0 4)", "int int 4 1; var v 1 1; datasec .d 4 (2 0 4)",
	  "int int 4 1; var v 1 1; datasec .d 4 (2 0 4); var v 1 1; datasec .d 4 (4 0 4)" },
	{ "struct s 4; dtag t 1 -1; dtag t 1 0; dtag t 1 -1", NULL, "struct s 4; dtag t 1 -1; dtag t 1 0" },
	{ "enum e 4 (A 1); enum64 e 8 (A 1); ptr 1; ptr 2", NULL,
	  "enum e 4 (A 1); enum64 e 8 (A 1); ptr 1; ptr 2" },
	{ "struct s 4 (a 2 0); int int 4 1; bstruct s 4 (a 2 0 0); bstruct s 4 (a 2 0 3)", NULL,
	  "struct s 4 (a 2 0); int int 4 1; bstruct s 4 (a 2 0 0); bstruct s 4 (a 2 0 3)" },
};

struct base_row {
	const char *base;
	const char *in; /* on the base */
	const char *out;
};

static const struct base_row base_rows[] = {
	{ "int int 4 1; ptr 1", "int int 4 1; ptr 3; ptr 1; ptr 2", "ptr 2" },
	{ "struct a 8 (b 2 0); ptr 3; struct b 4", "ptr 5; struct b 4; struct a 8 (b 4 0)", "" },
	/* what the base only declares is one with its definition: types that refer to either
	 * are those of the base, which do not change */
	{ "fwd s; ptr 1; struct o 8 (p 2 0)", "struct s 4; ptr 4; struct o 8 (p 5 0); fwd s; ptr 7",
	  "struct s 4" },
	{ "fwd s; ptr 1; struct o 8 (p 2 0)", "struct s 4 (o 6 0); struct o 8 (p 7 0); ptr 5; ptr 4",
	  "struct s 4 (o 5 0); ptr 3" },
	/* a forward on top becomes the base's definition */
	{ "struct s 4; struct o 8 (p 3 0); ptr 1", "fwd s; ptr 4; struct o 8 (p 5 0); const 5",
	  "const 3" },
	/* equal types of the base: the first one */
	{ "int int 4 1; int int 4 1", "ptr 2; ptr 1; int int 4 1", "ptr 2" },
};
/* clang-format on */

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *a = typed(rows[i].in, NULL, "a"), *out;
		struct kbtf *b = rows[i].also ? typed(rows[i].also, NULL, "b") : NULL;
		const struct kbtf *inputs[] = { a, b };
		struct kbtf_diag diag;

		assert_ok(kbtf_merge(inputs, b ? 2 : 1, NULL, &out, &diag), &diag);
		assert_string_equal(typedump(out), rows[i].out);
		kbtf_free(out);
		kbtf_free(b);
		kbtf_free(a);
	}
}

static void test_on_a_base(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(base_rows) / sizeof(*base_rows); i++) {
		struct kbtf *base = typed(base_rows[i].base, NULL, "base"), *out;
		struct kbtf *in = typed(base_rows[i].in, base, "in");
		const struct kbtf *inputs[] = { in };
		struct kbtf_merge_opts opts = { .base = base };
		struct kbtf_diag diag;

		assert_ok(kbtf_merge(inputs, 1, &opts, &out, &diag), &diag);
		assert_ptr_equal(kbtf_base(out), base);
		assert_string_equal(typedump(out), base_rows[i].out);
		kbtf_free(out);
		kbtf_free(in);
		kbtf_free(base);
	}
}

/* Strings of the base are not repeated either. */
static void test_strings(void **state)
{
	struct kbtf *base = typed("int long_name 4 1", NULL, "base"), *out;
	struct kbtf *in = typed(
		"typedef @long_name 1; typedef @other_name 1; typedef @other_name 2", base, "in");
	const struct kbtf *inputs[] = { in };
	struct kbtf_merge_opts opts = { .base = base };

	(void)state;
	assert_int_equal(kbtf_merge(inputs, 1, &opts, &out, NULL), 0);
	assert_int_equal(kbtf_header(out)->str_len, sizeof("other_name"));
	assert_int_equal(kbtf_type(out, 2)->name_off, kbtf_type(base, 1)->name_off);
	kbtf_free(out);
	kbtf_free(in);
	kbtf_free(base);
}

static void test_ids(void **state)
{
	struct kbtf *a = typed("fwd s; ptr 1", NULL, "a"),
		    *b = typed("ptr 2; struct s 8", NULL, "b");
	const struct kbtf *inputs[] = { a, b };
	uint32_t *ids[2];
	struct kbtf_merge_opts opts = { .ids = ids, .label = "both" };
	struct kbtf *out;

	(void)state;
	assert_int_equal(kbtf_merge(inputs, 2, &opts, &out, NULL), 0);
	assert_string_equal(kbtf_label(out), "both");
	assert_memory_equal(ids[0], ((uint32_t[]){ 0, 2, 1 }), 12);
	assert_memory_equal(ids[1], ((uint32_t[]){ 0, 1, 2 }), 12);
	free(ids[0]);
	free(ids[1]);
	kbtf_free(out);
	kbtf_free(b);
	kbtf_free(a);
}

static void test_refused(void **state)
{
	struct kbtf *base = typed("int int 4 1", NULL, "base"),
		    *other = typed("ptr 0", NULL, "other");
	struct kbtf *split = typed("ptr 1", base, "split"), *out;
	struct kbtf_merge_opts opts = { .base = other };
	const struct kbtf *inputs[] = { split };
	struct kbtf_diag diag;
	struct raw r;

	(void)state;
	assert_int_equal(kbtf_merge(inputs, 1, NULL, &out, &diag), -EINVAL);
	assert_diag(&diag, "split: it is split BTF, and what it is merged into stands alone "
			   "[other-base]");
	assert_int_equal(kbtf_merge(inputs, 1, &opts, &out, &diag), -EINVAL);
	assert_diag(&diag, "split: it stands on base, and what it is merged into on other "
			   "[other-base]");
	kbtf_free(split);
	raw_init(&r, 0);
	r.swapped = true;
	split = opened(&r, NULL, "swapped");
	inputs[0] = split;
	assert_int_equal(kbtf_merge(inputs, 1, &opts, &out, &diag), -EINVAL);
	assert_diag(&diag, "swapped: it is of the other byte order than what it is merged into "
			   "[byte-order]");
	assert_int_equal(kbtf_merge(inputs, 1, NULL, &out, NULL), 0);
	assert_true(kbtf_is_swapped(out));
	kbtf_free(out);
	kbtf_free(split);
	kbtf_free(other);
	kbtf_free(base);
}

static void test_unknown_kind(void **state)
{
	struct kbtf_diag diag;
	struct kbtf *in, *out;
	const struct kbtf *inputs[1];
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	raw_type(&r, KBTF_NR_KINDS, 0, 0, 0, 0);
	raw_layout_known(&r, KBTF_NR_KINDS);
	raw_layout(&r, 0, 0, 0);
	in = opened(&r, NULL, "new");
	inputs[0] = in;
	assert_int_equal(kbtf_merge(inputs, 1, NULL, &out, &diag), -EOPNOTSUPP);
	assert_diag(&diag,
		    "new: it has types of a kind kbtf does not know, whose ids cannot be moved "
		    "[kind-unknown]");
	kbtf_free(in);
}

/* Each input is sound: what one only declares may be anything. */
static void test_declared_value(void **state)
{
	struct kbtf *one = typed("fwd b; struct a 8 (b 1 0)", NULL, "one"),
		    *other = typed("struct a 8 (b 2 0); struct b 8 (x 3 0); fwd a", NULL, "other"),
		    *out = NULL;
	const struct kbtf *inputs[] = { one, other };
	struct kbtf_merge_opts opts = { .label = "merged" };
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_merge(inputs, 2, &opts, &out, &diag), -ELOOP);
	assert_diag(&diag, "merged+0x18: type [1] STRUCT a: contains itself by value "
			   "[contained-in-itself]");
	assert_null(out);
	kbtf_free(other);
	kbtf_free(one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_on_a_base),
		cmocka_unit_test(test_strings),	       cmocka_unit_test(test_ids),
		cmocka_unit_test(test_declared_value), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
