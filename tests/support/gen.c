// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Random BTF that is sound.
 *
 * Each type gets a kind and a rank, all ranks different. What has to come to an
 * end (by value, or from link to link) refers only to types of lower rank, or to
 * the base; as ids and ranks have nothing to do with each other, references go
 * both ways.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

struct gen {
	struct rng *rng;
	const struct kbtf *base;
	const struct gen_opts *opts;
	struct raw *out;
	uint32_t first_id, nr;
	unsigned int *kinds; /* of own types */
	uint32_t *ranks;
	uint32_t *names; /* offsets of own strings, 0 until stored */
};

/* Few, so that they meet; scalars have those that libbpf makes scalars of. */
static uint32_t some_size(struct rng *rng, unsigned int kind)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8, 8, 16, 24 };
	bool is_composite = kind == KBTF_STRUCT || kind == KBTF_UNION;

	return sizes[rng_below(rng, is_composite ? 7 : 5)];
}

static void *array_of(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		abort();
	return p;
}

static unsigned int kind_of(const struct gen *g, uint32_t id)
{
	if (!id)
		return KBTF_VOID;
	if (id >= g->first_id)
		return g->kinds[id - g->first_id];
	return kbtf_kind(kbtf_type(g->base, id));
}

#define BIT(kind) (UINT32_C(1) << (kind))

/* Kinds at which links end, and those that a member may have by value. */
static const uint32_t ends = BIT(KBTF_VOID) | BIT(KBTF_INT) | BIT(KBTF_ENUM) | BIT(KBTF_ENUM64) |
			     BIT(KBTF_FLOAT) | BIT(KBTF_FWD) | BIT(KBTF_FUNC_PROTO);
static const uint32_t composites = BIT(KBTF_STRUCT) | BIT(KBTF_UNION);
static const uint32_t special =
	BIT(KBTF_FUNC) | BIT(KBTF_VAR) | BIT(KBTF_DATASEC) | BIT(KBTF_DECL_TAG);

enum use { BY_POINTER, BY_LINK, BY_VALUE, BY_ANY, PROTO_ONLY, VAR_ONLY };

static bool may_refer(const struct gen *g, uint32_t from, uint32_t to, enum use use)
{
	uint32_t kind = BIT(kind_of(g, to));
	bool lower = to < g->first_id || g->ranks[to - g->first_id] < g->ranks[from - g->first_id];

	switch (use) {
	case PROTO_ONLY:
		return kind == BIT(KBTF_FUNC_PROTO);
	case VAR_ONLY:
		return kind == BIT(KBTF_VAR) && (to >= g->first_id || !g->opts->tame);
	default:
		break;
	}
	if (g->opts->declares_no_values && kind == BIT(KBTF_FWD) && use != BY_POINTER)
		return false;
	if (g->opts->tame &&
	    (kind & special || (kind == BIT(KBTF_FUNC_PROTO) && use != BY_POINTER)))
		return false;
	switch (use) {
	case BY_POINTER: /* structs end what pointers lead to */
		return kind & (ends | composites) || lower;
	case BY_LINK:
		return kind & ends || lower;
	case BY_VALUE: /* pointers end what members contain */
		return kind & (ends | BIT(KBTF_PTR)) || lower;
	default:
		return true;
	}
}

/* A type that this one may refer to; void where none was met in a few tries. */
static uint32_t some_type(const struct gen *g, uint32_t from, enum use use)
{
	unsigned int tries;

	for (tries = 0; tries < 16; tries++) {
		uint32_t id = rng_below(g->rng, g->first_id + g->nr);

		if (g->base && rng_one_in(g->rng, 2))
			id = rng_below(g->rng, g->first_id);
		if (may_refer(g, from, id, use))
			return id;
	}
	return 0;
}

