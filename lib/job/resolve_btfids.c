// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What resolve_btfids does in a kernel build: a linked file and its BTF in, and out
 *   up to 6.18   the same file, ids in its .BTF_ids [resolve_in_place]
 *   since then   files beside it, of BTF made anew and the ids in that [make_files]
 *
 * Source: tools/bpf/resolve_btfids/main.c; scripts/gen-btf.sh.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/dedup.h>
#include <kbtf/kfunc.h>
#include <kbtf/module.h>
#include <kbtf/resolve_btfids.h>

#include "buf.h"
#include "fail.h"
#include "ids.h"
#include "ids_read.h"
#include "kernel.h"

struct run {
	const struct kbtf_resolve_btfids_opts *opts;
	struct kbtf_resolve_btfids_result *ret;
	struct kbtf_file *file;	    /* the ELF file */
	struct kbtf_file *btf_file; /* that its BTF is in, where it is another */
	struct kbtf_file *base_file;
	struct kbtf_section section; /* .BTF_ids */
	struct kbtf_ids *ids;	     /* NULL where there are none, or no symbols */
	struct kbtf *base, *btf;
	/* what is made of them, one of the other */
	struct kbtf *annotated, *merged, *sorted;
	struct kbtf_distilled distilled;
	struct kbtf_standalone standalone;
};

static void run_deinit(struct run *r)
{
	kbtf_free(r->sorted);
	kbtf_standalone_deinit(&r->standalone);
	kbtf_distilled_deinit(&r->distilled);
	kbtf_free(r->merged);
	kbtf_free(r->annotated);
	kbtf_free(r->btf);
	kbtf_free(r->base);
	kbtf_ids_free(r->ids);
	kbtf_file_free(r->base_file);
	kbtf_file_free(r->btf_file);
	kbtf_file_free(r->file);
}

/* In front of what is warned of a word stands its section. */
static void on_warning(void *ctx, const struct kbtf_diag *diag)
{
	const struct run *r = ctx;
	struct kbtf_diag placed = *diag;

	if (!*placed.place)
		kbtf_diag_in(&placed, ".BTF_ids");
	if (r->opts->warning)
		r->opts->warning(r->opts->ctx, &placed);
}

/* ---- What comes in ---------------------------------------------------- */

static int read_ids(struct run *r, struct kbtf_diag *reterr)
{
	int err;

	if (!kbtf_file_has_section(r->file, ".BTF_ids") ||
	    !kbtf_file_has_section(r->file, ".symtab"))
		return 0;
	err = kbtf_file_find_section(r->file, ".BTF_ids", &r->section, reterr);
	if (err)
		return err;
	err = kbtf_ids_read(r->file, &r->ids, reterr);
	if (!err)
		r->ret->nr_ids = kbtf_ids_count(r->ids);
	return err;
}

/* Resolving looks at names and follows nothing, so nothing has to end. */
static int open_btf(const struct run *r, const void *bytes, size_t size, const struct kbtf *base,
		    const char *label, struct kbtf **ret, struct kbtf_diag *reterr)
{
	const struct kbtf_open_opts opts = {
		.base = base,
		.label = label,
		.flags = KBTF_OPEN_BORROW | (r->opts->to_files ? 0 : KBTF_OPEN_TRUST_CHAINS),
	};

	return kbtf_open(bytes, size, &opts, ret, reterr);
}

static int open_base_file(struct run *r, struct kbtf_diag *reterr)
{
	const void *bytes;
	size_t size;
	int err;

	err = kbtf_file_open_btf(r->opts->base, &r->base_file, reterr);
	if (!err)
		err = kbtf_file_btf(r->base_file, &bytes, &size, reterr);
	return err ? err : open_btf(r, bytes, size, NULL, r->opts->base, &r->base, reterr);
}

/* .BTF.base goes before any other. */
static int open_base(struct run *r, struct kbtf_diag *reterr)
{
	struct kbtf_section section;
	int err;

	if (!r->opts->btf && kbtf_file_has_section(r->file, ".BTF.base")) {
		err = kbtf_file_find_section(r->file, ".BTF.base", &section, reterr);
		if (err)
			return err;
		err = open_btf(r, section.data, section.size, NULL, ".BTF.base", &r->base, reterr);
		if (err)
			kbtf_diag_in(reterr, r->opts->path);
		return err;
	}
	return r->opts->base && !r->opts->is_alone ? open_base_file(r, reterr) : 0;
}

