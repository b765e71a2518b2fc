// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Ids and strings of BTF on a base, and of BTF on that. */
#include "made.h"

#include <string.h>

#include <kbtf/btf.h>

struct stack {
	struct kbtf *base, *split, *top;
};

/* base: [1] INT int, [2] PTR [1]; split: [3] STRUCT s { int m }; top: [4] TYPEDEF t [3] */
static int setup(void **state)
{
	static struct stack s;
	struct raw r;
	uint32_t int_name;

	raw_init(&r, 0);
	int_name = raw_string(&r, "int");
	raw_type(&r, KBTF_INT, int_name, 0, 0, 4);
	raw_word(&r, 32);
	raw_type(&r, KBTF_PTR, 0, 0, 0, 1);
	s.base = opened(&r, NULL, "base");
	raw_init(&r, 5);
	raw_type(&r, KBTF_STRUCT, raw_string(&r, "s"), 0, 0, 4);
	raw_elem(&r, 3, int_name, 1u, 0u); /* a name of the base */
	s.split = opened(&r, s.base, "split");
	raw_init(&r, 7);
	raw_type(&r, KBTF_TYPEDEF, raw_string(&r, "t"), 0, 0, 3);
	s.top = opened(&r, s.split, "top");
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stack *s = *state;

	kbtf_free(s->top);
	kbtf_free(s->split);
	kbtf_free(s->base);
	return 0;
}

static void test_ids_go_on_after_the_base(void **state)
{
	const struct stack *s = *state;

	assert_int_equal(kbtf_first_id(s->base), 1);
	assert_int_equal(kbtf_end_id(s->base), 3);
	assert_int_equal(kbtf_first_id(s->split), 3);
	assert_int_equal(kbtf_end_id(s->split), 4);
	assert_int_equal(kbtf_nr_types(s->split), 1);
	assert_int_equal(kbtf_first_id(s->top), 4);
	assert_int_equal(kbtf_end_id(s->top), 5);
	assert_null(kbtf_base(s->base));
	assert_ptr_equal(kbtf_base(s->split), s->base);
	assert_ptr_equal(kbtf_base(s->top), s->split);
}

static void test_types_of_all_layers(void **state)
{
	const struct stack *s = *state;

	assert_ptr_equal(kbtf_type(s->top, 1), kbtf_type(s->base, 1));
	assert_ptr_equal(kbtf_type(s->top, 3), kbtf_type(s->split, 3));
	assert_int_equal(kbtf_kind(kbtf_type(s->top, 4)), KBTF_TYPEDEF);
	assert_int_equal(kbtf_kind(kbtf_type(s->top, 0)), KBTF_VOID);
	assert_null(kbtf_type(s->top, 5));
	assert_null(kbtf_type(s->split, 4));
	assert_null(kbtf_type(s->base, 3));
	assert_null(kbtf_type(s->top, UINT32_MAX));
}

static void test_names_of_all_layers(void **state)
{
	const struct stack *s = *state;

	assert_string_equal(kbtf_name(s->top, 1), "int");
	assert_string_equal(kbtf_name(s->top, 3), "s");
	assert_string_equal(kbtf_name(s->top, 4), "t");
	assert_string_equal(kbtf_name(s->top, 2), "");
	assert_string_equal(kbtf_name(s->top, 5), "");
	assert_string_equal(kbtf_string(s->split, kbtf_members(kbtf_type(s->split, 3))->name_off),
			    "int");
}

static void test_strings_of_all_layers(void **state)
{
	const struct stack *s = *state;

	assert_string_equal(kbtf_string(s->top, 0), "");
	assert_string_equal(kbtf_string(s->top, 2), "nt");
	assert_string_equal(kbtf_string(s->top, 5), "s");
	assert_string_equal(kbtf_string(s->top, 6), "");
	assert_string_equal(kbtf_string(s->top, 7), "t");
	assert_null(kbtf_string(s->top, 9));
	assert_null(kbtf_string(s->top, UINT32_MAX));
	assert_null(kbtf_string(s->split, 7));
	assert_null(kbtf_string(s->base, 5));
}

static void test_places_of_all_layers(void **state)
{
	const struct stack *s = *state;

	assert_int_equal(kbtf_type_offset(s->top, 1), 24);
	assert_int_equal(kbtf_type_offset(s->top, 2), 40);
	assert_int_equal(kbtf_type_offset(s->top, 3), 24);
	assert_int_equal(kbtf_type_size_bytes(s->top, 1), 16);
	assert_int_equal(kbtf_type_size_bytes(s->top, 2), 12);
	assert_int_equal(kbtf_type_size_bytes(s->top, 3), 24);
	assert_int_equal(kbtf_type_size_bytes(s->top, 0), 0);
	assert_int_equal(kbtf_type_size_bytes(s->top, 5), 0);
	assert_int_equal(kbtf_type_offset(s->top, 5), 0);
}

/* A module without types of its own, and one without strings. */
static void test_empty_split(void **state)
{
	const struct stack *s = *state;
	struct kbtf *btf;
	struct raw r;

	raw_init(&r, 5);
	btf = opened(&r, s->base, "empty");
	assert_int_equal(kbtf_nr_types(btf), 0);
	assert_int_equal(kbtf_end_id(btf), 3);
	assert_string_equal(kbtf_string(btf, 0), "");
	assert_null(kbtf_string(btf, 5));
	kbtf_free(btf);
	raw_init(&r, 5);
	raw_type(&r, KBTF_PTR, 0, 0, 0, 2);
	btf = opened(&r, s->base, "no strings");
	assert_int_equal(kbtf_type(btf, 3)->type, 2);
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_go_on_after_the_base),
		cmocka_unit_test(test_types_of_all_layers),
		cmocka_unit_test(test_names_of_all_layers),
		cmocka_unit_test(test_strings_of_all_layers),
		cmocka_unit_test(test_places_of_all_layers),
		cmocka_unit_test(test_empty_split),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
