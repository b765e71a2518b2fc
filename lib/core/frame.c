// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Framing: the type section in, the offset of each type out. The length of a type
 * the kind table tells, or for a kind that the table does not have the layout
 * section. Being the one pass that meets every word, it also surveys them for the
 * steps after it: a second and third pass would cost as much again.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "fail.h"
#include "open.h"

static const struct kbtf_layout *layout_row(const struct kbtf *btf, unsigned int kind)
{
	const uint8_t *layout = btf->bytes + btf->hdr.hdr_len + btf->hdr.layout_off;

	if (kind >= btf->hdr.layout_len / sizeof(struct kbtf_layout))
		return NULL;
	return (const struct kbtf_layout *)layout + kind;
}

bool kbtf_layout_of(const struct kbtf *btf, unsigned int kind, uint32_t *ret_tail_words,
		    uint32_t *ret_elem_words)
{
	const struct kbtf_layout *row;

	if (kind > KBTF_VOID && kind < KBTF_NR_KINDS) {
		*ret_tail_words = kbtf_kinds[kind].tail_words;
		*ret_elem_words = kbtf_kinds[kind].elem_words;
		return true;
	}
	row = kind == KBTF_VOID ? NULL : layout_row(btf, kind);
	if (!row || row->info_size % 4 || row->elem_size % 4)
		return false;
	*ret_tail_words = row->info_size / 4;
	*ret_elem_words = row->elem_size / 4;
	return true;
}

/* A layout section that contradicts the kinds kbtf knows is not believed about those it does not.
 */
static int check_layout(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	const struct kbtf_layout *row;
	unsigned int kind;

	for (kind = KBTF_INT; kind < KBTF_NR_KINDS; kind++) {
		const struct kbtf_kind_info *info = &kbtf_kinds[kind];

		row = layout_row(btf, kind);
		if (!row)
			break;
		if (row->info_size != info->tail_words * 4 ||
		    row->elem_size != info->elem_words * 4)
			return kbtf_fail_btf(
				reterr, btf, (uint64_t)((const uint8_t *)row - btf->bytes), -EINVAL,
				"layout-mismatch",
				"layout section gives %s %u + vlen * %u bytes where it has "
				"%u + vlen * %u",
				info->name, row->info_size, row->elem_size, info->tail_words * 4,
				info->elem_words * 4);
	}
	return 0;
}

static int fail_frame(const struct kbtf *btf, uint32_t i, uint32_t at, int err, const char *reason,
		      const char *fact, uint64_t need, struct kbtf_diag *reterr)
{
	uint32_t id = btf->first_id + i;

	kbtf_fail_btf(reterr, btf, (uint64_t)(btf->types - btf->bytes) + at, err, reason,
		      "type [%u]: %s %llu", id, fact, (unsigned long long)need);
	if (reterr)
		reterr->type_id = id;
	return err;
}

/*
 * Which words of a shape count, as masks: a mispredicted branch costs more here
 * than looking at a word for nothing.
 */
struct masks {
	uint32_t ref;				 /* of the third word: is it a type id? */
	uint32_t first_str, first_id, second_id; /* of each element's first two words */
	uint32_t vlen;				 /* whether there are elements */
	uint32_t stride;			 /* words of an element */
	uint32_t fixed;				 /* elements that are there without a vlen */
};

#define ALL UINT32_MAX

static const struct masks masks_of[] = {
	[KBTF_SHAPE_PLAIN] = { 0 },
	[KBTF_SHAPE_OPAQUE] = { 0 },
	[KBTF_SHAPE_REF] = { .ref = ALL },
	[KBTF_SHAPE_ARRAY] = { .first_id = ALL, .second_id = ALL, .fixed = 1 },
	[KBTF_SHAPE_MEMBERS] = { .first_str = ALL, .second_id = ALL, .vlen = ALL, .stride = 3 },
	[KBTF_SHAPE_ENUMS] = { .first_str = ALL, .vlen = ALL, .stride = 2 },
	[KBTF_SHAPE_ENUMS64] = { .first_str = ALL, .vlen = ALL, .stride = 3 },
	[KBTF_SHAPE_PARAMS] = { .ref = ALL,
				.first_str = ALL,
				.second_id = ALL,
				.vlen = ALL,
				.stride = 2 },
	[KBTF_SHAPE_SECINFO] = { .first_id = ALL, .vlen = ALL, .stride = 3 },
};

