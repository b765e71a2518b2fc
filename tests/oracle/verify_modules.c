// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What kbtf says of a module's BTF, kbtf_verify() and kbtf_relocate(), against the
 * running kernel, which is asked by loading it: the verdict, the errno, and each byte that
 * /sys/kernel/btf then has. For a guest that is nobody's machine: see
 * tests/qemu/module-verify-agrees.sh.
 *
 * Usage: verify_modules [-d] SEED COUNT CARRIER NAME MODEL.btf...
 * A model stands on MODEL.base.btf where that is there, else on the kernel's BTF. What
 * kbtf warns of, since kernels follow it without looking, is left out; with -d it is all
 * that is tried. Ends before COUNT where the kernel oopses or does not come back.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kbtf/module.h>
#include <kbtf/verify.h>

#include "module_load.h"
#include "module_mutants.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"
#define STUCK_AFTER_SECONDS 30
#define MAX_REASONS 160
#define MAX_MODELS 64

/* How often, by reason. */
struct tally {
	struct {
		char reason[32];
		uint64_t nr;
	} rows[MAX_REASONS];
};

/* Shared with the process that asks, which may not come back. */
struct progress {
	uint64_t seed;	  /* the one that is tried */
	char verdict[32]; /* what kbtf says of it */
	uint64_t tried, accepted, in_header, left_out, lucky, disagreed;
	struct tally refused; /* by both */
	struct tally taken;   /* by the kernel, where kbtf says that they are not sound */
	bool failed;
};

static struct progress *progress;

static void count(struct tally *tally, const char *reason)
{
	size_t i;

	for (i = 0; i < MAX_REASONS; i++) {
		if (!*tally->rows[i].reason)
			snprintf(tally->rows[i].reason, sizeof(tally->rows[i].reason), "%s",
				 reason);
		if (!strcmp(tally->rows[i].reason, reason)) {
			tally->rows[i].nr++;
			return;
		}
	}
}

/* ---- What kbtf says ----------------------------------------------------- */

struct kernel {
	struct kbtf *btf;
	struct kbtf_target *target;
	enum kbtf_kernel_rules rules;
	bool relocates;
};

struct raw {
	uint8_t *split, *base; /* base may be NULL */
	size_t split_size, base_size;
};

struct verdict {
	int err;
	char reason[32];
	bool is_sound;	/* kbtf_open() takes it */
	bool is_opened; /* err is kbtf_open()'s, which no kernel calls */
	uint8_t *bytes; /* what the kernel has to have of it */
	size_t size;
};

/* Of the bytes of foreign byte order kbtf opens more than kernels do; those are refused before. */
static int relocated(const struct kernel *kernel, const struct raw *raw, struct verdict *v,
		     struct kbtf_diag *diag)
{
	struct kbtf *base = NULL, *split = NULL, *out = NULL;
	struct kbtf_open_opts opts = { .base = kernel->btf };
	bool relocates = raw->base && kernel->relocates;
	const void *bytes = raw->split;
	int err = 0;

	v->size = raw->split_size;
	if (relocates)
		err = kbtf_open(raw->base, raw->base_size, NULL, &base, diag);
	if (relocates)
		opts.base = base;
	if (!err)
		err = kbtf_open(raw->split, raw->split_size, &opts, &split, diag);
	v->is_sound = !err;
	v->is_opened = err && relocates;
	if (!relocates)
		err = 0; /* published as it is, sound or not */
	else if (!err)
		err = kbtf_relocate(split, kernel->target, NULL, &out, diag);
	if (!err && relocates)
		bytes = kbtf_bytes(out, &v->size);
	if (!err) {
		v->bytes = malloc(v->size + 1);
		if (v->bytes)
			memcpy(v->bytes, bytes, v->size);
	}
	kbtf_free(out);
	kbtf_free(split);
	kbtf_free(base);
	return err;
}

static void predict(const struct kernel *kernel, const struct raw *raw, struct verdict *ret)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_MODULE,
					 .rules = kernel->rules,
					 .flags = KBTF_VERIFY_HOST_ORDER,
					 .base = kernel->btf,
					 .distilled = raw->base,
					 .distilled_size = raw->base_size,
					 .pointer_size = sizeof(void *) };
	struct kbtf_diag diag = { .reason = "" };

	*ret = (struct verdict){ 0 };
	ret->err = kbtf_verify(raw->split, raw->split_size, &opts, NULL, NULL, &diag);
	if (!ret->err)
		ret->err = relocated(kernel, raw, ret, &diag);
	snprintf(ret->reason, sizeof(ret->reason), "%s", diag.reason);
}

