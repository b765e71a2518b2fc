// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Every operation with its first allocation failing, then its second, and so on
 * until none of them does: it returns -ENOMEM or does without, leaks nothing, and
 * leaves its inputs as they were.
 */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/dedup.h>
#include <kbtf/module.h>
#include <kbtf/partition.h>
#include <kbtf/text.h>

#include "allocfail.h"
#include "gen.h"
#include "ids.h"

#define NR_IDS 40u

/* A kernel, a module on it, the same distilled, and a kernel that has changed. */
struct world {
	void *kernel_bytes, *swapped_bytes, *module_bytes;
	size_t kernel_size, swapped_size, module_size;
	struct kbtf *kernel, *module, *changed, *embedded;
	struct kbtf_distilled distilled;
	struct kbtf_target *target, *changed_target;
	uint32_t id_words[NR_IDS];
	char id_names[NR_IDS][48];
};

typedef int op_fn(const struct world *w, struct kbtf_diag *diag);

static struct kbtf *opened_copy(const void *bytes, size_t size, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = "made" };
	struct kbtf *btf;

	assert_int_equal(kbtf_open(bytes, size, &opts, &btf, NULL), 0);
	return btf;
}

static void world_init(struct world *w, uint64_t seed)
{
	const struct gen_opts kernel_opts = { .nr_types = 150, .nr_names = 2000, .tame = true };
	const struct gen_opts module_opts = { .nr_types = 120, .nr_names = 200, .tame = true };
	struct rng rng = { .state = seed };
	struct raw r;
	uint32_t i;

	gen_btf(&rng, NULL, &kernel_opts, &r);
	w->kernel_bytes = raw_finish(&r, &w->kernel_size);
	r.swapped = true;
	w->swapped_bytes = raw_finish(&r, &w->swapped_size);
	raw_deinit(&r);
	w->kernel = opened_copy(w->kernel_bytes, w->kernel_size, NULL);
	gen_btf(&rng, w->kernel, &module_opts, &r);
	w->module_bytes = raw_finish(&r, &w->module_size);
	raw_deinit(&r);
	w->module = opened_copy(w->module_bytes, w->module_size, w->kernel);
	gen_changed(&rng, w->kernel, 75, &r);
	w->changed = opened(&r, NULL, "changed");
	assert_int_equal(kbtf_target_new(w->kernel, &w->target), 0);
	assert_int_equal(kbtf_target_new(w->changed, &w->changed_target), 0);
	assert_int_equal(kbtf_distill(w->module, NULL, &w->distilled, NULL), 0);
	assert_int_equal(kbtf_embedded(&w->distilled, w->kernel, &w->embedded, NULL), 0);
	for (i = 0; i < NR_IDS; i++) {
		w->id_words[i] = 151 + i;
		snprintf(w->id_names[i], sizeof(w->id_names[i]), "__BTF_ID__struct__s%u__1", i);
	}
}

static void world_deinit(struct world *w)
{
	kbtf_distilled_deinit(&w->distilled);
	kbtf_free(w->embedded);
	kbtf_target_free(w->changed_target);
	kbtf_target_free(w->target);
	kbtf_free(w->changed);
	kbtf_free(w->module);
	kbtf_free(w->kernel);
	free(w->module_bytes);
	free(w->swapped_bytes);
	free(w->kernel_bytes);
}

/* ---- Operations: each frees what it made, and returns what the library did ---- */

static int open_as(const void *bytes, size_t size, const struct kbtf_open_opts *opts,
		   struct kbtf_diag *diag)
{
	struct kbtf *btf;
	int err = kbtf_open(bytes, size, opts, &btf, diag);

	if (!err)
		kbtf_free(btf);
	return err;
}

static int op_open(const struct world *w, struct kbtf_diag *diag)
{
	return open_as(w->kernel_bytes, w->kernel_size, NULL, diag);
}

static int op_open_borrowed(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW };

	return open_as(w->kernel_bytes, w->kernel_size, &opts, diag);
}

static int op_open_swapped(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW };

	return open_as(w->swapped_bytes, w->swapped_size, &opts, diag);
}

static int op_open_split(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_open_opts opts = { .base = w->kernel };

	return open_as(w->module_bytes, w->module_size, &opts, diag);
}

/* Bytes that are to be taken are still the caller's after a failure. */
static int op_open_taken(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_open_opts opts = { .base = w->kernel, .flags = KBTF_OPEN_TAKE };
	void *copy = malloc(w->module_size);
	struct kbtf *btf;
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, w->module_bytes, w->module_size);
	err = kbtf_open(copy, w->module_size, &opts, &btf, diag);
	if (err)
		free(copy);
	else
		kbtf_free(btf);
	return err;
}

