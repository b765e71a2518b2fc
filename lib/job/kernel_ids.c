// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A kernel's file in, the ids of its .BTF_ids out, as far as the file can tell. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "ids_read.h"
#include "kernel_ids.h"

void kbtf_kernel_ids_deinit(struct kbtf_kernel_ids *k)
{
	kbtf_ids_free(k->ids);
	memset(k, 0, sizeof(*k));
}

/* Whether no id is there yet, as a linker leaves it. */
static bool is_unresolved(const struct kbtf_ids *ids)
{
	uint32_t i;

	for (i = 0; i < kbtf_ids_count(ids); i++)
		if (kbtf_ids_get(ids, i))
			return false;
	return true;
}

/* ---- By symbols --------------------------------------------------------- */

static int tell_ids(const struct kbtf_file *file, uint32_t section, bool *ret,
		    struct kbtf_diag *reterr)
{
	struct kbtf_symbol *symbols;
	size_t nr, i;
	int err;

	err = kbtf_file_section_symbols(file, section, &symbols, &nr, reterr);
	if (err)
		return err;
	*ret = false;
	for (i = 0; i < nr && !*ret; i++)
		*ret = kbtf_ids_is_symbol(&symbols[i]);
	free(symbols);
	return 0;
}

static int add_by_symbols(struct kbtf_kernel_ids *k, const struct kbtf_file *file,
			  const struct kbtf *btf, struct kbtf_kernel_roots *roots,
			  struct kbtf_diag *reterr)
{
	int err = kbtf_ids_read(file, &k->ids, reterr);

	if (err)
		return err;
	if (is_unresolved(k->ids)) {
		k->is_resolved_here = true;
		err = kbtf_ids_resolve(k->ids, btf, NULL, NULL, NULL, reterr);
		if (!err && is_unresolved(k->ids))
			err = kbtf_fail(reterr, -EINVAL, "ids-unresolved",
					"the BTF has no type for any of its %u names",
					kbtf_ids_count(k->ids));
	}
	if (!err)
		err = kbtf_kernel_roots_add_ids(roots, k->ids, reterr);
	if (err)
		kbtf_diag_in(reterr, ".BTF_ids");
	return err;
}

/* ---- By words ----------------------------------------------------------- */

static uint32_t *copy_words(const void *bytes, size_t size, bool is_swapped)
{
	uint32_t *words = malloc(size ? size : 1);
	size_t i;

	if (!words)
		return NULL;
	memcpy(words, bytes, size);
	for (i = 0; is_swapped && i < size / 4; i++)
		words[i] = __builtin_bswap32(words[i]);
	return words;
}

static int add_by_words(const struct kbtf_section *section, bool is_swapped,
			struct kbtf_kernel_roots *roots, struct kbtf_diag *reterr)
{
	uint32_t *words = copy_words(section->data, section->size / 4 * 4, is_swapped);
	int err;

	if (!words)
		return kbtf_fail_nomem(reterr);
	err = kbtf_kernel_roots_add_words(roots, words, section->size / 4, NULL, reterr);
	if (err)
		kbtf_diag_in(reterr, ".BTF_ids");
	free(words);
	return err;
}

static int read_section(struct kbtf_kernel_ids *k, const struct kbtf_file *file,
			const struct kbtf *btf, struct kbtf_kernel_roots *roots,
			struct kbtf_diag *reterr)
{
	struct kbtf_section section;
	int err;

	err = kbtf_file_find_section(file, ".BTF_ids", &section, reterr);
	if (!err)
		err = tell_ids(file, section.index, &k->has_symbols, reterr);
	if (err)
		return err;
	k->nr_words = section.size / 4;
	err = k->has_symbols
		      ? add_by_symbols(k, file, btf, roots, reterr)
		      : add_by_words(&section, kbtf_file_elf(file)->is_swapped, roots, reterr);
	if (err)
		kbtf_diag_in(reterr, kbtf_file_label(file));
	return err;
}

/* ---- In an image -------------------------------------------------------- */

/* Most words looked at behind the BTF of an image; real ones have about a thousand. */
#define MAX_IMAGE_WORDS 65536u

/*
 * In an image nothing but its place tells the section: behind the BTF, at the next multiple of
 * 4 bytes, or since 6.16 of a page.
 */
static int read_image(struct kbtf_kernel_ids *k, const struct kbtf_file *file,
		      struct kbtf_kernel_roots *roots, bool is_swapped, struct kbtf_diag *reterr)
{
	size_t size, btf_size, at, nr;
	const uint8_t *bytes = kbtf_file_bytes(file, &size), *btf;
	const void *found;
	uint32_t *words;
	int err;

	err = kbtf_file_btf(file, &found, &btf_size, reterr);
	if (err)
		return err;
	btf = found;
	at = ((size_t)(btf - bytes) + btf_size + 3) / 4 * 4;
	while (at + 4 <= size && !memcmp(bytes + at, "\0\0\0\0", 4))
		at += 4;
	at = at < size ? at : size;
	nr = (size - at) / 4 < MAX_IMAGE_WORDS ? (size - at) / 4 : MAX_IMAGE_WORDS;
	words = copy_words(bytes + at, 4 * nr, is_swapped);
	if (!words)
		return kbtf_fail_nomem(reterr);
	err = kbtf_kernel_roots_add_words(roots, words, nr, &k->nr_words, NULL);
	free(words);
	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err || !k->nr_words) {
		kbtf_fail_at(reterr, -ENODATA, "no-ids", at,
			     "behind the BTF there is nothing that could be .BTF_ids");
		kbtf_diag_in(reterr, kbtf_file_label(file));
		return -ENODATA;
	}
	return 0;
}

int kbtf_kernel_ids_init(struct kbtf_kernel_ids *k, const struct kbtf_file *file,
			 const struct kbtf *btf, struct kbtf_kernel_roots *roots,
			 struct kbtf_diag *reterr)
{
	int err = 0;

	memset(k, 0, sizeof(*k));
	if (kbtf_file_kind(file) == KBTF_FILE_IMAGE)
		return read_image(k, file, roots, kbtf_is_swapped(btf), reterr);
	if (kbtf_file_kind(file) != KBTF_FILE_ELF || !kbtf_file_has_section(file, ".BTF_ids")) {
		kbtf_fail(reterr, -ENODATA, "no-ids",
			  "no .BTF_ids, which tell what the kernel refers to");
		kbtf_diag_in(reterr, kbtf_file_label(file));
		return -ENODATA;
	}
	err = read_section(k, file, btf, roots, reterr);
	if (err)
		kbtf_kernel_ids_deinit(k);
	return err;
}