/* An offset of the base's strings: a whole one or the end of one. */
static uint32_t base_string(const struct gen *g)
{
	const struct kbtf_type *t = kbtf_type(g->base, rng_below(g->rng, g->first_id));
	const char *s = kbtf_string(g->base, t->name_off);
	size_t len = strlen(s);

	if (len > 1 && !g->opts->tame && rng_one_in(g->rng, 8))
		return t->name_off + rng_below(g->rng, (uint32_t)len);
	return t->name_off;
}

static uint32_t own_string(const struct gen *g, uint32_t n)
{
	char name[32];

	if (!g->names[n] || (!g->opts->tame && rng_one_in(g->rng, 16))) {
		snprintf(name, sizeof(name), "n%u", n);
		g->names[n] = raw_string(g->out, name);
	}
	return g->names[n];
}

static uint32_t some_name(const struct gen *g)
{
	uint32_t off = g->base && rng_one_in(g->rng, 3) ? base_string(g) : 0;

	return off ? off : own_string(g, rng_below(g->rng, g->opts->nr_names));
}

static uint32_t maybe_name(const struct gen *g)
{
	return rng_one_in(g->rng, 4) ? 0 : some_name(g);
}

/* In C members of one struct, anonymous ones looked into, have different names. */
static uint32_t member_name(const struct gen *g)
{
	char name[32];

	if (g->base || !g->opts->tame)
		return maybe_name(g);
	snprintf(name, sizeof(name), "m%zu", g->out->strings.size);
	return raw_string(g->out, name);
}

/* A type's own name, where its kind has one. */
static uint32_t type_name(const struct gen *g, unsigned int kind)
{
	switch (kind) {
	case KBTF_PTR:
	case KBTF_ARRAY:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
	case KBTF_FUNC_PROTO:
		return 0;
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return maybe_name(g);
	default:
		return g->opts->tame ? some_name(g) : maybe_name(g);
	}
}

static void add_elems(const struct gen *g, uint32_t id, unsigned int kind)
{
	uint32_t n = rng_below(g->rng, 6);

	while (n--) {
		uint32_t word = (uint32_t)rng_next(g->rng);

		switch (kind) {
		case KBTF_STRUCT:
		case KBTF_UNION:
			raw_elem(g->out, 3, member_name(g), some_type(g, id, BY_VALUE),
				 word & 0x0f0000ff);
			break;
		case KBTF_ENUM:
			raw_elem(g->out, 2, some_name(g), word);
			break;
		case KBTF_ENUM64:
			raw_elem(g->out, 3, some_name(g), word, (uint32_t)rng_next(g->rng));
			break;
		case KBTF_FUNC_PROTO:
			raw_elem(g->out, 2, maybe_name(g), some_type(g, id, BY_ANY));
			break;
		case KBTF_DATASEC:
			raw_elem(g->out, 3, some_type(g, id, VAR_ONLY), word & 0xff, 8u);
			break;
		default:
			return;
		}
	}
}

static void add_type(struct gen *g, uint32_t id, uint32_t name)
{
	unsigned int kind = g->kinds[id - g->first_id];
	uint32_t kflag = BIT(kind) & (composites | BIT(KBTF_FWD) | BIT(KBTF_ENUM))
				 ? rng_below(g->rng, 2)
				 : 0;

	switch (kind) {
	case KBTF_INT:
		raw_type(g->out, kind, name, 0, 0, some_size(g->rng, kind));
		raw_word(g->out, rng_below(g->rng, 8) << 24 | 32);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FLOAT:
	case KBTF_DATASEC:
		raw_type(g->out, kind, name, 0, kflag, some_size(g->rng, kind));
		break;
	case KBTF_FWD:
		raw_type(g->out, kind, name, 0, kflag, 0);
		break;
	case KBTF_ARRAY:
		raw_type(g->out, kind, 0, 0, 0, 0);
		raw_words(g->out, 3, some_type(g, id, BY_LINK), some_type(g, id, BY_ANY),
			  rng_below(g->rng, 4));
		break;
	case KBTF_FUNC:
		raw_type(g->out, kind, name, rng_below(g->rng, 3), 0, some_type(g, id, PROTO_ONLY));
		break;
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		raw_type(g->out, kind, name, 0, 0, some_type(g, id, BY_LINK));
		raw_word(g->out, rng_below(g->rng, 3));
		break;
	case KBTF_FUNC_PROTO:
		raw_type(g->out, kind, 0, 0, 0, some_type(g, id, BY_ANY));
		break;
	default:
		raw_type(g->out, kind, name, 0, 0,
			 some_type(g, id, kind == KBTF_PTR ? BY_POINTER : BY_LINK));
		break;
	}
	add_elems(g, id, kind);
}

