// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A type in, that type and all that it needs out, each before it is needed.
 *
 * C wants a type to be whole (its size is known) where a member, an element or a
 * typedef's user has it by value; where it is only pointed to, or a parameter, its name
 * is enough. Cycles go through pointers, so they end at names of structs and unions.
 *
 * The walk is depth-first over types, with a stack of its own [run], since BTF decides how
 * deep it gets. A type has a byte of state; what was declared or is whole is not
 * looked at again, so the walk is linear. Structs without names are walked like
 * others, and printed where they are used.
 *
 * A cycle that C has no words for, such as a typedef of a function that takes the
 * typedef, is broken where it closes: there, c_decl.c finds a name that is not
 * declared yet, and puts something of its size.
 */
#include <errno.h>

#include "alloc.h"
#include "c_body.h"
#include "c_decl.h"
#include "c_layout.h"
#include "c_order.h"

static bool has_name(const struct kbtf_c *c, const struct kbtf_type *t)
{
	return *kbtf_string_get(c->btf, t->name_off);
}

static void push(struct kbtf_c *c, uint32_t type_id, bool whole)
{
	if (c->depth == c->room) {
		uint32_t room = c->room ? c->room * 2 : 64;
		struct kbtf_c_frame *frames = kbtf_realloc_array(c->frames, room, sizeof(*frames));

		if (!frames) {
			c->err = -ENOMEM;
			return;
		}
		c->frames = frames;
		c->room = room;
	}
	c->states[type_id] |= KBTF_C_OPEN;
	c->frames[c->depth++] = (struct kbtf_c_frame){ .type_id = type_id, .whole = whole };
}

/* Where only the types asked for are printed, the others are only gone through. */
static bool begin_printing(struct kbtf_c *c, uint32_t type_id)
{
	bool is_hidden = c->opts->flags & KBTF_C_ALONE && !(c->states[type_id] & KBTF_C_ASKED);

	kbtf_c_name(c, type_id);
	if (is_hidden)
		kbtf_c_hide(c);
	return is_hidden;
}

static void end_printing(struct kbtf_c *c, bool is_hidden)
{
	if (is_hidden)
		kbtf_c_show(c);
}

/* "struct sock;" is only for those that come after it. */
static void print_tag(struct kbtf_c *c, uint32_t type_id)
{
	kbtf_c_name(c, type_id);
	if (!(c->opts->flags & KBTF_C_ALONE))
		kbtf_c_declare_tag(c, type_id);
}

static void print(struct kbtf_c *c, uint32_t type_id, void put(struct kbtf_c *c, uint32_t type_id))
{
	bool is_hidden = begin_printing(c, type_id);

	put(c, type_id);
	end_printing(c, is_hidden);
}

/*
 * Begin with a type: print it at once if it needs nothing, or put it on the stack.
 * References are passed through here; they have no state of their own.
 */
static void begin(struct kbtf_c *c, uint32_t type_id, bool whole)
{
	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
		uint8_t *state = &c->states[type_id];

		if (*state & (whole ? KBTF_C_COMPLETE : KBTF_C_DECLARED))
			return;
		switch (kbtf_kind(t)) {
		case KBTF_PTR:
			whole = false;
			type_id = t->type;
			continue;
		case KBTF_CONST:
		case KBTF_VOLATILE:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			type_id = t->type;
			continue;
		case KBTF_ARRAY:
			whole = true;
			type_id = kbtf_array(t)->type;
			continue;
		case KBTF_FWD:
			if (has_name(c, t)) {
				*state |= KBTF_C_DECLARED | KBTF_C_COMPLETE;
				print(c, type_id, kbtf_c_declare_tag);
			}
			return;
		case KBTF_ENUM:
		case KBTF_ENUM64:
			if (has_name(c, t) && (whole || kbtf_vlen(t))) {
				*state |= KBTF_C_DECLARED | KBTF_C_COMPLETE;
				print(c, type_id, kbtf_c_define_enum);
			} else if (has_name(c, t)) {
				*state |= KBTF_C_DECLARED;
				print_tag(c, type_id);
			}
			return;
		case KBTF_STRUCT:
		case KBTF_UNION:
			if (!whole && has_name(c, t)) {
				*state |= KBTF_C_DECLARED;
				print_tag(c, type_id);
				return;
			}
			break;
		case KBTF_TYPEDEF:
		case KBTF_FUNC_PROTO:
			break;
		default:
			return;
		}
		if (!(*state & KBTF_C_OPEN))
			push(c, type_id, whole);
		return;
	}
}

