// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Selecting: the records of a program, one after the other, against the candidates
 * for their types. What a match rests on is kept for each candidate that matches, not
 * only for the first: then the same ones match in the minimised BTF whichever
 * programs of an object are loaded.
 *
 * libbpf drops candidates that do not match a record while others do, for all
 * later records of the type. That decides what is found, and is told; it decides nothing of what
 * is kept.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "minimize.h"

/* Candidates for the roots of one program. */
struct search {
	struct kbtf_buf candidates; /* struct kbtf_core_candidate */
	struct range {
		uint32_t first, nr;
	} * ranges;	  /* of each root */
	uint8_t *dropped; /* of each candidate, whether libbpf has dropped it */
};

/* What one record's candidates came to. */
struct tally {
	uint32_t nr_matches;
	int err;	/* the first with which libbpf gives up */
	bool ambiguous; /* matches differ */
	uint32_t first; /* number of the first match */
	struct kbtf_core_value first_value;
	/* The match that others are held against: the first one, or where modules may be loaded
	 * without each other the first one of the module. */
	uint32_t one;
	struct kbtf_core_value value;
	uint32_t bit_offset;
	uint32_t other; /* number of the one that differs */
	struct kbtf_core_value other_value;
	uint32_t other_bit_offset;
};

static int search_init(struct search *s, struct kbtf_core_kernel *kernel,
		       const struct kbtf_program *program)
{
	uint32_t i;
	int err = 0;

	memset(s, 0, sizeof(*s));
	s->ranges = kbtf_alloc_array(program->nr_roots, sizeof(*s->ranges));
	if (!s->ranges)
		return -ENOMEM;
	for (i = 0; i < program->nr_roots && !err; i++) {
		const size_t size = sizeof(struct kbtf_core_candidate);
		size_t before = s->candidates.size;

		err = kbtf_core_find_candidates(kernel, &program->roots[i], &s->candidates);
		s->ranges[i].first = (uint32_t)(before / size);
		s->ranges[i].nr = (uint32_t)((s->candidates.size - before) / size);
	}
	if (err)
		return err;
	s->dropped = kbtf_zalloc_array(s->candidates.size, 1);
	return s->dropped ? 0 : -ENOMEM;
}

static void search_deinit(struct search *s)
{
	kbtf_buf_deinit(&s->candidates);
	free(s->ranges);
	free(s->dropped);
}

static const struct kbtf_core_candidate *candidate_at(const struct search *s, uint32_t i)
{
	return (const struct kbtf_core_candidate *)s->candidates.data + i;
}

/* One candidate against a record: 1, 0, or a negative errno; its trail is left but where it is 0.
 */
static int match_candidate(struct kbtf_match *match, const struct kbtf_program *program,
			   const struct kbtf_program_record *record, uint32_t type_id,
			   struct kbtf_core_spec *spec)
{
	const struct kbtf_core_step *steps =
		record->nr_steps ? &program->steps[record->first_step] : NULL;
	enum kbtf_core_kind kind = record->core.kind;
	int found;

	if (kbtf_core_is_field(kind)) {
		found = kbtf_match_field(match, steps, record->nr_steps, type_id, spec);
		if (found)
			kbtf_touch_field(match, spec);
		return found;
	}
	if (kbtf_core_is_enumval(kind)) {
		found = kbtf_match_enumval(match, steps, type_id, spec);
		if (found > 0)
			kbtf_touch_enumval(match, spec);
		return found;
	}
	spec->root = type_id;
	spec->nr_steps = spec->nr_raw = 0;
	spec->bit_offset = 0;
	if (kind == KBTF_CORE_TYPE_MATCHES)
		return kbtf_match_alike(match, record->core.type_id, type_id);
	found = kbtf_match_compatible(match, record->core.type_id, type_id);
	if (found > 0 && kind == KBTF_CORE_TYPE_SIZE)
		kbtf_touch_size(match, type_id);
	return found;
}

static const char *element_name(const struct kbtf *btf, const struct kbtf_touch *touch)
{
	const struct kbtf_type *t = kbtf_type_get(btf, touch->type_id);

	if (!(touch->flags & KBTF_TOUCH_ELEM))
		return NULL;
	if (kbtf_is_any_enum(t))
		return kbtf_string_get(btf, kbtf_enumerator_name(t, touch->elem));
	return kbtf_string_get(btf, kbtf_members(t)[touch->elem].name_off);
}

