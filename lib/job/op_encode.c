// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Encoding: a file with debug information in, the same with BTF out, or the BTF alone;
 * split BTF on the kernel that is named, if one is, and distilled or standalone if that is
 * asked for.
 *
 * A file is read twice where it is written again: the first time only what has to do with
 * types, and of that no more at a time than is worked on, since a kernel's debug
 * information is a hundred times what comes out.
 */
#include <errno.h>
#include <stdbool.h>

#include <kbtf/encode.h>
#include <kbtf/module.h>

#include "dwarf_input.h"
#include "fail.h"
#include "store.h"
#include "task.h"

struct encoding {
	struct kbtf *btf;
	struct kbtf_distilled distilled;
	struct kbtf_standalone standalone;
	struct kbtf *embedded;
	/* for .BTF and .BTF.base, of the above; the latter may be NULL */
	const struct kbtf *split, *base;
	bool is_linked; /* kbtf_store_is_linked() */
};

static void encoding_deinit(struct encoding *e)
{
	kbtf_distilled_deinit(&e->distilled);
	kbtf_standalone_deinit(&e->standalone);
	kbtf_free(e->embedded);
	kbtf_free(e->btf);
}

/* One file may have all threads, and of many each has one. */
static unsigned int nr_threads(const struct kbtf_job *job)
{
	return job->plan.nr > 1 ? 1 : job->opts.nr_threads;
}

static int encode(const struct kbtf_job *job, const char *path, struct encoding *ret,
		  struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_encode_opts opts = {
		.base = job->opts.flags & KBTF_JOB_ALONE ? NULL : job->kernel.btf,
		.label = ".BTF",
		.features = job->opts.features,
		.max_memory = job->opts.max_memory,
		.nr_threads = nr_threads(job),
	};
	struct kbtf_encode_stats stats;
	struct kbtf_dwarf_input input;
	struct kbtf_file *file;
	size_t size;
	int err;

	err = kbtf_file_open_debug(path, &file, reterr);
	if (err)
		return err;
	kbtf_file_bytes(file, &size);
	record->result.file_bytes_before = size;
	ret->is_linked = kbtf_store_is_linked(&job->opts, file);
	err = kbtf_kernel_check_origin(&job->kernel, file, reterr);
	if (!err)
		err = kbtf_dwarf_input_init(&input, file, reterr);
	if (!err) {
		err = kbtf_encode(&input.in, &opts, &ret->btf, &stats, reterr);
		kbtf_dwarf_input_deinit(&input);
	}
	kbtf_file_free(file);
	if (!err)
		record->result.nr_types =
			(uint32_t)(stats.nr_types > UINT32_MAX ? UINT32_MAX : stats.nr_types);
	return err;
}

static int distill(struct encoding *e, struct kbtf_diag *reterr)
{
	int err = kbtf_distill(e->btf, NULL, &e->distilled, reterr);

	if (err)
		return err;
	e->split = e->distilled.split;
	e->base = e->distilled.base;
	return kbtf_embedded(&e->distilled, kbtf_base(e->btf), &e->embedded, reterr);
}

static int stand_alone(struct encoding *e, struct kbtf_diag *reterr)
{
	int err = kbtf_standalone(e->btf, 0, NULL, &e->standalone, reterr);

	if (err)
		return err;
	e->split = e->standalone.btf;
	e->base = e->standalone.base;
	return 0;
}

/* A .BTF.base is for kernels that read it; for others .BTF is left as it was encoded. */
static int give_base(const struct kbtf_job *job, struct encoding *e, struct kbtf_diag *reterr)
{
	unsigned int flags = job->opts.flags;

	e->split = e->btf;
	if (flags & KBTF_JOB_AS_KERNEL_READS && job->has_kernel &&
	    !kbtf_kernel_relocates(job->kernel.btf))
		return 0;
	if (flags & KBTF_JOB_ALONE)
		return stand_alone(e, reterr);
	return flags & KBTF_JOB_DISTILLED ? distill(e, reterr) : 0;
}

/* Of vmlinux, which has hundreds of megabytes or more, no more is read than there is to know. */
static int store_linked(const struct kbtf_job *job, const struct kbtf_product *product,
			const struct kbtf_plan_file *where, struct kbtf_record *record,
			struct kbtf_diag *reterr)
{
	struct kbtf_file *file;
	int err = kbtf_file_open_btf(where->path, &file, reterr);

	if (err)
		return err;
	err = kbtf_store_linked(&job->opts, file, product, where, &record->result, reterr);
	kbtf_file_free(file);
	return err;
}

static int store(const struct kbtf_job *job, const struct encoding *e,
		 const struct kbtf_plan_file *where, struct kbtf_record *record,
		 struct kbtf_diag *reterr)
{
	struct kbtf_product product = { 0 };
	struct kbtf_subject subject;
	int err;

	err = kbtf_product_add(&product, &product.btf, e->split);
	if (!err)
		err = kbtf_product_add(&product, &product.base, e->base);
	if (!err)
		err = kbtf_product_add(&product, &product.embedded, e->embedded);
	if (err) {
		kbtf_product_deinit(&product);
		return kbtf_fail_nomem(reterr);
	}
	if (job->opts.flags & KBTF_JOB_RAW) {
		err = kbtf_store_raw(&job->opts, &product, where, &record->result, reterr);
	} else if (e->is_linked) {
		err = store_linked(job, &product, where, record, reterr);
	} else {
		err = kbtf_subject_init(&subject, where->path, reterr);
		if (!err) {
			err = kbtf_store_check(&job->opts, &subject, where, reterr);
			if (!err)
				err = kbtf_store(&job->opts, &subject, &product, where,
						 job->plan.to_one_file, &record->result, reterr);
			kbtf_subject_deinit(&subject);
		}
	}
	if (!err) {
		record->result.nr_types_after = kbtf_nr_types(e->split);
		record->result.nr_base_types = e->base ? kbtf_nr_types(e->base) : 0;
		record->result.base_bytes = product.base.size;
		record->result.nr_embedded_types = e->embedded ? kbtf_nr_types(e->embedded) : 0;
		record->result.embedded_bytes = product.embedded.size;
	}
	kbtf_product_deinit(&product);
	return err;
}

int kbtf_op_encode(const struct kbtf_job *job, const struct kbtf_plan_file *where,
		   struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct encoding e = { 0 };
	int err;

	err = encode(job, where->path, &e, record, reterr);
	if (!err)
		err = give_base(job, &e, reterr);
	if (!err)
		err = store(job, &e, where, record, reterr);
	encoding_deinit(&e);
	return err;
}
