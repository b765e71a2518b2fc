// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Members as they are printed in, comments about where they lie out:
 *
 *	int                 a;                                 / *     0     4 * /
 *
 *	/ * XXX 4 bytes hole, try to pack * /
 *
 *	/ * size: 16, cachelines: 1, members: 2 * /
 *
 * Offsets are bytes from the start of the outermost struct, also inside of structs
 * without a name, and those of bitfields have the bit in their unit behind a colon.
 */
#include "c_decl.h"
#include "c_sizes.h"

#define CACHELINE_BYTES 64u
#define COMMENT_COLUMN 64u

static bool is_asked(const struct kbtf_c *c)
{
	return c->opts->flags & KBTF_C_SIZES;
}

static void put_count(struct kbtf_c *c, const char *before, uint64_t n)
{
	kbtf_put_word(&c->out, before);
	kbtf_put_number(&c->out, n);
}

/* A number at the right end of so many columns. */
static void put_right(struct kbtf_c *c, uint64_t n, unsigned int columns)
{
	unsigned int digits = kbtf_count_digits(n);

	for (; digits < columns; digits++)
		KBTF_PUT(&c->out, " ");
	kbtf_put_number(&c->out, n);
}

void kbtf_c_sizes_begin(struct kbtf_c *c, struct kbtf_c_sizes *sizes, uint32_t type_id)
{
	*sizes = (struct kbtf_c_sizes){
		.outer_bits = c->base_bits,
		.is_union = kbtf_kind(kbtf_type_get(c->btf, type_id)) == KBTF_UNION,
	};
	if (c->path->depth == 0)
		c->cacheline = 0;
}

/* Tell of the last cacheline that begins at a bit, or before it, unless it was told of. */
static void put_cacheline(struct kbtf_c *c, uint64_t at_bits)
{
	uint64_t at = at_bits / 8, nr = at / CACHELINE_BYTES, past = at % CACHELINE_BYTES;

	if (nr <= c->cacheline)
		return;
	c->cacheline = nr;
	kbtf_c_begin_line(c);
	put_count(c, "/* --- cacheline ", nr);
	put_count(c, " boundary (", nr * CACHELINE_BYTES);
	KBTF_PUT(&c->out, " bytes)");
	if (past) {
		put_count(c, " was ", past);
		KBTF_PUT(&c->out, " bytes ago");
	}
	KBTF_PUT(&c->out, " --- */\n");
}

static void put_hole(struct kbtf_c *c, uint64_t n, const char *unit)
{
	if (!n)
		return;
	kbtf_c_begin_line(c);
	put_count(c, "/* XXX ", n);
	kbtf_put_word(&c->out, unit);
	if (n != 1)
		KBTF_PUT(&c->out, "s");
	KBTF_PUT(&c->out, " hole, try to pack */\n");
}

/* What is left: bits up to a whole byte, bytes, bits in the last byte. */
void kbtf_c_sizes_hole(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_c_member *m)
{
	uint64_t from = sizes->end_bits, to = m->offset_bits, whole = (from + 7) / 8 * 8;

	if (!is_asked(c) || sizes->is_union || to <= from)
		return;
	put_cacheline(c, sizes->outer_bits + from);
	if (whole > to)
		whole = to;
	KBTF_PUT(&c->out, "\n");
	put_hole(c, whole - from, " bit");
	put_hole(c, (to - whole) / 8, " byte");
	put_hole(c, (to - whole) % 8, " bit");
	KBTF_PUT(&c->out, "\n");
	sizes->nr_bit_holes += (whole != from) + ((to - whole) % 8 != 0);
	sizes->bit_hole_bits += whole - from + (to - whole) % 8;
	sizes->nr_holes += (to - whole) / 8 != 0;
	sizes->hole_bytes += (to - whole) / 8;
}

void kbtf_c_sizes_before(struct kbtf_c *c, const struct kbtf_c_sizes *sizes,
			 const struct kbtf_c_member *m, const struct kbtf_c_measure *measure)
{
	uint64_t at_bits = sizes->outer_bits + m->offset_bits;

	if (!is_asked(c))
		return;
	if (!sizes->is_union)
		put_cacheline(c, at_bits);
	/* what a member points to begins at 0 */
	c->base_bits = 0;
	if (kbtf_is_composite(kbtf_type_get(c->btf, measure->type_id)))
		c->base_bits = at_bits;
}

