/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_INSPECT_H
#define KBTF_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>
#include <kbtf/format.h>
#include <kbtf/text.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Looking at the BTF of a file: what there is of it, and its types as text. */

/* ---- Figures ---------------------------------------------------------- */

/* What type ids and strings that are not a BTF's own belong to. */
enum kbtf_standing {
	KBTF_STANDS_ALONE,
	KBTF_STANDS_ON_KERNEL,	  /* split BTF, on the BTF of some kernel */
	KBTF_STANDS_ON_DISTILLED, /* split BTF, on the file's own .BTF.base */
	/* BTF that refers to nothing but itself; .BTF.base is there for kernels to relocate. */
	KBTF_STANDS_ALONE_ON_BASE,
};

/* "alone", "on a kernel", "on .BTF.base", "alone on .BTF.base". */
const char *kbtf_standing_name(enum kbtf_standing standing);

/* One piece of BTF. */
struct kbtf_btf_info {
	bool is_there;
	bool big_endian; /* whatever the host is */
	enum kbtf_standing standing;
	/* The rule by which it does not stand alone, as of kbtf_standalone_check(); NULL where
	 * it does. */
	const char *standing_reason;
	uint64_t size_bytes;
	struct kbtf_header header; /* in host byte order */
	uint32_t nr_types;
	/* by kind; kinds that nobody knows are counted together in the last one */
	uint32_t nr_of_kind[KBTF_NR_KINDS + 1];
	uint64_t bytes_of_kind[KBTF_NR_KINDS + 1];
};

struct kbtf_section_info {
	const char *name;
	uint64_t size_bytes;
};

/* Strings live as long as the record. */
struct kbtf_info {
	const char *path;
	const char *form; /* kbtf_file_form() */
	bool is_module, is_signed;
	const char *module_name, *vermagic; /* of .modinfo; NULL where it says nothing */
	struct kbtf_btf_info btf;	    /* .BTF, or all of a raw file */
	struct kbtf_btf_info base;	    /* .BTF.base */
	struct kbtf_btf_info embedded;	    /* .BTF.embedded */
	struct kbtf_section_info *sections; /* all whose name begins with .BTF */
	size_t nr_sections;
	/* What the symbols say of .BTF_ids; 0 where there are no symbols. */
	uint32_t nr_ids;    /* single ids and members of sets, each by its own symbol */
	uint32_t nr_sets;   /* of both kinds */
	uint32_t nr_kfuncs; /* members of sets with flags (set8) */
	void *file;	    /* what strings are borrowed from */
};

/*
 * Gather the figures of a file. Type ids and strings are not looked at, so split
 * BTF needs no base for this. ret goes to kbtf_info_deinit().
 *
 * Returns 0; -ENODATA where the file has no BTF; what kbtf_file_open() said; or, of BTF
 * whose types cannot be told apart, what kbtf_open() said.
 */
int kbtf_info_init(struct kbtf_info *ret, const char *path, struct kbtf_diag *reterr);
void kbtf_info_deinit(struct kbtf_info *info);

/* Figures of files as one JSON document, docs/json.md. As kbtf_json_new() and its kin. */
struct kbtf_info_json;
int kbtf_info_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_info_json **ret);
void kbtf_info_json_file(struct kbtf_info_json *json, const struct kbtf_info *info);
void kbtf_info_json_refused(struct kbtf_info_json *json, const char *path,
			    const struct kbtf_diag *why);
int kbtf_info_json_finish(struct kbtf_info_json *json);

/* ---- Ids -------------------------------------------------------------- */

/* What strings point to is borrowed for the call. */
struct kbtf_list_ids_opts {
	const char *const *inputs; /* files, and directories of modules */
	size_t nr_inputs;
	/* The kernel that modules without .BTF.base stand on, as in struct kbtf_job_opts;
	 * none of them: the installed one that a module's vermagic names. */
	const char *base, *kernel, *root;
	bool json;	       /* a document, docs/json.md, instead of text */
	kbtf_diag_fn *refused; /* told of each file that could not be listed; may be NULL */
	void *ctx;	       /* of refused */
};

