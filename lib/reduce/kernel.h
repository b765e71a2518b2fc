/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_KERNEL_H
#define KBTF_REDUCE_KERNEL_H

#include <kbtf/reduce.h>

#include "buf.h"
#include "program.h"
#include "roots.h"

/* Kinds that candidates have, in the order of how often they are asked for; each is indexed
 * when it is. */
enum {
	KBTF_NAMED_TAGGED, /* struct, union, enum */
	KBTF_NAMED_OTHER,  /* typedefs, ints and so on */
	KBTF_NAMED_RARE, /* functions and variables, which nobody asks for, but half of all types */
	KBTF_NR_NAMED,
};

/* One BTF with what is looked up in it: vmlinux, or a module. */
struct kbtf_core_part {
	const struct kbtf *btf; /* borrowed */
	struct kbtf_names *names[KBTF_NR_NAMED];
};

/* A type that was found in a pass, and the number of the next one for the same root, plus 1. */
struct kbtf_core_hit {
	uint32_t type_id, next;
};

struct kbtf_core_kernel {
	struct kbtf_core_part *parts; /* [0] is vmlinux */
	size_t nr_parts;
	unsigned int nr_scans;
	struct kbtf_roots roots; /* that vmlinux was scanned for */
	struct kbtf_buf hits;	 /* struct kbtf_core_hit, in chains that slots of roots begin */
	struct kbtf_core_abi abi;
	uint32_t long_id; /* the type that tells the size of pointers; 0 where none does */
	bool has_abi;
};

/* A type that has the name and kind of a root. */
struct kbtf_core_candidate {
	uint32_t part;
	uint32_t type_id;
};

/*
 * Before a search: find in vmlinux what these programs look for, in one pass. A kernel that
 * is searched again and again gets an index instead: later calls do nothing. The programs
 * are borrowed until kbtf_core_end_scan(). 0 or -ENOMEM.
 */
int kbtf_core_scan(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
		   size_t nr_programs);
void kbtf_core_end_scan(struct kbtf_core_kernel *kernel);

/*
 * Put the candidates for a root into buf: those of vmlinux, or else those of all
 * modules. Returns 0 or -ENOMEM.
 */
int kbtf_core_find_candidates(struct kbtf_core_kernel *kernel, const struct kbtf_core_root *root,
			      struct kbtf_buf *buf);

/* The same, of vmlinux alone. */
int kbtf_core_find_in_vmlinux(struct kbtf_core_kernel *kernel, const struct kbtf_core_root *root,
			      struct kbtf_buf *buf);

/* How numbers are computed for this kernel; looked up when it is first asked for. */
const struct kbtf_core_abi *kbtf_core_abi_of(struct kbtf_core_kernel *kernel);

#endif
