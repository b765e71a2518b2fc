/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IDS_H
#define KBTF_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * The `.BTF_ids` section of a linked module: u32 words, some of which are type
 * ids, alone (lists) or in sets that are sorted by id so that the kernel can
 * search them. Which words are ids only the symbols tell:
 *
 *   __BTF_ID__<kind>__<name>__<n>   4 bytes: one id
 *   __BTF_ID__set__<name>           u32 count, then the ids
 *   __BTF_ID__set8__<name>          u32 count, u32 flags, then { id, flags } pairs
 *
 * Source: include/linux/btf_ids.h, tools/bpf/resolve_btfids/main.c.
 */
struct kbtf_ids;

/*
 * Copy a section of size bytes, in the other byte order than the host's where
 * swapped. Returns 0, -EINVAL for a size that is no multiple of 4, or -ENOMEM.
 */
int kbtf_ids_new(const void *bytes, size_t size, bool swapped, struct kbtf_ids **ret,
		 struct kbtf_diag *reterr);
void kbtf_ids_free(struct kbtf_ids *ids);

/*
 * Tell of a symbol that lies in the section: its name, its value (offset in
 * bytes from the section's start) and its size in bytes. Symbols of other names
 * are passed over. Returns 0, -EINVAL for one that does not fit the section, or
 * -ENOMEM.
 */
int kbtf_ids_add_symbol(struct kbtf_ids *ids, const char *name, uint64_t offset, uint64_t size,
			struct kbtf_diag *reterr);

/*
 * Whether the symbols account for all words: -EINVAL names the first word that
 * is not 0 and that no symbol covers, as in a module whose symbols were stripped.
 */
int kbtf_ids_check(const struct kbtf_ids *ids, struct kbtf_diag *reterr);

/* How many ids there are, and the i-th of them in the order of the symbols (0 where it was never
 * resolved). */
uint32_t kbtf_ids_count(const struct kbtf_ids *ids);
uint32_t kbtf_ids_get(const struct kbtf_ids *ids, uint32_t i);

/* The symbol that names the i-th id, without "__BTF_ID__" and the number: "func__bbr_init". */
const char *kbtf_ids_name(const struct kbtf_ids *ids, uint32_t i);

/*
 * Whether the i-th id is in a set. A kernel that relocates a module's BTF relocates
 * the ids of the sets that it registers; an id in a list is read by whoever made the
 * list.
 */
bool kbtf_ids_is_in_set(const struct kbtf_ids *ids, uint32_t i);

/* The section's bytes, in the order they were given in; borrowed. */
const void *kbtf_ids_bytes(const struct kbtf_ids *ids, size_t *ret_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
