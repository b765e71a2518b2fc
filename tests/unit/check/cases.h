/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_CASES_H
#define KBTF_TESTS_CASES_H

#include <kbtf/verify.h>

/*
 * BTF as text (text_btf.h), and every finding that there has to be of it, a line
 * each, in order; "" for BTF that is accepted.
 */
struct check_case {
	const char *name;
	enum kbtf_profile profile;
	enum kbtf_kernel_rules rules;
	const char *base;      /* what the module's kernel or the program's kernel has */
	const char *distilled; /* .BTF.base */
	const char *types;
	const char *findings;
};

/* Each list ends with a case without a name. */
extern const struct check_case meta_cases[];
extern const struct check_case resolve_cases[];
extern const struct check_case field_cases[];
extern const struct check_case module_cases[];
extern const struct check_case sound_cases[];
extern const struct check_case *const all_cases[]; /* ends with NULL */

#endif
