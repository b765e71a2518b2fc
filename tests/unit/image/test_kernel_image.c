// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Kernel images of every kind, made here: what is in them is found, damage is told. */
#include <stdio.h>

#include "image_config.h"
#include "image_test.h"

/* A buffer that images are put together in. */
struct image {
	uint8_t *bytes;
	size_t size;
};

static void image_add(struct image *image, const void *bytes, size_t size)
{
	image->bytes = realloc(image->bytes, image->size + size + 1);
	if (bytes)
		memcpy(image->bytes + image->size, bytes, size);
	else
		memset(image->bytes + image->size, 0, size);
	image->size += size;
}

/* As `mkpiggy` leaves it: compressed, with the unpacked size behind. */
static bool add_packed(struct image *image, enum kbtf_compression how, const void *bytes,
		       size_t size)
{
	uint8_t word[4], *packed;
	size_t packed_size;

	packed = pack(how, bytes, size, &packed_size);
	if (!packed)
		return false;
	image_add(image, packed, packed_size);
	put(word, size, 4, false);
	if (how != KBTF_GZIP) /* which ends in it by itself */
		image_add(image, word, 4);
	free(packed);
	return true;
}

/* vmlinux as it is in a bzImage: sections, but no symbols. */
static struct made_elf make_vmlinux(void)
{
	const struct make_section sections[] = {
		{ ".text", .flags = SHF_ALLOC, .align = 16, .data = "some code", .size = 9 },
		{ ".BTF", .flags = SHF_ALLOC, .align = 4, .data = tiny_btf(false),
		  .size = TINY_BTF_SIZE },
	};
	const struct make_elf spec = {
		.bits = 64, .type = ET_EXEC, .sections = sections, .nr_sections = 2
	};

	return make_elf(&spec);
}

/* A kernel as it lies in memory: magics that are not BTF's, a program's BTF, BTF, and more. */
static struct image make_memory(bool big_endian)
{
	static const uint8_t decoy[32] = { 0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	static const uint8_t decoy_types[64] = { 0x9f, 0xeb, 1, 0,  24, 0, 0, 0,  0, 0, 0, 0,	20,
						 0,    0,    0, 20, 0,	0, 0, 10, 0, 0, 0, 0xee };
	struct image image = { 0 };

	image_add(&image, NULL, 4096);
	image_add(&image, decoy, sizeof(decoy));
	image_add(&image, decoy_types, sizeof(decoy_types));
	image_add(&image, NULL, 101);
	image_add(&image, tiny_btf(big_endian), TINY_BTF_SIZE);
	image_add(&image, "\x9f\xeb\x01\0\x18", 5); /* a header that the end cuts off */
	return image;
}

static struct image make_arm64(void)
{
	struct image image = make_memory(false);

	memcpy(image.bytes, "MZ", 2);
	memcpy(image.bytes + 56, "ARM\x64", 4);
	return image;
}

static struct image make_bzimage(enum kbtf_compression how)
{
	struct made_elf vmlinux = make_vmlinux();
	struct image image = { 0 };
	size_t payload;

	image_add(&image, NULL, 3 * 512 + 100); /* setup sectors, and the decompressor */
	put(image.bytes + 0x1f1, 2, 1, false);
	memcpy(image.bytes + 0x202, "HdrS", 4);
	put(image.bytes + 0x206, 0x20f, 2, false);
	payload = image.size;
	if (how == KBTF_PLAIN)
		image_add(&image, vmlinux.bytes, vmlinux.size);
	else if (!add_packed(&image, how, vmlinux.bytes, vmlinux.size))
		image.size = 0;
	free(vmlinux.bytes);
	put(image.bytes + 0x248, payload - 3 * 512, 4, false);
	put(image.bytes + 0x24c, image.size - payload, 4, false);
	if (image.size)
		image_add(&image, "code behind the payload", 23);
	return image;
}

static struct image make_zboot(enum kbtf_compression how, const struct image *kernel)
{
	struct image image = { 0 };
	size_t start = 4096;

