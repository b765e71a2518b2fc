/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CHECK_RESOLVE_H
#define KBTF_CHECK_RESOLVE_H

#include "check.h"

/*
 * What is known of references while they are followed. Of each own type:
 *
 *   state      UNSEEN -> OPEN (on the stack) -> RESOLVED, or FAILED: has a finding, or
 *              leads to one, and gives no cause for another
 *   target     where a reference ends, once resolved
 *   size       of an ARRAY, once resolved
 *
 * Program BTF has no base, so ids index these as they are.
 */
enum resolve_state { UNSEEN, OPEN, RESOLVED, FAILED };

/* What stops the walk: see is_sink(). */
enum resolve_mode { MODE_UNSET, MODE_POINTER, MODE_CONTAINER };

struct resolve_frame {
	uint32_t id;
	uint32_t next; /* element to go on with */
	bool failed;   /* an element was refused; the others are still looked at */
};

struct resolve {
	struct check *c;
	struct check_btf *btf;
	uint8_t *state;
	uint32_t *target;
	uint32_t *size;
	struct resolve_frame stack[CHECK_MAX_DEPTH];
	uint32_t depth;
	enum resolve_mode mode;
};

/*
 * The type behind *id that has a size, and the size: NULL where there is none.
 * *id becomes that type's. ret_size may be NULL.
 */
const struct kbtf_type *kbtf_resolve_sized(const struct resolve *r, uint32_t *id,
					   uint32_t *ret_size);

/* True where an INT is 1, 2, 4, 8 or 16 whole bytes from bit 0 on. */
bool kbtf_resolve_whole_int(const struct kbtf_type *t);

/* members.c: whether member i of the STRUCT or UNION fits it. False after a finding. */
bool kbtf_check_member_fits(struct resolve *r, uint32_t id, uint32_t i);

/* protos.c: a FUNC's prototype has named parameters. False after a finding. */
bool kbtf_check_func(struct resolve *r, uint32_t id);

/* protos.c: what a FUNC_PROTO returns and takes. */
void kbtf_check_proto(struct resolve *r, uint32_t id);

/* resolve.c: follow a type's references unless that was done. False where it is FAILED. */
bool kbtf_resolve_type(struct resolve *r, uint32_t id);

/* Kinds that only stand at the beginning of references. */
static inline bool resolve_is_source_only(unsigned int kind)
{
	return kind == KBTF_VAR || kind == KBTF_DECL_TAG || kind == KBTF_DATASEC;
}

static inline bool resolve_has_no_size(unsigned int kind)
{
	return kind == KBTF_VOID || kind == KBTF_FWD || kind == KBTF_FUNC ||
	       kind == KBTF_FUNC_PROTO || kind == KBTF_DECL_TAG;
}

static inline bool resolve_needed(unsigned int kind)
{
	return check_is_modifier(kind) || kind == KBTF_PTR || kind == KBTF_STRUCT ||
	       kind == KBTF_UNION || kind == KBTF_ARRAY || kind == KBTF_VAR || kind == KBTF_FUNC ||
	       kind == KBTF_DECL_TAG || kind == KBTF_DATASEC;
}

#endif