static int op_write(const struct world *w, struct kbtf_diag *diag)
{
	size_t size;
	void *bytes;
	int err = kbtf_write(w->module, &bytes, &size);

	(void)diag;
	if (!err)
		free(bytes);
	return err;
}

static int op_merge(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf *inputs[] = { w->kernel, w->changed };
	uint32_t *ids[2];
	struct kbtf_merge_opts opts = { .ids = ids };
	struct kbtf *btf;
	int err = kbtf_merge(inputs, 2, &opts, &btf, diag);

	if (!err) {
		free(ids[0]);
		free(ids[1]);
		kbtf_free(btf);
	}
	return err;
}

static int op_merge_split(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf *inputs[] = { w->module };
	struct kbtf_merge_opts opts = { .base = w->kernel };
	struct kbtf *btf;
	int err = kbtf_merge(inputs, 1, &opts, &btf, diag);

	if (!err)
		kbtf_free(btf);
	return err;
}

/* Of the base only what is asked for is looked at. */
static int op_merge_lazy(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf *inputs[] = { w->changed, w->embedded };
	struct kbtf_merge_opts opts = { .base = w->kernel };
	struct kbtf *btf;
	int err = kbtf_merge(inputs, 2, &opts, &btf, diag);

	if (!err)
		kbtf_free(btf);
	return err;
}

static int op_names(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_names *names;
	int err = kbtf_names_new(w->kernel, UINT32_MAX, KBTF_NAMES_SEARCH_SORTED, &names);

	(void)diag;
	if (!err)
		kbtf_names_free(names);
	return err;
}

static int op_target(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_target *target;
	int err = kbtf_target_new(w->kernel, &target);

	(void)diag;
	if (!err)
		kbtf_target_free(target);
	return err;
}

static int op_builder(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf;
	char name[16];
	uint32_t i;
	int err;

	(void)w;
	if (!b)
		return -ENOMEM;
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		kbtf_builder_type(b, KBTF_STRUCT, name, 0, 8);
		kbtf_builder_member(b, name + 1, 0, 0, 0);
	}
	err = kbtf_builder_finish(b, "built", &btf, diag);
	if (!err)
		kbtf_free(btf);
	return err;
}

static int make_ids(const struct world *w, struct kbtf_ids **ret, struct kbtf_diag *diag)
{
	uint32_t i;
	int err = kbtf_ids_new(w->id_words, sizeof(w->id_words), false, ret, diag);

	for (i = 0; !err && i < NR_IDS; i++) {
		err = kbtf_ids_add_symbol(*ret, w->id_names[i], 4 * i, 4, diag);
		if (err)
			kbtf_ids_free(*ret);
	}
	return err;
}

static int op_ids(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_ids *ids;
	int err = make_ids(w, &ids, diag);

	if (!err) {
		err = kbtf_ids_check(ids, diag);
		kbtf_ids_free(ids);
	}
	return err;
}

static int op_distill(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_distilled d;
	struct kbtf_ids *ids;
	int err = make_ids(w, &ids, diag);

	if (err)
		return err;
	err = kbtf_distill(w->module, ids, &d, diag);
	if (err)
		assert_memory_equal(kbtf_ids_bytes(ids, NULL), w->id_words, sizeof(w->id_words));
	else
		kbtf_distilled_deinit(&d);
	kbtf_ids_free(ids);
	return err;
}

static int standalone_as(const struct world *w, unsigned int flags, struct kbtf_diag *diag)
{
	struct kbtf_standalone made = { 0 };
	struct kbtf_ids *ids;
	int err = make_ids(w, &ids, diag);

	if (err)
		return err;
	err = kbtf_standalone(w->module, flags, ids, &made, diag);
	if (err)
		assert_memory_equal(kbtf_ids_bytes(ids, NULL), w->id_words, sizeof(w->id_words));
	assert_true(!err == !!made.btf);
	kbtf_standalone_deinit(&made);
	kbtf_ids_free(ids);
	return err;
}

static int op_standalone(const struct world *w, struct kbtf_diag *diag)
{
	return standalone_as(w, 0, diag);
}

static int op_standalone_bare_names(const struct world *w, struct kbtf_diag *diag)
{
	return standalone_as(w, KBTF_STANDALONE_BARE | KBTF_STANDALONE_NAMES, diag);
}

static int op_standalone_detect(const struct world *w, struct kbtf_diag *diag)
{
	return kbtf_standalone_detect(w->swapped_bytes, w->swapped_size, diag);
}

