/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DEDUP_H
#define KBTF_DEDUP_H

#include <kbtf/btf.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct kbtf_merge_opts {
	/* What the inputs and the result stand on: borrowed, and outlives the result. NULL
	 * where they stand alone. Types of the base stay as they are. */
	const struct kbtf *base;
	const char *label; /* of the result; borrowed, outlives it; may be NULL */
	/* An array of one pointer per input, to be filled in: of each input, by type id (ids of
	 * the base among them, kbtf_end_id() in all), the id in the result. They are the
	 * caller's and go to free(). NULL where they are not wanted. */
	uint32_t **ids;
};

/*
 * Make one BTF of several, with each type and each string once. Two types are one
 * where nothing tells them apart: names, sizes, members and their offsets, and all
 * that they refer to, cycles included. A struct, union or enum that is only
 * declared is one with its definition, wherever that is: where there are several
 * of its name, with the one that the types around it tell, or else it stays
 * declared. A VAR or DATASEC is never one with another.
 *
 * Each input stands alone, or on opts->base, or on nothing where the base is
 * given: then types that the base has are not repeated, also where the base only
 * declares what they refer to and an input defines it. Types keep the order in which
 * they are met. nr_inputs may be 1: that is deduplication. opts may be NULL.
 *
 * Returns 0; -EINVAL where an input stands on another base [other-base], or where
 * byte orders differ [byte-order]; -EOPNOTSUPP for types of kinds nobody knows;
 * -ELOOP where a struct has one by value that its input only declares, and is found to be in
 * that one [contained-in-itself], or where links become too many [endless-chain];
 * -E2BIG beyond KBTF_MAX_TYPES or 4 GiB; -ENOMEM. Cost: linear in types and base,
 * but for types that reach a name with several definitions.
 *
 * Source: libbpf's btf.c (btf__dedup): what is one, and the order.
 */
int kbtf_merge(const struct kbtf *const *inputs, size_t nr_inputs,
	       const struct kbtf_merge_opts *opts, struct kbtf **ret, struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
