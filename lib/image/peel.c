// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The bytes of a file in, what is under its wrappers out. One layer at a time
 * (peel_layer): unpack what is compressed, step into an archive or the payload of a kernel
 * image, until raw BTF, ELF or a kernel's memory image is left. Images whose
 * header does not tell where the payload is are searched (search_payload).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "file.h"
#include "kernel_image.h"
#include "tar.h"
#include "unpack.h"

/* Places in an image that look like a payload; a decompressor's code has few. */
#define MAX_CANDIDATES 64u

static void add_form(struct kbtf_file *file, const char *what)
{
	size_t len = strlen(file->form);

	snprintf(file->form + len, sizeof(file->form) - len, "%s%s", len ? ", " : "", what);
}

static bool is_elf(const uint8_t *b, size_t size)
{
	return size >= SELFMAG && !memcmp(b, ELFMAG, SELFMAG);
}

static bool is_btf(const uint8_t *b, size_t size)
{
	return size >= 2 && ((b[0] == 0x9f && b[1] == 0xeb) || (b[0] == 0xeb && b[1] == 0x9f));
}

/* Where in a kernel image the bytes are. */
enum whereabouts {
	OUTSIDE,
	IN_PAYLOAD, /* as the image carries it */
	IN_KERNEL,  /* unpacked */
};

/* Let the file have bytes that were unpacked out of it, in place of its own. */
static void take(struct kbtf_file *file, struct kbtf_buf *out)
{
	free(file->owned);
	file->owned = kbtf_buf_steal(out, &file->size);
	file->bytes = file->owned;
}

static int unpack_layer(struct kbtf_file *file, enum kbtf_compression how, enum whereabouts *where,
			struct kbtf_diag *reterr)
{
	struct kbtf_unpack u = {
		.in = file->bytes,
		.in_size = file->size,
		.max = KBTF_MAX_MADE_BYTES,
		.is_file = *where == OUTSIDE,
	};
	int err;

	err = kbtf_unpack(&u, how, reterr);
	if (err) {
		kbtf_buf_deinit(&u.out);
		return err;
	}
	if (!file->depth)
		file->compression = how;
	add_form(file, kbtf_compression_name(how));
	take(file, &u.out);
	if (*where == IN_PAYLOAD)
		*where = IN_KERNEL;
	return 0;
}

static int fail_unknown(const struct kbtf_file *file, enum whereabouts where,
			struct kbtf_diag *reterr)
{
	const uint8_t *b = file->bytes;

	if (where == IN_PAYLOAD && file->size >= 4)
		return kbtf_fail(reterr, -EMEDIUMTYPE, "image-payload",
				 "%s: the payload begins with %02x %02x %02x %02x, which is no "
				 "compression that kbtf knows",
				 file->form, b[0], b[1], b[2], b[3]);
	return kbtf_fail(reterr, -EMEDIUMTYPE, "file-kind",
			 "%s%snot BTF, ELF, a kernel image or any of them compressed", file->form,
			 *file->form ? ", " : "");
}

/* What is left is the kernel as it lies in memory: only a search tells where its BTF is. */
static int settle_memory(struct kbtf_file *file, struct kbtf_diag *reterr)
{
	file->kind = KBTF_FILE_IMAGE;
	if (kbtf_scan_btf(file->bytes, file->size, &file->btf, &file->btf_size))
		return kbtf_fail_nomem(reterr);
	return 0;
}

static bool settle_known(struct kbtf_file *file)
{
	if (is_elf(file->bytes, file->size)) {
		file->kind = KBTF_FILE_ELF;
		add_form(file, "ELF");
		return true;
	}
	if (is_btf(file->bytes, file->size)) {
		file->kind = KBTF_FILE_BTF;
		file->btf = file->bytes;
		file->btf_size = file->size;
		add_form(file, "raw BTF");
		return true;
	}
	return false;
}

/*
 * Unpack the first thing in the image that unpacks. The decompressor's own code
 * may hold what looks like a magic, so a failure only means to go on. All tries
 * together may make no more output than one.
 */
