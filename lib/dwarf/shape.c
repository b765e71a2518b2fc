// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Type entries in, shapes out: what each becomes in BTF, by pahole's rules. Most are found in the
 * pool [known.c]; what is left is made here, in the order of the file, which is that of new
 * numbers.
 *
 * Source: dwarves' btf_encoder.c (btf_encoder__encode_tag and what it calls) and
 * dwarf_loader.c (class_member__cache_byte_size); libbpf's btf.c (btf__add_field,
 * btf__add_enum_value).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "constants.h"
#include "fail.h"
#include "shape.h"

/* Types whose size is asked for are no deeper than what BTF may be. */
#define MOST_LINKS (2 * KBTF_MAX_CHAIN)

/* A tag of a chain has no entry of its own: that of the pointer which leads to it. */
static const struct kbtf_type_entry *with_entry(const struct shaping *s,
						const struct kbtf_type_entry *t)
{
	uint32_t i;

	for (i = 0; t->place >= s->e->size && i < s->nr; i++)
		if (s->types[i].ref == t->place)
			return with_entry(s, &s->types[i]);
	return t;
}

static int fail_type(struct shaping *s, const struct kbtf_type_entry *t, int err,
		     const char *reason, const char *fact)
{
	const struct kbtf_unit *unit;
	char buf[4];

	if (s->find_only)
		return 0; /* it will be made, and fail then */
	t = with_entry(s, t);
	unit = kbtf_entries_unit_at(s->e, t->place);
	return s->err = kbtf_fail_unit(s->reterr, unit, s->e->start + t->place - unit->offset, err,
				       reason, "%s %.100s: %s",
				       t->kind < KBTF_NR_KINDS ? kbtf_kind_name(t->kind) : "type",
				       kbtf_name_string(&s->c->names, t->name, buf), fact);
}

/* ---- Sizes ------------------------------------------------------------ */

uint32_t kbtf_entry_strip(const struct kbtf_entries *e, uint32_t type)
{
	unsigned int links = 0;

	while (type != NO_ENTRY && links++ < MOST_LINKS) {
		const struct kbtf_type_entry *t = &kbtf_entry_types(e)[type];

		switch (t->kind) {
		case KBTF_TYPEDEF:
		case KBTF_CONST:
		case KBTF_VOLATILE:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
		case TYPE_SAME:
			type = kbtf_entry_of_ref(e, t->ref);
			break;
		default:
			return type;
		}
	}
	return NO_ENTRY;
}

uint64_t kbtf_entry_size(const struct kbtf_entries *e, uint32_t type, unsigned int address_size)
{
	uint64_t nr = 1;
	unsigned int links = 0;

	while (links++ < MOST_LINKS) {
		const struct kbtf_type_entry *t;

		type = kbtf_entry_strip(e, type);
		if (type == NO_ENTRY)
			return 0;
		t = &kbtf_entry_types(e)[type];
		switch (t->kind) {
		case KBTF_ARRAY:
			nr *= t->size;
			if (nr > UINT32_MAX)
				return UINT64_MAX;
			type = kbtf_entry_of_ref(e, t->ref);
			continue;
		case KBTF_PTR:
			return nr * (t->size ? t->size : address_size);
		case KBTF_ENUM:
			return nr * (t->size ? t->size : 4);
		default:
			return nr * t->size;
		}
	}
	return 0;
}

/* ---- Records ---------------------------------------------------------- */

static void add_words(struct shaping *s, const uint32_t *words, uint32_t nr)
{
	uint32_t *to = kbtf_buf_extend(&s->c->record, nr * sizeof(*words));

	if (to)
		memcpy(to, words, nr * sizeof(*words));
	else if (!s->err)
		s->err = kbtf_fail_nomem(s->reterr);
}

