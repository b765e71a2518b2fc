// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF in, the same with a layout section out: header, types, layout, strings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "add_layout.h"
#include "fail.h"
#include "view.h"

static void fill_rows(struct kbtf_layout *rows)
{
	unsigned int kind;

	memset(rows, 0, KBTF_NR_KINDS * sizeof(*rows));
	for (kind = KBTF_INT; kind < KBTF_NR_KINDS; kind++) {
		rows[kind].info_size = (uint8_t)(4 * kbtf_kinds[kind].tail_words);
		rows[kind].elem_size = (uint8_t)(4 * kbtf_kinds[kind].elem_words);
	}
}

int kbtf_add_layout(struct kbtf **btf, struct kbtf_diag *reterr)
{
	const struct kbtf_header *old = &(*btf)->hdr;
	struct kbtf_layout rows[KBTF_NR_KINDS];
	struct kbtf_header h = *old;
	struct kbtf_open_opts opts = {
		.base = (*btf)->base,
		.label = (*btf)->label,
		.flags = KBTF_OPEN_TAKE | KBTF_OPEN_TRUST_CHAINS,
	};
	uint64_t size =
		(uint64_t)KBTF_LAYOUT_HEADER_SIZE + old->type_len + sizeof(rows) + old->str_len;
	struct kbtf *out;
	uint8_t *bytes;
	int err;

	if (size > UINT32_MAX)
		return kbtf_fail(reterr, -E2BIG, "too-large", "BTF would have more than 4 GiB");
	bytes = malloc(size);
	if (!bytes)
		return kbtf_fail_nomem(reterr);
	fill_rows(rows);
	h.hdr_len = KBTF_LAYOUT_HEADER_SIZE;
	h.type_off = 0;
	h.layout_off = h.type_len;
	h.layout_len = sizeof(rows);
	h.str_off = h.layout_off + h.layout_len;
	memcpy(bytes, &h, KBTF_LAYOUT_HEADER_SIZE);
	memcpy(bytes + h.hdr_len, (*btf)->types, h.type_len);
	memcpy(bytes + h.hdr_len + h.layout_off, rows, sizeof(rows));
	memcpy(bytes + h.hdr_len + h.str_off, (*btf)->strings, h.str_len);
	err = kbtf_open(bytes, size, &opts, &out, reterr);
	if (err) {
		free(bytes);
		return err;
	}
	out->swapped = (*btf)->swapped;
	kbtf_free(*btf);
	*btf = out;
	return 0;
}
