// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A type in, a declaration out. A type is a chain that ends in what C puts first:
 *
 *   PTR -> ARRAY -> PTR -> FUNC_PROTO -> INT       int (*(*name)[3])(void)
 *
 * It is gone through once [follow], which leaves stars, brackets and parameters as
 * links and gathers qualifiers where C has them; then what the chain ends in is put
 * [put_base], from there to the name the stars [put_stars], and from the name back the
 * brackets and parameters [put_brackets].
 *
 * What C cannot say (a function that returns one, an array of void) can only stand
 * behind a pointer, or its struct would not have been laid out: something of
 * a pointer's size takes its place.
 */
#include <errno.h>
#include <string.h>

#include "c_body.h"
#include "c_decl.h"
#include "c_layout.h"
#include "resolve.h"

/* Compilers have it by themselves. */
#define VA_LIST "__builtin_va_list"

#define STAND_IN "__typeof__(void *)"

/* ---- Names ------------------------------------------------------------ */

void kbtf_c_begin_line(struct kbtf_c *c)
{
	/* A line with a comment at its end is all in one block, but for unlikely names. */
	kbtf_out_room(&c->out, c->opts->flags & KBTF_C_SIZES ? 4096 : 2 * KBTF_C_LINE_ROOM);
	c->line = c->out.at;
	memset(c->out.at, '\t', c->indent);
	c->out.at += c->indent;
}

void kbtf_c_undefine(struct kbtf_c *c, const struct kbtf_c_ident *ident)
{
	bool *has_undefined = &c->has_undefined[ident->text[0] == 'u'];

	if (!ident->is_macro || *has_undefined || c->opts->flags & KBTF_C_ALONE)
		return;
	*has_undefined = true;
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	KBTF_PUT(&c->out, "#undef ");
	kbtf_put(&c->out, ident->text, ident->len);
	KBTF_PUT(&c->out, "\n");
}

static bool is_tag_kind(unsigned int kind)
{
	switch (kind) {
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FWD:
		return true;
	default:
		return false;
	}
}

/* Structs and unions share a name with forwards of their kind. */
static unsigned int shared_kind(const struct kbtf_type *t)
{
	if (kbtf_kind(t) != KBTF_FWD)
		return kbtf_kind(t);
	return kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT;
}

/*
 * Types that compilers have by themselves. A typedef of this name is not printed, but
 * used, if it is of what they have there.
 *
 * Source: System V ABI for x86-64, 3.5.7; Procedure Call Standard for Arm 64, appendix B.
 */
static bool is_va_list(const struct kbtf *btf, const struct kbtf_type *t)
{
	const char *name;

	if (kbtf_kind(t) != KBTF_TYPEDEF || strcmp(kbtf_string_get(btf, t->name_off), VA_LIST))
		return false;
	t = kbtf_type_get(btf, kbtf_skip_modifiers(btf, t->type));
	if (kbtf_kind(t) == KBTF_ARRAY && kbtf_array(t)->nelems == 1)
		t = kbtf_type_get(btf, kbtf_skip_modifiers(btf, kbtf_array(t)->type));
	name = kbtf_string_get(btf, t->name_off);
	return kbtf_kind(t) == KBTF_STRUCT &&
	       (!strcmp(name, "__va_list_tag") || !strcmp(name, "__va_list"));
}

void kbtf_c_name(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	struct kbtf_c_names *names = is_tag_kind(kbtf_kind(t)) ? &c->tags : &c->idents;
	struct kbtf_u32slot *slot;
	struct kbtf_c_ident ident;
	uint32_t number = 0;

	if (c->states[type_id] & KBTF_C_NAMED)
		return;
	c->states[type_id] |= KBTF_C_NAMED;
	ident = kbtf_c_ident(&c->words, kbtf_string_get(c->btf, t->name_off));
	if (ident.is_usable) {
		kbtf_c_undefine(c, &ident);
		number = kbtf_c_names_take(names, &ident, t->name_off, shared_kind(t),
					   kbtf_kind(t) == KBTF_FWD);
		if (!number)
			c->err = -ENOMEM;
		if (number <= 1)
			return;
	} else if (is_va_list(c->btf, t)) {
		return;
	}
	c->states[type_id] |= KBTF_C_RENAMED;
	slot = kbtf_u32map_add(&c->numbers, type_id);
	if (slot)
		slot->value = number;
	else
		c->err = -ENOMEM;
}