static inline uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static inline void survey_words(struct kbtf_survey *survey, const struct kbtf_type *t,
				const struct masks *m)
{
	const uint32_t *w = kbtf_tail(t);
	uint32_t nr = (kbtf_vlen(t) & m->vlen) + m->fixed;
	uint32_t str = larger(survey->largest_str, t->name_off);
	uint32_t id = larger(survey->largest_id, t->type & m->ref);

	for (; nr; nr--, w += m->stride) {
		str = larger(str, w[0] & m->first_str);
		id = larger(id, w[0] & m->first_id);
		id = larger(id, w[1] & m->second_id);
	}
	survey->largest_str = str;
	survey->largest_id = id;
}

/* Whether the type that a FUNC refers to is known to be a prototype already. */
static inline bool is_known_proto(const struct kbtf *btf, uint32_t i, uint32_t type_id)
{
	return type_id >= btf->first_id && type_id - btf->first_id < i &&
	       kbtf_kind(kbtf_own_type(btf, type_id - btf->first_id)) == KBTF_FUNC_PROTO;
}

/*
 * Offsets of all types into offs[], and their classes, which have room for the
 * most that can be there.
 */
static int frame_types(struct kbtf *btf, struct kbtf_survey *ret, struct kbtf_diag *reterr)
{
	struct kbtf_survey survey = *ret; /* in registers, which the stores below cannot touch */
	uint32_t len = btf->hdr.type_len, at = 0, i = 0;

	while (at < len) {
		struct kbtf_type *t = (struct kbtf_type *)(btf->types + at);
		uint32_t left = len - at, tail, elem;
		const struct kbtf_kind_info *info;
		unsigned int kind;
		uint64_t need;

		if (left < sizeof(*t))
			return fail_frame(btf, i, at, -EINVAL, "type-truncated",
					  "a type takes at least 12 bytes, the type section has",
					  left, reterr);
		if (btf->swapped)
			kbtf_swap_words((uint32_t *)t, 3);
		kind = kbtf_kind(t);
		info = kbtf_kind_info(kind);
		tail = info->tail_words;
		elem = info->elem_words;
		if (kind - 1u >= KBTF_NR_KINDS - 1u) {
			if (!kbtf_layout_of(btf, kind, &tail, &elem))
				return fail_frame(btf, i, at, -EOPNOTSUPP, "kind-unknown",
						  "neither kbtf nor a layout section knows kind",
						  kind, reterr);
			btf->opaque = true;
		}
		need = sizeof(*t) + 4 * (tail + (uint64_t)kbtf_vlen(t) * elem);
		if (need > left)
			return fail_frame(btf, i, at, -EINVAL, "type-truncated",
					  "runs beyond the end of the type section; its length is",
					  need, reterr);
		if (btf->swapped)
			kbtf_swap_words((uint32_t *)(t + 1), (need - sizeof(*t)) / 4);
		survey_words(&survey, t, &masks_of[info->shape]);
		if (kind == KBTF_FUNC && !is_known_proto(btf, i, t->type))
			survey.funcs_pending = true;
		survey.classes[i] = info->chain_class;
		btf->offs[i++] = at;
		at += (uint32_t)need;
	}
	btf->nr_types = i;
	*ret = survey;
	return 0;
}

int kbtf_open_frame(struct kbtf *btf, struct kbtf_survey *ret, struct kbtf_diag *reterr)
{
	uint32_t most = btf->hdr.type_len / sizeof(struct kbtf_type) + 1;
	uint32_t *shrunk;
	int err;

	err = check_layout(btf, reterr);
	if (err)
		return err;
	btf->offs = kbtf_alloc_array(most, sizeof(*btf->offs));
	ret->classes = kbtf_alloc_array(most, sizeof(*ret->classes));
	if (!btf->offs || !ret->classes)
		return kbtf_fail_nomem(reterr);
	err = frame_types(btf, ret, reterr);
	if (err)
		return err;
	if (btf->nr_types > KBTF_MAX_TYPES - btf->first_id)
		return kbtf_fail_btf(reterr, btf, 0, -E2BIG, "type-count",
				     "%u types on top of the base's are more than %u",
				     btf->nr_types, KBTF_MAX_TYPES);
	shrunk = kbtf_realloc_array(btf->offs, btf->nr_types, sizeof(*btf->offs));
	if (shrunk)
		btf->offs = shrunk;
	return 0;
}
