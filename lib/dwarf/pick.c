// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * States of functions in, FUNCs out: those of a name are held against each other, and
 * the function is left out where they do not agree on how it is called, or where its
 * parameters are not where the calling convention has them.
 *
 * Source: dwarves' btf_encoder.c (btf_encoder__add_saved_funcs and what it calls).
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "combine.h"

#define KF_FASTCALL (1u << 12)
#define KF_ARENA_RET (1u << 13)
#define KF_ARENA_ARG1 (1u << 14)
#define KF_ARENA_ARG2 (1u << 15)

#define ARENA_ATTRIBUTE "address_space(1)"

struct pick {
	struct kbtf_combined *k;
	const struct kbtf_collect *c;
	struct kbtf_encode_stats *stats;
	const struct kbtf_func_param *params;
	struct kbtf_buf record;
	int err;
};

/* ---- Whether two prototypes agree ------------------------------------- */

static unsigned int loose_kind(const struct kbtf_type *t)
{
	if (kbtf_kind(t) == KBTF_FWD)
		return kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT;
	return kbtf_kind(t);
}

static const struct kbtf_type *type_of(const struct pick *p, uint32_t id)
{
	return id ? kbtf_combined_type(p->k, id) : NULL;
}

static bool types_match(const struct pick *p, uint32_t a, uint32_t b, unsigned int depth);

static bool protos_match(const struct pick *p, const struct kbtf_type *x, const struct kbtf_type *y,
			 unsigned int depth)
{
	const struct kbtf_param *v = kbtf_params(x), *w = kbtf_params(y);
	uint32_t i;

	if (kbtf_vlen(x) != kbtf_vlen(y) || !types_match(p, x->type, y->type, depth + 1))
		return false;
	for (i = 0; i < kbtf_vlen(x); i++)
		if (!types_match(p, v[i].type, w[i].type, depth + 1))
			return false;
	return true;
}

/* Up to const, and by name where there is one. */
static bool types_match(const struct pick *p, uint32_t a, uint32_t b, unsigned int depth)
{
	unsigned int links = 0;

	while (a != b && links++ < 2 * KBTF_MAX_CHAIN && depth < 32) {
		const struct kbtf_type *x = type_of(p, a), *y = type_of(p, b);

		if (!x || !y)
			return false;
		if (loose_kind(x) != loose_kind(y)) {
			if (kbtf_kind(x) == KBTF_CONST)
				a = x->type;
			else if (kbtf_kind(y) == KBTF_CONST)
				b = y->type;
			else
				return false;
			continue;
		}
		switch (loose_kind(x)) {
		case KBTF_INT:
			return x->size == y->size && kbtf_word(x) == kbtf_word(y) &&
			       x->name_off == y->name_off;
		case KBTF_FLOAT:
			return x->size == y->size && x->name_off == y->name_off;
		case KBTF_TYPEDEF:
		case KBTF_STRUCT:
		case KBTF_UNION:
		case KBTF_ENUM:
		case KBTF_ENUM64:
			return x->name_off == y->name_off;
		case KBTF_ARRAY:
			if (kbtf_array(x)->nelems != kbtf_array(y)->nelems)
				return false;
			a = kbtf_array(x)->type;
			b = kbtf_array(y)->type;
			break;
		case KBTF_FUNC_PROTO:
			return protos_match(p, x, y, depth);
		default:
			a = x->type;
			b = y->type;
		}
	}
	return a == b;
}

static bool states_match(const struct pick *p, const struct kbtf_func_state *a,
			 const struct kbtf_func_state *b)
{
	uint32_t i;

	if (a->nr != b->nr ||
	    !types_match(p, kbtf_combined_id(p->k, a->ret), kbtf_combined_id(p->k, b->ret), 0))
		return false;
	for (i = 0; i < a->nr; i++)
		if (!types_match(p, kbtf_combined_id(p->k, p->params[a->first + i].type),
				 kbtf_combined_id(p->k, p->params[b->first + i].type), 0))
			return false;
	return true;
}

