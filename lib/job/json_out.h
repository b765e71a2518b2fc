/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_JSON_OUT_H
#define KBTF_JOB_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yajl/yajl_gen.h>

#include <kbtf/diag.h>
#include <kbtf/text.h>

#include "buf.h"

/* A JSON document on its way out. The first error is kept, and nothing follows it. */
struct kbtf_json_out {
	yajl_gen gen;
	struct kbtf_buf text; /* not handed over yet */
	kbtf_write_fn *write;
	void *ctx;
	int err;
};

/* out stays where it is until it is finished. Returns 0 or -ENOMEM. */
int kbtf_json_out_init(struct kbtf_json_out *out, kbtf_write_fn *write, void *ctx);
/* End the document. Returns the first error. */
int kbtf_json_out_finish(struct kbtf_json_out *out);

/* key is NULL in arrays and at the top. */
void kbtf_json_open_map(struct kbtf_json_out *out, const char *key);
void kbtf_json_close_map(struct kbtf_json_out *out);
void kbtf_json_open_array(struct kbtf_json_out *out, const char *key);
void kbtf_json_close_array(struct kbtf_json_out *out);

/* NULL is null. Bytes that are no UTF-8 become U+FFFD. */
void kbtf_json_string(struct kbtf_json_out *out, const char *key, const char *value);
void kbtf_json_number(struct kbtf_json_out *out, const char *key, uint64_t value);
void kbtf_json_seconds(struct kbtf_json_out *out, const char *key, double value);
void kbtf_json_bool(struct kbtf_json_out *out, const char *key, bool value);
void kbtf_json_null(struct kbtf_json_out *out, const char *key);
/* A value that is JSON already. */
void kbtf_json_verbatim(struct kbtf_json_out *out, const char *key, const char *value, size_t n);
/* A map of the diagnosis; NULL is null. */
void kbtf_json_diag(struct kbtf_json_out *out, const char *key, const struct kbtf_diag *diag);

/* Hand over what was made so far. */
void kbtf_json_flush(struct kbtf_json_out *out);

#endif
