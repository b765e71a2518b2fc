// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Files on disk: read whole whatever their size is said to be, raw BTF, compressed modules. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_test.h"
#include "temp_dir.h"

static void assert_open_refused(const char *path, int err, const char *line)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file = NULL;

	assert_int_equal(kbtf_file_open(path, &file, &diag), err);
	assert_diag(&diag, err, line);
	assert_null(file);
}

static void test_raw(void **state)
{
	struct kbtf_file *file;
	struct kbtf_section section;
	struct kbtf_diag diag;
	const void *btf;
	size_t size;
	int big;

	(void)state;
	for (big = 0; big < 2; big++) {
		make_file("raw", tiny_btf(big), TINY_BTF_SIZE);
		assert_int_equal(kbtf_file_open("raw", &file, NULL), 0);
		assert_int_equal(kbtf_file_kind(file), KBTF_FILE_BTF);
		assert_string_equal(kbtf_file_form(file), "raw BTF");
		assert_string_equal(kbtf_file_label(file), "raw");
		assert_true(kbtf_file_is_writable(file));
		assert_null(kbtf_file_elf(file));
		assert_null(kbtf_file_modinfo(file, "name"));
		assert_false(kbtf_file_is_module(file));
		assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
		assert_int_equal(size, TINY_BTF_SIZE);
		assert_memory_equal(btf, tiny_btf(big), size);
		assert_int_equal(kbtf_file_find_section(file, ".BTF", &section, &diag), -ENOENT);
		assert_diag(&diag, -ENOENT,
			    "raw: no section .BTF: this is no ELF file [no-section]");
		assert_int_equal(kbtf_file_section(file, 0, &section), -ERANGE);
		kbtf_file_free(file);
	}
	kbtf_file_free(NULL);
}

/* A compressed file opens, and kbtf_compress() gives a file that opens to the same bytes. */
static void test_compressed(void **state)
{
	static const enum kbtf_compression hows[] = { KBTF_GZIP, KBTF_XZ, KBTF_ZSTD };
	struct kbtf_file *file;
	char form[32];
	const void *btf;
	void *packed;
	size_t size, i;

	(void)state;
	for (i = 0; i < 3; i++) {
		if (kbtf_compress(hows[i], tiny_btf(false), TINY_BTF_SIZE, &packed, &size, NULL))
			continue;
		make_file("packed", packed, size);
		free(packed);
		assert_int_equal(kbtf_file_open("packed", &file, NULL), 0);
		snprintf(form, sizeof(form), "%s, raw BTF", kbtf_compression_name(hows[i]));
		assert_string_equal(kbtf_file_form(file), form);
		assert_int_equal(kbtf_file_compression(file), hows[i]);
		assert_true(kbtf_file_is_writable(file));
		assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
		assert_int_equal(size, TINY_BTF_SIZE);
		assert_memory_equal(btf, tiny_btf(false), size);
		kbtf_file_free(file);
	}
}

static void test_unreadable(void **state)
{
	(void)state;
	assert_open_refused("none", -ENOENT,
			    "none: cannot open: No such file or directory [file-read]");
	assert_open_refused(".", -EISDIR, ".: is a directory [file-read]");
	make_file("empty", "", 0);
	assert_open_refused("empty", -EMEDIUMTYPE,
			    "empty: not BTF, ELF, a kernel image or any of them compressed "
			    "[file-kind]");
	make_file("sparse", "", 0);
	assert_int_equal(truncate("sparse", ((off_t)1 << 30) + 1), 0);
	assert_open_refused(
		"sparse", -EFBIG,
		"sparse: the file has 1073741825 bytes, more than 1073741824 [file-size]");
}

/* Files of /proc say that they have 0 bytes; this one is longer than a page. */
static void test_file_without_size(void **state)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file;
	struct stat st;

	(void)state;
	if (stat("/proc/kallsyms", &st) || st.st_size) {
		print_message("skipped: no /proc/kallsyms\n");
		skip();
	}
	/* it is read to its end, and then not of a kind that we know */
	assert_int_equal(kbtf_file_open("/proc/kallsyms", &file, &diag), -EMEDIUMTYPE);
}