static void tell_keep(const struct kbtf_minimizing *m, const struct kbtf_program *program,
		      size_t index, size_t part, const struct kbtf_touch *touch)
{
	const struct kbtf *btf = m->kernel->parts[part].btf;
	const struct kbtf_core_keep keep = {
		.program = program,
		.index = index,
		.btf = touch->type_id < btf->first_id ? m->kernel->parts[0].btf : btf,
		.type_id = touch->type_id,
		.element = element_name(btf, touch),
	};

	m->opts->keep(m->opts->ctx, &keep);
}

static int keep_touch(struct kbtf_minimizing *m, size_t part, const struct kbtf_touch *touch)
{
	struct kbtf_kept *kept =
		&m->parts[touch->type_id < m->parts[part].btf->first_id ? 0 : part];
	struct kbtf_kept_type *entry;
	int err = kbtf_kept_add_in(m->parts, part, touch->type_id, &entry);

	if (err || !entry)
		return err;
	if (touch->flags & KBTF_TOUCH_POINTEE)
		entry->flags |= KBTF_KEPT_POINTEE;
	if (touch->flags & KBTF_TOUCH_VLEN && entry->min_vlen < touch->elem)
		entry->min_vlen = touch->elem;
	return touch->flags & KBTF_TOUCH_ELEM ? kbtf_kept_add_elem(kept, entry, touch->elem) : 0;
}

/* Whether the same type and element came before on the trail. */
static bool is_told(const struct kbtf_touch *touches, size_t i)
{
	const struct kbtf_touch *touch = &touches[i];
	size_t j;

	for (j = 0; j < i; j++)
		if (touches[j].type_id == touch->type_id &&
		    (touches[j].flags & KBTF_TOUCH_ELEM) == (touch->flags & KBTF_TOUCH_ELEM) &&
		    (!(touch->flags & KBTF_TOUCH_ELEM) || touches[j].elem == touch->elem))
			return true;
	return false;
}

/* Keep what the trail says, of the BTF of this part and its base. */
static int keep_trail(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
		      size_t part)
{
	const struct kbtf_touch *touches = (const struct kbtf_touch *)m->trail.touches.data;
	size_t nr = kbtf_trail_nr(&m->trail), i;
	int err = m->trail.failed ? -ENOMEM : 0;

	for (i = 0; i < nr && !err; i++) {
		struct kbtf_touch touch = touches[i];

		if (touch.flags & KBTF_TOUCH_SIZEOF_PTR)
			touch.type_id = m->kernel->long_id;
		if (!touch.type_id || touch.flags & KBTF_TOUCH_MISFIT)
			continue;
		err = keep_touch(m, part, &touch);
		if (!err && m->opts->keep && !is_told(touches, i))
			tell_keep(m, program, index, part, &touch);
	}
	return err;
}

/* Misfits are noted where nothing matched, too. */
static int note_misfits(struct kbtf_minimizing *m, size_t part)
{
	const struct kbtf_touch *touches = (const struct kbtf_touch *)m->trail.touches.data;
	size_t nr = kbtf_trail_nr(&m->trail), i;
	int err = m->trail.failed ? -ENOMEM : 0;

	for (i = 0; i < nr && !err; i++) {
		const struct kbtf_misfit misfit = { touches[i].type_id, touches[i].elem, part };

		if (touches[i].flags & KBTF_TOUCH_MISFIT)
			err = kbtf_buf_append(&m->misfits, &misfit, sizeof(misfit));
	}
	return err;
}

/* Whether libbpf holds two matches to be different. */
static bool differ(const struct tally *t, const struct kbtf_core_value *value, uint32_t bit_offset)
{
	return t->bit_offset != bit_offset || t->value.poisons != value->poisons ||
	       t->value.number != value->number;
}

