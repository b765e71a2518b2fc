// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * .BTF.ext: bytes in, three tables of records out. The header is read
 * [read_header], then each table is stepped through from section to section
 * [survey_table]; words are read where they lie, in either byte order, so nothing
 * is copied.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/ext.h>
#include <kbtf/format.h>

#include "fail.h"

#define MIN_HEADER_SIZE 24u  /* up to and including the length of the lines */
#define CORE_HEADER_SIZE 32u /* and of the CO-RE records */

struct kbtf_ext {
	const uint8_t *bytes; /* borrowed */
	const char *label;    /* borrowed */
	size_t size;
	bool swapped;
	struct kbtf_ext_table tables[KBTF_NR_EXT_KINDS];
	uint64_t starts[KBTF_NR_EXT_KINDS]; /* of the first section of a table, from bytes on */
};

static const struct {
	const char *name;
	uint32_t field;	      /* place in the header of the table's offset; its length follows */
	uint32_t record_size; /* bytes that are known of a record */
} kinds[KBTF_NR_EXT_KINDS] = {
	[KBTF_EXT_FUNC] = { "function", 8, 8 },
	[KBTF_EXT_LINE] = { "line", 16, 16 },
	[KBTF_EXT_CORE] = { "CO-RE", 24, 16 },
};

static uint32_t word_at(const struct kbtf_ext *ext, uint64_t at)
{
	uint32_t word;

	memcpy(&word, ext->bytes + at, sizeof(word));
	return ext->swapped ? __builtin_bswap32(word) : word;
}

