// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A unit in, records of its entries out. Entries are met in the order of the file; what
 * the children of one are taken for is on a stack of frames. Trees that have nothing
 * for BTF are stepped over by DW_AT_sibling where they have one.
 *
 * Functions are looked into for the types that are declared in their blocks.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "constants.h"
#include "fail.h"
#include "walk.h"

#define FAIL(w, err, reason, ...)                                                                  \
	kbtf_fail_unit((w)->reterr, (w)->unit, (w)->here, err, reason, __VA_ARGS__)

static int fail_nomem(struct walk *w)
{
	return kbtf_fail_nomem(w->reterr);
}

/* ---- Places ----------------------------------------------------------- */

/* The place of the type of a type unit. */
static int place_of_signature(struct walk *w, uint64_t signature, uint32_t *ret)
{
	const struct kbtf_signature_place *s;

	if (!w->e->is_large)
		return -EXDEV;
	s = kbtf_signatures_find(w->e->signatures, w->e->nr_signatures, signature);
	if (!s)
		return FAIL(w, -EINVAL, "dwarf-type-units",
			    "it refers to the type unit of signature 0x%016" PRIx64
			    ", which is not there",
			    signature);
	*ret = (uint32_t)(s->offset - w->e->start);
	return 0;
}

/* The place that a slot refers to; 0 where it does not, or to where no entry can be. */
static int place_of(struct walk *w, enum kbtf_slot slot, uint32_t *ret)
{
	const struct kbtf_value *v = &w->die.v[slot];
	uint64_t place;

	*ret = 0;
	if (!kbtf_die_has(&w->die, slot))
		return 0;
	if (v->sort == VALUE_REF) {
		if (v->n < w->unit->header_size || v->n >= w->unit->size)
			return FAIL(w, -EINVAL, "dwarf-reference",
				    "it refers to 0x%" PRIx64
				    " in its unit, which has entries from 0x%x to 0x%" PRIx64,
				    v->n, w->unit->header_size, w->unit->size);
		*ret = w->base + (uint32_t)v->n;
		return 0;
	}
	if (v->sort == VALUE_SIG)
		return place_of_signature(w, v->n, ret);
	if (v->sort != VALUE_FAR_REF)
		return FAIL(w, -EINVAL, "dwarf-reference", "its reference has no form of one");
	place = v->n - w->e->start;
	if ((v->n < w->e->start || place >= w->e->size) && v->n < w->unit->src->info.size &&
	    !w->e->is_large)
		return -EXDEV;
	if (v->n < w->e->start || place >= w->e->size)
		return FAIL(w, -EINVAL, "dwarf-reference",
			    "it refers to .debug_info+0x%" PRIx64 ", which ends at 0x%" PRIx64,
			    v->n, w->unit->src->info.size);
	*ret = (uint32_t)place;
	return 0;
}

/* A number that has to fit. */
static int number_of(struct walk *w, enum kbtf_slot slot, uint64_t most, const char *what,
		     uint32_t *ret)
{
	uint64_t n = kbtf_die_number(&w->die, slot);

	*ret = (uint32_t)n;
	if (n > most)
		return FAIL(w, -EINVAL, "dwarf-number",
			    "its %s is 0x%" PRIx64 ", more than 0x%" PRIx64, what, n, most);
	return 0;
}

static uint32_t name_of(const struct walk *w)
{
	return name_in(w, SLOT_NAME);
}

/* An address; of relocatable files, in its section. */
static bool address_of(const struct walk *w, enum kbtf_slot slot, uint64_t *ret)
{
	const struct kbtf_value *v = &w->die.v[slot];
	struct kbtf_cursor c;

	if (!kbtf_die_has(&w->die, slot))
		return false;
	if (v->sort == VALUE_ADDR) {
		*ret = v->n;
		return true;
	}
	if (v->sort != VALUE_ADDR_INDEX)
		return false;
	c = kbtf_cursor_of(w->unit->src, &w->unit->src->addr);
	kbtf_cur_skip(&c, w->unit->addr_base);
	if (v->n >= kbtf_cur_left(&c) / w->unit->address_size)
		return false;
	kbtf_cur_skip(&c, v->n * w->unit->address_size);
	*ret = kbtf_cur_uint(&c, w->unit->address_size);
	return c.at;
}

