// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Bytes of a section, or of records of its symbols, overwritten in a plain ELF file on the disk. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"

static int write_at(int fd, const uint8_t *bytes, size_t size, uint64_t offset)
{
	ssize_t n;

	while (size) {
		n = pwrite(fd, bytes, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

/* Whether the file is of the size that it had when it was read. */
static int check_size(int fd, const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	struct stat st;

	if (fstat(fd, &st))
		return kbtf_fail(reterr, -errno, "file-write", "cannot stat: %s", strerror(errno));
	if ((uint64_t)st.st_size != file->size)
		return kbtf_fail(reterr, -EBUSY, "file-changed",
				 "it has %lld bytes, and had %zu when it was read",
				 (long long)st.st_size, file->size);
	return 0;
}

int kbtf_file_patch(const struct kbtf_file *file, uint32_t index, const void *bytes,
		    struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s;
	int fd, err;

	if (file->kind != KBTF_FILE_ELF || file->depth)
		return kbtf_file_fail_in(file,
					 kbtf_fail(reterr, -EINVAL, "patch-kind",
						   "%s: only plain ELF can be changed in place",
						   file->form),
					 reterr);
	s = &file->elf.shdrs[index];
	fd = open(file->label, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return kbtf_file_fail_in(
			file,
			kbtf_fail(reterr, -errno, "file-write", "cannot open: %s", strerror(errno)),
			reterr);
	err = check_size(fd, file, reterr);
	if (!err) {
		err = write_at(fd, bytes, s->sh_size, s->sh_offset);
		if (err)
			kbtf_fail(reterr, err, "file-write", "cannot write: %s", strerror(-err));
	}
	if (close(fd) && !err)
		err = kbtf_fail(reterr, -errno, "file-write", "cannot close: %s", strerror(errno));
	return err ? kbtf_file_fail_in(file, err, reterr) : 0;
}

int kbtf_file_patch_symbols(const struct kbtf_file *file, const struct kbtf_symbol *symbols,
			    size_t nr, struct kbtf_diag *reterr)
{
	uint32_t symtab = kbtf_elf_find_type(&file->elf, SHT_SYMTAB, 0);
	const Elf64_Shdr *s = &file->elf.shdrs[symtab];
	size_t size = kbtf_elf_sym_size(&file->elf.info), i;
	uint8_t *records;
	Elf64_Sym sym;
	int err;

	if (!nr)
		return 0;
	records = malloc(s->sh_size);
	if (!records)
		return kbtf_fail_nomem(reterr);
	memcpy(records, file->elf.bytes + s->sh_offset, s->sh_size);
	for (i = 0; i < nr; i++) {
		uint8_t *record = records + symbols[i].index * size;

		kbtf_elf_read_syms(&file->elf.info, record, 1, &sym);
		sym.st_value = symbols[i].offset;
		if (file->elf.info.type != ET_REL) /* values are addresses there */
			sym.st_value += file->elf.shdrs[symbols[i].section].sh_addr;
		sym.st_size = symbols[i].size;
		kbtf_elf_write_sym(&file->elf.info, &sym, record);
	}
	err = kbtf_file_patch(file, symtab, records, reterr);
	free(records);
	return err;
}
