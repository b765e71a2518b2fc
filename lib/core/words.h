/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_WORDS_H
#define KBTF_CORE_WORDS_H

#include "kinds.h"

/*
 * One walk over the words of a record, from which range checks, selection and
 * rewriting are made. It is expanded into its callers with the callbacks
 * inlined, so that each of them is a tight loop; callers give it constants.
 */
typedef void kbtf_word_fn(void *ctx, uint32_t *word);

#define KBTF_INLINE static inline __attribute__((always_inline))

KBTF_INLINE void kbtf_no_word(void *ctx, uint32_t *word)
{
	(void)ctx;
	(void)word;
}

/* Elements of stride words; str and id are the word's place in each, or -1. */
KBTF_INLINE void kbtf_each_elem(uint32_t *w, uint32_t vlen, uint32_t stride, int str, int id,
				kbtf_word_fn *on_str, kbtf_word_fn *on_id, void *ctx)
{
	const uint32_t *end = w + (size_t)vlen * stride;

	for (; w < end; w += stride) {
		if (str >= 0)
			on_str(ctx, w + str);
		if (id >= 0)
			on_id(ctx, w + id);
	}
}

/* Call on_str for each string offset and on_id for each type id of a record, in file order. */
KBTF_INLINE void kbtf_each_word(struct kbtf_type *t, kbtf_word_fn *on_str, kbtf_word_fn *on_id,
				void *ctx)
{
	uint32_t *w = (uint32_t *)(t + 1);
	uint32_t vlen = kbtf_vlen(t);

	on_str(ctx, &t->name_off);
	switch (kbtf_kind_info(kbtf_kind(t))->shape) {
	case KBTF_SHAPE_PLAIN:
	case KBTF_SHAPE_OPAQUE:
		break;
	case KBTF_SHAPE_REF:
		on_id(ctx, &t->type);
		break;
	case KBTF_SHAPE_ARRAY:
		on_id(ctx, &w[0]);
		on_id(ctx, &w[1]);
		break;
	case KBTF_SHAPE_MEMBERS:
		kbtf_each_elem(w, vlen, 3, 0, 1, on_str, on_id, ctx);
		break;
	case KBTF_SHAPE_ENUMS:
		kbtf_each_elem(w, vlen, 2, 0, -1, on_str, on_id, ctx);
		break;
	case KBTF_SHAPE_ENUMS64:
		kbtf_each_elem(w, vlen, 3, 0, -1, on_str, on_id, ctx);
		break;
	case KBTF_SHAPE_PARAMS:
		on_id(ctx, &t->type);
		kbtf_each_elem(w, vlen, 2, 0, 1, on_str, on_id, ctx);
		break;
	case KBTF_SHAPE_SECINFO:
		kbtf_each_elem(w, vlen, 3, -1, 0, on_str, on_id, ctx);
		break;
	}
}

#endif
