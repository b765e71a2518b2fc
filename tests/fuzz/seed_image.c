// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Inputs to begin with for fuzz_elf, fuzz_image, fuzz_objects and fuzz_tar, made by code: the
 * directory named gets small ELF files of every sort, and every wrapper around them.
 */
#include <stdio.h>

#include "image_test.h"
#include "make_tar.h"

static const char *dir;

static void write_seed(const char *name, const void *bytes, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static struct made_elf make_small(const struct elf_sort *sort, bool extended, bool segments)
{
	static const char strings[] = "\0__BTF_ID__func__a__1";
	static const struct make_segment segment = { 1 };
	size_t entry = sort->bits == 64 ? 24 : 16;
	uint8_t symtab[48] = { 0 };
	const struct make_section sections[] = {
		{ ".BTF", .align = 4, .data = tiny_btf(sort->big_endian), .size = TINY_BTF_SIZE },
		{ ".BTF_ids", .flags = SHF_ALLOC, .align = 4, .data = "\1\0\0\0", .size = 4 },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .data = symtab, .size = 2 * entry,
		  .entsize = entry, .link = 4, .info = 1 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = strings,
		  .size = sizeof(strings) },
		{ ".modinfo", .align = 1, .data = "name=a\0b=c", .size = 11 },
		{ ".gnu.linkonce.this_module", .align = 8, .data = "x", .size = 1 },
		{ ".BTF.base", .align = 4, .data = "base", .size = 4 },
	};
	const struct make_elf spec = {
		.bits = sort->bits,
		.big_endian = sort->big_endian,
		.type = segments ? ET_EXEC : ET_REL,
		.sections = sections,
		.nr_sections = 7,
		.segments = &segment,
		.nr_segments = segments,
		.extended = extended,
	};

	put_symbol(symtab + entry, sort->bits, sort->big_endian, 1, 2, 0, 4);
	return make_elf(&spec);
}

static void seed_elf(void)
{
	static const char tail[] = "sig!"
				   "\0\0\2\0\0\0\0\0\0\0\0\4"
				   "~Module signature appended~\n";
	struct made_elf elf;
	char name[64];
	int i;

	for (i = 0; i < 16; i++) {
		elf = make_small(&elf_sorts[i % 4], i & 4, i & 8);
		snprintf(name, sizeof(name), "elf-%d", i);
		write_seed(name, elf.bytes, elf.size);
		free(elf.bytes);
	}
	elf = make_small(&elf_sorts[0], false, false);
	elf.bytes = realloc(elf.bytes, elf.size + sizeof(tail));
	memcpy(elf.bytes + elf.size, tail, sizeof(tail) - 1);
	write_seed("elf-signed", elf.bytes, elf.size + sizeof(tail) - 1);
	free(elf.bytes);
}

/* A header of header_size bytes in front of a payload. */
static void wrap(const char *kind, int how, size_t header_size, const uint8_t *payload, size_t size)
{
	uint8_t *image = calloc(1, header_size + size + 4);
	char name[64];

	memcpy(image + header_size, payload, size);
	if (!strcmp(kind, "bzimage")) {
		put(image + 0x1f1, 1, 1, false);
		memcpy(image + 0x202, "HdrS", 4);
		put(image + 0x206, 0x20f, 2, false);
		put(image + 0x248, header_size - 1024, 4, false);
		put(image + 0x24c, size, 4, false);
	} else if (!strcmp(kind, "zboot")) {
		memcpy(image, "MZ\0\0zimg", 8);
		put(image + 8, header_size, 4, false);
		put(image + 12, size, 4, false);
	} else if (!strcmp(kind, "zimage")) {
		put(image + 36, 0x016f2818, 4, false);
	} else {
		memcpy(image + 56, "ARM\x64", 4);
	}
	snprintf(name, sizeof(name), "%s-%s", kind, kbtf_compression_name(how));
	write_seed(name, image, header_size + size);
	free(image);
}

static void seed_images(void)
{
	struct made_elf elf = make_small(&elf_sorts[0], false, true);
	uint8_t *packed;
	size_t size;
	int how;

	for (how = KBTF_GZIP; how < KBTF_NR_COMPRESSIONS; how++) {
		packed = pack(how, elf.bytes, elf.size, &size);
		if (!packed)
			continue;
		write_seed(kbtf_compression_name(how), packed, size);
		wrap("bzimage", how, 1024, packed, size);
		wrap("zboot", how, 64, packed, size);
		wrap("zimage", how, 64, packed, size);
		free(packed);
	}
	wrap("arm64", KBTF_PLAIN, 64, tiny_btf(false), TINY_BTF_SIZE);
	write_seed("raw", tiny_btf(true), TINY_BTF_SIZE);
	free(elf.bytes);
}

/* Append a member to an archive, with the header that ar(5) describes. */
static size_t add_member(uint8_t *archive, size_t at, const char *name, const void *bytes,
			 size_t size)
{
	char header[61];

	snprintf(header, sizeof(header), "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 0, 0, 0, "644",
		 size);
	memcpy(archive + at, header, 60);
	memcpy(archive + at + 60, bytes, size);
	archive[at + 60 + size] = '\n';
	return at + 60 + size + size % 2;
}

static void seed_objects(void)
{
	struct made_elf elf = make_small(&elf_sorts[0], false, false);
	uint8_t *archive = calloc(2, elf.size + 300);
	char *text = calloc(1, elf.size * 4 + 300);
	size_t size = 8, len, i;

	write_seed("elf", elf.bytes, elf.size);
	memcpy(archive, "!<arch>\n", 8);
	size = add_member(archive, size, "/", "\0\0\0\0", 4);
	size = add_member(archive, size, "//", "a_name_that_is_longer_than_16.o/\n", 33);
	size = add_member(archive, size, "/0", elf.bytes, elf.size);
	size = add_member(archive, size, "short.o/", elf.bytes, elf.size);
	write_seed("archive", archive, size);
	memcpy(archive, "!<thin>\n", 8);
	write_seed("thin", archive, 100);
	len = (size_t)sprintf(text, "\treturn \"");
	for (i = 0; i < elf.size; i++) {
		if (i % 16 == 0 && i)
			len += (size_t)sprintf(text + len, i % 32 ? "\\\n" : "\"\n\t\"");
		len += (size_t)sprintf(text + len, elf.bytes[i] || i % 3 ? "\\x%02x" : "\\0",
				       elf.bytes[i]);
	}
	len += (size_t)sprintf(text + len, "\";\n}\n");
	write_seed("skeleton", text, len);
	free(archive);
	free(text);
	free(elf.bytes);
}

static void seed_tars(void)
{
	struct made_tar tar = { 0 };

	tar_add(&tar, "a.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	tar_end(&tar);
	write_seed("plain", tar.bytes, tar.size);
	tar.size = 0;
	tar_add(&tar, "d/", '5', NULL, 0);
	tar_add(&tar, "x", 'x', "text", 4);
	tar_add(&tar, "d/a.btf", '0', "text", 4);
	tar_add(&tar, "d/b.btf", '0', tiny_btf(true), TINY_BTF_SIZE);
	tar_add(&tar, "d/c.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	write_seed("several", tar.bytes, tar.size);
	memset(tar.bytes + 124, 0, 12);
	tar.bytes[124] = 0x80;
	write_seed("binary", tar.bytes, tar.size);
	free(tar.bytes);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	dir = argv[2];
	if (!strcmp(argv[1], "elf"))
		seed_elf();
	else if (!strcmp(argv[1], "objects"))
		seed_objects();
	else if (!strcmp(argv[1], "tar"))
		seed_tars();
	else
		seed_images();
	return 0;
}
