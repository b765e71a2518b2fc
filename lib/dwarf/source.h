/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_SOURCE_H
#define KBTF_DWARF_SOURCE_H

#include <kbtf/encode.h>

#include <errno.h>

#include "cursor.h"
#include "strset.h"

#define kbtf_dwarf_source kbtf_encode_input

static inline struct kbtf_cursor kbtf_cursor_of(const struct kbtf_dwarf_source *src,
						const struct kbtf_encode_bytes *bytes)
{
	/* Of a section that is not there every look runs beyond the end. */
	const uint8_t *end = bytes->data ? bytes->data + bytes->size : NULL;

	return (struct kbtf_cursor){ bytes->data, end, src->swapped };
}

/*
 * Names while DWARF is read are keys, so that equal names are seldom compared:
 *
 *   0                      no name, or an empty one
 *   1 ... NAME_SHORT - 1   one more than an offset in .debug_str
 *   NAME_SHORT + bytes     a name of up to three bytes, in that number
 *   NAME_OTHER + offset    a name of the thread's own string set
 *
 * Linkers keep each string of .debug_str once, so different keys mostly are different
 * names; where they did not (src->strings_repeat) all but short ones become of the set.
 */
#define NAME_SHORT UINT32_C(0x80000000)
#define NAME_OTHER UINT32_C(0x81000000)

struct kbtf_seen_name {
	uint32_t off; /* in .debug_str, plus 1 */
	uint32_t key;
};

struct kbtf_names_ctx {
	const struct kbtf_dwarf_source *src;
	struct kbtf_strset set;
	struct kbtf_seen_name *seen; /* see names.c; NULL: strings do not repeat */
	int err;		     /* the first that was met: -ENOMEM, -E2BIG, -EINVAL */
};

/* names.c */
int kbtf_names_ctx_init(struct kbtf_names_ctx *names, const struct kbtf_dwarf_source *src);
void kbtf_names_ctx_deinit(struct kbtf_names_ctx *names);
uint32_t kbtf_name_of_string(struct kbtf_names_ctx *names, const char *s);
/*
 * Where strings repeat, offsets are names only while a group of units is read. Make keys of
 * nr of them, of which each stands stride bytes behind the one before.
 */
void kbtf_names_settle(struct kbtf_names_ctx *names, void *first, size_t nr, size_t stride);
/* Of an offset in .debug_line_str. */
uint32_t kbtf_name_of_line_offset(struct kbtf_names_ctx *names, uint64_t off);
/* The string of a key; short ones are put into buf. */
const char *kbtf_name_string(const struct kbtf_names_ctx *names, uint32_t key, char buf[4]);

static inline uint32_t kbtf_name_of_offset(struct kbtf_names_ctx *names, uint64_t off)
{
	if (__builtin_expect(off < names->src->str.size, 1))
		return (uint32_t)off + 1;
	if (!names->err)
		names->err = -EINVAL;
	return 0;
}

#endif
