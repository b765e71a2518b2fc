/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_ENCODE_H
#define KBTF_ENCODE_H

#include <kbtf/btf.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* BTF out of DWARF, from memory to memory. */

/* Bytes of a section; data is NULL where there is none. */
struct kbtf_encode_bytes {
	const uint8_t *data;
	uint64_t size;
};

/* A symbol of type STT_FUNC or STT_OBJECT, or of .BTF_ids. */
struct kbtf_encode_symbol {
	const char *name;
	uint64_t value;	  /* its address; in relocatable files its place in the section */
	uint64_t size;	  /* bytes */
	uint32_t section; /* index; 0: none */
	bool is_func;	  /* or else an object */
};

/* A section that variables can be in. */
struct kbtf_encode_section {
	const char *name;
	uint64_t addr, size;
	uint32_t index;
};

/*
 * DWARF of versions 2 to 5, with relocations applied. All is borrowed for the call.
 */
struct kbtf_encode_input {
	const char *label;   /* named by messages */
	bool swapped;	     /* of the other byte order than the host's */
	bool is_relocatable; /* addresses are places in sections */
	bool strings_repeat; /* .debug_str has strings more than once, as in relocatable files */
	uint16_t machine;    /* EM_* */
	unsigned int address_size;
	struct kbtf_encode_bytes info, abbrev, str, line_str, str_offsets, addr, loclists, loc;
	/* Where in info what comes of .debug_types begins, behind .debug_info; 0: there is none. */
	uint64_t types_offset;
	/* Reads a range of .debug_info, on any thread; returns 0 or a negative errno. NULL:
	 * info.data has all of it; otherwise only info.size is looked at. */
	int (*read_info)(void *ctx, uint64_t offset, uint64_t size, void *to);
	void *ctx;
	const struct kbtf_encode_symbol *symbols; /* in the order of the symbol table */
	size_t nr_symbols;
	const struct kbtf_encode_section *sections; /* ascending by index */
	size_t nr_sections;
	struct kbtf_encode_bytes btf_ids; /* .BTF_ids, whose symbols are among the others */
	uint64_t btf_ids_addr;		  /* 0 in relocatable files */
	uint32_t btf_ids_section;	  /* its index */
};

/* Features, by the names that pahole's --btf_features gives them. */
enum kbtf_encode_features {
	KBTF_ENCODE_FORCE = 1 << 0,	      /* encode_force: leave out what has a bad name */
	KBTF_ENCODE_VAR = 1 << 1,	      /* var: per-cpu variables */
	KBTF_ENCODE_FLOAT = 1 << 2,	      /* float */
	KBTF_ENCODE_DECL_TAG = 1 << 3,	      /* decl_tag */
	KBTF_ENCODE_TYPE_TAG = 1 << 4,	      /* type_tag */
	KBTF_ENCODE_ENUM64 = 1 << 5,	      /* enum64 */
	KBTF_ENCODE_OPTIMIZED_FUNC = 1 << 6,  /* optimized_func: without effect, as in pahole */
	KBTF_ENCODE_CONSISTENT_FUNC = 1 << 7, /* consistent_func */
	KBTF_ENCODE_DECL_TAG_KFUNCS = 1 << 8, /* decl_tag_kfuncs */
	KBTF_ENCODE_REPRODUCIBLE = 1 << 9,    /* reproducible_build: always so */
	KBTF_ENCODE_GLOBAL_VAR = 1 << 10,     /* global_var: all variables */
	KBTF_ENCODE_ATTRIBUTES = 1 << 11,     /* attributes: of arguments of kfuncs */
	KBTF_ENCODE_LAYOUT = 1 << 12,	      /* layout: how long records are; not in split BTF */
	KBTF_ENCODE_TRUE_SIGNATURE = 1 << 13, /* true_signature: of copies that compilers made */
	KBTF_ENCODE_DEFAULT = (1 << 9) - 1,   /* what pahole's `default` stands for */
};

/* The names of features one by one, `default` and `all` not among them; NULL beyond the last. */
const char *kbtf_encode_feature_name(unsigned int index);

/*
 * Parse a list such as "default,global_var", separated by commas, as pahole's
 * --btf_features has it: `default` and `all` stand for what they do there, and a feature
 * after a plus is added to the default. *ret_distilled tells of distilled_base, or
 * base_ref as it was called first. Returns 0, or -EINVAL [feature].
 */
int kbtf_encode_features_parse(const char *text, unsigned int *ret, bool *ret_distilled,
			       struct kbtf_diag *reterr);

struct kbtf_encode_opts {
	const struct kbtf *base; /* split BTF on it; borrowed, outlives the result; may be NULL */
	const char *label;	 /* of the result; borrowed, outlives it; may be NULL */
	unsigned int features;	 /* of enum kbtf_encode_features */
	unsigned int nr_threads; /* 0: one a processor */
	/* Bytes that may be taken for what units say, of all threads; 0: any number. The
	 * input's own bytes do not count. */
	uint64_t max_memory;
};

/* What was read, and what of it was kept. */
struct kbtf_encode_stats {
	uint64_t nr_units, nr_entries, nr_types;
	uint64_t nr_units_again; /* read twice, for names with several definitions */
	uint64_t nr_funcs, nr_funcs_left_out, nr_vars;
};

/*
 * Encode. Units of other languages than C and assembler are left out.
 *
 * Returns 0; -EINVAL for DWARF that contradicts itself, with the unit and the offset of the
 * entry; -EOPNOTSUPP for DWARF whose types are in other files; -ENODATA where there are
 * no units; -E2BIG; -ENOMEM, also [max-memory] for more than opts->max_memory; or what read_info
 * said. The same input gives the same bytes for any number of threads. Cost: linear in .debug_info;
 * memory: that of the distinct types.
 *
 * Source: dwarves' btf_encoder.c and dwarf_loader.c for what is kept.
 */
int kbtf_encode(const struct kbtf_encode_input *in, const struct kbtf_encode_opts *opts,
		struct kbtf **ret, struct kbtf_encode_stats *ret_stats, struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