static void begin(struct shaping *s, uint32_t name, unsigned int kind, uint32_t vlen,
		  unsigned int kflag, uint32_t size_or_type)
{
	const uint32_t words[] = { name, kbtf_info(kind, vlen, kflag), size_or_type };

	s->c->record.size = 0;
	add_words(s, words, 3);
}

static uint32_t finish(struct shaping *s)
{
	const uint32_t *words = (const uint32_t *)s->c->record.data;
	uint32_t nr = (uint32_t)(s->c->record.size / sizeof(*words)), number;

	if (s->err || s->missing)
		return 0;
	if (s->find_only)
		return kbtf_pool_find(&s->c->pool, words, nr);
	number = kbtf_pool_add(&s->c->pool, words, nr);
	if (!number)
		s->err = kbtf_fail_nomem(s->reterr);
	return number;
}

/* The tag of a type that has a name and is of a kind that has tags. */
static uint32_t tag_of(struct shaping *s, const struct kbtf_type_entry *t)
{
	const uint32_t words[] = { t->name, tag_info(t), 0 };
	uint32_t number = kbtf_pool_add(&s->c->pool, words, 3);

	if (!number && !s->err)
		s->err = kbtf_fail_nomem(s->reterr);
	return number;
}

static __attribute__((noinline)) uint32_t new_ref(struct shaping *s,
						  const struct kbtf_type_entry *from, uint32_t i)
{
	const struct kbtf_type_entry *t;

	if (i == NO_ENTRY) {
		fail_type(s, from, -EINVAL, "dwarf-reference",
			  "it refers to an entry that is no type");
		return 0;
	}
	if (s->refs[i].shape)
		return s->refs[i].shape == SHAPE_VOID ? 0 : s->refs[i].shape;
	t = &s->types[i];
	if (has_tag(t))
		return s->refs[i].shape = tag_of(s, t);
	if (t->kind == TYPE_VOID) {
		s->refs[i].shape = s->shapes[i] = SHAPE_VOID;
		return 0;
	}
	s->missing = true;
	if (s->note_missing && kbtf_buf_append(&s->c->stack, &i, sizeof(i)) && !s->err)
		s->err = kbtf_fail_nomem(s->reterr);
	return 0;
}

static inline uint32_t ref_of(struct shaping *s, const struct kbtf_type_entry *from, uint32_t place)
{
	const struct kbtf_type_ref *ref;

	if (!place)
		return 0;
	ref = ref_at(s, place);
	if (__builtin_expect(!ref || !ref->shape, 0))
		return new_ref(s, from, kbtf_entries_find(s->e, ENTRY_TYPE, place));
	return ref->shape == SHAPE_VOID ? 0 : ref->shape;
}

static uint32_t shape_int(struct shaping *s, const struct kbtf_type_entry *t)
{
	uint32_t size = t->size, name = t->name, encoding = 0, word;

	if (t->encoding == DW_ATE_SIGNED || t->encoding == DW_ATE_SIGNED_CHAR) {
		encoding = KBTF_INT_SIGNED;
	} else if (t->encoding == DW_ATE_BOOLEAN) {
		encoding = KBTF_INT_BOOL;
	} else if (s->c->features & KBTF_ENCODE_FLOAT &&
		   (t->encoding == DW_ATE_FLOAT || t->encoding == DW_ATE_COMPLEX_FLOAT ||
		    t->encoding == DW_ATE_IMAGINARY_FLOAT)) {
		begin(s, name, KBTF_FLOAT, 0, 0, size);
		return finish(s);
	}
	/* What compilers make up for their own calculations has odd sizes. */
	if (!size || size & (size - 1) || size > 16) {
		name = kbtf_name_of_string(&s->c->names, "__SANITIZED_FAKE_INT__");
		size = 4;
	}
	begin(s, name, KBTF_INT, 0, 0, size);
	word = encoding << 24 | size * 8;
	add_words(s, &word, 1);
	return finish(s);
}

