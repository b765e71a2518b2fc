// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Records of an ELF file of either class and byte order in, the 64-bit records
 * of the host out, and back. libelf does the byte order; widening and narrowing
 * is done here, field by field, one record at a time.
 */
#include <string.h>

#include <libelf.h>

#include "elf_view.h"

enum direction { TO_HOST, TO_FILE };

/* size bytes of records of one type, in the file's own class */
static void convert(const struct kbtf_elf_info *info, Elf_Type type, enum direction direction,
		    const void *from, void *to, size_t size)
{
	Elf_Data src = { .d_buf = (void *)from, .d_type = type, .d_version = EV_CURRENT };
	Elf_Data dst = { .d_buf = to, .d_type = type, .d_version = EV_CURRENT };
	unsigned int encode = info->big_endian ? ELFDATA2MSB : ELFDATA2LSB;

	src.d_size = dst.d_size = size;
	if (!size)
		return;
	if (info->bits == 64 && direction == TO_HOST)
		elf64_xlatetom(&dst, &src, encode);
	else if (info->bits == 64)
		elf64_xlatetof(&dst, &src, encode);
	else if (direction == TO_HOST)
		elf32_xlatetom(&dst, &src, encode);
	else
		elf32_xlatetof(&dst, &src, encode);
}

void kbtf_elf_read_ehdr(const struct kbtf_elf_info *info, const void *from, Elf64_Ehdr *to)
{
	Elf32_Ehdr r;

	if (info->bits == 64) {
		convert(info, ELF_T_EHDR, TO_HOST, from, to, sizeof(*to));
		return;
	}
	convert(info, ELF_T_EHDR, TO_HOST, from, &r, sizeof(r));
	*to = (Elf64_Ehdr){
		.e_type = r.e_type,
		.e_machine = r.e_machine,
		.e_version = r.e_version,
		.e_entry = r.e_entry,
		.e_phoff = r.e_phoff,
		.e_shoff = r.e_shoff,
		.e_flags = r.e_flags,
		.e_ehsize = r.e_ehsize,
		.e_phentsize = r.e_phentsize,
		.e_phnum = r.e_phnum,
		.e_shentsize = r.e_shentsize,
		.e_shnum = r.e_shnum,
		.e_shstrndx = r.e_shstrndx,
	};
	memcpy(to->e_ident, r.e_ident, EI_NIDENT);
}

void kbtf_elf_write_ehdr(const struct kbtf_elf_info *info, const Elf64_Ehdr *from, void *to)
{
	Elf32_Ehdr r;

	if (info->bits == 64) {
		convert(info, ELF_T_EHDR, TO_FILE, from, to, sizeof(*from));
		return;
	}
	r = (Elf32_Ehdr){
		.e_type = from->e_type,
		.e_machine = from->e_machine,
		.e_version = from->e_version,
		.e_entry = (Elf32_Addr)from->e_entry,
		.e_phoff = (Elf32_Off)from->e_phoff,
		.e_shoff = (Elf32_Off)from->e_shoff,
		.e_flags = from->e_flags,
		.e_ehsize = from->e_ehsize,
		.e_phentsize = from->e_phentsize,
		.e_phnum = from->e_phnum,
		.e_shentsize = from->e_shentsize,
		.e_shnum = from->e_shnum,
		.e_shstrndx = from->e_shstrndx,
	};
	memcpy(r.e_ident, from->e_ident, EI_NIDENT);
	convert(info, ELF_T_EHDR, TO_FILE, &r, to, sizeof(r));
}

void kbtf_elf_read_shdrs(const struct kbtf_elf_info *info, const void *from, size_t n,
			 Elf64_Shdr *to)
{
	const uint8_t *at = from;
	Elf32_Shdr r;

	if (info->bits == 64) {
		convert(info, ELF_T_SHDR, TO_HOST, from, to, n * sizeof(*to));
		return;
	}
	for (; n--; at += sizeof(r), to++) {
		convert(info, ELF_T_SHDR, TO_HOST, at, &r, sizeof(r));
		*to = (Elf64_Shdr){
			.sh_name = r.sh_name,
			.sh_type = r.sh_type,
			.sh_flags = r.sh_flags,
			.sh_addr = r.sh_addr,
			.sh_offset = r.sh_offset,
			.sh_size = r.sh_size,
			.sh_link = r.sh_link,
			.sh_info = r.sh_info,
			.sh_addralign = r.sh_addralign,
			.sh_entsize = r.sh_entsize,
		};
	}
}

