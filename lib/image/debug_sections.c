// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Debug sections as a reader of DWARF wants them: unpacked [unpack], and with relocations
 * applied [relocations.c].
 *
 * Source: System V ABI, chapter 4, and the supplements for processors.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "file.h"
#include "late.h"
#if HAVE_ZLIB
#include <zlib.h>
#endif

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

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
	uint8_t *made;
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
	made = malloc(p.size ? p.size : 1);
	if (!made)
		return kbtf_fail_nomem(reterr);
	if (!fn(&p, made)) {
		free(made);
		return kbtf_fail(reterr, -EINVAL, "section-packed",
				 "section %s cannot be unpacked to %" PRIu64 " bytes", name,
				 p.size);
	}
	*ret = made;
	*ret_size = p.size;
	return 0;
}

/* ---- Sections --------------------------------------------------------- */

static int read_section(const struct kbtf_file *file, const char *name, uint32_t index,
			const uint8_t **ret, uint64_t *ret_size, void **ret_owned,
			struct kbtf_diag *reterr)
{
	const struct kbtf_elf *elf = &file->elf;
	const Elf64_Shdr *s = &elf->shdrs[index];
	uint32_t relocations = kbtf_elf_relocations(elf, index);
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
		err = kbtf_file_relocate(file, name, relocations, to, *ret_size, reterr);
	if (err) {
		free(own);
		return err;
	}
	*ret_owned = own;
	*ret = own ? own : *ret;
	return 0;
}

/* All sections of a name, one after the other: compilers give each type unit one of its own. */
static int read_sections(const struct kbtf_file *file, const char *name, uint32_t first,
			 const uint8_t **ret, uint64_t *ret_size, void **ret_owned,
			 struct kbtf_diag *reterr)
{
	struct kbtf_buf all = { 0 };
	uint32_t index;
	int err = 0;

	for (index = first; index && !err; index = kbtf_elf_find_next(&file->elf, name, index)) {
		const uint8_t *bytes;
		uint64_t size;
		void *owned;

		if (!kbtf_elf_has_bytes(&file->elf.shdrs[index]))
			continue;
		err = read_section(file, name, index, &bytes, &size, &owned, reterr);
		if (err)
			break;
		if (kbtf_buf_append(&all, bytes, size))
			err = kbtf_fail_nomem(reterr);
		free(owned);
	}
	if (err) {
		kbtf_buf_deinit(&all);
		return err;
	}
	*ret_size = all.size;
	*ret = *ret_owned = kbtf_buf_steal(&all, NULL);
	return 0;
}

int kbtf_file_debug_section(const struct kbtf_file *file, const char *name, const uint8_t **ret,
			    uint64_t *ret_size, void **ret_owned, struct kbtf_diag *reterr)
{
	uint32_t index = file->kind == KBTF_FILE_ELF ? kbtf_elf_find(&file->elf, name) : 0;
	bool has_more = index && kbtf_elf_find_next(&file->elf, name, index);
	int err;

	*ret_owned = NULL;
	*ret = NULL;
	*ret_size = 0;
	if (!index || (!has_more && !kbtf_elf_has_bytes(&file->elf.shdrs[index])))
		return 0;
	err = has_more ? read_sections(file, name, index, ret, ret_size, ret_owned, reterr)
		       : read_section(file, name, index, ret, ret_size, ret_owned, reterr);
	if (err) {
		*ret = NULL;
		*ret_size = 0;
		*ret_owned = NULL;
		return kbtf_file_fail_in(file, err, reterr);
	}
	return 0;
}
