// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Versions and profiles by name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kbtf/verify.h>

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		enum kbtf_kernel_rules rules;
	} known[] = {
		{ "6.1", KBTF_RULES_6_1 },
		{ "v6.1.192-2", KBTF_RULES_6_1 },
		{ "6.11.9-1-generic", KBTF_RULES_6_1 },
		{ "6.12", KBTF_RULES_6_12 },
		{ "6.12.117+deb12-cloud-amd64", KBTF_RULES_6_12 },
		{ "6.17-rc4", KBTF_RULES_6_12 },
		{ "6.18.44-fc-v445", KBTF_RULES_6_18 },
		{ "6.19", KBTF_RULES_6_18 },
		{ "7.0", KBTF_RULES_6_18 },
		{ "10.0.1", KBTF_RULES_6_18 },
	};
	static const char *const old[] = { "6.0.12", "5.15", "4.19.0-27-amd64" };
	static const char *const none[] = { "",	   "6",	    "6.",    "six",	      ".12",
					    "6.x", "6.12x", "-6.12", "6.99999999999", "vv6.1" };
	enum kbtf_kernel_rules rules;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		assert_int_equal(kbtf_kernel_rules_parse(known[i].text, &rules, NULL), 0);
		assert_int_equal(rules, known[i].rules);
	}
	for (i = 0; i < sizeof(old) / sizeof(*old); i++)
		assert_int_equal(kbtf_kernel_rules_parse(old[i], &rules, NULL), -EOPNOTSUPP);
	for (i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(kbtf_kernel_rules_parse(none[i], &rules, NULL), -EINVAL);
	for (i = 0; i < KBTF_NR_RULES; i++) {
		assert_int_equal(kbtf_kernel_rules_parse(kbtf_kernel_rules_name(i), &rules, NULL),
				 0);
		assert_int_equal(rules, i);
	}
}

static void test_version_messages(void **state)
{
	enum kbtf_kernel_rules rules;
	struct kbtf_diag diag;
	char line[600];

	(void)state;
	kbtf_kernel_rules_parse("5.10.0", &rules, &diag);
	kbtf_diag_format(&diag, line, sizeof(line));
	assert_string_equal(line, "kernel 5.10 is older than 6.1, the oldest whose rules are known "
				  "[version-unknown]");
	kbtf_kernel_rules_parse("latest", &rules, &diag);
	kbtf_diag_format(&diag, line, sizeof(line));
	assert_string_equal(line, "'latest' is no kernel version such as 6.12 [version-syntax]");
}

static void test_profiles(void **state)
{
	enum kbtf_profile profile;
	struct kbtf_diag diag;
	char line[600];
	size_t i;

	(void)state;
	for (i = 0; i < KBTF_NR_PROFILES; i++) {
		assert_int_equal(kbtf_profile_parse(kbtf_profile_name(i), &profile, NULL), 0);
		assert_int_equal(profile, i);
	}
	assert_int_equal(kbtf_profile_parse("kernel", &profile, &diag), -EINVAL);
	kbtf_diag_format(&diag, line, sizeof(line));
	assert_string_equal(line, "profile 'kernel' is none of sound, program, module, vmlinux "
				  "[profile-unknown]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_version_messages),
		cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
