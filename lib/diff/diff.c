// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two BTFs in, what changed between them out: tags and sections of each side are
 * gathered [side_init], types are found, paired and compared (groups.c, and what
 * differ.h names), and what differs is sorted [sort_types].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "diff.h"
#include "differ.h"
#include "fail.h"
#include "sizes.h"

const char *kbtf_diff_what_name(enum kbtf_diff_what what)
{
	static const char *const names[] = {
		[KBTF_DIFF_REMOVED] = "removed",
		[KBTF_DIFF_ADDED] = "added",
		[KBTF_DIFF_CHANGED] = "changed",
	};

	return names[what];
}

const char *kbtf_diff_layout_name(enum kbtf_diff_layout layout)
{
	static const char *const names[] = {
		[KBTF_LAYOUT_RESIZED] = "resized", [KBTF_LAYOUT_MOVED] = "moved",
		[KBTF_LAYOUT_RENAMED] = "renamed", [KBTF_LAYOUT_FILLED] = "filled",
		[KBTF_LAYOUT_SAME] = "same",
	};

	return names[layout];
}

const char *kbtf_diff_part_name(enum kbtf_diff_part part)
{
	static const char *const names[] = {
		[KBTF_PART_MEMBER] = "member", [KBTF_PART_ENUMERATOR] = "enumerator",
		[KBTF_PART_PARAM] = "param",   [KBTF_PART_RETURN] = "return",
		[KBTF_PART_TARGET] = "target", [KBTF_PART_ATTRIBUTE] = "attribute",
		[KBTF_PART_TAG] = "tag",
	};

	return names[part];
}

const char *kbtf_diff_how_name(enum kbtf_diff_how how)
{
	switch (how) {
	case KBTF_HOW_ADDED:
		return "added";
	case KBTF_HOW_REMOVED:
		return "removed";
	case KBTF_HOW_RENAMED:
		return "renamed";
	case KBTF_HOW_MOVED:
		return "moved";
	case KBTF_HOW_RESIZED:
		return "resized";
	case KBTF_HOW_RETYPED:
		return "retyped";
	case KBTF_HOW_REGROUPED:
		return "regrouped";
	case KBTF_HOW_REVALUED:
		return "revalued";
	}
	return "?";
}

/* How much is compared at most: many times what it takes where nothing is compared twice. */
static uint64_t most_steps(const struct kbtf *old, const struct kbtf *new)
{
	return (1u << 20) + 8 * ((uint64_t)old->hdr.type_len + new->hdr.type_len);
}

/* A variable that is in several sections, which no linker does, is in the first by name. */
static void put_into(const struct kbtf_diff_btf *side, uint32_t *section, uint32_t id)
{
	if (!*section || strcmp(kbtf_diff_name(side, id), kbtf_diff_name(side, *section)) < 0)
		*section = id;
}

static int side_init(struct kbtf_diff_btf *side, const struct kbtf *btf)
{
	uint32_t i, s;

	side->btf = btf;
	side->pointer_bytes = kbtf_pointer_bytes(btf);
	side->sections = kbtf_zalloc_array(btf->nr_types, sizeof(*side->sections));
	if (!side->sections)
		return -ENOMEM;
	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);

		if (kbtf_kind(t) != KBTF_DATASEC)
			continue;
		for (s = 0; s < kbtf_vlen(t); s++) {
			uint32_t var = kbtf_secinfos(t)[s].type;

			if (var >= btf->first_id)
				put_into(side, &side->sections[var - btf->first_id],
					 btf->first_id + i);
		}
	}
	return kbtf_diff_tags_init(side);
}

static void side_deinit(struct kbtf_diff_btf *side)
{
	kbtf_diff_tags_deinit(side);
	free(side->sections);
}

