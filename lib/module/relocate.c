// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Split BTF on a distilled base, and a kernel, in; split BTF on the kernel out.
 *
 *   select   all of the split
 *   map      mark which distilled types are embedded [mark_embedded]; find for
 *            each the one kernel type of its name that fits [map_type, fit.c], or
 *            say why there is none [explain.c]
 *   drift    compare the members of embedded types that fit  [drift.c]
 *   rewrite  a copy of the bytes through the maps [kbtf_relocation_rewrite]
 *
 * Source: kernel/bpf/btf_relocate.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "fit.h"
#include "ids.h"
#include "relocate.h"
#include "resolve.h"
#include "rewrite.h"

static const struct kbtf_relocate_opts no_opts;

static int check_inputs(const struct kbtf *split, const struct kbtf_target *target,
			struct kbtf_diag *reterr)
{
	if (!split->base)
		return kbtf_fail_btf(reterr, split, KBTF_NO_OFFSET, -EINVAL, "not-split",
				     "it stands alone, so there is nothing to relocate");
	if (!split->base->nr_types)
		return kbtf_fail_btf(reterr, split->base, KBTF_NO_OFFSET, -EINVAL, "base-empty",
				     "it has no types, and a kernel would then count those that "
				     "stand on it from 0 instead of 1");
	if (target->btf->base) /* whose types the target's index has not */
		return kbtf_fail_btf(reterr, target->btf, KBTF_NO_OFFSET, -EINVAL, "target-split",
				     "it is split BTF, which cannot stand for a kernel");
	if (split->opaque || split->base->opaque)
		return kbtf_fail_btf(
			reterr, split, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be "
			"moved");
	if (split->swapped != target->btf->swapped)
		return kbtf_fail_btf(reterr, split, 0, -EINVAL, "byte-order",
				     "its byte order is not that of %s", target->btf->label);
	if (split->hdr.str_len > UINT32_MAX - target->btf->str_end ||
	    split->nr_types > KBTF_MAX_TYPES - kbtf_end_id(target->btf))
		return kbtf_fail_btf(reterr, split, 0, -E2BIG, "too-large",
				     "with those of %s there are too many types or strings",
				     target->btf->label);
	return 0;
}

int kbtf_relocation_init(struct kbtf_relocation *r, const struct kbtf *split,
			 const struct kbtf_target *target, const struct kbtf_relocate_opts *opts,
			 struct kbtf_diag *reterr)
{
	int err;

	memset(r, 0, offsetof(struct kbtf_relocation, first));
	err = check_inputs(split, target, reterr);
	if (err)
		return err;
	r->split = split;
	r->distilled = split->base;
	r->target = target;
	r->opts = opts ? opts : &no_opts;
	r->ids = kbtf_zalloc_array(split->first_id, sizeof(*r->ids));
	r->strs = kbtf_zalloc_array(split->str_start, sizeof(*r->strs));
	r->embedded = kbtf_zalloc_array(split->first_id, sizeof(*r->embedded));
	if (r->opts->embedded)
		err = kbtf_target_new(r->opts->embedded, &r->layouts);
	if (!r->ids || !r->strs || !r->embedded || err) {
		kbtf_relocation_deinit(r);
		return kbtf_fail_nomem(reterr);
	}
	return 0;
}

void kbtf_relocation_deinit(struct kbtf_relocation *r)
{
	free(r->ids);
	free(r->strs);
	free(r->embedded);
	kbtf_target_free(r->layouts);
}

void kbtf_relocation_found(struct kbtf_relocation *r, const struct kbtf_diag *diag)
{
	if (!r->nr_findings++)
		r->first = *diag;
	if (r->opts->finding)
		r->opts->finding(r->opts->ctx, diag);
}

