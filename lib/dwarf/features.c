// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Features by name. */
#include <errno.h>
#include <string.h>

#include <kbtf/encode.h>

#include "fail.h"

#define DISTILLED (1u << 31)

static const struct {
	const char *name;
	unsigned int features;
} names[] = {
	{ "default", KBTF_ENCODE_DEFAULT },
	{ "all", KBTF_ENCODE_DEFAULT | KBTF_ENCODE_REPRODUCIBLE | KBTF_ENCODE_GLOBAL_VAR |
			 KBTF_ENCODE_ATTRIBUTES | KBTF_ENCODE_LAYOUT | KBTF_ENCODE_TRUE_SIGNATURE |
			 DISTILLED },
	{ "encode_force", KBTF_ENCODE_FORCE },
	{ "var", KBTF_ENCODE_VAR },
	{ "float", KBTF_ENCODE_FLOAT },
	{ "decl_tag", KBTF_ENCODE_DECL_TAG },
	{ "type_tag", KBTF_ENCODE_TYPE_TAG },
	{ "enum64", KBTF_ENCODE_ENUM64 },
	{ "optimized_func", KBTF_ENCODE_OPTIMIZED_FUNC },
	{ "consistent_func", KBTF_ENCODE_CONSISTENT_FUNC },
	{ "decl_tag_kfuncs", KBTF_ENCODE_DECL_TAG_KFUNCS },
	{ "reproducible_build", KBTF_ENCODE_REPRODUCIBLE },
	{ "global_var", KBTF_ENCODE_GLOBAL_VAR },
	{ "attributes", KBTF_ENCODE_ATTRIBUTES },
	{ "true_signature", KBTF_ENCODE_TRUE_SIGNATURE },
	{ "layout", KBTF_ENCODE_LAYOUT },
	{ "distilled_base", DISTILLED },
	{ "base_ref", DISTILLED },
};

/* Those behind the two that stand for several. */
#define FIRST_FEATURE 2u

const char *kbtf_encode_feature_name(unsigned int index)
{
	const size_t nr = sizeof(names) / sizeof(*names) - FIRST_FEATURE;

	return index < nr ? names[FIRST_FEATURE + index].name : NULL;
}

int kbtf_encode_features_parse(const char *text, unsigned int *ret, bool *ret_distilled,
			       struct kbtf_diag *reterr)
{
	unsigned int features = *text == '+' ? KBTF_ENCODE_DEFAULT : 0;
	const char *at = text + (*text == '+');
	size_t len, i;

	for (;; at += len + 1) {
		len = strcspn(at, ",");
		for (i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (strlen(names[i].name) == len && !memcmp(names[i].name, at, len))
				break;
		if (i == sizeof(names) / sizeof(*names))
			return kbtf_fail(reterr, -EINVAL, "feature", "%.*s is no feature", (int)len,
					 at);
		features |= names[i].features;
		if (!at[len])
			break;
	}
	*ret = features & ~DISTILLED;
	*ret_distilled = features & DISTILLED;
	return 0;
}
