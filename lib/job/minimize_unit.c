// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * One kernel: its BTF is opened and searched for what the programs ask, modules only if
 * there is something that it has not [load]; then it is minimised, once for all objects or
 * for each [minimize], and what is left is written [store].
 */
#define _GNU_SOURCE /* vasprintf */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kbtf/builder.h>

#include "alloc.h"
#include "fail.h"
#include "minimize.h"
#include "store.h"

/* A kernel while it is worked on. */
struct work {
	const struct kbtf_minimize_job *job;
	const struct kbtf_minimize_unit *unit;
	unsigned int nr_threads;
	struct kbtf_kernel kernel;
	bool has_kernel;
	struct kbtf_core_kernel *core;
	struct kbtf_minimize_modules modules;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool looks_at_modules(const struct work *w)
{
	return w->job->opts->nr_modules || w->unit->all_modules;
}

static int load_kernel(struct work *w, bool trusts_chains, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_unit *unit = w->unit;
	int err = kbtf_kernel_init(&w->kernel, unit->file, unit->release, unit->root, reterr);

	w->has_kernel = !err;
	if (err)
		return err;
	w->kernel.trusts_chains = trusts_chains;
	err = kbtf_kernel_load(&w->kernel, reterr);
	if (!err && kbtf_core_kernel_new(w->kernel.btf, &w->core))
		err = kbtf_fail_nomem(reterr);
	return err;
}

static void unload_kernel(struct work *w)
{
	kbtf_core_kernel_free(w->core);
	w->core = NULL;
	if (w->has_kernel)
		kbtf_kernel_deinit(&w->kernel);
	w->has_kernel = false;
}

static int add_modules(struct work *w, const struct kbtf_core_wants *wants,
		       struct kbtf_diag *reterr)
{
	size_t i;
	int err = kbtf_kernel_make_target(&w->kernel, reterr);

