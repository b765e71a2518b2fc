/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_H
#define KBTF_TEXT_H

#include <kbtf/btf.h>
#include <kbtf/write.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Print types as raw text in the form that `bpftool btf dump file F format raw`
 * made well known, in ascending order of id. The BTF's own types, not its base's.
 * Returns 0, what write returned, or -ENOMEM. Cost: linear; text is handed over in
 * blocks of about 64 KiB.
 */
int kbtf_text_raw(const struct kbtf *btf, kbtf_write_fn *write, void *ctx);

/* The same for one type of any id below kbtf_end_id(); -ERANGE where it is not. */
int kbtf_text_raw_type(const struct kbtf *btf, uint32_t type_id, kbtf_write_fn *write, void *ctx);

/*
 * Print types as one JSON document, docs/json.md: those of ids, in that order, or where
 * ids is NULL the BTF's own. A type is a line; nothing is built in memory.
 * Returns 0, -ERANGE for an id that is not below kbtf_end_id(), and nothing was written,
 * what write returned, or -ENOMEM. Cost: linear, as kbtf_text_raw().
 */
int kbtf_text_json(const struct kbtf *btf, const uint32_t *ids, size_t nr_ids, kbtf_write_fn *write,
		   void *ctx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