static void shuffle(struct rng *rng, uint32_t *items, uint32_t n)
{
	uint32_t i, j, item;

	for (i = n; i > 1; i--) {
		j = rng_below(rng, i);
		item = items[i - 1];
		items[i - 1] = items[j];
		items[j] = item;
	}
}

/* Kinds for all; FUNCs only where a prototype is sure to be met, links as often as they are. */
static void choose_kinds(struct gen *g)
{
	bool has_proto = false;
	uint32_t i;

	for (i = 0; i < g->nr; i++) {
		g->kinds[i] = 1 + rng_below(g->rng, KBTF_NR_KINDS - 1);
		if (rng_one_in(g->rng, 4))
			g->kinds[i] = rng_one_in(g->rng, 2) ? KBTF_STRUCT : KBTF_PTR;
		has_proto |= g->kinds[i] == KBTF_FUNC_PROTO;
	}
	for (i = 0; i < g->nr; i++)
		if (g->kinds[i] == KBTF_FUNC)
			g->kinds[i] = has_proto && i ? KBTF_FUNC : KBTF_FUNC_PROTO;
}

static uint32_t find_proto(const struct gen *g)
{
	uint32_t i;

	for (i = 0; g->kinds[i] != KBTF_FUNC_PROTO; i++)
		;
	return g->first_id + i;
}