/* The address that an expression of one operation is; false where it is none. */
static bool address_in_expression(const struct walk *w, uint64_t *ret)
{
	const struct kbtf_value *v = &w->die.v[SLOT_PLACE];
	struct kbtf_cursor c;
	uint8_t op;

	if (!kbtf_die_has(&w->die, SLOT_PLACE) || v->sort != VALUE_BLOCK || !v->n)
		return false;
	c = (struct kbtf_cursor){ v->block, v->block + v->n, w->unit->src->swapped };
	op = kbtf_cur_u8(&c);
	if (op == DW_OP_ADDR) {
		*ret = kbtf_cur_uint(&c, w->unit->address_size);
	} else if (op == DW_OP_ADDRX || op == DW_OP_GNU_ADDR_INDEX) {
		struct walk other = *w;

		other.die.present = UINT32_C(1) << SLOT_LOW_PC;
		other.die.v[SLOT_LOW_PC] =
			(struct kbtf_value){ .n = kbtf_cur_uleb(&c), .sort = VALUE_ADDR_INDEX };
		if (!address_of(&other, SLOT_LOW_PC, ret))
			return false;
	} else {
		return false;
	}
	if (kbtf_cur_left(&c) && kbtf_cur_u8(&c) == DW_OP_PLUS_UCONST)
		*ret += kbtf_cur_uleb(&c);
	return c.at;
}

/* ---- Tags in the source ----------------------------------------------- */

/* What an entry refers to, if it does, are tags of this owner. */
static int note_tags(struct walk *w, enum kbtf_entry_sort sort, uint32_t owner, uint32_t component)
{
	struct kbtf_tag_chain chain = { .owner = owner, .component = component, .sort = sort };
	int err;

	if (!kbtf_die_has(&w->die, SLOT_ANNOTATION))
		return 0;
	err = place_of(w, SLOT_ANNOTATION, &chain.first);
	return err ? err : kbtf_walk_tag_chain(w, &chain);
}

static int note_link(struct walk *w)
{
	uint32_t next;
	int err = place_of(w, SLOT_ANNOTATION, &next);

	return err ? err : kbtf_walk_tag_link(w, next);
}

static bool is_annotation(const struct kbtf_abbrev *abbrev)
{
	return abbrev->tag == DW_TAG_LLVM_ANNOTATION || abbrev->tag == DW_TAG_GNU_ANNOTATION;
}

/* An annotation inside of what it is for; others may refer to that of gcc, too. */
static int meet_annotation(struct walk *w, const struct kbtf_abbrev *abbrev,
			   enum kbtf_entry_sort sort, uint32_t owner, uint32_t component)
{
	int err = abbrev->tag == DW_TAG_GNU_ANNOTATION ? note_link(w) : 0;

	return err ? err : kbtf_walk_tag(w, sort, owner, component);
}

/* ---- Types ------------------------------------------------------------ */

static int add_type(struct walk *w, uint8_t kind, uint32_t *ret)
{
	uint32_t number = kbtf_nr_entry_types(w->e), size, encoding, ref;
	struct kbtf_type_entry *t;
	int err;

	err = place_of(w, SLOT_TYPE, &ref);
	if (!err)
		err = number_of(w, SLOT_SIZE, UINT32_MAX, "size in bytes", &size);
	if (!err)
		err = number_of(w, SLOT_ENCODING, UINT8_MAX, "encoding", &encoding);
	if (err)
		return err;
	t = kbtf_buf_extend(&w->e->types, sizeof(*t));
	if (!t)
		return fail_nomem(w);
	*t = (struct kbtf_type_entry){
		.place = w->base + w->here,
		.name = name_of(w),
		.ref = ref,
		.size = kind == KBTF_ARRAY ? 1 : size,
		.first = kbtf_nr_entry_elems(w->e),
		.kind = kind,
		.encoding = (uint8_t)encoding,
	};
	if (kbtf_die_number(&w->die, SLOT_DECLARATION))
		t->flags |= TYPE_IS_DECLARED;
	note_place(w, ENTRY_TYPE, number);
	*ret = number;
	return note_tags(w, ENTRY_TYPE, number, NO_COMPONENT);
}

static struct kbtf_elem_entry *add_elem(struct walk *w, uint32_t owner, uint32_t name)
{
	struct kbtf_elem_entry *elem = kbtf_buf_extend(&w->e->elems, sizeof(*elem));

