// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The header: bytes in, sections that lie inside them and do not overlap out.
 * Offsets in messages count from the start of the BTF.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "fail.h"
#include "open.h"

#define FIELD(name) offsetof(struct kbtf_header, name)

struct section {
	const char *name;
	uint32_t off, len;
	uint32_t align;
	size_t field; /* place in the header of the word that tells its offset */
};

static bool overlap(const struct section *a, const struct section *b)
{
	return a->len && b->len && a->off < (uint64_t)b->off + b->len &&
	       b->off < (uint64_t)a->off + a->len;
}

static int check_sections(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	const struct kbtf_header *h = &btf->hdr;
	const struct section sections[] = {
		{ "type", h->type_off, h->type_len, 4, FIELD(type_off) },
		{ "string", h->str_off, h->str_len, 1, FIELD(str_off) },
		{ "layout", h->layout_off, h->layout_len, 4, FIELD(layout_off) },
	};
	const unsigned int nr = sizeof(sections) / sizeof(*sections);
	uint64_t room = btf->size_bytes - h->hdr_len;
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		const struct section *s = &sections[i];

		if ((uint64_t)s->off + s->len > room)
			return kbtf_fail_btf(
				reterr, btf, s->field, -EINVAL, "section-range",
				"%s section of %u bytes at offset %u ends beyond the %llu "
				"bytes after the header",
				s->name, s->len, s->off, (unsigned long long)room);
		if ((s->off + (uint64_t)h->hdr_len) % s->align)
			return kbtf_fail_btf(
				reterr, btf, s->field, -EINVAL, "section-align",
				"%s section begins at byte %llu, which is not a multiple "
				"of %u",
				s->name, (unsigned long long)s->off + h->hdr_len, s->align);
		if (s->len % s->align)
			return kbtf_fail_btf(
				reterr, btf, s->field + sizeof(uint32_t), -EINVAL, "section-align",
				"%s section has %u bytes, which is not a multiple of %u", s->name,
				s->len, s->align);
		for (j = 0; j < i; j++)
			if (overlap(s, &sections[j]))
				return kbtf_fail_btf(
					reterr, btf, s->field, -EINVAL, "section-overlap",
					"%s section (offset %u, %u bytes) overlaps the %s section "
					"(offset %u, %u bytes)",
					s->name, s->off, s->len, sections[j].name, sections[j].off,
					sections[j].len);
	}
	return 0;
}

static int check_strings(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	const struct kbtf_header *h = &btf->hdr;
	const char *strings = btf->strings;
	uint64_t at = (uint64_t)h->hdr_len + h->str_off;

	if (!h->str_len && btf->base)
		return 0;
	if (!h->str_len)
		return kbtf_fail_btf(
			reterr, btf, FIELD(str_len), -EINVAL, "strings-empty",
			"string section is empty; it has to begin with an empty string");
	if (strings[h->str_len - 1])
		return kbtf_fail_btf(reterr, btf, at + h->str_len - 1, -EINVAL,
				     "strings-unterminated",
				     "last byte of the string section is 0x%02x, not 0",
				     (unsigned char)strings[h->str_len - 1]);
	if (!btf->base && strings[0])
		return kbtf_fail_btf(
			reterr, btf, at, -EINVAL, "strings-start",
			"first byte of the string section is 0x%02x, not 0: this is split "
			"BTF and needs its base, or it is damaged",
			(unsigned char)strings[0]);
	if (btf->base && (uint64_t)btf->str_start + h->str_len > UINT32_MAX)
		return kbtf_fail_btf(
			reterr, btf, FIELD(str_len), -E2BIG, "strings-size",
			"%u bytes of strings on top of the base's %u are more than 4 GiB",
			h->str_len, btf->str_start);
	return 0;
}

