// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Relocations of debug sections, and where the sections of relocatable files are thought to
 * be. Two sorts of them occur there: those that put an address in its place, and those that
 * make differences of two, on machines whose linker moves code about.
 *
 * Source: System V ABI, chapter 4, and the supplements for processors, whose numbers elf.h has;
 * for R_RISCV_SET_ULEB128 and what is like it their processors' own ELF specifications.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "file.h"

/* Where the sections of relocatable files are thought to begin. */
#define FIRST_ADDR 0x10000u

/* Records that are read at a time, where they are not in memory. */
#define BATCH 4096u

/* ---- Where sections are ----------------------------------------------- */

int kbtf_file_place_sections(struct kbtf_file *file)
{
	const struct kbtf_elf *elf = &file->elf;
	uint64_t addr = FIRST_ADDR, align;
	uint32_t i;

	file->addrs = kbtf_zalloc_array((size_t)elf->info.nr_sections + 1, sizeof(*file->addrs));
	if (!file->addrs)
		return -ENOMEM;
	for (i = 1; i < elf->info.nr_sections; i++) {
		const Elf64_Shdr *s = &elf->shdrs[i];

		if (elf->info.type != ET_REL) {
			file->addrs[i] = s->sh_addr;
			continue;
		}
		if (!(s->sh_flags & SHF_ALLOC))
			continue;
		align = s->sh_addralign && s->sh_addralign <= 0x10000 ? s->sh_addralign : 1;
		addr = (addr + align - 1) / align * align;
		file->addrs[i] = addr;
		addr += s->sh_size + 1; /* so that no two begin at one place */
	}
	return 0;
}

uint64_t kbtf_file_section_addr(const struct kbtf_file *file, uint32_t index)
{
	return index < file->elf.info.nr_sections ? file->addrs[index] : 0;
}

/* ---- What they do ----------------------------------------------------- */

enum action {
	SET,
	ADD,
	SUB,
	SET_LOW6, /* of a byte */
	SUB_LOW6,
	SET_LEB, /* the first of a pair, of which the other one is SUB_LEB */
	SUB_LEB,
	NOTHING,
};

