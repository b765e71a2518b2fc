/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_STORE_H
#define KBTF_JOB_STORE_H

#include "plan.h"
#include "record.h"
#include "subject.h"

/* What an operation made of a file. Parts without data are left out of the output; ids stay. */
struct kbtf_product {
	struct kbtf_part btf, base, embedded, ids;
	void *copies[3]; /* of BTF of the other byte order, made to be stored */
	unsigned int nr_copies;
};

/*
 * Make BTF, which may be NULL, a part of the product that is stored in the byte order
 * that it has in files. It is borrowed. 0, or -ENOMEM.
 */
int kbtf_product_add(struct kbtf_product *product, struct kbtf_part *part, const struct kbtf *btf);
void kbtf_product_deinit(struct kbtf_product *product);

/*
 * Whether a changed file may be written as opts ask; said before any work is
 * done on it. Returns 0, or -EINVAL with the reason.
 */
int kbtf_store_check(const struct kbtf_job_opts *opts, const struct kbtf_subject *subject,
		     const struct kbtf_plan_file *where, struct kbtf_diag *reterr);

/*
 * Write the product to where it was planned, and put into the result what became of the
 * file and its signature. Returns 0, or what editing, signing or saving said;
 * then nothing was written.
 */
int kbtf_store(const struct kbtf_job_opts *opts, const struct kbtf_subject *subject,
	       const struct kbtf_product *product, const struct kbtf_plan_file *where,
	       bool to_one_file, struct kbtf_job_result *result, struct kbtf_diag *reterr);

/* The same of BTF alone, whatever the input is: opts ask for that, and there is no subject. */
int kbtf_store_raw(const struct kbtf_job_opts *opts, const struct kbtf_product *product,
		   const struct kbtf_plan_file *where, struct kbtf_job_result *result,
		   struct kbtf_diag *reterr);

/*
 * The same of a linked file such as vmlinux, in place: file need not have been read whole, and what
 * of it stays is copied by the system. May be done where kbtf_store_is_linked() says so.
 */
bool kbtf_store_is_linked(const struct kbtf_job_opts *opts, const struct kbtf_file *file);
int kbtf_store_linked(const struct kbtf_job_opts *opts, const struct kbtf_file *file,
		      const struct kbtf_product *product, const struct kbtf_plan_file *where,
		      struct kbtf_job_result *result, struct kbtf_diag *reterr);

/*
 * That a file which is about to be written is none of the inputs, by whatever path; an entry may
 * be NULL. -EINVAL [over-input]. For what has no --in-place.
 */
int kbtf_store_check_over(const char *output, const char *const *inputs, size_t nr_inputs,
			  struct kbtf_diag *reterr);

/* kbtf_save() that makes the directories above path where they are missing. */
int kbtf_store_save(const struct kbtf_job_opts *opts, const char *path, const void *bytes,
		    size_t size, const char *like, struct kbtf_diag *reterr);

#endif
