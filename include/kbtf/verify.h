/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_VERIFY_H
#define KBTF_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include <kbtf/btf.h>
#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Whose demands BTF is held against. */
enum kbtf_profile {
	/* kbtf's own: every type id, string offset and size in range, chains of types end. */
	KBTF_PROFILE_SOUND,
	/* A kernel's, of BTF that comes with a BPF program: bpf(BPF_BTF_LOAD). */
	KBTF_PROFILE_PROGRAM,
	/* A kernel's, of a module's .BTF and, where it has one, .BTF.base. */
	KBTF_PROFILE_MODULE,
	/* A kernel's, of its own BTF. */
	KBTF_PROFILE_VMLINUX,
	KBTF_NR_PROFILES,
};

/* Whose version of kernel/bpf/btf.c speaks: the long-term kernels of this name. */
enum kbtf_kernel_rules {
	KBTF_RULES_6_1,
	KBTF_RULES_6_12,
	KBTF_RULES_6_18,
	KBTF_NR_RULES,
	KBTF_RULES_NEWEST = KBTF_NR_RULES - 1,
};

enum kbtf_verify_flags {
	/* Stop at the first finding, as a kernel does. */
	KBTF_VERIFY_FIRST_ONLY = 1 << 0,
	/* Speak for a kernel of this host's byte order: BTF of the other order is
	 * refused by its magic. Without it, BTF is held against a kernel of its own
	 * byte order. No meaning for KBTF_PROFILE_SOUND. */
	KBTF_VERIFY_HOST_ORDER = 1 << 1,
};

/* Findings beyond this many are not looked for. */
#define KBTF_VERIFY_MAX_FINDINGS 10000u

struct kbtf_verify_opts {
	enum kbtf_profile profile;
	enum kbtf_kernel_rules rules; /* no meaning for KBTF_PROFILE_SOUND */
	unsigned int flags;	      /* of enum kbtf_verify_flags */

	/* Borrowed, and by profile:
	 *   sound    what split BTF stands on; NULL where it stands alone
	 *   module   the vmlinux BTF of the kernel that is to load it; without it a
	 *            module is refused, "base-missing"
	 *   program  the vmlinux BTF of the kernel, where kptrs are looked up; without
	 *            it they are taken for the program's own types
	 *   vmlinux  no meaning */
	const struct kbtf *base;

	/* The module's .BTF.base, raw: what it was distilled from. NULL where it has
	 * none. Kernels before 6.11 do not look at it. Only for KBTF_PROFILE_MODULE.
	 * What is checked is all that comes before relocation: whether that succeeds
	 * is for kbtf_relocate() to say. */
	const void *distilled;
	size_t distilled_size;

	/* sizeof(void *) of the kernel: 8, 4, or 0 for 8. */
	unsigned int pointer_size;

	/* Named by findings as their place; borrowed; may be NULL. What is wrong in
	 * .BTF.base has that name after it. */
	const char *label;
};

/*
 * Hold raw BTF against a profile.
 *
 * fn, which may be NULL, is called once a finding; the diagnosis it gets lives
 * for that call only. Findings come in the order in which the kernel of those
 * rules would meet them, so the first one is what that kernel stops at. Those
 * after it are what can still be told safely; a finding that is but a
 * consequence of another is left out.
 *
 * opts may be NULL: KBTF_PROFILE_SOUND without a base.
 *
 * Returns 0 where the bytes are accepted, or the errno of the first finding,
 * which reterr gets too. For the kernel profiles that is the errno the kernel
 * gives (its -ENOTSUPP, which user space has no name for, as -EOPNOTSUPP), or
 * -EFAULT for what a kernel does not check although it follows it: it may oops or
 * hang. -ENOMEM, without a finding, where there is no memory.
 *
 * Cost: linear in the size, but for STRUCTs of a program with lists or trees,
 * whose names are sorted.
 *
 * Source: kernel/bpf/btf.c (btf_parse, btf_parse_base, btf_parse_module) of each
 * version; docs/kernel-rules.md tells where they differ.
 */
int kbtf_verify(const void *bytes, size_t size, const struct kbtf_verify_opts *opts,
		kbtf_diag_fn *fn, void *ctx, struct kbtf_diag *reterr);

/* "sound", "program", "module" or "vmlinux". Returns 0 or -EINVAL. */
int kbtf_profile_parse(const char *text, enum kbtf_profile *ret, struct kbtf_diag *reterr);
const char *kbtf_profile_name(enum kbtf_profile profile);

/*
 * The rules that a kernel follows, by its version or release: "6.12",
 * "v6.12.117-1", "6.18.0-rc2+". A version between two that kbtf knows gets the
 * rules of the older one; one beyond the newest gets the newest.
 *
 * Returns 0, -EINVAL for text that is no version, -EOPNOTSUPP for a kernel before 6.1.
 */
int kbtf_kernel_rules_parse(const char *text, enum kbtf_kernel_rules *ret,
			    struct kbtf_diag *reterr);

/* "6.1", "6.12" or "6.18". */
const char *kbtf_kernel_rules_name(enum kbtf_kernel_rules rules);

/* A rule that findings name. */
struct kbtf_rule {
	const char *name; /* kbtf_diag.reason of its findings */
	const char *says; /* what it demands, in half a sentence */
};

/* Every rule of the kernel profiles. Static; *ret_nr gets their number. */
const struct kbtf_rule *kbtf_rules(size_t *ret_nr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
