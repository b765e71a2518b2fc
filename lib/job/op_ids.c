// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Resolving ids: a file as its linker left it in, with BTF, the same with ids in .BTF_ids
 * out. What is missing is told, and what a kernel would say of the kfuncs; with
 * KBTF_JOB_STRICT each of it is a refusal.
 */
#include <errno.h>

#include <kbtf/kfunc.h>

#include "fail.h"
#include "store.h"
#include "task.h"

static int parse(const struct kbtf_job *job, struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	const struct kbtf *base = job->has_kernel ? job->kernel.btf : NULL;
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err)
		return err;
	if (!is_bare && !s->base.data && !base)
		return kbtf_fail(reterr, -EINVAL, "base-missing",
				 "its BTF stands on that of its kernel: name that with --base or "
				 "--kernel");
	if (!is_bare && !s->base.data) {
		err = kbtf_kernel_check_origin(&job->kernel, s->file, reterr);
		if (err)
			return err;
	}
	return kbtf_subject_parse(s, is_bare ? NULL : base, reterr);
}

/* In front of what is warned of a word stands its section. */
static void on_warning(void *ctx, const struct kbtf_diag *diag)
{
	struct kbtf_diag placed = *diag;

	if (!*placed.place)
		kbtf_diag_in(&placed, ".BTF_ids");
	kbtf_record_finding(ctx, &placed);
}

/* *ret_nr gets the number of warnings and findings. */
static int resolve(struct kbtf_subject *s, struct kbtf_record *record,
		   struct kbtf_ids_resolved *ret, size_t *ret_nr, struct kbtf_diag *reterr)
{
	int err;

	err = kbtf_ids_resolve(s->ids_words, s->split, on_warning, record, ret, reterr);
	if (err) {
		kbtf_diag_in(reterr, ".BTF_ids");
		return err;
	}
	if (kbtf_kfuncs_check(s->ids_words, s->split, kbtf_record_finding, record, ret_nr))
		return kbtf_fail_nomem(reterr);
	*ret_nr += ret->nr_missing + ret->nr_ambiguous;
	return 0;
}

static int store(const struct kbtf_job *job, const struct kbtf_subject *s,
		 const struct kbtf_plan_file *where, struct kbtf_record *record,
		 struct kbtf_diag *reterr)
{
	struct kbtf_product product = { .btf = s->btf, .base = s->base, .embedded = s->embedded };

	product.ids.data = kbtf_ids_bytes(s->ids_words, &product.ids.size);
	return kbtf_store(&job->opts, s, &product, where, job->plan.to_one_file, &record->result,
			  reterr);
}

int kbtf_op_ids(const struct kbtf_job *job, struct kbtf_subject *s,
		const struct kbtf_plan_file *where, struct kbtf_record *record,
		struct kbtf_diag *reterr)
{
	struct kbtf_ids_resolved resolved;
	size_t nr;
	int err;

	if (!s->ids.data) {
		record->result.outcome = KBTF_OUT_ALREADY;
		return 0;
	}
	err = parse(job, s, reterr);
	if (!err)
		err = resolve(s, record, &resolved, &nr, reterr);
	if (err)
		return err;
	record->result.nr_types = record->result.nr_types_after = kbtf_nr_types(s->split);
	record->result.nr_ids = resolved.nr_ids;
	if (job->opts.flags & KBTF_JOB_STRICT && nr)
		return kbtf_fail(reterr, -EINVAL, "ids-strict",
				 "%u ids missing, %u ambiguous, %zu kfuncs that no kernel takes",
				 resolved.nr_missing, resolved.nr_ambiguous,
				 nr - resolved.nr_missing - resolved.nr_ambiguous);
	if (!resolved.is_changed) {
		record->result.outcome = KBTF_OUT_ALREADY;
		return 0;
	}
	err = kbtf_store_check(&job->opts, s, where, reterr);
	return err ? err : store(job, s, where, record, reterr);
}
