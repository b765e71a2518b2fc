/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_KFUNC_H
#define KBTF_KFUNC_H

#include <kbtf/btf.h>
#include <kbtf/ids.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Kernel functions that BPF programs may call. They are members of sets with flags in
 * .BTF_ids; the flags tell a kernel's verifier how each may be called.
 *
 * Source: Documentation/bpf/kfuncs.rst; include/linux/btf.h.
 */

/* What a kfunc's flags may have; kernels know those of their time. */
enum kbtf_kfunc_flags {
	KBTF_KF_ACQUIRE = 1 << 0,
	KBTF_KF_RELEASE = 1 << 1,
	KBTF_KF_RET_NULL = 1 << 2,
	KBTF_KF_KPTR_GET = 1 << 3, /* until 6.3 */
	KBTF_KF_TRUSTED_ARGS = 1 << 4,
	KBTF_KF_SLEEPABLE = 1 << 5,
	KBTF_KF_DESTRUCTIVE = 1 << 6,
	KBTF_KF_RCU = 1 << 7,
	KBTF_KF_ITER_NEW = 1 << 8,
	KBTF_KF_ITER_NEXT = 1 << 9,
	KBTF_KF_ITER_DESTROY = 1 << 10,
	KBTF_KF_RCU_PROTECTED = 1 << 11,
	KBTF_KF_FASTCALL = 1 << 12,
	KBTF_KF_ARENA_RET = 1 << 13,
	KBTF_KF_ARENA_ARG1 = 1 << 14,
	KBTF_KF_ARENA_ARG2 = 1 << 15,
	KBTF_KF_IMPLICIT_ARGS = 1 << 16,
};

/* Bits that have a name, from 0 on. */
#define KBTF_NR_KFUNC_FLAGS 17u

/* The name of a bit below 32: "ACQUIRE"; NULL for one that has none. */
const char *kbtf_kfunc_flag_name(unsigned int bit);

/*
 * Hold the resolved sets of kfuncs against what a kernel demands when it registers them,
 * by their prototypes in btf. finding, which may be NULL, is called for each that
 * a kernel would refuse:
 *
 *   kfunc-kind     a member is no FUNC
 *   kfunc-flags    flags that exclude each other, that no kernel knows, or that are
 *                  different in two sets
 *   kfunc-iter     an iterator's name or prototype is not what its flag says
 *   kfunc-acquire  it acquires something, and returns no pointer
 *   kfunc-release  it releases something, and takes no pointer
 *   kfunc-count    a set has more than a kernel registers
 *
 * Sets without KBTF_ID_SET_KFUNCS and ids that are 0 are passed over. ret_nr, which may
 * be NULL, gets the number of findings. Returns 0 or -ENOMEM.
 *
 * Source: kernel/bpf/btf.c (btf_check_kfunc_protos, btf_check_iter_kfuncs,
 * btf_populate_kfunc_set); kernel/bpf/verifier.c (check_kfunc_call);
 * tools/bpf/resolve_btfids/main.c (push_kfunc).
 */
int kbtf_kfuncs_check(const struct kbtf_ids *ids, const struct kbtf *btf, kbtf_diag_fn *finding,
		      void *ctx, size_t *ret_nr);

/*
 * Say in BTF what kernels from 6.19 on read there of kfuncs: that they are some, by
 * DECL_TAGs "bpf_kfunc" and "bpf_fastcall"; for those with IMPLICIT_ARGS a prototype without
 * them, and beside it a FUNC NAME_impl that has them; and which pointers lead into an
 * arena, by TYPE_TAGs. What is there already is left alone. ids are not resolved yet.
 *
 * warning, which may be NULL, is called for each kfunc that is no FUNC of the BTF's own
 * [kfunc-missing]; ret_nr_warnings, which may be NULL, gets their number.
 *
 * *ret is NULL where nothing had to be said. Otherwise it is the caller's, has the ids of
 * btf and new ones after those, and strings that may be there twice: kbtf_merge() makes one
 * of them.
 *
 * Returns 0; -EINVAL for a kfunc that has different flags in two sets [kfunc-flags], or of
 * which what should be in an arena is no pointer [kfunc-arena]; -EOPNOTSUPP for types of
 * kinds nobody knows; -E2BIG beyond 4 GiB; or -ENOMEM.
 * Cost: linear in the types, and for each kfunc in the DECL_TAGs.
 *
 * Source: tools/bpf/resolve_btfids/main.c (btf2btf).
 */
int kbtf_kfuncs_annotate(const struct kbtf *btf, const struct kbtf_ids *ids, kbtf_diag_fn *warning,
			 void *ctx, uint32_t *ret_nr_warnings, struct kbtf **ret,
			 struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
