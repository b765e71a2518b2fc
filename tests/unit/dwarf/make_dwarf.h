/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MAKE_DWARF_H
#define KBTF_TESTS_MAKE_DWARF_H

#include <kbtf/encode.h>

#include "raw.h"

/*
 * DWARF put together entry by entry. An entry is an abbreviation of its own, given as
 * pairs of attribute and form; its values follow. Sections grow in raw bytes, of which
 * nothing is checked, so that bad DWARF can be made.
 */
struct make_dwarf {
	struct raw_bytes info, abbrev, str, loclists;
	uint32_t unit; /* where the unit begun last starts */
	uint32_t nr_abbrevs;
	uint32_t types_at;    /* where units of .debug_types begin in info; 0: there are none */
	uint32_t type_offset; /* of a type unit: the place of where its type is */
	unsigned int version;
};

/* Begin with a unit whose own entry says that it is C. */
void make_unit(struct make_dwarf *d, unsigned int version);
/* Begin another one in the same bytes, a type unit, whose type is to be filled in. */
void make_type_unit(struct make_dwarf *d, unsigned int version, uint64_t signature);
/* End a unit that is not the last one. */
void make_end_unit(struct make_dwarf *d);
/* End it: entries of the unit end, and its length is set. */
void make_end(struct make_dwarf *d);
void make_deinit(struct make_dwarf *d);

/* Begin an entry: nr pairs of attribute and form. Its offset from the start of its unit. */
uint32_t make_entry(struct make_dwarf *d, unsigned int tag, bool has_children, unsigned int nr,
		    ...);
/* An abbreviation that has nothing but its code. */
void make_abbrev_code(struct make_dwarf *d, uint64_t code);
void make_u8(struct make_dwarf *d, unsigned int value);
void make_u16(struct make_dwarf *d, unsigned int value);
void make_u32(struct make_dwarf *d, uint32_t value);
void make_u64(struct make_dwarf *d, uint64_t value);
void make_string(struct make_dwarf *d, const char *s);
/* A reference that is to be filled in: its place, for make_set(). */
uint32_t make_ref(struct make_dwarf *d, uint32_t to);
void make_set(struct make_dwarf *d, uint32_t place, uint32_t to);

/* What kbtf_encode() takes; pointers are those of d. */
struct kbtf_encode_input make_input(const struct make_dwarf *d);

#endif
