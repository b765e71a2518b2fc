// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The third step of every operation: words through maps. One pass that only
 * remembers the first record with a word that went nowhere; which word it was is
 * not lost, since such a word is left as it is.
 */
#include <errno.h>

#include "rewrite.h"
#include "words.h"

struct pass {
	const struct kbtf_map *ids, *strs;
	uint32_t nr_unmapped;
	uint32_t word;
	bool is_id;
};

KBTF_INLINE void map_word(struct pass *p, uint32_t *word, uint32_t to, bool is_id)
{
	if (__builtin_expect(!to && *word, 0)) {
		if (!p->nr_unmapped++) {
			p->word = *word;
			p->is_id = is_id;
		}
		return;
	}
	*word = to;
}

KBTF_INLINE void str_direct(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_direct(p->strs, *word), false);
}

KBTF_INLINE void id_direct(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_direct(p->ids, *word), true);
}

KBTF_INLINE void str_sparse(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_sparse(p->strs, *word), false);
}

KBTF_INLINE void id_sparse(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_sparse(p->ids, *word), true);
}

KBTF_INLINE void str_ranked(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_ranked(p->strs, *word), false);
}

KBTF_INLINE void id_ranked(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, word, kbtf_map_ranked(p->ids, *word), true);
}

KBTF_INLINE int rewrite(void *types, size_t len, struct pass *p, kbtf_word_fn *on_str,
			kbtf_word_fn *on_id, struct kbtf_unmapped *ret_unmapped)
{
	uint32_t *at = types, *end = at + len / sizeof(*at), i;

	for (i = 0; at < end; i++) {
		at = kbtf_each_word((struct kbtf_type *)at, KBTF_NO_LIMIT, on_str, on_id, p);
		if (__builtin_expect(p->nr_unmapped, 0)) {
			if (ret_unmapped)
				*ret_unmapped = (struct kbtf_unmapped){ i, p->word, p->is_id };
			return -ENOENT;
		}
	}
	return 0;
}

int kbtf_rewrite(void *types, size_t len, const struct kbtf_map *ids, const struct kbtf_map *strs,
		 struct kbtf_unmapped *ret_unmapped)
{
	/* Copies, which stores to the records are known not to touch. */
	const struct kbtf_map own_ids = *ids, own_strs = *strs;
	struct pass p = { .ids = &own_ids, .strs = &own_strs };

	if (!len) /* then types may be NULL */
		return 0;
	if (ids->direct)
		return rewrite(types, len, &p, str_direct, id_direct, ret_unmapped);
	if (ids->ranked)
		return rewrite(types, len, &p, str_ranked, id_ranked, ret_unmapped);
	return rewrite(types, len, &p, str_sparse, id_sparse, ret_unmapped);
}
