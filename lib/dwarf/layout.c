// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* An abbreviation's program in, its layout out, if it has one; see abbrev.h. */
#include "abbrev.h"
#include "constants.h"
#include "walk.h"

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

#define IN(context) (1u << (context))

/* Where types may be declared. */
#define IN_SCOPES (IN(IN_UNIT) | IN(IN_COMPOSITE) | IN(IN_PROTO) | IN(IN_FUNC) | IN(IN_BLOCK))

/* What entries of a tag are, and the slots of numbers that may be told of them. */
struct role {
	uint8_t role, kind, inner;
	uint16_t contexts;
	uint8_t number, bits;
	uint64_t most;
};

static struct role role_of_type(const struct kbtf_abbrev *abbrev)
{
	uint32_t kind = kbtf_kind_of_tag(abbrev->tag);
	struct role none = { .role = ROLE_NONE };
	struct role type = { ROLE_TYPE, (uint8_t)kind, context_of((uint8_t)kind),
			     IN_SCOPES, SLOT_SIZE,     SLOT_NONE,
			     UINT32_MAX };

	switch (kind) {
	case KBTF_ARRAY:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_FUNC_PROTO:
		return type;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
		return abbrev->has_children ? none : type; /* which are tags */
	default:
		return none;
	}
}

static bool has_slot(const struct kbtf_abbrev_op *op, uint8_t slot)
{
	while (op->code != OP_END && op->slot != slot)
		op++;
	return op->code != OP_END;
}

static struct role role_of(const struct kbtf_abbrev *abbrev, const struct kbtf_abbrev_op *ops)
{
	static const struct role member = { ROLE_MEMBER,      0,	  0,
					    IN(IN_COMPOSITE), SLOT_PLACE, SLOT_NONE,
					    UINT32_MAX / 8 };
	static const struct role bitfield = {
		ROLE_BITFIELD, 0,	  0, IN(IN_COMPOSITE), SLOT_DATA_BIT_OFFSET,
		SLOT_BIT_SIZE, UINT32_MAX
	};
	static const struct role enumerator = { ROLE_ENUMERATOR, 0,	    0,	       IN(IN_ENUM),
						SLOT_CONST,	 SLOT_NONE, UINT64_MAX };
	static const struct role param = {
		ROLE_PARAM, 0, 0, IN(IN_PROTO), SLOT_NONE, SLOT_NONE, 0
	};
	static const struct role dimension = { ROLE_DIMENSION,	 0,	    0,	       IN(IN_ARRAY),
					       SLOT_UPPER_BOUND, SLOT_NONE, UINT64_MAX };
	static const struct role block = { .role = ROLE_BLOCK,
					   .inner = IN_BLOCK,
					   .contexts = IN(IN_FUNC) | IN(IN_BLOCK) };
	static const struct role nothing = { .role = ROLE_NOTHING,
					     .contexts =
						     IN(IN_FUNC) | IN(IN_BLOCK) | IN(IN_NOTHING) };

	switch (abbrev->tag) {
	case DW_TAG_MEMBER:
		return has_slot(ops, SLOT_BIT_SIZE) ? bitfield : member;
	case DW_TAG_ENUMERATOR:
		return enumerator;
	case DW_TAG_FORMAL_PARAMETER:
		return param;
	case DW_TAG_SUBRANGE_TYPE:
		return dimension;
	case DW_TAG_LEXICAL_BLOCK:
		return block;
	case DW_TAG_VARIABLE:
	case DW_TAG_INLINED_SUBROUTINE:
	case DW_TAG_CALL_SITE:
	case DW_TAG_GNU_CALL_SITE:
	case DW_TAG_LABEL:
		return nothing;
	default:
		return role_of_type(abbrev);
	}
}

static bool is_passed_over(const struct kbtf_abbrev_layout *l)
{
	return l->role == ROLE_BLOCK || l->role == ROLE_NOTHING;
}

/* Bytes that an operation always reads; 0 for one of which that is not known. */
static unsigned int size_of(const struct kbtf_abbrev_op *op)
{
	switch (op->code) {
	case OP_NUMBER_1:
		return 1;
	case OP_NUMBER_2:
		return 2;
	case OP_NUMBER_4:
	case OP_STRP_4:
	case OP_REF_4:
		return 4;
	case OP_SKIP:
	case OP_NUMBER:
	case OP_ADDRESS:
	case OP_LIST:
	case OP_STRX:
	case OP_LINE_STRP:
		return op->n;
	default:
		return 0;
	}
}

