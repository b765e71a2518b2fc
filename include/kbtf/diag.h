/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DIAG_H
#define KBTF_DIAG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Offset of a diagnosis that is not about a place in bytes. */
#define KBTF_NO_OFFSET UINT64_MAX

/*
 * Why a call failed. The caller owns the record and passes it as the last
 * argument, or NULL where the reason does not matter. It is written only when
 * the call fails, it refers to no other memory than static strings, and it
 * needs no destructor.
 */
struct kbtf_diag {
	int err;	    /* the negative errno that the call returned */
	const char *reason; /* stable name of the rule broken, such as "embedded-size"; static */
	uint32_t type_id;   /* the type at fault, 0 where it is no type's */
	uint64_t offset;    /* bytes from the start of the place, or KBTF_NO_OFFSET */
	char place[160];    /* "cfg80211.ko: .BTF.base"; a long one loses its beginning */
	char text[400];	    /* "type [12] STRUCT sock: size 784 where ..." */
};

/*
 * Write the diagnosis as one line without a newline:
 * `place+0xoffset: text [reason]`.
 * At most size bytes are written, the terminating NUL included.
 * Returns the length of the whole line, as snprintf() does.
 */
int kbtf_diag_format(const struct kbtf_diag *diag, char *buf, size_t size);

/* Called once a finding, by operations that go on after the first one. */
typedef void kbtf_diag_fn(void *ctx, const struct kbtf_diag *diag);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
