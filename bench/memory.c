// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf next to libbpf, from BTF bytes in memory to BTF bytes in memory, on the
 * same input in one process:
 *
 *   bench-memory OLD NEW MODULE...
 *
 * OLD and NEW are two builds of a kernel, the modules are OLD's. Each figure is
 * the least processor time (user and system) of several rounds, in which the
 * peers take turns; heap is the most that was allocated at a time beyond inputs.
 * What a command does once, opening a kernel's BTF, is measured in a process of its
 * own each time: nobody inherits a heap that others made warm.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <kbtf/btf.h>
#include <kbtf/image.h>
#include <kbtf/module.h>

#include "heap.h"

#define ROUNDS 5

struct bytes {
	void *data;
	size_t size;
};

struct module {
	struct bytes split; /* on OLD, as in the module */
	struct bytes distilled_base, distilled;
	struct bytes standalone_base, standalone; /* by names */
};

struct input {
	const char *old_path, *new_path;
	struct bytes old_bytes, new_bytes;
	struct kbtf *old_btf, *new_btf;
	struct btf *old_peer, *new_peer;
	struct kbtf_target *target;
	struct module *modules;
	size_t nr_modules;
	size_t nr_used;	    /* of the modules, for the phase that runs */
	unsigned int depth; /* KBTF_STANDALONE_NAMES or 0, likewise */
	size_t bytes_made;  /* by the phase that ran */
};

typedef void phase_fn(struct input *in);

static void die(const char *what, const struct kbtf_diag *diag) __attribute__((noreturn));

static void die(const char *what, const struct kbtf_diag *diag)
{
	char line[800] = "";

	if (diag)
		kbtf_diag_format(diag, line, sizeof(line));
	fprintf(stderr, "bench-memory: %s: %s\n", what, line);
	exit(2);
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* The BTF of a file; no data where it has none. */
static struct bytes load(const char *path)
{
	struct bytes bytes = { 0 };
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *data;

	if (kbtf_file_open(path, &file, &diag))
		die(path, &diag);
	if (!kbtf_file_btf(file, &data, &bytes.size, &diag)) {
		bytes.data = malloc(bytes.size);
		memcpy(bytes.data, data, bytes.size);
	}
	kbtf_file_free(file);
	return bytes;
}

static struct kbtf *open_bytes(const struct bytes *bytes, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_BORROW };
	struct kbtf_diag diag;
	struct kbtf *btf;

	if (kbtf_open(bytes->data, bytes->size, &opts, &btf, &diag))
		die("open", &diag);
	return btf;
}

static void prepare_module(struct input *in, const char *path)
{
	struct module *m = &in->modules[in->nr_modules];
	struct kbtf_standalone standalone;
	struct kbtf_distilled distilled;
	struct kbtf_diag diag;
	struct kbtf *split;

	m->split = load(path);
	if (!m->split.data)
		return;
	split = open_bytes(&m->split, in->old_btf);
	if (kbtf_distill(split, NULL, &distilled, &diag))
		die(path, &diag);
	if (kbtf_write(distilled.base, &m->distilled_base.data, &m->distilled_base.size) ||
	    kbtf_write(distilled.split, &m->distilled.data, &m->distilled.size))
		die("out of memory", NULL);
	kbtf_distilled_deinit(&distilled);
	if (kbtf_standalone(split, KBTF_STANDALONE_NAMES, NULL, &standalone, &diag))
		die(path, &diag);
	if (kbtf_write(standalone.base, &m->standalone_base.data, &m->standalone_base.size) ||
	    kbtf_write(standalone.btf, &m->standalone.data, &m->standalone.size))
		die("out of memory", NULL);
	kbtf_standalone_deinit(&standalone);
	kbtf_free(split);
	in->nr_modules++;
}

/* ---- Phases, each for both ------------------------------------------- */

