// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * By reference: modules in; of their kernel's BTF what they refer to, whole and with all that
 * it refers to in turn, and the modules' BTF on that out.
 *
 *   select   base types and strings that words of the modules and their ids lead to, and
 *            from there on                                        [select_modules, select_rest]
 *   map      in the order that they have in the base              [copy_base]
 *   rewrite  base and modules through one map; modules' own ids and strings shift
 *
 * The other depth, names and sizes only, is distilling: lib/module/distill.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "assemble.h"
#include "buf.h"
#include "fail.h"
#include "rankset.h"
#include "rewrite.h"
#include "view.h"
#include "words.h"

#include <kbtf/reduce.h>

struct refs {
	const struct kbtf *base;
	struct kbtf_rankset ids, strs;
	struct kbtf_buf queue; /* uint32_t: ids whose records are to be looked at */
	uint32_t *new_ids, *new_strs;
	struct kbtf_buf out;
	size_t types_end;
	bool no_memory;
};

static void reach(struct refs *r, uint32_t id)
{
	if (!id || id >= kbtf_end_id(r->base) || kbtf_rankset_has(&r->ids, id))
		return;
	kbtf_rankset_add(&r->ids, id);
	r->no_memory |= kbtf_buf_append(&r->queue, &id, sizeof(id)) != 0;
}

KBTF_INLINE void reach_id(void *ctx, uint32_t *word)
{
	reach(ctx, *word);
}

KBTF_INLINE void reach_str(void *ctx, uint32_t *word)
{
	struct refs *r = ctx;

	if (*word && *word < r->base->str_end)
		kbtf_rankset_add(&r->strs, *word);
}

static void reach_record(struct refs *r, const struct kbtf_type *t)
{
	kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, reach_str, reach_id, r);
}

static int select_modules(struct refs *r, const struct kbtf *const *modules,
			  const struct kbtf_ids *const *ids, size_t nr, struct kbtf_diag *reterr)
{
	uint32_t i;
	size_t m;

	if (r->base->opaque)
		return kbtf_fail_btf(
			reterr, r->base, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be "
			"moved");
	for (m = 0; m < nr; m++) {
		const struct kbtf *btf = modules[m];

		if (btf->base != r->base)
			return kbtf_fail_btf(reterr, btf, 0, -EINVAL, "not-split",
					     "does not stand on %s", r->base->label);
		if (btf->opaque)
			return kbtf_fail_btf(reterr, btf, KBTF_NO_OFFSET, -EOPNOTSUPP,
					     "kind-unknown",
					     "it has types of a kind kbtf does not know, whose ids "
					     "cannot be moved");
		for (i = 0; i < btf->nr_types; i++)
			reach_record(r, kbtf_own_type(btf, i));
		for (i = 0; ids && ids[m] && i < kbtf_ids_count(ids[m]); i++)
			reach(r, kbtf_ids_get(ids[m], i));
	}
	return 0;
}

static int select_rest(struct refs *r)
{
	size_t i;

	for (i = 0; !r->no_memory && i < r->queue.size / sizeof(uint32_t); i++)
		reach_record(r, kbtf_type_get(r->base, ((uint32_t *)r->queue.data)[i]));
	return r->no_memory ? -ENOMEM : 0;
}

static int copy_types(struct refs *r)
{
	uint32_t nr = kbtf_rankset_number(&r->ids), end = kbtf_end_id(r->base), id, i = 0;

	r->new_ids = kbtf_alloc_array(nr, sizeof(*r->new_ids));
	if (!r->new_ids || !kbtf_buf_extend(&r->out, KBTF_HEADER_SIZE))
		return -ENOMEM;
	for (id = kbtf_rankset_next(&r->ids, 0); id < end;
	     id = kbtf_rankset_next(&r->ids, id + 1)) {
		r->new_ids[i] = 1 + i;
		i++;
		if (kbtf_buf_append(&r->out, kbtf_type_get(r->base, id),
				    kbtf_type_size_bytes(r->base, id)))
			return -ENOMEM;
	}
	r->types_end = r->out.size;
	return 0;
}

static int copy_strings(struct refs *r)
{
	uint32_t nr = kbtf_rankset_number(&r->strs), off, i = 0;

	r->new_strs = kbtf_alloc_array(nr, sizeof(*r->new_strs));
	if (!r->new_strs || kbtf_buf_append(&r->out, "", 1))
		return -ENOMEM;
	for (off = kbtf_rankset_next(&r->strs, 0); off < r->base->str_end;
	     off = kbtf_rankset_next(&r->strs, off + 1)) {
		const char *s = kbtf_string_get(r->base, off);

		r->new_strs[i++] = (uint32_t)(r->out.size - r->types_end);
		if (kbtf_buf_append(&r->out, s, strlen(s) + 1))
			return -ENOMEM;
	}
	return 0;
}

