/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_KERNEL_IMAGE_H
#define KBTF_IMAGE_KERNEL_IMAGE_H

#include <kbtf/image.h>

/* What the header of a kernel image says about where the kernel is. */
enum kbtf_image_kind {
	KBTF_IMAGE_NONE,    /* not a kernel image */
	KBTF_IMAGE_PAYLOAD, /* a payload at a known place */
	KBTF_IMAGE_SEARCH,  /* a payload somewhere */
	KBTF_IMAGE_MEMORY,  /* the kernel itself, as it lies in memory */
};

struct kbtf_image {
	enum kbtf_image_kind kind;
	const char *name;    /* "x86 bzImage"; static */
	size_t offset, size; /* of the payload, in bytes */
};

/*
 * kernel_image.c: see by its header what kind of kernel image bytes are; ranges
 * are checked. -EINVAL where the header points out of the image.
 */
int kbtf_image_identify(const uint8_t *bytes, size_t size, struct kbtf_image *ret,
			struct kbtf_diag *reterr);

/*
 * btf_scan.c: find the BTF in a kernel as it lies in memory. *ret borrows from
 * bytes, and is NULL where there is none. 0 or -ENOMEM.
 */
int kbtf_scan_btf(const uint8_t *bytes, size_t size, const uint8_t **ret, size_t *ret_size);

#endif
