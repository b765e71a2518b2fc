// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Each type by itself, which is all that a kernel demands of its own BTF and of
 * modules': the type section in, the place of each type out (kbtf_check_meta).
 * A row of kind_rules[] tells what is demanded of a kind, in the order in which
 * the kernel looks.
 *
 * Source: kernel/bpf/btf.c (btf_check_all_metas and the check_meta of each kind).
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "check.h"
#include "open.h"

/* The type a rule looks at. */
struct subject {
	struct check_btf *btf;
	uint32_t id;
	const struct kbtf_type *t;
};

typedef void rule_fn(struct check *c, const struct subject *s);

#define FOUND(rule, ...) kbtf_check_found_type(c, s->btf, rule, s->id, __VA_ARGS__)

static void no_vlen(struct check *c, const struct subject *s)
{
	if (kbtf_vlen(s->t))
		FOUND(RULE_VLEN_USED, "vlen is %u, this kind has no elements", kbtf_vlen(s->t));
}

static void no_kflag(struct check *c, const struct subject *s)
{
	if (kbtf_kflag(s->t))
		FOUND(RULE_KFLAG_USED, "kind_flag is set, which says nothing of this kind");
}

static void no_kflag_of_tag(struct check *c, const struct subject *s)
{
	if (kbtf_kflag(s->t) && !c->version->tag_kflag)
		FOUND(RULE_KFLAG_USED,
		      "kind_flag is set, which kernel %s does not know of this kind",
		      c->version->name);
}

static void name_needed(struct check *c, const struct subject *s)
{
	kbtf_check_name(c, s->btf, s->id, s->t->name_off, NAME_NEEDED);
}

static void name_optional(struct check *c, const struct subject *s)
{
	kbtf_check_name(c, s->btf, s->id, s->t->name_off, NAME_OPTIONAL);
}

static void name_of_section(struct check *c, const struct subject *s)
{
	kbtf_check_name(c, s->btf, s->id, s->t->name_off, NAME_OF_SECTION);
}

static void name_of_tag(struct check *c, const struct subject *s)
{
	kbtf_check_name(c, s->btf, s->id, s->t->name_off, NAME_TAG);
}

static void no_name(struct check *c, const struct subject *s)
{
	kbtf_check_name(c, s->btf, s->id, s->t->name_off, NAME_NONE);
}

static void id_below_limit(struct check *c, const struct subject *s)
{
	if (s->t->type > CHECK_MAX_TYPE_ID)
		FOUND(RULE_TYPE_ID_LIMIT, "refers to type id %u, at most %u are taken", s->t->type,
		      CHECK_MAX_TYPE_ID);
}

static void int_word(struct check *c, const struct subject *s)
{
	uint32_t word = kbtf_word(s->t), size = s->t->size;
	uint32_t end = KBTF_INT_OFFSET_BITS(word) + KBTF_INT_BITS(word);
	uint32_t encoding = KBTF_INT_ENCODING(word);

	if (word >> 28)
		FOUND(RULE_INT_WORD, "the INT's word is 0x%08x, its upper 4 bits have no meaning",
		      word);
	if (end > 128)
		FOUND(RULE_INT_WIDTH, "offset %u and %u bits end at bit %u, beyond 128",
		      KBTF_INT_OFFSET_BITS(word), KBTF_INT_BITS(word), end);
	else if ((end + 7) / 8 > size)
		FOUND(RULE_INT_SIZE, "offset %u and %u bits end at bit %u, beyond size %u",
		      KBTF_INT_OFFSET_BITS(word), KBTF_INT_BITS(word), end, size);
	if (encoding & (encoding - 1) || encoding > KBTF_INT_BOOL)
		FOUND(RULE_INT_ENCODING,
		      "encoding is %u, neither signed (1), char (2), bool (4) nor 0", encoding);
}

static void fwd_type(struct check *c, const struct subject *s)
{
	if (s->t->type)
		FOUND(RULE_FWD_TYPE, "refers to type id %u where 0 has to be", s->t->type);
}

static void array_size(struct check *c, const struct subject *s)
{
	if (s->t->size)
		FOUND(RULE_ARRAY_SIZE, "its size word is %u where 0 has to be", s->t->size);
}

