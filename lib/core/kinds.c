// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The kind table: the name of each kind, how long its records are, and whether chains of types
 * go on there. Where they keep type ids and strings is in words.h.
 */
#include <kbtf/btf.h>

#include "kinds.h"

/* clang-format off */
const struct kbtf_kind_info kbtf_kinds[KBTF_NR_KINDS + 1] = {
	/*                  name        tail elem chain class */
	[KBTF_VOID]       = { "VOID",       0, 0, KBTF_CLASS_END },
	[KBTF_INT]        = { "INT",        1, 0, KBTF_CLASS_END },
	[KBTF_PTR]        = { "PTR",        0, 0, KBTF_CLASS_LINK },
	[KBTF_ARRAY]      = { "ARRAY",      3, 0, KBTF_CLASS_LINK },
	[KBTF_STRUCT]     = { "STRUCT",     0, 3, KBTF_CLASS_COMPOSITE },
	[KBTF_UNION]      = { "UNION",      0, 3, KBTF_CLASS_COMPOSITE },
	[KBTF_ENUM]       = { "ENUM",       0, 2, KBTF_CLASS_END },
	[KBTF_FWD]        = { "FWD",        0, 0, KBTF_CLASS_END },
	[KBTF_TYPEDEF]    = { "TYPEDEF",    0, 0, KBTF_CLASS_LINK },
	[KBTF_VOLATILE]   = { "VOLATILE",   0, 0, KBTF_CLASS_LINK },
	[KBTF_CONST]      = { "CONST",      0, 0, KBTF_CLASS_LINK },
	[KBTF_RESTRICT]   = { "RESTRICT",   0, 0, KBTF_CLASS_LINK },
	[KBTF_FUNC]       = { "FUNC",       0, 0, KBTF_CLASS_LINK },
	[KBTF_FUNC_PROTO] = { "FUNC_PROTO", 0, 2, KBTF_CLASS_END },
	[KBTF_VAR]        = { "VAR",        1, 0, KBTF_CLASS_LINK },
	[KBTF_DATASEC]    = { "DATASEC",    0, 3, KBTF_CLASS_END },
	[KBTF_FLOAT]      = { "FLOAT",      0, 0, KBTF_CLASS_END },
	[KBTF_DECL_TAG]   = { "DECL_TAG",   1, 0, KBTF_CLASS_LINK },
	[KBTF_TYPE_TAG]   = { "TYPE_TAG",   0, 0, KBTF_CLASS_LINK },
	[KBTF_ENUM64]     = { "ENUM64",     0, 3, KBTF_CLASS_END },
	[KBTF_NR_KINDS]   = { "UNKNOWN",    0, 0, KBTF_CLASS_END },
};
/* clang-format on */

const char *kbtf_kind_name(unsigned int kind)
{
	return kbtf_kind_info(kind)->name;
}

const char *kbtf_encoding_word(uint32_t encoding)
{
	switch (encoding) {
	case 0:
		return "(none)";
	case KBTF_INT_SIGNED:
		return "SIGNED";
	case KBTF_INT_CHAR:
		return "CHAR";
	case KBTF_INT_BOOL:
		return "BOOL";
	default:
		return "UNKN";
	}
}

const char *kbtf_linkage_word(uint32_t linkage)
{
	static const char *const words[] = { "static", "global", "extern" };

	return linkage < 3 ? words[linkage] : "(unknown)";
}
