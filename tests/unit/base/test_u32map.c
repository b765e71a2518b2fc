// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include "u32map.h"

static void test_empty_map_has_no_key(void **state)
{
	struct kbtf_u32map map = { 0 };

	(void)state;
	assert_int_equal(kbtf_u32map_find(&map, 1), 0);
	kbtf_u32map_clear(&map);
	kbtf_u32map_deinit(&map);
	kbtf_u32map_deinit(&map);
}

static void test_new_key_has_value_0(void **state)
{
	struct kbtf_u32map map = { 0 };
	struct kbtf_u32slot *slot;

	(void)state;
	slot = kbtf_u32map_add(&map, 7);
	assert_non_null(slot);
	assert_int_equal(slot->key, 7);
	assert_int_equal(slot->value, 0);
	slot->value = 70;
	assert_int_equal(kbtf_u32map_add(&map, 7)->value, 70);
	assert_int_equal(map.nr, 1);
	kbtf_u32map_deinit(&map);
}

/* Keys of one home slot, or of the highest bits, and many of them: all are kept apart. */
static void test_many_keys(void **state)
{
	const uint32_t strides[] = { 1, 64, 4096, 0x10000, 0x9e3779b1u, 0xfffffffbu };
	struct kbtf_u32map map = { 0 };
	uint32_t s, i, key;

	(void)state;
	for (s = 0; s < sizeof(strides) / sizeof(*strides); s++) {
		for (i = 1, key = strides[s]; i <= 5000; i++, key += strides[s])
			if (key)
				kbtf_u32map_add(&map, key)->value = i;
		for (i = 1, key = strides[s]; i <= 5000; i++, key += strides[s])
			if (key)
				assert_int_equal(kbtf_u32map_find(&map, key), i);
		kbtf_u32map_clear(&map);
		assert_int_equal(map.nr, 0);
		assert_int_equal(kbtf_u32map_find(&map, strides[s]), 0);
	}
	kbtf_u32map_deinit(&map);
}

static void test_at_most_half_full(void **state)
{
	struct kbtf_u32map map = { 0 };
	uint32_t key;

	(void)state;
	for (key = 1; key <= 1000; key++) {
		assert_non_null(kbtf_u32map_add(&map, key));
		assert_true(map.nr <= (map.mask + 1) / 2 + 1);
	}
	assert_int_equal(map.nr, 1000);
	kbtf_u32map_deinit(&map);
}

/* Adding what is there needs no memory, so that callers may count on it. */
static void test_known_key_does_not_grow(void **state)
{
	struct kbtf_u32map map = { 0 };
	struct kbtf_u32slot *slots;
	uint32_t key, known;

	(void)state;
	for (key = 1; key <= 300; key++) {
		kbtf_u32map_add(&map, key);
		slots = map.slots;
		for (known = 1; known <= key; known++)
			kbtf_u32map_add(&map, known);
		assert_ptr_equal(map.slots, slots);
	}
	kbtf_u32map_deinit(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_map_has_no_key),
		cmocka_unit_test(test_new_key_has_value_0),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_at_most_half_full),
		cmocka_unit_test(test_known_key_does_not_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
