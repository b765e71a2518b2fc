// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel's file in; its roots, the sizes of its partitions and the files of one of them
 * out: found [find_roots], measured [measure], where compressing takes nearly all the
 * time, and written [write_files]. Measuring comes first, since writing renumbers ids.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kbtf/job.h>

#include "alloc.h"
#include "fail.h"
#include "kernel_ids.h"
#include "parallel.h"
#include "store.h"

struct partition_file {
	const struct kbtf_partition_opts *opts;
	struct kbtf_file *file, *btf_file; /* btf_file is NULL where the BTF is in file */
	struct kbtf *btf;
	struct kbtf_kernel_roots *roots;
	struct kbtf_kernel_ids ids;
};

const char *kbtf_partition_policy_name(enum kbtf_partition_policy policy)
{
	static const char *const names[] = { "nothing", "names", "closure" };

	return names[policy];
}

void kbtf_partition_report_deinit(struct kbtf_partition_report *report)
{
	struct partition_file *f = report->impl;

	if (f) {
		kbtf_kernel_ids_deinit(&f->ids);
		kbtf_kernel_roots_free(f->roots);
		kbtf_free(f->btf);
		kbtf_file_free(f->btf_file);
		kbtf_file_free(f->file);
		free(f);
	}
	memset(report, 0, sizeof(*report));
}

/* ---- Finding ------------------------------------------------------------ */

static int open_btf(struct partition_file *f, struct kbtf_diag *reterr)
{
	const struct kbtf_partition_opts *opts = f->opts;
	const struct kbtf_file *from;
	struct kbtf_open_opts open_opts = { .flags = KBTF_OPEN_BORROW };
	const void *bytes;
	size_t size;
	int err = 0;

	if (opts->btf_path)
		err = kbtf_file_open_btf(opts->btf_path, &f->btf_file, reterr);
	if (err)
		return err;
	from = f->btf_file ? f->btf_file : f->file;
	err = kbtf_file_btf(from, &bytes, &size, reterr);
	if (err)
		return err;
	open_opts.label = kbtf_file_label(from);
	return kbtf_open(bytes, size, &open_opts, &f->btf, reterr);
}

static int find_roots(struct partition_file *f, struct kbtf_diag *reterr)
{
	int err = kbtf_file_open(f->opts->path, &f->file, reterr);

	if (!err)
		err = open_btf(f, reterr);
	if (!err)
		err = kbtf_kernel_roots_new(f->btf, &f->roots, reterr);
	if (!err)
		err = kbtf_kernel_ids_init(&f->ids, f->file, f->btf, f->roots, reterr);
	return err ? err : kbtf_kernel_roots_add_named(f->roots, reterr);
}

static int tell_roots(const struct partition_file *f, struct kbtf_partition_report *ret,
		      struct kbtf_diag *reterr)
{
	enum kbtf_root_source source;
	size_t i, size;

	ret->path = f->opts->path;
	ret->form = kbtf_file_form(f->file);
	ret->btf = f->btf;
	ret->roots = f->roots;
	ret->has_symbols = f->ids.has_symbols;
	ret->is_resolved_here = f->ids.is_resolved_here;
	ret->nr_words = f->ids.nr_words;
	ret->whole.nr_types = kbtf_nr_types(f->btf);
	kbtf_bytes(f->btf, &size);
	ret->whole.bytes = size;
	for (i = 0; i < kbtf_kernel_roots_count(f->roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(f->roots, i);

		ret->nr_ids += root->source == KBTF_ROOT_ID;
		ret->nr_guesses += root->is_guess;
	}
	for (source = 0; source < KBTF_NR_ROOT_SOURCES; source++) {
		ret->nr_types_of[source] =
			kbtf_kernel_roots_count_types(f->roots, KBTF_ROOT_BIT(source));
		if (ret->nr_types_of[source] == UINT32_MAX)
			return kbtf_fail_nomem(reterr);
	}
	return 0;
}

/* ---- Writing ------------------------------------------------------------ */

static int write_bytes(const struct partition_file *f, const char *name, const void *bytes,
		       size_t size, struct kbtf_partition_report *ret, struct kbtf_diag *reterr)
{
	struct kbtf_job_opts opts = { .flags = f->opts->flags & KBTF_PARTITION_SYNC ? KBTF_JOB_SYNC
										    : 0 };
	size_t room = strlen(f->opts->output) + strlen(name) + 2;
	char *path = malloc(room);
	int err;

	if (!path)
		return kbtf_fail_nomem(reterr);
	snprintf(path, room, "%s/%s", f->opts->output, name);
	err = kbtf_store_check_over(path, &f->opts->path, 1, reterr);
	if (!err)
		err = kbtf_store_check_over(path, &f->opts->btf_path, 1, reterr);
	if (!err)
		err = kbtf_store_save(&opts, path, bytes, size, NULL, reterr);
	free(path);
	if (err)
		return err;
	ret->written[ret->nr_written].name = name;
	ret->written[ret->nr_written++].bytes = size;
	return 0;
}

static int write_btf(const struct partition_file *f, const char *name, const struct kbtf *btf,
		     struct kbtf_partition_report *ret, struct kbtf_diag *reterr)
{
	void *bytes;
	size_t size;
	int err;

