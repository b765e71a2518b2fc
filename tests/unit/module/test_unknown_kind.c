// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kind that nobody knows yet: stepped over by the layout section, copied whole,
 * and refused where its ids would have to move.
 */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/module.h>

#define KIND KBTF_NR_KINDS /* the first that nobody knows */

/* INT "int", then the unknown kind with 2 words and 3 elements of 1 word, then PTR to [1]. */
static void add_types(struct raw *r, unsigned int kind)
{
	raw_type(r, KBTF_INT, raw_string(r, "int"), 0, 0, 4);
	raw_word(r, 32);
	raw_type(r, kind, raw_string(r, "odd"), 3, 1, 0xabcdef01);
	raw_words(r, 5, 0xffffffffu, 0x01020304u, 0u, 7u, 0x80000000u);
	raw_type(r, KBTF_PTR, 0, 0, 0, 1);
}

static void test_copied_whole(void **state)
{
	const unsigned int kinds[] = { KIND, KIND + 1, 127 };
	size_t i, size, written_size;
	unsigned int row;
	struct raw r;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct kbtf_diag diag;
		struct kbtf *btf;
		void *bytes, *written;

		raw_init(&r, 0);
		add_types(&r, kinds[i / 2]);
		raw_layout_known(&r, KBTF_NR_KINDS);
		for (row = KBTF_NR_KINDS; row < kinds[i / 2]; row++)
			raw_layout(&r, 0, 0, 0);
		raw_layout(&r, 8, 4, 1);
		r.swapped = i % 2;
		bytes = raw_finish(&r, &size);
		assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
		assert_int_equal(kbtf_nr_types(btf), 3);
		assert_int_equal(kbtf_kind(kbtf_type(btf, 2)), kinds[i / 2]);
		assert_string_equal(kbtf_kind_name(kbtf_kind(kbtf_type(btf, 2))), "UNKNOWN");
		assert_int_equal(kbtf_type_size_bytes(btf, 2), 12 + 20);
		assert_int_equal(kbtf_kind(kbtf_type(btf, 3)), KBTF_PTR);
		assert_int_equal(kbtf_write(btf, &written, &written_size), 0);
		assert_int_equal(written_size, size);
		assert_memory_equal(written, bytes, size);
		free(written);
		free(bytes);
		kbtf_free(btf);
		raw_deinit(&r);
	}
}

/* Split BTF goes by its base's layout section where it has none of its own. */
static void test_layout_of_the_base(void **state)
{
	struct kbtf *base, *split;
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	add_types(&r, KIND);
	raw_layout_known(&r, KBTF_NR_KINDS);
	raw_layout(&r, 8, 4, 0);
	base = opened(&r, NULL, "base");
	raw_init(&r, kbtf_header(base)->str_len);
	add_types(&r, KIND);
	split = opened(&r, base, "split");
	assert_int_equal(kbtf_nr_types(split), 3);
	assert_int_equal(kbtf_type_size_bytes(split, 5), 12 + 20);
	kbtf_free(split);
	kbtf_free(base);
}

/* Names of types that nobody knows are not indexed, and do not get in the way. */
static void test_not_found_by_name(void **state)
{
	struct kbtf_names *names;
	struct kbtf *btf;
	struct raw r;
	size_t size;
	void *bytes;
	int flags;

	(void)state;
	raw_init(&r, 0);
	add_types(&r, KIND);
	raw_layout_known(&r, KBTF_NR_KINDS);
	raw_layout(&r, 8, 4, 0);
	bytes = raw_finish(&r, &size);
	assert_int_equal(kbtf_open(bytes, size, NULL, &btf, NULL), 0);
	for (flags = 0; flags < 2; flags++) {
		assert_int_equal(kbtf_names_new(btf, UINT32_MAX, flags, &names), 0);
		assert_int_equal(kbtf_names_next(names, "int", 0), 1);
		assert_int_equal(kbtf_names_next(names, "int", 1), 0);
		assert_int_equal(kbtf_names_next(names, "odd", 0), 0);
		kbtf_names_free(names);
	}
	kbtf_free(btf);
	free(bytes);
	raw_deinit(&r);
}

struct fixture {
	struct kbtf *base, *odd_base, *split, *odd_split, *uses_odd;
	struct kbtf_target *target;
};

