// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chains: whoever resolves a type follows its references, so following them has
 * to end. Two walks must be finite:
 *
 *   by value     modifiers, typedefs, array elements and members. A struct that
 *                contains itself has no size.                     [contained-in-itself]
 *   by pointer   pointers, modifiers, typedefs and array elements, stopping at
 *                structs, unions and prototypes. `typedef T *T` has no name. [endless-chain]
 *
 * A type of the base cannot refer to one that stands on it, so both walks stop
 * where they leave this BTF. Cost: linear in types and members.
 *
 * Source: kernel/bpf/btf.c (btf_resolve, env_type_is_resolve_sink) for program
 * BTF; kernels do not check this of module BTF, and hang where it does not hold.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "fail.h"
#include "open.h"

enum state { UNSEEN, OPEN, DONE };

/* A type under way and the member to go on with. */
struct step {
	uint32_t i; /* own type, counted from 0 */
	uint32_t member;
};

struct walk {
	const struct kbtf *btf;
	uint8_t *state; /* enum state of each own type */
	struct step *steps;
	uint32_t depth, room;
};

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
	w->state[i] = OPEN;
	w->steps[w->depth++] = (struct step){ .i = i };
	return 0;
}

/* The next type that the type on top contains by value; 0 where there is none left. */
static uint32_t next_contained(const struct walk *w, struct step *top)
{
	const struct kbtf_type *t = kbtf_own_type(w->btf, top->i);
	unsigned int kind = kbtf_kind(t);

	if (kind == KBTF_STRUCT || kind == KBTF_UNION) {
		while (top->member < kbtf_vlen(t)) {
			uint32_t id = kbtf_members(t)[top->member++].type;

			if (id >= w->btf->first_id)
				return id;
		}
		return 0;
	}
	if (top->member++ || !kbtf_kind_info(kind)->chained)
		return 0;
	return kind == KBTF_ARRAY ? kbtf_array(t)->type : t->type;
}

static int fail_cycle(const struct kbtf *btf, uint32_t i, const char *reason, const char *fact,
		      struct kbtf_diag *reterr)
{
	return kbtf_fail_type(reterr, btf, btf->first_id + i, -ELOOP, reason, "%s", fact);
}

static int walk_values(struct walk *w, uint32_t start, struct kbtf_diag *reterr)
{
	const struct kbtf *btf = w->btf;

	if (push(w, start))
		return kbtf_fail_nomem(reterr);
	while (w->depth) {
		struct step *top = &w->steps[w->depth - 1];
		uint32_t id = next_contained(w, top);

		if (!id) {
			w->state[top->i] = DONE;
			w->depth--;
			continue;
		}
		if (id < btf->first_id || w->state[id - btf->first_id] == DONE)
			continue;
		if (w->state[id - btf->first_id] == OPEN)
			return fail_cycle(btf, id - btf->first_id, "contained-in-itself",
					  "contains itself by value", reterr);
		if (push(w, id - btf->first_id))
			return kbtf_fail_nomem(reterr);
	}
	return 0;
}

static uint32_t next_pointed(const struct kbtf_type *t)
{
	unsigned int kind = kbtf_kind(t);

	if (kind == KBTF_ARRAY)
		return kbtf_array(t)->type;
	return kind == KBTF_PTR || kbtf_kinds[kind].chained ? t->type : 0;
}

/* Each type has at most one successor here: mark the path open, then done. */
static int walk_pointers(struct walk *w, uint32_t start, struct kbtf_diag *reterr)
{
	const struct kbtf *btf = w->btf;
	uint32_t i, pass;

	for (pass = OPEN; pass <= DONE; pass++) {
		uint32_t id = btf->first_id + start;

		while (id >= btf->first_id) {
			i = id - btf->first_id;
			if (w->state[i] == pass && pass == OPEN)
				return fail_cycle(btf, i, "endless-chain",
						  "its references lead back to itself", reterr);
			if (w->state[i] == DONE)
				break;
			w->state[i] = (uint8_t)pass;
			id = kbtf_kind(kbtf_own_type(btf, i)) < KBTF_NR_KINDS
				     ? next_pointed(kbtf_own_type(btf, i))
				     : 0;
		}
	}
	return 0;
}

static bool starts_value_chain(unsigned int kind)
{
	return kind == KBTF_STRUCT || kind == KBTF_UNION || kbtf_kind_info(kind)->chained;
}

int kbtf_open_chains(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	struct walk w = { .btf = btf };
	uint32_t i;
	int err = 0;

	w.state = kbtf_zalloc_array(btf->nr_types, 1);
	if (!w.state)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < btf->nr_types && !err; i++)
		if (w.state[i] == UNSEEN && starts_value_chain(kbtf_kind(kbtf_own_type(btf, i))))
			err = walk_values(&w, i, reterr);
	/* What is done by value ends without a pointer; only chains through pointers are left. */
	for (i = 0; i < btf->nr_types && !err; i++)
		w.state[i] = UNSEEN;
	for (i = 0; i < btf->nr_types && !err; i++)
		if (kbtf_kind(kbtf_own_type(btf, i)) == KBTF_PTR)
			err = walk_pointers(&w, i, reterr);
	free(w.steps);
	free(w.state);
	return err;
}