static int search_payload(struct kbtf_file *file, struct kbtf_diag *reterr)
{
	size_t at, budget = KBTF_MAX_MADE_BYTES;
	unsigned int nr_candidates = 0;
	struct kbtf_diag why = { 0 };
	enum kbtf_compression how;
	struct kbtf_unpack u;
	int err = 0;

	for (at = 0; at < file->size && nr_candidates < MAX_CANDIDATES; at++) {
		how = kbtf_unpack_detect(file->bytes + at, file->size - at);
		if (how == KBTF_PLAIN)
			continue;
		nr_candidates++;
		u = (struct kbtf_unpack){
			.in = file->bytes + at,
			.in_size = file->size - at,
			.max = budget,
		};
		err = kbtf_unpack(&u, how, &why);
		if (!err) {
			add_form(file, kbtf_compression_name(how));
			take(file, &u.out);
			file->depth++;
			return settle_known(file) ? 0 : settle_memory(file, reterr);
		}
		budget -= u.out.size < budget ? u.out.size : budget;
		kbtf_buf_deinit(&u.out);
		if (err == -ENOMEM || err == -EFBIG)
			break;
	}
	if (!nr_candidates) /* then the kernel may be in there as it is */
		return settle_memory(file, reterr);
	if (reterr)
		*reterr = why;
	return err;
}

static int enter_image(struct kbtf_file *file, const struct kbtf_image *image,
		       enum whereabouts *where, bool *ret_done, struct kbtf_diag *reterr)
{
	add_form(file, image->name);
	switch (image->kind) {
	case KBTF_IMAGE_SEARCH:
		*ret_done = true;
		return search_payload(file, reterr);
	case KBTF_IMAGE_MEMORY:
		*ret_done = true;
		return settle_memory(file, reterr);
	default:
		*where = IN_PAYLOAD;
		file->bytes += image->offset;
		file->size = image->size;
		return 0;
	}
}

/* What an archive is opened for. */
static bool is_wanted(const uint8_t *b, size_t size)
{
	return is_btf(b, size) || is_elf(b, size);
}

static int enter_tar(struct kbtf_file *file, struct kbtf_diag *reterr)
{
	add_form(file, "tar");
	if (!kbtf_tar_find(file->bytes, file->size, is_wanted, &file->bytes, &file->size))
		return kbtf_fail(reterr, -EMEDIUMTYPE, "tar-content",
				 "no file of BTF or ELF in the archive (%s)", file->form);
	return 0;
}

/* Take one layer off, or settle what is left: *ret_done. */
static int peel_layer(struct kbtf_file *file, enum whereabouts *where, bool *ret_done,
		      struct kbtf_diag *reterr)
{
	enum kbtf_compression how = kbtf_unpack_detect(file->bytes, file->size);
	struct kbtf_image image;
	int err;

	*ret_done = settle_known(file);
	if (*ret_done)
		return 0;
	if (file->depth == KBTF_FILE_MAX_DEPTH)
		return kbtf_fail(reterr, -EFBIG, "file-depth", "more than %u wrappers: %s, ...",
				 KBTF_FILE_MAX_DEPTH, file->form);
	if (how != KBTF_PLAIN)
		return unpack_layer(file, how, where, reterr);
	if (*where == OUTSIDE && kbtf_tar_is_header(file->bytes, file->size))
		return enter_tar(file, reterr);
	err = kbtf_image_identify(file->bytes, file->size, &image, reterr);
	if (err)
		return err;
	if (image.kind != KBTF_IMAGE_NONE)
		return enter_image(file, &image, where, ret_done, reterr);
	if (*where != IN_KERNEL)
		return fail_unknown(file, *where, reterr);
	*ret_done = true; /* a kernel that has no header of its own */
	return settle_memory(file, reterr);
}

int kbtf_file_peel(struct kbtf_file *file, struct kbtf_diag *reterr)
{
	enum whereabouts where = OUTSIDE;
	bool done = false;
	int err;

	for (;; file->depth++) {
		err = peel_layer(file, &where, &done, reterr);
		if (err || done)
			return err;
	}
}
