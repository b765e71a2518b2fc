// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf_verify() with the rules of the running kernel against the running kernel:
 * the inputs of the unit tests, and then BTF grown and mutated from a seed, are given
 * to both, and both must say the same, to the errno. Exits 77 where the kernel may
 * not be asked.
 *
 * Usage: verify_kernel [SECONDS [SEED [COUNT]]]
 * With KBTF_TEST_VERBOSE set it prints how often each rule refused; with
 * KBTF_TEST_KERNEL_WARNINGS set it also tries what makes the kernel warn.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <kbtf/verify.h>

#include "btf_load.h"
#include "cases.h"
#include "check.h"
#include "mutants.h"
#include "text_btf.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

static struct kbtf *open_vmlinux(void)
{
	size_t size = 0, room = 16u << 20;
	uint8_t *bytes = malloc(room);
	FILE *file = fopen(VMLINUX, "rb");
	struct kbtf_open_opts opts = { .label = VMLINUX };
	struct kbtf *ret = NULL;

	if (file && bytes)
		size = fread(bytes, 1, room, file);
	if (size)
		kbtf_open(bytes, size, &opts, &ret, NULL);
	if (file)
		fclose(file);
	free(bytes);
	return ret;
}

/* How often each rule was the one a case was refused by. */
static uint64_t *hits;

static void count_hit(const char *reason)
{
	const struct kbtf_rule *rules;
	size_t nr, i;

	rules = kbtf_rules(&nr);
	for (i = 0; i < nr; i++)
		if (!strcmp(reason, rules[i].name))
			hits[i]++;
}

/* How many were refused for what lies before the first type: rules come in that order. */
static uint64_t nr_hits_of_header(void)
{
	const struct kbtf_rule *rules;
	uint64_t sum = 0;
	size_t nr, i;

	rules = kbtf_rules(&nr);
	for (i = 0; i < nr && strcmp(rules[i].name, "type-truncated"); i++)
		sum += hits[i];
	return sum;
}

static void print_hits(void)
{
	const struct kbtf_rule *rules;
	size_t nr, i;

	rules = kbtf_rules(&nr);
	for (i = 0; i < nr; i++)
		printf("%10llu %s\n", (unsigned long long)hits[i], rules[i].name);
}

static void print_finding(void *ctx, const struct kbtf_diag *diag)
{
	char line[800];

	(void)ctx;
	kbtf_diag_format(diag, line, sizeof(line));
	printf("  kbtf: %s: %s\n", strerrorname_np(-diag->err), line);
}

static void report(const uint8_t *bytes, size_t size, const struct kbtf_verify_opts *opts,
		   const char *name, int kernel, int ours)
{
	static char log[1 << 20];
	size_t i;

	printf("%s: the kernel says %d (%s), kbtf says %d (%s)\n", name, kernel,
	       kernel ? strerrorname_np(-kernel) : "accepted", ours,
	       ours ? strerrorname_np(-ours) : "accepted");
	kbtf_verify(bytes, size, opts, print_finding, NULL, NULL);
	btf_load(bytes, size, log, sizeof(log));
	printf("  kernel log:\n%s\n  bytes:", log);
	for (i = 0; i < size; i++)
		printf("%s%02x", i % 32 ? "" : "\n  ", bytes[i]);
	printf("\n");
}

/*
 * Whether the kernel prints a warning about itself into its log, as 6.18 does
 * where a STRUCT has two locks or refcounts at different depths, or of both kinds:
 * a test should leave no mark on the machine it runs on. ours is what its rules
 * say; where others that count through all depths stop earlier, it warns.
 */
static bool kernel_warns(const uint8_t *bytes, size_t size, const struct kbtf_verify_opts *opts,
			 const struct kbtf_diag *ours)
{
	struct check_version strict = *kbtf_check_version(opts->rules);
	struct kbtf_diag diag;
	struct check c = { .opts = opts, .version = &strict, .reterr = &diag };

	strict.fields_count_nested = true;
	if (getenv("KBTF_TEST_KERNEL_WARNINGS") || !kbtf_check_run(&c, bytes, size))
		return false;
	return !strcmp(diag.reason, "field-locks") ||
	       (!strcmp(diag.reason, "field-twice") && strcmp(diag.text, ours->text));
}

enum outcome { DISAGREED, REFUSED, ACCEPTED, LEFT_OUT };

/* What both say of these bytes; where they differ, a report. */
static enum outcome ask_both(const uint8_t *bytes, size_t size, const struct kbtf_verify_opts *opts,
			     const char *name)
{
	struct kbtf_diag diag = { .reason = "" };
	int kernel, ours;

	ours = kbtf_verify(bytes, size, opts, NULL, NULL, &diag);
	if (kernel_warns(bytes, size, opts, &diag))
		return LEFT_OUT;
	if (ours)
		count_hit(diag.reason);
	kernel = btf_load(bytes, size, NULL, 0);
	if (kernel == ours)
		return ours ? REFUSED : ACCEPTED;
	report(bytes, size, opts, name, kernel, ours);
	return DISAGREED;
}

