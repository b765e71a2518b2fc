// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * From what an operation made to a file on the disk: the sections are put in place,
 * the module is signed where that was asked for, compressed as it was, and
 * saved in one step. With --raw, or where the input was raw, it is the BTF alone.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fail.h"
#include "sign.h"
#include "store.h"

/* Linkers align the words of .BTF_ids; the BTF sections that build tools add are not aligned. */
#define BTF_ALIGN 4

static bool is_raw(const struct kbtf_job_opts *opts, const struct kbtf_subject *s)
{
	return opts->command == KBTF_JOB_EXTRACT || opts->flags & KBTF_JOB_RAW ||
	       kbtf_file_kind(s->file) == KBTF_FILE_BTF;
}

static bool are_one_file(const char *a, const char *b)
{
	struct stat x, y;

	/* b, which mostly is not there yet, first */
	return !stat(b, &y) && !stat(a, &x) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int fail_over_input(const struct kbtf_plan_file *where, struct kbtf_diag *reterr)
{
	return kbtf_fail(reterr, -EINVAL, "over-input",
			 "the output %s is the input: use --in-place", where->output);
}

int kbtf_store_check_over(const char *output, const char *const *inputs, size_t nr_inputs,
			  struct kbtf_diag *reterr)
{
	size_t i;

	for (i = 0; i < nr_inputs; i++)
		if (inputs[i] && are_one_file(inputs[i], output))
			return kbtf_fail(reterr, -EINVAL, "over-input",
					 "the output %s is the input %s", output, inputs[i]);
	return 0;
}

int kbtf_product_add(struct kbtf_product *product, struct kbtf_part *part, const struct kbtf *btf)
{
	void *copy;
	int err;

	if (!btf)
		return 0;
	if (!kbtf_is_swapped(btf)) {
		part->data = kbtf_bytes(btf, &part->size);
		return 0;
	}
	err = kbtf_write(btf, &copy, &part->size);
	if (!err)
		part->data = product->copies[product->nr_copies++] = copy;
	return err;
}

void kbtf_product_deinit(struct kbtf_product *product)
{
	while (product->nr_copies)
		free(product->copies[--product->nr_copies]);
}

int kbtf_store_check(const struct kbtf_job_opts *opts, const struct kbtf_subject *s,
		     const struct kbtf_plan_file *where, struct kbtf_diag *reterr)
{
	bool in_place = opts->flags & KBTF_JOB_IN_PLACE;

	if (in_place && is_raw(opts, s))
		return kbtf_fail(reterr, -EINVAL, "raw-in-place",
				 "raw BTF and its base are two files, which cannot be replaced in "
				 "one step: use -o");
	if (!in_place && are_one_file(where->path, where->output))
		return fail_over_input(where, reterr);
	if (is_raw(opts, s))
		return 0;
	if (!kbtf_file_is_writable(s->file))
		return kbtf_fail(
			reterr, -EINVAL, "not-writable",
			"%s: only raw BTF and ELF, plain or under gzip, xz or zstd, can be "
			"written: use --raw",
			kbtf_file_form(s->file));
	if (in_place && kbtf_file_signature(s->file) && !(opts->flags & KBTF_JOB_STRIP_SIGNATURE) &&
	    !opts->sign_with)
		return kbtf_fail(
			reterr, -EINVAL, "signed",
			"the module is signed, and a changed one needs a new signature: use "
			"--strip-signature or --sign-with");
	return 0;
}

static int make_parents(const char *path, struct kbtf_diag *reterr)
{
	char *copy = strdup(path), *slash;
	int err = 0;

	if (!copy)
		return kbtf_fail_nomem(reterr);
	for (slash = strchr(copy + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST) {
			err = -errno;
			kbtf_fail(reterr, err, "file-write", "cannot make the directory: %s",
				  strerror(-err));
			kbtf_diag_in(reterr, copy);
		}
		*slash = '/';
	}
	free(copy);
	return err;
}

int kbtf_store_save(const struct kbtf_job_opts *opts, const char *path, const void *bytes,
		    size_t size, const char *like, struct kbtf_diag *reterr)
{
	unsigned int flags = opts->flags & KBTF_JOB_SYNC ? KBTF_SAVE_SYNC : 0;
	int err = kbtf_save(path, bytes, size, like, flags, reterr);

	/* Almost always they are there, so they are made only when they are missed. */
	if (err != -ENOENT)
		return err;
	err = make_parents(path, reterr);
	return err ? err : kbtf_save(path, bytes, size, like, flags, reterr);
}

static int store_raw(const struct kbtf_job_opts *opts, const struct kbtf_product *product,
		     const struct kbtf_plan_file *where, struct kbtf_diag *reterr)
{
	int err = 0;

	/* The base first: a .btf without its base says less than a base without its .btf. */
	if (product->base.data) {
		char *path = kbtf_plan_raw_name(where->output, ".base.btf");

		if (!path)
			return kbtf_fail_nomem(reterr);
		err = kbtf_store_save(opts, path, product->base.data, product->base.size, NULL,
				      reterr);
		free(path);
	}
	if (!err)
		err = kbtf_store_save(opts, where->output, product->btf.data, product->btf.size,
				      NULL, reterr);
	return err;
}

static bool ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), end_len = strlen(end);

	return len >= end_len && !strcmp(s + len - end_len, end);
}

/* As the input was; but a name that was chosen for the output says more. */
static enum kbtf_compression compression_for(const struct kbtf_subject *s, const char *output,
					     bool named)
{
	if (named && ends_with(output, ".ko"))
		return KBTF_PLAIN;
	if (named && ends_with(output, ".ko.gz"))
		return KBTF_GZIP;
	if (named && ends_with(output, ".ko.xz"))
		return KBTF_XZ;
	if (named && ends_with(output, ".ko.zst"))
		return KBTF_ZSTD;
	return kbtf_file_compression(s->file);
}