bool kbtf_c_is_builtin(const struct kbtf_c *c, uint32_t type_id)
{
	return !(c->states[type_id] & KBTF_C_RENAMED) &&
	       !strcmp(kbtf_name(c->btf, type_id), VA_LIST);
}

void kbtf_c_put_name(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	const char *name = kbtf_string_get(c->btf, t->name_off);
	uint32_t number;

	if (!(c->states[type_id] & KBTF_C_RENAMED)) {
		kbtf_c_put(c, name, strlen(name));
		return;
	}
	number = kbtf_u32map_find(&c->numbers, type_id);
	if (number) {
		kbtf_c_put(c, name, strlen(name));
		KBTF_PUT(&c->out, "___");
		kbtf_put_number(&c->out, number);
	} else {
		KBTF_PUT(&c->out, KBTF_C_PREFIX "type_");
		kbtf_put_number(&c->out, type_id);
	}
}

void kbtf_c_put_made_up(struct kbtf_c *c, const char *what)
{
	KBTF_PUT(&c->out, KBTF_C_PREFIX);
	kbtf_put_word(&c->out, what);
	kbtf_put_number(&c->out, c->nr_made_up++);
}

/* What could end the comment, or the line, stands in it as a number; so does what is not ASCII. */
void kbtf_c_put_quoted(struct kbtf_c *c, const char *name)
{
	static const char digits[] = "0123456789abcdef";

	KBTF_PUT(&c->out, " /* \"");
	for (; *name; name++) {
		uint8_t byte = (uint8_t)*name;

		kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
		if (byte >= ' ' && byte < 0x7f && !strchr("\\\"*/?", byte)) {
			*c->out.at++ = (char)byte;
		} else {
			KBTF_PUT(&c->out, "\\x");
			*c->out.at++ = digits[byte >> 4];
			*c->out.at++ = digits[byte & 0xf];
		}
	}
	KBTF_PUT(&c->out, "\" */");
}

void kbtf_c_put_origin(struct kbtf_c *c, uint32_t type_id)
{
	const char *name;

	if (!(c->states[type_id] & KBTF_C_RENAMED) || kbtf_u32map_find(&c->numbers, type_id))
		return;
	name = kbtf_name(c->btf, type_id);
	if (*name)
		kbtf_c_put_quoted(c, name);
}

/* ---- Tags ------------------------------------------------------------- */

/* Whether a tag's value can stand between quotation marks. */
static bool is_quotable(const char *value)
{
	for (; *value; value++)
		if (*value < ' ' || *value == 0x7f || strchr("\"\\?", *value))
			return false;
	return true;
}

/* A tag of a type, with a blank behind it, or of a declaration, with one before it. */
static void put_tag(struct kbtf_c *c, bool is_type_tag, uint32_t name_off)
{
	const char *value = kbtf_string_get(c->btf, name_off);

	if (!is_quotable(value))
		return;
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	kbtf_put_word(&c->out, is_type_tag ? "__btf_type_tag(\"" : " __btf_decl_tag(\"");
	kbtf_c_put(c, value, strlen(value));
	kbtf_put_word(&c->out, is_type_tag ? "\") " : "\")");
}

static bool is_before(const struct kbtf_c_tag *tag, uint32_t type_id, uint32_t component)
{
	if (tag->type_id != type_id)
		return tag->type_id < type_id;
	return tag->component < component;
}

void kbtf_c_put_decl_tags(struct kbtf_c *c, uint32_t type_id, uint32_t component)
{
	uint32_t low = 0, high = c->nr_decl_tags;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (is_before(&c->decl_tags[mid], type_id, component))
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < c->nr_decl_tags; low++) {
		const struct kbtf_c_tag *tag = &c->decl_tags[low];

		if (tag->type_id != type_id || tag->component != component)
			return;
		put_tag(c, false, kbtf_type_get(c->btf, tag->tag_id)->name_off);
	}
}

