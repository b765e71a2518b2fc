// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* One candidate of a kernel against one type of a distilled base. */
#include "fit.h"
#include "view.h"

/* Kernels compare sizes in a bit field of 31 bits. */
static bool same_size(const struct kbtf_type *a, const struct kbtf_type *b)
{
	return !((a->size ^ b->size) & 0x7fffffff);
}

/* The size that the search itself asks for, before the kinds are looked at. */
static bool search_needs_size(const struct kbtf_target *target, uint32_t candidate_id)
{
	switch (kbtf_kind(kbtf_type_get(target->btf, candidate_id))) {
	case KBTF_FWD:
		return false;
	case KBTF_STRUCT:
	case KBTF_UNION:
		return kbtf_target_shares_name(target, candidate_id);
	default:
		return true;
	}
}

static bool fwd_fits(const struct kbtf_type *fwd, const struct kbtf_type *candidate)
{
	switch (kbtf_kind(candidate)) {
	case KBTF_FWD:
		return kbtf_kflag(fwd) == kbtf_kflag(candidate);
	/* Kernels look at kind_flag here, though of a struct or union it tells of bitfields. */
	case KBTF_STRUCT:
		return !kbtf_kflag(candidate);
	case KBTF_UNION:
		return kbtf_kflag(candidate);
	default:
		return false;
	}
}

static enum kbtf_fit fit_kind(const struct kbtf_type *distilled, bool is_embedded,
			      const struct kbtf_type *candidate)
{
	unsigned int kind = kbtf_kind(candidate);

	switch (kbtf_kind(distilled)) {
	case KBTF_FWD:
		return fwd_fits(distilled, candidate) ? KBTF_FITS : KBTF_FITS_NOT_KIND;
	case KBTF_INT:
		if (kind != KBTF_INT)
			return KBTF_FITS_NOT_KIND;
		return KBTF_INT_ENCODING(kbtf_word(distilled)) ==
				       KBTF_INT_ENCODING(kbtf_word(candidate))
			       ? KBTF_FITS
			       : KBTF_FITS_NOT_ENCODING;
	case KBTF_FLOAT:
		return kind == KBTF_FLOAT ? KBTF_FITS : KBTF_FITS_NOT_KIND;
	case KBTF_ENUM:
		return kind == KBTF_ENUM || kind == KBTF_ENUM64 ? KBTF_FITS : KBTF_FITS_NOT_KIND;
	case KBTF_STRUCT:
	case KBTF_UNION: /* of whatever kind the candidate is */
		return is_embedded && candidate->size != distilled->size
			       ? KBTF_FITS_NOT_EMBEDDED_SIZE
			       : KBTF_FITS;
	default:
		return KBTF_FITS_NOT_KIND;
	}
}

enum kbtf_fit kbtf_fit(const struct kbtf_type *distilled, bool is_embedded,
		       const struct kbtf_target *target, uint32_t candidate_id)
{
	const struct kbtf_type *candidate = kbtf_type_get(target->btf, candidate_id);
	enum kbtf_fit fit = fit_kind(distilled, is_embedded, candidate);

	if (same_size(distilled, candidate) || !search_needs_size(target, candidate_id))
		return fit;
	if (fit == KBTF_FITS_NOT_KIND || fit == KBTF_FITS_NOT_EMBEDDED_SIZE)
		return fit;
	return kbtf_is_composite(candidate) ? KBTF_FITS_NOT_SHARED_SIZE : KBTF_FITS_NOT_SIZE;
}
