// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What fits what in a relocation, by tables: a distilled base, a kernel, and for
 * each distilled type the kernel type it has to land on, or the message.
 *
 * Source of each row's verdict: kernel/bpf/btf_relocate.c.
 */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

struct row {
	const char *distilled, *kernel;
	const char *ids;  /* of the kernel, one per distilled type; NULL where it is refused */
	const char *line; /* of the first finding, then */
};

/* A module that embeds each distilled type, or that points to each. */
static struct kbtf *make_split(const struct kbtf *distilled, bool embeds)
{
	char text[2048] = "";
	uint32_t id;

	if (embeds)
		strcat(text, "struct user 0");
	for (id = 1; id < kbtf_end_id(distilled); id++)
		sprintf(text + strlen(text), embeds ? " (- %u 0)" : "ptr %u;", id);
	return typed(text, distilled, "mod.ko");
}

/* What became of the reference to a distilled type. */
static uint32_t landed(const struct kbtf *ret, bool embeds, uint32_t i)
{
	if (embeds)
		return kbtf_members(kbtf_type(ret, kbtf_first_id(ret)))[i].type;
	return kbtf_type(ret, kbtf_first_id(ret) + i)->type;
}

static void check_row(const struct row *row, bool embeds, unsigned int flags)
{
	struct kbtf *base = typed(row->distilled, NULL, "base"), *ret = NULL;
	struct kbtf *kernel = typed(row->kernel, NULL, "vmlinux");
	struct kbtf *split = make_split(base, embeds);
	const struct kbtf_relocate_opts opts = { .flags = flags };
	struct kbtf_target *target;
	struct kbtf_diag diag;
	char ids[64] = "";
	uint32_t i;
	int err;

	assert_int_equal(kbtf_target_new(kernel, &target), 0);
	assert_ptr_equal(kbtf_target_btf(target), kernel);
	err = kbtf_relocate(split, target, &opts, &ret, &diag);
	if (row->ids) {
		assert_ok(err, &diag);
		for (i = 0; i + 1 < kbtf_end_id(base); i++)
			sprintf(ids + strlen(ids), "%s%u", i ? " " : "", landed(ret, embeds, i));
		assert_string_equal(ids, row->ids);
		assert_ptr_equal(kbtf_base(ret), kernel);
		assert_int_equal(kbtf_first_id(ret), kbtf_end_id(kernel));
		assert_string_equal(kbtf_label(ret), "mod.ko");
	} else {
		assert_int_not_equal(err, 0);
		assert_diag(&diag, row->line);
		assert_int_equal(diag.err, err);
		assert_null(ret);
	}
	kbtf_free(ret);
	kbtf_target_free(target);
	kbtf_free(split);
	kbtf_free(kernel);
	kbtf_free(base);
}

#define check_rows(rows, embeds, flags)                                                            \
	do {                                                                                       \
		for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(*rows); i_++)                       \
			check_row(&(rows)[i_], embeds, flags);                                     \
	} while (0)

/* clang-format off */
static const struct row fitting[] = {
	{ "int x 4 1", "int x 4 1", "1", NULL },
	{ "float x 8", "int y 8 0; float x 8", "2", NULL },
	{ "enum x 4", "enum x 4 (a 1)", "1", NULL },
	{ "enum x 8", "enum64 x 8 (a 1)", "1", NULL },
	{ "struct x 8", "struct x 8", "1", NULL },
	{ "union x 8", "struct z 4; union x 8", "2", NULL },
	{ "fwd x", "fwd x", "1", NULL },
	{ "ufwd x", "ufwd x", "1", NULL },
	/* an INT's bits and offset do not matter, its kind of sign does */
	{ "int x 4 1", "kind 1 x 4 (0x01030405)", "1", NULL },
	/* other kinds of the name are passed over */
	{ "struct x 8", "typedef x 0; proto 0; func x 2 0; var x 0 0; struct x 8", "5", NULL },
	/* not embedded, so any size, while only one has the name */
	{ "struct x 8", "struct x 16", "1", NULL },
	{ "struct x 8; union y 4", "union y 0; struct x 0", "2 1", NULL },
	/* two of the name, told apart by size */
	{ "struct x 8", "struct x 16; struct x 8", "2", NULL },
	{ "struct x 8; struct x 16", "struct x 16; struct x 8", "2 1", NULL },
	{ "struct x 8; union x 16", "union x 16; struct x 8", "2 1", NULL },
	{ "enum x 4; enum x 8", "enum x 8; enum x 4", "2 1", NULL },
	{ "int x 4 0; int x 8 0", "int x 8 0; int x 4 0", "2 1", NULL },
	{ "int x 4 0; int x 4 1", "int x 4 1; int x 4 0", "2 1", NULL },
};

