/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_H
#define KBTF_TEXT_H

#include <kbtf/btf.h>
#include <kbtf/write.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Print types as raw text in the form that `bpftool btf dump file F format raw`
 * made well known, in ascending order of id. The BTF's own types, not its base's.
 * Returns 0, what write returned, or -ENOMEM. Cost: linear; text is handed over in
 * blocks of about 64 KiB.
 */
int kbtf_text_raw(const struct kbtf *btf, kbtf_write_fn *write, void *ctx);

/* The same for one type of any id below kbtf_end_id(); -ERANGE where it is not. */
int kbtf_text_raw_type(const struct kbtf *btf, uint32_t type_id, kbtf_write_fn *write, void *ctx);

/*
 * Print types as one JSON document, docs/json.md: those of ids, in that order, or where
 * ids is NULL the BTF's own. A type is a line; nothing is built in memory.
 * Returns 0, -ERANGE for an id that is not below kbtf_end_id(), and nothing was written,
 * what write returned, or -ENOMEM. Cost: linear, as kbtf_text_raw().
 */
int kbtf_text_json(const struct kbtf *btf, const uint32_t *ids, size_t nr_ids, kbtf_write_fn *write,
		   void *ctx);

/* ---- C ---------------------------------------------------------------- */

enum kbtf_c_flags {
	/* What a header has around its types: a guard against being included twice, and
	 * the pragma by which clang's BPF target makes accesses relocatable (CO-RE). */
	KBTF_C_HEADER = 1 << 0,
	/* Comments with offset and size of each member, holes and cachelines. */
	KBTF_C_SIZES = 1 << 1,
	/* Of split BTF: leave out what the header of its base has, which is to be
	 * included first. It is the one that this call makes of the base, whole. */
	KBTF_C_WITHOUT_BASE = 1 << 2,
	/* Only the types asked for, and not what they need: to be read, not compiled. */
	KBTF_C_ALONE = 1 << 3,
};

struct kbtf_c_opts {
	unsigned int flags; /* of enum kbtf_c_flags */
	/* The types wanted, also of the base, each with what it needs; none: all of the
	 * BTF's own. A FUNC is declared, and so are a VAR and those of a DATASEC. */
	const uint32_t *ids;
	size_t nr_ids;
	/* Told of each type that C cannot say as it is, once; may be NULL. */
	kbtf_diag_fn *note;
	void *note_ctx; /* of note */
};

/*
 * Print types as C that gcc and clang compile, for the machine the BTF is of, to types
 * of the same sizes and member offsets: docs/c-output.md says how, and what of C is not in BTF.
 * Types come in ascending order of id, but for those that others need first. Names
 * that are taken get a number as bpftool gives them: sock, sock___2. A name that is
 * no identifier is replaced, and quoted in a comment.
 *
 * opts may be NULL. Returns 0; -ERANGE [no-type] for an id that is not below
 * kbtf_end_id(), and nothing was printed; -ENOMEM; or what write returned.
 * Cost: linear in the types printed, and a few bytes for every type there is.
 */
int kbtf_text_c(const struct kbtf *btf, const struct kbtf_c_opts *opts, kbtf_write_fn *write,
		void *ctx, struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
