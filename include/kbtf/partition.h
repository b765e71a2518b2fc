/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_PARTITION_H
#define KBTF_PARTITION_H

#include <kbtf/btf.h>
#include <kbtf/ids.h>
#include <kbtf/write.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * The BTF of a kernel in two parts: what the kernel itself refers to, which has to be
 * there from the start, and the rest, which a module can bring when somebody asks for
 * it. docs/partition.md has figures, and how a kernel's build uses it.
 */

/* ---- Roots ------------------------------------------------------------ */

/* Why a kernel refers to a type. */
enum kbtf_root_source {
	KBTF_ROOT_ID,	      /* its id is in .BTF_ids */
	KBTF_ROOT_PERCPU,     /* it is the section of per-cpu variables, for typed ksyms */
	KBTF_ROOT_TRACEPOINT, /* tp_btf programs are attached by its name */
	KBTF_ROOT_STRUCT_OPS, /* struct_ops maps are made by its name */
	KBTF_NR_ROOT_SOURCES,
};

#define KBTF_ROOT_BIT(source) (1u << (source))
/* What is found by name when a program is loaded. */
#define KBTF_ROOTS_BY_NAME                                                                         \
	(KBTF_ROOT_BIT(KBTF_ROOT_TRACEPOINT) | KBTF_ROOT_BIT(KBTF_ROOT_STRUCT_OPS))

/* "id", "percpu", "tracepoint", "struct_ops". */
const char *kbtf_root_source_name(enum kbtf_root_source source);

/* A reason for a type to be in the mandatory part; a type may have several. */
struct kbtf_kernel_root {
	uint32_t type_id;
	enum kbtf_root_source source;
	/* Of KBTF_ROOT_ID: */
	uint32_t word; /* which word of .BTF_ids, counted from 0 */
	bool is_guess; /* no symbol says that the word is an id, and it can be read otherwise */
	const char *
		list; /* "set8 bpf_map_iter_kfunc_ids", "list btf_sock_ids"; NULL: no symbol says */
};

/* The roots of a kernel's BTF, in the order in which they were added. */
struct kbtf_kernel_roots;

/* No roots yet; the BTF is borrowed. Returns 0; -EINVAL for split BTF [split]; -EOPNOTSUPP for
 * types of kinds nobody knows; or -ENOMEM. */
int kbtf_kernel_roots_new(const struct kbtf *btf, struct kbtf_kernel_roots **ret,
			  struct kbtf_diag *reterr);
void kbtf_kernel_roots_free(struct kbtf_kernel_roots *roots);

size_t kbtf_kernel_roots_count(const struct kbtf_kernel_roots *roots);
const struct kbtf_kernel_root *kbtf_kernel_roots_get(const struct kbtf_kernel_roots *roots,
						     size_t i);
/* How many types are roots by these sources, KBTF_ROOT_BIT()s: each counts once. 0 to UINT32_MAX -
 * 1; UINT32_MAX where there is no memory to count. */
uint32_t kbtf_kernel_roots_count_types(const struct kbtf_kernel_roots *roots, unsigned int sources);

/*
 * The ids of .BTF_ids, which symbols tell, in the order of its words. An id of 0, which was never
 * resolved, is passed over. Nothing of ids is borrowed.
 * Returns 0; -EINVAL [ids-range] for an id beyond the last type; or -ENOMEM.
 */
int kbtf_kernel_roots_add_ids(struct kbtf_kernel_roots *roots, const struct kbtf_ids *ids,
			      struct kbtf_diag *reterr);

/*
 * The words of .BTF_ids, in host byte order, where no symbols say which are ids. They
 * are read in all ways in which lists and sorted sets can follow each other from
 * the first word to the last: a word that is an id in each of them is one, and a
 * word that is an id in some is a guess, which is added too.
 *
 * With ret_nr_read the words may be followed by others, as in a memory image that has no
 * sections: what can be read is, up to a gap of 32 zeros, and *ret_nr_read is its length in
 * words up to the last that is not 0.
 *
 * Returns 0; -EINVAL [ids-words] where they cannot be read in any way; -E2BIG
 * [ids-words] beyond a million; or -ENOMEM. Cost: linear.
 *
 * Source: include/linux/btf_ids.h, tools/bpf/resolve_btfids/main.c: ids of functions,
 * structs, unions and typedefs, sets sorted by id.
 */
