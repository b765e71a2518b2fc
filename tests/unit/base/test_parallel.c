// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "parallel.h"

#define MAX_ITEMS 1000u

static unsigned int threads_left; /* that can be made */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
			  void *arg)
{
	if (!threads_left)
		return EAGAIN;
	threads_left--;
	return __real_pthread_create(thread, attr, run, arg);
}

struct tally {
	atomic_uint calls[MAX_ITEMS];
	atomic_uint busy[512]; /* threads of this number at work now */
	atomic_uint highest_thread;
	atomic_uint clashes; /* two at work under one number */
};

static void count(void *ctx, unsigned int thread, size_t i)
{
	struct tally *tally = ctx;
	unsigned int highest = atomic_load(&tally->highest_thread);

	if (atomic_fetch_add(&tally->busy[thread], 1))
		atomic_fetch_add(&tally->clashes, 1);
	atomic_fetch_add(&tally->calls[i], 1);
	while (thread > highest &&
	       !atomic_compare_exchange_weak(&tally->highest_thread, &highest, thread))
		;
	atomic_fetch_sub(&tally->busy[thread], 1);
}

static void run(unsigned int nr_threads, size_t nr_items)
{
	static struct tally tally;
	size_t i;

	memset(&tally, 0, sizeof(tally));
	kbtf_parallel(nr_threads, nr_items, count, &tally);
	for (i = 0; i < MAX_ITEMS; i++)
		assert_int_equal(tally.calls[i], i < nr_items);
	assert_int_equal(tally.clashes, 0);
	assert_true(!tally.highest_thread || tally.highest_thread < nr_threads);
}

static void test_every_item_once(void **state)
{
	const unsigned int threads[] = { 0, 1, 2, 3, 8, 255, 256, 257, 5000, UINT32_MAX };
	const size_t items[] = { 0, 1, 2, 3, 100, MAX_ITEMS };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		for (j = 0; j < sizeof(items) / sizeof(*items); j++) {
			threads_left = UINT32_MAX;
			run(threads[i], items[j]);
		}
	}
}

static void test_threads_that_cannot_be_made(void **state)
{
	unsigned int left;

	(void)state;
	for (left = 0; left < 8; left++) {
		threads_left = left;
		run(8, MAX_ITEMS);
	}
}

static void keep_order(void *ctx, unsigned int thread, size_t i)
{
	size_t *next = ctx;

	assert_int_equal(thread, 0);
	assert_int_equal(i, (*next)++);
}

static void test_one_thread_goes_in_order(void **state)
{
	size_t next = 0;

	(void)state;
	threads_left = 0;
	kbtf_parallel(1, MAX_ITEMS, keep_order, &next);
	assert_int_equal(next, MAX_ITEMS);
}

static void test_there_is_a_processor(void **state)
{
	(void)state;
	assert_true(kbtf_nr_cpus() >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_item_once),
		cmocka_unit_test(test_threads_that_cannot_be_made),
		cmocka_unit_test(test_one_thread_goes_in_order),
		cmocka_unit_test(test_there_is_a_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
