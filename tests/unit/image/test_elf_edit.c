// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sections replaced, added and removed: what changes, and that nothing else does. */
#include <stdio.h>
#include <sys/stat.h>

#include "image_test.h"
#include "temp_dir.h"

/*
 * [1] .text  [2] .BTF  [3] .data  [4] .rela.data (of [3])  [5] .symtab  [6] .strtab
 * [7] .bss, then the section names. One symbol is in .data.
 */
#define NR_SECTIONS 7u

static struct made_elf make_relocatable(const struct elf_sort *sort, bool extended)
{
	size_t entry = sort->bits == 64 ? 24 : 16;
	uint8_t symtab[48] = { 0 };
	const struct make_section sections[] = {
		{ ".text", .flags = SHF_ALLOC | SHF_EXECINSTR, .align = 16, .data = "some code",
		  .size = 9 },
		{ ".BTF", .align = 1, .data = "btf bytes", .size = 9 },
		{ ".data", .flags = SHF_ALLOC | SHF_WRITE, .align = 32, .data = "data", .size = 4 },
		{ ".rela.data", .type = SHT_RELA, .flags = SHF_INFO_LINK, .align = 8,
		  .data = "twenty-four bytes of it", .size = 24, .entsize = 24, .link = 5,
		  .info = 3 },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .data = symtab, .size = 2 * entry,
		  .entsize = entry, .link = 6, .info = 1 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = "\0symbol", .size = 8 },
		{ ".bss", .type = SHT_NOBITS, .flags = SHF_ALLOC | SHF_WRITE, .align = 32,
		  .size = 4096 },
	};
	const struct make_elf spec = { .bits = sort->bits,
				       .big_endian = sort->big_endian,
				       .type = ET_REL,
				       .sections = sections,
				       .nr_sections = NR_SECTIONS,
				       .extended = extended };

	put_symbol(symtab + entry, sort->bits, sort->big_endian, 1, 3, 0, 4);
	return make_elf(&spec);
}

static bool removes(const struct kbtf_section_edit *edits, size_t nr_edits)
{
	while (nr_edits--)
		if (!edits[nr_edits].data)
			return true;
	return false;
}

