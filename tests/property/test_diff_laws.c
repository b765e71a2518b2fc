// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of diff. */
#include "laws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/diff.h>

static struct kbtf *make_kernel(struct rng *rng)
{
	const struct gen_opts opts = { .nr_types = 1 + rng_below(rng, 60),
				       .nr_names = 1 + rng_below(rng, 60),
				       .tame = !rng_one_in(rng, 4) };

	return generated(rng, NULL, &opts);
}

static struct kbtf *make_changed(struct rng *rng, const struct kbtf *from, uint32_t nr_changes)
{
	struct raw r;

	gen_changed(rng, from, nr_changes, &r);
	return opened(&r, NULL, "changed");
}

static struct kbtf_diff *diff_of(const struct kbtf *old, const struct kbtf *new)
{
	struct kbtf_diff *diff;
	struct kbtf_diag diag;

	assert_ok(kbtf_diff_new(old, new, NULL, &diff, &diag), &diag);
	return diff;
}

static void law_empty(const struct kbtf *old, const struct kbtf *new)
{
	struct kbtf_diff *diff = diff_of(old, new);

	if (kbtf_diff_nr_types(diff))
		fail_msg("seed %u: %s differs", law_seed, kbtf_diff_type(diff, 0)->name);
	kbtf_diff_free(diff);
}

/* ---- Nothing changed ---- */

static void check_same(struct rng *rng)
{
	struct kbtf *kernel = make_kernel(rng), *other = make_changed(rng, kernel, 0);

	law_empty(kernel, kernel);
	law_empty(kernel, other);
	law_empty(other, kernel);
	kbtf_free(other);
	kbtf_free(kernel);
}

static void test_nothing_differs_from_itself_in_any_order(void **state)
{
	(void)state;
	each_seed(3000, check_same);
}

static void check_same_split(struct rng *rng)
{
	const struct gen_opts opts = { .nr_types = 1 + rng_below(rng, 30),
				       .nr_names = 20,
				       .tame = true };
	struct kbtf *kernel = make_kernel(rng), *split = generated(rng, kernel, &opts);

	law_empty(split, split);
	kbtf_free(split);
	kbtf_free(kernel);
}

static void test_split_does_not_differ_from_itself(void **state)
{
	(void)state;
	each_seed(1000, check_same_split);
}

/* ---- The other way round ---- */

static void put_side(char *line, size_t size, const struct kbtf_diff_side *s)
{
	if (s)
		snprintf(line + strlen(line), size - strlen(line), "(%s %s %s %llu %llu %u %llu)",
			 s->name, s->path, s->text ? s->text : "",
			 (unsigned long long)s->offset_bits, (unsigned long long)s->size_bits,
			 s->bitfield_bits, (unsigned long long)s->value);
	else
		strcat(line, "()");
}

