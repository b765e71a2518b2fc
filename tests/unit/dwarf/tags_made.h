/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_TAGS_MADE_H
#define KBTF_TESTS_TAGS_MADE_H

#include "encode_made.h"

/* DWARF with tags, in both forms, which is also put into files that peers read. */

/* Where it says that functions and variables are. */
#define TEXT 0x1000u
#define DATA 0x2000u
#define DECL "btf_decl_tag"
#define TTAG "btf_type_tag"

/* An entry inside of what it is for. */
static inline void add_inside(struct make_dwarf *d, unsigned int tag, const char *name,
			      const char *value)
{
	make_entry(d, tag, false, 2, NAME, STRING, CONST, STRING);
	make_string(d, name);
	make_string(d, value);
}

/* One that others refer to; next is 0 for the last. */
static inline uint32_t add_link(struct make_dwarf *d, const char *name, const char *value,
				uint32_t next)
{
	uint32_t at = make_entry(d, GNU_TAG, false, next ? 3 : 2, NAME, STRING, CONST, STRING,
				 GNU_ANNOTATION, REF4);

	make_string(d, name);
	make_string(d, value);
	if (next)
		make_ref(d, next);
	return at;
}

static inline void begin_func(struct make_dwarf *d, const char *name, unsigned int place)
{
	make_entry(d, FUNCTION, true, 2, NAME, STRING, LOW_PC, ADDR);
	make_string(d, name);
	make_u64(d, TEXT + place);
}

/* In a register, and with children or a chain. */
static inline uint32_t add_param(struct make_dwarf *d, const char *name, uint32_t type,
				 unsigned int reg, uint32_t chain)
{
	uint32_t at = make_entry(d, PARAMETER, !chain, chain ? 4 : 3, NAME, STRING, TYPE, REF4,
				 LOCATION, EXPRLOC, GNU_ANNOTATION, REF4);

	make_string(d, name);
	make_ref(d, type);
	make_u8(d, 1);
	make_u8(d, reg);
	if (chain)
		make_ref(d, chain);
	return at;
}

static inline void put_address(struct make_dwarf *d)
{
	make_u8(d, 9);
	make_u8(d, 3); /* DW_OP_addr */
	make_u64(d, DATA);
}

static inline void add_all_inside(struct make_dwarf *d, unsigned int tag)
{
	uint32_t integer, number;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(d, "s");
	make_u8(d, 4);
	make_entry(d, MEMBER, true, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, "a");
	make_ref(d, integer);
	make_u8(d, 0);
	add_inside(d, tag, DECL, "member");
	make_u8(d, 0);
	add_inside(d, tag, DECL, "struct");
	add_inside(d, tag, "btf_other", "x");
	make_u8(d, 0);
	begin_func(d, "f", 0);
	add_inside(d, tag, DECL, "func");
	add_param(d, "a", integer, 0x55, 0);
	make_u8(d, 0);
	add_param(d, "b", integer, 0x54, 0);
	add_inside(d, tag, DECL, "b");
	add_inside(d, tag, DECL, "b_too");
	make_u8(d, 0);
	make_entry(d, VARIABLE, true, 2, NAME, STRING, TYPE, REF4);
	make_string(d, "local");
	make_ref(d, integer);
	add_inside(d, tag, DECL, "local");
	make_u8(d, 0);
	begin_func(d, "inner", 0x80);
	add_inside(d, tag, DECL, "inner");
	make_u8(d, 0);
	add_inside(d, tag, TTAG, "func_type");
	add_inside(d, tag, DECL, "func_too");
	make_u8(d, 0);
	make_entry(d, FUNCTION, true, 2, NAME, STRING, DECLARATION, PRESENT);
	make_string(d, "g");
	add_inside(d, tag, DECL, "declared");
	make_u8(d, 0);
	/* Declared with one tag and defined with another: what is told is the declaration's. */
	number = make_entry(d, VARIABLE, true, 3, NAME, STRING, TYPE, REF4, DECLARATION, PRESENT);
	make_string(d, "v");
	make_ref(d, integer);
	add_inside(d, tag, DECL, "var");
	make_u8(d, 0);
	make_entry(d, VARIABLE, true, 2, SPECIFICATION, REF4, LOCATION, EXPRLOC);
	make_ref(d, number);
	put_address(d);
	add_inside(d, tag, DECL, "definition");
	make_u8(d, 0);
	make_end(d);
}