	if (kbtf_write(btf, &bytes, &size))
		return kbtf_fail_nomem(reterr);
	err = write_bytes(f, name, bytes, size, ret, reterr);
	free(bytes);
	return err;
}

static int write_pair(struct partition_file *f, struct kbtf_partition_report *ret,
		      struct kbtf_diag *reterr)
{
	unsigned int sources = f->opts->sources | KBTF_ROOT_BIT(KBTF_ROOT_ID);
	struct kbtf_partition made = { 0 };
	struct kbtf *whole = NULL;
	const void *words;
	size_t size;
	int err;

	if (!f->ids.has_symbols) {
		kbtf_fail(reterr, -EINVAL, "ids-symbols-gone",
			  "its symbols were stripped, so .BTF_ids cannot be made to match: take "
			  "the vmlinux that has them");
		kbtf_diag_in(reterr, f->opts->path);
		return -EINVAL;
	}
	err = kbtf_partition(f->roots, sources, f->ids.ids, &made, reterr);
	if (!err)
		err = kbtf_partition_join(&made, &whole, reterr);
	if (!err)
		err = write_btf(f, "payload.btf", made.rest, ret, reterr);
	if (!err)
		err = write_btf(f, "whole.btf", whole, ret, reterr);
	if (!err) {
		words = kbtf_ids_bytes(f->ids.ids, &size);
		err = write_bytes(f, "BTF_ids", words, size, ret, reterr);
	}
	if (!err)
		err = write_btf(f, "base.btf", made.base, ret, reterr);
	kbtf_free(whole);
	kbtf_partition_deinit(&made);
	return err;
}

static int write_files(struct partition_file *f, struct kbtf_partition_report *ret,
		       struct kbtf_diag *reterr)
{
	switch (f->opts->policy) {
	case KBTF_PARTITION_NOTHING:
		return write_btf(f, "payload.btf", f->btf, ret, reterr);
	case KBTF_PARTITION_CLOSURE:
		return write_pair(f, ret, reterr);
	default:
		return kbtf_fail(reterr, -EINVAL, "policy",
				 "parts by the policy %s are measured, not written",
				 kbtf_partition_policy_name(f->opts->policy));
	}
}

/* ---- Measuring ---------------------------------------------------------- */

struct measuring {
	const struct partition_file *f;
	struct kbtf_partition_report *ret;
	pthread_mutex_t lock;
	size_t nr_done;
	int err; /* the first */
	struct kbtf_diag why;
};

static int compressed_size(const struct kbtf *btf, enum kbtf_compression how, uint64_t *ret,
			   struct kbtf_diag *reterr)
{
	size_t size, made_size;
	void *bytes, *made;
	int err;

	if (kbtf_write(btf, &bytes, &size))
		return kbtf_fail_nomem(reterr);
	err = kbtf_compress(how, bytes, size, &made, &made_size, reterr);
	free(bytes);
	if (err == -EOPNOTSUPP) /* this build cannot */
		return 0;
	if (err)
		return err;
	free(made);
	*ret = made_size;
	return 0;
}

static int measure_part(const struct measuring *m, const struct kbtf *btf,
			struct kbtf_part_size *ret, struct kbtf_diag *reterr)
{
	size_t size;
	int err = 0;

	kbtf_bytes(btf, &size);
	ret->nr_types = kbtf_nr_types(btf);
	ret->bytes = size;
	if (!(m->f->opts->flags & KBTF_PARTITION_COMPRESS))
		return 0;
	err = compressed_size(btf, KBTF_XZ, &ret->xz_bytes, reterr);
	return err ? err : compressed_size(btf, KBTF_ZSTD, &ret->zstd_bytes, reterr);
}

static int measure_names(const struct measuring *m, struct kbtf_partition_row *row,
			 struct kbtf_diag *reterr)
{
	struct kbtf *base;
	int err = kbtf_partition_names(m->f->roots, row->sources, &base, reterr);