	if (!elem || own_elems(w->e, owner, 1))
		return NULL;
	*elem = (struct kbtf_elem_entry){ .name = name };
	return elem;
}

/* Bytes from the start of the struct, by the one expression that there is for it. */
static int member_bytes(struct walk *w, uint64_t *ret)
{
	const struct kbtf_value *v = &w->die.v[SLOT_PLACE];
	struct kbtf_cursor c;
	uint8_t op;

	*ret = 0;
	if (!kbtf_die_has(&w->die, SLOT_PLACE))
		return 0;
	*ret = v->n;
	if (v->sort == VALUE_NUMBER)
		return 0;
	if (v->sort != VALUE_BLOCK)
		return FAIL(w, -EINVAL, "dwarf-member", "its place in the struct is no number");
	c = (struct kbtf_cursor){ v->block, v->block + v->n, w->unit->src->swapped };
	op = kbtf_cur_u8(&c);
	*ret = kbtf_cur_uleb(&c);
	if (!c.at || (op != DW_OP_PLUS_UCONST && op != DW_OP_CONSTU))
		return FAIL(w, -EINVAL, "dwarf-member",
			    "its place in the struct is an expression that begins with 0x%x", op);
	return 0;
}

static int add_member(struct walk *w, uint32_t owner)
{
	struct kbtf_elem_entry *m;
	uint64_t bytes, bits;
	uint32_t ref, nr_bits, size;
	int err;

	err = place_of(w, SLOT_TYPE, &ref);
	if (!err)
		err = member_bytes(w, &bytes);
	if (!err)
		err = number_of(w, SLOT_BIT_SIZE, UINT8_MAX, "size in bits", &nr_bits);
	if (!err)
		err = number_of(w, SLOT_SIZE, UINT32_MAX, "size in bytes", &size);
	if (err)
		return err;
	bits = kbtf_die_has(&w->die, SLOT_DATA_BIT_OFFSET)
		       ? kbtf_die_number(&w->die, SLOT_DATA_BIT_OFFSET)
		       : bytes * 8;
	if (bytes > UINT32_MAX / 8 || bits > UINT32_MAX)
		return FAIL(w, -EINVAL, "dwarf-member",
			    "it is 0x%" PRIx64 " bytes from the start of its struct", bytes);
	m = add_elem(w, owner, name_of(w));
	if (!m)
		return fail_nomem(w);
	m->ref = ref;
	m->bit_offset = (uint32_t)bits;
	m->bits = (uint8_t)nr_bits;
	if (nr_bits && !kbtf_die_has(&w->die, SLOT_DATA_BIT_OFFSET)) {
		m->is_old = true;
		m->old_size = size < 128 ? (uint8_t)size & 0x7f : 0;
		m->old_offset = (int16_t)kbtf_die_number(&w->die, SLOT_BIT_OFFSET);
	}
	return note_tags(w, ENTRY_TYPE, owner, kbtf_entry_types(w->e)[owner].nr - 1);
}

static int add_enumerator(struct walk *w, uint32_t owner)
{
	struct kbtf_elem_entry *elem = add_elem(w, owner, name_of(w));

	if (!elem)
		return fail_nomem(w);
	elem->value = kbtf_die_number(&w->die, SLOT_CONST);
	return 0;
}

static int add_proto_param(struct walk *w, uint32_t owner)
{
	struct kbtf_elem_entry *elem;
	uint32_t ref;
	int err;

	err = place_of(w, SLOT_TYPE, &ref);
	if (err)
		return err;
	elem = add_elem(w, owner, name_of(w));
	if (!elem)
		return fail_nomem(w);
	elem->ref = ref;
	return 0;
}

/* Dimensions are multiplied: BTF as kernels have it has one. */
static void add_dimension(struct walk *w, uint32_t owner)
{
	struct kbtf_type_entry *t = &kbtf_entry_types(w->e)[owner];
	uint32_t nr = 0;

	if (kbtf_die_has(&w->die, SLOT_UPPER_BOUND)) {
		if (w->die.v[SLOT_UPPER_BOUND].sort == VALUE_NUMBER)
			nr = (uint32_t)w->die.v[SLOT_UPPER_BOUND].n + 1;
	} else {
		nr = (uint32_t)kbtf_die_number(&w->die, SLOT_COUNT);
	}
	t->size *= nr;
	t->flags |= TYPE_IS_DIMENSIONED;
}

