// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A type in, its definition out. What it needs was printed before it, and how a
 * struct or union is laid out was decided.
 *
 * What a compiler would not leave free by itself is filled with bitfields that have no
 * names, as bpftool does it: members with names would be looked for in the kernel, where
 * programs of the kind struct_ops have the type. Only very large gaps, and those
 * of unions, are filled with an array.
 */
#include <errno.h>
#include <string.h>

#include "c_body.h"
#include "c_decl.h"
#include "c_layout.h"
#include "c_sizes.h"
#include "fail.h"
#include "resolve.h"

/* No gap takes more bitfields. */
#define MOST_FILLERS 32u

void kbtf_c_put_keyword(struct kbtf_c *c, const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
		KBTF_PUT(&c->out, "struct ");
		break;
	case KBTF_UNION:
		KBTF_PUT(&c->out, "union ");
		break;
	case KBTF_FWD:
		kbtf_put_word(&c->out, kbtf_kflag(t) ? "union " : "struct ");
		break;
	default:
		KBTF_PUT(&c->out, "enum ");
	}
}

/* Blocks have an empty line before and after them, lines not among each other. */
static void begin_item(struct kbtf_c *c, bool is_block)
{
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	if (c->last_item && (is_block || c->last_item == KBTF_C_BLOCK))
		KBTF_PUT(&c->out, "\n");
	c->last_item = is_block ? KBTF_C_BLOCK : KBTF_C_LINE;
	c->nr_made_up = 0;
}

/* ---- Gaps ------------------------------------------------------------- */

static void put_bytes(struct kbtf_c *c, const char *what, uint64_t nr_bytes)
{
	kbtf_c_begin_line(c);
	KBTF_PUT(&c->out, "unsigned char ");
	kbtf_c_put_made_up(c, what);
	KBTF_PUT(&c->out, "[");
	kbtf_put_number(&c->out, nr_bytes);
	KBTF_PUT(&c->out, "];\n");
}

static void put_filler(struct kbtf_c *c, unsigned int log2, uint64_t nr_bits)
{
	static const char *const types[] = { "char", "short", "int", "long" };

	kbtf_c_begin_line(c);
	kbtf_put_word(&c->out, log2 == 3 && c->ptr_bytes < 8 ? "long long" : types[log2]);
	KBTF_PUT(&c->out, " : ");
	kbtf_put_number(&c->out, nr_bits);
	KBTF_PUT(&c->out, ";\n");
}

/*
 * Fill bits from where the compiler stands. What is filled in must not raise the
 * alignment, which on some machines also bitfields without names do.
 */
static void fill(struct kbtf_c *c, const struct kbtf_c_cursor *cursor, uint64_t nr_bits)
{
	unsigned int most_log2 =
		cursor->is_packed || cursor->align_log2 > 3 ? 3 : cursor->align_log2;
	uint64_t at = cursor->bits;

	while (nr_bits) {
		unsigned int log2 = most_log2;
		uint64_t n;

		if (at % 8 || nr_bits < 8) {
			n = 8 - at % 8 < nr_bits ? 8 - at % 8 : nr_bits;
			put_filler(c, 0, n);
		} else if (nr_bits / 8 > MOST_FILLERS << most_log2) {
			n = nr_bits / 8 * 8;
			put_bytes(c, "gap_", n / 8);
		} else {
			while (nr_bits < UINT64_C(8) << log2 ||
			       (!cursor->is_packed && at % (UINT64_C(8) << log2)))
				log2--;
			n = UINT64_C(8) << log2;
			put_filler(c, log2, n);
		}
		at += n;
		nr_bits -= n;
	}
}

/* ---- Struct and union ------------------------------------------------- */

/* The struct or union that a member without a name is, whose members C takes for the outer one's;
 * 0 where it is none. */
static uint32_t promoted(const struct kbtf_c *c, const struct kbtf_c_member *m)
{
	uint32_t id;

	if (m->name_off)
		return 0;
	id = kbtf_skip_modifiers(c->btf, m->type);
	return kbtf_is_composite(kbtf_type_get(c->btf, id)) ? id : 0;
}

static void put_member(struct kbtf_c *c, const struct kbtf_c_member *m)
{
	struct kbtf_c_ident ident = kbtf_c_ident(&c->words, kbtf_string_get(c->btf, m->name_off));
	struct kbtf_c_declared declared = { 0 };
	uint32_t inner = promoted(c, m);

	kbtf_c_undefine(c, &ident);
	kbtf_c_begin_line(c);
	if (inner) {
		kbtf_c_declare(c, inner, &declared, true);
		return;
	}
	declared.is_made_up = !ident.is_usable;
	if (ident.is_usable) {
		declared.name = ident.text;
		declared.len = ident.len;
	}
	kbtf_c_declare(c, m->type, &declared, false);
	if (m->width_bits) {
		KBTF_PUT(&c->out, " : ");
		kbtf_put_number(&c->out, m->width_bits);
	}
	if (!ident.is_usable && *ident.text)
		kbtf_c_put_quoted(c, ident.text);
}

