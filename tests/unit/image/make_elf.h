/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEST_MAKE_ELF_H
#define KBTF_TEST_MAKE_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Small ELF files made byte by byte, by code that shares nothing with what it
 * tests. Sections lie in the order given, after program headers; the section
 * names and then the section headers come last.
 */
struct make_section {
	const char *name;
	uint32_t type;
	uint64_t flags, addr, align, entsize;
	uint32_t link, info;
	const void *data;
	size_t size;
};

struct make_segment {
	uint32_t section; /* the one that it covers */
};

struct make_elf {
	int bits;
	bool big_endian;
	uint16_t type;
	const struct make_section *sections; /* from number 1 on */
	uint32_t nr_sections;
	const struct make_segment *segments;
	uint32_t nr_segments;
	bool extended; /* counts in section header 0, however small */
};

struct made_elf {
	uint8_t *bytes; /* free() */
	size_t size;
	int bits;
	bool big_endian;
	size_t shdrs_off;
	uint32_t nr_sections; /* with 0 and the section names, which are last */
};

struct made_elf make_elf(const struct make_elf *spec);

/* Numbers of either byte order. */
void put(uint8_t *at, uint64_t value, unsigned int nr_bytes, bool big_endian);
uint64_t get(const uint8_t *at, unsigned int nr_bytes, bool big_endian);

enum shdr_field {
	SH_NAME,
	SH_TYPE,
	SH_FLAGS,
	SH_ADDR,
	SH_OFFSET,
	SH_SIZE,
	SH_LINK,
	SH_INFO,
	SH_ALIGN,
	SH_ENTSIZE
};
/* A field of a section header, to look at or to damage. */
void set_shdr(struct made_elf *elf, uint32_t index, enum shdr_field field, uint64_t value);
uint64_t get_shdr(const struct made_elf *elf, uint32_t index, enum shdr_field field);

/* A symbol record: bytes written. */
size_t put_symbol(uint8_t *at, int bits, bool big_endian, uint32_t name, uint16_t shndx,
		  uint64_t value, uint64_t size);

/* The four sorts of ELF there are. */
struct elf_sort {
	int bits;
	bool big_endian;
};
extern const struct elf_sort elf_sorts[4];

#endif
