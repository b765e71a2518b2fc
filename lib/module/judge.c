// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A verdict on a module's BTF and a kernel: relocation without its result. */
#include <errno.h>

#include "fail.h"
#include "relocate.h"

const char *kbtf_verdict_name(enum kbtf_verdict verdict)
{
	static const char *const names[] = {
		[KBTF_SAME] = "same",
		[KBTF_RELOCATES] = "relocates",
		[KBTF_DRIFTS] = "drifts",
		[KBTF_REFUSED] = "refused",
		[KBTF_CANNOT_TELL] = "cannot tell",
		[KBTF_NO_BTF] = "no BTF",
	};

	return names[verdict];
}

/* Whether the relocation holds to its end; what it makes is not wanted. */
static int try_rewrite(struct kbtf_relocation *r)
{
	struct kbtf_diag diag;
	struct kbtf *btf;
	int err = kbtf_relocation_rewrite(r, &btf, &diag);

	if (!err)
		kbtf_free(btf);
	else if (err != -ENOMEM)
		kbtf_relocation_found(r, &diag);
	return err == -ENOMEM ? err : 0;
}

int kbtf_judge(const struct kbtf *split, const struct kbtf_target *target,
	       const struct kbtf_relocate_opts *opts, enum kbtf_verdict *ret,
	       struct kbtf_diag *ret_why)
{
	struct kbtf_relocate_opts lax = opts ? *opts : (struct kbtf_relocate_opts){ 0 };
	struct kbtf_relocation r;
	struct kbtf_diag why;
	int err;

	lax.flags = 0;
	lax.ids = NULL;
	err = kbtf_relocation_init(&r, split, target, &lax, &why);
	if (err && err != -ENOMEM) {
		*ret = KBTF_REFUSED;
		if (ret_why)
			*ret_why = why;
		return 0;
	}
	if (err)
		return kbtf_fail_nomem(ret_why);
	err = kbtf_relocation_map(&r);
	if (!err && !r.nr_findings)
		err = try_rewrite(&r);
	if (!err)
		err = kbtf_relocation_find_drift(&r);
	if (!err) {
		*ret = r.nr_findings ? KBTF_REFUSED : r.nr_drifts ? KBTF_DRIFTS : KBTF_RELOCATES;
		if (ret_why && *ret != KBTF_RELOCATES)
			*ret_why = r.nr_findings ? r.first : r.first_drift;
	}
	kbtf_relocation_deinit(&r);
	return err ? kbtf_fail_nomem(ret_why) : 0;
}
