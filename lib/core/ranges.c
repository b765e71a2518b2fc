// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Ranges: every type id below the end, every string offset inside the strings,
 * each FUNC on a FUNC_PROTO. The good case is one pass that keeps the largest id
 * and offset (scan); only where one of the two is out of range a second pass
 * looks for the words at fault (find_fault).
 *
 * Source: libbpf's btf.c (btf_validate_type).
 */
#include <errno.h>

#include "open.h"
#include "words.h"

struct largest {
	uint32_t str, id;
};

KBTF_INLINE void keep_str(void *ctx, uint32_t *word)
{
	struct largest *l = ctx;

	l->str = *word > l->str ? *word : l->str;
}

KBTF_INLINE void keep_id(void *ctx, uint32_t *word)
{
	struct largest *l = ctx;

	l->id = *word > l->id ? *word : l->id;
}

static struct largest scan(const struct kbtf *btf)
{
	struct largest l = { 0 };
	uint32_t i;

	for (i = 0; i < btf->nr_types; i++)
		kbtf_each_word((struct kbtf_type *)kbtf_own_type(btf, i), keep_str, keep_id, &l);
	return l;
}

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
		kbtf_each_word((struct kbtf_type *)kbtf_own_type(btf, i), fault_str, fault_id, &f);
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

int kbtf_open_ranges(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	struct largest l = scan(btf);

	if (l.id >= kbtf_end_id(btf) || (l.str >= btf->str_end && l.str))
		return fail_ranges(btf, reterr);
	return check_funcs(btf, reterr);
}
