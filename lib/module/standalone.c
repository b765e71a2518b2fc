// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Split BTF in; BTF that refers to nothing but itself out, alone or on a base of one INT.
 *
 *   select   all of the split, and what that and the ids reach of the base. With
 *            KBTF_STANDALONE_NAMES a named struct or union of the base that is reached
 *            through pointers only is not looked into      [kbtf_closure]
 *   map      the split's own types come first and keep their order, so their ids and
 *            strings are shifted; those of the base follow in the order that they
 *            have there                          [copy_types, copy_strings]
 *   rewrite  the records through the maps                  [kbtf_rewrite]
 *
 *   before   | base .............. | split |      | base's strings .. | split's |
 *   after    | INT | split | reached of the base |   | "int" | "" | split's | reached |
 *
 * A struct that is not looked into stays a STRUCT, of its size and without members,
 * and does not become a FWD: a program that gets a pointer to it may load that, and
 * read through it by CO-RE, while kernels refuse pointers to a FWD.
 *
 * The way back, onto a kernel, is a shift: renumber.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/builder.h>
#include <kbtf/module.h>

#include "alloc.h"
#include "assemble.h"
#include "buf.h"
#include "closure.h"
#include "fail.h"
#include "ids.h"
#include "rankset.h"
#include "renumber.h"
#include "rewrite.h"
#include "view.h"

struct standalone {
	const struct kbtf *split, *base;
	struct kbtf_closure needs;    /* of the base; with names also which of the split */
	uint32_t *new_ids, *new_strs; /* of what is reached, in order */
	struct kbtf_stand to;	      /* what the result stands on */
	struct kbtf_buf out;
	size_t types_end;
};

static void standalone_deinit(struct standalone *s)
{
	kbtf_closure_deinit(&s->needs);
	kbtf_buf_deinit(&s->out);
	free(s->new_ids);
	free(s->new_strs);
}

/* ---- Select --------------------------------------------------------------- */

static int select_ids(struct standalone *s, const struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	uint32_t i, end = kbtf_end_id(s->split);

	for (i = 0; ids && i < kbtf_ids_count(ids); i++) {
		uint32_t id = kbtf_ids_get(ids, i);

		if (id >= end)
			return kbtf_fail(reterr, -EINVAL, "ids-range",
					 ".BTF_ids gives %.100s type id %u, but the last is %u",
					 kbtf_ids_name(ids, i), id, end - 1);
		kbtf_closure_add(&s->needs, id);
	}
	return 0;
}

static int select_types(struct standalone *s, bool names, const struct kbtf_ids *ids,
			struct kbtf_diag *reterr)
{
	int err;

	if (kbtf_closure_init(&s->needs, s->split, s->split->first_id, s->split->str_start, names))
		return kbtf_fail_nomem(reterr);
	kbtf_closure_add_own(&s->needs);
	err = select_ids(s, ids, reterr);
	return err ? err : kbtf_closure_follow(&s->needs, reterr);
}

/* ---- Map ------------------------------------------------------------------ */

static int copy_type(struct standalone *s, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(s->base, id);
	struct kbtf_type cut;

	if (!kbtf_closure_is_cut(&s->needs, id, t))
		return kbtf_buf_append(&s->out, t, kbtf_type_size_bytes(s->base, id));
	cut = *t;
	cut.info = kbtf_info(kbtf_kind(t), 0, 0);
	return kbtf_buf_append(&s->out, &cut, sizeof(cut));
}

static int copy_types(struct standalone *s)
{
	const struct kbtf *split = s->split;
	uint32_t id, i = 0, nr = kbtf_rankset_number(&s->needs.reached);

	s->new_ids = kbtf_alloc_array(nr, sizeof(*s->new_ids));
	/* A type takes about 50 bytes; only a guess, to save growing to there. */
	if (!s->new_ids ||
	    kbtf_buf_reserve(&s->out, KBTF_HEADER_SIZE + (size_t)split->hdr.type_len +
					      split->hdr.str_len + nr * (size_t)64) ||
	    !kbtf_buf_extend(&s->out, KBTF_HEADER_SIZE) ||
	    kbtf_buf_append(&s->out, split->types, split->hdr.type_len))
		return -ENOMEM;
	for (id = kbtf_rankset_next(&s->needs.reached, 0); id < split->first_id;
	     id = kbtf_rankset_next(&s->needs.reached, id + 1)) {
		s->new_ids[i] = s->to.first_id + split->nr_types + i;
		i++;
		if (copy_type(s, id))
			return -ENOMEM;
	}
	s->types_end = s->out.size;
	return 0;
}

