// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Tables of abbreviations, compiled: see abbrev.h. Which attributes are kept depends on
 * the tag [slot_of]; how one is read or stepped over, on its form [add_attribute].
 *
 * Source: DWARF 5, 7.5.3 to 7.5.6.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "abbrev.h"
#include "alloc.h"
#include "constants.h"
#include "fail.h"
#include "unit_header.h"

/* Codes beyond are rare enough to be searched for. */
#define MOST_DENSE 4096u

void kbtf_abbrevs_deinit(struct kbtf_abbrevs *a)
{
	free(a->dense);
	free(a->sparse);
	free(a->ops);
	free(a->consts);
	*a = (struct kbtf_abbrevs){ 0 };
}

/* ---- What is kept ----------------------------------------------------- */

/* Slots of attributes: one more than the slot, 0 for what is not kept. */
#define KEPT(slot) ((slot) + 1)

static const uint8_t unit_slots[] = {
	[DW_AT_LANGUAGE] = KEPT(SLOT_LANGUAGE), [DW_AT_NAME] = KEPT(SLOT_NAME),
	[DW_AT_PRODUCER] = KEPT(SLOT_PRODUCER), [DW_AT_STR_OFFSETS_BASE] = KEPT(SLOT_STR_OFFSETS),
	[DW_AT_ADDR_BASE] = KEPT(SLOT_ADDR),	[DW_AT_LOCLISTS_BASE] = KEPT(SLOT_LOCLISTS),
	[DW_AT_DWO_NAME] = KEPT(SLOT_DWO),	[DW_AT_SIBLING] = KEPT(SLOT_SIBLING),
};

static const uint8_t function_slots[] = {
	[DW_AT_SIBLING] = KEPT(SLOT_SIBLING),
	[DW_AT_NAME] = KEPT(SLOT_NAME),
	[DW_AT_TYPE] = KEPT(SLOT_TYPE),
	[DW_AT_DECLARATION] = KEPT(SLOT_DECLARATION),
	[DW_AT_ABSTRACT_ORIGIN] = KEPT(SLOT_ORIGIN),
	[DW_AT_SPECIFICATION] = KEPT(SLOT_SPECIFICATION),
	[DW_AT_EXTERNAL] = KEPT(SLOT_EXTERNAL),
	[DW_AT_LOW_PC] = KEPT(SLOT_LOW_PC),
	[DW_AT_INLINE] = KEPT(SLOT_INLINE),
	[DW_AT_CALLING_CONVENTION] = KEPT(SLOT_CALLING),
	[DW_AT_ARTIFICIAL] = KEPT(SLOT_ARTIFICIAL),
	[DW_AT_LOCATION] = KEPT(SLOT_PLACE),
	[DW_AT_CONST_VALUE] = KEPT(SLOT_CONST),
};

static const uint8_t type_slots[] = {
	[DW_AT_SIBLING] = KEPT(SLOT_SIBLING),
	[DW_AT_NAME] = KEPT(SLOT_NAME),
	[DW_AT_TYPE] = KEPT(SLOT_TYPE),
	[DW_AT_BYTE_SIZE] = KEPT(SLOT_SIZE),
	[DW_AT_BIT_SIZE] = KEPT(SLOT_BIT_SIZE),
	[DW_AT_BIT_OFFSET] = KEPT(SLOT_BIT_OFFSET),
	[DW_AT_DATA_BIT_OFFSET] = KEPT(SLOT_DATA_BIT_OFFSET),
	[DW_AT_DATA_MEMBER_LOCATION] = KEPT(SLOT_PLACE),
	[DW_AT_CONST_VALUE] = KEPT(SLOT_CONST),
	[DW_AT_ENCODING] = KEPT(SLOT_ENCODING),
	[DW_AT_UPPER_BOUND] = KEPT(SLOT_UPPER_BOUND),
	[DW_AT_COUNT] = KEPT(SLOT_COUNT),
	[DW_AT_DECLARATION] = KEPT(SLOT_DECLARATION),
	[DW_AT_SIGNATURE] = KEPT(SLOT_SIGNATURE),
};

