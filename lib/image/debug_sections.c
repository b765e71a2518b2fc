// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Debug sections as a reader of DWARF wants them: unpacked [unpack], and with relocations
 * applied [relocate], of which only those that put an address in place are known: others
 * do not occur in debug sections.
 *
 * Source: System V ABI, chapter 4, and the supplements for processors.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "file.h"
#include "late.h"
#if HAVE_ZLIB
#include <zlib.h>
#endif

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

/* Where the sections of relocatable files are thought to begin. */
#define FIRST_ADDR 0x10000u

uint64_t kbtf_file_section_addr(const struct kbtf_file *file, uint32_t index)
{
	const struct kbtf_elf *elf = &file->elf;
	uint64_t addr = FIRST_ADDR, align;
	uint32_t i;

	if (index >= elf->info.nr_sections)
		return 0;
	if (elf->info.type != ET_REL)
		return elf->shdrs[index].sh_addr;
	if (!(elf->shdrs[index].sh_flags & SHF_ALLOC))
		return 0;
	for (i = 1; i <= index; i++) {
		const Elf64_Shdr *s = &elf->shdrs[i];

		if (!(s->sh_flags & SHF_ALLOC))
			continue;
		align = s->sh_addralign && s->sh_addralign <= 0x10000 ? s->sh_addralign : 1;
		addr = (addr + align - 1) / align * align;
		if (i < index)
			addr += s->sh_size + 1; /* so that no two begin at one place */
	}
	return addr;
}

/* ---- Unpacking -------------------------------------------------------- */

struct packed {
	uint64_t type, size;
	const uint8_t *bytes;
	uint64_t nr_bytes;
};

static bool read_chdr(const struct kbtf_file *file, const Elf64_Shdr *s, struct packed *ret)
{
	const struct kbtf_elf_info *info = &file->elf.info;
	const uint8_t *at = file->elf.bytes + s->sh_offset;
	uint64_t header = info->bits == 64 ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
	uint32_t type, size32;
	uint64_t size64;

	if (s->sh_size < header)
		return false;
	memcpy(&type, at, sizeof(type));
	if (info->bits == 64) {
		memcpy(&size64, at + 8, sizeof(size64));
		ret->size = info->is_swapped ? __builtin_bswap64(size64) : size64;
	} else {
		memcpy(&size32, at + 4, sizeof(size32));
		ret->size = info->is_swapped ? __builtin_bswap32(size32) : size32;
	}
	ret->type = info->is_swapped ? __builtin_bswap32(type) : type;
	ret->bytes = at + header;
	ret->nr_bytes = s->sh_size - header;
	return true;
}

#if HAVE_ZLIB
static bool unpack_zlib(const struct packed *p, uint8_t *to)
{
	uLongf size = p->size;

	return uncompress(to, &size, p->bytes, p->nr_bytes) == Z_OK && size == p->size;
}
#endif

#if HAVE_ZSTD
static bool unpack_zstd(const struct packed *p, uint8_t *to)
{
	size_t size = kbtf_zstd.ZSTD_decompress(to, p->size, p->bytes, p->nr_bytes);

	return !kbtf_zstd.ZSTD_isError(size) && size == p->size;
}
#endif

static int unpack(const struct kbtf_file *file, const char *name, const Elf64_Shdr *s,
		  uint8_t **ret, uint64_t *ret_size, struct kbtf_diag *reterr)
{
	bool (*fn)(const struct packed *p, uint8_t *to) = NULL;
	enum kbtf_late_library late = KBTF_LATE_NONE;
	struct packed p;
	int err;

	if (!read_chdr(file, s, &p))
		return kbtf_fail(reterr, -EINVAL, "section-packed",
				 "section %s is too short for what compressed ones begin with",
				 name);
#if HAVE_ZLIB
	if (p.type == ELFCOMPRESS_ZLIB)
		fn = unpack_zlib;
#endif
#if HAVE_ZSTD
	if (p.type == ELFCOMPRESS_ZSTD) {
		fn = unpack_zstd;
		late = KBTF_LATE_ZSTD;
	}
#endif
	if (!fn)
		return kbtf_fail(reterr, -EOPNOTSUPP, "section-packed",
				 "section %s is compressed in a way (%" PRIu64
				 ") that this build does not know",
				 name, p.type);
	err = kbtf_late_load(late, "a section compressed by zstd", "section-packed", reterr);
	if (err)
		return err;
	if (p.size > KBTF_MAX_MADE_BYTES || p.size / 2048 > p.nr_bytes + 1)
		return kbtf_fail(reterr, -EFBIG, "section-packed",
				 "section %s says that its %" PRIu64 " bytes unpack to %" PRIu64,
				 name, p.nr_bytes, p.size);
	*ret = malloc(p.size ? p.size : 1);
	if (!*ret)
		return kbtf_fail_nomem(reterr);
	if (!fn(&p, *ret)) {
		free(*ret);
		return kbtf_fail(reterr, -EINVAL, "section-packed",
				 "section %s cannot be unpacked to %" PRIu64 " bytes", name,
				 p.size);
	}
	*ret_size = p.size;
	return 0;
}

