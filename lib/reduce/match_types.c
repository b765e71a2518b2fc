// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whole types against each other: `compatible` looks at kinds, as type_exists,
 * type_size and target_type_id ask; `alike` also at names and members, as type_matches
 * asks.
 */
#include <errno.h>
#include <string.h>

#include "essential.h"
#include "match.h"

#define MAX_DEPTH 32 /* of a chain of pointers and arrays */
#define MAX_LEVEL 32 /* of prototypes in prototypes, members in members */

static bool same_sort(const struct kbtf_type *a, const struct kbtf_type *b)
{
	return kbtf_kind(a) == kbtf_kind(b) || (kbtf_is_any_enum(a) && kbtf_is_any_enum(b));
}

static uint32_t int_word(const struct kbtf_type *t)
{
	return *(const uint32_t *)kbtf_tail(t);
}

static int compatible(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id, int level)
{
	const struct kbtf_type *l = kbtf_type_get(m->local, local_id);
	const struct kbtf_type *k = kbtf_type_get(m->kernel, kernel_id);
	int depth, found;
	uint32_t i;

	if (!same_sort(l, k))
		return 0;
	for (depth = 0; depth < MAX_DEPTH; depth++) {
		l = kbtf_core_resolve(m->local, &local_id);
		k = kbtf_core_resolve(m->kernel, &kernel_id);
		if (!l || !k)
			return -EINVAL;
		if (!kbtf_match_may_look(m))
			return -E2BIG;
		if (!same_sort(l, k))
			return 0;
		kbtf_trail_add(m->trail, kernel_id, 0, 0);
		switch (kbtf_kind(l)) {
		case KBTF_VOID:
		case KBTF_STRUCT:
		case KBTF_UNION:
		case KBTF_ENUM:
		case KBTF_ENUM64:
		case KBTF_FWD:
			return 1;
		case KBTF_INT:
			return !KBTF_INT_OFFSET_BITS(int_word(l)) &&
			       !KBTF_INT_OFFSET_BITS(int_word(k));
		case KBTF_PTR:
			kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_POINTEE, 0);
			local_id = l->type;
			kernel_id = k->type;
			break;
		case KBTF_ARRAY:
			local_id = kbtf_array(l)->type;
			kernel_id = kbtf_array(k)->type;
			break;
		case KBTF_FUNC_PROTO:
			if (kbtf_vlen(l) != kbtf_vlen(k))
				return 0;
			for (i = 0; i < kbtf_vlen(l); i++) {
				uint32_t local_param = kbtf_params(l)[i].type;
				uint32_t kernel_param = kbtf_params(k)[i].type;

				if (level <= 0 || !kbtf_core_resolve(m->local, &local_param) ||
				    !kbtf_core_resolve(m->kernel, &kernel_param))
					return -EINVAL;
				found = compatible(m, local_param, kernel_param, level - 1);
				if (found <= 0)
					return found;
			}
			local_id = l->type;
			kernel_id = k->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

int kbtf_match_compatible(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id)
{
	kbtf_trail_add(m->trail, kernel_id, 0, 0);
	return compatible(m, local_id, kernel_id, MAX_LEVEL);
}

/* Two anonymous ones are of the same name. */
static bool names_match(const struct kbtf_match *m, uint32_t local_name, uint32_t kernel_name)
{
	const char *l = kbtf_string_get(m->local, local_name);
	const char *k = kbtf_string_get(m->kernel, kernel_name);
	size_t len = kbtf_essential_len(k);

	return kbtf_essential_len(l) == len && !strncmp(l, k, len);
}

/* Each enumerator of the program's has one of its name in the kernel's. */
static int enums_match(const struct kbtf_match *m, const struct kbtf_type *l,
		       const struct kbtf_type *k, uint32_t kernel_id)
{
	uint32_t i, j;

	if (l->size != k->size || kbtf_vlen(l) > kbtf_vlen(k))
		return 0;
	for (i = 0; i < kbtf_vlen(l); i++) {
		for (j = 0; j < kbtf_vlen(k); j++)
			if (names_match(m, kbtf_enumerator_name(l, i), kbtf_enumerator_name(k, j)))
				break;
		if (j == kbtf_vlen(k))
			return 0;
		kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_ELEM, j);
	}
	kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_VLEN, kbtf_vlen(l));
	return 1;
}

static int alike(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id, bool behind_ptr,
		 int level);

