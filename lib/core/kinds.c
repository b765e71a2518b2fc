// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The kind table: all that parsing, swapping, remapping and walking know of a kind. */
#include <kbtf/btf.h>

#include "kinds.h"

/* clang-format off */
const struct kbtf_kind_info kbtf_kinds[KBTF_NR_KINDS + 1] = {
	/*                  name        tail elem shape               chained */
	[KBTF_VOID]       = { "VOID",       0, 0, KBTF_SHAPE_PLAIN,   false },
	[KBTF_INT]        = { "INT",        1, 0, KBTF_SHAPE_PLAIN,   false },
	[KBTF_PTR]        = { "PTR",        0, 0, KBTF_SHAPE_REF,     false },
	[KBTF_ARRAY]      = { "ARRAY",      3, 0, KBTF_SHAPE_ARRAY,   true },
	[KBTF_STRUCT]     = { "STRUCT",     0, 3, KBTF_SHAPE_MEMBERS, false },
	[KBTF_UNION]      = { "UNION",      0, 3, KBTF_SHAPE_MEMBERS, false },
	[KBTF_ENUM]       = { "ENUM",       0, 2, KBTF_SHAPE_ENUMS,   false },
	[KBTF_FWD]        = { "FWD",        0, 0, KBTF_SHAPE_PLAIN,   false },
	[KBTF_TYPEDEF]    = { "TYPEDEF",    0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_VOLATILE]   = { "VOLATILE",   0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_CONST]      = { "CONST",      0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_RESTRICT]   = { "RESTRICT",   0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_FUNC]       = { "FUNC",       0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_FUNC_PROTO] = { "FUNC_PROTO", 0, 2, KBTF_SHAPE_PARAMS,  false },
	[KBTF_VAR]        = { "VAR",        1, 0, KBTF_SHAPE_REF,     true },
	[KBTF_DATASEC]    = { "DATASEC",    0, 3, KBTF_SHAPE_SECINFO, false },
	[KBTF_FLOAT]      = { "FLOAT",      0, 0, KBTF_SHAPE_PLAIN,   false },
	[KBTF_DECL_TAG]   = { "DECL_TAG",   1, 0, KBTF_SHAPE_REF,     true },
	[KBTF_TYPE_TAG]   = { "TYPE_TAG",   0, 0, KBTF_SHAPE_REF,     true },
	[KBTF_ENUM64]     = { "ENUM64",     0, 3, KBTF_SHAPE_ENUMS64, false },
	[KBTF_NR_KINDS]   = { "UNKNOWN",    0, 0, KBTF_SHAPE_OPAQUE,  false },
};
/* clang-format on */

const char *kbtf_kind_name(unsigned int kind)
{
	return kbtf_kind_info(kind)->name;
}
