// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Lists and trees: what each holds, told by a DECL_TAG "contains:STRUCT:NODE" of
 * the member, and that nobody owns himself by way of others.
 *
 * Source: kernel/bpf/btf.c (btf_find_graph_root, btf_parse_graph_root,
 * btf_check_and_fixup_fields, in later 6.12 btf_check_ownership_depth).
 */
#define _GNU_SOURCE /* qsort_r */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fields.h"

#define TAG_PREFIX "contains:"
#define MAX_OWNERSHIP 8

/* The next DECL_TAG "contains:" of a component; 0 where there is none. */
static uint32_t next_contains(const struct fields *f, uint32_t tag, uint32_t component)
{
	for (; tag; tag = f->next_tag[tag]) {
		const struct kbtf_type *t = check_type(f->btf, tag);

		if (kbtf_word(t) == component &&
		    !strncmp(kbtf_fields_name(f, t->name_off), TAG_PREFIX, strlen(TAG_PREFIX)))
			return tag;
	}
	return 0;
}

bool kbtf_fields_contains(struct fields *f, uint32_t id, uint32_t component, struct field *field)
{
	uint32_t tag = next_contains(f, f->first_tag[id], component);
	const char *value, *colon;

	if (!tag) {
		FOUND(RULE_CONTAINS_TAG, id,
		      "member %u is a list head or tree without a DECL_TAG contains:STRUCT:NODE",
		      component);
		return false;
	}
	if (next_contains(f, f->next_tag[tag], component)) {
		FOUND(RULE_CONTAINS_TAG, id, "member %u has two DECL_TAGs of what it contains",
		      component);
		return false;
	}
	value = kbtf_fields_name(f, check_type(f->btf, tag)->name_off) + strlen(TAG_PREFIX);
	/* No STRUCT's name is longer, so how far away a colon is matters only to what
	 * the kernel answers: for one that was refused already, megabytes need no search. */
	colon = f->c->nr ? memchr(value, ':', strnlen(value, CHECK_MAX_NAME + 1))
			 : strchr(value, ':');
	if (!colon) {
		FOUND(RULE_CONTAINS_TAG, id,
		      "member %u has DECL_TAG [%u] without a colon before the node's name",
		      component, tag);
		return false;
	}
	field->target = kbtf_fields_find_struct(f, value, (size_t)(colon - value));
	field->node = colon + 1;
	if (!field->target) {
		FOUND(RULE_CONTAINS_STRUCT, id,
		      "member %u contains a struct '%.*s' that is not there", component,
		      (int)(colon - value < 128 ? colon - value : 128), value);
		return false;
	}
	if (!*field->node) {
		FOUND(RULE_CONTAINS_TAG, id, "member %u has DECL_TAG [%u] without a node's name",
		      component, tag);
		return false;
	}
	return true;
}

/* Members of a STRUCT by name, so that each is found fast however many there are. */
struct by_name {
	const struct fields *f;
	const struct kbtf_member *members;
};

static const char *member_name(const struct by_name *by, uint32_t i)
{
	return kbtf_fields_name(by->f, by->members[i].name_off);
}

static int cmp_members(const void *a, const void *b, void *ctx)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int diff = strcmp(member_name(ctx, x), member_name(ctx, y));

	return diff ? diff : x < y ? -1 : 1;
}

/* Numbers of a STRUCT's members, by name; made once. NULL where there is no memory. */
static const uint32_t *sorted_members(struct fields *f, uint32_t id)
{
	const struct kbtf_type *t = check_type(f->btf, id);
	struct by_name by = { f, kbtf_members(t) };
	uint32_t n = kbtf_vlen(t), i, *sorted;

	if (!f->members_of[id]) {
		uint32_t begin = (uint32_t)(f->members.size / sizeof(*sorted));

		/* one more than there are, so that there is something to point at */
		sorted = kbtf_buf_extend(&f->members, (n + 1) * sizeof(*sorted));
		if (!sorted) {
			f->c->nomem = true;
			return NULL;
		}
		for (i = 0; i < n; i++)
			sorted[i] = i;
		qsort_r(sorted, n, sizeof(*sorted), cmp_members, &by);
		f->members_of[id] = begin + 1;
	}
	return (const uint32_t *)f->members.data + f->members_of[id] - 1;
}

