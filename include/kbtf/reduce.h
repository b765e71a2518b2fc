/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_REDUCE_H
#define KBTF_REDUCE_H

#include <kbtf/btf.h>
#include <kbtf/ext.h>
#include <kbtf/ids.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Kernel BTF cut down to what the CO-RE records of BPF programs look at, from
 * memory to memory: no file is opened, and neither libelf nor a decompressor is
 * called.
 */

/* ---- Programs --------------------------------------------------------- */

/* What a record asks. Source: include/uapi/linux/bpf.h (enum bpf_core_relo_kind). */
enum kbtf_core_kind {
	KBTF_CORE_FIELD_BYTE_OFFSET,
	KBTF_CORE_FIELD_BYTE_SIZE,
	KBTF_CORE_FIELD_EXISTS,
	KBTF_CORE_FIELD_SIGNED,
	KBTF_CORE_FIELD_LSHIFT_U64,
	KBTF_CORE_FIELD_RSHIFT_U64,
	KBTF_CORE_TYPE_ID_LOCAL,
	KBTF_CORE_TYPE_ID_TARGET,
	KBTF_CORE_TYPE_EXISTS,
	KBTF_CORE_TYPE_SIZE,
	KBTF_CORE_ENUMVAL_EXISTS,
	KBTF_CORE_ENUMVAL_VALUE,
	KBTF_CORE_TYPE_MATCHES,
	KBTF_NR_CORE_KINDS,
};

/* As libbpf's log has it: "byte_off"; "unknown" for a kind that there is not. */
const char *kbtf_core_kind_name(unsigned int kind);

/* Numbers in the longest access that libbpf follows, in an object or in a kernel. */
#define KBTF_CORE_MAX_ACCESS 64u

/*
 * Read an access string, such as "0:1:2", into up to KBTF_CORE_MAX_ACCESS
 * numbers. Returns how many; -EINVAL for a string that is none; -E2BIG for one too
 * long.
 *
 * Source: libbpf's relo_core.c (bpf_core_parse_spec), which reads numbers as
 * scanf("%d") does: blanks and a plus sign may stand before one.
 */
int kbtf_core_parse_access(const char *text, uint32_t *ret);

/* Strings are the program's. */
struct kbtf_core_record {
	const char *section; /* of the instruction */
	uint32_t insn_off;   /* of the instruction, bytes from the start of that section */
	uint32_t type_id;    /* in the program's BTF */
	enum kbtf_core_kind kind;
	const char *access;
};

/* The CO-RE records of a BPF object, each one checked. */
struct kbtf_program;

/*
 * Take the records of an object from its .BTF and .BTF.ext. btf and label are
 * borrowed and outlive the program; ext is only read.
 *
 * Returns 0; -EINVAL for a record that libbpf would refuse whatever the kernel,
 * with one of the reasons
 *   core-type      its type is not in the BTF, or has no name to look for
 *   core-kind      of a kind that nobody knows
 *   core-access    its access string is none, or leads out of the type
 *   core-value     the access cannot be asked for that
 *   core-section   its section has no name
 *   core-insn      its instruction does not begin where instructions do
 * or -ENOMEM.
 *
 * Source: libbpf's relo_core.c (bpf_core_parse_spec, bpf_core_calc_relo_insn).
 */
int kbtf_program_new(const struct kbtf *btf, const struct kbtf_ext *ext, const char *label,
		     struct kbtf_program **ret, struct kbtf_diag *reterr);
void kbtf_program_free(struct kbtf_program *program);

const char *kbtf_program_label(const struct kbtf_program *program);
size_t kbtf_program_nr_records(const struct kbtf_program *program);
const struct kbtf_core_record *kbtf_program_record(const struct kbtf_program *program, size_t i);

/*
 * A record in words: `task_struct.mm.owner byte_off`, as snprintf() does. What its
 * access leads through is named as the program has it.
 */
int kbtf_program_describe(const struct kbtf_program *program, size_t i, char *buf, size_t size);

/* ---- Kernels ---------------------------------------------------------- */

/*
 * A kernel's BTF and that of its modules, made ready to be searched as libbpf does when
 * it loads a program: in vmlinux, and only where that has no type of the name in
 * all modules. Not for several threads at a time.
 *
 * BTF opened with KBTF_OPEN_TRUST_CHAINS will do: no walk here goes on for ever.
 */
struct kbtf_core_kernel;

/* base is borrowed. Returns 0 or -ENOMEM. */
int kbtf_core_kernel_new(const struct kbtf *base, struct kbtf_core_kernel **ret);
void kbtf_core_kernel_free(struct kbtf_core_kernel *kernel);

/*
 * What some programs look for and vmlinux has no type for, so that modules without
 * it need not be kept. *ret is NULL where there is nothing of the kind: then no
 * module need be looked at. It borrows the programs; it never changes, so any number
 * of threads may ask it.
 */
struct kbtf_core_wants;
int kbtf_core_wants_new(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
			size_t nr_programs, struct kbtf_core_wants **ret);
void kbtf_core_wants_free(struct kbtf_core_wants *wants);
/* Whether some own type of a module's BTF is wanted. Cost: linear in them. */
bool kbtf_core_wants_some(const struct kbtf_core_wants *wants, const struct kbtf *split);

/* Add a module; its BTF stands on base, is borrowed, and its label is its name.
 * Returns 0; -EINVAL [not-split]; or -ENOMEM. */
