// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types in, their shapes out; see graph.h. A shape is made when those that it refers
 * to are known [add_shape]; where they are not, they are made first [add_with_refs],
 * with a stack of our own, because input decides how deep that goes.
 *
 * Cycles go through a name, which a tag breaks, in all that C compilers make. In
 * those that do not, every prototype, array, and struct or union without a name from
 * which the cycle can be reached is given a tag too, one for all of a kind: such tags
 * have several bodies, so classes.c tells their types apart.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "graph.h"
#include "view.h"
#include "words.h"

enum state {
	NEW,
	OPEN,  /* on the stack, waiting for others */
	STUCK, /* reaches a cycle without names */
	DONE,
};

struct making {
	struct kbtf_graph *g;
	struct kbtf_dedup_input *in; /* whose types are being looked at */
	struct kbtf_buf scratch;     /* the record in the making */
	struct kbtf_buf stack;	     /* nodes */
	uint8_t *states;	     /* by node */
	bool break_cycles;	     /* stuck types may have tags */
	bool stuck;		     /* some were met */
	int err;

	/* of add_shape() */
	bool missing, missing_stuck;
	bool note_missing; /* put missing ones on the stack */
};

/* ---- Tags ------------------------------------------------------------- */

static uint32_t intern_string(struct making *m, uint32_t off)
{
	uint32_t *at = &m->in->strs[off], set_off;
	const char *s;

	if (*at || !off)
		return *at;
	s = kbtf_string_get(m->in->btf, off);
	set_off = kbtf_strset_add(&m->g->strings, s, strlen(s));
	if (set_off >= KBTF_STRSET_FULL) {
		m->err = set_off == KBTF_STRSET_NOMEM ? -ENOMEM : -E2BIG;
		return 0;
	}
	return *at = set_off;
}

/*
 * Whether a cycle that soundness allows has to go through a type of this kind, if not
 * through one that stands alone: through an array, by its index.
 */
static bool ends_chains(const struct kbtf_type *t)
{
	return kbtf_is_composite(t) || kbtf_kind(t) == KBTF_FUNC_PROTO ||
	       kbtf_kind(t) == KBTF_ARRAY;
}

/* The tag of a type; 0 where it has none. */
static uint32_t tag_of(struct making *m, uint32_t node, const struct kbtf_type *t)
{
	struct kbtf_type tag = { .info = kbtf_tag_info(t) };
	uint32_t number;

	if (tag.info)
		tag.name_off = intern_string(m, t->name_off);
	if (!tag.name_off) {
		if (!m->break_cycles || m->states[node] != STUCK || !ends_chains(t))
			return 0;
		tag = (struct kbtf_type){ .size = kbtf_kind(t) };
	}
	number = kbtf_pool_add(&m->g->pool, (uint32_t *)&tag, 3);
	if (!number)
		m->err = -ENOMEM;
	return number;
}

/* ---- Shapes ----------------------------------------------------------- */

static void push(struct making *m, uint32_t node)
{
	if (kbtf_buf_append(&m->stack, &node, sizeof(node)))
		m->err = -ENOMEM;
}

KBTF_INLINE void map_str(void *ctx, uint32_t *word)
{
	struct making *m = ctx;
	uint32_t off = m->in->strs[*word];

	*word = __builtin_expect(off || !*word, 1) ? off : intern_string(m, *word);
}

static __attribute__((noinline)) uint32_t new_ref(struct making *m, uint32_t node, uint32_t id)
{
	uint32_t tag = tag_of(m, node, kbtf_type_get(m->in->btf, id));

	if (tag)
		return m->g->refs[node] = tag;
	m->missing = true;
	m->missing_stuck |= m->states[node] == STUCK || m->states[node] == OPEN;
	if (m->note_missing && m->states[node] == NEW)
		push(m, node);
	return 0;
}

KBTF_INLINE void map_id(void *ctx, uint32_t *word)
{
	struct making *m = ctx;
	uint32_t node = kbtf_graph_node(m->in, *word), ref = m->g->refs[node];

	if (__builtin_expect(!ref && node, 0))
		ref = new_ref(m, node, *word);
	*word = ref;
}

/* Equal to nothing else, whatever it refers to: that is left out of its shape. */
static bool stands_alone(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_VAR || kbtf_kind(t) == KBTF_DATASEC;
}

static bool add_alone(struct making *m, uint32_t node, const struct kbtf_type *t)
{
	struct kbtf_type head = { .name_off = intern_string(m, t->name_off),
				  .info = kbtf_info(kbtf_kind(t), 0, 0) };
	uint32_t number = kbtf_pool_add_unique(&m->g->pool, (uint32_t *)&head, 3);

	if (!number)
		m->err = -ENOMEM;
	m->g->shapes[node] = m->g->refs[node] = number;
	return number;
}

