/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_ASSEMBLE_H
#define KBTF_CORE_ASSEMBLE_H

#include <stddef.h>

#include "buf.h"

/*
 * Raw BTF of a type section and a string section: a 24-byte header, the types,
 * the strings. *ret is the caller's and goes to free().
 * Returns 0, -E2BIG beyond 4 GiB, or -ENOMEM.
 */
int kbtf_assemble(const void *types, size_t types_size, const void *strings, size_t strings_size,
		  void **ret, size_t *ret_size);

/*
 * The same in place: buf holds KBTF_HEADER_SIZE bytes for the header, then types
 * up to types_end, then strings. The header is filled in. 0, or -E2BIG.
 */
int kbtf_assemble_in_place(struct kbtf_buf *buf, size_t types_end);

#endif
