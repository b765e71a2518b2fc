// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chains: whoever resolves a type follows its references, so following them has
 * to end. Two things are demanded:
 *
 *   links    Following pointers, modifiers, typedefs and array elements ends
 *            within KBTF_MAX_CHAIN steps at a struct, union, prototype or plain
 *            type. `typedef T *T` has no name to print.  [endless-chain]
 *   values   No struct or union contains itself by value: it would have no size.
 *                                                  [contained-in-itself]
 *
 * A cycle has at least one reference that goes forward, to the same or a higher
 * id, so walks start only there. A type of the base cannot refer to one that
 * stands on it, so they stop where they leave this BTF. Cost: linear.
 *
 * Source: kernel/bpf/btf.c (btf_resolve, env_type_is_resolve_sink) for program
 * BTF; kernels do not check this of module BTF, and hang where it does not hold.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "fail.h"
#include "open.h"

struct walk {
	const struct kbtf *btf;
	uint8_t *kinds;	  /* of own types; those of structs and unions get OPEN, then DONE */
	bool marked;	  /* some have */
	uint8_t *links;	  /* links from an own type to the end of its chain */
	uint32_t *values; /* the own struct or union that it is by value, counted from 0; or NOTHING
			   */
	struct step *steps;
	uint32_t depth, room;
};

/* A struct or union being walked, and the member to go on with. */
struct step {
	uint32_t i; /* own type, counted from 0 */
	uint32_t member;
};

#define NOTHING UINT32_MAX

/* Or'ed to the kind of a struct or union, which makes it one that no type has. */
#define OPEN 0x80
#define DONE 0xc0

static inline unsigned int class_of(uint8_t kind)
{
	return kbtf_kind_info(kind)->chain_class;
}

/* ---- Links ------------------------------------------------------------ */

/* Follow the links of own type i, which has some, given what is known of all types before it. */
static uint32_t follow(struct walk *w, uint32_t i)
{
	const struct kbtf *btf = w->btf;
	uint32_t n = 1, j = i, value = NOTHING;
	bool by_value = true;

	for (;; n++) {
		uint32_t id = kbtf_linked_type(kbtf_own_type(btf, j));

		by_value &= w->kinds[j] != KBTF_PTR;
		if (id < btf->first_id)
			break;
		j = id - btf->first_id;
		if (j < i) {
			n += w->links[j];
			value = w->values[j];
			break;
		}
		if (class_of(w->kinds[j]) != KBTF_CLASS_LINK) {
			value = class_of(w->kinds[j]) == KBTF_CLASS_COMPOSITE ? j : NOTHING;
			break;
		}
		if (n > KBTF_MAX_CHAIN)
			break;
	}
	w->links[i] = (uint8_t)n;
	w->values[i] = by_value ? value : NOTHING;
	return n;
}

static int check_links(struct walk *w, struct kbtf_diag *reterr)
{
	uint32_t i;

	for (i = 0; i < w->btf->nr_types; i++) {
		unsigned int class = class_of(w->kinds[i]);

		/* A FUNC is on a prototype [ranges.c], where chains end. */
		bool is_func = w->kinds[i] == KBTF_FUNC;

		w->links[i] = is_func;
		w->values[i] = class == KBTF_CLASS_COMPOSITE ? i : NOTHING;
		if (class == KBTF_CLASS_LINK && !is_func && follow(w, i) > KBTF_MAX_CHAIN)
			return kbtf_fail_type(
				reterr, w->btf, w->btf->first_id + i, -ELOOP, "endless-chain",
				"following its references does not end within %u steps",
				KBTF_MAX_CHAIN);
	}
	return 0;
}

/* ---- Values ----------------------------------------------------------- */

static inline uint32_t value_of(const struct walk *w, uint32_t id)
{
	return id < w->btf->first_id ? NOTHING : w->values[id - w->btf->first_id];
}

static int push(struct walk *w, uint32_t i)
{
	if (w->depth == w->room) {
		uint32_t room = w->room ? w->room * 2 : 64;
		struct step *steps = kbtf_realloc_array(w->steps, room, sizeof(*steps));

		if (!steps)
			return -ENOMEM;
		w->steps = steps;
		w->room = room;
	}
	w->kinds[i] |= OPEN;
	w->marked = true;
	w->steps[w->depth++] = (struct step){ .i = i };
	return 0;
}

/* The next struct or union to walk that the one on top contains; NOTHING where there is none left.
 */
static uint32_t next_value(const struct walk *w, struct step *top)
{
	const struct kbtf_type *t = kbtf_own_type(w->btf, top->i);
	uint32_t i;

	while (top->member < kbtf_vlen(t)) {
		i = value_of(w, kbtf_members(t)[top->member++].type);
		if (i != NOTHING && (w->kinds[i] & DONE) != DONE)
			return i;
	}
	return NOTHING;
}

static int walk_values(struct walk *w, uint32_t start, struct kbtf_diag *reterr)
{
	if (push(w, start))
		return kbtf_fail_nomem(reterr);
	while (w->depth) {
		struct step *top = &w->steps[w->depth - 1];
		uint32_t i = next_value(w, top);

		if (i == NOTHING) {
			w->kinds[top->i] |= DONE;
			w->depth--;
		} else if (w->kinds[i] & OPEN) {
			return kbtf_fail_type(reterr, w->btf, w->btf->first_id + i, -ELOOP,
					      "contained-in-itself", "contains itself by value");
		} else if (push(w, i)) {
			return kbtf_fail_nomem(reterr);
		}
	}
	return 0;
}

static bool contains_forward(const struct walk *w, uint32_t i)
{
	const struct kbtf_type *t = kbtf_own_type(w->btf, i);
	const struct kbtf_member *m = kbtf_members(t), *end = m + kbtf_vlen(t);

	for (; m < end; m++) /* NOTHING becomes 0 */
		if (value_of(w, m->type) + 1 > i)
			return true;
	return false;
}

static int check_values(struct walk *w, struct kbtf_diag *reterr)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < w->btf->nr_types && !err; i++)
		if (class_of(w->kinds[i]) == KBTF_CLASS_COMPOSITE && contains_forward(w, i))
			err = walk_values(w, i, reterr);
	for (i = 0; w->marked && i < w->btf->nr_types; i++)
		w->kinds[i] &= w->kinds[i] & OPEN ? (uint8_t)~DONE : UINT8_MAX;
	return err;
}

int kbtf_open_chains(struct kbtf *btf, struct kbtf_diag *reterr)
{
	struct walk w = {
		.btf = btf,
		.kinds = btf->kinds,
		.links = kbtf_alloc_array(btf->nr_types, sizeof(*w.links)),
		.values = kbtf_alloc_array(btf->nr_types, sizeof(*w.values)),
	};
	int err = 0;

	if (!w.links || !w.values)
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = check_links(&w, reterr);
	if (!err)
		err = check_values(&w, reterr);
	free(w.links);
	free(w.values);
	free(w.steps);
	return err;
}
