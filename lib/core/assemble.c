// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sections into one block of raw BTF. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/format.h>

#include "assemble.h"

static int fill_header(uint8_t *at, size_t types_size, size_t strings_size)
{
	struct kbtf_header h = {
		.magic = KBTF_MAGIC,
		.version = KBTF_VERSION,
		.hdr_len = KBTF_HEADER_SIZE,
		.type_len = (uint32_t)types_size,
		.str_off = (uint32_t)types_size,
		.str_len = (uint32_t)strings_size,
	};

	if (types_size > UINT32_MAX || strings_size > UINT32_MAX ||
	    KBTF_HEADER_SIZE + types_size + strings_size > UINT32_MAX)
		return -E2BIG;
	memcpy(at, &h, KBTF_HEADER_SIZE);
	return 0;
}

int kbtf_assemble(const void *types, size_t types_size, const void *strings, size_t strings_size,
		  void **ret, size_t *ret_size)
{
	uint8_t header[KBTF_HEADER_SIZE], *out;

	if (fill_header(header, types_size, strings_size))
		return -E2BIG;
	out = malloc(KBTF_HEADER_SIZE + types_size + strings_size);
	if (!out)
		return -ENOMEM;
	memcpy(out, header, KBTF_HEADER_SIZE);
	if (types_size)
		memcpy(out + KBTF_HEADER_SIZE, types, types_size);
	if (strings_size)
		memcpy(out + KBTF_HEADER_SIZE + types_size, strings, strings_size);
	*ret = out;
	*ret_size = KBTF_HEADER_SIZE + types_size + strings_size;
	return 0;
}

int kbtf_assemble_in_place(struct kbtf_buf *buf, size_t types_end)
{
	return fill_header(buf->data, types_end - KBTF_HEADER_SIZE, buf->size - types_end);
}
