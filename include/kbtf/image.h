/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_H
#define KBTF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/diag.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where BTF lives: raw files, ELF, kernel modules, kernel images, and the trees
 * that kernels are installed in. None of it looks inside BTF.
 */

/* ---- Reading ---------------------------------------------------------- */

/*
 * A file read whole into memory, with all its wrappers taken off. It never
 * changes, so any number of threads may read one at the same time. Whatever a
 * call returns is borrowed and lives as long as the file.
 */
struct kbtf_file;

/* Most bytes that a file, or what is unpacked out of one, may have. */
#define KBTF_FILE_MAX_BYTES ((size_t)1 << 30)
/* Wrappers in wrappers that are taken off: a gzipped EFI image of ... */
#define KBTF_FILE_MAX_DEPTH 4u

/* What is left when the wrappers are off. */
enum kbtf_file_kind {
	KBTF_FILE_BTF,	 /* raw BTF and nothing else */
	KBTF_FILE_ELF,	 /* vmlinux, a module, an object of BPF, any other ELF */
	KBTF_FILE_IMAGE, /* a kernel's memory image, such as arm64's: BTF has to be searched for */
};

enum kbtf_compression {
	KBTF_PLAIN,
	KBTF_GZIP,
	KBTF_BZIP2,
	KBTF_LZMA,
	KBTF_XZ,
	KBTF_LZO,
	KBTF_LZ4, /* the legacy frame, which kernels use */
	KBTF_ZSTD,
	KBTF_NR_COMPRESSIONS,
};

/*
 * Open the file at path. What it is shows in its bytes, never in its name:
 * raw BTF of either byte order; ELF of either class and byte order; both of
 * them compressed (gzip, bzip2, lzma, xz, lzop, legacy lz4, zstd) or in a tar archive, of
 * which the first file of BTF or ELF is taken; x86 bzImage;
 * arm64 Image; EFI zboot image; ARM zImage; s390 image. Files of /sys that tell
 * no size, or a wrong one, are read to their end.
 *
 * Returns 0; -EINVAL for bytes that contradict themselves (truncated,
 * overlapping, out of range); -EMEDIUMTYPE for a file of none of these kinds;
 * -EFBIG beyond KBTF_FILE_MAX_BYTES or KBTF_FILE_MAX_DEPTH; -EOPNOTSUPP where
 * this build lacks the library that unpacks it; -ENOMEM; or what open() and
 * read() said. Cost: the bytes read and unpacked.
 *
 * Source: Documentation/arch/x86/boot.rst; Documentation/arch/arm64/booting.rst;
 * drivers/firmware/efi/libstub/zboot-header.S; arch/arm/boot/compressed/head.S;
 * arch/s390/boot/head.S; System V ABI, chapter 4.
 */
int kbtf_file_open(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr);

/*
 * kbtf_file_open() of bytes in memory, which are borrowed and outlive the file.
 * Messages and kbtf_file_label() say label, which is copied.
 */
int kbtf_file_open_bytes(const void *bytes, size_t size, const char *label, struct kbtf_file **ret,
			 struct kbtf_diag *reterr);

/*
 * kbtf_file_open() for a file that is only read for its BTF, such as a base: of
 * plain ELF nothing else is read, which spares time and memory where debug
 * information is in it, and allows files of more than KBTF_FILE_MAX_BYTES.
 * All sections but .BTF* then have no bytes, and it cannot be edited.
 */
int kbtf_file_open_btf(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr);

/*
 * kbtf_file_open_btf() that reads the symbol table too: for what is done with .BTF_ids
 * of a vmlinux.
 */
int kbtf_file_open_ids(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr);

/* NULL is allowed. */
void kbtf_file_free(struct kbtf_file *file);

/* Object files that lie in one file. */
struct kbtf_objects {
	struct kbtf_file **files;
	size_t nr;
};

/*
 * Open the objects in the file at path: itself, where kbtf_file_open() can; the ELF
 * members of a static archive (ar), labelled `PATH(MEMBER)`; the object in a skeleton
 * header that `bpftool gen skeleton` made.
 *
 * ret goes to kbtf_objects_deinit(). Returns 0, also for an archive without any; -EINVAL
 * [archive], [skeleton]; or as kbtf_file_open().
 */
