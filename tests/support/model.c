// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Relocation by the kernel's rules, slow and obvious. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct model {
	const struct kbtf *split, *distilled, *kernel;
	uint32_t nr_distilled;	 /* ids of the distilled base, void among them */
	uint32_t *map, *strings; /* by distilled id, by distilled string offset */
	bool *embedded;
};

static void *array_of(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		abort();
	return p;
}

static bool is_composite(unsigned int kind)
{
	return kind == KBTF_STRUCT || kind == KBTF_UNION;
}

/* By value: through modifiers, typedefs, tags and arrays, to a struct or union of the base. */
static void mark_embedded(struct model *m, uint32_t id)
{
	while (id) {
		const struct kbtf_type *t = kbtf_type(m->split, id);
		unsigned int kind = kbtf_kind(t);

		if (is_composite(kind) && id < m->nr_distilled)
			m->embedded[id] = true;
		if (kind == KBTF_ARRAY)
			id = kbtf_array(t)->type;
		else if (kind == KBTF_TYPEDEF || kind == KBTF_CONST || kind == KBTF_VOLATILE ||
			 kind == KBTF_RESTRICT || kind == KBTF_TYPE_TAG)
			id = t->type;
		else
			return;
	}
}

static bool is_distilled_base(const struct model *m)
{
	uint32_t id;

	for (id = 1; id < m->nr_distilled; id++) {
		const struct kbtf_type *t = kbtf_type(m->distilled, id);
		unsigned int kind = kbtf_kind(t);

		if (!*kbtf_string(m->distilled, t->name_off))
			return false;
		if (kind != KBTF_INT && kind != KBTF_FLOAT && kind != KBTF_ENUM &&
		    kind != KBTF_FWD && !is_composite(kind))
			return false;
	}
	return true;
}

/* How many structs and unions of the kernel have this very string for their name. */
static uint32_t count_composites(const struct kbtf *kernel, uint32_t name_off)
{
	uint32_t id, n = 0;

	for (id = 1; id < kbtf_end_id(kernel); id++) {
		const struct kbtf_type *t = kbtf_type(kernel, id);

		n += is_composite(kbtf_kind(t)) && t->name_off == name_off;
	}
	return n;
}

/* Whether the search by name, and by size where the kernel's type asks for it, leads here. */
static bool search_finds(const struct model *m, const struct kbtf_type *k,
			 const struct kbtf_type *d)
{
	unsigned int kind = kbtf_kind(k);
	bool by_size;

	if (!k->name_off)
		return false;
	if (is_composite(kind))
		by_size = count_composites(m->kernel, k->name_off) > 1;
	else if (kind == KBTF_INT || kind == KBTF_FLOAT || kind == KBTF_ENUM || kind == KBTF_ENUM64)
		by_size = true;
	else if (kind == KBTF_FWD)
		by_size = false;
	else
		return false;
	if (strcmp(kbtf_string(m->kernel, k->name_off), kbtf_string(m->distilled, d->name_off)))
		return false;
	return !by_size || k->size << 1 == d->size << 1; /* of which 31 bits are kept */
}

static bool accepts(const struct model *m, uint32_t distilled_id, const struct kbtf_type *k)
{
	const struct kbtf_type *d = kbtf_type(m->distilled, distilled_id);
	unsigned int kind = kbtf_kind(k);

	switch (kbtf_kind(d)) {
	case KBTF_FWD:
		if (kind == KBTF_FWD)
			return kbtf_kflag(d) == kbtf_kflag(k);
		return kind == (kbtf_kflag(k) ? KBTF_UNION : KBTF_STRUCT);
	case KBTF_INT:
		return kind == KBTF_INT && (kbtf_word(k) ^ kbtf_word(d)) << 4 >> 28 == 0;
	case KBTF_FLOAT:
		return kind == KBTF_FLOAT;
	case KBTF_ENUM:
		return kind == KBTF_ENUM || kind == KBTF_ENUM64;
	default: /* a struct or union; that it is embedded matters only until one was found */
		return !m->embedded[distilled_id] || m->map[distilled_id] || k->size == d->size;
	}
}

