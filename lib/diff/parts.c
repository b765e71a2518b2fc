// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What was found: changes of the pair that is being compared, and the records of types
 * they are added up to.
 */
#include <errno.h>
#include <string.h>

#include "differ.h"

const char *kbtf_diff_keep(struct kbtf_differ *d, const char *text, size_t len)
{
	char *copy = kbtf_arena_alloc(d->arena, len + 1);

	if (!copy) {
		d->err = -ENOMEM;
		return NULL;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static struct kbtf_diff_side *keep_side(struct kbtf_differ *d, const struct kbtf_diff_side *side)
{
	struct kbtf_diff_side *copy;

	if (!side)
		return NULL;
	copy = kbtf_arena_copy(d->arena, side, sizeof(*side));
	if (!copy) {
		d->err = -ENOMEM;
		return NULL;
	}
	copy->name = copy->name ? copy->name : "";
	copy->path = copy->path ? copy->path : copy->name;
	return copy;
}

void kbtf_diff_change(struct kbtf_differ *d, enum kbtf_diff_part part, unsigned int how,
		      const struct kbtf_diff_side *old, const struct kbtf_diff_side *new)
{
	struct kbtf_change change = {
		.part = part,
		.how = how,
		.old_side = keep_side(d, old),
		.new_side = keep_side(d, new),
	};

	if (part == KBTF_PART_MEMBER)
		d->how |= how;
	if (!d->err && kbtf_buf_append(&d->changes, &change, sizeof(change)))
		d->err = -ENOMEM;
}

void kbtf_diff_attribute(struct kbtf_differ *d, const char *name, const char *old_text,
			 const char *new_text)
{
	struct kbtf_diff_side old = { .name = name, .text = old_text };
	struct kbtf_diff_side new = { .name = name, .text = new_text };

	if (!strcmp(old_text, new_text))
		return;
	kbtf_diff_change(d, KBTF_PART_ATTRIBUTE, KBTF_HOW_REVALUED, &old, &new);
}

/* Of the type itself, or of the unnamed one that a typedef gives a name to. */
static uint64_t size_of(const struct kbtf *btf, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, id);

	switch (kbtf_kind(t)) {
	case KBTF_TYPEDEF:
		id = kbtf_diff_unnamed(btf, t->type).id;
		return id ? kbtf_type_get(btf, id)->size : 0;
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_INT:
	case KBTF_FLOAT:
		return t->size;
	default:
		return 0;
	}
}

static enum kbtf_diff_layout layout_of(const struct kbtf_differ *d, const struct kbtf_type_diff *t)
{
	bool has_members = t->kind == KBTF_STRUCT || t->kind == KBTF_UNION || d->how;

	if (t->what != KBTF_DIFF_CHANGED ||
	    kbtf_kind(kbtf_type_get(d->old.btf, t->old_id)) == KBTF_FWD ||
	    kbtf_kind(kbtf_type_get(d->new.btf, t->new_id)) == KBTF_FWD)
		return KBTF_LAYOUT_SAME;
	if (has_members && t->old_size != t->new_size)
		return KBTF_LAYOUT_RESIZED;
	if (d->how & (KBTF_HOW_MOVED | KBTF_HOW_RESIZED))
		return KBTF_LAYOUT_MOVED;
	if (d->how & (KBTF_HOW_RENAMED | KBTF_HOW_REMOVED))
		return KBTF_LAYOUT_RENAMED;
	return d->how & KBTF_HOW_ADDED ? KBTF_LAYOUT_FILLED : KBTF_LAYOUT_SAME;
}

static void count(struct kbtf_diff_summary *summary, const struct kbtf_type_diff *t)
{
	summary->nr_types[t->kind][t->what]++;
	if (t->what == KBTF_DIFF_CHANGED && (t->kind == KBTF_STRUCT || t->kind == KBTF_UNION))
		summary->nr_layouts[t->layout]++;
}

void kbtf_diff_type_done(struct kbtf_differ *d, unsigned int kind, uint32_t old_id, uint32_t new_id)
{
	struct kbtf_type_diff t = {
		.what = !old_id	  ? KBTF_DIFF_ADDED
			: !new_id ? KBTF_DIFF_REMOVED
				  : KBTF_DIFF_CHANGED,
		.kind = kind,
		.name = old_id ? kbtf_diff_name(&d->old, old_id) : kbtf_diff_name(&d->new, new_id),
		.old_id = old_id,
		.new_id = new_id,
		.old_size = size_of(d->old.btf, old_id),
		.new_size = size_of(d->new.btf, new_id),
	};

	if (old_id && new_id)
		d->summary->nr_compared++;
	t.layout = layout_of(d, &t);
	t.nr_changes = d->changes.size / sizeof(struct kbtf_change);
	if (d->err || (t.what == KBTF_DIFF_CHANGED && !t.nr_changes))
		return;
	t.changes = kbtf_arena_copy(d->arena, d->changes.data, d->changes.size);
	if (!t.changes || kbtf_buf_append(d->types, &t, sizeof(t)))
		d->err = -ENOMEM;
	else
		count(d->summary, &t);
}
