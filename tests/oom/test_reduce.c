// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Reading records and minimising with each allocation failing in its turn: -ENOMEM, and nothing is
 * leaked.
 */
#include "made_program.h"

#include <errno.h>
#include <string.h>

#include "allocfail.h"

struct world {
	struct made_program program;
	struct kbtf *base, *module, *other;
};

typedef int op_fn(const struct world *w, struct kbtf_diag *diag);

static void on_result(void *ctx, const struct kbtf_core_result *result)
{
	(void)ctx;
	(void)result;
}

static void on_keep(void *ctx, const struct kbtf_core_keep *keep)
{
	(void)ctx;
	(void)keep;
}

static int op_program(const struct world *w, struct kbtf_diag *diag)
{
	struct kbtf_program *program;
	struct kbtf_ext *ext;
	int err = kbtf_ext_open(w->program.ext_bytes.data, w->program.ext_bytes.size, NULL, &ext,
				diag);

	if (err)
		return err;
	err = kbtf_program_new(w->program.btf, ext, "program", &program, diag);
	if (!err)
		kbtf_program_free(program);
	kbtf_ext_free(ext);
	return err;
}

static int minimize(const struct world *w, unsigned int flags, struct kbtf_diag *diag)
{
	const struct kbtf_minimize_opts opts = { .flags = flags,
						 .result = on_result,
						 .keep = on_keep };
	const struct kbtf_program *programs[] = { w->program.program };
	struct kbtf_core_kernel *kernel;
	struct kbtf_core_wants *wants;
	struct kbtf_minimized left;
	int err = kbtf_core_kernel_new(w->base, &kernel);

	if (err)
		return err;
	err = kbtf_core_wants_new(kernel, programs, 1, &wants);
	if (!err) {
		assert_non_null(wants);
		assert_true(kbtf_core_wants_some(wants, w->module));
		assert_false(kbtf_core_wants_some(wants, w->other));
		kbtf_core_wants_free(wants);
		err = kbtf_core_kernel_add_module(kernel, w->module, diag);
	}
	if (!err)
		err = kbtf_minimize(kernel, programs, 1, &opts, &left, diag);
	if (!err)
		kbtf_minimized_deinit(&left);
	kbtf_core_kernel_free(kernel);
	return err;
}

static int op_pair(const struct world *w, struct kbtf_diag *diag)
{
	return minimize(w, KBTF_MINIMIZE_NEAREST, diag);
}

static int op_merged(const struct world *w, struct kbtf_diag *diag)
{
	return minimize(w, KBTF_MINIMIZE_MERGED, diag);
}

static int op_keep_base(const struct world *w, struct kbtf_diag *diag)
{
	return minimize(w, KBTF_MINIMIZE_KEEP_BASE, diag);
}

static int op_refs(const struct world *w, struct kbtf_diag *diag)
{
	const struct kbtf *modules[] = { w->module, w->other };
	struct kbtf_minimized left;
	int err = kbtf_minimize_refs(w->base, modules, NULL, 2, &left, diag);

	if (!err)
		kbtf_minimized_deinit(&left);
	return err;
}

static void check(const struct world *w, op_fn *op)
{
	struct allocfail_each each = { 0 };

	while (allocfail_next(&each)) {
		struct kbtf_diag diag = { .reason = "" };
		int err = op(w, &diag);

		allocfail_done(&each, err);
		if (err && *diag.reason)
			assert_string_equal(diag.reason, "no-memory");
	}
	assert_true(each.nth > 2); /* something was allocated */
}

static void test_all(void **state)
{
	static op_fn *const ops[] = { op_program, op_pair, op_merged, op_keep_base, op_refs };
	struct world w;
	size_t i;

	(void)state;
	made_program_init(
		&w.program,
		"int int 4 1; struct s 8 (a 1 0); enum e 4 (A 1); array 1 1 4; "
		"struct m 24 (s 2 0) (arr 4 64); ptr 2; typedef t 6; struct none 4 (x 1 0)",
		"byte_off 2 0:0; enumval_value 3 0; byte_off 5 0:0:0; byte_off 5 0:1:2; "
		"type_exists 7 0; type_matches 2 0; target_type_id 2 0; byte_off 8 0:0",
		false);
	assert_ok(!w.program.program, &w.program.why);
	w.base = typed("int int 4 1; struct s 8 (b 1 0) (a 1 32); enum e 4 (B 0) (A 1); "
		       "ptr 2; typedef t 4; struct s___2 8 (a 1 32)",
		       NULL, "vmlinux");
	w.module = typed("array 1 1 4; struct m 24 (s 2 64) (arr 7 0); ptr 3", w.base, "mod");
	w.other = typed("struct other 8 (s 2 0)", w.base, "other");
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		check(&w, ops[i]);
	kbtf_free(w.other);
	kbtf_free(w.module);
	kbtf_free(w.base);
	made_program_deinit(&w.program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
