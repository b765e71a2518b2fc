/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_CLOSURE_H
#define KBTF_CORE_CLOSURE_H

#include "buf.h"
#include "rankset.h"
#include "view.h"

/*
 * Selecting, where thousands of types matter: some types and all that they reach.
 *
 *   type ids         0 | 1 ... own_id - 1      | own_id ... end_id - 1
 *   string offsets   0 ... own_str - 1         | own_str ...
 *                    selected as far as met      all of them are taken anyway
 *
 * Of BTF that is selected from as a whole nothing is taken anyway.
 *
 * With names, a named struct or union that is reached through pointers only is
 * not looked into: of it, name and size are enough [kbtf_closure_is_cut].
 */
struct kbtf_closure {
	const struct kbtf *btf;
	uint32_t own_id, own_str;
	bool names;
	struct kbtf_rankset reached; /* ids; from own_id on only with names */
	struct kbtf_rankset whole;   /* those of reached that are looked into */
	struct kbtf_rankset strs;    /* string offsets below own_str */
	struct kbtf_buf queue;	     /* ids whose records are to be looked at */
	bool no_memory;
};

/* 0 or -ENOMEM. It is deinitialised also on failure. */
int kbtf_closure_init(struct kbtf_closure *c, const struct kbtf *btf, uint32_t own_id,
		      uint32_t own_str, bool names);
void kbtf_closure_deinit(struct kbtf_closure *c);

/* A type that matters, whatever reaches it; id 0 is none. */
void kbtf_closure_add(struct kbtf_closure *c, uint32_t type_id);

/* All types from own_id on, which are taken anyway. */
void kbtf_closure_add_own(struct kbtf_closure *c);

/* Add what they reach. Returns 0; -EOPNOTSUPP [kind-unknown]; or -ENOMEM, also of earlier calls. */
int kbtf_closure_follow(struct kbtf_closure *c, struct kbtf_diag *reterr);

/* Whether only name and size are selected of a type. */
bool kbtf_closure_is_cut(const struct kbtf_closure *c, uint32_t type_id, const struct kbtf_type *t);

#endif
