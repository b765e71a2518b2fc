/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_IDS_READ_H
#define KBTF_JOB_IDS_READ_H

#include <kbtf/ids.h>
#include <kbtf/image.h>

/*
 * The ids of a file's section .BTF_ids, with all that the symbols in it say. Returns 0;
 * -ENOENT where it has no such section; or as kbtf_ids_new(), kbtf_ids_add_symbol(),
 * kbtf_ids_check(), kbtf_file_find_section() and kbtf_file_section_symbols(). Messages name
 * the file.
 */
int kbtf_ids_read(const struct kbtf_file *file, struct kbtf_ids **ret, struct kbtf_diag *reterr);

/* Whether a symbol is that of an id: those of a section are, in their order, what the ids are
 * that are read from it. */
bool kbtf_ids_is_symbol(const struct kbtf_symbol *symbol);

#endif
