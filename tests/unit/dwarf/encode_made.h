/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_ENCODE_MADE_H
#define KBTF_TESTS_ENCODE_MADE_H

#include "make_dwarf.h"

/* Attributes, forms and tags by their numbers, and entries that several tests make. */
enum {
	NAME = 0x03,
	TYPE = 0x49,
	SIZE = 0x0b,
	ENCODING = 0x3e,
	PLACE = 0x38,
	BITS = 0x0d,
	BIT_OFFSET = 0x0c,
	DATA_BIT_OFFSET = 0x6b,
	CONST = 0x1c,
	COUNT = 0x37,
	DECLARATION = 0x3c,
	SIBLING = 0x01,
	SIGNATURE = 0x69,
	DECL_FILE = 0x3a,
	LOW_PC = 0x11,
	LOCATION = 0x02,
	INLINE = 0x20,
	ORIGIN = 0x31,
	SPECIFICATION = 0x47,
	GNU_ANNOTATION = 0x2139,
	DWO_NAME = 0x76,
	/* forms */
	STRING = 0x08,
	STRP = 0x0e,
	DATA1 = 0x0b,
	DATA2 = 0x05,
	DATA4 = 0x06,
	DATA8 = 0x07,
	ADDR = 0x01,
	SDATA = 0x0d,
	REF4 = 0x13,
	REF_ADDR = 0x10,
	REF_SIG8 = 0x20,
	STRP_SUP = 0x1d,
	PRESENT = 0x19,
	INDIRECT = 0x16,
	IMPLICIT = 0x21,
	BLOCK1 = 0x0a,
	EXPRLOC = 0x18,
	REF_UDATA = 0x15,
	LINE_STRP = 0x1f,
	STRX1 = 0x25,
	/* tags */
	ARRAY = 0x01,
	ENUM = 0x04,
	MEMBER = 0x0d,
	POINTER = 0x0f,
	STRUCT = 0x13,
	TYPEDEF = 0x16,
	SUBRANGE = 0x21,
	BASE = 0x24,
	CONSTANT = 0x26,
	ENUMERATOR = 0x28,
	FUNCTION = 0x2e,
	PARAMETER = 0x05,
	VARIABLE = 0x34,
	BLOCK = 0x0b,
	LABEL = 0x0a,
	UNION = 0x17,
	LLVM_TAG = 0x6000,
	GNU_TAG = 0x6001,
};

static inline int encode_input(const struct kbtf_encode_input *in, struct kbtf **ret,
			       struct kbtf_diag *diag)
{
	const struct kbtf_encode_opts opts = {
		.label = "encoded",
		.features = KBTF_ENCODE_DEFAULT,
		.nr_threads = 1,
	};

	return kbtf_encode(in, &opts, ret, NULL, diag);
}

static inline int encode(const struct make_dwarf *d, struct kbtf **ret, struct kbtf_diag *diag)
{
	const struct kbtf_encode_input in = make_input(d);

	return encode_input(&in, ret, diag);
}

static inline uint32_t add_int(struct make_dwarf *d, const char *name, unsigned int size,
			       unsigned int encoding)
{
	uint32_t at = make_entry(d, BASE, false, 3, NAME, STRING, SIZE, DATA1, ENCODING, DATA1);

	make_string(d, name);
	make_u8(d, size);
	make_u8(d, encoding);
	return at;
}

static inline void add_member(struct make_dwarf *d, const char *name, uint32_t type,
			      unsigned int place)
{
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, name);
	make_ref(d, type);
	make_u8(d, place);
}

/* struct list { int value; struct list *next; }; typedef struct list list_t; */
static inline void add_list(struct make_dwarf *d, unsigned int version)
{
	uint32_t list, pointer, integer, next;

	make_unit(d, version);
	list = make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(d, "list");
	make_u8(d, 16);
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, "value");
	integer = make_ref(d, 0);
	make_u8(d, 0);
	make_entry(d, MEMBER, false, 3, NAME, STRING, TYPE, REF4, PLACE, DATA1);
	make_string(d, "next");
	next = make_ref(d, 0);
	make_u8(d, 8);
	make_u8(d, 0);
	make_set(d, integer, add_int(d, "int", 4, 5));
	pointer = make_entry(d, POINTER, false, 1, TYPE, REF4);
	make_ref(d, list);
	make_set(d, next, pointer);
	make_entry(d, TYPEDEF, false, 2, NAME, STRING, TYPE, REF4);
	make_string(d, "list_t");
	make_ref(d, list);
	make_end(d);
}

#endif
