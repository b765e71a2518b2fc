// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * An ELF file and edits of its sections in, the bytes of another ELF file out:
 *   1. a plan: the section headers that there will be, and where each section's
 *      bytes come from (plan_init, apply_edit, add_names)
 *   2. where each will lie (lay_out)
 *   3. the bytes, or a file of them (elf_emit.c)
 *
 * All in front of the first section that changes stays as it is, byte for byte:
 *
 *   | ELF header, sections ... | first changed | sections after it ... | headers |
 *   '-------- kept ------------'- laid out again, in the order they had --------'
 *
 * What program headers lead to is addressed by where it lies: it is all kept, and
 * only bytes of the same number may take its place.
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "fail.h"
#include "elf_plan.h"

/* The largest that means anything: of a huge page. */
#define MAX_ALIGN 0x200000u

void kbtf_elf_plan_deinit(struct kbtf_elf_plan *plan)
{
	free(plan->shdrs);
	free(plan->data);
	free(plan->is_changed);
	free(plan->phdrs);
	kbtf_buf_deinit(&plan->names);
}

static int read_segments(struct kbtf_elf_plan *plan, struct kbtf_diag *reterr)
{
	const struct kbtf_elf *elf = plan->elf;
	uint64_t nr = elf->info.nr_segments, size = kbtf_elf_phdr_size(&elf->info);
	uint64_t offset = elf->ehdr.e_phoff, i;

	if (!nr)
		return 0;
	if (elf->ehdr.e_phentsize != size || offset > elf->size || nr > (elf->size - offset) / size)
		return kbtf_fail(reterr, -EINVAL, "elf-truncated",
				 "%" PRIu64 " program headers of %u bytes at 0x%" PRIx64
				 " are not all inside the file of 0x%zx bytes",
				 nr, elf->ehdr.e_phentsize, offset, elf->size);
	plan->phdrs = kbtf_alloc_array(nr, sizeof(*plan->phdrs));
	if (!plan->phdrs)
		return kbtf_fail_nomem(reterr);
	kbtf_elf_read_phdrs(&elf->info, elf->bytes + offset, nr, plan->phdrs);
	for (i = 0; i < nr; i++)
		if (plan->phdrs[i].p_offset > elf->size ||
		    plan->phdrs[i].p_filesz > elf->size - plan->phdrs[i].p_offset)
			return kbtf_fail(reterr, -EINVAL, "elf-truncated",
					 "segment %" PRIu64 " with %" PRIu64 " bytes at 0x%" PRIx64
					 " reaches beyond the end of the file at 0x%zx",
					 i, plan->phdrs[i].p_filesz, plan->phdrs[i].p_offset,
					 elf->size);
	return 0;
}

static int plan_init(struct kbtf_elf_plan *plan, const struct kbtf_elf *elf, size_t nr_edits,
		     struct kbtf_diag *reterr)
{
	uint32_t i;

	*plan = (struct kbtf_elf_plan){ .elf = elf, .nr = elf->info.nr_sections };
	if (nr_edits > UINT32_MAX - plan->nr)
		return kbtf_fail(reterr, -EFBIG, "edit-sections", "%zu edits are too many",
				 nr_edits);
	plan->room = plan->nr + (uint32_t)nr_edits;
	plan->shdrs = kbtf_alloc_array(plan->room, sizeof(*plan->shdrs));
	plan->data = kbtf_zalloc_array(plan->room, sizeof(*plan->data));
	plan->is_changed = kbtf_zalloc_array(plan->room, sizeof(*plan->is_changed));
	if (!plan->shdrs || !plan->data || !plan->is_changed)
		return kbtf_fail_nomem(reterr);
	memcpy(plan->shdrs, elf->shdrs, plan->nr * sizeof(*plan->shdrs));
	for (i = 1; i < plan->nr; i++)
		if (kbtf_elf_has_bytes(&plan->shdrs[i]))
			plan->data[i] = elf->bytes + plan->shdrs[i].sh_offset;
	return read_segments(plan, reterr);
}

/* ---- 1. the sections that there will be ------------------------------- */

