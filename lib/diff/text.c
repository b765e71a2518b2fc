// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A diff as text for people:
 *
 *   --- old kernel
 *   +++ new kernel
 *
 *   -struct gone, size 16
 *   +int added(struct device *dev)
 *
 *   struct sock: size 760 -> 768
 *   +     8     8  struct list_head *list
 *   ~    16 -> 24  hook ... priority (5 members moved by 8)
 *   -    56     4  int mark
 *   +    64     8  u64 mark
 *
 * Numbers in front of members are their offset and size in bytes. Members that did
 * nothing but move by the same distance are one line [put_moves].
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "differ.h"
#include "out.h"

struct printer {
	const struct kbtf_diff *diff;
	unsigned int flags;
	struct kbtf_buf line; /* being made */
	int err;	      /* -ENOMEM */
	struct kbtf_out out;
};

/* ---- Lines ---- */

static void add(struct printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What is short. */
static void add(struct printer *p, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (kbtf_buf_append(&p->line, text, (size_t)n))
		p->err = -ENOMEM;
}

static void add_name(struct printer *p, const char *name)
{
	if (kbtf_diff_spell_name(&p->line, name))
		p->err = -ENOMEM;
}

static void add_type(struct printer *p, const struct kbtf *btf, uint32_t id, const char *name)
{
	if (kbtf_diff_spell(&p->line, btf, id, name))
		p->err = -ENOMEM;
}

static void end_line(struct printer *p)
{
	add(p, "\n");
	if (p->line.size)
		kbtf_out_text(&p->out, (const char *)p->line.data, p->line.size);
	p->line.size = 0;
}

static const struct kbtf *btf_of(const struct printer *p, char sign)
{
	return sign == '-' ? p->diff->old : p->diff->new;
}

static const char *kind_word(unsigned int kind)
{
	static const char *const words[KBTF_NR_KINDS] = {
		[KBTF_STRUCT] = "struct",   [KBTF_UNION] = "union",   [KBTF_ENUM] = "enum",
		[KBTF_TYPEDEF] = "typedef", [KBTF_FUNC] = "function", [KBTF_VAR] = "variable",
		[KBTF_DATASEC] = "section", [KBTF_INT] = "int",	      [KBTF_FLOAT] = "float",
	};

	return words[kind];
}

/* "enum { FIRST, ... }", for what has no name. */
static void add_first_value(struct printer *p, const struct kbtf *btf, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, id);

	add(p, "enum { ");
	if (kbtf_vlen(t))
		add_name(p, kbtf_string_get(btf, kbtf_kind(t) == KBTF_ENUM64
							 ? kbtf_enums64(t)->name_off
							 : kbtf_enums(t)->name_off));
	add(p, kbtf_vlen(t) > 1 ? ", ... }" : " }");
}

/* "struct sock" */
static void add_title(struct printer *p, const struct kbtf_type_diff *t)
{
	if (*t->name) {
		add(p, "%s ", kind_word(t->kind));
		add_name(p, t->name);
	} else if (t->old_id) {
		add_first_value(p, p->diff->old, t->old_id);
	} else {
		add_first_value(p, p->diff->new, t->new_id);
	}
}

/* ---- Types of one side ---- */

static void put_alone(struct printer *p, const struct kbtf_type_diff *t)
{
	char sign = t->what == KBTF_DIFF_ADDED ? '+' : '-';
	const struct kbtf *btf = btf_of(p, sign);
	const struct kbtf_type *type =
		kbtf_type_get(btf, t->what == KBTF_DIFF_ADDED ? t->new_id : t->old_id);

	add(p, "%c", sign);
	switch (t->kind) {
	case KBTF_FUNC:
		add(p, "function ");
		add_type(p, btf, type->type, t->name);
		break;
	case KBTF_TYPEDEF:
		add(p, "typedef ");
		add_type(p, btf, type->type, t->name);
		break;
	case KBTF_VAR:
		add(p, "variable ");
		add_type(p, btf, type->type, t->name);
		break;
	case KBTF_DATASEC:
		add_title(p, t);
		break;
	default:
		if (*t->name)
			add_title(p, t);
		else
			add_type(p, btf, t->old_id ? t->old_id : t->new_id, NULL);
		if (kbtf_kind(type) == KBTF_FWD)
			add(p, ", only declared");
		else if (*t->name)
			add(p, ", size %u", type->size);
		break;
	}
	end_line(p);
}

