// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * References of program BTF, each followed to a type with a size.
 *
 * A walk by depth with a stack of 32: a type on top of it (step) either pushes
 * the type that it waits for, or is done and popped with what it resolved to. What
 * it waits for depends on where the walk began (is_sink): on the way through
 * pointers it ends at containers, on the way through containers at pointers, so
 * that `struct a { struct a *next; }` ends and `struct a { struct a a; }` does not.
 *
 * The order of the walk, what is left unresolved by it and its limit of 32 are the
 * kernel's, since its verdict on rare BTF depends on them: a PTR to a FUNC passes
 * where the FUNC was resolved before it.
 *
 * A type that is refused becomes FAILED and is popped; types that lead to it fail
 * without a finding of their own.
 *
 * Source: kernel/bpf/btf.c (btf_check_all_types, btf_resolve and the resolve of
 * each kind).
 */
#include <stdlib.h>

#include "alloc.h"
#include "resolve.h"

#define FOUND(rule, id, ...) kbtf_check_found_type(r->c, r->btf, rule, id, __VA_ARGS__)

static unsigned int kind_of(const struct resolve *r, uint32_t id)
{
	return kbtf_kind(check_type(r->btf, id));
}

bool kbtf_resolve_whole_int(const struct kbtf_type *t)
{
	uint32_t bits = KBTF_INT_BITS(kbtf_word(t));

	return !KBTF_INT_OFFSET_BITS(kbtf_word(t)) &&
	       (bits == 8 || bits == 16 || bits == 32 || bits == 64 || bits == 128);
}

const struct kbtf_type *kbtf_resolve_sized(const struct resolve *r, uint32_t *id,
					   uint32_t *ret_size)
{
	const struct kbtf_type *t = check_type(r->btf, *id);
	uint32_t end = *id, size;

	if (t && (check_is_modifier(kbtf_kind(t)) || kbtf_kind(t) == KBTF_VAR)) {
		end = r->target[end];
		t = check_type(r->btf, end);
	}
	if (!t || resolve_has_no_size(kbtf_kind(t)))
		return NULL;
	switch (kbtf_kind(t)) {
	case KBTF_ARRAY:
		size = r->size[end];
		break;
	case KBTF_PTR:
		size = r->c->pointer_size;
		break;
	case KBTF_INT:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FLOAT:
	case KBTF_DATASEC:
		size = t->size;
		break;
	default:
		return NULL;
	}
	*id = end;
	if (ret_size)
		*ret_size = size;
	return t;
}

static bool is_sink(const struct resolve *r, uint32_t id)
{
	unsigned int kind = kind_of(r, id);

	switch (r->mode) {
	case MODE_POINTER:
		return !check_is_modifier(kind) && kind != KBTF_PTR;
	case MODE_CONTAINER:
		return !check_is_modifier(kind) && kind != KBTF_ARRAY && kind != KBTF_STRUCT &&
		       kind != KBTF_UNION;
	case MODE_UNSET:
		break;
	}
	return !resolve_needed(kind);
}

static bool is_waited_for(const struct resolve *r, uint32_t id)
{
	return !is_sink(r, id) && r->state[id] != RESOLVED;
}

static struct resolve_frame *top(struct resolve *r)
{
	return &r->stack[r->depth - 1];
}

/* Put a type on the stack. False after a finding about the type on top, which leads to it. */
static bool push(struct resolve *r, uint32_t id)
{
	unsigned int kind = kind_of(r, id);

	if (r->depth == CHECK_MAX_DEPTH) {
		FOUND(RULE_TOO_DEEP, top(r)->id,
		      "is the last of %u types that each wait for the next, and still leads to "
		      "%s",
		      CHECK_MAX_DEPTH, TYPE_LABEL(r->btf, id));
		return false;
	}
	if (r->state[id] == FAILED)
		return false;
	if (r->state[id] == OPEN) {
		FOUND(RULE_LOOP, top(r)->id, "leads back to %s, which leads to it",
		      TYPE_LABEL(r->btf, id));
		return false;
	}
	r->state[id] = OPEN;
	r->stack[r->depth++] = (struct resolve_frame){ .id = id };
	if (r->mode == MODE_UNSET && kind == KBTF_PTR)
		r->mode = MODE_POINTER;
	else if (r->mode == MODE_UNSET &&
		 (kind == KBTF_STRUCT || kind == KBTF_UNION || kind == KBTF_ARRAY))
		r->mode = MODE_CONTAINER;
	return true;
}

static void pop_resolved(struct resolve *r, uint32_t target, uint32_t size)
{
	uint32_t id = r->stack[--r->depth].id;

	r->target[id] = target;
	r->size[id] = size;
	r->state[id] = RESOLVED;
}

