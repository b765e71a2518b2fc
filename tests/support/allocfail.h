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

#endif
