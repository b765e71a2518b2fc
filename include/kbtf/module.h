/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_H
#define KBTF_MODULE_H

#include <stdbool.h>

#include <kbtf/btf.h>
#include <kbtf/ids.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * What can be done with a module's BTF, from memory to memory. All calls only
 * read what they are given, the ids apart; results are the caller's.
 */

/* Split BTF on a base that says only what its types need of a kernel. */
struct kbtf_distilled {
	struct kbtf *base;  /* for .BTF.base: named types without members */
	struct kbtf *split; /* for .BTF: on that base */
	uint32_t *base_ids; /* of each type of base, the one of the old base that it was; NULL for
			       none */
};

/*
 * Distill split BTF. ids may be NULL; otherwise base types that they name are
 * part of the distilled base, and the ids are renumbered to stand on it, sets
 * sorted again. They are untouched on failure.
 *
 * Returns 0, -EINVAL where a base type of a kind is referred to that has no
 * distilled form (FUNC, VAR, DATASEC, DECL_TAG), -EOPNOTSUPP for BTF with types of
 * kinds nobody knows, whose ids could not be moved, or -ENOMEM.
 * Cost: linear in the split and in what it reaches of the base.
 *
 * Where nothing of the base is needed the result is one INT, the base's first: kernels get
 * the ids of what stands on a base without types wrong.
 *
 * Source: libbpf's btf.c (btf__distill_base): the same types in the same order.
 */
int kbtf_distill(const struct kbtf *split, struct kbtf_ids *ids, struct kbtf_distilled *ret,
		 struct kbtf_diag *reterr);
void kbtf_distilled_deinit(struct kbtf_distilled *distilled);

/*
 * The by-value layout of the base types that distilled BTF embeds: reached by value
 * from a member of one of its structs or unions, which relocation asks to have the
 * size that they had. old_base is what it was distilled from. The result is
 * self-contained BTF, for .BTF.embedded: structs and unions with their members;
 * modifiers and typedefs left out, pointers as pointers to void, enums without
 * their values. *ret is NULL where nothing is embedded.
 *
 * Returns 0, -E2BIG beyond 4 GiB, or -ENOMEM. Cost: linear in the split and in what
 * it embeds.
 */
int kbtf_embedded(const struct kbtf_distilled *distilled, const struct kbtf *old_base,
		  struct kbtf **ret, struct kbtf_diag *reterr);

/*
 * A kernel's BTF made ready to be relocated onto: made once, then shared by any
 * number of threads. The BTF is borrowed. Returns 0 or -ENOMEM.
 */
struct kbtf_target;
int kbtf_target_new(const struct kbtf *kernel, struct kbtf_target **ret);
void kbtf_target_free(struct kbtf_target *target);
const struct kbtf *kbtf_target_btf(const struct kbtf_target *target);

enum kbtf_relocate_flags {
	/* Refuse also what a kernel accepts only by luck: a struct landing on a
	 * union, a forward, an enum or an int [other-kind], and members that moved in
	 * an embedded type [drift]. */
	KBTF_RELOCATE_STRICT = 1 << 0,
};

struct kbtf_relocate_opts {
	unsigned int flags;   /* of enum kbtf_relocate_flags */
	struct kbtf_ids *ids; /* renumbered on success; NULL where there are none */
	/* Where the layouts are that the module was built with, for messages and to
	 * notice drift: its .BTF.embedded, or the old kernel. Either may be NULL. */
	const struct kbtf *embedded;
	const struct kbtf_target *old_base;
	kbtf_diag_fn *finding; /* told of each misfit, not only the first; may be NULL */
	kbtf_diag_fn *note;    /* told of members that came, went or moved; may be NULL */
	void *ctx;	       /* of finding and note */
};

/*
 * Relocate split BTF that stands on a distilled base onto a kernel. The result
 * stands on the target's BTF and is, byte for byte, what a 6.11 or later kernel
 * makes of the same .BTF and .BTF.base: header and strings as they were, type ids
 * and string offsets replaced. opts may be NULL.
 *
 * Returns 0; -EINVAL where a type does not fit, with one of the reasons
 *   missing         the kernel has no such type
 *   embedded-size   embedded in a type of the module, and of another size
 *   size            of another size, where the kernel has several of the name, or
 *                   for an INT, FLOAT or ENUM
 *   encoding        an INT of other signedness
 *   kind            of a kind that it cannot be relocated to
 *   ambiguous       several fit
 *   distilled-base  the base is none: a type has no name or a wrong kind
 *   base-empty      the base has no types, and the kernel would get all ids wrong
 *   ids-range       the ids have one beyond the last type
 *   not-split, target-split, byte-order, too-large: the two cannot be put together
 * or -ENOENT for a name of the distilled base that no type of it bears
 * [distilled-string]; -EOPNOTSUPP for types of kinds nobody knows; -ENOMEM.
 * Cost: linear in the module; constant in the kernel.
 *
 * Source: kernel/bpf/btf_relocate.c (btf_relocate), libbpf's the same.
 */
