/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_PROGRAM_H
#define KBTF_REDUCE_PROGRAM_H

#include <kbtf/reduce.h>

#include "access.h"

/* A type that records look for: its own name and kind decide which types are candidates. */
struct kbtf_core_root {
	uint32_t type_id;
	uint32_t kinds; /* KBTF_KIND_BIT()s that a candidate may have */
	const char *name;
};

struct kbtf_program_record {
	struct kbtf_core_record core;
	uint32_t root;	     /* index into roots; unused where no type is looked for */
	uint32_t first_step; /* index into steps */
	uint32_t nr_steps;
	struct kbtf_core_value value; /* what the program's own types give */
};

/*
 *   records[i] --root--> roots[]
 *         first_step --> steps[] of all records, one after the other
 */
struct kbtf_program {
	const struct kbtf *btf; /* borrowed */
	const char *label;	/* borrowed */
	struct kbtf_program_record *records;
	size_t nr_records;
	struct kbtf_core_root *roots;
	uint32_t nr_roots;
	struct kbtf_core_step *steps;
	size_t nr_steps;
	/* Some record about types may look behind pointers. */
	bool looks_behind_pointers;
};

#endif