/* A member's line, with its semicolon. */
static void put_member_line(struct kbtf_c *c, uint32_t type_id, uint32_t i,
			    const struct kbtf_c_member *m)
{
	put_member(c, m);
	if (c->nr_decl_tags)
		kbtf_c_put_decl_tags(c, type_id, i);
	kbtf_out_room(&c->out, KBTF_C_LINE_ROOM);
	KBTF_PUT(&c->out, ";");
}

/* Members that compilers put where they are by themselves. */
static void put_snug_members(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	uint32_t i;

	for (i = 0; i < kbtf_vlen(t); i++) {
		struct kbtf_c_member m = kbtf_c_member(c, t, i);

		if (kbtf_c_is_left_out(&m))
			continue;
		put_member_line(c, type_id, i, &m);
		KBTF_PUT(&c->out, "\n");
	}
}

static void put_members(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	struct kbtf_c_cursor cursor, before;
	struct kbtf_c_measure measure;
	struct kbtf_c_sizes sizes;
	uint64_t gap_bits = 0;
	uint32_t i;

	kbtf_c_cursor_init(c, type_id, &cursor);
	kbtf_c_sizes_begin(c, &sizes, type_id);
	for (i = 0; i < kbtf_vlen(t); i++) {
		struct kbtf_c_member m = kbtf_c_member(c, t, i);

		if (kbtf_c_is_left_out(&m))
			continue;
		before = cursor;
		kbtf_c_measure(c, m.type, &measure);
		kbtf_c_cursor_pass(c, &cursor, &m, &measure, &gap_bits);
		kbtf_c_sizes_hole(c, &sizes, &m);
		fill(c, &before, gap_bits);
		kbtf_c_sizes_before(c, &sizes, &m, &measure);
		put_member_line(c, type_id, i, &m);
		kbtf_c_sizes_after(c, &sizes, &m, &measure);
		KBTF_PUT(&c->out, "\n");
	}
	kbtf_c_cursor_end(c, &cursor, t->size, &gap_bits);
	if (gap_bits && cursor.is_union)
		put_bytes(c, "union_", t->size);
	else
		fill(c, &cursor, gap_bits);
	kbtf_c_sizes_end(c, &sizes, t);
}

/* From the brace that opens it to its attributes. */
static void put_composite_body(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	uint8_t layout = c->layouts[type_id];
	struct kbtf_c_path here;

	if (!t->size && (!kbtf_vlen(t) || layout & KBTF_C_OPAQUE)) {
		KBTF_PUT(&c->out, "{}");
		return;
	}
	KBTF_PUT(&c->out, "{\n");
	kbtf_c_enter(c, &here, type_id);
	c->indent++;
	if (layout & KBTF_C_OPAQUE)
		put_bytes(c, "opaque_", t->size);
	else if (layout & KBTF_C_SNUG && !(c->opts->flags & KBTF_C_SIZES))
		put_snug_members(c, type_id);
	else
		put_members(c, type_id);
	c->indent--;
	kbtf_c_leave(c, &here);
	kbtf_c_begin_line(c);
	KBTF_PUT(&c->out, "}");
	if (layout & KBTF_C_PACKED)
		KBTF_PUT(&c->out, " __attribute__((packed))");
}

void kbtf_c_put_abridged(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);

	if (!kbtf_is_composite(t)) {
		kbtf_put_word(&c->out, kbtf_c_integer(t->size));
		return;
	}
	KBTF_PUT(&c->out, "struct { unsigned char ");
	kbtf_c_put_made_up(c, "opaque_");
	KBTF_PUT(&c->out, "[");
	kbtf_put_number(&c->out, t->size);
	KBTF_PUT(&c->out, "]; } __attribute__((aligned(");
	kbtf_put_number(&c->out, 1u << (c->layouts[type_id] & KBTF_C_ALIGN_MASK));
	KBTF_PUT(&c->out, ")))");
}

