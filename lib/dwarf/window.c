// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Ranges of .debug_info in, their bytes out; see window.h. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "window.h"

/* Bytes that are read at a time: several units, and still few enough for the cache. */
#define READ_SIZE (UINT64_C(256) << 10)

void kbtf_window_init(struct kbtf_window *w, const struct kbtf_dwarf_source *src)
{
	*w = (struct kbtf_window){ .src = src };
}

void kbtf_window_deinit(struct kbtf_window *w)
{
	kbtf_buf_deinit(&w->buf);
}

/* Move on to an offset, keeping what is there of the bytes from there on. */
static void move(struct kbtf_window *w, uint64_t offset)
{
	uint64_t behind = offset - w->offset;
	size_t kept = offset >= w->offset && behind < w->buf.size ? w->buf.size - behind : 0;

	if (kept)
		memmove(w->buf.data, w->buf.data + behind, kept);
	w->buf.size = kept;
	w->offset = offset;
}

/* Read on until there are size bytes, more than there are. */
static int fill(struct kbtf_window *w, uint64_t size, struct kbtf_diag *reterr)
{
	const struct kbtf_dwarf_source *src = w->src;
	uint64_t more = size - w->buf.size;
	int err;

	if (more > SIZE_MAX || kbtf_buf_reserve(&w->buf, (size_t)more))
		return kbtf_fail_nomem(reterr);
	err = src->read_info(src->ctx, w->offset + w->buf.size, more, w->buf.data + w->buf.size);
	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err) {
		kbtf_fail_at(reterr, err, "file-read", w->offset, "cannot read: %s",
			     strerror(-err));
		kbtf_diag_in(reterr, ".debug_info");
		kbtf_diag_in(reterr, src->label);
		return err;
	}
	w->buf.size += (size_t)more;
	return 0;
}

int kbtf_window_at(struct kbtf_window *w, uint64_t offset, uint64_t size, uint64_t end,
		   const uint8_t **ret, struct kbtf_diag *reterr)
{
	uint64_t want = size < READ_SIZE ? READ_SIZE : size;
	int err = 0;

	if (!w->src->read_info) {
		*ret = w->src->info.data + offset;
		return 0;
	}
	if (offset < w->offset || offset + size > w->offset + w->buf.size) {
		move(w, offset);
		err = fill(w, want < end - offset ? want : end - offset, reterr);
	}
	if (err)
		return err;
	*ret = w->buf.data + (offset - w->offset);
	return 0;
}
