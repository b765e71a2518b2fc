// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Sizes and offsets in, what a compiler has to be told out: whether a struct is
 * packed, and what is to be filled in between members so that each lies where it
 * lies. For this the compiler's own walk over members is done here
 * [kbtf_c_cursor_pass], with the alignments that the printed types will have.
 *
 * A struct is tried as it is; then packed, which lets a member lie at any byte and a
 * bitfield at any bit; what does not work even then (members that overlap, or lie
 * outside) is printed as bytes [kbtf_c_lay_out].
 *
 * How compilers lay out bitfields: one that fits into what is left of a unit of its
 * type's size goes there, and else to the next unit. That is the rule of the ABIs
 * of all 64-bit machines that Linux runs on. 32-bit ones differ in how numbers of 8
 * bytes are aligned, by 4 or by 8, which BTF does not tell: there gaps are filled that only
 * one of the two leaves.
 */
#include <errno.h>

#include "c_layout.h"
#include "fail.h"
#include "resolve.h"

/* Nothing larger is believed; no sum of what is smaller overflows. */
#define MAX_SIZE_BYTES (UINT64_C(1) << 40)

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* A number of 1 << n bytes, n up to 4, that the machine aligns so; false for other sizes. */
static bool measure_number(const struct kbtf_c *c, uint32_t size_bytes, unsigned int most_log2,
			   struct kbtf_c_measure *ret)
{
	unsigned int log2 = 0;

	while (log2 < most_log2 && 1u << log2 < size_bytes)
		log2++;
	if (1u << log2 != size_bytes || (log2 > 3 && c->ptr_bytes < 8))
		return false;
	ret->size_bytes = size_bytes;
	ret->align_log2 = log2;
	return true;
}

/* long double of 32-bit x86, which has no size that is a power of two. */
static bool measure_float(const struct kbtf_c *c, uint32_t size_bytes, struct kbtf_c_measure *ret)
{
	if (size_bytes == 12 && c->ptr_bytes == 4) {
		ret->size_bytes = 12;
		ret->align_log2 = 2;
		return true;
	}
	return size_bytes > 1 && measure_number(c, size_bytes, 4, ret);
}

static bool measure_one(const struct kbtf_c *c, uint32_t type_id, struct kbtf_c_measure *ret)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);

	ret->type_id = type_id;
	switch (kbtf_kind(t)) {
	case KBTF_PTR:
		return measure_number(c, c->ptr_bytes, 3, ret);
	case KBTF_INT:
		return measure_number(c, t->size, 4, ret);
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return measure_number(c, t->size, 3, ret);
	case KBTF_FLOAT:
		return measure_float(c, t->size, ret);
	case KBTF_STRUCT:
	case KBTF_UNION:
		ret->size_bytes = t->size;
		ret->align_log2 = c->layouts[type_id] & KBTF_C_ALIGN_MASK;
		return c->states[type_id] & KBTF_C_COMPLETE;
	default:
		return false;
	}
}

bool kbtf_c_measure(const struct kbtf_c *c, uint32_t type_id, struct kbtf_c_measure *ret)
{
	uint64_t nelems = 1;

	for (;;) {
		const struct kbtf_type *t;

		type_id = kbtf_skip_modifiers(c->btf, type_id);
		t = kbtf_type_get(c->btf, type_id);
		if (kbtf_kind(t) != KBTF_ARRAY)
			break;
		if (__builtin_mul_overflow(nelems, kbtf_array(t)->nelems, &nelems))
			return false;
		type_id = kbtf_array(t)->type;
	}
	return measure_one(c, type_id, ret) &&
	       !__builtin_mul_overflow(ret->size_bytes, nelems, &ret->size_bytes) &&
	       ret->size_bytes <= MAX_SIZE_BYTES;
}

/*
 * Before kind_flag a bitfield was a member of a type INT of fewer bits than its size
 * has, that may begin somewhere inside it.
 */
static void read_odd_int(const struct kbtf_c *c, struct kbtf_c_member *m)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, kbtf_skip_modifiers(c->btf, m->type));
	uint32_t word;

	if (kbtf_kind(t) != KBTF_INT)
		return;
	word = kbtf_word(t);
	if (KBTF_INT_OFFSET_BITS(word) || KBTF_INT_BITS(word) != 8 * (uint64_t)t->size) {
		m->offset_bits += KBTF_INT_OFFSET_BITS(word);
		m->width_bits = KBTF_INT_BITS(word);
	}
}

struct kbtf_c_member kbtf_c_member(const struct kbtf_c *c, const struct kbtf_type *t, uint32_t i)
{
	const struct kbtf_member *m = &kbtf_members(t)[i];
	struct kbtf_c_member ret = {
		.name_off = m->name_off,
		.type = m->type,
		.offset_bits = kbtf_member_offset_bits(t, m),
		.width_bits = kbtf_member_bitfield_bits(t, m),
	};

