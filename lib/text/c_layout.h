/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_LAYOUT_H
#define KBTF_TEXT_C_LAYOUT_H

#include "c.h"

/* What a compiler will make of a type, as it is printed. */
struct kbtf_c_measure {
	uint64_t size_bytes;
	unsigned int align_log2;
	uint32_t type_id; /* behind modifiers and arrays */
};

/* False where a value of the type has no size: of void, functions, forwards and numbers of 3 bytes.
 * Structs and unions in it are complete. */
bool kbtf_c_measure(const struct kbtf_c *c, uint32_t type_id, struct kbtf_c_measure *ret);

/* A member, wherever its type says that it is a bitfield. */
struct kbtf_c_member kbtf_c_member(const struct kbtf_c *c, const struct kbtf_type *t, uint32_t i);

/* Whether the compiler is told of a bitfield by leaving room: it has no name. */
static inline bool kbtf_c_is_left_out(const struct kbtf_c_member *m)
{
	return m->width_bits && !m->name_off;
}

/*
 * Decide how a struct or union is printed, whose members' types are complete: its
 * byte in c->layouts.
 */
void kbtf_c_lay_out(struct kbtf_c *c, uint32_t type_id);

/* Where the compiler stands in a composite that is printed member by member. */
struct kbtf_c_cursor {
	uint64_t bits;
	unsigned int align_log2;
	bool is_packed, is_union;
};

void kbtf_c_cursor_init(const struct kbtf_c *c, uint32_t type_id, struct kbtf_c_cursor *ret);

/*
 * Go behind a member. *ret_gap_bits is how much has to be filled in front of it.
 * False where the compiler cannot be brought to put it there.
 */
bool kbtf_c_cursor_pass(const struct kbtf_c *c, struct kbtf_c_cursor *cursor,
			const struct kbtf_c_member *m, const struct kbtf_c_measure *measure,
			uint64_t *ret_gap_bits);

/* The same for the end of a composite of this size. */
bool kbtf_c_cursor_end(const struct kbtf_c *c, const struct kbtf_c_cursor *cursor,
		       uint32_t size_bytes, uint64_t *ret_gap_bits);

#endif
