// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Profiles and kernel versions by name, and what each version's rules are. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "rules.h"

static const struct check_version versions[KBTF_NR_RULES] = {
	[KBTF_RULES_6_1] = { .name = "6.1", .major = 6, .minor = 1 },
	[KBTF_RULES_6_12] = { .name = "6.12",
			      .major = 6,
			      .minor = 12,
			      .section_printable = true,
			      .special_fields = true,
			      .fields_count_nested = true,
			      .ownership_depth = true,
			      .relocates = true },
	[KBTF_RULES_6_18] = { .name = "6.18",
			      .major = 6,
			      .minor = 18,
			      .section_printable = true,
			      .tag_kflag = true,
			      .special_fields = true,
			      .res_spin_lock = true,
			      .relocates = true },
};

static const char *const profiles[KBTF_NR_PROFILES] = {
	[KBTF_PROFILE_SOUND] = "sound",
	[KBTF_PROFILE_PROGRAM] = "program",
	[KBTF_PROFILE_MODULE] = "module",
	[KBTF_PROFILE_VMLINUX] = "vmlinux",
};

const struct check_version *kbtf_check_version(enum kbtf_kernel_rules rules)
{
	return &versions[rules < KBTF_NR_RULES ? rules : KBTF_RULES_NEWEST];
}

const char *kbtf_kernel_rules_name(enum kbtf_kernel_rules rules)
{
	return kbtf_check_version(rules)->name;
}

const char *kbtf_profile_name(enum kbtf_profile profile)
{
	return profile < KBTF_NR_PROFILES ? profiles[profile] : "unknown";
}

int kbtf_profile_parse(const char *text, enum kbtf_profile *ret, struct kbtf_diag *reterr)
{
	unsigned int i;

	for (i = 0; i < KBTF_NR_PROFILES; i++) {
		if (!strcmp(text, profiles[i])) {
			*ret = (enum kbtf_profile)i;
			return 0;
		}
	}
	return kbtf_fail(reterr, -EINVAL, "profile-unknown",
			 "profile '%.64s' is none of sound, program, module, vmlinux", text);
}

/* A decimal number at *text, which moves behind it. False where there is none below 10,000. */
static bool parse_number(const char **text, unsigned int *ret)
{
	const char *s = *text;
	unsigned int n = 0;

	if (!isdigit((unsigned char)*s))
		return false;
	for (; isdigit((unsigned char)*s); s++) {
		n = n * 10 + (unsigned int)(*s - '0');
		if (n >= 10000)
			return false;
	}
	*text = s;
	*ret = n;
	return true;
}

static bool parse_version(const char *s, unsigned int *ret_major, unsigned int *ret_minor)
{
	if (*s == 'v')
		s++;
	if (!parse_number(&s, ret_major) || *s++ != '.')
		return false;
	if (!parse_number(&s, ret_minor))
		return false;
	return !*s || strchr(".-+~ ", *s);
}

int kbtf_kernel_rules_parse(const char *text, enum kbtf_kernel_rules *ret, struct kbtf_diag *reterr)
{
	unsigned int major, minor, i;

	if (!parse_version(text, &major, &minor))
		return kbtf_fail(reterr, -EINVAL, "version-syntax",
				 "'%.64s' is no kernel version such as 6.12", text);
	for (i = KBTF_NR_RULES; i-- > 0;) {
		const struct check_version *v = &versions[i];

		if (major > v->major || (major == v->major && minor >= v->minor)) {
			*ret = (enum kbtf_kernel_rules)i;
			return 0;
		}
	}
	return kbtf_fail(reterr, -EOPNOTSUPP, "version-unknown",
			 "kernel %u.%u is older than %s, the oldest whose rules are known", major,
			 minor, versions[0].name);
}
