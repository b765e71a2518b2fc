/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_BTF_LOAD_H
#define KBTF_TESTS_BTF_LOAD_H

#include <stddef.h>

/*
 * Ask the running kernel to load program BTF, and forget it at once. Returns 0
 * or its negative errno; its ENOTSUPP is told as EOPNOTSUPP. log, which may be
 * NULL, gets what the kernel says of it.
 */
int btf_load(const void *bytes, size_t size, char *log, size_t log_size);

#endif