int kbtf_kernel_roots_add_words(struct kbtf_kernel_roots *roots, const uint32_t *words, size_t nr,
				size_t *ret_nr_read, struct kbtf_diag *reterr);

/*
 * What kernels look up by name: the DATASEC .data..percpu; of each tracepoint the
 * typedef btf_trace_NAME and the function __bpf_trace_TEMPLATE; of each kind of struct_ops
 * STRUCT and bpf_struct_ops_STRUCT. Returns 0 or -ENOMEM.
 *
 * Source: kernel/bpf/verifier.c (find_btf_percpu_datasec, bpf_check_attach_target),
 * kernel/bpf/bpf_struct_ops.c (bpf_struct_ops_desc_init).
 */
int kbtf_kernel_roots_add_named(struct kbtf_kernel_roots *roots, struct kbtf_diag *reterr);

/* ---- From memory to memory --------------------------------------------- */

/* A kernel's BTF in two parts. */
struct kbtf_partition {
	struct kbtf *base; /* the roots and all that they reach; stands alone */
	struct kbtf *rest; /* all other types, split BTF on base */
	uint32_t *ids;	   /* of each type, by its id before (kbtf_end_id() in all), the id now */
};

/*
 * Take the BTF that roots are of apart. Types of either part keep their order, and no type
 * or string is lost or there twice but for strings that no type uses. sources are KBTF_ROOT_BIT()s.
 * ids may be NULL; otherwise they are renumbered, sets sorted again, and untouched on failure.
 *
 * Returns 0, or -ENOMEM. Cost: linear in the BTF.
 */
int kbtf_partition(const struct kbtf_kernel_roots *roots, unsigned int sources,
		   struct kbtf_ids *ids, struct kbtf_partition *ret, struct kbtf_diag *reterr);
void kbtf_partition_deinit(struct kbtf_partition *partition);

/*
 * Both parts as one BTF that stands alone: the types of the base, those of the rest, and
 * their strings likewise, so that every id and string offset is what it is in the
 * parts. What module BTF is made on. Returns 0 or -ENOMEM.
 */
int kbtf_partition_join(const struct kbtf_partition *partition, struct kbtf **ret,
			struct kbtf_diag *reterr);

/*
 * The base alone, smaller: structs and unions that are reached through pointers only are left
 * with name and size. The rest of it would be the whole BTF.
 * Returns 0, or -ENOMEM. Cost: linear in what is reached, and a word for each type and
 * each byte of the strings.
 */
int kbtf_partition_names(const struct kbtf_kernel_roots *roots, unsigned int sources,
			 struct kbtf **ret, struct kbtf_diag *reterr);

/* ---- Files ------------------------------------------------------------ */

/* What a kernel image carries of its BTF. */
enum kbtf_partition_policy {
	KBTF_PARTITION_NOTHING, /* no BTF; the module brings all of it */
	KBTF_PARTITION_NAMES,	/* kbtf_partition_names(); the module brings all of it */
	KBTF_PARTITION_CLOSURE, /* the base of kbtf_partition(); the module brings the rest */
	KBTF_NR_PARTITION_POLICIES,
};

/* "nothing", "names", "closure". */
const char *kbtf_partition_policy_name(enum kbtf_partition_policy policy);

struct kbtf_part_size {
	uint32_t nr_types;
	uint64_t bytes;
	/* As kbtf_compress() makes them; 0 where that was not asked for, or this build cannot. */
	uint64_t xz_bytes, zstd_bytes;
};

struct kbtf_partition_row {
	enum kbtf_partition_policy policy;
	unsigned int sources; /* of the roots: KBTF_ROOT_BIT()s; 0 for KBTF_PARTITION_NOTHING */
	struct kbtf_part_size mandatory;
	struct kbtf_part_size payload; /* of the module */
};

/* One of KBTF_PARTITION_NOTHING, four of each other policy: ids, and with them neither, one or both
 * of per-cpu variables and of what is found by name. */