static void pop_failed(struct resolve *r)
{
	r->state[r->stack[--r->depth].id] = FAILED;
}

static void push_or_fail(struct resolve *r, uint32_t id)
{
	if (!push(r, id))
		pop_failed(r);
}

/* Whether a reference leads to a type that references may lead to. False, mostly after a finding.
 */
static bool may_refer(struct resolve *r, uint32_t id, uint32_t to)
{
	const struct kbtf_type *t = check_type(r->btf, to);

	if (!t) {
		FOUND(RULE_TYPE_ID_RANGE, id, "refers to type id %u, but the last is %u", to,
		      check_end_id(r->btf) - 1);
		return false;
	}
	if (resolve_is_source_only(kbtf_kind(t))) {
		FOUND(RULE_REF_KIND, id, "refers to %s", TYPE_LABEL(r->btf, to));
		return false;
	}
	return r->state[to] != FAILED;
}

/*
 * A modifier that was resolved on the way through containers may have ended at
 * a PTR that was not followed then: 0, or that PTR.
 */
static uint32_t unfollowed_pointer(const struct resolve *r, uint32_t id)
{
	uint32_t end;

	if (!check_is_modifier(kind_of(r, id)))
		return 0;
	end = r->target[id];
	return kind_of(r, end) == KBTF_PTR && is_waited_for(r, end) ? end : 0;
}

/* Modifiers and PTR, which may lead to what has no size, and VAR, which may not. */
static void step_ref(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	uint32_t to = t->type, pointer;

	if (!may_refer(r, id, to)) {
		pop_failed(r);
		return;
	}
	if (is_waited_for(r, to)) {
		push_or_fail(r, to);
		return;
	}
	pointer = check_is_modifier(kbtf_kind(t)) ? 0 : unfollowed_pointer(r, to);
	if (pointer) {
		push_or_fail(r, pointer);
		return;
	}
	if (!kbtf_resolve_sized(r, &to, NULL)) {
		unsigned int kind;

		if (kbtf_kind(t) != KBTF_VAR && r->state[to] == RESOLVED)
			to = r->target[to];
		kind = kind_of(r, to);
		if (kbtf_kind(t) == KBTF_VAR ||
		    (kind != KBTF_VOID && kind != KBTF_FWD && kind != KBTF_FUNC_PROTO)) {
			FOUND(RULE_REF_NO_SIZE, id, "refers to %s, which has no size",
			      TYPE_LABEL(r->btf, to));
			pop_failed(r);
			return;
		}
	}
	pop_resolved(r, to, 0);
}

/*
 * One of an array's two types. False where the array is popped or waits; *to
 * becomes the type with a size.
 */
static bool array_part(struct resolve *r, uint32_t id, enum check_rule rule, const char *what,
		       uint32_t *to, uint32_t *ret_size)
{
	const struct kbtf_type *t = check_type(r->btf, *to);

	if (!t)
		FOUND(RULE_TYPE_ID_RANGE, id, "%s is of type id %u, but the last is %u", what, *to,
		      check_end_id(r->btf) - 1);
	else if (resolve_has_no_size(kbtf_kind(t)) || resolve_is_source_only(kbtf_kind(t)))
		FOUND(rule, id, "%s is of %s", what, TYPE_LABEL(r->btf, *to));
	else if (r->state[*to] == FAILED)
		;
	else if (is_waited_for(r, *to)) {
		push_or_fail(r, *to);
		return false;
	} else if (kbtf_resolve_sized(r, to, ret_size)) {
		return true;
	} else {
		FOUND(rule, id, "%s is of %s, which has no size", what, TYPE_LABEL(r->btf, *to));
	}
	pop_failed(r);
	return false;
}

static void step_array(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	const struct kbtf_array *a = kbtf_array(t);
	uint32_t index = a->index_type, elem = a->type, index_size, size;
	const struct kbtf_type *part;

	if (!array_part(r, id, RULE_ARRAY_INDEX, "its index", &index, &index_size))
		return;
	part = check_type(r->btf, index);
	if (kbtf_kind(part) != KBTF_INT || !kbtf_resolve_whole_int(part)) {
		FOUND(RULE_ARRAY_INDEX, id, "its index is of %s, no whole INT",
		      TYPE_LABEL(r->btf, index));
		pop_failed(r);
		return;
	}
	if (!array_part(r, id, RULE_ARRAY_ELEM, "its element", &elem, &size))
		return;
	part = check_type(r->btf, elem);
	if (kbtf_kind(part) == KBTF_INT && !kbtf_resolve_whole_int(part))
		FOUND(RULE_ARRAY_INT, id, "its element is of %s: %u bits from bit %u on",
		      TYPE_LABEL(r->btf, elem), KBTF_INT_BITS(kbtf_word(part)),
		      KBTF_INT_OFFSET_BITS(kbtf_word(part)));
	else if (a->nelems && size > UINT32_MAX / a->nelems)
		FOUND(RULE_ARRAY_OVERFLOW, id, "%u elements of %u bytes take more than 4 GiB",
		      a->nelems, size);
	else {
		pop_resolved(r, elem, size * a->nelems);
		return;
	}
	pop_failed(r);
}