static bool map_all(struct model *m)
{
	uint32_t k_id, d_id;

	for (k_id = 1; k_id < kbtf_end_id(m->kernel); k_id++) {
		const struct kbtf_type *k = kbtf_type(m->kernel, k_id);

		for (d_id = 1; d_id < m->nr_distilled; d_id++) {
			const struct kbtf_type *d = kbtf_type(m->distilled, d_id);

			if (!search_finds(m, k, d) || !accepts(m, d_id, k))
				continue;
			if (m->map[d_id])
				return false;
			m->map[d_id] = k_id;
			m->strings[d->name_off] = k->name_off;
		}
	}
	for (d_id = 1; d_id < m->nr_distilled; d_id++)
		if (!m->map[d_id])
			return false;
	return true;
}

static void put_id(const struct model *m, uint32_t *word)
{
	if (*word < m->nr_distilled)
		*word = m->map[*word];
	else
		*word += kbtf_end_id(m->kernel) - m->nr_distilled;
}

static bool put_string(const struct model *m, uint32_t *word)
{
	uint32_t len = kbtf_header(m->distilled)->str_len;

	if (!*word)
		return true;
	if (*word >= len) {
		*word += kbtf_header(m->kernel)->str_len - len;
		return true;
	}
	*word = m->strings[*word];
	return *word;
}

/* The words of one record, each looked at by what the format says of its kind. */
static bool put_record(const struct model *m, uint32_t *w)
{
	const struct kbtf_type *t = (const struct kbtf_type *)w;
	unsigned int kind = kbtf_kind(t);
	uint32_t vlen = kbtf_vlen(t), i, *e;

	if (!put_string(m, &w[0]))
		return false;
	if (kind == KBTF_PTR || kind == KBTF_TYPEDEF || kind == KBTF_VOLATILE ||
	    kind == KBTF_CONST || kind == KBTF_RESTRICT || kind == KBTF_FUNC ||
	    kind == KBTF_FUNC_PROTO || kind == KBTF_VAR || kind == KBTF_DECL_TAG ||
	    kind == KBTF_TYPE_TAG)
		put_id(m, &w[2]);
	if (kind == KBTF_ARRAY) {
		put_id(m, &w[3]);
		put_id(m, &w[4]);
	}
	for (i = 0; i < vlen; i++) {
		if (is_composite(kind)) {
			e = w + 3 + 3 * i;
			put_id(m, &e[1]);
			if (!put_string(m, &e[0]))
				return false;
		} else if (kind == KBTF_FUNC_PROTO) {
			e = w + 3 + 2 * i;
			put_id(m, &e[1]);
			if (!put_string(m, &e[0]))
				return false;
		} else if (kind == KBTF_ENUM) {
			if (!put_string(m, w + 3 + 2 * i))
				return false;
		} else if (kind == KBTF_ENUM64) {
			if (!put_string(m, w + 3 + 3 * i))
				return false;
		} else if (kind == KBTF_DATASEC) {
			put_id(m, w + 3 + 3 * i);
		}
	}
	return true;
}

static uint8_t *rewrite(const struct model *m, size_t *ret_size)
{
	const void *bytes = kbtf_bytes(m->split, ret_size);
	uint8_t *copy = array_of(1, *ret_size);
	uint32_t id;

	memcpy(copy, bytes, *ret_size);
	for (id = m->nr_distilled; id < kbtf_end_id(m->split); id++) {
		if (put_record(m, (uint32_t *)(copy + kbtf_type_offset(m->split, id))))
			continue;
		free(copy);
		return NULL;
	}
	return copy;
}

uint8_t *model_relocate(const struct kbtf *split, const struct kbtf *kernel, size_t *ret_size)
{
	struct model m = { .split = split, .distilled = kbtf_base(split), .kernel = kernel };
	uint8_t *ret = NULL;
	uint32_t id, i;

	m.nr_distilled = kbtf_end_id(m.distilled);
	m.map = array_of(m.nr_distilled, sizeof(*m.map));
	m.embedded = array_of(m.nr_distilled, sizeof(*m.embedded));
	m.strings = array_of(kbtf_header(m.distilled)->str_len, sizeof(*m.strings));
	for (id = m.nr_distilled; id < kbtf_end_id(split); id++) {
		const struct kbtf_type *t = kbtf_type(split, id);

		for (i = 0; is_composite(kbtf_kind(t)) && i < kbtf_vlen(t); i++)
			mark_embedded(&m, kbtf_members(t)[i].type);
	}
	/* A base of void alone is none. */
	if (m.nr_distilled > 1 && is_distilled_base(&m) && map_all(&m))
		ret = rewrite(&m, ret_size);
	free(m.strings);
	free(m.embedded);
	free(m.map);
	return ret;
}
