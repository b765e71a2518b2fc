// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What a relocation makes: its types, strings and .BTF_ids; what it tells besides;
 * and inputs that it refuses as a whole. Which type fits which is test_relocate.c's.
 */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#include "typedump.h"

struct world {
	struct kbtf *base, *split, *kernel;
	struct kbtf_target *target;
};

static void init(struct world *w, const char *base, const char *split, const char *kernel)
{
	w->base = typed(base, NULL, "base");
	w->split = typed(split, w->base, "mod.ko");
	w->kernel = typed(kernel, NULL, "vmlinux");
	assert_int_equal(kbtf_target_new(w->kernel, &w->target), 0);
}

static void deinit(struct world *w)
{
	kbtf_target_free(w->target);
	kbtf_free(w->kernel);
	kbtf_free(w->split);
	kbtf_free(w->base);
}

static struct kbtf *relocated(const struct world *w, const struct kbtf_relocate_opts *opts)
{
	struct kbtf_diag diag;
	struct kbtf *ret;

	assert_ok(kbtf_relocate(w->split, w->target, opts, &ret, &diag), &diag);
	return ret;
}

/* Every kind that a module has, with ids of its base, of its own, and void. */
static void test_every_kind(void **state)
{
	struct world w;
	struct kbtf *ret;

	(void)state;
	init(&w, "int int 4 1; struct s 8",
	     "struct own 16 (s 2 0) (p 4 64); ptr 2; array 2 1 4; enum e 4 (A 1); enum64 f 8 (B "
	     "3); "
	     "fwd w; typedef t 2; volatile 2; const 0; restrict 4; proto 1 (a 4) (- 0); "
	     "func fn 13 1; var v 2 1; datasec .data 8 (15 0 8); float d 8; dtag g 3 0; ttag q 2; "
	     "union u 8 (s 2 0); int long 8 1; bstruct b 4 (x 1 0 3)",
	     "struct s 8; int char 1 1; ptr 0; int int 4 1");
	ret = relocated(&w, NULL);
	assert_string_equal(
		typedump(ret),
		"struct own 16 (s 1 0) (p 6 64); ptr 1; array 1 4 4; enum e 4 (A 1); "
		"enum64 f 8 (B 3); fwd w; typedef t 1; volatile 1; const 0; restrict 6; "
		"proto 4 (a 6) (- 0); func fn 15 1; var v 1 1; datasec .data 8 (17 0 8); float d "
		"8; "
		"dtag g 5 0; ttag q 1; union u 8 (s 1 0); int long 8 1; bstruct b 4 (x 4 0 3)");
	kbtf_free(ret);
	deinit(&w);
}

/* Header, length and strings stay: what changes is ids and offsets, in place. */
static void test_in_place(void **state)
{
	const uint32_t header_sizes[] = { 24, 28, 32, 40 };
	size_t i, size, old_size;
	struct world w;
	struct raw r;

	(void)state;
	for (i = 0; i < 8; i++) {
		const uint8_t *bytes, *old;
		struct kbtf *ret;
		uint32_t header_size = header_sizes[i / 2];

		init(&w, "int int 4 1", "", "ptr 0; int int 4 1; struct long_name 4");
		kbtf_free(w.split);
		raw_init(&r, 5);
		typetext_add(&r, "typedef mine 1; ptr 2");
		r.header_size = header_size;
		if (i % 2) {
			raw_layout_known(&r, KBTF_NR_KINDS);
			r.header_size = header_size < 32 ? 32 : header_size;
		}
		w.split = opened(&r, w.base, "mod.ko");
		ret = relocated(&w, NULL);
		assert_string_equal(typedump(ret), "typedef mine 2; ptr 4");
		bytes = kbtf_bytes(ret, &size);
		old = kbtf_bytes(w.split, &old_size);
		assert_int_equal(size, old_size);
		header_size = kbtf_header(ret)->hdr_len;
		assert_memory_equal(bytes, old, header_size);
		assert_memory_equal(bytes + header_size + 24, old + header_size + 24,
				    size - header_size - 24);
		kbtf_free(ret);
		deinit(&w);
	}
}

