/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_WORDS_H
#define KBTF_CORE_WORDS_H

#include <stddef.h>

#include "kinds.h"

/*
 * One walk over the words of a record, from which framing, range checks,
 * selection and rewriting are made. It is expanded into its callers with the
 * callbacks inlined, so that each of them is a tight loop; callers give it
 * constants. Where a record ends is told by the case of its kind rather than by
 * the kind table: a processor that has guessed the case right then goes on to the
 * next record at once, which halves the time.
 */
typedef void kbtf_word_fn(void *ctx, uint32_t *word);

#define KBTF_INLINE static inline __attribute__((always_inline))

/* No limit, for records that are known to be well framed. */
#define KBTF_NO_LIMIT ((const uint32_t *)UINTPTR_MAX)

KBTF_INLINE void kbtf_no_word(void *ctx, uint32_t *word)
{
	(void)ctx;
	(void)word;
}

/* Elements of stride words; str and id are the word's place in each, or -1. */
KBTF_INLINE uint32_t *kbtf_each_elem(uint32_t *w, const uint32_t *limit, uint32_t vlen,
				     uint32_t stride, int str, int id, kbtf_word_fn *on_str,
				     kbtf_word_fn *on_id, void *ctx)
{
	if (limit != KBTF_NO_LIMIT && (uint64_t)vlen * stride > (uint64_t)(limit - w))
		return NULL;
	for (; vlen; vlen--, w += stride) {
		if (str >= 0)
			on_str(ctx, w + str);
		if (id >= 0)
			on_id(ctx, w + id);
	}
	return w;
}

/*
 * Call on_str for each string offset and on_id for each type id of a record, in
 * file order. The first three words lie below limit. Returns the first word after
 * the record; NULL where that would be beyond limit, or for a kind that the kind
 * table does not have, and then elements were not looked at.
 */
KBTF_INLINE uint32_t *kbtf_each_word(struct kbtf_type *t, const uint32_t *limit,
				     kbtf_word_fn *on_str, kbtf_word_fn *on_id, void *ctx)
{
	uint32_t *w = (uint32_t *)(t + 1);
	uint32_t vlen = kbtf_vlen(t);

	on_str(ctx, &t->name_off);
	switch (kbtf_kind(t)) {
	case KBTF_FWD:
	case KBTF_FLOAT: /* size */
		return w;
	case KBTF_INT: /* size, word */
		return limit == KBTF_NO_LIMIT || limit > w ? w + 1 : NULL;
	case KBTF_PTR:
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
	case KBTF_FUNC: /* type id */
		on_id(ctx, &t->type);
		return w;
	case KBTF_VAR:
	case KBTF_DECL_TAG: /* type id, word */
		on_id(ctx, &t->type);
		return limit == KBTF_NO_LIMIT || limit > w ? w + 1 : NULL;
	case KBTF_ARRAY: /* 0, element type id, index type id, count */
		if (limit != KBTF_NO_LIMIT && limit - w < 3)
			return NULL;
		on_id(ctx, &w[0]);
		on_id(ctx, &w[1]);
		return w + 3;
	case KBTF_STRUCT:
	case KBTF_UNION: /* size, { name, type id, offset } per vlen */
		return kbtf_each_elem(w, limit, vlen, 3, 0, 1, on_str, on_id, ctx);
	case KBTF_ENUM: /* size, { name, value } per vlen */
		return kbtf_each_elem(w, limit, vlen, 2, 0, -1, on_str, on_id, ctx);
	case KBTF_ENUM64: /* size, { name, low, high } per vlen */
		return kbtf_each_elem(w, limit, vlen, 3, 0, -1, on_str, on_id, ctx);
	case KBTF_FUNC_PROTO: /* type id, { name, type id } per vlen */
		on_id(ctx, &t->type);
		return kbtf_each_elem(w, limit, vlen, 2, 0, 1, on_str, on_id, ctx);
	case KBTF_DATASEC: /* size, { type id, offset, size } per vlen */
		return kbtf_each_elem(w, limit, vlen, 3, -1, 0, on_str, on_id, ctx);
	default: /* a kind that only the layout section knows, or 0, which no record has */
		return NULL;
	}
}

#endif