int kbtf_objects_open(const char *path, struct kbtf_objects *ret, struct kbtf_diag *reterr);
void kbtf_objects_deinit(struct kbtf_objects *objects);

/* The path or label that it was opened with. */
const char *kbtf_file_label(const struct kbtf_file *file);

enum kbtf_file_kind kbtf_file_kind(const struct kbtf_file *file);

/* In words, from the outside in: "x86 bzImage, zstd, ELF", "xz, ELF module". */
const char *kbtf_file_form(const struct kbtf_file *file);

/*
 * How the file as a whole is compressed: KBTF_XZ for a .ko.xz, KBTF_PLAIN for a
 * kernel image whose payload is compressed.
 */
enum kbtf_compression kbtf_file_compression(const struct kbtf_file *file);

/* "xz"; "plain" for KBTF_PLAIN. */
const char *kbtf_compression_name(enum kbtf_compression compression);

/*
 * Whether the file may be written again after its inside was changed: it is raw
 * BTF or ELF, read whole, as it is or under one layer of gzip, xz or zstd.
 */
bool kbtf_file_is_writable(const struct kbtf_file *file);

/* The bytes with all wrappers off; a module's signature is still there. */
const void *kbtf_file_bytes(const struct kbtf_file *file, size_t *ret_size);

/*
 * The BTF of the file: all of a raw file, the section .BTF of an ELF file, or
 * what was found in a kernel's memory image (header and sections exactly).
 *
 * Returns 0; -ENODATA where there is none; or as kbtf_file_find_section().
 */
int kbtf_file_btf(const struct kbtf_file *file, const void **ret, size_t *ret_size,
		  struct kbtf_diag *reterr);

/* ---- ELF -------------------------------------------------------------- */

struct kbtf_elf_info {
	unsigned int bits; /* 32 or 64 */
	bool big_endian;
	bool is_swapped;      /* not the byte order of the host */
	uint16_t type;	      /* ET_* */
	uint16_t machine;     /* EM_* */
	uint32_t nr_sections; /* with number 0; extended numbering is resolved */
	uint32_t nr_segments;
};

/* NULL where the file is not ELF. */
const struct kbtf_elf_info *kbtf_file_elf(const struct kbtf_file *file);

/* A section; numbers as in its header, in host byte order. */
struct kbtf_section {
	const char *name;
	uint32_t index;
	uint32_t type;	/* SHT_* */
	uint64_t flags; /* SHF_* */
	uint64_t addr;
	uint64_t offset; /* bytes from the start of kbtf_file_bytes() */
	uint64_t size;	 /* bytes */
	uint64_t align;
	uint64_t entry_size;
	uint32_t link, info;
	const void *data; /* NULL for SHT_NOBITS and SHT_NULL; no alignment is promised */
};

/* Section number index, below kbtf_elf_info.nr_sections; otherwise -ERANGE. */
int kbtf_file_section(const struct kbtf_file *file, uint32_t index, struct kbtf_section *ret);

/*
 * The first section of this name.
 *
 * Returns 0; -ENOENT where there is none or the file is not ELF; -EOPNOTSUPP
 * where it is compressed (SHF_COMPRESSED); -EINVAL where it has no bytes in the
 * file (SHT_NOBITS, as in the debug half of a split file) or they were not read.
 * Cost: linear in the sections.
 */
int kbtf_file_find_section(const struct kbtf_file *file, const char *name, struct kbtf_section *ret,
			   struct kbtf_diag *reterr);

/* Whether a section of this name is there, with or without bytes. */
bool kbtf_file_has_section(const struct kbtf_file *file, const char *name);

/* ---- Debug information ------------------------------------------------ */

/*
 * kbtf_file_open() for a file that is read for its debug information. Of plain ELF that
 * is linked, .debug_info is not read: kbtf_file_read() reads ranges of it, so that it never
 * has to be in memory as a whole. Of relocatable ELF relocations are not kept, but read when they
 * are applied. Sections that have nothing to do with it have no bytes, and the file may have more
 * than KBTF_FILE_MAX_BYTES.
 */
int kbtf_file_open_debug(const char *path, struct kbtf_file **ret, struct kbtf_diag *reterr);

/* Whether .debug_info is to be read by kbtf_file_read(). */
bool kbtf_file_is_partial(const struct kbtf_file *file);

/* Read size bytes at offset of such a file, on any thread. Returns 0, what the system said, or
 * -EIO where the file has become shorter. */