/* The segment whose bytes in the file take in some of the section's; -1 where none does. */
static int64_t segment_of(const struct kbtf_elf_plan *plan, const Elf64_Shdr *s)
{
	uint64_t size = s->sh_size ? s->sh_size : 1;
	uint32_t i;

	for (i = 0; i < plan->elf->info.nr_segments; i++)
		if (s->sh_offset < plan->phdrs[i].p_offset + plan->phdrs[i].p_filesz &&
		    plan->phdrs[i].p_offset < s->sh_offset + size)
			return i;
	return -1;
}

static int replace(struct kbtf_elf_plan *plan, uint32_t index, const struct kbtf_section_edit *edit,
		   struct kbtf_diag *reterr)
{
	Elf64_Shdr *s = &plan->shdrs[index];
	int64_t segment = segment_of(plan, s);

	if (!kbtf_elf_has_bytes(s) || s->sh_flags & SHF_COMPRESSED)
		return kbtf_fail(reterr, -EINVAL, "edit-section",
				 "section %s has no bytes of its own to replace (type %u, flags "
				 "0x%" PRIx64 ")",
				 edit->name, s->sh_type, s->sh_flags);
	if (index == plan->elf->shstrndx)
		return kbtf_fail(reterr, -EINVAL, "edit-section",
				 "section %s has the section names and cannot be replaced",
				 edit->name);
	if (segment >= 0 && edit->size != s->sh_size)
		return kbtf_fail(reterr, -ETXTBSY, "edit-segment",
				 "section %s has %" PRIu64 " bytes and cannot become %zu: it lies "
				 "in segment %" PRId64 ", where all has its address",
				 edit->name, s->sh_size, edit->size, segment);
	plan->data[index] = edit->data;
	plan->is_changed[index] = true;
	s->sh_size = edit->size;
	if (segment < 0 && s->sh_addralign < edit->align)
		s->sh_addralign = edit->align;
	return 0;
}

/* Its name is added later, with all others. */
static void append(struct kbtf_elf_plan *plan, const struct kbtf_section_edit *edit)
{
	uint32_t like = edit->like ? kbtf_elf_find(plan->elf, edit->like) : 0, i = plan->nr++;
	uint64_t flags = like ? plan->elf->shdrs[like].sh_flags : 0;

	flags &= ~(uint64_t)(SHF_GROUP | SHF_COMPRESSED | SHF_LINK_ORDER | SHF_INFO_LINK);
	if (plan->elf->info.nr_segments) /* no segment has room for it */
		flags &= ~(uint64_t)SHF_ALLOC;
	plan->shdrs[i] = (Elf64_Shdr){
		.sh_type = SHT_PROGBITS,
		.sh_flags = flags,
		.sh_size = edit->size,
		.sh_addralign = edit->align ? edit->align : 1,
	};
	plan->data[i] = edit->data;
	plan->is_changed[i] = true;
}