/* What a kernel accepts by the turns of its code rather than by sense. */
static const struct row quirks[] = {
	/* a struct lands on whatever has its name, where its size is not asked for ... */
	{ "struct x 8", "union x 8", "1", NULL },
	{ "struct x 8", "union x 16", "1", NULL },
	{ "union x 8", "struct x 9", "1", NULL },
	{ "struct x 8", "fwd x", "1", NULL },
	{ "union x 8", "ufwd x", "1", NULL },
	{ "union x 8", "fwd x", "1", NULL },
	/* ... and on scalars of its size */
	{ "struct x 8", "int x 8 0", "1", NULL },
	{ "struct x 8", "float x 8", "1", NULL },
	{ "struct x 4", "enum x 4", "1", NULL },
	{ "union x 8", "enum64 x 8", "1", NULL },
	{ "struct x 8", "int x 4 0; int x 8 1", "2", NULL },
	/* a FWD takes a struct without bitfields for a struct, and a union with them for a union,
	 * whatever it says itself */
	{ "fwd x", "struct x 8", "1", NULL },
	{ "ufwd x", "struct x 8", "1", NULL },
	{ "fwd x", "bunion x 8", "1", NULL },
	{ "ufwd x", "bunion x 8", "1", NULL },
	{ "fwd x", "struct x 0; union x 4", "1", NULL },
	{ "fwd x", "union x 8; struct x 0", "2", NULL },
	{ "fwd x", "bstruct x 8; fwd x", "2", NULL },
	/* names are counted by string: the same text stored twice is two names */
	{ "struct x 8", "struct y 4; union @x 24", "2", NULL },
	{ "struct x 8; struct z 1", "struct x 8; typedef x 0; struct z 2", "1 3", NULL },
	/* sizes have 31 bits where the search asks for them */
	{ "struct x 0x80000008", "struct x 8; struct x 16", "1", NULL },
	{ "int x 4 0", "kind 1 x 0x80000004 (32)", "1", NULL },
	{ "enum x 0x80000004", "enum x 4", "1", NULL },
	/* one kernel type may stand for several distilled ones */
	{ "struct x 8; struct x 8", "struct x 8", "1 1", NULL },
	{ "struct x 8; union x 16; fwd x", "struct x 4", "1 1 1", NULL },
};