static int read_header(struct kbtf *btf, struct kbtf_diag *reterr)
{
	struct kbtf_header *h = &btf->hdr;
	size_t size = btf->size_bytes;

	if (size < KBTF_HEADER_SIZE)
		return kbtf_fail_btf(reterr, btf, size, -EINVAL, "header-truncated",
				     "%zu bytes are fewer than a header's %u", size,
				     KBTF_HEADER_SIZE);
	if (size > UINT32_MAX)
		return kbtf_fail_btf(reterr, btf, 0, -E2BIG, "too-large",
				     "%zu bytes are more than 4 GiB", size);
	memcpy(h, btf->bytes, KBTF_HEADER_SIZE);
	if (btf->swapped)
		kbtf_swap_header((uint8_t *)h, KBTF_HEADER_SIZE);
	if (h->magic != KBTF_MAGIC)
		return kbtf_fail_btf(reterr, btf, 0, -EINVAL, "magic",
				     "magic is 0x%04x where BTF has 0x%04x", h->magic, KBTF_MAGIC);
	if (h->version != KBTF_VERSION)
		return kbtf_fail_btf(reterr, btf, FIELD(version), -EOPNOTSUPP, "version",
				     "version is %u, kbtf knows %u", h->version, KBTF_VERSION);
	if (h->flags)
		return kbtf_fail_btf(reterr, btf, FIELD(flags), -EOPNOTSUPP, "flags",
				     "flags are 0x%02x, kbtf knows none", h->flags);
	if (h->hdr_len < KBTF_HEADER_SIZE || h->hdr_len > size)
		return kbtf_fail_btf(
			reterr, btf, FIELD(hdr_len), -EINVAL, "header-length",
			"header length is %u, beyond %u (shortest) to %zu (all there is)",
			h->hdr_len, KBTF_HEADER_SIZE, size);
	return 0;
}

/* The layout section's words, where the header is long enough to have them. */
static void read_layout_words(struct kbtf *btf)
{
	uint32_t words[2];

	if (btf->hdr.hdr_len < KBTF_LAYOUT_HEADER_SIZE)
		return;
	memcpy(words, btf->bytes + KBTF_HEADER_SIZE, sizeof(words));
	if (btf->swapped)
		kbtf_swap_words(words, 2);
	btf->hdr.layout_off = words[0];
	btf->hdr.layout_len = words[1];
}

static int check_header_tail(const struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint32_t i = btf->hdr.hdr_len < KBTF_LAYOUT_HEADER_SIZE ? KBTF_HEADER_SIZE
								: KBTF_LAYOUT_HEADER_SIZE;

	for (; i < btf->hdr.hdr_len; i++)
		if (btf->bytes[i])
			return kbtf_fail_btf(
				reterr, btf, i, -EOPNOTSUPP, "header-unknown",
				"header byte %u is 0x%02x in a part of the header that "
				"kbtf does not know",
				i, btf->bytes[i]);
	return 0;
}

int kbtf_open_header(struct kbtf *btf, struct kbtf_diag *reterr)
{
	uint8_t *owned = btf->owned;
	int err;

	err = read_header(btf, reterr);
	if (err)
		return err;
	err = check_header_tail(btf, reterr);
	if (err)
		return err;
	read_layout_words(btf);
	err = check_sections(btf, reterr);
	if (err)
		return err;
	btf->first_id = btf->base ? kbtf_end_id(btf->base) : 1;
	btf->str_start = btf->base ? btf->base->str_end : 0;
	btf->str_end = btf->str_start + btf->hdr.str_len;
	btf->types = btf->bytes + btf->hdr.hdr_len + btf->hdr.type_off;
	btf->strings = (const char *)btf->bytes + btf->hdr.hdr_len + btf->hdr.str_off;
	err = check_strings(btf, reterr);
	if (err)
		return err;
	if (btf->swapped) {
		kbtf_swap_header(owned, btf->hdr.hdr_len);
		kbtf_swap_layout(owned + btf->hdr.hdr_len + btf->hdr.layout_off,
				 btf->hdr.layout_len);
	}
	return 0;
}
