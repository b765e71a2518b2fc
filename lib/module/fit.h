/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_FIT_H
#define KBTF_MODULE_FIT_H

#include "target.h"

/*
 * Whether a type of a kernel can stand for one of a distilled base, by the rules
 * of the kernel's own relocation, whose every turn is kept.
 *
 * Source: kernel/bpf/btf_relocate.c (btf_relocate_map_distilled_base).
 */
enum kbtf_fit {
	KBTF_FITS,
	KBTF_FITS_NOT_KIND,	     /* of another kind */
	KBTF_FITS_NOT_SIZE,	     /* kind is right; INT, FLOAT, ENUM of another size */
	KBTF_FITS_NOT_SHARED_SIZE,   /* ... a name that several have, and another size */
	KBTF_FITS_NOT_ENCODING,	     /* ... INT of another encoding */
	KBTF_FITS_NOT_EMBEDDED_SIZE, /* ... embedded, and of another size */
};

enum kbtf_fit kbtf_fit(const struct kbtf_type *distilled, bool is_embedded,
		       const struct kbtf_target *target, uint32_t candidate_id);

#endif
