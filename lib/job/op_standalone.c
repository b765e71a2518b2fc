// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Standalone: a module and the kernel it was built on in, a module whose BTF refers
 * to nothing but itself out; or, with KBTF_JOB_TO_SPLIT, such a module and any kernel
 * in, split BTF on that kernel out.
 *
 *   what comes in            what is done with it
 *   split                    made standalone
 *   split on .BTF.base       relocated onto the kernel first
 *   standalone               put on a .BTF.base or taken off it, unless it is as asked
 */
#include <errno.h>

#include "fail.h"
#include "store.h"
#include "task.h"

/* .BTF.embedded tells of what a kernel may have changed; for BTF made here nothing can. */
static int store(const struct kbtf_job *job, const struct kbtf_subject *s, const struct kbtf *btf,
		 const struct kbtf *base, const struct kbtf_plan_file *where,
		 struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_product product = { 0 };
	int err;

	err = kbtf_product_add(&product, &product.btf, btf);
	if (!err)
		err = kbtf_product_add(&product, &product.base, base);
	if (s->ids_words)
		product.ids.data = kbtf_ids_bytes(s->ids_words, &product.ids.size);
	err = err ? kbtf_fail_nomem(reterr)
		  : kbtf_store(&job->opts, s, &product, where, job->plan.to_one_file,
			       &record->result, reterr);
	if (!err) {
		record->result.nr_types_after = kbtf_nr_types(btf);
		record->result.nr_base_types = base ? kbtf_nr_types(base) : 0;
		record->result.base_bytes = product.base.size;
	}
	kbtf_product_deinit(&product);
	return err;
}

static void count(const struct kbtf_subject *s, struct kbtf_record *record)
{
	record->result.nr_types = kbtf_nr_types(s->split);
	record->result.nr_ids = s->ids_words ? kbtf_ids_count(s->ids_words) : 0;
}

/* Parse the module on the kernel that it was built on; *ret_relocated is NULL or to be freed. */
static int parse_on_kernel(const struct kbtf_job *job, struct kbtf_subject *s,
			   struct kbtf_record *record, struct kbtf **ret_relocated,
			   struct kbtf_diag *reterr)
{
	struct kbtf_relocate_opts opts = { .finding = kbtf_record_finding, .ctx = record };
	int err = kbtf_kernel_check_origin(&job->kernel, s->file, reterr);

	if (!err)
		err = kbtf_subject_parse(s, job->kernel.btf, reterr);
	if (err || !s->base.data)
		return err;
	opts.ids = s->ids_words;
	opts.embedded = s->embedded_btf;
	return kbtf_relocate(s->split, job->kernel.target, &opts, ret_relocated, reterr);
}

static int make(const struct kbtf_job *job, struct kbtf_subject *s, bool is_standalone,
		struct kbtf_record *record, struct kbtf_standalone *ret, struct kbtf_diag *reterr)
{
	unsigned int flags = (job->opts.flags & KBTF_JOB_BARE ? KBTF_STANDALONE_BARE : 0) |
			     (job->opts.flags & KBTF_JOB_NAMES ? KBTF_STANDALONE_NAMES : 0);
	struct kbtf *relocated = NULL;
	int err;

	err = is_standalone ? kbtf_subject_parse(s, NULL, reterr)
			    : parse_on_kernel(job, s, record, &relocated, reterr);
	if (!err) {
		count(s, record);
		err = kbtf_standalone(relocated ? relocated : s->split, flags, s->ids_words, ret,
				      reterr);
	}
	kbtf_free(relocated);
	return err;
}

/* It is in the form that was asked for; what it is made of is still told. */
static int leave_alone(struct kbtf_subject *s, struct kbtf_record *record, struct kbtf_diag *reterr)
{
	int err = kbtf_subject_parse(s, NULL, reterr);

	if (err)
		return err;
	count(s, record);
	record->result.nr_base_types = s->own_base ? kbtf_nr_types(s->own_base) : 0;
	record->result.base_bytes = s->base.size;
	record->result.outcome = KBTF_OUT_ALREADY;
	return 0;
}

int kbtf_op_to_split(const struct kbtf_job *job, struct kbtf_subject *s,
		     const struct kbtf_plan_file *where, struct kbtf_record *record,
		     struct kbtf_diag *reterr)
{
	struct kbtf *split = NULL;
	int err;

	err = kbtf_store_check(&job->opts, s, where, reterr);
	if (!err)
		err = kbtf_subject_check_standalone(s, reterr);
	if (!err)
		err = kbtf_subject_parse(s, NULL, reterr);
	if (err)
		return err;
	count(s, record);
	err = kbtf_standalone_to_split(s->split, job->kernel.btf, s->ids_words, &split, reterr);
	if (!err)
		err = store(job, s, split, NULL, where, record, reterr);
	kbtf_free(split);
	return err;
}

int kbtf_op_standalone(const struct kbtf_job *job, struct kbtf_subject *s,
		       const struct kbtf_plan_file *where, struct kbtf_record *record,
		       struct kbtf_diag *reterr)
{
	bool bare = job->opts.flags & KBTF_JOB_BARE, is_standalone;
	struct kbtf_standalone made = { 0 };
	int err;

	if (job->opts.flags & KBTF_JOB_TO_SPLIT)
		return kbtf_op_to_split(job, s, where, record, reterr);
	err = kbtf_subject_check_standalone(s, reterr);
	if (err == -ENOMEM)
		return err;
	is_standalone = !err;
	if (is_standalone && bare == !s->base.data)
		return leave_alone(s, record, reterr);
	err = kbtf_store_check(&job->opts, s, where, reterr);
	if (!err)
		err = make(job, s, is_standalone, record, &made, reterr);
	if (!err)
		err = store(job, s, made.btf, made.base, where, record, reterr);
	if (!err)
		kbtf_note_id_lists(s, record);
	kbtf_standalone_deinit(&made);
	return err;
}
