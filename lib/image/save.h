/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_SAVE_H
#define KBTF_IMAGE_SAVE_H

#include <kbtf/image.h>

/* Write what a file is to have to fd, which is empty and open for writing. 0 or a negative errno.
 */
typedef int kbtf_save_fill_fn(void *ctx, int fd, struct kbtf_diag *reterr);

/* kbtf_save() of bytes that fill writes, to an ordinary file. */
int kbtf_save_by(const char *path, kbtf_save_fill_fn *fill, void *ctx, unsigned int flags,
		 struct kbtf_diag *reterr);

/* Write all of the bytes at an offset. */
int kbtf_save_write(int fd, const void *bytes, size_t size, uint64_t offset,
		    struct kbtf_diag *reterr);

#endif
