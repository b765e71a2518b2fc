// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Why a record is missing. Of several candidates the one is named in which the access
 * leads furthest, and what stands in its way there; where there is no candidate, a type of the
 * same name but another kind, or one whose name is like it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "essential.h"
#include "fail.h"
#include "minimize.h"

#define MAX_NAME 64u	/* longer names are not compared for likeness */
#define MAX_DISTANCE 3u /* changes of a letter that still make a name alike */

/*
 * How many letters have to be put in, left out or changed to make one name the other;
 * more than MAX_DISTANCE where it is not worth counting.
 */
static unsigned int distance(const char *a, const char *b, size_t b_len)
{
	size_t a_len = strlen(a), i, j;
	unsigned int row[MAX_NAME + 1], least;

	if (a_len > MAX_NAME || b_len > MAX_NAME ||
	    (a_len > b_len ? a_len - b_len : b_len - a_len) > MAX_DISTANCE)
		return MAX_DISTANCE + 1;
	for (j = 0; j <= b_len; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		unsigned int diagonal = row[0];

		least = row[0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++) {
			unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			if (best < least)
				least = best;
		}
		if (least > MAX_DISTANCE)
			return MAX_DISTANCE + 1;
	}
	return row[b_len];
}

/* The best of names that are offered one by one: one letter may differ in every four. */
struct likeness {
	const char *wanted;
	size_t len;
	const char *best;
	uint32_t best_id;
	unsigned int best_distance;
};

static void likeness_init(struct likeness *l, const char *wanted)
{
	*l = (struct likeness){ .wanted = wanted, .len = kbtf_essential_len(wanted) };
	l->best_distance = (unsigned int)(l->len / 4) + 1;
	if (l->best_distance > MAX_DISTANCE + 1)
		l->best_distance = MAX_DISTANCE + 1;
	if (l->len > 2 && l->best_distance < 2)
		l->best_distance = 2;
}

static void offer(struct likeness *l, const char *name, uint32_t type_id)
{
	unsigned int d;

	/* A renamed member often gets or loses underscores in front. */
	while (*name == '_' && name[1] && *l->wanted != '_')
		name++;
	d = distance(name, l->wanted, l->len);
	if (d >= l->best_distance)
		return;
	l->best = name;
	l->best_id = type_id;
	l->best_distance = d;
}

static void offer_members(struct likeness *l, const struct kbtf *btf, uint32_t type_id,
			  unsigned int depth, const char **whole)
{
	const struct kbtf_type *t = kbtf_core_resolve(btf, &type_id);
	uint32_t i;

	for (i = 0; t && kbtf_is_composite(t) && i < kbtf_vlen(t); i++) {
		const struct kbtf_member *m = &kbtf_members(t)[i];
		const char *name = kbtf_string_get(btf, m->name_off), *before = l->best;

		if (*name)
			offer(l, name, 0);
		else if (depth < 4)
			offer_members(l, btf, m->type, depth + 1, whole);
		if (*name && l->best != before)
			*whole = name;
	}
}

/* How many steps of the access can be gone from a candidate. */
static uint32_t steps_gone(struct kbtf_minimizing *m, const struct kbtf_program *program,
			   const struct kbtf_program_record *record,
			   const struct kbtf_core_candidate *candidate)
{
	struct kbtf_match match = { .local = program->btf,
				    .kernel = m->kernel->parts[candidate->part].btf,
				    .abi = kbtf_core_abi_of(m->kernel),
				    .trail = &m->trail };
	struct kbtf_core_spec spec;
	uint32_t nr = 0;

	while (nr < record->nr_steps &&
	       kbtf_match_field(&match, &program->steps[record->first_step], nr + 1,
				candidate->type_id, &spec) > 0)
		nr++;
	return nr;
}

