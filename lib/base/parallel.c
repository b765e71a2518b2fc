// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Items handed out to threads one at a time, from one counter. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "parallel.h"

#define MAX_THREADS 256u

struct team {
	kbtf_parallel_fn *fn;
	void *ctx;
	size_t nr_items;
	atomic_size_t next_item;
	atomic_uint next_thread;
};

static void *run(void *arg)
{
	struct team *team = arg;
	unsigned int thread = atomic_fetch_add(&team->next_thread, 1);
	size_t i;

	while ((i = atomic_fetch_add(&team->next_item, 1)) < team->nr_items)
		team->fn(team->ctx, thread, i);
	return NULL;
}

void kbtf_parallel(unsigned int nr_threads, size_t nr_items, kbtf_parallel_fn *fn, void *ctx)
{
	struct team team = { .fn = fn, .ctx = ctx, .nr_items = nr_items };
	pthread_t threads[MAX_THREADS];
	unsigned int nr_made = 0;

	if (nr_threads > MAX_THREADS)
		nr_threads = MAX_THREADS;
	if (nr_threads > nr_items)
		nr_threads = (unsigned int)nr_items;
	while (nr_made + 1 < nr_threads && !pthread_create(&threads[nr_made], NULL, run, &team))
		nr_made++;
	run(&team);
	while (nr_made)
		pthread_join(threads[--nr_made], NULL);
}

unsigned int kbtf_nr_cpus(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	n = CPU_COUNT(&set);
	return n > 0 ? (unsigned int)n : 1;
}
