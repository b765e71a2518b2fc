// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Minimising: a kernel and programs in, the kernel's BTF as far as the programs look at it
 * out. The programs' records select [kbtf_minimize_program], what they select is made
 * complete [kbtf_kept_close], and made new BTF: one for vmlinux and one on it for each
 * module [make_parts], or a single one [make_merged].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "minimize.h"
#include "shrink.h"

const char *kbtf_core_outcome_name(enum kbtf_core_outcome outcome)
{
	static const char *const names[] = {
		[KBTF_CORE_FOUND] = "found",	 [KBTF_CORE_NO_NEED] = "no need",
		[KBTF_CORE_MISSING] = "missing", [KBTF_CORE_AMBIGUOUS] = "ambiguous",
		[KBTF_CORE_FAILED] = "failed",
	};

	return names[outcome];
}

static int select_all(struct kbtf_minimizing *m)
{
	bool added = true;
	size_t i;
	int err = 0;

	m->parts = kbtf_zalloc_array(m->kernel->nr_parts, sizeof(*m->parts));
	if (!m->parts)
		return -ENOMEM;
	for (i = 0; i < m->kernel->nr_parts; i++)
		m->parts[i].btf = m->kernel->parts[i].btf;
	err = kbtf_core_scan(m->kernel, m->programs, m->nr_programs);
	for (i = 0; i < m->nr_programs && !err; i++)
		err = kbtf_minimize_program(m, m->programs[i]);
	kbtf_core_end_scan(m->kernel);
	while (!err && added) {
		err = kbtf_kept_close(m->parts, m->kernel->nr_parts);
		if (!err)
			err = kbtf_minimize_keep_misfits(m, &added);
	}
	if (!err)
		err = kbtf_minimize_hide(m);
	return err;
}

static bool looks_behind_pointers(const struct kbtf_minimizing *m)
{
	size_t i;

	for (i = 0; i < m->nr_programs; i++)
		if (m->programs[i]->looks_behind_pointers)
			return true;
	return false;
}

/* New BTF of what is kept of one BTF, on what is left of its base. */
static int make_one(const struct kbtf_minimizing *m, const struct kbtf_kept *kept,
		    const struct kbtf *base, const struct kbtf_moved *below,
		    struct kbtf_moved *moved, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_shrunk pool;
	int err = kbtf_shrunk_init(&pool, base, looks_behind_pointers(m));

	if (!err)
		err = kbtf_shrunk_add(&pool, kept, below, moved);
	if (!err)
		err = kbtf_shrunk_unify(&pool, moved);
	err = err ? kbtf_fail(reterr, err, err == -E2BIG ? "too-large" : "no-memory", "%s",
			      err == -E2BIG ? "more than 4 GiB would be left" : "out of memory")
		  : kbtf_shrunk_finish(&pool, kbtf_label(kept->btf), ret, reterr);
	kbtf_shrunk_deinit(&pool);
	if (!err)
		(*ret)->swapped = kept->btf->swapped; /* written as it was read */
	return err;
}

static int make_parts(const struct kbtf_minimizing *m, struct kbtf_minimized *ret,
		      struct kbtf_diag *reterr)
{
	bool keeps_base = m->opts->flags & KBTF_MINIMIZE_KEEP_BASE;
	struct kbtf_moved base_moved = { 0 };
	size_t i;
	int err = 0;

	ret->modules = kbtf_zalloc_array(m->kernel->nr_parts - 1, sizeof(*ret->modules));
	if (!ret->modules)
		return kbtf_fail_nomem(reterr);
	ret->nr_modules = m->kernel->nr_parts - 1;
	if (!keeps_base)
		err = make_one(m, &m->parts[0], NULL, NULL, &base_moved, &ret->base, reterr);
	for (i = 1; i < m->kernel->nr_parts && !err; i++) {
		struct kbtf_moved moved = { 0 };

		if (!kbtf_kept_nr(&m->parts[i]))
			continue;
		err = make_one(m, &m->parts[i], keeps_base ? m->parts[0].btf : ret->base,
			       keeps_base ? NULL : &base_moved, &moved, &ret->modules[i - 1],
			       reterr);
		kbtf_moved_deinit(&moved);
	}
	kbtf_moved_deinit(&base_moved);
	return err;
}

static int make_merged(const struct kbtf_minimizing *m, struct kbtf_minimized *ret,
		       struct kbtf_diag *reterr)
{
	struct kbtf_moved base_moved = { 0 };
	struct kbtf_shrunk pool;
	size_t i;
	int err = kbtf_shrunk_init(&pool, NULL, looks_behind_pointers(m));

	if (!err)
		err = kbtf_shrunk_add(&pool, &m->parts[0], NULL, &base_moved);
	for (i = 1; i < m->kernel->nr_parts && !err; i++) {
		struct kbtf_moved moved = { 0 };

		err = kbtf_shrunk_add(&pool, &m->parts[i], &base_moved, &moved);
		kbtf_moved_deinit(&moved);
	}
	if (!err)
		err = kbtf_shrunk_unify(&pool, NULL);
	err = err ? kbtf_fail(reterr, err, err == -E2BIG ? "too-large" : "no-memory", "%s",
			      err == -E2BIG ? "more than 4 GiB would be left" : "out of memory")
		  : kbtf_shrunk_finish(&pool, kbtf_label(m->parts[0].btf), &ret->base, reterr);
	kbtf_shrunk_deinit(&pool);
	kbtf_moved_deinit(&base_moved);
	if (!err)
		ret->base->swapped = m->parts[0].btf->swapped;
	return err;
}

int kbtf_minimize(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
		  size_t nr_programs, const struct kbtf_minimize_opts *opts,
		  struct kbtf_minimized *ret, struct kbtf_diag *reterr)
{
	static const struct kbtf_minimize_opts no_opts;
	struct kbtf_minimizing m = { .kernel = kernel,
				     .programs = programs,
				     .nr_programs = nr_programs,
				     .opts = opts ? opts : &no_opts };
	size_t i;
	int err;

	memset(ret, 0, sizeof(*ret));
	err = select_all(&m) ? kbtf_fail_nomem(reterr) : 0;
	if (!err)
		err = m.opts->flags & KBTF_MINIMIZE_MERGED ? make_merged(&m, ret, reterr)
							   : make_parts(&m, ret, reterr);
	if (err)
		kbtf_minimized_deinit(ret);
	for (i = 0; m.parts && i < kernel->nr_parts; i++)
		kbtf_kept_deinit(&m.parts[i]);
	free(m.parts);
	kbtf_buf_deinit(&m.trail.touches);
	kbtf_buf_deinit(&m.misfits);
	return err;
}

void kbtf_minimized_deinit(struct kbtf_minimized *minimized)
{
	size_t i;

	for (i = 0; i < minimized->nr_modules; i++)
		kbtf_free(minimized->modules[i]);
	free(minimized->modules);
	kbtf_free(minimized->base);
	memset(minimized, 0, sizeof(*minimized));
}
