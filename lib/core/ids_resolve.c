// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names in, ids out: the symbols of .BTF_ids say which types are wanted
 * [collect_names], one pass over the types finds them [find_types], and the words are
 * filled in and sorted on a copy of them [fill_in].
 *
 * Source: tools/bpf/resolve_btfids/main.c; what is warned of is what that counts, since
 * builds can ask for warnings to be errors.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "hash.h"
#include "ids.h"
#include "view.h"

enum wanted_kind { FUNC, STRUCT, UNION, TYPEDEF, NR_WANTED_KINDS };

static const struct {
	const char *prefix; /* of symbols, after "__BTF_ID__" */
	unsigned int kind;
} wanted_kinds[NR_WANTED_KINDS] = {
	[FUNC] = { "func__", KBTF_FUNC },
	[STRUCT] = { "struct__", KBTF_STRUCT },
	[UNION] = { "union__", KBTF_UNION },
	[TYPEDEF] = { "typedef__", KBTF_TYPEDEF },
};

/* A name that some symbols ask for. */
struct wanted {
	const char *name; /* borrowed from the symbol */
	uint32_t hash;
	uint32_t kind; /* enum wanted_kind */
	uint32_t id;   /* found; 0: not yet */
	uint32_t ref;  /* the first symbol */
};

struct resolver {
	const struct kbtf_ids *ids;
	const struct kbtf *btf;
	kbtf_diag_fn *warning;
	void *ctx;
	struct kbtf_ids_resolved *ret;
	struct wanted *wanted;
	uint32_t nr_wanted;
	uint32_t *of_ref; /* of each symbol, the index of what it wants */
	uint32_t *slots;  /* index into wanted, plus 1; open addressing, at most half full */
	uint32_t mask;
	uint32_t nr_pending[NR_WANTED_KINDS]; /* symbols, less what was found for them */
};

/* Of a symbol; NR_WANTED_KINDS where it is none of them. */
static enum wanted_kind kind_of_symbol(const char *name)
{
	unsigned int i = 0;

	while (i < NR_WANTED_KINDS &&
	       strncmp(name, wanted_kinds[i].prefix, strlen(wanted_kinds[i].prefix)))
		i++;
	return i;
}

static enum wanted_kind kind_of_type(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_FUNC:
		return FUNC;
	case KBTF_STRUCT:
		return STRUCT;
	case KBTF_UNION:
		return UNION;
	case KBTF_TYPEDEF:
		return TYPEDEF;
	default:
		return NR_WANTED_KINDS;
	}
}

/* The slot of what has this name and kind, or the free one where it would be. */
static uint32_t *find_slot(const struct resolver *r, const char *name, uint32_t hash, uint32_t kind)
{
	uint32_t i = (hash ^ kind) & r->mask;

	for (;; i = (i + 1) & r->mask) {
		const struct wanted *w = r->slots[i] ? &r->wanted[r->slots[i] - 1] : NULL;

		if (!w || (w->hash == hash && w->kind == kind && !strcmp(w->name, name)))
			return &r->slots[i];
	}
}

static int collect_name(struct resolver *r, uint32_t ref, struct kbtf_diag *reterr)
{
	const char *name = r->ids->refs[ref].name;
	enum wanted_kind kind = kind_of_symbol(name);
	uint32_t hash, *slot;

	if (kind == NR_WANTED_KINDS)
		return kbtf_fail_at(reterr, -EINVAL, "ids-kind", kbtf_ids_offset(r->ids, ref),
				    "symbol __BTF_ID__%.100s asks for neither a func, struct, "
				    "union nor typedef",
				    name);
	name += strlen(wanted_kinds[kind].prefix);
	if (!*name)
		return kbtf_fail_at(reterr, -EINVAL, "ids-name", kbtf_ids_offset(r->ids, ref),
				    "symbol __BTF_ID__%.100s names no type",
				    r->ids->refs[ref].name);
	hash = kbtf_hash_string(name);
	slot = find_slot(r, name, hash, kind);
	if (!*slot) {
		r->wanted[r->nr_wanted] = (struct wanted){ name, hash, kind, 0, ref };
		*slot = ++r->nr_wanted;
	}
	r->of_ref[ref] = *slot - 1;
	r->nr_pending[kind]++;
	return 0;
}