void kbtf_c_define_composite(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);

	begin_item(c, true);
	kbtf_c_put_keyword(c, t);
	if (*kbtf_string_get(c->btf, t->name_off)) {
		kbtf_c_put_name(c, type_id);
		kbtf_c_put_origin(c, type_id);
		KBTF_PUT(&c->out, " ");
	}
	put_composite_body(c, type_id);
	kbtf_c_put_decl_tags(c, type_id, UINT32_MAX);
	KBTF_PUT(&c->out, ";\n");
}

/* ---- Enum ------------------------------------------------------------- */

/* An enumerator's value; as a signed number where the enum is signed. */
static uint64_t value_of(const struct kbtf_type *t, uint32_t i)
{
	const struct kbtf_enum64 *e64 = kbtf_enums64(t);
	const struct kbtf_enum *e = kbtf_enums(t);

	if (kbtf_kind(t) == KBTF_ENUM64)
		return (uint64_t)e64[i].value_hi32 << 32 | e64[i].value_lo32;
	return kbtf_kflag(t) ? (uint64_t)(int64_t)e[i].value : (uint32_t)e[i].value;
}

static uint32_t value_name(const struct kbtf_type *t, uint32_t i)
{
	return kbtf_kind(t) == KBTF_ENUM64 ? kbtf_enums64(t)[i].name_off
					   : kbtf_enums(t)[i].name_off;
}

static bool has_negative(const struct kbtf_type *t)
{
	uint32_t i;

	for (i = 0; kbtf_kflag(t) && i < kbtf_vlen(t); i++)
		if ((int64_t)value_of(t, i) < 0)
			return true;
	return false;
}

/* Whether a value fits into an enum of size bytes that has negative ones or not. */
static bool fits(uint64_t value, uint32_t size_bytes, bool negative)
{
	unsigned int bits = 8 * size_bytes;

	if (size_bytes >= 8)
		return true;
	if (negative)
		value += UINT64_C(1) << (bits - 1);
	return value >> bits == 0;
}

static void put_value(struct kbtf_c *c, const struct kbtf_type *t, uint64_t value)
{
	if (kbtf_kflag(t) && (int64_t)value < 0) {
		if (value == UINT64_C(1) << 63) { /* C has no word for it */
			KBTF_PUT(&c->out, "-9223372036854775807LL - 1");
			return;
		}
		KBTF_PUT(&c->out, "-");
		value = -value;
	}
	kbtf_put_number(&c->out, value);
	if (value >> 32)
		kbtf_put_word(&c->out, kbtf_kflag(t) ? "LL" : "ULL");
}

static void put_enumerator(struct kbtf_c *c, uint32_t name_off)
{
	const char *name = kbtf_string_get(c->btf, name_off);
	struct kbtf_c_ident ident = kbtf_c_ident(&c->words, name);
	uint32_t number;

	kbtf_c_undefine(c, &ident);
	kbtf_c_begin_line(c);
	if (!ident.is_usable) {
		KBTF_PUT(&c->out, KBTF_C_PREFIX "value_");
		kbtf_put_number(&c->out, c->nr_made_up_values++);
		if (*name)
			kbtf_c_put_quoted(c, name);
		return;
	}
	number = kbtf_c_names_take(&c->idents, &ident, name_off, KBTF_ENUM, false);
	if (!number)
		c->err = -ENOMEM;
	kbtf_c_put(c, ident.text, ident.len);
	if (number > 1) {
		KBTF_PUT(&c->out, "___");
		kbtf_put_number(&c->out, number);
	}
}

static void note_left_out(const struct kbtf_c *c, uint32_t type_id, uint32_t name_off)
{
	struct kbtf_diag diag;

	if (!c->opts->note)
		return;
	kbtf_fail_type(&diag, c->btf, type_id, -EINVAL, "enumerator",
		       "'%.64s' is left out: its value is larger than the enum",
		       kbtf_string_get(c->btf, name_off));
	c->opts->note(c->opts->note_ctx, &diag);
}

/* C makes an enum as large as an int unless it is told, or a value is larger. */
static const char *mode_of(uint32_t size_bytes)
{
	switch (size_bytes) {
	case 1:
		return " __attribute__((mode(QI)))";
	case 2:
		return " __attribute__((mode(HI)))";
	case 8:
		return " __attribute__((mode(DI)))";
	default:
		return "";
	}
}

