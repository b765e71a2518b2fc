// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The selection: first step of minimising. Sparse, as a few hundred of a kernel's
 * hundred thousand types are kept. What records look at is added one by one; after that
 * kbtf_kept_close() adds what those need so that they can be written.
 */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "kept.h"

void kbtf_kept_deinit(struct kbtf_kept *kept)
{
	kbtf_u32map_deinit(&kept->index);
	kbtf_buf_deinit(&kept->types);
	kbtf_buf_deinit(&kept->bits);
}

struct kbtf_kept_type *kbtf_kept_add(struct kbtf_kept *kept, uint32_t type_id)
{
	struct kbtf_u32slot *slot = kbtf_u32map_add(&kept->index, type_id);

	if (!slot)
		return NULL;
	if (!slot->value) {
		const struct kbtf_kept_type entry = { .type_id = type_id,
						      .bits = KBTF_KEPT_NO_BITS };

		if (kbtf_buf_append(&kept->types, &entry, sizeof(entry)))
			return NULL;
		slot->value = kbtf_kept_nr(kept);
	}
	return kbtf_kept_at(kept, slot->value - 1);
}

static uint32_t *elem_bits(const struct kbtf_kept *kept, const struct kbtf_kept_type *entry)
{
	return (uint32_t *)kept->bits.data + entry->bits;
}

int kbtf_kept_add_elem(struct kbtf_kept *kept, struct kbtf_kept_type *entry, uint32_t elem)
{
	if (entry->bits == KBTF_KEPT_NO_BITS) {
		uint32_t vlen = kbtf_vlen(kbtf_type_get(kept->btf, entry->type_id));
		size_t size = ((size_t)vlen + 31) / 32 * sizeof(uint32_t), at = kept->bits.size;
		void *bits = kbtf_buf_extend(&kept->bits, size);

		if (!bits || at / sizeof(uint32_t) >= KBTF_KEPT_NO_BITS)
			return -ENOMEM;
		memset(bits, 0, size);
		entry->bits = (uint32_t)(at / sizeof(uint32_t));
	}
	elem_bits(kept, entry)[elem / 32] |= UINT32_C(1) << elem % 32;
	return 0;
}

bool kbtf_kept_has_elem(const struct kbtf_kept *kept, const struct kbtf_kept_type *entry,
			uint32_t elem)
{
	if (entry->flags & KBTF_KEPT_WHOLE)
		return true;
	return entry->bits != KBTF_KEPT_NO_BITS &&
	       elem_bits(kept, entry)[elem / 32] >> elem % 32 & 1;
}

int kbtf_kept_add_in(struct kbtf_kept *parts, size_t part, uint32_t type_id,
		     struct kbtf_kept_type **ret_entry)
{
	struct kbtf_kept *kept = &parts[type_id < parts[part].btf->first_id ? 0 : part];
	struct kbtf_kept_type *entry = NULL;

	if (type_id && kbtf_kind(kbtf_type_get(kept->btf, type_id)) < KBTF_NR_KINDS) {
		entry = kbtf_kept_add(kept, type_id);
		if (!entry)
			return -ENOMEM;
	}
	if (ret_entry)
		*ret_entry = entry;
	return 0;
}

/* Keep what a reference of a kept type leads to; one whose chain does not end leads to void. */
static int close_ref(struct kbtf_kept *parts, size_t part, uint32_t type_id)
{
	if (!kbtf_core_resolve(parts[part].btf, &type_id))
		return 0;
	return kbtf_kept_add_in(parts, part, type_id, NULL);
}

static bool is_empty_array(const struct kbtf *btf, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_core_resolve(btf, &type_id);

	return t && kbtf_kind(t) == KBTF_ARRAY && !kbtf_array(t)->nelems;
}

