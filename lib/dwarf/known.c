// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types whose shapes are in the pool already, which after some units nearly all are.
 *
 * Units include the same headers, so what came behind a shape the last time will mostly come behind
 * it again. Such a guess is held against the entry itself; only where it is wrong a record is made
 * and looked for.
 *
 * Types that refer to others come after them, wherever they are in the unit:
 *
 *   all but composites, which refer to those with names by their tags   [RANK_PLAIN]
 *   composites without names                                            [RANK_INNER]
 *   others, whose members have any of them                              [RANK_NAMED]
 *
 * Nothing is added to the pool. What is not there, and what is wrong with an entry, is left to
 * shape.c, which meets the rest in the order of the file: so numbers do not depend on what is found
 * here.
 */
#include <errno.h>

#include "shape.h"

/* What is further away than that is left. */
#define MOST_DEPTH 32u

/* In place of a shape: it is being looked for, or was not found. */
#define SHAPE_NEW (SHAPE_VOID - 1)

enum rank {
	RANK_PLAIN,
	RANK_INNER,
	RANK_NAMED,
};

struct search {
	struct shaping *s;
	const struct kbtf_pool *pool;
	const struct kbtf_elem_entry *elems;
	uint32_t *nexts; /* by shape: the one that came behind it the last time; 0: none did */
	uint32_t last;	 /* shape that was found */
	unsigned int depth;
};

static enum rank rank_of(const struct kbtf_type_entry *t)
{
	if (t->kind != KBTF_STRUCT && t->kind != KBTF_UNION)
		return RANK_PLAIN;
	return t->name ? RANK_NAMED : RANK_INNER;
}

/* ---- References ------------------------------------------------------- */

static uint32_t find_tag(const struct search *f, const struct kbtf_type_entry *t)
{
	const uint32_t words[] = { t->name, tag_info(t), 0 };
	struct kbtf_seen_tag *seen = kbtf_collect_seen_tag(f->s->c, words[0], words[1]);

	if (seen->name != words[0] || seen->info != words[1]) {
		seen->number = kbtf_pool_find(f->pool, words, 3);
		seen->name = seen->number ? words[0] : 0;
		seen->info = words[1];
	}
	return seen->number;
}

static void find_type(struct search *f, uint32_t i);

static __attribute__((noinline)) bool find_ref(struct search *f, uint32_t place, uint32_t *ret)
{
	uint32_t i = kbtf_entries_find(f->s->e, ENTRY_TYPE, place);
	struct kbtf_type_ref *ref;

	if (i == NO_ENTRY)
		return false;
	ref = &f->s->refs[i];
	if (!ref->shape && has_tag(&f->s->types[i]))
		ref->shape = find_tag(f, &f->s->types[i]);
	else if (!ref->shape && !f->s->shapes[i])
		find_type(f, i);
	*ret = ref->shape == SHAPE_VOID ? 0 : ref->shape;
	return ref->shape;
}

/* What a reference is in a record; false where that is not in the pool. */
static inline bool get_ref(struct search *f, uint32_t place, uint32_t *ret)
{
	const struct kbtf_type_ref *ref;

	*ret = 0;
	if (!place)
		return true;
	ref = ref_at(f->s, place);
	if (__builtin_expect(!ref || !ref->shape || ref->shape == SHAPE_VOID, 0))
		return find_ref(f, place, ret);
	*ret = ref->shape;
	return true;
}

static bool have_refs(struct search *f, const struct kbtf_type_entry *t)
{
	const struct kbtf_elem_entry *elem = f->elems + t->first;
	uint32_t i, ref;

	if (t->kind != KBTF_INT && t->kind != KBTF_ENUM && !get_ref(f, t->ref, &ref))
		return false;
	if (rank_of(t) == RANK_PLAIN && t->kind != KBTF_FUNC_PROTO)
		return true;
	for (i = 0; i < t->nr; i++)
		if (!get_ref(f, elem[i].ref, &ref))
			return false;
	return true;
}

/* ---- Shapes ----------------------------------------------------------- */

/* What came behind the last one the last time; 0: nothing did. */
static uint32_t guess(const struct search *f)
{
	return f->nexts[f->last];
}

/* Where one is there, it was found behind the one that was the last then. */
static uint32_t note(struct search *f, uint32_t last, uint32_t found)
{
	if (found) {
		f->nexts[last] = found;
		f->last = found;
	}
	return found;
}

/* Those of equal heads have equally many words. */
static bool are_same(const uint32_t *a, const uint32_t *b, uint32_t nr)
{
	return a[1] == b[1] && a[2] == b[2] && a[0] == b[0] &&
	       !memcmp(a + 3, b + 3, ((size_t)nr - 3) * sizeof(*a));
}

static uint32_t find_words(struct search *f, const uint32_t *words, uint32_t nr)
{
	uint32_t number = guess(f);

	if (number && are_same(kbtf_pool_get(f->pool, number), words, nr))
		return f->last = number;
	return note(f, f->last, kbtf_pool_find(f->pool, words, nr));
}

static uint32_t find_link(struct search *f, const struct kbtf_type_entry *t, uint32_t name)
{
	uint32_t words[] = { name, kbtf_info(t->kind, 0, 0), 0 };

	return get_ref(f, t->ref, &words[2]) ? find_words(f, words, 3) : 0;
}

static uint32_t find_array(struct search *f, const struct kbtf_type_entry *t)
{
	uint32_t words[] = { 0, kbtf_info(KBTF_ARRAY, 0, 0), 0, 0, f->s->c->int_shape, t->size };

	return get_ref(f, t->ref, &words[3]) ? find_words(f, words, 6) : 0;
}

