/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_ABBREV_H
#define KBTF_DWARF_ABBREV_H

#include <kbtf/diag.h>

#include "source.h"

/*
 * Abbreviations, each compiled into a program that reads what BTF needs of an entry into
 * slots and steps over the rest. Steps of known length that follow each other are one.
 */

/* What is kept of an entry. */
enum kbtf_slot {
	SLOT_NAME,
	SLOT_TYPE,
	SLOT_SIZE, /* bytes */
	SLOT_BIT_SIZE,
	SLOT_BIT_OFFSET,      /* as DWARF 2 and 3 count it */
	SLOT_DATA_BIT_OFFSET, /* as later ones do */
	SLOT_PLACE,	      /* DW_AT_data_member_location or DW_AT_location */
	SLOT_CONST,
	SLOT_ENCODING,
	SLOT_UPPER_BOUND,
	SLOT_COUNT,
	SLOT_DECLARATION,
	SLOT_SIBLING,
	SLOT_ORIGIN, /* DW_AT_abstract_origin or DW_AT_specification */
	SLOT_SPECIFICATION,
	SLOT_SIGNATURE, /* of the type unit that has the definition */
	SLOT_EXTERNAL,
	SLOT_LOW_PC,
	SLOT_INLINE,
	SLOT_ARTIFICIAL,
	SLOT_CALLING,
	SLOT_ANNOTATION, /* the first of its tags, or the next one */
	/* of units */
	SLOT_LANGUAGE,
	SLOT_PRODUCER,
	SLOT_STR_OFFSETS,
	SLOT_ADDR,
	SLOT_LOCLISTS,
	SLOT_DWO,
	NR_SLOTS,
	SLOT_NONE = 0xff,
};

/* What a slot holds. */
enum kbtf_value_sort {
	VALUE_NUMBER,
	VALUE_NAME,    /* a name's key; see source.h */
	VALUE_REF,     /* offset of an entry from the start of its unit */
	VALUE_FAR_REF, /* offset of an entry from the start of .debug_info */
	VALUE_SIG,     /* signature of a type unit */
	VALUE_BLOCK,   /* bytes: an expression */
	VALUE_LIST,    /* offset in .debug_loclists or .debug_loc */
	VALUE_LIST_INDEX,
	VALUE_ADDR,
	VALUE_ADDR_INDEX,
};

struct kbtf_value {
	uint64_t n;
	const uint8_t *block; /* n bytes */
	uint8_t sort;
};

struct kbtf_die {
	uint32_t present;  /* bits of slots */
	uint64_t bad_form; /* that came with a value, and nobody knows; at->at is then NULL */
	struct kbtf_value v[NR_SLOTS];
};

static inline bool kbtf_die_has(const struct kbtf_die *die, enum kbtf_slot slot)
{
	return die->present & UINT32_C(1) << slot;
}

/* The number in a slot; 0 where it holds none. */
static inline uint64_t kbtf_die_number(const struct kbtf_die *die, enum kbtf_slot slot)
{
	return kbtf_die_has(die, slot) && die->v[slot].sort == VALUE_NUMBER ? die->v[slot].n : 0;
}

struct kbtf_abbrev_op {
	uint8_t code;
	uint8_t slot;
	uint16_t n;
};

/*
 * Nine tenths of all entries are members, parameters of prototypes, enumerators and types of which
 * BTF needs a name, a type and a number, or are of no use to it. What is needed is at the same
 * place in all entries of an abbreviation: those are read without its program.
 *
 *   code | name? | ........ name ...... type ...... number
 *                  0        name_at     ref_at      number.at     size
 */
enum kbtf_role {
	ROLE_NONE, /* it takes the program */
	ROLE_MEMBER,
	ROLE_BITFIELD,
	ROLE_ENUMERATOR,
	ROLE_PARAM, /* of a prototype */
	ROLE_DIMENSION,
	ROLE_TYPE,
	ROLE_BLOCK, /* it may have types inside */
	ROLE_NOTHING,
};

struct kbtf_laid_number {
	uint64_t value; /* where the abbreviation has it; else 0 */
	uint8_t at;
	uint8_t shift; /* 32 less its bits: 32 for one that the entries do not have */
	bool is_there; /* in either of them */
};

struct kbtf_abbrev_layout {
	uint8_t role;	      /* enum kbtf_role */
	uint16_t contexts;    /* bits of enum context: where entries have this role */
	uint8_t inner;	      /* enum context, of their children */
	bool has_children;    /* which are met, if there is no sibling */
	bool has_sibling;     /* at ref_at: where children are not met */
	uint8_t kind;	      /* of a type, as in struct kbtf_type_entry */
	bool has_declaration; /* which says that it is one */
	bool has_name_inside; /* it begins with its name, as a string; places count from there */
	uint8_t name_at;
	uint8_t ref_at;
	uint8_t size;	    /* bytes in all, without what is of variable length, which is last */
	uint8_t last;	    /* operation that this takes; OP_END: there is none */
	uint32_t name_mask; /* 0: it has no name; else all ones */
	uint32_t ref_mask;
	struct kbtf_laid_number number; /* what slot it is the role tells */
	struct kbtf_laid_number bits;	/* of a bitfield */
	uint64_t most;			/* that the number may be */
};