/* The same edits of a file on the disk, of which little is read, make the same bytes. */
static void assert_saved(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
			 size_t nr_edits, const void *expected, size_t expected_size)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *on_disk;
	char got[700] = "", *saved;
	const void *bytes;
	uint64_t told = 0;
	struct stat st;
	size_t size;

	if (removes(edits, nr_edits) || kbtf_file_signature(file))
		return;
	bytes = kbtf_file_bytes(file, &size);
	make_file("edited", bytes, size);
	assert_int_equal(chmod("edited", 0640), 0);
	assert_int_equal(kbtf_file_open_btf("edited", &on_disk, NULL), 0);
	if (kbtf_file_edit_save(on_disk, edits, nr_edits, 0, &told, &diag))
		kbtf_diag_format(&diag, got, sizeof(got));
	assert_string_equal(got, "");
	kbtf_file_free(on_disk);
	saved = slurp("edited", &size);
	assert_int_equal(size, expected_size);
	assert_int_equal(told, expected_size);
	assert_memory_equal(saved, expected, size);
	free(saved);
	assert_int_equal(stat("edited", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(nr_names("."), 1);
}

static struct kbtf_file *edit(struct kbtf_file *file, const struct kbtf_section_edit *edits,
			      size_t nr_edits, void **ret)
{
	struct kbtf_diag diag = { 0 };
	char got[700] = "";
	size_t size = 0;

	if (kbtf_file_edit(file, edits, nr_edits, ret, &size, &diag))
		kbtf_diag_format(&diag, got, sizeof(got));
	assert_string_equal(got, "");
	assert_saved(file, edits, nr_edits, *ret, size);
	return open_bytes(*ret, size);
}

/* All of the sections of one file but some are in the other one, the same but for their place. */
static void assert_kept(const struct kbtf_file *before, const struct kbtf_file *after,
			const char *but, const char *but2)
{
	struct kbtf_section was, is;
	uint32_t i;

	for (i = 0; i < kbtf_file_elf(before)->nr_sections; i++) {
		assert_int_equal(kbtf_file_section(before, i, &was), 0);
		assert_int_equal(kbtf_file_section(after, i, &is), 0);
		if (!strcmp(was.name, but) || !strcmp(was.name, but2))
			continue;
		assert_string_equal(is.name, was.name);
		assert_int_equal(is.type, was.type);
		assert_int_equal(is.flags, was.flags);
		assert_int_equal(is.addr, was.addr);
		assert_int_equal(is.align, was.align);
		assert_int_equal(is.entry_size, was.entry_size);
		assert_int_equal(is.link, was.link);
		assert_int_equal(is.info, was.info);
		if (strcmp(was.name, ".shstrtab")) {
			assert_int_equal(is.size, i ? was.size : is.size);
			if (was.data)
				assert_memory_equal(is.data, was.data, was.size);
		}
		if (is.align > 1 && is.data)
			assert_int_equal(is.offset % is.align, 0);
	}
}

static void assert_section(const struct kbtf_file *file, const char *name, const void *data,
			   size_t size, uint64_t align)
{
	struct kbtf_section section;

	assert_int_equal(kbtf_file_find_section(file, name, &section, NULL), 0);
	assert_int_equal(section.size, size);
	assert_memory_equal(section.data, data, size);
	assert_int_equal(section.align, align);
	assert_int_equal(section.offset % align, 0);
}

static void test_no_edit_changes_nothing(void **state)
{
	struct made_elf elf;
	struct kbtf_file *file;
	size_t i, size;
	void *bytes;

	(void)state;
	for (i = 0; i < 8; i++) {
		elf = make_relocatable(&elf_sorts[i % 4], i & 4);
		file = open_bytes(elf.bytes, elf.size);
		assert_int_equal(kbtf_file_edit(file, NULL, 0, &bytes, &size, NULL), 0);
		if (!(i & 4)) { /* extended numbering that is not needed goes */
			assert_int_equal(size, elf.size);
			assert_memory_equal(bytes, elf.bytes, size);
		}
		free(bytes);
		kbtf_file_free(file);
		free(elf.bytes);
	}
}

static void test_replace_and_add(void **state)
{
	static const char longer[] = "these are many more bytes of BTF than before";
	const struct kbtf_section_edit edits[] = {
		{ .name = ".BTF", .data = longer, .size = sizeof(longer), .align = 4 },
		{ .name = ".BTF.base", .data = "base", .size = 4, .align = 4, .like = ".BTF" },
		{ .name = ".empty", .data = "", .size = 0, .like = ".data" },
	};
	struct kbtf_file *file, *edited;
	struct kbtf_section section;
	struct made_elf elf;
	void *bytes;
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		elf = make_relocatable(&elf_sorts[i % 4], i & 4);
		file = open_bytes(elf.bytes, elf.size);
		edited = edit(file, edits, 3, &bytes);
		assert_int_equal(kbtf_file_elf(edited)->nr_sections, NR_SECTIONS + 4);
		assert_kept(file, edited, ".BTF", "");
		assert_section(edited, ".BTF", longer, sizeof(longer), 4);
		assert_section(edited, ".BTF.base", "base", 4, 4);
		assert_int_equal(kbtf_file_find_section(edited, ".empty", &section, NULL), 0);
		assert_int_equal(section.size, 0);
		assert_int_equal(section.flags, SHF_ALLOC | SHF_WRITE);
		assert_int_equal(section.index, NR_SECTIONS + 3);
		/* what lies before the change has not moved, and the ELF header says the same */
		assert_memory_equal((uint8_t *)bytes, elf.bytes, 32);
		kbtf_file_free(edited);
		kbtf_file_free(file);
		free(bytes);
		free(elf.bytes);
	}
}

static void test_shorter(void **state)
{
	const struct kbtf_section_edit edits[] = { { .name = ".BTF", .data = "b", .size = 1 } };
	struct made_elf elf = make_relocatable(&elf_sorts[0], false);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size), *edited;
	void *bytes;

	(void)state;
	edited = edit(file, edits, 1, &bytes);
	assert_kept(file, edited, ".BTF", "");
	assert_section(edited, ".BTF", "b", 1, 1);
	kbtf_file_free(edited);
	kbtf_file_free(file);
	free(bytes);
	free(elf.bytes);
}

