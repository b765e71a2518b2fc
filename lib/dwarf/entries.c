// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of a group of units: their memory, and finding them by place. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "entries.h"
#include "fail.h"

void kbtf_entries_deinit(struct kbtf_entries *e)
{
	kbtf_buf_deinit(&e->types);
	kbtf_buf_deinit(&e->elems);
	kbtf_buf_deinit(&e->elem_runs);
	kbtf_buf_deinit(&e->funcs);
	kbtf_buf_deinit(&e->params);
	kbtf_buf_deinit(&e->vars);
	kbtf_buf_deinit(&e->func_tags);
	kbtf_buf_deinit(&e->var_tags);
	kbtf_buf_deinit(&e->tag_links);
	kbtf_buf_deinit(&e->tag_chains);
	kbtf_buf_deinit(&e->units);
	kbtf_buf_deinit(&e->frames);
	kbtf_abbrevs_deinit(&e->abbrevs);
	free(e->index);
	*e = (struct kbtf_entries){ 0 };
}

/* Records have an address also where there are none, so that any range of them does. */
static int reserve_some(struct kbtf_entries *e)
{
	struct kbtf_buf *bufs[] = { &e->types, &e->elems, &e->funcs, &e->params, &e->vars };
	size_t i;

	for (i = 0; i < sizeof(bufs) / sizeof(*bufs); i++)
		if (!bufs[i]->data && kbtf_buf_reserve(bufs[i], 1))
			return -ENOMEM;
	return 0;
}

int kbtf_entries_begin(struct kbtf_entries *e, uint64_t start, uint64_t size, bool is_large,
		       struct kbtf_diag *reterr)
{
	e->types.size = e->elems.size = e->funcs.size = e->params.size = e->vars.size = 0;
	e->func_tags.size = e->var_tags.size = e->tag_links.size = e->tag_chains.size = 0;
	e->units.size = e->elem_runs.size = 0;
	e->has_far_refs = false;
	e->start = start;
	e->size = size;
	e->is_large = is_large;
	if (size > UINT32_MAX)
		return kbtf_fail(reterr, -E2BIG, "dwarf-large",
				 "units that refer to each other have more than 4 GiB");
	if (reserve_some(e))
		return kbtf_fail_nomem(reterr);
	if (is_large || size <= e->index_room)
		return 0;
	free(e->index);
	e->index_room = 0;
	e->index = kbtf_zalloc_array(size + size / 4, sizeof(*e->index));
	if (!e->index)
		return kbtf_fail_nomem(reterr);
	e->index_room = size + size / 4;
	return 0;
}

uint32_t kbtf_records_search(const struct kbtf_buf *records, size_t size, uint32_t key)
{
	size_t low = 0, nr = records->size / size, high = nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (*(const uint32_t *)(records->data + mid * size) < key)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == nr || *(const uint32_t *)(records->data + low * size) != key)
		return NO_ENTRY;
	return (uint32_t)low;
}

uint32_t kbtf_entries_search(const struct kbtf_entries *e, enum kbtf_entry_sort sort,
			     uint32_t place)
{
	switch (sort) {
	case ENTRY_TYPE:
		return kbtf_records_search(&e->types, sizeof(struct kbtf_type_entry), place);
	case ENTRY_FUNC:
		return kbtf_records_search(&e->funcs, sizeof(struct kbtf_func_entry), place);
	case ENTRY_PARAM:
		return kbtf_records_search(&e->params, sizeof(struct kbtf_param_entry), place);
	case ENTRY_VAR:
		return kbtf_records_search(&e->vars, sizeof(struct kbtf_var_entry), place);
	}
	return NO_ENTRY;
}

const struct kbtf_unit *kbtf_entries_unit_at(const struct kbtf_entries *e, uint32_t place)
{
	const struct kbtf_unit *units = kbtf_entry_units(e), *unit = units;
	uint32_t i;

	for (i = 1; i < kbtf_nr_entry_units(e); i++)
		if (units[i].offset - e->start <= place)
			unit = &units[i];
	return unit;
}

