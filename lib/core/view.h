/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_VIEW_H
#define KBTF_CORE_VIEW_H

#include <kbtf/btf.h>

#include "buf.h"
#include "kinds.h"

/*
 * Finished BTF.
 *
 *   bytes -> | header | ... | type section | ... | string section | ... |
 *                           ^ types              ^ strings
 *
 *   type ids:        0 | 1 ... first_id - 1 | first_id ... first_id + nr_types - 1
 *                 void   the base's           offs[0]  ... offs[nr_types - 1]
 *
 *   string offsets:  0 ... str_start - 1    | str_start ... str_end - 1
 *                    the base's               strings[0] ...
 *
 * offs[] are byte offsets into types. All words are in host order; bytes of a
 * foreign order were converted, and their copy is owned.
 */
struct kbtf {
	const struct kbtf *base; /* borrowed */
	const char *label;	 /* borrowed */
	const uint8_t *bytes;
	size_t size_bytes;
	void *owned; /* bytes where they are ours to free, else NULL */
	struct kbtf_header hdr;
	const uint8_t *types;
	const char *strings;
	uint32_t first_id;
	uint32_t nr_types;
	uint32_t str_start;
	uint32_t str_end;
	uint32_t *offs; /* owned */
	uint8_t *kinds; /* owned; of own types, next to each other; NULL unless it was opened */
	bool swapped;	/* opened from bytes of the other byte order */
	bool opaque;	/* has types of kinds that only the layout section knows */
};

/*
 * Finished BTF of bytes that are known to be sound, with a 24-byte header, and of
 * the offsets of their types. Both buffers become its own; on failure (out of
 * memory) NULL, and they stay as they were.
 */
struct kbtf *kbtf_view_adopt(struct kbtf_buf *bytes, struct kbtf_buf *offs, const struct kbtf *base,
			     const char *label);

/* What type id 0 stands for. */
extern const struct kbtf_type kbtf_void_type;

static inline const struct kbtf_type *kbtf_own_type(const struct kbtf *btf, uint32_t i)
{
	return (const struct kbtf_type *)(btf->types + btf->offs[i]);
}

/* The kind of own type number i, where a pass over all types needs few of them. */
static inline unsigned int kbtf_own_kind(const struct kbtf *btf, uint32_t i)
{
	return btf->kinds ? btf->kinds[i] : kbtf_kind(kbtf_own_type(btf, i));
}

/* The type of an id that is known to be in range. */
static inline const struct kbtf_type *kbtf_type_get(const struct kbtf *btf, uint32_t type_id)
{
	if (!type_id)
		return &kbtf_void_type;
	while (type_id < btf->first_id)
		btf = btf->base;
	return kbtf_own_type(btf, type_id - btf->first_id);
}

/* The string of an offset that is known to be in range. */
static inline const char *kbtf_string_get(const struct kbtf *btf, uint32_t name_off)
{
	while (name_off < btf->str_start)
		btf = btf->base;
	return btf->strings + (name_off - btf->str_start);
}

/*
 * kbtf_fail() for a fact about a type: the text gets "type [id] KIND name: " in
 * front, the place is the BTF's label and the offset that of the type's record.
 */
int kbtf_fail_type(struct kbtf_diag *diag, const struct kbtf *btf, uint32_t type_id, int err,
		   const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 6, 7), cold));

/* kbtf_fail_at() for a fact about the BTF at a byte offset from its start. */
int kbtf_fail_btf(struct kbtf_diag *diag, const struct kbtf *btf, uint64_t offset, int err,
		  const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 6, 7), cold));

#endif
