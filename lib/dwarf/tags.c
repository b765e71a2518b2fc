// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chains of tags in, tags out: of types as types of their own, of functions and variables in
 * their buffers, sorted.
 *
 * Source: dwarves' dwarf_loader.c (add_gnu_annotation_chain, die__create_new_pointer_tag).
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "entries.h"
#include "fail.h"
#include "sort.h"

/* A chain may be that of many: what it makes of each is bounded. Real ones have one or two. */
#define MOST_LINKS 32u

struct chains {
	struct kbtf_entries *e;
	uint64_t next_place; /* of types that have no entry: behind all those that have */
	struct kbtf_diag *reterr;
};

static const struct kbtf_tag_link *find_link(const struct kbtf_entries *e, uint32_t place)
{
	uint32_t i = kbtf_records_search(&e->tag_links, sizeof(struct kbtf_tag_link), place);

	return i == NO_ENTRY ? NULL : &kbtf_entry_tag_links(e)[i];
}

static int add_type(struct chains *c, const struct kbtf_tag_link *link, uint32_t ref,
		    uint32_t component, uint32_t *ret_place)
{
	struct kbtf_type_entry *t;

	if (c->next_place > UINT32_MAX)
		return kbtf_fail(c->reterr, -E2BIG, "dwarf-large",
				 "units that refer to each other have more than 4 GiB");
	t = kbtf_buf_extend(&c->e->types, sizeof(*t));
	if (!t)
		return kbtf_fail_nomem(c->reterr);
	*t = (struct kbtf_type_entry){
		.place = (uint32_t)c->next_place++,
		.name = link->value,
		.ref = ref,
		.size = component,
		.first = kbtf_nr_entry_elems(c->e),
		.kind = link->kind,
	};
	*ret_place = t->place;
	return 0;
}

static int add_decl_tag(struct chains *c, const struct kbtf_tag_chain *chain,
			const struct kbtf_tag_link *link)
{
	const struct kbtf_decl_tag tag = { chain->owner, link->value, chain->component };
	struct kbtf_buf *tags = chain->sort == ENTRY_FUNC ? &c->e->func_tags : &c->e->var_tags;
	uint32_t place;

	if (chain->sort == ENTRY_TYPE)
		return add_type(c, link, kbtf_entry_types(c->e)[chain->owner].place,
				chain->component, &place);
	return kbtf_buf_append(tags, &tag, sizeof(tag)) ? kbtf_fail_nomem(c->reterr) : 0;
}

/* It comes between the pointer, or the link before it, and what that has referred to. */
static int add_type_tag(struct chains *c, const struct kbtf_tag_link *link, uint32_t *before)
{
	uint32_t place;
	int err = add_type(c, link, kbtf_entry_types(c->e)[*before].ref, 0, &place);

	if (err)
		return err;
	kbtf_entry_types(c->e)[*before].ref = place;
	*before = kbtf_nr_entry_types(c->e) - 1;
	return 0;
}

static bool has_type_tag(const struct kbtf_entries *e, const struct kbtf_type_entry *pointer)
{
	uint32_t i = pointer->ref ? kbtf_entries_find(e, ENTRY_TYPE, pointer->ref) : NO_ENTRY;

	return i != NO_ENTRY && kbtf_entry_types(e)[i].kind == KBTF_TYPE_TAG;
}

static int fail_endless(const struct chains *c, uint32_t place)
{
	const struct kbtf_unit *unit = kbtf_entries_unit_at(c->e, place);

	return kbtf_fail_unit(c->reterr, unit, c->e->start + place - unit->offset, -EINVAL,
			      "dwarf-tags", "more than %u tags follow each other from it",
			      MOST_LINKS);
}

/* A chain ends where it leads to no tag. */
static int follow(struct chains *c, const struct kbtf_tag_chain *chain)
{
	const struct kbtf_type_entry *types = kbtf_entry_types(c->e);
	bool of_pointer = chain->sort == ENTRY_TYPE && types[chain->owner].kind == KBTF_PTR;
	const struct kbtf_tag_link *link = find_link(c->e, chain->first);
	uint32_t before = chain->owner, nr = 0;
	int err = 0;

	/* Tags inside of a pointer are all that it has. */
	if (of_pointer && has_type_tag(c->e, &types[chain->owner]))
		return 0;
	for (; link && !err; link = find_link(c->e, link->next)) {
		if (nr++ == MOST_LINKS)
			return fail_endless(c, chain->first);
		if (of_pointer && link->kind != KBTF_TYPE_TAG)
			break;
		if (!link->value || (!of_pointer && link->kind != KBTF_DECL_TAG))
			continue;
		err = of_pointer ? add_type_tag(c, link, &before) : add_decl_tag(c, chain, link);
	}
	return err;
}

/* By owner; those of one stay in their order. */
static int sort_tags(struct kbtf_buf *buf)
{
	struct kbtf_decl_tag *tags = (struct kbtf_decl_tag *)buf->data, *sorted;
	size_t nr = buf->size / sizeof(*tags), i;
	uint64_t *items;

	for (i = 1; i < nr && tags[i - 1].owner <= tags[i].owner; i++)
		;
	if (i >= nr)
		return 0;
	items = kbtf_alloc_array(2 * nr, sizeof(*items));
	sorted = kbtf_alloc_array(nr, sizeof(*sorted));
	if (!items || !sorted) {
		free(items);
		free(sorted);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		items[i] = (uint64_t)tags[i].owner << 32 | i;
	kbtf_sort_by_key(items, items + nr, nr);
	for (i = 0; i < nr; i++)
		sorted[i] = tags[(uint32_t)items[i]];
	memcpy(tags, sorted, nr * sizeof(*tags));
	free(items);
	free(sorted);
	return 0;
}

int kbtf_entries_finish_tags(struct kbtf_entries *e, struct kbtf_diag *reterr)
{
	struct chains c = { .e = e, .next_place = e->size, .reterr = reterr };
	uint32_t nr = kbtf_nr_entry_tag_chains(e), i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = follow(&c, &kbtf_entry_tag_chains(e)[i]);
	if (!err && (sort_tags(&e->func_tags) || sort_tags(&e->var_tags)))
		err = kbtf_fail_nomem(reterr);
	return err;
}

const struct kbtf_decl_tag *kbtf_decl_tags_of(const struct kbtf_buf *buf, uint32_t owner,
					      uint32_t *ret_nr)
{
	const struct kbtf_decl_tag *tags = (const struct kbtf_decl_tag *)buf->data;
	uint32_t first = kbtf_records_search(buf, sizeof(*tags), owner);
	size_t nr = buf->size / sizeof(*tags), end;

	*ret_nr = 0;
	if (first == NO_ENTRY)
		return NULL;
	for (end = first; end < nr && tags[end].owner == owner; end++)
		;
	*ret_nr = (uint32_t)(end - first);
	return &tags[first];
}