int kbtf_file_read(const struct kbtf_file *file, uint64_t offset, uint64_t size, void *to);

/*
 * The bytes of a debug section: unpacked where they are compressed, and with relocations
 * applied in relocatable files. *ret_owned goes to free(); NULL where the bytes are the
 * file's. All are NULL and 0 where there is no such section. To be asked for once: of a file
 * of kbtf_file_open_debug() the bytes are changed where they are.
 *
 * Returns 0; -EINVAL for sections that contradict themselves; -EOPNOTSUPP for
 * relocations or compression that are not known; -EFBIG; -ENOMEM.
 *
 * Source: System V ABI, chapter 4 (SHF_COMPRESSED) and the processor supplements.
 */
int kbtf_file_debug_section(const struct kbtf_file *file, const char *name, const uint8_t **ret,
			    uint64_t *ret_size, void **ret_owned, struct kbtf_diag *reterr);

/*
 * The address of a section. In relocatable files sections have none: there those with
 * SHF_ALLOC are thought to follow each other, from 64 KiB on; others have 0.
 */
uint64_t kbtf_file_section_addr(const struct kbtf_file *file, uint32_t index);

struct kbtf_symbol;

/*
 * Call fn for all symbols of .symtab in their order, until it returns other than 0, which is
 * then returned. Their values are addresses, as kbtf_file_section_addr() counts; their
 * offsets are not filled in, nor is it checked that they are in their sections.
 */
int kbtf_file_walk_symbols(const struct kbtf_file *file,
			   int (*fn)(void *ctx, const struct kbtf_symbol *symbol), void *ctx,
			   struct kbtf_diag *reterr);

struct kbtf_symbol {
	const char *name;
	uint32_t index;	  /* in .symtab */
	uint32_t section; /* index; 0 for a symbol that is in no section */
	uint8_t info;	  /* ELF*_ST_INFO */
	uint64_t value;	  /* as stored */
	uint64_t offset;  /* bytes from the start of its section, relocatable file or not */
	uint64_t size;	  /* bytes */
};

/*
 * The symbols of .symtab whose name starts with prefix, in the order of the
 * table. *ret is the caller's and goes to free(); names are borrowed. A file
 * without a symbol table has none: that is no error.
 *
 * Returns 0, -EINVAL for a symbol table that contradicts itself, or -ENOMEM.
 * Cost: linear in all symbols.
 */
int kbtf_file_find_symbols(const struct kbtf_file *file, const char *prefix,
			   struct kbtf_symbol **ret, size_t *ret_nr, struct kbtf_diag *reterr);

/* The symbols of .symtab that lie in the section of this number. As kbtf_file_find_symbols(). */
int kbtf_file_section_symbols(const struct kbtf_file *file, uint32_t section,
			      struct kbtf_symbol **ret, size_t *ret_nr, struct kbtf_diag *reterr);

/* ---- Kernel modules --------------------------------------------------- */

/* Whether it is a kernel module: relocatable ELF with .modinfo and .gnu.linkonce.this_module. */
bool kbtf_file_is_module(const struct kbtf_file *file);

/* The value of the first `key=value` of .modinfo, such as "name" or "vermagic"; NULL if none. */
const char *kbtf_file_modinfo(const struct kbtf_file *file, const char *key);

/*
 * The signature at the end of a module, with all that belongs to it.
 *
 *   ELF | [signer | key id |] PKCS#7 | struct module_signature | "~Module signature appended~\n"
 *
 * Source: include/linux/module_signature.h; scripts/sign-file.c.
 */
struct kbtf_signature {
	size_t offset;	   /* where ELF ends; bytes from the start of kbtf_file_bytes() */
	size_t size;	   /* all bytes from there on */
	uint8_t id_type;   /* 2 is PKCS#7 */
	uint32_t sig_size; /* bytes of the signature proper */
};

/* NULL where the file is not signed. A file signed twice shows both as one. */
const struct kbtf_signature *kbtf_file_signature(const struct kbtf_file *file);

/* ---- Writing ---------------------------------------------------------- */

/*
 * One change to the sections of an ELF file. With bytes the section of that
 * name gets them (the first, if there are several), and is made where there is none;
 * without bytes (data NULL) all of that name go.
 */
