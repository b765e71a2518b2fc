// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of merging, held against slow ways to say the same. */
#include "laws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/dedup.h>

#include "model.h"

struct merged {
	struct kbtf *btf;
	uint32_t *ids[4];
	size_t nr;
};

static struct merged merged(const struct kbtf *const *inputs, size_t nr, const struct kbtf *base)
{
	struct merged m = { .nr = nr };
	struct kbtf_merge_opts opts = { .base = base, .label = "merged", .ids = m.ids };
	struct kbtf_diag diag;

	assert_true(nr <= 4);
	assert_ok(kbtf_merge(inputs, nr, &opts, &m.btf, &diag), &diag);
	return m;
}

static void merged_free(struct merged *m)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		free(m->ids[i]);
	kbtf_free(m->btf);
}

static struct gen_opts some_opts(struct rng *rng)
{
	return (struct gen_opts){
		.nr_types = 1 + rng_below(rng, 60),
		.nr_names = 1 + rng_below(rng, 30),
		.tame = rng_one_in(rng, 2),
		.declares_no_values = true,
	};
}

/* ---- What types say --------------------------------------------------- */

static bool is_unique(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_VAR || kbtf_kind(t) == KBTF_DATASEC;
}

static unsigned int name_space(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_FWD:
		return kbtf_kflag(t) ? KBTF_UNION : KBTF_STRUCT;
	case KBTF_ENUM64:
		return KBTF_ENUM;
	default:
		return kbtf_kind(t);
	}
}

static bool is_forward(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_FWD || (name_space(t) == KBTF_ENUM && !kbtf_vlen(t));
}

/* What each word of a record is: a number, a string or a type id. */
static char word_sort(const struct kbtf_type *t, uint32_t i)
{
	static const struct {
		const char *head; /* from the third word on */
		const char *elem;
	} rows[KBTF_NR_KINDS] = {
		[KBTF_INT] = { "nn", "" },	   [KBTF_PTR] = { "i", "" },
		[KBTF_ARRAY] = { "niin", "" },	   [KBTF_STRUCT] = { "n", "sin" },
		[KBTF_UNION] = { "n", "sin" },	   [KBTF_ENUM] = { "n", "sn" },
		[KBTF_FWD] = { "n", "" },	   [KBTF_TYPEDEF] = { "i", "" },
		[KBTF_VOLATILE] = { "i", "" },	   [KBTF_CONST] = { "i", "" },
		[KBTF_RESTRICT] = { "i", "" },	   [KBTF_FUNC] = { "i", "" },
		[KBTF_FUNC_PROTO] = { "i", "si" }, [KBTF_VAR] = { "in", "" },
		[KBTF_DATASEC] = { "n", "inn" },   [KBTF_FLOAT] = { "n", "" },
		[KBTF_DECL_TAG] = { "in", "" },	   [KBTF_TYPE_TAG] = { "i", "" },
		[KBTF_ENUM64] = { "n", "snn" },
	};
	size_t nr_head = strlen(rows[kbtf_kind(t)].head);

	if (i < 2)
		return i ? 'n' : 's';
	i -= 2;
	if (i < nr_head)
		return rows[kbtf_kind(t)].head[i];
	return rows[kbtf_kind(t)].elem[(i - nr_head) % strlen(rows[kbtf_kind(t)].elem)];
}

/* A base stays as it is: where it says one thing twice, or only declares what is defined
 * elsewhere, types go on referring to either. */
static bool base_says(const struct kbtf *btf, uint32_t id, uint32_t other)
{
	const struct kbtf_type *t = kbtf_type(btf, id), *u = kbtf_type(btf, other);

	return (id < kbtf_first_id(btf) || other < kbtf_first_id(btf)) &&
	       name_space(t) == name_space(u) && !strcmp(kbtf_name(btf, id), kbtf_name(btf, other));
}