/* Whether a member's type may be one, before it is waited for. */
static bool may_be_member(struct resolve *r, uint32_t id, uint32_t i, uint32_t to)
{
	const struct kbtf_type *t = check_type(r->btf, to);

	if (!t)
		FOUND(RULE_TYPE_ID_RANGE, id, "member %u is of type id %u, but the last is %u", i,
		      to, check_end_id(r->btf) - 1);
	else if (resolve_has_no_size(kbtf_kind(t)) || resolve_is_source_only(kbtf_kind(t)))
		FOUND(RULE_MEMBER_TYPE, id, "member %u is of %s, which has no size", i,
		      TYPE_LABEL(r->btf, to));
	else
		return r->state[to] != FAILED;
	return false;
}

/* STRUCT and UNION: each member in turn; one that is refused does not hide the others. */
static void step_members(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	uint32_t at = r->depth - 1;

	while (r->stack[at].next < kbtf_vlen(t) && !check_done(r->c)) {
		uint32_t i = r->stack[at].next;
		uint32_t to = kbtf_members(t)[i].type;

		if (!may_be_member(r, id, i, to)) {
			r->stack[at].failed = true;
		} else if (is_waited_for(r, to)) {
			if (push(r, to))
				return;
			r->stack[at].failed = true;
		} else if (!kbtf_check_member_fits(r, id, i)) {
			r->stack[at].failed = true;
		}
		r->stack[at].next++;
	}
	if (r->stack[at].failed)
		pop_failed(r);
	else
		pop_resolved(r, 0, 0);
}

/* A variable whose VAR is resolved, or needs not be. */
static bool variable_fits(struct resolve *r, uint32_t id, uint32_t i, const struct kbtf_secinfo *v)
{
	uint32_t to = check_type(r->btf, v->type)->type, size;

	if (!kbtf_resolve_sized(r, &to, &size)) {
		FOUND(RULE_SECINFO_TYPE, id, "variable %u is of %s, which has no size", i,
		      TYPE_LABEL(r->btf, to));
		return false;
	}
	if (v->size < size) {
		FOUND(RULE_SECINFO_SIZE, id, "variable %u has a size of %u, but is of %s, of %u", i,
		      v->size, TYPE_LABEL(r->btf, to), size);
		return false;
	}
	return true;
}

static bool may_be_variable(struct resolve *r, uint32_t id, uint32_t i, uint32_t to)
{
	const struct kbtf_type *t = check_type(r->btf, to);

	if (!t)
		FOUND(RULE_TYPE_ID_RANGE, id, "variable %u is type id %u, but the last is %u", i,
		      to, check_end_id(r->btf) - 1);
	else if (kbtf_kind(t) != KBTF_VAR)
		FOUND(RULE_SECINFO_VAR, id, "variable %u is %s", i, TYPE_LABEL(r->btf, to));
	else
		return r->state[to] != FAILED;
	return false;
}

static void step_datasec(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	uint32_t at = r->depth - 1;

	r->mode = MODE_UNSET;
	while (r->stack[at].next < kbtf_vlen(t) && !check_done(r->c)) {
		uint32_t i = r->stack[at].next++;
		const struct kbtf_secinfo *v = &kbtf_secinfos(t)[i];

		if (!may_be_variable(r, id, i, v->type)) {
			r->stack[at].failed = true;
		} else if (is_waited_for(r, v->type)) {
			/* a VAR that had to be waited for is not compared with the
			 * variable's size: the kernel goes on with the next one */
			if (push(r, v->type))
				return;
			r->stack[at].failed = true;
		} else if (!variable_fits(r, id, i, v)) {
			r->stack[at].failed = true;
		}
	}
	if (r->stack[at].failed)
		pop_failed(r);
	else
		pop_resolved(r, 0, 0);
}

static bool is_tag_target(unsigned int kind)
{
	return kind == KBTF_FUNC || kind == KBTF_STRUCT || kind == KBTF_UNION || kind == KBTF_VAR ||
	       kind == KBTF_TYPEDEF;
}