/*
 * Make the shape of a node whose references are known. False where some is not:
 * then m->missing_stuck tells whether it never will be.
 */
static bool add_shape(struct making *m, uint32_t node)
{
	struct kbtf_graph *g = m->g;
	uint32_t id = node - m->in->offset, size, number, tag;
	const struct kbtf_type *t;
	uint32_t *words;

	if (node < g->nr_base)
		id = node;
	t = kbtf_type_get(m->in->btf, id);
	if (stands_alone(t))
		return add_alone(m, node, t);
	tag = g->refs[node];
	if (!tag)
		tag = tag_of(m, node, t);
	if (tag && kbtf_is_declaration(t)) {
		g->shapes[node] = g->refs[node] = tag;
		return true;
	}
	size = kbtf_type_size_bytes(m->in->btf, id);
	m->scratch.size = 0;
	words = kbtf_buf_extend(&m->scratch, size);
	if (!words) {
		m->err = -ENOMEM;
		return false;
	}
	memcpy(words, t, size);
	m->missing = m->missing_stuck = false;
	kbtf_each_word((struct kbtf_type *)words, KBTF_NO_LIMIT, map_str, map_id, m);
	if (m->missing || m->err)
		return false;
	number = kbtf_pool_add(&g->pool, words, size / 4);
	if (!number)
		m->err = -ENOMEM;
	g->shapes[node] = number;
	g->refs[node] = tag ? tag : number;
	return true;
}

/* The same where references are to be made first. */
static void add_with_refs(struct making *m, uint32_t start)
{
	m->stack.size = 0;
	push(m, start);
	while (m->stack.size && !m->err) {
		uint32_t *top = (uint32_t *)(m->stack.data + m->stack.size) - 1, node = *top;
		size_t size = m->stack.size;

		if (m->g->shapes[node] || m->states[node] == STUCK) {
			m->stack.size -= sizeof(*top);
			continue;
		}
		m->note_missing = m->states[node] == NEW;
		if (add_shape(m, node)) {
			m->states[node] = DONE;
			m->stack.size = size - sizeof(*top);
		} else if (m->note_missing && m->stack.size > size) {
			m->states[node] = OPEN;
		} else {
			/* All that could be made has been: what is missing waits for this one. */
			m->states[node] = STUCK;
			m->stuck = true;
			m->stack.size = size - sizeof(*top);
		}
	}
	m->note_missing = false;
}

static int add_all(struct making *m)
{
	struct kbtf_graph *g = m->g;
	uint32_t k, node, end;

	for (k = g->lazy ? 1 : 0; k < g->nr_inputs; k++) {
		m->in = &g->inputs[k];
		end = m->in->first + kbtf_nr_types(m->in->btf);
		if (!m->in->first) /* the base, of which each BTF has its part */
			end = g->nr_base;
		for (node = m->in->first ? m->in->first : 1; node < end && !m->err; node++)
			if (!g->shapes[node] && m->states[node] != STUCK && !add_shape(m, node))
				add_with_refs(m, node);
	}
	return m->err;
}

/* Types that reach cycles without names are left: make tags do for names. */
static int add_stuck(struct making *m)
{
	uint32_t node, k;

	m->break_cycles = true;
	/* Tags first, as all stuck types are still known for what they are. */
	for (k = 0; k < m->g->nr_inputs; k++) {
		uint32_t end;

		m->in = &m->g->inputs[k];
		end = m->in->first ? m->in->first + kbtf_nr_types(m->in->btf) : m->g->nr_base;
		for (node = m->in->first ? m->in->first : 1; node < end && !m->err; node++)
			if (m->states[node] == STUCK && !m->g->refs[node])
				m->g->refs[node] = tag_of(m, node, kbtf_graph_type(m->g, node));
	}
	for (node = 1; node < m->g->nr_nodes; node++)
		m->states[node] = m->g->shapes[node] ? DONE : NEW;
	return m->err ? m->err : add_all(m);
}

/* ---- Nodes ------------------------------------------------------------ */

const struct kbtf_dedup_input *kbtf_graph_input(const struct kbtf_graph *g, uint32_t node)
{
	uint32_t low = 0, high = g->nr_inputs;

	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (g->inputs[mid].first <= node)
			low = mid;
		else
			high = mid;
	}
	return &g->inputs[low];
}

const struct kbtf_type *kbtf_graph_type(const struct kbtf_graph *g, uint32_t node)
{
	const struct kbtf_dedup_input *in = kbtf_graph_input(g, node);

	return kbtf_type_get(in->btf, node < g->nr_base ? node : node - in->offset);
}

