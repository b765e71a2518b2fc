// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* ELF of either class and byte order, sound and damaged: sections, symbols, .modinfo, signatures.
 */
#include "image_test.h"

static const char modinfo[] = "license=GPL\0name=tiny\0vermagic=6.12 SMP\0name=other";

/* .text, .BTF, .modinfo, .gnu.linkonce.this_module, .bss */
static struct made_elf make_module(const struct elf_sort *sort, bool extended)
{
	const struct make_section sections[] = {
		{ ".text", .flags = SHF_ALLOC | SHF_EXECINSTR, .align = 16, .data = "code",
		  .size = 4 },
		{ ".BTF", .align = 1, .data = "btf bytes", .size = 9 },
		{ ".modinfo", .flags = SHF_ALLOC, .align = 1, .data = modinfo,
		  .size = sizeof(modinfo) },
		{ ".gnu.linkonce.this_module", .flags = SHF_ALLOC | SHF_WRITE, .align = 8,
		  .data = "struct module", .size = 13 },
		{ ".bss", .type = SHT_NOBITS, .flags = SHF_ALLOC | SHF_WRITE, .align = 32,
		  .size = 1 << 20 },
	};
	const struct make_elf spec = { .bits = sort->bits,
				       .big_endian = sort->big_endian,
				       .type = ET_REL,
				       .sections = sections,
				       .nr_sections = 5,
				       .extended = extended };

	return make_elf(&spec);
}

static void test_sections(void **state)
{
	struct kbtf_section section;
	struct kbtf_file *file;
	struct made_elf elf;
	size_t i, size;
	int extended;
	const void *btf;

	(void)state;
	for (i = 0; i < 4; i++)
		for (extended = 0; extended < 2; extended++) {
			elf = make_module(&elf_sorts[i], extended);
			file = open_bytes(elf.bytes, elf.size);
			assert_int_equal(kbtf_file_kind(file), KBTF_FILE_ELF);
			assert_string_equal(kbtf_file_form(file), "ELF module");
			assert_int_equal(kbtf_file_elf(file)->bits, elf.bits);
			assert_int_equal(kbtf_file_elf(file)->big_endian, elf.big_endian);
			assert_int_equal(kbtf_file_elf(file)->type, ET_REL);
			assert_int_equal(kbtf_file_elf(file)->machine,
					 elf.bits == 64 ? EM_X86_64 : EM_ARM);
			assert_int_equal(kbtf_file_elf(file)->nr_sections, 7);
			assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
			assert_int_equal(size, 9);
			assert_memory_equal(btf, "btf bytes", 9);
			assert_int_equal(kbtf_file_find_section(file, ".text", &section, NULL), 0);
			assert_string_equal(section.name, ".text");
			assert_int_equal(section.index, 1);
			assert_int_equal(section.flags, SHF_ALLOC | SHF_EXECINSTR);
			assert_int_equal(section.align, 16);
			assert_int_equal(section.offset % 16, 0);
			assert_memory_equal(section.data, "code", 4);
			assert_int_equal(kbtf_file_section(file, 5, &section), 0);
			assert_string_equal(section.name, ".bss");
			assert_int_equal(section.size, 1 << 20);
			assert_null(section.data);
			assert_int_equal(kbtf_file_section(file, 7, &section), -ERANGE);
			assert_true(kbtf_file_is_module(file));
			assert_true(kbtf_file_is_writable(file));
			assert_null(kbtf_file_signature(file));
			kbtf_file_free(file);
			free(elf.bytes);
		}
}

static void test_modinfo(void **state)
{
	struct made_elf elf = make_module(&elf_sorts[0], false);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size);

	(void)state;
	assert_string_equal(kbtf_file_modinfo(file, "name"), "tiny");
	assert_string_equal(kbtf_file_modinfo(file, "vermagic"), "6.12 SMP");
	assert_null(kbtf_file_modinfo(file, "nam"));
	assert_null(kbtf_file_modinfo(file, "names"));
	kbtf_file_free(file);
	/* an entry that the section's end cuts off */
	set_shdr(&elf, 3, SH_SIZE, 16);
	file = open_bytes(elf.bytes, elf.size);
	assert_string_equal(kbtf_file_modinfo(file, "license"), "GPL");
	assert_null(kbtf_file_modinfo(file, "name"));
	kbtf_file_free(file);
	free(elf.bytes);
}

