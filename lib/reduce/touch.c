// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The trail of a match: what of the kernel's types it rests on. */
#include "match.h"

void kbtf_trail_add(struct kbtf_trail *trail, uint32_t type_id, uint32_t flags, uint32_t elem)
{
	const struct kbtf_touch touch = { type_id, elem, flags };

	if (!type_id && !(flags & KBTF_TOUCH_SIZEOF_PTR))
		return;
	trail->failed |= kbtf_buf_append(&trail->touches, &touch, sizeof(touch)) != 0;
}

/* Down to the type that has a size of its own, also where that is a pointer or none is there. */
void kbtf_touch_size(struct kbtf_match *m, uint32_t type_id)
{
	unsigned int links;

	for (links = 0; links <= KBTF_MAX_CHAIN; links++) {
		const struct kbtf_type *t = kbtf_core_resolve(m->kernel, &type_id);

		if (!t)
			return;
		kbtf_trail_add(m->trail, type_id, 0, 0);
		switch (kbtf_kind(t)) {
		case KBTF_ARRAY:
			type_id = kbtf_array(t)->type;
			break;
		case KBTF_VAR:
		case KBTF_DECL_TAG:
			type_id = t->type;
			break;
		case KBTF_PTR:
			kbtf_trail_add(m->trail, 0, KBTF_TOUCH_SIZEOF_PTR, 0);
			return;
		default:
			return;
		}
	}
}

/* Along the raw numbers, as each stands for a member or an element; the first leads nowhere. */
void kbtf_touch_field(struct kbtf_match *m, const struct kbtf_core_spec *spec)
{
	uint32_t id = spec->root, i;

	kbtf_trail_add(m->trail, id, 0, 0);
	kbtf_touch_size(m, id);
	for (i = 1; i < spec->nr_raw; i++) {
		const struct kbtf_type *t = kbtf_core_resolve(m->kernel, &id);

		if (!t)
			return;
		if (kbtf_is_composite(t)) {
			kbtf_trail_add(m->trail, id, KBTF_TOUCH_ELEM, spec->raw[i]);
			id = kbtf_members(t)[spec->raw[i]].type;
		} else {
			id = kbtf_array(t)->type;
		}
		kbtf_touch_size(m, id);
	}
}

void kbtf_touch_enumval(struct kbtf_match *m, const struct kbtf_core_spec *spec)
{
	kbtf_trail_add(m->trail, spec->root, 0, 0);
	kbtf_trail_add(m->trail, spec->steps[0].type_id, KBTF_TOUCH_ELEM, spec->steps[0].index);
}
