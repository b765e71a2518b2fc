// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Debug sections: what relocations make of them on each machine, and compressed ones. */
#include "image_test.h"

#define SYMBOL(type, sym) (((uint64_t)(sym) << 32) | (type))

struct reloc {
	uint64_t offset, info, addend;
};

struct made {
	uint8_t info[64], relocs[8 * 24], symtab[3 * 24];
	struct make_section sections[5];
	struct made_elf elf;
};

/*
 * .text at 0x10000; .debug_info; its relocations; symbols: [1] at .text + 8, [2] at .text + 0x20.
 */
static void make(struct made *m, unsigned int machine, int bits, bool big_endian,
		 const struct reloc *relocs, size_t nr, bool has_addend)
{
	unsigned int word = bits / 8, size = word * (has_addend ? 3 : 2),
		     symbol = bits == 64 ? 24 : 16;
	const struct elf_sort sort = { bits, big_endian };
	struct make_elf spec = { .bits = sort.bits, .big_endian = big_endian, .type = ET_REL };
	size_t i;

	memset(m->relocs, 0, sizeof(m->relocs));
	memset(m->symtab, 0, sizeof(m->symtab));
	for (i = 0; i < nr; i++) {
		put(m->relocs + i * size, relocs[i].offset, word, big_endian);
		put(m->relocs + i * size + word, relocs[i].info, word, big_endian);
		if (has_addend)
			put(m->relocs + i * size + 2 * word, relocs[i].addend, word, big_endian);
	}
	put_symbol(m->symtab + symbol, bits, big_endian, 0, 1, 8, 0);
	put_symbol(m->symtab + 2 * symbol, bits, big_endian, 0, 1, 0x20, 0);
	m->sections[0] = (struct make_section){ ".text", .flags = SHF_ALLOC, .align = 16,
						.data = "code", .size = 4 };
	m->sections[1] = (struct make_section){ ".debug_info", .align = 1, .data = m->info,
						.size = sizeof(m->info) };
	m->sections[2] =
		(struct make_section){ ".rela.debug_info", .type = has_addend ? SHT_RELA : SHT_REL,
				       .align = 8,	   .entsize = size,
				       .link = 4,	   .info = 2,
				       .data = m->relocs,  .size = nr * size };
	m->sections[3] = (struct make_section){ ".symtab",	   .type = SHT_SYMTAB, .align = 8,
						.entsize = symbol, .link = 5,	       .info = 1,
						.data = m->symtab, .size = 3 * symbol };
	m->sections[4] = (struct make_section){ ".strtab", .type = SHT_STRTAB, .align = 1,
						.data = "", .size = 1 };
	spec.sections = m->sections;
	spec.nr_sections = 5;
	m->elf = make_elf(&spec);
	put(m->elf.bytes + 18, machine, 2, big_endian);
}

/* The section as relocated; free(). */
static uint8_t *relocated(struct made *m)
{
	struct kbtf_file *file = open_bytes(m->elf.bytes, m->elf.size);
	struct kbtf_diag diag = { 0 };
	const uint8_t *bytes;
	char got[700] = "";
	uint64_t size;
	void *owned;

	if (kbtf_file_debug_section(file, ".debug_info", &bytes, &size, &owned, &diag))
		kbtf_diag_format(&diag, got, sizeof(got));
	assert_string_equal(got, "");
	assert_int_equal(size, sizeof(m->info));
	assert_non_null(owned);
	kbtf_file_free(file);
	free(m->elf.bytes);
	return owned;
}

static void expect_number(unsigned int machine, int bits, bool big_endian, uint64_t info,
			  bool has_addend, unsigned int nr_bytes, uint64_t value)
{
	const struct reloc reloc = { 16, info, has_addend ? 5 : 0 };
	struct made m = { 0 };
	uint8_t *bytes;

	put(m.info + 16, has_addend ? 0 : 5, nr_bytes, big_endian);
	make(&m, machine, bits, big_endian, &reloc, 1, has_addend);
	bytes = relocated(&m);
	assert_int_equal(get(bytes + 16, nr_bytes, big_endian), value);
	assert_int_equal(bytes[16 + nr_bytes], 0);
	free(bytes);
}

