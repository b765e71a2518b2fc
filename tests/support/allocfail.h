/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_ALLOCFAIL_H
#define KBTF_TESTS_ALLOCFAIL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Allocations that fail. A test program that links allocfail.c has to be linked
 * with allocfail_link_args of support/meson.build, which send every allocation of
 * its own objects here.
 */

/* Let the nth allocation from now on fail, counted from 1, and no other; 0: none. */
void allocfail_arm(unsigned long nth);

/* Let all succeed again. Whether the nth was reached. */
bool allocfail_disarm(void);

/* Blocks that were allocated and not yet freed. */
long allocfail_live(void);

/*
 * The same thing over and over, each time with another of its allocations failing: the
 * first one, the second, and so on until none is left to fail. Each time it has to return 0,
 * or -ENOMEM where one failed, and to leave as many blocks as there were before.
 *
 *	struct allocfail_each each = { 0 };
 *
 *	while (allocfail_next(&each))
 *		allocfail_done(&each, something());
 *	assert_true(each.nth > LEAST);
 */
struct allocfail_each {
	unsigned long nth; /* the one that fails; in the end there are fewer by one */
	long live;
	bool ended;
};

bool allocfail_next(struct allocfail_each *each);
void allocfail_done(struct allocfail_each *each, int err);

#endif
