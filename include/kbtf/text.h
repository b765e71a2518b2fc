/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_H
#define KBTF_TEXT_H

#include <kbtf/btf.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Takes n bytes of text; returns 0, or a negative errno which ends the printing and is returned. */
typedef int kbtf_write_fn(void *ctx, const char *text, size_t n);

/*
 * Print types as raw text in the form that `bpftool btf dump file F format raw`
 * made well known, in ascending order of id. The BTF's own types, not its base's.
 * Returns 0, what write returned, or -ENOMEM. Cost: linear; text is handed over in
 * blocks of about 64 KiB.
 */
int kbtf_text_raw(const struct kbtf *btf, kbtf_write_fn *write, void *ctx);

/* The same for one type of any id below kbtf_end_id(); -ERANGE where it is not. */
int kbtf_text_raw_type(const struct kbtf *btf, uint32_t type_id, kbtf_write_fn *write, void *ctx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
