// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Growing BTF from a seed. Types are made in order and refer to types before them,
 * and now and then to one that is still to come; sizes and offsets are those of
 * types known so far, so that about half of what grows is taken by a kernel.
 */
#include <stdbool.h>
#include <string.h>

#include <kbtf/format.h>

#include "mutants.h"

uint32_t mutant_random(struct mutant *m, uint32_t n)
{
	/* splitmix64 */
	uint64_t z = m->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ? (uint32_t)((z ^ z >> 31) >> 32) % n : 0;
}

uint32_t mutant_string(struct mutant *m, const char *s)
{
	uint32_t off = m->strings_len;
	size_t len = strlen(s) + 1;

	if (off + len > MUTANT_MAX_STRINGS)
		return 0;
	memcpy(m->strings + off, s, len);
	m->strings_len += (uint32_t)len;
	return off;
}

static uint32_t add_name(struct mutant *m)
{
	static const char *const odd[] = {
		"_", ".rodata", "a.b", "\xc3", "x\xff", "bpf_wq", "a b"
	};
	char name[8] = { (char)('a' + mutant_random(m, 26)), (char)('a' + mutant_random(m, 26)),
			 (char)('0' + mutant_random(m, 10)) };

	return mutant_string(m, mutant_random(m, 200) ? name : odd[mutant_random(m, 7)]);
}

static uint32_t maybe_name(struct mutant *m)
{
	return mutant_random(m, 4) ? add_name(m) : 0;
}

void mutant_word(struct mutant *m, uint32_t w)
{
	if (m->nr_words < MUTANT_MAX_WORDS)
		m->words[m->nr_words++] = w;
}

uint32_t mutant_type(struct mutant *m, unsigned int kind, uint32_t vlen, unsigned int kflag,
		     uint32_t name_off, uint32_t size_or_type)
{
	m->starts[m->nr_types++] = m->nr_words;
	mutant_word(m, name_off);
	mutant_word(m, kbtf_info(kind, vlen, kflag));
	mutant_word(m, size_or_type);
	return m->nr_types;
}

static const uint32_t *record(const struct mutant *m, uint32_t id)
{
	return m->words + m->starts[id - 1];
}

static unsigned int kind_of(const struct mutant *m, uint32_t id)
{
	return id ? record(m, id)[1] >> 24 & 0x1f : 0;
}

static uint32_t pick_kind(struct mutant *m, uint32_t kinds)
{
	uint32_t tries, id;

	for (tries = 0; tries < 24 && m->nr_types; tries++) {
		id = 1 + mutant_random(m, m->nr_types);
		if (kinds >> kind_of(m, id) & 1)
			return id;
	}
	return 0;
}

#define BIT(kind) (1u << (kind))
#define MODIFIERS                                                                                  \
	(BIT(KBTF_TYPEDEF) | BIT(KBTF_VOLATILE) | BIT(KBTF_CONST) | BIT(KBTF_RESTRICT) |           \
	 BIT(KBTF_TYPE_TAG))
#define SIZED                                                                                      \
	(BIT(KBTF_INT) | BIT(KBTF_PTR) | BIT(KBTF_ARRAY) | BIT(KBTF_STRUCT) | BIT(KBTF_UNION) |    \
	 BIT(KBTF_ENUM) | BIT(KBTF_ENUM64) | BIT(KBTF_FLOAT) | BIT(KBTF_TYPEDEF) |                 \
	 BIT(KBTF_CONST) | BIT(KBTF_VOLATILE))

/* A type to refer to: mostly one with a size, sometimes any, also one to come. */
static uint32_t any_type(struct mutant *m)
{
	uint32_t what = mutant_random(m, 150);

	if (!what)
		return m->nr_types + 1 + mutant_random(m, 4);
	if (what == 1)
		return mutant_random(m, m->nr_types + 1);
	return pick_kind(m, SIZED);
}

/* Bytes of a type, as far as they can be told; 0 also stands for not. */
static uint32_t size_of(const struct mutant *m, uint32_t id, int depth)
{
	const uint32_t *t;

	if (!id || id > m->nr_types || depth > 8)
		return 0;
	t = record(m, id);
	if (BIT(kind_of(m, id)) & MODIFIERS)
		return size_of(m, t[2], depth + 1);
	if (kind_of(m, id) == KBTF_PTR)
		return 8;
	if (kind_of(m, id) == KBTF_ARRAY)
		return size_of(m, t[3], depth + 1) * t[5];
	return t[2];
}

