// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Strings, each stored once; see strset.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "hash.h"
#include "strset.h"
#include "view.h"

#define MIN_SLOTS 64u

static uint32_t hash_bytes(const char *s, size_t len)
{
	return (uint32_t)XXH3_64bits(s, len);
}

const char *kbtf_strset_get(const struct kbtf_strset *set, uint32_t off)
{
	if (off < set->start)
		return kbtf_string_get(set->base, off);
	return (const char *)set->bytes.data + (off - set->start);
}

static int resize(struct kbtf_strset *set, size_t nr_slots)
{
	struct kbtf_strslot *slots;
	uint32_t mask = (uint32_t)nr_slots - 1, i, j;

	if (nr_slots > UINT32_C(1) << 31)
		return -ENOMEM;
	slots = kbtf_zalloc_array(nr_slots, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (i = 0; set->slots && i <= set->mask; i++) {
		if (!set->slots[i].off)
			continue;
		for (j = set->slots[i].hash & mask; slots[j].off;)
			j = (j + 1) & mask;
		slots[j] = set->slots[i];
	}
	free(set->slots);
	set->slots = slots;
	set->mask = mask;
	return 0;
}

int kbtf_strset_reserve(struct kbtf_strset *set, uint32_t n)
{
	size_t nr_slots = set->slots ? (size_t)set->mask + 1 : MIN_SLOTS;

	while (nr_slots / 2 <= n)
		nr_slots *= 2;
	return set->slots && nr_slots == (size_t)set->mask + 1 ? 0 : resize(set, nr_slots);
}

/* The slot of a string, or the free one where it belongs. */
static struct kbtf_strslot *find_slot(const struct kbtf_strset *set, uint32_t hash, const char *s,
				      size_t len)
{
	uint32_t i;

	for (i = hash & set->mask; set->slots[i].off; i = (i + 1) & set->mask) {
		const char *other;

		if (set->slots[i].hash != hash)
			continue;
		other = kbtf_strset_get(set, set->slots[i].off - 1);
		if (!strncmp(other, s, len) && !other[len])
			break;
	}
	return &set->slots[i];
}

static int index_strings(struct kbtf_strset *set, const struct kbtf *btf)
{
	uint32_t at, size;

	if (btf->base && index_strings(set, btf->base))
		return -ENOMEM;
	for (at = btf->str_start; at < btf->str_end; at += size + 1) {
		const char *s = btf->strings + (at - btf->str_start);
		struct kbtf_strslot *slot;
		uint32_t hash;

		size = (uint32_t)strlen(s);
		if (!size)
			continue;
		if (set->nr >= set->mask / 2 && resize(set, ((size_t)set->mask + 1) * 2))
			return -ENOMEM;
		hash = hash_bytes(s, size);
		slot = find_slot(set, hash, s, size);
		if (slot->off)
			continue;
		*slot = (struct kbtf_strslot){ hash, at + 1 };
		set->nr++;
	}
	return 0;
}

int kbtf_strset_init(struct kbtf_strset *set, const struct kbtf *base, bool index_base)
{
	*set = (struct kbtf_strset){ .base = base, .start = base ? base->str_end : 0 };
	/* Strings of kernels have about twenty bytes. */
	if (kbtf_strset_reserve(set, base && index_base ? base->str_end / 16 : 0) ||
	    (!base && kbtf_buf_append(&set->bytes, "", 1)) ||
	    (base && index_base && index_strings(set, base))) {
		kbtf_strset_deinit(set);
		return -ENOMEM;
	}
	return 0;
}

void kbtf_strset_deinit(struct kbtf_strset *set)
{
	kbtf_buf_deinit(&set->bytes);
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

static bool is_likely(const struct kbtf_strset *set, const char *s, size_t len)
{
	size_t at = (size_t)set->likely - set->start;

	return set->likely >= set->start && at < set->bytes.size && len < set->bytes.size - at &&
	       !set->bytes.data[at + len] && !memcmp(set->bytes.data + at, s, len);
}

uint32_t kbtf_strset_find(const struct kbtf_strset *set, const char *s, size_t len)
{
	const struct kbtf_strslot *slot = len ? find_slot(set, hash_bytes(s, len), s, len) : NULL;

	return slot && slot->off ? slot->off - 1 : 0;
}

uint32_t kbtf_strset_add(struct kbtf_strset *set, const char *s, size_t len)
{
	struct kbtf_strslot *slot;
	uint32_t hash;
	size_t off;
	char *to;

	if (!len)
		return 0;
	if (is_likely(set, s, len)) {
		off = set->likely;
		set->likely += (uint32_t)len + 1;
		return (uint32_t)off;
	}
	if (set->nr >= set->mask / 2 && resize(set, ((size_t)set->mask + 1) * 2))
		return KBTF_STRSET_NOMEM;
	hash = hash_bytes(s, len);
	slot = find_slot(set, hash, s, len);
	if (slot->off) {
		set->likely = slot->off + (uint32_t)len;
		return slot->off - 1;
	}
	off = set->start + set->bytes.size;
	if (len >= UINT32_MAX || off + len >= KBTF_STRSET_FULL)
		return KBTF_STRSET_FULL;
	to = kbtf_buf_extend(&set->bytes, len + 1);
	if (!to)
		return KBTF_STRSET_NOMEM;
	memcpy(to, s, len);
	to[len] = '\0';
	*slot = (struct kbtf_strslot){ hash, (uint32_t)off + 1 };
	set->nr++;
	return (uint32_t)off;
}
