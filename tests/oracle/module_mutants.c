// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Mutants of module BTF. What grows is grown as one: first a few types that the
 * kernel has, in the form that a distilled base has of them, then types on top. Cut
 * behind the first ones it is a distilled base and what stands on it, since ids and
 * strings of split BTF go on where those of its base end. With ids and strings moved
 * it stands on the kernel's BTF instead.
 */
#include <stdlib.h>
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

/* One of the models. For a kernel that looks at no base nearly all without one. */
static void take_one(struct module_mutant *m, const struct module_source *source)
{
	const struct module_model *model;

	do {
		model = &source->models[mutant_random(&m->split, (uint32_t)source->nr_models)];
	} while (model->base && !source->relocates && mutant_random(&m->split, 20));
	take_model(m, model, source->kernel);
}

/* ---- Grown BTF ---------------------------------------------------------- */

static bool is_distillable(const struct kbtf *kernel, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type(kernel, id);
	const uint32_t kinds = 1u << KBTF_INT | 1u << KBTF_STRUCT | 1u << KBTF_UNION |
			       1u << KBTF_ENUM | 1u << KBTF_FWD | 1u << KBTF_FLOAT;

	return kinds >> kbtf_kind(t) & 1 && *kbtf_name(kernel, id);
}

void module_source_deinit(struct module_source *source)
{
	free(source->twins);
	source->twins = NULL;
}

bool module_source_init(struct module_source *source, const struct kbtf *kernel, bool relocates)
{
	bool *is_named = calloc(kbtf_header(kernel)->str_len, sizeof(*is_named));
	uint32_t id, end = kbtf_end_id(kernel);

	*source = (struct module_source){ .kernel = kernel,
					  .relocates = relocates,
					  .twins = malloc(end * sizeof(*source->twins)) };
	for (id = 1; is_named && source->twins && id < end; id++) {
		bool *of_another = &is_named[kbtf_type(kernel, id)->name_off];

		if (!is_distillable(kernel, id))
			continue;
		if (*of_another)
			source->twins[source->nr_twins++] = id;
		*of_another = true;
	}
	if (!is_named)
		module_source_deinit(source);
	free(is_named);
	return source->twins;
}

/* A type of the kernel that a base may refer to. */
static uint32_t pick_base_type(struct mutant *m, const struct module_source *source)
{
	if (source->nr_twins && !mutant_random(m, 150))
		return source->twins[mutant_random(m, (uint32_t)source->nr_twins)];
	/* The ones that all have are among the first. */
	return 1 + mutant_random(m, mutant_random(m, 3) ? kbtf_end_id(source->kernel) - 1 : 200);
}

/* Types of the kernel, as a distilled base has them: the name, and what is known of the size. */
static uint32_t add_base_types(struct mutant *m, const struct module_source *source, uint32_t *ids)
{
	const struct kbtf *kernel = source->kernel;
	uint32_t wanted = 1 + mutant_random(m, MAX_BASE_TYPES), nr = 0, tries;

	for (tries = 0; nr < wanted && tries < 1000; tries++) {
		uint32_t id = pick_base_type(m, source);
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

/* What a type of a base may be wrong in, and a kernel sees when it looks for the type. */
static void bend_base_type(struct mutant *m, uint32_t id)
{
	static const unsigned int kinds[] = { KBTF_ENUM,  KBTF_FLOAT, KBTF_ENUM,    KBTF_FLOAT,
					      KBTF_UNION, KBTF_FWD,   KBTF_TYPEDEF, KBTF_ENUM64 };
	uint32_t *words = &m->words[m->starts[id - 1]];
	bool is_int = words[1] >> 24 == KBTF_INT;

	switch (mutant_random(m, 6)) {
	case 0:
		words[0] = 0;
		break;
	case 1: /* another name, or none: the end of this one */
		words[0]++;
		break;
	case 2:
	case 3:
		if (is_int)
			words[3] ^= 1u << (24 + mutant_random(m, 3));
		else
			words[1] = kbtf_info(kinds[mutant_random(m, 8)], 0, 0);
		break;
	default: /* a size, or of a FWD the type */
		words[2] += 4 * (1 + mutant_random(m, 4));
		break;
	}
}

/* This type of a base, or half the time an INT of those up to it, where there is one. */
static uint32_t pick_bent(struct mutant *m, uint32_t id)
{
	uint32_t i;

	for (i = mutant_random(m, 2) ? id : 0; i; i--)
		if (m->words[m->starts[i - 1] + 1] >> 24 == KBTF_INT)
			return i;
	return id;
}

/* A name among the base's strings that is no type's there, or only the end of one's. */
static void borrow_name(struct mutant *m, uint32_t nr_base, uint32_t base_strings)
{
	uint32_t id = nr_base + 1 + mutant_random(m, m->nr_types - nr_base);
	uint32_t *name_off = &m->words[m->starts[id - 1]];

	if (*name_off)
		*name_off = 1 + mutant_random(m, base_strings);
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

static void grow(struct module_mutant *m, const struct module_source *source, bool with_base)
{
	uint32_t ids[MAX_BASE_TYPES + 1] = { 0 }, nr_base, base_words, base_strings;
	struct mutant *split = &m->split;

	nr_base = add_base_types(split, source, ids);
	base_words = split->nr_words;
	base_strings = split->strings_len;
	if (with_base && nr_base && mutant_random(split, 2))
		bend_base_type(split, pick_bent(split, 1 + mutant_random(split, nr_base)));
	mutant_types(split);
	if (mutant_random(split, 2))
		mutant_rarity_alone(split);
	if (with_base && !mutant_random(split, 12))
		borrow_name(split, nr_base, base_strings);
	cut(m, nr_base, base_words, base_strings);
	m->has_base = true;
	if (!with_base)
		stand_on_kernel(m, source->kernel, ids);
	if (!mutant_random(split, 60)) {
		split->nr_words -= 1 + mutant_random(split, 2); /* of the last type */
		mutant_finish(split);
	}
}

void module_mutant_make(struct module_mutant *m, uint64_t seed, const struct module_source *source)
{
	uint32_t mutations = 0;
	bool with_base;

	mutant_begin(&m->split, seed);
	mutant_begin(&m->base, ~seed);
	/* A kernel that does not look at bases refuses nearly all of what stands on one. */
	with_base = !mutant_random(&m->split, source->relocates ? 2 : 20);
	if (source->nr_models && !mutant_random(&m->split, 3)) {
		take_one(m, source);
	} else {
		grow(m, source, with_base);
	}
	/* Many as they are: what is accepted has to be agreed upon, too. */
	if (!mutant_random(&m->split, 3))
		mutations = 1 + mutant_random(&m->split, 3) * mutant_random(&m->split, 2);
	if (!mutant_random(&m->split, 60))
		mutant_swell(m->has_base && mutant_random(&m->split, 2) ? &m->base : &m->split);
	if (!mutant_random(&m->split, 5))
		mutant_mutate_around(m->has_base && mutant_random(&m->split, 3) ? &m->base
										: &m->split);
	for (; mutations; mutations--)
		mutant_mutate(m->has_base && !mutant_random(&m->split, 3) ? &m->base : &m->split);
}
