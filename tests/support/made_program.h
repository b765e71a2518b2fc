/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MADE_PROGRAM_H
#define KBTF_TESTS_MADE_PROGRAM_H

/*
 * BPF programs that a cmocka test has made, of text: types as typetext.h has them, and records,
 * with semicolons between them, as `KIND TYPE ACCESS`, such as "byte_off 3 0:1". KIND is a name of
 * kbtf_core_kind_name() or a number; all are of instructions of the section "tp".
 */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/reduce.h>

struct made_program {
	struct kbtf *btf;
	struct raw_bytes ext_bytes;
	struct kbtf_ext *ext;
	struct kbtf_program *program; /* NULL where it was refused */
	struct kbtf_diag why;
};

static inline void ext_word(struct raw_bytes *b, uint32_t word, bool swapped)
{
	if (swapped)
		word = __builtin_bswap32(word);
	b->data = realloc(b->data, b->size + 4);
	assert_non_null(b->data);
	memcpy(b->data + b->size, &word, 4);
	b->size += 4;
}

static inline uint32_t core_kind_of(const char *name)
{
	unsigned int kind;

	for (kind = 0; kind < KBTF_NR_CORE_KINDS; kind++)
		if (!strcmp(name, kbtf_core_kind_name(kind)))
			return kind;
	return (uint32_t)strtoul(name, NULL, 0);
}

/* Append the records to ext; access strings and the name of the section go into r. */
static inline void add_records(struct raw_bytes *ext, struct raw *r, const char *records)
{
	uint32_t section = raw_string(r, "tp"), nr = 0;
	char kind[32], access[1024];
	unsigned int type;
	size_t count_at = 0;
	int n;

	for (; sscanf(records, " %31s %u %1023[^;]%n", kind, &type, access, &n) == 3; nr++) {
		if (!nr) {
			ext_word(ext, 16, r->swapped);
			ext_word(ext, section, r->swapped);
			count_at = ext->size;
			ext_word(ext, 0, r->swapped);
		}
		ext_word(ext, nr * 8, r->swapped);
		ext_word(ext, type, r->swapped);
		ext_word(ext, raw_string(r, access), r->swapped);
		ext_word(ext, core_kind_of(kind), r->swapped);
		records += n;
		records += *records == ';';
	}
	if (!nr)
		return;
	if (r->swapped)
		nr = __builtin_bswap32(nr);
	memcpy(ext->data + count_at, &nr, 4);
}

/* Bytes of .BTF.ext with these records. */
static inline void ext_of(struct raw_bytes *ret, struct raw *r, const char *records)
{
	struct raw_bytes table = { 0 };
	uint32_t magic = 0x0001eb9f;
	uint16_t half = 0xeb9f;

	add_records(&table, r, records);
	memset(ret, 0, sizeof(*ret));
	ext_word(ret, magic, false);
	if (r->swapped)
		half = __builtin_bswap16(half);
	memcpy(ret->data, &half, 2);
	ret->data[2] = 1;
	ret->data[3] = 0;
	ext_word(ret, 32, r->swapped);
	ext_word(ret, 0, false);
	ext_word(ret, 0, false);
	ext_word(ret, 0, false);
	ext_word(ret, 0, false);
	ext_word(ret, 0, false);
	ext_word(ret, (uint32_t)table.size, r->swapped);
	ret->data = realloc(ret->data, ret->size + table.size);
	assert_non_null(ret->data);
	if (table.size)
		memcpy(ret->data + ret->size, table.data, table.size);
	ret->size += table.size;
	free(table.data);
}

/* Make a program; where its records are refused, p->program is NULL and p->why says so. */
static inline void made_program_init(struct made_program *p, const char *types, const char *records,
				     bool swapped)
{
	struct raw r;
	int err;

	memset(p, 0, sizeof(*p));
	raw_init(&r, 0);
	r.swapped = swapped;
	typetext_add(&r, types);
	ext_of(&p->ext_bytes, &r, records);
	p->btf = opened(&r, NULL, "prog.o");
	err = kbtf_ext_open(p->ext_bytes.data, p->ext_bytes.size, NULL, &p->ext, &p->why);
	assert_ok(err, &p->why);
	if (kbtf_program_new(p->btf, p->ext, "prog.o", &p->program, &p->why))
		p->program = NULL;
}

static inline void made_program_deinit(struct made_program *p)
{
	kbtf_program_free(p->program);
	kbtf_ext_free(p->ext);
	kbtf_free(p->btf);
	free(p->ext_bytes.data);
}

#endif
