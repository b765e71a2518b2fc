// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Ranges: every type id below the end, every string offset inside the strings,
 * each FUNC on a FUNC_PROTO. Framing kept the largest id and offset, so the good
 * case is two comparisons; only where one is out of range a pass over the words
 * looks for the first at fault [fail_ranges].
 *
 * Source: libbpf's btf.c (btf_validate_type).
 */
#include <errno.h>

#include "open.h"
#include "words.h"

struct fault {
	const struct kbtf *btf;
	const uint32_t *word;
	bool is_id;
};

KBTF_INLINE void fault_str(void *ctx, uint32_t *word)
{
	struct fault *f = ctx;

	if (!f->word && *word >= f->btf->str_end && *word) {
		f->word = word;
		f->is_id = false;
	}
}

KBTF_INLINE void fault_id(void *ctx, uint32_t *word)
{
	struct fault *f = ctx;

	if (!f->word && *word >= kbtf_end_id(f->btf)) {
		f->word = word;
		f->is_id = true;
	}
}

static int fail_ranges(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	struct fault f = { .btf = btf };
	uint32_t i, at;
	int err;

	for (i = 0; i < btf->nr_types; i++) {
		kbtf_each_word((struct kbtf_type *)kbtf_own_type(btf, i), KBTF_NO_LIMIT, fault_str,
			       fault_id, &f);
		if (f.word)
			break;
	}
	if (!f.word)
		return 0;
	at = (uint32_t)((const uint8_t *)f.word - btf->bytes);
	if (f.is_id)
		err = kbtf_fail_type(reterr, btf, btf->first_id + i, -EINVAL, "type-id-range",
				     "refers to type id %u, but the last is %u", *f.word,
				     kbtf_end_id(btf) - 1);
	else
		err = kbtf_fail_type(reterr, btf, btf->first_id + i, -EINVAL, "string-range",
				     "string offset %u, but the strings end at %u", *f.word,
				     btf->str_end);
	if (reterr)
		reterr->offset = at;
	return err;
}

static int check_funcs(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint32_t i;

	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i), *proto;

		if (kbtf_kind(t) != KBTF_FUNC)
			continue;
		proto = kbtf_type_get(btf, t->type);
		if (kbtf_kind(proto) != KBTF_FUNC_PROTO)
			return kbtf_fail_type(reterr, btf, btf->first_id + i, -EINVAL, "func-proto",
					      "its type [%u] is a %s where a FUNC_PROTO has to be",
					      t->type, kbtf_kind_name(kbtf_kind(proto)));
	}
	return 0;
}

int kbtf_open_ranges(const struct kbtf *btf, const struct kbtf_survey *survey,
		     struct kbtf_diag *reterr)
{
	if (survey->largest_id >= kbtf_end_id(btf) ||
	    (survey->largest_str >= btf->str_end && survey->largest_str))
		return fail_ranges(btf, reterr);
	return survey->funcs_pending ? check_funcs(btf, reterr) : 0;
}