static void array_ids(struct check *c, const struct subject *s)
{
	const struct kbtf_array *a = kbtf_array(s->t);

	if (!a->type)
		FOUND(RULE_ARRAY_ELEM, "its elements are void");
	else if (a->type > CHECK_MAX_TYPE_ID)
		FOUND(RULE_TYPE_ID_LIMIT, "its elements are of type id %u, at most %u are taken",
		      a->type, CHECK_MAX_TYPE_ID);
	if (!a->index_type)
		FOUND(RULE_ARRAY_INDEX, "its index is void");
	else if (a->index_type > CHECK_MAX_TYPE_ID)
		FOUND(RULE_TYPE_ID_LIMIT, "its index is of type id %u, at most %u are taken",
		      a->index_type, CHECK_MAX_TYPE_ID);
}

/* "member 3 'x'", for messages. */
#define MEMBER_LABEL_SIZE (CHECK_LABEL_SIZE + 32)
static const char *member_label(const struct subject *s, uint32_t i, char buf[MEMBER_LABEL_SIZE])
{
	char name[CHECK_LABEL_SIZE];

	snprintf(buf, MEMBER_LABEL_SIZE, "member %u '%s'", i,
		 kbtf_check_label(s->btf, kbtf_members(s->t)[i].name_off, name));
	return buf;
}
#define MEMBER(i) member_label(s, i, (char[MEMBER_LABEL_SIZE]){ 0 })

/* The name of an element; enumerators need one, members may have one. */
static void elem_name(struct check *c, const struct subject *s, const char *what, uint32_t i,
		      uint32_t name_off, enum check_name demand)
{
	if (!kbtf_check_name_in_range(s->btf, name_off))
		FOUND(RULE_STRING_RANGE, "%s %u: string offset %u, but the strings end at %u", what,
		      i, name_off, s->btf->str_start + s->btf->str_len);
	else
		kbtf_check_elem_name(c, s->btf, s->id, name_off, demand, what, i);
}

static void members(struct check *c, const struct subject *s)
{
	const struct kbtf_member *m = kbtf_members(s->t);
	uint32_t i, last = 0, size = s->t->size;

	for (i = 0; i < kbtf_vlen(s->t) && !check_done(c); i++, m++) {
		uint32_t bit = kbtf_member_offset_bits(s->t, m);

		elem_name(c, s, "member", i, m->name_off, NAME_OPTIONAL);
		if (!m->type)
			FOUND(RULE_MEMBER_VOID, "%s is void", MEMBER(i));
		else if (m->type > CHECK_MAX_TYPE_ID)
			FOUND(RULE_TYPE_ID_LIMIT, "%s is of type id %u, at most %u are taken",
			      MEMBER(i), m->type, CHECK_MAX_TYPE_ID);
		if (kbtf_kind(s->t) == KBTF_UNION && bit)
			FOUND(RULE_UNION_OFFSET, "%s is at bit %u of a union", MEMBER(i), bit);
		else if (last > bit)
			FOUND(RULE_MEMBER_ORDER, "%s is at bit %u, the one before it at bit %u",
			      MEMBER(i), bit, last);
		else if (bit / 8 + !!(bit % 8) > size)
			FOUND(RULE_MEMBER_OFFSET, "%s is at bit %u, beyond size %u", MEMBER(i), bit,
			      size);
		last = bit;
	}
}

static void enum_size(struct check *c, const struct subject *s)
{
	uint32_t size = s->t->size;

	if (size > 8 || !size || size & (size - 1))
		FOUND(RULE_ENUM_SIZE, "size is %u, neither 1, 2, 4 nor 8", size);
}

static void enumerators(struct check *c, const struct subject *s)
{
	bool is_64 = kbtf_kind(s->t) == KBTF_ENUM64;
	uint32_t i;

	for (i = 0; i < kbtf_vlen(s->t) && !check_done(c); i++)
		elem_name(c, s, "enumerator", i,
			  is_64 ? kbtf_enums64(s->t)[i].name_off : kbtf_enums(s->t)[i].name_off,
			  NAME_NEEDED);
}

static void func_linkage(struct check *c, const struct subject *s)
{
	if (kbtf_vlen(s->t) > 1)
		FOUND(RULE_FUNC_LINKAGE, "linkage is %u, neither static (0) nor global (1)",
		      kbtf_vlen(s->t));
}

static void var_type(struct check *c, const struct subject *s)
{
	if (!s->t->type)
		FOUND(RULE_VAR_VOID, "the variable is void");
	else
		id_below_limit(c, s);
}

static void var_linkage(struct check *c, const struct subject *s)
{
	if (kbtf_word(s->t) > 1)
		FOUND(RULE_VAR_LINKAGE, "linkage is %u, neither static (0) nor global (1)",
		      kbtf_word(s->t));
}

