// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The symbol table of an ELF file in, the symbols with a given prefix or of a given
 * section out. The table is made sound first (table_init), then walked once (pick).
 *
 * Source: System V ABI, chapter 4 (symbol table, SHN_XINDEX).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "file.h"

struct symbol_table {
	const struct kbtf_elf *elf;
	const uint8_t *records;
	size_t nr;
	const char *names;
	uint64_t names_size;
	const uint8_t *xindex; /* section numbers too large for a symbol; NULL: none are */
};

static int table_init(struct symbol_table *t, const struct kbtf_elf *elf, uint32_t symtab,
		      struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s = &elf->shdrs[symtab], *names, *x;
	size_t size = kbtf_elf_sym_size(&elf->info);
	uint32_t xindex;

	*t = (struct symbol_table){ .elf = elf, .records = elf->bytes + s->sh_offset };
	if (s->sh_entsize != size || s->sh_size % size)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "%" PRIu64 " bytes of symbols of %" PRIu64
				 " bytes each where this class has %zu",
				 s->sh_size, s->sh_entsize, size);
	t->nr = s->sh_size / size;
	if (!s->sh_link || s->sh_link >= elf->info.nr_sections ||
	    elf->shdrs[s->sh_link].sh_type != SHT_STRTAB)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "symbol names are in section [%u], which is no string table",
				 s->sh_link);
	names = &elf->shdrs[s->sh_link];
	t->names = (const char *)elf->bytes + names->sh_offset;
	t->names_size = names->sh_size;
	if (!t->names_size || t->names[t->names_size - 1])
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "the symbol names in section [%u] do not end in a zero byte",
				 s->sh_link);
	xindex = kbtf_elf_find_type(elf, SHT_SYMTAB_SHNDX, symtab);
	if (!xindex)
		return 0;
	x = &elf->shdrs[xindex];
	if (x->sh_size / sizeof(uint32_t) < t->nr)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "section [%u] has %" PRIu64 " section numbers for %zu symbols",
				 xindex, x->sh_size / sizeof(uint32_t), t->nr);
	t->xindex = elf->bytes + x->sh_offset;
	return 0;
}

/* The section of symbol number i; 0 where it is in none. */
static int section_of(const struct symbol_table *t, size_t i, const Elf64_Sym *sym, uint32_t *ret,
		      struct kbtf_diag *reterr)
{
	uint32_t section = sym->st_shndx;

	if (section == SHN_XINDEX && t->xindex)
		kbtf_elf_read_words(&t->elf->info, t->xindex + i * sizeof(section), 1, &section);
	else if (section >= SHN_LORESERVE) /* absolute, common and the like */
		section = SHN_UNDEF;
	if (section >= t->elf->info.nr_sections && section)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "symbol [%zu] %s is in section %u of %u", i,
				 t->names + sym->st_name, section, t->elf->info.nr_sections);
	*ret = section;
	return 0;
}

static int fill(const struct symbol_table *t, size_t i, const Elf64_Sym *sym,
		struct kbtf_symbol *ret, struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s;
	int err;

	*ret = (struct kbtf_symbol){
		.name = t->names + sym->st_name,
		.index = (uint32_t)i,
		.info = sym->st_info,
		.value = sym->st_value,
		.size = sym->st_size,
	};
	err = section_of(t, i, sym, &ret->section, reterr);
	if (err || !ret->section)
		return err;
	s = &t->elf->shdrs[ret->section];
	ret->offset = ret->value;
	if (t->elf->info.type != ET_REL) /* values are addresses there */
		ret->offset -= s->sh_addr;
	if (ret->offset > s->sh_size || ret->size > s->sh_size - ret->offset)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "symbol [%zu] %s with %" PRIu64 " bytes at 0x%" PRIx64
				 " is not inside section %s of %" PRIu64 " bytes at 0x%" PRIx64,
				 i, ret->name, ret->size, ret->value, kbtf_elf_name(t->elf, s),
				 s->sh_size, t->elf->info.type == ET_REL ? 0 : s->sh_addr);
	return 0;
}

static int push(struct kbtf_symbol **syms, size_t *nr, const struct kbtf_symbol *sym)
{
	struct kbtf_symbol *more;

	if (!(*nr & (*nr - 1))) { /* full at 0, 1, 2, 4, ... */
		more = kbtf_realloc_array(*syms, *nr ? *nr * 2 : 1, sizeof(**syms));
		if (!more)
			return -ENOMEM;
		*syms = more;
	}
	(*syms)[(*nr)++] = *sym;
	return 0;
}

/* Which symbols are wanted: both have to hold. */
struct wanted {
	const char *prefix;
	uint32_t section; /* 0: of any, or none */
};

/* What the record alone tells: a section's symbols are few among all. */
static bool is_elsewhere(const struct wanted *wanted, const Elf64_Sym *sym)
{
	return wanted->section && sym->st_shndx != wanted->section && sym->st_shndx != SHN_XINDEX;
}

static int pick_one(const struct symbol_table *t, size_t i, const Elf64_Sym *sym,
		    const struct wanted *wanted, struct kbtf_symbol **syms, size_t *nr,
		    struct kbtf_diag *reterr)
{
	struct kbtf_symbol found;
	int err;