struct kbtf_section_edit {
	const char *name;
	const void *data; /* borrowed; NULL removes the section */
	size_t size;	  /* bytes */
	uint64_t align;	  /* at least so much, a power of two; 0 is 1 */
	const char *like; /* a new section gets the flags of this one; may be NULL: no flags */
};

/*
 * Make the bytes of an ELF file with some sections changed. All other sections
 * keep their bytes, header fields (but for the offset), numbers and order, so
 * that symbols and relocations stay right. In a file without program headers,
 * such as a module, what follows a changed section moves. In a file with
 * program headers, such as vmlinux, nothing that a segment covers moves.
 *
 * A signature is left out, with anything else that no header leads to. Without
 * edits that is all that happens.
 *
 * A section that is removed leaves an inactive header (SHT_NULL) behind, unless
 * it was the last one. A name is added to the section name table only if it is
 * not there yet, so doing an edit again after undoing it makes the file no longer.
 *
 * *ret is the caller's and goes to free(). Returns 0; -EINVAL where the file is
 * not ELF or an edit is not valid; -EBUSY where the section cannot go because
 * something refers to it; -ETXTBSY where it lies in a segment and would change
 * its size; -EFBIG; or -ENOMEM. Cost: the bytes moved.
 */
int kbtf_file_edit(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
		   size_t nr_edits, void **ret, size_t *ret_size, struct kbtf_diag *reterr);

/*
 * kbtf_file_edit() and kbtf_save() in one, over the plain ELF file that this was opened from, by
 * whichever call: what stays where it is is copied by the system, so that neither memory nor
 * KBTF_FILE_MAX_BYTES have to do with the size of the file. Sections cannot be removed.
 *
 * *ret_size is the file's new size. Returns 0; what the two say; -EINVAL for a file that is not
 * plain ELF, or is signed [patch-kind]; -EBUSY where it has changed since [file-changed]. On
 * failure the file is as it was.
 */
int kbtf_file_edit_save(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
			size_t nr_edits, unsigned int flags, uint64_t *ret_size,
			struct kbtf_diag *reterr);

/*
 * Compress bytes as a kernel can read them: xz as `xz --check=crc32
 * --lzma2=dict=1MiB`, gzip as `gzip -n`, zstd as `zstd`. KBTF_PLAIN copies.
 * The same bytes always come out the same.
 *
 * *ret is the caller's and goes to free(). Returns 0; -EOPNOTSUPP for a form
 * that modules do not come in, or where this build lacks the library; -ENOMEM.
 *
 * Source: scripts/Makefile.modinst.
 */
int kbtf_compress(enum kbtf_compression compression, const void *bytes, size_t size, void **ret,
		  size_t *ret_size, struct kbtf_diag *reterr);

/*
 * Overwrite the bytes of a section in the plain ELF file that this was opened from, by as
 * many others: for a file so large that kbtf_file_edit() and kbtf_save() are too much for a few
 * bytes. Not all or nothing; nor is a signature taken off. file goes on saying what it said.
 *
 * Returns 0; -EINVAL for a file that is not plain ELF; -EBUSY where its size has changed
 * since; or what the system said.
 */
int kbtf_file_patch(const struct kbtf_file *file, uint32_t index, const void *bytes,
		    struct kbtf_diag *reterr);

/*
 * Likewise of symbols, that kbtf_file_section_symbols() gave, the value and the size: to
 * what their offset and size are now. They have to be in the sections that they were in.
 */
int kbtf_file_patch_symbols(const struct kbtf_file *file, const struct kbtf_symbol *symbols,
			    size_t nr, struct kbtf_diag *reterr);

enum kbtf_save_flags {
	/* Wait until the bytes are on the disk before the old file goes. */
	KBTF_SAVE_SYNC = 1 << 0,
	/* Fail with -EEXIST where the file is there already. */
	KBTF_SAVE_NEW = 1 << 1,
};

/*
 * Write a file, all or nothing: the bytes go to a temporary file beside it,
 * named .NAME.kbtf-XXXXXX, which then takes its place. Killed in between, that
 * file is left over and no tool takes it for a module.
 *
 * A file that is replaced hands on its mode, owner and extended attributes as
 * far as this process may set them (not those that are hashes of its bytes);
 * its time is now, and it is no longer one with its hard links. A symbolic link
 * stays and the file that it leads to is replaced. A new file takes
 * the mode of the file like, where that is not NULL, or else the default one. To a
 * pipe or character device the bytes are written as they are.
 *
 * Returns 0 or what the system said. On failure the file is as it was.
 */
