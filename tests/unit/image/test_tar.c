// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Archives of tar: the file of BTF or ELF in one is found, and one that has none says so. */
#include "image_test.h"
#include "make_tar.h"

/* The archive opens to the tiny BTF. */
static void assert_opens(const struct made_tar *tar)
{
	struct kbtf_file *file = open_bytes(tar->bytes, tar->size);
	const void *btf;
	size_t size;

	assert_string_equal(kbtf_file_form(file), "tar, raw BTF");
	assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
	assert_int_equal(size, TINY_BTF_SIZE);
	assert_memory_equal(btf, tiny_btf(false), size);
	kbtf_file_free(file);
}

static void test_found(void **state)
{
	struct made_tar tar = { 0 };

	(void)state;
	tar_add(&tar, "5.4.0.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	assert_opens(&tar); /* even without its end */
	tar_end(&tar);
	assert_opens(&tar);
	free(tar.bytes);
}

/* What is no file, what is a file of something else, and content of many blocks are stepped over.
 */
static void test_stepped_over(void **state)
{
	static const char text[1500] = "not BTF";
	struct made_tar tar = { 0 };

	(void)state;
	tar_add(&tar, "./", '5', NULL, 0);
	tar_add(&tar, "PaxHeader", 'x', "30 mtime=1600000000.123456789\n", 30);
	tar_add(&tar, "README", '0', text, sizeof(text));
	tar_add(&tar, "link.btf", '2', NULL, 0);
	tar_add(&tar, "old.btf", '\0', tiny_btf(false), TINY_BTF_SIZE);
	tar_add(&tar, "later.btf", '0', "\x9f\xeb wrong", 8);
	tar_end(&tar);
	assert_opens(&tar);
	free(tar.bytes);
}

/* GNU tar writes sizes from 8 GiB on in binary, and may write any so. */
static void test_binary_size(void **state)
{
	struct made_tar tar = { 0 };

	(void)state;
	tar_add(&tar, "old.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	memset(tar.bytes + 124, 0, 12);
	tar.bytes[124] = 0x80;
	tar.bytes[135] = TINY_BTF_SIZE;
	tar_sum(tar.bytes);
	assert_opens(&tar);
	tar.bytes[126] = 1; /* 2^72 bytes and some */
	tar_sum(tar.bytes);
	assert_refused(tar.bytes, tar.size, -EMEDIUMTYPE,
		       "f: no file of BTF or ELF in the archive (tar) [tar-content]");
	free(tar.bytes);
}

static void test_none(void **state)
{
	static const char *const sizes[] = {
		"00000001055", /* one byte more than there is */
		"77777777777", "0000000000z", "99999999999", "           ",
	};
	struct made_tar tar = { 0 };
	size_t i;

	(void)state;
	tar_add(&tar, "README", '0', "not BTF", 7);
	tar_end(&tar);
	assert_refused(tar.bytes, tar.size, -EMEDIUMTYPE,
		       "f: no file of BTF or ELF in the archive (tar) [tar-content]");
	/* cut in the middle of a member that comes before */
	assert_refused(tar.bytes, TAR_BLOCK + 7, -EMEDIUMTYPE,
		       "f: no file of BTF or ELF in the archive (tar) [tar-content]");
	free(tar.bytes);
	tar = (struct made_tar){ 0 };
	tar_add(&tar, "old.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		memcpy(tar.bytes + 124, sizes[i], 12);
		tar_sum(tar.bytes);
		assert_refused(tar.bytes, TAR_BLOCK + 556, -EMEDIUMTYPE,
			       "f: no file of BTF or ELF in the archive (tar) [tar-content]");
	}
	free(tar.bytes);
}

/* Without a checksum that is right it is no archive at all. */
static void test_checksum(void **state)
{
	struct made_tar tar = { 0 };

	(void)state;
	tar_add(&tar, "old.btf", '0', tiny_btf(false), TINY_BTF_SIZE);
	tar.bytes[0] ^= 1;
	assert_refused(tar.bytes, tar.size, -EMEDIUMTYPE,
		       "f: not BTF, ELF, a kernel image or any of them compressed [file-kind]");
	free(tar.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	    cmocka_unit_test(test_stepped_over),
		cmocka_unit_test(test_binary_size), cmocka_unit_test(test_none),
		cmocka_unit_test(test_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
