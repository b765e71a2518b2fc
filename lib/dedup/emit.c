// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Classes in, BTF out:
 *   select   of each class that the base does not have, the first type  [select_types]
 *   map      an id to that type's new one, a string to where it was interned
 *   rewrite  copy the records and put their words through the maps     [copy_types]
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "assemble.h"
#include "fail.h"
#include "graph.h"
#include "view.h"
#include "words.h"

struct emit {
	const struct kbtf_graph *g;
	uint32_t *ids;	    /* by class: the new id */
	uint8_t *defined;   /* by class: it is that of a definition, which has a tag */
	uint32_t *selected; /* nodes, ascending */
	uint32_t nr_selected;
	struct kbtf_buf out;
	uint32_t *places; /* where lazy, by offset in the set: WANTED, and then where it is */
	struct kbtf_buf strings;	   /* those that the base has not */
	const struct kbtf_dedup_input *in; /* whose words are being mapped */
};

#define WANTED UINT32_MAX

/* Whether a node can be what its class is made of: a forward that stands for a definition
 * cannot. */
static bool is_model(const struct emit *e, uint32_t node)
{
	const struct kbtf_graph *g = e->g;

	return g->shapes[node] != g->refs[node] || !e->defined[g->classes[node]];
}

static int select_types(struct emit *e)
{
	const struct kbtf_graph *g = e->g;
	uint32_t node, class, next = g->nr_base;

	e->ids = kbtf_zalloc_array(g->nr_classes, sizeof(*e->ids));
	e->defined = kbtf_zalloc_array(g->nr_classes, 1);
	e->selected = kbtf_alloc_array(g->nr_nodes - g->nr_base, sizeof(*e->selected));
	if (!e->ids || !e->defined || !e->selected)
		return -ENOMEM;
	for (node = 1; node < g->nr_nodes; node++)
		e->defined[g->classes[node]] |= g->shapes[node] != g->refs[node];
	for (node = 1; node < g->nr_nodes; node++) {
		class = g->classes[node];
		if (e->ids[class] || !is_model(e, node))
			continue;
		if (node < g->nr_base) {
			e->ids[class] = node;
		} else {
			e->ids[class] = next++;
			e->selected[e->nr_selected++] = node;
		}
	}
	return 0;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	struct emit *e = ctx;

	*word = e->in->strs[*word];
	if (e->places && *word)
		*word = e->places[*word - e->g->strings.start];
}

KBTF_INLINE void want_str(void *ctx, uint32_t *word)
{
	struct emit *e = ctx;
	uint32_t off = e->in->strs[*word];

	if (off)
		e->places[off - e->g->strings.start] = WANTED;
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct emit *e = ctx;
	uint32_t node = kbtf_graph_node(e->in, *word);

	*word = node < e->g->nr_base ? node : e->ids[e->g->classes[node]];
}

/* The input of a node that is not before the last one asked for. */
static void enter_input(struct emit *e, uint32_t node)
{
	while (node >= e->in->first + e->in->btf->nr_types || !e->in->first)
		e->in++;
}

/* A place for each string that is wanted: the base's, or behind those of the base. */
static int place_wanted(struct emit *e)
{
	const struct kbtf_strset *set = &e->g->strings;
	const char *s, *start = (const char *)set->bytes.data;
	const char *end = start ? start + set->bytes.size : NULL;
	size_t len, off;

	for (s = start; s < end; s += len + 1) {
		uint32_t *place = &e->places[s - start];

		len = strlen(s);
		if (*place != WANTED)
			continue;
		*place = e->g->base_strings.offs[s - start];
		if (*place)
			continue;
		off = set->start + e->strings.size;
		if (off + len >= KBTF_STRSET_FULL)
			return -E2BIG;
		if (kbtf_buf_append(&e->strings, s, len + 1))
			return -ENOMEM;
		*place = (uint32_t)off;
	}
	return 0;
}

