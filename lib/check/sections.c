// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The header and the string section, in the kernel's order: length and unknown
 * bytes of the header (header_copied), its words (header_words), the sections
 * (sections_fit), the strings (strings_fit). After a finding here nothing can be
 * said of the rest, save for header flags.
 *
 * Source: kernel/bpf/btf.c (btf_parse_hdr, btf_check_sec_info, btf_parse_str_sec).
 */
#include <stddef.h>
#include <string.h>

#include "check.h"
#include "open.h"

#define FIELD(name) offsetof(struct kbtf_header, name)

/* The header as the kernel copies it: what hdr_len does not cover is 0. */
static bool header_copied(struct check *c, struct check_btf *btf)
{
	uint8_t raw[KBTF_HEADER_SIZE] = { 0 };
	uint32_t hdr_len, i;

	if (btf->size < FIELD(hdr_len) + sizeof(hdr_len)) {
		kbtf_check_found(c, btf, RULE_HDR_TRUNCATED, btf->size,
				 "%zu bytes end before the header's length, which ends at 8",
				 btf->size);
		return false;
	}
	memcpy(&hdr_len, btf->bytes + FIELD(hdr_len), sizeof(hdr_len));
	if (btf->swapped)
		kbtf_swap_words(&hdr_len, 1);
	if (btf->size < hdr_len) {
		kbtf_check_found(c, btf, RULE_HDR_LENGTH, FIELD(hdr_len),
				 "header length is %u, but there are %zu bytes", hdr_len,
				 btf->size);
		return false;
	}
	for (i = KBTF_HEADER_SIZE; i < hdr_len; i++) {
		if (btf->bytes[i]) {
			kbtf_check_found(c, btf, RULE_HDR_UNKNOWN, i,
					 "header byte %u is 0x%02x, but the kernel knows %u bytes "
					 "of a header of %u",
					 i, btf->bytes[i], KBTF_HEADER_SIZE, hdr_len);
			return false;
		}
	}
	memcpy(raw, btf->bytes, hdr_len < KBTF_HEADER_SIZE ? hdr_len : KBTF_HEADER_SIZE);
	if (btf->swapped)
		kbtf_swap_header(raw, sizeof(raw));
	memcpy(&btf->hdr, raw, sizeof(raw));
	return true;
}

static bool header_words(struct check *c, struct check_btf *btf)
{
	const struct kbtf_header *h = &btf->hdr;

	if (h->magic != KBTF_MAGIC) {
		kbtf_check_found(c, btf, RULE_MAGIC, FIELD(magic),
				 "magic is 0x%04x where BTF has 0x%04x", h->magic, KBTF_MAGIC);
		return false;
	}
	if (h->version != KBTF_VERSION) {
		kbtf_check_found(c, btf, RULE_VERSION, FIELD(version),
				 "version is %u, the kernel knows %u", h->version, KBTF_VERSION);
		return false;
	}
	if (h->flags)
		kbtf_check_found(c, btf, RULE_FLAGS, FIELD(flags),
				 "flags are 0x%02x, the kernel knows none", h->flags);
	if (!btf->base && btf->size == h->hdr_len) {
		kbtf_check_found(c, btf, RULE_NO_DATA, btf->size,
				 "there is nothing after the %u bytes of the header", h->hdr_len);
		return false;
	}
	return true;
}

struct section {
	const char *name;
	uint32_t off, len;
	size_t field;
};

/*
 * Whether a comes behind b. The kernel subtracts into an int, so that sections
 * 2 GiB apart are sorted the other way round.
 */
static bool behind(const struct section *a, const struct section *b)
{
	int32_t diff = (int32_t)(a->off - b->off);

	return diff ? diff > 0 : (int32_t)(a->len - b->len) > 0;
}

