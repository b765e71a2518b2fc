/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_MATCH_H
#define KBTF_REDUCE_MATCH_H

#include "access.h"
#include "buf.h"

/*
 * A program's types against a kernel's, by the rules of libbpf. The calls return 1
 * for a match, 0 for none, and a negative errno where libbpf gives up. What of the
 * kernel's types a match rests on is put on a trail, so that it can be kept.
 */

enum kbtf_touch_flags {
	KBTF_TOUCH_ELEM = 1 << 0,	/* one member or enumerator */
	KBTF_TOUCH_POINTEE = 1 << 1,	/* what a pointer points to */
	KBTF_TOUCH_VLEN = 1 << 2,	/* at least so many elements, whichever */
	KBTF_TOUCH_SIZEOF_PTR = 1 << 3, /* how large pointers are; the type is none */
	KBTF_TOUCH_MISFIT = 1 << 4,	/* a member that does not fit, before others of its name */
};

struct kbtf_touch {
	uint32_t type_id;
	uint32_t elem; /* of ELEM and MISFIT its number, of VLEN how many */
	uint32_t flags;
};

struct kbtf_trail {
	struct kbtf_buf touches;
	bool failed; /* out of memory */
};

static inline size_t kbtf_trail_nr(const struct kbtf_trail *trail)
{
	return trail->touches.size / sizeof(struct kbtf_touch);
}

void kbtf_trail_add(struct kbtf_trail *trail, uint32_t type_id, uint32_t flags, uint32_t elem);

/*
 * Most types that are looked at for one record and candidate. Real ones take some
 * hundreds; types that embed others twice, which embed others twice, could take for ever.
 */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define KBTF_MATCH_BUDGET (1u << 10)
#else
#define KBTF_MATCH_BUDGET (1u << 20)
#endif

/* The two sides of a match. */
struct kbtf_match {
	const struct kbtf *local, *kernel;
	const struct kbtf_core_abi *abi; /* of the kernel */
	struct kbtf_trail *trail;
	uint32_t nr_looks; /* up to KBTF_MATCH_BUDGET */
};

/* Whether one more type may be looked at. */
static inline bool kbtf_match_may_look(struct kbtf_match *m)
{
	return m->nr_looks++ < KBTF_MATCH_BUDGET;
}

/* match_types.c. Source: libbpf's relo_core.c (__bpf_core_types_are_compat,
 * __bpf_core_types_match). */
int kbtf_match_compatible(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id);
int kbtf_match_alike(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id);

/*
 * match_field.c: follow steps of a program from a kernel's type; *ret becomes where
 * they lead there. Only misfits are put on the trail: kbtf_touch_field() does the rest.
 *
 * Source: libbpf's relo_core.c (bpf_core_spec_match, bpf_core_match_member,
 * bpf_core_fields_are_compat).
 */
int kbtf_match_field(struct kbtf_match *m, const struct kbtf_core_step *steps, uint32_t nr_steps,
		     uint32_t kernel_id, struct kbtf_core_spec *ret);
int kbtf_match_enumval(struct kbtf_match *m, const struct kbtf_core_step *step, uint32_t kernel_id,
		       struct kbtf_core_spec *ret);

/* touch.c: put on the trail what a field's or an enumerator's record looks at where it led to
 * spec, and what the size of a type is made of. */
void kbtf_touch_field(struct kbtf_match *m, const struct kbtf_core_spec *spec);
void kbtf_touch_enumval(struct kbtf_match *m, const struct kbtf_core_spec *spec);
void kbtf_touch_size(struct kbtf_match *m, uint32_t type_id);

#endif