/* The kernel's own BTF stands alone: put on the one INT, and on another kernel. */
static int op_standalone_to_split(const struct world *w, struct kbtf_diag *diag)
{
	const uint32_t words[] = { 3, 2, 1 };
	struct kbtf_standalone made = { 0 };
	struct kbtf_ids *ids;
	struct kbtf *split = NULL;
	int err = kbtf_ids_new(words, sizeof(words), true, &ids, diag);

	if (err)
		return err;
	err = kbtf_standalone(w->kernel, 0, ids, &made, diag);
	if (!err)
		err = kbtf_standalone_to_split(made.btf, w->changed, ids, &split, diag);
	if (err)
		assert_memory_equal(kbtf_ids_bytes(ids, NULL), words, sizeof(words));
	kbtf_free(split);
	kbtf_standalone_deinit(&made);
	kbtf_ids_free(ids);
	return err;
}

/* All that can be done with a kernel's parts: roots by symbols, by words and by name. */
static int make_parts(const struct world *w, struct kbtf_kernel_roots *roots, struct kbtf_ids *ids,
		      struct kbtf_diag *diag)
{
	static const uint32_t words[] = { 0, 0, 0 };
	struct kbtf_partition made = { 0 };
	struct kbtf *joined = NULL, *names = NULL;
	int err = kbtf_kernel_roots_add_ids(roots, ids, diag);

	(void)w;
	if (!err)
		err = kbtf_kernel_roots_add_named(roots, diag);
	if (!err)
		err = kbtf_kernel_roots_add_words(roots, words, 3, NULL, diag);
	if (!err && kbtf_kernel_roots_count_types(roots, UINT32_MAX) == UINT32_MAX)
		err = -ENOMEM;
	if (!err)
		err = kbtf_partition_names(roots, UINT32_MAX, &names, diag);
	if (!err)
		err = kbtf_partition(roots, UINT32_MAX, ids, &made, diag);
	if (!err)
		err = kbtf_partition_join(&made, &joined, diag);
	kbtf_free(joined);
	kbtf_free(names);
	kbtf_partition_deinit(&made);
	return err;
}

static int op_partition(const struct world *w, struct kbtf_diag *diag)
{
	const uint32_t words[] = { 2, 7, 30, 90 };
	struct kbtf_kernel_roots *roots = NULL;
	struct kbtf_ids *ids;
	int err = kbtf_ids_new(words, sizeof(words), false, &ids, diag);

	if (err)
		return err;
	err = kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 0, 12, diag);
	if (!err)
		err = kbtf_ids_add_symbol(ids, "__BTF_ID__func__a__1", 4, 4, diag);
	if (!err)
		err = kbtf_ids_add_symbol(ids, "__BTF_ID__func__b__1", 8, 4, diag);
	if (!err)
		err = kbtf_ids_add_symbol(ids, "__BTF_ID__func__c__1", 12, 4, diag);
	if (!err)
		err = kbtf_ids_add_list(ids, "list", 12, diag);
	if (!err)
		err = kbtf_kernel_roots_new(w->kernel, &roots, diag);
	if (!err)
		err = make_parts(w, roots, ids, diag);
	kbtf_kernel_roots_free(roots);
	kbtf_ids_free(ids);
	return err;
}

static int op_embedded(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf *btf;
	int err = kbtf_embedded(&w->distilled, w->kernel, &btf, diag);

	if (!err)
		kbtf_free(btf);
	return err;
}

static void ignore(void *ctx, const struct kbtf_diag *diag)
{
	(void)ctx;
	(void)diag;
}

static int relocate_as(const struct world *w, const struct kbtf_target *target,
		       struct kbtf_relocate_opts *opts, struct kbtf_diag *diag)
{
	struct kbtf *ret = NULL;
	int err = kbtf_relocate(w->distilled.split, target, opts, &ret, diag);

	assert_true(!err == !!ret);
	kbtf_free(ret);
	return err;
}

static int op_relocate(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_relocate_opts opts = { .embedded = w->embedded,
					   .old_base = w->target,
					   .note = ignore };

	return relocate_as(w, w->target, &opts, diag);
}

static int op_relocate_strict(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_relocate_opts opts = { .flags = KBTF_RELOCATE_STRICT, .embedded = w->embedded };

	return relocate_as(w, w->target, &opts, diag);
}

static int op_relocate_ids(const struct world *w, struct kbtf_diag *diag)
{
	uint32_t words[8], i;
	struct kbtf_relocate_opts opts = { 0 };
	int err;

	for (i = 0; i < 8; i++)
		words[i] = kbtf_first_id(w->distilled.split) + i;
	err = kbtf_ids_new(words, sizeof(words), true, &opts.ids, diag);
	if (err)
		return err;
	err = relocate_as(w, w->target, &opts, diag);
	if (err)
		assert_memory_equal(kbtf_ids_bytes(opts.ids, NULL), words, sizeof(words));
	kbtf_ids_free(opts.ids);
	return err;
}