static const struct row refused[] = {
	{ "struct x 8", "struct y 8", NULL,
	  "base+0x18: type [1] STRUCT x: this kernel has no type of the name [missing]" },
	{ "struct x 8", "", NULL,
	  "base+0x18: type [1] STRUCT x: this kernel has no type of the name [missing]" },
	{ "int x 4 0", "typedef x 0", NULL,
	  "base+0x18: type [1] INT x: this kernel has no type of the name [missing]" },
	{ "int x 4 0", "int x 8 0", NULL,
	  "base+0x18: type [1] INT x: size 4 where the module was built, 8 in this kernel (type "
	  "[1]) [size]" },
	{ "float x 4", "float x 8", NULL,
	  "base+0x18: type [1] FLOAT x: size 4 where the module was built, 8 in this kernel (type "
	  "[1]) [size]" },
	{ "enum x 4", "enum x 8", NULL,
	  "base+0x18: type [1] ENUM x: size 4 where the module was built, 8 in this kernel (type "
	  "[1]) [size]" },
	{ "enum x 4", "enum64 x 8", NULL,
	  "base+0x18: type [1] ENUM x: size 4 where the module was built, 8 in this kernel (type "
	  "[1]) [size]" },
	{ "int x 4 0", "int x 4 1", NULL,
	  "base+0x18: type [1] INT x: encoding 0x0 where the module was built, 0x1 in this kernel "
	  "(type [1]) [encoding]" },
	{ "int x 4 0", "enum x 4", NULL,
	  "base+0x18: type [1] INT x: this kernel has the name only for a ENUM (type [1]) [kind]" },
	{ "float x 4", "int x 4 0", NULL,
	  "base+0x18: type [1] FLOAT x: this kernel has the name only for a INT (type [1]) "
	  "[kind]" },
	{ "enum x 4", "struct x 4", NULL,
	  "base+0x18: type [1] ENUM x: this kernel has the name only for a STRUCT (type [1]) "
	  "[kind]" },
	{ "int x 4 0", "fwd x", NULL,
	  "base+0x18: type [1] INT x: this kernel has the name only for a FWD (type [1]) [kind]" },
	{ "fwd x", "enum x 4", NULL,
	  "base+0x18: type [1] FWD x: this kernel has the name only for a ENUM (type [1]) "
	  "[kind]" },
	{ "fwd x", "ufwd x", NULL,
	  "base+0x18: type [1] FWD x: forward of a struct where the module was built, of a union "
	  "in this kernel (type [1]) [kind]" },
	{ "ufwd x", "fwd x", NULL,
	  "base+0x18: type [1] FWD x: forward of a union where the module was built, of a struct "
	  "in this kernel (type [1]) [kind]" },
	{ "fwd x", "bstruct x 8", NULL,
	  "base+0x18: type [1] FWD x: forward of a struct where the module was built; of this "
	  "kernel's STRUCT (type [1]) kernels accept that only where it has no bitfields [kind]" },
	{ "ufwd x", "union x 8", NULL,
	  "base+0x18: type [1] FWD x: forward of a union where the module was built; of this "
	  "kernel's UNION (type [1]) kernels accept that only where it has bitfields [kind]" },
	{ "fwd x", "struct x 8; struct x 16", NULL,
	  "base+0x18: type [1] FWD x: forward of a struct where the module was built; of this "
	  "kernel's STRUCT (type [1]) kernels accept that only where no other has the name "
	  "[kind]" },
	{ "struct x 8", "int x 4 0", NULL,
	  "base+0x18: type [1] STRUCT x: size 8 where the module was built, 4 in this kernel (type "
	  "[1]) [size]" },
	{ "struct x 8", "struct x 16; struct x 24", NULL,
	  "base+0x18: type [1] STRUCT x: size 8 where the module was built; this kernel has several "
	  "of the name, of sizes 16, 24 (types [1], [2]) [size]" },
	{ "union x 8", "struct x 1; int q 4 0; struct x 3; union x 4; struct x 5; union x 6; "
	  "union x 7", NULL,
	  "base+0x18: type [1] UNION x: size 8 where the module was built; this kernel has several "
	  "of the name, of sizes 1, 3, 4, 5, 6, ... (types [1], [3], [4], [5], [6], ...) [size]" },
	{ "struct x 8", "struct x 8; struct x 8", NULL,
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, STRUCT [1] and STRUCT [2], "
	  "both of size 8 [ambiguous]" },
	{ "struct x 8", "struct x 8; union x 8", NULL,
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, STRUCT [1] and UNION [2], "
	  "both of size 8 [ambiguous]" },
	{ "struct x 8", "fwd x; struct x 8", NULL,
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, FWD [1] and STRUCT [2] "
	  "[ambiguous]" },
	{ "enum x 8", "enum x 8; enum64 x 8", NULL,
	  "base+0x18: type [1] ENUM x: two types of this kernel fit, ENUM [1] and ENUM64 [2], both "
	  "of size 8 [ambiguous]" },
	{ "struct x 8", "struct x 4; struct @x 8", NULL, /* two names by their strings */
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, STRUCT [1] and STRUCT [2] "
	  "[ambiguous]" },
	{ "fwd x", "fwd x; struct x 8", NULL,
	  "base+0x18: type [1] FWD x: two types of this kernel fit, FWD [1] and STRUCT [2] "
	  "[ambiguous]" },
	{ "int x 4 0; struct y 8", "int x 4 0", NULL,
	  "base+0x28: type [2] STRUCT y: this kernel has no type of the name [missing]" },
	{ "", "int x 4 0", NULL,
	  "base: it has no types, and a kernel would then count those that stand on it from 0 "
	  "instead of 1 [base-empty]" },
	{ "ptr 0", "int x 4 0", NULL,
	  "base+0x18: type [1] PTR (anon): a distilled base has no types of this kind "
	  "[distilled-base]" },
	{ "enum64 x 8", "enum64 x 8", NULL,
	  "base+0x18: type [1] ENUM64 x: a distilled base has no types of this kind "
	  "[distilled-base]" },
	{ "struct - 8", "struct x 8", NULL,
	  "base+0x18: type [1] STRUCT (anon): a distilled base has only types with names "
	  "[distilled-base]" },
	{ "struct x 8; struct =2 8", "struct x 8", NULL, /* the empty string at the end of "x" */
	  "base+0x24: type [2] STRUCT (anon): a distilled base has only types with names "
	  "[distilled-base]" },
};

static const struct row embedded_fitting[] = {
	{ "struct x 8", "struct x 8", "1", NULL },
	{ "struct x 8", "struct x 16; struct x 8", "2", NULL },
	{ "struct x 8", "fwd x; struct x 8", "2", NULL },
	{ "struct x 8", "union x 8", "1", NULL },
	{ "struct x 8", "int x 8 0", "1", NULL },
	{ "union x 4", "enum x 4", "1", NULL },
	{ "struct x 0", "fwd x", "1", NULL }, /* a FWD counts as of size 0 */
	{ "struct x 8", "struct @x 4; struct @x 8", "2", NULL },
	/* scalars are embedded by no rule of their own */
	{ "int x 4 0; enum y 4", "int x 4 0; enum64 y 4", "1 2", NULL },
};

