// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A job before it runs: what was asked has to make sense, and is made concrete. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "fail.h"
#include "task.h"

const char *kbtf_job_command_name(enum kbtf_job_command command)
{
	static const char *const names[] = {
		[KBTF_JOB_DISTILL] = "distill", [KBTF_JOB_RELOCATE] = "relocate",
		[KBTF_JOB_CHECK] = "check",	[KBTF_JOB_VERIFY] = "verify",
		[KBTF_JOB_EXTRACT] = "extract", [KBTF_JOB_STANDALONE] = "standalone",
		[KBTF_JOB_ENCODE] = "encode",	[KBTF_JOB_IDS] = "ids",
	};

	return names[command];
}

const char *kbtf_outcome_name(enum kbtf_outcome outcome)
{
	static const char *const names[] = {
		[KBTF_OUT_DONE] = "done",	[KBTF_OUT_ALREADY] = "already",
		[KBTF_OUT_NO_BTF] = "no BTF",	[KBTF_OUT_CANNOT_TELL] = "cannot tell",
		[KBTF_OUT_REFUSED] = "refused", [KBTF_OUT_FAILED] = "failed",
	};

	return names[outcome];
}

static bool writes(enum kbtf_job_command command)
{
	return command == KBTF_JOB_DISTILL || command == KBTF_JOB_RELOCATE ||
	       command == KBTF_JOB_EXTRACT || command == KBTF_JOB_STANDALONE ||
	       command == KBTF_JOB_ENCODE || command == KBTF_JOB_IDS;
}

/* Whether the command works with a kernel, or only if one is named. */
static bool needs_kernel(const struct kbtf_job_opts *opts)
{
	switch (opts->command) {
	case KBTF_JOB_EXTRACT:
		return false;
	case KBTF_JOB_ENCODE:
	case KBTF_JOB_IDS: /* of vmlinux, or on .BTF.base */
		return opts->base || opts->kernel || opts->root;
	case KBTF_JOB_VERIFY:
		return opts->profile == KBTF_PROFILE_MODULE ||
		       (opts->profile == KBTF_PROFILE_SOUND &&
			(opts->base || opts->kernel || opts->root));
	default:
		return true;
	}
}

#define WRONG_CALL(...) kbtf_fail(reterr, -EINVAL, "call", __VA_ARGS__)

static int check_call(const struct kbtf_job_opts *opts, struct kbtf_diag *reterr)
{
	unsigned int flags = opts->flags;

	if (opts->base && opts->kernel)
		return WRONG_CALL("--base and --kernel exclude each other");
	if (opts->old_base && opts->old_kernel)
		return WRONG_CALL("--old-base and --old-kernel exclude each other");
	if (opts->output && flags & KBTF_JOB_IN_PLACE)
		return WRONG_CALL("--output and --in-place exclude each other");
	if (writes(opts->command) && !opts->output && !(flags & KBTF_JOB_IN_PLACE))
		return WRONG_CALL("where to write? give --output or --in-place");
	if (flags & KBTF_JOB_IN_PLACE && flags & KBTF_JOB_RAW)
		return WRONG_CALL("--in-place and --raw exclude each other");
	if (flags & KBTF_JOB_IN_PLACE && opts->command == KBTF_JOB_EXTRACT)
		return WRONG_CALL("extracted BTF cannot be written --in-place");
	if (flags & KBTF_JOB_TO_SPLIT && flags & (KBTF_JOB_BARE | KBTF_JOB_NAMES))
		return WRONG_CALL(
			"--to-split excludes --bare and --depth: it leaves types as they are");
	if (flags & KBTF_JOB_DISTILLED && !opts->base && !opts->kernel && !opts->root)
		return WRONG_CALL("distilled_base needs a kernel: give --base or --kernel");
	if (opts->sign_with && flags & KBTF_JOB_STRIP_SIGNATURE)
		return WRONG_CALL("--sign-with and --strip-signature exclude each other");
	if (opts->sign_with && flags & KBTF_JOB_RAW)
		return WRONG_CALL(
			"--sign-with and --raw exclude each other: BTF alone is not signed");
	return 0;
}

static int init_kernels(struct kbtf_job *job, struct kbtf_diag *reterr)
{
	const struct kbtf_job_opts *opts = &job->opts;
	int err = 0;

	if (needs_kernel(opts)) {
		err = kbtf_kernel_init(&job->kernel, opts->base, opts->kernel, opts->root, reterr);
		job->has_kernel = !err;
	}
	if (!err && (opts->old_base || opts->old_kernel)) {
		err = kbtf_kernel_init(&job->old_kernel, opts->old_base, opts->old_kernel,
				       opts->root, reterr);
		job->has_old_kernel = !err;
	}
	return err;
}

/* Where no input was named: the modules of the kernel that they were built on. */
static int plan_kernel_modules(struct kbtf_job *job, struct kbtf_diag *reterr)
{
	const struct kbtf_kernel *kernel = job->has_old_kernel ? &job->old_kernel : &job->kernel;
	const char *inputs[1];
	char *dir;
	int err;

	if (!kernel->release)
		return WRONG_CALL("no file was named");
	err = kbtf_kernel_module_dir(kernel->root, kernel->release, &dir, reterr);
	if (err)
		return err;
	inputs[0] = dir;
	err = kbtf_plan_make(&job->opts, inputs, 1, &job->plan, reterr);
	free(dir);
	return err;
}

int kbtf_job_new(const struct kbtf_job_opts *opts, struct kbtf_job **ret, struct kbtf_diag *reterr)
{
	struct kbtf_job *job;
	int err;

	err = check_call(opts, reterr);
	if (err)
		return err;
	job = calloc(1, sizeof(*job));
	if (!job)
		return kbtf_fail_nomem(reterr);
	job->opts = *opts;
	err = init_kernels(job, reterr);
	if (!err)
		err = opts->nr_inputs ? kbtf_plan_make(opts, opts->inputs, opts->nr_inputs,
						       &job->plan, reterr)
				      : plan_kernel_modules(job, reterr);
	if (!err && !job->plan.nr)
		err = kbtf_fail(reterr, -ENOENT, "no-modules", "no modules in %s",
				opts->nr_inputs ? opts->inputs[0] : "the kernel's directory");
	if (err)
		kbtf_job_free(job);
	else
		*ret = job;
	return err;
}

void kbtf_job_free(struct kbtf_job *job)
{
	if (!job)
		return;
	kbtf_plan_deinit(&job->plan);
	kbtf_kernel_deinit(&job->kernel);
	kbtf_kernel_deinit(&job->old_kernel);
	free(job);
}

const char *kbtf_job_kernel(const struct kbtf_job *job)
{
	return job->has_kernel ? job->kernel.name : NULL;
}

const char *kbtf_job_old_kernel(const struct kbtf_job *job)
{
	return job->has_old_kernel ? job->old_kernel.name : NULL;
}

enum kbtf_job_command kbtf_job_command(const struct kbtf_job *job)
{
	return job->opts.command;
}

size_t kbtf_job_nr_files(const struct kbtf_job *job)
{
	return job->plan.nr;
}