/* The most that a layout's size can be. */
#define MOST_LAID_OUT 48u

struct kbtf_abbrev {
	uint32_t code; /* 0: there is none of this number */
	uint16_t tag;
	bool has_children;
	bool has_sibling; /* SLOT_SIBLING is filled */
	uint32_t first_op;
	uint32_t most_bytes; /* that its program can read; 0: more, or not known */
	struct kbtf_abbrev_layout layout;
};

struct kbtf_abbrevs {
	uint64_t offset; /* in .debug_abbrev, of the table that is loaded */
	bool loaded;
	bool is_dwarf64;
	unsigned int version, address_size;
	struct kbtf_abbrev *dense; /* by code, of codes below nr_dense */
	uint32_t nr_dense, room_dense;
	struct kbtf_abbrev *sparse; /* others, by ascending code where they came so */
	uint32_t nr_sparse, room_sparse;
	struct kbtf_abbrev_op *ops;
	uint32_t nr_ops, room_ops;
	int64_t *consts;
	uint32_t nr_consts, room_consts;
	bool has_far_refs; /* some entry may refer to another unit */
};

struct kbtf_unit;

/* Load the table of a unit, unless it is loaded. -EINVAL, -EOPNOTSUPP, -ENOMEM. */
int kbtf_abbrevs_load(struct kbtf_abbrevs *abbrevs, const struct kbtf_dwarf_source *src,
		      const struct kbtf_unit *unit, struct kbtf_diag *reterr);
void kbtf_abbrevs_deinit(struct kbtf_abbrevs *abbrevs);

const struct kbtf_abbrev *kbtf_abbrevs_find_sparse(const struct kbtf_abbrevs *abbrevs,
						   uint64_t code);

/* NULL where there is none. */
static inline const struct kbtf_abbrev *kbtf_abbrevs_find(const struct kbtf_abbrevs *abbrevs,
							  uint64_t code)
{
	if (__builtin_expect(code < abbrevs->nr_dense, 1))
		return abbrevs->dense[code].code ? &abbrevs->dense[code] : NULL;
	return kbtf_abbrevs_find_sparse(abbrevs, code);
}

/* The kind of type that a tag stands for; NOT_A_TYPE where it is none. */
#define NOT_A_TYPE UINT32_MAX
uint32_t kbtf_kind_of_tag(unsigned int tag);

/* What to do for a form that is only told with the value (DW_FORM_indirect); code is OP_END for one
 * that nobody knows. */
struct kbtf_abbrev_op kbtf_abbrev_op_of_form(const struct kbtf_abbrevs *abbrevs,
					     const struct kbtf_abbrev *abbrev, uint8_t slot,
					     uint64_t form);

/* layout.c: find out whether an abbreviation has a layout, once its program is there. */
void kbtf_abbrev_lay_out(struct kbtf_abbrev *abbrev, const struct kbtf_abbrev_op *ops,
			 const int64_t *consts);

/* die.c: run an abbreviation's program. at->at is NULL where it runs beyond the end. */
void kbtf_die_read(struct kbtf_names_ctx *names, const struct kbtf_abbrevs *abbrevs,
		   const struct kbtf_abbrev *abbrev, const struct kbtf_unit *unit,
		   struct kbtf_cursor *at, struct kbtf_die *ret);

/* Operations; those from OP_NUMBER_1 on fill a slot. */
enum {
	OP_END,
	OP_SKIP, /* n bytes */
	OP_SKIP_LEB,
	OP_SKIP_STRING,
	OP_SKIP_BLOCK_1,
	OP_SKIP_BLOCK_2,
	OP_SKIP_BLOCK_4,
	OP_SKIP_BLOCK_LEB,
	OP_SKIP_INDIRECT,
	OP_NUMBER, /* of n bytes */
	OP_NUMBER_1,
	OP_NUMBER_2,
	OP_NUMBER_4,
	OP_NUMBER_LEB,
	OP_NUMBER_SLEB,
	OP_NUMBER_CONST, /* consts[n] */
	OP_STRP_4,
	OP_STRP_8,
	OP_LINE_STRP, /* of n bytes */
	OP_STRING,
	OP_STRX, /* of n bytes */
	OP_STRX_LEB,
	OP_REF, /* of n bytes */
	OP_REF_4,
	OP_REF_LEB,
	OP_FAR_REF, /* of n bytes */
	OP_SIG,
	OP_BLOCK_1,
	OP_BLOCK_2,
	OP_BLOCK_4,
	OP_BLOCK_LEB,
	OP_LIST, /* of n bytes */
	OP_LIST_LEB,
	OP_ADDRESS, /* of n bytes */
	OP_ADDRX,   /* of n bytes */
	OP_ADDRX_LEB,
	OP_INDIRECT,
	OP_PRESENT, /* only of forms that are told with the value */
};

#endif
