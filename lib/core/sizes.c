// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How large values are. */
#include <string.h>

#include "sizes.h"

static bool is_long(const char *name)
{
	static const char *const names[] = { "long int", "long unsigned int", "long",
					     "unsigned long" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

uint32_t kbtf_pointer_bytes(const struct kbtf *btf)
{
	uint32_t i;

	for (; btf; btf = btf->base) {
		for (i = 0; i < btf->nr_types; i++) {
			const struct kbtf_type *t = kbtf_own_type(btf, i);

			if (kbtf_kind(t) == KBTF_INT && (t->size == 4 || t->size == 8) &&
			    is_long(kbtf_string_get(btf, t->name_off)))
				return t->size;
		}
	}
	return 8;
}

static uint64_t saturating_product(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

uint64_t kbtf_value_bits(const struct kbtf *btf, uint32_t type_id, uint32_t pointer_bytes)
{
	uint64_t nr = 1;

	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(btf, type_id);

		switch (kbtf_kind(t)) {
		case KBTF_TYPEDEF:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
		case KBTF_VAR:
			type_id = t->type;
			break;
		case KBTF_ARRAY:
			nr = saturating_product(nr, kbtf_array(t)->nelems);
			type_id = kbtf_array(t)->type;
			break;
		case KBTF_PTR:
			return saturating_product(nr, (uint64_t)pointer_bytes * 8);
		case KBTF_INT: /* old compilers had bitfields of their own types */
			return saturating_product(nr, KBTF_INT_BITS(kbtf_word(t)));
		case KBTF_STRUCT:
		case KBTF_UNION:
		case KBTF_ENUM:
		case KBTF_ENUM64:
		case KBTF_FLOAT:
			return saturating_product(nr, (uint64_t)t->size * 8);
		default:
			return 0;
		}
	}
}
