// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel's BTF in, an ELF file out that stands in for its vmlinux where external modules are
 * built: sections .BTF, .comment, KBTF_EQUIP_MARK with the release, and names; in the byte order of
 * the BTF.
 */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include <kbtf/format.h>

#include "equip_elf.h"

/*
 * What a vmlinux of this kernel says of itself: its machine, for objcopy and its like, which
 * 32-bit ones do without; and in .comment its compiler, since DKMS looks there, rather than in
 * the configuration, for whether modules are to be built with clang and lld.
 */
struct origin {
	uint16_t machine;
	struct kbtf_buf comment;
};

static uint16_t machine_of(const char *config)
{
	static const struct {
		const char *line;
		uint16_t machine;
	} machines[] = {
		{ "\nCONFIG_X86_64=y\n", EM_X86_64 }, { "\nCONFIG_ARM64=y\n", EM_AARCH64 },
		{ "\nCONFIG_S390=y\n", EM_S390 },     { "\nCONFIG_PPC64=y\n", EM_PPC64 },
		{ "\nCONFIG_RISCV=y\n", EM_RISCV },   { "\nCONFIG_MIPS=y\n", EM_MIPS },
		{ "\nCONFIG_LOONGARCH=y\n", 258 },
	};
	size_t i;

	for (i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (strstr(config, machines[i].line) && strstr(config, "\nCONFIG_64BIT=y\n"))
			return machines[i].machine;
	return EM_NONE;
}

static int take_origin(const char *config, struct origin *ret)
{
	static const char compiler[] = "\nCONFIG_CC_VERSION_TEXT=\"", lld[] = "Linker: LLD";
	const char *at = strstr(config, compiler);

	ret->machine = machine_of(config);
	at = at ? at + sizeof(compiler) - 1 : "kbtf equip";
	if (kbtf_buf_append(&ret->comment, at, strcspn(at, "\"\n")) ||
	    kbtf_buf_append(&ret->comment, "", 1))
		return -ENOMEM;
	return strstr(config, "\nCONFIG_LD_IS_LLD=y\n")
		       ? kbtf_buf_append(&ret->comment, lld, sizeof(lld))
		       : 0;
}

static int make_elf(const struct kbtf_equip_elf *in, const struct origin *origin,
		    struct kbtf_buf *elf)
{
	static const char names[] = "\0.BTF\0.comment\0" KBTF_EQUIP_MARK "\0.shstrtab";
	enum {
		NAME_BTF = 1,
		NAME_COMMENT = NAME_BTF + sizeof(".BTF"),
		NAME_MARK = NAME_COMMENT + sizeof(".comment"),
		NAME_NAMES = NAME_MARK + sizeof(KBTF_EQUIP_MARK),
		NR = 5,
	};
	const struct kbtf_buf *comment = &origin->comment;
	const size_t release_size = strlen(in->release) + 1;
	const uint16_t magic = KBTF_MAGIC;
	const bool swapped = memcmp(in->btf, &magic, sizeof(magic));
	const uint64_t btf_at = sizeof(Elf64_Ehdr), comment_at = btf_at + in->btf_size;
	const uint64_t mark_at = comment_at + comment->size;
	const uint64_t names_at = mark_at + release_size;
	const uint64_t headers_at = (names_at + sizeof(names) + 7) & ~UINT64_C(7);
	const uint16_t one = 1;
	const bool host_is_little = *(const uint8_t *)&one;
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     host_is_little != swapped ? ELFDATA2LSB : ELFDATA2MSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = origin->machine,
		.e_version = EV_CURRENT,
		.e_shoff = headers_at,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = NR,
		.e_shstrndx = NR - 1,
	};
	Elf64_Shdr sections[NR] = {
		{ 0 },
		{ .sh_name = NAME_BTF,
		  .sh_type = SHT_PROGBITS,
		  .sh_flags = SHF_ALLOC,
		  .sh_offset = btf_at,
		  .sh_size = in->btf_size,
		  .sh_addralign = 8 },
		{ .sh_name = NAME_COMMENT,
		  .sh_type = SHT_PROGBITS,
		  .sh_flags = SHF_MERGE | SHF_STRINGS,
		  .sh_offset = comment_at,
		  .sh_size = comment->size,
		  .sh_addralign = 1,
		  .sh_entsize = 1 },
		{ .sh_name = NAME_MARK,
		  .sh_type = SHT_PROGBITS,
		  .sh_offset = mark_at,
		  .sh_size = release_size,
		  .sh_addralign = 1 },
		{ .sh_name = NAME_NAMES,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = names_at,
		  .sh_size = sizeof(names),
		  .sh_addralign = 1 },
	};
	int i;

	if (swapped) {
		header.e_machine = __builtin_bswap16(header.e_machine);
		header.e_type = __builtin_bswap16(header.e_type);
		header.e_version = __builtin_bswap32(header.e_version);
		header.e_shoff = __builtin_bswap64(header.e_shoff);
		header.e_ehsize = __builtin_bswap16(header.e_ehsize);
		header.e_shentsize = __builtin_bswap16(header.e_shentsize);
		header.e_shnum = __builtin_bswap16(header.e_shnum);
		header.e_shstrndx = __builtin_bswap16(header.e_shstrndx);
		for (i = 1; i < NR; i++) {
			sections[i].sh_name = __builtin_bswap32(sections[i].sh_name);
			sections[i].sh_type = __builtin_bswap32(sections[i].sh_type);
			sections[i].sh_flags = __builtin_bswap64(sections[i].sh_flags);
			sections[i].sh_offset = __builtin_bswap64(sections[i].sh_offset);
			sections[i].sh_size = __builtin_bswap64(sections[i].sh_size);
			sections[i].sh_addralign = __builtin_bswap64(sections[i].sh_addralign);
			sections[i].sh_entsize = __builtin_bswap64(sections[i].sh_entsize);
		}
	}
	if (kbtf_buf_append(elf, &header, sizeof(header)) ||
	    kbtf_buf_append(elf, in->btf, in->btf_size) ||
	    kbtf_buf_append(elf, comment->data, comment->size) ||
	    kbtf_buf_append(elf, in->release, release_size) ||
	    kbtf_buf_append(elf, names, sizeof(names)) ||
	    kbtf_buf_append(elf, (char[8]){ 0 }, headers_at - (names_at + sizeof(names))) ||
	    kbtf_buf_append(elf, sections, sizeof(sections)))
		return -ENOMEM;
	return 0;
}

int kbtf_equip_elf(const struct kbtf_equip_elf *in, struct kbtf_buf *ret)
{
	struct origin origin = { 0 };
	int err = take_origin(in->config, &origin);

	if (!err)
		err = make_elf(in, &origin, ret);
	kbtf_buf_deinit(&origin.comment);
	return err;
}