/* Whether another section's header leads to this one. */
static bool is_linked(const struct kbtf_elf_plan *plan, uint32_t index, uint32_t *ret)
{
	const Elf64_Shdr *s;
	uint32_t i;

	for (i = 1; i < plan->nr; i++) {
		s = &plan->shdrs[i];
		if (s->sh_type == SHT_NULL)
			continue;
		if (s->sh_link == index ||
		    (s->sh_info == index && (s->sh_type == SHT_REL || s->sh_type == SHT_RELA ||
					     s->sh_flags & SHF_INFO_LINK))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/*
 * Whether symbols are in a section; other than the one that stands for the
 * section itself, which means nothing to anybody unless relocations use it.
 */
static bool has_symbols(const struct kbtf_elf *elf, uint32_t index)
{
	size_t size = kbtf_elf_sym_size(&elf->info), n;
	const Elf64_Shdr *s;
	Elf64_Sym sym;
	uint32_t i;

	for (i = 1; i < elf->info.nr_sections; i++) {
		s = &elf->shdrs[i];
		if (s->sh_type != SHT_SYMTAB && s->sh_type != SHT_DYNSYM)
			continue;
		for (n = 0; n < s->sh_size / size; n++) {
			kbtf_elf_read_syms(&elf->info, elf->bytes + s->sh_offset + n * size, 1,
					   &sym);
			if (sym.st_shndx == index && index < SHN_LORESERVE &&
			    ELF64_ST_TYPE(sym.st_info) != STT_SECTION)
				return true;
		}
	}
	return false;
}

static int drop(struct kbtf_elf_plan *plan, uint32_t index, const char *name,
		struct kbtf_diag *reterr)
{
	Elf64_Shdr *s = &plan->shdrs[index];
	int64_t segment = segment_of(plan, s);
	uint32_t by;

	if (index == plan->elf->shstrndx)
		return kbtf_fail(reterr, -EBUSY, "edit-referenced",
				 "section %s has the section names and cannot go", name);
	if (segment >= 0)
		return kbtf_fail(reterr, -ETXTBSY, "edit-segment",
				 "section %s cannot go: it lies in segment %" PRId64, name,
				 segment);
	if (s->sh_flags & SHF_GROUP)
		return kbtf_fail(reterr, -EBUSY, "edit-referenced",
				 "section %s cannot go: a section group has it as member", name);
	if (is_linked(plan, index, &by))
		return kbtf_fail(reterr, -EBUSY, "edit-referenced",
				 "section %s cannot go: section [%u] %s refers to it", name, by,
				 kbtf_elf_name(plan->elf, &plan->shdrs[by]));
	if (index < plan->elf->info.nr_sections && has_symbols(plan->elf, index))
		return kbtf_fail(reterr, -EBUSY, "edit-referenced",
				 "section %s cannot go: symbols are in it", name);
	*s = (Elf64_Shdr){ 0 };
	plan->data[index] = NULL;
	plan->is_changed[index] = true;
	return 0;
}

static int apply_edit(struct kbtf_elf_plan *plan, const struct kbtf_section_edit *edit,
		      struct kbtf_diag *reterr)
{
	uint32_t index = kbtf_elf_find(plan->elf, edit->name);
	int err = 0;

	if (edit->align & (edit->align - 1))
		return kbtf_fail(reterr, -EINVAL, "edit-section",
				 "section %s: alignment %" PRIu64 " is no power of two", edit->name,
				 edit->align);
	if (!edit->data) {
		for (; index && !err; index = kbtf_elf_find_next(plan->elf, edit->name, index))
			err = drop(plan, index, edit->name, reterr);
		return err;
	}
	if (index)
		return replace(plan, index, edit, reterr);
	append(plan, edit);
	return 0;
}

/* Where a name is in the name table, as the whole or the end of another; or where it was added. */
static int name_offset(struct kbtf_elf_plan *plan, const char *name, uint32_t *ret)
{
	const Elf64_Shdr *table = &plan->elf->shdrs[plan->elf->shstrndx];
	const char *old = (const char *)plan->elf->bytes + table->sh_offset;
	const uint8_t *found;

	found = memmem(old, table->sh_size, name, strlen(name) + 1);
	if (found) {
		*ret = (uint32_t)((const char *)found - old);
		return 0;
	}
	if (!plan->names.size && kbtf_buf_append(&plan->names, old, table->sh_size))
		return -ENOMEM;
	*ret = (uint32_t)plan->names.size;
	return kbtf_buf_append(&plan->names, name, strlen(name) + 1);
}

static int add_names(struct kbtf_elf_plan *plan, const struct kbtf_section_edit *edits,
		     size_t nr_edits, struct kbtf_diag *reterr)
{
	uint32_t next = plan->elf->info.nr_sections, names = plan->elf->shstrndx;
	size_t i;

	for (i = 0; i < nr_edits; i++) {
		if (!edits[i].data || kbtf_elf_find(plan->elf, edits[i].name))
			continue;
		if (name_offset(plan, edits[i].name, &plan->shdrs[next++].sh_name))
			return kbtf_fail_nomem(reterr);
	}
	if (!plan->names.size)
		return 0;
	if (segment_of(plan, &plan->shdrs[names]) >= 0)
		return kbtf_fail(reterr, -ETXTBSY, "edit-segment",
				 "the section names lie in a segment: none can be added");
	plan->data[names] = plan->names.data;
	plan->shdrs[names].sh_size = plan->names.size;
	plan->is_changed[names] = true;
	return 0;
}

/* ---- 2. where they lie ------------------------------------------------ */

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t align_up(uint64_t at, uint64_t align)
{
	return (at + align - 1) & ~(align - 1);
}

/* How much of the file's beginning stays: up to the first change, but all that segments cover. */
static uint64_t kept_size(const struct kbtf_elf_plan *plan)
{
	const struct kbtf_elf *elf = plan->elf;
	uint64_t kept = kbtf_elf_ehdr_size(&elf->info), covered = kept;
	const Elf64_Shdr *s;
	uint32_t i;

	if (elf->info.nr_segments)
		covered =
			larger(covered, elf->ehdr.e_phoff + (uint64_t)elf->info.nr_segments *
								    kbtf_elf_phdr_size(&elf->info));
	for (i = 0; i < elf->info.nr_segments; i++)
		if (plan->phdrs[i].p_filesz)
			covered =
				larger(covered, plan->phdrs[i].p_offset + plan->phdrs[i].p_filesz);
	for (i = 0; i < elf->nr_order; i++) { /* a segment may end inside a section */
		s = &elf->shdrs[elf->order[i]];
		if (s->sh_offset < covered && segment_of(plan, s) >= 0)
			covered = larger(covered, s->sh_offset + s->sh_size);
	}
	for (i = 0; i < elf->nr_order; i++) {
		s = &elf->shdrs[elf->order[i]];
		if (plan->is_changed[elf->order[i]] && s->sh_offset >= covered)
			break;
		kept = larger(kept, s->sh_offset + s->sh_size);
	}
	return larger(kept, covered);
}

/*
 * An alignment that is not valid (no power of two) is as good as none. A huge one
 * would fill the file with zeros, and stands in no file that a linker made.
 */
static int place(struct kbtf_elf_plan *plan, uint32_t index, struct kbtf_diag *reterr)
{
	Elf64_Shdr *s = &plan->shdrs[index];
	uint64_t align = s->sh_addralign;

	if (!kbtf_elf_has_bytes(s))
		return 0;
	if (!align || align & (align - 1))
		align = 1;
	if (align > MAX_ALIGN)
		return kbtf_fail(reterr, -EINVAL, "edit-align",
				 "section [%u] has to move and wants an alignment of 0x%" PRIx64
				 ", more than 0x%x",
				 index, align, MAX_ALIGN);
	s->sh_offset = align_up(plan->end, align);
	plan->end = s->sh_offset + s->sh_size;
	if (plan->end > plan->max || s->sh_size > plan->max)
		return kbtf_fail(reterr, -EFBIG, "edit-size",
				 "the file would have more than %" PRIu64 " bytes", plan->max);
	return 0;
}

static int lay_out(struct kbtf_elf_plan *plan, struct kbtf_diag *reterr)
{
	const struct kbtf_elf *elf = plan->elf;
	const Elf64_Shdr *s;
	uint32_t i, n;
	int err = 0;

	while (plan->nr > 1 && plan->shdrs[plan->nr - 1].sh_type == SHT_NULL &&
	       plan->is_changed[plan->nr - 1])
		plan->nr--;
	plan->kept = plan->end = kept_size(plan);
	for (n = 0; n < elf->nr_order && !err; n++) {
		i = elf->order[n];
		s = &elf->shdrs[i];
		if (i < plan->nr && (s->sh_offset + s->sh_size > plan->kept ||
				     (plan->is_changed[i] && plan->shdrs[i].sh_size != s->sh_size)))
			err = place(plan, i, reterr);
	}
	for (i = elf->info.nr_sections; i < plan->nr && !err; i++)
		err = place(plan, i, reterr);
	plan->shdrs_off = align_up(plan->end, elf->info.bits / 8); /* of an address */
	return err;
}

static bool is_repeated(const struct kbtf_section_edit *edits, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (!strcmp(edits[j].name, edits[i].name))
			return true;
	return false;
}

int kbtf_elf_plan_make(struct kbtf_elf_plan *plan, const struct kbtf_elf *elf,
		       const struct kbtf_section_edit *edits, size_t nr_edits, uint64_t max,
		       struct kbtf_diag *reterr)
{
	size_t i;
	int err;

	err = plan_init(plan, elf, nr_edits, reterr);
	plan->max = max;
	for (i = 0; i < nr_edits && !err; i++)
		err = is_repeated(edits, i) ? kbtf_fail(reterr, -EINVAL, "edit-section",
							"section %s is edited twice", edits[i].name)
					    : apply_edit(plan, &edits[i], reterr);
	if (!err)
		err = add_names(plan, edits, nr_edits, reterr);
	if (!err)
		err = lay_out(plan, reterr);
	plan->size = plan->shdrs_off + (uint64_t)plan->nr * kbtf_elf_shdr_size(&elf->info);
	if (err)
		kbtf_elf_plan_deinit(plan);
	return err;
}
