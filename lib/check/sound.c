// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What kbtf itself demands: what kbtf_open() does, but that every type with a
 * word out of range is told of. Only where there is none can types be followed, and
 * of chains that do not end the first is told.
 */
#include <errno.h>

#include "check.h"
#include "open.h"

static void found(struct check *c, int err, const struct kbtf_diag *diag)
{
	if (err == -ENOMEM)
		c->nomem = true;
	else
		kbtf_check_emit(c, diag);
}

/* All types with a word out of range; nothing where types cannot be told apart. */
static void check_ranges(struct check *c, const void *bytes, size_t size,
			 struct kbtf_open_opts opts)
{
	struct kbtf_diag diag;
	struct kbtf *btf;
	uint32_t i;
	int err;

	opts.flags |= KBTF_OPEN_FRAMING_ONLY;
	err = kbtf_open(bytes, size, &opts, &btf, &diag);
	if (err)
		return;
	for (i = 0; (err = kbtf_next_range_fault(btf, &i, &diag)) && !check_done(c); i++)
		found(c, err, &diag);
	kbtf_free(btf);
}

void kbtf_check_sound(struct check *c, const void *bytes, size_t size)
{
	struct kbtf_open_opts opts = { .base = c->opts->base,
				       .label = c->opts->label ? c->opts->label : "",
				       .flags = KBTF_OPEN_BORROW };
	struct kbtf_diag diag;
	struct kbtf *btf;
	int err;

	err = kbtf_open(bytes, size, &opts, &btf, &diag);
	if (!err) {
		kbtf_free(btf);
		return;
	}
	if (err == -EINVAL && !(c->opts->flags & KBTF_VERIFY_FIRST_ONLY))
		check_ranges(c, bytes, size, opts);
	if (!c->nr)
		found(c, err, &diag);
}