/* Keep as many elements as are asked for, the first ones in addition to those that are kept. */
static int close_vlen(struct kbtf_kept *kept, uint32_t i)
{
	struct kbtf_kept_type *entry = kbtf_kept_at(kept, i);
	uint32_t vlen = kbtf_vlen(kbtf_type_get(kept->btf, entry->type_id)), nr = 0, e;
	int err = 0;

	if (!entry->min_vlen)
		return 0;
	for (e = 0; e < vlen; e++)
		nr += kbtf_kept_has_elem(kept, entry, e);
	for (e = 0; e < vlen && nr < entry->min_vlen && !err; e++) {
		if (kbtf_kept_has_elem(kept, entry, e))
			continue;
		err = kbtf_kept_add_elem(kept, entry, e);
		nr++;
	}
	return err;
}

/*
 * An array without elements may be indexed where it is the last member; one that is not the last
 * in the kernel must not become it.
 */
static int close_last(struct kbtf_kept *kept, uint32_t i)
{
	struct kbtf_kept_type *entry = kbtf_kept_at(kept, i);
	const struct kbtf_type *t = kbtf_type_get(kept->btf, entry->type_id);
	uint32_t last = kbtf_vlen(t);
	int err = 0;

	if (entry->bits == KBTF_KEPT_NO_BITS)
		return 0;
	while (last && !kbtf_kept_has_elem(kept, entry, last - 1))
		last--;
	for (; last && last < kbtf_vlen(t) && !err; last++) {
		if (!is_empty_array(kept->btf, kbtf_members(t)[last - 1].type))
			break;
		err = kbtf_kept_add_elem(kept, entry, last);
	}
	return err;
}

static int close_composite(struct kbtf_kept *parts, size_t part, uint32_t i)
{
	struct kbtf_kept *kept = &parts[part];
	const struct kbtf_type *t = kbtf_type_get(kept->btf, kbtf_kept_at(kept, i)->type_id);
	int err = close_vlen(kept, i);
	uint32_t e;

	if (!err)
		err = close_last(kept, i);
	for (e = 0; e < kbtf_vlen(t) && !err; e++)
		if (kbtf_kept_has_elem(kept, kbtf_kept_at(kept, i), e))
			err = close_ref(parts, part, kbtf_members(t)[e].type);
	return err;
}

static int close_one(struct kbtf_kept *parts, size_t part, uint32_t i)
{
	struct kbtf_kept *kept = &parts[part];
	struct kbtf_kept_type *entry = kbtf_kept_at(kept, i);
	const struct kbtf_type *t = kbtf_type_get(kept->btf, entry->type_id);
	uint32_t p;
	int err;

	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		return close_composite(parts, part, i);
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return close_vlen(kept, i);
	case KBTF_PTR:
		return entry->flags & KBTF_KEPT_POINTEE ? close_ref(parts, part, t->type) : 0;
	case KBTF_ARRAY:
		err = close_ref(parts, part, kbtf_array(t)->type);
		return err ? err : close_ref(parts, part, kbtf_array(t)->index_type);
	case KBTF_TYPEDEF:
	case KBTF_VOLATILE:
	case KBTF_CONST:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
	case KBTF_VAR:
	case KBTF_FUNC: /* no BTF opens in which it has no prototype */
		return close_ref(parts, part, t->type);
	case KBTF_FUNC_PROTO:
		err = close_ref(parts, part, t->type);
		for (p = 0; p < kbtf_vlen(t) && !err; p++)
			err = close_ref(parts, part, kbtf_params(t)[p].type);
		return err;
	default:
		return 0;
	}
}

int kbtf_kept_close(struct kbtf_kept *parts, size_t nr_parts)
{
	size_t part;
	uint32_t i;
	int err = 0;

	/* Modules first: what they keep of vmlinux is closed with it. */
	for (part = nr_parts; part-- > 0;)
		for (i = 0; i < kbtf_kept_nr(&parts[part]) && !err; i++)
			err = close_one(parts, part, i);
	return err;
}
