// SPDX-License-Identifier: GPL-2.0
/*
 * The same by another name. The kernel finds a kfunc's code by its name, in whichever
 * module has that first: so what goes away must not share it with what is used.
 */
#define kbtf_test_add kbtf_test_other_add
#include "kbtf_test.c"
