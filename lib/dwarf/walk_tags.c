// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Entries that are tags in the source, btf_type_tag and btf_decl_tag. clang has them inside of
 * what they are for [kbtf_walk_tag], gcc beside it: see struct kbtf_tag_link.
 */
#include <string.h>

#include "fail.h"
#include "walk.h"

static uint8_t kind_of(const struct walk *w)
{
	char buf[4];
	const char *name = kbtf_name_string(w->names, name_in(w, SLOT_NAME), buf);

	if (!strcmp(name, "btf_decl_tag"))
		return KBTF_DECL_TAG;
	return strcmp(name, "btf_type_tag") ? 0 : KBTF_TYPE_TAG;
}

static bool is_wanted(const struct kbtf_entries *e, enum kbtf_entry_sort sort, uint32_t owner,
		      uint8_t *ret_kind)
{
	bool of_pointer = sort == ENTRY_TYPE && kbtf_entry_types(e)[owner].kind == KBTF_PTR;

	*ret_kind = of_pointer ? KBTF_TYPE_TAG : KBTF_DECL_TAG;
	return of_pointer ? e->type_tags : e->decl_tags;
}

/*
 * A type of its own at the place of its entry. That of a pointer comes between it and what it
 * points to, the next one before it; that of a declaration refers to it.
 */
static int add_to_type(struct walk *w, uint32_t owner, uint32_t component, uint8_t kind)
{
	const struct kbtf_type_entry *of = &kbtf_entry_types(w->e)[owner];
	struct kbtf_type_entry *t, tag = {
		.place = w->base + w->here,
		.name = name_in(w, SLOT_CONST),
		.ref = kind == KBTF_TYPE_TAG ? of->ref : of->place,
		.size = kind == KBTF_TYPE_TAG ? 0 : component,
		.first = kbtf_nr_entry_elems(w->e),
		.kind = kind,
	};

	note_place(w, ENTRY_TYPE, kbtf_nr_entry_types(w->e));
	t = kbtf_buf_extend(&w->e->types, sizeof(*t));
	if (!t)
		return kbtf_fail_nomem(w->reterr);
	*t = tag;
	if (kind == KBTF_TYPE_TAG)
		kbtf_entry_types(w->e)[owner].ref = tag.place;
	return 0;
}

int kbtf_walk_tag(struct walk *w, enum kbtf_entry_sort sort, uint32_t owner, uint32_t component)
{
	struct kbtf_decl_tag tag = { owner, name_in(w, SLOT_CONST), component };
	struct kbtf_buf *tags = sort == ENTRY_FUNC ? &w->e->func_tags : &w->e->var_tags;
	uint8_t kind;

	if (!tag.value || !is_wanted(w->e, sort, owner, &kind) || kind_of(w) != kind)
		return 0;
	if (sort == ENTRY_TYPE)
		return add_to_type(w, owner, component, kind);
	return kbtf_buf_append(tags, &tag, sizeof(tag)) ? kbtf_fail_nomem(w->reterr) : 0;
}

int kbtf_walk_tag_link(struct walk *w, uint32_t next)
{
	const struct kbtf_tag_link link = {
		.place = w->base + w->here,
		.value = name_in(w, SLOT_CONST),
		.next = next,
		.kind = kind_of(w),
	};

	if (kbtf_buf_append(&w->e->tag_links, &link, sizeof(link)))
		return kbtf_fail_nomem(w->reterr);
	return 0;
}

static bool may_be_tagged(const struct kbtf_entries *e, const struct kbtf_tag_chain *chain)
{
	if (chain->sort != ENTRY_TYPE)
		return true;
	switch (kbtf_entry_types(e)[chain->owner].kind) {
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_TYPEDEF:
	case KBTF_PTR:
		return true;
	default:
		return false;
	}
}

int kbtf_walk_tag_chain(struct walk *w, const struct kbtf_tag_chain *chain)
{
	uint8_t kind;

	if (!chain->first || !may_be_tagged(w->e, chain) ||
	    !is_wanted(w->e, (enum kbtf_entry_sort)chain->sort, chain->owner, &kind))
		return 0;
	if (kbtf_buf_append(&w->e->tag_chains, chain, sizeof(*chain)))
		return kbtf_fail_nomem(w->reterr);
	return 0;
}
