// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types as C spells them, on one line. A declarator wraps what it declares, so a type
 * is put in two halves, each from the outermost part to the innermost: what
 * stands in front of the name [put_front], and what stands behind it [put_back].
 *
 *   PTR -> FUNC_PROTO returning INT     "int (*"  probe  ")(struct device *)"
 *
 * Parts of unnamed types are put as well, so that two of them can be told apart.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "differ.h"
#include "json.h"

/* Longest text of one type, and unnamed types within unnamed ones; "..." stands for the rest. */
#define MOST_BYTES 1000u
#define MOST_NESTED 4u

struct spelling {
	struct kbtf_buf *buf;
	const struct kbtf *btf;
	size_t end; /* of the buffer */
	unsigned int nested;
	bool is_full;
	bool wants_blank; /* before the next word */
	int err;
};

static void put(struct spelling *s, const char *text, size_t n)
{
	if (s->err || s->is_full)
		return;
	if (s->buf->size + n > s->end) {
		s->is_full = true;
		text = "...";
		n = 3;
	}
	s->err = kbtf_buf_append(s->buf, text, n);
}

static void put_text(struct spelling *s, const char *text)
{
	put(s, text, strlen(text));
}

/* What a terminal would act upon, or what is no text, becomes \xNN. */
static int append_name(struct kbtf_buf *buf, const char *name)
{
	const size_t end = buf->size + MOST_BYTES;
	int err = 0;

	while (*name && !err) {
		unsigned char c = (unsigned char)*name;
		size_t len = kbtf_utf8_length(name);
		char hex[5];

		if (buf->size >= end)
			return kbtf_buf_append(buf, "...", 3);
		if (c < 0x20 || c == 0x7f || !len || (c == 0xc2 && (unsigned char)name[1] < 0xa0)) {
			snprintf(hex, sizeof(hex), "\\x%02x", c);
			err = kbtf_buf_append(buf, hex, 4);
			name++;
		} else {
			err = kbtf_buf_append(buf, name, len);
			name += len;
		}
	}
	return err;
}

static void put_name(struct spelling *s, const char *name)
{
	struct kbtf_buf clean = { 0 };

	if (append_name(&clean, name))
		s->err = -ENOMEM;
	else if (clean.size)
		put(s, (const char *)clean.data, clean.size);
	kbtf_buf_deinit(&clean);
}

/* A blank where one is needed between words. */
static void put_blank(struct spelling *s)
{
	if (s->wants_blank)
		put(s, " ", 1);
	s->wants_blank = false;
}

static void put_words(struct spelling *s, const char *word, const char *name)
{
	put_blank(s);
	put_text(s, word);
	if (*word && *name)
		put(s, " ", 1);
	put_name(s, name);
	s->wants_blank = true;
}

static void put_whole(struct spelling *s, uint32_t id, const char *name);

static void put_number(struct spelling *s, const char *before, uint64_t number, const char *behind)
{
	char text[40];

	put(s, text,
	    (size_t)snprintf(text, sizeof(text), "%s%llu%s", before, (unsigned long long)number,
			     behind));
}

static void put_members(struct spelling *s, const struct kbtf_type *t)
{
	uint32_t i;

	for (i = 0; i < kbtf_vlen(t) && !s->is_full && !s->err; i++) {
		const struct kbtf_member *m = &kbtf_members(t)[i];
		uint32_t bits = kbtf_member_bitfield_bits(t, m);

		put_text(s, " ");
		put_whole(s, m->type, kbtf_string_get(s->btf, m->name_off));
		if (bits)
			put_number(s, ":", bits, "");
		put_text(s, ";");
	}
}

static void put_enumerators(struct spelling *s, const struct kbtf_type *t)
{
	uint32_t i;

	for (i = 0; i < kbtf_vlen(t) && !s->is_full && !s->err; i++) {
		put_text(s, i ? ", " : " ");
		put_name(s, kbtf_string_get(s->btf, kbtf_kind(t) == KBTF_ENUM64
							    ? kbtf_enums64(t)[i].name_off
							    : kbtf_enums(t)[i].name_off));
	}
}

static void put_unnamed(struct spelling *s, const struct kbtf_type *t, const char *word)
{
	put_words(s, word, "");
	put_text(s, " {");
	s->wants_blank = false;
	if (s->nested == MOST_NESTED) {
		put_text(s, " ...");
	} else {
		s->nested++;
		if (kbtf_is_composite(t))
			put_members(s, t);
		else
			put_enumerators(s, t);
		s->nested--;
	}
	put_text(s, " }");
	s->wants_blank = true;
}

