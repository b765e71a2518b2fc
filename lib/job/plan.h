/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_PLAN_H
#define KBTF_JOB_PLAN_H

#include <kbtf/job.h>

/* A file to work on, and where what is made of it goes. */
struct kbtf_plan_file {
	char *path;
	char *output;		  /* NULL: nothing is written */
	struct kbtf_diag *broken; /* why it could not be listed; NULL where it could */
};

struct kbtf_plan {
	struct kbtf_plan_file *files;
	size_t nr;
	size_t room;
	bool to_one_file; /* output names a file, whose name tells how to compress it */
};

/*
 * List the files of opts->inputs, directories sorted, and plan their outputs.
 * An input that cannot be listed becomes a file that is broken.
 * Returns 0, -ENOMEM, or -EINVAL where two files would be written to one place.
 */
int kbtf_plan_make(const struct kbtf_job_opts *opts, const char *const *inputs, size_t nr_inputs,
		   struct kbtf_plan *ret, struct kbtf_diag *reterr);
void kbtf_plan_deinit(struct kbtf_plan *plan);

/* What would be written where. */
struct kbtf_plan_claim {
	const char *path; /* of what it is made of */
	const char *output;
};

/* Sort claims by output. Returns 0, or -EINVAL [output-collision] where two have the same. */
int kbtf_plan_check_claims(struct kbtf_plan_claim *claims, size_t nr, struct kbtf_diag *reterr);

/* The name of the BTF alone: "a/NAME.ko.xz", ".base.btf" -> "a/NAME.base.btf". NULL: no memory. */
char *kbtf_plan_raw_name(const char *path, const char *suffix);

#endif
