/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MODEL_H
#define KBTF_TESTS_MODEL_H

#include <kbtf/btf.h>

/*
 * Relocation by the kernel's rules, slow and obvious: every kernel type is held
 * against every distilled type, and nothing is indexed or shared. Of the library
 * only the getters of types and strings are used.
 *
 * Returns the bytes in host order, for free(), or NULL where a kernel refuses. Names
 * that are empty strings elsewhere than at offset 0, which no kernel's own check
 * lets pass, are none here.
 *
 * Source: kernel/bpf/btf_relocate.c.
 */
uint8_t *model_relocate(const struct kbtf *split, const struct kbtf *kernel, size_t *ret_size);

/*
 * Whether the own types of one BTF mean the same as the first ones of another, on
 * the same base: every name, number and reference is equal, where a reference to a
 * type of the base is equal to one to a copy of it among the other's own types.
 * *ret_id (may be NULL) is the type of a that differs.
 */
bool same_types(const struct kbtf *a, const struct kbtf *b, uint32_t *ret_id);

/*
 * The same, where named structs and unions of a's base may be without their members in
 * b, unless they are needed with them there: by value as a member, element, parameter,
 * result or variable. *ret_id may be the type of b that needs it.
 */
bool same_types_cut(const struct kbtf *a, const struct kbtf *b, uint32_t *ret_id);

/*
 * Whether b has the types of a, which both stand alone, in another order: ids tells of each type
 * of a (up to kbtf_end_id()) which one of b it is. *ret_id as above.
 */
bool same_permuted(const struct kbtf *a, const struct kbtf *b, const uint32_t *ids,
		   uint32_t *ret_id);

#endif
