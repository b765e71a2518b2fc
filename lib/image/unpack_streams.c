// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The decompressors that stream, each behind the same three functions. */
#include <stdlib.h>
#include <string.h>

#include "late.h"
#include "unpack.h"

/*
 * Most memory that a decoder may take for its dictionary. Kernels are packed
 * with up to 128 MiB of it; a header can ask for 4 GiB.
 */
#define DICTIONARY_LIMIT ((uint64_t)256 << 20)

#if HAVE_ZLIB || HAVE_BZIP2
/* zlib and libbz2 count in unsigned int. */
static unsigned int clamp(size_t n)
{
	return n < 1u << 30 ? (unsigned int)n : 1u << 30;
}
#endif

#if HAVE_ZLIB
#include <zlib.h>

static bool gzip_begin(struct kbtf_stream *s)
{
	z_stream *z = calloc(1, sizeof(*z));

	s->state = z;
	if (z && inflateInit2(z, MAX_WBITS + 16) == Z_OK) /* + 16: with a gzip header */
		return true;
	free(z);
	return false;
}

static enum kbtf_step gzip_step(struct kbtf_stream *s)
{
	unsigned int in = clamp(s->in_left), out = clamp(s->out_left);
	z_stream *z = s->state;
	int ret;

	z->next_in = (Bytef *)s->in;
	z->avail_in = in;
	z->next_out = s->out;
	z->avail_out = out;
	ret = inflate(z, Z_NO_FLUSH);
	s->in_left -= in - z->avail_in;
	s->out_left -= out - z->avail_out;
	if (ret == Z_STREAM_END)
		return KBTF_STEP_END;
	if (ret == Z_OK || ret == Z_BUF_ERROR)
		return KBTF_STEP_MORE;
	s->why = z->msg ? z->msg : "needs a dictionary";
	return ret == Z_MEM_ERROR ? KBTF_STEP_NOMEM : KBTF_STEP_BAD;
}

static void gzip_end(struct kbtf_stream *s)
{
	inflateEnd(s->state);
	free(s->state);
}

const struct kbtf_stream_codec kbtf_gzip_codec = { gzip_begin, gzip_step, gzip_end };
#endif

#if HAVE_BZIP2
static bool bzip2_begin(struct kbtf_stream *s)
{
	bz_stream *bz = calloc(1, sizeof(*bz));

	s->state = bz;
	if (bz && kbtf_bzip2.BZ2_bzDecompressInit(bz, 0, 0) == BZ_OK)
		return true;
	free(bz);
	return false;
}

static enum kbtf_step bzip2_step(struct kbtf_stream *s)
{
	unsigned int in = clamp(s->in_left), out = clamp(s->out_left);
	bz_stream *bz = s->state;
	int ret;

	bz->next_in = (char *)s->in;
	bz->avail_in = in;
	bz->next_out = (char *)s->out;
	bz->avail_out = out;
	ret = kbtf_bzip2.BZ2_bzDecompress(bz);
	s->in_left -= in - bz->avail_in;
	s->out_left -= out - bz->avail_out;
	if (ret == BZ_STREAM_END)
		return KBTF_STEP_END;
	if (ret == BZ_OK)
		return KBTF_STEP_MORE;
	s->why =
		ret == BZ_DATA_ERROR_MAGIC ? "no bzip2 header" : "a block or its checksum is wrong";
	return ret == BZ_MEM_ERROR ? KBTF_STEP_NOMEM : KBTF_STEP_BAD;
}

static void bzip2_end(struct kbtf_stream *s)
{
	kbtf_bzip2.BZ2_bzDecompressEnd(s->state);
	free(s->state);
}

const struct kbtf_stream_codec kbtf_bzip2_codec = { bzip2_begin, bzip2_step, bzip2_end };
#endif

#if HAVE_LZMA
static bool lzma_begin(struct kbtf_stream *s, bool with_container)
{
	lzma_stream *z = calloc(1, sizeof(*z));
	lzma_ret ret;

	s->state = z;
	if (!z)
		return false;
	if (with_container)
		ret = kbtf_lzma.lzma_stream_decoder(z, DICTIONARY_LIMIT, 0);
	else
		ret = kbtf_lzma.lzma_alone_decoder(z, DICTIONARY_LIMIT);
	if (ret == LZMA_OK)
		return true;
	free(z);
	return false;
}

static bool xz_begin(struct kbtf_stream *s)
{
	return lzma_begin(s, true);
}

static bool lzma_alone_begin(struct kbtf_stream *s)
{
	return lzma_begin(s, false);
}

static const char *lzma_why(lzma_ret ret)
{
	switch (ret) {
	case LZMA_MEMLIMIT_ERROR:
		return "it asks for a dictionary of more than 256 MiB";
	case LZMA_FORMAT_ERROR:
		return "the header is wrong";
	case LZMA_OPTIONS_ERROR:
		return "it asks for a filter that liblzma does not have";
	default:
		return "a block or its checksum is wrong";
	}
}

static enum kbtf_step lzma_step(struct kbtf_stream *s)
{
	lzma_stream *z = s->state;
	lzma_ret ret;

	z->next_in = s->in;
	z->avail_in = s->in_left;
	z->next_out = s->out;
	z->avail_out = s->out_left;
	ret = kbtf_lzma.lzma_code(z, LZMA_RUN);
	s->in_left = z->avail_in;
	s->out_left = z->avail_out;
	if (ret == LZMA_STREAM_END)
		return KBTF_STEP_END;
	if (ret == LZMA_OK || ret == LZMA_BUF_ERROR || ret == LZMA_UNSUPPORTED_CHECK)
		return KBTF_STEP_MORE;
	s->why = lzma_why(ret);
	return ret == LZMA_MEM_ERROR ? KBTF_STEP_NOMEM : KBTF_STEP_BAD;
}

static void lzma_end_stream(struct kbtf_stream *s)
{
	kbtf_lzma.lzma_end(s->state);
	free(s->state);
}

const struct kbtf_stream_codec kbtf_xz_codec = { xz_begin, lzma_step, lzma_end_stream };
const struct kbtf_stream_codec kbtf_lzma_codec = { lzma_alone_begin, lzma_step, lzma_end_stream };
#endif

#if HAVE_ZSTD
static bool zstd_begin(struct kbtf_stream *s)
{
	s->state =
		kbtf_zstd.ZSTD_createDStream(); /* refuses windows of more than 128 MiB of itself */
	return s->state;
}

static enum kbtf_step zstd_step(struct kbtf_stream *s)
{
	ZSTD_inBuffer in = { s->in, s->in_left, 0 };
	ZSTD_outBuffer out = { s->out, s->out_left, 0 };
	size_t ret;

	ret = kbtf_zstd.ZSTD_decompressStream(s->state, &out, &in);
	s->in_left -= in.pos;
	s->out_left -= out.pos;
	if (!ret)
		return KBTF_STEP_END;
	if (!kbtf_zstd.ZSTD_isError(ret))
		return KBTF_STEP_MORE;
	s->why = kbtf_zstd.ZSTD_getErrorName(ret);
	return kbtf_zstd.ZSTD_getErrorCode(ret) == ZSTD_error_memory_allocation ? KBTF_STEP_NOMEM
										: KBTF_STEP_BAD;
}

static void zstd_end(struct kbtf_stream *s)
{
	kbtf_zstd.ZSTD_freeDStream(s->state);
}

const struct kbtf_stream_codec kbtf_zstd_codec = { zstd_begin, zstd_step, zstd_end };
#endif
