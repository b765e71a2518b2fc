/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_JSON_FILES_H
#define KBTF_JOB_JSON_FILES_H

#include "json_out.h"

/* A document of one map a file, and in the end how many there were: docs/json.md. */
struct kbtf_json_files {
	struct kbtf_json_out out;
	size_t nr_files, nr_refused;
};

/* Returns 0 or -ENOMEM, with nothing to finish. files stays where it is. */
int kbtf_json_files_init(struct kbtf_json_files *files, const char *command, kbtf_write_fn *write,
			 void *ctx);
/* Begin the map of a file that was done, and end it: between them goes what there is to say. */
void kbtf_json_files_begin(struct kbtf_json_files *files, const char *path);
void kbtf_json_files_end(struct kbtf_json_files *files);
void kbtf_json_files_refused(struct kbtf_json_files *files, const char *path,
			     const struct kbtf_diag *why);
/* End the document. Returns the first error. */
int kbtf_json_files_finish(struct kbtf_json_files *files);

#endif
