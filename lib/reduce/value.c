// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What a record comes to once it is known where it leads: the number that goes into
 * the instruction. Kinds of records come in three sorts, about fields
 * [calc_field], types [calc_type] and enumerators [calc_enumval].
 */
#include <errno.h>

#include "access.h"

/* A field that a record asks about: a bitfield lies in a word that can be loaded. */
struct field {
	const struct kbtf_type *type; /* its own, resolved */
	uint32_t type_id;	      /* of type */
	uint32_t bit_offset, nr_bits;
	uint32_t byte_offset, nr_bytes; /* of what is loaded */
	bool is_bitfield;
};

/* The size of one element of what may be an array of arrays. */
static int element_size(const struct kbtf *btf, const struct kbtf_core_abi *abi, uint32_t type_id,
			uint32_t *ret)
{
	unsigned int links;
	int64_t size;

	for (links = 0; links <= KBTF_MAX_CHAIN; links++) {
		const struct kbtf_type *t = kbtf_core_resolve(btf, &type_id);

		if (!t)
			return -EINVAL;
		if (kbtf_kind(t) != KBTF_ARRAY)
			break;
		type_id = kbtf_array(t)->type;
	}
	size = kbtf_core_size(btf, abi, type_id);
	if (size < 0)
		return -EINVAL;
	*ret = (uint32_t)size;
	return 0;
}

/* An array's element is asked for: only where it is and how large it is can be told. */
static int calc_element(const struct kbtf *btf, const struct kbtf_core_abi *abi,
			enum kbtf_core_kind kind, const struct kbtf_core_spec *spec,
			struct kbtf_core_value *ret)
{
	uint32_t type_id = spec->steps[spec->nr_steps - 1].type_id;
	int64_t size;

	switch (kind) {
	case KBTF_CORE_FIELD_BYTE_OFFSET:
		ret->number = spec->bit_offset / 8;
		ret->type_id = type_id;
		return element_size(btf, abi, type_id, &ret->size_bytes);
	case KBTF_CORE_FIELD_BYTE_SIZE:
		size = kbtf_core_size(btf, abi, type_id);
		if (size < 0)
			return -EINVAL;
		ret->number = (uint64_t)size;
		return 0;
	default:
		return -EINVAL;
	}
}

/* The smallest word of a power of two bytes, at least the type's size, that holds a bitfield. */
static int place_bitfield(struct field *f)
{
	switch (kbtf_kind(f->type)) {
	case KBTF_INT:
	case KBTF_ENUM:
	case KBTF_ENUM64:
	case KBTF_STRUCT:
	case KBTF_UNION:
	case KBTF_FLOAT:
	case KBTF_DATASEC:
		break;
	default: /* has no size */
		return -EINVAL;
	}
	f->nr_bytes = f->type->size;
	if (!f->nr_bytes)
		return -EINVAL;
	f->byte_offset = f->bit_offset / 8 / f->nr_bytes * f->nr_bytes;
	while (f->bit_offset + f->nr_bits - f->byte_offset * 8 > f->nr_bytes * 8) {
		if (f->nr_bytes >= 8)
			return -E2BIG;
		f->nr_bytes *= 2;
		f->byte_offset = f->bit_offset / 8 / f->nr_bytes * f->nr_bytes;
	}
	return 0;
}

static int find_field(const struct kbtf *btf, const struct kbtf_core_abi *abi,
		      const struct kbtf_core_spec *spec, struct field *f)
{
	const struct kbtf_core_step *last = &spec->steps[spec->nr_steps - 1];
	const struct kbtf_type *t = kbtf_type_get(btf, last->type_id);
	const struct kbtf_member *m = &kbtf_members(t)[last->index];
	int64_t size;

	f->type_id = m->type;
	f->type = kbtf_core_resolve(btf, &f->type_id);
	if (!f->type)
		return -EINVAL;
	f->bit_offset = spec->bit_offset;
	f->nr_bits = kbtf_kflag(t) ? m->offset >> 24 : 0;
	f->is_bitfield = f->nr_bits;
	if (f->is_bitfield)
		return place_bitfield(f);
	size = kbtf_core_size(btf, abi, f->type_id);
	if (size < 0)
		return -EINVAL;
	f->nr_bytes = (uint32_t)size;
	f->nr_bits = f->nr_bytes * 8;
	f->byte_offset = f->bit_offset / 8;
	return 0;
}

