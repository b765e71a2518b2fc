// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The bytes of an ELF file in, its tables out, checked once so that nobody has
 * to look again:
 *   the file header (read_header), extended numbering and the section headers
 *   (read_sections), where sections lie (check_ranges, check_overlaps), names
 *   (check_names).
 *
 * Source: System V ABI, chapter 4.
 */
#define _GNU_SOURCE /* qsort_r */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "elf_view.h"
#include "fail.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HOST_IS_BIG_ENDIAN true
#else
#define HOST_IS_BIG_ENDIAN false
#endif

bool kbtf_elf_has_bytes(const Elf64_Shdr *shdr)
{
	return shdr->sh_type != SHT_NULL && shdr->sh_type != SHT_NOBITS;
}

static int read_header(struct kbtf_elf *elf, struct kbtf_diag *reterr)
{
	struct kbtf_elf_info *info = &elf->info;
	const uint8_t *ident = elf->bytes;

	if (elf->size < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG))
		return kbtf_fail(reterr, -EINVAL, "elf-header", "this is not ELF");
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return kbtf_fail_at(reterr, -EINVAL, "elf-header", EI_CLASS,
				    "ELF class is %u, neither 1 (32 bits) nor 2 (64 bits)",
				    ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return kbtf_fail_at(
			reterr, -EINVAL, "elf-header", EI_DATA,
			"ELF byte order is %u, neither 1 (little-endian) nor 2 (big-endian)",
			ident[EI_DATA]);
	info->bits = ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	info->big_endian = ident[EI_DATA] == ELFDATA2MSB;
	info->is_swapped = info->big_endian != HOST_IS_BIG_ENDIAN;
	if (elf->size < kbtf_elf_ehdr_size(info))
		return kbtf_fail(reterr, -EINVAL, "elf-truncated",
				 "%zu bytes are fewer than the %zu of an ELF header", elf->size,
				 kbtf_elf_ehdr_size(info));
	kbtf_elf_read_ehdr(info, elf->bytes, &elf->ehdr);
	info->type = elf->ehdr.e_type;
	info->machine = elf->ehdr.e_machine;
	info->nr_segments = elf->ehdr.e_phnum;
	return 0;
}

/* A table of nr records has to lie in the file. */
static int check_table(const struct kbtf_elf *elf, const char *what, uint64_t offset, uint64_t nr,
		       size_t stored_size, size_t size, struct kbtf_diag *reterr)
{
	if (stored_size != size)
		return kbtf_fail(reterr, -EINVAL, "elf-header",
				 "%s headers have %zu bytes each where this class has %zu", what,
				 stored_size, size);
	if (offset > elf->size || nr > (elf->size - offset) / size)
		return kbtf_fail(reterr, -EINVAL, "elf-truncated",
				 "%" PRIu64 " %s headers at 0x%" PRIx64
				 " reach beyond the end of the file at 0x%zx",
				 nr, what, offset, elf->size);
	return 0;
}

/*
 * Counts that do not fit in the file header stand in section header 0: the
 * number of sections in its size, of segments in its info, and the index of the
 * name table in its link.
 */
static int read_sections(struct kbtf_elf *elf, struct kbtf_diag *reterr)
{
	struct kbtf_elf_info *info = &elf->info;
	size_t shdr_size = kbtf_elf_shdr_size(info);
	const Elf64_Ehdr *e = &elf->ehdr;
	uint64_t nr_sections = e->e_shnum;
	Elf64_Shdr first = { 0 };
	int err;

	elf->shstrndx = e->e_shstrndx;
	if (!e->e_shoff) {
		if (e->e_shnum)
			return kbtf_fail(reterr, -EINVAL, "elf-header",
					 "the file has %u sections but no section headers",
					 e->e_shnum);
		return 0;
	}
	err = check_table(elf, "section", e->e_shoff, nr_sections ? nr_sections : 1, e->e_shentsize,
			  shdr_size, reterr);
	if (err)
		return err;
	kbtf_elf_read_shdrs(info, elf->bytes + e->e_shoff, 1, &first);
	if (!nr_sections)
		nr_sections = first.sh_size;
	if (e->e_shstrndx == SHN_XINDEX)
		elf->shstrndx = first.sh_link;
	if (e->e_phnum == PN_XNUM)
		info->nr_segments = first.sh_info;
	err = check_table(elf, "section", e->e_shoff, nr_sections, shdr_size, shdr_size, reterr);
	if (err)
		return err;
	info->nr_sections = (uint32_t)nr_sections; /* of 40 bytes or more each, in the file */
	elf->shdrs = kbtf_alloc_array(nr_sections, sizeof(*elf->shdrs) + sizeof(*elf->order));
	if (!elf->shdrs)
		return kbtf_fail_nomem(reterr);
	elf->order = (uint32_t *)(elf->shdrs + nr_sections);
	kbtf_elf_read_shdrs(info, elf->bytes + e->e_shoff, nr_sections, elf->shdrs);
	return 0;
}