/* Strings have their place already, but where those of the base were only looked up. */
static int place_strings(struct emit *e)
{
	const struct kbtf_graph *g = e->g;
	uint32_t i;

	if (!g->lazy)
		return 0;
	e->places = kbtf_zalloc_array(g->strings.bytes.size, sizeof(*e->places));
	if (!e->places)
		return -ENOMEM;
	e->in = &g->inputs[0];
	for (i = 0; i < e->nr_selected; i++) {
		enter_input(e, e->selected[i]);
		kbtf_each_word((struct kbtf_type *)kbtf_type_get(e->in->btf,
								 e->selected[i] - e->in->offset),
			       KBTF_NO_LIMIT, want_str, kbtf_no_word, e);
	}
	return place_wanted(e);
}

static int copy_types(struct emit *e)
{
	const struct kbtf_graph *g = e->g;
	uint32_t i, id, size;
	uint8_t *at;

	if (kbtf_buf_reserve(&e->out,
			     KBTF_HEADER_SIZE + 4 * g->pool.nr_words + g->strings.bytes.size) ||
	    !kbtf_buf_extend(&e->out, KBTF_HEADER_SIZE))
		return -ENOMEM;
	e->in = &g->inputs[0];
	for (i = 0; i < e->nr_selected; i++) {
		enter_input(e, e->selected[i]);
		id = e->selected[i] - e->in->offset;
		size = kbtf_type_size_bytes(e->in->btf, id);
		at = kbtf_buf_extend(&e->out, size);
		if (!at)
			return -ENOMEM;
		memcpy(at, kbtf_type_get(e->in->btf, id), size);
		kbtf_each_word((struct kbtf_type *)at, KBTF_NO_LIMIT, map_str, map_id, e);
	}
	return e->out.size > UINT32_MAX ? -E2BIG : 0;
}

static int tell_ids(const struct kbtf_graph *g, const uint32_t *ids, uint32_t **ret)
{
	uint32_t i, id, nr_skipped = g->base ? 1 : 0;

	for (i = nr_skipped; i < g->nr_inputs; i++) {
		const struct kbtf_dedup_input *in = &g->inputs[i];
		uint32_t end = kbtf_end_id(in->btf), *map;

		map = kbtf_alloc_array(end, sizeof(*map));
		if (!map) {
			while (i-- > nr_skipped)
				free(ret[i - nr_skipped]);
			return -ENOMEM;
		}
		for (id = 0; id < end; id++)
			map[id] = id < in->first_id ? id : ids[g->classes[id + in->offset]];
		ret[i - nr_skipped] = map;
	}
	return 0;
}

static int finish(struct emit *e, const struct kbtf_merge_opts *opts, struct kbtf **ret,
		  struct kbtf_diag *reterr)
{
	/* What it is made of was sound; but a declaration that a struct has by value, which is
	 * no C, may have turned out to stand for what that struct is in. */
	struct kbtf_open_opts open = { .base = e->g->base,
				       .label = opts->label,
				       .flags = KBTF_OPEN_TAKE };
	size_t types_end = e->out.size;
	const struct kbtf_buf *strings = e->g->lazy ? &e->strings : &e->g->strings.bytes;
	struct kbtf *out;
	int err;

	if (kbtf_buf_append(&e->out, strings->data, strings->size))
		return -ENOMEM;
	err = kbtf_assemble_in_place(&e->out, types_end);
	if (!err)
		err = kbtf_open(e->out.data, e->out.size, &open, &out, reterr);
	if (err)
		return err;
	kbtf_buf_steal(&e->out, NULL);
	out->swapped = e->g->nr_inputs && e->g->inputs[0].btf->swapped;
	if (opts->ids && tell_ids(e->g, e->ids, opts->ids)) {
		kbtf_free(out);
		return -ENOMEM;
	}
	*ret = out;
	return 0;
}

int kbtf_graph_emit(const struct kbtf_graph *g, const struct kbtf_merge_opts *opts,
		    struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct emit e = { .g = g };
	int err;

	err = select_types(&e);
	if (!err)
		err = place_strings(&e);
	if (!err)
		err = copy_types(&e);
	if (!err)
		err = finish(&e, opts, ret, reterr);
	free(e.ids);
	free(e.defined);
	free(e.selected);
	free(e.places);
	kbtf_buf_deinit(&e.strings);
	kbtf_buf_deinit(&e.out);
	return err;
}