static void grow_int(struct mutant *m)
{
	static const uint32_t bytes[] = { 1, 2, 4, 8, 16 };
	static const uint32_t encodings[] = { 0, 1, 2, 4 };
	uint32_t size = bytes[mutant_random(m, 5)], bits = size * 8, off = 0;

	if (!mutant_random(m, 6)) {
		off = mutant_random(m, bits);
		bits = mutant_random(m, bits - off + 1);
	}
	mutant_type(m, KBTF_INT, 0, 0, add_name(m), size);
	mutant_word(m, encodings[mutant_random(m, 4)] << 24 | off << 16 | bits);
}

static bool may_be_bitfield(const struct mutant *m, uint32_t id, int depth)
{
	unsigned int kind = id && id <= m->nr_types ? kind_of(m, id) : 0;

	if (BIT(kind) & MODIFIERS && depth < 8)
		return may_be_bitfield(m, record(m, id)[2], depth + 1);
	return kind == KBTF_INT || kind == KBTF_ENUM;
}

/* Members one after the other, some of them bitfields; or for a union all at 0. */
static void grow_composite(struct mutant *m, unsigned int kind)
{
	uint32_t vlen = mutant_random(m, 5), kflag = mutant_random(m, 3) == 0, bit = 0, most = 0, i;
	uint32_t members[5], bits[5], offs[5], id;

	for (i = 0; i < vlen; i++) {
		uint32_t size;

		members[i] = any_type(m);
		size = size_of(m, members[i], 0);
		bits[i] = 0;
		if (kflag && mutant_random(m, 2) && may_be_bitfield(m, members[i], 0))
			bits[i] = 1 + mutant_random(m, (size < 4 ? size : 4) * 8);
		if (kind == KBTF_UNION)
			bit = 0;
		else if (!bits[i])
			bit = (bit + 63) / 64 * 64;
		offs[i] = bit;
		bit += bits[i] ? bits[i] : size * 8;
		most = bit > most ? bit : most;
	}
	id = mutant_type(m, kind, vlen, kflag, maybe_name(m),
			 (most + 7) / 8 + mutant_random(m, 3) * 4);
	for (i = 0; i < vlen; i++) {
		mutant_word(m, mutant_random(m, 6) ? add_name(m) : 0);
		mutant_word(m, mutant_random(m, 500) ? members[i] : id);
		mutant_word(m, offs[i] | (kflag ? bits[i] << 24 : 0));
	}
}

static void grow_enum(struct mutant *m, unsigned int kind)
{
	uint32_t vlen = mutant_random(m, 4), i;

	mutant_type(m, kind, vlen, mutant_random(m, 2), maybe_name(m), 1u << mutant_random(m, 4));
	for (i = 0; i < vlen; i++) {
		mutant_word(m, add_name(m));
		mutant_word(m, mutant_random(m, 100));
		if (kind == KBTF_ENUM64)
			mutant_word(m, 0);
	}
}

static void grow_array(struct mutant *m)
{
	uint32_t elem = any_type(m), index = pick_kind(m, BIT(KBTF_INT));

	mutant_type(m, KBTF_ARRAY, 0, 0, 0, 0);
	mutant_word(m, elem);
	mutant_word(m, index ? index : 1);
	mutant_word(m, mutant_random(m, 5));
}

static void grow_ref(struct mutant *m, unsigned int kind)
{
	uint32_t to = mutant_random(m, 20) ? any_type(m) : mutant_random(m, m->nr_types + 1);
	uint32_t name = 0;

	if (kind == KBTF_PTR && !mutant_random(m, 3))
		to = pick_kind(m, BIT(KBTF_TYPE_TAG) | BIT(KBTF_FUNC_PROTO) | BIT(KBTF_FWD));
	if (kind == KBTF_TYPEDEF || kind == KBTF_TYPE_TAG)
		name = add_name(m);
	mutant_type(m, kind, 0, kind == KBTF_TYPE_TAG && !mutant_random(m, 24), name, to);
}

