// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Shapes that random numbers hardly ever make, each of which breaks one rule where the
 * rest of the BTF lets a kernel get that far: see the tables at the end.
 */
#include <kbtf/format.h>

#include "mutants.h"

static uint32_t grow_int(struct mutant *m, uint32_t size, uint32_t off, uint32_t bits)
{
	uint32_t id = mutant_type(m, KBTF_INT, 0, 0, mutant_string(m, "rare_int"), size);

	mutant_word(m, off << 16 | bits);
	return id;
}

static void member(struct mutant *m, const char *name, uint32_t type, uint32_t offset)
{
	mutant_word(m, mutant_string(m, name));
	mutant_word(m, type);
	mutant_word(m, offset);
}

static uint32_t grow_lock(struct mutant *m)
{
	return mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_spin_lock"), 4);
}

/*
 * Modifiers that each lead to the next one. The second half is followed first, so that
 * they are not too many that wait for each other.
 */
static void long_chain(struct mutant *m)
{
	static const unsigned int kinds[] = { KBTF_CONST, KBTF_VOLATILE, KBTF_TYPEDEF };
	uint32_t last = grow_int(m, 4, 0, 32), n = 31 + mutant_random(m, 6), i;

	mutant_type(m, KBTF_VOLATILE, 0, 0, 0, last + 2 + n / 2);
	for (i = 1; i <= n; i++) {
		unsigned int kind = kinds[mutant_random(m, 3)];

		mutant_type(m, kind, 0, 0, kind == KBTF_TYPEDEF ? mutant_string(m, "rare_name") : 0,
			    i < n ? m->nr_types + 2 : last);
	}
}

static uint32_t grow_var(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32);
	uint32_t id = mutant_type(m, KBTF_VAR, 0, 0, mutant_string(m, "rare_var"), of);

	mutant_word(m, 0);
	return id;
}

static void secinfo(struct mutant *m, uint32_t var, uint32_t offset, uint32_t size)
{
	mutant_word(m, var);
	mutant_word(m, offset);
	mutant_word(m, size);
}

/* The end of a variable wraps round, so only the sum of all tells that they do not fit. */
static void wrapping_variable(struct mutant *m)
{
	uint32_t var = grow_var(m), off = 20 + mutant_random(m, 100), size = 0xfffffff0;

	mutant_type(m, KBTF_DATASEC, 2, 0, mutant_string(m, "data_x"), size);
	secinfo(m, var, 0, 4 + mutant_random(m, 4));
	secinfo(m, var, off, size - mutant_random(m, 4));
}

static void far_variable(struct mutant *m)
{
	uint32_t var = grow_var(m);

	mutant_type(m, KBTF_DATASEC, 1, 0, mutant_string(m, "data_x"), 16);
	secinfo(m, var, mutant_random(m, 2) ? 13 : mutant_random(m, 40), 4);
}

static void overlapping_variables(struct mutant *m)
{
	uint32_t var = grow_var(m);

	mutant_type(m, KBTF_DATASEC, 2, 0, mutant_string(m, "data_x"), 16);
	secinfo(m, var, 0, 8);
	secinfo(m, var, mutant_random(m, 8), 4);
}

static void small_variable(struct mutant *m)
{
	uint32_t var = grow_var(m);

	mutant_type(m, KBTF_DATASEC, 1, 0, mutant_string(m, "data_x"), 16);
	secinfo(m, var, 4, mutant_random(m, 2) ? mutant_random(m, 4) : 0);
}

/* A bitfield that is copied has at most 16 bytes, with the bits before it in its first. */
static void wide_bitfield(struct mutant *m)
{
	uint32_t of = grow_int(m, 16, 0, 128), kflag = mutant_random(m, 2);
	uint32_t bit = mutant_random(m, 8);

	mutant_type(m, KBTF_STRUCT, 1, kflag, mutant_string(m, "rare_bits"), 32);
	member(m, "b", of, kflag ? bit | 128u << 24 : bit);
}

/* An INT's own offset is added to that of the member. */
static void far_member(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 16, 8);

	mutant_type(m, KBTF_STRUCT, 1, 0, mutant_string(m, "rare_far"), 0x20000000);
	member(m, "b", of, 0xffffffff - mutant_random(m, 24));
}

