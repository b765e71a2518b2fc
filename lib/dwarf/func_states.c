// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Function entries in, their states out: which parameters are where, and what that says
 * of how a function may be called.
 *
 *   own facts of each parameter                                        [read_params]
 *   names and types of those that only point to another's              [share]
 *   held against the calling convention                                [analyze]
 *
 * Source: dwarves' dwarf_loader.c (parameter__new, ftype__recode_dwarf_types,
 * cu__resolve_func_ret_types_optimized) and btf_encoder.c (btf_encoder__save_func).
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "collect.h"
#include "constants.h"
#include "fail.h"

#define NO_REGISTER (-1)

/* What is known of a parameter. */
struct facts {
	int reg;
	bool has_place, has_const, optimized, unexpected;
	uint64_t size; /* of its type, in bytes */
};

struct convention {
	unsigned int nr;
	int regs[8];	    /* NO_REGISTER: not known */
	bool two_registers; /* large values are in two, not in memory */
};

struct states {
	struct kbtf_collect *c;
	const struct kbtf_entries *e;
	struct convention convention;
	struct facts *facts; /* by parameter */
	uint32_t *elf_funcs; /* by function; UINT32_MAX: none */
	uint32_t *kept; /* by parameter: its number in its state, NO_COMPONENT; NULL: no tags */
	struct kbtf_diag *reterr;
};

static struct convention convention_of(unsigned int machine)
{
	static const struct convention x86_64 = { 6, { 0x55, 0x54, 0x51, 0x52, 0x58, 0x59 }, true };
	static const struct convention s390 = { 5, { 0x52, 0x53, 0x54, 0x55, 0x56 }, false };
	static const struct convention arm = { 8,
					       { 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57 },
					       true };
	struct convention other = { 0, { 0 }, true };
	unsigned int i;

	switch (machine) {
	case EM_X86_64:
		return x86_64;
	case EM_S390:
		return s390;
	case EM_ARM:
	case EM_AARCH64:
		return arm;
	case EM_SPARC:
	case EM_SPARCV9:
		other.nr = 6;
		break;
	case EM_ARC_COMPACT:
	case EM_MIPS:
	case EM_PPC:
	case EM_PPC64:
	case EM_RISCV:
		other.nr = 8;
		break;
	}
	for (i = 0; i < 8; i++)
		other.regs[i] = NO_REGISTER;
	return other;
}

static uint32_t find_func(const struct kbtf_entries *e, uint32_t place)
{
	return place ? kbtf_entries_find(e, ENTRY_FUNC, place) : NO_ENTRY;
}

/* The name of a function, or of the one that it is an instance of. */
static uint32_t name_of_func(const struct kbtf_entries *e, uint32_t i)
{
	unsigned int links = 0;

	while (i != NO_ENTRY && links++ < 8) {
		const struct kbtf_func_entry *f = &kbtf_entry_funcs(e)[i];

		if (f->name)
			return f->name;
		i = find_func(e, f->origin ? f->origin : f->specification);
	}
	return 0;
}

/* Bytes of a type, where only the outermost one that has a size counts. */
static uint64_t size_of(const struct states *s, uint32_t place)
{
	unsigned int links = 0;

	while (place && links++ < 2 * KBTF_MAX_CHAIN) {
		uint32_t i = kbtf_entry_of_ref(s->e, place);
		const struct kbtf_type_entry *t;

		if (i == NO_ENTRY)
			return 0;
		t = &kbtf_entry_types(s->e)[i];
		if (t->kind == KBTF_PTR)
			return s->c->src->address_size;
		if (t->kind != KBTF_ARRAY && t->size)
			return t->size;
		place = t->ref;
	}
	return 0;
}

static bool is_in_memory(const struct states *s, const struct facts *f)
{
	unsigned int size = s->c->src->address_size;

	return f->size > (s->convention.two_registers ? 2 * size : size);
}

static unsigned int nr_slots(const struct states *s, const struct facts *f)
{
	unsigned int size = s->c->src->address_size;
	uint64_t slots;

	if (!s->convention.two_registers || f->size <= size)
		return 1;
	slots = (f->size + size - 1) / size;
	return slots > UINT16_MAX ? UINT16_MAX : (unsigned int)slots;
}