static void open_kbtf(struct input *in)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW | KBTF_OPEN_TRUST_CHAINS };
	struct kbtf *btf;

	if (kbtf_open(in->new_bytes.data, in->new_bytes.size, &opts, &btf, NULL))
		die("open", NULL);
	kbtf_free(btf);
}

static void open_sound_kbtf(struct input *in)
{
	kbtf_free(open_bytes(&in->new_bytes, NULL));
}

static void open_peer(struct input *in)
{
	btf__free(btf__new(in->new_bytes.data, (unsigned int)in->new_bytes.size));
}

static void open_file_kbtf(struct input *in)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW | KBTF_OPEN_TRUST_CHAINS };
	struct kbtf_file *file;
	struct kbtf *btf;
	const void *data;
	size_t size;

	if (kbtf_file_open(in->new_path, &file, NULL) || kbtf_file_btf(file, &data, &size, NULL) ||
	    kbtf_open(data, size, &opts, &btf, NULL))
		die("open", NULL);
	kbtf_free(btf);
	kbtf_file_free(file);
}

static void open_file_peer(struct input *in)
{
	btf__free(btf__parse(in->new_path, NULL));
}

static void distill_kbtf(struct input *in)
{
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct kbtf *split = open_bytes(&in->modules[i].split, in->old_btf);
		struct kbtf_distilled distilled;

		if (kbtf_distill(split, NULL, &distilled, NULL))
			die("distill", NULL);
		kbtf_distilled_deinit(&distilled);
		kbtf_free(split);
	}
}

static void distill_peer(struct input *in)
{
	unsigned int size;
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct module *m = &in->modules[i];
		struct btf *split, *new_base, *new_split;

		split = btf__new_split(m->split.data, (unsigned int)m->split.size, in->old_peer);
		if (!split || btf__distill_base(split, &new_base, &new_split))
			die("libbpf's distill", NULL);
		btf__raw_data(new_base, &size);
		btf__raw_data(new_split, &size);
		btf__free(new_split);
		btf__free(new_base);
		btf__free(split);
	}
}

static void relocate_kbtf(struct input *in)
{
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct module *m = &in->modules[i];
		struct kbtf *base = open_bytes(&m->distilled_base, NULL);
		struct kbtf *split = open_bytes(&m->distilled, base), *relocated;

		if (!kbtf_relocate(split, in->target, NULL, &relocated, NULL))
			kbtf_free(relocated);
		kbtf_free(split);
		kbtf_free(base);
	}
}

/* The kernel made ready anew for it, as for a bulk run of the command. */
static void relocate_all_kbtf(struct input *in)
{
	struct kbtf_target *shared = in->target;
	struct kbtf *kernel = open_bytes(&in->new_bytes, NULL);

	if (kbtf_target_new(kernel, &in->target))
		die("out of memory", NULL);
	relocate_kbtf(in);
	kbtf_target_free(in->target);
	kbtf_free(kernel);
	in->target = shared;
}

static void relocate_peer(struct input *in)
{
	unsigned int size;
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct module *m = &in->modules[i];
		struct btf *base, *split;

		base = btf__new(m->distilled_base.data, (unsigned int)m->distilled_base.size);
		split = btf__new_split(m->distilled.data, (unsigned int)m->distilled.size, base);
		if (!split)
			die("libbpf's open", NULL);
		if (!btf__relocate(split, in->new_peer))
			btf__raw_data(split, &size);
		btf__free(split);
		btf__free(base);
	}
}

/* No peer does this. */
static void standalone_kbtf(struct input *in)
{
	size_t i, size;

	in->bytes_made = 0;
	for (i = 0; i < in->nr_used; i++) {
		struct kbtf *split = open_bytes(&in->modules[i].split, in->old_btf);
		struct kbtf_standalone made;

		if (kbtf_standalone(split, in->depth, NULL, &made, NULL))
			die("standalone", NULL);
		kbtf_bytes(made.btf, &size);
		in->bytes_made += size;
		kbtf_standalone_deinit(&made);
		kbtf_free(split);
	}
}