static const uint8_t other_slots[] = { [DW_AT_SIBLING] = KEPT(SLOT_SIBLING) };

/* What is kept of entries of a tag. */
struct kept {
	const uint8_t *slots; /* by attribute */
	size_t nr_slots;
	enum kbtf_slot annotation; /* of DW_AT_GNU_annotation */
	enum kbtf_slot dwo;	   /* of DW_AT_GNU_dwo_name */
};

static struct kept kept_of_tag(unsigned int tag)
{
	static const struct kept unit = { unit_slots, sizeof(unit_slots), SLOT_NONE, SLOT_DWO };
	static const struct kept function = { function_slots, sizeof(function_slots),
					      SLOT_ANNOTATION, SLOT_NONE };
	static const struct kept type = { type_slots, sizeof(type_slots), SLOT_ANNOTATION,
					  SLOT_NONE };
	static const struct kept other = { other_slots, sizeof(other_slots), SLOT_NONE, SLOT_NONE };

	switch (tag) {
	case DW_TAG_COMPILE_UNIT:
	case DW_TAG_PARTIAL_UNIT:
	case DW_TAG_TYPE_UNIT:
	case DW_TAG_SKELETON_UNIT:
		return unit;
	case DW_TAG_SUBPROGRAM:
	case DW_TAG_FORMAL_PARAMETER:
	case DW_TAG_VARIABLE:
		return function;
	case DW_TAG_ARRAY_TYPE:
	case DW_TAG_CLASS_TYPE:
	case DW_TAG_ENUMERATION_TYPE:
	case DW_TAG_MEMBER:
	case DW_TAG_POINTER_TYPE:
	case DW_TAG_STRUCTURE_TYPE:
	case DW_TAG_SUBROUTINE_TYPE:
	case DW_TAG_TYPEDEF:
	case DW_TAG_UNION_TYPE:
	case DW_TAG_SUBRANGE_TYPE:
	case DW_TAG_BASE_TYPE:
	case DW_TAG_CONST_TYPE:
	case DW_TAG_ENUMERATOR:
	case DW_TAG_VOLATILE_TYPE:
	case DW_TAG_RESTRICT_TYPE:
	case DW_TAG_ATOMIC_TYPE:
	case DW_TAG_LLVM_ANNOTATION:
	case DW_TAG_GNU_ANNOTATION:
		return type;
	default:
		return other;
	}
}

static inline enum kbtf_slot slot_of(const struct kept *kept, uint64_t at)
{
	if (at < kept->nr_slots)
		return kept->slots[at] ? (enum kbtf_slot)(kept->slots[at] - 1) : SLOT_NONE;
	if (at == DW_AT_GNU_ANNOTATION)
		return kept->annotation;
	return at == DW_AT_GNU_DWO_NAME ? kept->dwo : SLOT_NONE;
}

/* ---- How it is read --------------------------------------------------- */

static int grow(void **p, uint32_t nr, uint32_t *room, size_t size)
{
	uint32_t more = *room ? *room * 2 : 64;
	void *q;

	if (nr < *room)
		return 0;
	q = kbtf_realloc_array(*p, more, size);
	if (!q)
		return -ENOMEM;
	*p = q;
	*room = more;
	return 0;
}

static int add_op(struct kbtf_abbrevs *a, uint8_t code, uint8_t slot, uint16_t n)
{
	struct kbtf_abbrev_op *last = a->nr_ops ? &a->ops[a->nr_ops - 1] : NULL;

	if (code == OP_SKIP && !n)
		return 0;
	if (code == OP_SKIP && last && last->code == OP_SKIP && last->n + n <= UINT16_MAX) {
		last->n = (uint16_t)(last->n + n);
		return 0;
	}
	if (grow((void **)&a->ops, a->nr_ops, &a->room_ops, sizeof(*a->ops)))
		return -ENOMEM;
	a->ops[a->nr_ops++] = (struct kbtf_abbrev_op){ code, slot, n };
	return 0;
}

