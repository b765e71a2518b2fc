// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The strings of a base held against those of a set; see base_strings.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "base_strings.h"
#include "prefixes.h"
#include "view.h"

static int note_known(struct kbtf_base_strings *b, uint32_t base_off, uint32_t off)
{
	uint32_t *first = &b->offs[off - b->set->start];
	struct kbtf_u32slot *slot = kbtf_u32map_add(&b->known, base_off);

	if (!slot)
		return -ENOMEM;
	slot->value = off;
	if (!*first)
		*first = base_off;
	return 0;
}

static int look_through(struct kbtf_base_strings *b, const struct kbtf_prefixes *prefixes,
			const struct kbtf *btf)
{
	const char *s = btf->strings, *end = s + btf->hdr.str_len;
	uint32_t off, base_off;
	size_t len;

	if (btf->base && look_through(b, prefixes, btf->base))
		return -ENOMEM;
	for (; s < end; s += len + 1) {
		len = strlen(s);
		if (!len)
			continue;
		base_off = btf->str_start + (uint32_t)(s - btf->strings);
		off = kbtf_prefixes_may_have(prefixes, s, end) ? kbtf_strset_find(b->set, s, len)
							       : 0;
		if (!off)
			b->alien[base_off / 64] |= UINT64_C(1) << base_off % 64;
		else if (note_known(b, base_off, off))
			return -ENOMEM;
	}
	return 0;
}

int kbtf_base_strings_init(struct kbtf_base_strings *b, const struct kbtf_strset *set)
{
	const char *s = (const char *)set->bytes.data, *end = s ? s + set->bytes.size : NULL;
	struct kbtf_prefixes *prefixes = calloc(1, sizeof(*prefixes));
	int err = 0;

	*b = (struct kbtf_base_strings){ .set = set };
	b->offs = kbtf_zalloc_array(set->bytes.size, sizeof(*b->offs));
	b->alien = kbtf_zalloc_array(set->base->str_end / 64 + 1, sizeof(*b->alien));
	if (!prefixes || !b->offs || !b->alien || kbtf_u32map_reserve(&b->known, set->nr))
		err = -ENOMEM;
	for (; !err && s < end; s += strlen(s) + 1)
		kbtf_prefixes_add(prefixes, s, end);
	if (!err)
		err = look_through(b, prefixes, set->base);
	free(prefixes);
	return err;
}

void kbtf_base_strings_deinit(struct kbtf_base_strings *b)
{
	free(b->alien);
	free(b->offs);
	kbtf_u32map_deinit(&b->known);
	*b = (struct kbtf_base_strings){ 0 };
}

uint32_t kbtf_base_strings_get(const struct kbtf_base_strings *b, uint32_t off)
{
	uint32_t known = kbtf_u32map_find(&b->known, off);
	const char *s;

	if (known || kbtf_base_strings_is_alien(b, off))
		return known;
	/* The end of a longer one, which no tool that makes BTF for kernels refers to. */
	s = kbtf_string_get(b->set->base, off);
	return kbtf_strset_find(b->set, s, strlen(s));
}