	if (sym->st_name >= t->names_size)
		return kbtf_fail(reterr, -EINVAL, "elf-symbols",
				 "the name of symbol [%zu] is at %u of %" PRIu64 " bytes of names",
				 i, sym->st_name, t->names_size);
	if (strncmp(t->names + sym->st_name, wanted->prefix, strlen(wanted->prefix)))
		return 0;
	err = fill(t, i, sym, &found, reterr);
	if (err || (wanted->section && found.section != wanted->section))
		return err;
	return push(syms, nr, &found) ? kbtf_fail_nomem(reterr) : 0;
}

/* Records converted at a time. */
#define BATCH 256u

static int pick(const struct symbol_table *t, const struct wanted *wanted,
		struct kbtf_symbol **syms, size_t *nr, struct kbtf_diag *reterr)
{
	size_t size = kbtf_elf_sym_size(&t->elf->info), from, i, n;
	Elf64_Sym batch[BATCH];
	int err = 0;

	for (from = 1; from < t->nr && !err; from += n) {
		n = t->nr - from < BATCH ? t->nr - from : BATCH;
		kbtf_elf_read_syms(&t->elf->info, t->records + from * size, n, batch);
		for (i = 0; i < n && !err; i++)
			if (!is_elsewhere(wanted, &batch[i]))
				err = pick_one(t, from + i, &batch[i], wanted, syms, nr, reterr);
	}
	return err;
}

static int collect(const struct kbtf_file *file, uint32_t symtab, const struct wanted *wanted,
		   struct kbtf_symbol **syms, size_t *nr, struct kbtf_diag *reterr)
{
	struct symbol_table table;
	int err;

	if (file->is_read && !file->is_read(".symtab"))
		return kbtf_fail(
			reterr, -EINVAL, "section-not-read",
			"symbols were not read: the file was opened for some of its sections");
	err = table_init(&table, &file->elf, symtab, reterr);
	return err ? err : pick(&table, wanted, syms, nr, reterr);
}

static int walk(const struct kbtf_file *file, const struct symbol_table *t,
		int (*fn)(void *ctx, const struct kbtf_symbol *symbol), void *ctx,
		struct kbtf_diag *reterr)
{
	size_t size = kbtf_elf_sym_size(&t->elf->info), i;
	struct kbtf_symbol found;
	Elf64_Sym sym;
	int err = 0;

	for (i = 1; i < t->nr && !err; i++) {
		kbtf_elf_read_syms(&t->elf->info, t->records + i * size, 1, &sym);
		if (sym.st_name >= t->names_size)
			return kbtf_fail(reterr, -EINVAL, "elf-symbols",
					 "the name of symbol [%zu] is at %u of %" PRIu64
					 " bytes of names",
					 i, sym.st_name, t->names_size);
		found = (struct kbtf_symbol){
			.name = t->names + sym.st_name,
			.index = (uint32_t)i,
			.info = sym.st_info,
			.value = sym.st_value,
			.size = sym.st_size,
		};
		err = section_of(t, i, &sym, &found.section, reterr);
		if (err)
			return err;
		if (t->elf->info.type == ET_REL && found.section)
			found.value += kbtf_file_section_addr(file, found.section);
		err = fn(ctx, &found);
	}
	return err;
}

int kbtf_file_walk_symbols(const struct kbtf_file *file,
			   int (*fn)(void *ctx, const struct kbtf_symbol *symbol), void *ctx,
			   struct kbtf_diag *reterr)
{
	uint32_t symtab = kbtf_elf_find_type(&file->elf, SHT_SYMTAB, 0);
	struct symbol_table table;
	int err;

	if (!symtab)
		return 0;
	err = table_init(&table, &file->elf, symtab, reterr);
	if (!err)
		err = walk(file, &table, fn, ctx, reterr);
	if (err) {
		kbtf_diag_in(reterr, ".symtab");
		kbtf_file_fail_in(file, err, reterr);
	}
	return err;
}

static int find(const struct kbtf_file *file, const struct wanted *wanted, struct kbtf_symbol **ret,
		size_t *ret_nr, struct kbtf_diag *reterr)
{
	uint32_t symtab = kbtf_elf_find_type(&file->elf, SHT_SYMTAB, 0);
	struct kbtf_symbol *syms = NULL;
	size_t nr = 0;
	int err = 0;

	if (symtab)
		err = collect(file, symtab, wanted, &syms, &nr, reterr);
	if (err) {
		free(syms);
		kbtf_diag_in(reterr, ".symtab");
		return kbtf_file_fail_in(file, err, reterr);
	}
	*ret = syms;
	*ret_nr = nr;
	return 0;
}

int kbtf_file_find_symbols(const struct kbtf_file *file, const char *prefix,
			   struct kbtf_symbol **ret, size_t *ret_nr, struct kbtf_diag *reterr)
{
	const struct wanted wanted = { .prefix = prefix };

	return find(file, &wanted, ret, ret_nr, reterr);
}

int kbtf_file_section_symbols(const struct kbtf_file *file, uint32_t section,
			      struct kbtf_symbol **ret, size_t *ret_nr, struct kbtf_diag *reterr)
{
	const struct wanted wanted = { .prefix = "", .section = section };

	return find(file, &wanted, ret, ret_nr, reterr);
}
