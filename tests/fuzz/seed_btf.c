// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The corpora of fuzz_view, fuzz_merge and fuzz_relocate (which are the same), fuzz_standalone,
 * fuzz_diff and fuzz_partition, from generated BTF of all kinds. Usage: seed_btf
 * view|relocate|standalone|diff|partition FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

#define NR_SEEDS 48u

static FILE *create(const char *folder, unsigned int n)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%02u", folder, n);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void put(FILE *f, const void *bytes, size_t size)
{
	if (fwrite(bytes, 1, size, f) != size) {
		perror("write");
		exit(1);
	}
}

static void finish(FILE *f)
{
	if (fclose(f)) {
		perror("close");
		exit(1);
	}
}

/* Small, so that a fuzzer changes something that matters with every byte. */
static struct gen_opts small(struct rng *rng, bool tame)
{
	return (struct gen_opts){ .nr_types = 1 + rng_below(rng, 12),
				  .nr_names = 1 + rng_below(rng, 6),
				  .tame = tame,
				  .sorted = rng_one_in(rng, 4) };
}

static void seed_view(const char *folder, unsigned int n, struct rng *rng)
{
	struct gen_opts opts = small(rng, false);
	FILE *f = create(folder, n);
	struct raw r;
	size_t size;
	void *bytes;

	gen_btf(rng, NULL, &opts, &r);
	r.swapped = n & 1;
	if (n % 3 == 0)
		raw_layout_known(&r, KBTF_NR_KINDS);
	if (n % 6 == 0) {
		raw_layout(&r, 8, 4, 0);
		raw_type(&r, KBTF_NR_KINDS, 0, 1, 0, 0);
		raw_words(&r, 3, 1u, 2u, 3u);
	}
	bytes = raw_finish(&r, &size);
	fputc((int)(n / 4 & 0xe), f);
	put(f, bytes, size);
	finish(f);
	free(bytes);
	raw_deinit(&r);
}

static struct kbtf *opened(const void *bytes, size_t size)
{
	struct kbtf *btf;

	if (kbtf_open(bytes, size, NULL, &btf, NULL))
		abort();
	return btf;
}

/* A kernel, what it was before, and a module of that; every third a distilled base instead. */
static void seed_relocate(const char *folder, unsigned int n, struct rng *rng)
{
	bool distilled = n % 3 == 0;
	struct gen_opts opts = small(rng, true);
	size_t kernel_size, base_size, module_size;
	void *kernel_bytes, *base_bytes, *module_bytes;
	struct raw kernel, base, module;
	struct kbtf *base_btf;
	FILE *f = create(folder, n);

	if (distilled)
		gen_distilled(rng, rng_below(rng, 6), 3, &base);
	else
		gen_btf(rng, NULL, &opts, &base);
	base.swapped = n & 1;
	base_bytes = raw_finish(&base, &base_size);
	base_btf = opened(base_bytes, base_size);
	if (distilled)
		gen_kernel(rng, rng_below(rng, 10), 3, &kernel);
	else
		gen_changed(rng, base_btf, rng_below(rng, 3), &kernel);
	kernel.swapped = n & 1;
	kernel_bytes = raw_finish(&kernel, &kernel_size);
	opts.sorted = false;
	gen_btf(rng, base_btf, &opts, &module);
	module.swapped = n & 1;
	module_bytes = raw_finish(&module, &module_size);
	fprintf(f, "%c%c%c%c", (int)(kernel_size & 0xff), (int)(kernel_size >> 8),
		(int)(base_size & 0xff), (int)(base_size >> 8));
	put(f, kernel_bytes, kernel_size);
	put(f, base_bytes, base_size);
	put(f, module_bytes, module_size);
	finish(f);
	kbtf_free(base_btf);
	free(module_bytes);
	free(kernel_bytes);
	free(base_bytes);
	raw_deinit(&module);
	raw_deinit(&kernel);
	raw_deinit(&base);
}

