// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Why a type of a distilled base does not fit a kernel, where the kernel itself
 * says no more than -EINVAL: the nearest of the kernel's types of the name, the
 * size or sizes there are, and where both layouts are known the first member that
 * moved.
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
	struct kbtf_names_walk walk;
	uint32_t kernel_id, best = 0;
	bool best_is_kind = false;

	kbtf_names_walk_init(&walk, r->target->names, kbtf_name(r->distilled, id));
	while ((kernel_id = kbtf_names_walk_next(&walk))) {
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

/* Sizes and ids of all of the kernel's structs and unions of the name, as far as there is room. */
struct sizes {
	unsigned int nr;
	char sizes[80], ids[80];
};

static void add_to_list(char *list, size_t room, unsigned int nr, const char *fmt, uint32_t value)
{
	size_t len = strlen(list);

	if (nr)
		len += (size_t)snprintf(list + len, room - len, ", ");
	snprintf(list + len, room - len, fmt, value);
}

static void collect_sizes(const struct kbtf_relocation *r, uint32_t id, struct sizes *ret)
{
	const unsigned int most = 5; /* so that the lists are never cut within a number */
	struct kbtf_names_walk walk;
	uint32_t kernel_id;

	memset(ret, 0, sizeof(*ret));
	kbtf_names_walk_init(&walk, r->target->names, kbtf_name(r->distilled, id));
	while ((kernel_id = kbtf_names_walk_next(&walk))) {
		const struct kbtf_type *k = kbtf_type_get(r->target->btf, kernel_id);

		if (!kbtf_is_composite(k))
			continue;
		if (ret->nr == most) {
			strcat(ret->sizes, ", ...");
			strcat(ret->ids, ", ...");
			return;
		}
		add_to_list(ret->sizes, sizeof(ret->sizes), ret->nr, "%u", k->size);
		add_to_list(ret->ids, sizeof(ret->ids), ret->nr, "[%u]", kernel_id);
		ret->nr++;
	}
}

static void found_size(struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id,
		       enum kbtf_fit fit, const char *change)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const struct kbtf_type *k = kbtf_type_get(r->target->btf, kernel_id);
	const bool embedded = fit == KBTF_FITS_NOT_EMBEDDED_SIZE;
	const char *reason = embedded ? "embedded-size" : "size";
	const char *how = embedded ? "the module embeds it; " : "";
	struct kbtf_diag diag;
	struct sizes sizes;

	collect_sizes(r, id, &sizes);
	if (kbtf_is_composite(k) && sizes.nr > 1)
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, reason,
			       "%ssize %u where the module was built; this kernel has several of "
			       "the name, of sizes %s (types %s)%s",
			       how, t->size, sizes.sizes, sizes.ids, change);
	else
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, reason,
			       "%ssize %u where the module was built, %u in this kernel (type "
			       "[%u])%s",
			       how, t->size, k->size, kernel_id, change);
	kbtf_relocation_found(r, &diag);
}

/* A FWD, and the one type of the name that is no other kind of thing and still is refused. */
static void found_fwd(struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const struct kbtf_type *k = kbtf_type_get(r->target->btf, kernel_id);
	const char *of = kbtf_kflag(t) ? "union" : "struct";
	struct kbtf_diag diag;

	if (kbtf_kind(k) == KBTF_FWD)
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "kind",
			       "forward of a %s where the module was built, of a %s in this kernel "
			       "(type [%u])",
			       of, kbtf_kflag(k) ? "union" : "struct", kernel_id);
	else
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "kind",
			       "forward of a %s where the module was built; of this kernel's %s "
			       "(type [%u]) kernels accept that only %s",
			       of, kbtf_kind_name(kbtf_kind(k)), kernel_id,
			       kbtf_target_shares_name(r->target, kernel_id)
				       ? "where no other has the name"
			       : kbtf_kind(k) == KBTF_STRUCT ? "where it has no bitfields"
							     : "where it has bitfields");
	kbtf_relocation_found(r, &diag);
}

static bool is_fwd_like(const struct kbtf_type *t)
{
	return kbtf_is_composite(t) || kbtf_kind(t) == KBTF_FWD;
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
	if (kbtf_kind(t) == KBTF_FWD && is_fwd_like(k)) {
		found_fwd(r, id, kernel_id);
		return 0;
	}
	if (kbtf_kind(k) == KBTF_FWD) /* which has no size to compare */
		fit = KBTF_FITS_NOT_KIND;
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
	char size[32] = "";

	if (kbtf_kind(one) != KBTF_FWD && kbtf_kind(two) != KBTF_FWD && one->size == two->size)
		snprintf(size, sizeof(size), ", both of size %u", two->size);
	kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "ambiguous",
		       "two types of this kernel fit, %s [%u] and %s [%u]%s",
		       kbtf_kind_name(kbtf_kind(one)), r->ids[id], kbtf_kind_name(kbtf_kind(two)),
		       kernel_id, size);
	kbtf_relocation_found(r, &diag);
}

bool kbtf_is_luck(const struct kbtf_relocation *r, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	unsigned int kind = kbtf_kind(kbtf_type_get(r->target->btf, r->ids[id]));

	if (kind == kbtf_kind(t))
		return false;
	switch (kbtf_kind(t)) {
	case KBTF_ENUM: /* which also stands for an ENUM64 */
		return false;
	case KBTF_FWD:
		return kind != (kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT);
	default:
		return true;
	}
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
