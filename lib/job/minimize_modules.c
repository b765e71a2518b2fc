// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The modules of a kernel that programs want types of. All are looked at, on any
 * number of threads; those that have none are let go at once, so memory is that
 * of the few that have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "fail.h"
#include "minimize.h"
#include "parallel.h"
#include "store.h"

struct loading {
	struct kbtf_minimize_modules *modules;
	const char **paths; /* of each module */
	const struct kbtf_target *target;
	const struct kbtf_core_wants *wants;
};

static void module_deinit(struct kbtf_minimize_module *m)
{
	kbtf_free(m->btf);
	kbtf_free(m->moved);
	free(m->name);
	if (m->subject.file)
		kbtf_subject_deinit(&m->subject);
	m->btf = m->moved = NULL;
	m->name = NULL;
}

/* "a/NAME.ko.xz" -> "NAME" */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return kbtf_plan_raw_name(slash ? slash + 1 : path, "");
}

/* The module's BTF on the kernel, under its own name. */
static int open_module(const struct loading *l, struct kbtf_minimize_module *m,
		       struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = kbtf_target_btf(l->target),
				       .label = m->name,
				       .flags = KBTF_OPEN_BORROW };
	const void *bytes = m->subject.btf.data;
	size_t size = m->subject.btf.size;
	struct kbtf_relocate_opts relocate = { .ids = NULL };
	bool is_bare;
	int err = kbtf_subject_is_bare(&m->subject, &is_bare, reterr);

	/* Where all modules are kept, their ids count too. */
	if (!err && !l->wants && !m->subject.base.data && !is_bare)
		err = kbtf_subject_parse(&m->subject, opts.base, reterr);
	if (err)
		return err;
	if (m->subject.base.data || is_bare) { /* distilled or standalone */
		err = l->wants ? kbtf_subject_parse_btf(&m->subject, NULL, reterr)
			       : kbtf_subject_parse(&m->subject, NULL, reterr);
		relocate.ids = m->subject.ids_words;
		if (!err)
			err = is_bare ? kbtf_standalone_to_split(m->subject.split, opts.base,
								 relocate.ids, &m->moved, reterr)
				      : kbtf_relocate(m->subject.split, l->target, &relocate,
						      &m->moved, reterr);
		if (err)
			return err;
		bytes = kbtf_bytes(m->moved, &size);
	}
	return kbtf_open(bytes, size, &opts, &m->btf, reterr);
}

static void load_one(void *ctx, unsigned int thread, size_t i)
{
	struct loading *l = ctx;
	struct kbtf_minimize_module *m = &l->modules->modules[i];

	(void)thread;
	m->name = name_of(l->paths[i]);
	m->err = m->name ? kbtf_subject_init(&m->subject, l->paths[i], &m->why)
			 : kbtf_fail_nomem(&m->why);
	if (!m->err && m->subject.btf.data)
		m->err = open_module(l, m, &m->why);
	if (m->err && strncmp(m->why.place, l->paths[i], strlen(l->paths[i])))
		kbtf_diag_in(&m->why, l->paths[i]);
	if (!m->btf || (l->wants && !kbtf_core_wants_some(l->wants, m->btf)))
		module_deinit(m);
}

static int list(struct kbtf_minimize_modules *modules, const char *path, size_t n,
		struct kbtf_diag *reterr)
{
	int err = kbtf_paths_list(path, 0, &modules->paths[n], reterr);

	if (!err)
		modules->nr += modules->paths[n].nr;
	return err;
}

static int list_all(struct kbtf_minimize_modules *modules,
		    const struct kbtf_minimize_job_opts *opts,
		    const struct kbtf_minimize_unit *unit, struct kbtf_diag *reterr)
{
	char *dir = NULL;
	size_t i;
	int err = 0;

	modules->nr_paths = opts->nr_modules + 1;
	modules->paths = kbtf_zalloc_array(modules->nr_paths, sizeof(*modules->paths));
	if (!modules->paths)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < opts->nr_modules && !err; i++)
		err = list(modules, opts->modules[i], i, reterr);
	if (err || !unit->all_modules)
		return err;
	err = kbtf_kernel_module_dir(unit->root, unit->release, &dir, reterr);
	if (!err)
		err = list(modules, dir, i, reterr);
	free(dir);
	return err;
}