static void grow_proto(struct mutant *m)
{
	uint32_t vlen = mutant_random(m, 4), i;

	mutant_type(m, KBTF_FUNC_PROTO, vlen, 0, 0, mutant_random(m, 3) ? any_type(m) : 0);
	for (i = 0; i < vlen; i++) {
		bool vararg = i + 1 == vlen && !mutant_random(m, 4);

		mutant_word(m, vararg || !mutant_random(m, 60) ? 0 : add_name(m));
		mutant_word(m, vararg ? 0 : any_type(m));
	}
}

static void grow_datasec(struct mutant *m)
{
	uint32_t vlen = mutant_random(m, 4), vars[4], sizes[4], end = 0, i;

	if (!pick_kind(m, BIT(KBTF_VAR)))
		vlen = 0;
	for (i = 0; i < vlen; i++) {
		vars[i] = pick_kind(m, BIT(KBTF_VAR));
		sizes[i] = vars[i] ? size_of(m, record(m, vars[i])[2], 0) : 1;
		sizes[i] += !sizes[i] + (mutant_random(m, 6) == 0);
		end += sizes[i];
	}
	mutant_type(m, KBTF_DATASEC, vlen, 0,
		    mutant_random(m, 20) ? mutant_string(m, ".data.x")
					 : mutant_string(m, "any /name?"),
		    end + !end + mutant_random(m, 2));
	for (i = end = 0; i < vlen; end += sizes[i], i++) {
		mutant_word(m, vars[i]);
		mutant_word(m, end);
		mutant_word(m, sizes[i]);
	}
}

static void grow_decl_tag(struct mutant *m)
{
	uint32_t to = pick_kind(m, BIT(KBTF_FUNC) | BIT(KBTF_STRUCT) | BIT(KBTF_UNION) |
					   BIT(KBTF_VAR) | BIT(KBTF_TYPEDEF));

	if (!to)
		return;
	mutant_type(m, KBTF_DECL_TAG, 0, !mutant_random(m, 24), add_name(m), to);
	mutant_word(m, mutant_random(m, 6) ? UINT32_MAX : mutant_random(m, 3));
}

static void grow_one(struct mutant *m)
{
	unsigned int kind = 1 + mutant_random(m, KBTF_NR_KINDS - 1);
	static const uint32_t float_sizes[] = { 2, 4, 8, 12, 16 };

	switch (kind) {
	case KBTF_INT:
		grow_int(m);
		break;
	case KBTF_ARRAY:
		grow_array(m);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		grow_composite(m, kind);
		break;
	case KBTF_ENUM:
	case KBTF_ENUM64:
		grow_enum(m, kind);
		break;
	case KBTF_FWD:
		mutant_type(m, kind, 0, mutant_random(m, 2), add_name(m), 0);
		break;
	case KBTF_FUNC_PROTO:
		grow_proto(m);
		break;
	case KBTF_FUNC:
		if (!pick_kind(m, BIT(KBTF_FUNC_PROTO)))
			grow_proto(m);
		mutant_type(m, kind, mutant_random(m, 2), 0, add_name(m),
			    pick_kind(m, BIT(KBTF_FUNC_PROTO)));
		break;
	case KBTF_VAR:
		mutant_type(m, kind, 0, 0, add_name(m), any_type(m));
		mutant_word(m, mutant_random(m, 2));
		break;
	case KBTF_DATASEC:
		grow_datasec(m);
		break;
	case KBTF_FLOAT:
		mutant_type(m, kind, 0, 0, add_name(m), float_sizes[mutant_random(m, 5)]);
		break;
	case KBTF_DECL_TAG:
		grow_decl_tag(m);
		break;
	default:
		grow_ref(m, kind);
		break;
	}
}

/* ---- Depth -------------------------------------------------------------- */

