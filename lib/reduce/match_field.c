// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Fields and enumerators by name: the steps of a program's access, and a type of the
 * kernel to begin with, in; where they lead there out.
 */
#include <errno.h>
#include <string.h>

#include "essential.h"
#include "match.h"

/* Whether two names are the same but for their flavours. */
static bool same_essence(const char *a, const char *b)
{
	size_t len = kbtf_essential_len(a);

	return !strncmp(a, b, len) && kbtf_essential_len(b) == len;
}

static bool same_sort(const struct kbtf_type *a, const struct kbtf_type *b)
{
	return kbtf_kind(a) == kbtf_kind(b) || (kbtf_is_any_enum(a) && kbtf_is_any_enum(b));
}

static uint32_t int_offset(const struct kbtf_type *t)
{
	return KBTF_INT_OFFSET_BITS(*(const uint32_t *)kbtf_tail(t));
}

/* Whether a field of one type can be read as one of the other. */
static int fields_fit(const struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id)
{
	unsigned int links;

	for (links = 0; links <= KBTF_MAX_CHAIN; links++) {
		const struct kbtf_type *l = kbtf_core_resolve(m->local, &local_id);
		const struct kbtf_type *k = kbtf_core_resolve(m->kernel, &kernel_id);

		if (!l || !k)
			return -EINVAL;
		if (kbtf_is_composite(l) && kbtf_is_composite(k))
			return 1;
		if (!same_sort(l, k))
			return 0;
		switch (kbtf_kind(l)) {
		case KBTF_PTR:
		case KBTF_FLOAT:
			return 1;
		case KBTF_FWD:
		case KBTF_ENUM:
		case KBTF_ENUM64: {
			const char *a = kbtf_string_get(m->local, l->name_off);
			const char *b = kbtf_string_get(m->kernel, k->name_off);

			return !*a || !*b || same_essence(a, b);
		}
		case KBTF_INT:
			return !int_offset(l) && !int_offset(k);
		case KBTF_ARRAY:
			local_id = kbtf_array(l)->type;
			kernel_id = kbtf_array(k)->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

/* Whether members from this one on have the name, those of anonymous ones among them. */
static bool is_repeated(struct kbtf_match *m, const struct kbtf_type *k, uint32_t from,
			const char *name, unsigned int depth)
{
	uint32_t i;

	if (depth == KBTF_CORE_MAX_ACCESS || !kbtf_match_may_look(m))
		return true;
	for (i = from; i < kbtf_vlen(k); i++) {
		const struct kbtf_member *member = &kbtf_members(k)[i];
		const char *other = kbtf_string_get(m->kernel, member->name_off);
		uint32_t type_id = member->type;
		const struct kbtf_type *t;

		if (*other) {
			if (!strcmp(other, name))
				return true;
			continue;
		}
		t = kbtf_core_resolve(m->kernel, &type_id);
		if (t && kbtf_is_composite(t) && is_repeated(m, t, 0, name, depth + 1))
			return true;
	}
	return false;
}

/* Whether libbpf would find the access too deep if it went on. */
static bool is_full(const struct kbtf_core_spec *spec)
{
	return spec->nr_raw + spec->nr_lost == KBTF_CORE_MAX_ACCESS;
}

/*
 * A member that has the name but does not fit. In an anonymous one libbpf then goes on behind
 * that, but takes back neither the number nor the offset of what it leaves. No compiler
 * writes such types; where they are, all that comes later is off by it, so the member has to stay.
 */
static void leave_misfit(struct kbtf_match *m, uint32_t type_id, uint32_t i,
			 struct kbtf_core_spec *spec)
{
	kbtf_trail_add(m->trail, type_id, KBTF_TOUCH_ELEM, i);
	spec->nr_raw--;
	spec->nr_lost++;
}

/*
 * The member that a step names, in a type or in anonymous members of it. *ret_type
 * becomes the type of the member.
 */
static int find_member(struct kbtf_match *m, const struct kbtf_core_step *step, uint32_t kernel_id,
		       struct kbtf_core_spec *spec, uint32_t *ret_type)
{
	const struct kbtf_type *l = kbtf_type_get(m->local, step->type_id);
	const struct kbtf_type *k = kbtf_core_resolve(m->kernel, &kernel_id);
	const struct kbtf_member *member;
	uint32_t i;

	if (!k)
		return -EINVAL;
	if (!kbtf_match_may_look(m))
		return -E2BIG;
	if (!kbtf_is_composite(k))
		return 0;
	member = kbtf_members(k);
	for (i = 0; i < kbtf_vlen(k); i++, member++) {
		const char *name = kbtf_string_get(m->kernel, member->name_off);
		uint32_t offset = kbtf_kflag(k) ? member->offset & 0xffffff : member->offset;
		uint32_t nr_lost = spec->nr_lost;
		int found;

		if (is_full(spec))
			return -E2BIG;
		if (*name && strcmp(name, step->name))
			continue;
		spec->bit_offset += offset;
		spec->raw[spec->nr_raw++] = i;
		if (*name) {
			found = fields_fit(m, kbtf_members(l)[step->index].type, member->type);
			if (!found && is_repeated(m, k, i + 1, name, 0))
				kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_MISFIT, i);
			if (!found)
				leave_misfit(m, kernel_id, i, spec);
			if (found <= 0)
				return found;
			spec->steps[spec->nr_steps++] =
				(struct kbtf_core_step){ kernel_id, i, name };
			*ret_type = member->type;
			return 1;
		}
		found = find_member(m, step, member->type, spec, ret_type);
		if (found)
			return found;
		if (spec->nr_lost != nr_lost)
			kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_ELEM, i);
		spec->bit_offset -= offset;
		spec->nr_raw--;
	}
	return 0;
}

/* An element of the array, or of the row of types that the access begins with. */
static int find_element(struct kbtf_match *m, const struct kbtf_core_step *step, uint32_t *id,
			struct kbtf_core_spec *spec)
{
	int64_t size;

	if (spec->nr_steps) {
		const struct kbtf_type *k = kbtf_type_get(m->kernel, *id);
		const struct kbtf_core_step *last = &spec->steps[spec->nr_steps - 1];

		if (kbtf_kind(k) != KBTF_ARRAY)
			return 0;
		if (!kbtf_core_is_flexible(m->kernel, last, kbtf_array(k)) &&
		    step->index >= kbtf_array(k)->nelems)
			return 0;
		*id = kbtf_array(k)->type;
		if (!kbtf_core_resolve(m->kernel, id))
			return -EINVAL;
	}
	if (is_full(spec))
		return -E2BIG;
	spec->steps[spec->nr_steps++] = (struct kbtf_core_step){ *id, step->index, NULL };
	spec->raw[spec->nr_raw++] = step->index;
	size = kbtf_core_size(m->kernel, m->abi, *id);
	if (size < 0)
		return (int)size;
	spec->bit_offset += step->index * (uint32_t)size * 8;
	return 1;
}

static void spec_init(struct kbtf_core_spec *spec, uint32_t root)
{
	spec->root = root;
	spec->nr_steps = 0;
	spec->nr_raw = 0;
	spec->nr_lost = 0;
	spec->bit_offset = 0;
}

int kbtf_match_field(struct kbtf_match *m, const struct kbtf_core_step *steps, uint32_t nr_steps,
		     uint32_t kernel_id, struct kbtf_core_spec *ret)
{
	uint32_t i;
	int found = 1;

	spec_init(ret, kernel_id);
	for (i = 0; i < nr_steps && found > 0; i++) {
		if (!kbtf_core_resolve(m->kernel, &kernel_id))
			return -EINVAL;
		if (steps[i].name)
			found = find_member(m, &steps[i], kernel_id, ret, &kernel_id);
		else
			found = find_element(m, &steps[i], &kernel_id, ret);
	}
	return found;
}

int kbtf_match_enumval(struct kbtf_match *m, const struct kbtf_core_step *step, uint32_t kernel_id,
		       struct kbtf_core_spec *ret)
{
	const struct kbtf_type *k;
	uint32_t i;

	spec_init(ret, kernel_id);
	k = kbtf_core_resolve(m->kernel, &kernel_id);
	if (!k)
		return -EINVAL;
	if (!kbtf_is_any_enum(k))
		return 0;
	for (i = 0; i < kbtf_vlen(k); i++) {
		const char *name = kbtf_string_get(m->kernel, kbtf_enumerator_name(k, i));

		if (!same_essence(step->name, name))
			continue;
		ret->steps[ret->nr_steps++] = (struct kbtf_core_step){ kernel_id, i, name };
		ret->raw[ret->nr_raw++] = i;
		return 1;
	}
	return 0;
}