/* Edits done, undone and done again: after the first time even the names are the same. */
static void test_undo(void **state)
{
	const struct kbtf_section_edit edits[] = {
		{ .name = ".BTF", .data = "longer btf bytes", .size = 16 },
		{ .name = ".BTF.base", .data = "base", .size = 4, .align = 4 },
	}, undo[] = {
		{ .name = ".BTF", .data = "btf bytes", .size = 9 },
		{ .name = ".BTF.base" },
		{ .name = ".never.there" },
	};
	struct made_elf elf = make_relocatable(&elf_sorts[0], false);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size), *done, *undone, *again;
	void *bytes_done, *bytes_undone, *bytes_again;
	size_t size_done, size_again;

	(void)state;
	done = edit(file, edits, 2, &bytes_done);
	undone = edit(done, undo, 3, &bytes_undone);
	assert_int_equal(kbtf_file_elf(undone)->nr_sections, NR_SECTIONS + 2);
	assert_false(kbtf_file_has_section(undone, ".BTF.base"));
	assert_kept(file, undone, "", "");
	again = edit(undone, edits, 2, &bytes_again);
	kbtf_file_bytes(done, &size_done);
	kbtf_file_bytes(again, &size_again);
	assert_int_equal(size_again, size_done);
	assert_memory_equal(bytes_again, bytes_done, size_done);
	kbtf_file_free(file);
	kbtf_file_free(done);
	kbtf_file_free(undone);
	kbtf_file_free(again);
	free(bytes_done);
	free(bytes_undone);
	free(bytes_again);
	free(elf.bytes);
}

/* A section in the middle goes: others keep their numbers, since symbols say numbers. */
static void test_remove_in_the_middle(void **state)
{
	const struct kbtf_section_edit edits[] = { { .name = ".BTF" } };
	struct kbtf_file *file, *edited;
	struct kbtf_section section;
	struct made_elf elf;
	void *bytes;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		elf = make_relocatable(&elf_sorts[i], false);
		file = open_bytes(elf.bytes, elf.size);
		edited = edit(file, edits, 1, &bytes);
		assert_kept(file, edited, ".BTF", "");
		assert_false(kbtf_file_has_section(edited, ".BTF"));
		assert_int_equal(kbtf_file_section(edited, 2, &section), 0);
		assert_int_equal(section.type, SHT_NULL);
		assert_int_equal(section.size, 0);
		kbtf_file_free(edited);
		kbtf_file_free(file);
		free(bytes);
		free(elf.bytes);
	}
}

/* Several of one name: all of them go, the first one is replaced. */
static void test_same_name(void **state)
{
	const struct make_section sections[] = { { ".BTF", .align = 1, .data = "one", .size = 3 },
						 { ".text", .data = "code", .size = 4 },
						 { ".BTF", .data = "two", .size = 3 } };
	const struct make_elf spec = {
		.bits = 64, .type = ET_REL, .sections = sections, .nr_sections = 3
	};
	const struct kbtf_section_edit set = { .name = ".BTF", .data = "new", .size = 3 };
	const struct kbtf_section_edit drop = { .name = ".BTF" };
	struct made_elf elf = make_elf(&spec);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size), *edited;
	struct kbtf_section section;
	void *bytes;

	(void)state;
	edited = edit(file, &set, 1, &bytes);
	assert_section(edited, ".BTF", "new", 3, 1);
	assert_int_equal(kbtf_file_section(edited, 3, &section), 0);
	assert_memory_equal(section.data, "two", 3);
	kbtf_file_free(edited);
	free(bytes);
	edited = edit(file, &drop, 1, &bytes);
	assert_false(kbtf_file_has_section(edited, ".BTF"));
	assert_kept(file, edited, ".BTF", "");
	kbtf_file_free(edited);
	free(bytes);
	kbtf_file_free(file);
	free(elf.bytes);
}

static void assert_edit_refused(const struct made_elf *elf, const struct kbtf_section_edit *edits,
				size_t nr_edits, int err, const char *line)
{
	struct kbtf_file *file = open_bytes(elf->bytes, elf->size);
	struct kbtf_diag diag = { 0 };
	void *bytes = NULL;
	size_t size;

	assert_int_equal(kbtf_file_edit(file, edits, nr_edits, &bytes, &size, &diag), err);
	assert_diag(&diag, err, line);
	assert_null(bytes);
	kbtf_file_free(file);
}