/* ---- Which of them ---------------------------------------------------- */

/* Whether its signature is not that of the source, and nothing says what it is. */
static bool is_changed(const struct pick *p, const struct kbtf_func_state *s)
{
	return !(p->c->features & KBTF_ENCODE_TRUE_SIGNATURE) && s->flags & STATE_OPTIMIZED &&
	       s->flags & (STATE_CHANGED | STATE_OPTIMIZED_SYMBOL);
}

/* The one at a symbol's address that can be called as the source says, or else the next best. */
static const struct kbtf_func_state *
choose(const struct pick *p, const struct kbtf_func_state *const *states, uint32_t nr)
{
	const struct kbtf_func_state *first = NULL;
	uint32_t i;

	for (i = 0; i < nr && nr > 1; i++) {
		if (!(states[i]->flags & STATE_HAS_SYMBOL))
			continue;
		if (!first)
			first = states[i];
		if (!is_changed(p, states[i]))
			return states[i];
	}
	return first ? first : states[0];
}

static uint32_t combined_flags(const struct pick *p, const struct kbtf_func_state *const *states,
			       uint32_t nr)
{
	const uint32_t shared =
		STATE_UNEXPECTED_REG | STATE_INCONSISTENT | STATE_UNCERTAIN | STATE_REORDERED;
	uint32_t flags = states[0]->flags & shared, i;

	for (i = 1; i < nr; i++) {
		flags |= states[i]->flags & shared;
		if (!(flags & (STATE_UNEXPECTED_REG | STATE_INCONSISTENT | STATE_REORDERED)) &&
		    !states_match(p, states[0], states[i]))
			flags |= STATE_INCONSISTENT;
	}
	return flags;
}

static bool is_wanted(const struct pick *p, const struct kbtf_func_state *chosen, uint32_t flags)
{
	uint32_t bad = STATE_UNEXPECTED_REG | STATE_UNCERTAIN | STATE_REORDERED;

	if (p->c->features & KBTF_ENCODE_CONSISTENT_FUNC)
		bad |= STATE_INCONSISTENT;
	return !(flags & bad) && !is_changed(p, chosen) &&
	       !p->c->elf_funcs->funcs[chosen->func].is_ambiguous;
}

/*
 * The first that is at a symbol with a suffix and can be called as it says: it stands for the
 * function, by that symbol's name, whatever the others say. NULL where there is none.
 */
static const struct kbtf_func_state *
choose_true(const struct pick *p, const struct kbtf_func_state *const *states, uint32_t nr)
{
	uint32_t all = combined_flags(p, states, nr), flags = 0, i;

	for (i = 0; i < nr; i++) {
		/* What the first ones say is also said of those after them, and all of it of the
		 * first. */
		flags |= states[i]->flags;
		if (states[i]->symbol &&
		    !((i ? flags : all) & (STATE_UNEXPECTED_REG | STATE_UNCERTAIN)))
			return states[i];
	}
	return NULL;
}

/* ---- Records ---------------------------------------------------------- */

static uint32_t string(struct pick *p, const char *s, size_t len)
{
	uint32_t off = kbtf_combined_string(p->k, s, len);

	if (off < KBTF_STRSET_FULL)
		return off;
	p->err = off == KBTF_STRSET_NOMEM ? -ENOMEM : -E2BIG;
	return 0;
}

static uint32_t add(struct pick *p, const uint32_t *words, uint32_t nr)
{
	uint32_t id = p->err ? 0 : kbtf_combined_add(p->k, words, nr);

	if (!id && !p->err)
		p->err = -ENOMEM;
	return id;
}

/* A pointer of a kfunc, once more, with what it points to in a BPF arena; another type as it is. */
static uint32_t in_arena(struct pick *p, uint32_t id)
{
	const struct kbtf_type *t = type_of(p, id);
	uint32_t tag[] = { 0, kbtf_info(KBTF_TYPE_TAG, 0, 1), 0 };
	uint32_t ptr[] = { 0, kbtf_info(KBTF_PTR, 0, 0), 0 };

	if (!t || kbtf_kind(t) != KBTF_PTR)
		return id;
	tag[2] = t->type;
	tag[0] = string(p, ARENA_ATTRIBUTE, strlen(ARENA_ATTRIBUTE));
	ptr[2] = add(p, tag, 3);
	return add(p, ptr, 3);
}

