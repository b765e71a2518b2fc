// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Minimising files: what is asked has to make sense [check_call], kernels become units
 * [plan], objects are read once, and units are worked on by any number of threads, told of
 * in their order [deliver].
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "alloc.h"
#include "fail.h"
#include "kernels.h"
#include "minimize.h"
#include "parallel.h"

struct run {
	struct kbtf_minimize_job job;
	struct kbtf_found_kernels found;
	unsigned int nr_threads, nr_module_threads;
	pthread_mutex_t lock; /* of all below */
	struct {
		struct kbtf_minimize_made *results;
		size_t nr;
		bool is_done;
	} * done; /* by unit */
	size_t next_to_tell, nr_done;
	struct kbtf_minimize_summary *summary;
	bool no_memory;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#define WRONG_CALL(...) kbtf_fail(reterr, -EINVAL, "call", __VA_ARGS__)

static int check_refs(const struct kbtf_minimize_job_opts *opts, struct kbtf_diag *reterr)
{
	const unsigned int others = KBTF_MINJOB_MERGED | KBTF_MINJOB_EACH | KBTF_MINJOB_EXPLAIN |
				    KBTF_MINJOB_MISSING | KBTF_MINJOB_KEEP_BASE |
				    KBTF_MINJOB_ARCHIVE;

	if (opts->nr_programs || opts->flags & others || opts->kernels)
		return WRONG_CALL("--refs goes by modules: no --for, --kernels, --merged, --each, "
				  "--explain, --missing or --archive");
	if (opts->base && opts->kernel)
		return WRONG_CALL("--base and --kernel exclude each other");
	if (!opts->nr_modules && !(opts->flags & KBTF_MINJOB_MODULES))
		return WRONG_CALL("--refs of which modules? name them, or give --modules");
	if (opts->flags & KBTF_MINJOB_MODULES && opts->base)
		return WRONG_CALL(
			"--modules are those of an installed kernel: give --kernel, or name "
			"them");
	if (!opts->output)
		return WRONG_CALL("where to write? give --output");
	return 0;
}

static int check_call(const struct kbtf_minimize_job_opts *opts, struct kbtf_diag *reterr)
{
	unsigned int flags = opts->flags;

	if (flags & KBTF_MINJOB_REFS)
		return check_refs(opts, reterr);
	if (!opts->nr_programs)
		return WRONG_CALL("for which BPF objects? give --for");
	if (opts->base && opts->kernel)
		return WRONG_CALL("--base and --kernel exclude each other");
	if (opts->kernels && (opts->base || opts->kernel || opts->root))
		return WRONG_CALL("--kernels and --base, --kernel, --root exclude each other");
	if (opts->kernels && opts->nr_modules)
		return WRONG_CALL(
			"with --kernels modules are those of each kernel: give --modules");
	if (flags & KBTF_MINJOB_MODULES && opts->base)
		return WRONG_CALL(
			"--modules are those of an installed kernel: give --kernel, or name "
			"them");
	return 0;
}

static bool is_directory(const char *path)
{
	struct stat st;
	size_t len = strlen(path);

	return (len && path[len - 1] == '/') || (!stat(path, &st) && S_ISDIR(st.st_mode));
}

/* The file's name without its ending, or the release. */
static char *stem_of(const char *name)
{
	static const char *const endings[] = { ".btf.tar.xz", ".btf.xz", ".btf" };
	const char *slash = strrchr(name, '/');
	size_t len, i;

	name = slash ? slash + 1 : name;
	len = strlen(name);
	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end_len = strlen(endings[i]);

		if (len > end_len && !memcmp(name + len - end_len, endings[i], end_len)) {
			len -= end_len;
			break;
		}
	}
	return strndup(name, len);
}

