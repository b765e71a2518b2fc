// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chains of types that are as long, as deep or as entangled as is allowed, and one
 * step more. Cycles are in tests/bad.
 */
#include "made.h"

#include <errno.h>
#include <stdlib.h>

#include <kbtf/btf.h>

static int try_open(struct raw *r, const struct kbtf *base, unsigned int flags)
{
	struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_TAKE | flags };
	struct kbtf_diag diag;
	struct kbtf *btf;
	size_t size;
	void *bytes = raw_finish(r, &size);
	int err = kbtf_open(bytes, size, &opts, &btf, &diag);

	if (err)
		free(bytes);
	else
		kbtf_free(btf);
	raw_deinit(r);
	return err;
}

/* n pointers or typedefs in a row that end at void; each to the next id, or to the one before. */
static int try_chain(uint32_t n, unsigned int kind, bool forward)
{
	struct raw r;
	uint32_t i;

	raw_init(&r, 0);
	for (i = 1; i <= n; i++)
		raw_type(&r, kind, 0, 0, 0, forward ? (i < n ? i + 1 : 0) : i - 1);
	return try_open(&r, NULL, 0);
}

static void test_longest_chain(void **state)
{
	const unsigned int kinds[] = { KBTF_PTR, KBTF_TYPEDEF, KBTF_CONST };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_int_equal(try_chain(KBTF_MAX_CHAIN, kinds[i / 2], i % 2), 0);
		assert_int_equal(try_chain(KBTF_MAX_CHAIN + 1, kinds[i / 2], i % 2), -ELOOP);
		assert_int_equal(try_chain(100000, kinds[i / 2], i % 2), -ELOOP);
	}
}

/* Each BTF has chains of its own; what they lead to in the base does not count. */
static void test_chain_that_goes_on_in_the_base(void **state)
{
	struct kbtf *base;
	struct raw r;
	uint32_t i;

	(void)state;
	raw_init(&r, 0);
	for (i = 1; i <= KBTF_MAX_CHAIN; i++)
		raw_type(&r, KBTF_CONST, 0, 0, 0, i - 1);
	base = opened(&r, NULL, NULL);
	raw_init(&r, 1);
	for (i = 1; i <= KBTF_MAX_CHAIN; i++)
		raw_type(&r, KBTF_CONST, 0, 0, 0, KBTF_MAX_CHAIN + i - 1);
	assert_int_equal(try_open(&r, base, 0), 0);
	kbtf_free(base);
}

/* Structs in structs have no limit, and no stack is used up by them. */
static void test_deep_structs(void **state)
{
	const uint32_t n = 200000;
	struct raw r;
	uint32_t i;
	int forward;

	(void)state;
	for (forward = 0; forward < 2; forward++) {
		raw_init(&r, 0);
		for (i = 1; i <= n; i++) {
			raw_type(&r, KBTF_STRUCT, 0, 0, 0, 4);
			raw_elem(&r, 3, 0u, forward ? (i < n ? i + 1 : 0u) : i - 1, 0u);
		}
		assert_int_equal(try_open(&r, NULL, 0), 0);
	}
	/* The last one in the first closes the circle. */
	raw_init(&r, 0);
	for (i = 1; i <= n; i++) {
		raw_type(&r, KBTF_STRUCT, 0, 0, 0, 4);
		raw_elem(&r, 3, 0u, i > 1 ? i - 1 : n, 0u);
	}
	assert_int_equal(try_open(&r, NULL, 0), -ELOOP);
}

/* Each struct contains the next one twice: 2^1000 by value, and each looked at once. */
static void test_entangled_structs(void **state)
{
	const uint32_t n = 1000;
	struct raw r;
	uint32_t i;

	(void)state;
	raw_init(&r, 0);
	for (i = 1; i <= n; i++) {
		raw_type(&r, KBTF_STRUCT, 0, 0, 0, 4);
		raw_elem(&r, 3, 0u, i < n ? i + 1 : 0u, 0u);
		raw_elem(&r, 3, 0u, i < n ? i + 1 : 0u, 32u);
	}
	assert_int_equal(try_open(&r, NULL, 0), 0);
}

/* Through a pointer a struct may contain itself; so may a prototype. */
static void test_cycles_that_are_fine(void **state)
{
	(void)state;
	kbtf_free(typed("struct list 8 (next 2 0); ptr 1", NULL, NULL));
	kbtf_free(typed("ptr 2; struct list 8 (next 1 0)", NULL, NULL));
	kbtf_free(typed("proto 2 (f 2); ptr 1", NULL, NULL));
	kbtf_free(typed("struct a 8 (b 2 0); ptr 3; struct b 8 (a 4 0); ptr 1", NULL, NULL));
	kbtf_free(typed("array 2 1 3; ptr 3; struct s 8 (a 1 0)", NULL, NULL)); /* its own index */
	kbtf_free(typed("struct s 8 (f 2 0); ptr 3; proto 1 (s 1)", NULL, NULL));
	kbtf_free(typed("dtag a 2 0; struct s 4 (a 3 0); int i 4 0", NULL, NULL));
}

/* Who trusts chains gets endless ones, but still no id out of range. */
static void test_trusted_chains(void **state)
{
	struct raw r;

	(void)state;
	raw_init(&r, 0);
	typetext_add(&r, "typedef t 1; struct s 4 (a 2 0)");
	assert_int_equal(try_open(&r, NULL, KBTF_OPEN_TRUST_CHAINS), 0);
	raw_init(&r, 0);
	typetext_add(&r, "typedef t 2");
	assert_int_equal(try_open(&r, NULL, KBTF_OPEN_TRUST_CHAINS), -EINVAL);
	raw_init(&r, 0);
	typetext_add(&r, "typedef =9 99; func f 0 0");
	assert_int_equal(try_open(&r, NULL, KBTF_OPEN_FRAMING_ONLY), 0);
	raw_init(&r, 0);
	typetext_add(&r, "kind 0 - 0");
	assert_int_equal(try_open(&r, NULL, KBTF_OPEN_FRAMING_ONLY), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_chain),
		cmocka_unit_test(test_chain_that_goes_on_in_the_base),
		cmocka_unit_test(test_deep_structs),
		cmocka_unit_test(test_entangled_structs),
		cmocka_unit_test(test_cycles_that_are_fine),
		cmocka_unit_test(test_trusted_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