/* ---- Relocations ------------------------------------------------------ */

struct reloc_types {
	uint16_t machine;
	uint16_t none, abs32, also32, abs64;
};

static const struct reloc_types *types_of(uint16_t machine)
{
	static const struct reloc_types rows[] = {
		{ EM_X86_64, 0, 10, 11, 1 },	  { EM_386, 0, 1, 1, 0xffff },
		{ EM_AARCH64, 0, 258, 258, 257 }, { EM_ARM, 0, 2, 2, 0xffff },
		{ EM_S390, 0, 4, 4, 22 },	  { EM_PPC64, 0, 1, 1, 38 },
		{ EM_PPC, 0, 1, 1, 0xffff },	  { EM_MIPS, 0, 2, 2, 18 },
		{ EM_RISCV, 0, 1, 1, 2 },	  { 258 /* LoongArch */, 0, 1, 1, 2 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].machine == machine)
			return &rows[i];
	return NULL;
}

struct relocating {
	const struct kbtf_file *file;
	const char *name;
	const struct reloc_types *types;
	uint64_t *values; /* of symbols */
	uint64_t nr_values;
	uint8_t *to;
	uint64_t size;
	struct kbtf_diag *reterr;
};

static int read_values(struct relocating *r, uint32_t symtab)
{
	const struct kbtf_elf *elf = &r->file->elf;
	const Elf64_Shdr *s = &elf->shdrs[symtab];
	size_t size = kbtf_elf_sym_size(&elf->info);
	uint64_t *addrs;
	Elf64_Sym *syms;
	uint64_t i;

	if (symtab >= elf->info.nr_sections || s->sh_type != SHT_SYMTAB || s->sh_entsize != size)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "relocations of %s go by section [%u], which has no symbols",
				 r->name, symtab);
	r->nr_values = s->sh_size / size;
	addrs = kbtf_zalloc_array(elf->info.nr_sections, sizeof(*addrs));
	syms = kbtf_alloc_array(r->nr_values, sizeof(*syms));
	r->values = kbtf_alloc_array(r->nr_values, sizeof(*r->values));
	if (!addrs || !syms || !r->values) {
		free(addrs);
		free(syms);
		return kbtf_fail_nomem(r->reterr);
	}
	for (i = 1; i < elf->info.nr_sections; i++)
		addrs[i] = kbtf_file_section_addr(r->file, (uint32_t)i);
	kbtf_elf_read_syms(&elf->info, elf->bytes + s->sh_offset, r->nr_values, syms);
	for (i = 0; i < r->nr_values; i++) {
		r->values[i] = syms[i].st_value;
		if (syms[i].st_shndx < elf->info.nr_sections)
			r->values[i] += addrs[syms[i].st_shndx];
	}
	free(addrs);
	free(syms);
	return 0;
}

static uint64_t get(const struct relocating *r, const uint8_t *at, unsigned int size)
{
	uint32_t w;
	uint64_t x;

	if (size == 8) {
		memcpy(&x, at, 8);
		return r->file->elf.info.is_swapped ? __builtin_bswap64(x) : x;
	}
	memcpy(&w, at, 4);
	return r->file->elf.info.is_swapped ? __builtin_bswap32(w) : w;
}

static void put(const struct relocating *r, uint8_t *at, unsigned int size, uint64_t value)
{
	uint32_t w = (uint32_t)value;

	if (r->file->elf.info.is_swapped) {
		w = __builtin_bswap32(w);
		value = __builtin_bswap64(value);
	}
	if (size == 8)
		memcpy(at, &value, 8);
	else
		memcpy(at, &w, 4);
}