static void put_named(struct spelling *s, const struct kbtf_type *t)
{
	const char *name = kbtf_string_get(s->btf, t->name_off), *word = "";

	switch (kbtf_kind(t)) {
	case KBTF_VOID:
		name = "void";
		break;
	case KBTF_STRUCT:
		word = "struct";
		break;
	case KBTF_UNION:
		word = "union";
		break;
	case KBTF_ENUM:
	case KBTF_ENUM64:
		word = "enum";
		break;
	case KBTF_FWD:
		word = kbtf_kflag(t) ? "union" : "struct";
		break;
	}
	if (!*name && *word && kbtf_kind(t) != KBTF_FWD)
		put_unnamed(s, t, word);
	else
		put_words(s, word, *name || *word ? name : kbtf_kind_name(kbtf_kind(t)));
}

static const char *modifier(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_CONST:
		return "const";
	case KBTF_VOLATILE:
		return "volatile";
	case KBTF_RESTRICT:
		return "restrict";
	default:
		return NULL;
	}
}

/* Whether a pointer to it needs parentheses; modifiers of arrays are those of their elements. */
static bool is_wrapped(const struct kbtf *btf, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, id);

	while (modifier(t) || kbtf_kind(t) == KBTF_TYPE_TAG)
		t = kbtf_type_get(btf, t->type);
	return kbtf_kind(t) == KBTF_ARRAY || kbtf_kind(t) == KBTF_FUNC_PROTO;
}

/* Whether modifiers of it stand behind a `*`. */
static bool is_pointer(const struct kbtf *btf, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, id);

	while (modifier(t) || kbtf_kind(t) == KBTF_TYPE_TAG)
		t = kbtf_type_get(btf, t->type);
	return kbtf_kind(t) == KBTF_PTR;
}

static void put_front(struct spelling *s, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(s->btf, id);

	if (s->err || s->is_full)
		return;
	switch (kbtf_kind(t)) {
	case KBTF_PTR:
		put_front(s, t->type);
		put_blank(s);
		put_text(s, is_wrapped(s->btf, t->type) ? "(*" : "*");
		break;
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
		if (is_pointer(s->btf, t->type)) {
			put_front(s, t->type);
			put_words(s, modifier(t), "");
		} else {
			put_words(s, modifier(t), "");
			put_front(s, t->type);
		}
		break;
	case KBTF_TYPE_TAG:
		put_front(s, t->type);
		put_blank(s);
		put_text(s, "__");
		put_words(s, "", kbtf_string_get(s->btf, t->name_off));
		break;
	case KBTF_ARRAY:
		put_front(s, kbtf_array(t)->type);
		break;
	case KBTF_FUNC_PROTO:
		if (s->nested == MOST_NESTED) { /* it may even return itself */
			put_words(s, "...", "");
			break;
		}
		s->nested++;
		put_front(s, t->type);
		s->nested--;
		break;
	default:
		put_named(s, t);
		break;
	}
}

static void put_params(struct spelling *s, const struct kbtf_type *t)
{
	uint32_t i, nr = kbtf_vlen(t);

	put_text(s, "(");
	if (!nr)
		put_text(s, "void");
	for (i = 0; i < nr && !s->is_full && !s->err; i++) {
		const struct kbtf_param *p = &kbtf_params(t)[i];
		const char *name = kbtf_string_get(s->btf, p->name_off);

		if (i)
			put_text(s, ", ");
		if (!p->type && i == nr - 1 && !*name)
			put_text(s, "...");
		else
			put_whole(s, p->type, name);
	}
	put_text(s, ")");
}

static void put_back(struct spelling *s, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(s->btf, id);

	if (s->err || s->is_full)
		return;
	switch (kbtf_kind(t)) {
	case KBTF_PTR:
		if (is_wrapped(s->btf, t->type))
			put_text(s, ")");
		put_back(s, t->type);
		break;
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
		put_back(s, t->type);
		break;
	case KBTF_ARRAY:
		put_number(s, "[", kbtf_array(t)->nelems, "]");
		put_back(s, kbtf_array(t)->type);
		break;
	case KBTF_FUNC_PROTO:
		if (s->nested == MOST_NESTED)
			break;
		s->nested++;
		put_params(s, t);
		put_back(s, t->type);
		s->nested--;
		break;
	default:
		break;
	}
}

static void put_whole(struct spelling *s, uint32_t id, const char *name)
{
	s->wants_blank = false;
	put_front(s, id);
	if (name && *name) {
		put_blank(s);
		put_name(s, name);
	} else if (kbtf_kind(kbtf_type_get(s->btf, id)) == KBTF_ARRAY) {
		put_blank(s);
	}
	s->wants_blank = false;
	put_back(s, id);
}

int kbtf_diff_spell(struct kbtf_buf *buf, const struct kbtf *btf, uint32_t type_id,
		    const char *name)
{
	struct spelling s = { .buf = buf, .btf = btf, .end = buf->size + MOST_BYTES };

	put_whole(&s, type_id, name);
	return s.err;
}

int kbtf_diff_spell_name(struct kbtf_buf *buf, const char *name)
{
	return append_name(buf, name);
}
