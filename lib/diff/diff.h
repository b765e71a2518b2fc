/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DIFF_DIFF_H
#define KBTF_DIFF_DIFF_H

#include <kbtf/diff.h>

#include "arena.h"
#include "buf.h"

/* A diff that is finished. */
struct kbtf_diff {
	const struct kbtf *old, *new;
	const char *old_label, *new_label;
	struct kbtf_buf types; /* struct kbtf_type_diff, sorted */
	struct kbtf_diff_summary summary;
	struct kbtf_arena arena; /* of what they point to */
};

/* Where types of a kind stand in a report; 0 for kinds that are not compared. */
unsigned int kbtf_diff_rank(unsigned int kind);

#endif
