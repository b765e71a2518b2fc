// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* One thread's collection: groups of units in, one after the other. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "collect.h"
#include "fail.h"

int kbtf_collect_init(struct kbtf_collect *c, const struct kbtf_dwarf_source *src,
		      const struct kbtf_elf_funcs *elf_funcs, unsigned int features)
{
	*c = (struct kbtf_collect){ .src = src, .elf_funcs = elf_funcs, .features = features };
	c->entries.type_tags = features & KBTF_ENCODE_TYPE_TAG;
	c->entries.decl_tags = features & KBTF_ENCODE_DECL_TAG;
	if (kbtf_names_ctx_init(&c->names, src) || kbtf_pool_init(&c->pool, 0, 0))
		return -ENOMEM;
	c->seen_tags = kbtf_zalloc_array(NR_SEEN_TAGS, sizeof(*c->seen_tags));
	c->seen_funcs = kbtf_zalloc_array(NR_SEEN_FUNCS, sizeof(*c->seen_funcs));
	return c->seen_tags && c->seen_funcs ? 0 : -ENOMEM;
}

void kbtf_collect_deinit(struct kbtf_collect *c)
{
	kbtf_names_ctx_deinit(&c->names);
	kbtf_entries_deinit(&c->entries);
	kbtf_pool_deinit(&c->pool);
	kbtf_buf_deinit(&c->counts);
	kbtf_buf_deinit(&c->nexts);
	free(c->seen_tags);
	free(c->seen_funcs);
	kbtf_buf_deinit(&c->bindings);
	kbtf_buf_deinit(&c->units);
	kbtf_buf_deinit(&c->funcs);
	kbtf_buf_deinit(&c->params);
	kbtf_buf_deinit(&c->vars);
	kbtf_buf_deinit(&c->func_tags);
	kbtf_buf_deinit(&c->var_tags);
	kbtf_buf_deinit(&c->instances);
	kbtf_buf_deinit(&c->links);
	kbtf_buf_deinit(&c->own);
	kbtf_buf_deinit(&c->shapes);
	kbtf_buf_deinit(&c->refs);
	kbtf_buf_deinit(&c->record);
	kbtf_buf_deinit(&c->stack);
	*c = (struct kbtf_collect){ 0 };
}

static uint64_t memory(const struct kbtf_collect *c)
{
	const struct kbtf_buf *bufs[] = {
		&c->counts,
		&c->nexts,
		&c->bindings,
		&c->units,
		&c->funcs,
		&c->params,
		&c->vars,
		&c->func_tags,
		&c->var_tags,
		&c->instances,
		&c->links,
		&c->own,
		&c->shapes,
		&c->refs,
		&c->record,
		&c->stack,
		&c->entries.types,
		&c->entries.elems,
		&c->entries.funcs,
		&c->entries.params,
		&c->entries.vars,
		&c->entries.func_tags,
		&c->entries.var_tags,
		&c->entries.tag_links,
		&c->entries.tag_chains,
		&c->entries.units,
		&c->names.set.bytes,
	};
	uint64_t size = c->entries.index_room * sizeof(*c->entries.index);
	size_t i;

	for (i = 0; i < sizeof(bufs) / sizeof(*bufs); i++)
		size += bufs[i]->room;
	size += c->pool.words_room * sizeof(*c->pool.words);
	size += (uint64_t)c->pool.room * sizeof(*c->pool.offs);
	size += ((uint64_t)c->pool.mask + 1) * sizeof(*c->pool.slots);
	size += ((uint64_t)c->names.set.mask + 1) * sizeof(*c->names.set.slots);
	return size;
}

int kbtf_collect_check_memory(const struct kbtf_collect *c, uint64_t more, struct kbtf_diag *reterr)
{
	uint64_t size = c->max_memory ? memory(c) + more : 0;

	if (size <= c->max_memory)
		return 0;
	return kbtf_fail(reterr, -ENOMEM, "max-memory",
			 "%s: encoding takes %" PRIu64
			 " bytes of memory so far, and may take %" PRIu64,
			 c->src->label, size, c->max_memory);
}

uint32_t *kbtf_collect_by_shape(const struct kbtf_collect *c, struct kbtf_buf *words)
{
	size_t need = ((size_t)c->pool.nr + 1) * sizeof(uint32_t), have = words->size;

	if (need > have) {
		void *more = kbtf_buf_extend(words, need - have);

		if (!more)
			return NULL;
		memset(more, 0, need - have);
	}
	return (uint32_t *)words->data;
}

static int read_units(struct kbtf_collect *c, const struct kbtf_unit_group *group,
		      struct kbtf_diag *reterr)
{
	struct kbtf_unit unit;
	uint64_t at = 0;
	int err = 0;

	while (at < group->size && !err) {
		err = kbtf_unit_read(c->src, group->offset + at, group->bytes + at, &unit, reterr);
		if (!err)
			err = kbtf_entries_add(&c->entries, &c->names, &unit, reterr);
		if (!err)
			at += unit.size;
	}
	return err ? err : kbtf_entries_finish(&c->entries, &c->names, reterr);
}

int kbtf_collect_group(struct kbtf_collect *c, const struct kbtf_unit_group *group,
		       struct kbtf_diag *reterr)
{
	struct kbtf_unit_record record = {
		.offset = group->offset,
		.size = group->size,
		.first = (uint32_t)(c->bindings.size / sizeof(uint32_t)),
	};
	bool has_index = group->is_large || group->size <= c->entries.index_room;
	int err;

	c->group = group->number;
	/* An index of its places, if none is there that is as long. */
	err = kbtf_collect_check_memory(c, has_index ? 0 : 5 * group->size, reterr);
	if (!err)
		err = kbtf_entries_begin(&c->entries, group->offset, group->size, group->is_large,
					 reterr);
	if (!err)
		err = read_units(c, group, reterr);
	if (!err)
		err = kbtf_collect_check_memory(c, 0, reterr);
	if (!err)
		err = kbtf_collect_shapes(c, reterr);
	if (!err && c->marks)
		err = kbtf_collect_instances(c) ? kbtf_fail_nomem(reterr) : 0;
	if (!err)
		err = kbtf_collect_funcs(c, reterr);
	if (!err)
		err = kbtf_collect_vars(c, reterr);
	record.nr = (uint32_t)(c->bindings.size / sizeof(uint32_t)) - record.first;
	if (!err && !c->marks && kbtf_buf_append(&c->units, &record, sizeof(record)))
		err = kbtf_fail_nomem(reterr);
	return err;
}
