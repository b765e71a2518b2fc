// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of BTF that is taken apart, and of reading .BTF_ids without symbols. */
#include "laws.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kbtf/partition.h>

#include "closure_model.h"
#include "model.h"

#define MAX_IDS 40u

/* A kernel whose .BTF_ids are of random lists and sets, and its parts. */
struct world {
	struct kbtf *whole;
	struct kbtf_kernel_roots *roots;
	uint32_t words[4 * MAX_IDS]; /* in host order */
	uint8_t is_id[4 * MAX_IDS];
	uint32_t nr_words;
	bool is_like_kernel; /* ids are of kinds that .BTF_ids can name; otherwise of any */
	struct kbtf_ids *ids;
	unsigned int sources;
	struct kbtf_partition made;
};

static void add_symbol(struct world *w, const char *form, uint32_t word, uint32_t nr_words)
{
	char name[64];

	snprintf(name, sizeof(name), "__BTF_ID__%s__s%u__%u", form, word, word);
	law(!kbtf_ids_add_symbol(w->ids, name, 4 * word, 4 * nr_words, NULL));
}

static uint32_t put(struct world *w, uint32_t word, bool is_id)
{
	w->words[w->nr_words] = word;
	w->is_id[w->nr_words] = is_id;
	return w->nr_words++;
}

