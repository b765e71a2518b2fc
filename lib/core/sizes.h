/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_SIZES_H
#define KBTF_CORE_SIZES_H

#include "view.h"

/*
 * Bytes of a pointer, which BTF does not say: those of its `long`, also of its base's;
 * 8 where it has none. Cost: linear in the types.
 *
 * Source: libbpf's btf.c (determine_ptr_size).
 */
uint32_t kbtf_pointer_bytes(const struct kbtf *btf);

/* Bits of a value of a type: of an INT those that it uses, 0 where it has no size. Saturates. */
uint64_t kbtf_value_bits(const struct kbtf *btf, uint32_t type_id, uint32_t pointer_bytes);

#endif
