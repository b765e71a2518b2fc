// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two frames that their libraries do not read: what lzop writes, and the legacy
 * frame of lz4. Both are blocks in a row that carry their sizes.
 *
 *   lzop: magic | header | { u32 unpacked size, u32 packed size, checksums, block } | u32 0
 *   lz4:  magic | { u32 packed size, block of 8 MiB unpacked, the last of less }
 *
 * lzop's numbers are big-endian, lz4's little-endian. In a kernel image a word
 * with the unpacked size of the whole follows.
 *
 * Source: lib/decompress_unlzo.c, lib/decompress_unlz4.c; lzop's conf.h; lz4's
 * doc/lz4_Frame_format.md (legacy frame).
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fail.h"
#include "late.h"
#include "unpack.h"

#if HAVE_LZO || HAVE_LZ4
static size_t in_left(const struct kbtf_unpack *u)
{
	return u->in_size - u->in_used;
}

static int truncated(const struct kbtf_unpack *u, const char *what, size_t need,
		     struct kbtf_diag *reterr)
{
	return kbtf_fail_at(reterr, -EINVAL, "unpack-truncated", u->in_used,
			    "the data ends inside %s: it takes %zu bytes and %zu are left", what,
			    need, in_left(u));
}
#endif

#if HAVE_LZO
#define LZO_MAGIC_SIZE 9u
#define LZO_LEVEL_VERSION 0x0940u /* from here on the header has a level and a wide time */
#define LZO_ADLER32_UNPACKED 0x1u
#define LZO_ADLER32_PACKED 0x2u
#define LZO_CRC32_UNPACKED 0x100u
#define LZO_CRC32_PACKED 0x200u
#define LZO_HAS_FILTER 0x800u
#define LZO_MAX_BLOCK (64u << 20)

static int take_be(struct kbtf_unpack *u, unsigned int nr_bytes, const char *what, uint32_t *ret,
		   struct kbtf_diag *reterr)
{
	if (in_left(u) < nr_bytes)
		return truncated(u, what, nr_bytes, reterr);
	for (*ret = 0; nr_bytes; nr_bytes--)
		*ret = *ret << 8 | u->in[u->in_used++];
	return 0;
}

static int skip(struct kbtf_unpack *u, size_t nr_bytes, const char *what, struct kbtf_diag *reterr)
{
	if (in_left(u) < nr_bytes)
		return truncated(u, what, nr_bytes, reterr);
	u->in_used += nr_bytes;
	return 0;
}

/* Leaves u at the first block. */
static int lzo_header(struct kbtf_unpack *u, uint32_t *ret_flags, struct kbtf_diag *reterr)
{
	static const char what[] = "the lzop header";
	uint32_t version = 0, name_len = 0;
	bool wide;
	int err;

	err = skip(u, LZO_MAGIC_SIZE, what, reterr);
	if (!err)
		err = take_be(u, 2, what, &version, reterr);
	if (err)
		return err;
	wide = version >= LZO_LEVEL_VERSION;
	err = skip(u, wide ? 6 : 3, what, reterr); /* library, version needed, method, level */
	if (!err)
		err = take_be(u, 4, what, ret_flags, reterr);
	if (!err)
		err = skip(u, (*ret_flags & LZO_HAS_FILTER ? 4 : 0) + (wide ? 12 : 8), what,
			   reterr); /* filter, mode, time */
	if (!err)
		err = take_be(u, 1, what, &name_len, reterr);
	if (!err)
		err = skip(u, name_len + 4, what, reterr); /* name, checksum of the header */
	return err;
}

static size_t lzo_checksum_size(uint32_t flags, bool is_stored)
{
	size_t size = 0;

	if (flags & LZO_ADLER32_UNPACKED)
		size += 4;
	if (flags & LZO_CRC32_UNPACKED)
		size += 4;
	if (flags & LZO_ADLER32_PACKED && !is_stored)
		size += 4;
	if (flags & LZO_CRC32_PACKED && !is_stored)
		size += 4;
	return size;
}

