// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Headers of units, and messages about units and entries.
 *
 * Source: DWARF 5, 7.5.1; DWARF 4, 7.5.1 and 7.27.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "constants.h"
#include "fail.h"
#include "unit_header.h"

int kbtf_fail_unit(struct kbtf_diag *reterr, const struct kbtf_unit *unit, uint64_t entry, int err,
		   const char *reason, const char *fmt, ...)
{
	char fact[sizeof(reterr->text)];
	uint64_t offset;
	bool is_type;
	va_list ap;

	if (!reterr)
		return err;
	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	is_type = unit->src->types_offset && unit->offset >= unit->src->types_offset;
	offset = unit->offset - (is_type ? unit->src->types_offset : 0);
	if (entry)
		kbtf_fail_at(reterr, err, reason, offset + entry,
			     "unit at 0x%" PRIx64 ", entry at 0x%" PRIx64 ": %s", offset,
			     offset + entry, fact);
	else
		kbtf_fail_at(reterr, err, reason, offset, "unit at 0x%" PRIx64 ": %s", offset,
			     fact);
	kbtf_diag_in(reterr, is_type ? ".debug_types" : ".debug_info");
	kbtf_diag_in(reterr, unit->src->label);
	return err;
}

const struct kbtf_signature_place *kbtf_signatures_find(const struct kbtf_signature_place *places,
							size_t nr, uint64_t signature)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (places[mid].signature < signature)
			low = mid + 1;
		else
			high = mid;
	}
	return low < nr && places[low].signature == signature ? &places[low] : NULL;
}

static int check(const struct kbtf_unit *u, struct kbtf_diag *reterr)
{
	if (u->version < 2 || u->version > 5)
		return kbtf_fail_unit(reterr, u, 0, -EOPNOTSUPP, "dwarf-version",
				      "DWARF of version %u is neither 2, 3, 4 nor 5", u->version);
	if (u->address_size != 4 && u->address_size != 8 && u->address_size != 2)
		return kbtf_fail_unit(reterr, u, 0, -EINVAL, "dwarf-unit",
				      "addresses have %u bytes", u->address_size);
	if (u->abbrev_offset >= u->src->abbrev.size)
		return kbtf_fail_unit(reterr, u, 0, -EINVAL, "dwarf-unit",
				      "abbreviations at 0x%" PRIx64
				      " are beyond the end of .debug_abbrev at 0x%" PRIx64,
				      u->abbrev_offset, u->src->abbrev.size);
	if (u->size > UINT32_MAX)
		return kbtf_fail_unit(reterr, u, 0, -E2BIG, "dwarf-unit",
				      "it has 0x%" PRIx64 " bytes, more than 4 GiB", u->size);
	if (u->type == DW_UT_TYPE && (u->type_offset < u->header_size || u->type_offset >= u->size))
		return kbtf_fail_unit(reterr, u, 0, -EINVAL, "dwarf-unit",
				      "its type is at 0x%" PRIx64
				      ", and it has entries from 0x%x to 0x%" PRIx64,
				      u->type_offset, u->header_size, u->size);
	switch (u->type) {
	case DW_UT_COMPILE:
	case DW_UT_TYPE:
	case DW_UT_PARTIAL:
		return 0;
	case DW_UT_SKELETON:
	case DW_UT_SPLIT_COMPILE:
	case DW_UT_SPLIT_TYPE:
		return kbtf_fail_unit(
			reterr, u, 0, -EOPNOTSUPP, "dwarf-split",
			"its types are in another file (-gsplit-dwarf): build without");
	default:
		return kbtf_fail_unit(reterr, u, 0, -EINVAL, "dwarf-unit",
				      "unit type %u is unknown", u->type);
	}
}

int kbtf_unit_read(const struct kbtf_dwarf_source *src, uint64_t offset, const uint8_t *bytes,
		   struct kbtf_unit *ret, struct kbtf_diag *reterr)
{
	bool is_type = src->types_offset && offset >= src->types_offset;
	struct kbtf_unit u = { .src = src,
			       .bytes = bytes,
			       .offset = offset,
			       .type = is_type ? DW_UT_TYPE : DW_UT_COMPILE };
	uint64_t end = src->types_offset && !is_type ? src->types_offset : src->info.size;
	uint64_t left = end - offset, length;
	uint64_t nr_bytes = left < KBTF_MOST_HEADER ? left : KBTF_MOST_HEADER;
	struct kbtf_cursor c = { bytes, bytes + nr_bytes, src->swapped };

	length = kbtf_cur_u32(&c);
	u.is_dwarf64 = length == UINT32_MAX;
	if (u.is_dwarf64)
		length = kbtf_cur_u64(&c);
	if (!c.at || length > left || length > left - (uint64_t)(c.at - bytes))
		return kbtf_fail_unit(reterr, &u, 0, -EINVAL, "dwarf-truncated",
				      "its length of 0x%" PRIx64
				      " bytes reaches beyond the end of %s at 0x%" PRIx64,
				      length, is_type ? ".debug_types" : ".debug_info",
				      end - (is_type ? src->types_offset : 0));
	u.size = length + (uint64_t)(c.at - bytes);
	c.end = bytes + (u.size < nr_bytes ? u.size : nr_bytes);
	u.version = kbtf_cur_u16(&c);
	if (u.version >= 5) {
		u.type = kbtf_cur_u8(&c);
		u.address_size = kbtf_cur_u8(&c);
		u.abbrev_offset = kbtf_cur_uint(&c, u.is_dwarf64 ? 8 : 4);
	} else {
		u.abbrev_offset = kbtf_cur_uint(&c, u.is_dwarf64 ? 8 : 4);
		u.address_size = kbtf_cur_u8(&c);
	}
	if (u.type == DW_UT_TYPE || u.type == DW_UT_SPLIT_TYPE) {
		u.signature = kbtf_cur_u64(&c);
		u.type_offset = kbtf_cur_uint(&c, u.is_dwarf64 ? 8 : 4);
	} else if (u.type == DW_UT_SKELETON || u.type == DW_UT_SPLIT_COMPILE) {
		kbtf_cur_skip(&c, 8);
	}
	if (!c.at)
		return kbtf_fail_unit(reterr, &u, 0, -EINVAL, "dwarf-truncated",
				      "its 0x%" PRIx64 " bytes are fewer than its header takes",
				      u.size);
	u.header_size = (uint32_t)(c.at - bytes);
	*ret = u;
	return check(&u, reterr);
}
