/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_FREESTANDING_STDBOOL_H
#define KBTF_TESTS_FREESTANDING_STDBOOL_H

typedef _Bool bool;

#define true 1
#define false 0

#endif
