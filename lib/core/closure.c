// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Types, and all that they reach: closure.h. */
#include <errno.h>
#include <string.h>

#include "closure.h"
#include "fail.h"
#include "words.h"

int kbtf_closure_init(struct kbtf_closure *c, const struct kbtf *btf, uint32_t own_id,
		      uint32_t own_str, bool names)
{
	*c = (struct kbtf_closure){
		.btf = btf, .own_id = own_id, .own_str = own_str, .names = names
	};
	if (kbtf_rankset_init(&c->reached, kbtf_end_id(btf)) ||
	    kbtf_rankset_init(&c->whole, kbtf_end_id(btf)) || kbtf_rankset_init(&c->strs, own_str))
		return -ENOMEM;
	return 0;
}

void kbtf_closure_deinit(struct kbtf_closure *c)
{
	kbtf_rankset_deinit(&c->reached);
	kbtf_rankset_deinit(&c->whole);
	kbtf_rankset_deinit(&c->strs);
	kbtf_buf_deinit(&c->queue);
}

static void reach_new(struct kbtf_closure *c, uint32_t id, bool by_value)
{
	kbtf_rankset_add(&c->reached, id);
	if (by_value)
		kbtf_rankset_add(&c->whole, id);
	if (kbtf_buf_append(&c->queue, &id, sizeof(id)))
		c->no_memory = true;
}

/* A type may be reached twice: through a pointer first, and by value later. */
static inline void reach(struct kbtf_closure *c, uint32_t id, bool by_value)
{
	const struct kbtf_rankset *met = by_value ? &c->whole : &c->reached;

	if (id && !kbtf_rankset_has(met, id) && !kbtf_rankset_has(&c->whole, id))
		reach_new(c, id, by_value);
}

/* What is taken anyway is followed only where it matters how it is reached. */
KBTF_INLINE void reach_id(void *ctx, uint32_t *word)
{
	struct kbtf_closure *c = ctx;

	if (*word < c->own_id || c->names)
		reach(c, *word, true);
}

KBTF_INLINE void reach_str(void *ctx, uint32_t *word)
{
	struct kbtf_closure *c = ctx;

	if (*word < c->own_str && *word)
		kbtf_rankset_add(&c->strs, *word);
}

static bool is_modifier(unsigned int kind)
{
	return kind == KBTF_TYPEDEF || kind == KBTF_CONST || kind == KBTF_VOLATILE ||
	       kind == KBTF_RESTRICT || kind == KBTF_TYPE_TAG;
}

void kbtf_closure_add(struct kbtf_closure *c, uint32_t type_id)
{
	reach_id(c, &type_id);
}

void kbtf_closure_add_own(struct kbtf_closure *c)
{
	uint32_t id;

	for (id = c->own_id; id < kbtf_end_id(c->btf); id++) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, id);

		if (c->names) /* a modifier's own existence embeds nothing */
			reach(c, id, !is_modifier(kbtf_kind(t)));
		else
			kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, reach_str, reach_id,
				       c);
	}
}

bool kbtf_closure_is_cut(const struct kbtf_closure *c, uint32_t type_id, const struct kbtf_type *t)
{
	return c->names && kbtf_is_composite(t) && type_id < c->own_id &&
	       *kbtf_string_get(c->btf, t->name_off) && !kbtf_rankset_has(&c->whole, type_id);
}

static int follow_type(struct kbtf_closure *c, uint32_t id, struct kbtf_diag *reterr)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, id);
	unsigned int kind = kbtf_kind(t);

	if (kind >= KBTF_NR_KINDS)
		return kbtf_fail_type(reterr, c->btf, id, -EOPNOTSUPP, "kind-unknown",
				      "it is referred to, and kbtf does not know its kind");
	if (kbtf_closure_is_cut(c, id, t)) {
		reach_str(c, (uint32_t *)&t->name_off);
	} else if (c->names && kind == KBTF_PTR) {
		reach_str(c, (uint32_t *)&t->name_off);
		reach(c, t->type, false);
	} else if (c->names && is_modifier(kind)) {
		reach_str(c, (uint32_t *)&t->name_off);
		reach(c, t->type, kbtf_rankset_has(&c->whole, id));
	} else {
		kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, reach_str, reach_id, c);
	}
	return 0;
}

int kbtf_closure_follow(struct kbtf_closure *c, struct kbtf_diag *reterr)
{
	uint32_t id;
	size_t i;
	int err = 0;

	for (i = 0; !err && !c->no_memory && i < c->queue.size / sizeof(id); i++) {
		memcpy(&id, c->queue.data + i * sizeof(id), sizeof(id));
		err = follow_type(c, id, reterr);
	}
	return !err && c->no_memory ? kbtf_fail_nomem(reterr) : err;
}
