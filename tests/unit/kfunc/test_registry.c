// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What was registered before its BTF was there: found again, mapped, judged once. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "allocfail.h"
#include "registry.h"
#include "rng.h"

static struct kbtf_diag diag;

/* What check() says of an id, and how often it was asked. */
struct judge {
	uint32_t refused, no_memory;
	unsigned int nr_asked;
};

static int check(void *ctx, const struct kbtf_reg_entry *entry, struct kbtf_diag *reterr)
{
	struct judge *judge = ctx;

	judge->nr_asked++;
	if (entry->id == judge->no_memory)
		return kbtf_fail(reterr, -ENOMEM, "no-memory", "out of memory");
	if (entry->id == judge->refused)
		return kbtf_fail(reterr, -EINVAL, "kfunc-kind", "id %u with word %u", entry->id,
				 entry->word);
	return 0;
}

static void add_filtered(struct kbtf_registry *r, uint32_t use, const void *filter,
			 const struct kbtf_reg_pair *pairs, uint32_t nr)
{
	struct kbtf_reg_set *set;

	assert_ok(kbtf_reg_set_new(use, filter, pairs, nr, &set, &diag), &diag);
	kbtf_registry_add(r, set);
}

static void add(struct kbtf_registry *r, uint32_t use, const struct kbtf_reg_pair *pairs,
		uint32_t nr)
{
	add_filtered(r, use, NULL, pairs, nr);
}

static void test_sets_of_a_use(void **state)
{
	const struct kbtf_reg_pair pairs[] = { { 7, 70 }, { 0, 1 }, { 3, 30 } };
	struct kbtf_registry r = { 0 };
	struct kbtf_reg_set *set;
	int filter, nr;

	(void)state;
	assert_null(kbtf_registry_next(&r, NULL, 5));
	add_filtered(&r, 5, &filter, pairs, 3);
	add(&r, 6, pairs, 1);
	add(&r, 5, pairs, 0);
	set = kbtf_registry_next(&r, NULL, 5);
	assert_ptr_equal(set->filter, &filter);
	/* The id 0 is nobody's. */
	assert_int_equal(set->nr, 2);
	assert_null(kbtf_registry_find(set, 0));
	assert_int_equal(kbtf_registry_find(set, 3)->word, 30);
	assert_int_equal(kbtf_registry_find(set, 7)->word, 70);
	assert_null(kbtf_registry_find(set, 8));
	set = kbtf_registry_next(&r, set, 5);
	assert_int_equal(set->nr, 0);
	assert_null(kbtf_registry_find(set, 3));
	assert_null(kbtf_registry_next(&r, set, 5));
	assert_int_equal(kbtf_registry_next(&r, NULL, 6)->nr, 1);
	for (set = NULL, nr = 0; (set = kbtf_registry_next(&r, set, KBTF_REG_ANY));)
		nr++;
	assert_int_equal(nr, 3);
	kbtf_registry_deinit(&r);
	assert_null(kbtf_registry_next(&r, NULL, 5));
}

static uint32_t backwards(void *ctx, uint32_t id)
{
	return *(uint32_t *)ctx - id;
}

static void test_map(void **state)
{
	const struct kbtf_reg_pair pairs[] = { { 1, 10 }, { 2, 20 }, { 9, 90 } };
	struct kbtf_registry r = { 0 };
	uint32_t from = 100;
	struct kbtf_reg_set *set;

	(void)state;
	add(&r, 0, pairs, 3);
	set = r.sets;
	/* In order again, although the map turned it round. */
	kbtf_registry_map(set, backwards, &from, false);
	assert_int_equal(kbtf_registry_find(set, 91)->word, 90);
	assert_int_equal(kbtf_registry_find(set, 99)->word, 10);
	assert_null(kbtf_registry_find(set, 1));
	kbtf_registry_map(set, backwards, &from, true);
	assert_int_equal(kbtf_registry_find(set, 1)->word, 90);
	assert_int_equal(kbtf_registry_find(set, 9)->word, 10);
	kbtf_registry_deinit(&r);
}

