// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A file with debug information in, what kbtf_encode() wants of it out. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf_input.h"
#include "fail.h"

static int read_info(void *ctx, uint64_t offset, uint64_t size, void *to)
{
	const struct kbtf_dwarf_input *d = ctx;

	return kbtf_file_read(d->file, d->info_offset + offset, size, to);
}

static int get_sections(struct kbtf_dwarf_input *d, struct kbtf_diag *reterr)
{
	struct kbtf_encode_input *in = &d->in;
	const struct {
		const char *name;
		struct kbtf_encode_bytes *bytes;
	} wanted[NR_DWARF_SECTIONS] = {
		{ ".debug_info", &in->info },
		{ ".debug_abbrev", &in->abbrev },
		{ ".debug_str", &in->str },
		{ ".debug_line_str", &in->line_str },
		{ ".debug_str_offsets", &in->str_offsets },
		{ ".debug_addr", &in->addr },
		{ ".debug_loclists", &in->loclists },
		{ ".debug_loc", &in->loc },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < NR_DWARF_SECTIONS && !err; i++)
		err = kbtf_file_debug_section(d->file, wanted[i].name, &wanted[i].bytes->data,
					      &wanted[i].bytes->size, &d->owned[i], reterr);
	return err;
}

/* Type units of DWARF 4 have a section of their own: put it behind .debug_info. */
static int join_types(struct kbtf_dwarf_input *d, struct kbtf_diag *reterr)
{
	struct kbtf_encode_bytes *info = &d->in.info;
	const uint8_t *types;
	uint64_t size;
	uint8_t *both;
	void *owned;
	int err;

	err = kbtf_file_debug_section(d->file, ".debug_types", &types, &size, &owned, reterr);
	if (err || !size)
		return err;
	both = malloc(info->size + size);
	if (both) {
		memcpy(both, info->data, info->size);
		memcpy(both + info->size, types, size);
		free(d->owned[0]);
		d->owned[0] = both;
		d->in.types_offset = info->size;
		*info = (struct kbtf_encode_bytes){ both, info->size + size };
	}
	free(owned);
	return both ? 0 : kbtf_fail_nomem(reterr);
}

static int fail_without(const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	int err;

	if (kbtf_file_elf(file) && kbtf_file_has_section(file, ".debug_info.dwo"))
		err = kbtf_fail(reterr, -EOPNOTSUPP, "dwarf-split",
				"this is the part of split debug information that is not linked "
				"(.debug_info.dwo): build without -gsplit-dwarf");
	else
		err = kbtf_fail(reterr, -ENODATA, "no-dwarf",
				"no debug information in it: there is no section .debug_info");
	kbtf_diag_in(reterr, kbtf_file_label(file));
	return err;
}

static int note_sections(struct kbtf_dwarf_input *d)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(d->file);
	struct kbtf_section s;
	uint32_t i;

	for (i = 1; i < elf->nr_sections; i++) {
		struct kbtf_encode_section out;

		kbtf_file_section(d->file, i, &s);
		out = (struct kbtf_encode_section){ s.name, kbtf_file_section_addr(d->file, i),
						    s.size, i };
		if (!strcmp(s.name, ".BTF_ids") && s.data) {
			d->in.btf_ids = (struct kbtf_encode_bytes){ s.data, s.size };
			d->in.btf_ids_addr = out.addr;
			d->in.btf_ids_section = i;
		}
		/* what variables can be in */
		if ((s.type == SHT_PROGBITS || s.type == SHT_NOBITS) && s.flags & SHF_ALLOC &&
		    kbtf_buf_append(&d->sections, &out, sizeof(out)))
			return -ENOMEM;
	}
	return 0;
}

static int note_symbol(void *ctx, const struct kbtf_symbol *symbol)
{
	struct kbtf_dwarf_input *d = ctx;
	unsigned int type = ELF64_ST_TYPE(symbol->info);
	struct kbtf_encode_symbol out = {
		.name = symbol->name,
		.value = symbol->value,
		.size = symbol->size,
		.section = symbol->section,
		.is_func = type == STT_FUNC,
	};

	if (type != STT_FUNC && type != STT_OBJECT &&
	    (!symbol->section || symbol->section != d->in.btf_ids_section))
		return 0;
	return kbtf_buf_append(&d->symbols, &out, sizeof(out));
}

int kbtf_dwarf_input_init(struct kbtf_dwarf_input *d, const struct kbtf_file *file,
			  struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(file);
	int err;

	*d = (struct kbtf_dwarf_input){ .file = file };
	if (!elf || !kbtf_file_has_section(file, ".debug_info"))
		return fail_without(file, reterr);
	d->in.label = kbtf_file_label(file);
	d->in.swapped = elf->is_swapped;
	d->in.strings_repeat = elf->type == ET_REL;
	d->in.machine = elf->machine;
	d->in.address_size = elf->bits / 8;
	err = get_sections(d, reterr);
	if (!err)
		err = join_types(d, reterr);
	if (!err && note_sections(d))
		err = kbtf_fail_nomem(reterr);
	if (!err)
		err = kbtf_file_walk_symbols(file, note_symbol, d, reterr);
	if (err == -ENOMEM)
		kbtf_fail_nomem(reterr);
	if (err) {
		kbtf_dwarf_input_deinit(d);
		return err;
	}
	if (kbtf_file_is_partial(file)) {
		size_t size;

		d->info_offset =
			(uint64_t)(d->in.info.data - (const uint8_t *)kbtf_file_bytes(file, &size));
		d->in.info.data = NULL;
		d->in.read_info = read_info;
		d->in.ctx = d;
	}
	d->in.symbols = (const struct kbtf_encode_symbol *)d->symbols.data;
	d->in.nr_symbols = d->symbols.size / sizeof(struct kbtf_encode_symbol);
	d->in.sections = (const struct kbtf_encode_section *)d->sections.data;
	d->in.nr_sections = d->sections.size / sizeof(struct kbtf_encode_section);
	return 0;
}

void kbtf_dwarf_input_deinit(struct kbtf_dwarf_input *d)
{
	unsigned int i;

	for (i = 0; i < NR_DWARF_SECTIONS; i++)
		free(d->owned[i]);
	kbtf_buf_deinit(&d->symbols);
	kbtf_buf_deinit(&d->sections);
	memset(d, 0, sizeof(*d));
}
