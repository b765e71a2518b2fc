// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The signature at the end of a module. A module that was signed twice has one
 * signature on top of the other, the inner one being part of what the outer one
 * signs: all of them go together.
 *
 * Source: include/linux/module_signature.h; kernel/module_signature.c (mod_check_sig);
 * kernel/module/signing.c (mod_verify_sig).
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "file.h"

static const char marker[] = "~Module signature appended~\n";
#define MARKER_SIZE (sizeof(marker) - 1)

/* struct module_signature: the signature's length, big-endian, is its last word. */
#define INFO_SIZE 12u
#define INFO_ID_TYPE 2u
#define INFO_SIGNER_LEN 3u
#define INFO_KEY_ID_LEN 4u
#define INFO_SIG_LEN 8u

static uint32_t read_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool ends_in_marker(const uint8_t *bytes, size_t size)
{
	return size >= MARKER_SIZE && !memcmp(bytes + size - MARKER_SIZE, marker, MARKER_SIZE);
}

/* Bytes of the outermost signature, with its info and marker. */
static int measure(const uint8_t *bytes, size_t size, struct kbtf_signature *ret,
		   struct kbtf_diag *reterr)
{
	size_t before = size - MARKER_SIZE;
	const uint8_t *info;
	uint64_t length;

	if (before < INFO_SIZE)
		return kbtf_fail_at(reterr, -EINVAL, "signature-length", before,
				    "%zu bytes in front of the signature marker are fewer than "
				    "the %u that describe a signature",
				    before, INFO_SIZE);
	before -= INFO_SIZE;
	info = bytes + before;
	ret->id_type = info[INFO_ID_TYPE];
	ret->sig_size = read_be32(info + INFO_SIG_LEN);
	length = (uint64_t)ret->sig_size + info[INFO_SIGNER_LEN] + info[INFO_KEY_ID_LEN];
	if (length > before)
		return kbtf_fail_at(reterr, -EINVAL, "signature-length", before,
				    "the signature has %llu bytes where only %zu come before it",
				    (unsigned long long)length, before);
	ret->offset = before - (size_t)length;
	return 0;
}

int kbtf_signature_find(const uint8_t *bytes, size_t size, struct kbtf_signature *ret,
			struct kbtf_diag *reterr)
{
	struct kbtf_signature inner;
	size_t end = size;
	int err;

	*ret = (struct kbtf_signature){ .offset = size };
	while (ends_in_marker(bytes, end)) {
		err = measure(bytes, end, &inner, reterr);
		if (err)
			return err;
		if (end == size)
			*ret = inner;
		ret->offset = end = inner.offset;
	}
	ret->size = size - ret->offset;
	return 0;
}

const struct kbtf_signature *kbtf_file_signature(const struct kbtf_file *file)
{
	return file->signature.size ? &file->signature : NULL;
}
