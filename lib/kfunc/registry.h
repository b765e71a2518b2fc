/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_KFUNC_REGISTRY_H
#define KBTF_KFUNC_REGISTRY_H

#include "env.h"

/*
 * What is registered of one BTF before that BTF can be looked at: type ids, each
 * with a word, in sets of one use, such as the kfuncs for programs of one type with
 * their flags. An id is judged when somebody first asks for it.
 *
 *   sets -> | use, filter | id word verdict | id word verdict | ...   ascending ids
 *           | use, filter | ...
 *
 * Looking up may go on while a set is added; everything else is the caller's to
 * keep apart.
 */
struct kbtf_reg_entry {
	uint32_t id;
	uint32_t word;
	int32_t verdict; /* KBTF_REG_UNKNOWN, 0, or the negative errno it was refused with */
};

#define KBTF_REG_UNKNOWN 1

/* Of any use; no set has it. */
#define KBTF_REG_ANY UINT32_MAX

struct kbtf_reg_set {
	struct kbtf_reg_set *next;
	const void *filter; /* of whoever registers; kept, not looked at */
	uint32_t use;
	uint32_t nr;
	struct kbtf_reg_entry entries[];
};

struct kbtf_registry {
	struct kbtf_reg_set *sets;
};

/* As in .BTF_ids. */
struct kbtf_reg_pair {
	uint32_t id;
	uint32_t word;
};

/*
 * Make a set, for kbtf_registry_add(). The pairs are copied, in any order; an id 0,
 * which was not resolved, is left out.
 *
 * Returns 0 or -ENOMEM [no-memory].
 */
int kbtf_reg_set_new(uint32_t use, const void *filter, const struct kbtf_reg_pair *pairs,
		     uint32_t nr, struct kbtf_reg_set **ret, struct kbtf_diag *reterr);

typedef uint32_t kbtf_reg_map_fn(void *ctx, uint32_t id);

/*
 * Give each id of a set the number that map has for it; words too, where words_too. Of a
 * set that somebody may be looking at already that is a race.
 */
void kbtf_registry_map(struct kbtf_reg_set *set, kbtf_reg_map_fn *map, void *ctx, bool words_too);

/* Append a set, which is the registry's from then on and may be found at once. One at a time. */
void kbtf_registry_add(struct kbtf_registry *r, struct kbtf_reg_set *set);

/* The set after this one that is for that use, or KBTF_REG_ANY; the first one after NULL. NULL at
 * the end. */
struct kbtf_reg_set *kbtf_registry_next(const struct kbtf_registry *r,
					const struct kbtf_reg_set *after, uint32_t use);

/* The first entry of an id in a set; NULL where it has none. */
struct kbtf_reg_entry *kbtf_registry_find(struct kbtf_reg_set *set, uint32_t id);

/* Returns 0 or why the entry is refused, with the message in reterr. */
typedef int kbtf_reg_check_fn(void *ctx, const struct kbtf_reg_entry *entry,
			      struct kbtf_diag *reterr);

/*
 * What check says of an entry. It is asked once, also where two ask at a time: then
 * twice, with one answer. -ENOMEM is no verdict, and not kept.
 *
 * reterr is written when check is called, which *ret_first tells; later refusals are
 * without a message.
 */
int kbtf_registry_judge(struct kbtf_reg_entry *entry, kbtf_reg_check_fn *check, void *ctx,
			bool *ret_first, struct kbtf_diag *reterr);

void kbtf_registry_deinit(struct kbtf_registry *r);

#endif