static void test_strings_go_with_their_types(void **state)
{
	struct world w;
	struct kbtf *ret;
	struct raw r;

	(void)state;
	/* "foo" is at 1 in the base, at 5 in the kernel. */
	init(&w, "struct foo 4", "", "int int 4 1; struct foo 4");
	kbtf_free(w.split);
	raw_init(&r, 5);
	typetext_add(&r, "typedef =1 1; struct own 4 (=1 1 0); proto 0 (=1 0); enum =1 4 (=1 5)");
	w.split = opened(&r, w.base, "mod.ko");
	ret = relocated(&w, NULL);
	assert_string_equal(typedump(ret),
			    "typedef foo 2; struct own 4 (foo 2 0); proto 0 (foo 0); "
			    "enum foo 4 (foo 5)");
	assert_int_equal(kbtf_type(ret, 3)->name_off, 5);
	assert_int_equal(kbtf_type(ret, 4)->name_off, 9);
	kbtf_free(ret);
	deinit(&w);
}

/* Of several distilled types with one string, the kernel type of the highest id names it. */
static void test_last_one_names_a_shared_string(void **state)
{
	uint32_t last;
	struct world w;
	struct kbtf *ret;
	struct raw r;

	(void)state;
	/* The kernel has the name twice, as two strings. */
	init(&w, "int x 4 0; enum x 8", "", "int @x 4 0; enum @x 8");
	last = kbtf_type(w.kernel, 2)->name_off;
	assert_int_not_equal(kbtf_type(w.kernel, 1)->name_off, last);
	kbtf_free(w.split);
	raw_init(&r, 3);
	typetext_add(&r, "typedef =1 1; typedef =1 2");
	w.split = opened(&r, w.base, "mod.ko");
	ret = relocated(&w, NULL);
	assert_int_equal(kbtf_type(ret, 3)->name_off, last);
	assert_int_equal(kbtf_type(ret, 4)->name_off, last);
	kbtf_free(ret);
	deinit(&w);
}

/* A string of the distilled base that no type of it bears has nowhere to go. */
static void test_string_that_no_type_bears(void **state)
{
	static const char *const splits[] = {
		"typedef =2 1",
		"struct own 4 (a 1 0) (=2 1 0)",
		"ptr 1; typedef =2 2",
	};
	static const char *const lines[] = {
		"mod.ko+0x18: type [2] TYPEDEF oo: its string 'oo' at offset 2 lies in the "
		"distilled base, where no type bears it [distilled-string]",
		"mod.ko+0x18: type [2] STRUCT own: its string 'oo' at offset 2 lies in the "
		"distilled base, where no type bears it [distilled-string]",
		"mod.ko+0x24: type [3] TYPEDEF oo: its string 'oo' at offset 2 lies in the "
		"distilled base, where no type bears it [distilled-string]",
	};
	enum kbtf_verdict verdict;
	struct kbtf_diag diag;
	struct world w;
	struct kbtf *ret = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct raw r;

		init(&w, "struct foo 4", "", "struct foo 4");
		kbtf_free(w.split);
		raw_init(&r, 5);
		typetext_add(&r, splits[i]);
		w.split = opened(&r, w.base, "mod.ko");
		assert_int_equal(kbtf_relocate(w.split, w.target, NULL, &ret, &diag), -ENOENT);
		assert_diag(&diag, lines[i]);
		assert_null(ret);
		assert_int_equal(kbtf_judge(w.split, w.target, NULL, &verdict, &diag), 0);
		assert_int_equal(verdict, KBTF_REFUSED);
		assert_diag(&diag, lines[i]);
		deinit(&w);
	}
}

/* A hundred thousand kernel types of one name, each of them a string of its own: no more work than
 * looking at each once. */