/* A kernel and a module of it; every third a module that stands alone already. */
static void seed_standalone(const char *folder, unsigned int n, struct rng *rng)
{
	struct gen_opts opts = small(rng, false);
	size_t kernel_size, module_size;
	void *kernel_bytes, *module_bytes;
	struct raw kernel, module;
	struct kbtf *kernel_btf;
	FILE *f = create(folder, n);

	gen_btf(rng, NULL, &opts, &kernel);
	kernel.swapped = n & 1;
	kernel_bytes = raw_finish(&kernel, &kernel_size);
	kernel_btf = opened(kernel_bytes, kernel_size);
	opts.sorted = false;
	gen_btf(rng, n % 3 ? kernel_btf : NULL, &opts, &module);
	module.swapped = n & 1;
	module_bytes = raw_finish(&module, &module_size);
	fprintf(f, "%c%c%c", (int)(n / 2 & 3), (int)(kernel_size & 0xff), (int)(kernel_size >> 8));
	put(f, kernel_bytes, kernel_size);
	put(f, module_bytes, module_size);
	finish(f);
	kbtf_free(kernel_btf);
	free(module_bytes);
	free(kernel_bytes);
	raw_deinit(&module);
	raw_deinit(&kernel);
}

/* Sources of roots, words of lists and sets of any ids, and a kernel. */
static void seed_partition(const char *folder, unsigned int n, struct rng *rng)
{
	struct gen_opts opts = small(rng, n & 1);
	uint32_t words[12] = { 0 }, nr = 0, i;
	FILE *f = create(folder, n);
	struct raw kernel;
	size_t size;
	void *bytes;

	opts.nr_types += 8;
	gen_btf(rng, NULL, &opts, &kernel);
	kernel.swapped = n % 4 == 3;
	bytes = raw_finish(&kernel, &size);
	if (n % 3 == 1) { /* a set of two */
		words[nr++] = 2;
	} else if (n % 3 == 2) { /* a set8 of one */
		words[nr++] = 1;
		words[nr++] = n / 3 & 1;
	}
	for (i = 0; i < 4; i++)
		words[nr++] = (i + 1) * opts.nr_types / 5;
	fprintf(f, "%c%c", (int)(n & 15), (int)nr);
	put(f, words, 4 * (size_t)nr);
	put(f, bytes, size);
	finish(f);
	free(bytes);
	raw_deinit(&kernel);
}

/* A kernel, and what it became; every third a module of it. */
static void seed_diff(const char *folder, unsigned int n, struct rng *rng)
{
	struct gen_opts opts = small(rng, n & 1);
	bool is_split = n % 3 == 0;
	struct raw old, new;
	size_t old_size, new_size;
	void *old_bytes, *new_bytes;
	struct kbtf *old_btf;
	FILE *f = create(folder, n);

	opts.nr_types *= 2;
	gen_btf(rng, NULL, &opts, &old);
	old_bytes = raw_finish(&old, &old_size);
	old_btf = opened(old_bytes, old_size);
	opts.sorted = false;
	if (is_split)
		gen_btf(rng, old_btf, &opts, &new);
	else
		gen_changed(rng, old_btf, rng_below(rng, 5), &new);
	new_bytes = raw_finish(&new, &new_size);
	fprintf(f, "%c%c%c", (int)is_split, (int)(old_size & 0xff), (int)(old_size >> 8));
	put(f, old_bytes, old_size);
	put(f, new_bytes, new_size);
	finish(f);
	kbtf_free(old_btf);
	free(new_bytes);
	free(old_bytes);
	raw_deinit(&new);
	raw_deinit(&old);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*seed)(const char *folder, unsigned int n, struct rng *rng);
	} targets[] = {
		{ "view", seed_view },
		{ "relocate", seed_relocate },
		{ "standalone", seed_standalone },
		{ "diff", seed_diff },
		{ "partition", seed_partition },
	};
	const size_t nr = sizeof(targets) / sizeof(*targets);
	unsigned int n;
	size_t i = 0;

	while (argc == 3 && i < nr && strcmp(argv[1], targets[i].name))
		i++;
	if (argc != 3 || i == nr)
		return 2;
	for (n = 0; n < NR_SEEDS; n++) {
		struct rng rng = { .state = n };

		targets[i].seed(argv[2], n, &rng);
	}
	return 0;
}
