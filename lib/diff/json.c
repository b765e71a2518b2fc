// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A diff as JSON, a type a line: docs/json.md has the keys. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "differ.h"
#include "json.h"

#define PIECE_ROOM 320u

struct printer {
	const struct kbtf_diff *diff;
	struct kbtf_buf spelling;
	int err; /* -ENOMEM */
	struct kbtf_out out;
};

/* `"key":` and a number; there is room for PIECE_ROOM bytes when it is called, and after strings.
 */
#define PUT_NUMBER(p, key, value)                                                                  \
	do {                                                                                       \
		KBTF_PUT(&(p)->out, "\"" key "\":");                                               \
		kbtf_put_number(&(p)->out, value);                                                 \
	} while (0)

static void put_string(struct printer *p, const char *key, const char *value)
{
	kbtf_put_char(&p->out, '"');
	kbtf_put_word(&p->out, key);
	KBTF_PUT(&p->out, "\":");
	kbtf_put_json_string(&p->out, value);
	kbtf_out_room(&p->out, PIECE_ROOM);
}

static void put_type_of(struct printer *p, const struct kbtf *btf, uint32_t id, const char *name)
{
	p->spelling.size = 0;
	if (kbtf_diff_spell(&p->spelling, btf, id, name) || kbtf_buf_append(&p->spelling, "", 1)) {
		p->err = -ENOMEM;
		return;
	}
	KBTF_PUT(&p->out, ",");
	put_string(p, "type", (const char *)p->spelling.data);
	KBTF_PUT(&p->out, ",");
	PUT_NUMBER(p, "type_id", id);
}

static void put_value(struct printer *p, const struct kbtf *btf, const struct kbtf_diff_side *side)
{
	KBTF_PUT(&p->out, ",\"value\":");
	if (kbtf_kflag(kbtf_type_get(btf, side->type_id)))
		kbtf_put_signed(&p->out, (int64_t)side->value);
	else
		kbtf_put_number(&p->out, side->value);
}

static void put_side(struct printer *p, const char *key, const struct kbtf *btf,
		     enum kbtf_diff_part part, const struct kbtf_diff_side *side)
{
	kbtf_put_word(&p->out, key);
	if (!side) {
		KBTF_PUT(&p->out, "null");
		return;
	}
	KBTF_PUT(&p->out, "{");
	put_string(p, "name", side->name);
	switch (part) {
	case KBTF_PART_MEMBER:
		KBTF_PUT(&p->out, ",");
		put_string(p, "path", side->path);
		put_type_of(p, btf, side->type_id, NULL);
		KBTF_PUT(&p->out, ",");
		PUT_NUMBER(p, "offset_bits", side->offset_bits);
		KBTF_PUT(&p->out, ",");
		PUT_NUMBER(p, "size_bits", side->size_bits);
		KBTF_PUT(&p->out, ",");
		PUT_NUMBER(p, "bitfield_bits", side->bitfield_bits);
		break;
	case KBTF_PART_ENUMERATOR:
		put_value(p, btf, side);
		break;
	case KBTF_PART_PARAM:
		put_type_of(p, btf, side->type_id, NULL);
		KBTF_PUT(&p->out, ",");
		PUT_NUMBER(p, "position", side->offset_bits);
		break;
	case KBTF_PART_RETURN:
	case KBTF_PART_TARGET:
		put_type_of(p, btf, side->type_id, NULL);
		break;
	default:
		KBTF_PUT(&p->out, ",");
		put_string(p, "text", side->text);
		break;
	}
	KBTF_PUT(&p->out, "}");
}

static void put_change(struct printer *p, const struct kbtf_change *c, bool is_first)
{
	unsigned int bit;
	bool is_first_how = true;

	kbtf_out_room(&p->out, PIECE_ROOM);
	if (!is_first)
		KBTF_PUT(&p->out, ",");
	KBTF_PUT(&p->out, "{\"part\":\"");
	kbtf_put_word(&p->out, kbtf_diff_part_name(c->part));
	KBTF_PUT(&p->out, "\",\"how\":[");
	for (bit = KBTF_HOW_ADDED; bit <= KBTF_HOW_REVALUED; bit <<= 1) {
		if (!(c->how & bit))
			continue;
		kbtf_put_word(&p->out, is_first_how ? "\"" : ",\"");
		kbtf_put_word(&p->out, kbtf_diff_how_name(bit));
		KBTF_PUT(&p->out, "\"");
		is_first_how = false;
	}
	put_side(p, "],\"old\":", p->diff->old, c->part, c->old_side);
	put_side(p, ",\"new\":", p->diff->new, c->part, c->new_side);
	KBTF_PUT(&p->out, "}");
}

/* What a function or variable that is on one side only is, on the side where it is. */
static void put_declaration(struct printer *p, const struct kbtf_type_diff *t)
{
	const struct kbtf *btf = t->old_id ? p->diff->old : p->diff->new;
	const struct kbtf_type *type = kbtf_type_get(btf, t->old_id ? t->old_id : t->new_id);

	KBTF_PUT(&p->out, ",");
	if (t->what == KBTF_DIFF_CHANGED ||
	    (t->kind != KBTF_FUNC && t->kind != KBTF_VAR && t->kind != KBTF_TYPEDEF)) {
		KBTF_PUT(&p->out, "\"declaration\":null");
		return;
	}
	p->spelling.size = 0;
	if (kbtf_diff_spell(&p->spelling, btf, type->type, t->name) ||
	    kbtf_buf_append(&p->spelling, "", 1))
		p->err = -ENOMEM;
	else
		put_string(p, "declaration", (const char *)p->spelling.data);
}

