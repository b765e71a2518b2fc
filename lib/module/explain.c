// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Why a type of a distilled base does not fit a kernel, where the kernel itself
 * says no more than -EINVAL: the nearest of the kernel's types of the name, both
 * sizes, and where both layouts are known the first member that moved.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "fit.h"
#include "layout.h"
#include "relocate.h"
#include "view.h"

/* The kernel type of the same name that comes nearest, and why it is not the one. */
static uint32_t nearest(const struct kbtf_relocation *r, uint32_t id, enum kbtf_fit *ret_fit)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const char *name = kbtf_name(r->distilled, id);
	uint32_t kernel_id, best = 0;
	bool best_is_kind = false;

	for (kernel_id = 0; (kernel_id = kbtf_names_next(r->target->names, name, kernel_id));) {
		bool is_kind = kbtf_kind(kbtf_type_get(r->target->btf, kernel_id)) == kbtf_kind(t);
		enum kbtf_fit fit = kbtf_fit(t, r->embedded[id], r->target, kernel_id);

		if (best && (best_is_kind || !is_kind))
			continue;
		best = kernel_id;
		best_is_kind = is_kind;
		*ret_fit = fit;
	}
	return best;
}

struct first_change {
	bool found, is_drift;
	char text[160];
};

static void keep_first(void *ctx, const struct kbtf_member_change *change)
{
	struct first_change *first = ctx;

	/* What moved tells more than what came or went, which usually is why. */
	if (first->found && (first->is_drift || !kbtf_is_drift(change->change)))
		return;
	first->found = true;
	first->is_drift = kbtf_is_drift(change->change);
	kbtf_member_change_format(change, first->text, sizeof(first->text));
}

/* The first member that differs, as "; member ..."; empty where the old layout is unknown. */
static int describe_change(const struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id,
			   char *buf, size_t size)
{
	struct first_change first = { 0 };
	const struct kbtf *old_btf;
	uint32_t old_id = kbtf_relocation_old_layout(r, id, &old_btf);
	int err;

	*buf = '\0';
	if (!old_id || !kbtf_is_composite(kbtf_type_get(r->target->btf, kernel_id)))
		return 0;
	err = kbtf_compare_layout(old_btf, old_id, r->target->btf, kernel_id, keep_first, &first);
	if (!err && first.found)
		snprintf(buf, size, "; %s", first.text);
	return err;
}

static void found_size(struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id,
		       enum kbtf_fit fit, const char *change)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const struct kbtf_type *k = kbtf_type_get(r->target->btf, kernel_id);
	const bool embedded = fit == KBTF_FITS_NOT_EMBEDDED_SIZE;
	struct kbtf_diag diag;

	kbtf_fail_type(&diag, r->distilled, id, -EINVAL, embedded ? "embedded-size" : "size",
		       "%ssize %u where the module was built, %u in this kernel (type [%u])%s%s",
		       embedded ? "the module embeds it; " : "", t->size, k->size, kernel_id,
		       fit == KBTF_FITS_NOT_SHARED_SIZE ? ", which has several of the name" : "",
		       change);
	kbtf_relocation_found(r, &diag);
}

int kbtf_explain_misfit(struct kbtf_relocation *r, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id), *k;
	enum kbtf_fit fit = KBTF_FITS_NOT_KIND;
	uint32_t kernel_id = nearest(r, id, &fit);
	struct kbtf_diag diag;
	char change[200];
	int err;

	if (!kernel_id) {
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "missing",
			       "this kernel has no type of the name");
		kbtf_relocation_found(r, &diag);
		return 0;
	}
	k = kbtf_type_get(r->target->btf, kernel_id);
	switch (fit) {
	case KBTF_FITS_NOT_SIZE:
	case KBTF_FITS_NOT_SHARED_SIZE:
	case KBTF_FITS_NOT_EMBEDDED_SIZE:
		err = describe_change(r, id, kernel_id, change, sizeof(change));
		if (!err)
			found_size(r, id, kernel_id, fit, change);
		return err;
	case KBTF_FITS_NOT_ENCODING:
		kbtf_fail_type(
			&diag, r->distilled, id, -EINVAL, "encoding",
			"encoding 0x%x where the module was built, 0x%x in this kernel (type "
			"[%u])",
			KBTF_INT_ENCODING(kbtf_word(t)), KBTF_INT_ENCODING(kbtf_word(k)),
			kernel_id);
		break;
	default:
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "kind",
			       "this kernel has the name only for a %s (type [%u])",
			       kbtf_kind_name(kbtf_kind(k)), kernel_id);
		break;
	}
	kbtf_relocation_found(r, &diag);
	return 0;
}

void kbtf_explain_ambiguous(struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id)
{
	const struct kbtf_type *one = kbtf_type_get(r->target->btf, r->ids[id]);
	const struct kbtf_type *two = kbtf_type_get(r->target->btf, kernel_id);
	struct kbtf_diag diag;

	kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "ambiguous",
		       "two types of this kernel fit, %s [%u] and %s [%u] of size %u",
		       kbtf_kind_name(kbtf_kind(one)), r->ids[id], kbtf_kind_name(kbtf_kind(two)),
		       kernel_id, two->size);
	kbtf_relocation_found(r, &diag);
}

void kbtf_explain_luck(struct kbtf_relocation *r, uint32_t id)
{
	const struct kbtf_type *k = kbtf_type_get(r->target->btf, r->ids[id]);
	struct kbtf_diag diag;

	kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "other-kind",
		       "a kernel accepts its %s of the name (type [%u]) in its place",
		       kbtf_kind_name(kbtf_kind(k)), r->ids[id]);
	kbtf_relocation_found(r, &diag);
}
