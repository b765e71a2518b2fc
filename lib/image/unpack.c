// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Compressed bytes in, unpacked bytes out, for all the ways that the kernel has:
 * which one it is (kbtf_unpack_detect), then one driver for the libraries that
 * stream (unpack_streams) and one function each for those that do not. Output
 * is bounded, so a few bytes that unpack to a lot are refused.
 */
#include <errno.h>
#include <string.h>

#include "image_config.h"
#include "fail.h"
#include "late.h"
#include "unpack.h"

#define SMALLEST_ROOM ((size_t)64 << 10)

/* Same for all: what a library is, and whether this build has it. */
struct method {
	const char *name;
	const char *library;
	enum kbtf_late_library late;
	const struct kbtf_stream_codec *codec;
	int (*unpack)(struct kbtf_unpack *u, struct kbtf_diag *reterr);
};

static const struct method methods[KBTF_NR_COMPRESSIONS] = {
	[KBTF_PLAIN] = { .name = "plain" },
	[KBTF_GZIP] = { .name = "gzip",
			.library = "zlib",
#if HAVE_ZLIB
			.codec = &kbtf_gzip_codec
#endif
	},
	[KBTF_BZIP2] = { .name = "bzip2",
			 .library = "libbz2",
			 .late = KBTF_LATE_BZIP2,
#if HAVE_BZIP2
			 .codec = &kbtf_bzip2_codec
#endif
	},
	[KBTF_LZMA] = { .name = "lzma",
			.library = "liblzma",
			.late = KBTF_LATE_LZMA,
#if HAVE_LZMA
			.codec = &kbtf_lzma_codec
#endif
	},
	[KBTF_XZ] = { .name = "xz",
		      .library = "liblzma",
		      .late = KBTF_LATE_LZMA,
#if HAVE_LZMA
		      .codec = &kbtf_xz_codec
#endif
	},
	[KBTF_LZO] = { .name = "lzo",
		       .library = "liblzo2",
		       .late = KBTF_LATE_LZO,
#if HAVE_LZO
		       .unpack = kbtf_unpack_lzo
#endif
	},
	[KBTF_LZ4] = { .name = "lz4",
		       .library = "liblz4",
		       .late = KBTF_LATE_LZ4,
#if HAVE_LZ4
		       .unpack = kbtf_unpack_lz4
#endif
	},
	[KBTF_ZSTD] = { .name = "zstd",
			.library = "libzstd",
			.late = KBTF_LATE_ZSTD,
#if HAVE_ZSTD
			.codec = &kbtf_zstd_codec
#endif
	},
};

const char *kbtf_compression_name(enum kbtf_compression compression)
{
	return (unsigned int)compression < KBTF_NR_COMPRESSIONS ? methods[compression].name
								: "unknown";
}

/*
 * LZMA alone has no magic: properties 0x5d (what every encoder writes), a
 * dictionary of 64 KiB or more, and an unpacked size that is unknown or sane.
 */