int kbtf_save(const char *path, const void *bytes, size_t size, const char *like,
	      unsigned int flags, struct kbtf_diag *reterr);

/* Whether this name (without a directory) is one of kbtf_save()'s temporary files. */
bool kbtf_save_is_temp_name(const char *name);

/* ---- Installed kernels ------------------------------------------------ */

/*
 * Open the file that holds the BTF of an installed kernel. root is the top of
 * the tree that it is installed in, NULL or "/" for the system itself, where
 * the BTF of the running kernel is taken from /sys. The first of these that is
 * there and has BTF:
 *
 *   /sys/kernel/btf/vmlinux (of the running kernel only), /boot/vmlinux-R,
 *   /usr/lib/debug/boot/vmlinux-R, /usr/lib/debug/lib/modules/R/vmlinux,
 *   /lib/modules/R/vmlinux, /lib/modules/R/build/vmlinux, then compressed
 *   ones: /boot/vmlinuz-R, /lib/modules/R/vmlinuz and others.
 *
 * Returns 0, or -ENOENT with a message that lists what was tried, and why what
 * was there did not do. Symbolic links that lead out of root are not followed.
 *
 * Source: libbpf's btf__load_vmlinux_btf().
 */
int kbtf_kernel_open(const char *root, const char *release, struct kbtf_file **ret,
		     struct kbtf_diag *reterr);

/* Paths of files. */
struct kbtf_paths {
	char **paths;
	size_t nr;
};
void kbtf_paths_deinit(struct kbtf_paths *paths);

/*
 * The paths that kbtf_kernel_open() would try, in its order, whether anything is there or
 * not. What it gives can only change when one of them does.
 *
 * ret is the caller's and goes to kbtf_paths_deinit(). Returns 0, -EINVAL for what is no
 * release, or -ENOMEM.
 */
int kbtf_kernel_places(const char *root, const char *release, struct kbtf_paths *ret,
		       struct kbtf_diag *reterr);

/*
 * The directory of an installed kernel's modules: /lib/modules/R or
 * /usr/lib/modules/R under root. *ret is the caller's and goes to free().
 * Returns 0, -ENOENT or -ENOMEM.
 */
int kbtf_kernel_module_dir(const char *root, const char *release, char **ret,
			   struct kbtf_diag *reterr);

/*
 * The directory that external modules are built with for an installed kernel, its headers or
 * its source: where the link `build` in the directory of its modules leads; within root, also
 * where the link is absolute. *ret is the caller's and goes to free().
 * Returns 0; -ENOENT where there is none, or no Makefile in it [no-headers]; -EXDEV where it
 * leads out of root [kernel-root]; or -ENOMEM.
 */
int kbtf_kernel_build_dir(const char *root, const char *release, char **ret,
			  struct kbtf_diag *reterr);

/*
 * The releases that have a directory of modules under root, sorted by strcmp().
 * ret is the caller's and goes to kbtf_paths_deinit(). Returns 0, also where there are none;
 * or -ENOMEM.
 */
int kbtf_kernel_releases(const char *root, struct kbtf_paths *ret, struct kbtf_diag *reterr);

enum kbtf_list_flags {
	/* All regular files, not only those named *.ko, *.ko.gz, *.ko.xz, *.ko.zst. */
	KBTF_LIST_ALL_FILES = 1 << 0,
	/* Also symbolic links to files, such as those in weak-updates/. */
	KBTF_LIST_LINKS = 1 << 1,
	/* Also the directories that were looked into, with a '/' at their end. */
	KBTF_LIST_DIRECTORIES = 1 << 2,
};

/*
 * List the module files in a directory and all below it, sorted by strcmp() of
 * their paths. Where path is a file, the list is that file. Symbolic links to
 * directories below path are not followed, so this ends. kbtf_save()'s
 * temporary files are left out. Each path starts with the one that was asked about.
 *
 * ret is the caller's and goes to kbtf_paths_deinit(). Returns 0 or what the
 * system said.
 */
int kbtf_paths_list(const char *path, unsigned int flags, struct kbtf_paths *ret,
		    struct kbtf_diag *reterr);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
