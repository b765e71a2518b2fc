/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_FORMAT_H
#define KBTF_FORMAT_H

#include <stdint.h>

/*
 * BTF as it lies in a file, words in host byte order.
 *
 *   header | type section | string section | layout section (32-byte header)
 *
 * Sections are found by the header's offsets, which count from its end.
 *
 * Source: include/uapi/linux/btf.h; Documentation/bpf/btf.rst.
 */

#define KBTF_MAGIC 0xeb9fu
#define KBTF_VERSION 1u
#define KBTF_HEADER_SIZE 24u	    /* up to and including str_len */
#define KBTF_LAYOUT_HEADER_SIZE 32u /* with the layout section's words */
#define KBTF_MAX_TYPES 0x7fffffffu
/* Most references from a type through pointers, modifiers, typedefs and arrays to where they end,
 * in one BTF; those of real kernels have fewer than ten. */
#define KBTF_MAX_CHAIN 250u

struct kbtf_header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t hdr_len;
	uint32_t type_off, type_len;
	uint32_t str_off, str_len;
	uint32_t layout_off, layout_len;
};

/* A row of the layout section: how to step over a kind. Indexed by kind. */
struct kbtf_layout {
	uint8_t info_size; /* bytes after struct kbtf_type */
	uint8_t elem_size; /* bytes per vlen after those */
	uint16_t flags;
};

enum kbtf_kind {
	KBTF_VOID,
	KBTF_INT,
	KBTF_PTR,
	KBTF_ARRAY,
	KBTF_STRUCT,
	KBTF_UNION,
	KBTF_ENUM,
	KBTF_FWD,
	KBTF_TYPEDEF,
	KBTF_VOLATILE,
	KBTF_CONST,
	KBTF_RESTRICT,
	KBTF_FUNC,
	KBTF_FUNC_PROTO,
	KBTF_VAR,
	KBTF_DATASEC,
	KBTF_FLOAT,
	KBTF_DECL_TAG,
	KBTF_TYPE_TAG,
	KBTF_ENUM64,
	KBTF_NR_KINDS,
};

/* info: vlen in bits 0-23 (0-15 for kernels before 24-bit vlen), kind in 24-30, kind_flag in 31 */
struct kbtf_type {
	uint32_t name_off;
	uint32_t info;
	union {
		uint32_t size; /* bytes: INT, ENUM, ENUM64, STRUCT, UNION, DATASEC, FLOAT */
		uint32_t type; /* type id: all others but ARRAY and FWD */
	};
};

static inline unsigned int kbtf_kind(const struct kbtf_type *t)
{
	return (t->info >> 24) & 0x7f;
}

static inline uint32_t kbtf_vlen(const struct kbtf_type *t)
{
	return t->info & 0xffffff;
}

static inline unsigned int kbtf_kflag(const struct kbtf_type *t)
{
	return t->info >> 31;
}

static inline uint32_t kbtf_info(unsigned int kind, uint32_t vlen, unsigned int kflag)
{
	return (uint32_t)kflag << 31 | (uint32_t)kind << 24 | vlen;
}

/* What follows struct kbtf_type, by kind. */

/* INT: one word of these fields */
#define KBTF_INT_ENCODING(word) (((word) >> 24) & 0x0f)
#define KBTF_INT_OFFSET_BITS(word) (((word) >> 16) & 0xff)
#define KBTF_INT_BITS(word) ((word)&0xff)
#define KBTF_INT_SIGNED 1u
#define KBTF_INT_CHAR 2u
#define KBTF_INT_BOOL 4u

struct kbtf_array {
	uint32_t type;
	uint32_t index_type;
	uint32_t nelems;
};

/* STRUCT, UNION; with kind_flag the offset is bits 0-23 and a bitfield's size bits 24-31 */
struct kbtf_member {
	uint32_t name_off;
	uint32_t type;
	uint32_t offset;
};

struct kbtf_enum {
	uint32_t name_off;
	int32_t value;
};

struct kbtf_enum64 {
	uint32_t name_off;
	uint32_t value_lo32;
	uint32_t value_hi32;
};

struct kbtf_param {
	uint32_t name_off;
	uint32_t type;
};

struct kbtf_secinfo {
	uint32_t type;
	uint32_t offset; /* bytes */
	uint32_t size;	 /* bytes */
};

/* What follows the type's struct kbtf_type. */
static inline const void *kbtf_tail(const struct kbtf_type *t)
{
	return t + 1;
}

static inline const struct kbtf_array *kbtf_array(const struct kbtf_type *t)
{
	return (const struct kbtf_array *)kbtf_tail(t);
}

static inline const struct kbtf_member *kbtf_members(const struct kbtf_type *t)
{
	return (const struct kbtf_member *)kbtf_tail(t);
}

static inline const struct kbtf_enum *kbtf_enums(const struct kbtf_type *t)
{
	return (const struct kbtf_enum *)kbtf_tail(t);
}

static inline const struct kbtf_enum64 *kbtf_enums64(const struct kbtf_type *t)
{
	return (const struct kbtf_enum64 *)kbtf_tail(t);
}

static inline const struct kbtf_param *kbtf_params(const struct kbtf_type *t)
{
	return (const struct kbtf_param *)kbtf_tail(t);
}

static inline const struct kbtf_secinfo *kbtf_secinfos(const struct kbtf_type *t)
{
	return (const struct kbtf_secinfo *)kbtf_tail(t);
}

/* The one word after an INT, a VAR (linkage) or a DECL_TAG (component index). */
static inline uint32_t kbtf_word(const struct kbtf_type *t)
{
	return *(const uint32_t *)kbtf_tail(t);
}

static inline int kbtf_is_composite(const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_STRUCT || kbtf_kind(t) == KBTF_UNION;
}

/* Offset of a member in bits from the start of its struct or union. */
static inline uint32_t kbtf_member_offset_bits(const struct kbtf_type *t,
					       const struct kbtf_member *m)
{
	return kbtf_kflag(t) ? m->offset & 0xffffff : m->offset;
}

/* Size of a bitfield member in bits; 0 where it is none. */
static inline uint32_t kbtf_member_bitfield_bits(const struct kbtf_type *t,
						 const struct kbtf_member *m)
{
	return kbtf_kflag(t) ? m->offset >> 24 : 0;
}

#endif