static void test_refused(void **state)
{
	static const struct {
		struct kbtf_section_edit edit;
		int err;
		const char *line;
	} cases[] = {
		{ { .name = ".shstrtab" },
		  -EBUSY,
		  "f: section .shstrtab has the section names and cannot go [edit-referenced]" },
		{ { .name = ".shstrtab", .data = "x", .size = 1 },
		  -EINVAL,
		  "f: section .shstrtab has the section names and cannot be replaced "
		  "[edit-section]" },
		{ { .name = ".strtab" },
		  -EBUSY,
		  "f: section .strtab cannot go: section [5] .symtab refers to it "
		  "[edit-referenced]" },
		{ { .name = ".data" },
		  -EBUSY,
		  "f: section .data cannot go: section [4] .rela.data refers to it "
		  "[edit-referenced]" },
		{ { .name = ".bss", .data = "x", .size = 1 },
		  -EINVAL,
		  "f: section .bss has no bytes of its own to replace (type 8, flags 0x3) "
		  "[edit-section]" },
		{ { .name = ".BTF", .data = "x", .size = 1, .align = 3 },
		  -EINVAL,
		  "f: section .BTF: alignment 3 is no power of two [edit-section]" },
	};
	const struct kbtf_section_edit twice[] = { { .name = ".a", .data = "x", .size = 1 },
						   { .name = ".a", .data = "y", .size = 1 } };
	struct made_elf elf = make_relocatable(&elf_sorts[0], false);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_edit_refused(&elf, &cases[i].edit, 1, cases[i].err, cases[i].line);
	assert_edit_refused(&elf, twice, 2, -EINVAL,
			    "f: section .a is edited twice [edit-section]");
	set_shdr(&elf, 3, SH_ALIGN, 0x40000000);
	assert_edit_refused(&elf,
			    &(struct kbtf_section_edit){ .name = ".BTF", .data = "x", .size = 1 },
			    1, -EINVAL,
			    "f: section [3] has to move and wants an alignment of 0x40000000, more "
			    "than 0x200000 [edit-align]");
	set_shdr(&elf, 3, SH_ALIGN, 32);
	/* no relocations refer to it any more, but the symbol still does */
	set_shdr(&elf, 4, SH_TYPE, SHT_NULL);
	assert_edit_refused(&elf, &(struct kbtf_section_edit){ .name = ".data" }, 1, -EBUSY,
			    "f: section .data cannot go: symbols are in it [edit-referenced]");
	set_shdr(&elf, 3, SH_FLAGS, SHF_GROUP);
	set_shdr(&elf, 5, SH_TYPE, SHT_NULL);
	assert_edit_refused(&elf, &(struct kbtf_section_edit){ .name = ".data" }, 1, -EBUSY,
			    "f: section .data cannot go: a section group has it as member "
			    "[edit-referenced]");
	free(elf.bytes);
}

static void test_not_elf(void **state)
{
	struct made_elf btf = { .bytes = (uint8_t *)tiny_btf(false), .size = TINY_BTF_SIZE };

	(void)state;
	assert_edit_refused(&btf, NULL, 0, -EINVAL,
			    "f: raw BTF: only ELF with sections has sections to edit [edit-kind]");
}

/* ---- Files with program headers --------------------------------------- */

/* [1] .text and [2] .BTF lie in segments, [3] .comment does not */
static struct made_elf make_executable(const struct elf_sort *sort)
{
	static const struct make_segment segments[] = { { 1 }, { 2 } };
	const struct make_section sections[] = {
		{ ".text", .flags = SHF_ALLOC, .addr = 0x1000, .align = 16, .data = "some code",
		  .size = 9 },
		{ ".BTF", .flags = SHF_ALLOC, .addr = 0x2000, .align = 1, .data = "btf bytes",
		  .size = 9 },
		{ ".comment", .align = 1, .data = "made by hand", .size = 13 },
	};
	const struct make_elf spec = { .bits = sort->bits,
				       .big_endian = sort->big_endian,
				       .type = ET_EXEC,
				       .sections = sections,
				       .nr_sections = 3,
				       .segments = segments,
				       .nr_segments = 2 };

