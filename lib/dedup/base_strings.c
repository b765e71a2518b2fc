// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The strings of what is emitted in, where each of them is out: where the base has it, or
 * behind the base's own. The base's are looked through once, since there is no index of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "base_strings.h"
#include "prefixes.h"
#include "view.h"

static void find_in(struct kbtf_base_strings *b, const struct kbtf_strset *set,
		    const struct kbtf_prefixes *prefixes, const struct kbtf *btf)
{
	const char *s = btf->strings, *end = s + btf->hdr.str_len;
	uint32_t off;
	size_t len;

	if (btf->base)
		find_in(b, set, prefixes, btf->base);
	for (; s < end; s += len + 1) {
		len = strlen(s);
		if (!len || !kbtf_prefixes_may_have(prefixes, s, end))
			continue;
		off = kbtf_strset_find(set, s, len);
		if (off && b->offs[off - set->start] == KBTF_STRING_WANTED)
			b->offs[off - set->start] = btf->str_start + (uint32_t)(s - btf->strings);
	}
}

int kbtf_base_strings_init(struct kbtf_base_strings *b, const struct kbtf_strset *set)
{
	*b = (struct kbtf_base_strings){ 0 };
	b->offs = kbtf_zalloc_array(set->bytes.size, sizeof(*b->offs));
	return b->offs ? 0 : -ENOMEM;
}

void kbtf_base_strings_deinit(struct kbtf_base_strings *b)
{
	free(b->offs);
	kbtf_buf_deinit(&b->bytes);
	*b = (struct kbtf_base_strings){ 0 };
}

int kbtf_base_strings_place(struct kbtf_base_strings *b, const struct kbtf_strset *set)
{
	const char *s, *start = (const char *)set->bytes.data;
	const char *end = set->bytes.size ? start + set->bytes.size : start;
	struct kbtf_prefixes *prefixes = calloc(1, sizeof(*prefixes));
	size_t len, off;

	if (!prefixes)
		return -ENOMEM;
	for (s = start; s < end; s += strlen(s) + 1)
		if (b->offs[s - start])
			kbtf_prefixes_add(prefixes, s, end);
	find_in(b, set, prefixes, set->base);
	free(prefixes);
	for (s = start; s < end; s += len + 1) {
		len = strlen(s);
		if (b->offs[s - start] != KBTF_STRING_WANTED)
			continue;
		off = set->start + b->bytes.size;
		if (off + len >= KBTF_STRSET_FULL)
			return -E2BIG;
		if (kbtf_buf_append(&b->bytes, s, len + 1))
			return -ENOMEM;
		b->offs[s - start] = (uint32_t)off;
	}
	return 0;
}