static int lzo_block(struct kbtf_unpack *u, uint32_t size, uint32_t packed_size,
		     struct kbtf_diag *reterr)
{
	lzo_uint made = size;
	size_t room;
	uint8_t *to;
	int err;

	if (!packed_size || packed_size > size || size > LZO_MAX_BLOCK)
		return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used,
				    "the data is corrupt: a block of %u bytes unpacks to %u",
				    packed_size, size);
	if (in_left(u) < packed_size)
		return truncated(u, "a block", packed_size, reterr);
	err = kbtf_unpack_room(u, size, &room, reterr);
	if (err)
		return err;
	if (room < size)
		return kbtf_unpack_too_big(u, reterr);
	to = u->out.data + u->out.size;
	if (packed_size == size)
		memcpy(to, u->in + u->in_used, size);
	else if (kbtf_lzo.lzo1x_decompress_safe(u->in + u->in_used, packed_size, to, &made, NULL) !=
			 LZO_E_OK ||
		 made != size)
		return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used,
				    "the data is corrupt: a block does not unpack");
	u->in_used += packed_size;
	u->out.size += size;
	return 0;
}

int kbtf_unpack_lzo(struct kbtf_unpack *u, struct kbtf_diag *reterr)
{
	uint32_t flags = 0, size = 0, packed_size = 0;
	int err;

	for (err = lzo_header(u, &flags, reterr); !err;) {
		err = take_be(u, 4, "a block's size", &size, reterr);
		if (err || !size)
			break;
		err = take_be(u, 4, "a block's size", &packed_size, reterr);
		if (!err)
			err = skip(u, lzo_checksum_size(flags, packed_size >= size),
				   "a block's checksums", reterr);
		if (!err)
			err = lzo_block(u, size, packed_size, reterr);
	}
	return err;
}
#endif

#if HAVE_LZ4
#define LZ4_MAGIC 0x184c2102u
#define LZ4_BLOCK (8u << 20)

static uint32_t peek_le32(const struct kbtf_unpack *u)
{
	const uint8_t *p = u->in + u->in_used;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A frame has no end mark: it ends where the data ends, or at the size of the whole. */
static bool lz4_at_end(const struct kbtf_unpack *u)
{
	return !in_left(u) || (in_left(u) >= 4 && peek_le32(u) == (uint32_t)u->out.size);
}

static int lz4_block(struct kbtf_unpack *u, struct kbtf_diag *reterr)
{
	uint32_t packed_size;
	int made;

	if (in_left(u) < 4)
		return truncated(u, "a block's size", 4, reterr);
	packed_size = peek_le32(u);
	u->in_used += 4;
	if (packed_size == LZ4_MAGIC) /* another frame, as of concatenated files */
		return 0;
	if (!packed_size || packed_size > LZ4_COMPRESSBOUND(LZ4_BLOCK))
		return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used - 4,
				    "the data is corrupt: a block of %u bytes", packed_size);
	if (in_left(u) < packed_size)
		return truncated(u, "a block", packed_size, reterr);
	if (kbtf_buf_reserve(&u->out, LZ4_BLOCK)) /* whole, since a failure does not tell why */
		return kbtf_fail_nomem(reterr);
	made = kbtf_lz4.LZ4_decompress_safe((const char *)u->in + u->in_used,
					    (char *)u->out.data + u->out.size, (int)packed_size,
					    LZ4_BLOCK);
	if (made < 0)
		return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used,
				    "the data is corrupt: a block does not unpack");
	u->in_used += packed_size;
	u->out.size += (size_t)made;
	return u->out.size > u->max ? kbtf_unpack_too_big(u, reterr) : 0;
}

int kbtf_unpack_lz4(struct kbtf_unpack *u, struct kbtf_diag *reterr)
{
	int err;

	u->in_used = 4;
	do
		err = lz4_block(u, reterr);
	while (!err && !lz4_at_end(u));
	return err;
}
#endif