static void test_many_kernel_types_of_one_name(void **state)
{
	const uint32_t nr = 100000;
	struct kbtf *base = typed("struct x 8", NULL, "base"), *kernel, *ret = NULL;
	struct kbtf *split = typed("struct m 8 (x 1 0)", base, "mod.ko");
	struct kbtf_target *target;
	struct kbtf_diag diag;
	struct raw r;
	uint32_t i;

	(void)state;
	raw_init(&r, 0);
	for (i = 0; i < nr; i++)
		raw_type(&r, KBTF_STRUCT, raw_string(&r, "x"), 0, 0, 9 + i);
	kernel = opened(&r, NULL, "vmlinux");
	assert_int_equal(kbtf_target_new(kernel, &target), 0);
	assert_int_equal(kbtf_relocate(split, target, NULL, &ret, &diag), -EINVAL);
	assert_diag(&diag, "base+0x18: type [1] STRUCT x: the module embeds it; size 8 where the "
			   "module was built; this kernel has several of the name, of sizes 9, 10, "
			   "11, 12, 13, ... (types [1], [2], [3], [4], [5], ...) [embedded-size]");
	assert_null(ret);
	kbtf_target_free(target);
	kbtf_free(kernel);
	kbtf_free(split);
	kbtf_free(base);
}