/* Where a bitfield starts that is told as DWARF 2 and 3 do: from the top of its storage. */
static uint32_t old_bit_offset(struct shaping *s, const struct kbtf_elem_entry *m)
{
	const struct kbtf_dwarf_source *src = s->c->src;
	bool big_endian = src->swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	uint64_t bytes = m->old_size;

	if (!bytes)
		bytes = kbtf_entry_size(s->e, kbtf_entry_of_ref(s->e, m->ref), src->address_size);
	if (big_endian)
		return m->bit_offset + (uint32_t)m->old_offset;
	return m->bit_offset + (uint32_t)bytes * 8 - (uint32_t)m->old_offset - m->bits;
}

static uint32_t shape_composite(struct shaping *s, const struct kbtf_type_entry *t)
{
	const struct kbtf_elem_entry *m = kbtf_entry_elems(s->e) + t->first;
	unsigned int kflag = 0;
	uint32_t i, *words;

	if (t->nr > MOST_ELEMS) {
		fail_type(s, t, -E2BIG, "dwarf-members", "it has more than 16777215 members");
		return 0;
	}
	for (i = 0; i < t->nr; i++)
		kflag |= m[i].bits != 0;
	begin(s, t->name, t->kind, t->nr, kflag, t->size);
	words = kbtf_buf_extend(&s->c->record, (size_t)t->nr * 12);
	if (!words) {
		s->err = kbtf_fail_nomem(s->reterr);
		return 0;
	}
	for (i = 0; i < t->nr; i++, words += 3) {
		uint32_t offset = m[i].is_old ? old_bit_offset(s, &m[i]) : m[i].bit_offset;

		words[0] = m[i].name;
		words[1] = ref_of(s, t, m[i].ref);
		if (kflag && offset > MOST_BIT_OFFSET) {
			fail_type(
				s, t, -EINVAL, "dwarf-member",
				"it has bitfields and members beyond 2 MiB, which BTF cannot say");
			return 0;
		}
		words[2] = offset | (uint32_t)m[i].bits << 24;
	}
	return finish(s);
}

static uint32_t shape_enum(struct shaping *s, const struct kbtf_type_entry *t)
{
	const struct kbtf_elem_entry *m = kbtf_entry_elems(s->e) + t->first;
	uint32_t size = t->size ? t->size : 4, i, own;
	bool wide = size > 4 && s->c->features & KBTF_ENCODE_ENUM64;
	unsigned int kflag = 0;

	if (t->nr > MOST_ELEMS) {
		fail_type(s, t, -E2BIG, "dwarf-members", "it has more than 16777215 values");
		return 0;
	}
	if (wide) {
		own = kbtf_entry_of_ref(s->e, t->ref);
		own = own == NO_ENTRY ? 0 : s->types[own].encoding;
		kflag = own == DW_ATE_SIGNED || own == DW_ATE_SIGNED_CHAR;
	}
	for (i = 0; i < t->nr && !wide && s->c->features & KBTF_ENCODE_ENUM64; i++)
		kflag |= (int64_t)m[i].value < 0;
	begin(s, t->name, wide ? KBTF_ENUM64 : KBTF_ENUM, t->nr, kflag, size);
	for (i = 0; i < t->nr; i++) {
		const uint32_t words[] = { m[i].name, (uint32_t)m[i].value,
					   (uint32_t)(m[i].value >> 32) };

		add_words(s, words, wide ? 3 : 2);
	}
	return finish(s);
}

static uint32_t shape_proto(struct shaping *s, const struct kbtf_type_entry *t)
{
	const struct kbtf_elem_entry *p = kbtf_entry_elems(s->e) + t->first;
	uint32_t more = t->flags & TYPE_IS_VARIADIC ? 1 : 0, i;
	const uint32_t none[] = { 0, 0 };

	if (t->nr >= MOST_ELEMS) {
		fail_type(s, t, -E2BIG, "dwarf-members", "it has more than 16777214 parameters");
		return 0;
	}
	begin(s, 0, KBTF_FUNC_PROTO, t->nr + more, 0, ref_of(s, t, t->ref));
	for (i = 0; i < t->nr; i++) {
		const uint32_t words[] = { p[i].name, ref_of(s, t, p[i].ref) };

		add_words(s, words, 2);
	}
	if (more)
		add_words(s, none, 2);
	return finish(s);
}

