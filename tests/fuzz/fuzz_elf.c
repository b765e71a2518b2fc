// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * ELF: whatever opens can be asked for all it has, and edited; what editing
 * makes opens again, has the edit, and has all other sections as they were.
 */
#include <string.h>

#include <kbtf/image.h>

#include "fuzz.h"

static void look(const struct kbtf_file *file)
{
	static const char *const prefixes[] = { "__BTF_ID__", "" };
	struct kbtf_symbol *syms;
	struct kbtf_section section;
	const char *value;
	size_t nr, i, j;
	uint32_t n;

	for (n = 0; n < kbtf_file_elf(file)->nr_sections; n++) {
		MUST(!kbtf_file_section(file, n, &section));
		touch(section.name, strlen(section.name));
		if (section.data)
			touch(section.data, section.size);
	}
	for (i = 0; i < 2; i++) {
		if (kbtf_file_find_symbols(file, prefixes[i], &syms, &nr, NULL))
			continue;
		for (j = 0; j < nr; j++) {
			touch(syms[j].name, strlen(syms[j].name));
			MUST(syms[j].section < kbtf_file_elf(file)->nr_sections);
		}
		free(syms);
	}
	value = kbtf_file_modinfo(file, "name");
	if (value)
		touch(value, strlen(value));
	kbtf_file_is_module(file);
	kbtf_file_signature(file);
}

static void must_hold(const struct kbtf_file *file, const struct kbtf_section_edit *edit)
{
	struct kbtf_section section;

	if (!edit->data) {
		MUST(!kbtf_file_has_section(file, edit->name));
		return;
	}
	MUST(!kbtf_file_find_section(file, edit->name, &section, NULL));
	MUST(section.size == edit->size);
	MUST(!memcmp(section.data, edit->data, edit->size));
}

static int is_edited(const char *name, const struct kbtf_section_edit *edits, size_t nr_edits)
{
	size_t i;

	for (i = 0; i < nr_edits; i++)
		if (!strcmp(edits[i].name, name))
			return 1;
	return 0;
}

static void must_be_kept(const struct kbtf_file *before, const struct kbtf_file *after,
			 const struct kbtf_section_edit *edits, size_t nr_edits)
{
	struct kbtf_section was, is;
	uint32_t n;

	for (n = 1; n < kbtf_file_elf(before)->nr_sections; n++) {
		MUST(!kbtf_file_section(before, n, &was));
		if (is_edited(was.name, edits, nr_edits))
			continue;
		MUST(!kbtf_file_section(after, n, &is));
		MUST(!strcmp(was.name, is.name));
		MUST(was.type == is.type && was.flags == is.flags && was.link == is.link);
		MUST(was.info == is.info && was.addr == is.addr && was.align == is.align);
		MUST(!was.data || is.size >= was.size); /* the section names may grow */
		MUST(!was.data || !memcmp(was.data, is.data, was.size));
	}
}

static void edit(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
		 size_t nr_edits)
{
	struct kbtf_file *after;
	void *bytes;
	size_t size, i;

	if (kbtf_file_edit(file, edits, nr_edits, &bytes, &size, NULL))
		return;
	MUST(!kbtf_file_open_bytes(bytes, size, "edited", &after, NULL));
	for (i = 0; i < nr_edits; i++)
		must_hold(after, &edits[i]);
	must_be_kept(file, after, edits, nr_edits);
	kbtf_file_free(after);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char bytes[] = "bytes of BTF that are not there yet, and a few more of them";
	const struct kbtf_section_edit set[] = {
		{ .name = ".BTF", .data = bytes, .size = sizeof(bytes), .align = 4 },
		{ .name = ".BTF.base", .data = bytes, .size = 7, .align = 16, .like = ".BTF" },
	};
	const struct kbtf_section_edit shrink[] = { { .name = ".BTF", .data = bytes, .size = 1 } };
	const struct kbtf_section_edit drop[] = { { .name = ".BTF" }, { .name = ".BTF.base" } };
	struct kbtf_diag diag;
	struct kbtf_file *file;
	char line[700];

	if (kbtf_file_open_bytes(data, size, "fuzz", &file, &diag)) {
		kbtf_diag_format(&diag, line, sizeof(line));
		MUST(*line);
		return 0;
	}
	if (kbtf_file_elf(file)) {
		look(file);
		edit(file, NULL, 0);
		edit(file, set, 2);
		edit(file, shrink, 1);
		edit(file, drop, 2);
	}
	kbtf_file_free(file);
	return 0;
}