	if (c->has_odd_ints && !kbtf_kflag(t))
		read_odd_int(c, &ret);
	if (ret.name_off && !*kbtf_string_get(c->btf, ret.name_off))
		ret.name_off = 0;
	return ret;
}

void kbtf_c_cursor_init(const struct kbtf_c *c, uint32_t type_id, struct kbtf_c_cursor *ret)
{
	uint8_t layout = c->layouts[type_id];

	*ret = (struct kbtf_c_cursor){
		.align_log2 = layout & KBTF_C_ALIGN_MASK,
		.is_packed = layout & KBTF_C_PACKED,
		.is_union = kbtf_kind(kbtf_type_get(c->btf, type_id)) == KBTF_UNION,
	};
}

/* The least that the machine may align by what is aligned by this much elsewhere. */
static unsigned int least_align(const struct kbtf_c *c, unsigned int align_log2)
{
	return c->ptr_bytes < 8 && align_log2 > 2 ? 2 : align_log2;
}

static bool pass_bitfield(const struct kbtf_c *c, struct kbtf_c_cursor *cursor,
			  const struct kbtf_c_member *m, const struct kbtf_c_measure *measure,
			  uint64_t *ret_gap_bits)
{
	unsigned int kind = kbtf_kind(kbtf_type_get(c->btf, measure->type_id));
	uint64_t unit_bits = 8 * measure->size_bytes, last = m->offset_bits + m->width_bits - 1;
	uint64_t at = cursor->bits;

	if (kind != KBTF_INT && kind != KBTF_ENUM && kind != KBTF_ENUM64)
		return false;
	if (kbtf_skip_modifiers(c->btf, m->type) != measure->type_id) /* an array of them */
		return false;
	if (m->width_bits > 1 && kbtf_c_is_bool(c, measure->type_id))
		return false;
	if (m->width_bits > unit_bits || m->offset_bits < at)
		return false;
	if (!cursor->is_packed) {
		if (m->offset_bits / unit_bits != last / unit_bits)
			return false;
		if (at / unit_bits != (at + m->width_bits - 1) / unit_bits)
			at = round_up(at, unit_bits);
	}
	*ret_gap_bits = at == m->offset_bits ? 0 : m->offset_bits - cursor->bits;
	cursor->bits = last + 1;
	return true;
}

bool kbtf_c_cursor_pass(const struct kbtf_c *c, struct kbtf_c_cursor *cursor,
			const struct kbtf_c_member *m, const struct kbtf_c_measure *measure,
			uint64_t *ret_gap_bits)
{
	uint64_t end_bits = cursor->bits, most_bits = 8, least_bits = 8;

	if (cursor->is_union) {
		if (m->offset_bits)
			return false;
		cursor->bits = 0;
	}
	if (m->width_bits) {
		if (!pass_bitfield(c, cursor, m, measure, ret_gap_bits))
			return false;
	} else {
		if (!cursor->is_packed) {
			most_bits <<= measure->align_log2;
			least_bits <<= least_align(c, measure->align_log2);
		}
		if (m->offset_bits % most_bits || m->offset_bits < cursor->bits)
			return false;
		*ret_gap_bits = m->offset_bits - cursor->bits;
		if (round_up(cursor->bits, most_bits) == m->offset_bits &&
		    round_up(cursor->bits, least_bits) == m->offset_bits)
			*ret_gap_bits = 0;
		cursor->bits = m->offset_bits + 8 * measure->size_bytes;
	}
	if (cursor->is_union && cursor->bits < end_bits)
		cursor->bits = end_bits;
	return true;
}

bool kbtf_c_cursor_end(const struct kbtf_c *c, const struct kbtf_c_cursor *cursor,
		       uint32_t size_bytes, uint64_t *ret_gap_bits)
{
	uint64_t size_bits = UINT64_C(8) * size_bytes, most_bits = 8, least_bits = 8;

	if (!cursor->is_packed) {
		most_bits <<= cursor->align_log2;
		least_bits <<= least_align(c, cursor->align_log2);
	}
	if (size_bits % most_bits || size_bits < cursor->bits)
		return false;
	*ret_gap_bits = size_bits - cursor->bits;
	if (round_up(cursor->bits, most_bits) == size_bits &&
	    round_up(cursor->bits, least_bits) == size_bits)
		*ret_gap_bits = 0;
	return true;
}

/* ---- How to print it -------------------------------------------------- */