static void put_enum_body(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	bool negative = has_negative(t);
	uint32_t i, nr = 0;

	c->states[type_id] |= KBTF_C_PRINTED;
	KBTF_PUT(&c->out, "{\n");
	c->indent++;
	for (i = 0; i < kbtf_vlen(t); i++) {
		uint64_t value = value_of(t, i);

		if (!fits(value, t->size, negative)) {
			note_left_out(c, type_id, value_name(t, i));
			continue;
		}
		put_enumerator(c, value_name(t, i));
		KBTF_PUT(&c->out, " = ");
		put_value(c, t, value);
		KBTF_PUT(&c->out, ",\n");
		nr++;
	}
	if (!nr) { /* C wants one */
		put_enumerator(c, 0);
		KBTF_PUT(&c->out, ",\n");
	}
	c->indent--;
	kbtf_c_begin_line(c);
	KBTF_PUT(&c->out, "}");
	kbtf_put_word(&c->out, mode_of(t->size));
}

/*
 * C23 has bool, true and false by itself, and takes no others: the text of a type that
 * defines them is for older C.
 */
static bool is_of_c23(const struct kbtf_c *c, const struct kbtf_type *t)
{
	uint32_t i;

	if (kbtf_kind(t) == KBTF_TYPEDEF)
		return !strcmp(kbtf_string_get(c->btf, t->name_off), "bool");
	for (i = 0; i < kbtf_vlen(t) && i < 2; i++)
		if (!strcmp(kbtf_string_get(c->btf, value_name(t, i)), "true"))
			return true;
	return false;
}

static void begin_old_c(struct kbtf_c *c, bool is_of_old_c)
{
	if (is_of_old_c)
		KBTF_PUT(&c->out, "#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L\n");
}

static void end_old_c(struct kbtf_c *c, bool is_of_old_c)
{
	if (is_of_old_c)
		KBTF_PUT(&c->out, "#endif\n");
}

void kbtf_c_define_enum(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	bool has_name = *kbtf_string_get(c->btf, t->name_off), is_of_old_c = is_of_c23(c, t);

	begin_item(c, true);
	begin_old_c(c, is_of_old_c);
	KBTF_PUT(&c->out, "enum ");
	if (has_name) {
		kbtf_c_put_name(c, type_id);
		kbtf_c_put_origin(c, type_id);
		KBTF_PUT(&c->out, " ");
	}
	put_enum_body(c, type_id);
	kbtf_c_put_decl_tags(c, type_id, UINT32_MAX);
	KBTF_PUT(&c->out, ";\n");
	end_old_c(c, is_of_old_c);
}

/* ---- All others ------------------------------------------------------- */

void kbtf_c_put_inline(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);

	kbtf_c_put_keyword(c, t);
	if (kbtf_is_composite(t))
		put_composite_body(c, type_id);
	else
		put_enum_body(c, type_id);
}

void kbtf_c_define_typedef(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	const struct kbtf_type *of = kbtf_type_get(c->btf, t->type);
	struct kbtf_c_declared declared = { .named = type_id };
	bool is_of_old_c = is_of_c23(c, t);

	if (kbtf_c_is_builtin(c, type_id))
		return;
	begin_item(c, !of->name_off && (kbtf_is_composite(of) || kbtf_kind(of) == KBTF_ENUM ||
					kbtf_kind(of) == KBTF_ENUM64));
	begin_old_c(c, is_of_old_c);
	KBTF_PUT(&c->out, "typedef ");
	kbtf_c_declare(c, t->type, &declared, false);
	kbtf_c_put_origin(c, type_id);
	kbtf_c_put_decl_tags(c, type_id, UINT32_MAX);
	KBTF_PUT(&c->out, ";\n");
	end_old_c(c, is_of_old_c);
}

void kbtf_c_define_alias(struct kbtf_c *c, uint32_t type_id)
{
	struct kbtf_c_declared declared = { .named = type_id };

	begin_item(c, true);
	KBTF_PUT(&c->out, "typedef ");
	kbtf_c_declare(c, type_id, &declared, false);
	kbtf_c_put_origin(c, type_id);
	KBTF_PUT(&c->out, ";\n");
}

void kbtf_c_declare_tag(struct kbtf_c *c, uint32_t type_id)
{
	begin_item(c, false);
	kbtf_c_put_keyword(c, kbtf_type_get(c->btf, type_id));
	kbtf_c_put_name(c, type_id);
	kbtf_c_put_origin(c, type_id);
	KBTF_PUT(&c->out, ";\n");
}

void kbtf_c_declare_func(struct kbtf_c *c, uint32_t type_id, const char *before, const char *after)
{
	struct kbtf_c_declared declared = { .named = type_id, .func = type_id };

	begin_item(c, false);
	kbtf_put_word(&c->out, before);
	kbtf_c_declare(c, kbtf_type_get(c->btf, type_id)->type, &declared, false);
	kbtf_c_put_origin(c, type_id);
	kbtf_put_word(&c->out, after);
	KBTF_PUT(&c->out, ";\n");
}