	return make_elf(&spec);
}

static void test_segments(void **state)
{
	const struct kbtf_section_edit edits[] = {
		{ .name = ".BTF", .data = "BTF BYTES", .size = 9, .align = 4 },
		{ .name = ".comment", .data = "made by a machine", .size = 18 },
		{ .name = ".BTF.base", .data = "base", .size = 4, .align = 4, .like = ".BTF" },
	};
	struct kbtf_section was, is;
	struct kbtf_file *file, *edited;
	struct made_elf elf;
	void *bytes;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		elf = make_executable(&elf_sorts[i]);
		file = open_bytes(elf.bytes, elf.size);
		edited = edit(file, edits, 3, &bytes);
		assert_kept(file, edited, ".BTF", ".comment");
		assert_int_equal(kbtf_file_find_section(file, ".BTF", &was, NULL), 0);
		assert_int_equal(kbtf_file_find_section(edited, ".BTF", &is, NULL), 0);
		assert_int_equal(is.offset, was.offset);
		assert_int_equal(is.align, was.align); /* it stays where its address is */
		assert_memory_equal(is.data, "BTF BYTES", 9);
		assert_section(edited, ".comment", "made by a machine", 18, 1);
		assert_section(edited, ".BTF.base", "base", 4, 4);
		assert_int_equal(kbtf_file_find_section(edited, ".BTF.base", &is, NULL), 0);
		assert_int_equal(is.flags, 0); /* no segment loads it */
		kbtf_file_free(edited);
		kbtf_file_free(file);
		free(bytes);
		free(elf.bytes);
	}
}

static void test_segments_refused(void **state)
{
	struct made_elf elf = make_executable(&elf_sorts[0]);

	(void)state;
	assert_edit_refused(
		&elf, &(struct kbtf_section_edit){ .name = ".BTF", .data = "x", .size = 1 }, 1,
		-ETXTBSY,
		"f: section .BTF has 9 bytes and cannot become 1: it lies in segment 1, where all "
		"has its address [edit-segment]");
	assert_edit_refused(&elf, &(struct kbtf_section_edit){ .name = ".BTF" }, 1, -ETXTBSY,
			    "f: section .BTF cannot go: it lies in segment 1 [edit-segment]");
	put(elf.bytes + 64 + 56 + 32, UINT64_MAX, 8, false);
	assert_edit_refused(
		&elf, NULL, 0, -EINVAL,
		"f: segment 1 with 18446744073709551615 bytes at 0xb9 reaches beyond the "
		"end of the file at 0x230 [elf-truncated]");
	put(elf.bytes + 56, 1000, 2, false);
	assert_edit_refused(
		&elf, NULL, 0, -EINVAL,
		"f: 1000 program headers of 56 bytes at 0x40 are not all inside the file "
		"of 0x230 bytes [elf-truncated]");
	free(elf.bytes);
}

/* The 65,280th section is the first that needs extended numbering. */
static void test_grow_into_extended_numbering(void **state)
{
	enum { NR = 0xff00 - 2 };
	struct make_section *sections = calloc(NR, sizeof(*sections));
	const struct make_elf spec = { .bits = 32,
				       .big_endian = true,
				       .type = ET_REL,
				       .sections = sections,
				       .nr_sections = NR };
	const struct kbtf_section_edit edits[] = { { .name = ".one", .data = "1", .size = 1 },
						   { .name = ".two", .data = "2", .size = 1 } };
	const struct kbtf_section_edit undo[] = { { .name = ".one" }, { .name = ".two" } };
	struct kbtf_file *file, *edited, *undone;
	void *bytes, *bytes_undone;
	struct made_elf elf;
	size_t i;

	(void)state;
	for (i = 0; i < NR; i++)
		sections[i] = (struct make_section){ .name = "", .align = 1 };
	elf = make_elf(&spec);
	file = open_bytes(elf.bytes, elf.size);
	edited = edit(file, edits, 2, &bytes);
	assert_int_equal(kbtf_file_elf(edited)->nr_sections, 0xff02);
	assert_int_equal(get((uint8_t *)bytes + 48, 2, true), 0);
	assert_section(edited, ".two", "2", 1, 1);
	undone = edit(edited, undo, 2, &bytes_undone);
	assert_int_equal(kbtf_file_elf(undone)->nr_sections, NR + 2);
	kbtf_file_free(undone);
	kbtf_file_free(edited);
	kbtf_file_free(file);
	free(bytes_undone);
	free(bytes);
	free(elf.bytes);
	free(sections);
}

