/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CHECK_RULES_H
#define KBTF_CHECK_RULES_H

#include <kbtf/verify.h>

/*
 * Every rule of a kernel: an identifier, the name that findings carry, the errno
 * a kernel gives, and what is demanded. Names that lib/core also has mean the
 * same thing there.
 */
/* clang-format off */
#define KBTF_CHECK_RULES(X)                                                                        \
	/* the bytes and the header */                                                             \
	X(SIZE,              "size",                  E2BIG,      "program BTF is at most 16 MiB") \
	X(HDR_TRUNCATED,     "header-truncated",      EINVAL,     "the bytes reach to the header's length") \
	X(HDR_LENGTH,        "header-length",         EINVAL,     "the header is no longer than the bytes") \
	X(HDR_UNKNOWN,       "header-unknown",        E2BIG,      "a longer header is zero beyond the 24 bytes the kernel knows") \
	X(MAGIC,             "magic",                 EINVAL,     "the magic is 0xeb9f in the kernel's byte order") \
	X(VERSION,           "version",               EOPNOTSUPP, "the version is 1") \
	X(FLAGS,             "flags",                 EOPNOTSUPP, "no header flag is set") \
	X(NO_DATA,           "no-data",               EINVAL,     "BTF that stands alone has more than a header") \
	X(SECTION_RANGE,     "section-range",         EINVAL,     "a section begins and ends inside the bytes") \
	X(SECTION_GAP,       "section-gap",           EINVAL,     "nothing lies before, between or behind the two sections") \
	X(SECTION_OVERLAP,   "section-overlap",       EINVAL,     "the sections do not overlap") \
	X(STRINGS_LAST,      "strings-last",          EINVAL,     "the string section is the last one") \
	X(STRINGS_EMPTY,     "strings-empty",         EINVAL,     "BTF that stands alone has strings") \
	X(STRINGS_SIZE,      "strings-size",          EINVAL,     "strings take at most 16 MiB") \
	X(STRINGS_END,       "strings-unterminated",  EINVAL,     "the last byte of the strings is 0") \
	X(STRINGS_START,     "strings-start",         EINVAL,     "the strings of BTF that stands alone begin with the empty one") \
	X(TYPES_ALIGN,       "section-align",         EINVAL,     "the type section begins at a multiple of 4") \
	X(TYPES_EMPTY,       "types-empty",           EINVAL,     "program BTF has a type") \
	/* each type by itself */                                                                  \
	X(TYPE_TRUNCATED,    "type-truncated",        EINVAL,     "a type ends inside the type section") \
	X(INFO_BITS,         "info-bits",             EINVAL,     "info has no bits beyond a vlen of 16, a kind of 5 and the kind_flag") \
	X(KIND_UNKNOWN,      "kind-unknown",          EINVAL,     "the kind is one of 19") \
	X(STRING_RANGE,      "string-range",          EINVAL,     "a string offset lies in the strings and below 16 MiB") \
	X(VLEN_USED,         "vlen-used",             EINVAL,     "a kind without elements has a vlen of 0") \
	X(KFLAG_USED,        "kflag-used",            EINVAL,     "kind_flag is 0 for a kind that gives it no meaning") \
	X(TYPE_ID_LIMIT,     "type-id-limit",         EINVAL,     "a type id is at most 0xfffff") \
	X(NAME_MISSING,      "name-missing",          EINVAL,     "a kind that needs a name has one") \
	X(NAME_UNEXPECTED,   "name-unexpected",       EINVAL,     "a kind that takes no name has none") \
	X(NAME_INVALID,      "name-invalid",          EINVAL,     "a name is an identifier of at most 512 bytes") \
	X(SECTION_NAME,      "section-name",          EINVAL,     "a section's name is printable (before 6.12: an identifier), of at most 512 bytes") \
	X(INT_WORD,          "int-word",              EINVAL,     "the upper 4 bits of an INT's word are 0") \
	X(INT_WIDTH,         "int-width",             EINVAL,     "offset and bits of an INT are at most 128") \
	X(INT_SIZE,          "int-size",              EINVAL,     "an INT's bits fit its size") \
	X(INT_ENCODING,      "int-encoding",          EOPNOTSUPP, "an INT is signed, or a char, or a bool, or none of these") \
	X(FWD_TYPE,          "fwd-type",              EINVAL,     "a FWD refers to no type") \
	X(ARRAY_SIZE,        "array-size-used",       EINVAL,     "the size word of an ARRAY is 0") \
	X(ARRAY_ELEM,        "array-element",         EINVAL,     "an ARRAY has elements of a type with a size") \
	X(ARRAY_INDEX,       "array-index",           EINVAL,     "an ARRAY's index is a whole INT") \
	X(MEMBER_VOID,       "member-void",           EINVAL,     "a member is not void") \
	X(UNION_OFFSET,      "union-offset",          EINVAL,     "members of a UNION are at bit 0") \
	X(MEMBER_ORDER,      "member-order",          EINVAL,     "members come in the order of their offsets") \
	X(MEMBER_OFFSET,     "member-offset",         EINVAL,     "a member begins inside its STRUCT") \
	X(ENUM_SIZE,         "enum-size",             EINVAL,     "an enum takes 1, 2, 4 or 8 bytes") \
	X(FUNC_LINKAGE,      "func-linkage",          EINVAL,     "a FUNC's linkage is static or global") \
	X(VAR_VOID,          "var-void",              EINVAL,     "a VAR is not void") \
	X(VAR_LINKAGE,       "var-linkage",           EINVAL,     "a VAR's linkage is static or global") \
	X(DATASEC_EMPTY,     "datasec-empty",         EINVAL,     "a DATASEC has a size") \
	X(SECINFO_ORDER,     "secinfo-order",         EINVAL,     "variables come in order and do not overlap") \
	X(SECINFO_RANGE,     "secinfo-range",         EINVAL,     "a variable lies inside its DATASEC") \
	X(SECINFO_SUM,       "secinfo-sum",           EINVAL,     "a DATASEC is as large as its variables") \
	X(SECINFO_SIZE,      "secinfo-size",          EINVAL,     "a variable has a size, which holds its type") \
	X(FLOAT_SIZE,        "float-size",            EINVAL,     "a FLOAT takes 2, 4, 8, 12 or 16 bytes") \
	X(COMPONENT_INDEX,   "component-index",       EINVAL,     "a DECL_TAG is for its whole target, or a member or parameter that is there") \
	/* what types refer to */                                                                  \
	X(TYPE_ID_RANGE,     "type-id-range",         EINVAL,     "a type id is one of the types") \
	X(REF_KIND,          "ref-kind",              EINVAL,     "nothing refers to a VAR, DATASEC or DECL_TAG but what is made for it") \
	X(REF_NO_SIZE,       "ref-no-size",           EINVAL,     "a reference ends at a type with a size, or, where it may, at void, FWD or FUNC_PROTO") \
	X(LOOP,              "loop",                  EEXIST,     "no type contains or points to nothing but itself") \
	X(TOO_DEEP,          "too-deep",              E2BIG,      "32 types on end lead to one that is resolved") \
	X(RESOLVE_STATE,     "resolve-state",         EINVAL,     "a reference is resolved once it has been followed") \
	X(ARRAY_INT,         "array-int",             EINVAL,     "elements that are an INT are a whole one") \
	X(ARRAY_OVERFLOW,    "array-overflow",        EINVAL,     "an ARRAY takes less than 4 GiB") \
	X(MEMBER_TYPE,       "member-type",           EINVAL,     "a member has a type with a size") \
	X(MEMBER_BITS,       "member-bitfield",       EINVAL,     "a bitfield is of an INT or enum and no wider than it") \
	X(MEMBER_INT,        "member-int",            EINVAL,     "an INT among bitfields is a whole one") \
	X(MEMBER_ALIGN,      "member-align",          EINVAL,     "what is no bitfield begins at a byte, a FLOAT at a multiple of its size or a pointer's") \
	X(MEMBER_COPY,       "member-copy",           EINVAL,     "a bitfield and the bits before it in its byte are at most 128") \
	X(MEMBER_OVERFLOW,   "member-overflow",       EINVAL,     "a bit offset is below 2^32") \
	X(MEMBER_BEYOND,     "member-beyond-size",    EINVAL,     "a member ends inside its STRUCT or UNION") \
	X(FUNC_PROTO,        "func-proto",            EINVAL,     "a FUNC's type is a FUNC_PROTO") \
	X(PARAM_ANON,        "param-anonymous",       EINVAL,     "parameters of a FUNC have names") \
	X(PARAM_TYPE,        "param-type",            EINVAL,     "a parameter has a type with a size") \
	X(PARAM_NAME,        "param-name",            EINVAL,     "a vararg has no name") \
	X(RETURN_TYPE,       "return-type",           EINVAL,     "a prototype returns void or a type with a size") \
	X(TAG_TARGET,        "tag-target",            EINVAL,     "a DECL_TAG is for a FUNC, STRUCT, UNION, VAR or TYPEDEF") \
	X(SECINFO_VAR,       "secinfo-var",           EINVAL,     "a DATASEC holds VARs") \
	X(SECINFO_TYPE,      "secinfo-type",          EINVAL,     "a variable's type has a size") \
	X(CHAIN_LENGTH,      "chain-length",          ELOOP,      "at most 32 modifiers follow each other") \
	X(TAG_ORDER,         "tag-order",             EINVAL,     "TYPE_TAGs come before other modifiers") \
	/* special fields of programs */                                                           \
	X(FIELD_BYTE,        "field-byte",            EINVAL,     "members of a STRUCT with special fields begin at a byte") \
	X(FIELD_TWICE,       "field-twice",           E2BIG,      "a STRUCT has at most one lock of a kind and one refcount") \
	X(FIELD_COUNT,       "field-count",           E2BIG,      "a STRUCT has at most 11 special fields") \
	X(FIELD_DEPTH,       "field-depth",           E2BIG,      "special fields are nested less than 32 deep") \
	X(FIELD_REPEAT,      "field-repeat",          EINVAL,     "arrays hold only kptrs, list heads and trees") \
	X(FIELD_OVERLAP,     "field-overlap",         EEXIST,     "special fields do not overlap") \
	X(FIELD_BEYOND,      "field-beyond-size",     EFAULT,     "special fields end inside their STRUCT") \
	X(FIELD_NONE,        "field-none",            EFAULT,     "a special field has the size and alignment the kernel knows") \
	X(FIELD_LOCKS,       "field-locks",           EINVAL,     "a STRUCT has one kind of lock") \
	X(FIELD_UNLOCKED,    "field-unlocked",        EINVAL,     "a list head or tree has a lock beside it") \
	X(FIELD_UNCOUNTED,   "field-uncounted",       EINVAL,     "nodes of both a list and a tree have a refcount beside them") \
	X(KPTR_TAG,          "kptr-tag",              EINVAL,     "a tagged pointer has one tag, which the kernel knows") \
	X(KPTR_TARGET,       "kptr-target",           EINVAL,     "a kptr points to a STRUCT") \
	X(KPTR_DTOR,         "kptr-destructor",       ENOENT,     "a kptr to a kernel's STRUCT has a destructor there") \
	X(CONTAINS_TAG,      "contains-tag",          EINVAL,     "a list head or tree has one DECL_TAG contains:STRUCT:NODE") \
	X(CONTAINS_STRUCT,   "contains-struct",       ENOENT,     "the STRUCT that a contains tag names is there") \
	X(CONTAINS_NODE,     "contains-node",         EINVAL,     "the node that a contains tag names is one, once, aligned to 8") \
	X(CONTAINS_MISSING,  "contains-missing",      ENOENT,     "the node that a contains tag names is there") \
	X(CONTAINS_PLAIN,    "contains-plain",        EFAULT,     "the STRUCT that a contains tag names has special fields") \
	X(OWNERSHIP,         "ownership-depth",       ELOOP,      "a list or tree owns no others in turn, or (later 6.12) not more than 8 deep") \
	/* what a kernel follows without looking */                                                \
	X(TYPE_COUNT,        "type-count",            EFAULT,     "split BTF has at most 0xfffff types of its own") \
	X(DISTILLED_KIND,    "distilled-base",        EINVAL,     "a distilled base has named INT, FLOAT, ENUM, STRUCT, UNION and FWD only") \
	X(BASE_EMPTY,        "base-empty",            EFAULT,     "a distilled base has a type: on one without, a module's ids are not what they seem") \
	X(WILD_ID,           "wild-id",               EFAULT,     "type ids of a module that is relocated are some type's") \
	X(ENDLESS,           "endless-embedding",     EFAULT,     "members of a module that is relocated end at a type") \
	/* what is asked of the caller */                                                          \
	X(BASE_MISSING,      "base-missing",          EOPNOTSUPP, "a module is held against a kernel's BTF") \
	X(BASE_SPLIT,        "base-split",            EOPNOTSUPP, "a kernel's BTF stands alone")
/* clang-format on */

enum check_rule {
#define X(id, name, err, says) RULE_##id,
	KBTF_CHECK_RULES(X)
#undef X
		NR_RULES,
};

const char *kbtf_check_rule_name(enum check_rule rule);
/* The negative errno a kernel gives. */
int kbtf_check_rule_err(enum check_rule rule);

/* Where the versions differ; docs/kernel-rules.md says since which kernel. */
struct check_version {
	const char *name;
	unsigned int major, minor;
	bool section_printable;	  /* a DATASEC's name need not be an identifier */
	bool tag_kflag;		  /* kind_flag has a meaning for TYPE_TAG and DECL_TAG */
	bool special_fields;	  /* STRUCTs of programs are searched for locks, lists, kptrs */
	bool res_spin_lock;	  /* ... and for bpf_res_spin_lock, and uptr is a known tag */
	bool fields_count_nested; /* one lock or refcount through all levels of nesting */
	bool ownership_depth; /* ownership at most 8 deep; else: a node that owns owns no owner */
	bool relocates;	      /* .BTF.base is looked at */
};

const struct check_version *kbtf_check_version(enum kbtf_kernel_rules rules);

#endif
