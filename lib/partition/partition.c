// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel's BTF and its roots in, two parts of it out.
 *
 *   select   the roots and all that they reach                       [select_types]
 *   map      those come first, the others behind them, and either keep their order:
 *            a permutation of the ids; strings in the order in which records need
 *            them, those of the first part first         [number_types, copy_records]
 *   rewrite  the records through the maps                            [kbtf_rewrite]
 *
 *   before   | types ............................ |   | strings .................... |
 *   base     | reached |                              | its strings |
 *   rest               | on base: others ........ |                 | further ones . |
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "assemble.h"
#include "closure.h"
#include "fail.h"
#include "ids.h"
#include "rewrite.h"
#include "roots.h"
#include "words.h"

struct partitioning {
	const struct kbtf *btf;
	struct kbtf_closure mandatory;
	uint32_t nr_mandatory;
	uint32_t *new_ids;  /* by old id */
	uint32_t *new_strs; /* by old offset; 0 where it is not needed yet */
	uint32_t strs_end;  /* of the new ones */

	/* the part that is being made */
	struct kbtf_buf out, strs;
	bool no_memory;
};

static void deinit(struct partitioning *p)
{
	kbtf_closure_deinit(&p->mandatory);
	kbtf_buf_deinit(&p->out);
	kbtf_buf_deinit(&p->strs);
	free(p->new_ids);
	free(p->new_strs);
}

static int select_types(struct partitioning *p, const struct kbtf_kernel_roots *roots,
			unsigned int sources, bool names, struct kbtf_diag *reterr)
{
	const struct kbtf *btf = roots->btf;
	size_t i;

	p->btf = btf;
	if (kbtf_closure_init(&p->mandatory, btf, kbtf_end_id(btf), btf->str_end, names))
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < kbtf_kernel_roots_count(roots); i++)
		if (sources & KBTF_ROOT_BIT(kbtf_kernel_root_at(roots, i)->source))
			kbtf_closure_add(&p->mandatory, kbtf_kernel_root_at(roots, i)->type_id);
	return kbtf_closure_follow(&p->mandatory, reterr);
}

static int number_types(struct partitioning *p, struct kbtf_diag *reterr)
{
	uint32_t id, end = kbtf_end_id(p->btf), next = 1, next_rest;

	p->new_ids = kbtf_zalloc_array(end, sizeof(*p->new_ids));
	p->new_strs = kbtf_zalloc_array(p->btf->str_end, sizeof(*p->new_strs));
	if (!p->new_ids || !p->new_strs)
		return kbtf_fail_nomem(reterr);
	p->nr_mandatory = kbtf_rankset_number(&p->mandatory.reached);
	next_rest = 1 + p->nr_mandatory;
	for (id = 1; id < end; id++)
		p->new_ids[id] = kbtf_rankset_has(&p->mandatory.reached, id) ? next++ : next_rest++;
	return 0;
}

/* Copy a string that no record before needed. */
KBTF_INLINE void place_str(void *ctx, uint32_t *word)
{
	struct partitioning *p = ctx;
	const char *string;
	size_t size;

	if (!*word || p->new_strs[*word])
		return;
	string = kbtf_string_get(p->btf, *word);
	size = strlen(string) + 1;
	p->new_strs[*word] = p->strs_end;
	p->strs_end += (uint32_t)size;
	if (kbtf_buf_append(&p->strs, string, size))
		p->no_memory = true;
}

static void copy_record(struct partitioning *p, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type_get(p->btf, id);
	struct kbtf_type cut = *t;

	if (kbtf_closure_is_cut(&p->mandatory, id, t)) {
		cut.info = kbtf_info(kbtf_kind(t), 0, 0);
		place_str(p, &cut.name_off);
		if (kbtf_buf_append(&p->out, &cut, sizeof(cut)))
			p->no_memory = true;
		return;
	}
	kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, place_str, kbtf_no_word, p);
	if (kbtf_buf_append(&p->out, t, kbtf_type_size_bytes(p->btf, id)))
		p->no_memory = true;
}

static void copy_records(struct partitioning *p, bool mandatory)
{
	uint32_t id;

	for (id = 1; id < kbtf_end_id(p->btf) && !p->no_memory; id++)
		if (kbtf_rankset_has(&p->mandatory.reached, id) == mandatory)
			copy_record(p, id);
}

/* The chains of types are those of the whole, and end as they did there. */
static int open_part(struct partitioning *p, const struct kbtf *base, struct kbtf **ret,
		     struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = {
		.base = base,
		.label = p->btf->label,
		.flags = KBTF_OPEN_TAKE | KBTF_OPEN_TRUST_CHAINS,
	};
	size_t types_end = p->out.size;
	int err;

	if (kbtf_buf_append(&p->out, p->strs.data, p->strs.size))
		return kbtf_fail_nomem(reterr);
	err = kbtf_assemble_in_place(&p->out, types_end);
	if (err)
		return kbtf_fail(reterr, err, "build", "a part of it: %s", strerror(-err));
	err = kbtf_open(p->out.data, p->out.size, &opts, ret, reterr);
	if (err)
		return err;
	kbtf_buf_steal(&p->out, NULL);
	(*ret)->swapped = p->btf->swapped;
	return 0;
}