/* Of a section; one that stays what it is does not take part, and is not aligned either. */
static void add_edit(struct kbtf_section_edit *edits, size_t *nr, const char *name,
		     const struct kbtf_part *part, const struct kbtf_part *old)
{
	if (!part->data || part->data != old->data)
		edits[(*nr)++] = (struct kbtf_section_edit){
			name,
			part->data,
			part->size,
			BTF_ALIGN,
			strcmp(name, ".BTF.base") ? NULL : ".BTF",
		};
}

/*
 * The kernel reads .BTF.base only from memory, so it has to be allocated, as
 * .BTF is; .BTF.embedded is for kbtf alone and stays in the file.
 */
static int edit(const struct kbtf_subject *s, const struct kbtf_product *product, void **ret,
		size_t *ret_size, struct kbtf_diag *reterr)
{
	struct kbtf_section_edit edits[4];
	size_t nr = 0;

	add_edit(edits, &nr, ".BTF", &product->btf, &s->btf);
	add_edit(edits, &nr, ".BTF.base", &product->base, &s->base);
	add_edit(edits, &nr, ".BTF.embedded", &product->embedded, &s->embedded);
	if (product->ids.data)
		edits[nr++] = (struct kbtf_section_edit){ ".BTF_ids", product->ids.data,
							  product->ids.size, 0, NULL };
	return kbtf_file_edit(s->file, edits, nr, ret, ret_size, reterr);
}

/* Replace *bytes by what another step made of them. */
static void take(void **bytes, size_t *size, void *made, size_t made_size)
{
	free(*bytes);
	*bytes = made;
	*size = made_size;
}

static int store_elf(const struct kbtf_job_opts *opts, const struct kbtf_subject *s,
		     const struct kbtf_product *product, const struct kbtf_plan_file *where,
		     bool to_one_file, struct kbtf_job_result *result, struct kbtf_diag *reterr)
{
	enum kbtf_compression compression = compression_for(s, where->output, to_one_file);
	void *bytes = NULL, *made;
	size_t size, made_size;
	int err;

	err = edit(s, product, &bytes, &size, reterr);
	if (!err && opts->sign_with) {
		err = kbtf_sign(opts->sign_with, bytes, size, &made, &made_size, reterr);
		if (!err)
			take(&bytes, &size, made, made_size);
	}
	result->file_bytes_after = err ? 0 : size;
	if (!err && compression != KBTF_PLAIN) {
		err = kbtf_compress(compression, bytes, size, &made, &made_size, reterr);
		if (!err)
			take(&bytes, &size, made, made_size);
	}
	if (!err)
		err = kbtf_store_save(opts, where->output, bytes, size, where->path, reterr);
	free(bytes);
	if (err) {
		result->file_bytes_after = 0;
		return err;
	}
	if (opts->sign_with)
		result->signature = "made";
	else if (kbtf_file_signature(s->file))
		result->signature = "dropped";
	return 0;
}

int kbtf_store(const struct kbtf_job_opts *opts, const struct kbtf_subject *s,
	       const struct kbtf_product *product, const struct kbtf_plan_file *where,
	       bool to_one_file, struct kbtf_job_result *result, struct kbtf_diag *reterr)
{
	int err = is_raw(opts, s) ? store_raw(opts, product, where, reterr)
				  : store_elf(opts, s, product, where, to_one_file, result, reterr);

	if (err)
		return err;
	result->output = where->output;
	result->btf_bytes_after = product->btf.size + product->base.size +
				  (is_raw(opts, s) ? 0 : product->embedded.size);
	return 0;
}

int kbtf_store_raw(const struct kbtf_job_opts *opts, const struct kbtf_product *product,
		   const struct kbtf_plan_file *where, struct kbtf_job_result *result,
		   struct kbtf_diag *reterr)
{
	int err;

	if (are_one_file(where->path, where->output))
		return fail_over_input(where, reterr);
	err = store_raw(opts, product, where, reterr);
	if (err)
		return err;
	result->output = where->output;
	result->btf_bytes_after = product->btf.size + product->base.size;
	return 0;
}

bool kbtf_store_is_linked(const struct kbtf_job_opts *opts, const struct kbtf_file *file)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(file);

	return opts->flags & KBTF_JOB_IN_PLACE && !opts->sign_with && elf && elf->type != ET_REL &&
	       elf->nr_sections && kbtf_file_compression(file) == KBTF_PLAIN &&
	       !kbtf_file_signature(file) && !strncmp(kbtf_file_form(file), "ELF", 3);
}

int kbtf_store_linked(const struct kbtf_job_opts *opts, const struct kbtf_file *file,
		      const struct kbtf_product *product, const struct kbtf_plan_file *where,
		      struct kbtf_job_result *result, struct kbtf_diag *reterr)
{
	unsigned int flags = opts->flags & KBTF_JOB_SYNC ? KBTF_SAVE_SYNC : 0;
	const struct {
		const char *name;
		const struct kbtf_part *part;
	} parts[] = {
		{ ".BTF", &product->btf },
		{ ".BTF.base", &product->base },
		{ ".BTF.embedded", &product->embedded },
	};
	const struct kbtf_part none = { 0 };
	struct kbtf_section_edit edits[3];
	size_t i, nr = 0;
	int err;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].part->data)
			add_edit(edits, &nr, parts[i].name, parts[i].part, &none);
	err = kbtf_file_edit_save(file, edits, nr, flags, &result->file_bytes_after, reterr);
	if (err)
		return err;
	result->output = where->output;
	result->btf_bytes_after = product->btf.size + product->base.size + product->embedded.size;
	return 0;
}
