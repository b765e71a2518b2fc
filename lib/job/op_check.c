// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Checking: would the module's BTF hold on this kernel, and why not. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "task.h"

/* Whether the kernel has, byte for byte, the BTF that plain split BTF was built on. */
static bool is_same_base(const struct kbtf_job *job)
{
	size_t size, old_size;
	const void *bytes = kbtf_bytes(job->kernel.btf, &size);
	const void *old_bytes = kbtf_bytes(job->old_kernel.btf, &old_size);

	return size == old_size && !memcmp(bytes, old_bytes, size);
}

static int check_same(const struct kbtf_job *job, struct kbtf_subject *s,
		      struct kbtf_record *record, struct kbtf_diag *reterr)
{
	int err = kbtf_kernel_check_origin(&job->old_kernel, s->file, reterr);

	if (!err)
		err = kbtf_subject_parse(s, job->kernel.btf, reterr);
	if (err)
		return err;
	record->result.nr_types = kbtf_nr_types(s->split);
	record->result.verdict = KBTF_SAME;
	return 0;
}

static int judge(const struct kbtf_job *job, struct kbtf_subject *s, struct kbtf_record *record,
		 struct kbtf_diag *reterr)
{
	struct kbtf_relocate_opts opts = {
		.old_base = job->old_kernel.target,
		.finding = kbtf_record_finding,
		.note = kbtf_record_note,
		.ctx = record,
	};
	enum kbtf_verdict verdict;
	struct kbtf_demand demand;
	struct kbtf_diag why;
	int err;

	err = kbtf_demand_init(&demand, job, s, record, reterr);
	if (err)
		return err;
	opts.embedded = demand.embedded;
	opts.ids = s->ids_words;
	err = kbtf_judge(demand.split, job->kernel.target, &opts, &verdict, &why);
	kbtf_demand_deinit(&demand);
	if (err) {
		if (reterr)
			*reterr = why;
		return err;
	}
	record->result.verdict = verdict;
	if (verdict == KBTF_REFUSED)
		kbtf_record_fail(record, &why);
	else if (verdict == KBTF_DRIFTS)
		kbtf_record_why(record, &why);
	if (verdict == KBTF_DRIFTS && job->opts.flags & KBTF_JOB_STRICT)
		record->result.outcome = KBTF_OUT_REFUSED;
	return 0;
}

/* A kernel would take its small ids for those of its own types, and its types for who knows what.
 */
static int refuse_standalone(const struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err || !is_bare)
		return err;
	return kbtf_fail(
		reterr, -EINVAL, "standalone",
		"it stands alone, and a kernel would take its ids for those of the kernel's "
		"types: `kbtf standalone` gives it a .BTF.base, or with --to-split puts it on "
		"the kernel");
}

int kbtf_op_check(const struct kbtf_job *job, struct kbtf_subject *s,
		  const struct kbtf_plan_file *where, struct kbtf_record *record,
		  struct kbtf_diag *reterr)
{
	int err;

	(void)where;
	/* What cannot even be read is refused, until it is found to be better. */
	record->result.verdict = KBTF_REFUSED;
	err = refuse_standalone(s, reterr);
	if (err)
		return err;
	if (!s->base.data && job->has_old_kernel && is_same_base(job))
		return check_same(job, s, record, reterr);
	err = judge(job, s, record, reterr);
	if (err == -ENODATA) {
		record->result.verdict = KBTF_CANNOT_TELL;
		kbtf_record_fail(record, reterr);
		record->result.outcome = KBTF_OUT_CANNOT_TELL;
		err = 0;
	}
	return err;
}
