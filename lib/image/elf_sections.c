// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What callers ask of an ELF file: its sections, by number and by name, and .modinfo. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "file.h"

const struct kbtf_elf_info *kbtf_file_elf(const struct kbtf_file *file)
{
	return file->kind == KBTF_FILE_ELF ? &file->elf.info : NULL;
}

int kbtf_file_section(const struct kbtf_file *file, uint32_t index, struct kbtf_section *ret)
{
	const struct kbtf_elf *elf = &file->elf;
	const Elf64_Shdr *s;

	if (index >= elf->info.nr_sections)
		return -ERANGE;
	s = &elf->shdrs[index];
	*ret = (struct kbtf_section){
		.name = index ? kbtf_elf_name(elf, s) : "",
		.index = index,
		.type = s->sh_type,
		.flags = s->sh_flags,
		.addr = s->sh_addr,
		.offset = s->sh_offset,
		.size = s->sh_size,
		.align = s->sh_addralign,
		.entry_size = s->sh_entsize,
		.link = s->sh_link,
		.info = s->sh_info,
		.data = index && kbtf_elf_has_bytes(s) ? elf->bytes + s->sh_offset : NULL,
	};
	if (file->is_read && !file->is_read(ret->name))
		ret->data = NULL;
	return 0;
}

bool kbtf_file_has_section(const struct kbtf_file *file, const char *name)
{
	return kbtf_elf_find(&file->elf, name);
}

int kbtf_file_find_section(const struct kbtf_file *file, const char *name, struct kbtf_section *ret,
			   struct kbtf_diag *reterr)
{
	uint32_t index = kbtf_elf_find(&file->elf, name);
	const Elf64_Shdr *s;
	int err;

	if (file->kind != KBTF_FILE_ELF)
		err = kbtf_fail(reterr, -ENOENT, "no-section", "no section %s: this is no ELF file",
				name);
	else if (!index)
		err = kbtf_fail(reterr, -ENOENT, "no-section", "no section %s", name);
	else
		err = 0;
	if (err)
		return kbtf_file_fail_in(file, err, reterr);
	s = &file->elf.shdrs[index];
	if (s->sh_flags & SHF_COMPRESSED)
		err = kbtf_fail(reterr, -EOPNOTSUPP, "section-compressed",
				"section %s is compressed inside ELF (SHF_COMPRESSED), which "
				"kernels do not read either",
				name);
	else if (s->sh_type == SHT_NOBITS)
		err = kbtf_fail(reterr, -EINVAL, "section-without-bytes",
				"section %s has no bytes in this file (SHT_NOBITS): this may be "
				"the debug half of a split file",
				name);
	else if (file->is_read && !file->is_read(name))
		err = kbtf_fail(
			reterr, -EINVAL, "section-not-read",
			"section %s was not read: the file was opened for some of its sections",
			name);
	if (err)
		return kbtf_file_fail_in(file, err, reterr);
	return kbtf_file_section(file, index, ret);
}

uint32_t kbtf_elf_find_type(const struct kbtf_elf *elf, uint32_t type, uint32_t link)
{
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++)
		if (elf->shdrs[i].sh_type == type && (!link || elf->shdrs[i].sh_link == link))
			return i;
	return 0;
}

bool kbtf_file_is_module(const struct kbtf_file *file)
{
	return file->is_module;
}

const char *kbtf_file_modinfo(const struct kbtf_file *file, const char *key)
{
	size_t key_len = strlen(key);
	const char *at, *end, *stop;
	struct kbtf_section modinfo;

	if (kbtf_file_find_section(file, ".modinfo", &modinfo, NULL) || !modinfo.data)
		return NULL;
	end = (const char *)modinfo.data + modinfo.size;
	for (at = modinfo.data; at < end; at = stop + 1) {
		stop = memchr(at, '\0', (size_t)(end - at));
		if (!stop) /* the last entry has no end: nothing to borrow */
			return NULL;
		if ((size_t)(stop - at) > key_len && !memcmp(at, key, key_len) &&
		    at[key_len] == '=')
			return at + key_len + 1;
	}
	return NULL;
}
