// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types of the base that may be one with types of the inputs: those whose shapes the inputs'
 * pool has. A kernel has a hundred thousand types, and a module reaches some thousand of them; to
 * make shapes of all would take ten times as long as the module. So the base's are only looked up:
 *
 *   its name, or that of a member, is none of the inputs' strings    alien
 *   it refers to a type that is alien                                alien
 *   the pool has no such shape                                       alien
 *
 * All alien types have one shape, which is no input's. A struct, union or enum whose tag the inputs
 * know keeps that, and if it is alien has a shape of its own, which is one more body of the
 * tag: so that a declaration of the inputs finds it, and that a definition which differs is
 * seen to.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "graph.h"
#include "view.h"
#include "words.h"

struct matching {
	struct kbtf_graph *g;
	const struct kbtf_base_strings *strings;
	struct kbtf_buf record, stack;
	uint8_t *open; /* by node: waits for others */
	uint32_t alien;
	bool note_missing;
	int err;

	/* of the type being looked at */
	bool is_alien, missing;
};

/* The inputs' string that is equal to one of the base's, 0 for "", wherever that is; or false. */
static bool find_string(const struct matching *m, uint32_t off, uint32_t *ret)
{
	*ret = kbtf_base_strings_get(m->strings, off);
	return *ret || !*kbtf_string_get(m->g->base, off);
}

/* The tag of a type, if inputs know it; 0 for a type without a tag. */
static uint32_t find_tag(struct matching *m, const struct kbtf_type *t)
{
	struct kbtf_type tag = { .info = kbtf_tag_info(t) };
	uint32_t number;

	if (!tag.info || !t->name_off)
		return 0;
	if (!find_string(m, t->name_off, &tag.name_off))
		return m->alien;
	if (!tag.name_off)
		return 0;
	number = kbtf_pool_find(&m->g->pool, (uint32_t *)&tag, 3);
	return number ? number : m->alien;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	struct matching *m = ctx;

	if (m->is_alien || !*word)
		return;
	m->is_alien = !find_string(m, *word, word);
}

static __attribute__((noinline)) uint32_t new_ref(struct matching *m, uint32_t node)
{
	uint32_t tag = find_tag(m, kbtf_type_get(m->g->base, node));

	if (tag)
		return m->g->refs[node] = tag;
	m->missing = true;
	if (m->note_missing && kbtf_buf_append(&m->stack, &node, sizeof(node)))
		m->err = -ENOMEM;
	return 0;
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct matching *m = ctx;
	uint32_t ref;

	if (m->is_alien || !*word)
		return;
	ref = m->g->refs[*word];
	if (!ref)
		ref = new_ref(m, *word);
	m->is_alien = ref == m->alien;
	*word = ref;
}

static void set(struct matching *m, uint32_t node, uint32_t shape, uint32_t ref)
{
	m->g->shapes[node] = shape;
	m->g->refs[node] = ref;
}

/* A body that no input has, of a tag that some have. */
static void add_alien_body(struct matching *m, uint32_t node, uint32_t tag)
{
	const uint32_t *words = kbtf_pool_get(&m->g->pool, tag);
	const uint32_t body[] = { words[0], kbtf_info(KBTF_INT, 0, 0), 0 };
	uint32_t number = kbtf_pool_add_unique(&m->g->pool, body, 3);

	if (!number)
		m->err = -ENOMEM;
	set(m, node, number, tag);
}

/* Whether its name, what it refers to first, or a parameter is known to be alien: most are by that.
 */
static bool is_plainly_alien(const struct matching *m, const struct kbtf_type *t)
{
	const struct kbtf_param *p = kbtf_params(t), *end;

	if (kbtf_base_strings_is_alien(m->strings, t->name_off))
		return true;
	if (kbtf_kind_info(kbtf_kind(t))->chain_class == KBTF_CLASS_LINK)
		return m->g->refs[kbtf_linked_type(t)] == m->alien;
	if (kbtf_kind(t) != KBTF_FUNC_PROTO)
		return false;
	if (m->g->refs[t->type] == m->alien)
		return true;
	for (end = p + kbtf_vlen(t); p < end; p++)
		if (m->g->refs[p->type] == m->alien ||
		    kbtf_base_strings_is_alien(m->strings, p->name_off))
			return true;
	return false;
}

/* Find the shape of a node; false where it waits for others. */
static bool match(struct matching *m, uint32_t node)
{
	const struct kbtf_type *t = kbtf_type_get(m->g->base, node);
	uint32_t size, number = 0, tag = m->g->refs[node];
	uint32_t *words;

	if (!tag && !is_plainly_alien(m, t))
		tag = find_tag(m, t);
	else if (!tag)
		tag = m->alien;
	if (tag == m->alien || kbtf_kind(t) == KBTF_VAR || kbtf_kind(t) == KBTF_DATASEC) {
		set(m, node, m->alien, m->alien);
		return true;
	}
	if (tag && kbtf_is_declaration(t)) {
		set(m, node, tag, tag);
		return true;
	}
	size = kbtf_type_size_bytes(m->g->base, node);
	m->record.size = 0;
	words = kbtf_buf_extend(&m->record, size);
	if (!words) {
		m->err = -ENOMEM;
		return false;
	}
	memcpy(words, t, size);
	m->is_alien = m->missing = false;
	kbtf_each_word((struct kbtf_type *)words, KBTF_NO_LIMIT, map_str, map_id, m);
	if (m->missing && !m->is_alien)
		return false;
	if (!m->is_alien)
		number = kbtf_pool_find(&m->g->pool, words, size / 4);
	if (number)
		set(m, node, number, tag ? tag : number);
	else if (tag)
		add_alien_body(m, node, tag);
	else
		set(m, node, m->alien, m->alien);
	return true;
}

/* The same where those that it refers to are looked at first; false for a cycle without names. */
static bool match_with_refs(struct matching *m, uint32_t start)
{
	uint32_t node = start;
	size_t size;

	m->stack.size = 0;
	if (kbtf_buf_append(&m->stack, &start, sizeof(start)))
		m->err = -ENOMEM;
	while (m->stack.size && !m->err) {
		size = m->stack.size;
		node = ((uint32_t *)(m->stack.data + size))[-1];
		m->note_missing = !m->open[node];
		if (m->g->shapes[node] || match(m, node)) {
			m->stack.size = size - sizeof(node);
			continue;
		}
		if (m->open[node])
			return false;
		m->open[node] = 1;
	}
	m->note_missing = false;
	return true;
}

int kbtf_graph_match_base(struct kbtf_graph *g, bool *ret_stuck)
{
	const uint32_t alien[] = { 0, 0, 0 };
	struct matching m = { .g = g, .strings = &g->base_strings };
	uint32_t node;

	*ret_stuck = false;
	m.open = kbtf_zalloc_array(g->nr_base, 1);
	m.alien = kbtf_pool_add_unique(&g->pool, alien, 3);
	if (!m.open || !m.alien)
		m.err = -ENOMEM;
	else
		m.err = kbtf_base_strings_init(&g->base_strings, &g->strings);
	for (node = 1; node < g->nr_base && !m.err && !*ret_stuck; node++)
		if (!g->shapes[node] && !match(&m, node) && !m.err)
			*ret_stuck = !match_with_refs(&m, node);
	kbtf_buf_deinit(&m.record);
	kbtf_buf_deinit(&m.stack);
	free(m.open);
	return m.err;
}