static int collect_names(struct resolver *r, struct kbtf_diag *reterr)
{
	uint32_t nr = r->ids->nr_refs, i;
	size_t nr_slots = 16;
	int err = 0;

	while (nr_slots < 2 * (size_t)nr)
		nr_slots *= 2;
	r->mask = (uint32_t)nr_slots - 1;
	r->wanted = kbtf_alloc_array(nr, sizeof(*r->wanted));
	r->of_ref = kbtf_alloc_array(nr, sizeof(*r->of_ref));
	r->slots = kbtf_zalloc_array(nr_slots, sizeof(*r->slots));
	if (!r->wanted || !r->of_ref || !r->slots)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < nr && !err; i++)
		err = collect_name(r, i, reterr);
	return err;
}

static void warn_ambiguous(struct resolver *r, const struct wanted *w, uint32_t type_id)
{
	struct kbtf_diag diag;

	r->ret->nr_ambiguous++;
	if (!r->warning)
		return;
	kbtf_fail_type(&diag, r->btf, type_id, -EEXIST, "ids-ambiguous",
		       "type [%u] has the same name, comes first and is taken", w->id);
	r->warning(r->ctx, &diag);
}

/* A type of a kind of which some symbols wait for theirs. */
static void meet(struct resolver *r, const char *name, uint32_t type_id, enum wanted_kind kind)
{
	uint32_t slot = *find_slot(r, name, kbtf_hash_string(name), kind);
	struct wanted *w;

	if (!slot)
		return;
	w = &r->wanted[slot - 1];
	if (w->id) {
		warn_ambiguous(r, w, type_id);
	} else {
		w->id = type_id;
		r->nr_pending[kind]--;
	}
}

/*
 * resolve_btfids does not look at types of a kind any more when it has found as many as
 * there are symbols, and so does not warn of those either.
 */
static void find_types(struct resolver *r, const struct kbtf *btf)
{
	uint32_t id;

	if (btf->base)
		find_types(r, btf->base);
	for (id = btf->first_id; id < btf->first_id + btf->nr_types; id++) {
		const struct kbtf_type *t = kbtf_own_type(btf, id - btf->first_id);
		enum wanted_kind kind = kind_of_type(t);

		if (kind != NR_WANTED_KINDS && r->nr_pending[kind])
			meet(r, kbtf_string_get(btf, t->name_off), id, kind);
	}
}

static void warn_missing(struct resolver *r)
{
	struct kbtf_diag diag;
	uint32_t i;

	for (i = 0; i < r->nr_wanted; i++) {
		const struct wanted *w = &r->wanted[i];

		if (w->id)
			continue;
		r->ret->nr_missing++;
		if (!r->warning)
			continue;
		kbtf_fail_at(&diag, -ENOENT, "ids-missing", kbtf_ids_offset(r->ids, w->ref),
			     "unresolved symbol %.200s: no %s of this name in the BTF, its id "
			     "becomes 0",
			     w->name, kbtf_kind_name(wanted_kinds[w->kind].kind));
		r->warning(r->ctx, &diag);
	}
}

/* What is known of each word while ids are filled in. */
struct places {
	bool *is_beside; /* the flags of the id that is there stand beside it */
	uint32_t *moved; /* where sorting puts the id */
	uint32_t *order; /* room for that of one set */
};

static void places_deinit(struct places *p)
{
	free(p->is_beside);
	free(p->moved);
	free(p->order);
}