/* One kernel: its output is a file, or a directory if modules or objects have their own. */
static int plan_one(struct run *run, struct kbtf_kernel *named, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_job_opts *opts = run->job.opts;
	struct kbtf_minimize_unit *unit = &run->job.units[0];
	bool modules = (opts->nr_modules || opts->flags & KBTF_MINJOB_MODULES) &&
		       !(opts->flags & (KBTF_MINJOB_MERGED | KBTF_MINJOB_KEEP_BASE));
	bool each = opts->flags & KBTF_MINJOB_EACH;
	int err = kbtf_kernel_init(named, opts->base, opts->kernel, opts->root, reterr);

	if (err)
		return err;
	run->job.nr_units = 1;
	unit->name = named->name;
	unit->file = opts->base;
	unit->root = opts->root;
	unit->release = named->release;
	unit->all_modules = opts->flags & KBTF_MINJOB_MODULES;
	if (!opts->output)
		return 0;
	run->job.to_one_file = !modules && !each && !is_directory(opts->output);
	if (run->job.to_one_file)
		unit->output = strdup(opts->output);
	else if (modules)
		unit->output = strdup("");
	else
		unit->output = stem_of(named->name);
	return unit->output ? 0 : kbtf_fail_nomem(reterr);
}

static int plan_all(struct run *run, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_job_opts *opts = run->job.opts;
	size_t i;

	run->job.nr_units = run->found.nr;
	for (i = 0; i < run->found.nr; i++) {
		const struct kbtf_found_kernel *kernel = &run->found.kernels[i];
		struct kbtf_minimize_unit *unit = &run->job.units[i];

		unit->name = kernel->name;
		unit->file = kernel->file;
		unit->root = kernel->root;
		unit->release = kernel->release;
		unit->all_modules = kernel->release && opts->flags & KBTF_MINJOB_MODULES;
		if (!opts->output)
			continue;
		unit->output = strdup(kernel->name);
		if (!unit->output)
			return kbtf_fail_nomem(reterr);
	}
	return 0;
}

static int plan(struct run *run, struct kbtf_kernel *named, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_job_opts *opts = run->job.opts;
	size_t nr = 1;
	int err;

	if (opts->kernels) {
		err = kbtf_kernels_find(opts->kernels, &run->found, reterr);
		if (err)
			return err;
		nr = run->found.nr;
	}
	run->job.units = kbtf_zalloc_array(nr, sizeof(*run->job.units));
	run->done = kbtf_zalloc_array(nr, sizeof(*run->done));
	if (!run->job.units || !run->done)
		return kbtf_fail_nomem(reterr);
	return opts->kernels ? plan_all(run, reterr) : plan_one(run, named, reterr);
}

static void add_up(struct kbtf_minimize_summary *sum, const struct kbtf_minimize_result *r)
{
	unsigned int i;

	sum->nr_results++;
	sum->nr_outcomes[r->outcome]++;
	sum->nr_records += r->nr_records;
	for (i = 0; i <= KBTF_CORE_FAILED; i++)
		sum->nr_record_outcomes[i] += r->nr_outcomes[i];
	sum->nr_findings += r->nr_findings;
	sum->nr_modules_kept += r->nr_modules_kept;
	sum->nr_types += r->nr_types;
	sum->nr_base_types += r->nr_base_types;
	sum->btf_bytes_before += r->btf_bytes_before;
	sum->btf_bytes_after += r->btf_bytes_after;
}

static void deliver(struct run *run, size_t i)
{
	const struct kbtf_minimize_job_opts *opts = run->job.opts;
	size_t r;

	pthread_mutex_lock(&run->lock);
	run->done[i].is_done = true;
	run->no_memory |= !run->done[i].results;
	run->nr_done++;
	for (; run->next_to_tell < run->job.nr_units && run->done[run->next_to_tell].is_done;
	     run->next_to_tell++) {
		struct kbtf_minimize_made *results = run->done[run->next_to_tell].results;

		for (r = 0; r < run->done[run->next_to_tell].nr; r++) {
			add_up(run->summary, &results[r].result);
			if (opts->result)
				opts->result(opts->ctx, &results[r].result);
			kbtf_minimize_made_deinit(&results[r]);
		}
		free(results);
	}
	if (opts->progress)
		opts->progress(opts->ctx, run->nr_done, run->job.nr_units);
	pthread_mutex_unlock(&run->lock);
}