/* The type of each element; types are left with as many as they had at first. */
static void find_owners(struct kbtf_entries *e, uint32_t *owners)
{
	const struct kbtf_elem_run *run = (const struct kbtf_elem_run *)e->elem_runs.data;
	const struct kbtf_elem_run *end = run + e->elem_runs.size / sizeof(*run);
	struct kbtf_type_entry *types = kbtf_entry_types(e);
	uint32_t nr_types = kbtf_nr_entry_types(e), i, k;

	for (; run < end; run++) {
		types[run->owner].nr -= run->nr;
		for (k = 0; k < run->nr; k++)
			owners[run->first + k] = run->owner;
	}
	for (i = 0; i < nr_types; i++)
		for (k = 0; k < types[i].nr; k++)
			owners[types[i].first + k] = i;
}

/* Bring the elements of each type together, in their order. */
static int sort_elems(struct kbtf_entries *e)
{
	uint32_t nr = kbtf_nr_entry_elems(e), nr_types = kbtf_nr_entry_types(e), i, at = 0;
	struct kbtf_type_entry *types = kbtf_entry_types(e);
	struct kbtf_elem_entry *elems = kbtf_entry_elems(e), *sorted;
	uint32_t *owners;

	sorted = kbtf_alloc_array(nr, sizeof(*sorted));
	owners = kbtf_zalloc_array(nr, sizeof(*owners));
	if (!sorted || !owners) {
		free(sorted);
		free(owners);
		return -ENOMEM;
	}
	find_owners(e, owners);
	for (i = 0; i < nr_types; i++)
		types[i].nr = 0;
	for (i = 0; i < nr; i++)
		types[owners[i]].nr++;
	for (i = 0; i < nr_types; i++) {
		types[i].first = at;
		at += types[i].nr;
		types[i].nr = 0;
	}
	for (i = 0; i < nr; i++) {
		struct kbtf_type_entry *t = &types[owners[i]];

		sorted[t->first + t->nr++] = elems[i];
	}
	memcpy(elems, sorted, nr * sizeof(*sorted));
	free(sorted);
	free(owners);
	return 0;
}

#define SETTLE(e, names, field, type)                                                              \
	kbtf_names_settle(names, &kbtf_entry_##field(e)->name, kbtf_nr_entry_##field(e),           \
			  sizeof(struct type))

static void settle_tags(struct kbtf_names_ctx *names, const struct kbtf_buf *tags)
{
	struct kbtf_decl_tag *first = (struct kbtf_decl_tag *)tags->data;

	if (tags->size)
		kbtf_names_settle(names, &first->value, tags->size / sizeof(*first),
				  sizeof(*first));
}

int kbtf_entries_finish(struct kbtf_entries *e, struct kbtf_names_ctx *names,
			struct kbtf_diag *reterr)
{
	bool has_tags = e->func_tags.size || e->var_tags.size || e->tag_chains.size;
	int err;

	if (e->elem_runs.size && sort_elems(e))
		return kbtf_fail_nomem(reterr);
	err = has_tags ? kbtf_entries_finish_tags(e, reterr) : 0;
	if (err)
		return err;
	SETTLE(e, names, types, kbtf_type_entry);
	SETTLE(e, names, elems, kbtf_elem_entry);
	SETTLE(e, names, funcs, kbtf_func_entry);
	SETTLE(e, names, params, kbtf_param_entry);
	SETTLE(e, names, vars, kbtf_var_entry);
	settle_tags(names, &e->func_tags);
	settle_tags(names, &e->var_tags);
	if (names->err == -E2BIG)
		return kbtf_fail(reterr, names->err, "dwarf-names",
				 "%s: there are more than 2 GiB of names", names->src->label);
	return names->err ? kbtf_fail_nomem(reterr) : 0;
}
