/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_KINDS_H
#define KBTF_CORE_KINDS_H

#include <kbtf/format.h>

/* How a type takes part in chains of types, which whoever resolves it follows. */
enum kbtf_class {
	KBTF_CLASS_END,	      /* ends them */
	KBTF_CLASS_LINK,      /* goes on at its one type */
	KBTF_CLASS_COMPOSITE, /* goes on at its members */
};

struct kbtf_kind_info {
	const char *name;
	uint8_t tail_words;  /* after struct kbtf_type, once */
	uint8_t elem_words;  /* after those, per vlen */
	uint8_t chain_class; /* enum kbtf_class */
};

/* A row per kind, indexed by kind; kinds from KBTF_NR_KINDS on have the last row, KBTF_NR_KINDS. */
extern const struct kbtf_kind_info kbtf_kinds[KBTF_NR_KINDS + 1];

static inline const struct kbtf_kind_info *kbtf_kind_info(unsigned int kind)
{
	return &kbtf_kinds[kind < KBTF_NR_KINDS ? kind : KBTF_NR_KINDS];
}

/* Where a type of KBTF_CLASS_LINK goes on. */
static inline uint32_t kbtf_linked_type(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_ARRAY ? kbtf_array(t)->type : t->type;
}

/* The encoding of an INT as tools print it: "SIGNED"; "UNKN" for more than one bit of it. */
const char *kbtf_encoding_word(uint32_t encoding);

/* Of a FUNC or a VAR, the two number them alike: "static", "global", "extern"; "(unknown)". */
const char *kbtf_linkage_word(uint32_t linkage);

#endif
