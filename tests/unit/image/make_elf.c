// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdlib.h>
#include <string.h>

#include "make_elf.h"

const struct elf_sort elf_sorts[4] = { { 64, false }, { 64, true }, { 32, false }, { 32, true } };

void put(uint8_t *at, uint64_t value, unsigned int nr_bytes, bool big_endian)
{
	unsigned int i;

	for (i = 0; i < nr_bytes; i++)
		at[big_endian ? nr_bytes - 1 - i : i] = (uint8_t)(value >> (8 * i));
}

uint64_t get(const uint8_t *at, unsigned int nr_bytes, bool big_endian)
{
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; i < nr_bytes; i++)
		value |= (uint64_t)at[big_endian ? nr_bytes - 1 - i : i] << (8 * i);
	return value;
}

/* Where a field of a section header is, and how wide. */
static uint8_t *shdr_field(const struct made_elf *elf, uint32_t index, enum shdr_field field,
			   unsigned int *ret_width)
{
	static const uint8_t at64[] = { 0, 4, 8, 16, 24, 32, 40, 44, 48, 56, 64 };
	size_t shdr_size = elf->bits == 64 ? 64 : 40;
	unsigned int at = elf->bits == 64 ? at64[field] : field * 4u;

	*ret_width = elf->bits == 64 ? (unsigned int)(at64[field + 1] - at64[field]) : 4;
	return elf->bytes + elf->shdrs_off + index * shdr_size + at;
}

void set_shdr(struct made_elf *elf, uint32_t index, enum shdr_field field, uint64_t value)
{
	unsigned int width;
	uint8_t *at = shdr_field(elf, index, field, &width);

	put(at, value, width, elf->big_endian);
}

uint64_t get_shdr(const struct made_elf *elf, uint32_t index, enum shdr_field field)
{
	unsigned int width;
	const uint8_t *at = shdr_field(elf, index, field, &width);

	return get(at, width, elf->big_endian);
}

static void put_ehdr(const struct make_elf *spec, struct made_elf *elf, uint32_t shstrndx)
{
	bool wide = spec->bits == 64, big = spec->big_endian;
	unsigned int word = wide ? 8 : 4;
	uint8_t *at = elf->bytes;

	memcpy(at, ELFMAG, SELFMAG);
	at[EI_CLASS] = wide ? ELFCLASS64 : ELFCLASS32;
	at[EI_DATA] = big ? ELFDATA2MSB : ELFDATA2LSB;
	at[EI_VERSION] = EV_CURRENT;
	at += EI_NIDENT;
	put(at, spec->type, 2, big);
	put(at + 2, wide ? EM_X86_64 : EM_ARM, 2, big);
	put(at + 4, EV_CURRENT, 4, big);
	at += 8 + word; /* entry */
	put(at, spec->nr_segments ? (wide ? 64 : 52) : 0, word, big);
	put(at + word, elf->shdrs_off, word, big);
	at += 2 * word + 4; /* flags */
	put(at, wide ? 64 : 52, 2, big);
	put(at + 2, wide ? 56 : 32, 2, big);
	put(at + 4, spec->nr_segments, 2, big);
	put(at + 6, wide ? 64 : 40, 2, big);
	put(at + 8, spec->extended ? 0 : elf->nr_sections, 2, big);
	put(at + 10, spec->extended ? SHN_XINDEX : shstrndx, 2, big);
	if (spec->extended) {
		set_shdr(elf, 0, SH_SIZE, elf->nr_sections);
		set_shdr(elf, 0, SH_LINK, shstrndx);
	}
}

static void put_phdr(const struct make_elf *spec, struct made_elf *elf, uint32_t i)
{
	uint64_t offset = get_shdr(elf, spec->segments[i].section, SH_OFFSET);
	uint64_t size = get_shdr(elf, spec->segments[i].section, SH_SIZE);
	uint64_t addr = get_shdr(elf, spec->segments[i].section, SH_ADDR);
	bool big = spec->big_endian;
	uint8_t *at;

	if (spec->bits == 64) {
		at = elf->bytes + 64 + i * 56;
		put(at, PT_LOAD, 4, big);
		put(at + 8, offset, 8, big);
		put(at + 16, addr, 8, big);
		put(at + 32, size, 8, big);
		put(at + 40, size, 8, big);
	} else {
		at = elf->bytes + 52 + i * 32;
		put(at, PT_LOAD, 4, big);
		put(at + 4, offset, 4, big);
		put(at + 8, addr, 4, big);
		put(at + 16, size, 4, big);
		put(at + 20, size, 4, big);
	}
}