void kbtf_elf_write_shdrs(const struct kbtf_elf_info *info, const Elf64_Shdr *from, size_t n,
			  void *to)
{
	uint8_t *at = to;
	Elf32_Shdr r;

	if (info->bits == 64) {
		convert(info, ELF_T_SHDR, TO_FILE, from, to, n * sizeof(*from));
		return;
	}
	for (; n--; from++, at += sizeof(r)) {
		r = (Elf32_Shdr){
			.sh_name = from->sh_name,
			.sh_type = from->sh_type,
			.sh_flags = (Elf32_Word)from->sh_flags,
			.sh_addr = (Elf32_Addr)from->sh_addr,
			.sh_offset = (Elf32_Off)from->sh_offset,
			.sh_size = (Elf32_Word)from->sh_size,
			.sh_link = from->sh_link,
			.sh_info = from->sh_info,
			.sh_addralign = (Elf32_Word)from->sh_addralign,
			.sh_entsize = (Elf32_Word)from->sh_entsize,
		};
		convert(info, ELF_T_SHDR, TO_FILE, &r, at, sizeof(r));
	}
}

void kbtf_elf_read_phdrs(const struct kbtf_elf_info *info, const void *from, size_t n,
			 Elf64_Phdr *to)
{
	const uint8_t *at = from;
	Elf32_Phdr r;

	if (info->bits == 64) {
		convert(info, ELF_T_PHDR, TO_HOST, from, to, n * sizeof(*to));
		return;
	}
	for (; n--; at += sizeof(r), to++) {
		convert(info, ELF_T_PHDR, TO_HOST, at, &r, sizeof(r));
		*to = (Elf64_Phdr){
			.p_type = r.p_type,
			.p_flags = r.p_flags,
			.p_offset = r.p_offset,
			.p_vaddr = r.p_vaddr,
			.p_paddr = r.p_paddr,
			.p_filesz = r.p_filesz,
			.p_memsz = r.p_memsz,
			.p_align = r.p_align,
		};
	}
}

void kbtf_elf_read_syms(const struct kbtf_elf_info *info, const void *from, size_t n, Elf64_Sym *to)
{
	const uint8_t *at = from;
	Elf32_Sym r;

	if (info->bits == 64) {
		convert(info, ELF_T_SYM, TO_HOST, from, to, n * sizeof(*to));
		return;
	}
	for (; n--; at += sizeof(r), to++) {
		convert(info, ELF_T_SYM, TO_HOST, at, &r, sizeof(r));
		*to = (Elf64_Sym){
			.st_name = r.st_name,
			.st_info = r.st_info,
			.st_other = r.st_other,
			.st_shndx = r.st_shndx,
			.st_value = r.st_value,
			.st_size = r.st_size,
		};
	}
}

void kbtf_elf_read_words(const struct kbtf_elf_info *info, const void *from, size_t n, uint32_t *to)
{
	convert(info, ELF_T_WORD, TO_HOST, from, to, n * sizeof(*to));
}

void kbtf_elf_write_sym(const struct kbtf_elf_info *info, const Elf64_Sym *from, void *to)
{
	Elf32_Sym r;

	if (info->bits == 64) {
		convert(info, ELF_T_SYM, TO_FILE, from, to, sizeof(*from));
		return;
	}
	r = (Elf32_Sym){
		.st_name = from->st_name,
		.st_info = from->st_info,
		.st_other = from->st_other,
		.st_shndx = from->st_shndx,
		.st_value = (Elf32_Addr)from->st_value,
		.st_size = (Elf32_Word)from->st_size,
	};
	convert(info, ELF_T_SYM, TO_FILE, &r, to, sizeof(r));
}