static int open_types(struct run *r, struct kbtf_diag *reterr)
{
	const char *path = r->opts->btf ? r->opts->btf : r->opts->path;
	const struct kbtf_file *file = r->file;
	const void *bytes;
	size_t size;
	int err;

	if (r->opts->btf) {
		err = kbtf_file_open_btf(path, &r->btf_file, reterr);
		if (err)
			return err;
		file = r->btf_file;
	}
	err = kbtf_file_btf(file, &bytes, &size, reterr);
	if (!err)
		err = open_base(r, reterr);
	if (err)
		return err;
	if (r->base && !kbtf_standalone_detect(bytes, size, NULL)) {
		kbtf_free(r->base); /* it is not what this stands on */
		r->base = NULL;
	}
	return open_btf(r, bytes, size, r->base, path, &r->btf, reterr);
}

/* ---- Up to 6.18 ------------------------------------------------------- */

static int resolve(struct run *r, const struct kbtf *btf, struct kbtf_ids_resolved *ret,
		   struct kbtf_diag *reterr)
{
	int err = kbtf_ids_resolve(r->ids, btf, on_warning, r, ret, reterr);

	if (err) {
		kbtf_diag_in(reterr, ".BTF_ids");
		kbtf_diag_in(reterr, r->opts->path);
		return err;
	}
	r->ret->nr_warnings += ret->nr_missing + ret->nr_ambiguous;
	return 0;
}

/*
 * The symbols of ids go to where these and their flags were sorted to, so that the ids can be
 * resolved again: a build that finds other BTF of vmlinux does not link modules again. In
 * vmlinux, which it does, symbols have to stay: builds compare their addresses.
 */
static int move_symbols(const struct run *r, struct kbtf_diag *reterr)
{
	struct kbtf_symbol *symbols;
	uint32_t nr_moved = 0;
	size_t nr, i;
	int err;

	err = kbtf_file_section_symbols(r->file, r->section.index, &symbols, &nr, reterr);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		if (!kbtf_ids_is_symbol(&symbols[i]))
			continue;
		symbols[nr_moved] = symbols[i];
		symbols[nr_moved].offset = kbtf_ids_offset(r->ids, nr_moved);
		symbols[nr_moved].size = kbtf_ids_symbol_size(r->ids, nr_moved);
		nr_moved++;
	}
	err = kbtf_file_patch_symbols(r->file, symbols, nr_moved, reterr);
	free(symbols);
	return err;
}

static int resolve_in_place(struct run *r, struct kbtf_diag *reterr)
{
	struct kbtf_ids_resolved resolved;
	int err;

	if (!r->ids)
		return 0;
	err = open_types(r, reterr);
	if (!err)
		err = resolve(r, r->btf, &resolved, reterr);
	if (!err && resolved.is_changed)
		err = kbtf_file_patch(r->file, r->section.index, kbtf_ids_bytes(r->ids, NULL),
				      reterr);
	/* Not before: symbols that were not moved are only in the way. */
	if (!err && resolved.is_moved && kbtf_file_elf(r->file)->type == ET_REL)
		err = move_symbols(r, reterr);
	return err;
}

/* ---- Since 6.19 ------------------------------------------------------- */

/* *btf becomes what has everything said of kfuncs. */
static int annotate(struct run *r, const struct kbtf **btf, struct kbtf_diag *reterr)
{
	const struct kbtf_merge_opts opts = { .base = r->base, .label = kbtf_label(r->btf) };
	const struct kbtf *input;
	uint32_t nr = 0;
	int err;

	if (!r->ids)
		return 0;
	err = kbtf_kfuncs_annotate(r->btf, r->ids, on_warning, r, &nr, &r->annotated, reterr);
	r->ret->nr_warnings += nr;
	if (err || !r->annotated)
		return err;
	input = r->annotated;
	err = kbtf_merge(&input, 1, &opts, &r->merged, reterr);
	if (!err)
		*btf = r->merged;
	return err;
}

/*
 * Structs that ids name are part of the distilled base, or else they would be missing there.
 * Functions and typedefs are not: those of a module are its own.
 */
static int distill(struct run *r, const struct kbtf **btf, struct kbtf_diag *reterr)
{
	struct kbtf_ids *ids = NULL;
	uint32_t i;
	int err = 0;

	if (r->ids) {
		err = kbtf_ids_read(r->file, &ids, reterr);
		if (!err)
			err = kbtf_ids_resolve(ids, *btf, NULL, NULL, NULL, reterr);
	}
	for (i = 0; ids && !err && i < ids->nr_refs; i++)
		if (strncmp(ids->refs[i].name, "struct__", 8) &&
		    strncmp(ids->refs[i].name, "union__", 7))
			ids->words[ids->refs[i].word] = 0;
	if (!err)
		err = kbtf_distill(*btf, ids, &r->distilled, reterr);
	if (!err)
		*btf = r->distilled.split;
	kbtf_ids_free(ids);
	return err;
}

static int stand_alone(struct run *r, const struct kbtf **btf, struct kbtf_diag *reterr)
{
	int err = kbtf_standalone(*btf, 0, NULL, &r->standalone, reterr);

	if (!err)
		*btf = r->standalone.btf;
	return err;
}