static void read_params(struct states *s, const struct kbtf_func_entry *f)
{
	const struct kbtf_unit *unit = &kbtf_entry_units(s->e)[f->unit];
	const struct kbtf_param_entry *p = kbtf_entry_params(s->e) + f->first;
	uint32_t i, origin;

	for (i = 0; i < f->nr; i++) {
		struct facts *facts = &s->facts[f->first + i];
		uint32_t type = p[i].ref;

		if (p[i].origin) {
			origin = kbtf_entries_find(s->e, ENTRY_PARAM, p[i].origin);
			type = origin == NO_ENTRY ? 0 : kbtf_entry_params(s->e)[origin].ref;
		}
		*facts = (struct facts){
			.reg = NO_REGISTER,
			.size = size_of(s, type),
			.has_place = p[i].flags & PARAM_HAS_PLACE,
			.has_const = p[i].flags & PARAM_HAS_CONST,
		};
		if (facts->has_place)
			facts->reg = kbtf_location_register(
				unit, &p[i].location,
				s->convention.two_registers &&
					facts->size > s->c->src->address_size);
	}
}

/* What an instance says of its parameters is also said of those of what it is one of. */
static void share(struct states *s, const struct kbtf_func_entry *f, uint32_t *ret_flags)
{
	struct kbtf_param_entry *params = kbtf_entry_params(s->e), *p = params + f->first;
	uint32_t i, j;

	for (i = 0; i < f->nr; i++) {
		struct facts *own = &s->facts[f->first + i], *other;

		if (p[i].ref || !p[i].origin)
			continue;
		j = kbtf_entries_find(s->e, ENTRY_PARAM, p[i].origin);
		if (j == NO_ENTRY)
			continue;
		p[i].name = params[j].name;
		p[i].ref = params[j].ref;
		if (p[i].index != params[j].index)
			*ret_flags |= STATE_REORDERED;
		other = &s->facts[j];
		other->has_place |= own->has_place;
		other->has_const |= own->has_const;
		if (own->reg != NO_REGISTER)
			other->reg = own->reg;
		if (own->size)
			other->size = own->size;
	}
}

/* ---- Against the calling convention ----------------------------------- */

static int expected_register(const struct states *s, unsigned int i)
{
	return i < s->convention.nr ? s->convention.regs[i] : NO_REGISTER;
}

/* clang tells of values where they are used: any register of a parameter's own will do. */
static void match_loosely(struct states *s, const struct kbtf_func_entry *f)
{
	unsigned int reg = 0, slots, k;
	uint32_t i;

	for (i = 0; i < f->nr && reg < s->convention.nr; i++) {
		struct facts *facts = &s->facts[f->first + i];

		if (is_in_memory(s, facts))
			continue;
		slots = nr_slots(s, facts);
		for (k = 0; k < slots && reg + k < s->convention.nr; k++)
			if (facts->reg == expected_register(s, reg + k))
				break;
		if (facts->reg != NO_REGISTER && (k == slots || reg + k >= s->convention.nr))
			facts->unexpected = true;
		reg += slots;
	}
}

static void match_strictly(struct states *s, const struct kbtf_func_entry *f)
{
	unsigned int reg = 0;
	uint32_t i;

	for (i = 0; i < f->nr; i++) {
		struct facts *facts = &s->facts[f->first + i];
		int expected = expected_register(s, reg);

		if (facts->has_place) {
			if (reg >= s->convention.nr)
				continue;
			if (facts->reg == NO_REGISTER)
				facts->optimized = true;
			else if (expected != NO_REGISTER && expected != facts->reg)
				facts->unexpected = true;
		} else if (facts->has_const && !(f->flags & FUNC_IS_CLANG)) {
			facts->optimized = true;
		}
		reg += is_in_memory(s, facts) ? 1 : nr_slots(s, facts);
	}
}

/* Whether the parameter after this one is where it would be if this one were passed. */
static bool next_keeps_place(const struct states *s, const struct kbtf_func_entry *f, uint32_t i,
			     unsigned int reg)
{
	const struct facts *next = &s->facts[f->first + i + 1];

	reg += nr_slots(s, next - 1);
	return i + 1 < f->nr && next->reg != NO_REGISTER && reg < s->convention.nr &&
	       next->reg == s->convention.regs[reg];
}

/*
 * Of a function whose signature clang has changed: what is nowhere is no parameter any more. Where
 * something is not in one register more would have to be known than is here, as of a struct
 * of which only a member is passed: such a function is taken for unexpected.
 */
