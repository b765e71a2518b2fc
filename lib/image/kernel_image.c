// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The header of a kernel image in, what and where the kernel in it is out. A row
 * per kind of image: its magic, and who reads the rest of its header.
 *
 *   x86    ... 'HdrS' at 0x202, payload offset and length at 0x248 and 0x24c
 *   zboot  'MZ', 'zimg' at 4, payload offset and size at 8 and 12, method at 24
 *   arm64  'ARM\x64' at 56: the kernel as it lies in memory, with this as its start
 *   riscv  'RSC\x05' at 56: likewise
 *   ARM    0x016f2818 at 36, in either byte order: a decompressor and a payload
 *   s390   'S390EP' at 0x10008: likewise
 *
 * Source: Documentation/arch/x86/boot.rst; drivers/firmware/efi/libstub/zboot-header.S;
 * Documentation/arch/arm64/booting.rst; Documentation/arch/riscv/boot-image-header.rst;
 * arch/arm/boot/compressed/head.S; arch/s390/boot/head.S.
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "kernel_image.h"

#define X86_SETUP_SECTS 0x1f1
#define X86_VERSION 0x206
#define X86_PAYLOAD_OFFSET 0x248
#define X86_PAYLOAD_LENGTH 0x24c
#define X86_HEADER_END 0x250
#define X86_PAYLOAD_VERSION 0x208 /* 2.08: from here on the header tells of the payload */
#define X86_SECTOR 512u

#define ZBOOT_PAYLOAD_OFFSET 8
#define ZBOOT_PAYLOAD_SIZE 12
#define ZBOOT_HEADER_END 56

static uint32_t read_le(const uint8_t *p, unsigned int nr_bytes)
{
	uint32_t value = 0;

	while (nr_bytes--)
		value = value << 8 | p[nr_bytes];
	return value;
}

static int set_payload(struct kbtf_image *image, size_t image_size, uint64_t offset, uint64_t size,
		       struct kbtf_diag *reterr)
{
	if (!size || offset > image_size || size > image_size - offset)
		return kbtf_fail(reterr, -EINVAL, "image-payload",
				 "%s: the header says that the payload is %llu bytes at 0x%llx, "
				 "the image has 0x%zx",
				 image->name, (unsigned long long)size, (unsigned long long)offset,
				 image_size);
	image->offset = (size_t)offset;
	image->size = (size_t)size;
	return 0;
}

static int read_x86(const uint8_t *b, size_t size, struct kbtf_image *image,
		    struct kbtf_diag *reterr)
{
	uint32_t version, setup_sects;

	if (size < X86_HEADER_END)
		return kbtf_fail(reterr, -EINVAL, "image-truncated",
				 "%s: %zu bytes end inside the boot header", image->name, size);
	version = read_le(b + X86_VERSION, 2);
	if (version < X86_PAYLOAD_VERSION)
		return kbtf_fail_at(reterr, -EINVAL, "image-version", X86_VERSION,
				    "%s: boot protocol %u.%02u does not tell where the payload is, "
				    "2.08 and later do",
				    image->name, version >> 8, version & 0xff);
	setup_sects = b[X86_SETUP_SECTS] ? b[X86_SETUP_SECTS] : 4;
	return set_payload(image, size,
			   (uint64_t)(setup_sects + 1) * X86_SECTOR +
				   read_le(b + X86_PAYLOAD_OFFSET, 4),
			   read_le(b + X86_PAYLOAD_LENGTH, 4), reterr);
}

static int read_zboot(const uint8_t *b, size_t size, struct kbtf_image *image,
		      struct kbtf_diag *reterr)
{
	if (size < ZBOOT_HEADER_END)
		return kbtf_fail(reterr, -EINVAL, "image-truncated",
				 "%s: %zu bytes end inside the header", image->name, size);
	return set_payload(image, size, read_le(b + ZBOOT_PAYLOAD_OFFSET, 4),
			   read_le(b + ZBOOT_PAYLOAD_SIZE, 4), reterr);
}

/* zboot comes before arm64, whose magic may stand in an image of both kinds. */
static const struct {
	const char *name;
	const char *magic;
	uint32_t magic_len;
	uint32_t magic_at;
	enum kbtf_image_kind kind;
	int (*read)(const uint8_t *b, size_t size, struct kbtf_image *image,
		    struct kbtf_diag *reterr);
} images[] = {
	{ "EFI zboot image", "zimg", 4, 4, KBTF_IMAGE_PAYLOAD, read_zboot },
	{ "arm64 Image", "ARM\x64", 4, 56, KBTF_IMAGE_MEMORY, NULL },
	{ "riscv Image", "RSC\x05", 4, 56, KBTF_IMAGE_MEMORY, NULL },
	{ "x86 bzImage", "HdrS", 4, 0x202, KBTF_IMAGE_PAYLOAD, read_x86 },
	{ "ARM zImage", "\x18\x28\x6f\x01", 4, 36, KBTF_IMAGE_SEARCH, NULL },
	{ "ARM zImage", "\x01\x6f\x28\x18", 4, 36, KBTF_IMAGE_SEARCH, NULL },
	{ "s390 image", "S390EP", 6, 0x10008, KBTF_IMAGE_SEARCH, NULL },
};

int kbtf_image_identify(const uint8_t *b, size_t size, struct kbtf_image *ret,
			struct kbtf_diag *reterr)
{
	size_t i;

	*ret = (struct kbtf_image){ .kind = KBTF_IMAGE_NONE };
	for (i = 0; i < sizeof(images) / sizeof(*images); i++) {
		if (size < images[i].magic_at + images[i].magic_len ||
		    memcmp(b + images[i].magic_at, images[i].magic, images[i].magic_len))
			continue;
		ret->kind = images[i].kind;
		ret->name = images[i].name;
		return images[i].read ? images[i].read(b, size, ret, reterr) : 0;
	}
	return 0;
}
