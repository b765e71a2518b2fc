// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Every operation with the first allocation failing, then the second, and so on
 * until none does: each time it says so, or can do without. Leaks are for the
 * sanitizer to find. Allocations inside shared libraries do not fail here.
 */
#include <stdio.h>

#include "image_test.h"
#include "temp_dir.h"

static long left = -1; /* allocations until one fails; negative: none does */
static bool has_failed;

static bool fails(void)
{
	if (left < 0 || left--)
		return false;
	has_failed = true;
	return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

/* Run it with ever later failures. */
static void each_allocation(int (*run)(struct kbtf_diag *diag))
{
	struct kbtf_diag diag = { 0 };
	long n;
	int err;

	for (n = 0; n < 1000; n++) {
		left = n;
		has_failed = false;
		err = run(&diag);
		left = -1;
		if (!has_failed)
			break;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_string_equal(diag.reason, "no-memory");
			assert_string_equal(diag.text, "out of memory");
		}
	}
	assert_int_equal(err, 0);
	assert_true(n > 0 && n < 1000);
}

/* ---- Inputs, made before allocations fail ------------------------------ */

static struct made_elf elf;
static struct {
	uint8_t *bytes;
	size_t size;
} packed[KBTF_NR_COMPRESSIONS];

static int make_inputs(void **state)
{
	static const char strings[] = "\0__BTF_ID__a\0__BTF_ID__b\0__BTF_ID__c";
	uint8_t symtab[4 * 24] = { 0 };
	const struct make_section sections[] = {
		{ ".BTF", .align = 4, .data = tiny_btf(false), .size = TINY_BTF_SIZE },
		{ ".symtab", .type = SHT_SYMTAB, .align = 8, .data = symtab, .size = sizeof(symtab),
		  .entsize = 24, .link = 3 },
		{ ".strtab", .type = SHT_STRTAB, .align = 1, .data = strings,
		  .size = sizeof(strings) },
	};
	int i;

	for (i = 0; i < 3; i++)
		put_symbol(symtab + (i + 1) * 24, 64, false, 1 + (uint32_t)i * 12, 1, 0, 4);
	elf = make_elf(&(struct make_elf){
		.bits = 64, .type = ET_REL, .sections = sections, .nr_sections = 3 });
	for (i = KBTF_GZIP; i < KBTF_NR_COMPRESSIONS; i++)
		packed[i].bytes = pack(i, elf.bytes, elf.size, &packed[i].size);
	return temp_dir_setup(state);
}

static int free_inputs(void **state)
{
	int i;

	free(elf.bytes);
	for (i = 0; i < KBTF_NR_COMPRESSIONS; i++)
		free(packed[i].bytes);
	memset(packed, 0, sizeof(packed));
	return temp_dir_teardown(state);
}

/* ---- Operations -------------------------------------------------------- */

static int how;

static int run_open(struct kbtf_diag *diag)
{
	struct kbtf_file *file;
	int err = kbtf_file_open_bytes(packed[how].bytes, packed[how].size, "f", &file, diag);

	if (!err)
		kbtf_file_free(file);
	return err;
}

static void test_open(void **state)
{
	(void)state;
	for (how = KBTF_GZIP; how < KBTF_NR_COMPRESSIONS; how++)
		if (packed[how].bytes)
			each_allocation(run_open);
}

static int run_open_path(struct kbtf_diag *diag)
{
	struct kbtf_file *file;
	int err = kbtf_file_open("module.ko", &file, diag);

	if (!err)
		kbtf_file_free(file);
	if (!err)
		err = kbtf_file_open_btf("module.ko", &file, diag);
	if (!err)
		kbtf_file_free(file);
	return err;
}

static void test_open_path(void **state)
{
	(void)state;
	make_file("module.ko", elf.bytes, elf.size);
	each_allocation(run_open_path);
}

static int run_search(struct kbtf_diag *diag)
{
	static uint8_t image[4096];
	struct kbtf_file *file;
	int err;

	memcpy(image + 56, "ARM\x64", 4);
	memcpy(image + 1001, tiny_btf(true), TINY_BTF_SIZE);
	err = kbtf_file_open_bytes(image, sizeof(image), "f", &file, diag);
	if (!err)
		kbtf_file_free(file);
	return err;
}

