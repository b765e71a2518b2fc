/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_TARGET_H
#define KBTF_MODULE_TARGET_H

#include <kbtf/module.h>

/* A kernel's types by name: those of the kinds that a distilled base can have. */
struct kbtf_target {
	const struct kbtf *btf;
	struct kbtf_names *names;
	uint8_t *
		shared; /* a bit per own string offset: more than one struct or union is named so */
};

/* Whether the kernel has more than one struct or union of the name of this one. */
bool kbtf_target_shares_name(const struct kbtf_target *target, uint32_t type_id);

/* The kernel's first struct or union of this name, kind and size; 0 where there is none. */
uint32_t kbtf_target_find_layout(const struct kbtf_target *target, const char *name,
				 unsigned int kind, uint32_t size_bytes);

#endif