/* A candidate that matches; what libbpf has dropped before is kept, but does not count. */
static void count_match(struct tally *t, const struct search *s, bool merged, uint32_t number,
			const struct kbtf_core_value *value, uint32_t bit_offset)
{
	bool is_first = !t->nr_matches++;

	if (is_first) {
		t->first = number;
		t->first_value = *value;
	}
	if (is_first ||
	    (!merged && candidate_at(s, number)->part != candidate_at(s, t->one)->part)) {
		if (t->ambiguous)
			return;
		t->one = number;
		t->value = *value;
		t->bit_offset = bit_offset;
	} else if (!t->ambiguous && differ(t, value, bit_offset)) {
		t->ambiguous = true;
		t->other = number;
		t->other_value = *value;
		t->other_bit_offset = bit_offset;
	}
}

/* Hold all candidates against a record; matched[] tells of each whether it does. */
static int try_candidates(struct kbtf_minimizing *m, const struct kbtf_program *program,
			  size_t index, const struct search *s, const struct range *range,
			  bool *matched, struct tally *ret)
{
	const struct kbtf_program_record *record = &program->records[index];
	const struct kbtf_core_abi *abi = kbtf_core_abi_of(m->kernel);
	struct kbtf_core_spec spec;
	uint32_t i;
	int err = 0;

	memset(ret, 0, sizeof(*ret));
	for (i = range->first; i < range->first + range->nr && !err; i++) {
		const struct kbtf_core_candidate *candidate = candidate_at(s, i);
		struct kbtf_match match = { .local = program->btf,
					    .kernel = m->kernel->parts[candidate->part].btf,
					    .abi = abi,
					    .trail = &m->trail };
		struct kbtf_core_value value;
		int found;

		m->trail.touches.size = 0;
		found = match_candidate(&match, program, record, candidate->type_id, &spec);
		matched[i - range->first] = found > 0;
		err = note_misfits(m, candidate->part);
		if (!found || err)
			continue;
		/* What libbpf fails at is kept, so that it still does. */
		err = keep_trail(m, program, index, candidate->part);
		if (found > 0) /* 0 then, or an error */
			found = kbtf_core_calc(match.kernel, abi, record->core.kind, &spec, &value);
		if (s->dropped[i])
			continue;
		if (found < 0)
			ret->err = ret->err ? ret->err : found;
		else
			count_match(ret, s, m->opts->flags & KBTF_MINIMIZE_MERGED, i, &value,
				    spec.bit_offset);
	}
	return err;
}

/* Two equal types that a record asks the id of stay two. */
static int keep_distinct(struct kbtf_minimizing *m, const struct search *s,
			 const struct range *range, const bool *matched)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < range->nr && !err; i++) {
		const struct kbtf_core_candidate *candidate = candidate_at(s, range->first + i);
		struct kbtf_kept_type *entry;

		if (!matched[i])
			continue;
		err = kbtf_kept_add_in(m->parts, candidate->part, candidate->type_id, &entry);
		if (!err && entry)
			entry->flags |= KBTF_KEPT_DISTINCT;
	}
	return err;
}

/* What a diagnosis calls the type of a candidate: where it is, if not in vmlinux. */
static const char *part_label(const struct kbtf_minimizing *m,
			      const struct kbtf_core_candidate *candidate)
{
	return kbtf_label(m->kernel->parts[candidate->part].btf);
}

static void describe_value(const struct kbtf_core_value *value, uint32_t bit_offset, char *buf,
			   size_t size)
{
	if (value->poisons)
		snprintf(buf, size, "nothing");
	else
		snprintf(buf, size, "%lld at bit %u", (long long)value->number, bit_offset);
}

static void explain(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
		    const struct search *s, const struct range *range, const struct tally *t,
		    enum kbtf_core_outcome outcome, struct kbtf_diag *why)
{
	const struct kbtf_core_record *core = &program->records[index].core;
	char what[160], one[48], other[48];
	size_t i;