static int apply_one(struct relocating *r, const uint8_t *record, bool has_addend)
{
	bool wide = r->file->elf.info.bits == 64;
	unsigned int word = wide ? 8 : 4, size;
	uint64_t offset = get(r, record, word), info = get(r, record + word, word), addend;
	uint64_t symbol = wide ? info >> 32 : info >> 8;
	uint32_t type = wide ? (uint32_t)info : info & 0xff;

	if (wide && r->types->machine == EM_MIPS) /* has fields of its own there */
		symbol = (uint32_t)info, type = (uint32_t)(info >> 56);
	if (type == r->types->none)
		return 0;
	if (type == r->types->abs64)
		size = 8;
	else if (type == r->types->abs32 || type == r->types->also32)
		size = 4;
	else
		return kbtf_fail(r->reterr, -EOPNOTSUPP, "elf-relocation",
				 "%s has a relocation of type %u at 0x%" PRIx64
				 ", which is not known for debug sections",
				 r->name, type, offset);
	if (symbol >= r->nr_values || offset > r->size || size > r->size - offset)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "%s has a relocation at 0x%" PRIx64 " by symbol [%" PRIu64
				 "], and 0x%" PRIx64 " bytes and %" PRIu64 " symbols",
				 r->name, offset, symbol, r->size, r->nr_values);
	addend = has_addend ? get(r, record + 2 * word, word) : get(r, r->to + offset, size);
	put(r, r->to + offset, size, r->values[symbol] + addend);
	return 0;
}

static int apply(struct relocating *r, const Elf64_Shdr *s)
{
	bool has_addend = s->sh_type == SHT_RELA;
	uint64_t word = r->file->elf.info.bits == 64 ? 8 : 4, size = word * (has_addend ? 3 : 2),
		 at;
	const uint8_t *records = r->file->elf.bytes + s->sh_offset;
	int err = 0;

	if (s->sh_entsize != size)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "relocations of %s have %" PRIu64 " bytes each", r->name,
				 s->sh_entsize);
	for (at = 0; at + size <= s->sh_size && !err; at += size)
		err = apply_one(r, records + at, has_addend);
	return err;
}

/* The relocations of a section; 0 where it has none. */
static uint32_t find_relocations(const struct kbtf_elf *elf, uint32_t section)
{
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++)
		if ((elf->shdrs[i].sh_type == SHT_RELA || elf->shdrs[i].sh_type == SHT_REL) &&
		    elf->shdrs[i].sh_info == section)
			return i;
	return 0;
}

static int relocate(const struct kbtf_file *file, const char *name, uint32_t relocations,
		    uint8_t *to, uint64_t size, struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s = &file->elf.shdrs[relocations];
	struct relocating r = {
		.file = file,
		.name = name,
		.types = types_of(file->elf.info.machine),
		.to = to,
		.size = size,
		.reterr = reterr,
	};
	int err;

	if (!r.types)
		return kbtf_fail(reterr, -EOPNOTSUPP, "elf-relocation",
				 "relocations of machine %u are not known", file->elf.info.machine);
	err = read_values(&r, s->sh_link);
	if (!err)
		err = apply(&r, s);
	free(r.values);
	return err;
}

/* ---- Sections --------------------------------------------------------- */

static int read_section(const struct kbtf_file *file, const char *name, uint32_t index,
			const uint8_t **ret, uint64_t *ret_size, void **ret_owned,
			struct kbtf_diag *reterr)
{
	const struct kbtf_elf *elf = &file->elf;
	const Elf64_Shdr *s = &elf->shdrs[index];
	uint32_t relocations = elf->info.type == ET_REL ? find_relocations(elf, index) : 0;
	uint8_t *own = NULL, *to;
	int err = 0;

	*ret = elf->bytes + s->sh_offset;
	*ret_size = s->sh_size;
	if (s->sh_flags & SHF_COMPRESSED) {
		err = unpack(file, name, s, &own, ret_size, reterr);
	} else if (relocations && !file->is_scratch) {
		own = malloc(s->sh_size ? s->sh_size : 1);
		if (!own)
			return kbtf_fail_nomem(reterr);
		memcpy(own, *ret, s->sh_size);
	}
	/* Of a file that is read for nothing else, the bytes are changed where they are. */
	to = own ? own : file->is_scratch ? file->owned + (*ret - file->owned) : NULL;
	if (!err && relocations)
		err = relocate(file, name, relocations, to, *ret_size, reterr);
	if (err) {
		free(own);
		return err;
	}
	*ret_owned = own;
	*ret = own ? own : *ret;
	return 0;
}

int kbtf_file_debug_section(const struct kbtf_file *file, const char *name, const uint8_t **ret,
			    uint64_t *ret_size, void **ret_owned, struct kbtf_diag *reterr)
{
	uint32_t index = file->kind == KBTF_FILE_ELF ? kbtf_elf_find(&file->elf, name) : 0;
	int err;

	*ret_owned = NULL;
	*ret = NULL;
	*ret_size = 0;
	if (!index || !kbtf_elf_has_bytes(&file->elf.shdrs[index]))
		return 0;
	err = read_section(file, name, index, ret, ret_size, ret_owned, reterr);
	if (err) {
		*ret = NULL;
		*ret_size = 0;
		return kbtf_file_fail_in(file, err, reterr);
	}
	return 0;
}
