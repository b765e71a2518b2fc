// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Sets of type ids that were registered before their BTF was there.
 *
 * Goes in: pairs of an id and a word, as `.BTF_ids` has them, and later a map to the
 * ids of the BTF that they turned out to mean. Comes out: the word of an id, and
 * whether the item is good, which is found out once, by the first who asks.
 *
 *   register  copy the pairs, sort them, append the set [kbtf_reg_set_new, kbtf_registry_add]
 *   arrive    the BTF is there: ids through its map, before the append where it was
 *             there already [kbtf_registry_map]
 *   use       find the set and the entry, judge it
 *             [kbtf_registry_next, kbtf_registry_find, kbtf_registry_judge]
 *
 * This file is also built inside kernels; it takes from env.h what it needs.
 */
#include "registry.h"

static int compare_entries(const void *a, const void *b)
{
	const struct kbtf_reg_entry *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void sort_set(struct kbtf_reg_set *set)
{
	kbtf_env_sort(set->entries, set->nr, sizeof(set->entries[0]), compare_entries);
}

int kbtf_reg_set_new(uint32_t use, const void *filter, const struct kbtf_reg_pair *pairs,
		     uint32_t nr, struct kbtf_reg_set **ret, struct kbtf_diag *reterr)
{
	struct kbtf_reg_set *set;
	size_t room = SIZE_MAX - sizeof(*set);
	uint32_t i;

	set = nr > room / sizeof(set->entries[0])
		      ? NULL
		      : kbtf_env_alloc(sizeof(*set) + nr * sizeof(set->entries[0]));
	if (!set)
		return kbtf_fail(reterr, -ENOMEM, "no-memory", "out of memory");
	set->next = NULL;
	set->filter = filter;
	set->use = use;
	set->nr = 0;
	for (i = 0; i < nr; i++) {
		if (!pairs[i].id)
			continue;
		set->entries[set->nr++] =
			(struct kbtf_reg_entry){ pairs[i].id, pairs[i].word, KBTF_REG_UNKNOWN };
	}
	sort_set(set);
	*ret = set;
	return 0;
}

void kbtf_registry_add(struct kbtf_registry *r, struct kbtf_reg_set *set)
{
	struct kbtf_reg_set **link = &r->sets;

	/* Behind the others, whole before it is seen. */
	while (*link)
		link = &(*link)->next;
	kbtf_env_publish(link, set);
}

void kbtf_registry_map(struct kbtf_reg_set *set, kbtf_reg_map_fn *map, void *ctx, bool words_too)
{
	uint32_t i;

	for (i = 0; i < set->nr; i++) {
		set->entries[i].id = map(ctx, set->entries[i].id);
		if (words_too)
			set->entries[i].word = map(ctx, set->entries[i].word);
	}
	sort_set(set);
}

struct kbtf_reg_set *kbtf_registry_next(const struct kbtf_registry *r,
					const struct kbtf_reg_set *after, uint32_t use)
{
	struct kbtf_reg_set *const *link = after ? &after->next : &r->sets;
	struct kbtf_reg_set *set = kbtf_env_seen(link);

	while (set && use != KBTF_REG_ANY && set->use != use)
		set = kbtf_env_seen(&set->next);
	return set;
}

struct kbtf_reg_entry *kbtf_registry_find(struct kbtf_reg_set *set, uint32_t id)
{
	uint32_t low = 0, high = set->nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (set->entries[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->nr && set->entries[low].id == id ? &set->entries[low] : NULL;
}

int kbtf_registry_judge(struct kbtf_reg_entry *entry, kbtf_reg_check_fn *check, void *ctx,
			bool *ret_first, struct kbtf_diag *reterr)
{
	int32_t verdict = kbtf_env_read(&entry->verdict);

	*ret_first = verdict == KBTF_REG_UNKNOWN;
	if (!*ret_first)
		return verdict;
	verdict = check(ctx, entry, reterr);
	if (verdict != -ENOMEM)
		kbtf_env_write(&entry->verdict, verdict);
	return verdict;
}

void kbtf_registry_deinit(struct kbtf_registry *r)
{
	struct kbtf_reg_set *set = r->sets, *next;

	for (; set; set = next) {
		next = set->next;
		kbtf_env_free(set);
	}
	r->sets = NULL;
}