/* ---- Asking ------------------------------------------------------------- */

static void print_bytes(const char *what, const uint8_t *bytes, size_t size)
{
	size_t i;

	printf("  %s:", what);
	for (i = 0; i < size; i++)
		printf("%s%02x", i % 32 ? "" : "\n  ", bytes[i]);
	printf("\n");
}

static void report(uint64_t seed, const struct raw *raw, const struct verdict *v,
		   const struct module_answer *a, const char *what)
{
	printf("seed %llu: %s: the kernel says %d and has %zu bytes, kbtf says %d [%s] and has "
	       "%zu bytes\n",
	       (unsigned long long)seed, what, a->err, a->size, v->err, v->reason,
	       v->bytes ? v->size : 0);
	if (raw->base)
		print_bytes(".BTF.base", raw->base, raw->base_size);
	print_bytes(".BTF", raw->split, raw->split_size);
	if (!a->err && a->bytes)
		print_bytes("the kernel's", a->bytes, a->size);
	fflush(stdout);
}

static bool is_in_header(const char *reason)
{
	const struct kbtf_rule *rules;
	size_t nr, i;

	rules = kbtf_rules(&nr);
	for (i = 0; i < nr && strcmp(rules[i].name, "type-truncated"); i++)
		if (!strcmp(rules[i].name, reason))
			return true;
	return false;
}

static void compare(uint64_t seed, const struct raw *raw, const struct verdict *v,
		    const struct module_answer *a)
{
	const char *what = NULL;

	/* A module whose .BTF has no byte has none, for kernels. */
	if (!raw->split_size && !a->err && !a->bytes) {
		count(&progress->refused, v->reason);
		progress->in_header++;
		return;
	}
	if (!a->err != !!a->bytes)
		what = "its errno and its files do not agree";
	else if (!v->is_opened && v->err != a->err)
		what = "another verdict";
	else if (!v->err && (a->size != v->size || memcmp(a->bytes, v->bytes, v->size)))
		what = "other bytes";
	if (what) {
		progress->disagreed++;
		report(seed, raw, v, a, what);
	} else if (v->err && !a->err) {
		progress->lucky++;
		count(&progress->taken, v->reason);
	} else if (v->err) {
		count(&progress->refused, v->reason);
		progress->in_header += is_in_header(v->reason);
	} else {
		progress->accepted++;
	}
}

/* Whether to go on. */
static bool try_seed(const struct kernel *kernel, struct module_carrier *carrier,
		     const struct module_source *source, uint64_t seed, bool dangerous)
{
	static struct module_mutant m;
	struct module_answer answer = { 0 };
	struct raw raw = { 0 };
	struct verdict verdict;
	int err;

	module_mutant_make(&m, seed, source);
	raw.split = mutant_bytes(&m.split, &raw.split_size);
	if (m.has_base)
		raw.base = mutant_bytes(&m.base, &raw.base_size);
	if (!raw.split || (m.has_base && !raw.base))
		return false;
	predict(kernel, &raw, &verdict);
	progress->seed = seed;
	snprintf(progress->verdict, sizeof(progress->verdict), "%s",
		 verdict.err	    ? verdict.reason
		 : verdict.is_sound ? "sound"
				    : "accepted");
	if ((verdict.err == -EFAULT) != dangerous) {
		progress->left_out += !dangerous;
	} else {
		err = module_carrier_ask(carrier, raw.split, raw.split_size, raw.base,
					 raw.base_size, &answer);
		progress->tried++;
		if (err) {
			printf("seed %llu: the carrier cannot be used: %s\n",
			       (unsigned long long)seed, strerror(-err));
			progress->failed = true;
		} else if (dangerous) {
			count(answer.err ? &progress->refused : &progress->taken, verdict.reason);
		} else {
			compare(seed, &raw, &verdict, &answer);
		}
	}
	free(answer.bytes);
	free(verdict.bytes);
	free(raw.split);
	free(raw.base);
	return !progress->failed && progress->disagreed < 10;
}

/* ---- From the command line ---------------------------------------------- */

