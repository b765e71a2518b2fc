// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Where a parameter is when its function is entered: the first expression of its location
 * tells, or any that speaks of the value on entry.
 *
 * Source: dwarves' dwarf_loader.c (parameter__decode_location and
 * parameter__multi_exprs); DWARF 5, 2.5, 2.6 and 7.7.
 */
#include "constants.h"
#include "funcs.h"
#include "unit_header.h"

#define NO_REGISTER (-1)

/* Step over what an operation has behind it; false for one whose length is not known. */
static bool skip_operand(struct kbtf_cursor *c, uint8_t op, const struct kbtf_unit *unit)
{
	static const int8_t sizes[] = {
		/* 0x08 on: const1u, const1s, 2u, 2s, 4u, 4s, 8u, 8s */
		1, 1, 2, 2, 4, 4, 8, 8,
	};

	if (op >= DW_OP_CONST1U && op < DW_OP_CONSTU) {
		kbtf_cur_skip(c, (uint64_t)sizes[op - DW_OP_CONST1U]);
		return true;
	}
	switch (op) {
	case DW_OP_ADDR:
		kbtf_cur_skip(c, unit->address_size);
		return true;
	case 0x15: /* pick */
	case DW_OP_DEREF_SIZE:
	case DW_OP_XDEREF_SIZE:
		kbtf_cur_skip(c, 1);
		return true;
	case 0x28: /* bra */
	case 0x2f: /* skip */
	case DW_OP_CALL2:
		kbtf_cur_skip(c, 2);
		return true;
	case DW_OP_CALL4:
	case DW_OP_GNU_PARAMETER_REF:
		kbtf_cur_skip(c, 4);
		return true;
	case DW_OP_CALL_REF:
	case DW_OP_GNU_VARIABLE_VALUE:
		kbtf_cur_skip(c, unit->is_dwarf64 ? 8 : 4);
		return true;
	case DW_OP_IMPLICIT_POINTER:
	case DW_OP_GNU_IMPLICIT_POINTER:
		kbtf_cur_skip(c, unit->is_dwarf64 ? 8 : 4);
		kbtf_cur_uleb(c);
		return true;
	case DW_OP_BREGX:
	case DW_OP_BIT_PIECE:
	case DW_OP_REGVAL_TYPE:
	case DW_OP_GNU_REGVAL_TYPE:
		kbtf_cur_uleb(c);
		kbtf_cur_uleb(c);
		return true;
	case DW_OP_CONST_TYPE:
	case DW_OP_GNU_CONST_TYPE:
		kbtf_cur_uleb(c);
		kbtf_cur_skip(c, kbtf_cur_u8(c));
		return true;
	case DW_OP_DEREF_TYPE:
	case DW_OP_XDEREF_TYPE:
	case DW_OP_GNU_DEREF_TYPE:
		kbtf_cur_skip(c, 1);
		kbtf_cur_uleb(c);
		return true;
	case DW_OP_IMPLICIT_VALUE:
	case DW_OP_ENTRY_VALUE:
	case DW_OP_GNU_ENTRY_VALUE:
		kbtf_cur_skip(c, kbtf_cur_uleb(c));
		return true;
	case DW_OP_CONSTU:
	case 0x11: /* consts */
	case DW_OP_PLUS_UCONST:
	case DW_OP_REGX:
	case DW_OP_FBREG:
	case DW_OP_PIECE:
	case DW_OP_ADDRX:
	case DW_OP_CONSTX:
	case DW_OP_CONVERT:
	case DW_OP_REINTERPRET:
	case DW_OP_GNU_CONVERT:
	case DW_OP_GNU_REINTERPRET:
	case DW_OP_GNU_ADDR_INDEX:
		kbtf_cur_uleb(c);
		return true;
	default:
		if (op >= DW_OP_BREG0 && op <= DW_OP_BREG31)
			kbtf_cur_uleb(c);
		return op >= 0x06 && op < 0xa4;
	}
}

/* The register that an expression of nothing but its value on entry names. */
static int entry_register(struct kbtf_cursor c)
{
	uint64_t size = kbtf_cur_uleb(&c);
	uint8_t op = kbtf_cur_u8(&c);

	return c.at && size == 1 && op >= DW_OP_REG0 && op <= DW_OP_REG31 ? op : NO_REGISTER;
}

/*
 * The register of one expression, the first of its list or another one. is_large says
 * that the value may be in two registers, of which the first one counts.
 */