/* ---- Parts of types of both sides ---- */

/* Bytes; of bitfields "BYTES:BITS". */
static void add_offset(struct printer *p, const struct kbtf_diff_side *side)
{
	char text[48];

	if (side->bitfield_bits || side->offset_bits % 8)
		snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64, side->offset_bits / 8,
			 side->offset_bits % 8);
	else
		snprintf(text, sizeof(text), "%" PRIu64, side->offset_bits / 8);
	add(p, "%7s", text);
}

static void add_size(struct printer *p, const struct kbtf_diff_side *side)
{
	if (side->bitfield_bits || side->size_bits % 8)
		add(p, "      ");
	else
		add(p, "%6" PRIu64, side->size_bits / 8);
}

static void put_member(struct printer *p, char sign, const struct kbtf_diff_side *side)
{
	add(p, "%c", sign);
	add_offset(p, side);
	add_size(p, side);
	add(p, "  ");
	add_type(p, btf_of(p, sign), side->type_id, *side->name ? side->name : NULL);
	if (side->bitfield_bits)
		add(p, ":%u", side->bitfield_bits);
	if (strcmp(side->name, side->path)) {
		add(p, "  (");
		add_name(p, side->path);
		add(p, ")");
	}
	end_line(p);
}

static bool only_moved(const struct kbtf_change *c)
{
	return c->part == KBTF_PART_MEMBER && c->how == KBTF_HOW_MOVED;
}

static int64_t distance(const struct kbtf_change *c)
{
	return (int64_t)(c->new_side->offset_bits - c->old_side->offset_bits);
}

/* Changes from the first on that are moves by the same distance, as one line. How many. */
static size_t put_moves(struct printer *p, const struct kbtf_change *c, size_t nr)
{
	int64_t by = distance(c);
	size_t n = 1;

	while (n < nr && !(p->flags & KBTF_DIFF_ALL_MOVES) && only_moved(&c[n]) &&
	       distance(&c[n]) == by)
		n++;
	add(p, "~");
	add_offset(p, c->old_side);
	add(p, " ->");
	add_offset(p, c->new_side);
	add(p, "  ");
	if (n == 1) {
		add_type(p, p->diff->new, c->new_side->type_id, c->new_side->name);
		if (c->new_side->bitfield_bits)
			add(p, ":%u", c->new_side->bitfield_bits);
	} else {
		add_name(p, c->new_side->name);
		add(p, " ... ");
		add_name(p, c[n - 1].new_side->name);
		add(p, " (%zu members moved by %+" PRId64 "%s)", n, by % 8 ? by : by / 8,
		    by % 8 ? " bits" : "");
	}
	end_line(p);
	return n;
}

static void add_value(struct printer *p, const struct kbtf *btf, const struct kbtf_diff_side *side)
{
	if (kbtf_kflag(kbtf_type_get(btf, side->type_id)))
		add(p, "%" PRId64, (int64_t)side->value);
	else
		add(p, "%" PRIu64, side->value);
}

static void put_enumerator(struct printer *p, char sign, const struct kbtf_diff_side *side)
{
	add(p, "%c  ", sign);
	add_name(p, side->name);
	add(p, " = ");
	add_value(p, btf_of(p, sign), side);
	end_line(p);
}

static bool is_revalued(const struct kbtf_change *c)
{
	return c->part == KBTF_PART_ENUMERATOR && c->how == KBTF_HOW_REVALUED;
}

