/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IDS_H
#define KBTF_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/btf.h>
#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * The `.BTF_ids` section of a kernel or module: u32 words, some of which are type
 * ids, alone (lists) or in sets that are sorted by id so that the kernel can
 * search them. Which words are ids only the symbols tell:
 *
 *   __BTF_ID__<kind>__<name>__<n>   4 bytes: one id; 8 bytes: and its flags
 *   __BTF_ID__set__<name>           u32 count, then the ids
 *   __BTF_ID__set8__<name>          u32 count, u32 flags, then { id, flags } pairs
 *
 * A compiler leaves ids and counts 0; kbtf_ids_resolve() puts them in. That flags stand
 * beside a symbol's id when a set8 is sorted is only so for symbols of 8 bytes, which
 * are kbtf's own.
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

/* Where the i-th id is: bytes from the start of the section. Until it is resolved that is
 * where its symbol is, and then in a set8 where it was sorted to. */
uint64_t kbtf_ids_offset(const struct kbtf_ids *ids, uint32_t i);

/* The bytes that its symbol has to have there: 8 where its flags are beside it, else 4. */
uint64_t kbtf_ids_symbol_size(const struct kbtf_ids *ids, uint32_t i);

/*
 * Tell of a symbol that lies in the section and does not begin with "__BTF_ID__": a
 * label of ids, which names them in kbtf_ids_list_of(). Labels that cannot be one
 * are passed over. Returns 0 or -ENOMEM.
 */
int kbtf_ids_add_list(struct kbtf_ids *ids, const char *name, uint64_t offset,
		      struct kbtf_diag *reterr);

/* The label of the list that the i-th id is in: the last one before it; NULL where there is none,
 * or where it is in a set. Cost: linear in the labels. */
const char *kbtf_ids_list_of(const struct kbtf_ids *ids, uint32_t i);

/* ---- Sets ------------------------------------------------------------- */

/* What kbtf_id_set.flags may have: the members are kfuncs, and their flags those of kfuncs. */
#define KBTF_ID_SET_KFUNCS 1u

struct kbtf_id_set {
	const char *name; /* "bpf_kfunc_set"; borrowed */
	uint64_t offset;  /* of its first word, bytes from the start of the section */
	uint32_t nr;	  /* members it counts: 0 before it is resolved */
	uint32_t room;	  /* members that its symbol spans: what nr becomes */
	bool has_flags;	  /* set8 */
	uint32_t flags;	  /* of the set as a whole; 0 without has_flags */
};

/* How many sets there are, and the i-th of them in the order of the symbols. */
uint32_t kbtf_ids_nr_sets(const struct kbtf_ids *ids);
void kbtf_ids_get_set(const struct kbtf_ids *ids, uint32_t i, struct kbtf_id_set *ret);

/*
 * The id of the i-th member of a set, below kbtf_id_set.room, and its flags; ret_flags may
 * be NULL. Members are sorted by their ids, so symbols do not tell their names:
 * kbtf_name() does.
 */
uint32_t kbtf_ids_get_member(const struct kbtf_ids *ids, uint32_t set, uint32_t i,
			     uint32_t *ret_flags);

/* ---- Resolving -------------------------------------------------------- */

struct kbtf_ids_resolved {
	uint32_t nr_ids;       /* symbols of ids */
	uint32_t nr_missing;   /* names that the BTF has not: their ids are 0 */
	uint32_t nr_ambiguous; /* types passed over, because one of their name came before */
	bool is_changed;       /* some word was not yet what it should be */
	bool is_moved;	       /* some symbol is not where its id and flags are now */
};

/*
 * Put in the ids: of each name the first FUNC, STRUCT, UNION or TYPEDEF that has it,
 * the base's before the BTF's own. Sets get their counts and are sorted, with the
 * flags of their members.
 *
 * warning, which may be NULL, is called for each name that is missing [ids-missing] and
 * each type passed over [ids-ambiguous]; as many as resolve_btfids counts.
 *
 * In a set that was resolved, flags no longer stand beside the symbols of their ids, unless
 * these were moved there: kbtf_ids_offset(), kbtf_ids_symbol_size(). That is no obstacle
 * where its members all have the same flags, or its ids are right.
 *
 * ret may be NULL. Returns 0, or with nothing changed: -EINVAL for a symbol that asks for
 * another kind [ids-kind] or for no name [ids-name], or for a set whose flags
 * cannot be told apart any more [ids-resolved]; or -ENOMEM.
 * Cost: linear in the types of BTF and base.
 *
 * Source: tools/bpf/resolve_btfids/main.c (symbols_resolve, id_patch, sets_patch).
 */
int kbtf_ids_resolve(struct kbtf_ids *ids, const struct kbtf *btf, kbtf_diag_fn *warning, void *ctx,
		     struct kbtf_ids_resolved *ret, struct kbtf_diag *reterr);

/* The section's bytes, in the order they were given in; borrowed. */
const void *kbtf_ids_bytes(const struct kbtf_ids *ids, size_t *ret_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