static enum outcome try_mutant(uint64_t seed, const struct kbtf_verify_opts *opts)
{
	static struct mutant m;
	char name[32];
	uint32_t mutations, i;
	enum outcome ret;
	uint8_t *bytes;
	size_t size;

	mutant_grow(&m, seed);
	/* Three of four as they grew: what is accepted has to be agreed upon, too. */
	mutations = mutant_random(&m, 4) ? 0 : 1 + mutant_random(&m, 3);
	for (i = 0; i < mutations; i++)
		mutant_mutate(&m);
	if (!mutant_random(&m, 1000))
		mutant_swell(&m);
	bytes = mutant_bytes(&m, &size);
	if (!bytes)
		return LEFT_OUT;
	snprintf(name, sizeof(name), "seed %llu", (unsigned long long)seed);
	ret = ask_both(bytes, size, opts, name);
	free(bytes);
	return ret;
}

/* The inputs of the unit tests, whatever profile they are for. The number of disagreements. */
static uint64_t try_cases(const struct kbtf_verify_opts *opts)
{
	const struct check_case *const lists[] = { meta_cases, resolve_cases, field_cases };
	const struct check_case *cs;
	uint64_t failed = 0, tried = 0;
	size_t i, size;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		for (cs = lists[i]; cs->name; cs++, tried++) {
			uint8_t *bytes = text_btf(cs->types, 0, &size);

			failed += ask_both(bytes, size, opts, cs->name) == DISAGREED;
			free(bytes);
		}
	}
	printf("%llu inputs of the unit tests, %llu disagreements\n", (unsigned long long)tried,
	       (unsigned long long)failed);
	return failed;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Whether the kernel takes the smallest of all BTF from us. */
static int ask_kernel(void)
{
	static const uint32_t one_int[] = { 0x0001eb9f, 24,	    0, 0x10, 0x10,	4,
					    1,		0x01000000, 4, 0x20, 0x00006900 };

	return btf_load(one_int, sizeof(one_int), NULL, 0);
}

static bool panics_on_warning(void)
{
	FILE *file = fopen("/proc/sys/kernel/panic_on_warn", "r");
	int value = 0;

	if (file) {
		if (fscanf(file, "%d", &value) != 1)
			value = 0;
		fclose(file);
	}
	return value;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 5, start = now();
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 0) : UINT64_MAX;
	uint64_t i, accepted = 0, in_header = 0, failed;
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_PROGRAM,
					 .flags = KBTF_VERIFY_HOST_ORDER,
					 .pointer_size = sizeof(void *) };
	struct utsname uts;
	struct kbtf *vmlinux;
	size_t nr_rules;
	int err;

	kbtf_rules(&nr_rules);
	hits = calloc(nr_rules, sizeof(*hits));
	if (!hits)
		return 1;
	uname(&uts);
	err = ask_kernel();
	if (err) {
		printf("SKIP: bpf(BPF_BTF_LOAD) says %s\n", strerror(-err));
		return 77;
	}
	if (panics_on_warning()) {
		printf("SKIP: this kernel panics where it would warn\n");
		return 77;
	}
	if (kbtf_kernel_rules_parse(uts.release, &opts.rules, NULL)) {
		printf("SKIP: no rules for kernel %s\n", uts.release);
		return 77;
	}
	vmlinux = open_vmlinux();
	if (!vmlinux) {
		/* Mounted nowhere, though the kernel may well have it and look at it. */
		printf("SKIP: %s cannot be read\n", VMLINUX);
		return 77;
	}
	opts.base = vmlinux;
	failed = try_cases(&opts);
	for (i = 0; i < count && now() - start < seconds && failed < 10; i++) {
		enum outcome outcome = try_mutant(seed + i, &opts);

		failed += outcome == DISAGREED;
		accepted += outcome == ACCEPTED;
	}
	in_header = nr_hits_of_header();
	printf("kernel %s, rules of %s: %llu mutants from seed %llu, %llu refused by their header "
	       "and sections, %llu accepted, %llu disagreements\n",
	       uts.release, kbtf_kernel_rules_name(opts.rules), (unsigned long long)i,
	       (unsigned long long)seed, (unsigned long long)in_header,
	       (unsigned long long)accepted, (unsigned long long)failed);
	if (getenv("KBTF_TEST_VERBOSE"))
		print_hits();
	kbtf_free(vmlinux);
	free(hits);
	return failed != 0;
}