/* A signature is cut off by any edit, even by none. */
static void test_signature_goes(void **state)
{
	static const char tail[] = "sig!"
				   "\0\0\2\0\0\0\0\0\0\0\0\4"
				   "~Module signature appended~\n";
	struct made_elf elf = make_relocatable(&elf_sorts[0], false);
	struct kbtf_file *file;
	void *bytes;
	size_t size;

	(void)state;
	elf.bytes = realloc(elf.bytes, elf.size + sizeof(tail) - 1);
	memcpy(elf.bytes + elf.size, tail, sizeof(tail) - 1);
	file = open_bytes(elf.bytes, elf.size + sizeof(tail) - 1);
	assert_non_null(kbtf_file_signature(file));
	assert_int_equal(kbtf_file_edit(file, NULL, 0, &bytes, &size, NULL), 0);
	assert_int_equal(size, elf.size);
	assert_memory_equal(bytes, elf.bytes, size);
	kbtf_file_free(file);
	free(bytes);
	free(elf.bytes);
}

static void assert_not_saved(const char *path, const struct kbtf_section_edit *edit, int err,
			     const char *line)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file;
	char *before, *after;
	size_t size, size_after;
	uint64_t told;

	before = slurp(path, &size);
	assert_int_equal(kbtf_file_open_btf(path, &file, NULL), 0);
	assert_int_equal(kbtf_file_edit_save(file, edit, 1, 0, &told, &diag), err);
	assert_diag(&diag, err, line);
	kbtf_file_free(file);
	after = slurp(path, &size_after);
	assert_int_equal(size_after, size);
	assert_memory_equal(after, before, size);
	free(before);
	free(after);
	assert_int_equal(nr_names("."), 1);
	remove(path);
}

static void test_save_refused(void **state)
{
	const struct kbtf_section_edit more = { ".BTF", "other", 5, 1, NULL };
	const struct kbtf_section_edit less = { ".BTF", NULL, 0, 0, NULL };
	struct made_elf elf = make_relocatable(&elf_sorts[0], false);
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file;
	uint64_t told;

	(void)state;
	make_file("f", elf.bytes, elf.size);
	assert_not_saved("f", &less, -EINVAL,
			 "f: section .BTF cannot go, since not all of the file was read "
			 "[edit-section]");
	make_file("f", tiny_btf(false), TINY_BTF_SIZE);
	assert_not_saved("f", &more, -EINVAL,
			 "f: raw BTF: only ELF with sections has sections to edit [edit-kind]");

	/* what became of it since it was read */
	make_file("f", elf.bytes, elf.size);
	assert_int_equal(kbtf_file_open_btf("f", &file, NULL), 0);
	make_file("f", elf.bytes, elf.size - 1);
	assert_int_equal(kbtf_file_edit_save(file, &more, 1, 0, &told, &diag), -EBUSY);
	assert_non_null(strstr(diag.text, "bytes any more that it had when it was read"));
	remove("f");
	assert_int_equal(kbtf_file_edit_save(file, &more, 1, 0, &told, &diag), -ENOENT);
	assert_diag(&diag, -ENOENT, "f: cannot open: No such file or directory [file-read]");
	assert_int_equal(nr_names("."), 0);
	kbtf_file_free(file);
	free(elf.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_save_refused, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_no_edit_changes_nothing, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_replace_and_add, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_shorter, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_undo, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_remove_in_the_middle, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_same_name, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_refused, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_not_elf, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_segments, temp_dir_setup, temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_segments_refused, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_grow_into_extended_numbering, temp_dir_setup,
						temp_dir_teardown),
		cmocka_unit_test_setup_teardown(test_signature_goes, temp_dir_setup,
						temp_dir_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