/* ---- Functions and variables ------------------------------------------ */

static int add_func(struct walk *w, uint32_t *ret)
{
	struct kbtf_func_entry *f, made = { .place = w->base + w->here, .name = name_of(w) };
	int err;

	err = place_of(w, SLOT_TYPE, &made.ref);
	if (!err)
		err = place_of(w, SLOT_ORIGIN, &made.origin);
	if (!err)
		err = place_of(w, SLOT_SPECIFICATION, &made.specification);
	if (err)
		return err;
	made.first = kbtf_nr_entry_params(w->e);
	made.unit = kbtf_nr_entry_units(w->e) - 1;
	if (kbtf_die_has(&w->die, SLOT_DECLARATION))
		made.flags |= FUNC_IS_DECLARED;
	if (kbtf_die_has(&w->die, SLOT_TYPE))
		made.flags |= FUNC_HAS_TYPE;
	if (kbtf_die_number(&w->die, SLOT_INLINE))
		made.flags |= FUNC_IS_INLINED;
	if (kbtf_die_number(&w->die, SLOT_CALLING) == DW_CC_NOCALL)
		made.flags |= FUNC_IS_NOCALL;
	if (w->unit->is_clang)
		made.flags |= FUNC_IS_CLANG;
	if (address_of(w, SLOT_LOW_PC, &made.addr))
		made.flags |= FUNC_HAS_ADDR;
	f = kbtf_buf_extend(&w->e->funcs, sizeof(*f));
	if (!f)
		return fail_nomem(w);
	*f = made;
	*ret = kbtf_nr_entry_funcs(w->e) - 1;
	note_place(w, ENTRY_FUNC, *ret);
	return note_tags(w, ENTRY_FUNC, *ret, NO_COMPONENT);
}

static int add_param(struct walk *w, uint32_t owner)
{
	struct kbtf_param_entry *p, made = { .place = w->base + w->here, .name = name_of(w) };
	struct kbtf_func_entry *f;
	int err;

	err = place_of(w, SLOT_TYPE, &made.ref);
	if (!err)
		err = place_of(w, SLOT_ORIGIN, &made.origin);
	if (err)
		return err;
	if (kbtf_die_has(&w->die, SLOT_PLACE)) {
		made.flags |= PARAM_HAS_PLACE;
		made.location = w->die.v[SLOT_PLACE];
	}
	if (kbtf_die_has(&w->die, SLOT_CONST))
		made.flags |= PARAM_HAS_CONST;
	f = &kbtf_entry_funcs(w->e)[owner];
	if (f->first + f->nr != kbtf_nr_entry_params(w->e)) {
		if (f->nr)
			return FAIL(w, -EINVAL, "dwarf-parameter",
				    "a parameter comes after a function inside its function");
		f->first = kbtf_nr_entry_params(w->e);
	}
	made.index = f->nr++;
	p = kbtf_buf_extend(&w->e->params, sizeof(*p));
	if (!p)
		return fail_nomem(w);
	*p = made;
	note_place(w, ENTRY_PARAM, kbtf_nr_entry_params(w->e) - 1);
	return note_tags(w, ENTRY_FUNC, owner, made.index);
}

static int add_var(struct walk *w)
{
	struct kbtf_var_entry *v, made = { .place = w->base + w->here, .name = name_of(w) };
	int err;

	err = place_of(w, SLOT_TYPE, &made.ref);
	if (!err)
		err = place_of(w, SLOT_SPECIFICATION, &made.specification);
	if (err)
		return err;
	if (kbtf_die_has(&w->die, SLOT_EXTERNAL))
		made.flags |= VAR_IS_EXTERNAL;
	if (kbtf_die_has(&w->die, SLOT_DECLARATION))
		made.flags |= VAR_IS_DECLARED;
	if (kbtf_die_has(&w->die, SLOT_ARTIFICIAL))
		made.flags |= VAR_IS_ARTIFICIAL;
	if (address_in_expression(w, &made.addr))
		made.flags |= VAR_HAS_ADDR;
	v = kbtf_buf_extend(&w->e->vars, sizeof(*v));
	if (!v)
		return fail_nomem(w);
	*v = made;
	note_place(w, ENTRY_VAR, kbtf_nr_entry_vars(w->e) - 1);
	return note_tags(w, ENTRY_VAR, kbtf_nr_entry_vars(w->e) - 1, NO_COMPONENT);
}