/* Onto a kernel, by renumbering; libbpf has to relocate for it. */
static void to_split_kbtf(struct input *in)
{
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct module *m = &in->modules[i];
		struct kbtf *base = open_bytes(&m->standalone_base, NULL), *split;
		struct kbtf *standalone = open_bytes(&m->standalone, base);

		if (kbtf_standalone_to_split(standalone, in->new_btf, NULL, &split, NULL))
			die("to split", NULL);
		kbtf_free(split);
		kbtf_free(standalone);
		kbtf_free(base);
	}
}

static void to_split_peer(struct input *in)
{
	unsigned int size;
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct module *m = &in->modules[i];
		struct btf *base, *split;

		base = btf__new(m->standalone_base.data, (unsigned int)m->standalone_base.size);
		split = btf__new_split(m->standalone.data, (unsigned int)m->standalone.size, base);
		if (!split || btf__relocate(split, in->new_peer))
			die("libbpf's relocate", NULL);
		btf__raw_data(split, &size);
		btf__free(split);
		btf__free(base);
	}
}

/* ---- Measuring ------------------------------------------------------- */

struct result {
	double ms;
	size_t heap;
};

static struct result run_phase(struct input *in, phase_fn *phase)
{
	struct result r;
	double start;

	heap_start();
	start = cpu_ms();
	phase(in);
	r.ms = cpu_ms() - start;
	r.heap = heap_peak();
	return r;
}

static struct result run_in_child(struct input *in, phase_fn *phase)
{
	struct result r;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		die("pipe", NULL);
	pid = fork();
	if (pid < 0)
		die("fork", NULL);
	if (!pid) {
		r = run_phase(in, phase);
		_exit(write(ends[1], &r, sizeof(r)) != sizeof(r));
	}
	close(ends[1]);
	if (read(ends[0], &r, sizeof(r)) != sizeof(r))
		die("a phase died", NULL);
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return r;
}

static void measure(struct input *in, phase_fn *phase, bool once, struct result *ret)
{
	struct result r = once ? run_in_child(in, phase) : run_phase(in, phase);

	if (!ret->ms || r.ms < ret->ms)
		ret->ms = r.ms;
	ret->heap = r.heap;
}

static void compare(struct input *in, const char *what, bool once, phase_fn *ours, phase_fn *theirs)
{
	struct result us = { 0 }, them = { 0 };
	int i;

	for (i = 0; i < ROUNDS; i++) {
		measure(in, ours, once, &us);
		measure(in, theirs, once, &them);
	}
	printf("%-44s %9.2f %9.2f %7.1fx %9zu %9zu %6.2f\n", what, us.ms, them.ms, them.ms / us.ms,
	       us.heap / 1024, them.heap / 1024, (double)us.heap / (double)them.heap);
	fflush(stdout);
}

static void scale(struct input *in)
{
	size_t nr = in->nr_modules, want;

	printf("\n%-44s %9s %9s\n", "relocate, by number of modules", "ms", "us each");
	for (want = 125; want <= 4000; want *= 2) {
		struct result r = { 0 };
		int i;

		/* The list again and again, for as many as there are to be. */
		for (i = 0; i < ROUNDS; i++) {
			double ms = 0;
			size_t left;

			for (left = want; left; left -= in->nr_used) {
				struct result part = { 0 };

				in->nr_used = left < nr ? left : nr;
				measure(in, relocate_kbtf, false, &part);
				ms += part.ms;
			}
			if (!r.ms || ms < r.ms)
				r.ms = ms;
		}
		printf("%-44zu %9.2f %9.2f\n", want, r.ms, r.ms * 1e3 / (double)want);
	}
}

static size_t bytes_moved(const struct input *in)
{
	size_t i, sum = 0;

	for (i = 0; i < in->nr_modules; i++)
		sum += in->modules[i].distilled.size;
	return sum;
}

