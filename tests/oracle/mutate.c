// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Changing one thing in grown BTF: a word of a type, its order, a string, the header, the end. */
#include <stdlib.h>
#include <string.h>

#include <kbtf/format.h>

#include "mutants.h"

/* The id of a type, or one a little beyond: mostly one of its own. */
static uint32_t some_id(struct mutant *m)
{
	if (m->nr_before && !mutant_random(m, 3))
		return mutant_random(m, m->nr_before + 1);
	return m->nr_before + mutant_random(m, m->nr_types + 3);
}

/* A number that something near may take, or that is at the edge of what a word may be. */
static uint32_t interesting(struct mutant *m, uint32_t old)
{
	static const uint32_t edges[] = { 0,	     1,	       2,	  4,	      7,
					  8,	     16,       31,	  32,	      33,
					  64,	     128,      0xff,	  0xffff,     0xfffff,
					  0x100000,  0xffffff, 0x1000000, 0x7fffffff, 0x80000000,
					  0xffffffff };

	switch (mutant_random(m, 6)) {
	case 0:
		return edges[mutant_random(m, sizeof(edges) / sizeof(*edges))];
	case 1:
		return old + 1;
	case 2:
		return old - 1;
	case 3:
		return old ^ 1u << mutant_random(m, 32);
	case 4:
		return some_id(m);
	default:
		return old + 8 * (mutant_random(m, 9) - 4);
	}
}

/* A type id, a string offset or a size that is another type's. */
static uint32_t borrowed(struct mutant *m)
{
	return m->words[mutant_random(m, m->nr_words)];
}

/* A place among others' sizes and offsets that only wraps round to where it should be. */
static uint32_t wrapping(uint32_t old)
{
	return 0u - old;
}

static void change_word(struct mutant *m, uint32_t start, uint32_t end)
{
	uint32_t *w = &m->words[start + mutant_random(m, end - start)];

	if (mutant_random(m, 3))
		*w = interesting(m, *w);
	else
		*w = mutant_random(m, 8) ? borrowed(m) : wrapping(*w);
}

static void change_info(struct mutant *m, uint32_t start)
{
	uint32_t *info = &m->words[start + 1];

	switch (mutant_random(m, 5)) {
	case 0:
		*info = kbtf_info(mutant_random(m, KBTF_NR_KINDS + 1), *info & 0xffff, *info >> 31);
		break;
	case 1:
		*info ^= UINT32_C(1) << 31;
		break;
	case 2:
		*info ^= 1u << mutant_random(m, 32);
		break;
	default:
		*info = (*info & 0xffff0000) | ((*info & 0xffff) + mutant_random(m, 5) - 2);
		break;
	}
}

/* Let a type be what another is, word for word, as far as it goes. */
static void copy_type(struct mutant *m)
{
	uint32_t from = mutant_random(m, m->nr_types), to = mutant_random(m, m->nr_types);
	uint32_t n = m->starts[from + 1] - m->starts[from];

	if (n > m->starts[to + 1] - m->starts[to])
		n = m->starts[to + 1] - m->starts[to];
	memmove(&m->words[m->starts[to]], &m->words[m->starts[from]], n * 4);
}

/* Turn references to one type into references to another. */
static void redirect(struct mutant *m)
{
	uint32_t from = some_id(m), to = some_id(m), i;

	for (i = 0; i < m->nr_types; i++)
		if (m->words[m->starts[i] + 2] == from)
			m->words[m->starts[i] + 2] = to;
}

/* Only the strings, and before them nothing that has a place. */
static void drop_types(struct mutant *m)
{
	m->nr_words = 0;
	m->header[2] = mutant_random(m, 2) ? m->strings_len : 0;
	m->header[3] = 0;
	m->header[4] = 0;
}

static void drop_strings(struct mutant *m)
{
	m->strings_len = 0;
	m->header[5] = 0;
}

static void change_header(struct mutant *m)
{
	uint32_t *w = &m->header[mutant_random(m, 6)];

	switch (mutant_random(m, 11)) {
	case 0:
	case 1:
		m->header_len = mutant_random(m, 2) ? 8 * mutant_random(m, 5) : 32;
		m->header[1] = m->header_len;
		m->header[6] = mutant_random(m, 2) ? 0 : 5;
		break;
	case 2:
	case 3:
		m->strings_first = true;
		m->header[2] = m->strings_len;
		m->header[4] = 0;
		break;
	case 4:
		drop_types(m);
		break;
	case 5:
		drop_strings(m);
		break;
	case 6:
		m->strings[0] = 'a';
		break;
	case 7: /* version and flags */
		m->header[0] ^= 1u << (16 + mutant_random(m, 16));
		break;
	default:
		*w = interesting(m, *w);
		break;
	}
}

/* Bytes that are missing at the end, or too many. */
static void change_end(struct mutant *m)
{
	size_t size;

	free(mutant_bytes(m, &size));
	if (!mutant_random(m, 3))
		m->extra = 1 + mutant_random(m, 40);
	else if (mutant_random(m, 2))
		m->cut = 1 + mutant_random(m, 40);
	else /* within the header, or right behind it */
		m->cut = (uint32_t)size -
			 (mutant_random(m, 2) ? mutant_random(m, KBTF_HEADER_SIZE) : m->header_len);
}

void mutant_swell(struct mutant *m)
{
	m->extra = (16u << 20) + mutant_random(m, 2) * 1024;
	if (mutant_random(m, 2))
		m->header[5] += m->extra;
}

static void change_string(struct mutant *m)
{
	static const char bytes[] = { 0,   0,	'a',	' ',	'0',	'.',
				      '_', '-', '\x7f', '\xa0', '\xd7', ':' };
	uint32_t at = mutant_random(m, m->strings_len);

	if (!mutant_random(m, 4))
		at = mutant_random(m, 2) && m->strings_len ? m->strings_len - 1 : 0;
	m->strings[at] = bytes[mutant_random(m, sizeof(bytes))];
}

void mutant_mutate_around(struct mutant *m)
{
	if (mutant_random(m, 3))
		change_header(m);
	else
		change_end(m);
}

void mutant_mutate(struct mutant *m)
{
	uint32_t i = mutant_random(m, m->nr_types);
	uint32_t start = m->starts[i], end = m->starts[i + 1];

	switch (mutant_random(m, 20)) {
	case 0:
	case 1:
		mutant_mutate_around(m);
		break;
	case 2:
	case 3:
		change_string(m);
		break;
	case 4:
	case 5:
	case 6:
		change_info(m, start);
		break;
	case 7:
		copy_type(m);
		break;
	case 8:
	case 9:
		redirect(m);
		break;
	default:
		change_word(m, start, end);
		break;
	}
}

uint8_t *mutant_bytes(const struct mutant *m, size_t *ret_size)
{
	size_t size = m->header_len + (size_t)m->nr_words * 4 + m->strings_len + m->extra;
	size_t words_len = (size_t)m->nr_words * 4;
	uint8_t *bytes = calloc(1, size ? size : 1), *body = bytes + m->header_len;

	if (!bytes)
		return NULL;
	memcpy(bytes, m->header, m->header_len);
	memcpy(body + (m->strings_first ? m->strings_len : 0), m->words, words_len);
	memcpy(body + (m->strings_first ? 0 : words_len), m->strings, m->strings_len);
	*ret_size = m->cut < size ? size - m->cut : 0;
	return bytes;
}