/* ---- The walk --------------------------------------------------------- */

int kbtf_walk_push(struct walk *w, enum context context, uint32_t record)
{
	const struct frame frame = { (uint8_t)context, record };

	if (w->e->frames.size >= MOST_FRAMES * sizeof(frame))
		return FAIL(w, -EINVAL, "dwarf-deep", "entries are more than %u deep", MOST_FRAMES);
	if (kbtf_buf_append(&w->e->frames, &frame, sizeof(frame)))
		return fail_nomem(w);
	return 0;
}

/* Leave out an entry's children. */
static int skip_children(struct walk *w, const struct kbtf_abbrev *abbrev)
{
	const struct kbtf_value *v = &w->die.v[SLOT_SIBLING];

	if (!abbrev->has_children)
		return 0;
	if (!kbtf_die_has(&w->die, SLOT_SIBLING) || v->sort != VALUE_REF)
		return kbtf_walk_push(w, IN_NOTHING, 0);
	if (v->n < (uint64_t)(w->c.at - w->start) || v->n > w->unit->size)
		return FAIL(w, -EINVAL, "dwarf-sibling",
			    "its sibling is at 0x%" PRIx64
			    " of its unit, which is not behind it and in the unit",
			    v->n);
	w->c.at = w->start + v->n;
	return 0;
}

/* A declaration of what a type unit defines, and types of its own that are declared in it. */
static int meet_declared_elsewhere(struct walk *w, const struct kbtf_abbrev *abbrev)
{
	uint32_t number, place;
	int err;

	err = place_of(w, SLOT_SIGNATURE, &place);
	if (!err)
		err = add_type(w, TYPE_SAME, &number);
	if (err)
		return err;
	kbtf_entry_types(w->e)[number].ref = place;
	return abbrev->has_children ? kbtf_walk_push(w, IN_BLOCK, 0) : 0;
}

static int meet_type(struct walk *w, const struct kbtf_abbrev *abbrev, uint8_t kind)
{
	enum context context = context_of(kind);
	uint32_t number = 0;
	int err;

	if (kbtf_die_has(&w->die, SLOT_SIGNATURE))
		return meet_declared_elsewhere(w, abbrev);
	err = add_type(w, kind, &number);
	if (err || !abbrev->has_children)
		return err;
	return context == IN_NOTHING ? skip_children(w, abbrev)
				     : kbtf_walk_push(w, context, number);
}

/* The children of something that may have tags: err is that of itself. */
static int meet_tagged(struct walk *w, const struct kbtf_abbrev *abbrev, enum context context,
		       uint32_t record, int err)
{
	if (err || !abbrev->has_children)
		return err;
	return kbtf_walk_push(w, context, record);
}

/* An entry of a unit, a block or a struct, which may be a type or a function. */
static int meet_declaration(struct walk *w, const struct kbtf_abbrev *abbrev,
			    const struct frame *in)
{
	uint32_t kind = kbtf_kind_of_tag(abbrev->tag), number = 0;
	int err;

	if (kind != NOT_A_TYPE)
		return meet_type(w, abbrev, (uint8_t)kind);
	switch (abbrev->tag) {
	case DW_TAG_SUBPROGRAM:
		err = add_func(w, &number);
		if (err || !abbrev->has_children)
			return err;
		return kbtf_die_has(&w->die, SLOT_DECLARATION) ? skip_children(w, abbrev)
							       : kbtf_walk_push(w, IN_FUNC, number);
	case DW_TAG_VARIABLE:
		if (in->context != IN_UNIT)
			return skip_children(w, abbrev);
		err = add_var(w);
		return meet_tagged(w, abbrev, IN_VAR, kbtf_nr_entry_vars(w->e) - 1, err);
	case DW_TAG_GNU_ANNOTATION:
		err = note_link(w);
		return err ? err : skip_children(w, abbrev);
	case DW_TAG_LEXICAL_BLOCK:
	case DW_TAG_NAMESPACE:
		return abbrev->has_children ? kbtf_walk_push(w, IN_BLOCK, in->record) : 0;
	default:
		return skip_children(w, abbrev);
	}
}