/* Links come before and behind what refers to them, and are shared. */
static inline void add_all_chains(struct make_dwarf *d)
{
	uint32_t integer, one, two, later, chain;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	one = add_link(d, DECL, "one", 0);
	two = add_link(d, DECL, "two", one);
	make_entry(d, STRUCT, true, 3, NAME, STRING, SIZE, DATA1, GNU_ANNOTATION, REF4);
	make_string(d, "s");
	make_u8(d, 4);
	make_ref(d, one);
	add_member(d, "a", integer, 0);
	make_entry(d, MEMBER, true, 4, NAME, STRING, TYPE, REF4, PLACE, DATA1, GNU_ANNOTATION,
		   REF4);
	make_string(d, "b");
	make_ref(d, integer);
	make_u8(d, 0);
	make_ref(d, two);
	add_inside(d, LLVM_TAG, DECL, "inside");
	make_u8(d, 0);
	make_u8(d, 0);
	make_entry(d, UNION, false, 3, NAME, STRING, SIZE, DATA1, GNU_ANNOTATION, REF4);
	make_string(d, "u");
	make_u8(d, 4);
	make_ref(d, one);
	make_entry(d, TYPEDEF, false, 3, NAME, STRING, TYPE, REF4, GNU_ANNOTATION, REF4);
	make_string(d, "t");
	make_ref(d, integer);
	make_ref(d, one);
	make_entry(d, CONSTANT, false, 2, TYPE, REF4, GNU_ANNOTATION, REF4);
	make_ref(d, integer);
	make_ref(d, one);
	make_entry(d, FUNCTION, true, 3, NAME, STRING, LOW_PC, ADDR, GNU_ANNOTATION, REF4);
	make_string(d, "f");
	make_u64(d, TEXT);
	later = make_ref(d, 0);
	add_param(d, "a", integer, 0x55, integer); /* a chain that leads to no tag */
	add_param(d, "b", integer, 0x54, two);
	make_u8(d, 0);
	/* Of several kinds: each has its own, as far as there are no others in between. */
	chain = add_link(d, TTAG, "type", one);
	chain = add_link(d, "btf_other", "x", chain);
	make_set(d, later, add_link(d, DECL, "late", chain));
	make_entry(d, VARIABLE, false, 4, NAME, STRING, TYPE, REF4, LOCATION, EXPRLOC,
		   GNU_ANNOTATION, REF4);
	make_string(d, "v");
	make_ref(d, integer);
	put_address(d);
	make_ref(d, two);
	make_end(d);
}

static inline void add_pointer(struct make_dwarf *d, bool has_children, uint32_t to, uint32_t chain)
{
	make_entry(d, POINTER, has_children, 2, TYPE, REF4, GNU_ANNOTATION, REF4);
	make_ref(d, to);
	make_ref(d, chain);
}

/* A chain is in the order of BTF; of tags inside of a pointer the last is the first one. */
static inline void add_type_tags(struct make_dwarf *d)
{
	uint32_t integer, character, one, two, chain;

	make_unit(d, 5);
	integer = add_int(d, "int", 4, 5);
	character = add_int(d, "char", 1, 6);
	chain = add_link(d, DECL, "decl", 0);
	one = add_link(d, TTAG, "one", chain);
	two = add_link(d, TTAG, "two", one);
	add_pointer(d, false, integer, two);
	add_pointer(d, false, character, one);
	add_pointer(d, false, integer, chain);
	add_pointer(d, true, integer, two);
	add_inside(d, LLVM_TAG, TTAG, "outer");
	add_inside(d, LLVM_TAG, TTAG, "inner");
	make_u8(d, 0);
	make_end(d);
}

#endif
