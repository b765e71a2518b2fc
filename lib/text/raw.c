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
 * numbers and names are put straight into a block of text (out.h), which is handed
 * over when the next line might not fit. What follows a type's head is
 * printed by the function of its kind [print_*].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/text.h>

#include "out.h"
#include "view.h"

/*
 * No line has more text than this besides its names: the longest is a head of
 * three numbers and a few words. So a line needs one check of room at its start,
 * and one after each name.
 */
#define LINE_ROOM 192u

struct printer {
	const struct kbtf *btf;
	struct kbtf_out out;
};

/* " key=" and a number. */
#define PUT_FIELD(p, key, value)                                                                   \
	do {                                                                                       \
		KBTF_PUT(&p->out, " " key "=");                                                    \
		kbtf_put_number(&p->out, value);                                                   \
	} while (0)

/* A quoted name; the room for the rest of its line is there again after it. */
static inline void put_name(struct printer *p, uint32_t name_off)
{
	const char *name = name_off ? kbtf_string_get(p->btf, name_off) : "(anon)";
	size_t len = strlen(name);

	kbtf_put_char(&p->out, '\'');
	kbtf_out_text(&p->out, name, len);
	kbtf_out_room(&p->out, LINE_ROOM);
	kbtf_put_char(&p->out, '\'');
}

static const char *kind_word(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_VOID ? "UNKNOWN" : kbtf_kind_name(kbtf_kind(t));
}

static void print_int(struct printer *p, const struct kbtf_type *t)
{
	uint32_t word = kbtf_word(t);

	PUT_FIELD(p, "size", t->size);
	PUT_FIELD(p, "bits_offset", KBTF_INT_OFFSET_BITS(word));
	PUT_FIELD(p, "nr_bits", KBTF_INT_BITS(word));
	KBTF_PUT(&p->out, " encoding=");
	kbtf_put_word(&p->out, kbtf_encoding_word(KBTF_INT_ENCODING(word)));
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
	kbtf_out_room(&p->out, LINE_ROOM);
	KBTF_PUT(&p->out, "\n\t");
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
	KBTF_PUT(&p->out, " encoding=");
	kbtf_put_word(&p->out, kbtf_kflag(t) ? "SIGNED" : "UNSIGNED");
	print_size_and_vlen(p, t);
}

static void print_enum(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_enum *e = kbtf_enums(t), *end = e + kbtf_vlen(t);

	print_enum_head(p, t);
	for (; e < end; e++) {
		begin_element(p);
		put_name(p, e->name_off);
		KBTF_PUT(&p->out, " val=");
		kbtf_put_signed(&p->out,
				kbtf_kflag(t) ? (int64_t)e->value : (int64_t)(uint32_t)e->value);
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
		KBTF_PUT(&p->out, " val=");
		if (kbtf_kflag(t)) {
			kbtf_put_signed(&p->out, (int64_t)value);
			KBTF_PUT(&p->out, "LL");
		} else {
			kbtf_put_number(&p->out, value);
			KBTF_PUT(&p->out, "ULL");
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
		KBTF_PUT(&p->out, "type_id=");
		kbtf_put_number(&p->out, s->type);
		PUT_FIELD(p, "offset", s->offset);
		PUT_FIELD(p, "size", s->size);
		KBTF_PUT(&p->out, " (");
		kbtf_put_word(&p->out, kind_word(var));
		KBTF_PUT(&p->out, " ");
		put_name(p, var->name_off);
		KBTF_PUT(&p->out, ")");
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
		KBTF_PUT(&p->out, " fwd_kind=");
		kbtf_put_word(&p->out, kbtf_kflag(t) ? "union" : "struct");
		break;
	case KBTF_FUNC:
		PUT_FIELD(p, "type_id", t->type);
		KBTF_PUT(&p->out, " linkage=");
		kbtf_put_word(&p->out, kbtf_linkage_word(kbtf_vlen(t)));
		break;
	case KBTF_FUNC_PROTO:
		print_func_proto(p, t);
		break;
	case KBTF_VAR:
		PUT_FIELD(p, "type_id", t->type);
		KBTF_PUT(&p->out, ", linkage="); /* the one field with a comma before it */
		kbtf_put_word(&p->out, kbtf_linkage_word(kbtf_word(t)));
		break;
	case KBTF_DATASEC:
		print_datasec(p, t);
		break;
	case KBTF_FLOAT:
		PUT_FIELD(p, "size", t->size);
		break;
	case KBTF_DECL_TAG:
		PUT_FIELD(p, "type_id", t->type);
		KBTF_PUT(&p->out, " component_idx=");
		kbtf_put_signed(&p->out, (int32_t)kbtf_word(t));
		break;
	}
}

static void print_type(struct printer *p, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(p->btf, type_id);

	kbtf_out_room(&p->out, LINE_ROOM);
	KBTF_PUT(&p->out, "[");
	kbtf_put_number(&p->out, type_id);
	KBTF_PUT(&p->out, "] ");
	kbtf_put_word(&p->out, kind_word(t));
	KBTF_PUT(&p->out, " ");
	put_name(p, t->name_off);
	print_rest(p, t);
	KBTF_PUT(&p->out, "\n");
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
	kbtf_out_init(&p->out, write, ctx);
	for (id = first_id; id < end_id && !p->out.err; id++)
		print_type(p, id);
	err = kbtf_out_flush(&p->out);
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
