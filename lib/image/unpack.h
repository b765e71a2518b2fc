/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_UNPACK_H
#define KBTF_IMAGE_UNPACK_H

#include <kbtf/image.h>

#include "buf.h"

/* Compressed bytes on their way to being unpacked ones. */
struct kbtf_unpack {
	const uint8_t *in;
	size_t in_size;
	size_t in_used;	     /* so far; where it went wrong, if it did */
	size_t max;	     /* more bytes of output than this are refused */
	struct kbtf_buf out; /* the caller's, to deinit, whatever the result */
	bool is_file;	     /* several streams in a row are one, as for gunzip and xz -d */
};

/* unpack.c: how bytes are compressed, by how they begin; KBTF_PLAIN for no way known. */
enum kbtf_compression kbtf_unpack_detect(const uint8_t *bytes, size_t size);

/*
 * unpack.c: unpack u->in. Bytes after the end of the stream are left alone.
 * -EINVAL (corrupt, truncated), -EFBIG, -EOPNOTSUPP (no such library in this
 * build), -ENOMEM.
 */
int kbtf_unpack(struct kbtf_unpack *u, enum kbtf_compression how, struct kbtf_diag *reterr);

/* Room for at least one byte more of output, at most up to max + 1 bytes. -EFBIG, -ENOMEM. */
int kbtf_unpack_room(struct kbtf_unpack *u, size_t wish, size_t *ret_room,
		     struct kbtf_diag *reterr);
/* -EFBIG with its message. */
int kbtf_unpack_too_big(const struct kbtf_unpack *u, struct kbtf_diag *reterr);

/* How a step of a streaming decompressor went. */
enum kbtf_step { KBTF_STEP_MORE, KBTF_STEP_END, KBTF_STEP_BAD, KBTF_STEP_NOMEM };

/* Where a streaming decompressor is; it moves all but state. */
struct kbtf_stream {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
	void *state;	 /* the library's own */
	const char *why; /* after KBTF_STEP_BAD: static */
};

/* unpack_streams.c: a library that hands out bytes as it goes. */
struct kbtf_stream_codec {
	bool (*begin)(struct kbtf_stream *s); /* false: no memory */
	enum kbtf_step (*step)(struct kbtf_stream *s);
	void (*end)(struct kbtf_stream *s);
};

extern const struct kbtf_stream_codec kbtf_gzip_codec, kbtf_bzip2_codec, kbtf_lzma_codec,
	kbtf_xz_codec, kbtf_zstd_codec;

/* unpack_blocks.c: frames of blocks that carry their sizes, which the library knows nothing of. */
int kbtf_unpack_lzo(struct kbtf_unpack *u, struct kbtf_diag *reterr);
int kbtf_unpack_lz4(struct kbtf_unpack *u, struct kbtf_diag *reterr);

#endif