/* ---- A chain ---------------------------------------------------------- */

enum { IS_CONST = 1, IS_VOLATILE = 2, IS_RESTRICT = 4 };

struct link {
	uint32_t type_id;
	uint8_t kind;  /* PTR, ARRAY, FUNC_PROTO, TYPE_TAG */
	uint8_t quals; /* of a PTR */
};

#define MAX_LINKS 256u

struct chain {
	struct link links[MAX_LINKS]; /* from the name on */
	uint32_t nr;
	uint32_t base;	  /* what is put first */
	uint8_t quals;	  /* of that */
	bool stands_in;	  /* something is put instead of what C cannot say */
	bool is_abridged; /* only its size is told: it is inside of too much */
};

/* Whether values of a type can be elements, as far as they are printed by now. */
static bool can_be_element(const struct kbtf_c *c, uint32_t type_id)
{
	for (;;) {
		const struct kbtf_type *t;

		type_id = kbtf_skip_modifiers(c->btf, type_id);
		t = kbtf_type_get(c->btf, type_id);
		switch (kbtf_kind(t)) {
		case KBTF_ARRAY:
			type_id = kbtf_array(t)->type;
			break;
		case KBTF_STRUCT:
		case KBTF_UNION:
			return c->states[type_id] & KBTF_C_COMPLETE;
		case KBTF_INT:
		case KBTF_FLOAT:
		case KBTF_PTR:
		case KBTF_ENUM:
		case KBTF_ENUM64:
			return true;
		default:
			return false;
		}
	}
}

static unsigned int kind_behind(const struct kbtf_c *c, uint32_t type_id)
{
	return kbtf_kind(kbtf_type_get(c->btf, kbtf_skip_modifiers(c->btf, type_id)));
}

static bool can_be_returned(const struct kbtf_c *c, uint32_t type_id)
{
	unsigned int kind = kind_behind(c, type_id);

	return kind != KBTF_ARRAY && kind != KBTF_FUNC_PROTO;
}

/* restrict is for pointers to what is no function. */
static bool can_be_restrict(const struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t;

	t = kbtf_type_get(c->btf, kbtf_skip_modifiers(c->btf, type_id));
	return kbtf_kind(t) == KBTF_PTR && kind_behind(c, t->type) != KBTF_FUNC_PROTO;
}

static bool is_on_path(const struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_c_path *path;

	for (path = c->path; path; path = path->up)
		if (path->type_id == type_id)
			return true;
	return false;
}

/* Whether a type may be printed inside of those that it stands in now; counts it if so. */
static bool may_nest(struct kbtf_c *c, uint32_t type_id)
{
	uint32_t words = kbtf_vlen(kbtf_type_get(c->btf, type_id)) + 1;

	if ((c->path && c->path->depth >= KBTF_C_MAX_NESTING) || c->budget < words ||
	    is_on_path(c, type_id))
		return false;
	c->budget -= words;
	return true;
}

static bool has_name(const struct kbtf_c *c, const struct kbtf_type *t)
{
	return t->name_off && *kbtf_string_get(c->btf, t->name_off);
}

/* Whether what a chain ends in is a type, and can be said where the chain stands. */
static bool can_be_base(const struct kbtf_c *c, uint32_t type_id, const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_VOID:
	case KBTF_INT:
	case KBTF_FLOAT:
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return true;
	case KBTF_FWD:
	case KBTF_TYPEDEF:
		return c->states[type_id] & KBTF_C_DECLARED;
	case KBTF_STRUCT:
	case KBTF_UNION:
		return has_name(c, t) || c->states[type_id] & KBTF_C_COMPLETE;
	default:
		return false;
	}
}

/* Whether a type is printed where it is used, members and all. */
static bool is_inline(const struct kbtf_c *c, const struct kbtf_type *t, bool is_promoted)
{
	switch (kbtf_kind(t)) {
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_STRUCT:
	case KBTF_UNION:
		return is_promoted || !has_name(c, t);
	default:
		return false;
	}
}