static void work(void *ctx, unsigned int thread, size_t i)
{
	struct run *run = ctx;
	bool refs = run->job.opts->flags & KBTF_MINJOB_REFS;

	(void)thread;
	(refs ? kbtf_minimize_refs_unit
	      : kbtf_minimize_unit)(&run->job, &run->job.units[i], run->nr_module_threads,
				    &run->done[i].results, &run->done[i].nr);
	deliver(run, i);
}

/* Objects that get files of their own need names of their own. */
static int check_stems(const struct kbtf_programs *programs, struct kbtf_diag *reterr)
{
	struct kbtf_plan_claim *claims = kbtf_zalloc_array(programs->nr, sizeof(*claims));
	int err = claims ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < programs->nr && !err; i++) {
		claims[i].path = kbtf_program_label(programs->programs[i]);
		claims[i].output = kbtf_program_stem(claims[i].path);
		err = claims[i].output ? 0 : -ENOMEM;
	}
	err = err ? kbtf_fail_nomem(reterr) : kbtf_plan_check_claims(claims, programs->nr, reterr);
	for (i = 0; claims && i < programs->nr; i++)
		free((char *)claims[i].output);
	free(claims);
	return err;
}

/* bpftool's way makes empty BTF of no records; here it is rather a mistake. */
static int read_programs(struct kbtf_minimize_job *job, struct kbtf_diag *reterr)
{
	const struct kbtf_minimize_job_opts *opts = job->opts;
	struct kbtf_programs *programs = &job->programs;
	int err = kbtf_programs_init(programs, opts->programs, opts->nr_programs, reterr);

	if (!err && opts->flags & KBTF_MINJOB_EACH && opts->output)
		err = check_stems(programs, reterr);
	if (err || programs->nr_records || opts->flags & KBTF_MINJOB_STOP_AT_REFUSED)
		return err;
	kbtf_fail(reterr, -ENODATA, "no-records", "no CO-RE records in it%s",
		  programs->nr > 1 ? ", nor in the others" : "");
	kbtf_diag_in(reterr, kbtf_program_label(programs->programs[0]));
	return -ENODATA;
}

int kbtf_minimize_files(const struct kbtf_minimize_job_opts *opts,
			struct kbtf_minimize_summary *ret, struct kbtf_diag *reterr)
{
	struct run run = { .job = { .opts = opts }, .summary = ret };
	struct kbtf_kernel named = { 0 };
	double started = now();
	size_t i;
	int err;

	memset(ret, 0, sizeof(*ret));
	err = check_call(opts, reterr);
	if (!err)
		err = plan(&run, &named, reterr);
	if (!err && !(opts->flags & KBTF_MINJOB_REFS))
		err = read_programs(&run.job, reterr);
	if (err)
		goto out;
	run.nr_threads = opts->nr_threads ? opts->nr_threads : kbtf_nr_cpus();
	/* Threads go to kernels; of a single one to its modules. */
	run.nr_module_threads = run.job.nr_units == 1 ? run.nr_threads : 1;
	ret->nr_kernels = run.job.nr_units;
	ret->nr_programs = run.job.programs.nr;
	pthread_mutex_init(&run.lock, NULL);
	kbtf_parallel(run.nr_threads, run.job.nr_units, work, &run);
	pthread_mutex_destroy(&run.lock);
	ret->seconds = now() - started;
	if (run.no_memory)
		err = kbtf_fail_nomem(reterr);
out:
	for (i = 0; run.job.units && i < run.job.nr_units; i++)
		free(run.job.units[i].output);
	free(run.job.units);
	free(run.done);
	kbtf_programs_deinit(&run.job.programs);
	kbtf_kernels_deinit(&run.found);
	kbtf_kernel_deinit(&named);
	return err;
}

bool kbtf_minimize_all_well(const struct kbtf_minimize_summary *summary)
{
	return !summary->nr_outcomes[KBTF_OUT_REFUSED] && !summary->nr_outcomes[KBTF_OUT_FAILED] &&
	       !summary->nr_findings;
}
