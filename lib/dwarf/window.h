/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_WINDOW_H
#define KBTF_DWARF_WINDOW_H

#include <kbtf/diag.h>

#include "buf.h"
#include "source.h"

/*
 * A window on .debug_info, which moves forward: what a thread reads of it is in memory only
 * while it reads that, in the same memory each time, which so stays in the processor's cache.
 * Where the input has all bytes in memory, it looks at those.
 */
struct kbtf_window {
	const struct kbtf_dwarf_source *src;
	uint64_t offset;     /* in .debug_info, of the first byte */
	struct kbtf_buf buf; /* what is in memory */
};

void kbtf_window_init(struct kbtf_window *w, const struct kbtf_dwarf_source *src);
void kbtf_window_deinit(struct kbtf_window *w);

/*
 * The size bytes at an offset, until the next call; both lie in .debug_info. What comes
 * behind them up to end may be read with them. -ENOMEM, or what reading said.
 */
int kbtf_window_at(struct kbtf_window *w, uint64_t offset, uint64_t size, uint64_t end,
		   const uint8_t **ret, struct kbtf_diag *reterr);

#endif