static void put_type(struct printer *p, const struct kbtf_type_diff *t, bool is_first)
{
	size_t i;

	kbtf_out_room(&p->out, PIECE_ROOM);
	kbtf_put_word(&p->out, is_first ? "\n{\"what\":\"" : ",\n{\"what\":\"");
	kbtf_put_word(&p->out, kbtf_diff_what_name(t->what));
	KBTF_PUT(&p->out, "\",\"kind\":\"");
	kbtf_put_word(&p->out, kbtf_kind_name(t->kind));
	KBTF_PUT(&p->out, "\",");
	put_string(p, "name", t->name);
	KBTF_PUT(&p->out, ",\"layout\":\"");
	kbtf_put_word(&p->out, kbtf_diff_layout_name(t->layout));
	KBTF_PUT(&p->out, "\",");
	PUT_NUMBER(p, "old_id", t->old_id);
	KBTF_PUT(&p->out, ",");
	PUT_NUMBER(p, "new_id", t->new_id);
	KBTF_PUT(&p->out, ",");
	PUT_NUMBER(p, "old_size", t->old_size);
	KBTF_PUT(&p->out, ",");
	PUT_NUMBER(p, "new_size", t->new_size);
	put_declaration(p, t);
	KBTF_PUT(&p->out, ",\"changes\":[");
	for (i = 0; i < t->nr_changes; i++)
		put_change(p, &t->changes[i], !i);
	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, "]}");
}

static void put_kind_summary(struct printer *p, unsigned int kind)
{
	const size_t *nr = p->diff->summary.nr_types[kind];
	int what;

	kbtf_put_word(&p->out, kbtf_diff_rank(kind) == 1 ? "\"" : ",\"");
	kbtf_put_word(&p->out, kbtf_kind_name(kind));
	KBTF_PUT(&p->out, "\":{");
	for (what = 0; what < KBTF_NR_DIFF_WHATS; what++) {
		kbtf_put_word(&p->out, what ? ",\"" : "\"");
		kbtf_put_word(&p->out, kbtf_diff_what_name(what));
		KBTF_PUT(&p->out, "\":");
		kbtf_put_number(&p->out, nr[what]);
	}
	KBTF_PUT(&p->out, "}");
}

static void put_summary(struct printer *p)
{
	const struct kbtf_diff_summary *sum = &p->diff->summary;
	unsigned int rank, kind;
	int layout;

	KBTF_PUT(&p->out, "\"summary\":{");
	PUT_NUMBER(p, "nr_types", kbtf_diff_nr_types(p->diff));
	KBTF_PUT(&p->out, ",");
	PUT_NUMBER(p, "nr_compared", sum->nr_compared);
	KBTF_PUT(&p->out, ",\"kinds\":{");
	for (rank = 1; rank < KBTF_NR_KINDS; rank++) {
		for (kind = 0; kind < KBTF_NR_KINDS; kind++) {
			kbtf_out_room(&p->out, PIECE_ROOM);
			if (kbtf_diff_rank(kind) == rank)
				put_kind_summary(p, kind);
		}
	}
	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, "},\"layouts\":{");
	for (layout = 0; layout < KBTF_NR_LAYOUTS; layout++) {
		kbtf_put_word(&p->out, layout ? ",\"" : "\"");
		kbtf_put_word(&p->out, kbtf_diff_layout_name(layout));
		KBTF_PUT(&p->out, "\":");
		kbtf_put_number(&p->out, sum->nr_layouts[layout]);
	}
	KBTF_PUT(&p->out, "}}");
}

static void put_document(struct printer *p)
{
	size_t i;

	KBTF_PUT(&p->out, "{\n\"command\":\"diff\",\n");
	put_string(p, "old", p->diff->old_label);
	KBTF_PUT(&p->out, ",\n");
	put_string(p, "new", p->diff->new_label);
	KBTF_PUT(&p->out, ",\n\"types\":[");
	for (i = 0; i < kbtf_diff_nr_types(p->diff) && !p->err && !p->out.err; i++)
		put_type(p, kbtf_diff_type(p->diff, i), !i);
	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, "\n],\n");
	put_summary(p);
	kbtf_out_room(&p->out, PIECE_ROOM);
	KBTF_PUT(&p->out, ",\n\"error\":null\n}\n");
}

int kbtf_diff_json(const struct kbtf_diff *diff, kbtf_write_fn *write, void *ctx)
{
	struct printer *p = malloc(sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->diff = diff;
	memset(&p->spelling, 0, sizeof(p->spelling));
	p->err = 0;
	kbtf_out_init(&p->out, write, ctx);
	put_document(p);
	err = kbtf_out_flush(&p->out);
	err = err ? err : p->err;
	kbtf_buf_deinit(&p->spelling);
	free(p);
	return err;
}