static void section_size(struct check *c, const struct subject *s)
{
	if (!s->t->size)
		FOUND(RULE_DATASEC_EMPTY, "size is 0");
}

static void variables(struct check *c, const struct subject *s)
{
	const struct kbtf_secinfo *v = kbtf_secinfos(s->t);
	uint32_t i, end = 0, size = s->t->size;
	uint64_t sum = 0;

	for (i = 0; i < kbtf_vlen(s->t) && !check_done(c); i++, v++) {
		if (!v->type)
			FOUND(RULE_SECINFO_VAR, "variable %u is void", i);
		else if (v->type > CHECK_MAX_TYPE_ID)
			FOUND(RULE_TYPE_ID_LIMIT,
			      "variable %u is of type id %u, at most %u are taken", i, v->type,
			      CHECK_MAX_TYPE_ID);
		if (v->offset < end)
			FOUND(RULE_SECINFO_ORDER,
			      "variable %u is at byte %u, the one before it ends at %u", i,
			      v->offset, end);
		else if (v->offset >= size)
			FOUND(RULE_SECINFO_RANGE, "variable %u is at byte %u, beyond size %u", i,
			      v->offset, size);
		if (!v->size)
			FOUND(RULE_SECINFO_SIZE, "variable %u has a size of 0", i);
		else if (v->size > size)
			FOUND(RULE_SECINFO_RANGE, "variable %u of %u bytes is larger than size %u",
			      i, v->size, size);
		end = v->offset + v->size; /* as the kernel adds: an end beyond 4 GiB wraps */
		if (v->offset < size && v->size <= size && end > size)
			FOUND(RULE_SECINFO_RANGE,
			      "variable %u of %u bytes at byte %u ends beyond size %u", i, v->size,
			      v->offset, size);
		sum += v->size;
	}
	if (size < sum && !s->btf->bad[s->id - s->btf->first_id])
		FOUND(RULE_SECINFO_SUM, "its variables take %llu bytes, beyond size %u",
		      (unsigned long long)sum, size);
}

static void float_size(struct check *c, const struct subject *s)
{
	uint32_t size = s->t->size;

	if (size != 2 && size != 4 && size != 8 && size != 12 && size != 16)
		FOUND(RULE_FLOAT_SIZE, "size is %u, neither 2, 4, 8, 12 nor 16", size);
}

static void component_index(struct check *c, const struct subject *s)
{
	int32_t index = (int32_t)kbtf_word(s->t);

	if (index < -1)
		FOUND(RULE_COMPONENT_INDEX, "component index is %d, below -1", index);
}

#define REF_RULES no_vlen, no_kflag, id_below_limit

static rule_fn *const kind_rules[KBTF_NR_KINDS][6] = {
	[KBTF_INT] = { no_vlen, no_kflag, int_word },
	[KBTF_PTR] = { REF_RULES, no_name },
	[KBTF_ARRAY] = { no_name, no_vlen, no_kflag, array_size, array_ids },
	[KBTF_STRUCT] = { name_optional, members },
	[KBTF_UNION] = { name_optional, members },
	[KBTF_ENUM] = { enum_size, name_optional, enumerators },
	[KBTF_FWD] = { no_vlen, fwd_type, name_needed },
	[KBTF_TYPEDEF] = { REF_RULES, name_needed },
	[KBTF_VOLATILE] = { REF_RULES, no_name },
	[KBTF_CONST] = { REF_RULES, no_name },
	[KBTF_RESTRICT] = { REF_RULES, no_name },
	[KBTF_FUNC] = { name_needed, func_linkage, no_kflag },
	[KBTF_FUNC_PROTO] = { no_name, no_kflag },
	[KBTF_VAR] = { no_vlen, no_kflag, name_needed, var_type, var_linkage },
	[KBTF_DATASEC] = { section_size, no_kflag, name_of_section, variables },
	[KBTF_FLOAT] = { no_vlen, no_kflag, float_size },
	[KBTF_DECL_TAG] = { name_of_tag, no_vlen, no_kflag_of_tag, component_index },
	[KBTF_TYPE_TAG] = { no_vlen, no_kflag_of_tag, id_below_limit, name_of_tag },
	[KBTF_ENUM64] = { enum_size, name_optional, enumerators },
};