struct reloc_row {
	uint16_t machine, type;
	uint8_t action, size;
};

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* Those of a machine follow each other, what is met most first; type 0 does nothing anywhere. */
static const struct reloc_row rows[] = {
	{ EM_X86_64, R_X86_64_32, SET, 4 },
	{ EM_X86_64, R_X86_64_64, SET, 8 },
	{ EM_X86_64, R_X86_64_32S, SET, 4 },
	{ EM_X86_64, R_X86_64_DTPOFF32, SET, 4 },
	{ EM_X86_64, R_X86_64_DTPOFF64, SET, 8 },
	{ EM_386, R_386_32, SET, 4 },
	{ EM_386, R_386_TLS_LDO_32, SET, 4 },
	{ EM_AARCH64, R_AARCH64_ABS32, SET, 4 },
	{ EM_AARCH64, R_AARCH64_ABS64, SET, 8 },
	{ EM_AARCH64, R_AARCH64_TLS_DTPREL, SET, 8 },
	{ EM_ARM, R_ARM_ABS32, SET, 4 },
	{ EM_ARM, R_ARM_TLS_LDO32, SET, 4 },
	{ EM_S390, R_390_32, SET, 4 },
	{ EM_S390, R_390_64, SET, 8 },
	{ EM_S390, R_390_TLS_LDO32, SET, 4 },
	{ EM_S390, R_390_TLS_LDO64, SET, 8 },
	{ EM_PPC64, R_PPC64_ADDR32, SET, 4 },
	{ EM_PPC64, R_PPC64_ADDR64, SET, 8 },
	{ EM_PPC64, R_PPC64_UADDR32, SET, 4 },
	{ EM_PPC64, R_PPC64_UADDR64, SET, 8 },
	{ EM_PPC64, R_PPC64_DTPREL64, SET, 8 },
	{ EM_PPC, R_PPC_ADDR32, SET, 4 },
	{ EM_PPC, R_PPC_UADDR32, SET, 4 },
	{ EM_PPC, R_PPC_DTPREL32, SET, 4 },
	{ EM_MIPS, R_MIPS_32, SET, 4 },
	{ EM_MIPS, R_MIPS_64, SET, 8 },
	{ EM_MIPS, R_MIPS_TLS_DTPREL32, SET, 4 },
	{ EM_MIPS, R_MIPS_TLS_DTPREL64, SET, 8 },
	{ EM_RISCV, R_RISCV_32, SET, 4 },
	{ EM_RISCV, R_RISCV_64, SET, 8 },
	{ EM_RISCV, R_RISCV_ADD8, ADD, 1 },
	{ EM_RISCV, R_RISCV_ADD16, ADD, 2 },
	{ EM_RISCV, R_RISCV_ADD32, ADD, 4 },
	{ EM_RISCV, R_RISCV_ADD64, ADD, 8 },
	{ EM_RISCV, R_RISCV_SUB8, SUB, 1 },
	{ EM_RISCV, R_RISCV_SUB16, SUB, 2 },
	{ EM_RISCV, R_RISCV_SUB32, SUB, 4 },
	{ EM_RISCV, R_RISCV_SUB64, SUB, 8 },
	{ EM_RISCV, R_RISCV_SET8, SET, 1 },
	{ EM_RISCV, R_RISCV_SET16, SET, 2 },
	{ EM_RISCV, R_RISCV_SET32, SET, 4 },
	{ EM_RISCV, R_RISCV_SET6, SET_LOW6, 1 },
	{ EM_RISCV, R_RISCV_SUB6, SUB_LOW6, 1 },
	{ EM_RISCV, 60 /* SET_ULEB128 */, SET_LEB, 1 },
	{ EM_RISCV, 61 /* SUB_ULEB128 */, SUB_LEB, 1 },
	{ EM_RISCV, R_RISCV_TLS_DTPREL32, SET, 4 },
	{ EM_RISCV, R_RISCV_TLS_DTPREL64, SET, 8 },
	{ EM_RISCV, R_RISCV_RELAX, NOTHING, 0 },
	{ EM_LOONGARCH, 1 /* 32 */, SET, 4 },
	{ EM_LOONGARCH, 2 /* 64 */, SET, 8 },
	{ EM_LOONGARCH, 47 /* ADD8 */, ADD, 1 },
	{ EM_LOONGARCH, 48 /* ADD16 */, ADD, 2 },
	{ EM_LOONGARCH, 50 /* ADD32 */, ADD, 4 },
	{ EM_LOONGARCH, 51 /* ADD64 */, ADD, 8 },
	{ EM_LOONGARCH, 52 /* SUB8 */, SUB, 1 },
	{ EM_LOONGARCH, 53 /* SUB16 */, SUB, 2 },
	{ EM_LOONGARCH, 55 /* SUB32 */, SUB, 4 },
	{ EM_LOONGARCH, 56 /* SUB64 */, SUB, 8 },
	{ EM_LOONGARCH, 107 /* ADD_ULEB128 */, SET_LEB, 1 },
	{ EM_LOONGARCH, 108 /* SUB_ULEB128 */, SUB_LEB, 1 },
	{ EM_LOONGARCH, 8 /* TLS_DTPREL32 */, SET, 4 },
	{ EM_LOONGARCH, 9 /* TLS_DTPREL64 */, SET, 8 },
	{ EM_LOONGARCH, 100 /* RELAX */, NOTHING, 0 },
	{ EM_SPARCV9, R_SPARC_UA32, SET, 4 },
	{ EM_SPARCV9, R_SPARC_UA64, SET, 8 },
	{ EM_SPARCV9, R_SPARC_32, SET, 4 },
	{ EM_SPARCV9, R_SPARC_64, SET, 8 },
	{ EM_SPARCV9, R_SPARC_TLS_DTPOFF64, SET, 8 },
	{ EM_SPARC, R_SPARC_UA32, SET, 4 },
	{ EM_SPARC, R_SPARC_32, SET, 4 },
	{ EM_SPARC, R_SPARC_TLS_DTPOFF32, SET, 4 },
	{ EM_PARISC, R_PARISC_DIR32, SET, 4 },
	{ EM_PARISC, R_PARISC_DIR64, SET, 8 },
	{ EM_PARISC, R_PARISC_SECREL32, SET, 4 },
	{ EM_ALPHA, R_ALPHA_REFLONG, SET, 4 },
	{ EM_ALPHA, R_ALPHA_REFQUAD, SET, 8 },
	{ EM_SH, R_SH_DIR32, SET, 4 },
	{ EM_68K, R_68K_32, SET, 4 },
};

struct relocating {
	const struct kbtf_file *file;
	const char *name;
	const struct reloc_row *first, *last, *end; /* rows of the machine; the one met last */
	bool is_mips64el;			    /* whose r_info has fields of its own */
	uint64_t *values;			    /* of symbols */
	uint64_t nr_values;
	uint8_t *to;
	uint64_t size;
	uint64_t leb_offset, leb_value; /* the first of a pair */
	bool has_leb;
	struct kbtf_diag *reterr;
};

static bool find_rows(struct relocating *r)
{
	const struct reloc_row *row = rows, *end = rows + sizeof(rows) / sizeof(*rows);

	while (row < end && row->machine != r->file->elf.info.machine)
		row++;
	r->first = r->last = row;
	while (row < end && row->machine == r->first->machine)
		row++;
	r->end = row;
	return r->first < r->end;
}