int kbtf_relocate(const struct kbtf *split, const struct kbtf_target *target,
		  const struct kbtf_relocate_opts *opts, struct kbtf **ret,
		  struct kbtf_diag *reterr);

/*
 * Whether the kernel of this BTF reads .BTF.base of modules: since 6.11 its struct module has
 * a member for it, and kernels that others have added it to have that too. The others take no
 * notice of the section, and then refuse the .BTF that stands on it. Cost: linear in the types.
 *
 * Source: include/linux/module.h (btf_base_data).
 */
bool kbtf_kernel_relocates(const struct kbtf *kernel);

/* ---- Standalone BTF ----------------------------------------------------- */

/*
 * BTF that refers to nothing but itself never breaks when the kernel changes. On a
 * base of one INT, which every kernel has, kernels from 6.11 on put it onto their own
 * types by themselves; without a base something has to renumber it first.
 */
struct kbtf_standalone {
	struct kbtf *base; /* for .BTF.base: one INT; NULL where it stands alone */
	struct kbtf *btf;  /* for .BTF: refers to nothing of the base */
};

enum kbtf_standalone_flags {
	/* Without a base. */
	KBTF_STANDALONE_BARE = 1 << 0,
	/* Of structs and unions of the base that are reached only through pointers, keep
	 * name and size but no members. */
	KBTF_STANDALONE_NAMES = 1 << 1,
};

/*
 * Make split BTF standalone: its own types first, in their order, and behind them
 * those of the base that they and the ids reach. BTF that is standalone already is
 * put on the one INT, or taken off it. ids may be NULL; otherwise they are
 * renumbered with it, sets sorted again. They are untouched on failure.
 *
 * Returns 0; -EINVAL [ids-range] for an id beyond the last type; -EOPNOTSUPP for types
 * of kinds nobody knows; -ELOOP where chains of the split and of its base make one that
 * is too long; -E2BIG beyond 4 GiB; or -ENOMEM.
 * Cost: linear in the split and in what it reaches; a bit for each type and each
 * byte of the strings of the base.
 */
int kbtf_standalone(const struct kbtf *split, unsigned int flags, struct kbtf_ids *ids,
		    struct kbtf_standalone *ret, struct kbtf_diag *reterr);
void kbtf_standalone_deinit(struct kbtf_standalone *standalone);

/*
 * Whether BTF refers to nothing but itself. Returns 0, or -EINVAL with the rule that it breaks:
 *   strings-start   its strings do not begin with the empty one
 *   type-id-range   an id is none of its own types'
 *   string-range    a string offset is none of its own strings'
 * -EOPNOTSUPP for types of kinds nobody knows.
 */
int kbtf_standalone_check(const struct kbtf *btf, struct kbtf_diag *reterr);

/*
 * The same of size bytes of which nothing is known yet, taken for BTF that has no base.
 * Also what kbtf_open() says of bytes that are no BTF; -ENOMEM.
 */
int kbtf_standalone_detect(const void *bytes, size_t size, struct kbtf_diag *reterr);

/*
 * Make standalone BTF stand on a kernel, in place of the base that it has or has
 * not: plain split BTF, as a kernel makes of it that relocates. Ids as for kbtf_standalone().
 *
 * Returns 0; what kbtf_standalone_check() says; -EINVAL [byte-order] or [ids-range];
 * -E2BIG [too-large] where there are no numbers for so many types or strings; or -ENOMEM.
 * Cost: linear in the BTF, constant in the kernel.
 */
int kbtf_standalone_to_split(const struct kbtf *btf, const struct kbtf *kernel,
			     struct kbtf_ids *ids, struct kbtf **ret, struct kbtf_diag *reterr);

/* ---- Verdicts ----------------------------------------------------------- */

/* How a module's BTF stands to a kernel, from best to worst. */
enum kbtf_verdict {
	KBTF_SAME,	/* the kernel has, byte for byte, the BTF that the module was built on */
	KBTF_RELOCATES, /* fits */
	KBTF_DRIFTS,  /* fits, but an embedded type has members elsewhere than the module thinks */
	KBTF_REFUSED, /* does not fit */
	KBTF_CANNOT_TELL, /* neither a distilled base nor the old base is at hand */
	KBTF_NO_BTF,	  /* nothing to say */
};

/* "same", "relocates", "drifts", "refused", "cannot tell", "no BTF". */
const char *kbtf_verdict_name(enum kbtf_verdict verdict);

/*
 * Judge split BTF on a distilled base against a kernel. What does not fit goes to
 * opts->finding, drift and lesser changes to opts->note; opts->flags are not
 * looked at. *ret is KBTF_RELOCATES, KBTF_DRIFTS or KBTF_REFUSED, and for the last
 * two *ret_why (may be NULL) the first reason. Returns 0 or -ENOMEM.
 */
int kbtf_judge(const struct kbtf *split, const struct kbtf_target *target,
	       const struct kbtf_relocate_opts *opts, enum kbtf_verdict *ret,
	       struct kbtf_diag *ret_why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