static void test_missing_section(void **state)
{
	struct made_elf elf = make_module(&elf_sorts[0], false);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size);
	struct kbtf_section section;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_file_find_section(file, ".BTF.base", &section, &diag), -ENOENT);
	assert_diag(&diag, -ENOENT, "f: no section .BTF.base [no-section]");
	assert_false(kbtf_file_has_section(file, ".BTF.base"));
	assert_int_equal(kbtf_file_find_section(file, ".bss", &section, &diag), -EINVAL);
	assert_diag(&diag, -EINVAL,
		    "f: section .bss has no bytes in this file (SHT_NOBITS): this may be the debug "
		    "half of a split file [section-without-bytes]");
	kbtf_file_free(file);
	set_shdr(&elf, 2, SH_FLAGS, SHF_COMPRESSED);
	file = open_bytes(elf.bytes, elf.size);
	assert_int_equal(kbtf_file_find_section(file, ".BTF", &section, &diag), -EOPNOTSUPP);
	assert_diag(
		&diag, -EOPNOTSUPP,
		"f: section .BTF is compressed inside ELF (SHF_COMPRESSED), which kernels do not "
		"read either [section-compressed]");
	kbtf_file_free(file);
	free(elf.bytes);
}

static void test_no_btf(void **state)
{
	const struct make_section sections[] = { { ".text", .data = "code", .size = 4 } };
	const struct make_elf spec = {
		.bits = 64, .type = ET_EXEC, .sections = sections, .nr_sections = 1
	};
	struct made_elf elf = make_elf(&spec);
	struct kbtf_file *file = open_bytes(elf.bytes, elf.size);
	struct kbtf_diag diag;
	const void *btf;
	size_t size;

	(void)state;
	assert_string_equal(kbtf_file_form(file), "ELF");
	assert_false(kbtf_file_is_module(file));
	assert_int_equal(kbtf_file_btf(file, &btf, &size, &diag), -ENODATA);
	assert_diag(&diag, -ENODATA, "f: no section .BTF [no-btf]");
	kbtf_file_free(file);
	free(elf.bytes);
}

/* Every prefix of a good file is refused or read, but never read beyond. */
static void test_truncated(void **state)
{
	struct kbtf_file *file;
	struct made_elf elf;
	uint8_t *cut;
	size_t size, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		elf = make_module(&elf_sorts[i], i & 1);
		for (size = 0; size < elf.size; size++) {
			cut = malloc(size ? size : 1); /* its own block: sanitizers see its end */
			memcpy(cut, elf.bytes, size);
			file = NULL;
			assert_int_not_equal(kbtf_file_open_bytes(cut, size, "f", &file, NULL), 0);
			assert_null(file);
			free(cut);
		}
		free(elf.bytes);
	}
}

struct damage {
	uint32_t section;
	enum shdr_field field;
	uint64_t value;
	const char *line;
};

static void test_damaged_sections(void **state)
{
	static const struct damage damages[] = {
		{ 2, SH_SIZE, 0x10000,
		  "f: section [2] with 65536 bytes at 0x44 reaches beyond the end of the file at "
		  "0x2a0 [elf-truncated]" },
		{ 2, SH_OFFSET, UINT64_MAX,
		  "f: section [2] with 9 bytes at 0xffffffffffffffff reaches beyond the end of the "
		  "file at 0x2a0 [elf-truncated]" },
		{ 2, SH_OFFSET, 0x42,
		  "f: section [2] at 0x42 overlaps section [1], which ends at 0x44 [elf-overlap]" },
		{ 2, SH_OFFSET, 0x10,
		  "f: section [2] at 0x10 overlaps the ELF header, which ends at 0x40 "
		  "[elf-overlap]" },
		{ 2, SH_OFFSET, 0x200,
		  "f: section [2] at 0x200 to 0x209 overlaps the section headers at 0xe0 "
		  "[elf-overlap]" },
		{ 2, SH_NAME, 0x1000,
		  "f: the name of section [2] is at 4096 of 62 bytes of names [elf-names]" },
		{ 6, SH_TYPE, SHT_PROGBITS,
		  "f: section [6], which has the section names, is of type 1, not 3 [elf-names]" },
		{ 6, SH_SIZE, 3,
		  "f: the section names in section [6] do not end in a zero byte [elf-names]" },
		{ 6, SH_SIZE, 0,
		  "f: the section names in section [6] do not end in a zero byte [elf-names]" },
	};
	struct made_elf elf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		elf = make_module(&elf_sorts[0], false);
		set_shdr(&elf, damages[i].section, damages[i].field, damages[i].value);
		assert_refused(elf.bytes, elf.size, -EINVAL, damages[i].line);
		free(elf.bytes);
	}
}

