// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types that fit by name and size and still are laid out in another way: members
 * of embedded types compared with the kernel's, where the layout that the module
 * was built with is known from its .BTF.embedded or from the old kernel.
 */
#include <errno.h>

#include "fail.h"
#include "layout.h"
#include "relocate.h"
#include "view.h"

uint32_t kbtf_relocation_old_layout(const struct kbtf_relocation *r, uint32_t id,
				    const struct kbtf **ret_btf)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const struct kbtf_target *sources[] = { r->layouts, r->opts->old_base };
	uint32_t i, old_id;

	if (!kbtf_is_composite(t))
		return 0;
	for (i = 0; i < 2; i++) {
		old_id = sources[i]
				 ? kbtf_target_find_layout(sources[i], kbtf_name(r->distilled, id),
							   kbtf_kind(t), t->size)
				 : 0;
		if (!old_id)
			continue;
		*ret_btf = sources[i]->btf;
		return old_id;
	}
	return 0;
}

struct drift {
	struct kbtf_relocation *r;
	uint32_t id; /* distilled */
};

static void note(void *ctx, const struct kbtf_member_change *change)
{
	static const char *const reasons[] = {
		[KBTF_MEMBER_MOVED] = "drift",	    [KBTF_MEMBER_RESIZED] = "drift",
		[KBTF_MEMBER_RETYPED] = "drift",    [KBTF_MEMBER_REMOVED] = "member-gone",
		[KBTF_MEMBER_ADDED] = "member-new",
	};
	struct drift *d = ctx;
	struct kbtf_relocation *r = d->r;
	struct kbtf_diag diag;
	char text[200];

	kbtf_member_change_format(change, text, sizeof(text));
	kbtf_fail_type(&diag, r->distilled, d->id, -EINVAL, reasons[change->change],
		       "the module embeds it; %s (kernel type [%u])", text, r->ids[d->id]);
	if (kbtf_is_drift(change->change) && !r->nr_drifts++)
		r->first_drift = diag;
	if (r->opts->note)
		r->opts->note(r->opts->ctx, &diag);
}

int kbtf_relocation_find_drift(struct kbtf_relocation *r)
{
	uint32_t id, old_id;
	int err = 0;

	for (id = 1; id < r->split->first_id && !err; id++) {
		const struct kbtf_type *kernel = kbtf_type_get(r->target->btf, r->ids[id]);
		struct drift d = { r, id };
		const struct kbtf *old_btf;

		if (!r->embedded[id] || !kbtf_is_composite(kernel))
			continue;
		old_id = kbtf_relocation_old_layout(r, id, &old_btf);
		if (old_id)
			err = kbtf_compare_layout(old_btf, old_id, r->target->btf, r->ids[id], note,
						  &d);
	}
	return err;
}
