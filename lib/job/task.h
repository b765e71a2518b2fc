/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_TASK_H
#define KBTF_JOB_TASK_H

#include "kernel.h"
#include "plan.h"
#include "record.h"
#include "subject.h"

struct kbtf_job {
	struct kbtf_job_opts opts;
	struct kbtf_plan plan;
	bool has_kernel, has_old_kernel;
	struct kbtf_kernel kernel;     /* to work with */
	struct kbtf_kernel old_kernel; /* that modules were built on */
};

/*
 * The operations: what one does with a file that has BTF. They fill in the record,
 * whose outcome is KBTF_OUT_DONE unless they say otherwise; an error that they
 * return becomes its outcome and reason. They only read the job, so any number of
 * them may run at a time.
 */
typedef int kbtf_operation_fn(const struct kbtf_job *job, struct kbtf_subject *subject,
			      const struct kbtf_plan_file *where, struct kbtf_record *record,
			      struct kbtf_diag *reterr);

/* op_encode.c: as an operation, on a file that has no BTF yet. */
int kbtf_op_encode(const struct kbtf_job *job, const struct kbtf_plan_file *where,
		   struct kbtf_record *record, struct kbtf_diag *reterr);

kbtf_operation_fn kbtf_op_distill;    /* op_distill.c */
kbtf_operation_fn kbtf_op_relocate;   /* op_relocate.c */
kbtf_operation_fn kbtf_op_check;      /* op_check.c */
kbtf_operation_fn kbtf_op_verify;     /* op_verify.c */
kbtf_operation_fn kbtf_op_extract;    /* op_extract.c */
kbtf_operation_fn kbtf_op_standalone; /* op_standalone.c */
kbtf_operation_fn kbtf_op_ids;	      /* op_ids.c */

/* op_standalone.c: put standalone BTF on the job's kernel; refuse any other. */
kbtf_operation_fn kbtf_op_to_split;

/* op_distill.c: ids in lists are the module's own business, which nobody renumbers when it is
 * loaded. */
void kbtf_note_id_lists(const struct kbtf_subject *subject, struct kbtf_record *record);

/* What a module asks of a kernel, read from its .BTF.base or made of its old base. */
struct kbtf_demand {
	const struct kbtf *split;    /* on a distilled base */
	const struct kbtf *embedded; /* NULL where nothing is, or it is not known */
	struct kbtf_distilled made;
	struct kbtf *made_embedded;
};

/*
 * op_distill.c: parse the subject and get what it asks of a kernel; its ids are
 * those of the distilled base after that. Returns 0, -ENODATA [base-missing] where it
 * has no .BTF.base and the job knows no old kernel, or what parsing and
 * distilling say.
 */
int kbtf_demand_init(struct kbtf_demand *demand, const struct kbtf_job *job,
		     struct kbtf_subject *subject, struct kbtf_record *record,
		     struct kbtf_diag *reterr);
void kbtf_demand_deinit(struct kbtf_demand *demand);

#endif
