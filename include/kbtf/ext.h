/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_EXT_H
#define KBTF_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * The section .BTF.ext of a BPF object: three tables of records, each record about
 * an instruction.
 *
 *   header | record size | section name, count | record ... | section name, count | record ...
 *
 * Strings and type ids are those of the object's .BTF and are not looked at here.
 *
 * Source: Documentation/bpf/btf.rst (".BTF.ext section"); libbpf's btf.c
 * (btf_ext_parse).
 */
struct kbtf_ext;

enum kbtf_ext_kind {
	KBTF_EXT_FUNC, /* the type of the function that begins at the instruction */
	KBTF_EXT_LINE, /* its line in the source */
	KBTF_EXT_CORE, /* what is to be relocated in it: CO-RE */
	KBTF_NR_EXT_KINDS,
};

/* A table that is absent has no records, and 0 for their size. */
struct kbtf_ext_table {
	uint32_t record_size; /* bytes; more than what is known of a record are stepped over */
	uint32_t nr_sections;
	uint32_t nr_records;
};

struct kbtf_ext_record {
	uint64_t offset;       /* of the record, bytes from the start of .BTF.ext */
	uint32_t section_name; /* string offset of the name of the ELF section */
	uint32_t insn_off;     /* of the instruction, bytes from the start of that section */
	union {
		struct {
			uint32_t type_id;
		} func;
		struct {
			uint32_t file_name, text; /* string offsets */
			uint32_t line_col;	  /* line << 10 | column */
		} line;
		struct {
			uint32_t type_id;
			uint32_t access; /* string offset */
			uint32_t kind;	 /* enum kbtf_core_kind of <kbtf/reduce.h> */
		} core;
	};
};

/*
 * Open size bytes of .BTF.ext, of either byte order; they are borrowed, and need
 * no alignment. label names them in messages and is borrowed too; NULL is
 * ".BTF.ext". All tables are stepped through once, so that walking them cannot
 * fail.
 *
 * Returns 0, -EINVAL for bytes that contradict themselves, -EOPNOTSUPP for another
 * version, or -ENOMEM.
 */
int kbtf_ext_open(const void *bytes, size_t size, const char *label, struct kbtf_ext **ret,
		  struct kbtf_diag *reterr);
void kbtf_ext_free(struct kbtf_ext *ext);

const struct kbtf_ext_table *kbtf_ext_table(const struct kbtf_ext *ext, enum kbtf_ext_kind kind);

/* Whether it is of the other byte order than the host's. Records are given in the host's. */
bool kbtf_ext_is_swapped(const struct kbtf_ext *ext);

/*
 * Walk the records of a table in their order:
 *
 *   kbtf_ext_walk_init(&walk, ext, KBTF_EXT_CORE);
 *   while (kbtf_ext_walk_next(&walk, &record))
 *           ...
 */
struct kbtf_ext_walk {
	const struct kbtf_ext *ext;
	enum kbtf_ext_kind kind;
	uint64_t at; /* of the implementation, from here on */
	uint32_t section_name, nr_left, nr_sections_left;
};
void kbtf_ext_walk_init(struct kbtf_ext_walk *walk, const struct kbtf_ext *ext,
			enum kbtf_ext_kind kind);
bool kbtf_ext_walk_next(struct kbtf_ext_walk *walk, struct kbtf_ext_record *ret);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
