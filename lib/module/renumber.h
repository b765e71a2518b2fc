/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_RENUMBER_H
#define KBTF_MODULE_RENUMBER_H

#include <kbtf/format.h>

#include "env.h"

/* What BTF stands on: the first type id and the first string offset that are its own. */
struct kbtf_stand {
	uint32_t first_id;  /* 1 where it stands alone */
	uint32_t str_start; /* 0 likewise */
};

/*
 * Whether size bytes of raw BTF that stand there refer to nothing but themselves.
 * The bytes are aligned to 4 and in host order; none of them is trusted.
 *
 * Returns 0; -EINVAL with the rule that they break:
 *   strings-start   their strings do not begin with the empty one
 *   type-id-range   an id is none of their own types'
 *   string-range    a string offset is none of their own strings'
 * or with what is wrong with the header, a section or the length of a type; or
 * -EOPNOTSUPP for a version or kind nobody knows. Cost: linear.
 */
int kbtf_renumber_check(const void *bytes, size_t size, struct kbtf_stand at,
			struct kbtf_diag *reterr);

/*
 * Make such BTF stand elsewhere, in place. An id that was `id` is `id - from.first_id +
 * to.first_id` after that, also where others hold it, such as .BTF_ids: sets stay
 * sorted.
 *
 * Returns 0; what kbtf_renumber_check() says; or -E2BIG [too-large] where there are no
 * numbers for so many types or strings. The bytes are untouched on failure.
 */
int kbtf_renumber(void *bytes, size_t size, struct kbtf_stand from, struct kbtf_stand to,
		  struct kbtf_diag *reterr);

#endif
