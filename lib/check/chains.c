// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chains of modifiers: at most 32 of them, TYPE_TAGs first. A chain is followed
 * until it leaves modifiers or comes to a type that was looked at before.
 *
 * Source: kernel/bpf/btf.c (btf_check_type_tags).
 */
#include "check.h"

static void check_chain(struct check *c, struct check_btf *btf, uint32_t start)
{
	const struct kbtf_type *t = check_type(btf, start);
	bool in_tags = kbtf_kind(t) == KBTF_TYPE_TAG;
	uint32_t id = start, length = 0;

	while (check_is_modifier(kbtf_kind(t))) {
		if (length++ == CHECK_MAX_DEPTH) {
			kbtf_check_found_type(c, btf, RULE_CHAIN_LENGTH, start,
					      "more than %u modifiers follow each other",
					      CHECK_MAX_DEPTH);
			return;
		}
		if (kbtf_kind(t) != KBTF_TYPE_TAG) {
			in_tags = false;
		} else if (!in_tags) {
			kbtf_check_found_type(c, btf, RULE_TAG_ORDER, start,
					      "TYPE_TAG [%u] comes after another modifier", id);
			return;
		}
		if (id < start)
			return; /* looked at before, or the base's */
		id = t->type;
		t = check_type(btf, id);
		if (!t) {
			kbtf_check_found_type(c, btf, RULE_TYPE_ID_RANGE, start,
					      "leads to type id %u, but the last is %u", id,
					      check_end_id(btf) - 1);
			return;
		}
	}
}

void kbtf_check_modifiers(struct check *c, struct check_btf *btf)
{
	uint32_t id;

	for (id = btf->first_id; id < check_end_id(btf) && !check_done(c); id++)
		if (!btf->bad[id - btf->first_id])
			check_chain(c, btf, id);
}