static void test_damaged_header(void **state)
{
	static const struct {
		size_t at;
		unsigned int width;
		uint64_t value;
		bool extended;
		const char *line;
	} damages[] = {
		{ EI_CLASS, 1, 3, false,
		  "f+0x4: ELF class is 3, neither 1 (32 bits) nor 2 (64 bits) [elf-header]" },
		{ EI_DATA, 1, 0, false,
		  "f+0x5: ELF byte order is 0, neither 1 (little-endian) nor 2 (big-endian) "
		  "[elf-header]" },
		{ 58, 2, 40, false,
		  "f: section headers have 40 bytes each where this class has 64 [elf-header]" },
		{ 60, 2, 1000, false,
		  "f: 1000 section headers at 0xe0 reach beyond the end of the file at 0x2a0 "
		  "[elf-truncated]" },
		{ 40, 8, UINT64_MAX, false,
		  "f: 7 section headers at 0xffffffffffffffff reach beyond the end of the file at "
		  "0x2a0 [elf-truncated]" },
		{ 40, 8, 0, false,
		  "f: the file has 7 sections but no section headers [elf-header]" },
		{ 62, 2, 7, false, "f: section names are in section 7 of 7 [elf-names]" },
		{ 62, 2, 0, false, "f: section names are in section 0 of 7 [elf-names]" },
		{ 0xe0 + 32, 8, UINT64_MAX, true,
		  "f: 18446744073709551615 section headers at 0xe0 reach beyond the end of the "
		  "file at 0x2a0 [elf-truncated]" },
		{ 0xe0 + 40, 4, UINT32_MAX, true,
		  "f: section names are in section 4294967295 of 7 [elf-names]" },
	};
	struct made_elf elf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		elf = make_module(&elf_sorts[0], damages[i].extended);
		put(elf.bytes + damages[i].at, damages[i].value, damages[i].width, false);
		assert_refused(elf.bytes, elf.size, -EINVAL, damages[i].line);
		free(elf.bytes);
	}
}

static void test_no_sections_at_all(void **state)
{
	struct made_elf elf = make_module(&elf_sorts[0], false);
	struct kbtf_file *file;

	(void)state;
	put(elf.bytes + 40, 0, 8, false);
	put(elf.bytes + 60, 0, 2, false);
	file = open_bytes(elf.bytes, elf.size);
	assert_int_equal(kbtf_file_elf(file)->nr_sections, 0);
	assert_false(kbtf_file_has_section(file, ".BTF"));
	kbtf_file_free(file);
	free(elf.bytes);
}

/* ---- Symbols ---------------------------------------------------------- */

static const char strings[] = "\0__BTF_ID__func__a__1\0other\0__BTF_ID__set__b__2";
#define NAME_A 1
#define NAME_OTHER 22
#define NAME_B 28

struct symbols_spec {
	struct elf_sort sort;
	uint16_t type;
	bool xindex;
};

