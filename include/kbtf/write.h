/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_WRITE_H
#define KBTF_WRITE_H

#include <stddef.h>

/* Takes n bytes of text; returns 0, or a negative errno which ends the printing and is returned. */
typedef int kbtf_write_fn(void *ctx, const char *text, size_t n);

#endif
