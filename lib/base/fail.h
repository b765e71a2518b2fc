/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_FAIL_H
#define KBTF_BASE_FAIL_H

#include <kbtf/diag.h>

/*
 * Say why a call fails: the deepest function that knows the fact calls it.
 * reason is a static string. Returns err, so that it can be returned at once.
 * diag may be NULL.
 */
int kbtf_fail(struct kbtf_diag *diag, int err, const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), cold));

/* kbtf_fail() for a fact about the byte at offset of its place. */
int kbtf_fail_at(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6), cold));

/* -ENOMEM with its one message. */
int kbtf_fail_nomem(struct kbtf_diag *diag) __attribute__((cold));

/* Say more behind the fact that the diagnosis has. */
void kbtf_diag_add(struct kbtf_diag *diag, const char *more) __attribute__((cold));

/* Put a place in front of the place the diagnosis has: "file" + ".BTF" is "file: .BTF". */
void kbtf_diag_in(struct kbtf_diag *diag, const char *place) __attribute__((cold));

#endif