/* .BTF_ids of 12 bytes at address 0x1000, .symtab, .strtab, .symtab_shndx */
static struct made_elf make_with_symbols(const struct symbols_spec *spec)
{
	bool big = spec->sort.big_endian;
	uint64_t base = spec->type == ET_REL ? 0 : 0x1000;
	uint16_t shndx = spec->xindex ? SHN_XINDEX : 1;
	uint8_t symtab[4 * 24] = { 0 }, xindex[16] = { 0 };
	size_t entry = spec->sort.bits == 64 ? 24 : 16;
	const struct make_section sections[] = {
		{ ".BTF_ids", .flags = SHF_ALLOC, .addr = base, .align = 4, .data = "12bytes 12b",
		  .size = 12 },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .data = symtab, .size = 4 * entry,
		  .entsize = entry, .link = 3 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = strings,
		  .size = sizeof(strings) },
		{ ".symtab_shndx", .type = SHT_SYMTAB_SHNDX, .align = 4, .data = xindex, .size = 16,
		  .link = 2 },
	};
	const struct make_elf elf_spec = { .bits = spec->sort.bits,
					   .big_endian = big,
					   .type = spec->type,
					   .sections = sections,
					   .nr_sections = spec->xindex ? 4 : 3 };
	size_t at = entry;

	at += put_symbol(symtab + at, spec->sort.bits, big, NAME_A, shndx, base + 0, 4);
	at += put_symbol(symtab + at, spec->sort.bits, big, NAME_OTHER, SHN_ABS, 77, 0);
	put_symbol(symtab + at, spec->sort.bits, big, NAME_B, shndx, base + 4, 8);
	put(xindex + 4, 1, 4, big);
	put(xindex + 12, 1, 4, big);
	return make_elf(&elf_spec);
}

static void test_symbols(void **state)
{
	struct symbols_spec spec;
	struct kbtf_symbol *syms;
	struct kbtf_file *file;
	struct made_elf elf;
	size_t i, nr;

	(void)state;
	for (i = 0; i < 16; i++) {
		spec = (struct symbols_spec){ elf_sorts[i % 4], i & 4 ? ET_REL : ET_EXEC, i & 8 };
		elf = make_with_symbols(&spec);
		file = open_bytes(elf.bytes, elf.size);
		assert_int_equal(kbtf_file_find_symbols(file, "__BTF_ID__", &syms, &nr, NULL), 0);
		assert_int_equal(nr, 2);
		assert_string_equal(syms[0].name, "__BTF_ID__func__a__1");
		assert_int_equal(syms[0].section, 1);
		assert_int_equal(syms[0].offset, 0);
		assert_int_equal(syms[0].size, 4);
		assert_string_equal(syms[1].name, "__BTF_ID__set__b__2");
		assert_int_equal(syms[1].section, 1);
		assert_int_equal(syms[1].offset, 4);
		assert_int_equal(syms[1].value, spec.type == ET_REL ? 4 : 0x1004);
		assert_int_equal(syms[1].size, 8);
		free(syms);
		assert_int_equal(kbtf_file_section_symbols(file, 1, &syms, &nr, NULL), 0);
		assert_int_equal(nr, 2);
		assert_string_equal(syms[1].name, "__BTF_ID__set__b__2");
		assert_int_equal(syms[1].offset, 4);
		free(syms);
		assert_int_equal(kbtf_file_section_symbols(file, 2, &syms, &nr, NULL), 0);
		assert_int_equal(nr, 0);
		free(syms);
		assert_int_equal(kbtf_file_find_symbols(file, "oth", &syms, &nr, NULL), 0);
		assert_int_equal(nr, 1);
		assert_int_equal(syms[0].section, 0);
		assert_int_equal(syms[0].value, 77);
		free(syms);
		assert_int_equal(kbtf_file_find_symbols(file, "none", &syms, &nr, NULL), 0);
		assert_int_equal(nr, 0);
		free(syms);
		kbtf_file_free(file);
		free(elf.bytes);
	}
}

static void assert_symbols_refused(const struct made_elf *elf, const char *line)
{
	struct kbtf_file *file = open_bytes(elf->bytes, elf->size);
	struct kbtf_symbol *syms = NULL;
	struct kbtf_diag diag = { 0 };
	size_t nr;

	assert_int_equal(kbtf_file_find_symbols(file, "__BTF_ID__", &syms, &nr, &diag), -EINVAL);
	assert_diag(&diag, -EINVAL, line);
	assert_null(syms);
	kbtf_file_free(file);
}