static void test_judged_once(void **state)
{
	const struct kbtf_reg_pair pairs[] = { { 1, 10 }, { 2, 20 }, { 3, 30 } };
	struct judge judge = { .refused = 2, .no_memory = 3 };
	struct kbtf_registry r = { 0 };
	struct kbtf_reg_entry *entry;
	bool first;

	(void)state;
	add(&r, 0, pairs, 3);
	entry = kbtf_registry_find(r.sets, 1);
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, &diag), 0);
	assert_true(first);
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, &diag), 0);
	assert_false(first);
	assert_int_equal(judge.nr_asked, 1);

	/* One that is refused does nothing to its neighbours. */
	entry = kbtf_registry_find(r.sets, 2);
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, &diag), -EINVAL);
	assert_diag(&diag, "id 2 with word 20 [kfunc-kind]");
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, NULL), -EINVAL);
	assert_false(first);
	assert_int_equal(judge.nr_asked, 2);

	/* Memory may be there the next time. */
	entry = kbtf_registry_find(r.sets, 3);
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, &diag), -ENOMEM);
	judge.no_memory = 0;
	assert_int_equal(kbtf_registry_judge(entry, check, &judge, &first, &diag), 0);
	assert_true(first);
	kbtf_registry_deinit(&r);
}

static void test_no_memory(void **state)
{
	const struct kbtf_reg_pair pair = { 1, 10 };
	struct kbtf_registry r = { 0 };
	struct kbtf_reg_set *set = NULL;

	(void)state;
	add(&r, 0, &pair, 1);
	allocfail_arm(1);
	assert_int_equal(kbtf_reg_set_new(0, NULL, &pair, 1, &set, &diag), -ENOMEM);
	assert_true(allocfail_disarm());
	assert_diag(&diag, "out of memory [no-memory]");
	assert_null(set);
	/* What was there before is there still. */
	assert_null(kbtf_registry_next(&r, r.sets, 0));
	assert_non_null(kbtf_registry_find(r.sets, 1));
	kbtf_registry_deinit(&r);
	assert_int_equal(allocfail_live(), 0);
}

/* Random sets against a search through everything that was ever added. */
static void test_agrees_with_a_list(void **state)
{
	enum { ROUNDS = 300, USES = 4, IDS = 50 };
	struct {
		uint32_t use, id, word;
	} all[400];
	struct kbtf_reg_pair pairs[40];
	struct rng rng = { 1 };
	uint32_t round, i, j, nr, use, id, found, wanted;
	struct kbtf_registry r;
	struct kbtf_reg_entry *entry;
	struct kbtf_reg_set *set;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		r = (struct kbtf_registry){ 0 };
		for (i = 0, nr = 0; i < 8; i++) {
			use = rng_below(&rng, USES);
			for (j = 0; j < rng_below(&rng, 40); j++, nr++) {
				pairs[j].id = 1 + rng_below(&rng, IDS);
				pairs[j].word = nr;
				all[nr].use = use;
				all[nr].id = pairs[j].id;
				all[nr].word = nr;
			}
			add(&r, use, pairs, j);
		}
		for (use = 0; use < USES; use++) {
			for (id = 0; id < IDS + 2; id++) {
				for (set = kbtf_registry_next(&r, NULL, use), found = 0; set;
				     set = kbtf_registry_next(&r, set, use)) {
					entry = kbtf_registry_find(set, id);
					if (!entry)
						continue;
					found++;
					assert_int_equal(all[entry->word].id, id);
					assert_int_equal(all[entry->word].use, use);
				}
				for (i = 0, wanted = 0; i < nr; i++)
					wanted += all[i].use == use && all[i].id == id;
				assert_int_equal(!found, !wanted);
			}
		}
		kbtf_registry_deinit(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets_of_a_use),	   cmocka_unit_test(test_map),
		cmocka_unit_test(test_judged_once),	   cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_agrees_with_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
