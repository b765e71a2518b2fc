/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_SHOW_H
#define KBTF_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/btf.h>
#include <kbtf/diag.h>
#include <kbtf/text.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Finding types by name in a kernel and all of its modules, fast enough to be typed.
 *
 * All their BTF is kept with an index of its names in one file of the user's cache,
 * $XDG_CACHE_HOME/kbtf or ~/.cache/kbtf. It is used only if every file and directory that
 * it was made of is as it was then, and made again otherwise. The cache is not needed:
 * where it cannot be read or written, the index is made in memory.
 */
struct kbtf_show;

enum kbtf_show_flags {
	/* Neither read nor write the cache. */
	KBTF_SHOW_NO_CACHE = 1 << 0,
	/* Fail with -ENOENT rather than make an index: for what has to be fast. */
	KBTF_SHOW_ONLY_CACHE = 1 << 1,
};

/* Told how many modules were read for a new index, one call at a time, on any of the threads. */
typedef void kbtf_show_progress_fn(void *ctx, size_t nr_done, size_t nr_modules);

/* What strings point to is borrowed until kbtf_show_free(). All may be NULL or 0. */
struct kbtf_show_opts {
	unsigned int flags;	 /* of enum kbtf_show_flags */
	unsigned int nr_threads; /* that read modules for a new index; 0: one a processor */

	/* The kernel: a file that has its BTF, and then none of its modules but those below;
	 * or a release installed under root with all of its modules. Neither: the only release
	 * in root, or the running kernel. Of that, what is loaded is taken from
	 * /sys/kernel/btf, and only what is not from files. */
	const char *base;
	const char *kernel;
	const char *root;

	/* Further modules, or directories of modules. One that has the name of a module of the
	 * kernel stands in for it. */
	const char *const *modules;
	size_t nr_modules;

	/* Told of modules that were left out and why, and of what became of the cache. */
	kbtf_diag_fn *note;
	kbtf_show_progress_fn *progress;
	void *ctx; /* of both */
};

/*
 * Get ready to find types. *ret is the caller's and goes to kbtf_show_free().
 *
 * Returns 0; -EINVAL for a call that contradicts itself; -ENOENT where there is no such
 * kernel; what opening its BTF or listing the modules said; or -ENOMEM. A module that
 * cannot be read does not fail the call.
 * Cost: with a valid cache, looking at every file it was made of, reading the names and the
 * kernel's BTF; otherwise reading and unpacking all modules.
 */
int kbtf_show_new(const struct kbtf_show_opts *opts, struct kbtf_show **ret,
		  struct kbtf_diag *reterr);
void kbtf_show_free(struct kbtf_show *show);

/* Modules that could not be read; note was told of each. */
size_t kbtf_show_nr_left_out(const struct kbtf_show *show);

/* The kernel itself, or a module. */
struct kbtf_show_module {
	const char *name; /* "vmlinux"; of a module as lsmod prints it */
	const char *path; /* the file it was read from, or the release of an installed kernel */
};

/* One definition, with all that have it. Everything in it lives until the next search. */
struct kbtf_show_match {
	const char *name;	/* that was found: of the type, or an enumerator of it */
	const struct kbtf *btf; /* of the first of the modules */
	uint32_t type_id;	/* in btf */
	const struct kbtf_show_module *const *modules; /* that have it */
	size_t nr_modules;
};

/* Told of each definition. What it returns, if not 0, ends the search and is returned. */
typedef int kbtf_show_match_fn(void *ctx, const struct kbtf_show_match *match);

/*
 * Find what a name means: types, functions, variables, and the constants of enums. name is
 *
 *   sock            of any kind
 *   struct sock     of this kind: struct, union, enum, typedef, func or var
 *   tcp_*_ops       all that match a pattern of *, ? and [], in the order of names
 *
 * Equal definitions are told once, with all modules that have them; equal are those that
 * look equal as C, where types that have a name count by kind and name alone. Forward
 * declarations are told only where nothing of their name is defined.
 *
 * Returns 0; -ENOENT [no-type] where there is none, with names in the message that are
 * nearly the same; what fn returned; what kbtf_show_new() may say where the cache turns out
 * to be damaged and is made again; or -ENOMEM.
 * Cost: logarithmic in the names, or linear for a pattern that begins with * and for a name
 * that there is not; and opening the modules that have it.
 */
int kbtf_show_find(struct kbtf_show *show, const char *name, kbtf_show_match_fn *fn, void *ctx,
		   struct kbtf_diag *reterr);

/*
 * Names that begin with prefix, sorted, at most max of them: for completion. Told to fn,
 * whose result ends it if not 0. Returns what fn did, or 0.
 */
int kbtf_show_complete(const struct kbtf_show *show, const char *prefix, size_t max,
		       int (*fn)(void *ctx, const char *name), void *ctx);

/*
 * What was found as one JSON document, docs/json.md: as kbtf_json_new() and its kin.
 * kbtf_show_json_found() is for the fn of kbtf_show_find(), and returns an error of writing.
 */
struct kbtf_show_json;
int kbtf_show_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_show_json **ret);
int kbtf_show_json_found(struct kbtf_show_json *json, const struct kbtf_show_match *match);
void kbtf_show_json_missing(struct kbtf_show_json *json, const char *name,
			    const struct kbtf_diag *why);
int kbtf_show_json_finish(struct kbtf_show_json *json);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