static void mark_embedded(struct kbtf_relocation *r)
{
	const struct kbtf *split = r->split;
	uint32_t i, m, id;

	for (i = 0; i < split->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(split, i);

		if (!kbtf_is_composite(t))
			continue;
		for (m = 0; m < kbtf_vlen(t); m++) {
			id = kbtf_embedded_composite(split, kbtf_members(t)[m].type);
			if (id < split->first_id)
				r->embedded[id] = 1;
		}
	}
}

/* A distilled base has named types of six kinds and nothing else. */
static bool can_be_distilled(struct kbtf_relocation *r, uint32_t id, const struct kbtf_type *t)
{
	const uint32_t kinds = KBTF_KIND_BIT(KBTF_INT) | KBTF_KIND_BIT(KBTF_FLOAT) |
			       KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_STRUCT) |
			       KBTF_KIND_BIT(KBTF_UNION) | KBTF_KIND_BIT(KBTF_FWD);
	struct kbtf_diag diag;

	if (!(kinds & KBTF_KIND_BIT(kbtf_kind(t))))
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "distilled-base",
			       "a distilled base has no types of this kind");
	else if (!*kbtf_string_get(r->distilled, t->name_off))
		kbtf_fail_type(&diag, r->distilled, id, -EINVAL, "distilled-base",
			       "a distilled base has only types with names");
	else
		return true;
	kbtf_relocation_found(r, &diag);
	return false;
}

static int map_type(struct kbtf_relocation *r, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(r->distilled, id);
	const struct kbtf_target *target = r->target;
	struct kbtf_names_walk walk;
	const char *name;
	uint32_t kernel_id;

	if (!can_be_distilled(r, id, t))
		return 0;
	name = kbtf_string_get(r->distilled, t->name_off);
	kbtf_names_walk_init(&walk, target->names, name);
	while ((kernel_id = kbtf_names_walk_next(&walk))) {
		/* Kernels forget that a type is embedded when they have found the first that fits.
		 */
		bool is_embedded = r->embedded[id] && !r->ids[id];

		if (kbtf_fit(t, is_embedded, target, kernel_id) != KBTF_FITS)
			continue;
		if (r->ids[id]) {
			kbtf_explain_ambiguous(r, id, kernel_id);
			return 0;
		}
		r->ids[id] = kernel_id;
	}
	if (!r->ids[id])
		return kbtf_explain_misfit(r, id);
	if (r->opts->flags & KBTF_RELOCATE_STRICT && kbtf_is_luck(r, id))
		kbtf_explain_luck(r, id);
	/* Of several types of one name the kernel lets the last one name it. */
	if (r->strs[t->name_off] < r->ids[id])
		r->strs[t->name_off] = r->ids[id];
	return 0;
}

int kbtf_relocation_map(struct kbtf_relocation *r)
{
	uint32_t id, off;
	int err;

	mark_embedded(r);
	for (id = 1; id < r->split->first_id; id++) {
		err = map_type(r, id);
		if (err)
			return err;
		/* One misfit is enough, unless somebody asks for all of them. */
		if (r->nr_findings && !r->opts->finding)
			return 0;
	}
	for (off = 0; off < r->split->str_start; off++)
		if (r->strs[off])
			r->strs[off] = kbtf_type_get(r->target->btf, r->strs[off])->name_off;
	return 0;
}

/* BTF with the same bytes, standing on another base. */
static struct kbtf *copy_onto(const struct kbtf *split, const struct kbtf *base)
{
	struct kbtf *btf = malloc(sizeof(*btf));
	size_t types_at = (size_t)(split->types - split->bytes);

	if (!btf)
		return NULL;
	*btf = *split;
	btf->kinds = NULL;
	btf->owned = malloc(split->size_bytes);
	btf->offs = kbtf_alloc_array(split->nr_types, sizeof(*btf->offs));
	if (!btf->owned || !btf->offs) {
		kbtf_free(btf);
		return NULL;
	}
	memcpy(btf->owned, split->bytes, split->size_bytes);
	if (split->nr_types) /* else it has none */
		memcpy(btf->offs, split->offs, split->nr_types * sizeof(*btf->offs));
	btf->bytes = btf->owned;
	btf->types = btf->bytes + types_at;
	btf->strings = (const char *)btf->bytes + (split->strings - (const char *)split->bytes);
	btf->base = base;
	btf->first_id = kbtf_end_id(base);
	btf->str_start = base->str_end;
	btf->str_end = base->str_end + split->hdr.str_len;
	return btf;
}