/*
 * Print the sets and lists of files' .BTF_ids: of each id the type, of members of sets with
 * flags these too, of each kfunc the prototype. Files without .BTF_ids, of a directory,
 * are left out.
 *
 * Returns 0; -EINVAL where a file could not be listed, and all others were; what write returned;
 * or -ENOMEM.
 */
int kbtf_list_ids(const struct kbtf_list_ids_opts *opts, kbtf_write_fn *write, void *write_ctx);

/* ---- Text ------------------------------------------------------------- */

enum kbtf_dump_format {
	KBTF_DUMP_RAW,	/* kbtf_text_raw() */
	KBTF_DUMP_JSON, /* kbtf_text_json() */
	KBTF_DUMP_C,	/* kbtf_text_c() */
};

struct kbtf_dump_opts {
	const char *path;
	enum kbtf_dump_format format;
	/* The kernel that split BTF stands on, as in struct kbtf_job_opts; none is looked for
	 * where all three are NULL. */
	const char *base, *kernel, *root;
	/* Which types; where both lists are empty, all of the BTF's own. */
	const uint32_t *ids; /* also ids of the base */
	size_t nr_ids;
	const char *const *names; /* every type of the BTF's own that has one of them */
	size_t nr_names;
	/* KBTF_DUMP_C: of enum kbtf_c_flags. A dump of all types is a header in any case. */
	unsigned int c_flags;
	kbtf_diag_fn *note; /* KBTF_DUMP_C: of types that C cannot say as they are; may be NULL */
	void *note_ctx;
};

/*
 * Print types of a file: those of ids first, then those of names in the order of their
 * ids. BTF that stands on .BTF.base is printed so; if
 * a kernel is named, as it is on that kernel.
 *
 * Returns 0; -ENOENT [no-type] for an id or name that there is not, and nothing was
 * printed; -EINVAL [base-missing] for split BTF without its base; what opening
 * and relocating said; or what write returned.
 */
int kbtf_dump(const struct kbtf_dump_opts *opts, kbtf_write_fn *write, void *ctx,
	      struct kbtf_diag *reterr);

/* ---- Differences ------------------------------------------------------ */

enum kbtf_diff_format {
	KBTF_DIFF_TEXT, /* kbtf_diff_text() */
	KBTF_DIFF_JSON, /* kbtf_diff_json(); where it fails, a document with the error */
};

struct kbtf_diff_files_opts {
	/* Files of any kind, or releases of installed kernels where there is no such file. */
	const char *old_name, *new_name;
	const char *root; /* kernels are installed under; may be NULL */
	/* The kernels that modules stand on, as a file or a release: those of the old one, and of
	 * the new one, which also serve the old one where it has none. All NULL: each module's own
	 * .BTF.base, or the installed kernel that its vermagic names. */
	const char *old_base, *old_kernel;
	const char *base, *kernel;
	const char *const *names; /* only types of these names; all where there are none */
	size_t nr_names;
	/* Only what these modules, built for the old one, refer to: files, and directories of them.
	 */
	const char *const *modules;
	size_t nr_modules;
	enum kbtf_diff_format format;
	unsigned int flags; /* of enum kbtf_diff_text_flags */
};

/*
 * Tell what changed between the BTF of two files or kernels; see kbtf_diff_new().
 * *ret_differ is whether anything did. write may be NULL where only that is asked.
 *
 * Returns 0; -EINVAL [call] for opts that contradict themselves; -EINVAL [base-missing] for a
 * module whose kernel is not to be found; what finding and opening them said, with the file in
 * its place; what kbtf_diff_new() said; or what write returned.
 */
int kbtf_diff_files(const struct kbtf_diff_files_opts *opts, kbtf_write_fn *write, void *ctx,
		    bool *ret_differ, struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
