// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A file in, types as text out. What BTF is printed: the file's own; on the kernel
 * named, if it is split; put onto that, if it was distilled or stands alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/inspect.h>

#include "alloc.h"
#include "buf.h"
#include "fail.h"
#include "kernel.h"
#include "subject.h"

struct dump {
	const struct kbtf_dump_opts *opts;
	struct kbtf_subject subject;
	struct kbtf_kernel kernel;
	struct kbtf *relocated;
	const struct kbtf *btf; /* to print */
	struct kbtf_buf ids;	/* u32; what was asked for of it */
};

static bool names_kernel(const struct kbtf_dump_opts *opts)
{
	return opts->base || opts->kernel || opts->root;
}

static int open_kernel(struct dump *dump, struct kbtf_diag *reterr)
{
	const struct kbtf_dump_opts *opts = dump->opts;
	int err;

	err = kbtf_kernel_init(&dump->kernel, opts->base, opts->kernel, opts->root, reterr);
	if (!err)
		err = kbtf_kernel_load(&dump->kernel, reterr);
	if (!err && dump->subject.base.data)
		err = kbtf_kernel_make_target(&dump->kernel, reterr);
	return err;
}

static int parse(struct dump *dump, struct kbtf_diag *reterr)
{
	struct kbtf_subject *s = &dump->subject;
	bool is_bare;
	int err = kbtf_subject_is_bare(s, &is_bare, reterr);

	if (err)
		return err;
	err = kbtf_subject_parse_btf(s, is_bare ? NULL : dump->kernel.btf, reterr);
	if (err && !dump->kernel.btf && kbtf_file_is_module(s->file) && !s->base.data)
		return kbtf_fail(reterr, -EINVAL, "base-missing",
				 "a module's BTF stands on that of its kernel: name that with "
				 "--base or --kernel");
	dump->btf = s->split;
	if (!err && s->own_base && dump->kernel.target) {
		err = kbtf_relocate(s->split, dump->kernel.target, NULL, &dump->relocated, reterr);
		dump->btf = dump->relocated;
	}
	if (!err && is_bare && dump->kernel.btf) {
		err = kbtf_standalone_to_split(s->split, dump->kernel.btf, NULL, &dump->relocated,
					       reterr);
		dump->btf = dump->relocated;
	}
	return err;
}

static int add_id(struct dump *dump, uint32_t id, struct kbtf_diag *reterr)
{
	return kbtf_buf_append(&dump->ids, &id, sizeof(id)) ? kbtf_fail_nomem(reterr) : 0;
}

static int find_ids(struct dump *dump, struct kbtf_diag *reterr)
{
	const struct kbtf_dump_opts *opts = dump->opts;
	int err = 0;
	size_t i;

	for (i = 0; i < opts->nr_ids && !err; i++) {
		if (opts->ids[i] >= kbtf_end_id(dump->btf))
			return kbtf_fail(reterr, -ENOENT, "no-type",
					 "no type [%u]: the last one is [%u]", opts->ids[i],
					 kbtf_end_id(dump->btf) - 1);
		err = add_id(dump, opts->ids[i], reterr);
	}
	return err;
}

/* Whether a type has one of the names asked for; which of them were met. */
static bool is_wanted(const struct kbtf_dump_opts *opts, const char *name, bool *met)
{
	bool wanted = false;
	size_t i;

	for (i = 0; i < opts->nr_names; i++)
		if (!strcmp(opts->names[i], name))
			wanted = met[i] = true;
	return wanted;
}

static int find_names(struct dump *dump, struct kbtf_diag *reterr)
{
	const struct kbtf_dump_opts *opts = dump->opts;
	bool *met;
	uint32_t id;
	int err = 0;
	size_t i;

	if (!opts->nr_names)
		return 0;
	met = kbtf_zalloc_array(opts->nr_names, sizeof(*met));
	if (!met)
		return kbtf_fail_nomem(reterr);
	for (id = kbtf_first_id(dump->btf); id < kbtf_end_id(dump->btf) && !err; id++)
		if (is_wanted(opts, kbtf_name(dump->btf, id), met))
			err = add_id(dump, id, reterr);
	for (i = 0; i < opts->nr_names && !err; i++)
		if (!met[i])
			err = kbtf_fail(reterr, -ENOENT, "no-type", "no type is named %s",
					opts->names[i]);
	free(met);
	return err;
}

static int print_c(const struct dump *dump, kbtf_write_fn *write, void *ctx)
{
	struct kbtf_c_opts opts = {
		.flags = dump->opts->c_flags,
		.ids = (const uint32_t *)dump->ids.data,
		.nr_ids = dump->ids.size / sizeof(uint32_t),
		.note = dump->opts->note,
		.note_ctx = dump->opts->note_ctx,
	};

	if (!opts.nr_ids)
		opts.flags |= KBTF_C_HEADER;
	return kbtf_text_c(dump->btf, &opts, write, ctx, NULL);
}

/* Print what was asked for, all of which is there. */
static int print(const struct dump *dump, kbtf_write_fn *write, void *ctx)
{
	const struct kbtf_dump_opts *opts = dump->opts;
	bool all = !opts->nr_ids && !opts->nr_names;
	const uint32_t *ids = (const uint32_t *)dump->ids.data;
	size_t nr_ids = dump->ids.size / sizeof(*ids), i;
	int err = 0;

	switch (opts->format) {
	case KBTF_DUMP_C:
		return print_c(dump, write, ctx);
	case KBTF_DUMP_JSON:
		return kbtf_text_json(dump->btf, all ? NULL : ids, nr_ids, write, ctx);
	case KBTF_DUMP_RAW:
		break;
	}
	if (all)
		return kbtf_text_raw(dump->btf, write, ctx);
	for (i = 0; i < nr_ids && !err; i++)
		err = kbtf_text_raw_type(dump->btf, ids[i], write, ctx);
	return err;
}

int kbtf_dump(const struct kbtf_dump_opts *opts, kbtf_write_fn *write, void *ctx,
	      struct kbtf_diag *reterr)
{
	struct dump dump = { .opts = opts };
	bool placed = false; /* the diagnosis names its file */
	int err;

	err = kbtf_subject_init(&dump.subject, opts->path, reterr);
	if (err)
		return err;
	if (!dump.subject.btf.data)
		err = kbtf_fail(reterr, -ENODATA, "no-btf", "no BTF in it");
	if (!err && names_kernel(opts)) {
		err = open_kernel(&dump, reterr);
		placed = err;
	}
	if (!err)
		err = parse(&dump, reterr);
	if (!err)
		err = find_ids(&dump, reterr);
	if (!err)
		err = find_names(&dump, reterr);
	if (err && !placed)
		kbtf_diag_in(reterr, opts->path);
	if (!err) {
		err = print(&dump, write, ctx);
		if (err)
			kbtf_fail(reterr, err, "write", "output: %s", strerror(-err));
	}
	kbtf_buf_deinit(&dump.ids);
	kbtf_free(dump.relocated);
	kbtf_kernel_deinit(&dump.kernel);
	kbtf_subject_deinit(&dump.subject);
	return err;
}
