// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Raw bytes in, finished BTF out, or the reason why not. In this order:
 *   take the bytes (hold), find the sections (header.c), tell the types apart
 *   (frame.c), check that words are in range (ranges.c) and that chains of types
 *   end (chains.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "open.h"

static bool is_swapped(const uint8_t *bytes, size_t size)
{
	uint16_t magic;

	if (size < sizeof(magic))
		return false;
	memcpy(&magic, bytes, sizeof(magic));
	return magic == __builtin_bswap16(KBTF_MAGIC);
}

/* Point btf at the bytes, copying them unless they can be read where they are. */
static int hold(struct kbtf *btf, const void *bytes, size_t size, unsigned int flags)
{
	bool in_place = flags & (KBTF_OPEN_BORROW | KBTF_OPEN_TAKE);

	btf->swapped = is_swapped(bytes, size);
	btf->size_bytes = size;
	btf->bytes = bytes;
	if (in_place && (uintptr_t)bytes % sizeof(uint32_t) == 0 && !btf->swapped)
		return 0;
	btf->owned = malloc(size ? size : 1);
	if (!btf->owned)
		return -ENOMEM;
	if (size)
		memcpy(btf->owned, bytes, size);
	btf->bytes = btf->owned;
	return 0;
}

static int build(struct kbtf *btf, unsigned int flags, struct kbtf_diag *reterr)
{
	struct kbtf_survey survey = { 0 };
	int err;

	err = kbtf_open_header(btf, reterr);
	if (!err)
		err = kbtf_open_frame(btf, &survey, reterr);
	if (!err && !(flags & KBTF_OPEN_FRAMING_ONLY)) {
		err = kbtf_open_ranges(btf, &survey, reterr);
		if (!err && !(flags & KBTF_OPEN_TRUST_CHAINS))
			err = kbtf_open_chains(btf, reterr);
	}
	return err;
}

int kbtf_open(const void *bytes, size_t size, const struct kbtf_open_opts *opts, struct kbtf **ret,
	      struct kbtf_diag *reterr)
{
	static const struct kbtf_open_opts no_opts;
	struct kbtf *btf;
	int err;

	if (!opts)
		opts = &no_opts;
	btf = calloc(1, sizeof(*btf));
	if (!btf)
		return kbtf_fail_nomem(reterr);
	btf->base = opts->base;
	btf->label = opts->label ? opts->label : "BTF";
	err = hold(btf, bytes, size, opts->flags);
	if (err)
		err = kbtf_fail_nomem(reterr);
	else
		err = build(btf, opts->flags, reterr);
	if (err) {
		kbtf_free(btf);
		return err;
	}
	if (opts->flags & KBTF_OPEN_TAKE) {
		if (btf->owned)
			free((void *)bytes);
		else
			btf->owned = (void *)bytes;
	}
	*ret = btf;
	return 0;
}