static uint32_t shape_array(struct shaping *s, const struct kbtf_type_entry *t)
{
	const uint32_t words[] = { ref_of(s, t, t->ref), s->c->int_shape, t->size };

	begin(s, 0, KBTF_ARRAY, 0, 0, 0);
	add_words(s, words, 3);
	return finish(s);
}

uint32_t kbtf_shape_make(struct shaping *s, const struct kbtf_type_entry *t)
{
	uint32_t ref;

	switch (t->kind) {
	case TYPE_VOID:
		return SHAPE_VOID;
	case TYPE_SAME:
		ref = ref_of(s, t, t->ref);
		return s->missing || ref ? ref : SHAPE_VOID;
	case KBTF_INT:
		return shape_int(s, t);
	case KBTF_STRUCT:
	case KBTF_UNION:
		return shape_composite(s, t);
	case KBTF_ENUM:
		return shape_enum(s, t);
	case KBTF_FUNC_PROTO:
		return shape_proto(s, t);
	case KBTF_ARRAY:
		return shape_array(s, t);
	case KBTF_DECL_TAG:
		begin(s, t->name, t->kind, 0, 0, ref_of(s, t, t->ref));
		add_words(s, &t->size, 1);
		return finish(s);
	case KBTF_TYPEDEF:
	case KBTF_TYPE_TAG:
		begin(s, t->name, t->kind, 0, 0, ref_of(s, t, t->ref));
		return finish(s);
	default:
		begin(s, 0, t->kind, 0, 0, ref_of(s, t, t->ref));
		return finish(s);
	}
}

/* ---- All of them ------------------------------------------------------ */

/* Make the shape of a type whose references are known; false where some is not. */
static bool add_shape(struct shaping *s, uint32_t i)
{
	const struct kbtf_type_entry *t = &s->types[i];
	bool tagged = has_tag(t);
	uint32_t shape;

	if (tagged && !s->refs[i].shape)
		s->refs[i].shape = tag_of(s, t);
	if (t->flags & TYPE_IS_DECLARED && tagged) {
		s->shapes[i] = s->refs[i].shape;
		return true;
	}
	s->missing = false;
	shape = kbtf_shape_make(s, t);
	if (s->missing || s->err)
		return false;
	s->shapes[i] = shape;
	if (!tagged)
		s->refs[i].shape = shape;
	return true;
}

/* The same where references come later, or go a long way. */
static void add_with_refs(struct shaping *s, uint32_t start)
{
	struct kbtf_buf *stack = &s->c->stack;

	stack->size = 0;
	if (kbtf_buf_append(stack, &start, sizeof(start)))
		s->err = kbtf_fail_nomem(s->reterr);
	while (stack->size && !s->err) {
		uint32_t i = ((uint32_t *)(stack->data + stack->size))[-1];
		size_t size = stack->size;

		if (s->shapes[i] || (s->note_missing = true, add_shape(s, i))) {
			stack->size = size - sizeof(i);
		} else if (!s->err && stack->size / sizeof(i) > 64 &&
			   stack->size / sizeof(i) > 4 * (size_t)kbtf_nr_entry_types(s->e) +
							     kbtf_nr_entry_elems(s->e)) {
			fail_type(s, &s->types[i], -EINVAL, "dwarf-cycle",
				  "it refers to itself, and nothing on the way has a name");
		}
	}
	s->note_missing = false;
}

