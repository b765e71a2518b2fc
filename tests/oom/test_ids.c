// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Resolving, annotating, sorting and listing with their first allocation failing, then their
 * second, and so on: -ENOMEM and nothing changed or written, and all memory is freed.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kbtf/inspect.h>
#include <kbtf/kfunc.h>
#include <kbtf/resolve_btfids.h>

#include "../unit/job/ids_made.h"
#include "allocfail.h"
#include "ids.h"
#include "ids_read.h"

typedef int op_fn(struct kbtf_diag *diag);

static char top[] = "/tmp/kbtf-test-oom-ids-XXXXXX";

static void save(const char *name, const uint32_t *words)
{
	struct made_elf elf = ids_made(&elf_sorts[0], ET_EXEC, words);
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(elf.bytes, 1, elf.size, f), elf.size);
	fclose(f);
	free(elf.bytes);
}

/* Of a file that no allocation fails for. */
static void open_made(struct kbtf_file **ret_file, struct kbtf **ret_btf)
{
	const void *bytes;
	size_t size;

	assert_int_equal(kbtf_file_open("fresh", ret_file, NULL), 0);
	assert_int_equal(kbtf_file_btf(*ret_file, &bytes, &size, NULL), 0);
	assert_int_equal(kbtf_open(bytes, size, NULL, ret_btf, NULL), 0);
}

static struct kbtf_file *file;
static struct kbtf *btf;

static int op_read(struct kbtf_diag *diag)
{
	struct kbtf_ids *ids;
	int err = kbtf_ids_read(file, &ids, diag);

	if (!err)
		kbtf_ids_free(ids);
	return err;
}

static struct kbtf_ids *made_ids; /* of op_resolve() and op_annotate() */

static int op_resolve(struct kbtf_diag *diag)
{
	int err = kbtf_ids_resolve(made_ids, btf, NULL, NULL, NULL, diag);

	if (err) { /* as it was */
		assert_int_equal(made_ids->words[1], 0);
		assert_int_equal(made_ids->sets[0].nr, 0);
	}
	return err;
}

static int op_check(struct kbtf_diag *diag)
{
	(void)diag;
	return kbtf_kfuncs_check(made_ids, btf, NULL, NULL, NULL);
}

static int op_annotate(struct kbtf_diag *diag)
{
	struct kbtf *out;
	int err = kbtf_kfuncs_annotate(btf, made_ids, NULL, NULL, NULL, &out, diag);

	if (!err)
		kbtf_free(out);
	return err;
}

static int op_sort(struct kbtf_diag *diag)
{
	struct kbtf *out;
	uint32_t *ids;
	int err = kbtf_sort_by_name(btf, &out, &ids, diag);

	if (!err) {
		kbtf_free(out);
		free(ids);
	}
	return err;
}

static int op_in_place(struct kbtf_diag *diag)
{
	const struct kbtf_resolve_btfids_opts opts = { .path = "fresh" };
	struct kbtf_resolve_btfids_result result;

	return kbtf_resolve_btfids(&opts, &result, diag);
}

static int op_files(struct kbtf_diag *diag)
{
	const struct kbtf_resolve_btfids_opts opts = { .path = "again", .to_files = true };
	struct kbtf_resolve_btfids_result result;

	return kbtf_resolve_btfids(&opts, &result, diag);
}

static int op_patch(struct kbtf_diag *diag)
{
	return kbtf_patch_btfids("again", "words", diag);
}

static int discard(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

static void keep(void *ctx, const struct kbtf_diag *why)
{
	*(struct kbtf_diag *)ctx = *why;
}

static int list(bool json, struct kbtf_diag *diag)
{
	const char *const inputs[] = { "again" };
	const struct kbtf_list_ids_opts opts = {
		.inputs = inputs, .nr_inputs = 1, .json = json, .refused = keep, .ctx = diag
	};
	int err = kbtf_list_ids(&opts, discard, NULL);

	return err == -EINVAL ? diag->err : err;
}

static int op_list(struct kbtf_diag *diag)
{
	return list(false, diag);
}

static int op_list_json(struct kbtf_diag *diag)
{
	return list(true, diag);
}

static void fail_each(op_fn *op)
{
	struct allocfail_each each = { 0 };

	while (allocfail_next(&each)) {
		struct kbtf_diag diag = { .text = "untouched" };
		int err = op(&diag);

		allocfail_done(&each, err);
		if (err && strcmp(diag.text, "untouched"))
			assert_string_equal(diag.reason, "no-memory");
	}
	assert_true(each.nth > 1);
}

static void test_all(void **state)
{
	static op_fn *const ops[] = {
		op_read,     op_annotate, op_resolve, op_check,	    op_sort,
		op_in_place, op_files,	  op_list,    op_list_json, op_patch
	};
	size_t i;

	(void)state;
	open_made(&file, &btf);
	assert_int_equal(kbtf_ids_read(file, &made_ids, NULL), 0);
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		fail_each(ops[i]);
	kbtf_ids_free(made_ids);
	kbtf_free(btf);
	kbtf_file_free(file);
}

static int make_inputs(void **state)
{
	uint32_t words[IDS_MADE_WORDS] = { 0 };
	FILE *f;

	(void)state;
	if (!mkdtemp(top) || chdir(top))
		return -1;
	save("fresh", ids_made_fresh);
	save("again", ids_made_fresh);
	f = fopen("words", "w");
	return !f || fwrite(words, 1, sizeof(words), f) != sizeof(words) || fclose(f) ? -1 : 0;
}

static int remove_inputs(void **state)
{
	static const char *const names[] = { "fresh", "again", "again.BTF", "again.BTF_ids",
					     "words" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
	return rmdir(top); /* nothing else is there */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