/* Each type says in the result what it said before, with its references mapped. */
static void check_meaning(const struct kbtf *in, const uint32_t *ids, const struct kbtf *out)
{
	uint32_t id, i;

	for (id = kbtf_first_id(in); id < kbtf_end_id(in); id++) {
		const struct kbtf_type *t = kbtf_type(in, id), *u = kbtf_type(out, ids[id]);
		const uint32_t *v = (const uint32_t *)t, *w = (const uint32_t *)u;

		law(ids[id] && u);
		law(!strcmp(kbtf_name(in, id), kbtf_name(out, ids[id])));
		if (is_forward(t) && *kbtf_name(in, id) && !is_forward(u)) {
			law(name_space(t) == name_space(u));
			continue;
		}
		if (is_forward(t) && name_space(t) == KBTF_ENUM && *kbtf_name(in, id))
			continue; /* of any size */
		law(kbtf_type_size_bytes(in, id) == kbtf_type_size_bytes(out, ids[id]));
		for (i = 1; i < kbtf_type_size_bytes(in, id) / 4; i++) {
			char sort = word_sort(t, i);

			if (kbtf_kind(t) == KBTF_FWD && i == 2) /* has no meaning */
				continue;
			law(sort != 'n' || v[i] == w[i]);
			law(sort != 'i' || ids[v[i]] == w[i] || base_says(out, ids[v[i]], w[i]));
			law(sort != 's' || !strcmp(kbtf_string(in, v[i]), kbtf_string(out, w[i])));
		}
	}
}

/* ---- How few there can be --------------------------------------------- */

static bool says_same(const struct kbtf *btf, const uint32_t *classes, uint32_t a, uint32_t b)
{
	const struct kbtf_type *t = kbtf_type(btf, a), *u = kbtf_type(btf, b);
	const uint32_t *v = (const uint32_t *)t, *w = (const uint32_t *)u;
	uint32_t i;

	if (t->info != u->info || is_unique(t))
		return false;
	for (i = 0; i < kbtf_type_size_bytes(btf, a) / 4; i++) {
		char sort = word_sort(t, i);

		if (kbtf_kind(t) == KBTF_FWD && i == 2)
			continue;
		if ((sort == 'n' && v[i] != w[i]) ||
		    (sort == 'i' && classes[v[i]] != classes[w[i]]) ||
		    (sort == 's' && strcmp(kbtf_string(btf, v[i]), kbtf_string(btf, w[i]))))
			return false;
	}
	return true;
}

/* Tell types apart until there is no more that does: each is left alone. */
static void check_no_two_equal(const struct kbtf *btf)
{
	uint32_t n = kbtf_end_id(btf), *classes = calloc(n, 4), *next = calloc(n, 4), id, j;
	uint32_t nr = 1, nr_before;

	assert_non_null(classes);
	assert_non_null(next);
	for (id = 1; id < n; id++)
		classes[id] = 1;
	do {
		nr_before = nr;
		nr = 0;
		for (id = 1; id < n; id++) {
			for (j = 1; j < id; j++)
				if (classes[j] == classes[id] && says_same(btf, classes, j, id))
					break;
			next[id] = j < id ? next[j] : ++nr;
		}
		memcpy(classes, next, n * sizeof(*next));
	} while (nr != nr_before);
	/* of the base there may be equal ones */
	for (id = kbtf_first_id(btf); id < n; id++)
		for (j = 1; j < id; j++)
			law(classes[j] != classes[id]);
	free(classes);
	free(next);
}

/* ---- Laws ------------------------------------------------------------- */

static void check_one(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	struct kbtf *btf = generated(rng, NULL, &opts);
	struct merged once = merged((const struct kbtf *const[]){ btf }, 1, NULL), twice;

	check_meaning(btf, once.ids[0], once.btf);
	check_no_two_equal(once.btf);
	law(kbtf_nr_types(once.btf) <= kbtf_nr_types(btf));
	twice = merged((const struct kbtf *const[]){ once.btf }, 1, NULL);
	/* all but the order of strings */
	law(kbtf_nr_types(once.btf) == kbtf_nr_types(twice.btf));
	law(kbtf_header(once.btf)->str_len == kbtf_header(twice.btf)->str_len);
	law(same_types(once.btf, twice.btf, NULL));
	merged_free(&twice);
	merged_free(&once);
	kbtf_free(btf);
}

static void test_means_the_same_with_no_two_equal(void **state)
{
	(void)state;
	each_seed(1500, check_one);
}

static uint32_t nr_unique(const struct kbtf *btf)
{
	uint32_t id, n = 0;

	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf); id++) {
		const struct kbtf_type *t = kbtf_type(btf, id);

		n += is_unique(t) ||
		     (kbtf_kind(t) == KBTF_DECL_TAG && is_unique(kbtf_type(btf, t->type)));
	}
	return n;
}

