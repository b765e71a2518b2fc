/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MADE_H
#define KBTF_TESTS_MADE_H

/* BTF that a cmocka test has made and that has to open. */
#include "unit.h"

#include <kbtf/builder.h>

#include "typetext.h"

static inline struct kbtf *made(struct kbtf_builder *b, const char *label)
{
	struct kbtf_diag diag;
	struct kbtf *btf;
	int err = kbtf_builder_finish(b, label, &btf, &diag);

	assert_ok(err, &diag);
	return btf;
}

/* Open what raw_finish() makes of r, which is empty after that. */
static inline struct kbtf *opened(struct raw *r, const struct kbtf *base, const char *label)
{
	struct kbtf_open_opts opts = { .base = base, .label = label, .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *btf;
	size_t size;
	void *bytes = raw_finish(r, &size);
	int err = kbtf_open(bytes, size, &opts, &btf, &diag);

	assert_ok(err, &diag);
	raw_deinit(r);
	return btf;
}

/* BTF of types as a line of text. */
static inline struct kbtf *typed(const char *text, const struct kbtf *base, const char *label)
{
	const struct kbtf *b;
	uint32_t str_start = 0;
	struct raw r;

	for (b = base; b; b = kbtf_base(b))
		str_start += kbtf_header(b)->str_len;
	raw_init(&r, str_start);
	r.swapped = base && kbtf_is_swapped(base);
	typetext_add(&r, text);
	return opened(&r, base, label);
}

#endif
