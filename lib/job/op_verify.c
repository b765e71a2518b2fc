// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Verifying: is the BTF sound, and what would a kernel say of it. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "task.h"

struct listener {
	struct kbtf_record *record;
	const char *place; /* of findings that name none */
};

static void finding(void *ctx, const struct kbtf_diag *diag)
{
	struct listener *listener = ctx;
	struct kbtf_diag placed = *diag;

	if (!*placed.place)
		kbtf_diag_in(&placed, listener->place);
	kbtf_record_finding(listener->record, &placed);
}

/* Hold one part against the profile; base is what it stands on. */
static int verify(const struct kbtf_job *job, const struct kbtf_part *part, const char *place,
		  const struct kbtf *base, const struct kbtf_part *distilled,
		  struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct listener listener = { record, place };
	struct kbtf_verify_opts opts = {
		.profile = job->opts.profile,
		.rules = job->opts.rules,
		.base = base,
		.distilled = distilled ? distilled->data : NULL,
		.distilled_size = distilled ? distilled->size : 0,
	};
	int err = kbtf_verify(part->data, part->size, &opts, finding, &listener, reterr);

	if (err && reterr && !*reterr->place)
		kbtf_diag_in(reterr, place);
	return err;
}

/* Soundness of split BTF whose base nobody named: it is sound if it needs none. */
static int verify_without_base(const struct kbtf_job *job, struct kbtf_subject *s,
			       const char *place, struct kbtf_record *record,
			       struct kbtf_diag *reterr)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_SOUND };

	if (!kbtf_file_is_module(s->file) ||
	    !kbtf_verify(s->btf.data, s->btf.size, &opts, NULL, NULL, NULL))
		return verify(job, &s->btf, place, NULL, NULL, record, reterr);
	return kbtf_fail(reterr, -EINVAL, "base-missing",
			 "a module's BTF stands on that of its kernel: name that with --base or "
			 "--kernel");
}

static int verify_sound(const struct kbtf_job *job, struct kbtf_subject *s, const char *place,
			struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = ".BTF.base", .flags = KBTF_OPEN_BORROW };
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err)
		return err;
	if (!s->base.data)
		return job->has_kernel && !is_bare
			       ? verify(job, &s->btf, place, job->kernel.btf, NULL, record, reterr)
			       : verify_without_base(job, s, place, record, reterr);
	err = verify(job, &s->base, ".BTF.base", NULL, NULL, record, reterr);
	if (!err)
		err = kbtf_open(s->base.data, s->base.size, &opts, &s->own_base, reterr);
	if (!err)
		err = verify(job, &s->btf, place, s->own_base, NULL, record, reterr);
	return err;
}

/*
 * A kernel has no rule that tells standalone BTF: it takes small ids for those of its
 * own types. What it says of that is what it says.
 */
static int note_standalone(const struct kbtf_subject *s, struct kbtf_record *record,
			   struct kbtf_diag *reterr)
{
	struct kbtf_diag diag;
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err || !is_bare)
		return err;
	kbtf_fail(&diag, -EINVAL, "standalone",
		  "it stands alone, and the kernel takes its ids for those of the kernel's types");
	kbtf_diag_in(&diag, ".BTF");
	kbtf_record_note(record, &diag);
	return 0;
}

/*
 * What a kernel demands of a module's BTF. One that relocates goes on to that where
 * nothing else is wrong; only then is it known whether the module loads.
 */
static int verify_module(const struct kbtf_job *job, struct kbtf_subject *s, const char *place,
			 struct kbtf_record *record, struct kbtf_diag *reterr)
{
	struct kbtf_relocate_opts opts = { .finding = kbtf_record_finding, .ctx = record };
	struct kbtf *relocated;
	int err;

	err = note_standalone(s, record, reterr);
	if (err)
		return err;
	err = verify(job, &s->btf, place, job->kernel.btf, &s->base, record, reterr);
	if (err || !s->base.data || job->opts.rules < KBTF_RULES_6_12)
		return err;
	err = kbtf_subject_parse_btf(s, NULL, reterr);
	if (err)
		return err;
	err = kbtf_relocate(s->split, job->kernel.target, &opts, &relocated, reterr);
	if (!err)
		kbtf_free(relocated);
	return err;
}

int kbtf_op_verify(const struct kbtf_job *job, struct kbtf_subject *s,
		   const struct kbtf_plan_file *where, struct kbtf_record *record,
		   struct kbtf_diag *reterr)
{
	const char *place = kbtf_file_kind(s->file) == KBTF_FILE_BTF ? "" : ".BTF";

	(void)where;
	record->result.base_bytes = s->base.size;
	switch (job->opts.profile) {
	case KBTF_PROFILE_SOUND:
		return verify_sound(job, s, place, record, reterr);
	case KBTF_PROFILE_MODULE:
		return verify_module(job, s, place, record, reterr);
	case KBTF_PROFILE_PROGRAM: /* kptrs are looked up in the kernel's BTF */
		return verify(job, &s->btf, place, job->has_kernel ? job->kernel.btf : NULL, NULL,
			      record, reterr);
	default:
		return verify(job, &s->btf, place, NULL, NULL, record, reterr);
	}
}