static void test_search(void **state)
{
	(void)state;
	each_allocation(run_search);
}

static struct kbtf_file *file_to_use;

static int run_symbols(struct kbtf_diag *diag)
{
	struct kbtf_symbol *syms;
	size_t nr;
	int err = kbtf_file_find_symbols(file_to_use, "__BTF_ID__", &syms, &nr, diag);

	if (!err) {
		assert_int_equal(nr, 3);
		free(syms);
	}
	return err;
}

static int run_edit(struct kbtf_diag *diag)
{
	const struct kbtf_section_edit edits[] = {
		{ .name = ".BTF", .data = "other", .size = 5 },
		{ .name = ".BTF.base", .data = "base", .size = 4 },
		{ .name = ".BTF.embedded", .data = "embedded", .size = 8 },
	};
	size_t size;
	void *bytes;
	int err = kbtf_file_edit(file_to_use, edits, 3, &bytes, &size, diag);

	if (!err)
		free(bytes);
	return err;
}

static int run_edit_save(struct kbtf_diag *diag)
{
	const struct kbtf_section_edit edit = { .name = ".BTF.base", .data = "base", .size = 4 };
	uint64_t size;

	return kbtf_file_edit_save(file_to_use, &edit, 1, 0, &size, diag);
}

static void test_edit_save(void **state)
{
	size_t nr;

	(void)state;
	make_file("f", elf.bytes, elf.size);
	assert_int_equal(kbtf_file_open_btf("f", &file_to_use, NULL), 0);
	nr = nr_names(".");
	each_allocation(run_edit_save);
	kbtf_file_free(file_to_use);
	assert_int_equal(nr_names("."), nr); /* no temporary file */
}

static void test_use(void **state)
{
	(void)state;
	file_to_use = open_bytes(elf.bytes, elf.size);
	each_allocation(run_symbols);
	each_allocation(run_edit);
	kbtf_file_free(file_to_use);
}

static int run_compress(struct kbtf_diag *diag)
{
	size_t size;
	void *bytes;
	int err = kbtf_compress(how, elf.bytes, elf.size, &bytes, &size, diag);

	if (!err)
		free(bytes);
	return err;
}

static void test_compress(void **state)
{
	(void)state;
	for (how = KBTF_PLAIN; how < KBTF_NR_COMPRESSIONS; how++)
		if (how == KBTF_PLAIN || how == KBTF_XZ || how == KBTF_GZIP || how == KBTF_ZSTD)
			if (how == KBTF_PLAIN || packed[how].bytes)
				each_allocation(run_compress);
}

static int run_list(struct kbtf_diag *diag)
{
	struct kbtf_paths paths;
	int err = kbtf_paths_list("m", 0, &paths, diag);

	if (!err) {
		assert_int_equal(paths.nr, 70);
		kbtf_paths_deinit(&paths);
	}
	return err;
}

static int run_find(struct kbtf_diag *diag)
{
	struct kbtf_file *file;
	char *dir;
	int err = kbtf_kernel_open("root", "6.1", &file, diag);

	if (!err)
		kbtf_file_free(file);
	if (!err)
		err = kbtf_kernel_module_dir("root", "6.1", &dir, diag);
	if (!err)
		free(dir);
	return err;
}

static void test_find(void **state)
{
	char name[32];
	int i;

	(void)state;
	for (i = 0; i < 70; i++) {
		snprintf(name, sizeof(name), "m/dir%d/%d.ko", i % 3, i);
		make_file(name, "", 0);
	}
	each_allocation(run_list);
	make_file("root/boot/vmlinuz-6.1", elf.bytes, elf.size);
	make_file("root/lib/modules/6.1/modules.dep", "", 0);
	each_allocation(run_find);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_inputs, free_inputs)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open), TEST(test_open_path), TEST(test_search), TEST(test_edit_save),
		TEST(test_use),	 TEST(test_compress),  TEST(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