static void wrong_bitfield(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32);

	if (mutant_random(m, 2))
		of = mutant_type(m, KBTF_PTR, 0, 0, 0, of);
	mutant_type(m, KBTF_STRUCT, 1, 1, mutant_string(m, "rare_bits"), 16);
	member(m, "b", of, (16 + mutant_random(m, 48)) << 24);
}

/* A STRUCT in a STRUCT in a STRUCT, beside a field that makes a kernel search them. */
static void deep_field(struct mutant *m)
{
	uint32_t lock = grow_lock(m), id = lock, n = 28 + mutant_random(m, 8);

	for (; n; n--) {
		id = mutant_type(m, KBTF_STRUCT, 1, 0, mutant_string(m, "rare_deep"), 4);
		member(m, "in", id - 1, 0);
	}
	mutant_type(m, KBTF_STRUCT, 2, 0, mutant_string(m, "rare_root"), 8);
	member(m, "lock", lock, 0);
	member(m, "in", id, 32);
}

static uint32_t grow_node(struct mutant *m)
{
	return mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_list_node"), 24);
}

/* As many fields as a kernel takes, or a few more or less. */
static void many_fields(struct mutant *m)
{
	uint32_t node = grow_node(m), n = 10 + mutant_random(m, 4), i;

	mutant_type(m, KBTF_STRUCT, n, 0, mutant_string(m, "rare_many"), n * 24);
	for (i = 0; i < n; i++)
		member(m, "node", node, i * 192);
}

static void overlapping_fields(struct mutant *m)
{
	uint32_t node = grow_node(m);

	mutant_type(m, KBTF_STRUCT, 2, 0, mutant_string(m, "rare_both"), 48);
	member(m, "a", node, 0);
	member(m, "b", node, 64 * mutant_random(m, 4));
}

/* What holds nodes, and one whose node is of the second type of that name, which makes no field. */
static void plain_node(struct mutant *m)
{
	uint32_t node, head, lock = grow_lock(m), id;

	grow_node(m);
	node = grow_node(m);
	head = mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_list_head"), 16);
	mutant_type(m, KBTF_STRUCT, 1, 0, mutant_string(m, "rare_held"), 24);
	member(m, "node", node, 0);
	id = mutant_type(m, KBTF_STRUCT, 2, 0, mutant_string(m, "rare_holder"), 24);
	member(m, "lock", lock, 0);
	member(m, "head", head, 64);
	mutant_type(m, KBTF_DECL_TAG, 0, 0, mutant_string(m, "contains:rare_held:node"), id);
	mutant_word(m, 1);
}

/* A field that begins at a byte, and a bitfield beside it that does not. */
static void field_and_bits(struct mutant *m)
{
	uint32_t lock = grow_lock(m), of = grow_int(m, 4, 0, 32);

	mutant_type(m, KBTF_STRUCT, 2, 1, mutant_string(m, "rare_bits"), 8);
	member(m, "lock", lock, 0);
	member(m, "b", of, (32 + mutant_random(m, 8)) | 3u << 24);
}

/* STRUCTs that each own the next one: a few, or about as many as a kernel follows. */
static void owners(struct mutant *m)
{
	uint32_t lock = grow_lock(m), n = (mutant_random(m, 2) ? 8 : 2) + mutant_random(m, 5), i;
	uint32_t head, node, id;
	char name[] = "own0", contains[] = "contains:own0:node";

	head = mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_list_head"), 16);
	node = grow_node(m);
	for (i = 0; i < n; i++) {
		bool last = i == n - 1;

		name[3] = (char)('a' + i);
		contains[12] = (char)('a' + i + 1);
		id = mutant_type(m, KBTF_STRUCT, last ? 1 : 3, 0, mutant_string(m, name), 48);
		member(m, "node", node, 0);
		if (last)
			break;
		member(m, "lock", lock, 192);
		member(m, "head", head, 256);
		mutant_type(m, KBTF_DECL_TAG, 0, 0, mutant_string(m, contains), id);
		mutant_word(m, 2);
	}
}

/* Any encoding, and words with more in them. */
static void strange_int(struct mutant *m)
{
	mutant_type(m, KBTF_INT, 0, 0, mutant_string(m, "rare_int"), 16);
	mutant_word(m,
		    mutant_random(m, 12) << 24 | mutant_random(m, 8) << 16 | mutant_random(m, 9));
	if (!mutant_random(m, 3))
		m->words[m->nr_words - 1] |= 1u << (28 + mutant_random(m, 4));
}

