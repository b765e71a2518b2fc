/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_TEXT_BTF_H
#define KBTF_TESTS_TEXT_BTF_H

#include <stddef.h>
#include <stdint.h>

/*
 * Raw BTF from text, a type a line, wrong in whatever way the text says:
 *
 *   KIND NAME WORD [vlen=N] [kflag] [: WORD...]
 *
 * KIND is a kind's name or number. NAME is "-" for none, '' for an empty string
 * that is not the first, @N for string offset N, or the name. The first WORD is
 * the size or type id that every type has. WORD is a number, or $NAME for the
 * offset of a string.
 *
 * str_start is where string offsets of split BTF begin; 0 for BTF that stands
 * alone, whose first string is the empty one. The caller frees the bytes.
 */
uint8_t *text_btf(const char *text, uint32_t str_start, size_t *ret_size);

#endif
