/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_IMAGE_ELF_PLAN_H
#define KBTF_IMAGE_ELF_PLAN_H

#include "file.h"

/* An ELF file that some edits make of another, before there are any bytes of it. */
struct kbtf_elf_plan {
	const struct kbtf_elf *elf;
	Elf64_Shdr *shdrs; /* as they will be */
	const void **data; /* per section: its bytes; borrowed */
	bool *is_changed;  /* per section: not the bytes it had, or not as many */
	uint32_t nr, room;
	struct kbtf_buf names; /* the section name table with names added; empty where none were */
	Elf64_Phdr *phdrs;
	uint64_t kept; /* the file's first bytes that stay as they are */
	uint64_t end;  /* of the last section */
	uint64_t shdrs_off;
	uint64_t size; /* of the file that it makes */
	uint64_t max;  /* that size, at most */
};

/*
 * elf_edit.c: plan the edits of elf, which is borrowed as they are. Of its bytes only the headers
 * and the section names are looked at, unless a section is removed, and what of them moves
 * is found by plan->data. Returns 0, or what kbtf_file_edit() says; then nothing is to be freed.
 */
int kbtf_elf_plan_make(struct kbtf_elf_plan *plan, const struct kbtf_elf *elf,
		       const struct kbtf_section_edit *edits, size_t nr_edits, uint64_t max,
		       struct kbtf_diag *reterr);
void kbtf_elf_plan_deinit(struct kbtf_elf_plan *plan);

#endif