	if (err)
		return err;
	err = measure_part(m, base, &row->mandatory, reterr);
	kbtf_free(base);
	return err;
}

static int measure_closure(const struct measuring *m, struct kbtf_partition_row *row,
			   struct kbtf_diag *reterr)
{
	struct kbtf_partition made;
	int err = kbtf_partition(m->f->roots, row->sources, NULL, &made, reterr);

	if (err)
		return err;
	err = measure_part(m, made.base, &row->mandatory, reterr);
	if (!err)
		err = measure_part(m, made.rest, &row->payload, reterr);
	kbtf_partition_deinit(&made);
	return err;
}

static void measure_row(void *ctx, unsigned int thread, size_t i)
{
	struct measuring *m = ctx;
	struct kbtf_partition_row *row = &m->ret->rows[i];
	struct kbtf_diag why;
	int err;

	(void)thread;
	if (row->policy == KBTF_PARTITION_NOTHING)
		err = measure_part(m, m->f->btf, &m->ret->whole, &why);
	else if (row->policy == KBTF_PARTITION_NAMES)
		err = measure_names(m, row, &why);
	else
		err = measure_closure(m, row, &why);
	pthread_mutex_lock(&m->lock);
	if (err && !m->err) {
		m->err = err;
		m->why = why;
	}
	if (m->f->opts->progress)
		m->f->opts->progress(m->f->opts->ctx, ++m->nr_done, m->ret->nr_rows);
	pthread_mutex_unlock(&m->lock);
}

/* Rows in the order of enum kbtf_partition_policy; within one, fewer roots first. */
static void lay_out_rows(struct kbtf_partition_report *ret)
{
	static const unsigned int besides_ids[] = {
		0,
		KBTF_ROOT_BIT(KBTF_ROOT_PERCPU),
		KBTF_ROOTS_BY_NAME,
		KBTF_ROOT_BIT(KBTF_ROOT_PERCPU) | KBTF_ROOTS_BY_NAME,
	};
	enum kbtf_partition_policy policy;
	size_t i;

	ret->rows[ret->nr_rows++].policy = KBTF_PARTITION_NOTHING;
	for (policy = KBTF_PARTITION_NAMES; policy < KBTF_NR_PARTITION_POLICIES; policy++) {
		for (i = 0; i < sizeof(besides_ids) / sizeof(*besides_ids); i++) {
			ret->rows[ret->nr_rows].policy = policy;
			ret->rows[ret->nr_rows++].sources =
				KBTF_ROOT_BIT(KBTF_ROOT_ID) | besides_ids[i];
		}
	}
}

static int measure(const struct partition_file *f, struct kbtf_partition_report *ret,
		   struct kbtf_diag *reterr)
{
	struct measuring m = { .f = f, .ret = ret, .lock = PTHREAD_MUTEX_INITIALIZER };
	size_t i;

	lay_out_rows(ret);
	kbtf_parallel(f->opts->nr_threads ? f->opts->nr_threads : kbtf_nr_cpus(), ret->nr_rows,
		      measure_row, &m);
	pthread_mutex_destroy(&m.lock);
	for (i = 0; i < ret->nr_rows; i++)
		if (ret->rows[i].policy != KBTF_PARTITION_CLOSURE)
			ret->rows[i].payload = ret->whole;
	if (m.err && reterr)
		*reterr = m.why;
	return m.err;
}

/* ---- All of it ---------------------------------------------------------- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int kbtf_partition_file(const struct kbtf_partition_opts *opts, struct kbtf_partition_report *ret,
			struct kbtf_diag *reterr)
{
	double started = now();
	struct partition_file *f = calloc(1, sizeof(*f));
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!f)
		return kbtf_fail_nomem(reterr);
	ret->impl = f;
	f->opts = opts;
	err = find_roots(f, reterr);
	if (!err)
		err = tell_roots(f, ret, reterr);
	if (!err && opts->flags & KBTF_PARTITION_MEASURE)
		err = measure(f, ret, reterr);
	if (!err && opts->output)
		err = write_files(f, ret, reterr);
	ret->seconds = now() - started;
	return err;
}