static bool is_signed(const struct kbtf_type *t)
{
	if (kbtf_is_any_enum(t))
		return kbtf_kflag(t);
	return kbtf_kind(t) == KBTF_INT &&
	       KBTF_INT_ENCODING(*(const uint32_t *)kbtf_tail(t)) & KBTF_INT_SIGNED;
}

static int calc_field(const struct kbtf *btf, const struct kbtf_core_abi *abi,
		      enum kbtf_core_kind kind, const struct kbtf_core_spec *spec,
		      struct kbtf_core_value *ret)
{
	struct field f;
	int err;

	if (kind == KBTF_CORE_FIELD_EXISTS || !spec) {
		ret->number = kind == KBTF_CORE_FIELD_EXISTS && spec;
		ret->poisons = kind != KBTF_CORE_FIELD_EXISTS;
		return 0;
	}
	if (!spec->steps[spec->nr_steps - 1].name)
		return calc_element(btf, abi, kind, spec, ret);
	err = find_field(btf, abi, spec, &f);
	if (err)
		return err;
	switch (kind) {
	case KBTF_CORE_FIELD_BYTE_OFFSET:
		ret->number = f.byte_offset;
		if (f.is_bitfield)
			break;
		ret->type_id = f.type_id;
		return element_size(btf, abi, f.type_id, &ret->size_bytes);
	case KBTF_CORE_FIELD_BYTE_SIZE:
		ret->number = f.nr_bytes;
		break;
	case KBTF_CORE_FIELD_SIGNED:
		ret->number = is_signed(f.type);
		break;
	case KBTF_CORE_FIELD_LSHIFT_U64:
		/* In 32 bits, as libbpf computes it before it widens it. */
		ret->number = abi->big_endian
				      ? (8 - f.nr_bytes) * 8 + (f.bit_offset - f.byte_offset * 8)
				      : 64 - (f.bit_offset + f.nr_bits - f.byte_offset * 8);
		break;
	default:
		ret->number = 64 - f.nr_bits;
		break;
	}
	return 0;
}

static int calc_type(const struct kbtf *btf, const struct kbtf_core_abi *abi,
		     enum kbtf_core_kind kind, const struct kbtf_core_spec *spec,
		     struct kbtf_core_value *ret)
{
	int64_t size;

	if (!spec)
		return 0;
	switch (kind) {
	case KBTF_CORE_TYPE_ID_LOCAL:
	case KBTF_CORE_TYPE_ID_TARGET:
		ret->number = spec->root;
		return 0;
	case KBTF_CORE_TYPE_SIZE:
		size = kbtf_core_size(btf, abi, spec->root);
		if (size < 0)
			return -EINVAL;
		ret->number = (uint64_t)size;
		return 0;
	default:
		ret->number = 1;
		return 0;
	}
}

static void calc_enumval(const struct kbtf *btf, enum kbtf_core_kind kind,
			 const struct kbtf_core_spec *spec, struct kbtf_core_value *ret)
{
	const struct kbtf_type *t;
	uint32_t i;

	if (kind == KBTF_CORE_ENUMVAL_EXISTS || !spec) {
		ret->number = kind == KBTF_CORE_ENUMVAL_EXISTS && spec;
		ret->poisons = kind != KBTF_CORE_ENUMVAL_EXISTS;
		return;
	}
	t = kbtf_type_get(btf, spec->steps[0].type_id);
	i = spec->steps[0].index;
	if (kbtf_kind(t) == KBTF_ENUM)
		ret->number = (uint64_t)(int64_t)kbtf_enums(t)[i].value;
	else
		ret->number = (uint64_t)kbtf_enums64(t)[i].value_hi32 << 32 |
			      kbtf_enums64(t)[i].value_lo32;
}

int kbtf_core_calc(const struct kbtf *btf, const struct kbtf_core_abi *abi,
		   enum kbtf_core_kind kind, const struct kbtf_core_spec *spec,
		   struct kbtf_core_value *ret)
{
	*ret = (struct kbtf_core_value){ 0 };
	if (kbtf_core_is_field(kind))
		return calc_field(btf, abi, kind, spec, ret);
	if (kbtf_core_is_enumval(kind)) {
		calc_enumval(btf, kind, spec, ret);
		return 0;
	}
	return calc_type(btf, abi, kind, spec, ret);
}