static uint32_t add_proto(struct pick *p, const struct kbtf_func_state *s)
{
	const struct kbtf_elf_func *f = &p->c->elf_funcs->funcs[s->func];
	uint32_t in_arenas = 0, i, *words;
	char buf[4];

	if (f->is_kfunc && p->c->features & KBTF_ENCODE_DECL_TAG_KFUNCS &&
	    p->c->features & KBTF_ENCODE_ATTRIBUTES)
		in_arenas = f->kfunc_flags & (KF_ARENA_RET | KF_ARENA_ARG1 | KF_ARENA_ARG2);
	p->record.size = 0;
	words = kbtf_buf_extend(&p->record, 12 + 8 * (size_t)s->nr);
	if (!words) {
		p->err = -ENOMEM;
		return 0;
	}
	words[0] = 0;
	words[1] = kbtf_info(KBTF_FUNC_PROTO, s->nr, 0);
	words[2] = kbtf_combined_id(p->k, s->ret);
	for (i = 0; i < s->nr; i++) {
		const struct kbtf_func_param *param = &p->params[s->first + i];
		const char *name = kbtf_name_string(&p->c->names, param->name, buf);

		words[3 + 2 * i] = string(p, name, strlen(name));
		words[4 + 2 * i] = kbtf_combined_id(p->k, param->type);
	}
	if (in_arenas & KF_ARENA_RET)
		words[2] = in_arena(p, words[2]);
	for (i = 0; i < 2 && i < s->nr; i++)
		if (in_arenas & (i ? KF_ARENA_ARG2 : KF_ARENA_ARG1))
			words[4 + 2 * i] = in_arena(p, words[4 + 2 * i]);
	return add(p, words, 3 + 2 * s->nr);
}

static void add_decl_tag(struct pick *p, const char *value, uint32_t type, uint32_t component)
{
	const uint32_t words[] = { string(p, value, strlen(value)), kbtf_info(KBTF_DECL_TAG, 0, 0),
				   type, component };

	add(p, words, 4);
}

/* Those of a function or a variable by its number, which has this id. */
static void add_decl_tags(struct pick *p, const struct kbtf_buf *buf, size_t number, uint32_t id)
{
	uint32_t nr, i;
	const struct kbtf_decl_tag *tags = kbtf_decl_tags_of(buf, (uint32_t)number, &nr);
	char text[4];

	for (i = 0; i < nr; i++)
		add_decl_tag(p, kbtf_name_string(&p->c->names, tags[i].value, text), id,
			     tags[i].component);
}

static uint32_t add_named(struct pick *p, const struct kbtf_func_state *s, const char *name,
			  size_t len)
{
	const struct kbtf_func_state *states = (const struct kbtf_func_state *)p->c->funcs.data;
	const uint32_t words[] = { string(p, name, len), kbtf_info(KBTF_FUNC, 0, 0),
				   add_proto(p, s) };
	uint32_t id = add(p, words, 3);

	add_decl_tags(p, &p->c->func_tags, (size_t)(s - states), id);
	return id;
}

static void add_func(struct pick *p, const struct kbtf_func_state *s)
{
	const struct kbtf_elf_func *f = &p->c->elf_funcs->funcs[s->func];
	uint32_t id = add_named(p, s, f->name, f->len);

	if (!f->is_kfunc || !(p->c->features & KBTF_ENCODE_DECL_TAG_KFUNCS) ||
	    !(p->c->features & KBTF_ENCODE_DECL_TAG))
		return;
	add_decl_tag(p, "bpf_kfunc", id, NO_COMPONENT);
	if (f->kfunc_flags & KF_FASTCALL)
		add_decl_tag(p, "bpf_fastcall", id, NO_COMPONENT);
}