static int note_bindings(struct kbtf_collect *c, const struct shaping *s)
{
	uint32_t nr = kbtf_nr_entry_types(s->e), i, *counts;

	counts = kbtf_collect_by_shape(c, &c->counts);
	if (!counts)
		return -ENOMEM;
	if (c->marks)
		return 0;
	for (i = 0; i < nr; i++) {
		const struct kbtf_type_entry *t = &s->types[i];

		if (s->shapes[i] == SHAPE_VOID)
			continue;
		counts[s->shapes[i]]++;
		if (has_tag(t) && kbtf_buf_append(&c->bindings, &s->shapes[i], sizeof(*s->shapes)))
			return -ENOMEM;
	}
	return 0;
}

static uint32_t *cleared(struct kbtf_buf *buf, uint32_t nr)
{
	void *at;

	buf->size = 0;
	at = kbtf_buf_extend(buf, (size_t)nr * sizeof(uint32_t) + 1);
	if (at)
		memset(at, 0, (size_t)nr * sizeof(uint32_t));
	return at;
}

static struct kbtf_type_ref *placed_refs(struct kbtf_collect *c, uint32_t nr)
{
	struct kbtf_type_ref *refs;
	uint32_t i;

	c->refs.size = 0;
	refs = kbtf_buf_extend(&c->refs, (size_t)nr * sizeof(*refs) + 1);
	for (i = 0; refs && i < nr; i++)
		refs[i] = (struct kbtf_type_ref){ kbtf_entry_types(&c->entries)[i].place, 0 };
	return refs;
}

static int make_int_shape(struct shaping *s)
{
	const struct kbtf_type_entry t = {
		.name = kbtf_name_of_string(&s->c->names, "int"),
		.kind = KBTF_INT,
		.size = 4,
		.encoding = DW_ATE_SIGNED,
	};

	s->c->int_shape = shape_int(s, &t);
	return s->err;
}

int kbtf_collect_shapes(struct kbtf_collect *c, struct kbtf_diag *reterr)
{
	uint32_t nr = kbtf_nr_entry_types(&c->entries), i;
	struct shaping s = {
		.c = c,
		.e = &c->entries,
		.types = kbtf_entry_types(&c->entries),
		.nr = nr,
		.shapes = cleared(&c->shapes, nr),
		.refs = placed_refs(c, nr),
		.reterr = reterr,
	};

	if (!s.shapes || !s.refs)
		return kbtf_fail_nomem(reterr);
	if (!c->int_shape && make_int_shape(&s))
		return s.err;
	if (kbtf_shapes_find(&s) && !s.err)
		s.err = kbtf_fail_nomem(reterr);
	for (i = 0; i < nr && !s.err; i++)
		if (!s.shapes[i] && !add_shape(&s, i) && !s.err)
			add_with_refs(&s, i);
	c->nr_types += c->marks ? 0 : nr;
	if (!s.err && note_bindings(c, &s))
		s.err = kbtf_fail_nomem(reterr);
	return s.err;
}

int kbtf_collect_ref(struct kbtf_collect *c, uint32_t place, uint32_t *ret)
{
	uint32_t i = kbtf_entry_of_ref(&c->entries, place), ref;

	*ret = 0;
	if (!place)
		return 0;
	/* whose shapes were made, so that this ends */
	while (i != NO_ENTRY && kbtf_entry_types(&c->entries)[i].kind == TYPE_SAME &&
	       kbtf_entry_types(&c->entries)[i].ref)
		i = kbtf_entry_of_ref(&c->entries, kbtf_entry_types(&c->entries)[i].ref);
	if (i == NO_ENTRY)
		return -EINVAL;
	ref = ((struct kbtf_type_ref *)c->refs.data)[i].shape;
	*ret = ref == SHAPE_VOID ? 0 : ref;
	if (c->marks && ((uint32_t *)c->own.data)[i])
		*ret = IS_INSTANCE | (((uint32_t *)c->own.data)[i] - 1);
	return 0;
}