static const struct row embedded_refused[] = {
	{ "struct x 784", "struct x 792", NULL,
	  "base+0x18: type [1] STRUCT x: the module embeds it; size 784 where the module was built, "
	  "792 in this kernel (type [1]) [embedded-size]" },
	{ "union x 8", "union x 16; union x 24", NULL,
	  "base+0x18: type [1] UNION x: the module embeds it; size 8 where the module was built; "
	  "this kernel has several of the name, of sizes 16, 24 (types [1], [2]) "
	  "[embedded-size]" },
	{ "struct x 8", "fwd x", NULL,
	  "base+0x18: type [1] STRUCT x: this kernel has the name only for a FWD (type [1]) "
	  "[kind]" },
	{ "struct x 8", "int x 4 0", NULL,
	  "base+0x18: type [1] STRUCT x: the module embeds it; size 8 where the module was built, 4 "
	  "in this kernel (type [1]) [embedded-size]" },
	/* the size of an embedded type is asked for only until one fits: after that any other type
	 * of the name is one too many, though the same in the other order is not */
	{ "struct x 8", "struct x 8; fwd x", NULL,
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, STRUCT [1] and FWD [2] "
	  "[ambiguous]" },
	{ "struct x 8", "struct @x 8; struct @x 4", NULL,
	  "base+0x18: type [1] STRUCT x: two types of this kernel fit, STRUCT [1] and STRUCT [2] "
	  "[ambiguous]" },
	/* where it is embedded all 32 bits of the size count */
	{ "struct x 0x80000008", "struct x 8", NULL,
	  "base+0x18: type [1] STRUCT x: the module embeds it; size 2147483656 where the module was "
	  "built, 8 in this kernel (type [1]) [embedded-size]" },
};

/* What the kernel accepts by luck. Fits of the same kind are no luck. */
static const struct row strict[] = {
	{ "int x 4 1", "int x 4 1", "1", NULL },
	{ "struct x 8", "struct x 16", "1", NULL },
	{ "fwd x", "fwd x", "1", NULL },
	{ "fwd x", "struct x 8", "1", NULL },
	{ "ufwd x", "bunion x 8", "1", NULL },
	{ "enum x 8", "enum64 x 8", "1", NULL },
	{ "struct x 8", "union x 8", NULL,
	  "base+0x18: type [1] STRUCT x: a kernel accepts its UNION of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "union x 8", "struct x 8", NULL,
	  "base+0x18: type [1] UNION x: a kernel accepts its STRUCT of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "struct x 8", "fwd x", NULL,
	  "base+0x18: type [1] STRUCT x: a kernel accepts its FWD of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "struct x 8", "enum x 8", NULL,
	  "base+0x18: type [1] STRUCT x: a kernel accepts its ENUM of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "union x 4", "int x 4 0", NULL,
	  "base+0x18: type [1] UNION x: a kernel accepts its INT of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "ufwd x", "struct x 8", NULL,
	  "base+0x18: type [1] FWD x: a kernel accepts its STRUCT of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "fwd x", "bunion x 8", NULL,
	  "base+0x18: type [1] FWD x: a kernel accepts its UNION of the name (type [1]) in its "
	  "place [other-kind]" },
	{ "struct x 8", "struct y 8", NULL,
	  "base+0x18: type [1] STRUCT x: this kernel has no type of the name [missing]" },
};
/* clang-format on */

static void test_fitting(void **state)
{
	(void)state;
	check_rows(fitting, false, 0);
}

static void test_quirks(void **state)
{
	(void)state;
	check_rows(quirks, false, 0);
}

static void test_refused(void **state)
{
	(void)state;
	check_rows(refused, false, 0);
	check_rows(refused, false, KBTF_RELOCATE_STRICT);
}

static void test_embedded_fitting(void **state)
{
	(void)state;
	check_rows(embedded_fitting, true, 0);
}

static void test_embedded_refused(void **state)
{
	(void)state;
	check_rows(embedded_refused, true, 0);
}

static void test_strict(void **state)
{
	(void)state;
	check_rows(strict, false, KBTF_RELOCATE_STRICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fitting),		 cmocka_unit_test(test_quirks),
		cmocka_unit_test(test_refused),		 cmocka_unit_test(test_embedded_fitting),
		cmocka_unit_test(test_embedded_refused), cmocka_unit_test(test_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