int kbtf_minimize_modules_init(struct kbtf_minimize_modules *modules,
			       const struct kbtf_minimize_job_opts *opts,
			       const struct kbtf_minimize_unit *unit,
			       const struct kbtf_target *target,
			       const struct kbtf_core_wants *wants, unsigned int nr_threads,
			       struct kbtf_diag *reterr)
{
	struct loading l = { .modules = modules, .target = target, .wants = wants };
	size_t nr = 0, p, i;
	int err;

	memset(modules, 0, sizeof(*modules));
	err = list_all(modules, opts, unit, reterr);
	if (err) {
		modules->nr = 0; /* some were listed, but none is there */
		return err;
	}
	l.paths = kbtf_alloc_array(modules->nr, sizeof(*l.paths));
	modules->modules = kbtf_zalloc_array(modules->nr, sizeof(*modules->modules));
	if (!l.paths || !modules->modules) {
		free(l.paths);
		modules->nr = 0;
		return kbtf_fail_nomem(reterr);
	}
	for (p = 0; p < modules->nr_paths; p++)
		for (i = 0; i < modules->paths[p].nr; i++)
			l.paths[nr++] = modules->paths[p].paths[i];
	kbtf_parallel(nr_threads, nr, load_one, &l);
	free(l.paths);
	return 0;
}

int kbtf_minimize_modules_check_names(const struct kbtf_minimize_modules *modules,
				      struct kbtf *const *kept, const char *kernel,
				      struct kbtf_diag *reterr)
{
	struct kbtf_plan_claim *claims = kbtf_alloc_array(modules->nr + 1, sizeof(*claims));
	size_t nr = 1, number = 0, i;
	int err;

	if (!claims)
		return kbtf_fail_nomem(reterr);
	claims[0] = (struct kbtf_plan_claim){ kernel, "vmlinux" };
	for (i = 0; i < modules->nr; i++) {
		const struct kbtf_minimize_module *m = &modules->modules[i];

		if (m->btf && (!kept || kept[number]))
			claims[nr++] = (struct kbtf_plan_claim){ kbtf_file_label(m->subject.file),
								 m->name };
		number += m->btf != NULL;
	}
	err = kbtf_plan_check_claims(claims, nr, reterr);
	free(claims);
	return err;
}

int kbtf_minimize_check_output(const struct kbtf_minimize_job *job,
			       const struct kbtf_minimize_unit *unit,
			       const struct kbtf_minimize_modules *modules, const char *path,
			       struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_job_opts *opts = job->opts;
	const char *label;
	size_t i;
	int err;

	if (access(path, F_OK)) /* as it is mostly */
		return 0;
	err = kbtf_store_check_over(path, &unit->file, 1, reterr);
	if (!err)
		err = kbtf_store_check_over(path, opts->programs, opts->nr_programs, reterr);
	/* Those that were found in directories. */
	for (i = 0; i < job->programs.nr && !err; i++) {
		label = kbtf_program_label(job->programs.programs[i]);
		err = kbtf_store_check_over(path, &label, 1, reterr);
	}
	for (i = 0; i < modules->nr && !err; i++) {
		if (!modules->modules[i].subject.file)
			continue;
		label = kbtf_file_label(modules->modules[i].subject.file);
		err = kbtf_store_check_over(path, &label, 1, reterr);
	}
	return err;
}

void kbtf_minimize_modules_deinit(struct kbtf_minimize_modules *modules)
{
	size_t i;

	for (i = 0; modules->modules && i < modules->nr; i++)
		module_deinit(&modules->modules[i]);
	free(modules->modules);
	for (i = 0; modules->paths && i < modules->nr_paths; i++)
		kbtf_paths_deinit(&modules->paths[i]);
	free(modules->paths);
	memset(modules, 0, sizeof(*modules));
}