static int save(const struct run *r, const char *suffix, const void *bytes, size_t size,
		struct kbtf_diag *reterr)
{
	char *path = malloc(strlen(r->opts->path) + strlen(suffix) + 1);
	int err;

	if (!path)
		return kbtf_fail_nomem(reterr);
	strcat(strcpy(path, r->opts->path), suffix);
	err = kbtf_save(path, bytes, size, NULL, 0, reterr);
	free(path);
	return err;
}

static int save_btf(const struct run *r, const char *suffix, const struct kbtf *btf,
		    struct kbtf_diag *reterr)
{
	void *bytes;
	size_t size;
	int err;

	if (kbtf_write(btf, &bytes, &size))
		return kbtf_fail_nomem(reterr);
	err = save(r, suffix, bytes, size, reterr);
	free(bytes);
	return err;
}

static int make_files(struct run *r, struct kbtf_diag *reterr)
{
	struct kbtf_ids_resolved resolved;
	const struct kbtf *btf;
	const void *words;
	size_t size;
	int err = open_types(r, reterr);

	btf = r->btf;
	if (!err)
		err = annotate(r, &btf, reterr);
	if (!err && r->opts->is_alone)
		err = stand_alone(r, &btf, reterr);
	else if (!err && r->base && r->opts->distill_base)
		err = distill(r, &btf, reterr);
	if (!err)
		err = kbtf_sort_by_name(btf, &r->sorted, NULL, reterr);
	if (!err && r->ids)
		err = resolve(r, r->sorted, &resolved, reterr);
	if (!err && r->ids) {
		words = kbtf_ids_bytes(r->ids, &size);
		err = save(r, ".BTF_ids", words, size, reterr);
	}
	if (!err)
		err = save_btf(r, ".BTF", r->sorted, reterr);
	if (!err && (r->distilled.base || r->standalone.base))
		err = save_btf(r, ".BTF.base",
			       r->distilled.base ? r->distilled.base : r->standalone.base, reterr);
	return err;
}

int kbtf_resolve_btfids(const struct kbtf_resolve_btfids_opts *opts,
			struct kbtf_resolve_btfids_result *ret, struct kbtf_diag *reterr)
{
	struct run r = { .opts = opts, .ret = ret };
	int err;

	*ret = (struct kbtf_resolve_btfids_result){ 0 };
	err = kbtf_file_open_ids(opts->path, &r.file, reterr);
	if (!err && !kbtf_file_elf(r.file)) {
		err = kbtf_fail(reterr, -EMEDIUMTYPE, "not-elf", "%s is no ELF",
				kbtf_file_form(r.file));
		kbtf_diag_in(reterr, opts->path);
	}
	if (!err)
		err = read_ids(&r, reterr);
	if (!err)
		err = opts->to_files ? make_files(&r, reterr) : resolve_in_place(&r, reterr);
	run_deinit(&r);
	return err;
}

/* ---- Patching --------------------------------------------------------- */

/* Read a file, but no more than one byte beyond size. */
static int read_bytes(const char *path, struct kbtf_buf *ret, size_t size, struct kbtf_diag *reterr)
{
	FILE *file = fopen(path, "rbe");
	int err = 0;

	if (!file) {
		err = kbtf_fail(reterr, -errno, "file-read", "cannot open: %s", strerror(errno));
	} else if (kbtf_buf_reserve(ret, size + 1)) {
		err = kbtf_fail_nomem(reterr);
	} else {
		ret->size = fread(ret->data, 1, size + 1, file);
		if (ferror(file))
			err = kbtf_fail(reterr, -EIO, "file-read", "cannot read: %s",
					strerror(errno));
	}
	if (file)
		fclose(file);
	if (err)
		kbtf_diag_in(reterr, path);
	return err;
}

int kbtf_patch_btfids(const char *path, const char *ids_path, struct kbtf_diag *reterr)
{
	struct kbtf_buf bytes = { 0 };
	struct kbtf_section section;
	struct kbtf_file *file;
	int err;

	err = kbtf_file_open_btf(path, &file, reterr);
	if (err)
		return err;
	err = kbtf_file_find_section(file, ".BTF_ids", &section, reterr);
	if (!err)
		err = read_bytes(ids_path, &bytes, section.size, reterr);
	if (!err && bytes.size != section.size) {
		err = kbtf_fail(reterr, -EINVAL, "ids-size",
				"section .BTF_ids has %llu bytes, and %s %s",
				(unsigned long long)section.size, ids_path,
				bytes.size > section.size ? "more" : "fewer");
		kbtf_diag_in(reterr, path);
	}
	if (!err)
		err = kbtf_file_patch(file, section.index, bytes.data, reterr);
	kbtf_buf_deinit(&bytes);
	kbtf_file_free(file);
	return err;
}
