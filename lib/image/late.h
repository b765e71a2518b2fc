/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_LATE_H
#define KBTF_IMAGE_LATE_H

#include <errno.h>

#include <kbtf/diag.h>

#include "image_config.h"

/*
 * Compression libraries that few files need. A process that is linked to all five takes two fifths
 * longer to start, and most end without a call to any; so each is loaded by the first
 * file that needs it. Its functions are called through a table of its name:
 *
 *   err = kbtf_late_load(KBTF_LATE_LZMA, "xz data", "unpack-library", reterr);
 *   if (!err)
 *           kbtf_lzma.lzma_end(&z);
 *
 * With the build option late_libraries=false they are linked to like any other, and the tables
 * have their addresses from the start. zlib is always linked to, since libelf is.
 */
enum kbtf_late_library {
	KBTF_LATE_NONE,
	KBTF_LATE_BZIP2,
	KBTF_LATE_LZMA,
	KBTF_LATE_LZO,
	KBTF_LATE_LZ4,
	KBTF_LATE_ZSTD,
	KBTF_NR_LATE,
};

/*
 * See to it that a library's table can be used; from any thread, as often as one likes.
 *
 * @library  NONE needs nothing
 * @what     that cannot be read or written without it, for the message
 * @reason   of the diagnosis
 *
 * Returns 0; -EOPNOTSUPP where the library is not on this machine.
 */
int kbtf_late_load(enum kbtf_late_library library, const char *what, const char *reason,
		   struct kbtf_diag *reterr);

/* A pointer of a function's own type and name. */
#define KBTF_LATE_MEMBER(name) __typeof__(name) *name;

#if HAVE_BZIP2
#include <bzlib.h>
#define KBTF_BZIP2_CALLS(X)                                                                        \
	X(BZ2_bzDecompressInit)                                                                    \
	X(BZ2_bzDecompress)                                                                        \
	X(BZ2_bzDecompressEnd)
extern struct kbtf_bzip2 {
	KBTF_BZIP2_CALLS(KBTF_LATE_MEMBER)
} kbtf_bzip2;
#endif

#if HAVE_LZMA
#include <lzma.h>
#define KBTF_LZMA_CALLS(X)                                                                         \
	X(lzma_alone_decoder)                                                                      \
	X(lzma_code)                                                                               \
	X(lzma_end)                                                                                \
	X(lzma_lzma_preset)                                                                        \
	X(lzma_stream_buffer_bound)                                                                \
	X(lzma_stream_decoder)                                                                     \
	X(lzma_stream_encoder)
extern struct kbtf_lzma {
	KBTF_LZMA_CALLS(KBTF_LATE_MEMBER)
} kbtf_lzma;
#endif

#if HAVE_LZO
#include <lzo/lzo1x.h>
#define KBTF_LZO_CALLS(X) X(lzo1x_decompress_safe)
extern struct kbtf_lzo {
	KBTF_LZO_CALLS(KBTF_LATE_MEMBER)
} kbtf_lzo;
#endif

#if HAVE_LZ4
#include <lz4.h>
#define KBTF_LZ4_CALLS(X) X(LZ4_decompress_safe)
extern struct kbtf_lz4 {
	KBTF_LZ4_CALLS(KBTF_LATE_MEMBER)
} kbtf_lz4;
#endif

#if HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#define KBTF_ZSTD_CALLS(X)                                                                         \
	X(ZSTD_CCtx_setParameter)                                                                  \
	X(ZSTD_compress2)                                                                          \
	X(ZSTD_compressBound)                                                                      \
	X(ZSTD_createCCtx)                                                                         \
	X(ZSTD_createDStream)                                                                      \
	X(ZSTD_decompress)                                                                         \
	X(ZSTD_decompressStream)                                                                   \
	X(ZSTD_freeCCtx)                                                                           \
	X(ZSTD_freeDStream)                                                                        \
	X(ZSTD_getErrorCode)                                                                       \
	X(ZSTD_getErrorName)                                                                       \
	X(ZSTD_isError)
extern struct kbtf_zstd {
	KBTF_ZSTD_CALLS(KBTF_LATE_MEMBER)
} kbtf_zstd;
#endif

#endif