static int meet(struct walk *w, const struct kbtf_abbrev *abbrev)
{
	const struct frame in = *top(w);
	int err = 0;

	switch (in.context) {
	case IN_COMPOSITE:
		if (abbrev->tag == DW_TAG_MEMBER)
			return meet_tagged(w, abbrev, IN_MEMBER, in.record,
					   add_member(w, in.record));
		if (!is_annotation(abbrev))
			return meet_declaration(w, abbrev, &in);
		err = meet_annotation(w, abbrev, ENTRY_TYPE, in.record, NO_COMPONENT);
		break;
	case IN_TAGGED:
		if (is_annotation(abbrev))
			err = meet_annotation(w, abbrev, ENTRY_TYPE, in.record, NO_COMPONENT);
		break;
	case IN_MEMBER:
		if (is_annotation(abbrev))
			err = meet_annotation(w, abbrev, ENTRY_TYPE, in.record,
					      kbtf_entry_types(w->e)[in.record].nr - 1);
		break;
	case IN_PARAM:
		if (is_annotation(abbrev))
			err = meet_annotation(w, abbrev, ENTRY_FUNC, in.record,
					      kbtf_entry_funcs(w->e)[in.record].nr - 1);
		break;
	case IN_VAR:
		if (is_annotation(abbrev))
			err = meet_annotation(w, abbrev, ENTRY_VAR, in.record, NO_COMPONENT);
		break;
	case IN_ENUM:
		if (abbrev->tag == DW_TAG_ENUMERATOR)
			err = add_enumerator(w, in.record);
		break;
	case IN_ARRAY:
		if (abbrev->tag == DW_TAG_SUBRANGE_TYPE)
			add_dimension(w, in.record);
		break;
	case IN_PROTO:
		if (abbrev->tag == DW_TAG_UNSPECIFIED_PARAMETERS)
			kbtf_entry_types(w->e)[in.record].flags |= TYPE_IS_VARIADIC;
		else if (abbrev->tag == DW_TAG_FORMAL_PARAMETER)
			err = add_proto_param(w, in.record);
		else
			return meet_declaration(w, abbrev, &in);
		break;
	case IN_FUNC:
		if (abbrev->tag == DW_TAG_UNSPECIFIED_PARAMETERS)
			kbtf_entry_funcs(w->e)[in.record].flags |= FUNC_IS_VARIADIC;
		else if (abbrev->tag == DW_TAG_FORMAL_PARAMETER)
			return meet_tagged(w, abbrev, IN_PARAM, in.record, add_param(w, in.record));
		else if (is_annotation(abbrev))
			err = meet_annotation(w, abbrev, ENTRY_FUNC, in.record, NO_COMPONENT);
		else
			return meet_declaration(w, abbrev, &in);
		break;
	case IN_NOTHING:
		break;
	default:
		return meet_declaration(w, abbrev, &in);
	}
	return err ? err : skip_children(w, abbrev);
}

static int fail_walk(struct walk *w, uint64_t code)
{
	if (w->names->err == -ENOMEM)
		return fail_nomem(w);
	if (w->names->err == -E2BIG)
		return FAIL(w, -E2BIG, "dwarf-names", "there are more than 2 GiB of names");
	if (w->names->err)
		return FAIL(w, -EINVAL, "dwarf-name", "its name is beyond the end of the strings");
	if (w->die.bad_form)
		return FAIL(w, -EINVAL, "dwarf-form",
			    "it has a value of the form 0x%" PRIx64 ", which nobody knows",
			    w->die.bad_form);
	if (!w->c.at)
		return FAIL(w, -EINVAL, "dwarf-truncated", "it runs beyond the end of its unit");
	return FAIL(w, -EINVAL, "dwarf-abbrev", "its unit has no abbreviation %" PRIu64, code);
}