static void test_addresses(void **state)
{
	(void)state;
	expect_number(EM_X86_64, 64, false, SYMBOL(R_X86_64_32, 1), true, 4, 0x1000d);
	expect_number(EM_X86_64, 64, false, SYMBOL(R_X86_64_64, 2), true, 8, 0x10025);
	expect_number(EM_386, 32, false, 1 << 8 | R_386_32, false, 4, 0x1000d);
	expect_number(EM_AARCH64, 64, false, SYMBOL(R_AARCH64_ABS32, 1), true, 4, 0x1000d);
	expect_number(EM_AARCH64, 64, true, SYMBOL(R_AARCH64_ABS64, 1), true, 8, 0x1000d);
	expect_number(EM_ARM, 32, false, 1 << 8 | R_ARM_ABS32, false, 4, 0x1000d);
	expect_number(EM_ARM, 32, true, 2 << 8 | R_ARM_ABS32, false, 4, 0x10025);
	expect_number(EM_S390, 64, true, SYMBOL(R_390_32, 1), true, 4, 0x1000d);
	expect_number(EM_S390, 64, true, SYMBOL(R_390_64, 1), true, 8, 0x1000d);
	expect_number(EM_PPC64, 64, false, SYMBOL(R_PPC64_ADDR64, 1), true, 8, 0x1000d);
	expect_number(EM_PPC, 32, true, 1 << 8 | R_PPC_ADDR32, true, 4, 0x1000d);
	expect_number(EM_MIPS, 32, true, 1 << 8 | R_MIPS_32, false, 4, 0x1000d);
	/* Of 64-bit MIPS the symbol comes first, then three types, byte by byte. */
	expect_number(EM_MIPS, 64, true, SYMBOL(R_MIPS_64, 1), true, 8, 0x1000d);
	expect_number(EM_MIPS, 64, false, (uint64_t)R_MIPS_64 << 56 | 1, true, 8, 0x1000d);
	expect_number(EM_MIPS, 64, false, (uint64_t)R_MIPS_32 << 56 | 1, true, 4, 0x1000d);
	expect_number(EM_RISCV, 64, false, SYMBOL(R_RISCV_32, 1), true, 4, 0x1000d);
	expect_number(258 /* LoongArch */, 64, false, SYMBOL(2, 1), true, 8, 0x1000d);
	expect_number(EM_SPARCV9, 64, true, SYMBOL(R_SPARC_UA64, 1), true, 8, 0x1000d);
	expect_number(EM_SPARCV9, 64, true, SYMBOL(R_SPARC_UA32, 1), true, 4, 0x1000d);
}

/* What linkers that shorten code have instead of differences: added and subtracted in place. */
static void expect_differences(unsigned int machine, const uint8_t types[8], unsigned int set_leb,
			       unsigned int sub_leb)
{
	struct reloc relocs[8];
	struct made m = { 0 };
	unsigned int i;
	uint8_t *bytes;

	for (i = 0; i < 8; i++)
		relocs[i] = (struct reloc){ i / 2 * 8, SYMBOL(types[i], i % 2 ? 1 : 2), i % 2 };
	m.info[0] = 1;
	make(&m, machine, 64, false, relocs, 8, true);
	bytes = relocated(&m);
	assert_int_equal(bytes[0], 1 + 0x18 - 1); /* of one byte, to which one was there */
	assert_int_equal(get(bytes + 8, 2, false), 0x17);
	assert_int_equal(get(bytes + 16, 4, false), 0x17);
	assert_int_equal(get(bytes + 24, 8, false), 0x17);
	free(bytes);
	/* A number of three bytes stays one. */
	relocs[0] = (struct reloc){ 40, SYMBOL(set_leb, 2), 0x100 };
	relocs[1] = (struct reloc){ 40, SYMBOL(sub_leb, 1), 0 };
	memset(m.info, 0, sizeof(m.info));
	memcpy(m.info + 40, "\x80\x80\x00\x55", 4);
	make(&m, machine, 64, false, relocs, 2, true);
	bytes = relocated(&m);
	assert_memory_equal(bytes + 40, "\x98\x82\x00\x55", 4); /* 0x118 */
	free(bytes);
}

static void test_differences(void **state)
{
	static const uint8_t riscv[] = {
		R_RISCV_ADD8,  R_RISCV_SUB8,  R_RISCV_ADD16, R_RISCV_SUB16,
		R_RISCV_ADD32, R_RISCV_SUB32, R_RISCV_ADD64, R_RISCV_SUB64
	};
	static const uint8_t loongarch[] = { 47, 52, 48, 53, 50, 55, 51, 56 };

	(void)state;
	expect_differences(EM_RISCV, riscv, 60, 61);
	expect_differences(258, loongarch, 107, 108);
}

/* ---- Refusals --------------------------------------------------------- */

static void expect_bad(struct made_elf *elf, int err, const char *line)
{
	struct kbtf_file *file = open_bytes(elf->bytes, elf->size);
	struct kbtf_diag diag = { 0 };
	const uint8_t *bytes;
	uint64_t size;
	void *owned;

	assert_int_equal(kbtf_file_debug_section(file, ".debug_info", &bytes, &size, &owned, &diag),
			 err);
	assert_diag(&diag, err, line);
	assert_null(bytes);
	assert_null(owned);
	assert_int_equal(size, 0);
	kbtf_file_free(file);
	free(elf->bytes);
}

static void expect_bad_reloc(unsigned int machine, struct reloc reloc, int err, const char *line)
{
	struct made m = { 0 };

	make(&m, machine, 64, false, &reloc, 1, true);
	expect_bad(&m.elf, err, line);
}

