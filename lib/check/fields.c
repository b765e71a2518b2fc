// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Special fields of programs: locks, refcounts, lists, trees and kptrs in STRUCTs
 * that a program allocates. Two phases:
 *   1. which types are such fields (mark_named, mark_kptrs)
 *   2. for each STRUCT that has a member of one: all its fields (search.c), that
 *      they fit each other (keep_record), then who owns whom (graph.c)
 *
 * Source: kernel/bpf/btf.c (btf_parse_struct_metas, btf_parse_fields).
 */
#define _GNU_SOURCE /* qsort_r */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fields.h"

const char *kbtf_fields_name(const struct fields *f, uint32_t name_off)
{
	return name_off ? kbtf_check_string(f->btf, name_off) : "(anon)";
}

static const char *struct_name(const struct fields *f, uint32_t id)
{
	return kbtf_check_string(f->btf, check_type(f->btf, id)->name_off);
}

static int cmp_names(const void *a, const void *b, void *ctx)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int diff = strcmp(struct_name(ctx, x), struct_name(ctx, y));

	return diff ? diff : x < y ? -1 : 1;
}

/* Compare the name of a STRUCT with len bytes. */
static int cmp_name(const struct fields *f, uint32_t id, const char *name, size_t len)
{
	const char *s = struct_name(f, id);
	int diff = strncmp(s, name, len);

	return diff ? diff : s[len] != '\0';
}

