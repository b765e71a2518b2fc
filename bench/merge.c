// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Two copies of BTF made one, next to libbpf: raw bytes in, raw bytes of deduplicated BTF out.
 *
 *   bench-merge FILE
 *
 * Prints the least processor time of several rounds in which the two take turns, each in a
 * process of its own, and how many types and bytes came out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/btf.h>

#include <kbtf/dedup.h>

#define ROUNDS 7

struct figures {
	double ms;
	uint32_t nr_types, size;
};

static void die(const char *what)
{
	fprintf(stderr, "bench-merge: %s\n", what);
	exit(1);
}

static void merge_kbtf(const void *data, size_t size, struct figures *ret)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW };
	struct kbtf *inputs[2], *out;
	size_t out_size;
	int i;

	for (i = 0; i < 2; i++)
		if (kbtf_open(data, size, &opts, &inputs[i], NULL))
			die("kbtf cannot open it");
	if (kbtf_merge((const struct kbtf *const *)inputs, 2, NULL, &out, NULL))
		die("kbtf cannot merge it");
	kbtf_bytes(out, &out_size);
	ret->nr_types = kbtf_nr_types(out);
	ret->size = (uint32_t)out_size;
}

static void merge_libbpf(const void *data, size_t size, struct figures *ret)
{
	struct btf *all = btf__new(data, (uint32_t)size), *more = btf__new(data, (uint32_t)size);

	if (!all || !more || btf__add_btf(all, more) < 0 || btf__dedup(all, NULL))
		die("libbpf cannot merge it");
	if (!btf__raw_data(all, &ret->size))
		die("libbpf has no bytes");
	ret->nr_types = btf__type_cnt(all) - 1;
}

static void measure(void (*fn)(const void *data, size_t size, struct figures *ret),
		    const void *data, size_t size, struct figures *ret)
{
	struct rusage usage;
	double ms;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn(data, size, ret);
		_exit(0);
	}
	if (pid < 0 || wait4(pid, NULL, 0, &usage) != pid)
		die("fork");
	ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	if (!ret->ms || ms < ret->ms)
		ret->ms = ms;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	struct figures *figures;
	void *data;
	long size = 0;
	int i;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) <= 0)
		die(argc == 2 ? "cannot read the file" : "usage: bench-merge FILE");
	rewind(f);
	data = malloc((size_t)size);
	if (!data || fread(data, (size_t)size, 1, f) != 1)
		die("cannot read the file");
	fclose(f);
	figures = mmap(NULL, 2 * sizeof(*figures), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (figures == MAP_FAILED)
		die("no memory");
	for (i = 0; i < ROUNDS; i++) {
		measure(merge_kbtf, data, (size_t)size, &figures[0]);
		measure(merge_libbpf, data, (size_t)size, &figures[1]);
	}
	printf("two copies made one, cpu: kbtf %.1f ms, %u types, %u bytes; libbpf %.1f ms, %u "
	       "types, "
	       "%u bytes; %.1fx\n",
	       figures[0].ms, figures[0].nr_types, figures[0].size, figures[1].ms,
	       figures[1].nr_types, figures[1].size, figures[1].ms / figures[0].ms);
	free(data);
	return 0;
}
