// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types in, JSON out: docs/json.md has the keys. A type is a line:
 *
 *   {
 *   "first_id":1,
 *   "types":[
 *   {"id":1,"kind":"INT","name":"int","kind_flag":false,"vlen":0,"size":4,...},
 *   {"id":2,"kind":"STRUCT","name":"point",...,"members":[{"name":"x",...},...]}
 *   ]
 *   }
 *
 * Keys are those of `bpftool -j btf dump`, where it has the field. As in raw.c there
 * is one check of room for a head or an element and one after each name, and what
 * follows a type's head is put by the function of its kind [put_*].
 */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/text.h>

#include "json.h"
#include "view.h"

/* No head and no element has more text than this besides its names. */
#define PIECE_ROOM 320u

struct printer {
	const struct kbtf *btf;
	struct kbtf_out out;
};

/* `,"key":` and a number. */
#define PUT_NUMBER(p, key, value)                                                                  \
	do {                                                                                       \
		KBTF_PUT(&p->out, ",\"" key "\":");                                                \
		kbtf_put_number(&p->out, value);                                                   \
	} while (0)

/* `,"key":"word"`, of a word that needs no escape. */
#define PUT_WORD(p, key, word)                                                                     \
	do {                                                                                       \
		KBTF_PUT(&p->out, ",\"" key "\":\"");                                              \
		kbtf_put_word(&p->out, word);                                                      \
		kbtf_put_char(&p->out, '"');                                                       \
	} while (0)

/* `"name":` and the name, or null; there is room for the rest of the piece after it. */
static inline void put_name(struct printer *p, uint32_t name_off)
{
	const char *name = kbtf_string_get(p->btf, name_off);

	KBTF_PUT(&p->out, "\"name\":");
	if (!*name) {
		KBTF_PUT(&p->out, "null");
		return;
	}
	if (!kbtf_put_json_string(&p->out, name)) {
		kbtf_out_room(&p->out, PIECE_ROOM);
		KBTF_PUT(&p->out, ",\"name_hex\":");
		kbtf_put_json_hex(&p->out, name);
	}
	kbtf_out_room(&p->out, PIECE_ROOM);
}

/* What goes before an element: `{`, after the first one `,{`. */
static inline void begin_element(struct printer *p, bool is_first)
{
	kbtf_out_room(&p->out, PIECE_ROOM);
	if (!is_first)
		kbtf_put_char(&p->out, ',');
	kbtf_put_char(&p->out, '{');
}

static void put_int(struct printer *p, const struct kbtf_type *t)
{
	uint32_t word = kbtf_word(t);

	PUT_NUMBER(p, "size", t->size);
	PUT_NUMBER(p, "bits_offset", KBTF_INT_OFFSET_BITS(word));
	PUT_NUMBER(p, "nr_bits", KBTF_INT_BITS(word));
	PUT_WORD(p, "encoding", kbtf_encoding_word(KBTF_INT_ENCODING(word)));
	PUT_NUMBER(p, "encoding_nr", KBTF_INT_ENCODING(word));
}

static void put_array(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_array *array = kbtf_array(t);

	PUT_NUMBER(p, "type_id", array->type);
	PUT_NUMBER(p, "index_type_id", array->index_type);
	PUT_NUMBER(p, "nr_elems", array->nelems);
}

static void put_composite(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_member *first = kbtf_members(t), *m = first, *end = m + kbtf_vlen(t);

	PUT_NUMBER(p, "size", t->size);
	KBTF_PUT(&p->out, ",\"members\":[");
	for (; m < end; m++) {
		begin_element(p, m == first);
		put_name(p, m->name_off);
		PUT_NUMBER(p, "type_id", m->type);
		PUT_NUMBER(p, "bits_offset", kbtf_member_offset_bits(t, m));
		PUT_NUMBER(p, "bitfield_size", kbtf_member_bitfield_bits(t, m));
		kbtf_put_char(&p->out, '}');
	}
	kbtf_put_char(&p->out, ']');
}

static void put_enum_head(struct printer *p, const struct kbtf_type *t)
{
	PUT_WORD(p, "encoding", kbtf_kflag(t) ? "SIGNED" : "UNSIGNED");
	PUT_NUMBER(p, "size", t->size);
	KBTF_PUT(&p->out, ",\"values\":[");
}

static void put_enumerator(struct printer *p, uint32_t name_off, bool is_first, bool is_signed,
			   uint64_t value)
{
	begin_element(p, is_first);
	put_name(p, name_off);
	KBTF_PUT(&p->out, ",\"val\":");
	if (is_signed)
		kbtf_put_signed(&p->out, (int64_t)value);
	else
		kbtf_put_number(&p->out, value);
	kbtf_put_char(&p->out, '}');
}

static void put_enum(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_enum *e = kbtf_enums(t);
	uint32_t i;

	put_enum_head(p, t);
	for (i = 0; i < kbtf_vlen(t); i++)
		put_enumerator(p, e[i].name_off, !i, kbtf_kflag(t),
			       kbtf_kflag(t) ? (uint64_t)e[i].value : (uint32_t)e[i].value);
	kbtf_put_char(&p->out, ']');
}

static void put_enum64(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_enum64 *e = kbtf_enums64(t);
	uint32_t i;

	put_enum_head(p, t);
	for (i = 0; i < kbtf_vlen(t); i++)
		put_enumerator(p, e[i].name_off, !i, kbtf_kflag(t),
			       (uint64_t)e[i].value_hi32 << 32 | e[i].value_lo32);
	kbtf_put_char(&p->out, ']');
}

