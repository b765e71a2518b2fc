/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_IDS_MADE_H
#define KBTF_TESTS_IDS_MADE_H

#include <string.h>

#include "../image/make_elf.h"
#include "typetext.h"

/*
 * A kernel of any sort of ELF as it is linked, before its ids are resolved:
 *
 *   word 0    list: struct s
 *   word 1-6  set8 of 2, kfuncs: func f (flags 0x20), func a (flags 1)
 *   word 7-8  set of 1: typedef t
 */
#define IDS_MADE_TYPES                                                                             \
	"int i 4 1; struct s 8 (m 1 0); ptr 2; proto 3 (p 1); func f 4 1; func a 4 1; typedef t 1"
#define IDS_MADE_WORDS 9u
#define IDS_MADE_ADDR 0xffff0000u

static const uint32_t ids_made_fresh[IDS_MADE_WORDS] = { [2] = 1, [4] = 0x20, [6] = 1 };
static const uint32_t ids_made_resolved[IDS_MADE_WORDS] = { 2, 2, 1, 5, 0x20, 6, 1, 1, 7 };

static const char ids_made_names[] = "\0list\0__BTF_ID__struct__s__1\0__BTF_ID__set8__kfuncs\0"
				     "__BTF_ID__func__f__2\0__BTF_ID__func__a__3\0"
				     "__BTF_ID__set__plain\0__BTF_ID__typedef__t__4";

/* Where the symbols of the kfuncs are, and how large. */
struct ids_made_places {
	uint32_t f_word, a_word, nr_words;
};

static const struct ids_made_places ids_made_as_linked = { 3, 5, 1 };

static inline size_t ids_made_symbols(const struct elf_sort *sort, uint64_t addr,
				      const struct ids_made_places *places, uint8_t *at)
{
	const struct {
		const char *name;
		uint32_t word, nr_words;
	} rows[] = {
		{ "list", 0, 0 },
		{ "__BTF_ID__struct__s__1", 0, 1 },
		{ "__BTF_ID__set8__kfuncs", 1, 6 },
		{ "__BTF_ID__func__f__2", places->f_word, places->nr_words },
		{ "__BTF_ID__func__a__3", places->a_word, places->nr_words },
		{ "__BTF_ID__set__plain", 7, 2 },
		{ "__BTF_ID__typedef__t__4", 8, 1 },
	};
	size_t size = put_symbol(at, sort->bits, sort->big_endian, 0, 0, 0, 0), i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t name = 1;

		while (strcmp(ids_made_names + name, rows[i].name))
			name += (uint32_t)strlen(ids_made_names + name) + 1;
		size += put_symbol(at + size, sort->bits, sort->big_endian, name, 2,
				   addr + 4 * rows[i].word, 4 * (uint64_t)rows[i].nr_words);
	}
	return size;
}

/* type is ET_REL or ET_EXEC, types what typetext.h says; the bytes go to free(). */
static inline struct made_elf ids_made_with(const struct elf_sort *sort, uint16_t type,
					    const char *types, const struct ids_made_places *places,
					    const uint32_t *words)
{
	uint64_t addr = type == ET_REL ? 0 : IDS_MADE_ADDR;
	uint8_t ids[4 * IDS_MADE_WORDS], symbols[8 * 24];
	const uint16_t one = 1;
	bool host_is_big = !*(const uint8_t *)&one;
	size_t btf_size, i;
	void *btf = typetext_bytes(types, 0, sort->big_endian != host_is_big, &btf_size);
	struct make_section sections[] = {
		{ ".BTF", SHT_PROGBITS, SHF_ALLOC, 0x1000, 4, 0, 0, 0, btf, btf_size },
		{ ".BTF_ids", SHT_PROGBITS, SHF_ALLOC, addr, 4, 0, 0, 0, ids, sizeof(ids) },
		{ ".symtab", SHT_SYMTAB, 0, 0, 8, sort->bits == 64 ? 24 : 16, 4, 1, symbols, 0 },
		{ ".strtab", SHT_STRTAB, 0, 0, 1, 0, 0, 0, ids_made_names, sizeof(ids_made_names) },
	};
	const struct make_elf spec = { .bits = sort->bits,
				       .big_endian = sort->big_endian,
				       .type = type,
				       .sections = sections,
				       .nr_sections = 4 };
	struct made_elf elf;

	for (i = 0; i < IDS_MADE_WORDS; i++)
		put(ids + 4 * i, words[i], 4, sort->big_endian);
	sections[2].size = ids_made_symbols(sort, addr, places, symbols);
	elf = make_elf(&spec);
	free(btf);
	return elf;
}

static inline struct made_elf ids_made(const struct elf_sort *sort, uint16_t type,
				       const uint32_t *words)
{
	return ids_made_with(sort, type, IDS_MADE_TYPES, &ids_made_as_linked, words);
}

#endif