	if (!err)
		err = kbtf_minimize_modules_init(&w->modules, w->job->opts, w->unit,
						 w->kernel.target, wants, w->nr_threads, reterr);
	for (i = 0; i < w->modules.nr && !err; i++)
		if (w->modules.modules[i].btf)
			err = kbtf_core_kernel_add_module(w->core, w->modules.modules[i].btf,
							  reterr);
	return err;
}

/*
 * Most programs want nothing but vmlinux: then chains of its types need not be checked, as
 * nothing follows one that it does not bound, and no module is read. Otherwise it is opened again
 * in earnest.
 */
static int load(struct work *w, struct kbtf_diag *reterr)
{
	const struct kbtf_programs *programs = &w->job->programs;
	bool keeps_base = w->job->opts->flags & KBTF_MINJOB_KEEP_BASE;
	struct kbtf_core_wants *wants = NULL;
	int err = load_kernel(w, !keeps_base, reterr);

	if (!err && looks_at_modules(w) && !keeps_base &&
	    kbtf_core_wants_new(w->core, programs->programs, programs->nr, &wants))
		err = kbtf_fail_nomem(reterr);
	if (!err && wants) {
		unload_kernel(w);
		err = load_kernel(w, false, reterr);
	}
	if (!err && (wants || keeps_base))
		err = add_modules(w, wants, reterr);
	kbtf_core_wants_free(wants);
	return err;
}

static const char *ending(const struct kbtf_minimize_job *job)
{
	return job->opts->flags & KBTF_MINJOB_ARCHIVE ? KBTF_MINIMIZE_ARCHIVE_ENDING : ".btf";
}

static int save_btf(const struct work *w, const char *path, const struct kbtf *btf,
		    struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	struct kbtf_job_opts opts = {
		.flags = w->job->opts->flags & KBTF_MINJOB_SYNC ? KBTF_JOB_SYNC : 0,
	};
	size_t size;
	void *bytes;
	int err = 0;

	if (path)
		err = kbtf_minimize_check_output(w->job, w->unit, &w->modules, path, reterr);
	if (err)
		return err;
	if (kbtf_write(btf, &bytes, &size))
		return kbtf_fail_nomem(reterr);
	made->result.nr_types += kbtf_nr_types(btf);
	made->result.btf_bytes_after += size;
	if (path && w->job->opts->flags & KBTF_MINJOB_ARCHIVE)
		err = kbtf_minimize_archive(path, &bytes, &size, reterr);
	if (path && !err)
		err = kbtf_store_save(&opts, path, bytes, size, NULL, reterr);
	free(bytes);
	return err;
}

static int __attribute__((format(printf, 2, 3))) print_path(char **ret, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(ret, fmt, ap);
	va_end(ap);
	return n < 0 ? -ENOMEM : 0;
}

/* Where the result goes: a file, or where modules have files of their own a directory. */
static int place(const struct work *w, struct kbtf_minimize_made *made, bool to_dir)
{
	const char *output = w->unit->output;
	char *stem = NULL;
	int err;

	if (!output)
		return 0;
	if (w->job->to_one_file)
		return print_path(&made->output, "%s", output);
	if (made->result.program) {
		stem = kbtf_program_stem(made->result.program);
		if (!stem)
			return -ENOMEM;
	}
	err = print_path(&made->output, "%s%s%s%s%s%s", w->job->opts->output, stem ? "/" : "",
			 stem ? stem : "", *output ? "/" : "", output,
			 to_dir ? "" : ending(w->job));
	free(stem);
	return err;
}

/* The BTF of one module in the result's directory. */
static int save_module(const struct work *w, const char *name, const struct kbtf *btf,
		       struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	char *path = NULL;
	int err;

	if (made->output && print_path(&path, "%s/%s%s", made->output, name, ending(w->job)))
		return kbtf_fail_nomem(reterr);
	err = save_btf(w, path, btf, made, reterr);
	free(path);
	return err;
}

static int store_parts(const struct work *w, const struct kbtf_minimized *left,
		       struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	size_t number = 0, i;
	int err = kbtf_minimize_modules_check_names(&w->modules, left->modules, w->kernel.name,
						    reterr);

	if (!err)
		err = save_module(w, "vmlinux", left->base, made, reterr);
	for (i = 0; i < w->modules.nr && !err; i++) {
		const struct kbtf_minimize_module *m = &w->modules.modules[i];

		if (!m->btf)
			continue;
		if (left->modules[number])
			err = save_module(w, m->name, left->modules[number], made, reterr);
		number++;
	}
	return err;
}

/* bpftool's way: what is left of the one module, which may be nothing. */
static int store_module(const struct work *w, const struct kbtf_minimized *left,
			struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	struct kbtf_builder *builder;
	struct kbtf *empty;
	int err;

	if (left->nr_modules && left->modules[0])
		return save_btf(w, made->output, left->modules[0], made, reterr);
	builder = kbtf_builder_new(w->kernel.btf);
	err = builder ? kbtf_builder_finish(builder, "", &empty, reterr) : kbtf_fail_nomem(reterr);
	if (err)
		return err;
	err = save_btf(w, made->output, empty, made, reterr);
	kbtf_free(empty);
	return err;
}

static void count_before(const struct work *w, const struct kbtf_minimized *left,
			 struct kbtf_minimize_result *r)
{
	size_t number = 0, size, i;

