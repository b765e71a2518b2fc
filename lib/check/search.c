// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The special fields of a STRUCT: its members by the names of their types, those
 * of STRUCTs nested in it, repeated for each element of an array.
 *
 * Source: kernel/bpf/btf.c (btf_find_struct_field, btf_find_field_one,
 * btf_find_nested_struct, btf_repeat_fields, btf_get_field_type).
 */
#include <string.h>

#include "fields.h"

struct field_kind_info {
	const char *name; /* of the member's type */
	uint32_t kind;
	uint32_t size, align; /* bytes */
};

/* In the order in which the kernel compares names. */
static const struct field_kind_info kinds[] = {
	{ "bpf_spin_lock", FIELD_SPIN_LOCK, 4, 4 },
	{ "bpf_res_spin_lock", FIELD_RES_SPIN_LOCK, 4, 4 },
	{ "bpf_list_head", FIELD_LIST_HEAD, 16, 8 },
	{ "bpf_list_node", FIELD_LIST_NODE, 24, 8 },
	{ "bpf_rb_root", FIELD_RB_ROOT, 16, 8 },
	{ "bpf_rb_node", FIELD_RB_NODE, 32, 8 },
	{ "bpf_refcount", FIELD_REFCOUNT, 4, 4 },
};
static const struct field_kind_info kptr_info = { "kptr", FIELD_KPTR, 8, 8 };

static const struct field_kind_info *info_by_name(const struct fields *f, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].kind == FIELD_RES_SPIN_LOCK && !f->c->version->res_spin_lock)
			continue;
		if (!strcmp(name, kinds[i].name))
			return &kinds[i];
	}
	return NULL;
}

uint32_t kbtf_fields_kind_of(const struct fields *f, const char *name)
{
	const struct field_kind_info *info = info_by_name(f, name);

	return info ? info->kind : 0;
}

static const struct field_kind_info *info_by_kind(uint32_t kind)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return &kptr_info;
}

uint32_t kbtf_fields_size(uint32_t kind)
{
	return info_by_kind(kind)->size;
}

uint32_t kbtf_fields_align(uint32_t kind)
{
	return info_by_kind(kind)->align;
}

/* A member of a STRUCT on the way down, with arrays taken off. */
struct place {
	uint32_t id;  /* of the STRUCT */
	uint32_t i;   /* of the member */
	uint32_t off; /* bytes from the STRUCT's start */
	uint32_t nelems;
	uint32_t type_id; /* of the member, or of its elements */
	const struct kbtf_type *type;
};

/* Where fields go, and what limits them. */
struct sink {
	struct field *out;
	uint32_t room;
	uint32_t level;
	uint32_t *seen; /* kinds of which there may be one; NULL: they are counted anew */
};

static int search_struct(struct fields *f, uint32_t id, struct sink to);

static bool is_struct(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_STRUCT;
}

/* Fields of the first element, once for each of the others. Their number, or -1 after a finding. */
static int repeat(struct fields *f, const struct place *at, struct sink to, uint32_t nr,
		  uint32_t elem_size)
{
	uint32_t i, j;

	for (j = 0; j < nr; j++) {
		if (!(to.out[j].kind & (FIELD_ANY_KPTR | FIELD_ROOT))) {
			FOUND(RULE_FIELD_REPEAT, at->id,
			      "member %u is an array of %u, with what may be there once: only "
			      "kptrs, list heads and trees may be in arrays",
			      at->i, at->nelems);
			return -1;
		}
	}
	if ((uint64_t)nr * at->nelems > to.room) {
		FOUND(RULE_FIELD_COUNT, at->id,
		      "member %u holds %llu special fields, and there is room for %u more", at->i,
		      (unsigned long long)nr * at->nelems, to.room);
		return -1;
	}
	for (i = 1; i < at->nelems; i++) {
		for (j = 0; j < nr; j++) {
			to.out[i * nr + j] = to.out[j];
			to.out[i * nr + j].off += i * elem_size;
		}
	}
	return (int)(nr * at->nelems);
}

/* A STRUCT that is no field itself. */
static int search_nested(struct fields *f, const struct place *at, struct sink to)
{
	int nr, i;

	to.level++;
	if (to.level >= CHECK_MAX_DEPTH) {
		FOUND(RULE_FIELD_DEPTH, at->id, "is nested %u deep in a STRUCT with special fields",
		      to.level);
		return -1;
	}
	if (!f->c->version->fields_count_nested)
		to.seen = NULL;
	nr = search_struct(f, at->type_id, to);
	if (nr <= 0)
		return nr;
	for (i = 0; i < nr; i++)
		to.out[i].off += at->off;
	return at->nelems > 1 ? repeat(f, at, to, (uint32_t)nr, at->type->size) : nr;
}

static bool only_once(const struct fields *f, uint32_t kind)
{
	return kind & FIELD_LOCK || (kind == FIELD_REFCOUNT && f->c->version->fields_count_nested);
}

/* Fill in a field that the member looks like: 1, 0 where it is none, -1 after a finding. */
static int make_field(struct fields *f, const struct place *at, const struct field_kind_info *info,
		      struct field *field)
{
	*field = (struct field){ .kind = info->kind, .off = at->off };
	if (info == &kptr_info) {
		switch (kbtf_fields_kptr(f, at->type, field)) {
		case KPTR_NONE:
			return 0;
		case KPTR_FOUND:
			return 1;
		case KPTR_UNKNOWN_TAG:
			FOUND(RULE_KPTR_TAG, at->id,
			      "member %u is a pointer with the tag '%.64s', which kernel %s does "
			      "not "
			      "know",
			      at->i, field->node, f->c->version->name);
			return -1;
		case KPTR_TWO_TAGS:
			FOUND(RULE_KPTR_TAG, at->id, "member %u is a pointer with two tags", at->i);
			return -1;
		case KPTR_BAD_TARGET:
			FOUND(RULE_KPTR_TARGET, at->id,
			      "member %u is a kptr that points to no STRUCT", at->i);
			return -1;
		}
	}
	if (!is_struct(at->type) || at->type->size != info->size)
		return 0;
	if (info->kind & FIELD_ROOT && !kbtf_fields_contains(f, at->id, at->i, field))
		return -1;
	return 1;
}