static void stand_in(struct chain *chain)
{
	chain->base = 0;
	chain->stands_in = true;
}

static void add_link(struct chain *chain, uint32_t type_id, unsigned int kind, uint8_t quals)
{
	chain->links[chain->nr++] =
		(struct link){ .type_id = type_id, .kind = (uint8_t)kind, .quals = quals };
}

/* A function that returns what comes to itself. */
static bool is_in_chain(const struct chain *chain, uint32_t type_id)
{
	uint32_t i;

	for (i = 0; i < chain->nr; i++)
		if (chain->links[i].type_id == type_id)
			return true;
	return false;
}

static void follow(struct kbtf_c *c, uint32_t type_id, bool is_promoted, struct chain *ret)
{
	bool is_element = false; /* of an array that was looked at */
	uint8_t quals = 0;

	ret->nr = 0;
	ret->stands_in = false;
	ret->is_abridged = false;
	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
		unsigned int kind = kbtf_kind(t);

		ret->base = type_id;
		ret->quals = quals;
		if (ret->nr == MAX_LINKS) {
			stand_in(ret);
			return;
		}
		switch (kind) {
		case KBTF_CONST:
			quals |= IS_CONST;
			break;
		case KBTF_VOLATILE:
			quals |= IS_VOLATILE;
			break;
		case KBTF_RESTRICT:
			if (can_be_restrict(c, t->type))
				quals |= IS_RESTRICT;
			break;
		case KBTF_TYPE_TAG:
			if (kind_behind(c, t->type) != KBTF_FUNC_PROTO)
				add_link(ret, type_id, kind, 0);
			break;
		case KBTF_PTR:
			add_link(ret, type_id, kind, quals);
			is_element = false;
			quals = 0;
			break;
		case KBTF_ARRAY: /* qualifiers are those of its elements */
			add_link(ret, type_id, kind, 0);
			type_id = kbtf_array(t)->type;
			if (!is_element && !can_be_element(c, type_id)) {
				stand_in(ret);
				return;
			}
			is_element = true;
			continue;
		case KBTF_FUNC_PROTO:
			quals = 0;
			if (is_in_chain(ret, type_id) || !may_nest(c, type_id)) {
				stand_in(ret);
				return;
			}
			add_link(ret, type_id, kind, 0);
			if (can_be_returned(c, t->type))
				break;
			stand_in(ret);
			return;
		default:
			if (!can_be_base(c, type_id, t))
				stand_in(ret);
			else if (is_inline(c, t, is_promoted))
				ret->is_abridged = !may_nest(c, type_id);
			return;
		}
		type_id = t->type;
	}
}

/* ---- Its parts -------------------------------------------------------- */

static void put_quals(struct kbtf_c *c, uint8_t quals)
{
	if (quals & IS_CONST)
		KBTF_PUT(&c->out, "const ");
	if (quals & IS_VOLATILE)
		KBTF_PUT(&c->out, "volatile ");
	if (quals & IS_RESTRICT)
		KBTF_PUT(&c->out, "__restrict ");
}

static void put_base(struct kbtf_c *c, const struct chain *chain, bool is_promoted)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, chain->base);
	unsigned int kind = kbtf_kind(t);

	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	put_quals(c, chain->quals);
	if (chain->stands_in)
		KBTF_PUT(&c->out, STAND_IN);
	else if (chain->is_abridged)
		kbtf_c_put_abridged(c, chain->base);
	else if (kind == KBTF_VOID)
		KBTF_PUT(&c->out, "void");
	else if (kind == KBTF_INT || kind == KBTF_FLOAT)
		kbtf_put_word(&c->out, kbtf_c_number(c, chain->base));
	else if (is_inline(c, t, is_promoted))
		kbtf_c_put_inline(c, chain->base);
	else {
		if (kind != KBTF_TYPEDEF)
			kbtf_c_put_keyword(c, t);
		kbtf_c_put_name(c, chain->base);
	}
}

