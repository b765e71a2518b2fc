/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_ACCESS_H
#define KBTF_REDUCE_ACCESS_H

#include <kbtf/reduce.h>

#include "view.h"

/*
 * Where a record leads in one BTF.
 *
 *   &s->a[3], where a is in an anonymous struct
 *     raw:    0        1              2    3       each number of the access string
 *     steps:  0 of s                  a    3       anonymous members are passed through
 *
 * A step without a name is an array index; type_id then is that of the element, which for
 * the first step is the type that it all begins with.
 */
struct kbtf_core_step {
	uint32_t type_id;
	uint32_t index;
	const char *name;
};

struct kbtf_core_spec {
	uint32_t root; /* type id */
	uint32_t nr_steps, nr_raw;
	uint32_t nr_lost;    /* numbers that libbpf still counts, though they lead nowhere */
	uint32_t bit_offset; /* modulo 2^32 */
	struct kbtf_core_step steps[KBTF_CORE_MAX_ACCESS];
	uint32_t raw[KBTF_CORE_MAX_ACCESS];
};

/* How numbers are computed for a BTF. */
struct kbtf_core_abi {
	uint32_t pointer_bytes;
	bool big_endian;
};

/* What a record comes to. */
struct kbtf_core_value {
	uint64_t number;
	bool poisons;
	uint32_t size_bytes; /* of what is loaded or stored; 0 where that is not known */
	uint32_t type_id;    /* of it */
};

static inline bool kbtf_core_is_field(unsigned int kind)
{
	return kind <= KBTF_CORE_FIELD_RSHIFT_U64;
}

static inline bool kbtf_core_is_enumval(unsigned int kind)
{
	return kind == KBTF_CORE_ENUMVAL_EXISTS || kind == KBTF_CORE_ENUMVAL_VALUE;
}

static inline bool kbtf_is_any_enum(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_ENUM || kbtf_kind(t) == KBTF_ENUM64;
}

static inline uint32_t kbtf_enumerator_name(const struct kbtf_type *t, uint32_t i)
{
	return kbtf_kind(t) == KBTF_ENUM ? kbtf_enums(t)[i].name_off : kbtf_enums64(t)[i].name_off;
}

/* Whether a member of this type opens an array without a bound: the last one, without elements. */
static inline bool kbtf_core_is_flexible(const struct kbtf *btf, const struct kbtf_core_step *step,
					 const struct kbtf_array *array)
{
	return step->name && !array->nelems &&
	       step->index == kbtf_vlen(kbtf_type_get(btf, step->type_id)) - 1;
}

/*
 * The type behind modifiers and typedefs, of BTF whose chains need not end. *id
 * becomes its id. NULL where the chain does not end.
 */
const struct kbtf_type *kbtf_core_resolve(const struct kbtf *btf, uint32_t *id);

/*
 * The size of a type in bytes, or a negative errno where it has none.
 *
 * Source: libbpf's btf.c (btf__resolve_size).
 */
int64_t kbtf_core_size(const struct kbtf *btf, const struct kbtf_core_abi *abi, uint32_t type_id);

/* How large pointers are for who reads this BTF: as its type `long` says, else 8.
 * *ret_id, which may be NULL, gets the id of that type, or 0.
 *
 * Source: libbpf's btf.c (determine_ptr_size). */
uint32_t kbtf_core_pointer_bytes(const struct kbtf *btf, uint32_t *ret_id);

/*
 * Compute what a record of this kind comes to, where it leads to spec; NULL: no type
 * satisfies it. Returns 0; -EINVAL or -E2BIG where it cannot be computed.
 *
 * Source: libbpf's relo_core.c (bpf_core_calc_field_relo, bpf_core_calc_type_relo,
 * bpf_core_calc_enumval_relo).
 */
int kbtf_core_calc(const struct kbtf *btf, const struct kbtf_core_abi *abi,
		   enum kbtf_core_kind kind, const struct kbtf_core_spec *spec,
		   struct kbtf_core_value *ret);

#endif
