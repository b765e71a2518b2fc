/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_ELF_VIEW_H
#define KBTF_IMAGE_ELF_VIEW_H

#include <elf.h>

#include <kbtf/image.h>

/*
 * The tables of an ELF file, made sound: whatever a section header says about
 * bytes lies in the file, overlaps nothing, and names end. Headers are widened
 * to 64 bits and in host byte order; the bytes of sections stay where they are.
 */
struct kbtf_elf {
	const uint8_t *bytes;
	size_t size;
	struct kbtf_elf_info info;
	Elf64_Ehdr ehdr;   /* as stored: extended numbering is resolved in info and shstrndx only */
	Elf64_Shdr *shdrs; /* info.nr_sections of them, in one allocation with order */
	uint32_t *order;   /* the sections that have bytes, by offset */
	uint32_t nr_order;
	uint32_t shstrndx;
};

/* elf_read.c. bytes are borrowed. -EINVAL, -ENOMEM. */
int kbtf_elf_init(struct kbtf_elf *elf, const void *bytes, size_t size, struct kbtf_diag *reterr);
void kbtf_elf_deinit(struct kbtf_elf *elf);

const char *kbtf_elf_name(const struct kbtf_elf *elf, const Elf64_Shdr *shdr);
/* The first section of this name, or 0. */
uint32_t kbtf_elf_find(const struct kbtf_elf *elf, const char *name);
/* The next one of this name after that of number after, or 0. */
uint32_t kbtf_elf_find_next(const struct kbtf_elf *elf, const char *name, uint32_t after);
/* The first section of this type and, unless link is 0, this sh_link; 0 where there is none. */
uint32_t kbtf_elf_find_type(const struct kbtf_elf *elf, uint32_t type, uint32_t link);
/* Whether its bytes are in the file. */
bool kbtf_elf_has_bytes(const Elf64_Shdr *shdr);

/*
 * elf_convert.c: n records of the file, in its class and byte order, to or from
 * the 64-bit record of the host. Ranges have been checked.
 */
void kbtf_elf_read_ehdr(const struct kbtf_elf_info *info, const void *from, Elf64_Ehdr *to);
void kbtf_elf_read_shdrs(const struct kbtf_elf_info *info, const void *from, size_t n,
			 Elf64_Shdr *to);
void kbtf_elf_read_phdrs(const struct kbtf_elf_info *info, const void *from, size_t n,
			 Elf64_Phdr *to);
void kbtf_elf_read_syms(const struct kbtf_elf_info *info, const void *from, size_t n,
			Elf64_Sym *to);
void kbtf_elf_read_words(const struct kbtf_elf_info *info, const void *from, size_t n,
			 uint32_t *to);
void kbtf_elf_write_ehdr(const struct kbtf_elf_info *info, const Elf64_Ehdr *from, void *to);
void kbtf_elf_write_shdrs(const struct kbtf_elf_info *info, const Elf64_Shdr *from, size_t n,
			  void *to);
void kbtf_elf_write_sym(const struct kbtf_elf_info *info, const Elf64_Sym *from, void *to);

static inline size_t kbtf_elf_ehdr_size(const struct kbtf_elf_info *info)
{
	return info->bits == 64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

static inline size_t kbtf_elf_shdr_size(const struct kbtf_elf_info *info)
{
	return info->bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

static inline size_t kbtf_elf_phdr_size(const struct kbtf_elf_info *info)
{
	return info->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

static inline size_t kbtf_elf_sym_size(const struct kbtf_elf_info *info)
{
	return info->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

#endif