/* A change as text; mirrored: as if the sides were exchanged. */
static char *change_text(const struct kbtf_change *c, bool mirrored)
{
	unsigned int how = c->how & ~(unsigned int)(KBTF_HOW_ADDED | KBTF_HOW_REMOVED);
	char line[2048];

	if (c->how & KBTF_HOW_ADDED)
		how |= mirrored ? KBTF_HOW_REMOVED : KBTF_HOW_ADDED;
	if (c->how & KBTF_HOW_REMOVED)
		how |= mirrored ? KBTF_HOW_ADDED : KBTF_HOW_REMOVED;
	snprintf(line, sizeof(line), "\t%s %x ", kbtf_diff_part_name(c->part), how);
	put_side(line, sizeof(line), mirrored ? c->new_side : c->old_side);
	put_side(line, sizeof(line), mirrored ? c->old_side : c->new_side);
	return strdup(line);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All of a type as text. Its changes are sorted: where what is gone stands is no law. */
static char *type_text(const struct kbtf_type_diff *t, bool mirrored)
{
	char **changes = calloc(t->nr_changes + 1, sizeof(*changes)), *text;
	enum kbtf_diff_layout layout = t->layout;
	enum kbtf_diff_what what = t->what;
	size_t i, size = 256;

	if (layout == KBTF_LAYOUT_RENAMED) /* what was only added is only removed */
		layout = KBTF_LAYOUT_FILLED;
	if (mirrored && what != KBTF_DIFF_CHANGED)
		what = what == KBTF_DIFF_ADDED ? KBTF_DIFF_REMOVED : KBTF_DIFF_ADDED;
	assert_non_null(changes);
	for (i = 0; i < t->nr_changes; i++) {
		changes[i] = change_text(&t->changes[i], mirrored);
		size += strlen(changes[i]);
	}
	if (t->nr_changes)
		qsort(changes, t->nr_changes, sizeof(*changes), by_text);
	text = malloc(size);
	assert_non_null(text);
	sprintf(text, "%s %u %.60s %u %u %u", kbtf_diff_what_name(what), t->kind, t->name, layout,
		(unsigned int)(mirrored ? t->new_size : t->old_size),
		(unsigned int)(mirrored ? t->old_size : t->new_size));
	for (i = 0; i < t->nr_changes; i++) {
		strcat(text, changes[i]);
		free(changes[i]);
	}
	free(changes);
	return text;
}

static char **diff_texts(const struct kbtf_diff *diff, bool mirrored)
{
	size_t i, nr = kbtf_diff_nr_types(diff);
	char **texts = calloc(nr + 1, sizeof(*texts));

	assert_non_null(texts);
	for (i = 0; i < nr; i++)
		texts[i] = type_text(kbtf_diff_type(diff, i), mirrored);
	if (nr)
		qsort(texts, nr, sizeof(*texts), by_text);
	return texts;
}

static void law_same_texts(const struct kbtf_diff *one, const struct kbtf_diff *other,
			   bool mirrored)
{
	size_t i, nr = kbtf_diff_nr_types(one);
	char **a, **b;

	law(nr == kbtf_diff_nr_types(other));
	a = diff_texts(one, false);
	b = diff_texts(other, mirrored);
	for (i = 0; i < nr; i++) {
		if (strcmp(a[i], b[i]))
			fail_msg("seed %u:\n%s\n%s", law_seed, a[i], b[i]);
		free(a[i]);
		free(b[i]);
	}
	free(a);
	free(b);
}

static unsigned int nr_added, nr_removed, nr_changed;

static void count_types(const struct kbtf_diff *diff)
{
	const struct kbtf_diff_summary *sum = kbtf_diff_summary(diff);
	size_t counts[KBTF_NR_DIFF_WHATS] = { 0 }, i;
	unsigned int kind, what;

	for (i = 0; i < kbtf_diff_nr_types(diff); i++) {
		const struct kbtf_type_diff *t = kbtf_diff_type(diff, i);

		counts[t->what]++;
		law(!t->nr_changes == (t->what != KBTF_DIFF_CHANGED));
		law(!t->old_id == (t->what == KBTF_DIFF_ADDED));
		law(!t->new_id == (t->what == KBTF_DIFF_REMOVED));
	}
	for (what = 0; what < KBTF_NR_DIFF_WHATS; what++) {
		size_t n = 0;

		for (kind = 0; kind < KBTF_NR_KINDS; kind++)
			n += sum->nr_types[kind][what];
		law(n == counts[what]);
	}
	nr_added += (unsigned int)counts[KBTF_DIFF_ADDED];
	nr_removed += (unsigned int)counts[KBTF_DIFF_REMOVED];
	nr_changed += (unsigned int)counts[KBTF_DIFF_CHANGED];
}

/* A diff and its mirror image, and the same of renumbered types, tell the same. */
static void check_mirror(struct rng *rng)
{
	struct kbtf *old = make_kernel(rng), *new = make_changed(rng, old, 1 + rng_below(rng, 9));
	struct kbtf *old_again = make_changed(rng, old, 0), *new_again = make_changed(rng, new, 0);
	struct kbtf_diff *there = diff_of(old, new), *back = diff_of(new, old);
	struct kbtf_diff *again = diff_of(old_again, new_again);

	count_types(there);
	law_same_texts(there, back, true);
	law_same_texts(there, again, false);
	kbtf_diff_free(again);
	kbtf_diff_free(back);
	kbtf_diff_free(there);
	kbtf_free(new_again);
	kbtf_free(old_again);
	kbtf_free(new);
	kbtf_free(old);
}

static void test_mirrors(void **state)
{
	(void)state;
	each_seed(3000, check_mirror);
	if (ran_all_seeds())
		assert_true(nr_added > 500 && nr_removed > 500 && nr_changed > 500);
}

/* ---- Every change of one thing is named ---- */

/* What is to be told of a mutation: the name of the type, and the part if it has a name. */
struct expected {
	const char *type;
	enum kbtf_diff_part part;
	unsigned int how;
	const char *name; /* of the part on either side; NULL: any part */
};

static uint32_t *words_of(struct raw *r, const struct kbtf *btf, uint32_t id)
{
	return (uint32_t *)(r->types.data + (kbtf_type_offset(btf, id) - kbtf_type_offset(btf, 1)));
}

/* All types and strings of BTF, to be changed. */
static void raw_copy(const struct kbtf *btf, struct raw *r)
{
	const struct kbtf_header *h = kbtf_header(btf);
	const uint8_t *bytes = kbtf_bytes(btf, NULL);
	uint32_t i;

	raw_init(r, 0);
	r->strings.size = 0;
	for (i = 0; i + 4 <= h->type_len; i += 4) {
		uint32_t word;

		memcpy(&word, bytes + h->hdr_len + h->type_off + i, 4);
		raw_word(r, word);
	}
	r->strings.data = realloc(r->strings.data, h->str_len + 1);
	assert_non_null(r->strings.data);
	memcpy(r->strings.data, bytes + h->hdr_len + h->str_off, h->str_len);
	r->strings.size = h->str_len;
	r->strings.room = h->str_len + 1;
}

/* A type at the end that nothing else is like; its id. */
static uint32_t add_fresh(struct raw *r, const struct kbtf *btf)
{
	raw_type(r, KBTF_INT, raw_string(r, "fresh"), 0, 0, 4);
	raw_word(r, 32);
	return kbtf_end_id(btf);
}

/* Take words out of a record, whose vlen goes down by one. */
static void drop_words(struct raw *r, uint32_t *record, uint32_t at, uint32_t nr)
{
	uint8_t *from = (uint8_t *)(record + at + nr), *to = (uint8_t *)(record + at);

	memmove(to, from, (size_t)(r->types.data + r->types.size - from));
	r->types.size -= 4 * nr;
	record[1]--;
}

static bool mutate_member(struct rng *rng, struct raw *r, const struct kbtf *btf, uint32_t id,
			  struct expected *e)
{
	const struct kbtf_type *t = kbtf_type(btf, id);
	uint32_t i = rng_below(rng, kbtf_vlen(t)), *w = words_of(r, btf, id);
	uint32_t fresh;

	e->part = KBTF_PART_MEMBER;
	if (!kbtf_vlen(t) || !*kbtf_string(btf, kbtf_members(t)[i].name_off))
		return false;
	e->name = kbtf_string(btf, kbtf_members(t)[i].name_off);
	switch (rng_below(rng, 5)) {
	case 0:
		w[3 + 3 * i + 2] ^= 8;
		e->how = KBTF_HOW_MOVED;
		return true;
	case 1:
		w[3 + 3 * i] = raw_string(r, "fresh");
		e->how = KBTF_HOW_RENAMED;
		return true;
	case 2:
		fresh = add_fresh(r, btf);
		words_of(r, btf, id)[3 + 3 * i + 1] = fresh;
		e->how = KBTF_HOW_RETYPED;
		return true;
	case 3:
		drop_words(r, w, 3 + 3 * i, 3);
		e->how = KBTF_HOW_REMOVED;
		return true;
	default:
		if (!kbtf_kflag(t))
			return false;
		w[3 + 3 * i + 2] ^= 1u << 24;
		e->how = KBTF_HOW_RESIZED;
		return true;
	}
}

static bool mutate_enum(struct rng *rng, struct raw *r, const struct kbtf *btf, uint32_t id,
			struct expected *e)
{
	const struct kbtf_type *t = kbtf_type(btf, id);
	uint32_t i = rng_below(rng, kbtf_vlen(t)), *w = words_of(r, btf, id);
	uint32_t stride = kbtf_kind(t) == KBTF_ENUM64 ? 3 : 2, *at = w + 3 + stride * i;

	e->part = KBTF_PART_ENUMERATOR;
	if (!kbtf_vlen(t))
		return false;
	e->name = kbtf_string(btf, at[0]);
	switch (rng_below(rng, 3)) {
	case 0:
		at[1 + rng_below(rng, stride - 1)] ^= 1u << rng_below(rng, 31);
		e->how = KBTF_HOW_REVALUED;
		return true;
	case 1:
		at[0] = raw_string(r, "fresh");
		e->how = KBTF_HOW_REMOVED;
		return true;
	default:
		drop_words(r, w, 3 + stride * i, stride);
		e->how = KBTF_HOW_REMOVED;
		return true;
	}
}

static bool mutate_func(struct rng *rng, struct raw *r, const struct kbtf *btf, uint32_t id,
			struct expected *e)
{
	uint32_t proto = kbtf_type(btf, id)->type, fresh;
	const struct kbtf_type *t = kbtf_type(btf, proto);
	uint32_t i = rng_below(rng, kbtf_vlen(t)), *w = words_of(r, btf, proto);

	switch (rng_below(rng, 4)) {
	case 0:
		fresh = add_fresh(r, btf);
		words_of(r, btf, proto)[2] = fresh;
		e->part = KBTF_PART_RETURN;
		e->how = KBTF_HOW_RETYPED;
		return true;
	case 1:
		words_of(r, btf, id)[1] ^= 1;
		e->part = KBTF_PART_ATTRIBUTE;
		e->how = KBTF_HOW_REVALUED;
		e->name = "linkage";
		return true;
	case 2:
		if (!kbtf_vlen(t))
			return false;
		fresh = add_fresh(r, btf);
		words_of(r, btf, proto)[3 + 2 * i + 1] = fresh;
		e->part = KBTF_PART_PARAM;
		e->how = KBTF_HOW_RETYPED;
		return true;
	default:
		if (!kbtf_vlen(t))
			return false;
		drop_words(r, w, 3 + 2 * (kbtf_vlen(t) - 1), 2);
		e->part = KBTF_PART_PARAM;
		e->how = KBTF_HOW_REMOVED;
		return true;
	}
}

static bool mutate_whole(struct rng *rng, struct raw *r, const struct kbtf *btf, uint32_t id,
			 struct expected *e)
{
	unsigned int kind = kbtf_kind(kbtf_type(btf, id));
	uint32_t fresh;

	e->part = KBTF_PART_ATTRIBUTE;
	e->how = KBTF_HOW_REVALUED;
	switch (kind) {
	case KBTF_INT:
		if (rng_one_in(rng, 2)) {
			words_of(r, btf, id)[3] ^= 1u << 24;
			e->name = "encoding";
			return true;
		}
		/* fall through */
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_FLOAT:
		words_of(r, btf, id)[2] ^= 64;
		e->name = "size";
		return true;
	case KBTF_TYPEDEF:
	case KBTF_VAR:
		fresh = add_fresh(r, btf);
		words_of(r, btf, id)[2] = fresh;
		e->part = KBTF_PART_TARGET;
		e->how = KBTF_HOW_RETYPED;
		return true;
	default:
		return false;
	}
}

static bool mutate(struct rng *rng, struct raw *r, const struct kbtf *btf, uint32_t id,
		   struct expected *e)
{
	unsigned int kind = kbtf_kind(kbtf_type(btf, id));

	if (rng_one_in(rng, 8)) {
		raw_type(r, KBTF_DECL_TAG, raw_string(r, "fresh"), 0, 0, id);
		raw_word(r, UINT32_MAX);
		e->part = KBTF_PART_TAG;
		e->how = KBTF_HOW_ADDED;
		return kind == KBTF_STRUCT || kind == KBTF_FUNC || kind == KBTF_TYPEDEF ||
		       kind == KBTF_VAR;
	}
	if (rng_one_in(rng, 4))
		return mutate_whole(rng, r, btf, id, e);
	switch (kind) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		return mutate_member(rng, r, btf, id, e);
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return mutate_enum(rng, r, btf, id, e);
	case KBTF_FUNC:
		return mutate_func(rng, r, btf, id, e);
	default:
		return false;
	}
}

