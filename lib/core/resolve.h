/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_RESOLVE_H
#define KBTF_CORE_RESOLVE_H

#include "view.h"

/* The id behind modifiers, type tags and typedefs; the type may be void. */
static inline uint32_t kbtf_skip_modifiers(const struct kbtf *btf, uint32_t type_id)
{
	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(btf, type_id);

		switch (kbtf_kind(t)) {
		case KBTF_TYPEDEF:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			type_id = t->type;
			break;
		default:
			return type_id;
		}
	}
}

/* The struct or union that a member of this type embeds, arrays looked into; 0 where it embeds
 * none.
 *
 * Source: kernel/bpf/btf_relocate.c (btf_mark_embedded_composite_type_ids). */
static inline uint32_t kbtf_embedded_composite(const struct kbtf *btf, uint32_t type_id)
{
	for (;;) {
		const struct kbtf_type *t;

		type_id = kbtf_skip_modifiers(btf, type_id);
		t = kbtf_type_get(btf, type_id);
		if (kbtf_kind(t) != KBTF_ARRAY)
			return kbtf_is_composite(t) ? type_id : 0;
		type_id = kbtf_array(t)->type;
	}
}

#endif
