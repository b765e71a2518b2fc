// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The memory image of a kernel in, the bytes of its BTF out. Nothing points at
 * it, so every place that begins like BTF is looked at (next_magic): its header
 * has to describe sections that fit (extent), and its types have to be types
 * (holds_types). BPF programs that are built into a kernel bring BTF of their own,
 * of a few kilobytes; the kernel's is the largest there is.
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <string.h>

#include <kbtf/btf.h>

#include "kernel_image.h"

/* A kernel has a handful; more is an image made to keep us busy. */
#define MAX_CANDIDATES 256u

#define MAX_HEADER 4096u

/* magic, version 1, no flags, in either byte order */
static const uint8_t magic_le[4] = { 0x9f, 0xeb, 1, 0 };
static const uint8_t magic_be[4] = { 0xeb, 0x9f, 1, 0 };

static const uint8_t *find(const uint8_t *at, const uint8_t *end, const uint8_t magic[4])
{
	return at < end ? memmem(at, (size_t)(end - at), magic, 4) : NULL;
}

/* Where the next magic of each byte order is: neither is searched for twice. */
struct scan {
	const uint8_t *end;
	const uint8_t *next_le, *next_be;
};

static const uint8_t *next_magic(struct scan *scan, const uint8_t *from)
{
	if (scan->next_le && scan->next_le < from)
		scan->next_le = find(from, scan->end, magic_le);
	if (scan->next_be && scan->next_be < from)
		scan->next_be = find(from, scan->end, magic_be);
	if (!scan->next_le || (scan->next_be && scan->next_be < scan->next_le))
		return scan->next_be;
	return scan->next_le;
}

static uint64_t word(const uint8_t *b, unsigned int i)
{
	const uint8_t *p = b + (size_t)i * 4;

	if (b[0] == magic_le[0])
		return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Bytes of the header and its sections; 0 where this is no header, or more than size. */
static size_t extent(const uint8_t *b, size_t size)
{
	uint64_t header, types, strings, layout = 0, end;

	if (size < KBTF_HEADER_SIZE)
		return 0;
	header = word(b, 1);
	if (header < KBTF_HEADER_SIZE || header > MAX_HEADER || header > size)
		return 0;
	if (!word(b, 3) || !word(b, 5) || word(b, 2) % 4 || word(b, 3) % 4)
		return 0;
	types = word(b, 2) + word(b, 3);
	strings = word(b, 4) + word(b, 5);
	if (header >= KBTF_LAYOUT_HEADER_SIZE)
		layout = word(b, 6) + word(b, 7);
	end = types > strings ? types : strings;
	end = header + (end > layout ? end : layout);
	return end <= size ? (size_t)end : 0;
}

static int holds_types(const uint8_t *b, size_t size, bool *ret)
{
	const struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW | KBTF_OPEN_FRAMING_ONLY };
	struct kbtf *btf = NULL;
	int err;

	err = kbtf_open(b, size, &opts, &btf, NULL);
	*ret = !err;
	kbtf_free(btf);
	return err == -ENOMEM ? err : 0;
}

int kbtf_scan_btf(const uint8_t *bytes, size_t size, const uint8_t **ret, size_t *ret_size)
{
	struct scan scan = { .end = size ? bytes + size : bytes }; /* bytes may be NULL */
	unsigned int nr_candidates = 0;
	const uint8_t *at = bytes;
	size_t length;
	bool ok;
	int err;

	*ret = NULL;
	*ret_size = 0;
	scan.next_le = find(bytes, scan.end, magic_le);
	scan.next_be = find(bytes, scan.end, magic_be);
	while (nr_candidates < MAX_CANDIDATES && (at = next_magic(&scan, at))) {
		length = extent(at, (size_t)(scan.end - at));
		if (length <= *ret_size) { /* none, or smaller than what there is */
			at++;
			continue;
		}
		nr_candidates++;
		err = holds_types(at, length, &ok);
		if (err)
			return err;
		if (ok) {
			*ret = at;
			*ret_size = length;
		}
		at += ok ? length : 1;
	}
	return 0;
}
