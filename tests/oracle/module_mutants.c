// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Mutants of module BTF. What grows is grown as one: first a few types that the
 * kernel has, in the form that a distilled base has of them, then types on top. Cut
 * behind the first ones it is a distilled base and what stands on it, since ids and
 * strings of split BTF go on where those of its base end. With ids and strings moved
 * it stands on the kernel's BTF instead.
 */
#include <string.h>

#include <kbtf/format.h>

#include "module_mutants.h"
#include "words.h"

#define MAX_BASE_TYPES 12

/* ---- Real BTF ----------------------------------------------------------- */

/* Take finished BTF to be mutated; false where it is too large. */
static bool take(struct mutant *m, const struct kbtf *btf)
{
	const struct kbtf_header *header = kbtf_header(btf);
	const uint8_t *bytes = kbtf_bytes(btf, NULL);
	uint32_t first = kbtf_first_id(btf), i;

	if (kbtf_nr_types(btf) > MUTANT_MAX_TYPES || header->type_len / 4 > MUTANT_MAX_WORDS ||
	    header->str_len > MUTANT_MAX_STRINGS)
		return false;
	m->nr_before = first - 1;
	m->nr_types = kbtf_nr_types(btf);
	m->nr_words = header->type_len / 4;
	m->strings_len = header->str_len;
	memcpy(m->words, bytes + header->hdr_len + header->type_off, header->type_len);
	memcpy(m->strings, bytes + header->hdr_len + header->str_off, header->str_len);
	for (i = 0; i < m->nr_types; i++)
		m->starts[i] =
			(kbtf_type_offset(btf, first + i) - kbtf_type_offset(btf, first)) / 4;
	mutant_finish(m);
	return true;
}

static bool take_model(struct module_mutant *m, const struct module_model *model,
		       const struct kbtf *kernel)
{
	struct kbtf_open_opts opts = { .base = kernel };
	struct kbtf *base = NULL, *split = NULL;
	bool ret = false;

	m->has_base = model->base != NULL;
	if (m->has_base) {
		if (kbtf_open(model->base, model->base_size, NULL, &base, NULL))
			return false;
		opts.base = base;
	}
	if (!kbtf_open(model->split, model->split_size, &opts, &split, NULL))
		ret = take(&m->split, split) && (!base || take(&m->base, base));
	kbtf_free(split);
	kbtf_free(base);
	return ret;
}

bool module_model_fits(const struct module_model *model, const struct kbtf *kernel)
{
	static struct module_mutant m;

	memset(&m, 0, sizeof(m));
	return take_model(&m, model, kernel);
}

/* ---- Grown BTF ---------------------------------------------------------- */

static bool is_distillable(const struct kbtf *kernel, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type(kernel, id);
	const uint32_t kinds = 1u << KBTF_INT | 1u << KBTF_STRUCT | 1u << KBTF_UNION |
			       1u << KBTF_ENUM | 1u << KBTF_FWD | 1u << KBTF_FLOAT;

	return kinds >> kbtf_kind(t) & 1 && *kbtf_name(kernel, id);
}

/* Types of the kernel, as a distilled base has them: the name, and what is known of the size. */
static uint32_t add_base_types(struct mutant *m, const struct kbtf *kernel, uint32_t *ids)
{
	uint32_t wanted = 1 + mutant_random(m, MAX_BASE_TYPES), nr = 0, tries;

	for (tries = 0; nr < wanted && tries < 1000; tries++) {
		/* The ones that all have are among the first. */
		uint32_t among = mutant_random(m, 3) ? kbtf_end_id(kernel) - 1 : 200;
		uint32_t id = 1 + mutant_random(m, among);
		const struct kbtf_type *t = kbtf_type(kernel, id);
		bool kflag = t && kbtf_kind(t) == KBTF_FWD && kbtf_kflag(t);

		if (!t || !is_distillable(kernel, id))
			continue;
		mutant_type(m, kbtf_kind(t), 0, kflag, mutant_string(m, kbtf_name(kernel, id)),
			    kbtf_kind(t) == KBTF_FWD ? 0 : t->size);
		if (kbtf_kind(t) == KBTF_INT)
			mutant_word(m, *(const uint32_t *)(t + 1));
		ids[++nr] = id;
	}
	return nr;
}