/* NULL for one that is not known. */
static inline const struct reloc_row *row_of(struct relocating *r, uint32_t type)
{
	const struct reloc_row *row;

	if (__builtin_expect(r->last->type == type, 1))
		return r->last;
	for (row = r->first; row < r->end; row++)
		if (row->type == type)
			return r->last = row;
	return NULL;
}

static int read_values(struct relocating *r, uint32_t symtab)
{
	const struct kbtf_elf *elf = &r->file->elf;
	const Elf64_Shdr *s = symtab < elf->info.nr_sections ? &elf->shdrs[symtab] : NULL;
	size_t size = kbtf_elf_sym_size(&elf->info);
	Elf64_Sym *syms;
	uint64_t i;

	if (!s || s->sh_type != SHT_SYMTAB || s->sh_entsize != size)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "relocations of %s go by section [%u], which has no symbols",
				 r->name, symtab);
	r->nr_values = s->sh_size / size;
	syms = kbtf_alloc_array(r->nr_values, sizeof(*syms));
	r->values = kbtf_alloc_array(r->nr_values, sizeof(*r->values));
	if (!syms || !r->values) {
		free(syms);
		return kbtf_fail_nomem(r->reterr);
	}
	kbtf_elf_read_syms(&elf->info, elf->bytes + s->sh_offset, r->nr_values, syms);
	for (i = 0; i < r->nr_values; i++)
		r->values[i] = syms[i].st_value + kbtf_file_section_addr(r->file, syms[i].st_shndx);
	free(syms);
	return 0;
}

/* ---- One of them ------------------------------------------------------ */

static inline uint64_t get(const struct relocating *r, const uint8_t *at, unsigned int size)
{
	bool is_swapped = r->file->elf.info.is_swapped;
	uint16_t h;
	uint32_t w;
	uint64_t x;

	switch (size) {
	case 8:
		memcpy(&x, at, 8);
		return is_swapped ? __builtin_bswap64(x) : x;
	case 4:
		memcpy(&w, at, 4);
		return is_swapped ? __builtin_bswap32(w) : w;
	case 2:
		memcpy(&h, at, 2);
		return is_swapped ? __builtin_bswap16(h) : h;
	default:
		return *at;
	}
}

static inline void put(const struct relocating *r, uint8_t *at, unsigned int size, uint64_t value)
{
	bool is_swapped = r->file->elf.info.is_swapped;
	uint32_t w = (uint32_t)value;
	uint16_t h = (uint16_t)value;

	switch (size) {
	case 8:
		value = is_swapped ? __builtin_bswap64(value) : value;
		memcpy(at, &value, 8);
		break;
	case 4:
		w = is_swapped ? __builtin_bswap32(w) : w;
		memcpy(at, &w, 4);
		break;
	case 2:
		h = is_swapped ? __builtin_bswap16(h) : h;
		memcpy(at, &h, 2);
		break;
	default:
		*at = (uint8_t)value;
	}
}

/* The difference of a pair into as many bytes as the number there has. */
static int put_leb(const struct relocating *r, uint64_t offset, uint64_t value)
{
	uint64_t at = offset, left = value;
	bool more;

	do {
		more = r->to[at] & 0x80;
		r->to[at++] = (uint8_t)((left & 0x7f) | (more ? 0x80 : 0));
		left >>= 7;
	} while (more && at < r->size);
	if (!more && !left)
		return 0;
	return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
			 "%s has a relocation at 0x%" PRIx64 " to 0x%" PRIx64
			 ", for which the number there has too few bytes",
			 r->name, offset, value);
}

static int apply_odd(struct relocating *r, const struct reloc_row *row, uint64_t offset,
		     uint64_t value)
{
	uint8_t *at = r->to + offset;

	switch (row->action) {
	case ADD:
		put(r, at, row->size, get(r, at, row->size) + value);
		return 0;
	case SUB:
		put(r, at, row->size, get(r, at, row->size) - value);
		return 0;
	case SET_LOW6:
		*at = (uint8_t)((*at & 0xc0) | (value & 0x3f));
		return 0;
	case SUB_LOW6:
		*at = (uint8_t)((*at & 0xc0) | ((*at - value) & 0x3f));
		return 0;
	case SET_LEB:
		r->has_leb = true;
		r->leb_offset = offset;
		r->leb_value = value;
		return 0;
	case SUB_LEB:
		if (r->has_leb && r->leb_offset == offset) {
			r->has_leb = false;
			return put_leb(r, offset, r->leb_value - value);
		}
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "%s has a relocation of type %u at 0x%" PRIx64
				 " without the one that comes before it",
				 r->name, row->type, offset);
	default:
		return 0;
	}
}

