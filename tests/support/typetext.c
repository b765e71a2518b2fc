// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Types as a line of text: see typetext.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "typetext.h"

/*
 * The words of a type after its keyword, a letter each:
 *   n name    w third word of the record    t word behind it    k kind    v vlen
 *   s an INT's size, which is both          e an INT's encoding
 * and of an element:
 *   n name    t word    o offset with a width    q two words of a value    * as many as there are
 */
static const struct form {
	const char *keyword;
	unsigned int kind, kflag;
	const char *words, *elem;
} forms[] = {
	{ "int", KBTF_INT, 0, "nse", "" },
	{ "ptr", KBTF_PTR, 0, "w", "" },
	{ "array", KBTF_ARRAY, 0, "ttt", "" },
	{ "struct", KBTF_STRUCT, 0, "nw", "ntt" },
	{ "bstruct", KBTF_STRUCT, 1, "nw", "nto" },
	{ "union", KBTF_UNION, 0, "nw", "ntt" },
	{ "bunion", KBTF_UNION, 1, "nw", "nto" },
	{ "enum", KBTF_ENUM, 0, "nw", "nt" },
	{ "fwd", KBTF_FWD, 0, "n", "" },
	{ "ufwd", KBTF_FWD, 1, "n", "" },
	{ "typedef", KBTF_TYPEDEF, 0, "nw", "" },
	{ "volatile", KBTF_VOLATILE, 0, "w", "" },
	{ "const", KBTF_CONST, 0, "w", "" },
	{ "restrict", KBTF_RESTRICT, 0, "w", "" },
	{ "func", KBTF_FUNC, 0, "nwv", "" },
	{ "proto", KBTF_FUNC_PROTO, 0, "w", "nt" },
	{ "var", KBTF_VAR, 0, "nwt", "" },
	{ "datasec", KBTF_DATASEC, 0, "nw", "ttt" },
	{ "float", KBTF_FLOAT, 0, "nw", "" },
	{ "dtag", KBTF_DECL_TAG, 0, "nwt", "" },
	{ "ttag", KBTF_TYPE_TAG, 0, "nw", "" },
	{ "enum64", KBTF_ENUM64, 0, "nw", "nq" },
	{ "kind", 0, 0, "knw", "*" },
};

static void give_up(const char *what, const char *at)
{
	fprintf(stderr, "typetext: %s at '%s'\n", what, at);
	abort();
}

/* The next word of the text into buf; false at an element's or the type's end. */
static bool next_word(const char **at, char *buf, size_t size)
{
	size_t n = 0;

	while (**at == ' ')
		++*at;
	while (**at && !strchr(" ();", **at)) {
		if (n + 1 == size)
			give_up("word too long", *at);
		buf[n++] = *(*at)++;
	}
	buf[n] = '\0';
	return n > 0;
}

static uint64_t number(const char **at)
{
	char word[64], *end;
	uint64_t value;

	if (!next_word(at, word, sizeof(word)))
		give_up("number missing", *at);
	value = word[0] == '-' ? (uint64_t)strtoll(word, &end, 0) : strtoull(word, &end, 0);
	if (*end)
		give_up("not a number", word);
	return value;
}

static uint32_t name(struct raw *r, const char **at)
{
	char word[512];
	size_t off;

	if (!next_word(at, word, sizeof(word)))
		give_up("name missing", *at);
	if (!strcmp(word, "-"))
		return 0;
	if (word[0] == '=')
		return (uint32_t)strtoul(word + 1, NULL, 0);
	if (word[0] == '@')
		return raw_string(r, word + 1);
	for (off = 0; off < r->strings.size; off += strlen((char *)r->strings.data + off) + 1)
		if (!strcmp((char *)r->strings.data + off, word))
			return r->str_start + (uint32_t)off;
	return raw_string(r, word);
}

static const struct form *find_form(const char *keyword)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(forms[i].keyword, keyword))
			return &forms[i];
	give_up("unknown keyword", keyword);
	return NULL;
}

/* The type without its elements. */
static void add_type(struct raw *r, const struct form *form, const char **at)
{
	uint32_t name_off = 0, third = 0, vlen = 0, behind[3], nr_behind = 0;
	unsigned int kind = form->kind;
	const char *w;

	for (w = form->words; *w; w++) {
		switch (*w) {
		case 'k':
			kind = (unsigned int)number(at);
			break;
		case 'n':
			name_off = name(r, at);
			break;
		case 'w':
			third = (uint32_t)number(at);
			break;
		case 's': /* an INT has its size twice */
			third = (uint32_t)number(at);
			behind[nr_behind++] = third * 8 & 0xff;
			break;
		case 'e':
			behind[0] |= (uint32_t)number(at) << 24;
			break;
		case 'v':
			vlen = (uint32_t)number(at);
			break;
		default:
			behind[nr_behind++] = (uint32_t)number(at);
			break;
		}
	}
	raw_type(r, kind, name_off, vlen, form->kflag, third);
	for (vlen = 0; vlen < nr_behind; vlen++)
		raw_word(r, behind[vlen]);
}

static void add_elem(struct raw *r, const struct form *form, const char **at)
{
	uint32_t offset;
	uint64_t value;
	const char *w;

	if (*form->elem != '*')
		raw_elem(r, 0);
	for (w = form->elem; *w; w++) {
		switch (*w) {
		case 'n':
			raw_word(r, name(r, at));
			break;
		case 'o':
			offset = (uint32_t)number(at);
			raw_word(r, offset | (uint32_t)number(at) << 24);
			break;
		case 'q':
			value = number(at);
			raw_words(r, 2, (uint32_t)value, (uint32_t)(value >> 32));
			break;
		case '*':
			while (**at != ')')
				raw_word(r, (uint32_t)number(at));
			break;
		default:
			raw_word(r, (uint32_t)number(at));
			break;
		}
	}
}

static void skip_blanks(const char **at)
{
	while (**at == ' ')
		++*at;
}

void typetext_add(struct raw *r, const char *text)
{
	const char *at = text;
	char keyword[16];

	while (next_word(&at, keyword, sizeof(keyword))) {
		const struct form *form = find_form(keyword);

		add_type(r, form, &at);
		for (skip_blanks(&at); *at == '('; skip_blanks(&at)) {
			at++;
			add_elem(r, form, &at);
			skip_blanks(&at);
			if (*at++ != ')')
				give_up("element does not end", text);
		}
		if (*at == ';')
			at++;
		else if (*at)
			give_up("type does not end", at);
	}
	if (*at)
		give_up("no keyword", at);
}

void *typetext_bytes(const char *text, uint32_t str_start, bool swapped, size_t *ret_size)
{
	struct raw r;
	void *bytes;

	raw_init(&r, str_start);
	r.swapped = swapped;
	typetext_add(&r, text);
	bytes = raw_finish(&r, ret_size);
	raw_deinit(&r);
	return bytes;
}