/* The record itself is made, and looked for if it is not the one that was guessed. */
static uint32_t find_made(struct search *f, const struct kbtf_type_entry *t)
{
	uint32_t last = f->last;

	return have_refs(f, t) ? note(f, last, kbtf_shape_make(f->s, t)) : 0;
}

static bool is_composite(struct search *f, const struct kbtf_type_entry *t, const uint32_t *words)
{
	const struct kbtf_elem_entry *m = f->elems + t->first, *end = m + t->nr;
	unsigned int kflag = words[1] >> 31, bits = 0;
	uint32_t ref;

	if (words[0] != t->name || words[1] != kbtf_info(t->kind, t->nr, kflag) ||
	    words[2] != t->size || t->nr > MOST_ELEMS)
		return false;
	for (words += 3; m < end; m++, words += 3) {
		if (words[0] != m->name || words[2] != (m->bit_offset | (uint32_t)m->bits << 24) ||
		    m->is_old || (kflag && m->bit_offset > MOST_BIT_OFFSET))
			return false;
		if (!get_ref(f, m->ref, &ref) || words[1] != ref)
			return false;
		bits |= m->bits;
	}
	return kflag == (bits != 0);
}

static bool is_proto(struct search *f, const struct kbtf_type_entry *t, const uint32_t *words)
{
	const struct kbtf_elem_entry *p = f->elems + t->first, *end = p + t->nr;
	uint32_t more = t->flags & TYPE_IS_VARIADIC ? 1 : 0, ref;

	if (t->nr >= MOST_ELEMS || words[1] != kbtf_info(KBTF_FUNC_PROTO, t->nr + more, 0) ||
	    !get_ref(f, t->ref, &ref) || words[2] != ref)
		return false;
	for (words += 3; p < end; p++, words += 2)
		if (words[0] != p->name || !get_ref(f, p->ref, &ref) || words[1] != ref)
			return false;
	return !more || !(words[0] | words[1]);
}

static uint32_t find_with_elems(struct search *f, const struct kbtf_type_entry *t,
				bool (*is_same)(struct search *f, const struct kbtf_type_entry *t,
						const uint32_t *words))
{
	uint32_t number = guess(f);

	if (number && is_same(f, t, kbtf_pool_get(f->pool, number)))
		return f->last = number;
	return find_made(f, t);
}

static uint32_t find_shape(struct search *f, const struct kbtf_type_entry *t)
{
	uint32_t ref;

	switch (t->kind) {
	case TYPE_VOID:
		return SHAPE_VOID;
	case TYPE_SAME:
		return !get_ref(f, t->ref, &ref) ? 0 : ref ? ref : SHAPE_VOID;
	case KBTF_PTR:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
		return find_link(f, t, 0);
	case KBTF_TYPEDEF:
	case KBTF_TYPE_TAG:
		return find_link(f, t, t->name);
	case KBTF_ARRAY:
		return find_array(f, t);
	case KBTF_FUNC_PROTO:
		return have_refs(f, t) ? find_with_elems(f, t, is_proto) : 0;
	case KBTF_STRUCT:
	case KBTF_UNION:
		return find_with_elems(f, t, is_composite);
	default:
		return find_made(f, t);
	}
}

static void find_type(struct search *f, uint32_t i)
{
	const struct kbtf_type_entry *t = &f->s->types[i];
	struct kbtf_type_ref *ref = &f->s->refs[i];
	bool tagged = has_tag(t);
	uint32_t shape = 0;

	f->s->shapes[i] = SHAPE_NEW;
	if (tagged && !ref->shape)
		ref->shape = find_tag(f, t);
	if (f->depth++ < MOST_DEPTH && (!tagged || ref->shape))
		shape = tagged && t->flags & TYPE_IS_DECLARED ? ref->shape : find_shape(f, t);
	f->depth--;
	if (!shape)
		return;
	f->s->shapes[i] = shape;
	if (!tagged)
		ref->shape = shape;
}

/* Composites are put off, and put down by number. */
static int find_plain(struct search *f, struct kbtf_buf *composites)
{
	uint32_t i;

	composites->size = 0;
	for (i = 0; i < f->s->nr; i++) {
		if (rank_of(&f->s->types[i]) != RANK_PLAIN) {
			if (kbtf_buf_append(composites, &i, sizeof(i)))
				return -ENOMEM;
		} else if (!f->s->shapes[i]) {
			find_type(f, i);
		}
	}
	return 0;
}

static void find_composites(struct search *f, const struct kbtf_buf *composites, enum rank rank)
{
	const uint32_t *numbers = (const uint32_t *)composites->data;
	size_t nr = composites->size / sizeof(*numbers), n;

	for (n = 0; n < nr; n++)
		if (!f->s->shapes[numbers[n]] && rank_of(&f->s->types[numbers[n]]) == rank)
			find_type(f, numbers[n]);
}

int kbtf_shapes_find(struct shaping *s)
{
	struct search f = {
		.s = s,
		.pool = &s->c->pool,
		.elems = kbtf_entry_elems(s->e),
		.nexts = kbtf_collect_by_shape(s->c, &s->c->nexts),
	};
	uint32_t i;

	if (!f.nexts)
		return -ENOMEM;
	s->find_only = true;
	if (find_plain(&f, &s->c->stack))
		return -ENOMEM;
	find_composites(&f, &s->c->stack, RANK_INNER);
	find_composites(&f, &s->c->stack, RANK_NAMED);
	s->find_only = false;
	for (i = 0; i < s->nr; i++)
		if (s->shapes[i] == SHAPE_NEW)
			s->shapes[i] = 0;
	return s->err;
}