/* Refused, with all that goes into the explanations. */
static int op_relocate_refused(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_relocate_opts opts = {
		.embedded = w->embedded, .old_base = w->target, .finding = ignore, .note = ignore
	};

	return relocate_as(w, w->changed_target, &opts, diag);
}

static int op_judge(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_relocate_opts opts = { .embedded = w->embedded, .old_base = w->target };
	enum kbtf_verdict verdict;
	int err = kbtf_judge(w->distilled.split, w->target, &opts, &verdict, diag);

	return err ? err : kbtf_judge(w->distilled.split, w->changed_target, &opts, &verdict, diag);
}

static int discard(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

static int op_text_c(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_c_opts opts = { .flags = KBTF_C_HEADER | KBTF_C_SIZES, .note = ignore };

	return kbtf_text_c(w->kernel, &opts, discard, NULL, diag);
}

static int op_text_c_split(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf_c_opts opts = { .flags = KBTF_C_WITHOUT_BASE };

	return kbtf_text_c(w->module, &opts, discard, NULL, diag);
}

/* ---- The loop over them ---- */

static uint64_t sum(const struct world *w)
{
	const struct kbtf *inputs[] = { w->kernel,   w->module,		w->changed,
					w->embedded, w->distilled.base, w->distilled.split };
	uint64_t sum = 0;
	size_t size, i, j;

	for (i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
		const uint8_t *bytes = kbtf_bytes(inputs[i], &size);

		for (j = 0; j < size; j++)
			sum = sum * 31 + bytes[j];
	}
	return sum;
}

static void fail_each(op_fn *op, int err_in_the_end)
{
	struct allocfail_each each = { 0 };
	struct world w = { 0 };
	uint64_t before;

	/* A seed whose module relocates onto its own kernel. */
	world_init(&w, 27);
	before = sum(&w);
	while (allocfail_next(&each)) {
		struct kbtf_diag diag = { .text = "untouched" };
		int err = op(&w, &diag);

		/* What is refused with all memory there is done, for here. */
		if (err != -ENOMEM)
			assert_int_equal(err, err_in_the_end);
		allocfail_done(&each, err == -ENOMEM ? err : 0);
		assert_true(sum(&w) == before);
		if (err == -ENOMEM && strcmp(diag.text, "untouched"))
			assert_diag(&diag, "out of memory [no-memory]");
	}
	assert_true(each.nth > 1);
	world_deinit(&w);
	assert_int_equal(allocfail_live(), 0);
}

#define test_of(op, err)                                                                           \
	static void test_##op(void **state)                                                        \
	{                                                                                          \
		(void)state;                                                                       \
		fail_each(op_##op, err);                                                           \
	}

test_of(open, 0);
test_of(open_borrowed, 0);
test_of(open_swapped, 0);
test_of(open_split, 0);
test_of(open_taken, 0);
test_of(write, 0);
test_of(names, 0);
test_of(merge, 0);
test_of(merge_split, 0);
test_of(merge_lazy, 0);
test_of(target, 0);
test_of(builder, 0);
test_of(ids, 0);
test_of(distill, 0);
test_of(embedded, 0);
test_of(relocate, 0);
test_of(relocate_strict, 0);
test_of(relocate_ids, 0);
test_of(relocate_refused, -EINVAL);
test_of(judge, 0);
test_of(text_c, 0);
test_of(text_c_split, 0);
test_of(standalone, 0);
test_of(standalone_bare_names, 0);
test_of(standalone_detect, 0);
test_of(standalone_to_split, 0);
test_of(partition, 0);

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_borrowed),
		cmocka_unit_test(test_open_swapped),
		cmocka_unit_test(test_open_split),
		cmocka_unit_test(test_open_taken),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_builder),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_distill),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_relocate),
		cmocka_unit_test(test_relocate_strict),
		cmocka_unit_test(test_relocate_ids),
		cmocka_unit_test(test_relocate_refused),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_text_c),
		cmocka_unit_test(test_text_c_split),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_split),
		cmocka_unit_test(test_merge_lazy),
		cmocka_unit_test(test_standalone),
		cmocka_unit_test(test_standalone_bare_names),
		cmocka_unit_test(test_standalone_detect),
		cmocka_unit_test(test_standalone_to_split),
		cmocka_unit_test(test_partition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