/* Read one entry; *ret is NULL for the one that ends its siblings. */
static int read_entry(struct walk *w, const struct kbtf_abbrev **ret)
{
	uint64_t code;

	w->here = (uint32_t)(w->c.at - w->start);
	code = kbtf_cur_uleb(&w->c);
	*ret = NULL;
	if (!code)
		return w->c.at ? 0 : fail_walk(w, code);
	*ret = kbtf_abbrevs_find(&w->e->abbrevs, code);
	if (!*ret)
		return fail_walk(w, code);
	kbtf_die_read(w->names, &w->e->abbrevs, *ret, w->unit, &w->c, &w->die);
	w->e->nr_entries++;
	return __builtin_expect(!w->c.at || w->names->err, 0) ? fail_walk(w, code) : 0;
}

static int walk_children(struct walk *w)
{
	const struct kbtf_abbrev *abbrev;
	int err;

	w->e->frames.size = 0;
	err = kbtf_walk_push(w, IN_UNIT, 0);
	while (!err && w->e->frames.size) {
		if (w->c.at == w->c.end && w->e->frames.size == sizeof(struct frame))
			break; /* the last entry need not say that it is that */
		err = kbtf_walk_simple(w);
		if (!err)
			err = read_entry(w, &abbrev);
		if (err)
			break;
		if (abbrev)
			err = meet(w, abbrev);
		else
			w->e->frames.size -= sizeof(struct frame);
	}
	return err;
}

static bool is_wanted_language(uint64_t language)
{
	switch (language) {
	case 0: /* nothing said */
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_C17:
	case DW_LANG_C23:
	case DW_LANG_MIPS_ASSEMBLER:
		return true;
	default:
		return false;
	}
}

static uint64_t base_of(const struct walk *w, enum kbtf_slot slot, uint64_t otherwise)
{
	return kbtf_die_has(&w->die, slot) ? w->die.v[slot].n : otherwise;
}

/*
 * The entry of the unit itself. It is read twice, since what its names are counted from
 * may come after them.
 */
static int read_unit_entry(struct walk *w, struct kbtf_unit *unit, const struct kbtf_abbrev **ret)
{
	const struct kbtf_cursor start = w->c;
	uint64_t after_header = unit->version < 5 ? 0 : unit->is_dwarf64 ? 16 : 8;
	char buf[4];
	int err;

	err = read_entry(w, ret);
	if (err == -EINVAL && w->names->err == -EINVAL)
		err = w->names->err = 0;
	if (err || !*ret)
		return err;
	unit->str_offsets_base = base_of(w, SLOT_STR_OFFSETS, after_header);
	unit->addr_base = base_of(w, SLOT_ADDR, after_header);
	unit->loclists_base = base_of(w, SLOT_LOCLISTS,
				      unit->version < 5	 ? 0
				      : unit->is_dwarf64 ? 20
							 : 12);
	w->c = start;
	err = read_entry(w, ret);
	w->e->nr_entries--;
	if (!err && kbtf_die_has(&w->die, SLOT_DWO))
		return FAIL(w, -EOPNOTSUPP, "dwarf-split",
			    "its types are in another file (-gsplit-dwarf): build without");
	if (!err)
		unit->is_clang =
			strstr(kbtf_name_string(w->names, name_in(w, SLOT_PRODUCER), buf), "clang");
	return err;
}

int kbtf_entries_add(struct kbtf_entries *e, struct kbtf_names_ctx *names,
		     const struct kbtf_unit *unit, struct kbtf_diag *reterr)
{
	struct walk w = { .e = e, .names = names, .reterr = reterr };
	const struct kbtf_abbrev *abbrev;
	struct kbtf_unit *own;
	int err;

	if (kbtf_buf_append(&e->units, unit, sizeof(*unit)))
		return kbtf_fail_nomem(reterr);
	own = &kbtf_entry_units(e)[kbtf_nr_entry_units(e) - 1];
	w.unit = own;
	w.base = (uint32_t)(unit->offset - e->start);
	w.start = unit->bytes;
	w.c = (struct kbtf_cursor){ w.start + unit->header_size, w.start + unit->size,
				    unit->src->swapped };
	err = kbtf_abbrevs_load(&e->abbrevs, unit->src, unit, reterr);
	if (err || w.c.at == w.c.end)
		return err;
	e->has_far_refs |= e->abbrevs.has_far_refs;
	err = read_unit_entry(&w, own, &abbrev);
	if (err || !abbrev || !abbrev->has_children ||
	    !is_wanted_language(kbtf_die_number(&w.die, SLOT_LANGUAGE)))
		return err;
	return walk_children(&w);
}
