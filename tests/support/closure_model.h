/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_CLOSURE_MODEL_H
#define KBTF_TESTS_CLOSURE_MODEL_H

#include <kbtf/btf.h>

/*
 * Which types others need, worked out by going over all of them until nothing changes.
 * With names, a named struct or union that is reached through pointers only is not
 * looked into: it is reached, but not whole.
 */
struct closure {
	const struct kbtf *btf; /* with its base */
	bool names;
	bool *reached, *whole; /* by id */
	bool changed;
};

void closure_init(struct closure *c, const struct kbtf *btf, bool names);
void closure_deinit(struct closure *c);
void closure_add(struct closure *c, uint32_t id, bool by_value);
void closure_run(struct closure *c);

bool closure_is_modifier(unsigned int kind);

#endif
