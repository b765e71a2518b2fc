// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * DWARF in, BTF out.
 *
 *   find    the units, and groups of them: one each, or all where they refer to each
 *           other                                                        [find_groups]
 *   collect each thread reads a run of groups, entry by entry, into shapes, of which a
 *           kernel's units have most in common                [collect_run; collect.h]
 *   settle  names that units define in several ways; units that differ from the others
 *           are read again                                    [read_again; variants.h]
 *   combine shapes become types, functions and variables are picked and added
 *                                                                  [combine; pick.c]
 *   dedup   types that were different shapes only because a unit had less to say of
 *           them become one, and those of the base are left out         [kbtf_merge]
 *
 * Each thread has a run of units that follow each other, and runs are put together in
 * their order: so numbers do not depend on how many there are.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <kbtf/dedup.h>
#include <kbtf/encode.h>

#include "add_layout.h"
#include "alloc.h"
#include "assemble.h"
#include "combine.h"
#include "constants.h"
#include "fail.h"
#include "parallel.h"
#include "view.h"
#include "variants.h"
#include "window.h"

/* Fewer bytes are not worth a thread. */
#define FEWEST_BYTES (UINT64_C(1) << 20)

struct group {
	uint64_t offset, size;
};

struct run {
	uint32_t first, nr; /* groups */
	struct kbtf_collect collect;
	struct kbtf_diag why;
	int err;
};

struct encode {
	const struct kbtf_encode_input *in;
	const struct kbtf_encode_opts *opts;
	struct kbtf_encode_stats stats;
	struct kbtf_elf_funcs elf_funcs;
	struct kbtf_buf groups;	    /* of struct group */
	struct kbtf_buf signatures; /* of struct kbtf_signature_place */
	bool is_large;		    /* one group of all units */
	struct run *runs;
	uint32_t nr_runs;
};

/* ---- Find ------------------------------------------------------------- */

static const struct group *groups(const struct encode *e)
{
	return (const struct group *)e->groups.data;
}

static uint32_t nr_groups(const struct encode *e)
{
	return (uint32_t)(e->groups.size / sizeof(struct group));
}

static int note_signature(struct encode *e, const struct kbtf_unit *unit)
{
	const struct kbtf_signature_place place = { unit->signature,
						    unit->offset + unit->type_offset };

	if (unit->type != DW_UT_TYPE)
		return 0;
	return kbtf_buf_append(&e->signatures, &place, sizeof(place));
}

