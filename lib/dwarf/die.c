// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Running an abbreviation's program over the bytes of an entry. */
#include <errno.h>

#include "abbrev.h"
#include "constants.h"
#include "unit_header.h"
#include "words.h"

/* What a program is run on. */
struct reading {
	struct kbtf_names_ctx *names;
	const struct kbtf_abbrevs *abbrevs;
	const struct kbtf_abbrev *abbrev;
	const struct kbtf_unit *unit;
	struct kbtf_die *die;
};

static unsigned int offset_size(const struct kbtf_unit *unit)
{
	return unit->is_dwarf64 ? 8 : 4;
}

/* A name by its number in .debug_str_offsets. */
static uint32_t name_of_index(struct kbtf_names_ctx *names, const struct kbtf_unit *unit,
			      uint64_t index)
{
	struct kbtf_cursor c = kbtf_cursor_of(names->src, &names->src->str_offsets);
	unsigned int size = offset_size(unit);

	kbtf_cur_skip(&c, unit->str_offsets_base);
	if (index < kbtf_cur_left(&c) / size) {
		kbtf_cur_skip(&c, index * size);
		return kbtf_name_of_offset(names, kbtf_cur_uint(&c, size));
	}
	if (!names->err)
		names->err = -EINVAL;
	return 0;
}

static void put(struct kbtf_die *die, uint8_t slot, uint8_t sort, uint64_t n)
{
	die->present |= UINT32_C(1) << slot;
	die->v[slot].n = n;
	die->v[slot].sort = sort;
}

static void put_block(struct kbtf_die *die, uint8_t slot, struct kbtf_cursor *c, uint64_t size)
{
	const uint8_t *at = c->at;

	kbtf_cur_skip(c, size);
	if (!c->at)
		return;
	put(die, slot, VALUE_BLOCK, size);
	die->v[slot].block = at;
}

/* The common operations, when all that they can read is known to be there. */
static const uint8_t *read_short(struct kbtf_names_ctx *names, const struct kbtf_abbrevs *abbrevs,
				 const struct kbtf_abbrev_op *op, const uint8_t *p, bool swapped,
				 struct kbtf_die *ret)
{
	for (;; op++) {
		switch (op->code) {
		case OP_SKIP:
			p += op->n;
			break;
		case OP_STRP_4:
			put(ret, op->slot, VALUE_NAME,
			    kbtf_name_of_offset(names, kbtf_u32_at(p, swapped)));
			p += 4;
			break;
		case OP_REF_4:
			put(ret, op->slot, VALUE_REF, kbtf_u32_at(p, swapped));
			p += 4;
			break;
		case OP_NUMBER_1:
			put(ret, op->slot, VALUE_NUMBER, *p++);
			break;
		case OP_NUMBER_2:
			put(ret, op->slot, VALUE_NUMBER, kbtf_u16_at(p, swapped));
			p += 2;
			break;
		case OP_NUMBER_4:
			put(ret, op->slot, VALUE_NUMBER, kbtf_u32_at(p, swapped));
			p += 4;
			break;
		case OP_NUMBER_CONST:
			put(ret, op->slot, VALUE_NUMBER, (uint64_t)abbrevs->consts[op->n]);
			break;
		case OP_SKIP_LEB:
			kbtf_leb_at(&p, false);
			break;
		case OP_NUMBER_LEB:
			put(ret, op->slot, VALUE_NUMBER, kbtf_leb_at(&p, false));
			break;
		case OP_NUMBER_SLEB:
			put(ret, op->slot, VALUE_NUMBER, kbtf_leb_at(&p, true));
			break;
		default:
			return p;
		}
	}
}

/* The operation for a form that stands in front of the value. */
static struct kbtf_abbrev_op told_op(const struct reading *r, struct kbtf_cursor *c, uint8_t slot)
{
	uint64_t form = kbtf_cur_uleb(c);
	struct kbtf_abbrev_op op = kbtf_abbrev_op_of_form(r->abbrevs, r->abbrev, slot, form);

	if (c->at && form == DW_FORM_FLAG_PRESENT)
		return (struct kbtf_abbrev_op){ OP_PRESENT, slot, 0 };
	if (c->at && op.code == OP_END) {
		r->die->bad_form = form;
		c->at = NULL;
	}
	return op;
}