#define KBTF_PARTITION_NR_ROWS 9u
#define KBTF_PARTITION_NR_FILES 4u

/* What came of a kernel. Strings live as long as it. */
struct kbtf_partition_report {
	const char *path;
	const char *form;		       /* kbtf_file_form() */
	const struct kbtf *btf;		       /* the kernel's */
	const struct kbtf_kernel_roots *roots; /* all of them */
	bool has_symbols;		       /* of .BTF_ids; without, words may be guesses */
	bool is_resolved_here;		       /* the ids were all 0, and were looked up by name */
	size_t nr_words;		       /* of .BTF_ids */
	size_t nr_ids;			       /* words that are ids, guesses included */
	size_t nr_guesses;
	uint32_t nr_types_of[KBTF_NR_ROOT_SOURCES]; /* roots by source, each type once */
	struct kbtf_part_size whole;
	struct kbtf_partition_row rows[KBTF_PARTITION_NR_ROWS];
	size_t nr_rows; /* 0 where nothing was to be measured */
	struct {
		const char *name; /* in the directory */
		uint64_t bytes;
	} written[KBTF_PARTITION_NR_FILES];
	size_t nr_written;
	double seconds;
	void *impl; /* what all that is borrowed from */
};

enum kbtf_partition_flags {
	KBTF_PARTITION_MEASURE = 1 << 0,  /* fill in the rows */
	KBTF_PARTITION_COMPRESS = 1 << 1, /* also compressed, which takes seconds */
	KBTF_PARTITION_SYNC = 1 << 2,	  /* KBTF_SAVE_SYNC */
};

/* Strings are borrowed until kbtf_partition_report_deinit(). All but path may be NULL or 0. */
struct kbtf_partition_opts {
	unsigned int flags;	 /* of enum kbtf_partition_flags */
	unsigned int nr_threads; /* 0: one a processor */
	const char *path;	 /* vmlinux, with its symbols or without, or a kernel image */
	const char *btf_path;	 /* a file that has the BTF; NULL: it is in path */

	/* A directory, made where it is missing, for what the policy says, which may not be
	 * KBTF_PARTITION_NAMES. NULL: nothing is written. */
	const char *output;
	enum kbtf_partition_policy policy;
	unsigned int sources; /* besides KBTF_ROOT_ID */

	void (*progress)(void *ctx, size_t nr_done, size_t nr_all); /* one call at a time */
	void *ctx;
};

/*
 * Find the roots of a kernel, measure its partitions, and write one:
 *
 *   payload.btf   what vmlinux_btf.ko brings
 * and with KBTF_PARTITION_CLOSURE
 *   base.btf      the mandatory part, for the image; payload.btf is split BTF on it
 *   whole.btf     kbtf_partition_join(): what module BTF is to be made on
 *   BTF_ids       the section .BTF_ids, renumbered; not where the file has none
 *
 * all in the byte order of the input. Where no id of .BTF_ids is resolved yet, they are resolved
 * first. Each file is written whole or not at all; the base comes last, so that where it is new,
 * all are.
 *
 * ret goes to kbtf_partition_report_deinit(), also after a failure. Returns 0; -ENODATA
 * where the file has no BTF, or nothing that could be .BTF_ids [no-ids]; -EINVAL for a
 * pair to be written where no symbols say which words are ids [ids-symbols-gone], or where none of
 * the ids is resolved [ids-unresolved]; or what reading, opening, compressing and saving said.
 */
int kbtf_partition_file(const struct kbtf_partition_opts *opts, struct kbtf_partition_report *ret,
			struct kbtf_diag *reterr);
void kbtf_partition_report_deinit(struct kbtf_partition_report *report);

/* Reports as one JSON document, docs/json.md. As kbtf_json_new() and its kin. */
struct kbtf_partition_json;
int kbtf_partition_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_partition_json **ret);
void kbtf_partition_json_file(struct kbtf_partition_json *json,
			      const struct kbtf_partition_report *report);
void kbtf_partition_json_refused(struct kbtf_partition_json *json, const char *path,
				 const struct kbtf_diag *why);
int kbtf_partition_json_finish(struct kbtf_partition_json *json);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