static int check_names(const struct kbtf_elf *elf, struct kbtf_diag *reterr)
{
	uint32_t nr = elf->info.nr_sections, i;
	const Elf64_Shdr *names;

	if (!nr)
		return 0;
	if (!elf->shstrndx || elf->shstrndx >= nr)
		return kbtf_fail(reterr, -EINVAL, "elf-names",
				 "section names are in section %u of %u", elf->shstrndx, nr);
	names = &elf->shdrs[elf->shstrndx];
	if (names->sh_type != SHT_STRTAB)
		return kbtf_fail(reterr, -EINVAL, "elf-names",
				 "section [%u], which has the section names, is of type %u, not %u",
				 elf->shstrndx, names->sh_type, SHT_STRTAB);
	if (!names->sh_size || elf->bytes[names->sh_offset + names->sh_size - 1])
		return kbtf_fail(reterr, -EINVAL, "elf-names",
				 "the section names in section [%u] do not end in a zero byte",
				 elf->shstrndx);
	for (i = 1; i < nr; i++)
		if (elf->shdrs[i].sh_name >= names->sh_size)
			return kbtf_fail(reterr, -EINVAL, "elf-names",
					 "the name of section [%u] is at %u of %" PRIu64
					 " bytes of names",
					 i, elf->shdrs[i].sh_name, names->sh_size);
	return 0;
}

static int check_ranges(struct kbtf_elf *elf, struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s;
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++) {
		s = &elf->shdrs[i];
		if (!kbtf_elf_has_bytes(s))
			continue;
		if (s->sh_offset > elf->size || s->sh_size > elf->size - s->sh_offset)
			return kbtf_fail(reterr, -EINVAL, "elf-truncated",
					 "section [%u] with %" PRIu64 " bytes at 0x%" PRIx64
					 " reaches beyond the end of the file at 0x%zx",
					 i, s->sh_size, s->sh_offset, elf->size);
		elf->order[elf->nr_order++] = i;
	}
	return 0;
}

static int compare_places(const void *a, const void *b, void *ctx)
{
	const struct kbtf_elf *elf = ctx;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const Elf64_Shdr *s = &elf->shdrs[i], *t = &elf->shdrs[j];

	if (s->sh_offset != t->sh_offset)
		return s->sh_offset < t->sh_offset ? -1 : 1;
	if (s->sh_size != t->sh_size) /* an empty one first: nothing follows from its place */
		return s->sh_size < t->sh_size ? -1 : 1;
	return i < j ? -1 : i > j;
}

static bool is_in_order(struct kbtf_elf *elf)
{
	uint32_t i;

	for (i = 1; i < elf->nr_order; i++)
		if (compare_places(&elf->order[i - 1], &elf->order[i], elf) > 0)
			return false;
	return true;
}

static int check_overlaps(struct kbtf_elf *elf, struct kbtf_diag *reterr)
{
	uint64_t table = elf->ehdr.e_shoff, end = kbtf_elf_ehdr_size(&elf->info), table_end;
	const Elf64_Shdr *s;
	uint32_t i, before = 0;

	if (!is_in_order(elf)) /* linkers write them in order: as a rule there is nothing to do */
		qsort_r(elf->order, elf->nr_order, sizeof(*elf->order), compare_places, elf);
	table_end = table + (uint64_t)elf->info.nr_sections * kbtf_elf_shdr_size(&elf->info);
	for (i = 0; i < elf->nr_order; i++) {
		s = &elf->shdrs[elf->order[i]];
		if (!s->sh_size)
			continue;
		if (s->sh_offset < end && !before)
			return kbtf_fail(reterr, -EINVAL, "elf-overlap",
					 "section [%u] at 0x%" PRIx64
					 " overlaps the ELF header, which ends at 0x%" PRIx64,
					 elf->order[i], s->sh_offset, end);
		if (s->sh_offset < end)
			return kbtf_fail(reterr, -EINVAL, "elf-overlap",
					 "section [%u] at 0x%" PRIx64
					 " overlaps section [%u], which ends at 0x%" PRIx64,
					 elf->order[i], s->sh_offset, before, end);
		end = s->sh_offset + s->sh_size;
		before = elf->order[i];
		if (s->sh_offset < table_end && end > table)
			return kbtf_fail(reterr, -EINVAL, "elf-overlap",
					 "section [%u] at 0x%" PRIx64 " to 0x%" PRIx64
					 " overlaps the section headers at 0x%" PRIx64,
					 before, s->sh_offset, end, table);
	}
	return 0;
}

int kbtf_elf_init(struct kbtf_elf *elf, const void *bytes, size_t size, struct kbtf_diag *reterr)
{
	int err;

	*elf = (struct kbtf_elf){ .bytes = bytes, .size = size };
	err = read_header(elf, reterr);
	if (!err)
		err = read_sections(elf, reterr);
	if (!err)
		err = check_ranges(elf, reterr);
	if (!err)
		err = check_overlaps(elf, reterr);
	if (!err)
		err = check_names(elf, reterr);
	if (err)
		kbtf_elf_deinit(elf);
	return err;
}

void kbtf_elf_deinit(struct kbtf_elf *elf)
{
	free(elf->shdrs);
	memset(elf, 0, sizeof(*elf));
}

const char *kbtf_elf_name(const struct kbtf_elf *elf, const Elf64_Shdr *shdr)
{
	return (const char *)elf->bytes + elf->shdrs[elf->shstrndx].sh_offset + shdr->sh_name;
}

uint32_t kbtf_elf_find_next(const struct kbtf_elf *elf, const char *name, uint32_t after)
{
	uint32_t i;

	for (i = after + 1; i < elf->info.nr_sections; i++)
		if (elf->shdrs[i].sh_type != SHT_NULL &&
		    !strcmp(kbtf_elf_name(elf, &elf->shdrs[i]), name))
			return i;
	return 0;
}

uint32_t kbtf_elf_find(const struct kbtf_elf *elf, const char *name)
{
	return kbtf_elf_find_next(elf, name, 0);
}