/* Of several with one signature, which are equal, the first comes first. */
static int compare_signatures(const void *a, const void *b)
{
	const struct kbtf_signature_place *x = a, *y = b;

	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void sort_signatures(struct encode *e)
{
	if (e->signatures.size)
		qsort(e->signatures.data, e->signatures.size / sizeof(struct kbtf_signature_place),
		      sizeof(struct kbtf_signature_place), compare_signatures);
}

static int find_groups(struct encode *e, struct kbtf_diag *reterr)
{
	uint64_t offset = 0, size = e->in->info.size;
	uint64_t header_end;
	const uint8_t *bytes;
	struct kbtf_window window;
	struct kbtf_unit unit;
	struct group group;
	int err = 0;

	kbtf_window_init(&window, e->in);
	while (offset < size && !err) {
		header_end = size - offset < KBTF_MOST_HEADER ? size : offset + KBTF_MOST_HEADER;
		err = kbtf_window_at(&window, offset, header_end - offset, header_end, &bytes,
				     reterr);
		if (!err)
			err = kbtf_unit_read(e->in, offset, bytes, &unit, reterr);
		if (err)
			break;
		group = (struct group){ offset, unit.size };
		if (kbtf_buf_append(&e->groups, &group, sizeof(group)) || note_signature(e, &unit))
			err = kbtf_fail_nomem(reterr);
		offset += unit.size;
		e->stats.nr_units++;
	}
	kbtf_window_deinit(&window);
	sort_signatures(e);
	if (!err && !e->stats.nr_units)
		err = kbtf_fail(reterr, -ENODATA, "no-dwarf", "%s: no DWARF in it: .debug_info %s",
				e->in->label, size ? "has no units" : "is missing or empty");
	return err;
}

static int join_groups(struct encode *e, struct kbtf_diag *reterr)
{
	const struct group all = { 0, e->in->info.size };

	e->is_large = true;
	e->groups.size = 0;
	return kbtf_buf_append(&e->groups, &all, sizeof(all)) ? kbtf_fail_nomem(reterr) : 0;
}

/* ---- Collect ---------------------------------------------------------- */

static int collect_group(struct encode *e, struct kbtf_collect *collect, struct kbtf_window *window,
			 uint32_t number, uint64_t end, struct kbtf_diag *reterr)
{
	const struct group *g = &groups(e)[number];
	struct kbtf_unit_group group = {
		.offset = g->offset,
		.size = g->size,
		.number = number,
		.is_large = e->is_large,
	};
	int err = kbtf_window_at(window, g->offset, g->size, end, &group.bytes, reterr);

	return err ? err : kbtf_collect_group(collect, &group, reterr);
}

static int collect_groups(struct encode *e, struct run *run)
{
	const struct group *last = &groups(e)[run->first + run->nr - 1];
	struct kbtf_window window;
	uint32_t i;
	int err = 0;

	kbtf_window_init(&window, e->in);
	for (i = run->first; i < run->first + run->nr && !err; i++)
		err = collect_group(e, &run->collect, &window, i, last->offset + last->size,
				    &run->why);
	kbtf_window_deinit(&window);
	return err;
}

static void collect_run(void *ctx, unsigned int thread, size_t i)
{
	struct encode *e = ctx;
	struct run *run = &e->runs[i];

	(void)thread;
	run->err = kbtf_collect_init(&run->collect, e->in, &e->elf_funcs, e->opts->features);
	run->collect.max_memory = e->opts->max_memory / e->nr_runs;
	run->collect.entries.signatures = (struct kbtf_signature_place *)e->signatures.data;
	run->collect.entries.nr_signatures =
		e->signatures.size / sizeof(struct kbtf_signature_place);
	if (run->err)
		kbtf_fail_nomem(&run->why);
	else if (run->nr)
		run->err = collect_groups(e, run);
}

/* Runs of about as many bytes each. */
static int plan_runs(struct encode *e, struct kbtf_diag *reterr)
{
	uint32_t nr = nr_groups(e), i, most = e->opts->nr_threads, k = 0;
	uint64_t size = e->in->info.size;

	if (!most)
		most = kbtf_nr_cpus();
	if (most > size / FEWEST_BYTES + 1)
		most = (uint32_t)(size / FEWEST_BYTES + 1);
	if (e->is_large)
		most = 1;
	e->runs = kbtf_zalloc_array(most, sizeof(*e->runs));
	if (!e->runs)
		return kbtf_fail_nomem(reterr);
	e->nr_runs = most;
	for (i = 0; i < nr; i++) {
		while (k + 1 < most && groups(e)[i].offset >= size / most * (k + 1))
			e->runs[++k].first = i;
		e->runs[k].nr++;
	}
	return 0;
}

static void free_runs(struct encode *e)
{
	uint32_t i;

	for (i = 0; i < e->nr_runs; i++)
		kbtf_collect_deinit(&e->runs[i].collect);
	free(e->runs);
	e->runs = NULL;
	e->nr_runs = 0;
}

/* What the first run that failed says; -EXDEV where units have to be one group. */
static int collect_all(struct encode *e, struct kbtf_diag *reterr)
{
	uint32_t i;
	int err;

	err = plan_runs(e, reterr);
	if (err)
		return err;
	kbtf_parallel(e->nr_runs, e->nr_runs, collect_run, e);
	for (i = 0; i < e->nr_runs; i++)
		if (e->runs[i].err == -EXDEV)
			return -EXDEV;
	for (i = 0; i < e->nr_runs; i++) {
		err = e->runs[i].err;
		if (err && reterr)
			*reterr = e->runs[i].why;
		if (err)
			return err;
	}
	for (i = 1; i < e->nr_runs && !err; i++) {
		err = kbtf_collect_absorb(&e->runs[0].collect, &e->runs[i].collect);
		kbtf_collect_deinit(&e->runs[i].collect);
	}
	return err ? kbtf_fail_nomem(reterr) : 0;
}

static int collect(struct encode *e, struct kbtf_diag *reterr)
{
	int err = collect_all(e, reterr);

	if (err != -EXDEV)
		return err;
	free_runs(e);
	err = join_groups(e, reterr);
	return err ? err : collect_all(e, reterr);
}

/* ---- Settle ----------------------------------------------------------- */

static int read_again(struct encode *e, const struct kbtf_variants *v, struct kbtf_diag *reterr)
{
	struct kbtf_collect *c = &e->runs[0].collect;
	uint64_t nr_entries = c->entries.nr_entries;
	struct kbtf_window window;
	uint32_t i;
	int err = 0;

	kbtf_window_init(&window, e->in);
	c->marks = v->marks;
	c->nr_funcs_first = (uint32_t)(c->funcs.size / sizeof(struct kbtf_func_state));
	c->nr_vars_first = (uint32_t)(c->vars.size / sizeof(struct kbtf_var_state));
	for (i = 0; i < nr_groups(e) && !err; i++) {
		const struct group *g = &groups(e)[i];

		if (v->again[i])
			err = collect_group(e, c, &window, i, g->offset + g->size, reterr);
	}
	kbtf_window_deinit(&window);
	e->stats.nr_units_again = v->nr_again;
	e->stats.nr_entries = nr_entries;
	return err;
}

/* ---- Combine ---------------------------------------------------------- */

static int open_combined(struct kbtf_combined *k, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = "encoded", .flags = KBTF_OPEN_TAKE };
	void *bytes;
	size_t size;
	int err;

	err = kbtf_assemble(k->types.data, k->types.size, k->strings.bytes.data,
			    k->strings.bytes.size, &bytes, &size);
	if (err)
		return err == -ENOMEM ? kbtf_fail_nomem(reterr)
				      : kbtf_fail(reterr, err, "too-large",
						  "BTF would have more than 4 GiB");
	err = kbtf_open(bytes, size, &opts, ret, reterr);
	if (err)
		free(bytes);
	return err;
}