static void test_bad_relocations(void **state)
{
	const struct reloc good = { 0, SYMBOL(R_X86_64_32, 1), 0 };
	struct made m = { 0 };

	(void)state;
	expect_bad_reloc(EM_X86_64, (struct reloc){ 8, SYMBOL(R_X86_64_GOT32, 1), 0 }, -EOPNOTSUPP,
			 "f: .debug_info has a relocation of type 3 at 0x8, which is not known for "
			 "debug sections [elf-relocation]");
	expect_bad_reloc(
		EM_X86_64, (struct reloc){ 61, SYMBOL(R_X86_64_32, 1), 0 }, -EINVAL,
		"f: .debug_info has a relocation at 0x3d by symbol [1], and 0x40 bytes and "
		"3 symbols [elf-relocation]");
	expect_bad_reloc(EM_X86_64, (struct reloc){ UINT64_MAX, SYMBOL(R_X86_64_32, 1), 0 },
			 -EINVAL,
			 "f: .debug_info has a relocation at 0xffffffffffffffff by symbol [1], and "
			 "0x40 bytes and 3 symbols [elf-relocation]");
	expect_bad_reloc(EM_X86_64, (struct reloc){ 0, SYMBOL(R_X86_64_32, 3), 0 }, -EINVAL,
			 "f: .debug_info has a relocation at 0x0 by symbol [3], and 0x40 bytes and "
			 "3 symbols [elf-relocation]");
	expect_bad_reloc(EM_RISCV, (struct reloc){ 8, SYMBOL(61, 1), 0 }, -EINVAL,
			 "f: .debug_info has a relocation of type 61 at 0x8 without the one that "
			 "comes before it [elf-relocation]");
	expect_bad_reloc(EM_CUDA, good, -EOPNOTSUPP,
			 "f: relocations of machine 190 are not known [elf-relocation]");
	make(&m, EM_X86_64, 64, false, &good, 1, true);
	set_shdr(&m.elf, 3, SH_ENTSIZE, 16);
	expect_bad(&m.elf, -EINVAL,
		   "f: relocations of .debug_info have 16 bytes each [elf-relocation]");
	make(&m, EM_X86_64, 64, false, &good, 1, true);
	set_shdr(&m.elf, 3, SH_LINK, 5);
	expect_bad(&m.elf, -EINVAL,
		   "f: relocations of .debug_info go by section [5], which has no symbols "
		   "[elf-relocation]");
	make(&m, EM_X86_64, 64, false, &good, 1, true);
	set_shdr(&m.elf, 3, SH_LINK, 500);
	expect_bad(&m.elf, -EINVAL,
		   "f: relocations of .debug_info go by section [500], which has no symbols "
		   "[elf-relocation]");
}

/* A difference for which the number that is there is too short. */
static void test_bad_pair(void **state)
{
	const struct reloc relocs[] = { { 8, SYMBOL(60, 2), 0x1000 }, { 8, SYMBOL(61, 1), 0 } };
	struct made m = { 0 };

	(void)state;
	make(&m, EM_RISCV, 64, false, relocs, 2, true);
	expect_bad(&m.elf, -EINVAL,
		   "f: .debug_info has a relocation at 0x8 to 0x1018, for which the number there "
		   "has too few bytes [elf-relocation]");
}

static struct made_elf make_packed(uint32_t type, uint64_t unpacked, size_t size)
{
	static uint8_t bytes[64];
	const struct make_section section = { ".debug_info", .flags = SHF_COMPRESSED, .align = 1,
					      .data = bytes, .size = size };
	const struct make_elf spec = {
		.bits = 64, .type = ET_EXEC, .sections = &section, .nr_sections = 1
	};

	put(bytes, type, 4, false);
	put(bytes + 8, unpacked, 8, false);
	put(bytes + 16, 1, 8, false);
	return make_elf(&spec);
}

static void test_bad_packed(void **state)
{
	struct made_elf elf;

	(void)state;
	elf = make_packed(ELFCOMPRESS_ZLIB, 100, 10);
	expect_bad(&elf, -EINVAL,
		   "f: section .debug_info is too short for what compressed ones begin with "
		   "[section-packed]");
	elf = make_packed(77, 100, 64);
	expect_bad(&elf, -EOPNOTSUPP,
		   "f: section .debug_info is compressed in a way (77) that this build does not "
		   "know [section-packed]");
	elf = make_packed(ELFCOMPRESS_ZLIB, 1 << 30, 64); /* a bomb: 40 bytes to a gigabyte */
	expect_bad(&elf, -EFBIG,
		   "f: section .debug_info says that its 40 bytes unpack to 1073741824 "
		   "[section-packed]");
	elf = make_packed(ELFCOMPRESS_ZLIB, 100, 64);
	expect_bad(&elf, -EINVAL,
		   "f: section .debug_info cannot be unpacked to 100 bytes [section-packed]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),	cmocka_unit_test(test_differences),
		cmocka_unit_test(test_bad_relocations), cmocka_unit_test(test_bad_pair),
		cmocka_unit_test(test_bad_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
