// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Figures of a file: counted type by type, without following a single id. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/inspect.h>

#include "alloc.h"
#include "fail.h"
#include "subject.h"

const char *kbtf_standing_name(enum kbtf_standing standing)
{
	static const char *const names[] = { "alone", "on a kernel", "on .BTF.base",
					     "alone on .BTF.base" };

	return names[standing];
}

/* BTF without types, for split BTF to stand on while its own are counted. */
static int open_nothing(struct kbtf **ret, struct kbtf_diag *reterr)
{
	static const struct {
		struct kbtf_header header;
		char strings[4];
	} nothing = {
		.header = { .magic = KBTF_MAGIC,
			    .version = KBTF_VERSION,
			    .hdr_len = sizeof(struct kbtf_header),
			    .str_len = 1 },
	};
	const struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW };

	return kbtf_open(&nothing, sizeof(struct kbtf_header) + 1, &opts, ret, reterr);
}

static int count(const struct kbtf_part *part, const char *label, struct kbtf_btf_info *ret,
		 struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = label,
				       .flags = KBTF_OPEN_BORROW | KBTF_OPEN_FRAMING_ONLY };
	struct kbtf *nothing, *btf;
	uint32_t id;
	int err;

	if (!part->data)
		return 0;
	err = open_nothing(&nothing, reterr);
	if (err)
		return err;
	opts.base = nothing;
	err = kbtf_open(part->data, part->size, &opts, &btf, reterr);
	if (err) {
		kbtf_free(nothing);
		return err;
	}
	ret->is_there = true;
	ret->big_endian = kbtf_is_swapped(btf) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	ret->size_bytes = part->size;
	ret->header = *kbtf_header(btf);
	ret->nr_types = kbtf_nr_types(btf);
	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf); id++) {
		unsigned int kind = kbtf_kind(kbtf_type(btf, id));

		if (kind > KBTF_NR_KINDS)
			kind = KBTF_NR_KINDS;
		ret->nr_of_kind[kind]++;
		ret->bytes_of_kind[kind] += kbtf_type_size_bytes(btf, id);
	}
	kbtf_free(btf);
	kbtf_free(nothing);
	return 0;
}

/* What .BTF refers to beyond itself; .BTF.base and .BTF.embedded stand alone wherever they are. */
static int find_standing(struct kbtf_info *info, const struct kbtf_subject *s,
			 struct kbtf_diag *reterr)
{
	bool has_base = s->base.data;
	struct kbtf_diag why;
	int err = kbtf_subject_check_standalone(s, &why);

	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (!err) {
		info->btf.standing = has_base ? KBTF_STANDS_ALONE_ON_BASE : KBTF_STANDS_ALONE;
		return 0;
	}
	info->btf.standing = has_base ? KBTF_STANDS_ON_DISTILLED : KBTF_STANDS_ON_KERNEL;
	info->btf.standing_reason = why.reason;
	return 0;
}

static int list_sections(struct kbtf_info *info, const struct kbtf_file *file)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(file);
	struct kbtf_section section;
	uint32_t i;

	if (!elf)
		return 0;
	for (i = 0; i < elf->nr_sections; i++) {
		struct kbtf_section_info *sections;

		if (kbtf_file_section(file, i, &section) || strncmp(section.name, ".BTF", 4))
			continue;
		sections = kbtf_realloc_array(info->sections, info->nr_sections + 1,
					      sizeof(*sections));
		if (!sections)
			return -ENOMEM;
		info->sections = sections;
		sections[info->nr_sections].name = section.name;
		sections[info->nr_sections++].size_bytes = section.size;
	}
	return 0;
}

/* The first word of a set: how many members it has. */
static uint32_t set_count(const struct kbtf_part *ids, uint64_t offset, bool swapped)
{
	uint32_t n;

	if (ids->size < sizeof(n) || offset > ids->size - sizeof(n))
		return 0;
	memcpy(&n, (const char *)ids->data + offset, sizeof(n));
	return swapped ? __builtin_bswap32(n) : n;
}

static int count_ids(struct kbtf_info *info, const struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(s->file);
	struct kbtf_section section;
	struct kbtf_symbol *symbols;
	size_t nr, i;
	int err;

	if (!s->ids.data)
		return 0;
	err = kbtf_file_find_section(s->file, ".BTF_ids", &section, reterr);
	if (!err)
		err = kbtf_file_find_symbols(s->file, "__BTF_ID__", &symbols, &nr, reterr);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		const char *what = symbols[i].name + strlen("__BTF_ID__");

		if (symbols[i].section != section.index)
			continue;
		if (!strncmp(what, "set8__", 6)) {
			info->nr_sets++;
			info->nr_kfuncs += set_count(&s->ids, symbols[i].offset, elf->is_swapped);
		} else if (!strncmp(what, "set__", 5)) {
			info->nr_sets++;
		} else {
			info->nr_ids++;
		}
	}
	free(symbols);
	return 0;
}

static int fill_in(struct kbtf_info *info, struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	int err = 0;

	if (!s->btf.data)
		err = kbtf_fail(reterr, -ENODATA, "no-btf", "no BTF in it");
	if (!err)
		err = count(&s->btf, kbtf_file_kind(s->file) == KBTF_FILE_BTF ? "" : ".BTF",
			    &info->btf, reterr);
	if (!err)
		err = count(&s->base, ".BTF.base", &info->base, reterr);
	if (!err)
		err = count(&s->embedded, ".BTF.embedded", &info->embedded, reterr);
	if (!err)
		err = find_standing(info, s, reterr);
	if (!err && list_sections(info, s->file))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = count_ids(info, s, reterr);
	if (err)
		kbtf_diag_in(reterr, info->path);
	return err;
}

int kbtf_info_init(struct kbtf_info *info, const char *path, struct kbtf_diag *reterr)
{
	struct kbtf_subject *s = malloc(sizeof(*s));
	int err;

	memset(info, 0, sizeof(*info));
	if (!s)
		return kbtf_fail_nomem(reterr);
	err = kbtf_subject_init(s, path, reterr);
	if (err) {
		free(s);
		return err;
	}
	info->file = s;
	info->path = kbtf_file_label(s->file);
	info->form = kbtf_file_form(s->file);
	info->is_module = kbtf_file_is_module(s->file);
	info->is_signed = kbtf_file_signature(s->file);
	info->module_name = kbtf_file_modinfo(s->file, "name");
	info->vermagic = kbtf_file_modinfo(s->file, "vermagic");
	err = fill_in(info, s, reterr);
	if (err)
		kbtf_info_deinit(info);
	return err;
}

void kbtf_info_deinit(struct kbtf_info *info)
{
	struct kbtf_subject *s = info->file;

	if (s)
		kbtf_subject_deinit(s);
	free(s);
	free(info->sections);
	memset(info, 0, sizeof(*info));
}