static void test_pipe(void **state)
{
	struct kbtf_file *file;
	char path[64];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], tiny_btf(true), 10), 10);
	assert_int_equal(write(fds[1], tiny_btf(true) + 10, TINY_BTF_SIZE - 10),
			 TINY_BTF_SIZE - 10);
	close(fds[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	assert_int_equal(kbtf_file_open(path, &file, NULL), 0);
	assert_string_equal(kbtf_file_form(file), "raw BTF");
	kbtf_file_free(file);
	close(fds[0]);
}

/* The symbol table too, whatever sort of ELF, and nothing else. */
static void test_open_ids(void **state)
{
	static const char names[] = "\0one";
	struct make_section sections[] = {
		{ ".text", .align = 16, .data = "code", .size = 4 },
		{ ".BTF", .align = 4, .data = tiny_btf(false), .size = TINY_BTF_SIZE },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .link = 4 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = names, .size = sizeof(names) },
	};
	struct kbtf_section section;
	struct kbtf_symbol *syms;
	struct kbtf_diag diag;
	struct kbtf_file *file;
	struct made_elf elf;
	size_t nr, i;

	(void)state;
	for (i = 0; i < 8; i++) {
		bool is_64 = elf_sorts[i % 4].bits == 64, big = elf_sorts[i % 4].big_endian;
		uint8_t symtab[48] = { 0 };

		sections[2].data = symtab;
		sections[2].entsize = is_64 ? 24 : 16;
		sections[2].size = 2 * sections[2].entsize;
		symtab[sections[2].entsize + (big ? 3 : 0)] = 1;		    /* name */
		symtab[sections[2].entsize + (is_64 ? 6 : 14) + (big ? 1 : 0)] = 1; /* section */
		elf = make_elf(&(struct make_elf){ .bits = elf_sorts[i % 4].bits,
						   .big_endian = big,
						   .type = ET_EXEC,
						   .sections = sections,
						   .nr_sections = 4,
						   .extended = i & 4 });
		make_file("vmlinux", elf.bytes, elf.size);
		free(elf.bytes);
		assert_int_equal(kbtf_file_open_ids("vmlinux", &file, &diag), 0);
		assert_int_equal(kbtf_file_section_symbols(file, 1, &syms, &nr, &diag), 0);
		assert_int_equal(nr, 1);
		assert_string_equal(syms[0].name, "one");
		free(syms);
		assert_int_equal(kbtf_file_section(file, 1, &section), 0);
		assert_null(section.data);
		assert_int_equal(kbtf_file_section(file, 2, &section), 0);
		assert_memory_equal(section.data, tiny_btf(false), TINY_BTF_SIZE);
		assert_false(kbtf_file_is_writable(file));
		kbtf_file_free(file);
	}
}

/* Only BTF is read, whatever sort of ELF; what is left out says so. */
static void test_open_btf(void **state)
{
	const struct make_section sections[] = {
		{ ".text", .align = 16, .data = "code", .size = 4 },
		{ ".BTF", .align = 4, .data = tiny_btf(false), .size = TINY_BTF_SIZE },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .data = "", .size = 0, .link = 4 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = "", .size = 1 },
	};
	struct kbtf_section section;
	struct kbtf_symbol *syms;
	struct kbtf_diag diag;
	struct kbtf_file *file;
	struct made_elf elf;
	const void *btf;
	void *bytes;
	size_t size, i;

	(void)state;
	for (i = 0; i < 8; i++) {
		elf = make_elf(&(struct make_elf){ .bits = elf_sorts[i % 4].bits,
						   .big_endian = elf_sorts[i % 4].big_endian,
						   .type = ET_EXEC,
						   .sections = sections,
						   .nr_sections = 4,
						   .extended = i & 4 });
		make_file("vmlinux", elf.bytes, elf.size);
		assert_int_equal(kbtf_file_open_btf("vmlinux", &file, NULL), 0);
		assert_string_equal(kbtf_file_form(file), "ELF");
		assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
		assert_int_equal(size, TINY_BTF_SIZE);
		assert_memory_equal(btf, tiny_btf(false), size);
		assert_false(kbtf_file_is_writable(file));
		assert_int_equal(kbtf_file_section(file, 1, &section), 0);
		assert_string_equal(section.name, ".text");
		assert_null(section.data);
		assert_int_equal(kbtf_file_find_section(file, ".text", &section, &diag), -EINVAL);
		assert_diag(&diag, -EINVAL,
			    "vmlinux: section .text was not read: the file was opened for some of "
			    "its sections [section-not-read]");
		assert_int_equal(kbtf_file_find_symbols(file, "", &syms, &size, &diag), -EINVAL);
		assert_diag(&diag, -EINVAL,
			    "vmlinux: .symtab: symbols were not read: the file was opened for some "
			    "of its sections [section-not-read]");
		assert_int_equal(kbtf_file_edit(file, NULL, 0, &bytes, &size, &diag), -EINVAL);
		assert_diag(&diag, -EINVAL,
			    "vmlinux: the file was opened for some of its sections, and cannot be "
			    "edited "
			    "[section-not-read]");
		kbtf_file_free(file);
		/* more than would be read whole, where there are addresses for it */
		if (sizeof(size_t) > 4) {
			assert_int_equal(truncate("vmlinux", (off_t)3 << 30), 0);
			assert_int_equal(kbtf_file_open_btf("vmlinux", &file, NULL), 0);
			assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
			assert_memory_equal(btf, tiny_btf(false), size);
			kbtf_file_free(file);
		}
		/* what is damaged is refused as by kbtf_file_open() */
		assert_int_equal(truncate("vmlinux", (off_t)elf.size - 1), 0);
		assert_int_equal(kbtf_file_open_btf("vmlinux", &file, &diag), -EINVAL);
		assert_string_equal(diag.reason, "elf-truncated");
		free(elf.bytes);
	}
	make_file("raw", tiny_btf(true), TINY_BTF_SIZE);
	assert_int_equal(kbtf_file_open_btf("raw", &file, NULL), 0);
	assert_true(kbtf_file_is_writable(file));
	kbtf_file_free(file);
	assert_int_equal(kbtf_file_open_btf("none", &file, &diag), -ENOENT);
	assert_diag(&diag, -ENOENT, "none: cannot open: No such file or directory [file-read]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_raw),	       TEST(test_compressed),
		TEST(test_unreadable), TEST(test_file_without_size),
		TEST(test_pipe),       TEST(test_open_btf),
		TEST(test_open_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
