// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types of both sides in, types of one name and kind side by side out:
 *
 *   heads[hash of name]  ->  group  ->  next group ...     a name and kind
 *                              old: item -> item ...       nearly always one
 *                              new: item -> item ...
 *
 *   own types of each side are added to their groups [add_types]; names that were asked
 *   for, or types that modules use, say which groups are wanted [choose]; what split BTF
 *   lacks is looked for in its base [look_in_base]; each group is paired up. Enums that have no
 * name and that nothing refers to, which are just constants, are one more group [list_loose_enums].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "differ.h"
#include "fail.h"
#include "hash.h"
#include "words.h"

#define NONE UINT32_MAX

enum { OLD, NEW, NR_SIDES };

struct item {
	uint32_t id;
	uint32_t next;
};

struct group {
	const char *name;
	uint32_t hash;
	uint32_t next;
	uint32_t first[NR_SIDES]; /* items */
	uint32_t nr[NR_SIDES];
	uint8_t kind;
	bool wanted;
};

struct groups {
	struct kbtf_differ *d;
	const struct kbtf *btfs[NR_SIDES];
	uint32_t *heads, mask;
	struct group *groups;
	uint32_t nr;
	struct kbtf_buf items;
	struct kbtf_buf lists[NR_SIDES]; /* ids of the group that is paired up */
};

static bool has_group(const struct kbtf *btf, const struct kbtf_type *t)
{
	const uint32_t kinds =
		KBTF_KIND_BIT(KBTF_INT) | KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) |
		KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_FWD) | KBTF_KIND_BIT(KBTF_TYPEDEF) |
		KBTF_KIND_BIT(KBTF_FUNC) | KBTF_KIND_BIT(KBTF_VAR) | KBTF_KIND_BIT(KBTF_DATASEC) |
		KBTF_KIND_BIT(KBTF_FLOAT) | KBTF_KIND_BIT(KBTF_ENUM64);

	return kbtf_kind(t) < KBTF_NR_KINDS && KBTF_KIND_BIT(kbtf_kind(t)) & kinds &&
	       *kbtf_string_get(btf, t->name_off);
}

static uint32_t count_named(const struct kbtf *btf)
{
	uint32_t i, nr = 0;

	for (i = 0; i < btf->nr_types; i++)
		nr += has_group(btf, kbtf_own_type(btf, i));
	return nr;
}

static int groups_init(struct groups *g, struct kbtf_differ *d)
{
	uint64_t nr = (uint64_t)count_named(d->old.btf) + count_named(d->new.btf);
	uint64_t nr_heads = 16;

	g->d = d;
	g->btfs[OLD] = d->old.btf;
	g->btfs[NEW] = d->new.btf;
	while (nr_heads < nr && nr_heads < UINT64_C(1) << 31)
		nr_heads *= 2;
	g->mask = (uint32_t)nr_heads - 1;
	g->heads = kbtf_alloc_array(nr_heads, sizeof(*g->heads));
	g->groups = kbtf_alloc_array(nr, sizeof(*g->groups));
	if (!g->heads || !g->groups || kbtf_buf_reserve(&g->items, nr * sizeof(struct item)))
		return -ENOMEM;
	memset(g->heads, 0xff, nr_heads * sizeof(*g->heads));
	return 0;
}

static void groups_deinit(struct groups *g)
{
	kbtf_buf_deinit(&g->lists[OLD]);
	kbtf_buf_deinit(&g->lists[NEW]);
	kbtf_buf_deinit(&g->items);
	free(g->groups);
	free(g->heads);
}

static struct item *item_at(const struct groups *g, uint32_t i)
{
	return (struct item *)g->items.data + i;
}

static int add_item(struct groups *g, struct group *group, unsigned int side, uint32_t id)
{
	const struct item item = { id, group->first[side] };

	if (kbtf_buf_append(&g->items, &item, sizeof(item)))
		return -ENOMEM;
	group->first[side] = (uint32_t)(g->items.size / sizeof(item)) - 1;
	group->nr[side]++;
	return 0;
}

static struct group *find_group(struct groups *g, const char *name, unsigned int kind)
{
	uint32_t hash = kbtf_hash_string(name), *head = &g->heads[hash & g->mask], i;
	struct group *group;

	for (i = *head; i != NONE; i = g->groups[i].next) {
		group = &g->groups[i];
		if (group->hash == hash && group->kind == kind && !strcmp(group->name, name))
			return group;
	}
	group = &g->groups[g->nr];
	*group = (struct group){ .name = name,
				 .hash = hash,
				 .next = *head,
				 .first = { NONE, NONE },
				 .kind = (uint8_t)kind };
	*head = g->nr++;
	return group;
}

static int add_types(struct groups *g, unsigned int side)
{
	const struct kbtf *btf = g->btfs[side];
	uint32_t i;
	int err = 0;

	for (i = 0; i < btf->nr_types && !err; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);

		if (has_group(btf, t))
			err = add_item(g,
				       find_group(g, kbtf_string_get(btf, t->name_off),
						  kbtf_diff_kind_of(t)),
				       side, btf->first_id + i);
	}
	return err;
}

/* ---- Which are wanted ---- */

static bool want_name(struct groups *g, const char *name)
{
	uint32_t hash = kbtf_hash_string(name), i;
	bool found = false;

	for (i = g->heads[hash & g->mask]; i != NONE; i = g->groups[i].next)
		if (g->groups[i].hash == hash && !strcmp(g->groups[i].name, name))
			found = g->groups[i].wanted = true;
	return found;
}