static size_t align_up(size_t at, uint64_t align)
{
	return align > 1 ? (at + align - 1) / align * align : at;
}

struct made_elf make_elf(const struct make_elf *spec)
{
	size_t at = spec->bits == 64 ? 64 : 52, names_size = 1, name = 1, room;
	struct made_elf elf = { .bits = spec->bits, .big_endian = spec->big_endian };
	uint32_t names = spec->nr_sections + 1, i;
	const struct make_section *s;

	elf.nr_sections = names + 1;
	at += spec->nr_segments * (spec->bits == 64 ? 56u : 32u);
	room = at + 64;
	for (i = 0; i < spec->nr_sections; i++) {
		names_size += strlen(spec->sections[i].name) + 1;
		room += spec->sections[i].size + spec->sections[i].align;
	}
	names_size += sizeof(".shstrtab");
	room += names_size + elf.nr_sections * 64;
	elf.bytes = calloc(1, room);
	/* headers have to be filled in as sections are placed: find their place first */
	elf.shdrs_off = at;
	for (i = 0; i < spec->nr_sections; i++) {
		s = &spec->sections[i];
		elf.shdrs_off = align_up(elf.shdrs_off, s->align);
		elf.shdrs_off += s->type == SHT_NOBITS ? 0 : s->size;
	}
	elf.shdrs_off = align_up(elf.shdrs_off + names_size, (uint64_t)spec->bits / 8);
	for (i = 0; i < spec->nr_sections; i++) {
		s = &spec->sections[i];
		at = align_up(at, s->align);
		set_shdr(&elf, i + 1, SH_NAME, name);
		set_shdr(&elf, i + 1, SH_TYPE, s->type ? s->type : SHT_PROGBITS);
		set_shdr(&elf, i + 1, SH_FLAGS, s->flags);
		set_shdr(&elf, i + 1, SH_ADDR, s->addr);
		set_shdr(&elf, i + 1, SH_OFFSET, at);
		set_shdr(&elf, i + 1, SH_SIZE, s->size);
		set_shdr(&elf, i + 1, SH_LINK, s->link);
		set_shdr(&elf, i + 1, SH_INFO, s->info);
		set_shdr(&elf, i + 1, SH_ALIGN, s->align);
		set_shdr(&elf, i + 1, SH_ENTSIZE, s->entsize);
		name += strlen(s->name) + 1;
		if (s->type == SHT_NOBITS)
			continue;
		if (s->size)
			memcpy(elf.bytes + at, s->data, s->size);
		at += s->size;
	}
	set_shdr(&elf, names, SH_NAME, name);
	set_shdr(&elf, names, SH_TYPE, SHT_STRTAB);
	set_shdr(&elf, names, SH_OFFSET, at);
	set_shdr(&elf, names, SH_SIZE, names_size);
	set_shdr(&elf, names, SH_ALIGN, 1);
	for (i = 0, name = 1; i < spec->nr_sections; i++) {
		strcpy((char *)elf.bytes + at + name, spec->sections[i].name);
		name += strlen(spec->sections[i].name) + 1;
	}
	strcpy((char *)elf.bytes + at + name, ".shstrtab");
	elf.size = elf.shdrs_off + elf.nr_sections * (spec->bits == 64 ? 64u : 40u);
	put_ehdr(spec, &elf, names);
	for (i = 0; i < spec->nr_segments; i++)
		put_phdr(spec, &elf, i);
	return elf;
}

size_t put_symbol(uint8_t *at, int bits, bool big_endian, uint32_t name, uint16_t shndx,
		  uint64_t value, uint64_t size)
{
	put(at, name, 4, big_endian);
	if (bits == 64) {
		at[4] = STT_OBJECT;
		at[5] = 0;
		put(at + 6, shndx, 2, big_endian);
		put(at + 8, value, 8, big_endian);
		put(at + 16, size, 8, big_endian);
		return 24;
	}
	put(at + 4, value, 4, big_endian);
	put(at + 8, size, 4, big_endian);
	at[12] = STT_OBJECT;
	at[13] = 0;
	put(at + 14, shndx, 2, big_endian);
	return 16;
}