static void wide_int(struct mutant *m)
{
	grow_int(m, 1u << mutant_random(m, 5), mutant_random(m, 8), mutant_random(m, 256));
}

/* A list that no lock is beside. */
static void lone_head(struct mutant *m)
{
	uint32_t head = mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_list_head"), 16);
	uint32_t node = grow_node(m);
	uint32_t id = mutant_type(m, KBTF_STRUCT, 2, 0, mutant_string(m, "rare_lone"), 40);

	member(m, "head", head, 0);
	member(m, "node", node, 128);
	mutant_type(m, KBTF_DECL_TAG, 0, 0, mutant_string(m, "contains:rare_lone:node"), id);
	mutant_word(m, 0);
}

/* What is called as a field is, but is of another size, or begins elsewhere. */
static void odd_field(struct mutant *m)
{
	uint32_t size = mutant_random(m, 2) ? 24 : 16;
	uint32_t node = mutant_type(m, KBTF_STRUCT, 0, 0, mutant_string(m, "bpf_list_node"), size);

	mutant_type(m, KBTF_STRUCT, 1, 0, mutant_string(m, "rare_odd"), 40);
	member(m, "node", node, 32);
}

/* A kernel searches for them only beside a field of another kind. */
static void odd_kptr(struct mutant *m)
{
	uint32_t node = grow_node(m), to = grow_int(m, 4, 0, 32);

	to = mutant_type(m, KBTF_TYPE_TAG, 0, 0,
			 mutant_string(m, mutant_random(m, 2) ? "kptr_untrusted" : "kptr"), to);
	to = mutant_type(m, KBTF_PTR, 0, 0, 0, to);
	mutant_type(m, KBTF_STRUCT, 2, 0, mutant_string(m, "rare_odd"), 32);
	member(m, "node", node, 0);
	member(m, "p", to, 192);
}

/* Without kind_flag an INT may begin at any bit of a STRUCT, and nothing else may. */
static void odd_members(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32), first = mutant_random(m, 80);
	uint32_t kflag = mutant_random(m, 2), second = first + 32;

	if (mutant_random(m, 2))
		of = mutant_type(m, KBTF_ENUM, 0, 0, mutant_string(m, "rare_enum"), 4);
	switch (mutant_random(m, 3)) {
	case 0:
		second = mutant_random(m, first);
		break;
	case 1:
		second = 128 + mutant_random(m, 64);
		break;
	}
	mutant_type(m, KBTF_STRUCT, 2, kflag, mutant_string(m, "rare_odd"), 16);
	member(m, "a", of, first);
	member(m, "b", of, second);
}

static void odd_union(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32);

	mutant_type(m, KBTF_UNION, 1, 0, mutant_string(m, "rare_odd"), 16);
	member(m, "a", of, 8 * mutant_random(m, 12));
}

static void odd_vararg(struct mutant *m)
{
	mutant_type(m, KBTF_FUNC_PROTO, 1, 0, 0, 0);
	mutant_word(m, mutant_string(m, "rare_name"));
	mutant_word(m, 0);
}

static void odd_tag(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32), index = UINT32_MAX;

	if (mutant_random(m, 2))
		of = mutant_type(m, KBTF_TYPEDEF, 0, 0, mutant_string(m, "rare_name"), of);
	if (mutant_random(m, 2))
		index -= mutant_random(m, 1u << 31);
	mutant_type(m, KBTF_DECL_TAG, 0, 0, mutant_string(m, "rare_tag"), of);
	mutant_word(m, index);
}

static void odd_func(struct mutant *m)
{
	uint32_t proto = mutant_type(m, KBTF_FUNC_PROTO, 0, 0, 0, grow_int(m, 4, 0, 32));

	mutant_type(m, KBTF_FUNC, 2 + mutant_random(m, 4), 0, mutant_string(m, "rare_func"), proto);
}

static void odd_var(struct mutant *m)
{
	uint32_t of = mutant_random(m, 2) ? grow_int(m, 4, 0, 32) : 0;

	mutant_type(m, KBTF_VAR, 0, 0, mutant_string(m, "rare_var"), of);
	mutant_word(m, of ? 2 + mutant_random(m, 4) : 0);
}