static int add_const(struct kbtf_abbrevs *a, uint8_t slot, int64_t value)
{
	if (a->nr_consts > UINT16_MAX)
		return -E2BIG;
	if (grow((void **)&a->consts, a->nr_consts, &a->room_consts, sizeof(*a->consts)))
		return -ENOMEM;
	a->consts[a->nr_consts] = value;
	return add_op(a, OP_NUMBER_CONST, slot, (uint16_t)a->nr_consts++);
}

struct form_ops {
	uint8_t keep;
	uint8_t skip;
	uint8_t n; /* bytes; OFFSET, ADDRESS or REF_ADDR as the unit has it */
};

enum { OFFSET = 0xf0, ADDRESS, REF_ADDR };

/* What to do for a form; keep is 0 for one that nobody knows. */
static struct form_ops ops_of_form(uint64_t form)
{
	static const struct form_ops rows[] = {
		[DW_FORM_ADDR] = { OP_ADDRESS, OP_SKIP, ADDRESS },
		[DW_FORM_BLOCK2] = { OP_BLOCK_2, OP_SKIP_BLOCK_2, 0 },
		[DW_FORM_BLOCK4] = { OP_BLOCK_4, OP_SKIP_BLOCK_4, 0 },
		[DW_FORM_DATA2] = { OP_NUMBER, OP_SKIP, 2 },
		[DW_FORM_DATA4] = { OP_NUMBER, OP_SKIP, 4 },
		[DW_FORM_DATA8] = { OP_NUMBER, OP_SKIP, 8 },
		[DW_FORM_STRING] = { OP_STRING, OP_SKIP_STRING, 0 },
		[DW_FORM_BLOCK] = { OP_BLOCK_LEB, OP_SKIP_BLOCK_LEB, 0 },
		[DW_FORM_BLOCK1] = { OP_BLOCK_1, OP_SKIP_BLOCK_1, 0 },
		[DW_FORM_DATA1] = { OP_NUMBER, OP_SKIP, 1 },
		[DW_FORM_FLAG] = { OP_NUMBER, OP_SKIP, 1 },
		[DW_FORM_SDATA] = { OP_NUMBER_SLEB, OP_SKIP_LEB, 0 },
		[DW_FORM_STRP] = { OP_STRP_4, OP_SKIP, OFFSET },
		[DW_FORM_UDATA] = { OP_NUMBER_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_REF_ADDR] = { OP_FAR_REF, OP_SKIP, REF_ADDR },
		[DW_FORM_REF1] = { OP_REF, OP_SKIP, 1 },
		[DW_FORM_REF2] = { OP_REF, OP_SKIP, 2 },
		[DW_FORM_REF4] = { OP_REF_4, OP_SKIP, 4 },
		[DW_FORM_REF8] = { OP_REF, OP_SKIP, 8 },
		[DW_FORM_REF_UDATA] = { OP_REF_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_INDIRECT] = { OP_INDIRECT, OP_SKIP_INDIRECT, 0 },
		[DW_FORM_SEC_OFFSET] = { OP_LIST, OP_SKIP, OFFSET },
		[DW_FORM_EXPRLOC] = { OP_BLOCK_LEB, OP_SKIP_BLOCK_LEB, 0 },
		[DW_FORM_STRX] = { OP_STRX_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_ADDRX] = { OP_ADDRX_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_DATA16] = { OP_SKIP, OP_SKIP, 16 },
		[DW_FORM_LINE_STRP] = { OP_LINE_STRP, OP_SKIP, OFFSET },
		[DW_FORM_REF_SIG8] = { OP_SIG, OP_SKIP, 8 },
		[DW_FORM_LOCLISTX] = { OP_LIST_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_RNGLISTX] = { OP_SKIP_LEB, OP_SKIP_LEB, 0 },
		[DW_FORM_STRX1] = { OP_STRX, OP_SKIP, 1 },
		[DW_FORM_STRX2] = { OP_STRX, OP_SKIP, 2 },
		[DW_FORM_STRX3] = { OP_STRX, OP_SKIP, 3 },
		[DW_FORM_STRX4] = { OP_STRX, OP_SKIP, 4 },
		[DW_FORM_ADDRX1] = { OP_ADDRX, OP_SKIP, 1 },
		[DW_FORM_ADDRX2] = { OP_ADDRX, OP_SKIP, 2 },
		[DW_FORM_ADDRX3] = { OP_ADDRX, OP_SKIP, 3 },
		[DW_FORM_ADDRX4] = { OP_ADDRX, OP_SKIP, 4 },
	};