/* ---- All of them ------------------------------------------------------ */

struct named {
	uint64_t prefix; /* the first eight bytes of its name, which tell most names apart */
	const struct kbtf_elf_func *func;
};

static uint64_t prefix_of(const struct kbtf_elf_func *func)
{
	uint64_t prefix = 0;

	memcpy(&prefix, func->name, func->len < sizeof(prefix) ? func->len : sizeof(prefix));
	return be64toh(prefix);
}

static int compare_names(const void *a, const void *b)
{
	const struct named *n = a, *m = b;
	const struct kbtf_elf_func *x = n->func, *y = m->func;
	size_t len = x->len < y->len ? x->len : y->len;
	int cmp;

	if (n->prefix != m->prefix)
		return n->prefix < m->prefix ? -1 : 1;
	cmp = memcmp(x->name, y->name, len);
	return cmp ? cmp : x->len < y->len ? -1 : x->len > y->len;
}

/* Pointers to states, those of one function together and in the order of their units. */
static int group_states(struct pick *p, const struct kbtf_variants *v,
			const struct kbtf_func_state ***ret, uint32_t **ret_firsts)
{
	const struct kbtf_func_state *states = (const struct kbtf_func_state *)p->c->funcs.data;
	uint32_t nr = (uint32_t)(p->c->funcs.size / sizeof(*states)), i, *firsts;
	uint32_t nr_funcs = p->c->elf_funcs->nr, nr_groups, pass, group;
	const struct kbtf_func_state **sorted;

	nr_groups = (uint32_t)(p->c->units.size / sizeof(struct kbtf_unit_record));
	firsts = kbtf_zalloc_array((size_t)nr_funcs + 2, sizeof(*firsts));
	sorted = kbtf_alloc_array(nr, sizeof(*sorted));
	if (!firsts || !sorted) {
		free(firsts);
		free(sorted);
		return -ENOMEM;
	}
	/* States of groups that were read again come last, and stand for those before. */
	uint32_t *order = kbtf_alloc_array(nr, sizeof(*order)), nr_kept = 0;
	uint32_t *by_group = kbtf_zalloc_array((size_t)nr_groups + 2, sizeof(*by_group));

	if (!order || !by_group) {
		free(firsts);
		free(sorted);
		free(order);
		free(by_group);
		return -ENOMEM;
	}
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < nr; i++) {
			bool is_again = i >= p->c->nr_funcs_first;

			group = states[i].group;
			if (v->again[group] != is_again)
				continue;
			if (pass)
				order[by_group[group]++] = i;
			else
				by_group[group + 1]++, nr_kept++;
		}
		for (i = 0; !pass && i <= nr_groups; i++)
			by_group[i + 1] += by_group[i];
	}
	for (i = 0; i < nr_kept; i++)
		firsts[states[order[i]].func + 2]++;
	for (i = 0; i < nr_funcs; i++)
		firsts[i + 2] += firsts[i + 1];
	for (i = 0; i < nr_kept; i++)
		sorted[firsts[states[order[i]].func + 1]++] = &states[order[i]];
	free(order);
	free(by_group);
	*ret = sorted;
	*ret_firsts = firsts;
	return 0;
}