static bool open_kernel(struct kernel *kernel, const char *release)
{
	struct kbtf_open_opts opts = { .label = VMLINUX, .flags = KBTF_OPEN_TAKE };
	size_t size = 0;
	uint8_t *bytes = module_read_all(VMLINUX, &size);

	if (!bytes || kbtf_open(bytes, size, &opts, &kernel->btf, NULL) ||
	    kbtf_target_new(kernel->btf, &kernel->target)) {
		printf("SKIP: %s cannot be read\n", VMLINUX);
		return false;
	}
	if (kbtf_kernel_rules_parse(release, &kernel->rules, NULL)) {
		printf("SKIP: no rules for kernel %s\n", release);
		return false;
	}
	kernel->relocates = kbtf_kernel_relocates(kernel->btf);
	return true;
}

static void read_model(const char *path, struct module_model *ret)
{
	char base[256];

	ret->split = module_read_all(path, &ret->split_size);
	snprintf(base, sizeof(base), "%.*s.base.btf", (int)(strlen(path) - strlen(".btf")), path);
	ret->base = access(base, R_OK) ? NULL : module_read_all(base, &ret->base_size);
}

/* Wait for the process that asks: "" once it came to its end, or what became of it. */
static const char *watch(pid_t pid)
{
	const struct timespec second = { .tv_sec = 1 };
	uint64_t seed = UINT64_MAX;
	unsigned int waited = 0;
	sigset_t child_ended;
	int status;

	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	while (sigtimedwait(&child_ended, NULL, &second) < 0) {
		waited = progress->seed == seed ? waited + 1 : 0;
		seed = progress->seed;
		if (waited == STUCK_AFTER_SECONDS)
			return "stuck";
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? "" : "oops";
}

static void print_tally(const struct tally *tally, const char *what)
{
	size_t i;

	for (i = 0; i < MAX_REASONS && tally->rows[i].nr; i++)
		printf("%s %llu %s\n", what, (unsigned long long)tally->rows[i].nr,
		       tally->rows[i].reason);
}

int main(int argc, char **argv)
{
	bool dangerous = argc > 1 && !strcmp(argv[1], "-d");
	struct module_model models[MAX_MODELS];
	struct module_carrier *carrier;
	struct module_source source;
	uint64_t first, nr, seed;
	struct kernel kernel;
	struct utsname uts;
	const char *end;
	sigset_t block;
	pid_t pid;
	int i;

	argc -= dangerous;
	argv += dangerous;
	if (argc < 5) {
		fprintf(stderr,
			"usage: verify_modules [-d] SEED COUNT CARRIER NAME MODEL.btf...\n");
		return 2;
	}
	first = strtoull(argv[1], NULL, 0);
	nr = strtoull(argv[2], NULL, 0);
	uname(&uts);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (progress == MAP_FAILED || !open_kernel(&kernel, uts.release) ||
	    !module_source_init(&source, kernel.btf, kernel.relocates))
		return 77;
	carrier = module_carrier_open(argv[3], argv[4]);
	if (!carrier)
		return 77;
	source.models = models;
	for (i = 5; i < argc && source.nr_models < MAX_MODELS; i++) {
		read_model(argv[i], &models[source.nr_models]);
		source.nr_models += module_model_fits(&models[source.nr_models], kernel.btf);
	}
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, NULL);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		for (seed = first; seed < first + nr; seed++)
			if (!try_seed(&kernel, carrier, &source, seed, dangerous))
				break;
		fflush(stdout);
		_exit(progress->failed);
	}
	end = pid < 0 ? "oops" : watch(pid);
	printf("kernel %s, rules of %s, %zu models, seeds from %llu: %llu tried, %llu refused by "
	       "header and sections, %llu accepted, %llu of what is not sound, %llu left out, "
	       "%llu disagreements\n",
	       uts.release, kbtf_kernel_rules_name(kernel.rules), source.nr_models,
	       (unsigned long long)first, (unsigned long long)progress->tried,
	       (unsigned long long)progress->in_header, (unsigned long long)progress->accepted,
	       (unsigned long long)progress->lucky, (unsigned long long)progress->left_out,
	       (unsigned long long)progress->disagreed);
	print_tally(&progress->refused, "refused");
	print_tally(&progress->taken, "taken");
	module_source_deinit(&source);
	printf("end %llu %s %s\n", (unsigned long long)progress->seed, *end ? end : "done",
	       *end ? progress->verdict : "-");
	return progress->failed || progress->disagreed;
}
