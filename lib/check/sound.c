// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What kbtf itself demands: whatever kbtf_open() does. */
#include <errno.h>

#include "check.h"

void kbtf_check_sound(struct check *c, const void *bytes, size_t size)
{
	struct kbtf_open_opts opts = { .base = c->opts->base,
				       .label = c->opts->label,
				       .flags = KBTF_OPEN_BORROW };
	struct kbtf_diag diag;
	struct kbtf *btf;
	int err;

	err = kbtf_open(bytes, size, &opts, &btf, &diag);
	if (!err)
		kbtf_free(btf);
	else if (err == -ENOMEM)
		c->nomem = true;
	else
		kbtf_check_emit(c, &diag);
}