/* A member of the kernel's type that is alike; those tried in vain leave no trail. */
static int member_matches(struct kbtf_match *m, const struct kbtf_member *local,
			  const struct kbtf_type *k, uint32_t kernel_id, bool behind_ptr, int level)
{
	uint32_t j;

	for (j = 0; j < kbtf_vlen(k); j++) {
		const struct kbtf_member *member = &kbtf_members(k)[j];
		size_t mark = m->trail->touches.size;
		int found;

		if (!names_match(m, local->name_off, member->name_off))
			continue;
		kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_ELEM, j);
		found = alike(m, local->type, member->type, behind_ptr, level - 1);
		if (found)
			return found;
		m->trail->touches.size = mark;
	}
	return 0;
}

static int composites_match(struct kbtf_match *m, const struct kbtf_type *l,
			    const struct kbtf_type *k, uint32_t kernel_id, bool behind_ptr,
			    int level)
{
	uint32_t i;

	if (kbtf_vlen(l) > kbtf_vlen(k))
		return 0;
	for (i = 0; i < kbtf_vlen(l); i++) {
		int found = member_matches(m, &kbtf_members(l)[i], k, kernel_id, behind_ptr, level);

		if (found <= 0)
			return found;
	}
	kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_VLEN, kbtf_vlen(l));
	return 1;
}

/* A forward declaration tells by its flag whether it is one of a union. */
static bool forward_matches(const struct kbtf_type *forward, const struct kbtf_type *t)
{
	unsigned int is_union = kbtf_kflag(forward);

	if (kbtf_kind(t) == KBTF_FWD)
		return kbtf_kflag(t) == is_union;
	return kbtf_kind(t) == (is_union ? KBTF_UNION : KBTF_STRUCT);
}

static int alike(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id, bool behind_ptr,
		 int level)
{
	int depth, found;
	uint32_t i;

	if (level <= 0)
		return -EINVAL;
	for (depth = 0; depth < MAX_DEPTH; depth++) {
		const struct kbtf_type *l = kbtf_core_resolve(m->local, &local_id);
		const struct kbtf_type *k = kbtf_core_resolve(m->kernel, &kernel_id);
		unsigned int l_kind, k_kind;

		if (!l || !k)
			return -EINVAL;
		if (!kbtf_match_may_look(m))
			return -E2BIG;
		if (!names_match(m, l->name_off, k->name_off))
			return 0;
		kbtf_trail_add(m->trail, kernel_id, 0, 0);
		l_kind = kbtf_kind(l);
		k_kind = kbtf_kind(k);
		switch (l_kind) {
		case KBTF_VOID:
			return k_kind == l_kind;
		case KBTF_FWD:
			return (behind_ptr || k_kind == KBTF_FWD) && forward_matches(l, k);
		case KBTF_ENUM:
		case KBTF_ENUM64:
			return kbtf_is_any_enum(k) ? enums_match(m, l, k, kernel_id) : 0;
		case KBTF_STRUCT:
		case KBTF_UNION:
			if (behind_ptr)
				return l_kind == k_kind ||
				       (k_kind == KBTF_FWD && forward_matches(k, l));
			if (l_kind != k_kind)
				return 0;
			return composites_match(m, l, k, kernel_id, behind_ptr, level);
		case KBTF_INT:
			return l_kind == k_kind && l->size == k->size &&
			       !(KBTF_INT_ENCODING(int_word(l) ^ int_word(k)) & KBTF_INT_SIGNED);
		case KBTF_PTR:
			if (l_kind != k_kind)
				return 0;
			kbtf_trail_add(m->trail, kernel_id, KBTF_TOUCH_POINTEE, 0);
			behind_ptr = true;
			local_id = l->type;
			kernel_id = k->type;
			break;
		case KBTF_ARRAY:
			if (l_kind != k_kind || kbtf_array(l)->nelems != kbtf_array(k)->nelems)
				return 0;
			local_id = kbtf_array(l)->type;
			kernel_id = kbtf_array(k)->type;
			break;
		case KBTF_FUNC_PROTO:
			if (l_kind != k_kind || kbtf_vlen(l) != kbtf_vlen(k))
				return 0;
			for (i = 0; i < kbtf_vlen(l); i++) {
				found = alike(m, kbtf_params(l)[i].type, kbtf_params(k)[i].type,
					      behind_ptr, level - 1);
				if (found <= 0)
					return found;
			}
			local_id = l->type;
			kernel_id = k->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

int kbtf_match_alike(struct kbtf_match *m, uint32_t local_id, uint32_t kernel_id)
{
	kbtf_trail_add(m->trail, kernel_id, 0, 0);
	return alike(m, local_id, kernel_id, false, MAX_LEVEL);
}
