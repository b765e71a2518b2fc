/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_DECL_H
#define KBTF_TEXT_C_DECL_H

#include "c.h"

/* Besides names, no line has more text than this between two questions for room. */
#define KBTF_C_LINE_ROOM 256u

/* Types inside of others are printed up to this depth. */
#define KBTF_C_MAX_NESTING 40u

/* Put a line's indentation, and have room for the line. */
void kbtf_c_begin_line(struct kbtf_c *c);

/* A name that may be of any length; room is there again after it. */
static inline void kbtf_c_put(struct kbtf_c *c, const char *text, size_t len)
{
	kbtf_out_text(&c->out, text, len);
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
}

/* What a declaration declares. */
struct kbtf_c_declared {
	const char *name; /* NULL for none; it has to be usable */
	size_t len;
	uint32_t named;	 /* the type whose name it is instead; 0: none */
	bool is_made_up; /* a member gets a name that nothing else has */
	uint32_t func;	 /* the FUNC whose DECL_TAGs of parameters apply; 0: none */
};

/*
 * Put a type with what it declares, "int (*fn)(void)", without what ends it. A struct or
 * union without a name is printed with its members, and so is one with a name
 * if is_promoted says that its members are to be those of what surrounds it.
 */
void kbtf_c_declare(struct kbtf_c *c, uint32_t type_id, const struct kbtf_c_declared *declared,
		    bool is_promoted);

/* Decide the name of a struct, union, enum, typedef, FUNC or VAR, unless it is decided. */
void kbtf_c_name(struct kbtf_c *c, uint32_t type_id);

/* Before the line that has a name first: undefine it if it is a macro. */
void kbtf_c_undefine(struct kbtf_c *c, const struct kbtf_c_ident *ident);

/* Whether the name that was decided is one that compilers know already, and as the same. */
bool kbtf_c_is_builtin(const struct kbtf_c *c, uint32_t type_id);

/* Put its name, which is decided. */
void kbtf_c_put_name(struct kbtf_c *c, uint32_t type_id);

/* Put a name for a member that no other in this definition has. */
void kbtf_c_put_made_up(struct kbtf_c *c, const char *what);

/* The name that BTF has for a type, in a comment, where C does not take it. */
void kbtf_c_put_origin(struct kbtf_c *c, uint32_t type_id);

/* A comment with a name that C does not take. */
void kbtf_c_put_quoted(struct kbtf_c *c, const char *name);

/* The attributes that stand for the DECL_TAGs of a type (component UINT32_MAX), or of one of its
 * components. */
void kbtf_c_put_decl_tags(struct kbtf_c *c, uint32_t type_id, uint32_t component);

#endif
