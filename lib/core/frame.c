// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Framing: the type section in, the offset of each type out. Of a type only its
 * length is looked at, which the kind table tells, or for a kind that the table
 * does not have the layout section.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "fail.h"
#include "open.h"

static const struct kbtf_layout *layout_row(const struct kbtf *btf, unsigned int kind)
{
	const uint8_t *layout = btf->bytes + btf->hdr.hdr_len + btf->hdr.layout_off;

	if (kind >= btf->hdr.layout_len / sizeof(struct kbtf_layout))
		return NULL;
	return (const struct kbtf_layout *)layout + kind;
}

bool kbtf_layout_of(const struct kbtf *btf, unsigned int kind, uint32_t *ret_tail_words,
		    uint32_t *ret_elem_words)
{
	const struct kbtf_layout *row;

	if (kind > KBTF_VOID && kind < KBTF_NR_KINDS) {
		*ret_tail_words = kbtf_kinds[kind].tail_words;
		*ret_elem_words = kbtf_kinds[kind].elem_words;
		return true;
	}
	row = kind == KBTF_VOID ? NULL : layout_row(btf, kind);
	if (!row || row->info_size % 4 || row->elem_size % 4)
		return false;
	*ret_tail_words = row->info_size / 4;
	*ret_elem_words = row->elem_size / 4;
	return true;
}

/* A layout section that contradicts the kinds kbtf knows is not believed about those it does not.
 */
static int check_layout(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	const struct kbtf_layout *row;
	unsigned int kind;

	for (kind = KBTF_INT; kind < KBTF_NR_KINDS; kind++) {
		const struct kbtf_kind_info *info = &kbtf_kinds[kind];

		row = layout_row(btf, kind);
		if (!row)
			break;
		if (row->info_size != info->tail_words * 4 ||
		    row->elem_size != info->elem_words * 4)
			return kbtf_fail_btf(
				reterr, btf, (uint64_t)((const uint8_t *)row - btf->bytes), -EINVAL,
				"layout-mismatch",
				"layout section gives %s %u + vlen * %u bytes where it has "
				"%u + vlen * %u",
				info->name, row->info_size, row->elem_size, info->tail_words * 4,
				info->elem_words * 4);
	}
	return 0;
}

static int fail_frame(const struct kbtf *btf, uint32_t i, uint32_t at, int err, const char *reason,
		      const char *fact, uint64_t need, struct kbtf_diag *reterr)
{
	uint32_t id = btf->first_id + i;

	kbtf_fail_btf(reterr, btf, (uint64_t)(btf->types - btf->bytes) + at, err, reason,
		      "type [%u]: %s %llu", id, fact, (unsigned long long)need);
	if (reterr)
		reterr->type_id = id;
	return err;
}

/* Offsets of all types into offs[], which has room for the most that can be there. */
static int frame_types(struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint32_t len = btf->hdr.type_len, at = 0, i = 0;

	while (at < len) {
		uint32_t *words = (uint32_t *)(btf->types + at);
		uint32_t left = len - at, tail, elem, vlen;
		unsigned int kind;
		uint64_t need;

		if (left < sizeof(struct kbtf_type))
			return fail_frame(btf, i, at, -EINVAL, "type-truncated",
					  "a type takes at least 12 bytes, the type section has",
					  left, reterr);
		if (btf->swapped)
			kbtf_swap_words(words, 3);
		vlen = kbtf_vlen((struct kbtf_type *)words);
		kind = kbtf_kind((struct kbtf_type *)words);
		if (kind - 1u < KBTF_NR_KINDS - 1u) {
			tail = kbtf_kinds[kind].tail_words;
			elem = kbtf_kinds[kind].elem_words;
		} else if (kbtf_layout_of(btf, kind, &tail, &elem)) {
			btf->opaque = true;
		} else {
			return fail_frame(btf, i, at, -EOPNOTSUPP, "kind-unknown",
					  "neither kbtf nor a layout section knows kind", kind,
					  reterr);
		}
		need = sizeof(struct kbtf_type) + 4 * (tail + (uint64_t)vlen * elem);
		if (need > left)
			return fail_frame(btf, i, at, -EINVAL, "type-truncated",
					  "runs beyond the end of the type section; its length is",
					  need, reterr);
		if (btf->swapped)
			kbtf_swap_words(words + 3, (need - sizeof(struct kbtf_type)) / 4);
		btf->offs[i++] = at;
		at += (uint32_t)need;
	}
	btf->nr_types = i;
	return 0;
}

int kbtf_open_frame(struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint32_t most = btf->hdr.type_len / sizeof(struct kbtf_type) + 1;
	uint32_t *shrunk;
	int err;

	err = check_layout(btf, reterr);
	if (err)
		return err;
	btf->offs = kbtf_alloc_array(most, sizeof(*btf->offs));
	if (!btf->offs)
		return kbtf_fail_nomem(reterr);
	err = frame_types(btf, reterr);
	if (err)
		return err;
	if (btf->nr_types > KBTF_MAX_TYPES - btf->first_id)
		return kbtf_fail_btf(reterr, btf, 0, -E2BIG, "type-count",
				     "%u types on top of the base's are more than %u",
				     btf->nr_types, KBTF_MAX_TYPES);
	shrunk = kbtf_realloc_array(btf->offs, btf->nr_types, sizeof(*btf->offs));
	if (shrunk)
		btf->offs = shrunk;
	return 0;
}
