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
#include "words.h"

/* The layout section's row of a kind; split BTF that has no such section goes by its base's. */
static const struct kbtf_layout *layout_row(const struct kbtf *btf, unsigned int kind)
{
	const uint8_t *layout;

	while (!btf->hdr.layout_len && btf->base)
		btf = btf->base;
	if (kind >= btf->hdr.layout_len / sizeof(struct kbtf_layout))
		return NULL;
	layout = btf->bytes + btf->hdr.hdr_len + btf->hdr.layout_off;
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

	for (kind = KBTF_INT; kind < KBTF_NR_KINDS && btf->hdr.layout_len; kind++) {
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

KBTF_INLINE void survey_str(void *ctx, uint32_t *word)
{
	struct kbtf_survey *survey = ctx;

	survey->largest_str = *word > survey->largest_str ? *word : survey->largest_str;
}

KBTF_INLINE void survey_id(void *ctx, uint32_t *word)
{
	struct kbtf_survey *survey = ctx;

	survey->largest_id = *word > survey->largest_id ? *word : survey->largest_id;
}

/* Whether own type number proto, counted from 0, came before type i and is a prototype. */
static inline bool is_known_proto(const uint8_t *kinds, uint32_t i, uint32_t proto)
{
	return proto < i && kinds[proto] == KBTF_FUNC_PROTO;
}

/* The end of a record that the common case has no answer for, or why it has none. */
static int frame_odd(struct kbtf *btf, uint32_t i, const struct kbtf_type *t, const uint32_t *limit,
		     const uint32_t **ret_end, struct kbtf_diag *reterr)
{
	uint32_t at = (uint32_t)((const uint8_t *)t - btf->types), tail, elem;
	const uint32_t *words = (const uint32_t *)t;
	uint64_t need;

	if (limit - words < 3)
		return fail_frame(btf, i, at, -EINVAL, "type-truncated",
				  "a type takes at least 12 bytes, the type section has",
				  (uint64_t)(limit - words) * 4, reterr);
	if (!kbtf_layout_of(btf, kbtf_kind(t), &tail, &elem))
		return fail_frame(btf, i, at, -EOPNOTSUPP, "kind-unknown",
				  "neither kbtf nor a layout section knows kind", kbtf_kind(t),
				  reterr);
	need = 3 + tail + (uint64_t)kbtf_vlen(t) * elem;
	if (need > (uint64_t)(limit - words))
		return fail_frame(btf, i, at, -EINVAL, "type-truncated",
				  "runs beyond the end of the type section; its length is",
				  need * 4, reterr);
	btf->opaque |= kbtf_kind(t) >= KBTF_NR_KINDS;
	*ret_end = words + need;
	return 0;
}

/* Records of foreign byte order, made ours one by one before they are framed. */
static int swap_types(struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint32_t *words = (uint32_t *)btf->types, *limit = words + btf->hdr.type_len / 4;
	const uint32_t *end;
	uint32_t i;
	int err;

	for (i = 0; words < limit; i++, words = (uint32_t *)end) {
		if (limit - words >= 3)
			kbtf_swap_words(words, 3);
		err = frame_odd(btf, i, (struct kbtf_type *)words, limit, &end, reterr);
		if (err)
			return err;
		kbtf_swap_words(words + 3, (size_t)(end - words) - 3);
	}
	return 0;
}

/*
 * How far to fetch ahead: nothing has read these bytes yet, and where records are short the
 * processor guesses wrong too often to run ahead by itself.
 */
#define READ_AHEAD_BYTES 512

/*
 * Offsets of all types into offs[], and their kinds, both of which have room for
 * the most that can be there.
 */
static int frame_types(struct kbtf *btf, struct kbtf_survey *ret, struct kbtf_diag *reterr)
{
	struct kbtf_survey survey = *ret; /* in registers, which the stores below cannot touch */
	const uint32_t *limit = (const uint32_t *)(btf->types + btf->hdr.type_len), *end;
	const struct kbtf_type *t = (const struct kbtf_type *)btf->types;
	uint32_t *offs = btf->offs, i = 0;
	uint8_t *kinds = btf->kinds;
	int err;

	for (; (const uint32_t *)t < limit; t = (const struct kbtf_type *)end) {
		__builtin_prefetch((const char *)t + READ_AHEAD_BYTES);
		end = limit - (const uint32_t *)t < 3
			      ? NULL
			      : kbtf_each_word((struct kbtf_type *)t, limit, survey_str, survey_id,
					       &survey);
		if (__builtin_expect(!end, 0)) {
			err = frame_odd(btf, i, t, limit, &end, reterr);
			if (err)
				return err;
		}
		offs[i] = (uint32_t)((const uint8_t *)t - btf->types);
		kinds[i] = (uint8_t)kbtf_kind(t);
		if (kinds[i] == KBTF_FUNC && !is_known_proto(kinds, i, t->type - btf->first_id))
			survey.funcs_pending = true;
		i++;
	}
	btf->nr_types = i;
	*ret = survey;
	return 0;
}

int kbtf_open_frame(struct kbtf *btf, struct kbtf_survey *ret, struct kbtf_diag *reterr)
{
	uint32_t most = btf->hdr.type_len / sizeof(struct kbtf_type) + 1;
	uint32_t *shrunk_offs;
	uint8_t *shrunk_kinds;
	int err;

	err = check_layout(btf, reterr);
	if (err)
		return err;
	btf->offs = kbtf_alloc_array(most, sizeof(*btf->offs));
	btf->kinds = kbtf_alloc_array(most, sizeof(*btf->kinds));
	if (!btf->offs || !btf->kinds)
		return kbtf_fail_nomem(reterr);
	err = btf->swapped ? swap_types(btf, reterr) : 0;
	if (!err)
		err = frame_types(btf, ret, reterr);
	if (err)
		return err;
	if (btf->nr_types > KBTF_MAX_TYPES - btf->first_id)
		return kbtf_fail_btf(reterr, btf, 0, -E2BIG, "type-count",
				     "%u types on top of the base's are more than %u",
				     btf->nr_types, KBTF_MAX_TYPES);
	shrunk_offs = kbtf_realloc_array(btf->offs, btf->nr_types, sizeof(*btf->offs));
	if (shrunk_offs)
		btf->offs = shrunk_offs;
	shrunk_kinds = kbtf_realloc_array(btf->kinds, btf->nr_types, sizeof(*btf->kinds));
	if (shrunk_kinds)
		btf->kinds = shrunk_kinds;
	return 0;
}