/* Open types up to types_end and strings behind them as new BTF in the order that like has. */
static int open_out(struct kbtf_buf *out, size_t types_end, const struct kbtf *base,
		    const struct kbtf *like, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = base,
				       .label = like->label,
				       .flags = KBTF_OPEN_TAKE };
	int err;

	if (kbtf_assemble_in_place(out, types_end))
		return kbtf_fail(reterr, -E2BIG, "too-large", "more than 4 GiB would be left");
	err = kbtf_open(out->data, out->size, &opts, ret, reterr);
	if (err)
		return err;
	kbtf_buf_steal(out, NULL);
	(*ret)->swapped = like->swapped;
	return 0;
}

static struct kbtf_map map_of(const struct kbtf_rankset *set, const uint32_t *values,
			      uint32_t shift_from, uint32_t shift_to)
{
	return (struct kbtf_map){ .shift_from = shift_from,
				  .shift = shift_to - shift_from,
				  .ranked = set,
				  .values = values };
}

static int make_base(struct refs *r, struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf *base = r->base;
	const struct kbtf_map ids = map_of(&r->ids, r->new_ids, kbtf_end_id(base), 0);
	const struct kbtf_map strs = map_of(&r->strs, r->new_strs, base->str_end, 0);

	/* Selecting met every word, so none goes nowhere. */
	kbtf_rewrite(r->out.data + KBTF_HEADER_SIZE, r->types_end - KBTF_HEADER_SIZE, &ids, &strs,
		     NULL);
	return open_out(&r->out, r->types_end, NULL, base, ret, reterr);
}

static int make_module(const struct refs *r, const struct kbtf *split, const struct kbtf *base,
		       struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf_map ids = map_of(&r->ids, r->new_ids, split->first_id, kbtf_end_id(base));
	const struct kbtf_map strs = map_of(&r->strs, r->new_strs, split->str_start, base->str_end);
	struct kbtf_buf out = { 0 };
	size_t types_end;
	int err;

	if (!kbtf_buf_extend(&out, KBTF_HEADER_SIZE) ||
	    kbtf_buf_append(&out, split->types, split->hdr.type_len)) {
		kbtf_buf_deinit(&out);
		return kbtf_fail_nomem(reterr);
	}
	types_end = out.size;
	kbtf_rewrite(out.data + KBTF_HEADER_SIZE, types_end - KBTF_HEADER_SIZE, &ids, &strs, NULL);
	err = kbtf_buf_append(&out, split->strings, split->hdr.str_len)
		      ? kbtf_fail_nomem(reterr)
		      : open_out(&out, types_end, base, split, ret, reterr);
	kbtf_buf_deinit(&out);
	return err;
}

static int make_all(struct refs *r, const struct kbtf *const *modules, size_t nr,
		    struct kbtf_minimized *ret, struct kbtf_diag *reterr)
{
	size_t i;
	int err;

	ret->modules = kbtf_zalloc_array(nr, sizeof(*ret->modules));
	if (!ret->modules)
		return kbtf_fail_nomem(reterr);
	ret->nr_modules = nr;
	err = make_base(r, &ret->base, reterr);
	for (i = 0; i < nr && !err; i++)
		err = make_module(r, modules[i], ret->base, &ret->modules[i], reterr);
	return err;
}

int kbtf_minimize_refs(const struct kbtf *base, const struct kbtf *const *modules,
		       const struct kbtf_ids *const *ids, size_t nr_modules,
		       struct kbtf_minimized *ret, struct kbtf_diag *reterr)
{
	struct refs r = { .base = base };
	int err;

	memset(ret, 0, sizeof(*ret));
	err = kbtf_rankset_init(&r.ids, kbtf_end_id(base)) ||
			      kbtf_rankset_init(&r.strs, base->str_end)
		      ? kbtf_fail_nomem(reterr)
		      : select_modules(&r, modules, ids, nr_modules, reterr);
	if (!err && (select_rest(&r) || copy_types(&r) || copy_strings(&r)))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = make_all(&r, modules, nr_modules, ret, reterr);
	if (err)
		kbtf_minimized_deinit(ret);
	kbtf_rankset_deinit(&r.ids);
	kbtf_rankset_deinit(&r.strs);
	kbtf_buf_deinit(&r.queue);
	kbtf_buf_deinit(&r.out);
	free(r.new_ids);
	free(r.new_strs);
	return err;
}