KBTF_INLINE void step(const struct reading *r, struct kbtf_cursor *c,
		      const struct kbtf_abbrev_op *op)
{
	struct kbtf_die *ret = r->die;

	switch (op->code) {
	case OP_SKIP:
		kbtf_cur_skip(c, op->n);
		break;
	case OP_SKIP_LEB:
		while (kbtf_cur_u8(c) & 0x80)
			;
		break;
	case OP_SKIP_STRING:
		kbtf_cur_string(c);
		break;
	case OP_SKIP_BLOCK_1:
		kbtf_cur_skip(c, kbtf_cur_u8(c));
		break;
	case OP_SKIP_BLOCK_2:
		kbtf_cur_skip(c, kbtf_cur_u16(c));
		break;
	case OP_SKIP_BLOCK_4:
		kbtf_cur_skip(c, kbtf_cur_u32(c));
		break;
	case OP_SKIP_BLOCK_LEB:
		kbtf_cur_skip(c, kbtf_cur_uleb(c));
		break;
	case OP_NUMBER:
		put(ret, op->slot, VALUE_NUMBER, kbtf_cur_uint(c, op->n));
		break;
	case OP_NUMBER_1:
		put(ret, op->slot, VALUE_NUMBER, kbtf_cur_u8(c));
		break;
	case OP_NUMBER_2:
		put(ret, op->slot, VALUE_NUMBER, kbtf_cur_u16(c));
		break;
	case OP_NUMBER_4:
		put(ret, op->slot, VALUE_NUMBER, kbtf_cur_u32(c));
		break;
	case OP_NUMBER_LEB:
		put(ret, op->slot, VALUE_NUMBER, kbtf_cur_uleb(c));
		break;
	case OP_NUMBER_SLEB:
		put(ret, op->slot, VALUE_NUMBER, (uint64_t)kbtf_cur_sleb(c));
		break;
	case OP_NUMBER_CONST:
		put(ret, op->slot, VALUE_NUMBER, (uint64_t)r->abbrevs->consts[op->n]);
		break;
	case OP_STRP_4:
		put(ret, op->slot, VALUE_NAME, kbtf_name_of_offset(r->names, kbtf_cur_u32(c)));
		break;
	case OP_STRP_8:
		put(ret, op->slot, VALUE_NAME, kbtf_name_of_offset(r->names, kbtf_cur_u64(c)));
		break;
	case OP_LINE_STRP:
		put(ret, op->slot, VALUE_NAME,
		    kbtf_name_of_line_offset(r->names, kbtf_cur_uint(c, op->n)));
		break;
	case OP_STRING:
		put(ret, op->slot, VALUE_NAME, kbtf_name_of_string(r->names, kbtf_cur_string(c)));
		break;
	case OP_STRX:
		put(ret, op->slot, VALUE_NAME,
		    name_of_index(r->names, r->unit, kbtf_cur_uint(c, op->n)));
		break;
	case OP_STRX_LEB:
		put(ret, op->slot, VALUE_NAME, name_of_index(r->names, r->unit, kbtf_cur_uleb(c)));
		break;
	case OP_REF:
		put(ret, op->slot, VALUE_REF, kbtf_cur_uint(c, op->n));
		break;
	case OP_REF_4:
		put(ret, op->slot, VALUE_REF, kbtf_cur_u32(c));
		break;
	case OP_REF_LEB:
		put(ret, op->slot, VALUE_REF, kbtf_cur_uleb(c));
		break;
	case OP_FAR_REF:
		put(ret, op->slot, VALUE_FAR_REF, kbtf_cur_uint(c, op->n));
		break;
	case OP_SIG:
		put(ret, op->slot, VALUE_SIG, kbtf_cur_u64(c));
		break;
	case OP_BLOCK_1:
		put_block(ret, op->slot, c, kbtf_cur_u8(c));
		break;
	case OP_BLOCK_2:
		put_block(ret, op->slot, c, kbtf_cur_u16(c));
		break;
	case OP_BLOCK_4:
		put_block(ret, op->slot, c, kbtf_cur_u32(c));
		break;
	case OP_BLOCK_LEB:
		put_block(ret, op->slot, c, kbtf_cur_uleb(c));
		break;
	case OP_LIST:
		put(ret, op->slot, VALUE_LIST, kbtf_cur_uint(c, op->n));
		break;
	case OP_LIST_LEB:
		put(ret, op->slot, VALUE_LIST_INDEX, kbtf_cur_uleb(c));
		break;
	case OP_ADDRESS:
		put(ret, op->slot, VALUE_ADDR,
		    op->n == 2 ? kbtf_cur_u16(c) : kbtf_cur_uint(c, op->n));
		break;
	case OP_ADDRX:
		put(ret, op->slot, VALUE_ADDR_INDEX, kbtf_cur_uint(c, op->n));
		break;
	case OP_ADDRX_LEB:
		put(ret, op->slot, VALUE_ADDR_INDEX, kbtf_cur_uleb(c));
		break;
	case OP_PRESENT:
		if (op->slot != SLOT_NONE)
			put(ret, op->slot, VALUE_NUMBER, 1);
		break;
	default:
		break;
	}
}

static __attribute__((noinline)) void step_indirect(const struct reading *r, struct kbtf_cursor *c,
						    uint8_t slot)
{
	const struct kbtf_abbrev_op op = told_op(r, c, slot);

	step(r, c, &op);
}

void kbtf_die_read(struct kbtf_names_ctx *names, const struct kbtf_abbrevs *abbrevs,
		   const struct kbtf_abbrev *abbrev, const struct kbtf_unit *unit,
		   struct kbtf_cursor *at, struct kbtf_die *ret)
{
	const struct kbtf_abbrev_op *op = &abbrevs->ops[abbrev->first_op];
	const struct reading r = { names, abbrevs, abbrev, unit, ret };
	struct kbtf_cursor c = *at; /* in registers */

	ret->present = 0;
	if (__builtin_expect(abbrev->most_bytes && (size_t)(c.end - c.at) >= abbrev->most_bytes,
			     1)) {
		at->at = read_short(names, abbrevs, op, c.at, c.swapped, ret);
		return;
	}
	for (; op->code != OP_END; op++) {
		if (op->code == OP_INDIRECT)
			step_indirect(&r, &c, op->slot);
		else if (op->code == OP_SKIP_INDIRECT)
			step_indirect(&r, &c, SLOT_NONE);
		else
			step(&r, &c, op);
	}
	*at = c;
}
