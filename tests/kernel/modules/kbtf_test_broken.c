// SPDX-License-Identifier: GPL-2.0
/* kbtf_test with a broken one of each beside the good one. */
#define KBTF_TEST_BROKEN
#include "kbtf_test.c"