int kbtf_core_kernel_add_module(struct kbtf_core_kernel *kernel, const struct kbtf *split,
				struct kbtf_diag *reterr);

/* ---- Minimising ------------------------------------------------------- */

enum kbtf_core_outcome {
	KBTF_CORE_FOUND,
	KBTF_CORE_NO_NEED,   /* asks nothing of a kernel */
	KBTF_CORE_MISSING,   /* no type of the kernel satisfies it */
	KBTF_CORE_AMBIGUOUS, /* several do, and to different effect: libbpf refuses to load */
	KBTF_CORE_FAILED,    /* libbpf fails to follow it: it refuses to load */
};

/* "found", "no need", "missing", "ambiguous", "failed". */
const char *kbtf_core_outcome_name(enum kbtf_core_outcome outcome);

/* What came of a record. */
struct kbtf_core_result {
	const struct kbtf_program *program;
	size_t index; /* of the record */
	enum kbtf_core_outcome outcome;
	uint32_t nr_candidates; /* types of the name and kind */
	uint32_t nr_matches;	/* those among them that satisfy the record */
	/* Of KBTF_CORE_FOUND, the first match: */
	const struct kbtf *btf; /* the kernel's or the module's */
	uint32_t type_id;
	uint64_t value; /* what goes into the instruction */
	bool poisons;	/* none does: it is made one that a kernel refuses if it is reached */
	/* Why not, for the outcomes from KBTF_CORE_MISSING on. Its place is the program's
	 * label, its reason one of core-missing, core-ambiguous and core-failed. Of a record that
	 * is missing it names the nearest candidate, if KBTF_MINIMIZE_NEAREST was asked for. */
	const struct kbtf_diag *why;
};

/* What a record keeps: a type and, where it has elements, one of them. */
struct kbtf_core_keep {
	const struct kbtf_program *program;
	size_t index;
	const struct kbtf *btf; /* that the type is one of the own types of */
	uint32_t type_id;
	const char *element; /* a member or an enumerator; "" for an anonymous one; NULL for none */
};

typedef void kbtf_core_result_fn(void *ctx, const struct kbtf_core_result *result);
typedef void kbtf_core_keep_fn(void *ctx, const struct kbtf_core_keep *keep);

enum kbtf_minimize_flags {
	/* One self-contained BTF, which is what stock libbpf can use (btf_custom_path). */
	KBTF_MINIMIZE_MERGED = 1 << 0,
	/* The kernel's BTF stays as it is, and modules stand on it: nothing is made of it, and
	 * kbtf_minimized.base is NULL. */
	KBTF_MINIMIZE_KEEP_BASE = 1 << 2,
	/* Find out which candidate came nearest to a record that is missing. */
	KBTF_MINIMIZE_NEAREST = 1 << 1,
};

struct kbtf_minimize_opts {
	unsigned int flags;	     /* of enum kbtf_minimize_flags */
	kbtf_core_result_fn *result; /* told of each record; may be NULL */
	kbtf_core_keep_fn *keep;     /* told of each type that a record keeps, also when another
				      * one did before; may be NULL */
	void *ctx;		     /* of both */
};

/* BTF that is left. modules[i] stands on base; NULL where nothing of the i-th module is kept. */
struct kbtf_minimized {
	struct kbtf *base;
	struct kbtf **modules;
	size_t nr_modules; /* 0 for a merged one */
};

/*
 * Cut the kernel's BTF down to what the programs' records look at, so that libbpf
 * computes the same instructions from what is left, whichever of the programs it
 * loads. Ids of target_type_id records are other numbers, of types that are named the
 * same.
 *
 * Of a struct, union or enum only those members and enumerators are left that are
 * looked at; typedefs and qualifiers between types are left out; pointers that nobody
 * looks behind point to void; types that have become equal are one.
 *
 * That a record is not satisfied, or that libbpf would refuse it, is told to opts->result
 * and is no error. With KBTF_MINIMIZE_MERGED a record for which several modules have
 * types of different effect is ambiguous, although they may never be loaded together.
 *
 * opts may be NULL. Returns 0; -ELOOP where the kernel's BTF was opened without a check of its
 * chains and a struct that is kept contains itself; -E2BIG; or -ENOMEM. Cost: linear in the
 * records, their candidates and what is kept; constant in the kernel.
 *
 * Source: libbpf's relo_core.c and libbpf.c (bpf_core_find_cands) for what is
 * looked at.
 */
int kbtf_minimize(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
		  size_t nr_programs, const struct kbtf_minimize_opts *opts,
		  struct kbtf_minimized *ret, struct kbtf_diag *reterr);
/*
 * By reference instead: keep of base what modules refer to, and their .BTF_ids, whole and with
 * all that it refers to in turn. The modules stand on base; what is made of them stands on what is
 * left of it, and has all of their own types. ids has a pointer a module, NULL for none; it may be
 * NULL itself. ids are not changed, and hold for base no longer.
 *
 * What only name and size are needed of is what kbtf_distill() keeps.
 *
 * Returns 0; -EINVAL [not-split]; -EOPNOTSUPP for types of kinds nobody knows, whose ids could not
 * be moved; -E2BIG; or -ENOMEM. Cost: linear in the modules and in what is kept.
 */
int kbtf_minimize_refs(const struct kbtf *base, const struct kbtf *const *modules,
		       const struct kbtf_ids *const *ids, size_t nr_modules,
		       struct kbtf_minimized *ret, struct kbtf_diag *reterr);

void kbtf_minimized_deinit(struct kbtf_minimized *minimized);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