static int fail_unmapped(const struct kbtf_relocation *r, const struct kbtf_unmapped *unmapped,
			 struct kbtf_diag *reterr)
{
	return kbtf_fail_type(
		reterr, r->split, r->split->first_id + unmapped->index, -ENOENT, "distilled-string",
		"its string '%.64s' at offset %u lies in the distilled base, where no "
		"type bears it",
		kbtf_string_get(r->split, unmapped->word), unmapped->word);
}

static int map_section_ids(const struct kbtf_relocation *r, const struct kbtf_map *map,
			   struct kbtf_diag *reterr)
{
	const struct kbtf_ids *ids = r->opts->ids;
	uint32_t i, end = kbtf_end_id(r->split);

	for (i = 0; i < kbtf_ids_count(ids); i++)
		if (kbtf_ids_get(ids, i) >= end)
			return kbtf_fail(reterr, -EINVAL, "ids-range",
					 ".BTF_ids gives %.100s type id %u, but the last is %u",
					 kbtf_ids_name(ids, i), kbtf_ids_get(ids, i), end - 1);
	/* Of the ids in range each has somewhere to go, or relocation would have ended before. */
	return kbtf_ids_map(r->opts->ids, map, NULL) ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_relocation_rewrite(struct kbtf_relocation *r, struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf *split = r->split, *kernel = r->target->btf;
	const struct kbtf_map ids = {
		.shift_from = split->first_id,
		.shift = kbtf_end_id(kernel) - split->first_id,
		.direct = r->ids,
	};
	const struct kbtf_map strs = {
		.shift_from = split->str_start,
		.shift = kernel->str_end - split->str_start,
		.direct = r->strs,
	};
	struct kbtf_unmapped unmapped;
	struct kbtf *btf;
	int err = 0;

	btf = copy_onto(split, kernel);
	if (!btf)
		return kbtf_fail_nomem(reterr);
	if (kbtf_rewrite((void *)btf->types, btf->hdr.type_len, &ids, &strs, &unmapped))
		err = fail_unmapped(r, &unmapped, reterr);
	if (!err && r->opts->ids)
		err = map_section_ids(r, &ids, reterr);
	if (err) {
		kbtf_free(btf);
		return err;
	}
	*ret = btf;
	return 0;
}

static int run(struct kbtf_relocation *r, struct kbtf **ret, struct kbtf_diag *reterr)
{
	bool strict = r->opts->flags & KBTF_RELOCATE_STRICT;

	if (kbtf_relocation_map(r))
		return kbtf_fail_nomem(reterr);
	if ((strict || r->opts->note) && kbtf_relocation_find_drift(r))
		return kbtf_fail_nomem(reterr);
	if (strict && r->nr_drifts && !r->nr_findings) {
		if (reterr)
			*reterr = r->first_drift;
		return -EINVAL;
	}
	if (r->nr_findings) {
		if (reterr)
			*reterr = r->first;
		return r->first.err;
	}
	return kbtf_relocation_rewrite(r, ret, reterr);
}

int kbtf_relocate(const struct kbtf *split, const struct kbtf_target *target,
		  const struct kbtf_relocate_opts *opts, struct kbtf **ret,
		  struct kbtf_diag *reterr)
{
	struct kbtf_relocation r;
	int err;

	err = kbtf_relocation_init(&r, split, target, opts, reterr);
	if (err)
		return err;
	err = run(&r, ret, reterr);
	kbtf_relocation_deinit(&r);
	return err;
}
