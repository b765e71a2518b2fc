/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_BODY_H
#define KBTF_TEXT_C_BODY_H

#include "c.h"

/* "struct ", "union " or "enum ". */
void kbtf_c_put_keyword(struct kbtf_c *c, const struct kbtf_type *t);

/* A struct or union that is laid out, or an enum, without its name: "struct {", its members, "}".
 */
void kbtf_c_put_inline(struct kbtf_c *c, uint32_t type_id);

/* What has its size and alignment, but tells no more of it. */
void kbtf_c_put_abridged(struct kbtf_c *c, uint32_t type_id);

/* Whole definitions and declarations, whose names are decided, each with what ends it. */
void kbtf_c_define_composite(struct kbtf_c *c, uint32_t type_id);
void kbtf_c_define_enum(struct kbtf_c *c, uint32_t type_id);
void kbtf_c_define_typedef(struct kbtf_c *c, uint32_t type_id);
void kbtf_c_declare_tag(struct kbtf_c *c, uint32_t type_id); /* "struct sock;" */

/* A typedef for a type that has none; its name is decided like that of one. */
void kbtf_c_define_alias(struct kbtf_c *c, uint32_t type_id);

/* A FUNC or VAR, between "extern " and attributes. */
void kbtf_c_declare_func(struct kbtf_c *c, uint32_t type_id, const char *before, const char *after);

#endif