static void begin(struct raw *r, const struct kbtf *base, bool odd)
{
	raw_init(r, base ? kbtf_header(base)->str_len : 0);
	if (odd) {
		raw_layout_known(r, KBTF_NR_KINDS);
		raw_layout(r, 8, 4, 0);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct raw r;

	begin(&r, NULL, false);
	raw_type(&r, KBTF_INT, raw_string(&r, "int"), 0, 0, 4);
	raw_word(&r, 32);
	f->base = opened(&r, NULL, "base");
	begin(&r, NULL, true);
	add_types(&r, KIND);
	f->odd_base = opened(&r, NULL, "odd base");
	begin(&r, f->base, false);
	raw_type(&r, KBTF_PTR, 0, 0, 0, 1);
	f->split = opened(&r, f->base, "split");
	begin(&r, f->base, true);
	add_types(&r, KIND);
	f->odd_split = opened(&r, f->base, "odd split");
	begin(&r, f->odd_base, false);
	raw_type(&r, KBTF_PTR, 0, 0, 0, 2);
	f->uses_odd = opened(&r, f->odd_base, "user");
	assert_int_equal(kbtf_target_new(f->base, &f->target), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kbtf_target_free(f->target);
	kbtf_free(f->uses_odd);
	kbtf_free(f->odd_split);
	kbtf_free(f->split);
	kbtf_free(f->odd_base);
	kbtf_free(f->base);
	free(f);
	return 0;
}

static void test_distill_refuses(void **state)
{
	struct fixture *f = *state;
	struct kbtf_distilled ret = { 0 };
	struct kbtf_diag diag;

	assert_int_equal(kbtf_distill(f->odd_split, NULL, &ret, &diag), -EOPNOTSUPP);
	assert_diag(&diag, "odd split: it has types of a kind kbtf does not know, whose ids cannot "
			   "be moved [kind-unknown]");
	assert_null(ret.base);
	assert_int_equal(kbtf_distill(f->uses_odd, NULL, &ret, &diag), -EOPNOTSUPP);
	assert_diag(&diag, "odd base+0x30: type [2] UNKNOWN odd: the module refers to it, and kbtf "
			   "does not know its kind [kind-unknown]");
	assert_null(ret.base);
}

static void test_relocate_refuses(void **state)
{
	struct fixture *f = *state;
	enum kbtf_verdict verdict;
	struct kbtf_diag diag;
	struct kbtf *ret = NULL;

	assert_int_equal(kbtf_relocate(f->odd_split, f->target, NULL, &ret, &diag), -EOPNOTSUPP);
	assert_diag(&diag, "odd split: it has types of a kind kbtf does not know, whose ids cannot "
			   "be moved [kind-unknown]");
	assert_int_equal(kbtf_relocate(f->uses_odd, f->target, NULL, &ret, &diag), -EOPNOTSUPP);
	assert_null(ret);
	assert_int_equal(kbtf_judge(f->odd_split, f->target, NULL, &verdict, &diag), 0);
	assert_int_equal(verdict, KBTF_REFUSED);
	assert_string_equal(diag.reason, "kind-unknown");
}

/* A kernel with such types is relocated onto: none of its types has to move. */
static void test_kernel_may_have_them(void **state)
{
	struct fixture *f = *state;
	struct kbtf_distilled distilled;
	struct kbtf_target *target;
	struct kbtf_diag diag;
	struct kbtf *ret;

	assert_ok(kbtf_distill(f->split, NULL, &distilled, &diag), &diag);
	assert_int_equal(kbtf_target_new(f->odd_base, &target), 0);
	assert_ok(kbtf_relocate(distilled.split, target, NULL, &ret, &diag), &diag);
	assert_int_equal(kbtf_type(ret, kbtf_first_id(ret))->type, 1);
	assert_int_equal(kbtf_first_id(ret), 4);
	kbtf_free(ret);
	kbtf_target_free(target);
	kbtf_distilled_deinit(&distilled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copied_whole),
		cmocka_unit_test(test_layout_of_the_base),
		cmocka_unit_test(test_not_found_by_name),
		cmocka_unit_test_setup_teardown(test_distill_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_relocate_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kernel_may_have_them, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