static inline int apply_one(struct relocating *r, const uint8_t *record, bool has_addend)
{
	bool wide = r->file->elf.info.bits == 64;
	unsigned int word = wide ? 8 : 4;
	uint64_t offset = get(r, record, word), info = get(r, record + word, word), addend;
	uint64_t symbol = wide ? info >> 32 : info >> 8;
	uint32_t type = wide ? (uint32_t)info : info & 0xff;
	const struct reloc_row *row;

	if (r->is_mips64el)
		symbol = (uint32_t)info, type = (uint32_t)(info >> 56);
	if (!type)
		return 0;
	row = row_of(r, type);
	if (!row)
		return kbtf_fail(r->reterr, -EOPNOTSUPP, "elf-relocation",
				 "%s has a relocation of type %u at 0x%" PRIx64
				 ", which is not known for debug sections",
				 r->name, type, offset);
	if (symbol >= r->nr_values || offset > r->size || row->size > r->size - offset)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "%s has a relocation at 0x%" PRIx64 " by symbol [%" PRIu64
				 "], and 0x%" PRIx64 " bytes and %" PRIu64 " symbols",
				 r->name, offset, symbol, r->size, r->nr_values);
	if (has_addend)
		addend = get(r, record + 2 * word, word);
	else
		addend = row->action == SET ? get(r, r->to + offset, row->size) : 0;
	if (row->action != SET)
		return apply_odd(r, row, offset, r->values[symbol] + addend);
	put(r, r->to + offset, row->size, r->values[symbol] + addend);
	return 0;
}

/* ---- All of a section ------------------------------------------------- */

uint32_t kbtf_elf_relocations(const struct kbtf_elf *elf, uint32_t section)
{
	uint32_t i;

	if (elf->info.type != ET_REL)
		return 0;
	for (i = 1; i < elf->info.nr_sections; i++)
		if ((elf->shdrs[i].sh_type == SHT_RELA || elf->shdrs[i].sh_type == SHT_REL) &&
		    elf->shdrs[i].sh_info == section)
			return i;
	return 0;
}

/* Records of a section that is in memory, or else read into a batch. */
static int apply_records(struct relocating *r, const uint8_t *records, uint64_t size,
			 uint64_t record_size)
{
	bool has_addend = record_size == (r->file->elf.info.bits == 64 ? 24 : 12);
	uint64_t at;
	int err = 0;

	for (at = 0; at + record_size <= size && !err; at += record_size)
		err = apply_one(r, records + at, has_addend);
	return err;
}

static int apply_unread(struct relocating *r, const Elf64_Shdr *s, uint64_t record_size)
{
	uint64_t end = s->sh_size / record_size * record_size, at, n;
	uint8_t *batch = kbtf_alloc_array(BATCH, record_size);
	int err = batch ? 0 : kbtf_fail_nomem(r->reterr);

	for (at = 0; at < end && !err; at += n) {
		n = end - at < BATCH * record_size ? end - at : BATCH * record_size;
		err = kbtf_file_read(r->file, s->sh_offset + at, n, batch);
		if (err)
			kbtf_fail(r->reterr, err, "file-read", "cannot read relocations of %s: %s",
				  r->name, strerror(-err));
		else
			err = apply_records(r, batch, n, record_size);
	}
	free(batch);
	return err;
}

static int apply(struct relocating *r, const Elf64_Shdr *s)
{
	uint64_t word = r->file->elf.info.bits == 64 ? 8 : 4;
	uint64_t size = word * (s->sh_type == SHT_RELA ? 3 : 2);

	if (s->sh_entsize != size)
		return kbtf_fail(r->reterr, -EINVAL, "elf-relocation",
				 "relocations of %s have %" PRIu64 " bytes each", r->name,
				 s->sh_entsize);
	if (kbtf_file_has_bytes(r->file, s))
		return apply_records(r, r->file->elf.bytes + s->sh_offset, s->sh_size, size);
	return apply_unread(r, s, size);
}

int kbtf_file_relocate(const struct kbtf_file *file, const char *name, uint32_t relocations,
		       uint8_t *to, uint64_t size, struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *info = &file->elf.info;
	const Elf64_Shdr *s = &file->elf.shdrs[relocations];
	struct relocating r = {
		.file = file,
		.name = name,
		.is_mips64el = info->machine == EM_MIPS && info->bits == 64 && !info->big_endian,
		.to = to,
		.size = size,
		.reterr = reterr,
	};
	int err;

	if (!find_rows(&r))
		return kbtf_fail(reterr, -EOPNOTSUPP, "elf-relocation",
				 "relocations of machine %u are not known", info->machine);
	err = read_values(&r, s->sh_link);
	if (!err)
		err = apply(&r, s);
	free(r.values);
	return err;
}
