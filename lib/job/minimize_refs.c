// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * By reference: one kernel and its modules in, one BTF that has what they refer to and theirs on it
 * out. In full it is kbtf_minimize_refs(); by name and size what is left is what distilling keeps:
 * each module is distilled, the distilled bases become one, and the modules are put onto that
 * [make_names].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kbtf/dedup.h>

#include "alloc.h"
#include "fail.h"
#include "minimize.h"
#include "store.h"

struct refs {
	const struct kbtf_minimize_job *job;
	const struct kbtf_minimize_unit *unit;
	struct kbtf_kernel kernel;
	bool has_kernel;
	struct kbtf_minimize_modules modules;
	/* of the modules that have BTF: */
	const struct kbtf **btfs;
	const struct kbtf_ids **ids;
	const char **names;
	size_t nr;
	struct kbtf_distilled *distilled;
	struct kbtf_target *target;
	struct kbtf_minimized left;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int load(struct refs *r, unsigned int nr_threads, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_unit *unit = r->unit;
	size_t i;
	int err = kbtf_kernel_init(&r->kernel, unit->file, unit->release, unit->root, reterr);

	r->has_kernel = !err;
	if (!err)
		err = kbtf_kernel_load(&r->kernel, reterr);
	if (!err)
		err = kbtf_kernel_make_target(&r->kernel, reterr);
	if (!err)
		err = kbtf_minimize_modules_init(&r->modules, r->job->opts, unit, r->kernel.target,
						 NULL, nr_threads, reterr);
	if (err)
		return err;
	r->btfs = kbtf_alloc_array(r->modules.nr, sizeof(*r->btfs));
	r->ids = kbtf_alloc_array(r->modules.nr, sizeof(*r->ids));
	r->names = kbtf_alloc_array(r->modules.nr, sizeof(*r->names));
	if (!r->btfs || !r->ids || !r->names)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < r->modules.nr; i++) {
		const struct kbtf_minimize_module *m = &r->modules.modules[i];

		if (!m->btf)
			continue;
		r->btfs[r->nr] = m->btf;
		r->ids[r->nr] = m->subject.ids_words;
		r->names[r->nr++] = m->name;
	}
	return r->nr ? 0 : kbtf_fail(reterr, -ENODATA, "no-modules", "no module with BTF");
}

static int merge_bases(struct refs *r, struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf_merge_opts opts = { .label = r->kernel.name };
	const struct kbtf **bases = kbtf_alloc_array(r->nr, sizeof(*bases));
	size_t i;
	int err;

	if (!bases)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < r->nr; i++)
		bases[i] = r->distilled[i].base;
	err = kbtf_merge(bases, r->nr, &opts, ret, reterr);
	free(bases);
	return err;
}

static int make_names(struct refs *r, struct kbtf_diag *reterr)
{
	size_t i;
	int err = 0;

	r->distilled = kbtf_zalloc_array(r->nr, sizeof(*r->distilled));
	r->left.modules = kbtf_zalloc_array(r->nr, sizeof(*r->left.modules));
	if (!r->distilled || !r->left.modules)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < r->nr && !err; i++)
		err = kbtf_distill(r->btfs[i], (struct kbtf_ids *)r->ids[i], &r->distilled[i],
				   reterr);
	if (!err)
		err = merge_bases(r, &r->left.base, reterr);
	if (!err && kbtf_target_new(r->left.base, &r->target))
		err = kbtf_fail_nomem(reterr);
	r->left.nr_modules = r->nr;
	for (i = 0; i < r->nr && !err; i++)
		err = kbtf_relocate(r->distilled[i].split, r->target, NULL, &r->left.modules[i],
				    reterr);
	if (err && i)
		kbtf_diag_in(reterr, r->names[i - 1]);
	return err;
}

static int save(const struct refs *r, const char *name, const struct kbtf *btf,
		struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	struct kbtf_job_opts opts = {
		.flags = r->job->opts->flags & KBTF_MINJOB_SYNC ? KBTF_JOB_SYNC : 0,
	};
	size_t len = strlen(made->output) + strlen(name) + sizeof("/.btf"), size;
	char *path = malloc(len);
	void *bytes;
	int err;

	if (!path || kbtf_write(btf, &bytes, &size)) {
		free(path);
		return kbtf_fail_nomem(reterr);
	}
	strcpy(path, made->output);
	strcat(path, "/");
	strcat(path, name);
	strcat(path, ".btf");
	made->result.nr_types += kbtf_nr_types(btf);
	made->result.btf_bytes_after += size;
	err = kbtf_minimize_check_output(r->job, r->unit, &r->modules, path, reterr);
	if (!err)
		err = kbtf_store_save(&opts, path, bytes, size, NULL, reterr);
	free(bytes);
	free(path);
	return err;
}

static int store(const struct refs *r, struct kbtf_minimize_made *made, struct kbtf_diag *reterr)
{
	size_t size, i;
	int err;

	made->output = strdup(r->job->opts->output);
	if (!made->output)
		return kbtf_fail_nomem(reterr);
	err = kbtf_minimize_modules_check_names(&r->modules, NULL, r->kernel.name, reterr);
	if (!err)
		err = save(r, "vmlinux", r->left.base, made, reterr);
	made->result.nr_base_types = kbtf_nr_types(r->left.base);
	kbtf_bytes(r->kernel.btf, &size);
	made->result.btf_bytes_before = size;
	for (i = 0; i < r->nr && !err; i++) {
		kbtf_bytes(r->btfs[i], &size);
		made->result.btf_bytes_before += size;
		err = save(r, r->names[i], r->left.modules[i], made, reterr);
	}
	made->result.nr_modules = r->modules.nr;
	made->result.nr_modules_kept = r->nr;
	return err;
}

static void refs_deinit(struct refs *r)
{
	size_t i;

	kbtf_minimized_deinit(&r->left);
	kbtf_target_free(r->target);
	for (i = 0; r->distilled && i < r->nr; i++)
		kbtf_distilled_deinit(&r->distilled[i]);
	free(r->distilled);
	free(r->btfs);
	free(r->ids);
	free(r->names);
	kbtf_minimize_modules_deinit(&r->modules);
	if (r->has_kernel)
		kbtf_kernel_deinit(&r->kernel);
}

void kbtf_minimize_refs_unit(const struct kbtf_minimize_job *job,
			     const struct kbtf_minimize_unit *unit, unsigned int nr_threads,
			     struct kbtf_minimize_made **ret, size_t *ret_nr)
{
	struct refs r = { .job = job, .unit = unit };
	struct kbtf_minimize_made *made = malloc(sizeof(*made));
	double started = now();
	struct kbtf_diag why;
	size_t i;
	int err;

	*ret = made;
	*ret_nr = made ? 1 : 0;
	if (!made)
		return;
	kbtf_minimize_made_init(made, unit->name, NULL, job->opts->flags);
	err = load(&r, nr_threads, &why);
	if (!err)
		err = job->opts->flags & KBTF_MINJOB_NAMES
			      ? make_names(&r, &why)
			      : kbtf_minimize_refs(r.kernel.btf, r.btfs, r.ids, r.nr, &r.left,
						   &why);
	if (!err)
		err = store(&r, made, &why);
	for (i = 0; i < r.modules.nr; i++)
		if (r.modules.modules[i].err)
			kbtf_minimize_made_finding(made, &r.modules.modules[i].why);
	if (err)
		kbtf_minimize_made_fail(made, &why);
	kbtf_minimize_made_finish(made);
	made->result.seconds = now() - started;
	refs_deinit(&r);
}