/* One member. The number of fields, or -1 after a finding. */
static int search_member(struct fields *f, struct place *at, struct sink to)
{
	const struct field_kind_info *info;
	struct field field;
	uint32_t depth;
	int ret;

	for (depth = 0; kbtf_kind(at->type) == KBTF_ARRAY; depth++) {
		if (depth == CHECK_MAX_DEPTH - 1) {
			FOUND(RULE_FIELD_DEPTH, at->id, "member %u is an array of %u dimensions",
			      at->i, CHECK_MAX_DEPTH);
			return -1;
		}
		at->nelems *= kbtf_array(at->type)->nelems;
		at->type_id = kbtf_array(at->type)->type;
		at->type = check_type(f->btf, at->type_id);
	}
	if (!at->nelems)
		return 0;
	info = info_by_name(f, kbtf_fields_name(f, at->type->name_off));
	if (info && only_once(f, info->kind)) {
		if (*to.seen & info->kind) {
			FOUND(RULE_FIELD_TWICE, at->id, "member %u is the second %s", at->i,
			      info->name);
			return -1;
		}
		*to.seen |= info->kind;
	}
	if (!info && is_struct(at->type))
		return search_nested(f, at, to);
	if (!info)
		info = &kptr_info;
	if (at->off % info->align)
		return 0;
	ret = make_field(f, at, info, to.room ? to.out : &field);
	if (ret <= 0)
		return ret;
	if (!to.room) {
		FOUND(RULE_FIELD_COUNT, at->id,
		      "member %u is special field %u, at most %u are taken", at->i, MAX_FIELDS + 1,
		      MAX_FIELDS);
		return -1;
	}
	return at->nelems > 1 ? repeat(f, at, to, 1, info->size) : 1;
}

/* Put what is remembered of a STRUCT where its search would. */
static int recall(struct fields *f, uint32_t id, const struct memo *memo, struct sink to)
{
	if (to.seen && *to.seen & memo->once) {
		FOUND(RULE_FIELD_TWICE, id, "has a lock or refcount, and is nested beside another");
		return -1;
	}
	if (memo->nr > to.room) {
		FOUND(RULE_FIELD_COUNT, id,
		      "has %u special fields where there is room for %u more, of %u", memo->nr,
		      to.room, MAX_FIELDS);
		return -1;
	}
	if (to.seen)
		*to.seen |= memo->once;
	if (memo->nr)
		memcpy(to.out, (struct field *)f->nested.data + memo->fields,
		       memo->nr * sizeof(*to.out));
	return memo->nr;
}

static void remember(struct fields *f, uint32_t id, struct memo memo, const struct field *fields)
{
	memo.fields = (uint32_t)(f->nested.size / sizeof(*fields));
	f->c->nomem |= kbtf_buf_append(&f->nested, fields, memo.nr * sizeof(*fields)) != 0;
	f->memos[id] = memo;
}

/*
 * The kernel searches a STRUCT again wherever it is nested, which takes ages where
 * that doubles at each level. What a search finds depends on where it is nested
 * only in what it may fail of, so it is made once.
 */
static int search_struct(struct fields *f, uint32_t id, struct sink to)
{
	const struct kbtf_type *t = check_type(f->btf, id);
	const struct kbtf_member *m = kbtf_members(t);
	struct memo memo = { .height = 1 };
	uint32_t i, nr = 0, own_seen = 0;
	uint32_t *seen = to.seen ? to.seen : &own_seen, seen_before = *seen;

	if (f->memos[id].height && to.level + f->memos[id].height <= CHECK_MAX_DEPTH)
		return recall(f, id, &f->memos[id], to);
	if (f->btf->bad[id - 1])
		return -1;
	for (i = 0; i < kbtf_vlen(t); i++) {
		uint32_t bit = kbtf_member_offset_bits(t, &m[i]);
		struct place at = { .id = id, .i = i, .off = bit / 8, .nelems = 1 };
		struct sink rest = { to.out + nr, to.room - nr, to.level, seen };
		int ret;

		at.type_id = m[i].type;
		at.type = check_type(f->btf, at.type_id);
		if (bit % 8) {
			FOUND(RULE_FIELD_BYTE, id,
			      "member %u is at bit %u, which begins no byte, of a STRUCT with "
			      "special fields",
			      i, bit);
			return -1;
		}
		ret = search_member(f, &at, rest);
		if (ret < 0)
			return -1;
		nr += (uint32_t)ret;
		if (is_struct(at.type) && f->memos[at.type_id].height >= memo.height)
			memo.height = f->memos[at.type_id].height + 1;
	}
	memo.nr = (uint8_t)nr;
	memo.once = (uint16_t)(*seen & ~seen_before);
	remember(f, id, memo, to.out);
	return (int)nr;
}

int kbtf_fields_search(struct fields *f, uint32_t id, struct field fields[MAX_FIELDS])
{
	return search_struct(f, id, (struct sink){ fields, MAX_FIELDS, 0, NULL });
}