/* Where the access stands after so many steps: the type it goes on in. */
static uint32_t type_after(struct kbtf_minimizing *m, const struct kbtf_program *program,
			   const struct kbtf_program_record *record,
			   const struct kbtf_core_candidate *candidate, uint32_t nr)
{
	const struct kbtf *btf = m->kernel->parts[candidate->part].btf;
	struct kbtf_match match = { .local = program->btf,
				    .kernel = btf,
				    .abi = kbtf_core_abi_of(m->kernel),
				    .trail = &m->trail };
	uint32_t id = candidate->type_id;
	const struct kbtf_core_step *last;
	struct kbtf_core_spec spec;

	if (nr &&
	    kbtf_match_field(&match, &program->steps[record->first_step], nr, id, &spec) > 0) {
		last = &spec.steps[nr - 1];
		id = last->name ? kbtf_members(kbtf_type_get(btf, last->type_id))[last->index].type
				: last->type_id;
	}
	kbtf_core_resolve(btf, &id);
	return id;
}

static const char *name_or_anon(const struct kbtf *btf, uint32_t type_id)
{
	const char *name = kbtf_name(btf, type_id);

	return *name ? name : "(anon)";
}

/* Whether a type has a member of the name, also in anonymous ones. */
static bool has_member(const struct kbtf *btf, uint32_t type_id, const char *name,
		       unsigned int depth)
{
	const struct kbtf_type *t = kbtf_core_resolve(btf, &type_id);
	uint32_t i;

	for (i = 0; t && kbtf_is_composite(t) && i < kbtf_vlen(t); i++) {
		const struct kbtf_member *m = &kbtf_members(t)[i];
		const char *own = kbtf_string_get(btf, m->name_off);

		if (*own ? !strcmp(own, name)
			 : depth < 4 && has_member(btf, m->type, name, depth + 1))
			return true;
	}
	return false;
}

/* What stands in the way of the step after nr steps. */
static void obstacle(struct kbtf_minimizing *m, const struct kbtf_program *program,
		     const struct kbtf_program_record *record,
		     const struct kbtf_core_candidate *candidate, uint32_t nr, char *buf,
		     size_t size)
{
	const struct kbtf *btf = m->kernel->parts[candidate->part].btf;
	const struct kbtf_core_step *step = &program->steps[record->first_step + nr];
	uint32_t id = type_after(m, program, record, candidate, nr);
	const struct kbtf_type *t = kbtf_type_get(btf, id);
	const char *kind = kbtf_kind_name(kbtf_kind(t)), *name = name_or_anon(btf, id),
		   *whole = NULL;
	struct likeness like;

	if (!step->name) {
		if (kbtf_kind(t) == KBTF_ARRAY)
			snprintf(buf, size, "its array has %u elements", kbtf_array(t)->nelems);
		else
			snprintf(buf, size, "it is %s %.60s there, no array", kind, name);
		return;
	}
	if (!kbtf_is_composite(t)) {
		snprintf(buf, size, "it is %s %.60s there, which has no members", kind, name);
		return;
	}
	if (has_member(btf, id, step->name, 0)) {
		snprintf(buf, size,
			 "'%.60s' of %s %.60s is of a type that cannot be read as the "
			 "program's",
			 step->name, kind, name);
		return;
	}
	likeness_init(&like, step->name);
	offer_members(&like, btf, id, 0, &whole);
	if (whole)
		snprintf(buf, size, "%s %.60s has no member '%.60s', but '%.60s'", kind, name,
			 step->name, whole);
	else
		snprintf(buf, size, "%s %.60s has no member '%.60s'", kind, name, step->name);
}