static void put_func_proto(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_param *first = kbtf_params(t), *param = first,
				*end = param + kbtf_vlen(t);

	PUT_NUMBER(p, "ret_type_id", t->type);
	KBTF_PUT(&p->out, ",\"params\":[");
	for (; param < end; param++) {
		begin_element(p, param == first);
		put_name(p, param->name_off);
		PUT_NUMBER(p, "type_id", param->type);
		kbtf_put_char(&p->out, '}');
	}
	kbtf_put_char(&p->out, ']');
}

static void put_datasec(struct printer *p, const struct kbtf_type *t)
{
	const struct kbtf_secinfo *first = kbtf_secinfos(t), *s = first, *end = s + kbtf_vlen(t);

	PUT_NUMBER(p, "size", t->size);
	KBTF_PUT(&p->out, ",\"vars\":[");
	for (; s < end; s++) {
		begin_element(p, s == first);
		KBTF_PUT(&p->out, "\"type_id\":");
		kbtf_put_number(&p->out, s->type);
		PUT_NUMBER(p, "offset", s->offset);
		PUT_NUMBER(p, "size", s->size);
		kbtf_put_char(&p->out, '}');
	}
	kbtf_put_char(&p->out, ']');
}

/* A kind that nobody knows: the words of its record from the third on, as they are. */
static void put_unknown(struct printer *p, uint32_t type_id, const struct kbtf_type *t)
{
	uint32_t i, nr = kbtf_type_size_bytes(p->btf, type_id) / (uint32_t)sizeof(uint32_t);
	const uint32_t *words = (const uint32_t *)t;

	PUT_NUMBER(p, "kind_nr", kbtf_kind(t));
	KBTF_PUT(&p->out, ",\"words\":[");
	for (i = 2; i < nr; i++) {
		kbtf_out_room(&p->out, PIECE_ROOM);
		if (i > 2)
			kbtf_put_char(&p->out, ',');
		kbtf_put_number(&p->out, words[i]);
	}
	kbtf_put_char(&p->out, ']');
}

static void put_rest(struct printer *p, uint32_t type_id, const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_VOID:
		break;
	case KBTF_INT:
		put_int(p, t);
		break;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
		PUT_NUMBER(p, "type_id", t->type);
		break;
	case KBTF_ARRAY:
		put_array(p, t);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		put_composite(p, t);
		break;
	case KBTF_ENUM:
		put_enum(p, t);
		break;
	case KBTF_ENUM64:
		put_enum64(p, t);
		break;
	case KBTF_FWD:
		PUT_WORD(p, "fwd_kind", kbtf_kflag(t) ? "union" : "struct");
		break;
	case KBTF_FUNC:
		PUT_NUMBER(p, "type_id", t->type);
		PUT_WORD(p, "linkage", kbtf_linkage_word(kbtf_vlen(t)));
		break;
	case KBTF_FUNC_PROTO:
		put_func_proto(p, t);
		break;
	case KBTF_VAR:
		PUT_NUMBER(p, "type_id", t->type);
		PUT_WORD(p, "linkage", kbtf_linkage_word(kbtf_word(t)));
		PUT_NUMBER(p, "linkage_nr", kbtf_word(t));
		break;
	case KBTF_DATASEC:
		put_datasec(p, t);
		break;
	case KBTF_FLOAT:
		PUT_NUMBER(p, "size", t->size);
		break;
	case KBTF_DECL_TAG:
		PUT_NUMBER(p, "type_id", t->type);
		KBTF_PUT(&p->out, ",\"component_idx\":");
		kbtf_put_signed(&p->out, (int32_t)kbtf_word(t));
		break;
	default:
		put_unknown(p, type_id, t);
		break;
	}
}

static void put_type(struct printer *p, uint32_t type_id, bool is_first)
{
	const struct kbtf_type *t = kbtf_type_get(p->btf, type_id);

	kbtf_out_room(&p->out, PIECE_ROOM);
	if (!is_first)
		kbtf_put_char(&p->out, ',');
	KBTF_PUT(&p->out, "\n{\"id\":");
	kbtf_put_number(&p->out, type_id);
	KBTF_PUT(&p->out, ",\"kind\":\"");
	kbtf_put_word(&p->out, kbtf_kind_name(kbtf_kind(t)));
	KBTF_PUT(&p->out, "\",");
	put_name(p, t->name_off);
	KBTF_PUT(&p->out, ",\"kind_flag\":");
	kbtf_put_word(&p->out, kbtf_kflag(t) ? "true" : "false");
	PUT_NUMBER(p, "vlen", kbtf_vlen(t));
	put_rest(p, type_id, t);
	kbtf_put_char(&p->out, '}');
}

static void put_document(struct printer *p, const uint32_t *ids, size_t nr_ids)
{
	uint32_t i, nr = ids ? (uint32_t)nr_ids : kbtf_nr_types(p->btf);

	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, "{\n\"first_id\":");
	kbtf_put_number(&p->out, kbtf_first_id(p->btf));
	KBTF_PUT(&p->out, ",\n\"types\":[");
	for (i = 0; i < nr && !p->out.err; i++)
		put_type(p, ids ? ids[i] : kbtf_first_id(p->btf) + i, !i);
	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, "\n]\n}\n");
}

int kbtf_text_json(const struct kbtf *btf, const uint32_t *ids, size_t nr_ids, kbtf_write_fn *write,
		   void *ctx)
{
	struct printer *p;
	size_t i;
	int err;

	for (i = 0; ids && i < nr_ids; i++)
		if (ids[i] >= kbtf_end_id(btf))
			return -ERANGE;
	p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->btf = btf;
	kbtf_out_init(&p->out, write, ctx);
	put_document(p, ids, nr_ids);
	err = kbtf_out_flush(&p->out);
	free(p);
	return err;
}
