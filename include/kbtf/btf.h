/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BTF_H
#define KBTF_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>
#include <kbtf/format.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * BTF that is finished: it never changes, so any number of threads may read
 * one at the same time. Split BTF borrows its base, which has to outlive it.
 * Strings and types that calls return are borrowed and live as long as the
 * BTF that holds them.
 *
 * Words are always in the byte order of the host; BTF of the other byte order
 * is converted when it is opened, and converted back by kbtf_write().
 */
struct kbtf;

enum kbtf_open_flags {
	/* The bytes outlive the result and are not copied. */
	KBTF_OPEN_BORROW = 1 << 0,
	/* The bytes came from malloc() and are the result's on success. */
	KBTF_OPEN_TAKE = 1 << 1,
	/* Check ranges, but not that chains of types end. For BTF that was
	 * checked before; printing or resolving types of such BTF may not end. */
	KBTF_OPEN_TRUST_CHAINS = 1 << 2,
	/* Check only that the types can be told apart. What kbtf_verify() looks
	 * at: no other call of the library may be given such BTF. */
	KBTF_OPEN_FRAMING_ONLY = 1 << 3,
};

struct kbtf_open_opts {
	const struct kbtf *base; /* borrowed; NULL for BTF that stands alone */
	const char *label;	 /* named by messages; borrowed, outlives the BTF; may be NULL */
	unsigned int flags;	 /* of enum kbtf_open_flags */
};

/*
 * Open size bytes of raw BTF. The result is sound: every type id, string
 * offset and size lies in range, and chains of types end.
 *
 * opts may be NULL. Unless its flags say otherwise the bytes are copied.
 * Bytes that are not aligned to 4, or of foreign byte order, are copied all the
 * same.
 *
 * Returns 0, -EINVAL for bytes that are not sound BTF, -EOPNOTSUPP for a
 * version or kind that kbtf cannot step over, -E2BIG beyond KBTF_MAX_TYPES or
 * 4 GiB, or -ENOMEM.
 *
 * Source: kernel/bpf/btf.c (btf_parse_hdr, btf_check_sec_info, btf_check_meta)
 * and libbpf's btf.c (btf_parse_hdr, btf_validate_type).
 */
int kbtf_open(const void *bytes, size_t size, const struct kbtf_open_opts *opts, struct kbtf **ret,
	      struct kbtf_diag *reterr);

/* Free BTF; NULL is allowed. Its base is not touched. */
void kbtf_free(struct kbtf *btf);

/* The base that split BTF stands on; NULL where BTF stands alone. */
const struct kbtf *kbtf_base(const struct kbtf *btf);

/* The label given when it was opened; "BTF" where none was. */
const char *kbtf_label(const struct kbtf *btf);

/* The first type id that is this BTF's own: 1, or for split BTF the base's kbtf_end_id(). */
uint32_t kbtf_first_id(const struct kbtf *btf);

/* One more than the last type id; ids of the base and void (0) count. */
uint32_t kbtf_end_id(const struct kbtf *btf);

/* How many types are this BTF's own; its base's do not count. */
uint32_t kbtf_nr_types(const struct kbtf *btf);

/* The header in host byte order; absent layout fields are 0. */
const struct kbtf_header *kbtf_header(const struct kbtf *btf);

/* Whether the bytes it was opened from are of the other byte order. */
bool kbtf_is_swapped(const struct kbtf *btf);

/*
 * The type of this id, from this BTF or its base. Id 0 is void: a type of
 * kind 0 without a name. NULL where the id is not below kbtf_end_id().
 */
const struct kbtf_type *kbtf_type(const struct kbtf *btf, uint32_t type_id);

/* Bytes of the type's record, with what follows struct kbtf_type. */
uint32_t kbtf_type_size_bytes(const struct kbtf *btf, uint32_t type_id);

/* Offset of the type's record in bytes from the start of the BTF that holds it. */
uint32_t kbtf_type_offset(const struct kbtf *btf, uint32_t type_id);

/* The string at this offset of this BTF or its base; NULL where it is out of range. */
const char *kbtf_string(const struct kbtf *btf, uint32_t name_off);

/* The name of a type; "" where it is anonymous or the id is out of range. */
const char *kbtf_name(const struct kbtf *btf, uint32_t type_id);

/* The kind's name as tools print it: "STRUCT"; "UNKNOWN" for a kind nobody knows. */
const char *kbtf_kind_name(unsigned int kind);

/*
 * The bytes as they were opened or built. *ret_size gets their number. They are
 * in host byte order: see kbtf_write() for the order they came in.
 */
const void *kbtf_bytes(const struct kbtf *btf, size_t *ret_size);

/*
 * Make bytes to store: in the byte order that the BTF was opened in.
 * *ret is the caller's and goes to free(). Returns 0 or -ENOMEM.
 */
int kbtf_write(const struct kbtf *btf, void **ret, size_t *ret_size);

/*
 * The same types sorted by name, anonymous ones first, those of a name in the order they
 * had, so that a kernel can search them by bisection. Of split BTF its own; strings stay
 * as they are. *ret_ids, which may be NULL, gets the new id of each type below
 * kbtf_end_id() and goes to free().
 *
 * Returns 0; -EOPNOTSUPP for types of kinds that nobody knows, whose ids could not be
 * moved; or -ENOMEM. Cost: sorting.
 *
 * Source: tools/bpf/resolve_btfids/main.c (sort_btf_by_name).
 */
int kbtf_sort_by_name(const struct kbtf *btf, struct kbtf **ret, uint32_t **ret_ids,
		      struct kbtf_diag *reterr);

/*
 * A by-name index over the types of one BTF (not of its base), made once and
 * then shared by any number of threads.
 */
struct kbtf_names;

/* Bit of a kind in a set of kinds. */
#define KBTF_KIND_BIT(kind) (UINT32_C(1) << (kind))

enum kbtf_names_flags {
	/* Search BTF that is sorted by name in place instead of making a table:
	 * no memory and no time to build, but slower to search. */
	KBTF_NAMES_SEARCH_SORTED = 1 << 0,
	/* By the essential part of names, as CO-RE does: "sock" finds "sock___old" too, and
	 * the other way round. Always a table. */
	KBTF_NAMES_ESSENTIAL = 1 << 1,
};

/*
 * Index the named types whose kind is in kinds. The BTF is borrowed.
 * Returns 0 or -ENOMEM. Cost: linear in the types.
 */
int kbtf_names_new(const struct kbtf *btf, uint32_t kinds, unsigned int flags,
		   struct kbtf_names **ret);
void kbtf_names_free(struct kbtf_names *names);

/*
 * Walk the types of a name in ascending order of id:
 *
 *   kbtf_names_walk_init(&walk, names, name);
 *   while ((id = kbtf_names_walk_next(&walk)))
 *           ...
 *
 * The name is borrowed for the walk. kbtf_names_walk_next() returns 0 after the last.
 */
struct kbtf_names_walk {
	const struct kbtf_names *names;
	const char *name;
	uint32_t name_len, hash, at; /* of the implementation */
};
void kbtf_names_walk_init(struct kbtf_names_walk *walk, const struct kbtf_names *names,
			  const char *name);
uint32_t kbtf_names_walk_next(struct kbtf_names_walk *walk);

/* The first type of a name whose id is above after_id; 0 where there is none. */
uint32_t kbtf_names_next(const struct kbtf_names *names, const char *name, uint32_t after_id);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