static int copy_strings(struct standalone *s)
{
	uint32_t off, i = 0, nr = kbtf_rankset_number(&s->needs.strs);

	s->new_strs = kbtf_alloc_array(nr, sizeof(*s->new_strs));
	if (!s->new_strs || kbtf_buf_append(&s->out, "", 1) ||
	    kbtf_buf_append(&s->out, s->split->strings, s->split->hdr.str_len))
		return -ENOMEM;
	for (off = kbtf_rankset_next(&s->needs.strs, 0); off < s->split->str_start;
	     off = kbtf_rankset_next(&s->needs.strs, off + 1)) {
		const char *string = kbtf_string_get(s->base, off);

		s->new_strs[i++] = s->to.str_start + (uint32_t)(s->out.size - s->types_end);
		if (kbtf_buf_append(&s->out, string, strlen(string) + 1))
			return -ENOMEM;
	}
	return 0;
}

/* ---- Rewrite -------------------------------------------------------------- */

static int fail_build(int err, struct kbtf_diag *reterr)
{
	return err == -ENOMEM
		       ? kbtf_fail_nomem(reterr)
		       : kbtf_fail(reterr, err, "build", "standalone BTF: %s", strerror(-err));
}

/* Open what is in s->out. All was in order in its two parts, but their chains are one now. */
static int finish(struct standalone *s, const struct kbtf *base, struct kbtf **ret,
		  struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = {
		.base = base,
		.label = s->split->label,
		.flags = KBTF_OPEN_TAKE,
	};
	int err = kbtf_assemble_in_place(&s->out, s->types_end);

	if (err)
		return fail_build(err, reterr);
	err = kbtf_open(s->out.data, s->out.size, &opts, ret, reterr);
	if (err)
		return err;
	kbtf_buf_steal(&s->out, NULL);
	(*ret)->swapped = s->split->swapped;
	return 0;
}

static int rewrite(struct standalone *s, struct kbtf_ids *ids, const struct kbtf *base,
		   struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf *split = s->split;
	const struct kbtf_map id_map = {
		.shift_from = split->first_id,
		.shift = s->to.first_id - split->first_id,
		.ranked = &s->needs.reached,
		.values = s->new_ids,
	};
	const struct kbtf_map str_map = {
		.shift_from = split->str_start,
		.shift = s->to.str_start + 1 - split->str_start, /* the empty string comes first */
		.ranked = &s->needs.strs,
		.values = s->new_strs,
	};
	int err;

	/* Selecting met every word, so none goes nowhere. */
	kbtf_rewrite(s->out.data + KBTF_HEADER_SIZE, s->types_end - KBTF_HEADER_SIZE, &id_map,
		     &str_map, NULL);
	err = finish(s, base, ret, reterr);
	if (!err && ids && kbtf_ids_map(ids, &id_map, NULL)) {
		kbtf_free(*ret);
		err = kbtf_fail_nomem(reterr);
	}
	return err;
}

/* ---- All of it ------------------------------------------------------------ */

static struct kbtf_stand stand_on(const struct kbtf *base)
{
	if (!base)
		return (struct kbtf_stand){ .first_id = 1 };
	return (struct kbtf_stand){ kbtf_end_id(base), base->str_end };
}

/* What every kernel has, and is never ambiguous. */
static int make_one_int(bool swapped, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	int err;

	if (!b)
		return kbtf_fail_nomem(reterr);
	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	err = kbtf_builder_finish(b, "one INT", ret, reterr);
	if (!err)
		(*ret)->swapped = swapped;
	return err;
}