static int places_init(struct places *p, const struct kbtf_ids *ids)
{
	uint32_t nr = (uint32_t)(ids->size / 4), i;

	p->is_beside = kbtf_zalloc_array(nr, sizeof(*p->is_beside));
	p->moved = kbtf_alloc_array(nr, sizeof(*p->moved));
	p->order = kbtf_alloc_array(nr, sizeof(*p->order));
	if (!p->is_beside || !p->moved || !p->order) {
		places_deinit(p);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		p->moved[i] = i;
	for (i = 0; i < ids->nr_refs; i++)
		p->is_beside[ids->refs[i].word] = ids->refs[i].is_beside;
	return 0;
}

/* Whether a set has been sorted, and flags are not where the symbols of their ids are. */
static bool is_order_lost(const struct kbtf_ids *ids, const struct kbtf_ids_set *s,
			  const struct places *p)
{
	const uint32_t *elem = ids->words + s->word;
	bool has_ids = false, differ = false, are_beside = true;
	uint32_t i;

	if (s->elem_words != 2)
		return false;
	for (i = 0; i < s->room; i++) {
		has_ids |= elem[2 * i] != 0;
		differ |= elem[2 * i + 1] != elem[1];
		are_beside &= p->is_beside[s->word + 2 * i];
	}
	return has_ids && differ && !are_beside;
}

/* Keep the set as it is where what resolving gives are the ids that it has. */
static int keep_set(const struct kbtf_ids *ids, const struct kbtf_ids_set *s, uint32_t *words,
		    struct kbtf_diag *reterr)
{
	const uint32_t *old = ids->words + s->word;
	uint32_t *new = words + s->word, i;

	for (i = 0; i < s->room; i++)
		if (new[2 * i] != old[2 * i])
			return kbtf_fail_at(
				reterr, -EINVAL, "ids-resolved", 4 * (uint64_t)(s->word - 2),
				"set %.100s was resolved before, with other ids (%u where "
				"this BTF gives %u): which flags are whose cannot be told any more",
				s->name, old[2 * i], new[2 * i]);
	memcpy(new, old, (size_t)s->room * 8);
	return 0;
}

static int fill_set(const struct kbtf_ids *ids, const struct kbtf_ids_set *s, uint32_t *words,
		    struct places *p, struct kbtf_diag *reterr)
{
	bool is_lost = is_order_lost(ids, s, p);
	uint32_t i;

	words[s->word - s->elem_words] = s->room;
	if (kbtf_ids_sort_set(words + s->word, s->room, s->elem_words, p->order))
		return kbtf_fail_nomem(reterr);
	if (is_lost)
		return keep_set(ids, s, words, reterr);
	for (i = 0; s->elem_words == 2 && i < s->room; i++) {
		p->is_beside[s->word + 2 * i] = true;
		p->moved[s->word + 2 * p->order[i]] = s->word + 2 * i;
	}
	return 0;
}

/* Each id is where its flags are now. */
static void move_refs(struct resolver *r, struct kbtf_ids *ids, const struct places *p)
{
	uint32_t i;

	for (i = 0; i < ids->nr_refs; i++) {
		struct kbtf_ids_ref *ref = &ids->refs[i];
		uint32_t word = p->moved[ref->word];

		r->ret->is_moved |= word != ref->word || p->is_beside[word] != ref->is_beside;
		ref->word = word;
		ref->is_beside = p->is_beside[word];
	}
}

static int fill_in(struct resolver *r, struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	uint32_t *words = kbtf_ids_copy_words(ids), i;
	struct places places;
	int err = 0;

	if (!words || places_init(&places, ids)) {
		free(words);
		return kbtf_fail_nomem(reterr);
	}
	for (i = 0; i < ids->nr_refs; i++)
		words[ids->refs[i].word] = r->wanted[r->of_ref[i]].id;
	for (i = 0; i < ids->nr_sets && !err; i++)
		err = fill_set(ids, &ids->sets[i], words, &places, reterr);
	if (err) {
		free(words);
	} else {
		for (i = 0; i < ids->nr_sets; i++)
			ids->sets[i].nr = ids->sets[i].room;
		move_refs(r, ids, &places);
		r->ret->is_changed = ids->size && memcmp(words, ids->words, ids->size);
		kbtf_ids_take_words(ids, words);
	}
	places_deinit(&places);
	return err;
}

int kbtf_ids_resolve(struct kbtf_ids *ids, const struct kbtf *btf, kbtf_diag_fn *warning, void *ctx,
		     struct kbtf_ids_resolved *ret, struct kbtf_diag *reterr)
{
	struct kbtf_ids_resolved unwanted;
	struct resolver r = {
		.ids = ids,
		.btf = btf,
		.warning = warning,
		.ctx = ctx,
		.ret = ret ? ret : &unwanted,
	};
	int err;

	*r.ret = (struct kbtf_ids_resolved){ .nr_ids = ids->nr_refs };
	err = collect_names(&r, reterr);
	if (!err) {
		find_types(&r, btf);
		warn_missing(&r);
		err = fill_in(&r, ids, reterr);
	}
	free(r.wanted);
	free(r.of_ref);
	free(r.slots);
	return err;
}