static int make_part(struct partitioning *p, const struct kbtf *base, struct kbtf **ret,
		     struct kbtf_diag *reterr)
{
	const struct kbtf_map ids = { .shift_from = kbtf_end_id(p->btf), .direct = p->new_ids };
	const struct kbtf_map strs = { .shift_from = p->btf->str_end, .direct = p->new_strs };
	size_t guess = base ? p->btf->hdr.type_len : (size_t)p->nr_mandatory * 64;

	p->strs.size = 0;
	if (kbtf_buf_reserve(&p->out, KBTF_HEADER_SIZE + guess) ||
	    !kbtf_buf_extend(&p->out, KBTF_HEADER_SIZE))
		return kbtf_fail_nomem(reterr);
	if (!base) {
		p->strs_end = 1;
		if (kbtf_buf_append(&p->strs, "", 1))
			return kbtf_fail_nomem(reterr);
	}
	copy_records(p, !base);
	if (p->no_memory)
		return kbtf_fail_nomem(reterr);
	/* All words of the records were met, so none goes nowhere. */
	kbtf_rewrite(p->out.data + KBTF_HEADER_SIZE, p->out.size - KBTF_HEADER_SIZE, &ids, &strs,
		     NULL);
	return open_part(p, base, ret, reterr);
}

static int map_ids(const struct partitioning *p, struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	const struct kbtf_map map = { .shift_from = kbtf_end_id(p->btf), .direct = p->new_ids };

	return ids && kbtf_ids_map(ids, &map, NULL) ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_partition(const struct kbtf_kernel_roots *roots, unsigned int sources,
		   struct kbtf_ids *ids, struct kbtf_partition *ret, struct kbtf_diag *reterr)
{
	struct kbtf_partition made = { 0 };
	struct partitioning p = { 0 };
	int err;

	err = select_types(&p, roots, sources, false, reterr);
	if (!err)
		err = number_types(&p, reterr);
	if (!err)
		err = make_part(&p, NULL, &made.base, reterr);
	if (!err)
		err = make_part(&p, made.base, &made.rest, reterr);
	if (!err)
		err = map_ids(&p, ids, reterr);
	if (err) {
		kbtf_partition_deinit(&made);
	} else {
		made.ids = p.new_ids;
		p.new_ids = NULL;
		*ret = made;
	}
	deinit(&p);
	return err;
}

void kbtf_partition_deinit(struct kbtf_partition *partition)
{
	kbtf_free(partition->rest);
	kbtf_free(partition->base);
	free(partition->ids);
	memset(partition, 0, sizeof(*partition));
}

int kbtf_partition_names(const struct kbtf_kernel_roots *roots, unsigned int sources,
			 struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct partitioning p = { 0 };
	int err;

	err = select_types(&p, roots, sources, true, reterr);
	if (!err)
		err = number_types(&p, reterr);
	if (!err)
		err = make_part(&p, NULL, ret, reterr);
	deinit(&p);
	return err;
}

int kbtf_partition_join(const struct kbtf_partition *partition, struct kbtf **ret,
			struct kbtf_diag *reterr)
{
	const struct kbtf *base = partition->base, *rest = partition->rest;
	struct kbtf_open_opts opts = {
		.label = base->label,
		.flags = KBTF_OPEN_TAKE | KBTF_OPEN_TRUST_CHAINS,
	};
	struct kbtf_buf out = { 0 };
	size_t types_end;
	int err;

	if (kbtf_buf_reserve(&out, base->size_bytes + rest->size_bytes) ||
	    !kbtf_buf_extend(&out, KBTF_HEADER_SIZE))
		goto no_memory;
	if (kbtf_buf_append(&out, base->types, base->hdr.type_len) ||
	    kbtf_buf_append(&out, rest->types, rest->hdr.type_len))
		goto no_memory;
	types_end = out.size;
	if (kbtf_buf_append(&out, base->strings, base->hdr.str_len) ||
	    kbtf_buf_append(&out, rest->strings, rest->hdr.str_len))
		goto no_memory;
	err = kbtf_assemble_in_place(&out, types_end);
	if (err)
		err = kbtf_fail(reterr, err, "build", "both parts: %s", strerror(-err));
	else
		err = kbtf_open(out.data, out.size, &opts, ret, reterr);
	if (err) {
		kbtf_buf_deinit(&out);
		return err;
	}
	(*ret)->swapped = base->swapped;
	return 0;
no_memory:
	kbtf_buf_deinit(&out);
	return kbtf_fail_nomem(reterr);
}