/* What no relocation can do without: reading the bytes once and writing them once. */
static void copy_only(struct input *in)
{
	size_t i;

	for (i = 0; i < in->nr_used; i++) {
		struct bytes *b = &in->modules[i].distilled;
		char *copy = malloc(b->size);

		memcpy(copy, b->data, b->size);
		__asm__ volatile("" : : "r"(copy) : "memory");
		free(copy);
	}
}

static void standalone(struct input *in)
{
	static const struct {
		const char *what;
		unsigned int depth;
	} rows[] = { { "standalone, names behind pointers", KBTF_STANDALONE_NAMES },
		     { "standalone, all that is reached", 0 } };
	size_t i;
	int j;

	printf("\n%-44s %9s %9s %9s %9s\n", "", "ms", "us each", "kB each", "heap kB");
	for (i = 0; i < 2; i++) {
		struct result r = { 0 };

		in->depth = rows[i].depth;
		for (j = 0; j < ROUNDS; j++)
			measure(in, standalone_kbtf, false, &r);
		printf("%-44s %9.2f %9.2f %9.1f %9zu\n", rows[i].what, r.ms,
		       r.ms * 1e3 / (double)in->nr_used,
		       (double)in->bytes_made / 1e3 / (double)in->nr_used, r.heap / 1024);
	}
}

int main(int argc, char **argv)
{
	struct input in = { 0 };
	struct result copy = { 0 };
	int i;

	if (argc < 4) {
		fprintf(stderr, "Usage: bench-memory OLD NEW MODULE...\n");
		return 2;
	}
	libbpf_set_print(quiet);
	in.old_path = argv[1];
	in.new_path = argv[2];
	in.old_bytes = load(in.old_path);
	in.new_bytes = load(in.new_path);
	in.old_btf = open_bytes(&in.old_bytes, NULL);
	in.new_btf = open_bytes(&in.new_bytes, NULL);
	in.old_peer = btf__new(in.old_bytes.data, (unsigned int)in.old_bytes.size);
	in.new_peer = btf__new(in.new_bytes.data, (unsigned int)in.new_bytes.size);
	if (kbtf_target_new(in.new_btf, &in.target))
		die("out of memory", NULL);
	in.modules = calloc((size_t)argc, sizeof(*in.modules));
	for (i = 3; i < argc; i++)
		prepare_module(&in, argv[i]);
	in.nr_used = in.nr_modules;

	printf("libbpf %u.%u, %zu modules, %.1f MB of split BTF\n\n", libbpf_major_version(),
	       libbpf_minor_version(), in.nr_modules, (double)bytes_moved(&in) / 1e6);
	printf("%-44s %9s %9s %8s %9s %9s %6s\n", "", "kbtf ms", "libbpf ms", "", "kbtf kB",
	       "libbpf kB", "");
	compare(&in, "open vmlinux BTF, libbpf's checks, in memory", true, open_kbtf, open_peer);
	compare(&in, "open vmlinux BTF, libbpf's checks, from file", true, open_file_kbtf,
		open_file_peer);
	compare(&in, "open vmlinux BTF, all checks, in memory", true, open_sound_kbtf, open_peer);
	compare(&in, "distill all modules", false, distill_kbtf, distill_peer);
	compare(&in, "relocate all modules", false, relocate_kbtf, relocate_peer);
	compare(&in, "relocate all, kernel opened for it", false, relocate_all_kbtf, relocate_peer);
	compare(&in, "standalone modules onto a kernel", false, to_split_kbtf, to_split_peer);
	for (i = 0; i < ROUNDS; i++)
		measure(&in, copy_only, false, &copy);
	printf("%-44s %9.2f\n", "only copying what relocation moves", copy.ms);
	scale(&in);
	in.nr_used = in.nr_modules;
	standalone(&in);
	return 0;
}