/* As put_moves(). */
static size_t put_revalued(struct printer *p, const struct kbtf_change *c, size_t nr)
{
	uint64_t by = c->new_side->value - c->old_side->value;
	size_t n = 1;

	while (n < nr && !(p->flags & KBTF_DIFF_ALL_MOVES) && is_revalued(&c[n]) &&
	       c[n].new_side->value - c[n].old_side->value == by)
		n++;
	add(p, "~  ");
	add_name(p, c->new_side->name);
	if (n > 1) {
		add(p, " ... ");
		add_name(p, c[n - 1].new_side->name);
	}
	add(p, " = ");
	add_value(p, p->diff->old, c->old_side);
	if (n > 1) {
		add(p, " ... ");
		add_value(p, p->diff->old, c[n - 1].old_side);
	}
	add(p, " -> ");
	add_value(p, p->diff->new, c->new_side);
	if (n > 1) {
		add(p, " ... ");
		add_value(p, p->diff->new, c[n - 1].new_side);
		add(p, " (%zu values)", n);
	}
	end_line(p);
	return n;
}

static void put_attribute(struct printer *p, char sign, const struct kbtf_diff_side *side)
{
	if (!strcmp(side->name, "size")) /* stands in the header */
		return;
	add(p, "%c  %s ", sign, side->name);
	add_name(p, *side->text ? side->text : "none");
	end_line(p);
}

static void put_tag(struct printer *p, char sign, const struct kbtf_diff_side *side)
{
	add(p, "%c  tag ", sign);
	add_name(p, side->text);
	if (*side->name) {
		add(p, " of ");
		add_name(p, side->name);
	}
	end_line(p);
}

static void put_side(struct printer *p, enum kbtf_diff_part part, char sign,
		     const struct kbtf_diff_side *side)
{
	if (!side)
		return;
	switch (part) {
	case KBTF_PART_MEMBER:
		put_member(p, sign, side);
		break;
	case KBTF_PART_ENUMERATOR:
		put_enumerator(p, sign, side);
		break;
	case KBTF_PART_ATTRIBUTE:
		put_attribute(p, sign, side);
		break;
	case KBTF_PART_TAG:
		put_tag(p, sign, side);
		break;
	default: /* a prototype or target is put as a whole */
		break;
	}
}

/* All that a function, typedef or variable is, where any of it changed. */
static void put_declaration(struct printer *p, const struct kbtf_type_diff *t, char sign)
{
	const struct kbtf *btf = btf_of(p, sign);
	const struct kbtf_type *type = kbtf_type_get(btf, sign == '-' ? t->old_id : t->new_id);

	add(p, "%c  %s", sign, t->kind == KBTF_TYPEDEF ? "typedef " : "");
	add_type(p, btf, type->type, t->name);
	end_line(p);
}

static bool has_declaration(const struct kbtf_type_diff *t)
{
	size_t i;

	for (i = 0; i < t->nr_changes; i++)
		if (t->changes[i].part == KBTF_PART_PARAM ||
		    t->changes[i].part == KBTF_PART_RETURN ||
		    t->changes[i].part == KBTF_PART_TARGET)
			return true;
	return false;
}

static void put_header(struct printer *p, const struct kbtf_type_diff *t)
{
	static const char *const words[] = {
		[KBTF_LAYOUT_MOVED] = ", members moved or resized",
		[KBTF_LAYOUT_RENAMED] = ", members renamed or removed",
		[KBTF_LAYOUT_FILLED] = ", members added where there was room",
		[KBTF_LAYOUT_SAME] = ", layout as it was",
	};
	const bool has_layout = kbtf_is_composite(kbtf_type_get(p->diff->old, t->old_id)) &&
				kbtf_is_composite(kbtf_type_get(p->diff->new, t->new_id));

	kbtf_out_text(&p->out, "\n", 1);
	add_title(p, t);
	if (t->old_size != t->new_size && (has_layout || (t->old_size && t->new_size)))
		add(p, ": size %" PRIu64 " -> %" PRIu64, t->old_size, t->new_size);
	else if (has_layout || t->layout != KBTF_LAYOUT_SAME)
		add(p, ": size %" PRIu64 "%s", t->new_size, words[t->layout]);
	end_line(p);
}

