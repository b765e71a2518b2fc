/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_SUBJECT_H
#define KBTF_JOB_SUBJECT_H

#include <kbtf/ids.h>
#include <kbtf/image.h>
#include <kbtf/job.h>
#include <kbtf/module.h>

/* Bytes of a section; data is NULL where the file has none. */
struct kbtf_part {
	const void *data;
	size_t size;
};

/*
 * A file that is worked on, with what it says of types. Raw BTF is taken with the
 * distilled base that lies beside it: NAME.base.btf for NAME.btf.
 */
struct kbtf_subject {
	const char *path; /* borrowed */
	struct kbtf_file *file;
	struct kbtf_file *base_file; /* NAME.base.btf */
	struct kbtf_part btf, base, embedded, ids;

	/* opened by kbtf_subject_parse() */
	struct kbtf *own_base;	    /* .BTF.base; NULL where there is none */
	struct kbtf *embedded_btf;  /* .BTF.embedded; NULL where there is none */
	struct kbtf *split;	    /* .BTF, on own_base or the base given */
	struct kbtf_ids *ids_words; /* .BTF_ids; NULL where there are none */
};

/* Open the file and find its parts; none of them is looked into. As kbtf_file_open(). */
int kbtf_subject_init(struct kbtf_subject *subject, const char *path, struct kbtf_diag *reterr);
void kbtf_subject_deinit(struct kbtf_subject *subject);

/*
 * Open what the parts hold: .BTF on the subject's own .BTF.base, or on base
 * (borrowed) where it has none; .BTF.embedded; .BTF_ids with their symbols.
 * As kbtf_open(), kbtf_ids_new() and kbtf_ids_check().
 */
int kbtf_subject_parse(struct kbtf_subject *subject, const struct kbtf *base,
		       struct kbtf_diag *reterr);

/* The same of .BTF and .BTF.base alone. */
int kbtf_subject_parse_btf(struct kbtf_subject *subject, const struct kbtf *base,
			   struct kbtf_diag *reterr);

/*
 * Whether .BTF is standalone: kbtf_standalone_detect(), or with .BTF.base
 * kbtf_standalone_check(). Nothing has to be parsed for it.
 */
int kbtf_subject_check_standalone(const struct kbtf_subject *subject, struct kbtf_diag *reterr);

/* Whether it is, and has no .BTF.base: others take such BTF for split BTF. 0, or -ENOMEM. */
int kbtf_subject_is_bare(const struct kbtf_subject *subject, bool *ret, struct kbtf_diag *reterr);

#endif