	kbtf_program_describe(program, index, what, sizeof(what));
	switch (outcome) {
	case KBTF_CORE_AMBIGUOUS:
		describe_value(&t->value, t->bit_offset, one, sizeof(one));
		describe_value(&t->other_value, t->other_bit_offset, other, sizeof(other));
		kbtf_fail(why, -EINVAL, "core-ambiguous",
			  "%s: type [%u] of %.40s gives %s, type [%u] of %.40s %s", what,
			  candidate_at(s, t->one)->type_id, part_label(m, candidate_at(s, t->one)),
			  one, candidate_at(s, t->other)->type_id,
			  part_label(m, candidate_at(s, t->other)), other);
		break;
	case KBTF_CORE_FAILED:
		kbtf_fail(why, t->err, "core-failed", "%s: %s", what,
			  t->err == -E2BIG ? "too deep, or too large, in the kernel"
					   : "what it leads to in the kernel has no such value");
		break;
	default:
		if (m->opts->flags & KBTF_MINIMIZE_NEAREST) {
			kbtf_core_nearest(m, program, index,
					  range->nr ? candidate_at(s, range->first) : NULL,
					  range->nr, why);
			break;
		}
		kbtf_fail(why, -ENOENT, "core-missing", "%s: %s", what,
			  range->nr ? "no type of the name has it" : "no type of the name");
		break;
	}
	i = strlen(core->section) < 100 ? 0 : strlen(core->section) - 100;
	why->offset = core->insn_off;
	kbtf_diag_in(why, core->section + i);
	kbtf_diag_in(why, program->label);
}

static void tell_result(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
			const struct search *s, const struct range *range, const struct tally *t)
{
	struct kbtf_core_result result = {
		.program = program,
		.index = index,
		.outcome = KBTF_CORE_FOUND,
		.nr_candidates = range->nr,
		.nr_matches = t->nr_matches,
	};
	struct kbtf_diag why;

	if (t->err)
		result.outcome = KBTF_CORE_FAILED;
	else if (t->ambiguous)
		result.outcome = KBTF_CORE_AMBIGUOUS;
	else if (!t->nr_matches)
		result.outcome = KBTF_CORE_MISSING;
	if (result.outcome == KBTF_CORE_FOUND) {
		const struct kbtf_core_candidate *candidate = candidate_at(s, t->first);

		result.btf = m->kernel->parts[candidate->part].btf;
		result.type_id = candidate->type_id;
		result.value = t->first_value.number;
		result.poisons = t->first_value.poisons;
	} else {
		explain(m, program, index, s, range, t, result.outcome, &why);
		result.why = &why;
	}
	m->opts->result(m->opts->ctx, &result);
}

static int take_record(struct kbtf_minimizing *m, const struct kbtf_program *program, size_t index,
		       struct search *s, bool *matched)
{
	const struct kbtf_program_record *record = &program->records[index];
	const struct range *range = &s->ranges[record->root];
	struct tally tally;
	uint32_t i;
	int err;

	err = try_candidates(m, program, index, s, range, matched, &tally);
	if (!err && record->core.kind == KBTF_CORE_TYPE_ID_TARGET && range->nr > 1)
		err = keep_distinct(m, s, range, matched);
	if (err)
		return err;
	if (m->opts->result)
		tell_result(m, program, index, s, range, &tally);
	for (i = 0; i < range->nr && tally.nr_matches; i++)
		s->dropped[range->first + i] |= !matched[i];
	return 0;
}

static void tell_no_need(const struct kbtf_minimizing *m, const struct kbtf_program *program,
			 size_t index)
{
	const struct kbtf_core_result result = {
		.program = program,
		.index = index,
		.outcome = KBTF_CORE_NO_NEED,
		.value = program->records[index].value.number,
	};

	if (m->opts->result)
		m->opts->result(m->opts->ctx, &result);
}

int kbtf_minimize_program(struct kbtf_minimizing *m, const struct kbtf_program *program)
{
	struct search search;
	bool *matched = NULL;
	int err = search_init(&search, m->kernel, program);
	size_t i;

	if (!err) {
		matched = kbtf_zalloc_array(search.candidates.size, sizeof(*matched));
		err = matched ? 0 : -ENOMEM;
	}
	for (i = 0; i < program->nr_records && !err; i++) {
		if (program->records[i].core.kind == KBTF_CORE_TYPE_ID_LOCAL)
			tell_no_need(m, program, i);
		else
			err = take_record(m, program, i, &search, matched);
	}
	free(matched);
	search_deinit(&search);
	return err;
}
