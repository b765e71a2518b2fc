// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Raw BTF put together word by word, for tests. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

static void *grow(struct raw_bytes *bytes, size_t n)
{
	void *at;

	if (bytes->size + n >= bytes->room) {
		/* Twice as much: sanitizers move the bytes at every realloc(). */
		bytes->room = 2 * (bytes->size + n) + 1;
		bytes->data = realloc(bytes->data, bytes->room);
	}
	if (!bytes->data)
		abort();
	at = bytes->data + bytes->size;
	bytes->size += n;
	return at;
}

void raw_init(struct raw *r, uint32_t str_start)
{
	memset(r, 0, sizeof(*r));
	r->str_start = str_start;
	if (!str_start)
		*(char *)grow(&r->strings, 1) = '\0';
}

void raw_deinit(struct raw *r)
{
	free(r->types.data);
	free(r->strings.data);
	free(r->layout.data);
	memset(r, 0, sizeof(*r));
}

uint32_t raw_string(struct raw *r, const char *s)
{
	uint32_t off = r->str_start + (uint32_t)r->strings.size;

	if (!*s)
		return 0;
	memcpy(grow(&r->strings, strlen(s) + 1), s, strlen(s) + 1);
	return off;
}

void raw_word(struct raw *r, uint32_t word)
{
	memcpy(grow(&r->types, sizeof(word)), &word, sizeof(word));
}

void raw_type(struct raw *r, unsigned int kind, uint32_t name_off, uint32_t vlen,
	      unsigned int kflag, uint32_t size_or_type)
{
	r->last = (uint32_t)r->types.size;
	raw_word(r, name_off);
	raw_word(r, (uint32_t)kflag << 31 | (uint32_t)kind << 24 | vlen);
	raw_word(r, size_or_type);
}

static void words(struct raw *r, unsigned int nr, va_list ap)
{
	while (nr--)
		raw_word(r, va_arg(ap, uint32_t));
}

void raw_words(struct raw *r, unsigned int nr, ...)
{
	va_list ap;

	va_start(ap, nr);
	words(r, nr, ap);
	va_end(ap);
}

void raw_elem(struct raw *r, unsigned int nr, ...)
{
	uint32_t info;
	va_list ap;

	memcpy(&info, r->types.data + r->last + 4, sizeof(info));
	info++;
	memcpy(r->types.data + r->last + 4, &info, sizeof(info));
	va_start(ap, nr);
	words(r, nr, ap);
	va_end(ap);
}

void raw_layout(struct raw *r, uint8_t info_size, uint8_t elem_size, uint16_t flags)
{
	struct kbtf_layout row = { info_size, elem_size, flags };

	r->header_size = 32;
	memcpy(grow(&r->layout, sizeof(row)), &row, sizeof(row));
}

void raw_layout_known(struct raw *r, unsigned int nr)
{
	static const uint8_t rows[][2] = {
		{ 0, 0 }, { 4, 0 },  { 0, 0 }, { 12, 0 }, { 0, 12 }, { 0, 12 }, { 0, 8 },
		{ 0, 0 }, { 0, 0 },  { 0, 0 }, { 0, 0 },  { 0, 0 },  { 0, 0 },	{ 0, 8 },
		{ 4, 0 }, { 0, 12 }, { 0, 0 }, { 4, 0 },  { 0, 0 },  { 0, 12 },
	};
	unsigned int i;

	for (i = 0; i < nr && i < sizeof(rows) / sizeof(*rows); i++)
		raw_layout(r, rows[i][0], rows[i][1], 0);
}

/* Put a word at a place, in the byte order of the result. */
static void put(uint8_t *at, uint32_t word, bool swapped)
{
	if (swapped)
		word = __builtin_bswap32(word);
	memcpy(at, &word, sizeof(word));
}

static void put_header(uint8_t *out, const struct kbtf_header *h, uint32_t size, bool swapped)
{
	const uint32_t words[] = { h->hdr_len, h->type_off,   h->type_len,  h->str_off,
				   h->str_len, h->layout_off, h->layout_len };
	uint16_t magic = swapped ? __builtin_bswap16(h->magic) : h->magic;
	uint32_t i;

	memset(out, 0, size);
	memcpy(out, &magic, sizeof(magic));
	out[2] = h->version;
	out[3] = h->flags;
	for (i = 0; i < 7 && 8 + 4 * i <= size; i++)
		put(out + 4 + 4 * i, words[i], swapped);
}

void *raw_finish(const struct raw *r, size_t *ret_size)
{
	uint32_t header_size = r->header_size ? r->header_size : 24;
	struct kbtf_header h = {
		.magic = 0xeb9f,
		.version = 1,
		.hdr_len = header_size,
		.type_len = (uint32_t)r->types.size,
		.str_off = (uint32_t)(r->types.size + r->layout.size),
		.str_len = (uint32_t)r->strings.size,
	};
	uint8_t *out, *at;
	uint32_t word;
	size_t i;

	if (r->layout.size) {
		h.layout_off = (uint32_t)r->types.size;
		h.layout_len = (uint32_t)r->layout.size;
	}
	*ret_size = header_size + r->types.size + r->layout.size + r->strings.size;
	out = calloc(1, *ret_size);
	if (!out)
		abort();
	put_header(out, r->hdr ? r->hdr : &h, header_size, r->swapped);
	at = out + header_size;
	for (i = 0; i + 4 <= r->types.size; i += 4) {
		memcpy(&word, r->types.data + i, sizeof(word));
		put(at + i, word, r->swapped);
	}
	at += r->types.size;
	for (i = 0; i < r->layout.size; i += 4) {
		at[i] = r->layout.data[i];
		at[i + 1] = r->layout.data[i + 1];
		at[i + 2] = r->layout.data[i + 2 + r->swapped];
		at[i + 3] = r->layout.data[i + 3 - r->swapped];
	}
	at += r->layout.size;
	if (r->strings.size)
		memcpy(at, r->strings.data, r->strings.size);
	return out;
}

uint8_t *unhex(const char *text, size_t *ret_size)
{
	uint8_t *out = malloc(strlen(text) / 2 + 1);
	unsigned int byte;
	size_t n = 0;

	if (!out)
		abort();
	while (*text) {
		if (isspace((unsigned char)*text)) {
			text++;
			continue;
		}
		if (sscanf(text, "%2x", &byte) != 1)
			abort();
		out[n++] = (uint8_t)byte;
		text += 2;
	}
	*ret_size = n;
	return out;
}
