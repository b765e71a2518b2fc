// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* An abbreviation's program in, its layout out, if it has one; see abbrev.h. */
#include "abbrev.h"
#include "constants.h"
#include "entries.h"

uint32_t kbtf_kind_of_tag(unsigned int tag)
{
	switch (tag) {
	case DW_TAG_ARRAY_TYPE:
		return KBTF_ARRAY;
	case DW_TAG_CLASS_TYPE:
	case DW_TAG_STRUCTURE_TYPE:
		return KBTF_STRUCT;
	case DW_TAG_UNION_TYPE:
		return KBTF_UNION;
	case DW_TAG_ENUMERATION_TYPE:
		return KBTF_ENUM;
	case DW_TAG_POINTER_TYPE:
		return KBTF_PTR;
	case DW_TAG_SUBROUTINE_TYPE:
		return KBTF_FUNC_PROTO;
	case DW_TAG_TYPEDEF:
		return KBTF_TYPEDEF;
	case DW_TAG_BASE_TYPE:
		return KBTF_INT;
	case DW_TAG_CONST_TYPE:
		return KBTF_CONST;
	case DW_TAG_VOLATILE_TYPE:
		return KBTF_VOLATILE;
	case DW_TAG_RESTRICT_TYPE:
		return KBTF_RESTRICT;
	case DW_TAG_ATOMIC_TYPE:
		return TYPE_SAME;
	case DW_TAG_UNSPECIFIED_TYPE:
		return TYPE_VOID;
	default:
		return NOT_A_TYPE;
	}
}

/* What entries of a tag are, and the slot of the one number that may be told of them. */
static enum kbtf_role role_of(const struct kbtf_abbrev *abbrev, uint8_t *ret_kind,
			      uint8_t *ret_number)
{
	uint32_t kind;

	*ret_number = SLOT_NONE;
	switch (abbrev->tag) {
	case DW_TAG_MEMBER:
		*ret_number = SLOT_PLACE;
		return abbrev->has_children ? ROLE_NONE : ROLE_MEMBER;
	case DW_TAG_ENUMERATOR:
		*ret_number = SLOT_CONST;
		return abbrev->has_children ? ROLE_NONE : ROLE_ENUMERATOR;
	case DW_TAG_FORMAL_PARAMETER:
		return abbrev->has_children ? ROLE_NONE : ROLE_PARAM;
	}
	*ret_number = SLOT_SIZE;
	kind = kbtf_kind_of_tag(abbrev->tag);
	*ret_kind = (uint8_t)kind;
	switch (kind) {
	case KBTF_ARRAY:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_FUNC_PROTO:
		return ROLE_TYPE;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
		return abbrev->has_children ? ROLE_NONE : ROLE_TYPE;
	default:
		return ROLE_NONE;
	}
}

/* Bytes of a number that is always as long; 0 for another operation. */
static uint8_t number_size(uint8_t op)
{
	switch (op) {
	case OP_NUMBER_1:
		return 1;
	case OP_NUMBER_2:
		return 2;
	case OP_NUMBER_4:
		return 4;
	default:
		return 0;
	}
}

/* Add what one operation reads; false where that has no place in a layout. */
static bool add(struct kbtf_abbrev_layout *l, const struct kbtf_abbrev_op *op,
		const int64_t *consts, bool is_first, uint8_t number)
{
	uint8_t size = number_size(op->code);

	if (l->last != OP_END || l->size > NOT_LAID_OUT - 16)
		return false;
	if (op->slot == SLOT_SIBLING && op->code == OP_REF_4) {
		l->size += 4;
		return true;
	}
	if (op->slot == SLOT_DECLARATION && op->code == OP_NUMBER_CONST && consts[op->n]) {
		l->has_declaration = true;
		return true;
	}
	switch (op->code) {
	case OP_SKIP:
		if (op->n > NOT_LAID_OUT - 16 - l->size)
			return false;
		l->size = (uint8_t)(l->size + op->n);
		return true;
	case OP_STRING:
		l->has_name_inside = is_first && op->slot == SLOT_NAME;
		return l->has_name_inside;
	case OP_STRP_4:
		l->name_at = l->size;
		l->size += 4;
		return op->slot == SLOT_NAME;
	case OP_REF_4:
		l->ref_at = l->size;
		l->size += 4;
		return op->slot == SLOT_TYPE;
	case OP_NUMBER_CONST:
		l->number = consts[op->n];
		return op->slot == number;
	case OP_NUMBER_LEB:
	case OP_NUMBER_SLEB:
		l->last = op->code;
		return op->slot == number;
	}
	if (!size || op->slot != number)
		return false;
	l->number_at = l->size;
	l->number_size = size;
	l->size += size;
	return true;
}

void kbtf_abbrev_lay_out(struct kbtf_abbrev *abbrev, const struct kbtf_abbrev_op *ops,
			 const int64_t *consts)
{
	struct kbtf_abbrev_layout l = {
		.name_at = NOT_LAID_OUT,
		.ref_at = NOT_LAID_OUT,
		.number_at = NOT_LAID_OUT,
		.last = OP_END,
	};
	const struct kbtf_abbrev_op *op;
	uint8_t number;

	abbrev->layout.role = ROLE_NONE;
	l.role = role_of(abbrev, &l.kind, &number);
	if (l.role == ROLE_NONE)
		return;
	for (op = ops; op->code != OP_END; op++)
		if (!add(&l, op, consts, op == ops, number))
			return;
	if (l.has_declaration && l.role != ROLE_TYPE)
		return;
	abbrev->layout = l;
}