/* Add a number; false where it is of another form. */
static bool add_number(struct kbtf_laid_number *number, const struct kbtf_abbrev_op *op,
		       const int64_t *consts, uint8_t at)
{
	number->is_there = true;
	if (op->code == OP_NUMBER_CONST) {
		number->value = (uint64_t)consts[op->n];
		return true;
	}
	number->at = at;
	number->shift = (uint8_t)(32 - 8 * size_of(op));
	return op->code == OP_NUMBER_1 || op->code == OP_NUMBER_2 || op->code == OP_NUMBER_4;
}

/* Add what one operation reads of an entry that is passed over; false where that has no place. */
static bool pass_over(struct kbtf_abbrev_layout *l, const struct kbtf_abbrev_op *op,
		      unsigned int size)
{
	if (op->code == OP_NUMBER_CONST)
		return true;
	if (op->slot == SLOT_SIBLING) {
		l->has_sibling = op->code == OP_REF_4;
		l->ref_at = l->size;
	} else if (op->code == OP_BLOCK_LEB || op->code == OP_SKIP_BLOCK_LEB) {
		l->last = OP_SKIP_BLOCK_LEB;
		return true;
	}
	l->size = (uint8_t)(l->size + size);
	return size;
}

/* Add what one operation reads; false where that has no place in a layout. */
static bool add(struct kbtf_abbrev_layout *l, const struct kbtf_abbrev_op *op,
		const int64_t *consts, bool is_first, const struct role *role)
{
	unsigned int size = size_of(op);
	uint8_t at = l->size;

	if (l->last != OP_END || size > MOST_LAID_OUT - l->size)
		return false;
	if (is_passed_over(l))
		return pass_over(l, op, size);
	l->size = (uint8_t)(l->size + size);
	if (op->code == OP_SKIP || (op->slot == SLOT_SIBLING && op->code == OP_REF_4))
		return true;
	if (op->slot == SLOT_DECLARATION && op->code == OP_NUMBER_CONST && consts[op->n]) {
		l->has_declaration = true;
		return true;
	}
	if (op->slot == SLOT_NAME) {
		l->has_name_inside = is_first && op->code == OP_STRING;
		l->name_at = at;
		l->name_mask = l->has_name_inside ? 0 : UINT32_MAX;
		return l->has_name_inside || op->code == OP_STRP_4;
	}
	if (op->slot == SLOT_TYPE) {
		l->ref_at = at;
		l->ref_mask = UINT32_MAX;
		return op->code == OP_REF_4;
	}
	if (op->slot == SLOT_NONE || (op->slot != role->number && op->slot != role->bits))
		return false;
	if (op->code == OP_NUMBER_LEB || op->code == OP_NUMBER_SLEB) {
		l->number.is_there = true;
		l->last = op->code;
		return op->slot == role->number;
	}
	return add_number(op->slot == role->bits ? &l->bits : &l->number, op, consts, at);
}

static bool lay_out(struct kbtf_abbrev_layout *l, const struct kbtf_abbrev *abbrev,
		    const struct role *role, const struct kbtf_abbrev_op *ops,
		    const int64_t *consts)
{
	const struct kbtf_abbrev_op *op;

	for (op = ops; op->code != OP_END; op++)
		if (!add(l, op, consts, op == ops, role))
			return false;
	if (l->has_declaration && l->role != ROLE_TYPE)
		return false;
	if (l->role == ROLE_BITFIELD)
		return l->number.is_there && l->bits.is_there && l->bits.shift >= 24 &&
		       l->bits.value <= UINT8_MAX;
	/* Of these, children would have something to say. */
	return !abbrev->has_children || l->role == ROLE_TYPE || l->role == ROLE_BLOCK ||
	       (l->role == ROLE_NOTHING && l->has_sibling);
}

void kbtf_abbrev_lay_out(struct kbtf_abbrev *abbrev, const struct kbtf_abbrev_op *ops,
			 const int64_t *consts)
{
	const struct role role = role_of(abbrev, ops);
	struct kbtf_abbrev_layout l = {
		.role = role.role,
		.contexts = role.contexts,
		.inner = role.inner,
		.has_children = abbrev->has_children,
		.kind = role.kind,
		.last = OP_END,
		.number = { .shift = 32 },
		.bits = { .shift = 32 },
		.most = role.most,
	};

	abbrev->layout.contexts = 0;
	if (l.role != ROLE_NONE && lay_out(&l, abbrev, &role, ops, consts))
		abbrev->layout = l;
}
