// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Ranges: every type id below the end, every string offset inside the strings,
 * each FUNC on a FUNC_PROTO. Framing kept the largest id and offset, so the good
 * case is two comparisons; only where one is out of range a pass over the words
 * looks for the first at fault [kbtf_next_range_fault].
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

static int fail_word(const struct fault *f, uint32_t i, struct kbtf_diag *reterr)
{
	const struct kbtf *btf = f->btf;
	int err;

	if (f->is_id)
		err = kbtf_fail_type(reterr, btf, btf->first_id + i, -EINVAL, "type-id-range",
				     "refers to type id %u, but the last is %u", *f->word,
				     kbtf_end_id(btf) - 1);
	else
		err = kbtf_fail_type(reterr, btf, btf->first_id + i, -EINVAL, "string-range",
				     "string offset %u, but the strings end at %u", *f->word,
				     btf->str_end);
	if (reterr)
		reterr->offset = (uint32_t)((const uint8_t *)f->word - btf->bytes);
	return err;
}

int kbtf_next_range_fault(const struct kbtf *btf, uint32_t *i, struct kbtf_diag *reterr)
{
	for (; *i < btf->nr_types; ++*i) {
		const struct kbtf_type *t = kbtf_own_type(btf, *i), *proto;
		struct fault f = { .btf = btf };

		kbtf_each_word((struct kbtf_type *)t, KBTF_NO_LIMIT, fault_str, fault_id, &f);
		if (f.word)
			return fail_word(&f, *i, reterr);
		if (kbtf_kind(t) != KBTF_FUNC)
			continue;
		proto = kbtf_type_get(btf, t->type);
		if (kbtf_kind(proto) != KBTF_FUNC_PROTO)
			return kbtf_fail_type(reterr, btf, btf->first_id + *i, -EINVAL,
					      "func-proto",
					      "its type [%u] is a %s where a FUNC_PROTO has to be",
					      t->type, kbtf_kind_name(kbtf_kind(proto)));
	}
	return 0;
}

static bool funcs_have_protos(const struct kbtf *btf)
{
	const uint8_t *kinds = btf->kinds;
	uint32_t i, id;

	for (i = 0; i < btf->nr_types; i++) {
		if (kinds[i] != KBTF_FUNC)
			continue;
		id = kbtf_own_type(btf, i)->type;
		if (id >= btf->first_id ? kinds[id - btf->first_id] != KBTF_FUNC_PROTO
					: kbtf_kind(kbtf_type_get(btf, id)) != KBTF_FUNC_PROTO)
			return false;
	}
	return true;
}

int kbtf_open_ranges(const struct kbtf *btf, const struct kbtf_survey *survey,
		     struct kbtf_diag *reterr)
{
	uint32_t first = 0;

	if (survey->largest_id < kbtf_end_id(btf) &&
	    (survey->largest_str < btf->str_end || !survey->largest_str) &&
	    (!survey->funcs_pending || funcs_have_protos(btf)))
		return 0;
	return kbtf_next_range_fault(btf, &first, reterr);
}