/* kbtf_fail_at() with the place. */
static int __attribute__((format(printf, 6, 7), cold))
fail_ext(const struct kbtf_ext *ext, struct kbtf_diag *reterr, uint64_t at, int err,
	 const char *reason, const char *fmt, ...)
{
	char fact[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	kbtf_fail_at(reterr, err, reason, at, "%s", fact);
	kbtf_diag_in(reterr, ext->label);
	return err;
}

/* The header's length in *ret; magic and version are right, and it lies within the bytes. */
static int read_header(struct kbtf_ext *ext, uint32_t *ret, struct kbtf_diag *reterr)
{
	uint16_t magic;
	uint32_t len;

	if (ext->size < 8)
		return fail_ext(ext, reterr, 0, -EINVAL, "ext-header",
				"%zu bytes, where a header begins with 8", ext->size);
	memcpy(&magic, ext->bytes, sizeof(magic));
	ext->swapped = magic == __builtin_bswap16(KBTF_MAGIC);
	if (magic != KBTF_MAGIC && !ext->swapped)
		return fail_ext(ext, reterr, 0, -EINVAL, "ext-magic",
				"begins with 0x%04x, not 0x%04x", magic, KBTF_MAGIC);
	if (ext->bytes[2] != KBTF_VERSION)
		return fail_ext(ext, reterr, 2, -EOPNOTSUPP, "ext-version", "version %u, not %u",
				ext->bytes[2], KBTF_VERSION);
	if (ext->bytes[3])
		return fail_ext(ext, reterr, 3, -EOPNOTSUPP, "ext-version",
				"flags 0x%x, where none are known", ext->bytes[3]);
	len = word_at(ext, 4);
	if (len < MIN_HEADER_SIZE || len > ext->size)
		return fail_ext(ext, reterr, 4, -EINVAL, "ext-header",
				"a header of %u bytes, where it has at least %u and there are %zu",
				len, MIN_HEADER_SIZE, ext->size);
	*ret = len;
	return 0;
}

/* Step through the sections of a table of len bytes at at. */
static int survey_table(struct kbtf_ext *ext, enum kbtf_ext_kind kind, uint64_t at, uint32_t len,
			struct kbtf_diag *reterr)
{
	struct kbtf_ext_table *table = &ext->tables[kind];
	const char *name = kinds[kind].name;
	uint64_t end = at + len;

	if (end > ext->size)
		return fail_ext(ext, reterr, kinds[kind].field, -EINVAL, "ext-truncated",
				"%s records end at byte %llu of %zu", name, (unsigned long long)end,
				ext->size);
	if (len < 4)
		return fail_ext(ext, reterr, at, -EINVAL, "ext-truncated",
				"%s records have %u bytes, where the size of one takes 4", name,
				len);
	table->record_size = word_at(ext, at);
	if (table->record_size < kinds[kind].record_size || table->record_size % 4)
		return fail_ext(ext, reterr, at, -EINVAL, "ext-record-size",
				"%s records of %u bytes each, where they have %u or more, in steps "
				"of 4",
				name, table->record_size, kinds[kind].record_size);
	at += 4;
	ext->starts[kind] = at;
	if (at == end)
		return fail_ext(ext, reterr, at, -EINVAL, "ext-empty",
				"%s records are announced, but there is none", name);
	while (at < end) {
		uint64_t need;
		uint32_t nr;

		if (end - at < 8)
			return fail_ext(
				ext, reterr, at, -EINVAL, "ext-truncated",
				"%s records: %llu bytes left for a section, which begins with "
				"8",
				name, (unsigned long long)(end - at));
		nr = word_at(ext, at + 4);
		if (!nr)
			return fail_ext(ext, reterr, at + 4, -EINVAL, "ext-empty",
					"%s records: a section without records", name);
		need = 8 + (uint64_t)nr * table->record_size;
		if (need > end - at)
			return fail_ext(
				ext, reterr, at + 4, -EINVAL, "ext-truncated",
				"%s records: a section with %u takes %llu bytes, %llu are left",
				name, nr, (unsigned long long)need, (unsigned long long)(end - at));
		at += need;
		table->nr_sections++;
		table->nr_records += nr;
	}
	return 0;
}

static int survey(struct kbtf_ext *ext, struct kbtf_diag *reterr)
{
	uint32_t header_len = 0;
	unsigned int kind;
	int err = read_header(ext, &header_len, reterr);

	for (kind = 0; kind < KBTF_NR_EXT_KINDS && !err; kind++) {
		uint32_t field = kinds[kind].field, off, len;

		/* Objects from before CO-RE have a shorter header. */
		if (kind == KBTF_EXT_CORE && header_len < CORE_HEADER_SIZE)
			break;
		off = word_at(ext, field);
		len = word_at(ext, field + 4);
		if (!len)
			continue;
		if (off % 4)
			return fail_ext(ext, reterr, field, -EINVAL, "ext-align",
					"%s records at offset %u, which is no multiple of 4",
					kinds[kind].name, off);
		err = survey_table(ext, kind, (uint64_t)header_len + off, len, reterr);
	}
	return err;
}

int kbtf_ext_open(const void *bytes, size_t size, const char *label, struct kbtf_ext **ret,
		  struct kbtf_diag *reterr)
{
	struct kbtf_ext *ext = calloc(1, sizeof(*ext));
	int err;

	if (!ext)
		return kbtf_fail_nomem(reterr);
	ext->bytes = bytes;
	ext->size = size;
	ext->label = label ? label : ".BTF.ext";
	err = survey(ext, reterr);
	if (err)
		kbtf_ext_free(ext);
	else
		*ret = ext;
	return err;
}

void kbtf_ext_free(struct kbtf_ext *ext)
{
	free(ext);
}

const struct kbtf_ext_table *kbtf_ext_table(const struct kbtf_ext *ext, enum kbtf_ext_kind kind)
{
	return &ext->tables[kind];
}

bool kbtf_ext_is_swapped(const struct kbtf_ext *ext)
{
	return ext->swapped;
}

void kbtf_ext_walk_init(struct kbtf_ext_walk *walk, const struct kbtf_ext *ext,
			enum kbtf_ext_kind kind)
{
	*walk = (struct kbtf_ext_walk){ .ext = ext,
					.kind = kind,
					.at = ext->starts[kind],
					.nr_sections_left = ext->tables[kind].nr_sections };
}

bool kbtf_ext_walk_next(struct kbtf_ext_walk *walk, struct kbtf_ext_record *ret)
{
	const struct kbtf_ext *ext = walk->ext;
	uint64_t at;

	if (!walk->nr_left) {
		if (!walk->nr_sections_left)
			return false;
		walk->nr_sections_left--;
		walk->section_name = word_at(ext, walk->at);
		walk->nr_left = word_at(ext, walk->at + 4);
		walk->at += 8;
	}
	at = walk->at;
	walk->at += ext->tables[walk->kind].record_size;
	walk->nr_left--;
	ret->offset = at;
	ret->section_name = walk->section_name;
	ret->insn_off = word_at(ext, at);
	switch (walk->kind) {
	case KBTF_EXT_FUNC:
		ret->func.type_id = word_at(ext, at + 4);
		break;
	case KBTF_EXT_LINE:
		ret->line.file_name = word_at(ext, at + 4);
		ret->line.text = word_at(ext, at + 8);
		ret->line.line_col = word_at(ext, at + 12);
		break;
	default:
		ret->core.type_id = word_at(ext, at + 4);
		ret->core.access = word_at(ext, at + 8);
		ret->core.kind = word_at(ext, at + 12);
		break;
	}
	return true;
}
