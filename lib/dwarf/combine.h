/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_COMBINE_H
#define KBTF_DWARF_COMBINE_H

#include "collect.h"
#include "variants.h"

/*
 * BTF in the making: what all units say, before lib/dedup makes equal types one. Ids
 * count from 1.
 */
struct kbtf_combined {
	struct kbtf_buf types;
	struct kbtf_buf offs; /* by id, u32: of types; that of id 0 is not used */
	struct kbtf_strset strings;
	uint32_t nr;	  /* ids, void among them */
	uint32_t *shapes; /* by shape: its id, or that of what it stands for; 0: none */
	uint32_t first_instance;
};

static inline const struct kbtf_type *kbtf_combined_type(const struct kbtf_combined *k, uint32_t id)
{
	return (const struct kbtf_type *)(k->types.data + ((uint32_t *)k->offs.data)[id]);
}

/* The id that stands for a shape or an instance. */
static inline uint32_t kbtf_combined_id(const struct kbtf_combined *k, uint32_t ref)
{
	return ref & IS_INSTANCE ? k->first_instance + (ref & ~IS_INSTANCE) : k->shapes[ref];
}

/* absorb.c: put what another thread collected behind what one has. -E2BIG, -ENOMEM. */
int kbtf_collect_absorb(struct kbtf_collect *c, const struct kbtf_collect *other);

/* combine.c: the types. -E2BIG, -ENOMEM. */
int kbtf_combined_init(struct kbtf_combined *k, const struct kbtf_collect *c,
		       const struct kbtf_variants *v);
void kbtf_combined_deinit(struct kbtf_combined *k);

/* Append a record, with strings and ids of this. Its id; 0: no memory, or too many. */
uint32_t kbtf_combined_add(struct kbtf_combined *k, const uint32_t *words, uint32_t nr);

/* A string's offset; KBTF_STRSET_FULL or _NOMEM. */
uint32_t kbtf_combined_string(struct kbtf_combined *k, const char *s, size_t len);

/* pick.c: the functions, of those whose states were collected, and the variables. */
int kbtf_combined_add_funcs(struct kbtf_combined *k, const struct kbtf_collect *c,
			    const struct kbtf_variants *v, struct kbtf_encode_stats *stats);
int kbtf_combined_add_vars(struct kbtf_combined *k, const struct kbtf_collect *c,
			   const struct kbtf_variants *v, struct kbtf_encode_stats *stats);

#endif
