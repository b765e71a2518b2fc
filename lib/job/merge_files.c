// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Files in, raw BTF of all of them out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kbtf/dedup.h>
#include <kbtf/image.h>
#include <kbtf/job.h>

#include "alloc.h"
#include "fail.h"
#include "kernel.h"
#include "store.h"

struct input {
	struct kbtf_file *file;
	struct kbtf *btf;
};

struct merge {
	const struct kbtf_merge_files_opts *opts;
	struct kbtf_kernel kernel;
	bool has_kernel;
	struct input *inputs;
	struct kbtf *merged;
};

/* BTF that stands alone begins its strings with the empty one; no module's does. */
static bool stands_on_kernel(const struct kbtf_file *file, const void *bytes, size_t size)
{
	struct kbtf *btf = NULL;
	const struct kbtf_header *hdr;
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW | KBTF_OPEN_FRAMING_ONLY };
	bool alone;

	if (kbtf_file_is_module(file))
		return true;
	if (kbtf_open(bytes, size, &opts, &btf, NULL)) /* which opening in earnest will say */
		return false;
	hdr = kbtf_header(btf);
	alone = hdr->str_len && !((const char *)kbtf_bytes(btf, NULL))[hdr->hdr_len + hdr->str_off];
	kbtf_free(btf);
	return !alone;
}

static int open_input(const struct merge *m, struct input *in, const char *path,
		      struct kbtf_merge_files_result *ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = path, .flags = KBTF_OPEN_BORROW };
	const void *bytes;
	size_t size;
	int err;

	err = kbtf_file_open_btf(path, &in->file, reterr);
	if (!err)
		err = kbtf_file_btf(in->file, &bytes, &size, reterr);
	if (err)
		return err;
	if (kbtf_file_kind(in->file) == KBTF_FILE_ELF &&
	    kbtf_file_has_section(in->file, ".BTF.base"))
		err = kbtf_fail(reterr, -EINVAL, "distilled",
				"it stands on its own .BTF.base: relocate it first");
	else if (stands_on_kernel(in->file, bytes, size) && !m->has_kernel)
		err = kbtf_fail(reterr, -EINVAL, "base-missing",
				"it stands on a kernel's BTF: name that with --base or --kernel");
	if (err) {
		kbtf_diag_in(reterr, path);
		return err;
	}
	if (stands_on_kernel(in->file, bytes, size))
		opts.base = m->kernel.btf;
	err = kbtf_open(bytes, size, &opts, &in->btf, reterr);
	if (err)
		return err;
	ret->nr_types_before += kbtf_nr_types(in->btf);
	ret->btf_bytes_before += size;
	return 0;
}

static int load_kernel(struct merge *m, struct kbtf_diag *reterr)
{
	const struct kbtf_merge_files_opts *opts = m->opts;
	int err;

	if (!opts->base && !opts->kernel && !opts->root)
		return 0;
	err = kbtf_kernel_init(&m->kernel, opts->base, opts->kernel, opts->root, reterr);
	if (!err)
		err = kbtf_kernel_load(&m->kernel, reterr);
	m->has_kernel = !err;
	return err;
}

static int merge(struct merge *m, struct kbtf_merge_files_result *ret, struct kbtf_diag *reterr)
{
	const struct kbtf **btfs;
	size_t i;
	int err = 0;

	btfs = kbtf_alloc_array(m->opts->nr_inputs, sizeof(const struct kbtf *));
	m->inputs = kbtf_zalloc_array(m->opts->nr_inputs, sizeof(*m->inputs));
	if (!btfs || !m->inputs)
		err = kbtf_fail_nomem(reterr);
	for (i = 0; i < m->opts->nr_inputs && !err; i++) {
		err = open_input(m, &m->inputs[i], m->opts->inputs[i], ret, reterr);
		btfs[i] = m->inputs[i].btf;
	}
	if (!err) {
		struct kbtf_merge_opts opts = { .base = m->kernel.btf, .label = m->opts->output };

		err = kbtf_merge(btfs, m->opts->nr_inputs, &opts, &m->merged, reterr);
	}
	free(btfs);
	return err;
}

static int save(const struct merge *m, struct kbtf_merge_files_result *ret,
		struct kbtf_diag *reterr)
{
	void *bytes;
	size_t size;
	int err;

	err = kbtf_store_check_over(m->opts->output, m->opts->inputs, m->opts->nr_inputs, reterr);
	if (!err)
		err = kbtf_store_check_over(m->opts->output, &m->opts->base, 1, reterr);
	if (err)
		return err;
	if (kbtf_write(m->merged, &bytes, &size))
		return kbtf_fail_nomem(reterr);
	err = kbtf_save(m->opts->output, bytes, size, NULL,
			m->opts->flags & KBTF_JOB_SYNC ? KBTF_SAVE_SYNC : 0, reterr);
	free(bytes);
	ret->nr_types_after = kbtf_nr_types(m->merged);
	ret->btf_bytes_after = size;
	return err;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int kbtf_merge_files(const struct kbtf_merge_files_opts *opts, struct kbtf_merge_files_result *ret,
		     struct kbtf_diag *reterr)
{
	struct merge m = { .opts = opts };
	double started = now();
	size_t i;
	int err;

	memset(ret, 0, sizeof(*ret));
	err = load_kernel(&m, reterr);
	if (!err)
		err = merge(&m, ret, reterr);
	if (!err)
		err = save(&m, ret, reterr);
	kbtf_free(m.merged);
	for (i = 0; m.inputs && i < opts->nr_inputs; i++) {
		kbtf_free(m.inputs[i].btf);
		kbtf_file_free(m.inputs[i].file);
	}
	free(m.inputs);
	kbtf_kernel_deinit(&m.kernel);
	ret->seconds = now() - started;
	return err;
}