static void match_changed(struct states *s, const struct kbtf_func_entry *f)
{
	unsigned int reg = 0;
	uint32_t i;

	for (i = 0; i < f->nr; i++) {
		struct facts *facts = &s->facts[f->first + i];
		int expected = expected_register(s, reg);

		if (facts->has_place && reg >= s->convention.nr)
			continue;
		if (facts->has_place) {
			facts->unexpected |= facts->reg == NO_REGISTER ||
					     (expected != NO_REGISTER && expected != facts->reg);
		} else if (!next_keeps_place(s, f, i, reg)) {
			facts->optimized = true;
			continue;
		}
		reg += is_in_memory(s, facts) ? 1 : nr_slots(s, facts);
	}
}

static bool is_struct(const struct states *s, uint32_t place)
{
	unsigned int links = 0;
	uint32_t i;

	while (place && links++ < 2 * KBTF_MAX_CHAIN) {
		i = kbtf_entry_of_ref(s->e, place);
		if (i == NO_ENTRY)
			return false;
		switch (kbtf_entry_types(s->e)[i].kind) {
		case KBTF_STRUCT:
			return true;
		case KBTF_CONST:
		case KBTF_TYPEDEF:
			place = kbtf_entry_types(s->e)[i].ref;
			break;
		default:
			return false;
		}
	}
	return false;
}

static uint32_t analyze(struct states *s, const struct kbtf_func_entry *f)
{
	const struct kbtf_param_entry *p = kbtf_entry_params(s->e) + f->first;
	uint32_t i, origin, flags = 0;
	bool unexpected = false, has_struct = false;

	if (f->flags & FUNC_IS_CLANG && !(f->flags & FUNC_IS_INLINED)) {
		origin = f->origin ? find_func(s->e, f->origin) : NO_ENTRY;
		if (origin == NO_ENTRY ? f->flags & FUNC_IS_NOCALL
				       : kbtf_entry_funcs(s->e)[origin].flags & FUNC_IS_NOCALL)
			flags |= STATE_CHANGED;
	}
	if (f->flags & FUNC_IS_CLANG && !(flags & STATE_CHANGED))
		match_loosely(s, f);
	else if (flags & STATE_CHANGED && s->c->features & KBTF_ENCODE_TRUE_SIGNATURE)
		match_changed(s, f);
	else
		match_strictly(s, f);
	for (i = 0; i < f->nr; i++) {
		const struct facts *facts = &s->facts[f->first + i];

		if (facts->optimized || !facts->has_place)
			flags |= STATE_OPTIMIZED;
		unexpected |= facts->unexpected;
		has_struct |= is_struct(s, p[i].ref);
	}
	/* A struct may take registers in other ways than are known here. */
	if (unexpected && !has_struct)
		flags |= STATE_UNEXPECTED_REG;
	return flags;
}

/* ---- Packed structs on the stack -------------------------------------- */

static uint64_t natural_alignment(const struct states *s, uint32_t place, unsigned int depth)
{
	uint32_t i = kbtf_entry_strip(s->e, kbtf_entry_of_ref(s->e, place)), k;
	const struct kbtf_elem_entry *m;
	const struct kbtf_type_entry *t;
	uint64_t most = 1, own;

	if (i == NO_ENTRY || depth > 16)
		return 1;
	t = &kbtf_entry_types(s->e)[i];
	if (t->kind == KBTF_ARRAY)
		return natural_alignment(s, t->ref, depth + 1);
	if (t->kind != KBTF_STRUCT && t->kind != KBTF_UNION)
		return kbtf_entry_size(s->e, i, s->c->src->address_size);
	m = kbtf_entry_elems(s->e) + t->first;
	for (k = 0; k < t->nr; k++) {
		own = natural_alignment(s, m[k].ref, depth + 1);
		most = own > most ? own : most;
	}
	return most;
}

