/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_DWARF_INPUT_H
#define KBTF_JOB_DWARF_INPUT_H

#include <kbtf/encode.h>
#include <kbtf/image.h>

#include "buf.h"

#define NR_DWARF_SECTIONS 8u

/* What kbtf_encode() wants of a file. */
struct kbtf_dwarf_input {
	struct kbtf_encode_input in;
	const struct kbtf_file *file; /* borrowed */
	uint64_t info_offset;	      /* of .debug_info in the file */
	struct kbtf_buf symbols;      /* of struct kbtf_encode_symbol */
	struct kbtf_buf sections;     /* of struct kbtf_encode_section */
	void *owned[NR_DWARF_SECTIONS];
};

/*
 * Gather it. The file, of kbtf_file_open_debug(), is borrowed. Returns 0, -ENODATA
 * [no-dwarf] where it has no .debug_info, or what kbtf_file_debug_section() and
 * kbtf_file_walk_symbols() said.
 */
int kbtf_dwarf_input_init(struct kbtf_dwarf_input *d, const struct kbtf_file *file,
			  struct kbtf_diag *reterr);
void kbtf_dwarf_input_deinit(struct kbtf_dwarf_input *d);

#endif
