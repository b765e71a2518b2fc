// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A header, the types of each line, and the strings they name, each name once. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/btf.h>

#include "text_btf.h"

#define MAX_WORDS 4096
#define MAX_STRINGS 8192

struct writer {
	uint32_t words[MAX_WORDS];
	uint32_t nr;
	char strings[MAX_STRINGS];
	uint32_t strings_len;
	uint32_t str_start;
};

static void die(const char *what, const char *token)
{
	fprintf(stderr, "text_btf: %s '%s'\n", what, token);
	abort();
}

static void put(struct writer *w, uint32_t word)
{
	if (w->nr == MAX_WORDS)
		die("too many words at", "");
	w->words[w->nr++] = word;
}

static uint32_t string(struct writer *w, const char *s)
{
	uint32_t off = 0;
	size_t len = strlen(s) + 1;

	for (off = 0; off < w->strings_len; off += (uint32_t)strlen(w->strings + off) + 1)
		if (*s && !strcmp(w->strings + off, s))
			return w->str_start + off;
	if (w->strings_len + len > MAX_STRINGS)
		die("no room for", s);
	memcpy(w->strings + w->strings_len, s, len);
	w->strings_len += (uint32_t)len;
	return w->str_start + off;
}

static uint32_t number(const char *token)
{
	char *end;
	long long n = strtoll(token, &end, 0);

	if (!*token || *end)
		die("no number:", token);
	return (uint32_t)n;
}

static uint32_t name(struct writer *w, const char *token)
{
	if (!strcmp(token, "-"))
		return 0;
	if (*token == '@')
		return number(token + 1);
	return string(w, strcmp(token, "''") ? token : "");
}

static unsigned int kind(const char *token)
{
	unsigned int k;

	for (k = 0; k < KBTF_NR_KINDS; k++)
		if (!strcmp(token, kbtf_kind_name(k)))
			return k;
	return number(token);
}

static void type(struct writer *w, char *line)
{
	char *save, *token = strtok_r(line, " \t", &save);
	uint32_t vlen = 0, kflag = 0, info;

	if (!token)
		return;
	info = kbtf_info(kind(token), 0, 0);
	token = strtok_r(NULL, " \t", &save);
	put(w, name(w, token ? token : ""));
	put(w, info);
	info = w->nr - 1;
	token = strtok_r(NULL, " \t", &save);
	put(w, number(token ? token : ""));
	while ((token = strtok_r(NULL, " \t", &save)) && strcmp(token, ":")) {
		if (!strncmp(token, "vlen=", 5))
			vlen = number(token + 5);
		else if (!strcmp(token, "kflag"))
			kflag = 1;
		else
			die("what is", token);
	}
	w->words[info] |= vlen | kflag << 31;
	while ((token = strtok_r(NULL, " \t", &save)))
		put(w, *token == '$' ? name(w, token + 1) : number(token));
}

uint8_t *text_btf(const char *text, uint32_t str_start, size_t *ret_size)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct kbtf_header h = { .magic = KBTF_MAGIC,
				 .version = KBTF_VERSION,
				 .hdr_len = KBTF_HEADER_SIZE };
	char *copy = strdup(text), *save, *line;
	uint8_t *ret;

	w->str_start = str_start;
	w->strings_len = !str_start;
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		type(w, line);
	h.type_len = h.str_off = w->nr * 4;
	h.str_len = w->strings_len;
	*ret_size = KBTF_HEADER_SIZE + h.type_len + h.str_len;
	ret = malloc(*ret_size);
	memcpy(ret, &h, KBTF_HEADER_SIZE);
	memcpy(ret + KBTF_HEADER_SIZE, w->words, h.type_len);
	memcpy(ret + KBTF_HEADER_SIZE + h.type_len, w->strings, h.str_len);
	free(copy);
	free(w);
	return ret;
}
