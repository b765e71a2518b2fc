// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A module with .BTF.base, between its checks and its relocation: what the
 * distilled base is made of, which the kernel looks at, and what it follows
 * without looking: type ids (wild_ids), and members through modifiers and
 * arrays to what they embed (endless). It reads beyond its tables for the one and
 * does not come back from the other.
 *
 * Source: tools/lib/bpf/btf_relocate.c (btf_relocate_validate_distilled_base,
 * btf_mark_embedded_composite_type_ids, btf_relocate_rewrite_type_id).
 */
#include <stdlib.h>

#include "alloc.h"
#include "check.h"
#include "words.h"

static bool may_be_distilled(unsigned int kind)
{
	return kind == KBTF_INT || kind == KBTF_FLOAT || kind == KBTF_ENUM || kind == KBTF_STRUCT ||
	       kind == KBTF_UNION || kind == KBTF_FWD;
}

void kbtf_check_distilled(struct check *c, struct check_btf *btf)
{
	uint32_t id;

	for (id = btf->first_id; id < check_end_id(btf) && !check_done(c); id++) {
		const struct kbtf_type *t = check_type(btf, id);

		if (!may_be_distilled(kbtf_kind(t)))
			kbtf_check_found_type(c, btf, RULE_DISTILLED_KIND, id,
					      "a distilled base has no %s",
					      kbtf_kind_name(kbtf_kind(t)));
		else if (!t->name_off)
			kbtf_check_found_type(c, btf, RULE_DISTILLED_KIND, id,
					      "a distilled base has no types without names");
	}
}

struct ids {
	uint32_t end;
	uint32_t wild; /* the first id that is no type's; 0: none */
};

KBTF_INLINE void look_at_id(void *ctx, uint32_t *word)
{
	struct ids *ids = ctx;

	if (*word >= ids->end && !ids->wild)
		ids->wild = *word;
}

static void wild_ids(struct check *c, struct check_btf *btf)
{
	uint32_t id;

	for (id = btf->first_id; id < check_end_id(btf) && !check_done(c); id++) {
		struct ids ids = { .end = check_end_id(btf) };

		kbtf_each_word((struct kbtf_type *)check_type(btf, id), KBTF_NO_LIMIT, kbtf_no_word,
			       look_at_id, &ids);
		if (ids.wild)
			kbtf_check_found_type(
				c, btf, RULE_WILD_ID, id,
				"refers to type id %u, but the last is %u; the kernel "
				"reads beyond its tables",
				ids.wild, check_end_id(btf) - 1);
	}
}

/* Where a walk to what is embedded goes on; 0 where it ends, as it does in the base. */
static uint32_t next_embedded(const struct check_btf *btf, uint32_t id)
{
	const struct kbtf_type *t = check_type(btf, id);
	uint32_t next = 0;

	if (check_is_modifier(kbtf_kind(t)))
		next = t->type;
	else if (kbtf_kind(t) == KBTF_ARRAY)
		next = kbtf_array(t)->type;
	return next < btf->first_id ? 0 : next;
}

/*
 * Whether the walk from a type ends. seen[] holds the number of the walk that
 * came to a type: meeting one's own number is a circle.
 */
static bool ends(const struct check_btf *btf, uint32_t id, uint32_t *seen, uint32_t walk)
{
	for (; id >= btf->first_id; id = next_embedded(btf, id)) {
		uint32_t *s = &seen[id - btf->first_id];

		if (*s)
			return *s != walk;
		*s = walk;
	}
	return true;
}

static void endless(struct check *c, struct check_btf *btf)
{
	uint32_t *seen = kbtf_zalloc_array(btf->nr_types, sizeof(*seen));
	uint32_t id, i, walk = 0;

	if (!seen) {
		c->nomem = true;
		return;
	}
	for (id = btf->first_id; id < check_end_id(btf) && !check_done(c); id++) {
		const struct kbtf_type *t = check_type(btf, id);

		for (i = 0; kbtf_is_composite(t) && i < kbtf_vlen(t); i++)
			if (!ends(btf, kbtf_members(t)[i].type, seen, ++walk))
				kbtf_check_found_type(
					c, btf, RULE_ENDLESS, id,
					"member %u is of %s, which is made of itself in the end; "
					"the kernel never comes back",
					i, TYPE_LABEL(btf, kbtf_members(t)[i].type));
	}
	free(seen);
}

void kbtf_check_followed(struct check *c, struct check_btf *btf)
{
	uint32_t before = c->nr;

	wild_ids(c, btf);
	if (c->nr == before && !check_done(c))
		endless(c, btf);
}