static void pop(struct kbtf_c *c, uint8_t state)
{
	uint8_t *its = &c->states[c->frames[--c->depth].type_id];

	*its = (*its & ~KBTF_C_OPEN) | state;
}

/* A struct's pointer to itself needs no name beforehand. */
static bool points_to(const struct kbtf_c *c, uint32_t type_id, uint32_t target)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);

	return kbtf_kind(t) == KBTF_PTR && t->type == target;
}

/* Go on with the composite on top, until something was put on the stack or it is done. */
static void step_composite(struct kbtf_c *c, const struct kbtf_type *t)
{
	const struct kbtf_member *members = kbtf_members(t);
	uint32_t depth = c->depth, id = c->frames[depth - 1].type_id;
	uint32_t vlen = kbtf_vlen(t), at = c->frames[depth - 1].at;

	while (at < vlen) {
		uint32_t type = members[at++].type;

		if (points_to(c, type, id))
			continue;
		begin(c, type, true);
		if (c->depth != depth || c->err) {
			c->frames[depth - 1].at = at;
			return;
		}
	}
	kbtf_c_lay_out(c, id);
	c->states[id] |= KBTF_C_COMPLETE;
	if (has_name(c, t))
		print(c, id, kbtf_c_define_composite);
	pop(c, KBTF_C_DECLARED | KBTF_C_COMPLETE);
}

static void step_proto(struct kbtf_c *c, const struct kbtf_type *t)
{
	const struct kbtf_param *params = kbtf_params(t);
	uint32_t depth = c->depth, vlen = kbtf_vlen(t);

	while (c->frames[depth - 1].at <= vlen) {
		uint32_t at = c->frames[depth - 1].at++;

		begin(c, at ? params[at - 1].type : t->type, false);
		if (c->depth != depth || c->err)
			return;
	}
	pop(c, KBTF_C_DECLARED | KBTF_C_COMPLETE);
}

/* First what its text needs; then it is printed; then, if its size is needed, what has that. */
static void step_typedef(struct kbtf_c *c, const struct kbtf_type *t)
{
	struct kbtf_c_frame *frame = &c->frames[c->depth - 1];
	uint32_t id = frame->type_id;

	switch (frame->at++) {
	case 0:
		if (!(c->states[id] & KBTF_C_DECLARED))
			begin(c, t->type, false);
		return;
	case 1:
		if (!(c->states[id] & KBTF_C_DECLARED)) {
			print(c, id, kbtf_c_define_typedef);
			c->states[id] |= KBTF_C_DECLARED;
		}
		if (frame->whole)
			begin(c, t->type, true);
		else
			pop(c, KBTF_C_DECLARED);
		return;
	default:
		pop(c, KBTF_C_DECLARED | KBTF_C_COMPLETE);
	}
}

static void run(struct kbtf_c *c)
{
	while (c->depth && !c->err && !c->out.err) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, c->frames[c->depth - 1].type_id);

		switch (kbtf_kind(t)) {
		case KBTF_TYPEDEF:
			step_typedef(c, t);
			break;
		case KBTF_FUNC_PROTO:
			step_proto(c, t);
			break;
		default:
			step_composite(c, t);
		}
	}
}

void kbtf_c_need(struct kbtf_c *c, uint32_t type_id, bool whole)
{
	begin(c, type_id, whole);
	run(c);
}
