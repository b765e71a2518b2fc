/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_UNIT_HEADER_H
#define KBTF_DWARF_UNIT_HEADER_H

#include <kbtf/diag.h>

#include "abbrev.h"
#include "source.h"

struct kbtf_unit {
	const struct kbtf_dwarf_source *src;
	const uint8_t *bytes; /* while its group is read */
	uint64_t offset;      /* in .debug_info */
	uint64_t size;	      /* with its length */
	uint64_t abbrev_offset;
	uint64_t signature;   /* of a type unit */
	uint64_t type_offset; /* likewise, from the unit's start */
	uint32_t header_size;
	uint16_t version;
	uint8_t type; /* DW_UT_* */
	uint8_t address_size;
	bool is_dwarf64;

	/* of its first entry, when that was read */
	uint64_t str_offsets_base, addr_base, loclists_base;
	bool is_clang;
};

/* Where the type of a type unit is, in .debug_info. */
struct kbtf_signature_place {
	uint64_t signature, offset;
};

/* NULL: there is none. Places ascend by signature. */
const struct kbtf_signature_place *kbtf_signatures_find(const struct kbtf_signature_place *places,
							size_t nr, uint64_t signature);

/* The longest header of a unit, and more. */
#define KBTF_MOST_HEADER 64u

/*
 * Read the header of the unit at an offset, below the size of .debug_info. Of the bytes there
 * at least the first KBTF_MOST_HEADER are in memory, or all that are left. -EINVAL, -EOPNOTSUPP.
 */
int kbtf_unit_read(const struct kbtf_dwarf_source *src, uint64_t offset, const uint8_t *bytes,
		   struct kbtf_unit *ret, struct kbtf_diag *reterr);

/* kbtf_fail_at() for a fact about a unit, or one of its entries: entry is its offset from the
 * start of the unit, 0 for the unit as such. */
int kbtf_fail_unit(struct kbtf_diag *reterr, const struct kbtf_unit *unit, uint64_t entry, int err,
		   const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 6, 7), cold));

#endif
