// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* DWARF put together entry by entry. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "make_dwarf.h"

static void put(struct raw_bytes *b, const void *bytes, size_t n)
{
	if (b->size + n > b->room) {
		b->room = 2 * (b->size + n) + 64;
		b->data = realloc(b->data, b->room);
		if (!b->data)
			abort();
	}
	memcpy(b->data + b->size, bytes, n);
	b->size += n;
}

static void put_uleb(struct raw_bytes *b, uint64_t value)
{
	uint8_t byte;

	do {
		byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
		value >>= 7;
		put(b, &byte, 1);
	} while (value);
}

void make_u8(struct make_dwarf *d, unsigned int value)
{
	uint8_t v = (uint8_t)value;

	put(&d->info, &v, 1);
}

void make_u16(struct make_dwarf *d, unsigned int value)
{
	uint16_t v = (uint16_t)value;

	put(&d->info, &v, 2);
}

void make_u32(struct make_dwarf *d, uint32_t value)
{
	put(&d->info, &value, 4);
}

void make_u64(struct make_dwarf *d, uint64_t value)
{
	put(&d->info, &value, 8);
}

void make_string(struct make_dwarf *d, const char *s)
{
	put(&d->info, s, strlen(s) + 1);
}

uint32_t make_ref(struct make_dwarf *d, uint32_t to)
{
	uint32_t place = (uint32_t)d->info.size;

	make_u32(d, to);
	return place;
}

void make_set(struct make_dwarf *d, uint32_t place, uint32_t to)
{
	memcpy(d->info.data + place, &to, sizeof(to));
}

uint32_t make_entry(struct make_dwarf *d, unsigned int tag, bool has_children, unsigned int nr, ...)
{
	uint32_t here = (uint32_t)d->info.size - d->unit;
	const uint8_t children = has_children;
	va_list ap;

	put_uleb(&d->abbrev, ++d->nr_abbrevs);
	put_uleb(&d->abbrev, tag);
	put(&d->abbrev, &children, 1);
	va_start(ap, nr);
	for (nr *= 2; nr; nr--)
		put_uleb(&d->abbrev, va_arg(ap, unsigned int));
	va_end(ap);
	put(&d->abbrev, "\0", 2);
	put_uleb(&d->info, d->nr_abbrevs);
	return here;
}

void make_abbrev_code(struct make_dwarf *d, uint64_t code)
{
	put_uleb(&d->abbrev, code);
}

static void begin_unit(struct make_dwarf *d, unsigned int version, unsigned int type)
{
	d->version = version;
	d->unit = (uint32_t)d->info.size;
	make_u32(d, 0);
	make_u16(d, version);
	if (version >= 5) {
		make_u8(d, type);
		make_u8(d, 8);
		make_u32(d, 0);
	} else {
		make_u32(d, 0);
		make_u8(d, 8);
	}
}

static void begin_unit_entry(struct make_dwarf *d, unsigned int tag)
{
	make_entry(d, tag, true, 1, 0x13, 0x0b); /* DW_AT_language, DW_FORM_data1 */
	make_u8(d, 0x0c);
}

void make_unit(struct make_dwarf *d, unsigned int version)
{
	memset(d, 0, sizeof(*d));
	begin_unit(d, version, 1);
	begin_unit_entry(d, 0x11);
}

void make_type_unit(struct make_dwarf *d, unsigned int version, uint64_t signature)
{
	if (version < 5 && !d->types_at)
		d->types_at = (uint32_t)d->info.size;
	begin_unit(d, version, 2);
	make_u64(d, signature);
	d->type_offset = make_ref(d, 0);
	begin_unit_entry(d, 0x41);
}

void make_end_unit(struct make_dwarf *d)
{
	make_u8(d, 0);
	make_set(d, d->unit, (uint32_t)d->info.size - d->unit - 4);
}

void make_end(struct make_dwarf *d)
{
	make_end_unit(d);
	put(&d->abbrev, "", 1);
}

void make_deinit(struct make_dwarf *d)
{
	free(d->info.data);
	free(d->abbrev.data);
	free(d->str.data);
	free(d->loclists.data);
	memset(d, 0, sizeof(*d));
}

struct kbtf_encode_input make_input(const struct make_dwarf *d)
{
	return (struct kbtf_encode_input){
		.label = "made",
		.machine = 62,
		.address_size = 8,
		.info = { d->info.data, d->info.size },
		.abbrev = { d->abbrev.data, d->abbrev.size },
		.str = { d->str.data, d->str.size },
		.types_offset = d->types_at,
		.loclists = { d->loclists.data, d->loclists.size },
	};
}
