// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What kernel builds do to an image, with each library's encoder. */
#include "image_config.h"
#include "image_test.h"

#if HAVE_BZIP2
#include <bzlib.h>
#endif
#if HAVE_LZMA
#include <lzma.h>
#endif
#if HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#if HAVE_LZ4
#include <lz4.h>
#endif
#if HAVE_ZLIB
#include <zlib.h>
#endif
#if HAVE_ZSTD
#include <zstd.h>
#endif

const uint8_t *tiny_btf(bool big_endian)
{
	static uint8_t bytes[2][TINY_BTF_SIZE];
	uint8_t *b = bytes[big_endian];
	static const uint32_t words[] = { 24, 0, 16, 16, 5, 1, 0x01000000, 4, 0x01000020 };
	size_t i;

	put(b, 0xeb9f, 2, big_endian);
	b[2] = 1;
	for (i = 0; i < 9; i++)
		put(b + 4 + i * 4, words[i], 4, big_endian);
	memcpy(b + 40, "\0int", 5);
	return b;
}

#if HAVE_LZO
/* One block, with a checksum that nobody looks at, as lzop -1 of version 1.04 writes it. */
static size_t pack_lzo(const void *bytes, size_t size, uint8_t *to)
{
	static const uint8_t header[] = {
		0x89, 'L',  'Z',  'O',	0,    '\r', '\n', 0x1a, '\n', /* magic */
		0x10, 0x40, 0x20, 0xa0, 0x09, 0x40, 1,	  5,	      /* versions, method, level */
		0,    0,    0,	  1,				      /* flags: ADLER32_D */
		0,    0,    0x81, 0xa4, 0,    0,    0,	  0,	      /* mode, time */
		0,    0,    0,	  0,	1,    'x',		      /* time, name */
		0,    0,    0,	  0				      /* checksum of the header */
	};
	void *work = malloc(LZO1X_1_MEM_COMPRESS);
	size_t at = sizeof(header);
	lzo_uint made = 0;

	memcpy(to, header, at);
	lzo1x_1_compress(bytes, size, to + at + 12, &made, work);
	free(work);
	if (made >= size) {
		memcpy(to + at + 12, bytes, size);
		made = size;
	}
	put(to + at, size, 4, true);
	put(to + at + 4, made, 4, true);
	put(to + at + 8, 0, 4, true);
	at += 12 + made;
	put(to + at, 0, 4, true);
	return at + 4;
}
#endif

#if HAVE_LZ4
static size_t pack_lz4(const uint8_t *bytes, size_t size, uint8_t *to, size_t room)
{
	size_t at = 4, block;
	int made;

	put(to, 0x184c2102, 4, false);
	while (size) {
		block = size < 8u << 20 ? size : 8u << 20;
		made = LZ4_compress_default((const char *)bytes, (char *)to + at + 4, (int)block,
					    (int)(room - at - 4));
		put(to + at, (uint32_t)made, 4, false);
		at += 4 + (size_t)made;
		bytes += block;
		size -= block;
	}
	return at;
}
#endif

uint8_t *pack(enum kbtf_compression how, const void *bytes, size_t size, size_t *ret_size)
{
	size_t room = size * 2 + 65536;
	uint8_t *to = malloc(room);

	*ret_size = 0;
	(void)bytes; /* nothing reads them where all libraries are missing */
	switch (how) {
#if HAVE_ZLIB
	case KBTF_GZIP: {
		z_stream z = { 0 };

		deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
		z.next_in = (Bytef *)bytes;
		z.avail_in = (uInt)size;
		z.next_out = to;
		z.avail_out = (uInt)room;
		deflate(&z, Z_FINISH);
		*ret_size = z.total_out;
		deflateEnd(&z);
		break;
	}
#endif
#if HAVE_BZIP2
	case KBTF_BZIP2: {
		unsigned int made = (unsigned int)room;

		BZ2_bzBuffToBuffCompress((char *)to, &made, (char *)bytes, (unsigned int)size, 9, 0,
					 0);
		*ret_size = made;
		break;
	}
#endif
#if HAVE_LZMA
	case KBTF_XZ:
		lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, bytes, size, to, ret_size, room);
		break;
	case KBTF_LZMA: {
		lzma_stream z = LZMA_STREAM_INIT;
		lzma_options_lzma options;

		lzma_lzma_preset(&options, 0);
		z.next_in = bytes;
		z.avail_in = size;
		z.next_out = to;
		z.avail_out = room;
		if (lzma_alone_encoder(&z, &options) == LZMA_OK &&
		    lzma_code(&z, LZMA_FINISH) == LZMA_STREAM_END)
			*ret_size = z.total_out;
		lzma_end(&z);
		break;
	}
#endif
#if HAVE_LZO
	case KBTF_LZO:
		*ret_size = pack_lzo(bytes, size, to);
		break;
#endif
#if HAVE_LZ4
	case KBTF_LZ4:
		*ret_size = pack_lz4(bytes, size, to, room);
		break;
#endif
#if HAVE_ZSTD
	case KBTF_ZSTD:
		*ret_size = ZSTD_compress(to, room, bytes, size, 1);
		break;
#endif
	default:
		break;
	}
	if (!*ret_size) {
		free(to);
		return NULL;
	}
	return to;
}
