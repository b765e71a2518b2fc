// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The rules as tables: what findings are called, and what a kernel answers. */
#include <errno.h>
#include <stdbool.h>

#include "rules.h"

static const struct kbtf_rule rules[NR_RULES] = {
#define X(id, name, err, says) [RULE_##id] = { name, says },
	KBTF_CHECK_RULES(X)
#undef X
};

static const int errnos[NR_RULES] = {
#define X(id, name, err, says) [RULE_##id] = -err,
	KBTF_CHECK_RULES(X)
#undef X
};

const struct kbtf_rule *kbtf_rules(size_t *ret_nr)
{
	*ret_nr = NR_RULES;
	return rules;
}

const char *kbtf_check_rule_name(enum check_rule rule)
{
	return rules[rule].name;
}

int kbtf_check_rule_err(enum check_rule rule)
{
	return errnos[rule];
}