/* Whether the link behind link i, tags apart, is one that a star has to be kept off from. */
static bool needs_parens(const struct chain *chain, uint32_t i)
{
	while (++i < chain->nr)
		if (chain->links[i].kind != KBTF_TYPE_TAG)
			return chain->links[i].kind != KBTF_PTR;
	return false;
}

static void put_stars(struct kbtf_c *c, const struct chain *chain)
{
	uint32_t i;

	for (i = chain->nr; i-- > 0;) {
		const struct link *link = &chain->links[i];

		kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
		switch (link->kind) {
		case KBTF_TYPE_TAG:
			put_tag(c, true, kbtf_type_get(c->btf, link->type_id)->name_off);
			break;
		case KBTF_PTR:
			if (needs_parens(chain, i))
				KBTF_PUT(&c->out, "(");
			KBTF_PUT(&c->out, "*");
			put_quals(c, link->quals);
			break;
		default:
			break;
		}
	}
}

static void put_param(struct kbtf_c *c, const struct kbtf_param *param)
{
	struct kbtf_c_declared declared = { 0 };
	struct kbtf_c_ident ident =
		kbtf_c_ident(&c->words, kbtf_string_get(c->btf, param->name_off));
	unsigned int kind = kind_behind(c, param->type);

	if (ident.is_usable && !ident.is_macro) {
		declared.name = ident.text;
		declared.len = ident.len;
	}
	if (kind == KBTF_VOID || kind == KBTF_FUNC_PROTO) /* the latter is a pointer to one */
		KBTF_PUT(&c->out, STAND_IN);
	else
		kbtf_c_declare(c, param->type, &declared, false);
}

static void put_params(struct kbtf_c *c, uint32_t type_id, uint32_t func)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	const struct kbtf_param *params = kbtf_params(t);
	uint32_t i, n = kbtf_vlen(t);
	struct kbtf_c_path here;

	kbtf_c_enter(c, &here, type_id);
	KBTF_PUT(&c->out, "(");
	if (!n)
		KBTF_PUT(&c->out, "void");
	for (i = 0; i < n; i++) {
		kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
		if (i)
			KBTF_PUT(&c->out, ", ");
		if (params[i].type || i + 1 < n)
			put_param(c, &params[i]);
		else if (n > 1) /* alone it takes anything: () */
			KBTF_PUT(&c->out, "...");
		if (func && c->nr_decl_tags)
			kbtf_c_put_decl_tags(c, func, i);
	}
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	KBTF_PUT(&c->out, ")");
	kbtf_c_leave(c, &here);
}

static void put_brackets(struct kbtf_c *c, const struct chain *chain, uint32_t func)
{
	uint32_t i;

	for (i = 0; i < chain->nr; i++) {
		const struct link *link = &chain->links[i];

		kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
		switch (link->kind) {
		case KBTF_ARRAY:
			KBTF_PUT(&c->out, "[");
			kbtf_put_number(&c->out,
					kbtf_array(kbtf_type_get(c->btf, link->type_id))->nelems);
			KBTF_PUT(&c->out, "]");
			break;
		case KBTF_PTR:
			if (needs_parens(chain, i))
				KBTF_PUT(&c->out, ")");
			break;
		case KBTF_FUNC_PROTO:
			put_params(c, link->type_id, i ? 0 : func);
			break;
		default:
			break;
		}
	}
}

void kbtf_c_declare(struct kbtf_c *c, uint32_t type_id, const struct kbtf_c_declared *declared,
		    bool is_promoted)
{
	struct chain chain;

	follow(c, type_id, is_promoted, &chain);
	put_base(c, &chain, is_promoted);
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	if (chain.nr || declared->name || declared->named || declared->is_made_up)
		KBTF_PUT(&c->out, " ");
	put_stars(c, &chain);
	if (declared->name)
		kbtf_c_put(c, declared->name, declared->len);
	else if (declared->named)
		kbtf_c_put_name(c, declared->named);
	else if (declared->is_made_up)
		kbtf_c_put_made_up(c, "member_");
	put_brackets(c, &chain, declared->func);
}