/* Rules for all kinds, and then the kind's. Called once the whole record is there. */
static void check_one(struct check *c, const struct subject *s)
{
	rule_fn *const *rule = kind_rules[kbtf_kind(s->t)];
	unsigned int i;

	if (!kbtf_check_name_in_range(s->btf, s->t->name_off))
		FOUND(RULE_STRING_RANGE, "string offset %u, but the strings end at %u",
		      s->t->name_off, s->btf->str_start + s->btf->str_len);
	for (i = 0; i < 6 && rule[i] && !check_done(c); i++)
		rule[i](c, s);
}

/*
 * Words that a record takes, or 0 after a finding because of which the types
 * behind it cannot be told. Bits of info that old kernels do not know count
 * towards vlen and kind here, as newer tools mean them.
 */
static uint64_t record_words(struct check *c, const struct subject *s, uint64_t left)
{
	const struct kbtf_kind_info *info;

	if (left < 3) {
		kbtf_check_found(
			c, s->btf, RULE_TYPE_TRUNCATED,
			(uint64_t)s->btf->hdr.hdr_len + s->btf->hdr.type_off + s->btf->hdr.type_len,
			"type [%u]: the type section ends within its first 12 bytes", s->id);
		return 0;
	}
	if (s->t->info & 0x60ff0000u)
		FOUND(RULE_INFO_BITS, "info is 0x%08x, the kernel knows the bits of 0x9f00ffff",
		      s->t->info);
	if (!kbtf_kind(s->t) || kbtf_kind(s->t) >= KBTF_NR_KINDS) {
		FOUND(RULE_KIND_UNKNOWN, "kind is %u, the kernel knows 1 to %u", kbtf_kind(s->t),
		      KBTF_NR_KINDS - 1);
		return 0;
	}
	info = kbtf_kind_info(kbtf_kind(s->t));
	return 3 + info->tail_words + (uint64_t)info->elem_words * kbtf_vlen(s->t);
}

/* Place for the words in host order and for what is known of each type. */
static bool make_room(struct check *c, struct check_btf *btf)
{
	uint32_t words = btf->hdr.type_len / 4, most = words / 3 + 1;

	btf->words = kbtf_alloc_array((size_t)words + 1, sizeof(*btf->words));
	btf->offs = kbtf_alloc_array(most, sizeof(*btf->offs));
	btf->bad = kbtf_zalloc_array(most, sizeof(*btf->bad));
	if (!btf->words || !btf->offs || !btf->bad) {
		c->nomem = true;
		return false;
	}
	memcpy(btf->words, btf->bytes + btf->hdr.hdr_len + btf->hdr.type_off, (size_t)words * 4);
	if (btf->swapped)
		kbtf_swap_words(btf->words, words);
	return true;
}

/*
 * The kernel's table of types grows up to 0xfffff types and then, without
 * telling, keeps no more of BTF that stands alone; where split BTF would grow
 * beyond, it writes behind its table.
 */
static void limit_types(struct check *c, struct check_btf *btf)
{
	uint32_t most = btf->base ? CHECK_MAX_TYPE_ID : CHECK_MAX_TYPE_ID - 1;

	if (btf->nr_types <= most)
		return;
	if (btf->base)
		kbtf_check_found(c, btf, RULE_TYPE_COUNT, KBTF_NO_OFFSET,
				 "%u types of its own, the kernel has room for %u", btf->nr_types,
				 most);
	btf->nr_types = most;
}

void kbtf_check_meta(struct check *c, struct check_btf *btf)
{
	uint64_t at = 0, end;
	struct subject s = { .btf = btf };

	if (!make_room(c, btf))
		return;
	end = btf->hdr.type_len / 4;
	while (at * 4 < btf->hdr.type_len && !check_done(c)) {
		uint64_t need;

		s.id = btf->first_id + btf->nr_types;
		s.t = (const struct kbtf_type *)(btf->words + at);
		if (end - at >= 3)
			btf->offs[btf->nr_types++] = (uint32_t)at;
		need = record_words(c, &s, end - at);
		if (!need)
			return;
		if (need > end - at) {
			if (!kbtf_check_name_in_range(btf, s.t->name_off))
				kbtf_check_found_type(c, btf, RULE_STRING_RANGE, s.id,
						      "string offset %u, but the strings end at %u",
						      s.t->name_off, btf->str_start + btf->str_len);
			kbtf_check_found_type(c, btf, RULE_TYPE_TRUNCATED, s.id,
					      "takes %llu bytes, the type section has %u left",
					      (unsigned long long)need * 4,
					      btf->hdr.type_len - (uint32_t)at * 4);
			return;
		}
		check_one(c, &s);
		at += need;
	}
	btf->framed = !check_done(c);
	limit_types(c, btf);
}
