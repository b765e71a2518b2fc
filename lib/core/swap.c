// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The other byte order. All that follows the header is u32 words or bytes, but
 * for the flags of the layout section.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "open.h"

void kbtf_swap_words(uint32_t *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		words[i] = __builtin_bswap32(words[i]);
}

/* u16 magic, u8 version, u8 flags, then words; a tail of less than a word is zero and stays. */
void kbtf_swap_header(uint8_t *header, size_t size)
{
	uint8_t magic_low = header[0];
	size_t i;
	uint32_t word;

	header[0] = header[1];
	header[1] = magic_low;
	for (i = 4; i + sizeof(word) <= size; i += sizeof(word)) {
		memcpy(&word, header + i, sizeof(word));
		word = __builtin_bswap32(word);
		memcpy(header + i, &word, sizeof(word));
	}
}

void kbtf_swap_layout(uint8_t *layout, size_t size)
{
	size_t i;

	for (i = 0; i + sizeof(struct kbtf_layout) <= size; i += sizeof(struct kbtf_layout)) {
		uint8_t low = layout[i + 2];

		layout[i + 2] = layout[i + 3];
		layout[i + 3] = low;
	}
}

int kbtf_write(const struct kbtf *btf, void **ret, size_t *ret_size)
{
	const struct kbtf_header *h = &btf->hdr;
	uint8_t *out;

	out = malloc(btf->size_bytes);
	if (!out)
		return -ENOMEM;
	memcpy(out, btf->bytes, btf->size_bytes);
	if (btf->swapped) {
		kbtf_swap_words((uint32_t *)(out + (btf->types - btf->bytes)),
				h->type_len / sizeof(uint32_t));
		kbtf_swap_layout(out + h->hdr_len + h->layout_off, h->layout_len);
		kbtf_swap_header(out, h->hdr_len);
	}
	*ret = out;
	*ret_size = btf->size_bytes;
	return 0;
}
