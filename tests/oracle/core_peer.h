/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_CORE_PEER_H
#define KBTF_TESTS_CORE_PEER_H

/*
 * CO-RE relocation by libbpf's own functions, from whole and from minimised BTF: what
 * minimize_libbpf and minimize_random share. Running out of memory, and what should not
 * happen, ends the program.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>

#include <kbtf/reduce.h>

/* What a program is loaded on: vmlinux and modules, or one BTF alone. */
struct world {
	struct btf *base;
	struct btf **modules; /* NULL for those that nothing is left of */
	size_t nr_modules;
};

struct record {
	struct bpf_core_relo relo;
	const char *section;
	const struct bpf_insn *insns; /* of the section; NULL: only what is computed counts */
	size_t nr_insns;
};

struct object {
	const char *path;
	struct kbtf_program *program;
	struct btf *peer;
	struct record *records;
	size_t nr_records;
};

/* Counted over all calls. */
struct counts {
	unsigned long nr_runs, nr_records, nr_poisoned, nr_failed, nr_differ, nr_from_modules;
};
extern struct counts counts;

void die(const char *what, const char *why) __attribute__((noreturn));
void die_of(int err, const char *what, const struct kbtf_diag *diag);
void *room(size_t nr, size_t size);

/* Keep libbpf from printing. */
void silence_libbpf(void);

/* libbpf's view of BTF; base may be NULL. */
struct btf *peer_of(const struct kbtf *btf, struct btf *base);

/*
 * Minimise for some objects, and hold what libbpf computes from what is left against what it
 * computes from the whole: all records of an object, and those of each section alone. Prints a
 * line that begins with # for each difference.
 */
void compare_minimized(struct kbtf_core_kernel *kernel, const struct world *whole,
		       struct object *objects, size_t nr, bool merged, const char *how);

#endif