	if (form == DW_FORM_GNU_ADDR_INDEX)
		form = DW_FORM_ADDRX;
	if (form == DW_FORM_GNU_STR_INDEX)
		form = DW_FORM_STRX;
	if (form >= sizeof(rows) / sizeof(*rows))
		return (struct form_ops){ 0 };
	return rows[form];
}

struct attribute {
	uint64_t at, form;
	int64_t value; /* DW_FORM_implicit_const */
};

static int fail_form(const struct kbtf_abbrevs *a, const struct kbtf_unit *unit, uint64_t code,
		     const struct attribute *attr, struct kbtf_diag *reterr)
{
	bool elsewhere = attr->form == DW_FORM_REF_SUP4 || attr->form == DW_FORM_REF_SUP8 ||
			 attr->form == DW_FORM_STRP_SUP || attr->form == DW_FORM_GNU_REF_ALT ||
			 attr->form == DW_FORM_GNU_STRP_ALT;

	if (elsewhere)
		return kbtf_fail_unit(reterr, unit, 0, -EOPNOTSUPP, "dwarf-supplementary",
				      "abbreviation %" PRIu64
				      " refers to a supplementary file (form 0x%" PRIx64
				      "), such as dwz makes: put the two together again first",
				      code, attr->form);
	return kbtf_fail_unit(reterr, unit, 0, -EINVAL, "dwarf-form",
			      "abbreviation %" PRIu64 " at .debug_abbrev+0x%" PRIx64
			      " gives attribute 0x%" PRIx64 " the form 0x%" PRIx64 ", which %s",
			      code, a->offset, attr->at, attr->form,
			      ops_of_form(attr->form).keep ? "is not that of a name"
							   : "nobody knows");
}

static bool is_name(uint8_t op)
{
	switch (op) {
	case OP_STRP_4:
	case OP_STRP_8:
	case OP_LINE_STRP:
	case OP_STRING:
	case OP_STRX:
	case OP_STRX_LEB:
	case OP_INDIRECT:
		return true;
	default:
		return false;
	}
}

/* The same for units of this version and size, and an attribute of this slot. */
static struct form_ops fit_form(const struct kbtf_abbrevs *a, const struct kbtf_abbrev *abbrev,
				uint8_t slot, uint64_t form, struct form_ops ops)
{
	if (ops.n == OFFSET)
		ops.n = a->is_dwarf64 ? 8 : 4;
	else if (ops.n == ADDRESS)
		ops.n = (uint8_t)a->address_size;
	else if (ops.n == REF_ADDR)
		ops.n = a->version == 2 ? (uint8_t)a->address_size : a->is_dwarf64 ? 8 : 4;
	if (ops.keep == OP_STRP_4 && a->is_dwarf64)
		ops.keep = OP_STRP_8;
	/* Before DWARF 4 numbers of these forms are places in lists, too. */
	if (slot == SLOT_PLACE && a->version < 4 && abbrev->tag != DW_TAG_MEMBER &&
	    (form == DW_FORM_DATA4 || form == DW_FORM_DATA8))
		ops.keep = OP_LIST;
	if (ops.keep == OP_NUMBER && ops.n <= 4)
		ops.keep = ops.n == 1 ? OP_NUMBER_1 : ops.n == 2 ? OP_NUMBER_2 : OP_NUMBER_4;
	return ops;
}

struct kbtf_abbrev_op kbtf_abbrev_op_of_form(const struct kbtf_abbrevs *a,
					     const struct kbtf_abbrev *abbrev, uint8_t slot,
					     uint64_t form)
{
	struct form_ops ops = ops_of_form(form);

	if (!ops.keep || form == DW_FORM_INDIRECT)
		return (struct kbtf_abbrev_op){ OP_END, slot, 0 };
	ops = fit_form(a, abbrev, slot, form, ops);
	return (struct kbtf_abbrev_op){ slot == SLOT_NONE ? ops.skip : ops.keep, slot, ops.n };
}

