// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Distilling: a module and the kernel it was built on in, a module that relocates
 * out. The other operations distill in memory, where a module was not
 * [kbtf_demand_init].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "store.h"
#include "task.h"

static size_t size_of(const struct kbtf *btf)
{
	size_t size = 0;

	if (btf)
		kbtf_bytes(btf, &size);
	return size;
}

static int distill(const struct kbtf *base, struct kbtf_subject *s, struct kbtf_demand *demand,
		   struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_job_result *result = &record->result;
	int err;

	err = kbtf_subject_parse(s, base, reterr);
	if (err)
		return err;
	result->nr_types = kbtf_nr_types(s->split);
	result->nr_ids = s->ids_words ? kbtf_ids_count(s->ids_words) : 0;
	err = kbtf_distill(s->split, s->ids_words, &demand->made, reterr);
	if (!err)
		err = kbtf_embedded(&demand->made, base, &demand->made_embedded, reterr);
	if (err)
		return err;
	demand->split = demand->made.split;
	demand->embedded = demand->made_embedded;
	result->nr_types_after = kbtf_nr_types(demand->made.split);
	result->nr_base_types = kbtf_nr_types(demand->made.base);
	result->base_bytes = size_of(demand->made.base);
	if (demand->embedded)
		result->nr_embedded_types = kbtf_nr_types(demand->embedded);
	result->embedded_bytes = size_of(demand->embedded);
	return 0;
}

/* The module has been distilled: its own sections say what it asks. */
static int read_distilled(struct kbtf_subject *s, struct kbtf_demand *demand,
			  struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_job_result *result = &record->result;
	int err = kbtf_subject_parse(s, NULL, reterr);

	if (err)
		return err;
	demand->split = s->split;
	demand->embedded = s->embedded_btf;
	result->nr_types = kbtf_nr_types(s->split);
	result->nr_ids = s->ids_words ? kbtf_ids_count(s->ids_words) : 0;
	result->nr_base_types = kbtf_nr_types(s->own_base);
	result->base_bytes = s->base.size;
	if (s->embedded_btf)
		result->nr_embedded_types = kbtf_nr_types(s->embedded_btf);
	result->embedded_bytes = s->embedded.size;
	return 0;
}

int kbtf_demand_init(struct kbtf_demand *demand, const struct kbtf_job *job, struct kbtf_subject *s,
		     struct kbtf_record *record, struct kbtf_diag *reterr)
{
	int err;

	memset(demand, 0, sizeof(*demand));
	if (s->base.data)
		return read_distilled(s, demand, record, reterr);
	if (!job->has_old_kernel)
		return kbtf_fail(reterr, -ENODATA, "base-missing",
				 "no .BTF.base, and the kernel it was built on is not named: use "
				 "--old-base or "
				 "--old-kernel");
	err = kbtf_kernel_check_origin(&job->old_kernel, s->file, reterr);
	if (!err)
		err = distill(job->old_kernel.btf, s, demand, record, reterr);
	if (err)
		kbtf_demand_deinit(demand);
	return err;
}

void kbtf_demand_deinit(struct kbtf_demand *demand)
{
	kbtf_distilled_deinit(&demand->made);
	kbtf_free(demand->made_embedded);
	memset(demand, 0, sizeof(*demand));
}

static int store(const struct kbtf_job *job, const struct kbtf_subject *s,
		 const struct kbtf_demand *demand, const struct kbtf_plan_file *where,
		 struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_product product = { 0 };
	int err;

	err = kbtf_product_add(&product, &product.btf, demand->made.split);
	if (!err)
		err = kbtf_product_add(&product, &product.base, demand->made.base);
	if (!err)
		err = kbtf_product_add(&product, &product.embedded, demand->embedded);
	if (s->ids_words)
		product.ids.data = kbtf_ids_bytes(s->ids_words, &product.ids.size);
	err = err ? kbtf_fail_nomem(reterr)
		  : kbtf_store(&job->opts, s, &product, where, job->plan.to_one_file,
			       &record->result, reterr);
	kbtf_product_deinit(&product);
	return err;
}

void kbtf_note_id_lists(const struct kbtf_subject *s, struct kbtf_record *record)
{
	uint32_t i;

	for (i = 0; s->ids_words && i < kbtf_ids_count(s->ids_words); i++) {
		struct kbtf_diag diag;

		if (!kbtf_ids_get(s->ids_words, i) || kbtf_ids_is_in_set(s->ids_words, i))
			continue;
		kbtf_fail(&diag, -EINVAL, "ids-list",
			  "%.100s is in a list, not in a set: it is right when loaded only if the "
			  "module has the kernel relocate it",
			  kbtf_ids_name(s->ids_words, i));
		kbtf_diag_in(&diag, ".BTF_ids");
		kbtf_record_note(record, &diag);
	}
}

static int refuse_standalone(const struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err || !is_bare)
		return err;
	return kbtf_fail(
		reterr, -EINVAL, "standalone",
		"it stands alone, so there is nothing to distill: `kbtf standalone` gives it "
		"a .BTF.base");
}

int kbtf_op_distill(const struct kbtf_job *job, struct kbtf_subject *s,
		    const struct kbtf_plan_file *where, struct kbtf_record *record,
		    struct kbtf_diag *reterr)
{
	struct kbtf_demand demand = { 0 };
	int err;

	if (s->base.data) {
		record->result.outcome = KBTF_OUT_ALREADY;
		return 0;
	}
	err = kbtf_store_check(&job->opts, s, where, reterr);
	if (!err)
		err = refuse_standalone(s, reterr);
	if (!err)
		err = kbtf_kernel_check_origin(&job->kernel, s->file, reterr);
	if (!err)
		err = distill(job->kernel.btf, s, &demand, record, reterr);
	if (!err)
		err = store(job, s, &demand, where, record, reterr);
	if (!err)
		kbtf_note_id_lists(s, record);
	kbtf_demand_deinit(&demand);
	return err;
}
