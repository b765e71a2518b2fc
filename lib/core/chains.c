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

/* ---- Links ------------------------------------------------------------ */

static inline unsigned int class_of(uint8_t kind)
{
	return kbtf_kind_info(kind)->chain_class;
}

static uint32_t linked_type(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_ARRAY ? kbtf_array(t)->type : t->type;
}

/*
 * Links from own type i to the end of its chain, given those of all types before
 * it; KBTF_MAX_CHAIN + 1 where there are more than that.
 */
static uint32_t count_links(const struct kbtf *btf, const uint8_t *kinds, const uint8_t *links,
			    uint32_t i)
{
	uint32_t n = 0, j = i;

	while (n <= KBTF_MAX_CHAIN) {
		uint32_t id;

		if (class_of(kinds[j]) != KBTF_CLASS_LINK)
			return n;
		id = linked_type(kbtf_own_type(btf, j));
		n++;
		if (id < btf->first_id)
			return n;
		j = id - btf->first_id;
		if (j < i)
			return n + links[j];
	}
	return n;
}

static int check_links(const struct kbtf *btf, const uint8_t *kinds, struct kbtf_diag *reterr)
{
	uint8_t *links = kbtf_alloc_array(btf->nr_types, sizeof(*links));
	uint32_t i, n;
	int err = 0;

	if (!links)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < btf->nr_types; i++) {
		n = count_links(btf, kinds, links, i);
		if (n > KBTF_MAX_CHAIN) {
			err = kbtf_fail_type(
				reterr, btf, btf->first_id + i, -ELOOP, "endless-chain",
				"following its references does not end within %u steps",
				KBTF_MAX_CHAIN);
			break;
		}
		links[i] = (uint8_t)n;
	}
	free(links);
	return err;
}

/* ---- Values ----------------------------------------------------------- */

/* A struct or union being walked, and the member to go on with. */
struct step {
	uint32_t i; /* own type, counted from 0 */
	uint32_t member;
};

struct walk {
	const struct kbtf *btf;
	uint8_t *kinds; /* a struct becomes CLASS_OPEN while on the stack and CLASS_END after that
			 */
	struct step *steps;
	uint32_t depth, room;
};

#define NOTHING UINT32_MAX

/* Kinds that are none, and so end chains: see class_of(). */
#define OPEN 0xfe
#define DONE 0xff

/* The own struct or union that a type of this id is by value, counted from 0; NOTHING if none. */
static uint32_t value_of(const struct walk *w, uint32_t id)
{
	const struct kbtf *btf = w->btf;

	for (;;) {
		uint32_t i = id - btf->first_id;
		unsigned int class;

		if (id < btf->first_id || w->kinds[i] == KBTF_PTR)
			return NOTHING;
		class = class_of(w->kinds[i]);
		if (class == KBTF_CLASS_COMPOSITE || w->kinds[i] == OPEN)
			return i;
		if (class == KBTF_CLASS_END)
			return NOTHING;
		id = linked_type(kbtf_own_type(btf, i));
	}
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
	w->kinds[i] = OPEN;
	w->steps[w->depth++] = (struct step){ .i = i };
	return 0;
}

/* The next struct or union that the one on top contains; NOTHING where there is none left. */
static uint32_t next_value(const struct walk *w, struct step *top)
{
	const struct kbtf_type *t = kbtf_own_type(w->btf, top->i);
	uint32_t i;

	while (top->member < kbtf_vlen(t)) {
		i = value_of(w, kbtf_members(t)[top->member++].type);
		if (i != NOTHING)
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
			w->kinds[top->i] = DONE;
			w->depth--;
		} else if (w->kinds[i] == OPEN) {
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

	for (; m < end; m++) {
		uint32_t inner = value_of(w, m->type);

		if (inner != NOTHING && inner >= i)
			return true;
	}
	return false;
}

static int check_values(const struct kbtf *btf, uint8_t *kinds, struct kbtf_diag *reterr)
{
	struct walk w = { .btf = btf, .kinds = kinds };
	uint32_t i;
	int err = 0;

	for (i = 0; i < btf->nr_types && !err; i++)
		if (class_of(kinds[i]) == KBTF_CLASS_COMPOSITE && contains_forward(&w, i))
			err = walk_values(&w, i, reterr);
	free(w.steps);
	return err;
}

int kbtf_open_chains(const struct kbtf *btf, struct kbtf_survey *survey, struct kbtf_diag *reterr)
{
	int err;

	err = check_links(btf, survey->kinds, reterr);
	return err ? err : check_values(btf, survey->kinds, reterr);
}