static int add_attribute(struct kbtf_abbrevs *a, const struct kbtf_unit *unit,
			 struct kbtf_abbrev *abbrev, const struct attribute *attr,
			 const struct kept *kept, struct kbtf_diag *reterr)
{
	enum kbtf_slot slot = slot_of(kept, attr->at);
	struct form_ops ops = ops_of_form(attr->form);
	int err;

	if (attr->form == DW_FORM_REF_ADDR || attr->form == DW_FORM_REF_SIG8)
		a->has_far_refs = true;
	if (attr->form == DW_FORM_IMPLICIT_CONST || attr->form == DW_FORM_FLAG_PRESENT) {
		int64_t value = attr->form == DW_FORM_FLAG_PRESENT ? 1 : attr->value;

		err = slot == SLOT_NONE ? 0 : add_const(a, (uint8_t)slot, value);
	} else {
		if (!ops.keep || (slot == SLOT_NAME && !is_name(ops.keep)))
			return fail_form(a, unit, abbrev->code, attr, reterr);
		ops = fit_form(a, abbrev, slot, attr->form, ops);
		abbrev->has_sibling |= slot == SLOT_SIBLING;
		err = add_op(a, slot == SLOT_NONE ? ops.skip : ops.keep, (uint8_t)slot, ops.n);
	}
	if (err == -E2BIG)
		return kbtf_fail_unit(reterr, unit, 0, -EINVAL, "dwarf-abbrev",
				      "its abbreviations have more than %u constants", UINT16_MAX);
	return err ? kbtf_fail_nomem(reterr) : 0;
}

/*
 * The most bytes that a program can read, where that is few enough for one check to do for
 * all of them, and no operation needs more care.
 */
static uint32_t most_bytes(const struct kbtf_abbrevs *a, const struct kbtf_abbrev *abbrev)
{
	const struct kbtf_abbrev_op *op = &a->ops[abbrev->first_op];
	uint32_t most = 0;

	for (; op->code != OP_END; op++) {
		switch (op->code) {
		case OP_SKIP:
			most += op->n;
			break;
		case OP_SKIP_LEB:
		case OP_NUMBER_LEB:
		case OP_NUMBER_SLEB:
			most += 10;
			break;
		case OP_NUMBER_1:
		case OP_NUMBER_2:
		case OP_NUMBER_4:
		case OP_STRP_4:
		case OP_REF_4:
			most += 4;
			break;
		case OP_NUMBER_CONST:
			break;
		default:
			return 0;
		}
		if (most > 4096)
			return 0;
	}
	return most + 1;
}

/* ---- Tables ----------------------------------------------------------- */

static struct kbtf_abbrev *add_abbrev(struct kbtf_abbrevs *a, uint64_t code)
{
	struct kbtf_abbrev *abbrev;

	if (code < MOST_DENSE) {
		while (code >= a->room_dense)
			if (grow((void **)&a->dense, a->room_dense, &a->room_dense,
				 sizeof(*a->dense)))
				return NULL;
		while (a->nr_dense <= code)
			a->dense[a->nr_dense++] = (struct kbtf_abbrev){ 0 };
		abbrev = &a->dense[code];
	} else {
		if (grow((void **)&a->sparse, a->nr_sparse, &a->room_sparse, sizeof(*a->sparse)))
			return NULL;
		abbrev = &a->sparse[a->nr_sparse++];
	}
	*abbrev = (struct kbtf_abbrev){ .code = (uint32_t)code, .first_op = a->nr_ops };
	return abbrev;
}

