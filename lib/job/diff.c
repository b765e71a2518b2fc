// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two files or releases in, what changed between them out. With modules named, only
 * what these refer to is asked for: their types, and the functions and variables
 * that they import [add_modules].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/diff.h>
#include <kbtf/inspect.h>

#include "fail.h"
#include "json_out.h"
#include "operand.h"

struct diff {
	const struct kbtf_diff_files_opts *opts;
	struct kbtf_operand old, new;
	struct kbtf_used *used;
	struct kbtf_diff *diff;
};

#define WRONG_CALL(...) kbtf_fail(reterr, -EINVAL, "call", __VA_ARGS__)

static int check_call(const struct kbtf_diff_files_opts *opts, struct kbtf_diag *reterr)
{
	if (opts->base && opts->kernel)
		return WRONG_CALL("--base and --kernel exclude each other");
	if (opts->old_base && opts->old_kernel)
		return WRONG_CALL("--old-base and --old-kernel exclude each other");
	return 0;
}

static int open_both(struct diff *d, struct kbtf_diag *reterr)
{
	const struct kbtf_diff_files_opts *opts = d->opts;
	const bool has_old = opts->old_base || opts->old_kernel;
	const struct kbtf_operand_base new_base = { opts->base, opts->kernel, opts->root };
	const struct kbtf_operand_base old_base = { has_old ? opts->old_base : opts->base,
						    has_old ? opts->old_kernel : opts->kernel,
						    opts->root };
	int err;

	err = kbtf_operand_init(&d->old, opts->old_name, &old_base, reterr);
	if (!err)
		err = kbtf_operand_init(&d->new, opts->new_name, &new_base, reterr);
	return err;
}

/* ---- What modules refer to ---- */

/* What a module imports are its undefined symbols. */
static int add_imports(struct diff *d, const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	struct kbtf_symbol *symbols;
	size_t nr, i;
	int err;

	err = kbtf_file_find_symbols(file, "", &symbols, &nr, reterr);
	if (err)
		return err;
	for (i = 0; i < nr && !err; i++)
		if (!symbols[i].section && *symbols[i].name &&
		    kbtf_used_add_symbol(d->used, symbols[i].name))
			err = kbtf_fail_nomem(reterr);
	free(symbols);
	return err;
}

/* What standalone BTF refers to of the kernel is nothing. */
static int add_subject(struct diff *d, struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (!err && d->old.kernel.name && !s->base.data && !is_bare)
		err = kbtf_kernel_check_origin(&d->old.kernel, s->file, reterr);
	if (!err && s->btf.data && !is_bare) {
		err = kbtf_subject_parse_btf(s, d->old.btf, reterr);
		if (!err && kbtf_used_add(d->used, s->split))
			err = kbtf_fail_nomem(reterr);
	}
	return err ? err : add_imports(d, s->file, reterr);
}

static int add_module(struct diff *d, const char *path, struct kbtf_diag *reterr)
{
	struct kbtf_subject subject;
	int err = kbtf_subject_init(&subject, path, reterr);

	if (err)
		return err;
	err = add_subject(d, &subject, reterr);
	if (err)
		kbtf_diag_in(reterr, path);
	kbtf_subject_deinit(&subject);
	return err;
}

static int add_modules(struct diff *d, struct kbtf_diag *reterr)
{
	const struct kbtf_diff_files_opts *opts = d->opts;
	size_t i, n;
	int err = 0;

	if (kbtf_used_new(d->old.btf, &d->used))
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < opts->nr_modules && !err; i++) {
		struct kbtf_paths paths;

		err = kbtf_paths_list(opts->modules[i], 0, &paths, reterr);
		if (err)
			break;
		for (n = 0; n < paths.nr && !err; n++)
			err = add_module(d, paths.paths[n], reterr);
		kbtf_paths_deinit(&paths);
	}
	return err;
}

/* ---- All of it ---- */

static int compare(struct diff *d, struct kbtf_diag *reterr)
{
	struct kbtf_diff_opts opts = {
		.names = d->opts->names,
		.nr_names = d->opts->nr_names,
		.old_label = d->opts->old_name,
		.new_label = d->opts->new_name,
	};
	int err;

	err = check_call(d->opts, reterr);
	if (!err)
		err = open_both(d, reterr);
	if (!err && d->opts->nr_modules)
		err = add_modules(d, reterr);
	opts.used = d->used;
	return err ? err : kbtf_diff_new(d->old.btf, d->new.btf, &opts, &d->diff, reterr);
}

/* A document that says why there is nothing in it. What write says of it is not asked: the call
 * fails anyhow. */
static void write_error(const struct kbtf_diff_files_opts *opts, const struct kbtf_diag *why,
			kbtf_write_fn *write, void *ctx)
{
	struct kbtf_json_out out;

	if (kbtf_json_out_init(&out, write, ctx))
		return;
	kbtf_json_open_map(&out, NULL);
	kbtf_json_string(&out, "command", "diff");
	kbtf_json_string(&out, "old", opts->old_name);
	kbtf_json_string(&out, "new", opts->new_name);
	kbtf_json_open_array(&out, "types");
	kbtf_json_close_array(&out);
	kbtf_json_null(&out, "summary");
	kbtf_json_diag(&out, "error", why);
	kbtf_json_close_map(&out);
	kbtf_json_out_finish(&out);
}

static int print(const struct diff *d, kbtf_write_fn *write, void *ctx)
{
	return d->opts->format == KBTF_DIFF_JSON
		       ? kbtf_diff_json(d->diff, write, ctx)
		       : kbtf_diff_text(d->diff, d->opts->flags, write, ctx);
}

int kbtf_diff_files(const struct kbtf_diff_files_opts *opts, kbtf_write_fn *write, void *ctx,
		    bool *ret_differ, struct kbtf_diag *reterr)
{
	struct diff d = { .opts = opts };
	struct kbtf_diag why;
	int err;

	err = compare(&d, &why);
	if (!err) {
		*ret_differ = kbtf_diff_nr_types(d.diff) > 0;
		err = write ? print(&d, write, ctx) : 0;
		if (err)
			kbtf_fail(&why, err, "write", "output: %s", strerror(-err));
	} else if (write && opts->format == KBTF_DIFF_JSON) {
		write_error(opts, &why, write, ctx);
	}
	if (err && reterr)
		*reterr = why;
	kbtf_diff_free(d.diff);
	kbtf_used_free(d.used);
	kbtf_operand_deinit(&d.new);
	kbtf_operand_deinit(&d.old);
	return err;
}