/* The first member of a name in the order of sorted; n where there is none. */
static uint32_t find_member(const struct by_name *by, const uint32_t *sorted, uint32_t n,
			    const char *name)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (strcmp(member_name(by, sorted[mid]), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && !strcmp(member_name(by, sorted[low]), name) ? low : n;
}

bool kbtf_fields_node(struct fields *f, uint32_t id, const struct field *field)
{
	const char *kind = field->kind == FIELD_LIST_HEAD ? "bpf_list_node" : "bpf_rb_node";
	const struct kbtf_type *t = check_type(f->btf, field->target), *node;
	struct by_name by = { f, kbtf_members(t) };
	const uint32_t *sorted = sorted_members(f, field->target);
	uint32_t at, n = kbtf_vlen(t), bit;

	if (!sorted)
		return false;
	at = find_member(&by, sorted, n, field->node);
	if (at == n) {
		FOUND(RULE_CONTAINS_MISSING, id, "contains %s, which has no member '%.64s'",
		      TYPE_LABEL(f->btf, field->target), field->node);
		return false;
	}
	if (at + 1 < n && !strcmp(member_name(&by, sorted[at + 1]), field->node)) {
		FOUND(RULE_CONTAINS_NODE, id, "contains %s, of whose members two are named '%.64s'",
		      TYPE_LABEL(f->btf, field->target), field->node);
		return false;
	}
	node = check_type(f->btf, by.members[sorted[at]].type);
	/* as the kernel does it: by the kind_flag of the node's type, not of its STRUCT */
	bit = kbtf_member_offset_bits(node, &by.members[sorted[at]]);
	if (kbtf_kind(node) != KBTF_STRUCT || bit % 64 ||
	    strcmp(kind, kbtf_fields_name(f, node->name_off))) {
		FOUND(RULE_CONTAINS_NODE, id,
		      "contains %s, whose member %u '%.64s' is no %s at a multiple of 64 bits",
		      TYPE_LABEL(f->btf, field->target), sorted[at], field->node, kind);
		return false;
	}
	return true;
}

static const struct field *fields_of(const struct fields *f, const struct record *rec)
{
	return (const struct field *)f->all.data + rec->fields;
}

static bool check_roots(struct fields *f, const struct record *rec)
{
	uint32_t i;

	for (i = 0; i < rec->nr; i++) {
		const struct field *field = &fields_of(f, rec)[i];
		const struct record *held;

		if (!(field->kind & FIELD_ROOT))
			continue;
		held = kbtf_fields_record(f, field->target);
		if (!held) {
			FOUND(RULE_CONTAINS_PLAIN, rec->id,
			      "contains %s, whose node is not of the first struct of its name",
			      TYPE_LABEL(f->btf, field->target));
			return false;
		}
		if (!f->c->version->ownership_depth && rec->mask & FIELD_NODE &&
		    held->mask & FIELD_ROOT) {
			FOUND(RULE_OWNERSHIP, rec->id,
			      "is held by a list or tree and holds %s, which holds others in "
			      "turn",
			      TYPE_LABEL(f->btf, field->target));
			return false;
		}
	}
	return true;
}

/* How deep a STRUCT owns, itself counted; 0 where that is more than left allows. */
static uint8_t depth_of(const struct fields *f, const struct record *rec, uint8_t *depths,
			uint8_t left)
{
	uint8_t *depth = &depths[rec - (const struct record *)f->records.data], most = 0;
	uint32_t i;

	if (!left)
		return 0;
	for (i = 0; i < rec->nr && !*depth; i++) {
		const struct field *field = &fields_of(f, rec)[i];
		const struct record *owned;
		uint8_t d;

		if (!(field->kind & (FIELD_ROOT | FIELD_KPTR_OWNING)) || field->in_kernel)
			continue;
		owned = kbtf_fields_record(f, field->target);
		if (!owned)
			continue;
		d = depth_of(f, owned, depths, left - 1);
		if (!d)
			return 0;
		most = d > most ? d : most;
	}
	if (!*depth)
		*depth = most + 1;
	return *depth > left ? 0 : *depth;
}

void kbtf_fields_ownership(struct fields *f)
{
	const struct record *rec = (const struct record *)f->records.data;
	size_t nr = f->records.size / sizeof(*rec), i;
	uint8_t *depths;
	bool ok = true;

	for (i = 0; i < nr && !check_done(f->c); i++)
		ok &= check_roots(f, &rec[i]);
	if (!ok || !f->c->version->ownership_depth)
		return;
	depths = kbtf_zalloc_array(nr, 1);
	if (!depths) {
		f->c->nomem = true;
		return;
	}
	for (i = 0; i < nr && !check_done(f->c); i++)
		if (!depth_of(f, &rec[i], depths, MAX_OWNERSHIP))
			FOUND(RULE_OWNERSHIP, rec[i].id,
			      "owns others that own others, more than %u deep", MAX_OWNERSHIP);
	free(depths);
}