static bool is_lzma(const uint8_t *b, size_t size)
{
	static const uint8_t unknown[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (size < 13 || b[0] != 0x5d || b[1] || b[2] || (!b[3] && !b[4]))
		return false;
	return !memcmp(b + 5, unknown, sizeof(unknown)) || (!b[9] && !b[10] && !b[11] && !b[12]);
}

/* By the first byte first: a search for a payload asks this at every place of an image. */
enum kbtf_compression kbtf_unpack_detect(const uint8_t *b, size_t size)
{
	static const uint8_t bzip2_block[6] = { 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 };

	if (size < 10)
		return KBTF_PLAIN;
	switch (b[0]) {
	case 0x1f: /* deflate, and no flag bits that nobody has defined */
		return b[1] == 0x8b && b[2] == 8 && !(b[3] & 0xe0) ? KBTF_GZIP : KBTF_PLAIN;
	case 'B':
		if (b[1] == 'Z' && b[2] == 'h' && b[3] >= '1' && b[3] <= '9' &&
		    !memcmp(b + 4, bzip2_block, sizeof(bzip2_block)))
			return KBTF_BZIP2;
		return KBTF_PLAIN;
	case 0x5d:
		return is_lzma(b, size) ? KBTF_LZMA : KBTF_PLAIN;
	case 0xfd:
		return memcmp(b,
			      "\xfd"
			      "7zXZ",
			      6)
			       ? KBTF_PLAIN
			       : KBTF_XZ;
	case 0x89:
		return memcmp(b, "\x89LZO\0\r\n\x1a\n", 9) ? KBTF_PLAIN : KBTF_LZO;
	case 0x02:
		return memcmp(b, "\x02\x21\x4c\x18", 4) ? KBTF_PLAIN : KBTF_LZ4;
	case 0x28:
		return memcmp(b, "\x28\xb5\x2f\xfd", 4) ? KBTF_PLAIN : KBTF_ZSTD;
	default:
		return KBTF_PLAIN;
	}
}

int kbtf_unpack_too_big(const struct kbtf_unpack *u, struct kbtf_diag *reterr)
{
	return kbtf_fail_at(reterr, -EFBIG, "unpack-size", u->in_used,
			    "unpacks to more than %zu bytes", u->max);
}

int kbtf_unpack_room(struct kbtf_unpack *u, size_t wish, size_t *ret_room, struct kbtf_diag *reterr)
{
	size_t room;

	if (u->out.size > u->max)
		return kbtf_unpack_too_big(u, reterr);
	room = u->max - u->out.size + 1; /* one too many shows that there is more */
	if (wish < room)
		room = wish;
	if (kbtf_buf_reserve(&u->out, room))
		return kbtf_fail_nomem(reterr);
	*ret_room = room;
	return 0;
}

static int no_progress(const struct kbtf_unpack *u, const struct kbtf_stream *s,
		       struct kbtf_diag *reterr)
{
	if (s->in_left)
		return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used,
				    "the data is corrupt: the stream does not go on");
	return kbtf_fail_at(reterr, -EINVAL, "unpack-truncated", u->in_used,
			    "the data ends before the stream does, after %zu unpacked bytes",
			    u->out.size);
}

/* One stream, from u->in_used on. */
static int unpack_stream(struct kbtf_unpack *u, const struct kbtf_stream_codec *codec,
			 struct kbtf_stream *s, struct kbtf_diag *reterr)
{
	size_t room = 0, in_left, wish;
	enum kbtf_step step;
	int err;

	for (;;) {
		wish = u->out.size ? u->out.size / 2 : u->in_size * 3;
		err = kbtf_unpack_room(u, wish < SMALLEST_ROOM ? SMALLEST_ROOM : wish, &room,
				       reterr);
		if (err)
			return err;
		s->in = u->in + u->in_used;
		s->in_left = in_left = u->in_size - u->in_used;
		s->out = u->out.data + u->out.size;
		s->out_left = room;
		step = codec->step(s);
		u->in_used = u->in_size - s->in_left;
		u->out.size += room - s->out_left;
		switch (step) {
		case KBTF_STEP_END:
			return 0;
		case KBTF_STEP_BAD:
			return kbtf_fail_at(reterr, -EINVAL, "unpack-corrupt", u->in_used,
					    "the data is corrupt: %s", s->why);
		case KBTF_STEP_NOMEM:
			return kbtf_fail_nomem(reterr);
		case KBTF_STEP_MORE:
			if (s->in_left == in_left && s->out_left == room)
				return no_progress(u, s, reterr);
		}
	}
}

static int unpack_streams(struct kbtf_unpack *u, enum kbtf_compression how,
			  struct kbtf_diag *reterr)
{
	const struct kbtf_stream_codec *codec = methods[how].codec;
	struct kbtf_stream s = { 0 };
	int err;

	do {
		if (!codec->begin(&s))
			return kbtf_fail_nomem(reterr);
		err = unpack_stream(u, codec, &s, reterr);
		codec->end(&s);
	} while (!err && u->is_file &&
		 kbtf_unpack_detect(u->in + u->in_used, u->in_size - u->in_used) == how);
	return err;
}

int kbtf_unpack(struct kbtf_unpack *u, enum kbtf_compression how, struct kbtf_diag *reterr)
{
	const struct method *m = &methods[how];
	char place[32] = { 0 };
	int err;

	strcat(strcpy(place, m->name), " data");
	if (!m->codec && !m->unpack)
		return kbtf_fail(reterr, -EOPNOTSUPP, "unpack-library",
				 "%s needs %s, which this build lacks", place, m->library);
	err = kbtf_late_load(m->late, place, "unpack-library", reterr);
	if (err)
		return err;
	err = m->codec ? unpack_streams(u, how, reterr) : m->unpack(u, reterr);
	if (!err && u->out.size > u->max)
		err = kbtf_unpack_too_big(u, reterr);
	if (err)
		kbtf_diag_in(reterr, place);
	return err;
}