/* A FUNC that met no prototype in its tries gets the first there is. */
static void repair_func(const struct gen *g)
{
	uint32_t proto = find_proto(g), type;

	memcpy(&type, g->out->types.data + g->out->last + 8, 4);
	if (!type)
		memcpy(g->out->types.data + g->out->last + 8, &proto, 4);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in ascending order, no name first, for types that then all have one of their own. */
static void choose_sorted_names(const struct gen *g, uint32_t *names)
{
	char(*texts)[32] = array_of(g->nr, sizeof(*texts));
	const char **order = array_of(g->nr, sizeof(*order));
	uint32_t i;

	for (i = 0; i < g->nr; i++) {
		if (!rng_one_in(g->rng, 4))
			snprintf(texts[i], sizeof(texts[i]), "n%u",
				 rng_below(g->rng, g->opts->nr_names));
		order[i] = texts[i];
	}
	qsort(order, g->nr, sizeof(*order), compare_texts);
	for (i = 0; i < g->nr; i++)
		names[i] = *order[i] ? own_string(g, (uint32_t)atoi(order[i] + 1)) : 0;
	free(order);
	free(texts);
}

void gen_btf(struct rng *rng, const struct kbtf *base, const struct gen_opts *opts, struct raw *ret)
{
	struct gen g = { .rng = rng, .base = base, .opts = opts, .out = ret };
	uint32_t *sorted_names = array_of(opts->nr_types, sizeof(*sorted_names)), i;
	const struct kbtf *b;

	raw_init(ret, 0);
	for (b = base; b; b = kbtf_base(b))
		ret->str_start += kbtf_header(b)->str_len;
	if (base)
		ret->strings.size = 0;
	g.nr = opts->nr_types;
	g.first_id = base ? kbtf_end_id(base) : 1;
	g.kinds = array_of(g.nr, sizeof(*g.kinds));
	g.ranks = array_of(g.nr, sizeof(*g.ranks));
	g.names = array_of(opts->nr_names, sizeof(*g.names));
	for (i = 0; i < g.nr; i++)
		g.ranks[i] = i;
	shuffle(rng, g.ranks, g.nr);
	choose_kinds(&g);
	if (opts->sorted)
		choose_sorted_names(&g, sorted_names);
	for (i = 0; i < g.nr; i++) {
		uint32_t name = opts->sorted ? sorted_names[i] : type_name(&g, g.kinds[i]);

		add_type(&g, g.first_id + i, name);
		if (g.kinds[i] == KBTF_FUNC)
			repair_func(&g);
		if (opts->sorted) /* also kinds that have no name elsewhere */
			memcpy(ret->types.data + ret->last, &name, 4);
	}
	free(sorted_names);
	free(g.names);
	free(g.ranks);
	free(g.kinds);
}

/* ---- A kernel that has changed ---- */

struct change {
	struct rng *rng;
	const struct kbtf *from;
	struct raw *out;
	uint32_t *new_ids;  /* by old id */
	uint32_t *new_strs; /* by old offset */
	uint32_t nr_left;
};

static uint32_t move_string(struct change *c, uint32_t off)
{
	if (off && !c->new_strs[off])
		c->new_strs[off] = raw_string(c->out, kbtf_string(c->from, off));
	return c->new_strs[off];
}

/* Put a copied record's ids and strings in order, from the first word on. */
static void move_words(struct change *c, uint32_t *w)
{
	const struct kbtf_type *t = (const struct kbtf_type *)w;
	uint32_t i, vlen = kbtf_vlen(t);

	w[0] = move_string(c, w[0]);
	switch (kbtf_kind(t)) {
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_FUNC:
	case KBTF_VAR:
	case KBTF_DECL_TAG:
	case KBTF_TYPE_TAG:
		w[2] = c->new_ids[w[2]];
		break;
	case KBTF_ARRAY:
		w[3] = c->new_ids[w[3]];
		w[4] = c->new_ids[w[4]];
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		for (i = 0; i < vlen; i++) {
			w[3 + 3 * i] = move_string(c, w[3 + 3 * i]);
			w[4 + 3 * i] = c->new_ids[w[4 + 3 * i]];
		}
		break;
	case KBTF_ENUM:
		for (i = 0; i < vlen; i++)
			w[3 + 2 * i] = move_string(c, w[3 + 2 * i]);
		break;
	case KBTF_ENUM64:
		for (i = 0; i < vlen; i++)
			w[3 + 3 * i] = move_string(c, w[3 + 3 * i]);
		break;
	case KBTF_FUNC_PROTO:
		w[2] = c->new_ids[w[2]];
		for (i = 0; i < vlen; i++) {
			w[3 + 2 * i] = move_string(c, w[3 + 2 * i]);
			w[4 + 2 * i] = c->new_ids[w[4 + 2 * i]];
		}
		break;
	case KBTF_DATASEC:
		for (i = 0; i < vlen; i++)
			w[3 + 3 * i] = c->new_ids[w[3 + 3 * i]];
		break;
	default:
		break;
	}
}

/* One of the changes that relocation looks at; the record's length stays. */
static void change_type(struct change *c, uint32_t *w)
{
	unsigned int kind = (w[1] >> 24) & 0x7f;
	bool is_composite = kind == KBTF_STRUCT || kind == KBTF_UNION;
	bool has_size = is_composite || kind == KBTF_INT || kind == KBTF_ENUM ||
			kind == KBTF_ENUM64 || kind == KBTF_FLOAT;

	switch (rng_below(c->rng, 5)) {
	case 0:
		if (has_size)
			w[2] = some_size(c->rng, kind);
		break;
	case 1: /* struct to union and back */
		if (is_composite)
			w[1] ^= 1u << 24;
		break;
	case 2:
		if (is_composite || kind == KBTF_FWD)
			w[1] ^= 1u << 31;
		break;
	case 3:
		if (kind == KBTF_INT)
			w[3] ^= 1u << 24;
		break;
	default:
		if (w[0])
			w[0] = raw_string(c->out, "renamed");
		break;
	}
}

void gen_changed(struct rng *rng, const struct kbtf *from, uint32_t nr_changes, struct raw *ret)
{
	uint32_t nr = kbtf_nr_types(from), *order = array_of(nr + 1, sizeof(*order)), i;
	struct change c = { .rng = rng, .from = from, .out = ret };

	raw_init(ret, 0);
	c.new_ids = array_of(nr + 1, sizeof(*c.new_ids));
	c.new_strs = array_of(kbtf_header(from)->str_len, sizeof(*c.new_strs));
	for (i = 0; i < nr; i++)
		order[i] = i + 1;
	shuffle(rng, order, nr);
	for (i = 0; i < nr; i++)
		c.new_ids[order[i]] = i + 1;
	for (i = 0; i < nr; i++) {
		uint32_t size = kbtf_type_size_bytes(from, order[i]), *words = array_of(1, size), w;

		memcpy(words, kbtf_type(from, order[i]), size);
		move_words(&c, words);
		if (nr_changes && rng_one_in(rng, nr / nr_changes + 1))
			change_type(&c, words);
		ret->last = (uint32_t)ret->types.size;
		for (w = 0; w < size / 4; w++)
			raw_word(ret, words[w]);
		free(words);
	}
	free(c.new_strs);
	free(c.new_ids);
	free(order);
}

/* ---- Types that a distilled base and its kernel have ---- */

static void add_named(struct rng *rng, uint32_t name, bool distilled, struct raw *ret)
{
	static const unsigned int kinds[] = { KBTF_INT,	    KBTF_FLOAT,	    KBTF_ENUM, KBTF_STRUCT,
					      KBTF_STRUCT,  KBTF_UNION,	    KBTF_FWD,  KBTF_ENUM64,
					      KBTF_TYPEDEF, KBTF_FUNC_PROTO };
	unsigned int kind = kinds[rng_below(rng, distilled ? 7 : 10)];
	uint32_t size = some_size(rng, kind), kflag = 0;

	if (rng_one_in(rng, 50))
		size |= 0x80000000;
	if (distilled && rng_one_in(rng, 300))
		kind = kinds[7 + rng_below(rng, 3)];
	if (distilled && rng_one_in(rng, 300))
		name = 0;
	if (kind == KBTF_FWD || (!distilled && (kind == KBTF_STRUCT || kind == KBTF_UNION)))
		kflag = rng_below(rng, 2);
	if (kind == KBTF_FWD || kind == KBTF_TYPEDEF || kind == KBTF_FUNC_PROTO)
		size = 0;
	raw_type(ret, kind, name, 0, kflag, size);
	if (kind == KBTF_INT)
		raw_word(ret, rng_below(rng, 2) << 24 | 32);
}

static void gen_named(struct rng *rng, uint32_t nr_types, uint32_t nr_names, bool distilled,
		      struct raw *ret)
{
	uint32_t *names = array_of(nr_names, sizeof(*names));
	char text[32];

	raw_init(ret, 0);
	while (nr_types--) {
		uint32_t n = rng_below(rng, nr_names);

		if (!names[n] || rng_one_in(rng, 16)) { /* now and then the same text once more */
			snprintf(text, sizeof(text), "n%u", n);
			names[n] = raw_string(ret, text);
		}
		add_named(rng, distilled || !rng_one_in(rng, 8) ? names[n] : 0, distilled, ret);
	}
	free(names);
}

void gen_distilled(struct rng *rng, uint32_t nr_types, uint32_t nr_names, struct raw *ret)
{
	gen_named(rng, nr_types, nr_names, true, ret);
}

void gen_kernel(struct rng *rng, uint32_t nr_types, uint32_t nr_names, struct raw *ret)
{
	gen_named(rng, nr_types, nr_names, false, ret);
}
