// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A module, or a pair of raw BTF files, taken apart into what the operations need. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "plan.h"
#include "ids_read.h"
#include "subject.h"

/* A section that may be missing; what is there has to have bytes. */
static int find_part(const struct kbtf_file *file, const char *name, struct kbtf_part *ret,
		     struct kbtf_diag *reterr)
{
	struct kbtf_section section;
	int err;

	if (!kbtf_file_has_section(file, name))
		return 0;
	err = kbtf_file_find_section(file, name, &section, reterr);
	if (!err && section.size) {
		ret->data = section.data;
		ret->size = section.size;
	}
	return err;
}

static int find_elf_parts(struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	int err = find_part(s->file, ".BTF.base", &s->base, reterr);

	if (!err)
		err = find_part(s->file, ".BTF.embedded", &s->embedded, reterr);
	if (!err)
		err = find_part(s->file, ".BTF_ids", &s->ids, reterr);
	return err;
}

static int find_raw_parts(struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	char *path = kbtf_plan_raw_name(s->path, ".base.btf");
	int err = 0;

	if (!path)
		return kbtf_fail_nomem(reterr);
	if (!access(path, F_OK)) {
		err = kbtf_file_open(path, &s->base_file, reterr);
		if (!err)
			err = kbtf_file_btf(s->base_file, &s->base.data, &s->base.size, reterr);
	}
	free(path);
	return err;
}

int kbtf_subject_init(struct kbtf_subject *s, const char *path, struct kbtf_diag *reterr)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->path = path;
	err = kbtf_file_open(path, &s->file, reterr);
	if (err)
		return err;
	err = kbtf_file_btf(s->file, &s->btf.data, &s->btf.size, reterr);
	if (err == -ENODATA) /* that is no error of a module */
		return 0;
	if (!err)
		err = kbtf_file_kind(s->file) == KBTF_FILE_BTF ? find_raw_parts(s, reterr)
							       : find_elf_parts(s, reterr);
	if (err)
		kbtf_subject_deinit(s);
	return err;
}

void kbtf_subject_deinit(struct kbtf_subject *s)
{
	kbtf_ids_free(s->ids_words);
	kbtf_free(s->split);
	kbtf_free(s->embedded_btf);
	kbtf_free(s->own_base);
	kbtf_file_free(s->base_file);
	kbtf_file_free(s->file);
	memset(s, 0, sizeof(*s));
}

static int open_part(const struct kbtf_part *part, const char *label, const struct kbtf *base,
		     struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = base, .label = label, .flags = KBTF_OPEN_BORROW };

	return kbtf_open(part->data, part->size, &opts, ret, reterr);
}

int kbtf_subject_parse_btf(struct kbtf_subject *s, const struct kbtf *base,
			   struct kbtf_diag *reterr)
{
	bool is_raw = kbtf_file_kind(s->file) == KBTF_FILE_BTF;
	int err = 0;

	if (s->base.data)
		err = open_part(&s->base, is_raw ? kbtf_file_label(s->base_file) : ".BTF.base",
				NULL, &s->own_base, reterr);
	if (err)
		return err;
	err = open_part(&s->btf, is_raw ? "" : ".BTF", s->own_base ? s->own_base : base, &s->split,
			reterr);
	/* Only its ids tell what split BTF stands on: on another base they mean other types. */
	if (err && err != -ENOMEM && base && !s->own_base)
		kbtf_diag_add(reterr, "; is the base that of the kernel it was built on?");
	return err;
}

int kbtf_subject_parse(struct kbtf_subject *s, const struct kbtf *base, struct kbtf_diag *reterr)
{
	int err = kbtf_subject_parse_btf(s, base, reterr);

	if (!err && s->embedded.data)
		err = open_part(&s->embedded, ".BTF.embedded", NULL, &s->embedded_btf, reterr);
	if (!err && s->ids.data)
		err = kbtf_ids_read(s->file, &s->ids_words, reterr);
	return err;
}

int kbtf_subject_check_standalone(const struct kbtf_subject *s, struct kbtf_diag *reterr)
{
	bool is_raw = kbtf_file_kind(s->file) == KBTF_FILE_BTF;
	struct kbtf_open_opts opts = {
		.label = is_raw ? "" : ".BTF",
		.flags = KBTF_OPEN_BORROW | KBTF_OPEN_FRAMING_ONLY,
	};
	struct kbtf *base, *btf;
	int err;

	if (!s->base.data) {
		err = kbtf_standalone_detect(s->btf.data, s->btf.size, reterr);
		if (err && !is_raw)
			kbtf_diag_in(reterr, ".BTF");
		return err;
	}
	err = open_part(&s->base, is_raw ? kbtf_file_label(s->base_file) : ".BTF.base", NULL, &base,
			reterr);
	if (err)
		return err;
	opts.base = base;
	err = kbtf_open(s->btf.data, s->btf.size, &opts, &btf, reterr);
	if (!err) {
		err = kbtf_standalone_check(btf, reterr);
		kbtf_free(btf);
	}
	kbtf_free(base);
	return err;
}

int kbtf_subject_is_bare(const struct kbtf_subject *s, bool *ret, struct kbtf_diag *reterr)
{
	int err = s->base.data ? -EINVAL : kbtf_subject_check_standalone(s, reterr);

	*ret = !err;
	return err == -ENOMEM ? err : 0;
}