static bool is_used(const struct groups *g, const struct group *group)
{
	uint32_t i;

	for (i = group->first[OLD]; i != NONE; i = item_at(g, i)->next)
		if (kbtf_used_has(g->d->opts->used, item_at(g, i)->id))
			return true;
	return false;
}

static int choose(struct groups *g, struct kbtf_diag *reterr)
{
	const struct kbtf_diff_opts *opts = g->d->opts;
	uint32_t i;
	size_t n;

	for (n = 0; n < opts->nr_names; n++)
		if (!want_name(g, opts->names[n]))
			return kbtf_fail(reterr, -ENOENT, "no-type",
					 "neither has a type named %.128s", opts->names[n]);
	for (i = 0; i < g->nr; i++) {
		struct group *group = &g->groups[i];

		group->wanted |= !opts->nr_names;
		if (group->wanted && opts->used)
			group->wanted = is_used(g, group);
	}
	return 0;
}

/* ---- Split BTF ---- */

/*
 * Types that only one side has among its own, and the other in its base: a module's type
 * that the kernel came to have as well. Functions and variables are their owner's alone.
 */
static int look_in_base(struct groups *g, unsigned int side)
{
	const struct kbtf *base = g->btfs[side]->base;
	struct kbtf_names *names = NULL;
	uint32_t i, id;
	int err = 0;

	for (i = 0; base && i < g->nr && !err; i++) {
		struct group *group = &g->groups[i];
		struct kbtf_names_walk walk;

		if (!group->wanted || group->nr[side] || group->kind == KBTF_FUNC ||
		    group->kind == KBTF_VAR || group->kind == KBTF_DATASEC)
			continue;
		if (!names)
			err = kbtf_names_new(base, UINT32_MAX, 0, &names);
		if (err)
			break;
		kbtf_names_walk_init(&walk, names, group->name);
		while ((id = kbtf_names_walk_next(&walk)) && !err)
			if (kbtf_diff_kind_of(kbtf_type_get(base, id)) == group->kind)
				err = add_item(g, group, side, id);
	}
	kbtf_names_free(names);
	return err;
}

/* ---- Enums without a name ---- */

KBTF_INLINE void mark(void *ctx, uint32_t *word)
{
	((bool *)ctx)[*word] = true;
}

/* To the side's list, those that nothing of this BTF refers to. */
static int list_loose_enums(struct groups *g, unsigned int side)
{
	const struct kbtf *btf = g->btfs[side];
	bool *met = kbtf_zalloc_array(kbtf_end_id(btf), sizeof(*met));
	uint32_t i;
	int err = met ? 0 : -ENOMEM;

	for (i = 0; i < btf->nr_types && !err; i++)
		kbtf_each_word((struct kbtf_type *)kbtf_own_type(btf, i), KBTF_NO_LIMIT,
			       kbtf_no_word, mark, met);
	for (i = 0; i < btf->nr_types && !err; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);
		uint32_t id = btf->first_id + i;

		if (kbtf_diff_kind_of(t) == KBTF_ENUM && !met[id] &&
		    !*kbtf_string_get(btf, t->name_off))
			err = kbtf_buf_append(&g->lists[side], &id, sizeof(id));
	}
	free(met);
	return err;
}

/* ---- All of it ---- */

static int list_items(struct groups *g, const struct group *group, unsigned int side)
{
	uint32_t i;

	for (i = group->first[side]; i != NONE; i = item_at(g, i)->next)
		if (kbtf_buf_append(&g->lists[side], &item_at(g, i)->id, sizeof(uint32_t)))
			return -ENOMEM;
	return 0;
}

static struct kbtf_diff_list take_list(struct groups *g, unsigned int side)
{
	struct kbtf_diff_list list = { .ids = (uint32_t *)g->lists[side].data,
				       .nr = g->lists[side].size / sizeof(uint32_t) };

	g->lists[side].size = 0;
	return list;
}

static void pair_up(struct groups *g, unsigned int kind)
{
	struct kbtf_diff_list old = take_list(g, OLD), new = take_list(g, NEW);

	if (old.nr || new.nr)
		kbtf_diff_pair_up(g->d, kind, &old, &new);
}

static int pair_groups(struct groups *g)
{
	const struct kbtf_diff_opts *opts = g->d->opts;
	uint32_t i;
	int err = 0;

	for (i = 0; i < g->nr && !err && !g->d->err; i++) {
		const struct group *group = &g->groups[i];

		if (!group->wanted)
			continue;
		err = list_items(g, group, OLD);
		if (!err)
			err = list_items(g, group, NEW);
		if (!err)
			pair_up(g, group->kind);
	}
	if (err || opts->nr_names || opts->used)
		return err;
	err = list_loose_enums(g, OLD);
	if (!err)
		err = list_loose_enums(g, NEW);
	if (!err)
		pair_up(g, KBTF_ENUM);
	return err;
}

void kbtf_diff_groups(struct kbtf_differ *d, struct kbtf_diag *reterr)
{
	struct groups g = { 0 };
	int err;

	err = groups_init(&g, d);
	if (!err)
		err = add_types(&g, OLD);
	if (!err)
		err = add_types(&g, NEW);
	if (!err)
		err = choose(&g, reterr);
	if (!err)
		err = look_in_base(&g, OLD);
	if (!err)
		err = look_in_base(&g, NEW);
	if (!err)
		err = pair_groups(&g);
	if (err && !d->err)
		d->err = err;
	groups_deinit(&g);
}