static int expression_register(const struct kbtf_unit *unit, struct kbtf_cursor c, bool is_first,
			       bool is_large)
{
	int entry = NO_REGISTER, piece = NO_REGISTER;
	unsigned int nr_ops = 0;
	uint8_t op = 0, first = 0, last = 0;
	bool has_stack_value = false;

	while (kbtf_cur_left(&c)) {
		op = kbtf_cur_u8(&c);
		if (!nr_ops++) {
			first = op;
			if (op == DW_OP_ENTRY_VALUE || op == DW_OP_GNU_ENTRY_VALUE)
				entry = entry_register(c);
		}
		if (op >= DW_OP_REG0 && op <= DW_OP_REG31 && piece == NO_REGISTER)
			piece = op;
		has_stack_value |= nr_ops > 1 && op == DW_OP_STACK_VALUE;
		last = op;
		if (!skip_operand(&c, op, unit) || !c.at)
			return NO_REGISTER;
	}
	if (nr_ops == 1 || (nr_ops == 2 && last == DW_OP_STACK_VALUE)) {
		if (first >= DW_OP_REG0 && first <= DW_OP_REG31)
			return is_first ? first : NO_REGISTER;
		if (first >= DW_OP_BREG0 && first <= DW_OP_BREG31)
			return is_first && last == DW_OP_STACK_VALUE
				       ? first - DW_OP_BREG0 + DW_OP_REG0
				       : NO_REGISTER;
		return entry;
	}
	if (is_large)
		return piece;
	if (!is_first)
		return NO_REGISTER;
	if (first >= DW_OP_REG0 && first <= DW_OP_REG31)
		return first;
	if (first >= DW_OP_BREG0 && first <= DW_OP_BREG31 && has_stack_value)
		return first - DW_OP_BREG0 + DW_OP_REG0;
	return NO_REGISTER;
}

static int one_of_list(const struct kbtf_unit *unit, struct kbtf_cursor *c, uint64_t size,
		       unsigned int *nr, bool is_large)
{
	struct kbtf_cursor expression = *c;

	kbtf_cur_skip(c, size);
	if (!c->at)
		return NO_REGISTER;
	expression.end = c->at;
	return expression_register(unit, expression, !(*nr)++, is_large);
}

/* DWARF 5. */
static int list_register(const struct kbtf_unit *unit, struct kbtf_cursor c, bool is_large)
{
	unsigned int nr = 0;
	int reg = NO_REGISTER;

	while (c.at && reg == NO_REGISTER) {
		switch (kbtf_cur_u8(&c)) {
		case DW_LLE_END_OF_LIST:
			return reg;
		case DW_LLE_BASE_ADDRESSX:
			kbtf_cur_uleb(&c);
			continue;
		case DW_LLE_BASE_ADDRESS:
			kbtf_cur_skip(&c, unit->address_size);
			continue;
		case DW_LLE_GNU_VIEW_PAIR:
			kbtf_cur_uleb(&c);
			kbtf_cur_uleb(&c);
			continue;
		case DW_LLE_STARTX_ENDX:
		case DW_LLE_STARTX_LENGTH:
		case DW_LLE_OFFSET_PAIR:
			kbtf_cur_uleb(&c);
			kbtf_cur_uleb(&c);
			break;
		case DW_LLE_START_END:
			kbtf_cur_skip(&c, 2 * (uint64_t)unit->address_size);
			break;
		case DW_LLE_START_LENGTH:
			kbtf_cur_skip(&c, unit->address_size);
			kbtf_cur_uleb(&c);
			break;
		case DW_LLE_DEFAULT_LOCATION:
			break;
		default:
			return NO_REGISTER;
		}
		reg = one_of_list(unit, &c, kbtf_cur_uleb(&c), &nr, is_large);
	}
	return reg;
}

/* Before that: pairs of addresses. */
static int old_list_register(const struct kbtf_unit *unit, struct kbtf_cursor c, bool is_large)
{
	uint64_t all_ones = unit->address_size == 8 ? UINT64_MAX : UINT32_MAX;
	unsigned int nr = 0;
	int reg = NO_REGISTER;

	while (c.at && reg == NO_REGISTER) {
		uint64_t start = kbtf_cur_uint(&c, unit->address_size);
		uint64_t end = kbtf_cur_uint(&c, unit->address_size);

		if (!start && !end)
			break;
		if (start != all_ones)
			reg = one_of_list(unit, &c, kbtf_cur_u16(&c), &nr, is_large);
	}
	return reg;
}

int kbtf_location_register(const struct kbtf_unit *unit, const struct kbtf_value *location,
			   bool is_large)
{
	const struct kbtf_dwarf_source *src = unit->src;
	uint64_t offset = location->n;
	struct kbtf_cursor c;

	if (location->sort == VALUE_BLOCK) {
		c = (struct kbtf_cursor){ location->block, location->block + location->n,
					  src->swapped };
		return location->n ? expression_register(unit, c, true, is_large) : NO_REGISTER;
	}
	if (location->sort == VALUE_LIST_INDEX) {
		unsigned int size = unit->is_dwarf64 ? 8 : 4;

		c = kbtf_cursor_of(src, &src->loclists);
		kbtf_cur_skip(&c, unit->loclists_base);
		if (location->n >= kbtf_cur_left(&c) / size)
			return NO_REGISTER;
		kbtf_cur_skip(&c, location->n * size);
		offset = unit->loclists_base + kbtf_cur_uint(&c, size);
	} else if (location->sort != VALUE_LIST) {
		return NO_REGISTER;
	}
	c = kbtf_cursor_of(src, unit->version < 5 ? &src->loc : &src->loclists);
	kbtf_cur_skip(&c, offset);
	return unit->version < 5 ? old_list_register(unit, c, is_large)
				 : list_register(unit, c, is_large);
}