static int compare_u32(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool names_type(const struct kbtf *btf, uint32_t id, bool only_func)
{
	const struct kbtf_type *t = kbtf_type(btf, id);
	unsigned int kind = t ? kbtf_kind(t) : 0;

	if (!id || !t || !*kbtf_name(btf, id))
		return false;
	return kind == KBTF_FUNC || (!only_func && (kbtf_is_composite(t) || kind == KBTF_TYPEDEF));
}

static uint32_t pick_id(const struct world *w, struct rng *rng, bool only_func)
{
	unsigned int tries;
	uint32_t id = 0;

	for (tries = 0; tries < 50; tries++) {
		id = rng_below(rng, kbtf_end_id(w->whole));
		if (!w->is_like_kernel || names_type(w->whole, id, only_func))
			return id;
	}
	return 0;
}

/* What an item is, so that symbols can be told of it once all words are there. */
struct item {
	uint32_t word, nr, stride; /* stride 0: one id */
};

static void put_item(struct world *w, struct rng *rng, struct item *item)
{
	uint32_t nr = 1 + rng_below(rng, 5), members[8], i;

	item->stride = rng_below(rng, 3);
	if (!item->stride) {
		item->word = put(w, pick_id(w, rng, false), true);
		return;
	}
	item->word = put(w, nr, false);
	item->nr = nr;
	if (item->stride == 2)
		put(w, rng_below(rng, 2), false);
	for (i = 0; i < nr; i++)
		members[i] = pick_id(w, rng, item->stride == 2);
	qsort(members, nr, sizeof(*members), compare_u32);
	for (i = 0; i < nr; i++) {
		put(w, members[i], true);
		if (item->stride == 2)
			put(w, rng_below(rng, 64), false);
	}
}

static void tell(struct world *w, const struct item *item)
{
	uint32_t i, first = item->word + item->stride;

	if (!item->stride) {
		add_symbol(w, "struct", item->word, 1);
		return;
	}
	add_symbol(w, item->stride == 2 ? "set8" : "set", item->word,
		   item->stride * (item->nr + 1));
	for (i = 0; i < item->nr; i++)
		add_symbol(w, "func", first + i * item->stride, 1);
}

static void make_ids(struct world *w, struct rng *rng, bool swapped)
{
	struct item items[MAX_IDS / 8] = { 0 };
	uint32_t nr = rng_below(rng, MAX_IDS / 8), i, stored[4 * MAX_IDS];

	for (i = 0; i < nr; i++)
		put_item(w, rng, &items[i]);
	for (i = 0; i < w->nr_words; i++)
		stored[i] = swapped ? __builtin_bswap32(w->words[i]) : w->words[i];
	law(!kbtf_ids_new(stored, 4 * (size_t)w->nr_words, swapped, &w->ids, NULL));
	for (i = 0; i < nr; i++)
		tell(w, &items[i]);
	law(!kbtf_ids_check(w->ids, NULL));
}

static void world_init(struct world *w, struct rng *rng)
{
	struct gen_opts opts = { .nr_types = 1 + rng_below(rng, 80),
				 .nr_names = 60,
				 .tame = rng_one_in(rng, 2) };
	struct kbtf_diag diag;
	struct raw r;

	memset(w, 0, sizeof(*w));
	gen_btf(rng, NULL, &opts, &r);
	r.swapped = rng_one_in(rng, 2);
	w->whole = opened(&r, NULL, "vmlinux");
	w->is_like_kernel = rng_one_in(rng, 2);
	make_ids(w, rng, kbtf_is_swapped(w->whole));
	w->sources = rng_one_in(rng, 4) ? 0 : UINT32_MAX;
	law(!kbtf_kernel_roots_new(w->whole, &w->roots, NULL));
	assert_ok(kbtf_kernel_roots_add_ids(w->roots, w->ids, &diag), &diag);
	assert_ok(kbtf_partition(w->roots, w->sources, w->ids, &w->made, &diag), &diag);
}

static void world_deinit(struct world *w)
{
	kbtf_partition_deinit(&w->made);
	kbtf_ids_free(w->ids);
	kbtf_kernel_roots_free(w->roots);
	kbtf_free(w->whole);
}

static struct kbtf *reopened(const struct kbtf *btf, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = "again", .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *ret;
	size_t size;
	void *bytes;

	law(!kbtf_write(btf, &bytes, &size));
	assert_ok(kbtf_open(bytes, size, &opts, &ret, &diag), &diag);
	law(kbtf_is_swapped(ret) == kbtf_is_swapped(btf));
	return ret;
}

/* ---- What the parts are --------------------------------------------------------- */

/* Base alone and rest on it are sound, and joined they are the whole with other ids. */
static void check_whole(struct rng *rng)
{
	struct kbtf *base, *rest, *joined, *again;
	struct kbtf_diag diag;
	struct world w;
	uint32_t id = 0;

	world_init(&w, rng);
	base = reopened(w.made.base, NULL);
	rest = reopened(w.made.rest, base);
	assert_ok(kbtf_partition_join(&w.made, &joined, &diag), &diag);
	again = reopened(joined, NULL);
	if (!same_permuted(w.whole, again, w.made.ids, &id))
		fail_msg("seed %u: type [%u] is not what it was", law_seed, id);
	law(kbtf_end_id(rest) == kbtf_end_id(again));
	for (id = 1; id < kbtf_end_id(again); id++) { /* every id and offset is final */
		uint32_t size = kbtf_type_size_bytes(again, id);

		law(size == kbtf_type_size_bytes(rest, id));
		law(!memcmp(kbtf_type(again, id), kbtf_type(rest, id), size));
		law(!strcmp(kbtf_name(again, id), kbtf_name(rest, id)));
	}
	law(kbtf_header(again)->str_len == kbtf_header(base)->str_len + kbtf_header(rest)->str_len);
	kbtf_free(again);
	kbtf_free(joined);
	kbtf_free(rest);
	kbtf_free(base);
	world_deinit(&w);
}

static void test_joined_parts_are_the_whole(void **state)
{
	(void)state;
	each_seed(2000, check_whole);
}

static unsigned int nr_split;

/* A permutation that keeps the order of either part; the base is what roots reach, no more. */
static void check_parts(struct rng *rng)
{
	uint32_t id, last_base = 0, last_rest, i;
	struct closure c;
	struct world w;

	world_init(&w, rng);
	closure_init(&c, w.whole, false);
	for (i = 0; w.sources && i < kbtf_kernel_roots_count(w.roots); i++)
		closure_add(&c, kbtf_kernel_roots_get(w.roots, i)->type_id, true);
	closure_run(&c);
	last_rest = kbtf_end_id(w.made.base) - 1;
	for (id = 1; id < kbtf_end_id(w.whole); id++) {
		if (c.reached[id])
			law(w.made.ids[id] == ++last_base);
		else
			law(w.made.ids[id] == ++last_rest);
	}
	law(last_base == kbtf_end_id(w.made.base) - 1);
	law(last_rest == kbtf_end_id(w.made.rest) - 1);
	nr_split += last_base && last_rest > last_base;
	closure_deinit(&c);
	world_deinit(&w);
}

static void test_base_is_what_roots_reach(void **state)
{
	(void)state;
	each_seed(2000, check_parts);
	if (ran_all_seeds())
		assert_true(nr_split > 800);
}

/* Every id of .BTF_ids lies in the base, and sets are the sets they were, sorted. */
static void check_ids(struct rng *rng)
{
	uint32_t before[4 * MAX_IDS], after[4 * MAX_IDS], i, j;
	struct world w;

	world_init(&w, rng);
	memcpy(after, kbtf_ids_bytes(w.ids, NULL), 4 * (size_t)w.nr_words);
	for (i = 0; i < w.nr_words; i++) {
		if (kbtf_is_swapped(w.whole))
			after[i] = __builtin_bswap32(after[i]);
		before[i] = w.is_id[i] ? w.made.ids[w.words[i]] : w.words[i];
		if (w.is_id[i] && w.sources)
			law(after[i] < kbtf_end_id(w.made.base));
	}
	for (i = 0; i < kbtf_ids_nr_sets(w.ids); i++) {
		uint64_t moved[8], last = 0;
		struct kbtf_id_set set;
		uint32_t at, stride;

		kbtf_ids_get_set(w.ids, i, &set);
		stride = set.has_flags ? 2 : 1;
		at = (uint32_t)set.offset / 4 + stride;
		for (j = 0; j < set.nr; j++)
			moved[j] = (uint64_t)before[at + j * stride] << 32 |
				   (set.has_flags ? before[at + j * stride + 1] : 0);
		for (j = 0; j < set.nr; j++) {
			uint64_t member = (uint64_t)after[at + j * stride] << 32 |
					  (set.has_flags ? after[at + j * stride + 1] : 0);
			uint32_t k;

			law(member >> 32 >= last >> 32);
			last = member;
			for (k = 0; k < set.nr && moved[k] != member; k++)
				;
			law(k < set.nr);
			moved[k] = UINT64_MAX; /* each once */
		}
		memcpy(before + at, after + at, 4 * (size_t)set.nr * stride);
	}
	law(!memcmp(before, after, 4 * (size_t)w.nr_words));
	world_deinit(&w);
}

static void test_ids_lie_in_the_base(void **state)
{
	(void)state;
	each_seed(2000, check_ids);
}

/* ---- Names -------------------------------------------------------------------------- */

static unsigned int nr_cut;

static void check_names(struct rng *rng)
{
	struct kbtf_diag diag;
	struct closure c;
	struct world w;
	struct kbtf *base, *again;
	uint32_t id, i, at = 1;

	world_init(&w, rng);
	assert_ok(kbtf_partition_names(w.roots, w.sources, &base, &diag), &diag);
	again = reopened(base, NULL);
	closure_init(&c, w.whole, true);
	for (i = 0; w.sources && i < kbtf_kernel_roots_count(w.roots); i++)
		closure_add(&c, kbtf_kernel_roots_get(w.roots, i)->type_id, true);
	closure_run(&c);
	for (id = 1; id < kbtf_end_id(w.whole); id++) {
		const struct kbtf_type *x = kbtf_type(w.whole, id), *y = kbtf_type(again, at);

		if (!c.reached[id])
			continue;
		law(y && kbtf_kind(y) == kbtf_kind(x));
		law(!strcmp(kbtf_name(w.whole, id), kbtf_name(again, at)));
		if (kbtf_is_composite(x) && !c.whole[id] && *kbtf_name(w.whole, id)) {
			law(!kbtf_vlen(y) && !kbtf_kflag(y) && x->size == y->size);
			nr_cut++;
		} else {
			law(x->info == y->info);
		}
		at++;
	}
	law(at == kbtf_end_id(again));
	closure_deinit(&c);
	kbtf_free(again);
	kbtf_free(base);
	world_deinit(&w);
}

static void test_names(void **state)
{
	(void)state;
	each_seed(2000, check_names);
	if (ran_all_seeds())
		assert_true(nr_cut > 250);
}

/* ---- Reading words ------------------------------------------------------------------ */

#define MODEL_WORDS 14u

enum { CAN_BE_ID = 1, CAN_BE_OTHER = 2 };

struct model {
	const struct kbtf *btf;
	const uint32_t *words;
	uint32_t nr;
	uint8_t way[MODEL_WORDS]; /* what each word is in the reading that is being tried */
	uint8_t roles[MODEL_WORDS];
	bool can_be_read;
};

static void read_from(struct model *m, uint32_t i);

static void read_set(struct model *m, uint32_t i, uint32_t stride)
{
	uint32_t nr = m->words[i], at = i + stride, j;

	if (nr > m->nr || at + nr * stride > m->nr)
		return;
	m->way[i] = CAN_BE_OTHER;
	if (stride == 2) {
		if (m->words[i + 1] >= 4)
			return;
		m->way[i + 1] = CAN_BE_OTHER;
	}
	for (j = 0; j < nr; j++, at += stride) {
		if (m->words[at] && !names_type(m->btf, m->words[at], stride == 2))
			return;
		if (j && m->words[at] < m->words[at - stride])
			return;
		m->way[at] = CAN_BE_ID;
		if (stride == 2) {
			if (m->words[at + 1] >= 1 << 20)
				return;
			m->way[at + 1] = CAN_BE_OTHER;
		}
	}
	read_from(m, at);
}

/* Try every way to read on from here. */
static void read_from(struct model *m, uint32_t i)
{
	uint32_t j;

	if (i == m->nr) {
		m->can_be_read = true;
		for (j = 0; j < m->nr; j++)
			m->roles[j] |= m->way[j];
		return;
	}
	if (!m->words[i] || names_type(m->btf, m->words[i], false)) {
		m->way[i] = CAN_BE_ID;
		read_from(m, i + 1);
	}
	if (m->words[i])
		read_set(m, i, 1);
	read_set(m, i, 2);
}

static unsigned int nr_read, nr_guesses, nr_certain;

static void compare_with_model(const struct world *w, struct kbtf_kernel_roots *roots,
			       const uint32_t *words, uint32_t nr)
{
	struct model m = { .btf = w->whole, .words = words, .nr = nr };
	uint32_t i, at = 0;
	struct kbtf_diag diag;
	int err;

	read_from(&m, 0);
	err = kbtf_kernel_roots_add_words(roots, words, nr, NULL, &diag);
	law(!err == m.can_be_read);
	law(!err || (err == -EINVAL && !strcmp(diag.reason, "ids-words")));
	nr_read += !err;
	for (i = 0; !err && i < nr; i++) {
		const struct kbtf_kernel_root *root;

		if (!words[i] || !(m.roles[i] & CAN_BE_ID))
			continue;
		law(at < kbtf_kernel_roots_count(roots));
		root = kbtf_kernel_roots_get(roots, at++);
		law(root->word == i && root->type_id == words[i]);
		law(root->is_guess == !!(m.roles[i] & CAN_BE_OTHER));
		nr_guesses += root->is_guess;
		nr_certain += !root->is_guess;
	}
	law(at == kbtf_kernel_roots_count(roots));
}

static void check_words(struct rng *rng)
{
	uint32_t words[MODEL_WORDS], nr = rng_below(rng, MODEL_WORDS + 1), i;
	struct kbtf_kernel_roots *roots;
	struct world w;

	world_init(&w, rng);
	law(!kbtf_kernel_roots_new(w.whole, &roots, NULL));
	for (i = 0; i < nr; i++) /* real ones, or any */
		words[i] = i < w.nr_words && !rng_one_in(rng, 20) ? w.words[i] : rng_below(rng, 8);
	compare_with_model(&w, roots, words, nr);
	kbtf_kernel_roots_free(roots);
	world_deinit(&w);
}

static void test_words_are_read_in_all_ways(void **state)
{
	(void)state;
	each_seed(6000, check_words);
	if (ran_all_seeds()) {
		assert_true(nr_read > 700);
		assert_true(nr_guesses > 80);
		assert_true(nr_certain > 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined_parts_are_the_whole),
		cmocka_unit_test(test_base_is_what_roots_reach),
		cmocka_unit_test(test_ids_lie_in_the_base),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_words_are_read_in_all_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
