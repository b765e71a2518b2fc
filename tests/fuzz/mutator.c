// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Mutation for targets whose input has BTF in it, one piece or several, wherever they lie: two
 * times of three a type's own word is changed into what it may also be (another id, name, kind,
 * place), so that the piece is still read as far as before. Lengths stay, and so does what is
 * around the pieces. The third time is libFuzzer's own.
 */
#include <stdbool.h>
#include <string.h>

#include <kbtf/format.h>

#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

#define MOST_PIECES 4u
#define MOST_TYPES 256u

struct piece {
	uint8_t *types; /* not aligned */
	char *strings;
	uint32_t str_len, nr;
	uint32_t starts[MOST_TYPES + 1]; /* of types, in words */
};

struct mutation {
	uint64_t random;
	struct piece pieces[MOST_PIECES];
	uint32_t nr;
};

static uint32_t below(struct mutation *m, uint32_t n)
{
	m->random = m->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((m->random >> 33) % n);
}

static uint32_t word(const struct piece *p, uint32_t i)
{
	uint32_t w;

	memcpy(&w, p->types + 4 * (size_t)i, sizeof(w));
	return w;
}

static void set_word(struct piece *p, uint32_t i, uint32_t w)
{
	memcpy(p->types + 4 * (size_t)i, &w, sizeof(w));
}

/* ---- Pieces ----------------------------------------------------------- */

static unsigned int kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

/* Words of each of vlen elements, and of what comes but once. */
static uint32_t elem_words(unsigned int kind)
{
	switch (kind) {
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_DATASEC:
	case KBTF_ENUM64:
		return 3;
	case KBTF_ENUM:
	case KBTF_FUNC_PROTO:
		return 2;
	default:
		return 0;
	}
}

static uint32_t own_words(unsigned int kind)
{
	switch (kind) {
	case KBTF_ARRAY:
		return 3;
	case KBTF_INT:
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		return 1;
	default:
		return 0;
	}
}

static void find_types(struct piece *p, uint32_t nr_words)
{
	uint32_t at = 0;

	while (p->nr < MOST_TYPES && nr_words - at >= 3) {
		uint32_t info = word(p, at + 1), left = nr_words - at - 3;
		uint32_t more = own_words(kind_of(info));

		more += elem_words(kind_of(info)) * (info & 0xffff);
		if (more > left)
			break;
		p->starts[p->nr++] = at;
		at += 3 + more;
		p->starts[p->nr] = at;
	}
}

static bool read_piece(struct piece *p, uint8_t *data, size_t size)
{
	struct kbtf_header h;

	if (size < 24)
		return false;
	memcpy(&h, data, 24);
	if (h.magic != KBTF_MAGIC || h.hdr_len < 24 || h.hdr_len > size)
		return false;
	size -= h.hdr_len;
	if (h.type_off > size || h.type_len > size - h.type_off || h.str_off > size ||
	    h.str_len > size - h.str_off)
		return false;
	*p = (struct piece){ .types = data + h.hdr_len + h.type_off,
			     .strings = (char *)data + h.hdr_len + h.str_off,
			     .str_len = h.str_len };
	find_types(p, h.type_len / 4);
	return p->nr;
}

static void find_pieces(struct mutation *m, uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i < size && m->nr < MOST_PIECES; i++)
		if (read_piece(&m->pieces[m->nr], data + i, size - i))
			m->nr++;
}

/* ---- Changes ---------------------------------------------------------- */

/* Types of the piece and of those before it, of which one may be its base. */
static uint32_t some_id(struct mutation *m, const struct piece *p)
{
	const struct piece *before = &m->pieces[below(m, m->nr)];

	return below(m, p->nr + (before < p ? before->nr : 0) + 2);
}

/* A name that something else has, or the start of any string. */
static uint32_t some_name(struct mutation *m, const struct piece *p)
{
	uint32_t at = p->str_len ? below(m, p->str_len) : 0;

	if (below(m, 3))
		return word(p, p->starts[below(m, p->nr)]);
	while (at && p->strings[at - 1])
		at--;
	return at;
}

/* Another kind that takes as many words. */
static uint32_t other_kind(struct mutation *m, uint32_t info)
{
	unsigned int kind, tries;

	for (tries = 0; tries < 8; tries++) {
		kind = below(m, KBTF_NR_KINDS);
		if (elem_words(kind) == elem_words(kind_of(info)) &&
		    own_words(kind) == own_words(kind_of(info)))
			break;
	}
	return (info & ~UINT32_C(0x1f000000)) | kind << 24;
}

static void change_elem(struct mutation *m, struct piece *p, uint32_t type)
{
	uint32_t nr = p->starts[type + 1] - p->starts[type] - 3, i, old;

	if (!nr)
		return;
	i = p->starts[type] + 3 + below(m, nr);
	old = word(p, i);
	switch (below(m, 5)) {
	case 0:
		set_word(p, i, some_id(m, p));
		break;
	case 1:
		set_word(p, i, some_name(m, p));
		break;
	case 2:
		set_word(p, i, old + 8 * (below(m, 17) - 8));
		break;
	case 3:
		set_word(p, i, old ^ UINT32_C(1) << below(m, 32));
		break;
	default:
		set_word(p, i, word(p, p->starts[type] + 3 + below(m, nr)));
	}
}

/* Let two types of one length change places. */
static void swap_types(struct mutation *m, struct piece *p, uint32_t a)
{
	uint32_t b = below(m, p->nr), len = p->starts[a + 1] - p->starts[a], i, w;

	for (; b < p->nr && p->starts[b + 1] - p->starts[b] != len;)
		b++;
	for (i = 0; b < p->nr && i < len; i++) {
		w = word(p, p->starts[a] + i);
		set_word(p, p->starts[a] + i, word(p, p->starts[b] + i));
		set_word(p, p->starts[b] + i, w);
	}
}

/* Put the beginning of a string of some piece over one of this. */
static void copy_name(struct mutation *m, struct piece *p)
{
	const struct piece *from = &m->pieces[below(m, m->nr)];
	uint32_t to = some_name(m, p), at = some_name(m, from);

	for (; to < p->str_len && p->strings[to] && at < from->str_len && from->strings[at];)
		p->strings[to++] = from->strings[at++];
}

static void change(struct mutation *m)
{
	struct piece *p = &m->pieces[below(m, m->nr)];
	uint32_t type = below(m, p->nr), at = p->starts[type], info = word(p, at + 1);

	switch (below(m, 9)) {
	case 0:
		set_word(p, at, some_name(m, p));
		break;
	case 1:
		set_word(p, at + 1, other_kind(m, info));
		break;
	case 2:
		set_word(p, at + 1, info ^ UINT32_C(1) << 31);
		break;
	case 3:
		set_word(p, at + 2, some_id(m, p));
		break;
	case 4:
		set_word(p, at + 2, word(p, at + 2) + 4 * (below(m, 9) - 4));
		break;
	case 5:
		swap_types(m, p, type);
		break;
	case 6:
		copy_name(m, p);
		break;
	default:
		change_elem(m, p, type);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct mutation m = { .random = seed };
	uint32_t i;

	find_pieces(&m, data, size);
	if (!m.nr || !below(&m, 3))
		return LLVMFuzzerMutate(data, size, max_size);
	for (i = 1 + below(&m, 3); i; i--)
		change(&m);
	return size;
}
