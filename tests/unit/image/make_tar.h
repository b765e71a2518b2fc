/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEST_MAKE_TAR_H
#define KBTF_TEST_MAKE_TAR_H

/* Archives of tar, a member at a time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAR_BLOCK 512u

struct made_tar {
	uint8_t *bytes; /* the caller's */
	size_t size;
};

/* Put the checksum of a header where it belongs: six octal digits, a NUL and a blank. */
static inline void tar_sum(uint8_t *header)
{
	unsigned int sum = 0, i;

	memset(header + 148, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += header[i];
	snprintf((char *)header + 148, 7, "%06o", sum);
}

/* Append a member and its content; type is '0' for a file, '5' for a directory. */
static inline void tar_add(struct made_tar *tar, const char *name, char type, const void *content,
			   size_t size)
{
	size_t blocks = (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	uint8_t *header;

	tar->bytes = realloc(tar->bytes, tar->size + TAR_BLOCK + blocks);
	header = tar->bytes + tar->size;
	memset(header, 0, TAR_BLOCK + blocks);
	snprintf((char *)header, 100, "%s", name);
	memcpy(header + 100, "0000644", 8);
	snprintf((char *)header + 124, 12, "%011zo", size);
	header[156] = (uint8_t)type;
	memcpy(header + 257, "ustar\00000", 8);
	tar_sum(header);
	if (size)
		memcpy(header + TAR_BLOCK, content, size);
	tar->size += TAR_BLOCK + blocks;
}

/* The two empty blocks at the end. */
static inline void tar_end(struct made_tar *tar)
{
	tar->bytes = realloc(tar->bytes, tar->size + 2 * TAR_BLOCK);
	memset(tar->bytes + tar->size, 0, 2 * TAR_BLOCK);
	tar->size += 2 * TAR_BLOCK;
}

#endif