unsigned int kbtf_diff_rank(unsigned int kind)
{
	static const unsigned char ranks[KBTF_NR_KINDS] = {
		[KBTF_STRUCT] = 1,  [KBTF_UNION] = 2, [KBTF_ENUM] = 3,
		[KBTF_TYPEDEF] = 4, [KBTF_FUNC] = 5,  [KBTF_VAR] = 6,
		[KBTF_DATASEC] = 7, [KBTF_INT] = 8,   [KBTF_FLOAT] = 9,
	};

	return ranks[kind];
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_kind(const void *a, const void *b)
{
	const struct kbtf_type_diff *x = a, *y = b;
	int order;

	if (x->kind != y->kind)
		return kbtf_diff_rank(x->kind) < kbtf_diff_rank(y->kind) ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	order = strcmp(x->name, y->name);
	if (!order) /* of several of one name, nothing may depend on ids */
		order = compare_u64(x->old_size, y->old_size);
	if (!order)
		order = compare_u64(x->new_size, y->new_size);
	if (!order)
		order = compare_u64(x->nr_changes, y->nr_changes);
	if (!order)
		order = compare_u64(x->old_id, y->old_id);
	return order ? order : compare_u64(x->new_id, y->new_id);
}

static int explain(int err, struct kbtf_diag *reterr)
{
	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err == -E2BIG)
		return kbtf_fail(reterr, err, "too-entangled",
				 "types without names refer to each other in more ways than can "
				 "be compared");
	return err;
}

static int compare(struct kbtf_diff *diff, const struct kbtf_diff_opts *opts,
		   struct kbtf_diag *reterr)
{
	struct kbtf_differ *d = calloc(1, sizeof(*d));
	int err = -ENOMEM;

	if (!d)
		return kbtf_fail_nomem(reterr);
	d->opts = opts;
	d->arena = &diff->arena;
	d->types = &diff->types;
	d->summary = &diff->summary;
	d->steps_left = most_steps(diff->old, diff->new);
	d->same = kbtf_zalloc_array(kbtf_end_id(diff->old), sizeof(*d->same));
	d->not_same = kbtf_zalloc_array(kbtf_end_id(diff->old), sizeof(*d->not_same));
	if (d->same && d->not_same)
		err = side_init(&d->old, diff->old);
	if (!err)
		err = side_init(&d->new, diff->new);
	if (!err) {
		kbtf_diff_groups(d, reterr);
		err = d->err;
	}
	side_deinit(&d->new);
	side_deinit(&d->old);
	kbtf_buf_deinit(&d->guesses);
	kbtf_buf_deinit(&d->changes);
	free(d->not_same);
	free(d->same);
	free(d);
	return explain(err, reterr);
}

int kbtf_diff_new(const struct kbtf *old, const struct kbtf *new, const struct kbtf_diff_opts *opts,
		  struct kbtf_diff **ret, struct kbtf_diag *reterr)
{
	static const struct kbtf_diff_opts no_opts;
	struct kbtf_diff *diff = calloc(1, sizeof(*diff));
	int err;

	if (!diff)
		return kbtf_fail_nomem(reterr);
	diff->old = old;
	diff->new = new;
	opts = opts ? opts : &no_opts;
	diff->old_label = opts->old_label ? opts->old_label : kbtf_label(old);
	diff->new_label = opts->new_label ? opts->new_label : kbtf_label(new);
	err = compare(diff, opts, reterr);
	if (err) {
		kbtf_diff_free(diff);
		return err;
	}
	if (diff->types.size)
		qsort(diff->types.data, kbtf_diff_nr_types(diff), sizeof(struct kbtf_type_diff),
		      by_kind);
	*ret = diff;
	return 0;
}

void kbtf_diff_free(struct kbtf_diff *diff)
{
	if (!diff)
		return;
	kbtf_buf_deinit(&diff->types);
	kbtf_arena_deinit(&diff->arena);
	free(diff);
}

size_t kbtf_diff_nr_types(const struct kbtf_diff *diff)
{
	return diff->types.size / sizeof(struct kbtf_type_diff);
}

const struct kbtf_type_diff *kbtf_diff_type(const struct kbtf_diff *diff, size_t i)
{
	return (const struct kbtf_type_diff *)diff->types.data + i;
}

const struct kbtf_diff_summary *kbtf_diff_summary(const struct kbtf_diff *diff)
{
	return &diff->summary;
}
