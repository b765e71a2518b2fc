// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Relocating: a module that says what it asks of a kernel in, or one that asks
 * nothing, and a module on this kernel out. It is plain split BTF then, as if built
 * there: the kernel that loads it has nothing to relocate.
 */
#include <errno.h>
#include <stdlib.h>

#include "fail.h"
#include "store.h"
#include "task.h"

static int store(const struct kbtf_job *job, const struct kbtf_subject *s,
		 const struct kbtf *relocated, const struct kbtf_plan_file *where,
		 struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_product product = { 0 };
	int err;

	if (kbtf_product_add(&product, &product.btf, relocated))
		return kbtf_fail_nomem(reterr);
	record->result.nr_types_after = kbtf_nr_types(relocated);
	if (s->ids_words)
		product.ids.data = kbtf_ids_bytes(s->ids_words, &product.ids.size);
	err = kbtf_store(&job->opts, s, &product, where, job->plan.to_one_file, &record->result,
			 reterr);
	kbtf_product_deinit(&product);
	return err;
}

int kbtf_op_relocate(const struct kbtf_job *job, struct kbtf_subject *s,
		     const struct kbtf_plan_file *where, struct kbtf_record *record,
		     struct kbtf_diag *reterr)
{
	struct kbtf_relocate_opts opts = {
		.flags = job->opts.flags & KBTF_JOB_STRICT ? KBTF_RELOCATE_STRICT : 0,
		.old_base = job->old_kernel.target,
		.finding = kbtf_record_finding,
		.note = kbtf_record_note,
		.ctx = record,
	};
	struct kbtf *relocated = NULL;
	struct kbtf_demand demand;
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err)
		return err;
	if (is_bare)
		return kbtf_op_to_split(job, s, where, record, reterr);
	err = kbtf_store_check(&job->opts, s, where, reterr);
	if (!err)
		err = kbtf_demand_init(&demand, job, s, record, reterr);
	if (err)
		return err;
	opts.embedded = demand.embedded;
	opts.ids = s->ids_words;
	err = kbtf_relocate(demand.split, job->kernel.target, &opts, &relocated, reterr);
	if (!err)
		err = store(job, s, relocated, where, record, reterr);
	kbtf_free(relocated);
	kbtf_demand_deinit(&demand);
	return err;
}
