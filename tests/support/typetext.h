/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_TYPETEXT_H
#define KBTF_TESTS_TYPETEXT_H

#include "raw.h"

/*
 * Types as a line of text, so that a test shows its input at a glance. A type a
 * semicolon; its elements stand in parentheses behind it:
 *
 *   int NAME SIZE ENCODING     float NAME SIZE         fwd NAME, ufwd NAME (of a union)
 *   ptr TYPE                   volatile TYPE, const TYPE, restrict TYPE
 *   typedef NAME TYPE          ttag NAME TYPE          dtag NAME TYPE COMPONENT
 *   array TYPE INDEX NELEMS    func NAME PROTO LINKAGE var NAME TYPE LINKAGE
 *   struct NAME SIZE (NAME TYPE BIT) ...               union alike
 *   bstruct NAME SIZE (NAME TYPE BIT WIDTH) ...        with kind_flag; bunion alike
 *   enum NAME SIZE (NAME VALUE) ...                    enum64 alike
 *   proto TYPE (NAME TYPE) ...                         datasec NAME SIZE (TYPE OFFSET SIZE) ...
 *   kind KIND NAME WORD (WORD ...)                     any kind; words as they are, vlen 0
 *
 * NAME is - for none, =OFF for a string offset as it is, and otherwise a string
 * that is stored once; @NAME stores it once more. Numbers may be hexadecimal.
 * Text that is none of this ends the test program.
 */
void typetext_add(struct raw *r, const char *text);

/* Raw BTF of nothing but these types, as a block for free(); str_start as for raw_init(). */
void *typetext_bytes(const char *text, uint32_t str_start, bool swapped, size_t *ret_size);

#endif
