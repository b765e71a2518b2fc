// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two layouts of one struct: each flattened to its named members, these matched by
 * name (members.h of core), and each pair compared [compare_pair]; where both
 * are structs themselves, that goes on inside them [compare_structs].
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "members.h"
#include "resolve.h"
#include "u32map.h"

struct compare {
	const struct kbtf *old_btf, *new_btf;
	kbtf_member_change_fn *fn;
	void *ctx;
	struct kbtf_u32map seen; /* old id -> new id that it was compared with */
	unsigned int depth;
	uint32_t left; /* of KBTF_MAX_MEMBERS */
	char path[256];
};

static void tell(struct compare *c, struct kbtf_member_change change)
{
	change.path = c->path;
	c->fn(c->ctx, &change);
}

static int compare_structs(struct compare *c, uint32_t old_id, uint32_t new_id);

/* Values of two types that are behind modifiers. */
static int compare_values(struct compare *c, uint32_t old_id, uint32_t new_id)
{
	for (;;) {
		const struct kbtf_type *old = kbtf_type_get(c->old_btf, old_id);
		const struct kbtf_type *new = kbtf_type_get(c->new_btf, new_id);
		unsigned int old_kind = kbtf_kind(old), new_kind = kbtf_kind(new);

		/* How an enum's values are stored says nothing of its layout. */
		old_kind = old_kind == KBTF_ENUM64 ? KBTF_ENUM : old_kind;
		new_kind = new_kind == KBTF_ENUM64 ? KBTF_ENUM : new_kind;
		if (old_kind != new_kind) {
			tell(c,
			     (struct kbtf_member_change){ .change = KBTF_MEMBER_RETYPED,
							  .old_kind = kbtf_kind_name(old_kind),
							  .new_kind = kbtf_kind_name(new_kind) });
			return 0;
		}
		if (old_kind == KBTF_ARRAY) {
			uint32_t old_nr = kbtf_array(old)->nelems, new_nr = kbtf_array(new)->nelems;

			if (old_nr != new_nr)
				tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_RESIZED,
								     .old_value = old_nr,
								     .new_value = new_nr,
								     .unit = "elements" });
			old_id = kbtf_skip_modifiers(c->old_btf, kbtf_array(old)->type);
			new_id = kbtf_skip_modifiers(c->new_btf, kbtf_array(new)->type);
			continue;
		}
		if (old_kind == KBTF_PTR || !old_kind)
			return 0;
		if (old->size != new->size && old_kind != KBTF_FWD)
			tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_RESIZED,
							     .old_value = old->size,
							     .new_value = new->size,
							     .unit = "bytes" });
		return kbtf_is_composite(old) ? compare_structs(c, old_id, new_id) : 0;
	}
}

static int compare_pair(struct compare *c, const struct kbtf_flat_member *old,
			const struct kbtf_flat_member *new)
{
	if (old->offset_bits != new->offset_bits)
		tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_MOVED,
						     .old_value = old->offset_bits,
						     .new_value = new->offset_bits,
						     .unit = "bit" });
	if (!old->bitfield_bits != !new->bitfield_bits)
		tell(c, (struct kbtf_member_change){
				.change = KBTF_MEMBER_RETYPED,
				.old_kind = old->bitfield_bits ? "bitfield" : "no bitfield",
				.new_kind = new->bitfield_bits ? "bitfield" : "no bitfield" });
	else if (old->bitfield_bits != new->bitfield_bits)
		tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_RESIZED,
						     .old_value = old->bitfield_bits,
						     .new_value = new->bitfield_bits,
						     .unit = "bits" });
	return compare_values(c, kbtf_skip_modifiers(c->old_btf, old->type_id),
			      kbtf_skip_modifiers(c->new_btf, new->type_id));
}

static void add_to_path(struct compare *c, size_t path_len, const char *name)
{
	snprintf(c->path + path_len, sizeof(c->path) - path_len, "%s%s", path_len ? "." : "", name);
}

static int compare_members(struct compare *c, struct kbtf_flat *old, struct kbtf_flat *new)
{
	size_t path_len = strlen(c->path), i;
	int err = kbtf_flat_match(old, new);

	for (i = 0; i < old->nr && !err; i++) {
		const struct kbtf_flat_member *m = &old->members[i];

		add_to_path(c, path_len, m->name);
		if (m->twin != KBTF_NO_TWIN)
			err = compare_pair(c, m, &new->members[m->twin]);
		else
			tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_REMOVED });
	}
	for (i = 0; i < new->nr && !err; i++) {
		add_to_path(c, path_len, new->members[i].name);
		if (new->members[i].twin == KBTF_NO_TWIN)
			tell(c, (struct kbtf_member_change){ .change = KBTF_MEMBER_ADDED });
	}
	c->path[path_len] = '\0';
	return err;
}

static int compare_structs(struct compare *c, uint32_t old_id, uint32_t new_id)
{
	struct kbtf_u32slot *seen = kbtf_u32map_add(&c->seen, old_id);
	struct kbtf_flat old = { 0 }, new = { 0 };
	int err;

	if (!seen)
		return -ENOMEM;
	if (seen->value == new_id || c->depth == KBTF_MAX_MEMBER_DEPTH)
		return 0;
	seen->value = new_id;
	c->depth++;
	err = kbtf_flatten(c->old_btf, old_id, 0, &c->left, &old);
	if (!err)
		err = kbtf_flatten(c->new_btf, new_id, 0, &c->left, &new);
	if (!err)
		err = compare_members(c, &old, &new);
	c->depth--;
	kbtf_flat_deinit(&old);
	kbtf_flat_deinit(&new);
	return err;
}

int kbtf_compare_layout(const struct kbtf *old_btf, uint32_t old_id, const struct kbtf *new_btf,
			uint32_t new_id, kbtf_member_change_fn *fn, void *ctx)
{
	struct compare c = {
		.old_btf = old_btf,
		.new_btf = new_btf,
		.fn = fn,
		.ctx = ctx,
		.left = KBTF_MAX_MEMBERS,
	};
	int err = compare_structs(&c, old_id, new_id);

	kbtf_u32map_deinit(&c.seen);
	return err == -E2BIG ? 0 : err;
}

int kbtf_member_change_format(const struct kbtf_member_change *change, char *buf, size_t size)
{
	switch (change->change) {
	case KBTF_MEMBER_MOVED:
		return snprintf(buf, size, "member '%s' moved from bit %u to bit %u", change->path,
				change->old_value, change->new_value);
	case KBTF_MEMBER_RESIZED:
		return snprintf(buf, size, "member '%s' had %u %s, now has %u", change->path,
				change->old_value, change->unit, change->new_value);
	case KBTF_MEMBER_RETYPED:
		return snprintf(buf, size, "member '%s' was %s, now is %s", change->path,
				change->old_kind, change->new_kind);
	case KBTF_MEMBER_REMOVED:
		return snprintf(buf, size, "member '%s' is gone", change->path);
	case KBTF_MEMBER_ADDED:
		return snprintf(buf, size, "member '%s' is new", change->path);
	}
	return 0;
}
