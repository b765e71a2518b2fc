// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Bytes in, a compressed module out: the three forms that modules come in, with
 * the settings that a kernel build uses, since a kernel that unpacks modules
 * itself knows no other check and no larger dictionary. Only one thread, no time
 * and no name: the same bytes always come out the same.
 *
 * Source: scripts/Makefile.modinst; kernel/module/decompress.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "late.h"
#include "unpack.h"

#if HAVE_ZLIB
#include <zlib.h>

/* As gzip -n: level 6, no name, no time. */
static int compress_gzip(const void *bytes, size_t size, struct kbtf_buf *out,
			 struct kbtf_diag *reterr)
{
	z_stream z = { 0 };
	size_t room;
	int ret;

	if (size > UINT_MAX)
		return kbtf_fail(reterr, -EFBIG, "compress-size", "%zu bytes are too many for gzip",
				 size);
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return kbtf_fail_nomem(reterr);
	room = deflateBound(&z, size);
	ret = kbtf_buf_reserve(out, room);
	if (!ret) {
		z.next_in = (Bytef *)bytes;
		z.avail_in = (uInt)size;
		z.next_out = out->data;
		z.avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
		ret = deflate(&z, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
		out->size = z.total_out;
	}
	deflateEnd(&z);
	return ret ? kbtf_fail_nomem(reterr) : 0;
}
#endif

#if HAVE_LZMA
/* As xz --check=crc32 --lzma2=dict=1MiB. */
static int compress_xz(const void *bytes, size_t size, struct kbtf_buf *out,
		       struct kbtf_diag *reterr)
{
	lzma_options_lzma options;
	lzma_filter filters[] = { { .id = LZMA_FILTER_LZMA2, .options = &options },
				  { .id = LZMA_VLI_UNKNOWN } };
	lzma_stream z = LZMA_STREAM_INIT;
	int ret = -ENOMEM;

	if (kbtf_lzma.lzma_lzma_preset(&options, LZMA_PRESET_DEFAULT))
		return kbtf_fail(reterr, -EOPNOTSUPP, "compress-library",
				 "this liblzma has no preset %u", LZMA_PRESET_DEFAULT);
	options.dict_size = 1u << 20;
	if (kbtf_lzma.lzma_stream_encoder(&z, filters, LZMA_CHECK_CRC32) == LZMA_OK &&
	    !kbtf_buf_reserve(out, kbtf_lzma.lzma_stream_buffer_bound(size))) {
		z.next_in = bytes;
		z.avail_in = size;
		z.next_out = out->data;
		z.avail_out = out->room;
		if (kbtf_lzma.lzma_code(&z, LZMA_FINISH) == LZMA_STREAM_END)
			ret = 0;
		out->size = z.total_out;
	}
	kbtf_lzma.lzma_end(&z);
	return ret ? kbtf_fail_nomem(reterr) : 0;
}
#endif

#if HAVE_ZSTD
/* As the zstd command: level 3, size in the header, checksum at the end. */
static int compress_zstd(const void *bytes, size_t size, struct kbtf_buf *out,
			 struct kbtf_diag *reterr)
{
	size_t room = kbtf_zstd.ZSTD_compressBound(size), made = 0;
	ZSTD_CCtx *cctx = kbtf_zstd.ZSTD_createCCtx();
	bool done = false;

	if (cctx && !kbtf_buf_reserve(out, room)) {
		kbtf_zstd.ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel,
						 ZSTD_CLEVEL_DEFAULT);
		kbtf_zstd.ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 1);
		made = kbtf_zstd.ZSTD_compress2(cctx, out->data, room, bytes, size);
		done = !kbtf_zstd.ZSTD_isError(made);
	}
	kbtf_zstd.ZSTD_freeCCtx(cctx);
	if (!done) /* with room for the worst case nothing else can fail */
		return kbtf_fail_nomem(reterr);
	out->size = made;
	return 0;
}
#endif

static int __attribute__((unused))
lacks(enum kbtf_compression compression, const char *library, struct kbtf_diag *reterr)
{
	return kbtf_fail(reterr, -EOPNOTSUPP, "compress-library",
			 "writing %s data needs %s, which this build lacks",
			 kbtf_compression_name(compression), library);
}

/* Load what writes this form. */
static int __attribute__((unused))
needs(enum kbtf_compression compression, enum kbtf_late_library library, struct kbtf_diag *reterr)
{
	char what[32];

	snprintf(what, sizeof(what), "writing %s data", kbtf_compression_name(compression));
	return kbtf_late_load(library, what, "compress-library", reterr);
}

static int compress_into(enum kbtf_compression compression, const void *bytes, size_t size,
			 struct kbtf_buf *out, struct kbtf_diag *reterr)
{
	int err __attribute__((unused));

	switch (compression) {
	case KBTF_PLAIN:
		if (kbtf_buf_reserve(out, size) || kbtf_buf_append(out, bytes, size))
			return kbtf_fail_nomem(reterr);
		return 0;
	case KBTF_GZIP:
#if HAVE_ZLIB
		return compress_gzip(bytes, size, out, reterr);
#else
		return lacks(compression, "zlib", reterr);
#endif
	case KBTF_XZ:
#if HAVE_LZMA
		err = needs(compression, KBTF_LATE_LZMA, reterr);
		return err ? err : compress_xz(bytes, size, out, reterr);
#else
		return lacks(compression, "liblzma", reterr);
#endif
	case KBTF_ZSTD:
#if HAVE_ZSTD
		err = needs(compression, KBTF_LATE_ZSTD, reterr);
		return err ? err : compress_zstd(bytes, size, out, reterr);
#else
		return lacks(compression, "libzstd", reterr);
#endif
	default:
		return kbtf_fail(reterr, -EOPNOTSUPP, "compress-form",
				 "modules do not come as %s data: plain, gzip, xz and zstd do",
				 kbtf_compression_name(compression));
	}
}

int kbtf_compress(enum kbtf_compression compression, const void *bytes, size_t size, void **ret,
		  size_t *ret_size, struct kbtf_diag *reterr)
{
	struct kbtf_buf out = { 0 };
	int err;

	err = compress_into(compression, bytes, size, &out, reterr);
	if (err) {
		kbtf_buf_deinit(&out);
		return err;
	}
	*ret = kbtf_buf_steal(&out, ret_size);
	return 0;
}