/* Whether some member is not where its own type would have it. */
static bool is_packed(const struct states *s, uint32_t place)
{
	uint32_t i = kbtf_entry_of_ref(s->e, place), k;
	const struct kbtf_elem_entry *m;
	const struct kbtf_type_entry *t;
	uint64_t most = 1, own;

	if (i == NO_ENTRY)
		return false;
	t = &kbtf_entry_types(s->e)[i];
	if (t->kind != KBTF_STRUCT || !t->name)
		return false;
	m = kbtf_entry_elems(s->e) + t->first;
	for (k = 0; k < t->nr; k++) {
		if (m[k].bits)
			continue;
		own = natural_alignment(s, m[k].ref, 0);
		most = own > most ? own : most;
		if (own && m[k].bit_offset / 8 % own)
			return true;
	}
	return t->size % most;
}

static bool is_uncertain(const struct states *s, const struct kbtf_func_entry *f)
{
	const struct kbtf_param_entry *p = kbtf_entry_params(s->e) + f->first;
	uint32_t i;

	for (i = s->convention.nr; i < f->nr; i++)
		if (is_packed(s, p[i].ref))
			return true;
	return false;
}

/* ---- States ----------------------------------------------------------- */

/* Of the symbols at its address: flags, and the first that has a suffix. */
static uint32_t symbol_flags(const struct states *s, const struct kbtf_func_entry *f,
			     uint32_t elf_func, uint32_t *ret_symbol)
{
	const struct kbtf_elf_funcs *funcs = s->c->elf_funcs;
	uint32_t i, flags = 0;

	*ret_symbol = 0;
	if (!(f->flags & FUNC_HAS_ADDR))
		return 0;
	for (i = funcs->funcs[elf_func].first_sym; i; i = funcs->nexts[i - 1]) {
		const struct kbtf_encode_symbol *sym = &s->c->src->symbols[funcs->syms[i - 1]];
		const char *dot = strchr(sym->name, '.');

		if (sym->value != f->addr)
			continue;
		flags |= STATE_HAS_SYMBOL;
		if (dot && !*ret_symbol)
			*ret_symbol = funcs->syms[i - 1] + 1;
		if (dot && (strstr(dot, ".constprop") || strstr(dot, ".isra")))
			flags |= STATE_OPTIMIZED_SYMBOL;
	}
	return flags;
}

static int add_param(struct kbtf_collect *c, uint32_t name, uint32_t type,
		     struct kbtf_func_state *state)
{
	const struct kbtf_func_param param = { name, type };

	state->nr++;
	return kbtf_buf_append(&c->params, &param, sizeof(param));
}

/*
 * The tags of a function, whose state comes next. Parameters are counted as they are in the
 * state: kernels refuse a tag of one that is not there.
 */
static int add_tags(const struct states *s, uint32_t func)
{
	struct kbtf_collect *c = s->c;
	uint32_t nr, i, first = kbtf_entry_funcs(s->e)[func].first;
	const struct kbtf_decl_tag *tags = kbtf_decl_tags_of(&s->e->func_tags, func, &nr);

	for (i = 0; i < nr; i++) {
		struct kbtf_decl_tag tag = tags[i];

		tag.owner = (uint32_t)(c->funcs.size / sizeof(struct kbtf_func_state));
		if (tag.component != NO_COMPONENT) {
			tag.component = s->kept[first + tag.component];
			if (tag.component == NO_COMPONENT)
				continue;
		}
		if (kbtf_buf_append(&c->func_tags, &tag, sizeof(tag)))
			return -ENOMEM;
	}
	return 0;
}