static bool section_fits(struct check *c, const struct check_btf *btf, const struct section *s,
			 uint32_t room, uint32_t end)
{
	if (room < s->off) {
		kbtf_check_found(c, btf, RULE_SECTION_RANGE, s->field,
				 "%s section begins at %u, beyond the %u bytes after the header",
				 s->name, s->off, room);
		return false;
	}
	if (end < s->off) {
		kbtf_check_found(c, btf, RULE_SECTION_GAP, s->field,
				 "%s section begins at %u, and nobody knows the bytes from %u on",
				 s->name, s->off, end);
		return false;
	}
	if (end > s->off) {
		kbtf_check_found(c, btf, RULE_SECTION_OVERLAP, s->field,
				 "%s section begins at %u, but the one before it ends at %u",
				 s->name, s->off, end);
		return false;
	}
	if (room - end < s->len) {
		kbtf_check_found(c, btf, RULE_SECTION_RANGE, s->field + sizeof(uint32_t),
				 "%s section of %u bytes begins at %u, with %u left", s->name,
				 s->len, s->off, room - end);
		return false;
	}
	return true;
}

static bool sections_fit(struct check *c, const struct check_btf *btf)
{
	const struct kbtf_header *h = &btf->hdr;
	struct section types = { "type", h->type_off, h->type_len, FIELD(type_off) };
	struct section strings = { "string", h->str_off, h->str_len, FIELD(str_off) };
	bool strings_first = behind(&types, &strings);
	const struct section *in_order[] = { strings_first ? &strings : &types,
					     strings_first ? &types : &strings };
	uint32_t room = (uint32_t)btf->size - h->hdr_len, end = 0;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!section_fits(c, btf, in_order[i], room, end))
			return false;
		end += in_order[i]->len;
	}
	if (end != room) {
		kbtf_check_found(
			c, btf, RULE_SECTION_GAP, (uint64_t)h->hdr_len + end,
			"both sections end at %u, and nobody knows the %u bytes after them", end,
			room - end);
		return false;
	}
	return true;
}

static bool strings_fit(struct check *c, struct check_btf *btf)
{
	const struct kbtf_header *h = &btf->hdr;
	uint64_t at = (uint64_t)h->hdr_len + h->str_off;

	if (at + h->str_len != btf->size) {
		kbtf_check_found(c, btf, RULE_STRINGS_LAST, FIELD(str_off),
				 "string section ends at byte %llu of %zu",
				 (unsigned long long)at + h->str_len, btf->size);
		return false;
	}
	btf->strings = (const char *)btf->bytes + at;
	btf->str_len = h->str_len;
	if (!h->str_len && btf->base)
		return true;
	if (!h->str_len) {
		kbtf_check_found(c, btf, RULE_STRINGS_EMPTY, FIELD(str_len),
				 "string section is empty; it has to begin with an empty string");
		return false;
	}
	if (h->str_len - 1 > CHECK_MAX_NAME_OFF) {
		kbtf_check_found(c, btf, RULE_STRINGS_SIZE, FIELD(str_len),
				 "string section takes %u bytes, at most %u are taken", h->str_len,
				 CHECK_MAX_NAME_OFF + 1);
		return false;
	}
	if (btf->strings[h->str_len - 1]) {
		kbtf_check_found(c, btf, RULE_STRINGS_END, btf->size - 1,
				 "last byte of the string section is 0x%02x, not 0",
				 (unsigned char)btf->strings[h->str_len - 1]);
		return false;
	}
	if (!btf->base && btf->strings[0]) {
		kbtf_check_found(c, btf, RULE_STRINGS_START, at,
				 "first byte of the string section is 0x%02x, not 0: this is split "
				 "BTF and needs its base, or it is damaged",
				 (unsigned char)btf->strings[0]);
		return false;
	}
	return true;
}

bool kbtf_check_sections(struct check *c, struct check_btf *btf)
{
	return header_copied(c, btf) && header_words(c, btf) && sections_fit(c, btf) &&
	       strings_fit(c, btf);
}