/* Make two of a mutant that is grown, but not finished. */
static void cut(struct module_mutant *m, uint32_t nr_base, uint32_t base_words,
		uint32_t base_strings)
{
	struct mutant *split = &m->split, *base = &m->base;
	uint32_t i;

	memcpy(base, split, sizeof(*base));
	base->nr_types = nr_base;
	base->nr_words = base_words;
	base->strings_len = base_strings;
	split->nr_before = nr_base;
	split->nr_types -= nr_base;
	split->nr_words -= base_words;
	split->strings_len -= base_strings;
	memmove(split->words, split->words + base_words, split->nr_words * 4);
	memmove(split->strings, split->strings + base_strings, split->strings_len);
	for (i = 0; i < split->nr_types; i++)
		split->starts[i] = split->starts[nr_base + i] - base_words;
	mutant_finish(split);
	mutant_finish(base);
}

/* ---- From the base to the kernel ---------------------------------------- */

struct moved {
	uint32_t nr_base, base_strings;
	const uint32_t *ids; /* of the base types, in the kernel */
	uint32_t nr_kernel, kernel_strings;
};

KBTF_INLINE void move_id(void *ctx, uint32_t *word)
{
	const struct moved *moved = ctx;

	if (*word > moved->nr_base)
		*word += moved->nr_kernel - moved->nr_base;
	else if (*word)
		*word = moved->ids[*word];
}

KBTF_INLINE void move_string(void *ctx, uint32_t *word)
{
	const struct moved *moved = ctx;

	if (*word)
		*word += moved->kernel_strings - moved->base_strings;
}

static void stand_on_kernel(struct module_mutant *m, const struct kbtf *kernel, const uint32_t *ids)
{
	struct moved moved = {
		.nr_base = m->base.nr_types,
		.base_strings = m->base.strings_len,
		.ids = ids,
		.nr_kernel = kbtf_end_id(kernel) - 1,
		.kernel_strings = kbtf_header(kernel)->str_len,
	};
	uint32_t i;

	for (i = 0; i < m->split.nr_types; i++)
		kbtf_each_word((struct kbtf_type *)(m->split.words + m->split.starts[i]),
			       m->split.words + m->split.nr_words, move_string, move_id, &moved);
	m->split.nr_before = moved.nr_kernel;
	m->has_base = false;
}

static void grow(struct module_mutant *m, const struct kbtf *kernel, bool with_base)
{
	uint32_t ids[MAX_BASE_TYPES + 1] = { 0 }, nr_base, base_words, base_strings;

	nr_base = add_base_types(&m->split, kernel, ids);
	base_words = m->split.nr_words;
	base_strings = m->split.strings_len;
	mutant_types(&m->split);
	cut(m, nr_base, base_words, base_strings);
	m->has_base = true;
	if (!with_base)
		stand_on_kernel(m, kernel, ids);
}

void module_mutant_make(struct module_mutant *m, uint64_t seed, const struct kbtf *kernel,
			bool relocates, const struct module_model *models, size_t nr_models)
{
	uint32_t mutations;
	bool with_base;

	mutant_begin(&m->split, seed);
	mutant_begin(&m->base, ~seed);
	/* A kernel that does not look at bases refuses nearly all of what stands on one. */
	with_base = !mutant_random(&m->split, relocates ? 2 : 20);
	mutations = 1 + mutant_random(&m->split, 3) * mutant_random(&m->split, 2);
	if (!mutant_random(&m->split, 3)) {
		take_model(m, &models[mutant_random(&m->split, (uint32_t)nr_models)], kernel);
	} else {
		grow(m, kernel, with_base);
		/* Many as they grew: what is accepted has to be agreed upon, too. */
		if (mutant_random(&m->split, 5))
			mutations = 0;
	}
	if (!mutant_random(&m->split, 60))
		mutant_swell(m->has_base && mutant_random(&m->split, 2) ? &m->base : &m->split);
	for (; mutations; mutations--)
		mutant_mutate(m->has_base && !mutant_random(&m->split, 3) ? &m->base : &m->split);
}
