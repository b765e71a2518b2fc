// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Names to keys and back; see source.h. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "source.h"

int kbtf_names_ctx_init(struct kbtf_names_ctx *names, const struct kbtf_dwarf_source *src)
{
	*names = (struct kbtf_names_ctx){ .src = src };
	if (kbtf_strset_init(&names->set, NULL, false))
		return -ENOMEM;
	if (!src->strings_repeat)
		return 0;
	names->seen = kbtf_zalloc_array(src->str.size / 4 + 1, sizeof(*names->seen));
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

uint32_t kbtf_name_of_offset_slow(struct kbtf_names_ctx *names, uint64_t off)
{
	struct kbtf_seen_name *seen;

	if (off >= names->src->str.size)
		return fail(names, -EINVAL);
	seen = &names->seen[off / 4];
	if (seen->off != off + 1) {
		seen->key = kbtf_name_of_string(names, (const char *)names->src->str.data + off);
		seen->off = (uint32_t)off + 1;
	}
	return seen->key;
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