/* What came of trying a layout. */
struct trial {
	bool fails;
	bool is_snug;	  /* no gap has to be filled */
	bool has_no_size; /* it fails since a member's type has none */
	uint32_t member;  /* the first that does not do, or that a gap is filled in front of; or the
			   * number of members, for the end */
	uint64_t gap_bits;	 /* that is filled there */
	unsigned int align_log2; /* the largest among members */
};

static struct trial try_layout(const struct kbtf_c *c, const struct kbtf_type *t, bool is_packed)
{
	struct kbtf_c_cursor cursor = { .is_packed = is_packed,
					.is_union = kbtf_kind(t) == KBTF_UNION };
	struct trial trial = { .is_snug = true, .member = kbtf_vlen(t) };
	struct kbtf_c_measure measure;
	uint64_t gap_bits = 0;
	uint32_t i;

	for (i = 0; i < kbtf_vlen(t); i++) {
		struct kbtf_c_member m = kbtf_c_member(c, t, i);

		if (kbtf_c_is_left_out(&m))
			continue;
		trial.has_no_size = !kbtf_c_measure(c, m.type, &measure);
		if (trial.has_no_size || !kbtf_c_cursor_pass(c, &cursor, &m, &measure, &gap_bits)) {
			trial.member = i;
			trial.fails = true;
			return trial;
		}
		if (!is_packed && cursor.align_log2 < measure.align_log2)
			cursor.align_log2 = measure.align_log2;
		trial.is_snug &= !gap_bits;
		if (gap_bits && !m.width_bits && !trial.gap_bits) {
			trial.member = i;
			trial.gap_bits = gap_bits;
		}
	}
	trial.align_log2 = cursor.align_log2;
	trial.fails = !kbtf_c_cursor_end(c, &cursor, t->size, &gap_bits);
	trial.is_snug &= !gap_bits;
	if (!trial.gap_bits)
		trial.gap_bits = gap_bits;
	return trial;
}

static const char *member_name(const struct kbtf_c *c, const struct kbtf_type *t, uint32_t i)
{
	const char *name = kbtf_string_get(c->btf, kbtf_members(t)[i].name_off);

	return *name ? name : "(anon)";
}

static void note_opaque(const struct kbtf_c *c, uint32_t type_id, const struct trial *trial)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	struct kbtf_diag diag;

	if (!c->opts->note)
		return;
	if (trial->member < kbtf_vlen(t))
		kbtf_fail_type(&diag, c->btf, type_id, -EINVAL, "opaque",
			       "printed as %u bytes: member '%.64s' %s", t->size,
			       member_name(c, t, trial->member),
			       trial->has_no_size ? "is of a type that has no size in C"
						  : "cannot lie where it does in C");
	else
		kbtf_fail_type(&diag, c->btf, type_id, -EINVAL, "opaque",
			       "printed as %u bytes, which end before its last member does",
			       t->size);
	c->opts->note(c->opts->note_ctx, &diag);
}

/* Room that alignment would not leave by itself is the trace of an alignment that BTF lacks. */
static void note_gap(const struct kbtf_c *c, uint32_t type_id, const struct trial *trial)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	uint64_t bytes = trial->gap_bits / 8;
	struct kbtf_diag diag;

	if (!c->opts->note || !bytes || c->layouts[type_id] & KBTF_C_PACKED)
		return;
	if (trial->member < kbtf_vlen(t))
		kbtf_fail_type(&diag, c->btf, type_id, -EINVAL, "over-aligned",
			       "%llu bytes are left before member '%.64s', more than its type is "
			       "aligned to: an alignment is missing in BTF",
			       (unsigned long long)bytes, member_name(c, t, trial->member));
	else
		kbtf_fail_type(&diag, c->btf, type_id, -EINVAL, "over-aligned",
			       "%llu bytes are left at its end, more than its members are "
			       "aligned to: an alignment is missing in BTF",
			       (unsigned long long)bytes);
	c->opts->note(c->opts->note_ctx, &diag);
}

void kbtf_c_lay_out(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	uint8_t *layout = &c->layouts[type_id];
	struct trial trial;

	if (!kbtf_vlen(t) && t->size) { /* only its size is known, as in a distilled base */
		*layout = KBTF_C_OPAQUE;
		return;
	}
	trial = try_layout(c, t, false);
	if (trial.fails && !trial.has_no_size) {
		trial = try_layout(c, t, true);
		*layout = KBTF_C_PACKED;
	}
	if (trial.fails) {
		*layout = KBTF_C_OPAQUE;
		note_opaque(c, type_id, &trial);
		return;
	}
	*layout |= (uint8_t)(trial.align_log2 | (trial.is_snug ? KBTF_C_SNUG : 0));
	note_gap(c, type_id, &trial);
}