static int combine(struct encode *e, const struct kbtf_variants *v, struct kbtf **ret,
		   struct kbtf_diag *reterr)
{
	struct kbtf_collect *c = &e->runs[0].collect;
	struct kbtf_combined k;
	int err;

	/* What comes of it takes about as much as the pool, and then that is given back. */
	c->max_memory = e->opts->max_memory;
	err = kbtf_collect_check_memory(c, 8 * (uint64_t)c->pool.nr_words, reterr);
	if (err)
		return err;
	err = kbtf_combined_init(&k, c, v);
	if (!err)
		err = kbtf_combined_add_funcs(&k, c, v, &e->stats);
	if (!err)
		err = kbtf_combined_add_vars(&k, c, v, &e->stats);
	if (err == -E2BIG)
		kbtf_fail(reterr, err, "too-large", "BTF would have more than 4 GiB");
	else if (err)
		kbtf_fail_nomem(reterr);
	e->stats.nr_types = c->nr_types;
	if (!err) {
		free_runs(e); /* which takes more memory than what is left to do */
		err = open_combined(&k, ret, reterr);
	}
	kbtf_combined_deinit(&k);
	return err;
}

static int encode(struct encode *e, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_merge_opts opts = { .base = e->opts->base, .label = e->opts->label };
	struct kbtf_variants v = { 0 };
	const struct kbtf *inputs[1];
	struct kbtf *combined = NULL;
	int err;

	err = find_groups(e, reterr);
	if (!err && kbtf_elf_funcs_init(&e->elf_funcs, e->in))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = collect(e, reterr);
	if (!err && kbtf_variants_init(&v, &e->runs[0].collect))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = read_again(e, &v, reterr);
	if (!err)
		err = combine(e, &v, &combined, reterr);
	kbtf_variants_deinit(&v);
	if (!err) {
		combined->swapped = e->in->swapped;
		inputs[0] = combined;
		err = kbtf_merge(inputs, 1, &opts, ret, reterr);
		if (!err && e->opts->features & KBTF_ENCODE_LAYOUT && !e->opts->base)
			err = kbtf_add_layout(ret, reterr);
	}
	kbtf_free(combined);
	return err;
}

int kbtf_encode(const struct kbtf_encode_input *in, const struct kbtf_encode_opts *opts,
		struct kbtf **ret, struct kbtf_encode_stats *ret_stats, struct kbtf_diag *reterr)
{
	struct encode e = { .in = in, .opts = opts };
	int err;

	if (in->str.size && in->str.data[in->str.size - 1])
		return kbtf_fail(reterr, -EINVAL, "dwarf-strings",
				 "%s: .debug_str does not end in a zero byte", in->label);
	if (in->line_str.size && in->line_str.data[in->line_str.size - 1])
		return kbtf_fail(reterr, -EINVAL, "dwarf-strings",
				 "%s: .debug_line_str does not end in a zero byte", in->label);
	if (in->str.size >= NAME_SHORT - 1)
		return kbtf_fail(reterr, -E2BIG, "dwarf-names",
				 "%s: .debug_str has more than 2 GiB", in->label);
	err = encode(&e, ret, reterr);
	free_runs(&e);
	kbtf_elf_funcs_deinit(&e.elf_funcs);
	kbtf_buf_deinit(&e.groups);
	kbtf_buf_deinit(&e.signatures);
	if (ret_stats)
		*ret_stats = e.stats;
	return err;
}
