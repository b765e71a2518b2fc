// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Several BTFs in, one with each type once out. See graph.h for how types are held
 * against each other:
 *   shapes.c    types to shapes, equal ones to the same; names break cycles
 *   settle.c    which names have one definition: whatever reaches no other is settled
 *   classes.c   the rest is refined by what it refers to (refine.c), and forwards are
 *               bound to definitions (forwards.c)
 *   emit.c      the first type of each class, renumbered
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "graph.h"
#include "view.h"

/* The result may stand on a base; inputs then stand on that, or alone. */
static int check_input(const struct kbtf *btf, const struct kbtf *base, bool swapped,
		       struct kbtf_diag *reterr)
{
	if (btf->base && !base)
		return kbtf_fail_btf(reterr, btf, KBTF_NO_OFFSET, -EINVAL, "other-base",
				     "it is split BTF, and what it is merged into stands alone");
	if (btf->base && btf->base != base)
		return kbtf_fail_btf(reterr, btf, KBTF_NO_OFFSET, -EINVAL, "other-base",
				     "it stands on %s, and what it is merged into on %s",
				     btf->base->label, base->label);
	if (btf->opaque)
		return kbtf_fail_btf(
			reterr, btf, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be moved");
	if (btf->swapped != swapped)
		return kbtf_fail_btf(reterr, btf, KBTF_NO_OFFSET, -EINVAL, "byte-order",
				     "it is of %s byte order than what it is merged into",
				     btf->swapped ? "the other" : "another");
	return 0;
}

static int check_inputs(const struct kbtf *const *inputs, size_t nr_inputs, const struct kbtf *base,
			struct kbtf_diag *reterr)
{
	bool swapped = base ? base->swapped : nr_inputs && inputs[0]->swapped;
	const struct kbtf *b;
	int err = 0;
	size_t i;

	for (b = base; b && !err; b = b->base)
		err = check_input(b, b->base, swapped, reterr);
	for (i = 0; i < nr_inputs && !err; i++)
		err = check_input(inputs[i], base, swapped, reterr);
	return err;
}

int kbtf_merge(const struct kbtf *const *inputs, size_t nr_inputs,
	       const struct kbtf_merge_opts *opts, struct kbtf **ret, struct kbtf_diag *reterr)
{
	static const struct kbtf_merge_opts no_opts;
	struct kbtf_graph g;
	int err;

	if (!opts)
		opts = &no_opts;
	err = check_inputs(inputs, nr_inputs, opts->base, reterr);
	if (err)
		return err;
	err = kbtf_graph_init(&g, opts->base, inputs, nr_inputs);
	if (!err) {
		err = kbtf_graph_settle(&g);
		if (!err)
			err = kbtf_graph_classify(&g);
		if (!err)
			err = kbtf_graph_emit(&g, opts, ret, reterr);
		kbtf_graph_deinit(&g);
	}
	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err == -E2BIG)
		return kbtf_fail(reterr, err, "too-large",
				 "merged BTF would have more than %u types, or 4 GiB",
				 KBTF_MAX_TYPES);
	return err;
}