static void test_damaged_symbols(void **state)
{
	static const struct damage damages[] = {
		{ 2, SH_ENTSIZE, 16,
		  "f: .symtab: 96 bytes of symbols of 16 bytes each where this class has 24 "
		  "[elf-symbols]" },
		{ 2, SH_SIZE, 95,
		  "f: .symtab: 95 bytes of symbols of 24 bytes each where this class has 24 "
		  "[elf-symbols]" },
		{ 2, SH_LINK, 1,
		  "f: .symtab: symbol names are in section [1], which is no string table "
		  "[elf-symbols]" },
		{ 2, SH_LINK, 99,
		  "f: .symtab: symbol names are in section [99], which is no string table "
		  "[elf-symbols]" },
		{ 3, SH_SIZE, 24,
		  "f: .symtab: the symbol names in section [3] do not end in a zero byte "
		  "[elf-symbols]" },
		{ 3, SH_SIZE, 22,
		  "f: .symtab: the name of symbol [2] is at 22 of 22 bytes of names "
		  "[elf-symbols]" },
		{ 1, SH_SIZE, 8,
		  "f: .symtab: symbol [3] __BTF_ID__set__b__2 with 8 bytes at 0x1004 is not inside "
		  "section .BTF_ids of 8 bytes at 0x1000 [elf-symbols]" },
		{ 4, SH_SIZE, 12,
		  "f: .symtab: section [4] has 3 section numbers for 4 symbols [elf-symbols]" },
	};
	const struct symbols_spec spec = { { 64, false }, ET_EXEC, true };
	struct made_elf elf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		elf = make_with_symbols(&spec);
		set_shdr(&elf, damages[i].section, damages[i].field, damages[i].value);
		assert_symbols_refused(&elf, damages[i].line);
		free(elf.bytes);
	}
	elf = make_with_symbols(&spec);
	put(elf.bytes + get_shdr(&elf, 4, SH_OFFSET) + 4, 6, 4, false);
	assert_symbols_refused(&elf, "f: .symtab: symbol [1] __BTF_ID__func__a__1 is in section 6 "
				     "of 6 [elf-symbols]");
	free(elf.bytes);
}

/* More sections than fit in 16 bits, with symbols in the last of them. */
static void test_many_sections(void **state)
{
	enum { NR = 0xff20, LAST = NR };
	struct make_section *sections = calloc(NR, sizeof(*sections));
	struct make_elf spec = { .bits = 64,
				 .type = ET_REL,
				 .sections = sections,
				 .nr_sections = NR,
				 .extended = true };
	uint8_t symtab[48] = { 0 }, xindex[8] = { 0 };
	struct kbtf_symbol *syms;
	struct kbtf_section section;
	struct kbtf_file *file;
	struct made_elf elf;
	size_t i, nr;

	(void)state;
	for (i = 0; i < NR; i++)
		sections[i] = (struct make_section){ .name = "", .align = 1 };
	put_symbol(symtab + 24, 64, false, NAME_A, SHN_XINDEX, 0, 4);
	put(xindex + 4, LAST, 4, false);
	sections[0] =
		(struct make_section){ ".symtab",  .type = SHT_SYMTAB, .align = 8, .data = symtab,
				       .size = 48, .entsize = 24,      .link = 2 };
	sections[1] = (struct make_section){ ".strtab", .type = SHT_STRTAB, .align = 1,
					     .data = strings, .size = sizeof(strings) };
	sections[2] = (struct make_section){ ".symtab_shndx", .type = SHT_SYMTAB_SHNDX,
					     .align = 4,      .data = xindex,
					     .size = 8,	      .link = 1 };
	sections[LAST - 1] =
		(struct make_section){ ".BTF_ids", .align = 4, .data = "abcd", .size = 4 };
	elf = make_elf(&spec);
	file = open_bytes(elf.bytes, elf.size);
	assert_int_equal(kbtf_file_elf(file)->nr_sections, NR + 2);
	assert_int_equal(kbtf_file_find_section(file, ".BTF_ids", &section, NULL), 0);
	assert_int_equal(section.index, LAST);
	assert_int_equal(kbtf_file_find_symbols(file, "__BTF_ID__", &syms, &nr, NULL), 0);
	assert_int_equal(nr, 1);
	assert_int_equal(syms[0].section, LAST);
	free(syms);
	assert_int_equal(kbtf_file_section_symbols(file, LAST, &syms, &nr, NULL), 0);
	assert_int_equal(nr, 1);
	assert_string_equal(syms[0].name, "__BTF_ID__func__a__1");
	free(syms);
	kbtf_file_free(file);
	free(elf.bytes);
	free(sections);
}

