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

KBTF_INLINE void map_word(struct pass *p, const struct kbtf_map *map, uint32_t *word, bool is_id)
{
	uint32_t to = kbtf_map_find(map, *word);

	if (__builtin_expect(!to && *word, 0)) {
		if (!p->nr_unmapped++) {
			p->word = *word;
			p->is_id = is_id;
		}
		return;
	}
	*word = to;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, p->strs, word, false);
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct pass *p = ctx;

	map_word(p, p->ids, word, true);
}

static size_t record_size(const struct kbtf_type *t)
{
	const struct kbtf_kind_info *k = kbtf_kind_info(kbtf_kind(t));

	return sizeof(*t) + 4 * (k->tail_words + (size_t)kbtf_vlen(t) * k->elem_words);
}

int kbtf_rewrite(void *types, size_t len, const struct kbtf_map *ids, const struct kbtf_map *strs,
		 struct kbtf_unmapped *ret_unmapped)
{
	struct pass p = { .ids = ids, .strs = strs };
	uint8_t *at = types, *end = at + len;
	uint32_t i;

	for (i = 0; at < end; i++) {
		struct kbtf_type *t = (struct kbtf_type *)at;

		kbtf_each_word(t, map_str, map_id, &p);
		if (__builtin_expect(p.nr_unmapped, 0)) {
			if (ret_unmapped)
				*ret_unmapped = (struct kbtf_unmapped){ i, p.word, p.is_id };
			return -ENOENT;
		}
		at += record_size(t);
	}
	return 0;
}