const struct kbtf_abbrev *kbtf_abbrevs_find_sparse(const struct kbtf_abbrevs *a, uint64_t code)
{
	uint32_t low = 0, high = a->nr_sparse;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (a->sparse[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return low < a->nr_sparse && a->sparse[low].code == code ? &a->sparse[low] : NULL;
}

static int compare_codes(const void *x, const void *y)
{
	const struct kbtf_abbrev *a = x, *b = y;

	return a->code < b->code ? -1 : a->code > b->code;
}

/* An attribute and its form; false at the end. */
static inline bool read_attribute(struct kbtf_cursor *c, struct attribute *ret)
{
	if (kbtf_cur_left(c) >= 2 && !((c->at[0] | c->at[1]) & 0x80)) {
		ret->at = c->at[0];
		ret->form = c->at[1];
		c->at += 2;
	} else {
		ret->at = kbtf_cur_uleb(c);
		ret->form = kbtf_cur_uleb(c);
	}
	ret->value = ret->form == DW_FORM_IMPLICIT_CONST ? kbtf_cur_sleb(c) : 0;
	return c->at && (ret->at || ret->form);
}

static int load_one(struct kbtf_abbrevs *a, const struct kbtf_unit *unit, struct kbtf_cursor *c,
		    uint64_t code, struct kbtf_diag *reterr)
{
	struct kbtf_abbrev *abbrev;
	struct attribute attr;
	struct kept kept;
	uint64_t tag;
	int err;

	if (code > UINT32_MAX)
		return kbtf_fail_unit(reterr, unit, 0, -EINVAL, "dwarf-abbrev",
				      "abbreviation code %" PRIu64 " is beyond 32 bits", code);
	if (code < a->nr_dense && a->dense[code].code)
		return kbtf_fail_unit(reterr, unit, 0, -EINVAL, "dwarf-abbrev",
				      "abbreviation %" PRIu64 " is there twice", code);
	abbrev = add_abbrev(a, code);
	if (!abbrev)
		return kbtf_fail_nomem(reterr);
	tag = kbtf_cur_uleb(c);
	abbrev->tag = tag <= UINT16_MAX ? (uint16_t)tag : 0;
	abbrev->has_children = kbtf_cur_u8(c);
	kept = kept_of_tag(abbrev->tag);
	while (read_attribute(c, &attr)) {
		err = add_attribute(a, unit, abbrev, &attr, &kept, reterr);
		if (err)
			return err;
	}
	/* The end keeps steps of the next one from joining those of this one. */
	if (add_op(a, OP_END, SLOT_NONE, 0))
		return kbtf_fail_nomem(reterr);
	abbrev->most_bytes = most_bytes(a, abbrev);
	kbtf_abbrev_lay_out(abbrev, &a->ops[abbrev->first_op], a->consts);
	return 0;
}

int kbtf_abbrevs_load(struct kbtf_abbrevs *a, const struct kbtf_dwarf_source *src,
		      const struct kbtf_unit *unit, struct kbtf_diag *reterr)
{
	struct kbtf_cursor c = kbtf_cursor_of(src, &src->abbrev);
	uint64_t code;
	int err;

	if (a->loaded && a->offset == unit->abbrev_offset && a->version == unit->version &&
	    a->is_dwarf64 == unit->is_dwarf64 && a->address_size == unit->address_size)
		return 0;
	a->loaded = a->has_far_refs = false;
	a->offset = unit->abbrev_offset;
	a->version = unit->version;
	a->is_dwarf64 = unit->is_dwarf64;
	a->address_size = unit->address_size;
	a->nr_dense = a->nr_sparse = a->nr_ops = a->nr_consts = 0;
	kbtf_cur_skip(&c, unit->abbrev_offset);
	while ((code = kbtf_cur_uleb(&c))) {
		err = load_one(a, unit, &c, code, reterr);
		if (err)
			return err;
		if (!c.at)
			break;
	}
	if (!c.at)
		return kbtf_fail_unit(reterr, unit, 0, -EINVAL, "dwarf-abbrev",
				      "its abbreviations at .debug_abbrev+0x%" PRIx64
				      " run beyond the end of 0x%" PRIx64 " bytes",
				      a->offset, src->abbrev.size);
	if (a->nr_sparse)
		qsort(a->sparse, a->nr_sparse, sizeof(*a->sparse), compare_codes);
	a->loaded = true;
	return 0;
}