static int init_input(struct kbtf_dedup_input *in, const struct kbtf *btf, uint32_t first,
		      bool is_looked_up)
{
	in->btf = btf;
	in->first = first;
	in->first_id = btf->first_id;
	in->offset = first ? first - btf->first_id : 0;
	if (is_looked_up)
		return 0;
	in->strs = kbtf_zalloc_array(btf->str_end, sizeof(*in->strs));
	return in->strs ? 0 : -ENOMEM;
}

static int init_nodes(struct kbtf_graph *g, const struct kbtf *base,
		      const struct kbtf *const *inputs, size_t nr_inputs, size_t *ret_nr_words)
{
	uint64_t end = base ? kbtf_end_id(base) : 1;
	const struct kbtf *b;
	size_t i;

	g->base = base;
	g->nr_base = (uint32_t)end;
	g->inputs = kbtf_zalloc_array(nr_inputs + 1, sizeof(*g->inputs));
	if (!g->inputs)
		return -ENOMEM;
	*ret_nr_words = 0;
	for (b = g->lazy ? NULL : base; b; b = b->base)
		*ret_nr_words += b->hdr.type_len / 4;
	if (base && init_input(&g->inputs[g->nr_inputs++], base, 0, g->lazy))
		return -ENOMEM;
	for (i = 0; i < nr_inputs; i++) {
		if (end + inputs[i]->nr_types > KBTF_MAX_TYPES)
			return -E2BIG;
		if (init_input(&g->inputs[g->nr_inputs++], inputs[i], (uint32_t)end, false))
			return -ENOMEM;
		end += inputs[i]->nr_types;
		if (!i)
			*ret_nr_words += inputs[i]->hdr.type_len / 4;
	}
	g->nr_nodes = (uint32_t)end;
	g->shapes = kbtf_zalloc_array(end, sizeof(*g->shapes));
	g->refs = kbtf_zalloc_array(end, sizeof(*g->refs));
	return g->shapes && g->refs ? 0 : -ENOMEM;
}

static int make_shapes(struct kbtf_graph *g, const struct kbtf *base,
		       const struct kbtf *const *inputs, size_t nr_inputs, bool *ret_stuck)
{
	struct making m = { .g = g };
	uint32_t nr_records;
	size_t nr_words;
	int err;

	err = init_nodes(g, base, inputs, nr_inputs, &nr_words);
	/* What inputs have in common is most of them; tags come on top. */
	nr_records = (g->lazy ? 0 : g->nr_base) + (nr_inputs ? kbtf_nr_types(inputs[0]) : 0);
	nr_records += nr_records / 8;
	if (!err)
		err = kbtf_pool_init(&g->pool, nr_records, nr_words + nr_words / 8);
	if (!err)
		err = kbtf_strset_init(&g->strings, base, !g->lazy);
	m.states = kbtf_zalloc_array(g->nr_nodes, 1);
	if (!err && (!m.states || kbtf_strset_reserve(&g->strings, nr_records)))
		err = -ENOMEM;
	if (!err)
		err = add_all(&m);
	*ret_stuck = m.stuck;
	if (!err && m.stuck && !g->lazy)
		err = add_stuck(&m);
	free(m.states);
	kbtf_buf_deinit(&m.scratch);
	kbtf_buf_deinit(&m.stack);
	return err;
}

static bool all_stand_alone(const struct kbtf *const *inputs, size_t nr_inputs)
{
	size_t i;

	for (i = 0; i < nr_inputs; i++)
		if (inputs[i]->base)
			return false;
	return true;
}

int kbtf_graph_init(struct kbtf_graph *g, const struct kbtf *base, const struct kbtf *const *inputs,
		    size_t nr_inputs)
{
	bool stuck = false;
	int err;

	*g = (struct kbtf_graph){ .lazy = base && all_stand_alone(inputs, nr_inputs) };
	err = make_shapes(g, base, inputs, nr_inputs, &stuck);
	if (!err && g->lazy && !stuck)
		err = kbtf_graph_match_base(g, &stuck);
	if (!err && g->lazy && stuck) {
		kbtf_graph_deinit(g);
		err = make_shapes(g, base, inputs, nr_inputs, &stuck);
	}
	if (err)
		kbtf_graph_deinit(g);
	return err;
}

void kbtf_graph_deinit(struct kbtf_graph *g)
{
	uint32_t i;

	for (i = 0; i < g->nr_inputs; i++)
		free(g->inputs[i].strs);
	free(g->inputs);
	free(g->shapes);
	free(g->refs);
	free(g->bodies);
	free(g->marks);
	free(g->classes);
	kbtf_pool_deinit(&g->pool);
	kbtf_base_strings_deinit(&g->base_strings);
	kbtf_strset_deinit(&g->strings);
	*g = (struct kbtf_graph){ 0 };
}