/* Whether a DECL_TAG's target has the component it is for. */
static bool component_fits(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	const struct kbtf_type *target = check_type(r->btf, t->type);
	int32_t index = (int32_t)kbtf_word(t);

	if (index == -1)
		return true;
	if (kbtf_kind(target) == KBTF_VAR || kbtf_kind(target) == KBTF_TYPEDEF) {
		FOUND(RULE_COMPONENT_INDEX, id, "is for component %d of %s, which has none", index,
		      TYPE_LABEL(r->btf, t->type));
		return false;
	}
	if (kbtf_kind(target) == KBTF_FUNC)
		target = check_type(r->btf, target->type);
	if ((uint32_t)index >= kbtf_vlen(target)) {
		FOUND(RULE_COMPONENT_INDEX, id, "is for component %d of %s, which has %u", index,
		      TYPE_LABEL(r->btf, t->type), kbtf_vlen(target));
		return false;
	}
	return true;
}

static void step_decl_tag(struct resolve *r, uint32_t id, const struct kbtf_type *t)
{
	const struct kbtf_type *target = check_type(r->btf, t->type);

	if (!target)
		FOUND(RULE_TYPE_ID_RANGE, id, "refers to type id %u, but the last is %u", t->type,
		      check_end_id(r->btf) - 1);
	else if (!is_tag_target(kbtf_kind(target)))
		FOUND(RULE_TAG_TARGET, id, "is for %s", TYPE_LABEL(r->btf, t->type));
	else if (r->state[t->type] == FAILED)
		;
	else if (is_waited_for(r, t->type)) {
		push_or_fail(r, t->type);
		return;
	} else if (component_fits(r, id, t)) {
		pop_resolved(r, t->type, 0);
		return;
	}
	pop_failed(r);
}

static void step(struct resolve *r)
{
	uint32_t id = top(r)->id;
	const struct kbtf_type *t = check_type(r->btf, id);

	switch (kbtf_kind(t)) {
	case KBTF_ARRAY:
		step_array(r, id, t);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		step_members(r, id, t);
		break;
	case KBTF_DATASEC:
		step_datasec(r, id, t);
		break;
	case KBTF_DECL_TAG:
		step_decl_tag(r, id, t);
		break;
	case KBTF_FUNC:
		if (kbtf_check_func(r, id))
			pop_resolved(r, t->type, 0);
		else
			pop_failed(r);
		break;
	default: /* nothing else is pushed */
		step_ref(r, id, t);
		break;
	}
}

/* The kernel's last doubt about what it resolved: references end at something. */
static bool is_settled(const struct resolve *r, uint32_t id)
{
	const struct kbtf_type *t = check_type(r->btf, id);
	unsigned int kind = kbtf_kind(t), end = kind_of(r, r->target[id]);
	uint32_t elem, size;

	if (kind == KBTF_STRUCT || kind == KBTF_UNION || kind == KBTF_DATASEC)
		return true;
	if (kind == KBTF_DECL_TAG || kind == KBTF_FUNC)
		return r->target[id];
	if (kind != KBTF_ARRAY)
		return !check_is_modifier(end) && end != KBTF_VAR && end != KBTF_DATASEC;
	elem = kbtf_array(t)->type;
	return kbtf_resolve_sized(r, &elem, &size) && kbtf_array(t)->nelems * size == r->size[id];
}

bool kbtf_resolve_type(struct resolve *r, uint32_t id)
{
	if (r->state[id] == UNSEEN && resolve_needed(kind_of(r, id))) {
		r->mode = MODE_UNSET;
		push(r, id);
		while (r->depth && !check_done(r->c))
			step(r);
		if (r->state[id] == RESOLVED && !is_settled(r, id)) {
			FOUND(RULE_RESOLVE_STATE, id, "resolves to %s",
			      TYPE_LABEL(r->btf, r->target[id]));
			r->state[id] = FAILED;
		}
	}
	return r->state[id] != FAILED && !check_done(r->c);
}

void kbtf_check_resolve(struct check *c, struct check_btf *btf)
{
	struct resolve r = { .c = c, .btf = btf };
	uint32_t id, end = check_end_id(btf);

	r.state = kbtf_zalloc_array(end, sizeof(*r.state));
	r.target = kbtf_zalloc_array(end, sizeof(*r.target));
	r.size = kbtf_zalloc_array(end, sizeof(*r.size));
	c->nomem |= !r.state || !r.target || !r.size;
	for (id = 1; id < end && !check_done(c); id++)
		if (btf->bad[id - 1])
			r.state[id] = FAILED;
	for (id = 1; id < end && !check_done(c); id++)
		if (kbtf_resolve_type(&r, id) && kind_of(&r, id) == KBTF_FUNC_PROTO)
			kbtf_check_proto(&r, id);
	free(r.state);
	free(r.target);
	free(r.size);
}