/* Types that each lead to the next one, or the one before, about as many as a kernel follows. */
static void grow_chain(struct mutant *m)
{
	static const unsigned int kinds[] = { KBTF_CONST,  KBTF_PTR,	  KBTF_TYPEDEF,
					      KBTF_STRUCT, KBTF_VOLATILE, KBTF_ARRAY };
	uint32_t n = 28 + mutant_random(m, 8), i, forward = mutant_random(m, 2);
	uint32_t nr_kinds = 1 + mutant_random(m, 6), first = mutant_random(m, 6);

	for (i = 0; i < n; i++) {
		uint32_t to = m->nr_types + 2;
		unsigned int kind = kinds[(first + mutant_random(m, nr_kinds)) % 6];

		if (!forward)
			to = m->nr_types ? m->nr_types : 1;
		else if (i == n - 1)
			to = mutant_random(m, 20) ? 1 : m->nr_types + 1 - mutant_random(m, n);
		if (kind == KBTF_STRUCT) {
			mutant_type(m, kind, 1, 0, 0, 16);
			mutant_word(m, 0);
			mutant_word(m, to);
			mutant_word(m, 0);
		} else if (kind == KBTF_ARRAY) {
			mutant_type(m, kind, 0, 0, 0, 0);
			mutant_word(m, to);
			mutant_word(m, 1);
			mutant_word(m, mutant_random(m, 10) ? 1 : mutant_random(m, 1u << 30));
		} else {
			mutant_type(m, kind, 0, 0, kind == KBTF_TYPEDEF ? add_name(m) : 0, to);
		}
	}
}

/* ---- Special fields ---------------------------------------------------- */

static const struct {
	const char *name;
	uint32_t size;
} specials[] = {
	{ "bpf_spin_lock", 4 },	 { "bpf_res_spin_lock", 4 }, { "bpf_refcount", 4 },
	{ "bpf_list_head", 16 }, { "bpf_list_node", 24 },    { "bpf_rb_root", 16 },
	{ "bpf_rb_node", 32 },
};
#define NR_SPECIALS 7

static void grow_kptr(struct mutant *m)
{
	static const char *const tags[] = { "kptr", "kptr_untrusted", "percpu_kptr", "uptr", "x" };
	static const char *const targets[] = { "task_struct", "cgroup", "sk_buff", "item0", "own" };
	uint32_t target = pick_kind(m, BIT(KBTF_STRUCT)), tag;

	if (!target || mutant_random(m, 2))
		target = mutant_type(m, KBTF_STRUCT, 0, 0,
				     mutant_string(m, targets[mutant_random(m, 5)]), 4);
	if (!mutant_random(m, 4))
		target = mutant_type(m, KBTF_CONST, 0, 0, 0, target);
	if (!mutant_random(m, 12))
		target = any_type(m);
	tag = mutant_type(
		m, KBTF_TYPE_TAG, 0, !mutant_random(m, 24),
		mutant_string(m, tags[mutant_random(m, 20) % 5 % (1 + mutant_random(m, 5))]),
		target);
	mutant_type(m, KBTF_PTR, 0, 0, 0, tag);
	if (!mutant_random(m, 4))
		mutant_type(m, KBTF_VOLATILE, 0, 0, 0, m->nr_types);
}

/* What a member of a STRUCT with fields may be: a field, an array of some, a STRUCT or a kptr. */
static uint32_t field_type(struct mutant *m, const uint32_t ids[NR_SPECIALS])
{
	uint32_t which = mutant_random(m, NR_SPECIALS + 3), id;

	if (which < NR_SPECIALS)
		id = ids[which];
	else if (which == NR_SPECIALS)
		id = pick_kind(m, BIT(KBTF_PTR) | BIT(KBTF_VOLATILE));
	else
		id = pick_kind(m, BIT(KBTF_STRUCT) | BIT(KBTF_INT));
	if (!mutant_random(m, 8)) {
		mutant_type(m, KBTF_ARRAY, 0, 0, 0, 0);
		mutant_word(m, id);
		mutant_word(m, 1);
		mutant_word(m, mutant_random(m, 40) % (1 + mutant_random(m, 14)));
		id = m->nr_types;
	}
	return id;
}