	image_add(&image, NULL, start);
	memcpy(image.bytes, "MZ\0\0zimg", 8);
	if (!add_packed(&image, how, kernel->bytes, kernel->size)) {
		image.size = 0;
		return image;
	}
	put(image.bytes + 8, start, 4, false);
	put(image.bytes + 12, image.size - start, 4, false);
	strcpy((char *)image.bytes + 24, kbtf_compression_name(how));
	put(image.bytes + 56, 0x644d5241, 4, false); /* arm64's magic is in it too */
	return image;
}

/* Code that has what looks like the beginning of a payload, and then one. */
static struct image make_searchable(enum kbtf_compression how, const struct image *kernel)
{
	static const char decoys[] =
		"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff..\x28\xb5\x2f\xfd\xff..."
		"\xfd"
		"7zXZ\0.........\x02\x21\x4c\x18\xff\xff\xff\xff";
	struct image image = { 0 };

	image_add(&image, NULL, 0x10100);
	image_add(&image, decoys, sizeof(decoys));
	if (!add_packed(&image, how, kernel->bytes, kernel->size))
		image.size = 0;
	else
		image_add(&image, "data behind the payload", 23);
	return image;
}

static void assert_holds_btf(const struct image *image, const char *form, bool big_endian)
{
	struct kbtf_file *file = open_bytes(image->bytes, image->size);
	const void *btf;
	size_t size;

	assert_string_equal(kbtf_file_form(file), form);
	assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
	assert_int_equal(size, TINY_BTF_SIZE);
	assert_memory_equal(btf, tiny_btf(big_endian), TINY_BTF_SIZE);
	assert_false(kbtf_file_is_writable(file));
	assert_int_equal(kbtf_file_compression(file), KBTF_PLAIN);
	kbtf_file_free(file);
}

static void test_bzimage(void **state)
{
	struct image image;
	char form[64];
	int how;

	(void)state;
	for (how = KBTF_PLAIN; how < KBTF_NR_COMPRESSIONS; how++) {
		image = make_bzimage(how);
		if (image.size) {
			snprintf(form, sizeof(form), "x86 bzImage, %s%sELF",
				 how ? kbtf_compression_name(how) : "", how ? ", " : "");
			assert_holds_btf(&image, form, false);
		}
		free(image.bytes);
	}
}

static void test_arm64(void **state)
{
	struct image image = make_arm64(), riscv = make_memory(false);

	(void)state;
	assert_holds_btf(&image, "arm64 Image", false);
	memcpy(riscv.bytes + 56, "RSC\x05", 4);
	assert_holds_btf(&riscv, "riscv Image", false);
	free(image.bytes);
	free(riscv.bytes);
}

static void test_zboot(void **state)
{
	struct image kernel = make_arm64(), image;
	char form[64];
	int how;

	(void)state;
	for (how = KBTF_GZIP; how < KBTF_NR_COMPRESSIONS; how++) {
		image = make_zboot(how, &kernel);
		if (image.size) {
			snprintf(form, sizeof(form), "EFI zboot image, %s, arm64 Image",
				 kbtf_compression_name(how));
			assert_holds_btf(&image, form, false);
		}
		free(image.bytes);
	}
	free(kernel.bytes);
	kernel = make_memory(false); /* of an architecture whose images have no header */
	image = make_zboot(KBTF_GZIP, &kernel);
	if (image.size)
		assert_holds_btf(&image, "EFI zboot image, gzip", false);
	free(image.bytes);
	free(kernel.bytes);
}

static void test_arm_and_s390(void **state)
{
	struct image little = make_memory(false), big = make_memory(true), image;
	char form[64];
	int how;

	(void)state;
	for (how = KBTF_GZIP; how < KBTF_NR_COMPRESSIONS; how++) {
		image = make_searchable(how, &little);
		if (image.size) {
			put(image.bytes + 36, 0x016f2818, 4, false);
			snprintf(form, sizeof(form), "ARM zImage, %s", kbtf_compression_name(how));
			assert_holds_btf(&image, form, false);
		}
		free(image.bytes);
		image = make_searchable(how, &big);
		if (image.size) {
			put(image.bytes + 36, 0x016f2818, 4, true);
			assert_holds_btf(&image, form, true);
			put(image.bytes + 36, 0, 4, true);
			memcpy(image.bytes + 0x10008, "S390EP", 6);
			snprintf(form, sizeof(form), "s390 image, %s", kbtf_compression_name(how));
			assert_holds_btf(&image, form, true);
		}
		free(image.bytes);
	}
	/* a kernel that is not compressed at all */
	put(big.bytes + 36, 0x016f2818, 4, true);
	assert_holds_btf(&big, "ARM zImage", true);
	free(little.bytes);
	free(big.bytes);
}

static void test_search_finds_elf(void **state)
{
	struct made_elf vmlinux = make_vmlinux();
	struct image kernel = { vmlinux.bytes, vmlinux.size }, image;

	(void)state;
	image = make_searchable(KBTF_GZIP, &kernel);
	if (image.size) {
		memcpy(image.bytes + 0x10008, "S390EP", 6);
		assert_holds_btf(&image, "s390 image, gzip, ELF", false);
	}
	free(image.bytes);
	free(vmlinux.bytes);
}

/* The BTF of programs that are built in is smaller than the kernel's. */
static void test_largest_btf_is_the_kernels(void **state)
{
	uint8_t small[TINY_BTF_SIZE - 1];
	struct image image = { 0 };

	(void)state;
	memcpy(small, tiny_btf(false), 40);
	put(small + 20, 4, 4, false);
	memcpy(small + 40, "\0in", 4);
	image_add(&image, NULL, 64);
	memcpy(image.bytes + 56, "ARM\x64", 4);
	image_add(&image, small, sizeof(small));
	image_add(&image, tiny_btf(true), TINY_BTF_SIZE);
	image_add(&image, small, sizeof(small));
	assert_holds_btf(&image, "arm64 Image", true);
	free(image.bytes);
}

static void test_gzipped_image(void **state)
{
	struct image kernel = make_arm64();
	struct kbtf_file *file;
	size_t size;
	uint8_t *packed = pack(KBTF_GZIP, kernel.bytes, kernel.size, &size);

	(void)state;
	if (packed) {
		file = open_bytes(packed, size);
		assert_string_equal(kbtf_file_form(file), "gzip, arm64 Image");
		assert_int_equal(kbtf_file_kind(file), KBTF_FILE_IMAGE);
		assert_int_equal(kbtf_file_compression(file), KBTF_GZIP);
		assert_false(kbtf_file_is_writable(file));
		kbtf_file_free(file);
	}
	free(packed);
	free(kernel.bytes);
}

static void test_no_btf(void **state)
{
	struct image image = { 0 };
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *btf;
	size_t size;

	(void)state;
	image_add(&image, NULL, 4096);
	memcpy(image.bytes + 56, "ARM\x64", 4);
	file = open_bytes(image.bytes, image.size);
	assert_int_equal(kbtf_file_btf(file, &btf, &size, &diag), -ENODATA);
	assert_diag(&diag, -ENODATA, "f: no BTF in this kernel (arm64 Image) [no-btf]");
	kbtf_file_free(file);
	free(image.bytes);
}

static void test_damaged(void **state)
{
	struct image image = make_bzimage(KBTF_PLAIN);
	struct image kernel = make_arm64(), zboot = make_zboot(KBTF_GZIP, &kernel);

	(void)state;
	put(image.bytes + 0x24c, 0x7fffffff, 4, false);
	assert_refused(image.bytes, image.size, -EINVAL,
		       "f: x86 bzImage: the header says that the payload is 2147483647 bytes at "
		       "0x664, the image has 0x80b [image-payload]");
	put(image.bytes + 0x24c, 0, 4, false);
	assert_refused(image.bytes, image.size, -EINVAL,
		       "f: x86 bzImage: the header says that the payload is 0 bytes at 0x664, the "
		       "image has 0x80b [image-payload]");
	put(image.bytes + 0x24c, 16, 4, false);
	put(image.bytes + 0x248, UINT32_MAX, 4, false);
	assert_refused(image.bytes, image.size, -EINVAL,
		       "f: x86 bzImage: the header says that the payload is 16 bytes at "
		       "0x1000005ff, the image has 0x80b [image-payload]");
	put(image.bytes + 0x248, 0, 4, false);
	assert_refused(
		image.bytes, image.size, -EMEDIUMTYPE,
		"f: x86 bzImage: the payload begins with 00 00 00 00, which is no compression "
		"that kbtf knows [image-payload]");
	put(image.bytes + 0x206, 0x207, 2, false);
	assert_refused(
		image.bytes, image.size, -EINVAL,
		"f+0x206: x86 bzImage: boot protocol 2.07 does not tell where the payload is, "
		"2.08 and later do [image-version]");
	assert_refused(image.bytes, 0x24f, -EINVAL,
		       "f: x86 bzImage: 591 bytes end inside the boot header [image-truncated]");
	assert_refused(zboot.bytes, 55, -EINVAL,
		       "f: EFI zboot image: 55 bytes end inside the header [image-truncated]");
	free(image.bytes);
	free(kernel.bytes);
	free(zboot.bytes);
}

/* A search that finds nothing says what was wrong with the last thing that looked right. */
static void test_search_fails(void **state)
{
	struct image image = { 0 };

	(void)state;
	image_add(&image, NULL, 100);
	put(image.bytes + 36, 0x016f2818, 4, false);
	image_add(&image, "\x02\x21\x4c\x18\xff\xff\xff\x7f..", 10);
#if HAVE_LZ4
	assert_refused(image.bytes, image.size, -EINVAL,
		       "f: lz4 data+0x4: the data is corrupt: a block of 2147483647 bytes "
		       "[unpack-corrupt]");
#else
	assert_refused(image.bytes, image.size, -EOPNOTSUPP,
		       "f: lz4 data needs liblz4, which this build lacks [unpack-library]");
#endif
	free(image.bytes);
}

static void test_truncated(void **state)
{
	struct image images[4], kernel = make_arm64();
	struct kbtf_file *file;
	size_t i, size;
	uint8_t *cut;

	(void)state;
	images[0] = make_bzimage(KBTF_GZIP);
	images[1] = make_zboot(KBTF_GZIP, &kernel);
	images[2] = kernel;
	images[3] = make_searchable(KBTF_GZIP, &kernel);
	put(images[3].bytes + 36, 0x016f2818, 4, false);
	for (i = 0; i < 4; i++) {
		for (size = 0; size < images[i].size; size += size < 700 ? 1 : 61) {
			cut = malloc(size ? size : 1);
			memcpy(cut, images[i].bytes, size);
			if (!kbtf_file_open_bytes(cut, size, "f", &file, NULL))
				kbtf_file_free(file);
			free(cut);
		}
		free(images[i].bytes);
	}
}

static void test_unknown(void **state)
{
	uint8_t *packed, zeros[100] = { 0 };
	size_t size;

	(void)state;
	assert_refused("", 0, -EMEDIUMTYPE,
		       "f: not BTF, ELF, a kernel image or any of them compressed [file-kind]");
	assert_refused(zeros, sizeof(zeros), -EMEDIUMTYPE,
		       "f: not BTF, ELF, a kernel image or any of them compressed [file-kind]");
	packed = pack(KBTF_XZ, zeros, sizeof(zeros), &size);
	if (packed)
		assert_refused(packed, size, -EMEDIUMTYPE,
			       "f: xz, not BTF, ELF, a kernel image or any of them compressed "
			       "[file-kind]");
	free(packed);
}

/* A wrapper in a wrapper in a ... */
static void test_depth(void **state)
{
	size_t size = TINY_BTF_SIZE, packed_size;
	uint8_t *bytes = malloc(size), *packed;
	struct kbtf_file *file;
	int depth;

	(void)state;
	memcpy(bytes, tiny_btf(false), size);
	for (depth = 1; depth <= 5; depth++) {
		packed = pack(KBTF_GZIP, bytes, size, &packed_size);
		free(bytes);
		bytes = packed;
		size = packed_size;
		if (!bytes)
			return;
		if (depth <= 4) {
			file = open_bytes(bytes, size);
			assert_int_equal(kbtf_file_is_writable(file), depth == 1);
			kbtf_file_free(file);
		} else {
			assert_refused(bytes, size, -EFBIG,
				       "f: more than 4 wrappers: gzip, gzip, gzip, gzip, ... "
				       "[file-depth]");
		}
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_zboot),
		cmocka_unit_test(test_arm_and_s390),
		cmocka_unit_test(test_search_finds_elf),
		cmocka_unit_test(test_largest_btf_is_the_kernels),
		cmocka_unit_test(test_gzipped_image),
		cmocka_unit_test(test_no_btf),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_search_fails),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
