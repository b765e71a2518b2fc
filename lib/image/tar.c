// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The first file in a tar archive that has BTF in it, and archives of one file: those of BTF,
 * such as BTFHub's, hold one each. A header is a block of 512 bytes, the content follows in
 * whole blocks, and two empty ones end it; what else there is (directories, extended headers)
 * is stepped over.
 *
 * This is a page of code where a library for archives would be a megabyte of
 * dependency, for formats that BTF is never shipped in.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "tar.h"

#define BLOCK 512u

/* Numbers are octal digits, with blanks or NULs around them. */
static bool parse_octal(const uint8_t *field, size_t size, uint64_t *ret)
{
	size_t i = 0;

	*ret = 0;
	while (i < size && field[i] == ' ')
		i++;
	if (i == size || field[i] < '0' || field[i] > '7')
		return false;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
		if (*ret >> 60)
			return false;
		*ret = *ret << 3 | (uint64_t)(field[i] - '0');
	}
	return i == size || field[i] == ' ' || !field[i];
}

/* Large sizes are binary, most significant byte first, with the top bit of the first set. */
static bool parse_size(const uint8_t *field, uint64_t *ret)
{
	size_t i;

	if (!(field[0] & 0x80))
		return parse_octal(field, 12, ret);
	*ret = field[0] & 0x3f;
	for (i = 1; i < 12; i++) {
		if (*ret >> 55)
			return false;
		*ret = *ret << 8 | field[i];
	}
	return true;
}

bool kbtf_tar_is_header(const uint8_t *block, size_t size)
{
	uint64_t expected, sum = 0;
	size_t i;

	if (size < BLOCK || !block[0] || !parse_octal(block + 148, 8, &expected))
		return false;
	for (i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : block[i];
	return sum == expected;
}

static bool is_regular(uint8_t type)
{
	return type == '0' || !type;
}

bool kbtf_tar_find(const uint8_t *bytes, size_t size, kbtf_tar_wanted_fn *wanted,
		   const uint8_t **ret, size_t *ret_size)
{
	size_t at = 0;

	while (kbtf_tar_is_header(bytes + at, size - at)) {
		const uint8_t *header = bytes + at;
		uint64_t content;

		at += BLOCK;
		if (!parse_size(header + 124, &content) || content > size - at)
			return false;
		if (is_regular(header[156]) && wanted(bytes + at, (size_t)content)) {
			*ret = bytes + at;
			*ret_size = (size_t)content;
			return true;
		}
		content = (content + BLOCK - 1) / BLOCK * BLOCK;
		if (content > size - at)
			return false;
		at += (size_t)content;
	}
	return false;
}

int kbtf_tar_make(const char *name, const void *content, size_t size, struct kbtf_buf *ret)
{
	static const uint8_t zeros[3 * BLOCK];
	char header[BLOCK] = "";
	unsigned int sum = 0;
	size_t i;

	if (strlen(name) > 99)
		return -ENAMETOOLONG;
	strcpy(header, name);
	strcpy(header + 100, "0000644"); /* mode, then owner, group, size and time */
	strcpy(header + 108, "0000000");
	strcpy(header + 116, "0000000");
	snprintf(header + 124, 12, "%011llo", (unsigned long long)size);
	strcpy(header + 136, "00000000000");
	memset(header + 148, ' ', 8);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (i = 0; i < BLOCK; i++)
		sum += (uint8_t)header[i];
	snprintf(header + 148, 7, "%06o", sum & 0777777);
	if (kbtf_buf_append(ret, header, BLOCK) || kbtf_buf_append(ret, content, size) ||
	    kbtf_buf_append(ret, zeros, (BLOCK - size % BLOCK) % BLOCK + 2 * (size_t)BLOCK))
		return -ENOMEM;
	return 0;
}