	kbtf_bytes(w->kernel.btf, &size);
	r->btf_bytes_before = size;
	r->nr_modules = w->modules.nr;
	for (i = 0; i < w->modules.nr; i++) {
		if (!w->modules.modules[i].btf)
			continue;
		if (left->nr_modules ? left->modules[number] != NULL : true) {
			kbtf_bytes(w->modules.modules[i].btf, &size);
			r->btf_bytes_before += size;
			r->nr_modules_kept++;
		}
		number++;
	}
}

static int store(const struct work *w, const struct kbtf_minimized *left,
		 struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	unsigned int flags = w->job->opts->flags;
	bool to_dir = looks_at_modules(w) && !(flags & KBTF_MINJOB_MERGED) && !w->job->to_one_file;

	if (place(w, made, to_dir))
		return kbtf_fail_nomem(reterr);
	count_before(w, left, &made->result);
	if (left->base)
		made->result.nr_base_types = kbtf_nr_types(left->base);
	if (flags & KBTF_MINJOB_KEEP_BASE)
		return store_module(w, left, made, reterr);
	if (to_dir)
		return store_parts(w, left, made, reterr);
	return save_btf(w, made->output, left->base, made, reterr);
}

static unsigned int core_flags(unsigned int flags)
{
	unsigned int core = 0;

	if (flags & KBTF_MINJOB_MERGED)
		core |= KBTF_MINIMIZE_MERGED;
	if (flags & KBTF_MINJOB_MISSING)
		core |= KBTF_MINIMIZE_NEAREST;
	if (flags & KBTF_MINJOB_KEEP_BASE)
		core |= KBTF_MINIMIZE_KEEP_BASE;
	return core;
}

/* Where libbpf would refuse to load a program and nobody wants BTF for it then. */
static int refuse_findings(const struct work *w, const struct kbtf_minimize_made *made,
			   struct kbtf_diag *reterr)
{
	if (!(w->job->opts->flags & KBTF_MINJOB_STOP_AT_REFUSED) || !made->findings.size)
		return 0;
	*reterr = *(const struct kbtf_diag *)made->findings.data;
	return reterr->err;
}

static int minimize(struct work *w, const struct kbtf_program *const *programs, size_t nr_programs,
		    struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	unsigned int flags = w->job->opts->flags;
	const struct kbtf_minimize_opts opts = {
		.flags = core_flags(flags),
		.result = kbtf_minimize_made_result,
		.keep = flags & KBTF_MINJOB_EXPLAIN ? kbtf_minimize_made_keep : NULL,
		.ctx = made,
	};
	struct kbtf_minimized left;
	int err;

	made->base = w->kernel.btf;
	err = kbtf_minimize(w->core, programs, nr_programs, &opts, &left, reterr);
	if (err)
		return err;
	err = refuse_findings(w, made, reterr);
	if (!err)
		err = store(w, &left, made, reterr);
	if (err) {
		free(made->output);
		made->output = NULL;
		made->result.btf_bytes_after = 0;
		made->result.nr_types = 0;
	}
	kbtf_minimized_deinit(&left);
	return err;
}

/* Modules that could not be read are told with the first result. */
static void tell_modules(const struct work *w, struct kbtf_minimize_made *made)
{
	size_t i;

	for (i = 0; i < w->modules.nr; i++)
		if (w->modules.modules[i].err)
			kbtf_minimize_made_finding(made, &w->modules.modules[i].why);
}

void kbtf_minimize_unit(const struct kbtf_minimize_job *job, const struct kbtf_minimize_unit *unit,
			unsigned int nr_threads, struct kbtf_minimize_made **ret, size_t *ret_nr)
{
	struct work w = { .job = job, .unit = unit, .nr_threads = nr_threads };
	bool each = job->opts->flags & KBTF_MINJOB_EACH;
	const struct kbtf_programs *programs = &job->programs;
	size_t nr = each ? programs->nr : 1, i;
	double started = now();
	struct kbtf_diag why;
	int load_err;

	*ret_nr = 0;
	*ret = kbtf_alloc_array(nr, sizeof(**ret));
	if (!*ret)
		return;
	load_err = load(&w, &why);
	for (i = 0; i < nr; i++) {
		struct kbtf_minimize_made *made = &(*ret)[i];
		int err = load_err;

		kbtf_minimize_made_init(made, unit->name,
					each ? kbtf_program_label(programs->programs[i]) : NULL,
					job->opts->flags);
		if (!err)
			err = minimize(&w, each ? &programs->programs[i] : programs->programs,
				       each ? 1 : programs->nr, made, &why);
		if (err)
			kbtf_minimize_made_fail(made, &why);
		if (!i)
			tell_modules(&w, made);
		kbtf_minimize_made_finish(made);
		made->result.seconds = now() - started;
		started = now();
	}
	*ret_nr = nr;
	kbtf_minimize_modules_deinit(&w.modules);
	unload_kernel(&w);
}