/* What a list head or tree of an item holds. Mostly what is there. */
static void grow_contains(struct mutant *m, uint32_t item, uint32_t member, uint32_t nr_items)
{
	char contains[] = "contains:item0:n0";

	contains[13] = (char)('0' + mutant_random(m, nr_items + !mutant_random(m, 20)));
	contains[16] = (char)('0' + mutant_random(m, 6));
	if (!mutant_random(m, 60))
		contains[9 + mutant_random(m, 8)] = '\0';
	mutant_type(m, KBTF_DECL_TAG, 0, 0, mutant_string(m, contains), item);
	mutant_word(m, mutant_random(m, 100) ? member : UINT32_MAX);
}

static void grow_item(struct mutant *m, const uint32_t ids[NR_SPECIALS], uint32_t i,
		      uint32_t nr_items)
{
	uint32_t vlen = 1 + mutant_random(m, 6), members[6], offs[6], size = 0, id, j;
	uint32_t kflag = !mutant_random(m, 4), lock_first = mutant_random(m, 4);
	char name[] = "item0", member[] = "n0";

	name[4] = (char)('0' + i);
	for (j = 0; j < vlen; j++) {
		members[j] = !j && lock_first ? ids[0] : field_type(m, ids);
		if (mutant_random(m, 12))
			size = (size + 7) / 8 * 8;
		offs[j] = size * 8;
		size += size_of(m, members[j], 0);
	}
	id = mutant_type(m, KBTF_STRUCT, vlen, kflag, mutant_string(m, name), (size + 7) / 8 * 8);
	for (j = 0; j < vlen; j++) {
		member[1] = (char)('0' + j);
		mutant_word(m, mutant_string(m, member));
		mutant_word(m, members[j]);
		mutant_word(m, offs[j]);
	}
	for (j = 0; j < vlen; j++) {
		uint32_t of = members[j];

		if (of && kind_of(m, of) == KBTF_ARRAY)
			of = record(m, of)[3];
		if ((of == ids[3] || of == ids[5]) && mutant_random(m, 40))
			grow_contains(m, id, j, nr_items);
	}
}

/* Types by which members are special; then STRUCTs of them, which hold each other. */
static void grow_fields(struct mutant *m)
{
	uint32_t ids[NR_SPECIALS], n, i;

	for (i = 0; i < NR_SPECIALS; i++)
		ids[i] = mutant_type(m, mutant_random(m, 200) ? KBTF_STRUCT : KBTF_UNION, 0, 0,
				     mutant_string(m, specials[i].name),
				     mutant_random(m, 100) ? specials[i].size
							   : mutant_random(m, 40));
	for (i = mutant_random(m, 40) ? 0 : 2; i > 0; i--) { /* two of a name */
		uint32_t which = mutant_random(m, NR_SPECIALS);

		ids[which] =
			mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, specials[which].name),
				    specials[which].size);
	}
	for (i = mutant_random(m, 4); i > 0; i--)
		grow_kptr(m);
	n = 1 + mutant_random(m, 5);
	for (i = 0; i < n; i++)
		grow_item(m, ids, i, n);
}

/* ---- Together ----------------------------------------------------------- */

void mutant_begin(struct mutant *m, uint64_t seed)
{
	memset(m, 0, sizeof(*m));
	m->random = seed;
	m->strings_len = 1;
}

void mutant_types(struct mutant *m)
{
	uint32_t n, i;

	grow_int(m);
	n = mutant_random(m, 20);
	for (i = 0; i < n; i++)
		grow_one(m);
	if (!mutant_random(m, 12))
		grow_chain(m);
	if (!mutant_random(m, 3))
		grow_fields(m);
	if (!mutant_random(m, 8))
		mutant_rarity(m);
	n = mutant_random(m, 8);
	for (i = 0; i < n; i++)
		grow_one(m);
}

void mutant_finish(struct mutant *m)
{
	m->starts[m->nr_types] = m->nr_words;
	m->header_len = KBTF_HEADER_SIZE;
	m->header[0] = KBTF_MAGIC | KBTF_VERSION << 16;
	m->header[1] = m->header_len;
	m->header[2] = 0;
	m->header[3] = m->nr_words * 4;
	m->header[4] = m->nr_words * 4;
	m->header[5] = m->strings_len;
}

void mutant_grow(struct mutant *m, uint64_t seed)
{
	mutant_begin(m, seed);
	mutant_types(m);
	mutant_finish(m);
}