/* Whether another type has its kind and name, so that the two may be mistaken for each other. */
static bool shares_name(const struct kbtf *btf, uint32_t id)
{
	uint32_t other;

	for (other = 1; other < kbtf_end_id(btf); other++)
		if (other != id && !strcmp(kbtf_name(btf, other), kbtf_name(btf, id)))
			return true;
	return false;
}

static bool is_told(const struct kbtf_type_diff *t, const struct expected *e)
{
	size_t i;

	for (i = 0; i < t->nr_changes; i++) {
		const struct kbtf_change *c = &t->changes[i];

		if (c->part != e->part || !(c->how & e->how))
			continue;
		if (!e->name || (c->old_side && !strcmp(c->old_side->name, e->name)) ||
		    (c->new_side && !strcmp(c->new_side->name, e->name)))
			return true;
	}
	return false;
}

static unsigned int nr_mutations;

static void check_mutation(struct rng *rng)
{
	const struct gen_opts opts = { .nr_types = 1 + rng_below(rng, 60),
				       .nr_names = 400,
				       .tame = true };
	struct kbtf *old = generated(rng, NULL, &opts), *new;
	uint32_t id = 1 + rng_below(rng, kbtf_nr_types(old));
	struct expected e = { .type = kbtf_name(old, id) };
	struct kbtf_diff *diff;
	bool told = false;
	struct raw r;
	size_t i;

	raw_copy(old, &r);
	if (!*e.type || shares_name(old, id) || !mutate(rng, &r, old, id, &e)) {
		raw_deinit(&r);
		kbtf_free(old);
		return;
	}
	new = opened(&r, NULL, "mutated");
	diff = diff_of(old, new);
	for (i = 0; i < kbtf_diff_nr_types(diff); i++)
		if (!strcmp(kbtf_diff_type(diff, i)->name, e.type))
			told |= is_told(kbtf_diff_type(diff, i), &e);
	if (!told)
		fail_msg("seed %u: %s of type [%u] %s is not told", law_seed,
			 kbtf_diff_part_name(e.part), id, e.type);
	nr_mutations++;
	kbtf_diff_free(diff);
	kbtf_free(new);
	kbtf_free(old);
}

static void test_every_mutation_is_named(void **state)
{
	(void)state;
	each_seed(20000, check_mutation);
	if (ran_all_seeds())
		assert_true(nr_mutations > 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_differs_from_itself_in_any_order),
		cmocka_unit_test(test_split_does_not_differ_from_itself),
		cmocka_unit_test(test_mirrors),
		cmocka_unit_test(test_every_mutation_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