static void explain_field(struct kbtf_minimizing *m, const struct kbtf_program *program,
			  const struct kbtf_program_record *record,
			  const struct kbtf_core_candidate *candidates, size_t nr, char *buf,
			  size_t size)
{
	size_t best = 0, i;
	uint32_t furthest = 0;
	int n;

	for (i = 0; i < nr; i++) {
		uint32_t gone = steps_gone(m, program, record, &candidates[i]);

		if (gone > furthest) {
			furthest = gone;
			best = i;
		}
	}
	n = snprintf(buf, size, "in type [%u] of %.60s ", candidates[best].type_id,
		     kbtf_label(m->kernel->parts[candidates[best].part].btf));
	if (n <= 0 || (size_t)n >= size)
		return;
	if (furthest == record->nr_steps)
		snprintf(buf + n, size - (size_t)n,
			 "it is, but libbpf has dropped that type: an earlier record's is not");
	else
		obstacle(m, program, record, &candidates[best], furthest, buf + n,
			 size - (size_t)n);
}

static void explain_enumval(struct kbtf_minimizing *m, const struct kbtf_program *program,
			    const struct kbtf_program_record *record,
			    const struct kbtf_core_candidate *candidates, size_t nr, char *buf,
			    size_t size)
{
	const char *wanted = program->steps[record->first_step].name;
	struct likeness like;
	size_t i;
	uint32_t e;

	likeness_init(&like, wanted);
	for (i = 0; i < nr; i++) {
		const struct kbtf *btf = m->kernel->parts[candidates[i].part].btf;
		uint32_t id = candidates[i].type_id;
		const struct kbtf_type *t = kbtf_core_resolve(btf, &id);

		for (e = 0; t && kbtf_is_any_enum(t) && e < kbtf_vlen(t); e++)
			offer(&like, kbtf_string_get(btf, kbtf_enumerator_name(t, e)),
			      candidates[i].type_id);
	}
	if (like.best)
		snprintf(buf, size, "type [%u] has no enumerator '%.60s', but '%.60s'",
			 like.best_id, wanted, like.best);
	else
		snprintf(buf, size, "type [%u] has no enumerator '%.60s'", candidates[0].type_id,
			 wanted);
}

/* There is no candidate: types of that name but of other kinds, or of a name like it. */
static void explain_none(struct kbtf_minimizing *m, const struct kbtf_core_root *root, char *buf,
			 size_t size)
{
	const struct kbtf *btf = m->kernel->parts[0].btf;
	size_t len = kbtf_essential_len(root->name);
	struct likeness like;
	uint32_t i;

	likeness_init(&like, root->name);
	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);
		const char *name = kbtf_string_get(btf, t->name_off);

		if (!*name)
			continue;
		if (!strncmp(name, root->name, len) && kbtf_essential_len(name) == len) {
			snprintf(buf, size, "type [%u] of that name is %s", btf->first_id + i,
				 kbtf_kind_name(kbtf_kind(t)));
			return;
		}
		if (kbtf_kind(t) < KBTF_NR_KINDS && KBTF_KIND_BIT(kbtf_kind(t)) & root->kinds)
			offer(&like, name, btf->first_id + i);
	}
	if (like.best)
		snprintf(buf, size, "no type of the name, but type [%u] %.100s", like.best_id,
			 kbtf_name(btf, like.best_id));
	else
		snprintf(buf, size, "no type of the name");
}

void kbtf_core_nearest(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
		       const struct kbtf_core_candidate *candidates, size_t nr,
		       struct kbtf_diag *ret)
{
	const struct kbtf_program_record *record = &program->records[index];
	char what[160], fact[240] = "";

	kbtf_program_describe(program, index, what, sizeof(what));
	if (!nr)
		explain_none(m, &program->roots[record->root], fact, sizeof(fact));
	else if (kbtf_core_is_field(record->core.kind))
		explain_field(m, program, record, candidates, nr, fact, sizeof(fact));
	else if (kbtf_core_is_enumval(record->core.kind))
		explain_enumval(m, program, record, candidates, nr, fact, sizeof(fact));
	else
		snprintf(fact, sizeof(fact), "type [%u] of %.60s is not like the program's",
			 candidates[0].type_id,
			 kbtf_label(m->kernel->parts[candidates[0].part].btf));
	kbtf_fail(ret, -ENOENT, "core-missing", "%s: %s", what, fact);
}