/* The same in the other byte order, and what is written has it again. */
static void test_other_byte_order(void **state)
{
	struct kbtf_target *target;
	struct kbtf *base, *split, *kernel, *ret, *plain;
	struct kbtf_diag diag;
	void *bytes;
	size_t size, i;
	struct world w;
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	r.swapped = true;
	typetext_add(&r, "int int 4 1; struct s 8");
	base = opened(&r, NULL, "base");
	split = typed("struct own 8 (s 2 0); ptr 3", base, "mod.ko");
	raw_init(&r, 0);
	r.swapped = true;
	typetext_add(&r, "ptr 0; struct s 8; int int 4 1");
	kernel = opened(&r, NULL, "vmlinux");
	assert_int_equal(kbtf_target_new(kernel, &target), 0);
	assert_ok(kbtf_relocate(split, target, NULL, &ret, &diag), &diag);
	assert_string_equal(typedump(ret), "struct own 8 (s 2 0); ptr 4");
	assert_true(kbtf_is_swapped(ret));
	assert_int_equal(kbtf_write(ret, &bytes, &size), 0);
	init(&w, "int int 4 1; struct s 8", "struct own 8 (s 2 0); ptr 3",
	     "ptr 0; struct s 8; int int 4 1");
	plain = relocated(&w, NULL);
	assert_memory_equal(kbtf_bytes(ret, NULL), kbtf_bytes(plain, NULL), size);
	for (i = 24; i < 60; i += 4)
		assert_int_equal(__builtin_bswap32(*(uint32_t *)((uint8_t *)bytes + i)),
				 *(const uint32_t *)((const uint8_t *)kbtf_bytes(ret, NULL) + i));
	/* Mixed orders are refused. */
	assert_int_equal(kbtf_relocate(split, w.target, NULL, &kernel, &diag), -EINVAL);
	assert_diag(&diag, "mod.ko+0x0: its byte order is not that of vmlinux [byte-order]");
	assert_int_equal(kbtf_relocate(w.split, target, NULL, &kernel, &diag), -EINVAL);
	assert_diag(&diag, "mod.ko+0x0: its byte order is not that of vmlinux [byte-order]");
	deinit(&w);
	kernel = (struct kbtf *)kbtf_target_btf(target);
	free(bytes);
	kbtf_free(plain);
	kbtf_free(ret);
	kbtf_target_free(target);
	kbtf_free(kernel);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_inputs_refused_as_a_whole(void **state)
{
	struct kbtf *ret = NULL, *split_kernel;
	struct kbtf_target *target;
	enum kbtf_verdict verdict;
	struct kbtf_diag diag;
	struct world w;

	(void)state;
	init(&w, "int int 4 1", "ptr 1", "int int 4 1");
	assert_int_equal(kbtf_relocate(w.base, w.target, NULL, &ret, &diag), -EINVAL);
	assert_diag(&diag, "base: it stands alone, so there is nothing to relocate [not-split]");
	assert_int_equal(kbtf_relocate(w.base, w.target, NULL, &ret, NULL), -EINVAL);
	assert_int_equal(kbtf_judge(w.base, w.target, NULL, &verdict, &diag), 0);
	assert_int_equal(verdict, KBTF_REFUSED);
	assert_int_equal(kbtf_judge(w.base, w.target, NULL, &verdict, NULL), 0);
	/* A kernel is no split BTF: the types of its base would be missed. */
	split_kernel = typed("struct s 4 (a 1 0)", w.kernel, "other.ko");
	assert_int_equal(kbtf_target_new(split_kernel, &target), 0);
	assert_int_equal(kbtf_relocate(w.split, target, NULL, &ret, &diag), -EINVAL);
	assert_diag(&diag, "other.ko: it is split BTF, which cannot stand for a kernel "
			   "[target-split]");
	assert_null(ret);
	kbtf_target_free(target);
	kbtf_free(split_kernel);
	deinit(&w);
}

/* ---- .BTF_ids ---------------------------------------------------------- */

static struct kbtf_ids *make_ids(const uint32_t *words, size_t nr)
{
	struct kbtf_ids *ids;
	char symbol[32];
	size_t i;

	assert_int_equal(kbtf_ids_new(words, nr * 4, false, &ids, NULL), 0);
	for (i = 0; i < nr; i++) {
		snprintf(symbol, sizeof(symbol), "__BTF_ID__func__f%zu__%zu", i, i);
		assert_int_equal(kbtf_ids_add_symbol(ids, symbol, i * 4, 4, NULL), 0);
	}
	return ids;
}

static void test_ids(void **state)
{
	const uint32_t words[] = { 1, 2, 0, 3 }, expected[] = { 3, 4, 0, 5 };
	struct kbtf_relocate_opts opts = { .ids = make_ids(words, 4) };
	struct world w;

	(void)state;
	init(&w, "struct s 8", "ptr 1; ptr 2", "int i 4 1; ptr 0; struct s 8");
	kbtf_free(relocated(&w, &opts));
	assert_memory_equal(kbtf_ids_bytes(opts.ids, NULL), expected, sizeof(expected));
	kbtf_ids_free(opts.ids);
	deinit(&w);
}

/* Beyond the last type is nowhere, and nothing changes on failure. */
static void test_ids_out_of_range(void **state)
{
	const uint32_t words[][2] = { { 1, 4 }, { 1, UINT32_MAX }, { 1, 5 } };
	static const char *const lines[] = {
		".BTF_ids gives func__f1 type id 4, but the last is 3 [ids-range]",
		".BTF_ids gives func__f1 type id 4294967295, but the last is 3 [ids-range]",
		".BTF_ids gives func__f1 type id 5, but the last is 3 [ids-range]",
	};
	struct kbtf *ret = NULL;
	struct kbtf_diag diag;
	struct world w;
	size_t i;

	(void)state;
	init(&w, "struct s 8", "ptr 1; ptr 2", "int i 4 1; ptr 0; struct s 8");
	for (i = 0; i < 3; i++) {
		struct kbtf_relocate_opts opts = { .ids = make_ids(words[i], 2) };

		assert_int_equal(kbtf_relocate(w.split, w.target, &opts, &ret, &diag), -EINVAL);
		assert_diag(&diag, lines[i]);
		assert_null(ret);
		assert_memory_equal(kbtf_ids_bytes(opts.ids, NULL), words[i], 8);
		kbtf_ids_free(opts.ids);
	}
	deinit(&w);
}

static void test_ids_untouched_where_nothing_fits(void **state)
{
	const uint32_t words[] = { 2, 1 };
	struct kbtf_relocate_opts opts = { .ids = make_ids(words, 2) };
	struct kbtf *ret = NULL;
	struct world w;

	(void)state;
	init(&w, "struct s 8", "ptr 1", "int i 4 1");
	assert_int_equal(kbtf_relocate(w.split, w.target, &opts, &ret, NULL), -EINVAL);
	assert_memory_equal(kbtf_ids_bytes(opts.ids, NULL), words, sizeof(words));
	kbtf_ids_free(opts.ids);
	deinit(&w);
}

/* ---- What is told besides ---------------------------------------------- */

struct told {
	char findings[2000], notes[2000];
};

static void append(char *lines, const struct kbtf_diag *diag)
{
	kbtf_diag_format(diag, lines + strlen(lines), 500);
	strcat(lines, "\n");
}

static void on_finding(void *ctx, const struct kbtf_diag *diag)
{
	append(((struct told *)ctx)->findings, diag);
}

static void on_note(void *ctx, const struct kbtf_diag *diag)
{
	append(((struct told *)ctx)->notes, diag);
}

static void test_all_findings_are_told(void **state)
{
	struct told told = { .findings = "" };
	struct kbtf_relocate_opts opts = { .finding = on_finding, .ctx = &told };
	struct kbtf *ret = NULL;
	struct kbtf_diag diag;
	struct world w;

	(void)state;
	init(&w, "int a 4 0; struct b 8; struct c 8; struct d 8",
	     "struct m 16 (x 2 0) (y 3 64) (z 1 128); ptr 4",
	     "int a 4 1; struct b 16; struct c 8; union d 9");
	assert_int_equal(kbtf_relocate(w.split, w.target, &opts, &ret, &diag), -EINVAL);
	assert_string_equal(
		told.findings,
		"base+0x18: type [1] INT a: encoding 0x0 where the module was built, 0x1 in this "
		"kernel (type [1]) [encoding]\n"
		"base+0x28: type [2] STRUCT b: the module embeds it; size 8 where the module was "
		"built, 16 in this kernel (type [2]) [embedded-size]\n");
	assert_diag(&diag, "base+0x18: type [1] INT a: encoding 0x0 where the module was built, "
			   "0x1 in this kernel (type [1]) [encoding]");
	assert_null(ret);
	deinit(&w);
}

/* Old: s { a at bit 0, b at 32 }; new: b at 64, c instead of the hole. */
static const char old_text[] = "int i 4 1; struct s 16 (a 1 0) (b 1 32) (gone 1 96)";
static const char new_text[] = "int i 4 1; struct s 16 (a 1 0) (b 1 64) (new 1 32)";
static const char drift_line[] = "base+0x18: type [1] STRUCT s: the module embeds it; member 'b' "
				 "moved from bit 32 to bit 64 (kernel type [2]) [drift]";

static void check_drift(struct kbtf_relocate_opts *opts)
{
	struct told told = { .findings = "" };
	enum kbtf_verdict verdict;
	struct kbtf *ret = NULL;
	struct kbtf_diag diag;
	struct world w;

	init(&w, "struct s 16", "struct m 16 (s 1 0)", new_text);
	opts->note = on_note;
	opts->finding = on_finding;
	opts->ctx = &told;
	kbtf_free(relocated(&w, opts));
	assert_string_equal(
		told.notes,
		"base+0x18: type [1] STRUCT s: the module embeds it; member 'b' moved "
		"from bit 32 to bit 64 (kernel type [2]) [drift]\n"
		"base+0x18: type [1] STRUCT s: the module embeds it; member 'gone' is "
		"gone (kernel type [2]) [member-gone]\n"
		"base+0x18: type [1] STRUCT s: the module embeds it; member 'new' is new "
		"(kernel type [2]) [member-new]\n");
	assert_string_equal(told.findings, "");
	opts->note = NULL;
	kbtf_free(relocated(&w, opts)); /* which then does not look */
	opts->flags = KBTF_RELOCATE_STRICT;
	assert_int_equal(kbtf_relocate(w.split, w.target, opts, &ret, &diag), -EINVAL);
	assert_diag(&diag, drift_line);
	assert_null(ret);
	assert_int_equal(kbtf_judge(w.split, w.target, opts, &verdict, &diag), 0);
	assert_int_equal(verdict, KBTF_DRIFTS);
	assert_diag(&diag, drift_line);
	deinit(&w);
}

static void test_drift_by_embedded_layouts(void **state)
{
	struct kbtf *old = typed(old_text, NULL, "old"), *embedded;
	struct kbtf *split = typed("struct m 16 (s 2 0)", old, "mod.ko");
	struct kbtf_relocate_opts opts = { 0 };
	struct kbtf_distilled distilled;

	(void)state;
	assert_int_equal(kbtf_distill(split, NULL, &distilled, NULL), 0);
	assert_int_equal(kbtf_embedded(&distilled, old, &embedded, NULL), 0);
	opts.embedded = embedded;
	check_drift(&opts);
	kbtf_free(embedded);
	kbtf_distilled_deinit(&distilled);
	kbtf_free(split);
	kbtf_free(old);
}

static void test_drift_by_the_old_base(void **state)
{
	struct kbtf *old = typed(old_text, NULL, "old");
	struct kbtf_relocate_opts opts = { 0 };
	struct kbtf_target *target;

	(void)state;
	assert_int_equal(kbtf_target_new(old, &target), 0);
	opts.old_base = target;
	check_drift(&opts);
	kbtf_target_free(target);
	kbtf_free(old);
}

/* With the old layout at hand a size that differs is explained by the first member that moved. */
static void test_size_explained_by_a_member(void **state)
{
	static const struct {
		const char *old_text, *new_text, *line;
	} rows[] = {
		{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)",
		  "int i 4 1; struct s 12 (a 1 0) (new 1 32) (b 1 64)",
		  "base+0x18: type [1] STRUCT s: the module embeds it; size 8 where the module was "
		  "built, 12 in this kernel (type [2]); member 'b' moved from bit 32 to bit 64 "
		  "[embedded-size]" },
		{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)",
		  "int i 4 1; struct s 12 (a 1 0) (b 1 32) (new 1 64)",
		  "base+0x18: type [1] STRUCT s: the module embeds it; size 8 where the module was "
		  "built, 12 in this kernel (type [2]); member 'new' is new [embedded-size]" },
		{ "int i 4 1; struct s 8 (gone 1 0) (a 1 32)", "int i 4 1; struct s 4 (a 1 0)",
		  "base+0x18: type [1] STRUCT s: the module embeds it; size 8 where the module was "
		  "built, 4 in this kernel (type [2]); member 'a' moved from bit 32 to bit 0 "
		  "[embedded-size]" },
		{ "int i 4 1; struct s 8 (a 1 0)", "int i 4 1; struct s 12 (a 1 0)",
		  "base+0x18: type [1] STRUCT s: the module embeds it; size 8 where the module was "
		  "built, 12 in this kernel (type [2]) [embedded-size]" },
		{ "int i 4 1; struct s 9 (a 1 0)", "int i 4 1; struct s 12 (a 1 32)", /* not it */
		  "base+0x18: type [1] STRUCT s: the module embeds it; size 8 where the module was "
		  "built, 12 in this kernel (type [2]) [embedded-size]" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *old = typed(rows[i].old_text, NULL, "old"), *ret = NULL;
		struct kbtf_relocate_opts opts = { 0 };
		struct kbtf_target *old_target;
		struct kbtf_diag diag;
		struct world w;

		init(&w, "struct s 8", "struct m 8 (s 1 0)", rows[i].new_text);
		assert_int_equal(kbtf_target_new(old, &old_target), 0);
		opts.old_base = old_target;
		assert_int_equal(kbtf_relocate(w.split, w.target, &opts, &ret, &diag), -EINVAL);
		assert_diag(&diag, rows[i].line);
		kbtf_target_free(old_target);
		kbtf_free(old);
		deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_strings_go_with_their_types),
		cmocka_unit_test(test_last_one_names_a_shared_string),
		cmocka_unit_test(test_string_that_no_type_bears),
		cmocka_unit_test(test_many_kernel_types_of_one_name),
		cmocka_unit_test(test_other_byte_order),
		cmocka_unit_test(test_inputs_refused_as_a_whole),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_ids_out_of_range),
		cmocka_unit_test(test_ids_untouched_where_nothing_fits),
		cmocka_unit_test(test_all_findings_are_told),
		cmocka_unit_test(test_drift_by_embedded_layouts),
		cmocka_unit_test(test_drift_by_the_old_base),
		cmocka_unit_test(test_size_explained_by_a_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
