// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Names to keys and back; see source.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "source.h"
#include "words.h"

/*
 * What was seen of .debug_str where strings repeat: by the lower bits of a quarter of the offset,
 * which string was there last. A unit's strings follow each other, in mostly no more bytes
 * than that tells apart, so that few are looked for twice; and the table stays in the cache.
 */
#define NR_SEEN 32768u

static inline struct kbtf_seen_name *seen_at(const struct kbtf_names_ctx *names, uint32_t off)
{
	return &names->seen[off / 4 % NR_SEEN];
}

int kbtf_names_ctx_init(struct kbtf_names_ctx *names, const struct kbtf_dwarf_source *src)
{
	*names = (struct kbtf_names_ctx){ .src = src };
	if (kbtf_strset_init(&names->set, NULL, false))
		return -ENOMEM;
	if (!src->strings_repeat)
		return 0;
	names->seen = kbtf_zalloc_array(NR_SEEN, sizeof(*names->seen));
	return names->seen ? 0 : -ENOMEM;
}

void kbtf_names_ctx_deinit(struct kbtf_names_ctx *names)
{
	kbtf_strset_deinit(&names->set);
	free(names->seen);
	*names = (struct kbtf_names_ctx){ 0 };
}

static uint32_t fail(struct kbtf_names_ctx *names, int err)
{
	if (!names->err)
		names->err = err;
	return 0;
}

uint32_t kbtf_name_of_string(struct kbtf_names_ctx *names, const char *s)
{
	size_t len = strlen(s);
	uint32_t off, i, key = 0;

	if (len <= 3) {
		for (i = 0; i < len; i++)
			key |= (uint32_t)(uint8_t)s[i] << 8 * i;
		return len ? NAME_SHORT + key : 0;
	}
	off = kbtf_strset_add(&names->set, s, len);
	if (off >= KBTF_STRSET_FULL)
		return fail(names, off == KBTF_STRSET_NOMEM ? -ENOMEM : -E2BIG);
	return off < UINT32_MAX - NAME_OTHER ? NAME_OTHER + off : fail(names, -E2BIG);
}

static inline uint32_t *name_at(uint8_t *first, size_t i, size_t stride)
{
	return (uint32_t *)(first + i * stride);
}

static inline bool is_offset(uint32_t name)
{
	return name - 1 < NAME_SHORT - 1;
}

/* How far ahead of its use what is far from the processor is asked for. */
enum { AHEAD_SEEN = 24, AHEAD_STRING = 12 };

/* Inlined in any case: gcc leaves out calls of functions that do nothing else. */
KBTF_INLINE void ask_for(const struct kbtf_names_ctx *names, uint8_t *first, size_t i, size_t nr,
			 size_t stride)
{
	uint32_t name;

	if (i + AHEAD_SEEN < nr) {
		name = *name_at(first, i + AHEAD_SEEN, stride);
		__builtin_prefetch(seen_at(names, name - 1));
	}
	if (i + AHEAD_STRING < nr) {
		name = *name_at(first, i + AHEAD_STRING, stride);
		if (is_offset(name) && seen_at(names, name - 1)->off != name)
			__builtin_prefetch(names->src->str.data + (name - 1));
	}
}

void kbtf_names_settle(struct kbtf_names_ctx *names, void *first, size_t nr, size_t stride)
{
	size_t i;

	if (!names->seen)
		return;
	for (i = 0; i < nr; i++) {
		uint32_t *name = name_at(first, i, stride);
		struct kbtf_seen_name *seen;

		ask_for(names, first, i, nr, stride);
		if (!is_offset(*name))
			continue;
		seen = seen_at(names, *name - 1);
		if (seen->off != *name) {
			seen->off = *name;
			seen->key = kbtf_name_of_string(names, (const char *)names->src->str.data +
								       (*name - 1));
		}
		*name = seen->key;
	}
}

uint32_t kbtf_name_of_line_offset(struct kbtf_names_ctx *names, uint64_t off)
{
	if (off >= names->src->line_str.size)
		return fail(names, -EINVAL);
	return kbtf_name_of_string(names, (const char *)names->src->line_str.data + off);
}

const char *kbtf_name_string(const struct kbtf_names_ctx *names, uint32_t key, char buf[4])
{
	uint32_t i;

	if (!key)
		return "";
	if (key < NAME_SHORT)
		return (const char *)names->src->str.data + (key - 1);
	if (key >= NAME_OTHER)
		return kbtf_strset_get(&names->set, key - NAME_OTHER);
	for (i = 0; i < 3; i++)
		buf[i] = (char)(key >> 8 * i);
	buf[3] = '\0';
	return buf;
}
