/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_TAR_H
#define KBTF_IMAGE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

typedef bool kbtf_tar_wanted_fn(const uint8_t *bytes, size_t size);

/* Whether the bytes begin with a header of a tar archive: its checksum is right. */
bool kbtf_tar_is_header(const uint8_t *block, size_t size);

/*
 * Append an archive of one file to ret, of nobody in particular and of no time, so that the same
 * content is the same archive. 0; -ENAMETOOLONG for a name of more than 99 bytes; -ENOMEM.
 */
int kbtf_tar_make(const char *name, const void *content, size_t size, struct kbtf_buf *ret);

/* The first regular file in an archive that is wanted; false where there is none. */
bool kbtf_tar_find(const uint8_t *bytes, size_t size, kbtf_tar_wanted_fn *wanted,
		   const uint8_t **ret, size_t *ret_size);

#endif