void kbtf_c_sizes_after(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_c_member *m,
			const struct kbtf_c_measure *measure)
{
	uint64_t size_bits = m->width_bits ? m->width_bits : 8 * measure->size_bytes;
	uint64_t at_bits = sizes->outer_bits + m->offset_bits;
	size_t column;

	if (!is_asked(c))
		return;
	c->base_bits = sizes->outer_bits;
	sizes->nr_members++;
	if (m->width_bits)
		sizes->field_bits += size_bits;
	else
		sizes->sum_bits += size_bits;
	if (m->offset_bits + size_bits > sizes->end_bits)
		sizes->end_bits = m->offset_bits + size_bits;
	column = 7 * c->indent;
	if (c->out.at > c->line)
		column += (size_t)(c->out.at - c->line);
	do
		KBTF_PUT(&c->out, " ");
	while (++column < COMMENT_COLUMN);
	KBTF_PUT(&c->out, "/* ");
	if (m->width_bits) {
		uint64_t unit_bits = 8 * measure->size_bytes;

		put_right(c, at_bits / unit_bits * measure->size_bytes, 5);
		KBTF_PUT(&c->out, ":");
		put_right(c, at_bits % unit_bits, 2);
		put_right(c, measure->size_bytes, 3);
	} else {
		put_right(c, at_bits / 8, 5);
		KBTF_PUT(&c->out, " ");
		put_right(c, measure->size_bytes, 5);
	}
	KBTF_PUT(&c->out, " */");
}

static void put_sums(struct kbtf_c *c, const struct kbtf_c_sizes *sizes, uint64_t size_bytes)
{
	uint64_t lines = (size_bytes + CACHELINE_BYTES - 1) / CACHELINE_BYTES;
	uint64_t left_bits = 8 * size_bytes - sizes->end_bits;

	KBTF_PUT(&c->out, "\n");
	kbtf_c_begin_line(c);
	put_count(c, "/* size: ", size_bytes);
	put_count(c, ", cachelines: ", lines);
	put_count(c, ", members: ", sizes->nr_members);
	KBTF_PUT(&c->out, " */\n");
	if (sizes->nr_holes) {
		kbtf_c_begin_line(c);
		put_count(c, "/* sum members: ", sizes->sum_bits / 8);
		put_count(c, ", holes: ", sizes->nr_holes);
		put_count(c, ", sum holes: ", sizes->hole_bytes);
		KBTF_PUT(&c->out, " */\n");
	}
	if (sizes->field_bits) {
		kbtf_c_begin_line(c);
		put_count(c, "/* sum bitfield members: ", sizes->field_bits);
		KBTF_PUT(&c->out, " bits");
		if (sizes->field_bits % 8 == 0) {
			put_count(c, " (", sizes->field_bits / 8);
			KBTF_PUT(&c->out, " bytes)");
		}
		if (sizes->nr_bit_holes) {
			put_count(c, ", bit holes: ", sizes->nr_bit_holes);
			put_count(c, ", sum bit holes: ", sizes->bit_hole_bits);
			KBTF_PUT(&c->out, " bits");
		}
		KBTF_PUT(&c->out, " */\n");
	}
	if (left_bits / 8) {
		kbtf_c_begin_line(c);
		put_count(c, "/* padding: ", left_bits / 8);
		KBTF_PUT(&c->out, " */\n");
	}
	if (left_bits % 8) {
		kbtf_c_begin_line(c);
		put_count(c, "/* bit_padding: ", left_bits % 8);
		KBTF_PUT(&c->out, " bits */\n");
	}
	if (size_bytes % CACHELINE_BYTES) {
		kbtf_c_begin_line(c);
		put_count(c, "/* last cacheline: ", size_bytes % CACHELINE_BYTES);
		KBTF_PUT(&c->out, " bytes */\n");
	}
}

void kbtf_c_sizes_end(struct kbtf_c *c, struct kbtf_c_sizes *sizes, const struct kbtf_type *t)
{
	if (!is_asked(c))
		return;
	c->base_bits = sizes->outer_bits;
	if (c->path->depth == 0)
		put_sums(c, sizes, t->size);
}