static int make_standalone(const struct kbtf *split, unsigned int flags, struct kbtf_ids *ids,
			   const struct kbtf *base, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct standalone s = {
		.split = split,
		.base = split->base,
		.to = stand_on(base),
	};
	int err;

	if (split->opaque)
		return kbtf_fail_btf(
			reterr, split, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be moved");
	err = select_types(&s, flags & KBTF_STANDALONE_NAMES, ids, reterr);
	if (!err && (copy_types(&s) || copy_strings(&s)))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = rewrite(&s, ids, base, ret, reterr);
	standalone_deinit(&s);
	return err;
}

static int check_own_ids(const struct kbtf *btf, const struct kbtf_ids *ids,
			 struct kbtf_diag *reterr)
{
	uint32_t i, id, end = kbtf_end_id(btf);

	for (i = 0; ids && i < kbtf_ids_count(ids); i++) {
		id = kbtf_ids_get(ids, i);
		if (id && (id < btf->first_id || id >= end))
			return kbtf_fail(
				reterr, -EINVAL, "ids-range",
				".BTF_ids gives %.100s type id %u, but its own are %u to %u",
				kbtf_ids_name(ids, i), id, btf->first_id, end - 1);
	}
	return 0;
}

/* The same types on another base, or on none. */
static int restand(const struct kbtf *btf, const struct kbtf *base, struct kbtf_ids *ids,
		   struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = {
		.base = base,
		.label = btf->label,
		.flags = KBTF_OPEN_TAKE | KBTF_OPEN_FRAMING_ONLY,
	};
	struct kbtf_stand from = stand_on(btf->base), to = stand_on(base);
	const struct kbtf_u32map none = { 0 };
	const struct kbtf_map map = {
		.shift_from = from.first_id,
		.shift = to.first_id - from.first_id,
		.sparse = &none,
	};
	void *bytes = malloc(btf->size_bytes);
	struct kbtf *made;
	int err;

	if (!bytes)
		return kbtf_fail_nomem(reterr);
	memcpy(bytes, btf->bytes, btf->size_bytes);
	err = kbtf_renumber(bytes, btf->size_bytes, from, to, reterr);
	if (err)
		kbtf_diag_in(reterr, btf->label);
	else
		err = check_own_ids(btf, ids, reterr);
	if (!err)
		err = kbtf_open(bytes, btf->size_bytes, &opts, &made, reterr);
	if (err) {
		free(bytes);
		return err;
	}
	made->swapped = btf->swapped;
	if (ids && kbtf_ids_map(ids, &map, NULL)) {
		kbtf_free(made);
		return kbtf_fail_nomem(reterr);
	}
	*ret = made;
	return 0;
}

int kbtf_standalone(const struct kbtf *split, unsigned int flags, struct kbtf_ids *ids,
		    struct kbtf_standalone *ret, struct kbtf_diag *reterr)
{
	struct kbtf_standalone made = { 0 };
	int err = 0;

	if (!(flags & KBTF_STANDALONE_BARE))
		err = make_one_int(split->swapped, &made.base, reterr);
	if (!err && !kbtf_standalone_check(split, NULL))
		err = restand(split, made.base, ids, &made.btf, reterr);
	else if (!err)
		err = make_standalone(split, flags, ids, made.base, &made.btf, reterr);
	if (err) {
		kbtf_free(made.base);
		return err;
	}
	*ret = made;
	return 0;
}

void kbtf_standalone_deinit(struct kbtf_standalone *standalone)
{
	kbtf_free(standalone->btf);
	kbtf_free(standalone->base);
	memset(standalone, 0, sizeof(*standalone));
}

int kbtf_standalone_check(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	int err = kbtf_renumber_check(btf->bytes, btf->size_bytes, stand_on(btf->base), reterr);

	if (err)
		kbtf_diag_in(reterr, btf->label);
	return err;
}

int kbtf_standalone_detect(const void *bytes, size_t size, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = "",
				       .flags = KBTF_OPEN_BORROW | KBTF_OPEN_FRAMING_ONLY };
	struct kbtf *btf;
	int err = kbtf_open(bytes, size, &opts, &btf, reterr);

	if (err)
		return err;
	err = kbtf_standalone_check(btf, reterr);
	kbtf_free(btf);
	return err;
}

int kbtf_standalone_to_split(const struct kbtf *btf, const struct kbtf *kernel,
			     struct kbtf_ids *ids, struct kbtf **ret, struct kbtf_diag *reterr)
{
	if (btf->swapped != kernel->swapped)
		return kbtf_fail_btf(reterr, btf, 0, -EINVAL, "byte-order",
				     "its byte order is not that of %s", kernel->label);
	return restand(btf, kernel, ids, ret, reterr);
}