static void odd_section(struct mutant *m)
{
	uint32_t name = mutant_string(m, mutant_random(m, 2) ? "data_x" : "rare\x01name");

	mutant_type(m, KBTF_DATASEC, 0, 0, name, mutant_random(m, 2));
}

/* Of void, by void, by what counts nothing, or with a size besides. */
static void odd_array(struct mutant *m)
{
	uint32_t of = grow_int(m, 4, 0, 32), odd = mutant_random(m, 4), index = 0;

	if (odd < 2)
		index = of;
	else if (!mutant_random(m, 3))
		index = mutant_type(m, KBTF_PTR, 0, 0, 0, of);
	mutant_type(m, KBTF_ARRAY, 0, 0, 0, odd == 0);
	mutant_word(m, odd == 1 ? 0 : of);
	mutant_word(m, index);
	mutant_word(m, 4);
}

static void odd_size(struct mutant *m)
{
	unsigned int kind = mutant_random(m, 2) ? KBTF_ENUM : KBTF_FLOAT;

	mutant_type(m, kind, 0, 0, mutant_string(m, "rare_size"), mutant_random(m, 20));
}

static void odd_forward(struct mutant *m)
{
	mutant_type(m, KBTF_FWD, 0, 0, mutant_string(m, "rare_fwd"), grow_int(m, 4, 0, 32));
}

/* Modifiers are followed everywhere, to what they modify. */
static void odd_modifier(struct mutant *m)
{
	unsigned int kind = mutant_random(m, 2) ? KBTF_CONST : KBTF_RESTRICT;

	mutant_type(m, kind, 0, 0, 0, 2 * MUTANT_MAX_TYPES + mutant_random(m, 1000));
}

static void odd_tag_order(struct mutant *m)
{
	uint32_t to = grow_int(m, 4, 0, 32);

	to = mutant_type(m, KBTF_TYPE_TAG, 0, 0, mutant_string(m, "rare_tag"), to);
	to = mutant_type(m, KBTF_CONST, 0, 0, 0, to);
	mutant_type(m, KBTF_PTR, 0, 0, 0, to);
}

typedef void shape(struct mutant *m);

/* Types that are wrong whatever stands around them, which is all that kernels see of modules. */
static shape *const alone[] = {
	wrapping_variable,     /* secinfo-sum */
	far_variable,	       /* secinfo-range */
	overlapping_variables, /* secinfo-order */
	small_variable,	       /* secinfo-size */
	strange_int,	       /* int-encoding, int-word */
	wide_int,	       /* int-width, int-size */
	odd_members,	       /* member-order, member-align, member-offset */
	odd_union,	       /* union-offset */
	odd_tag,	       /* tag-target, component-index */
	odd_func,	       /* func-linkage */
	odd_var,	       /* var-void, var-linkage */
	odd_section,	       /* datasec-empty, section-name */
	odd_array,	       /* array-index, array-size-used, array-element */
	odd_size,	       /* enum-size, float-size */
	odd_forward,	       /* fwd-type */
	odd_modifier,	       /* type-id-range */
	odd_tag_order,	       /* tag-order */
	long_chain,	       /* chain-length */
};

/* Types that are wrong for what others are. */
static shape *const together[] = {
	wide_bitfield,	    /* member-copy */
	far_member,	    /* member-overflow */
	wrong_bitfield,	    /* member-bitfield */
	deep_field,	    /* field-depth */
	many_fields,	    /* field-count */
	overlapping_fields, /* field-overlap */
	plain_node,	    /* contains-plain */
	field_and_bits,	    /* field-byte */
	owners,		    /* ownership-depth */
	lone_head,	    /* field-unlocked */
	odd_field,	    /* field-none */
	odd_kptr,	    /* kptr-target, kptr-tag */
	odd_vararg,	    /* param-name */
};

#define NR(array) (sizeof(array) / sizeof(*(array)))

void mutant_rarity_alone(struct mutant *m)
{
	alone[mutant_random(m, NR(alone))](m);
}

void mutant_rarity(struct mutant *m)
{
	uint32_t i = mutant_random(m, NR(alone) + NR(together));

	if (i < NR(alone))
		alone[i](m);
	else
		together[i - NR(alone)](m);
}
