/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_TYPEDUMP_H
#define KBTF_TESTS_TYPEDUMP_H

#include <kbtf/btf.h>

/*
 * The own types of BTF as text that typetext.h reads, without a semicolon at the
 * end. In a static buffer, of which there are four in turn.
 */
const char *typedump(const struct kbtf *btf);

#endif
