/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_UNIT_H
#define KBTF_TESTS_UNIT_H

/* What every cmocka test includes first, and what cmocka lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kbtf/diag.h>

/* The whole line of a diagnosis, so that wording is tested too. */
#define assert_diag(diag, line)                                                                    \
	do {                                                                                       \
		char assert_diag_line[1024];                                                       \
		kbtf_diag_format(diag, assert_diag_line, sizeof(assert_diag_line));                \
		assert_string_equal(assert_diag_line, line);                                       \
	} while (0)

/* A call that has to succeed; what it says where it does not. */
#define assert_ok(err, diag)                                                                       \
	do {                                                                                       \
		char assert_ok_line[1024];                                                         \
		if (err) {                                                                         \
			kbtf_diag_format(diag, assert_ok_line, sizeof(assert_ok_line));            \
			fail_msg("%s", assert_ok_line);                                            \
		}                                                                                  \
	} while (0)

#endif