static void put_changed(struct printer *p, const struct kbtf_type_diff *t)
{
	size_t i = 0;

	put_header(p, t);
	if (has_declaration(t)) {
		put_declaration(p, t, '-');
		put_declaration(p, t, '+');
	}
	while (i < t->nr_changes) {
		const struct kbtf_change *c = &t->changes[i];

		if (only_moved(c)) {
			i += put_moves(p, c, t->nr_changes - i);
		} else if (is_revalued(c)) {
			i += put_revalued(p, c, t->nr_changes - i);
		} else {
			put_side(p, c->part, '-', c->old_side);
			put_side(p, c->part, '+', c->new_side);
			i++;
		}
	}
}

/* ---- The whole ---- */

static void put_labels(struct printer *p)
{
	add(p, "--- ");
	add_name(p, p->diff->old_label);
	end_line(p);
	add(p, "+++ ");
	add_name(p, p->diff->new_label);
	end_line(p);
}

static void put_types(struct printer *p)
{
	const struct kbtf_type_diff *last = NULL;
	size_t i;

	for (i = 0; i < kbtf_diff_nr_types(p->diff) && !p->err && !p->out.err; i++) {
		const struct kbtf_type_diff *t = kbtf_diff_type(p->diff, i);

		if (t->what == KBTF_DIFF_CHANGED) {
			put_changed(p, t);
		} else {
			if (!last || last->kind != t->kind || last->what != t->what)
				kbtf_out_text(&p->out, "\n", 1);
			put_alone(p, t);
		}
		last = t;
	}
}

static void put_kind_summary(struct printer *p, unsigned int kind)
{
	const size_t *nr = p->diff->summary.nr_types[kind];

	if (!nr[KBTF_DIFF_ADDED] && !nr[KBTF_DIFF_REMOVED] && !nr[KBTF_DIFF_CHANGED])
		return;
	add(p, "%-10s %7zu removed %7zu added %7zu changed", kind_word(kind), nr[KBTF_DIFF_REMOVED],
	    nr[KBTF_DIFF_ADDED], nr[KBTF_DIFF_CHANGED]);
	end_line(p);
}

/* A line a kind, and one of structs and unions that changed. */
static void put_summary(struct printer *p)
{
	const size_t *nr = p->diff->summary.nr_layouts;
	size_t same_size = nr[KBTF_LAYOUT_MOVED] + nr[KBTF_LAYOUT_RENAMED] + nr[KBTF_LAYOUT_FILLED];
	unsigned int rank, kind;

	kbtf_out_text(&p->out, "\n", 1);
	for (rank = 1; rank < KBTF_NR_KINDS; rank++)
		for (kind = 0; kind < KBTF_NR_KINDS; kind++)
			if (kbtf_diff_rank(kind) == rank)
				put_kind_summary(p, kind);
	if (nr[KBTF_LAYOUT_RESIZED] || same_size) {
		add(p, "layout     %7zu of another size; %zu of the same: %zu moved or resized, ",
		    nr[KBTF_LAYOUT_RESIZED], same_size, nr[KBTF_LAYOUT_MOVED]);
		add(p, "%zu with members added, %zu renamed or removed", nr[KBTF_LAYOUT_FILLED],
		    nr[KBTF_LAYOUT_RENAMED]);
		end_line(p);
	}
}

int kbtf_diff_text(const struct kbtf_diff *diff, unsigned int flags, kbtf_write_fn *write,
		   void *ctx)
{
	struct printer *p;
	int err;

	if (!kbtf_diff_nr_types(diff))
		return 0;
	p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->diff = diff;
	p->flags = flags;
	memset(&p->line, 0, sizeof(p->line));
	p->err = 0;
	kbtf_out_init(&p->out, write, ctx);
	put_labels(p);
	if (!(flags & KBTF_DIFF_ONLY_SUMMARY))
		put_types(p);
	put_summary(p);
	err = kbtf_out_flush(&p->out);
	err = err ? err : p->err;
	kbtf_buf_deinit(&p->line);
	free(p);
	return err;
}