int kbtf_combined_add_funcs(struct kbtf_combined *k, const struct kbtf_collect *c,
			    const struct kbtf_variants *v, struct kbtf_encode_stats *stats)
{
	struct pick p = {
		.k = k,
		.c = c,
		.stats = stats,
		.params = (const struct kbtf_func_param *)c->params.data,
	};
	const struct kbtf_elf_funcs *funcs = c->elf_funcs;
	struct named *by_name;
	const struct kbtf_func_state **states;
	uint32_t i, *firsts;

	if (group_states(&p, v, &states, &firsts))
		return -ENOMEM;
	by_name = kbtf_alloc_array(funcs->nr, sizeof(*by_name));
	if (!by_name)
		p.err = -ENOMEM;
	for (i = 0; i < funcs->nr && !p.err; i++)
		by_name[i] = (struct named){ prefix_of(&funcs->funcs[i]), &funcs->funcs[i] };
	if (!p.err)
		qsort(by_name, funcs->nr, sizeof(*by_name), compare_names);
	for (i = 0; i < funcs->nr && !p.err; i++) {
		uint32_t f = (uint32_t)(by_name[i].func - funcs->funcs),
			 nr = firsts[f + 1] - firsts[f];
		const struct kbtf_func_state *chosen = NULL;

		if (!nr)
			continue;
		if (c->features & KBTF_ENCODE_TRUE_SIGNATURE)
			chosen = choose_true(&p, states + firsts[f], nr);
		if (chosen) {
			const char *name = c->src->symbols[chosen->symbol - 1].name;

			add_named(&p, chosen, name, strlen(name));
			stats->nr_funcs++;
			continue;
		}
		chosen = choose(&p, states + firsts[f], nr);
		if (!is_wanted(&p, chosen, combined_flags(&p, states + firsts[f], nr))) {
			stats->nr_funcs_left_out++;
			continue;
		}
		add_func(&p, chosen);
		stats->nr_funcs++;
	}
	free(by_name);
	free(states);
	free(firsts);
	kbtf_buf_deinit(&p.record);
	return p.err;
}

/* ---- Variables -------------------------------------------------------- */

struct placed {
	uint32_t section, offset, size, id, number;
};

static int compare_places(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static void add_section(struct pick *p, const struct placed *placed, uint32_t nr)
{
	const char *name = p->c->src->sections[placed->section].name;
	uint32_t i, *words;

	p->record.size = 0;
	words = kbtf_buf_extend(&p->record, 12 + 12 * (size_t)nr);
	if (!words) {
		p->err = -ENOMEM;
		return;
	}
	words[0] = string(p, name, strlen(name));
	words[1] = kbtf_info(KBTF_DATASEC, nr, 0);
	words[2] = placed[nr - 1].offset + placed[nr - 1].size;
	for (i = 0; i < nr; i++) {
		words[3 + 3 * i] = placed[i].id;
		words[4 + 3 * i] = placed[i].offset;
		words[5 + 3 * i] = placed[i].size;
	}
	add(p, words, 3 + 3 * nr);
}

int kbtf_combined_add_vars(struct kbtf_combined *k, const struct kbtf_collect *c,
			   const struct kbtf_variants *v, struct kbtf_encode_stats *stats)
{
	struct pick p = { .k = k, .c = c, .stats = stats };
	const struct kbtf_var_state *vars = (const struct kbtf_var_state *)c->vars.data;
	uint32_t nr = (uint32_t)(c->vars.size / sizeof(*vars)), nr_placed = 0, i, first;
	struct placed *placed;
	char buf[4];

	placed = kbtf_alloc_array(nr, sizeof(*placed));
	if (!placed)
		return -ENOMEM;
	for (i = 0; i < nr && !p.err; i++) {
		const char *name = kbtf_name_string(&c->names, vars[i].name, buf);
		uint32_t words[] = { string(&p, name, strlen(name)), kbtf_info(KBTF_VAR, 0, 0),
				     kbtf_combined_id(k, vars[i].type), vars[i].is_external };

		if (v->again[vars[i].group] != (i >= c->nr_vars_first))
			continue;
		placed[nr_placed] = (struct placed){ vars[i].section, vars[i].offset, vars[i].size,
						     add(&p, words, 4), nr_placed };
		add_decl_tags(&p, &c->var_tags, i, placed[nr_placed].id);
		nr_placed++;
	}
	qsort(placed, nr_placed, sizeof(*placed), compare_places);
	for (first = 0; first < nr_placed && !p.err; first = i) {
		for (i = first + 1; i < nr_placed && placed[i].section == placed[first].section;)
			i++;
		add_section(&p, placed + first, i - first);
	}
	stats->nr_vars = nr_placed;
	free(placed);
	kbtf_buf_deinit(&p.record);
	return p.err;
}