uint32_t kbtf_fields_find_struct(struct fields *f, const char *name, size_t len)
{
	uint32_t low = 0, high = f->nr_structs;

	if (!f->sorted) {
		qsort_r(f->structs, f->nr_structs, sizeof(*f->structs), cmp_names, f);
		f->sorted = true;
	}
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (cmp_name(f, f->structs[mid], name, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == f->nr_structs || cmp_name(f, f->structs[low], name, len))
		return 0;
	return f->structs[low];
}

const struct record *kbtf_fields_record(const struct fields *f, uint32_t id)
{
	const struct record *rec = (const struct record *)f->records.data;
	size_t low = 0, high = f->records.size / sizeof(*rec);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (rec[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->records.size / sizeof(*rec) && rec[low].id == id ? &rec[low] : NULL;
}

static bool init(struct fields *f)
{
	uint32_t end = check_end_id(f->btf);

	f->first_tag = kbtf_zalloc_array(end, sizeof(*f->first_tag));
	f->next_tag = kbtf_zalloc_array(end, sizeof(*f->next_tag));
	f->structs = kbtf_alloc_array(end, sizeof(*f->structs));
	f->members_of = kbtf_zalloc_array(end, sizeof(*f->members_of));
	f->memos = kbtf_zalloc_array(end, sizeof(*f->memos));
	f->special = kbtf_zalloc_array(end, sizeof(*f->special));
	return f->first_tag && f->next_tag && f->structs && f->members_of && f->memos && f->special;
}

static void deinit(struct fields *f)
{
	free(f->first_tag);
	free(f->next_tag);
	free(f->structs);
	free(f->members_of);
	free(f->memos);
	free(f->special);
	kbtf_names_free(f->kernel_names);
	kbtf_buf_deinit(&f->records);
	kbtf_buf_deinit(&f->all);
	kbtf_buf_deinit(&f->members);
	kbtf_buf_deinit(&f->nested);
}

/* The first STRUCT of each name that makes a field, and kptrs. Whether there are any. */
static bool mark_special(struct fields *f)
{
	uint32_t id, end = check_end_id(f->btf), seen = 0;
	bool any = false;

	for (id = 1; id < end; id++) {
		const struct kbtf_type *t = check_type(f->btf, id);
		struct field field;
		uint32_t kind = 0;

		if (kbtf_kind(t) == KBTF_STRUCT)
			kind = kbtf_fields_kind_of(f, kbtf_fields_name(f, t->name_off));
		/* no kernel begins to search because of this lock alone */
		kind &= ~(FIELD_RES_SPIN_LOCK | seen);
		seen |= kind;
		f->special[id] = kind || kbtf_fields_kptr(f, t, &field) == KPTR_FOUND;
		any |= f->special[id];
	}
	return any;
}

/* DECL_TAGs of each type in the order of ids, and all STRUCTs. */
static void make_lists(struct fields *f)
{
	uint32_t id;

	for (id = check_end_id(f->btf); id-- > 1;) {
		const struct kbtf_type *t = check_type(f->btf, id);

		if (kbtf_kind(t) == KBTF_STRUCT)
			f->structs[f->nr_structs++] = id;
		if (kbtf_kind(t) == KBTF_DECL_TAG) {
			f->next_tag[id] = f->first_tag[t->type];
			f->first_tag[t->type] = id;
		}
	}
}

/* Whether a field lies behind the one before it, and what it points to or holds is there. */
static bool field_fits(struct fields *f, uint32_t id, struct field *field, uint32_t *end)
{
	uint32_t size = kbtf_fields_size(field->kind), room = check_type(f->btf, id)->size;

	if (field->off + size > room) {
		FOUND(RULE_FIELD_BEYOND, id,
		      "has a special field of %u bytes at byte %u, beyond size %u", size,
		      field->off, room);
		return false;
	}
	if (field->off < *end) {
		FOUND(RULE_FIELD_OVERLAP, id,
		      "has a special field at byte %u, but the one before it ends at %u",
		      field->off, *end);
		return false;
	}
	*end = field->off + size;
	if (field->kind & FIELD_ANY_KPTR)
		return kbtf_fields_kptr_target(f, id, field);
	if (field->kind & FIELD_ROOT)
		return kbtf_fields_node(f, id, field);
	return true;
}

static bool fields_fit_each_other(struct fields *f, uint32_t id, uint32_t mask)
{
	if ((mask & FIELD_LOCK) == FIELD_LOCK)
		FOUND(RULE_FIELD_LOCKS, id, "has both a bpf_spin_lock and a bpf_res_spin_lock");
	else if (mask & FIELD_ROOT && !(mask & FIELD_LOCK))
		FOUND(RULE_FIELD_UNLOCKED, id, "has a list head or tree and no lock for it");
	else if ((mask & FIELD_NODE) == FIELD_NODE && !(mask & FIELD_REFCOUNT))
		FOUND(RULE_FIELD_UNCOUNTED, id,
		      "has nodes of both a list and a tree and no bpf_refcount");
	else
		return true;
	return false;
}

static bool keep_record(struct fields *f, uint32_t id, struct field *fields, uint32_t nr)
{
	struct record rec = { .id = id, .nr = nr };
	uint32_t i, end = 0;

	for (i = 0; i < nr; i++) {
		if (!field_fits(f, id, &fields[i], &end))
			return false;
		rec.mask |= fields[i].kind;
	}
	if (!fields_fit_each_other(f, id, rec.mask))
		return false;
	rec.fields = (uint32_t)(f->all.size / sizeof(*fields));
	f->c->nomem |= kbtf_buf_append(&f->all, fields, nr * sizeof(*fields)) ||
		       kbtf_buf_append(&f->records, &rec, sizeof(rec));
	return true;
}

static bool has_special_member(const struct fields *f, const struct kbtf_type *t)
{
	uint32_t i;

	if (kbtf_kind(t) != KBTF_STRUCT)
		return false;
	for (i = 0; i < kbtf_vlen(t); i++)
		if (f->special[kbtf_members(t)[i].type])
			return true;
	return false;
}

/* A STRUCT with a member that would be a field if it had the size or place of one. */
static void found_none(struct fields *f, uint32_t id)
{
	const struct kbtf_type *t = check_type(f->btf, id), *type;
	const struct kbtf_member *m = kbtf_members(t);
	uint32_t i = 0, kind;

	while (!f->special[m[i].type])
		i++;
	type = check_type(f->btf, m[i].type);
	kind = kbtf_fields_kind_of(f, kbtf_fields_name(f, type->name_off));
	FOUND(RULE_FIELD_NONE, id,
	      "member %u is of %s, of %u bytes at byte %u; the kernel takes %u bytes at a multiple "
	      "of %u",
	      i, TYPE_LABEL(f->btf, m[i].type),
	      kbtf_kind(type) == KBTF_STRUCT ? type->size : kbtf_fields_size(0),
	      kbtf_member_offset_bits(t, &m[i]) / 8, kbtf_fields_size(kind),
	      kbtf_fields_align(kind));
}

static bool search_all(struct fields *f)
{
	struct field fields[MAX_FIELDS];
	uint32_t id, end = check_end_id(f->btf);
	bool ok = true;

	for (id = 1; id < end && !check_done(f->c); id++) {
		int nr;

		if (!has_special_member(f, check_type(f->btf, id)))
			continue;
		nr = kbtf_fields_search(f, id, fields);
		if (!nr)
			found_none(f, id);
		ok &= nr > 0 && keep_record(f, id, fields, (uint32_t)nr);
	}
	return ok;
}

void kbtf_check_fields(struct check *c, struct check_btf *btf)
{
	struct fields f = { .c = c, .btf = btf };

	if (!init(&f)) {
		c->nomem = true;
	} else if (mark_special(&f)) {
		make_lists(&f);
		if (search_all(&f) && !c->nomem)
			kbtf_fields_ownership(&f);
	}
	deinit(&f);
}
