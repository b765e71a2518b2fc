// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types in, the raw text that bpftool made well known out:
 *
 *   [1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
 *   [2] STRUCT 'point' size=8 vlen=2
 *   	'x' type_id=1 bits_offset=0
 *   	'y' type_id=1 bits_offset=32
 *
 * A vmlinux is half a million such lines, so no line goes through printf():
 * numbers and names are put straight into a block of text [put_*], which is handed
 * over when the next line might not fit [make_room]. What follows a type's head is
 * printed by the function of its kind [print_*].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/text.h>

#include "view.h"

#define BLOCK_SIZE 65536u

/*
 * No line has more text than this besides its names: the longest is a head of
 * three numbers and a few words. So a line needs one check of room at its start,
 * and one after each name.
 */
#define LINE_ROOM 192u

struct printer {
	const struct kbtf *btf;
	kbtf_write_fn *write;
	void *ctx;
	int err; /* the first that write returned; nothing is written after it */
	char *at, *end;
	char block[BLOCK_SIZE];
};

static void hand_over(struct printer *p, const char *text, size_t n)
{
	if (n && !p->err)
		p->err = p->write(p->ctx, text, n);
}

static void flush(struct printer *p)
{
	hand_over(p, p->block, (size_t)(p->at - p->block));
	p->at = p->block;
}

static inline void make_room(struct printer *p, size_t n)
{
	if ((size_t)(p->end - p->at) < n)
		flush(p);
}

static inline void put(struct printer *p, const char *text, size_t n)
{
	memcpy(p->at, text, n);
	p->at += n;
}

#define PUT(p, literal) put(p, "" literal, sizeof(literal) - 1)

static inline void put_word(struct printer *p, const char *word)
{
	put(p, word, strlen(word));
}

static const char digit_pairs[] = "00010203040506070809"
				  "10111213141516171819"
				  "20212223242526272829"
				  "30313233343536373839"
				  "40414243444546474849"
				  "50515253545556575859"
				  "60616263646566676869"
				  "70717273747576777879"
				  "80818283848586878889"
				  "90919293949596979899";

static inline unsigned int count_digits(uint64_t v)
{
	unsigned int n = 1;

	for (; v >= 10000; v /= 10000)
		n += 4;
	return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

static inline void put_number(struct printer *p, uint64_t v)
{
	char *end = p->at + count_digits(v), *at = end;

	for (; v >= 100; v /= 100) {
		at -= 2;
		memcpy(at, digit_pairs + v % 100 * 2, 2);
	}
	if (v >= 10)
		memcpy(at - 2, digit_pairs + v * 2, 2);
	else
		at[-1] = (char)('0' + v);
	p->at = end;
}

static inline void put_signed(struct printer *p, int64_t v)
{
	if (v < 0)
		*p->at++ = '-';
	put_number(p, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* " key=" and a number. */
#define PUT_FIELD(p, key, value)                                                                   \
	do {                                                                                       \
		PUT(p, " " key "=");                                                               \
		put_number(p, value);                                                              \
	} while (0)

/* A quoted name; the room for the rest of its line is there again after it. */
static inline void put_name(struct printer *p, uint32_t name_off)
{
	const char *name = name_off ? kbtf_string_get(p->btf, name_off) : "(anon)";
	size_t len = strlen(name);

	*p->at++ = '\'';
	make_room(p, len + LINE_ROOM);
	if (len + LINE_ROOM <= BLOCK_SIZE) {
		put(p, name, len);
	} else {
		flush(p);
		hand_over(p, name, len);
	}
	*p->at++ = '\'';
}

static const char *kind_word(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_VOID ? "UNKNOWN" : kbtf_kind_name(kbtf_kind(t));
}

static const char *encoding_word(uint32_t encoding)
{
	switch (encoding) {
	case 0:
		return "(none)";
	case KBTF_INT_SIGNED:
		return "SIGNED";
	case KBTF_INT_CHAR:
		return "CHAR";
	case KBTF_INT_BOOL:
		return "BOOL";
	default:
		return "UNKN";
	}
}

/* Of a FUNC or a VAR: the two number them alike. */
static const char *linkage_word(uint32_t linkage)
{
	static const char *const words[] = { "static", "global", "extern" };

	return linkage < 3 ? words[linkage] : "(unknown)";
}

static void print_int(struct printer *p, const struct kbtf_type *t)
{
	uint32_t word = kbtf_word(t);

	PUT_FIELD(p, "size", t->size);
	PUT_FIELD(p, "bits_offset", KBTF_INT_OFFSET_BITS(word));
	PUT_FIELD(p, "nr_bits", KBTF_INT_BITS(word));
	PUT(p, " encoding=");
	put_word(p, encoding_word(KBTF_INT_ENCODING(word)));
}

static void print_array(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_array *array = kbtf_array(t);

	PUT_FIELD(p, "type_id", array->type);
	PUT_FIELD(p, "index_type_id", array->index_type);
	PUT_FIELD(p, "nr_elems", array->nelems);
}

static void print_size_and_vlen(struct printer *p, const struct kbtf_type *t)
{
	PUT_FIELD(p, "size", t->size);
	PUT_FIELD(p, "vlen", kbtf_vlen(t));
}

/* Each element is a line of its own, which ends where the next one begins. */
static inline void begin_element(struct printer *p)
{
	make_room(p, LINE_ROOM);
	PUT(p, "\n\t");
}

static void print_composite(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_member *m = kbtf_members(t), *end = m + kbtf_vlen(t);

	print_size_and_vlen(p, t);
	for (; m < end; m++) {
		uint32_t bitfield_bits = kbtf_member_bitfield_bits(t, m);

		begin_element(p);
		put_name(p, m->name_off);
		PUT_FIELD(p, "type_id", m->type);
		PUT_FIELD(p, "bits_offset", kbtf_member_offset_bits(t, m));
		if (bitfield_bits)
			PUT_FIELD(p, "bitfield_size", bitfield_bits);
	}
}

static void print_enum_head(struct printer *p, const struct kbtf_type *t)
{
	PUT(p, " encoding=");
	put_word(p, kbtf_kflag(t) ? "SIGNED" : "UNSIGNED");
	print_size_and_vlen(p, t);
}

static void print_enum(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_enum *e = kbtf_enums(t), *end = e + kbtf_vlen(t);

	print_enum_head(p, t);
	for (; e < end; e++) {
		begin_element(p);
		put_name(p, e->name_off);
		PUT(p, " val=");
		put_signed(p, kbtf_kflag(t) ? (int64_t)e->value : (int64_t)(uint32_t)e->value);
	}
}

static void print_enum64(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_enum64 *e = kbtf_enums64(t), *end = e + kbtf_vlen(t);

	print_enum_head(p, t);
	for (; e < end; e++) {
		uint64_t value = (uint64_t)e->value_hi32 << 32 | e->value_lo32;

		begin_element(p);
		put_name(p, e->name_off);
		PUT(p, " val=");
		if (kbtf_kflag(t)) {
			put_signed(p, (int64_t)value);
			PUT(p, "LL");
		} else {
			put_number(p, value);
			PUT(p, "ULL");
		}
	}
}

static void print_func_proto(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_param *param = kbtf_params(t), *end = param + kbtf_vlen(t);

	PUT_FIELD(p, "ret_type_id", t->type);
	PUT_FIELD(p, "vlen", kbtf_vlen(t));
	for (; param < end; param++) {
		begin_element(p);
		put_name(p, param->name_off);
		PUT_FIELD(p, "type_id", param->type);
	}
}

static void print_datasec(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_secinfo *s = kbtf_secinfos(t), *end = s + kbtf_vlen(t);

	print_size_and_vlen(p, t);
	for (; s < end; s++) {
		const struct kbtf_type *var = kbtf_type_get(p->btf, s->type);

		begin_element(p);
		PUT(p, "type_id=");
		put_number(p, s->type);
		PUT_FIELD(p, "offset", s->offset);
		PUT_FIELD(p, "size", s->size);
		PUT(p, " (");
		put_word(p, kind_word(var));
		PUT(p, " ");
		put_name(p, var->name_off);
		PUT(p, ")");
	}
}

/* What follows a type's head: fields on the same line, then elements on lines of their own. */
static void print_rest(struct printer *p, const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_INT:
		print_int(p, t);
		break;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
		PUT_FIELD(p, "type_id", t->type);
		break;
	case KBTF_ARRAY:
		print_array(p, t);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		print_composite(p, t);
		break;
	case KBTF_ENUM:
		print_enum(p, t);
		break;
	case KBTF_ENUM64:
		print_enum64(p, t);
		break;
	case KBTF_FWD:
		PUT(p, " fwd_kind=");
		put_word(p, kbtf_kflag(t) ? "union" : "struct");
		break;
	case KBTF_FUNC:
		PUT_FIELD(p, "type_id", t->type);
		PUT(p, " linkage=");
		put_word(p, linkage_word(kbtf_vlen(t)));
		break;
	case KBTF_FUNC_PROTO:
		print_func_proto(p, t);
		break;
	case KBTF_VAR:
		PUT_FIELD(p, "type_id", t->type);
		PUT(p, ", linkage="); /* the one field with a comma before it */
		put_word(p, linkage_word(kbtf_word(t)));
		break;
	case KBTF_DATASEC:
		print_datasec(p, t);
		break;
	case KBTF_FLOAT:
		PUT_FIELD(p, "size", t->size);
		break;
	case KBTF_DECL_TAG:
		PUT_FIELD(p, "type_id", t->type);
		PUT(p, " component_idx=");
		put_signed(p, (int32_t)kbtf_word(t));
		break;
	}
}

static void print_type(struct printer *p, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(p->btf, type_id);

	make_room(p, LINE_ROOM);
	PUT(p, "[");
	put_number(p, type_id);
	PUT(p, "] ");
	put_word(p, kind_word(t));
	PUT(p, " ");
	put_name(p, t->name_off);
	print_rest(p, t);
	PUT(p, "\n");
}

static int print_range(const struct kbtf *btf, uint32_t first_id, uint32_t end_id,
		       kbtf_write_fn *write, void *ctx)
{
	struct printer *p = malloc(sizeof(*p));
	uint32_t id;
	int err;

	if (!p)
		return -ENOMEM;
	p->btf = btf;
	p->write = write;
	p->ctx = ctx;
	p->err = 0;
	p->at = p->block;
	p->end = p->block + sizeof(p->block);
	for (id = first_id; id < end_id && !p->err; id++)
		print_type(p, id);
	flush(p);
	err = p->err;
	free(p);
	return err;
}

int kbtf_text_raw(const struct kbtf *btf, kbtf_write_fn *write, void *ctx)
{
	return print_range(btf, kbtf_first_id(btf), kbtf_end_id(btf), write, ctx);
}

int kbtf_text_raw_type(const struct kbtf *btf, uint32_t type_id, kbtf_write_fn *write, void *ctx)
{
	if (type_id >= kbtf_end_id(btf))
		return -ERANGE;
	return print_range(btf, type_id, type_id + 1, write, ctx);
}
