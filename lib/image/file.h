/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_FILE_H
#define KBTF_IMAGE_FILE_H

#include "buf.h"
#include "elf_view.h"

/* Most bytes that are made out of a file, by unpacking or by editing. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define KBTF_MAX_MADE_BYTES ((size_t)4 << 20)
#else
#define KBTF_MAX_MADE_BYTES KBTF_FILE_MAX_BYTES
#endif

/* Whether a section of this name is read, where not all of a file is. */
typedef bool kbtf_is_read_fn(const char *name);

struct kbtf_file {
	char *label;
	uint8_t *owned;	      /* the allocation that bytes lies in; NULL where that is borrowed */
	const uint8_t *bytes; /* wrappers off, signature still there */
	size_t size;
	enum kbtf_file_kind kind;
	enum kbtf_compression compression; /* of the outermost layer */
	unsigned int depth;		   /* layers taken off */
	char form[96];
	struct kbtf_elf elf;		 /* KBTF_FILE_ELF */
	struct kbtf_signature signature; /* size 0: not signed */
	bool is_module;
	/* Of which sections there are bytes, and owned is of mmap(); NULL: of all. */
	kbtf_is_read_fn *is_read;
	bool is_scratch;    /* owned may be written to: relocations are applied where they belong */
	bool is_partial;    /* ranges of .debug_info are to be read */
	int fd;		    /* of kbtf_file_open_debug(), plus 1; 0: none */
	uint64_t *addrs;    /* of sections */
	const uint8_t *btf; /* KBTF_FILE_BTF, KBTF_FILE_IMAGE: NULL where there is none */
	size_t btf_size;
};

/* file.c: read a file whole; what was read so far is in out also on failure. */
int kbtf_read_path(const char *path, struct kbtf_buf *out, struct kbtf_diag *reterr);

/* file.c: put the file's label in front of a diagnosis. Returns err. */
int kbtf_file_fail_in(const struct kbtf_file *file, int err, struct kbtf_diag *reterr);

/* modsig.c: find the signature at the end of bytes; ret->size is 0 where there is none. -EINVAL. */
int kbtf_signature_find(const uint8_t *bytes, size_t size, struct kbtf_signature *ret,
			struct kbtf_diag *reterr);

/* Which sections are read of linked files, and which of relocatable ones. */
struct kbtf_parts {
	kbtf_is_read_fn *of_linked, *of_relocatable;
};

/*
 * read_btf.c: memory of the file's size that has the tables of plain ELF and the
 * bytes of some sections: owned, bytes, size and is_read of file. False where it has to be read
 * whole.
 */
bool kbtf_read_parts(int fd, const struct kbtf_parts *parts, struct kbtf_file *file);
/* Those whose names begin with .BTF. */
bool kbtf_is_btf_section(const char *name);

/* file.c: whether the bytes of a section were read. */
bool kbtf_file_has_bytes(const struct kbtf_file *file, const Elf64_Shdr *shdr);

/* relocations.c: fill file->addrs. -ENOMEM. */
int kbtf_file_place_sections(struct kbtf_file *file);
/* The section that has the relocations of another one; 0 where it has none. */
uint32_t kbtf_elf_relocations(const struct kbtf_elf *elf, uint32_t section);
/* Apply them to the bytes of a section. -EINVAL, -EOPNOTSUPP, -ENOMEM, or what reading said. */
int kbtf_file_relocate(const struct kbtf_file *file, const char *name, uint32_t relocations,
		       uint8_t *to, uint64_t size, struct kbtf_diag *reterr);

/*
 * peel.c: take the wrappers off file->bytes and see what is left: bytes, size,
 * kind, compression, depth, form, and btf of all but ELF.
 */
int kbtf_file_peel(struct kbtf_file *file, struct kbtf_diag *reterr);

#endif