static void check_copies(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	struct kbtf *btf, *shuffled;
	struct merged one, two, other;
	struct raw r;

	opts.tame = true;
	btf = generated(rng, NULL, &opts);
	gen_changed(rng, btf, 0, &r);
	shuffled = opened(&r, NULL, "shuffled");
	one = merged((const struct kbtf *const[]){ btf }, 1, NULL);
	two = merged((const struct kbtf *const[]){ btf, btf }, 2, NULL);
	check_meaning(btf, two.ids[0], two.btf);
	check_meaning(btf, two.ids[1], two.btf);
	law(kbtf_nr_types(two.btf) == kbtf_nr_types(one.btf) + nr_unique(one.btf));
	other = merged((const struct kbtf *const[]){ btf, shuffled }, 2, NULL);
	check_meaning(btf, other.ids[0], other.btf);
	check_meaning(shuffled, other.ids[1], other.btf);
	check_no_two_equal(other.btf);
	merged_free(&one);
	merged_free(&two);
	merged_free(&other);
	kbtf_free(shuffled);
	kbtf_free(btf);
}

static void test_a_copy_adds_nothing(void **state)
{
	(void)state;
	each_seed(600, check_copies);
}

static void check_split(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	struct kbtf *base = generated(rng, NULL, &opts), *a, *b, *alone;
	struct merged m;

	opts = some_opts(rng);
	a = generated(rng, base, &opts);
	b = generated(rng, base, &opts);
	opts = some_opts(rng);
	alone = generated(rng, NULL, &opts);
	m = merged((const struct kbtf *const[]){ a, b, alone, base }, 4, base);
	check_meaning(a, m.ids[0], m.btf);
	check_meaning(b, m.ids[1], m.btf);
	check_meaning(alone, m.ids[2], m.btf);
	check_meaning(base, m.ids[3], m.btf);
	check_no_two_equal(m.btf);
	merged_free(&m);
	kbtf_free(alone);
	kbtf_free(b);
	kbtf_free(a);
	kbtf_free(base);
}

/* What the base has is not there again. */
static void check_base(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	struct kbtf *btf;
	struct merged base, m;

	opts.tame = true;
	btf = generated(rng, NULL, &opts);
	base = merged((const struct kbtf *const[]){ btf }, 1, NULL);
	m = merged((const struct kbtf *const[]){ base.btf }, 1, base.btf);
	law(kbtf_nr_types(m.btf) == nr_unique(base.btf));
	merged_free(&m);
	merged_free(&base);
	kbtf_free(btf);
}

/*
 * Of a base only what inputs ask for is looked at, unless one of them stands on it. One that
 * does, and has nothing, changes nothing.
 */
static void check_lazy_base(struct rng *rng)
{
	const struct kbtf_header nothing = {
		.magic = KBTF_MAGIC,
		.version = KBTF_VERSION,
		.hdr_len = KBTF_HEADER_SIZE,
	};
	struct kbtf_open_opts on_base = { .label = "nothing", .flags = KBTF_OPEN_BORROW };
	struct gen_opts opts = some_opts(rng);
	struct kbtf *one = generated(rng, NULL, &opts), *other, *changed, *none;
	struct merged base, lazy, all;
	struct kbtf_diag diag;
	size_t size, all_size;
	const void *bytes;
	struct raw r;

	opts = some_opts(rng);
	other = generated(rng, NULL, &opts);
	gen_changed(rng, one, rng_below(rng, 60), &r);
	changed = opened(&r, NULL, "changed");
	base = merged((const struct kbtf *const[]){ other, changed }, 2, NULL);
	on_base.base = base.btf;
	assert_ok(kbtf_open(&nothing, KBTF_HEADER_SIZE, &on_base, &none, &diag), &diag);
	lazy = merged((const struct kbtf *const[]){ one, other }, 2, base.btf);
	all = merged((const struct kbtf *const[]){ one, other, none }, 3, base.btf);
	check_meaning(one, lazy.ids[0], lazy.btf);
	bytes = kbtf_bytes(all.btf, &all_size);
	law(!memcmp(kbtf_bytes(lazy.btf, &size), bytes, all_size < size ? all_size : size));
	law(size == all_size);
	merged_free(&lazy);
	merged_free(&all);
	kbtf_free(none);
	merged_free(&base);
	kbtf_free(changed);
	kbtf_free(other);
	kbtf_free(one);
}

static void test_what_is_not_asked_for_makes_no_difference(void **state)
{
	(void)state;
	each_seed(1500, check_lazy_base);
}

static void test_a_base_is_not_repeated(void **state)
{
	(void)state;
	each_seed(1000, check_base);
}

static void test_on_a_base(void **state)
{
	(void)state;
	each_seed(1000, check_split);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_means_the_same_with_no_two_equal),
		cmocka_unit_test(test_a_copy_adds_nothing),
		cmocka_unit_test(test_on_a_base),
		cmocka_unit_test(test_a_base_is_not_repeated),
		cmocka_unit_test(test_what_is_not_asked_for_makes_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