static int add_state(struct states *s, uint32_t i, uint32_t flags)
{
	const struct kbtf_func_entry *f = &kbtf_entry_funcs(s->e)[i], *from = f;
	const struct kbtf_param_entry *p = kbtf_entry_params(s->e) + f->first;
	struct kbtf_collect *c = s->c;
	struct kbtf_func_state state = {
		.func = s->elf_funcs[i],
		.first = (uint32_t)(c->params.size / sizeof(struct kbtf_func_param)),
		.group = c->group,
	};
	bool is_true = c->features & KBTF_ENCODE_TRUE_SIGNATURE;
	uint32_t k, type, origin;
	int err;

	state.flags = flags | symbol_flags(s, f, s->elf_funcs[i], &state.symbol);

	for (k = 0; k < f->nr; k++)
		if (!p[k].name)
			return 0;
	if (!(f->flags & FUNC_HAS_TYPE) && f->origin) {
		origin = find_func(s->e, f->origin);
		from = origin == NO_ENTRY ? f : &kbtf_entry_funcs(s->e)[origin];
	}
	if (is_uncertain(s, f))
		state.flags |= STATE_UNCERTAIN;
	err = kbtf_collect_ref(c, from->ref, &state.ret);
	for (k = 0; k < f->nr && !err; k++) {
		const struct facts *facts = &s->facts[f->first + k];

		if (state.flags & STATE_REORDERED && (!facts->has_place || facts->optimized))
			continue;
		if (is_true && state.flags & STATE_CHANGED && facts->optimized)
			continue;
		err = kbtf_collect_ref(c, p[k].ref, &type);
		if (s->kept)
			s->kept[f->first + k] = state.nr;
		if (!err)
			err = add_param(c, p[k].name, type, &state);
	}
	if (!err && f->flags & FUNC_IS_VARIADIC)
		err = add_param(c, 0, 0, &state);
	if (!err && s->kept)
		err = add_tags(s, i);
	if (!err)
		err = kbtf_buf_append(&c->funcs, &state, sizeof(state));
	if (err == -EINVAL)
		return kbtf_fail_unit(
			s->reterr, &kbtf_entry_units(s->e)[f->unit],
			s->e->start + f->place - kbtf_entry_units(s->e)[f->unit].offset, err,
			"dwarf-reference", "function %.*s refers to an entry that is no type",
			(int)c->elf_funcs->funcs[state.func].len,
			c->elf_funcs->funcs[state.func].name);
	return err ? kbtf_fail_nomem(s->reterr) : 0;
}

static uint32_t find_elf_func(const struct kbtf_collect *c, uint32_t name)
{
	struct kbtf_seen_func *seen =
		&c->seen_funcs[(name * UINT32_C(0x9e3779b1) >> 16) % NR_SEEN_FUNCS];
	const char *s;
	char buf[4];

	if (!name)
		return UINT32_MAX;
	if (seen->name != name) {
		s = kbtf_name_string(&c->names, name, buf);
		*seen = (struct kbtf_seen_func){ name,
						 kbtf_elf_funcs_find(c->elf_funcs, s, strlen(s)) };
	}
	return seen->number;
}

static void name_funcs(struct states *s, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		s->elf_funcs[i] = kbtf_entry_funcs(s->e)[i].flags & FUNC_IS_DECLARED
					  ? UINT32_MAX
					  : find_elf_func(s->c, name_of_func(s->e, i));
}

static int alloc_kept(struct states *s)
{
	size_t nr = kbtf_nr_entry_params(s->e);

	if (!kbtf_nr_entry_func_tags(s->e))
		return 0;
	s->kept = kbtf_alloc_array(nr, sizeof(*s->kept));
	if (!s->kept)
		return -ENOMEM;
	memset(s->kept, 0xff, nr * sizeof(*s->kept)); /* NO_COMPONENT */
	return 0;
}

int kbtf_collect_funcs(struct kbtf_collect *c, struct kbtf_diag *reterr)
{
	uint32_t nr = kbtf_nr_entry_funcs(&c->entries), i, *flags;
	const struct kbtf_func_entry *funcs = kbtf_entry_funcs(&c->entries);
	struct states s = {
		.c = c,
		.e = &c->entries,
		.convention = convention_of(c->src->machine),
		.reterr = reterr,
	};
	int err = 0;

	if (!nr)
		return 0;
	s.facts = kbtf_zalloc_array(kbtf_nr_entry_params(s.e), sizeof(*s.facts));
	s.elf_funcs = kbtf_zalloc_array(nr, sizeof(*s.elf_funcs));
	flags = kbtf_zalloc_array(nr, sizeof(*flags));
	if (!s.facts || !s.elf_funcs || !flags || alloc_kept(&s)) {
		err = kbtf_fail_nomem(reterr);
		goto out;
	}
	name_funcs(&s, nr);
	for (i = 0; i < nr; i++)
		if (s.elf_funcs[i] != UINT32_MAX)
			read_params(&s, &funcs[i]);
	for (i = 0; i < nr; i++)
		if (s.elf_funcs[i] != UINT32_MAX)
			share(&s, &funcs[i], &flags[i]);
	for (i = 0; i < nr && !err; i++)
		if (s.elf_funcs[i] != UINT32_MAX)
			err = add_state(&s, i, flags[i] | analyze(&s, &funcs[i]));
out:
	free(s.facts);
	free(s.elf_funcs);
	free(s.kept);
	free(flags);
	return err;
}
