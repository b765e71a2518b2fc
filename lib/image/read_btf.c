// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A plain ELF file on disk in, memory of its size out that has only the headers,
 * the section names and the sections that are wanted. The rest is not read and takes no
 * memory: a vmlinux with debug information is a hundred times the BTF in it.
 *
 * Anything unusual is no failure here: the file is then read whole, and whoever
 * reads it whole has the message.
 */
#define _GNU_SOURCE /* MAP_NORESERVE */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Address space, of which only what is read becomes memory. */
#define MAX_FILE_SIZE ((uint64_t)1 << 36)

struct reader {
	int fd;
	uint8_t *bytes;
	uint64_t size;
	uint64_t room; /* bytes that may still be read */
};

static bool read_range(struct reader *r, uint64_t offset, uint64_t size)
{
	ssize_t n;

	if (offset > r->size || size > r->size - offset || size > r->room)
		return false;
	r->room -= size;
	while (size) {
		n = pread(r->fd, r->bytes + offset, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		offset += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return true;
}

/* Which only edits look at, and say what is wrong with. */
static void read_segments(struct reader *r, const struct kbtf_elf_info *info,
			  const Elf64_Ehdr *ehdr, const Elf64_Shdr *first)
{
	uint64_t nr = ehdr->e_phnum == PN_XNUM ? first->sh_info : ehdr->e_phnum;

	if (nr)
		(void)read_range(r, ehdr->e_phoff, nr * kbtf_elf_phdr_size(info));
}

/* The headers and the section names; true where it is ELF that has them. */
static bool read_tables(struct reader *r)
{
	struct kbtf_elf_info info = { 0 };
	Elf64_Shdr first = { 0 }, names;
	uint64_t nr, size, shstrndx;
	Elf64_Ehdr ehdr;

	if (!read_range(r, 0, sizeof(Elf32_Ehdr)) || memcmp(r->bytes, ELFMAG, SELFMAG))
		return false;
	info.bits = r->bytes[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	info.big_endian = r->bytes[EI_DATA] == ELFDATA2MSB;
	if (!read_range(r, 0, kbtf_elf_ehdr_size(&info)))
		return false;
	kbtf_elf_read_ehdr(&info, r->bytes, &ehdr);
	size = kbtf_elf_shdr_size(&info);
	nr = ehdr.e_shnum;
	shstrndx = ehdr.e_shstrndx;
	if (!ehdr.e_shoff || !read_range(r, ehdr.e_shoff, size))
		return false;
	kbtf_elf_read_shdrs(&info, r->bytes + ehdr.e_shoff, 1, &first);
	read_segments(r, &info, &ehdr, &first);
	if (!nr)
		nr = first.sh_size;
	if (shstrndx == SHN_XINDEX)
		shstrndx = first.sh_link;
	if (nr > r->size / size || shstrndx >= nr || !read_range(r, ehdr.e_shoff, nr * size))
		return false;
	kbtf_elf_read_shdrs(&info, r->bytes + ehdr.e_shoff + shstrndx * size, 1, &names);
	return kbtf_elf_has_bytes(&names) && read_range(r, names.sh_offset, names.sh_size);
}

static bool read_sections(struct reader *r, const struct kbtf_elf *elf, kbtf_is_read_fn *is_read)
{
	const Elf64_Shdr *s;
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++) {
		s = &elf->shdrs[i];
		if (kbtf_elf_has_bytes(s) && is_read(kbtf_elf_name(elf, s)) &&
		    !read_range(r, s->sh_offset, s->sh_size))
			return false;
	}
	return true;
}

bool kbtf_is_btf_section(const char *name)
{
	return !strncmp(name, ".BTF", 4);
}

bool kbtf_read_parts(int fd, const struct kbtf_parts *parts, struct kbtf_file *file)
{
	struct reader r = { .fd = fd, .room = KBTF_FILE_MAX_BYTES };
	kbtf_is_read_fn *is_read = NULL;
	struct kbtf_elf elf;
	struct stat st;
	bool ok;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(Elf32_Ehdr) ||
	    (uint64_t)st.st_size > MAX_FILE_SIZE || (uint64_t)st.st_size > SIZE_MAX)
		return false;
	r.size = (uint64_t)st.st_size;
	r.bytes = mmap(NULL, r.size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r.bytes == MAP_FAILED)
		return false;
	ok = read_tables(&r) && !kbtf_elf_init(&elf, r.bytes, r.size, NULL);
	if (ok) {
		is_read = elf.info.type == ET_REL ? parts->of_relocatable : parts->of_linked;
#ifdef MADV_HUGEPAGE
		/* Which has most of what it has in sections that are read. */
		if (elf.info.type == ET_REL && is_read(".debug_info"))
			madvise(r.bytes, r.size, MADV_HUGEPAGE);
#endif
		ok = read_sections(&r, &elf, is_read);
		kbtf_elf_deinit(&elf);
	}
	if (!ok) {
		munmap(r.bytes, r.size);
		return false;
	}
	file->owned = r.bytes;
	file->bytes = r.bytes;
	file->size = r.size;
	file->is_read = is_read;
	return true;
}
