// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which kernels are to be equipped, and what is said of each. */
#define _GNU_SOURCE /* asprintf */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kbtf/equip.h>
#include <kbtf/image.h>

#include "commands.h"
#include "opts.h"

static const struct usage usage = {
	.name = "equip",
	.synopsis = "[OPTIONS] [RELEASE...]",
	.about = "Equip the installed headers of kernels, so that every external module that is\n"
		 "built with them, by DKMS or plain make, gets BTF with a .BTF.base. Without "
		 "RELEASE\n"
		 "those of all kernels that have headers.\n",
	.needs = NEEDS_WRITING,
	.opts = OPT_BIT(OPT_BASE) | OPT_BIT(OPT_ROOT) | OPT_BIT(OPT_REMOVE) | OPT_BIT(OPT_QUIET),
};

/* The directory of this program, if the ones that builds call are there too; or NULL. */
static char *find_bin_dir(void)
{
	char path[PATH_MAX], *slash, *probe;
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	bool is_there;

	if (len <= 0)
		return NULL;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	slash[1] = '\0';
	/* as make has it, spaces would part words */
	if (strpbrk(path, " \t$#") || asprintf(&probe, "%skbtf-pahole", path) < 0)
		return NULL;
	is_there = !access(probe, X_OK);
	free(probe);
	return is_there ? strdup(path) : NULL;
}

static int equip(const struct call *call, const struct kbtf_equip_opts *opts,
		 bool only_with_headers)
{
	const char *done = opts->remove ? "removed" : "equipped";
	struct kbtf_equip_result result;
	struct kbtf_diag why;
	int err = kbtf_equip(opts, &result, &why);

	if (err == -ENOENT && only_with_headers && !strcmp(why.reason, "no-headers"))
		return EXIT_ALL_WELL;
	if (err) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	/* of kernels that nobody named only what was done is worth a line */
	if (!call->quiet && (result.is_changed || !opts->remove || !only_with_headers))
		printf("%-11s  %s  %s\n", result.is_changed ? done : "already", opts->release,
		       result.dir);
	if (result.is_unchecked && !call->quiet)
		fprintf(stderr,
			"note: %s/vmlinux: taken for that of kernel %s, which is not installed\n",
			result.dir, opts->release);
	free(result.dir);
	return EXIT_ALL_WELL;
}

int cmd_equip(int argc, char **argv)
{
	struct kbtf_paths all = { 0 };
	struct kbtf_equip_opts opts = { 0 };
	const char *const *releases;
	char *bin_dir = NULL;
	struct kbtf_diag why;
	struct call call;
	size_t i, nr;
	int status;

	if (!call_parse(&call, &usage, argc, argv, &status))
		goto out;
	releases = call.job.inputs;
	nr = call.job.nr_inputs;
	if (call.job.base && nr != 1) {
		status = wrong_call(&usage, "--base is that of one RELEASE");
		goto out;
	}
	if (!nr && kbtf_kernel_releases(call.job.root, &all, &why)) {
		print_diag("", &why);
		status = EXIT_REFUSED;
		goto out;
	}
	if (!nr) {
		releases = (const char *const *)all.paths;
		nr = all.nr;
	}
	if (!call.job.root)
		bin_dir = find_bin_dir();
	for (i = 0; i < nr; i++) {
		opts = (struct kbtf_equip_opts){
			.root = call.job.root,
			.release = releases[i],
			.base = call.job.base,
			.bin_dir = bin_dir,
			.remove = call.remove,
		};
		if (equip(&call, &opts, !call.job.nr_inputs))
			status = EXIT_REFUSED;
	}
out:
	free(bin_dir);
	kbtf_paths_deinit(&all);
	call_deinit(&call);
	return status;
}
