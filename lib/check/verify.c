// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf_verify(): bytes and a profile in, findings out. A profile is the order in
 * which a kernel calls its checks:
 *
 *   program   sections, (types_fit) meta, resolve, modifiers, fields
 *   vmlinux   sections, meta, modifiers
 *   module    .BTF.base as vmlinux, then .BTF: sections, meta, modifiers, and
 *             with .BTF.base what relocation looks at and follows
 *
 * A later check runs where the ones before it left enough to stand on.
 *
 * Source: kernel/bpf/btf.c (btf_parse, btf_parse_base, btf_parse_module).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fail.h"

static void init_btf(struct check *c, struct check_btf *btf, const void *bytes, size_t size)
{
	uint16_t magic = 0;

	btf->bytes = bytes;
	btf->size = size;
	btf->first_id = btf->base ? check_end_id(btf->base) : 1;
	btf->str_start = btf->base ? btf->base->str_len : 0;
	if (size >= sizeof(magic))
		memcpy(&magic, bytes, sizeof(magic));
	btf->swapped = magic == __builtin_bswap16(KBTF_MAGIC) &&
		       !(c->opts->flags & KBTF_VERIFY_HOST_ORDER);
}

static void deinit_btf(struct check_btf *btf)
{
	free(btf->words);
	free(btf->offs);
	free(btf->bad);
}

/* What is asked of a program's type section as a whole, but not of a kernel's own. */
static bool types_fit(struct check *c, const struct check_btf *btf)
{
	const struct kbtf_header *h = &btf->hdr;

	if (h->type_off % 4) {
		kbtf_check_found(c, btf, RULE_TYPES_ALIGN, offsetof(struct kbtf_header, type_off),
				 "type section begins at %u, which is not a multiple of 4",
				 h->type_off);
		return false;
	}
	if (!h->type_len) {
		kbtf_check_found(c, btf, RULE_TYPES_EMPTY, offsetof(struct kbtf_header, type_len),
				 "there are no types");
		return false;
	}
	return true;
}

static void check_program(struct check *c, const void *bytes, size_t size)
{
	struct check_btf btf = { .place = "" };

	init_btf(c, &btf, bytes, size);
	if (size > CHECK_MAX_SIZE) {
		kbtf_check_found(c, &btf, RULE_SIZE, KBTF_NO_OFFSET,
				 "%zu bytes, at most %u are taken", size, CHECK_MAX_SIZE);
		return;
	}
	if (!kbtf_check_sections(c, &btf) || !types_fit(c, &btf))
		return;
	kbtf_check_meta(c, &btf);
	if (btf.framed && !check_done(c))
		kbtf_check_resolve(c, &btf);
	if (btf.framed && !check_done(c))
		kbtf_check_modifiers(c, &btf);
	/* fields are searched through references, which all have to hold */
	if (!c->nr && c->version->special_fields && !check_done(c))
		kbtf_check_fields(c, &btf);
	deinit_btf(&btf);
}

/* BTF of the kernel's own. Whether what stands on it can be looked at. */
static bool check_own(struct check *c, struct check_btf *btf, const void *bytes, size_t size)
{
	init_btf(c, btf, bytes, size);
	if (!kbtf_check_sections(c, btf))
		return false;
	kbtf_check_meta(c, btf);
	if (btf->framed && !check_done(c))
		kbtf_check_modifiers(c, btf);
	return btf->framed;
}

static void check_vmlinux(struct check *c, const void *bytes, size_t size)
{
	struct check_btf btf = { .place = "" };

	check_own(c, &btf, bytes, size);
	deinit_btf(&btf);
}

static bool init_base(struct check *c, struct check_btf *base)
{
	const struct kbtf *finished = c->opts->base;

	if (!finished) {
		kbtf_check_found(c, base, RULE_BASE_MISSING, KBTF_NO_OFFSET,
				 "no kernel's BTF was given to hold the module against");
		return false;
	}
	if (kbtf_base(finished)) {
		kbtf_check_found(c, base, RULE_BASE_SPLIT, KBTF_NO_OFFSET,
				 "%s is split BTF, a kernel's own stands alone",
				 kbtf_label(finished));
		return false;
	}
	base->finished = finished;
	base->first_id = kbtf_first_id(finished);
	base->nr_types = kbtf_nr_types(finished);
	base->str_len = kbtf_header(finished)->str_len;
	return true;
}

static void check_module(struct check *c, const void *bytes, size_t size)
{
	struct check_btf vmlinux = { .place = "" }, distilled = { .place = ".BTF.base" };
	struct check_btf btf = { .place = "", .base = &vmlinux };
	bool relocated = c->opts->distilled && c->version->relocates;

	if (!init_base(c, &vmlinux))
		return;
	if (relocated) {
		btf.base = &distilled;
		btf.place = ".BTF";
		if (!check_own(c, &distilled, c->opts->distilled, c->opts->distilled_size))
			goto out;
		if (!distilled.nr_types) {
			kbtf_check_found(c, &distilled, RULE_BASE_EMPTY, KBTF_NO_OFFSET,
					 "it has no types; the kernel counts the module's from 0 "
					 "instead of 1");
			goto out;
		}
	}
	check_own(c, &btf, bytes, size);
	if (relocated && !c->nr)
		kbtf_check_distilled(c, &distilled);
	if (relocated && !c->nr)
		kbtf_check_followed(c, &btf);
out:
	deinit_btf(&distilled);
	deinit_btf(&btf);
}

int kbtf_check_run(struct check *c, const void *bytes, size_t size)
{
	c->pointer_size = c->opts->pointer_size ? c->opts->pointer_size : 8;
	switch (c->opts->profile) {
	case KBTF_PROFILE_SOUND:
		kbtf_check_sound(c, bytes, size);
		break;
	case KBTF_PROFILE_PROGRAM:
		check_program(c, bytes, size);
		break;
	case KBTF_PROFILE_MODULE:
		check_module(c, bytes, size);
		break;
	case KBTF_PROFILE_VMLINUX:
		check_vmlinux(c, bytes, size);
		break;
	default:
		return kbtf_fail(c->reterr, -EINVAL, "profile-unknown", "profile %u is none",
				 c->opts->profile);
	}
	if (c->nomem)
		return kbtf_fail_nomem(c->reterr);
	return c->err;
}

int kbtf_verify(const void *bytes, size_t size, const struct kbtf_verify_opts *opts,
		kbtf_diag_fn *fn, void *ctx, struct kbtf_diag *reterr)
{
	static const struct kbtf_verify_opts no_opts;
	struct check c = { .opts = opts ? opts : &no_opts, .fn = fn, .ctx = ctx, .reterr = reterr };

	c.version = kbtf_check_version(c.opts->rules);
	return kbtf_check_run(&c, bytes, size);
}