/* ---- Signatures ------------------------------------------------------- */

static const char marker[] = "~Module signature appended~\n";

/* Append a signature of sig_size bytes; says so with said_size. */
static void sign(struct made_elf *elf, size_t sig_size, uint32_t said_size)
{
	uint8_t info[12] = { [2] = 2 };

	elf->bytes = realloc(elf->bytes, elf->size + sig_size + sizeof(info) + sizeof(marker));
	memset(elf->bytes + elf->size, 0x30, sig_size);
	elf->size += sig_size;
	put(info + 8, said_size, 4, true);
	memcpy(elf->bytes + elf->size, info, sizeof(info));
	elf->size += sizeof(info);
	memcpy(elf->bytes + elf->size, marker, sizeof(marker) - 1);
	elf->size += sizeof(marker) - 1;
}

static void test_signature(void **state)
{
	struct made_elf elf = make_module(&elf_sorts[0], false);
	size_t size = elf.size;
	struct kbtf_file *file;

	(void)state;
	sign(&elf, 100, 100);
	file = open_bytes(elf.bytes, elf.size);
	assert_non_null(kbtf_file_signature(file));
	assert_int_equal(kbtf_file_signature(file)->offset, size);
	assert_int_equal(kbtf_file_signature(file)->size, 140);
	assert_int_equal(kbtf_file_signature(file)->sig_size, 100);
	assert_int_equal(kbtf_file_signature(file)->id_type, 2);
	kbtf_file_free(file);
	sign(&elf, 50, 50); /* once more on top */
	file = open_bytes(elf.bytes, elf.size);
	assert_int_equal(kbtf_file_signature(file)->offset, size);
	assert_int_equal(kbtf_file_signature(file)->size, 230);
	assert_int_equal(kbtf_file_signature(file)->sig_size, 50);
	kbtf_file_free(file);
	free(elf.bytes);
}

static void test_damaged_signature(void **state)
{
	struct made_elf elf = make_module(&elf_sorts[0], false);
	char *bytes = malloc(4 + sizeof(marker));

	(void)state;
	sign(&elf, 100, 5000);
	assert_refused(elf.bytes, elf.size, -EINVAL,
		       "f+0x304: the signature has 5000 bytes where only 772 come before it "
		       "[signature-length]");
	free(elf.bytes);
	elf = make_module(&elf_sorts[0], false);
	sign(&elf, 100, UINT32_MAX);
	assert_refused(elf.bytes, elf.size, -EINVAL,
		       "f+0x304: the signature has 4294967295 bytes where only 772 come before it "
		       "[signature-length]");
	/* a signature that begins inside the ELF file leaves a truncated one */
	elf.bytes[elf.size - sizeof(marker) - 2] = 0;
	put(elf.bytes + elf.size - (sizeof(marker) - 1) - 4, 101, 4, true);
	assert_refused(elf.bytes, elf.size, -EINVAL,
		       "f: 7 section headers at 0xe0 reach beyond the end of the file at 0x29f "
		       "[elf-truncated]");
	free(elf.bytes);
	memcpy(bytes, ELFMAG, 4);
	memcpy(bytes + 4, marker, sizeof(marker) - 1);
	assert_refused(bytes, 4 + sizeof(marker) - 1, -EINVAL,
		       "f+0x4: 4 bytes in front of the signature marker are fewer than the 12 that "
		       "describe a signature [signature-length]");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),	  cmocka_unit_test(test_modinfo),
		cmocka_unit_test(test_missing_section),	  cmocka_unit_test(test_no_btf),
		cmocka_unit_test(test_truncated),	  cmocka_unit_test(test_damaged_sections),
		cmocka_unit_test(test_damaged_header),	  cmocka_unit_test(test_no_sections_at_all),
		cmocka_unit_test(test_symbols),		  cmocka_unit_test(test_damaged_symbols),
		cmocka_unit_test(test_many_sections),	  cmocka_unit_test(test_signature),
		cmocka_unit_test(test_damaged_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
