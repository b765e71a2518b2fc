// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Roots: what kernels find by name, and what symbols of .BTF_ids say. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/partition.h>

/* Roots in one line: "1:tracepoint 2:struct_ops". */
static const char *listed(const struct kbtf_kernel_roots *roots)
{
	static char line[512];
	size_t i, at = 0;

	line[0] = '\0';
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(roots, i);

		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%u:%s", i ? " " : "",
				       root->type_id, kbtf_root_source_name(root->source));
		if (root->source == KBTF_ROOT_ID)
			at += (size_t)snprintf(line + at, sizeof(line) - at, "@%u(%s)", root->word,
					       root->list ? root->list : "");
	}
	return line;
}

static struct kbtf_kernel_roots *roots_of(const struct kbtf *btf)
{
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;

	assert_ok(kbtf_kernel_roots_new(btf, &roots, &diag), &diag);
	return roots;
}

struct row {
	const char *types, *roots;
};

/* clang-format off */
static const struct row rows[] = {
	{ "", "" },
	{ "int int 4 1; var v 1 1; datasec .data..percpu 4 (2 0 4); datasec .data 4 (2 0 4); "
	  "datasec .data..percpu..read_mostly 4 (2 0 4)", "3:percpu" },
	{ "proto 0; ptr 1; typedef btf_trace_sched_switch 2; typedef trace_x 2; typedef my_btf_trace_x 2; "
	  "func __bpf_trace_sched_switch 1 0; func bpf_trace_run1 1 0; struct btf_trace_x 4",
	  "3:tracepoint 6:tracepoint" },
	/* of those that begin so, only what ends in the struct that it is named after */
	{ "struct tcp_ops 8; struct bpf_struct_ops_tcp_ops 16 (common 3 0) (data 1 64); "
	  "struct bpf_struct_ops_common 8; struct bpf_struct_ops_map 16 (map 3 0) (data 1 64); "
	  "struct bpf_struct_ops_value 8 (data 6 0); array 1 1 0; struct bpf_struct_ops_none 0; "
	  "union bpf_struct_ops_tcp_ops 8 (data 1 0)", "1:struct_ops 2:struct_ops" },
	/* as kernels before 6.9 have it, and through a typedef */
	{ "struct ops 8; typedef ops_t 1; struct bpf_struct_ops_ops 16 (refcnt 4 0) (data 2 64); "
	  "struct refcount_t 4", "1:struct_ops 3:struct_ops" },
};
/* clang-format on */

static void test_named(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kbtf *btf = typed(rows[i].types, NULL, "vmlinux");
		struct kbtf_kernel_roots *roots = roots_of(btf);

		assert_int_equal(kbtf_kernel_roots_add_named(roots, NULL), 0);
		assert_string_equal(listed(roots), rows[i].roots);
		kbtf_kernel_roots_free(roots);
		kbtf_free(btf);
	}
}

/*
 * list a: 3; set s: 2, 5; set8 k: 4 (flags 8), 5; an unnamed id before all of them.
 * Symbols in no order, as a linker leaves them; sets are sorted, so the symbol of a member says
 * nothing.
 */
static struct kbtf_ids *make_ids(bool swapped)
{
	static const uint32_t words[] = { 6, 3, 0, 2, 2, 5, 2, 1, 4, 8, 5, 0 };
	uint32_t stored[12], i;
	struct kbtf_ids *ids;

	for (i = 0; i < 12; i++)
		stored[i] = swapped ? __builtin_bswap32(words[i]) : words[i];
	assert_int_equal(kbtf_ids_new(stored, sizeof(stored), swapped, &ids, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__set8__k", 24, 24, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__five__1", 32, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__four__1", 40, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__three__1", 4, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__gone__1", 8, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__struct__six__1", 0, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__set__s", 12, 12, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__two__1", 16, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_symbol(ids, "__BTF_ID__func__five__2", 20, 4, NULL), 0);
	assert_int_equal(kbtf_ids_add_list(ids, "a", 4, NULL), 0);
	return ids;
}

static void test_ids(void **state)
{
	struct kbtf *btf = typed("struct a 1; struct b 1; struct c 1; struct d 1; struct e 1; "
				 "struct f 1",
				 NULL, "vmlinux"),
		    *small = typed("struct a 1; struct b 1; struct c 1; struct d 1", NULL, "small");
	int swapped;

	(void)state;
	for (swapped = 0; swapped < 2; swapped++) {
		struct kbtf_ids *ids = make_ids(swapped);
		struct kbtf_kernel_roots *roots = roots_of(btf);
		struct kbtf_diag diag;

		assert_ok(kbtf_kernel_roots_add_ids(roots, ids, &diag), &diag);
		assert_string_equal(listed(roots),
				    "6:id@0() 3:id@1(list a) 2:id@4(set s) 5:id@5(set s) "
				    "4:id@8(set8 k) 5:id@10(set8 k)");
		assert_int_equal(kbtf_kernel_roots_count_types(roots, KBTF_ROOT_BIT(KBTF_ROOT_ID)),
				 5);
		assert_int_equal(kbtf_kernel_roots_count_types(roots, KBTF_ROOTS_BY_NAME), 0);
		kbtf_kernel_roots_free(roots);
		roots = roots_of(small);
		assert_int_equal(kbtf_kernel_roots_add_ids(roots, ids, &diag), -EINVAL);
		assert_diag(&diag, "+0x28: set8 k has type id 5, but the last is 4 [ids-range]");
		kbtf_kernel_roots_free(roots);
		kbtf_ids_free(ids);
	}
	kbtf_free(small);
	kbtf_free(btf);
	kbtf_kernel_roots_free(NULL);
}

static void test_no_kernel(void **state)
{
	struct kbtf *base = typed("int int 4 1", NULL, "base"),
		    *split = typed("ptr 1", base, "mod.ko");
	struct kbtf_kernel_roots *roots;
	struct kbtf_diag diag;
	struct kbtf *odd;
	struct raw r;

	(void)state;
	assert_int_equal(kbtf_kernel_roots_new(split, &roots, &diag), -EINVAL);
	assert_diag(&diag, "mod.ko: it is split BTF, which is no kernel's [split]");
	raw_init(&r, 0);
	raw_type(&r, KBTF_NR_KINDS, 0, 0, 0, 0);
	raw_layout_known(&r, KBTF_NR_KINDS);
	raw_layout(&r, 0, 0, 0);
	odd = opened(&r, NULL, "new");
	assert_int_equal(kbtf_kernel_roots_new(odd, &roots, &diag), -EOPNOTSUPP);
	assert_diag(&diag, "new: it has types of a kind kbtf does not know, whose ids cannot be "
			   "moved [kind-unknown]");
	kbtf_free(odd);
	kbtf_free(split);
	kbtf_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_no_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
