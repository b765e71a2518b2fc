// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A word of the command line in, BTF out. What is found there decides how it is opened:
 * of vmlinux and kernel images only the BTF is kept [open_image]; modules and raw BTF may
 * stand on something [open_subject]; what is no file is a release [open_release].
 */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "operand.h"

static bool names_base(const struct kbtf_operand_base *base)
{
	return base->file || base->release;
}

static int open_release(struct kbtf_operand *o, const char *root, struct kbtf_diag *reterr)
{
	int err;

	err = kbtf_kernel_init(&o->kernel, NULL, o->name, root, reterr);
	if (!err)
		err = kbtf_kernel_load(&o->kernel, reterr);
	o->btf = o->kernel.btf;
	return err;
}

static int open_image(struct kbtf_operand *o, struct kbtf_diag *reterr)
{
	int err;

	err = kbtf_kernel_init(&o->kernel, o->name, NULL, NULL, reterr);
	if (!err)
		err = kbtf_kernel_load(&o->kernel, reterr);
	o->btf = o->kernel.btf;
	return err;
}

static int open_base(struct kbtf_operand *o, const char *file, const char *release,
		     const char *root, struct kbtf_diag *reterr)
{
	int err;

	err = kbtf_kernel_init(&o->base, file, release, root, reterr);
	if (!err)
		err = kbtf_kernel_load(&o->base, reterr);
	if (!err && o->subject.base.data)
		err = kbtf_kernel_make_target(&o->base, reterr);
	return err;
}

/* The kernel that the module says it was built for, if that is installed. */
static int open_base_of_vermagic(struct kbtf_operand *o, const char *root, struct kbtf_diag *reterr)
{
	const char *vermagic = kbtf_file_modinfo(o->subject.file, "vermagic");
	char release[256];
	size_t len = vermagic ? strcspn(vermagic, " ") : 0;
	int err;

	if (!len || len >= sizeof(release))
		return kbtf_fail(reterr, -EINVAL, "base-missing",
				 "a module's BTF stands on that of its kernel: name that");
	memcpy(release, vermagic, len);
	release[len] = '\0';
	err = open_base(o, NULL, release, root, NULL);
	if (!err || err == -ENOMEM)
		return err ? kbtf_fail_nomem(reterr) : 0;
	return kbtf_fail(reterr, -EINVAL, "base-missing",
			 "a module's BTF stands on that of its kernel, %s, which is not to be "
			 "found: name where it is",
			 release);
}

static int parse(struct kbtf_operand *o, struct kbtf_diag *reterr)
{
	struct kbtf_subject *s = &o->subject;
	int err;

	if (!s->btf.data)
		return kbtf_fail(reterr, -ENODATA, "no-btf", "no BTF in it");
	err = kbtf_subject_parse_btf(s, o->base.btf, reterr);
	o->btf = s->split;
	if (!err && s->own_base && o->base.target) {
		err = kbtf_relocate(s->split, o->base.target, NULL, &o->relocated, reterr);
		o->btf = o->relocated;
	}
	return err;
}

/* BTF that stands on nothing: a kernel's as raw BTF, or a module's that is standalone. */
static bool is_alone(struct kbtf_operand *o)
{
	struct kbtf_subject *s = &o->subject;

	if (s->base.data || kbtf_subject_parse_btf(s, NULL, NULL))
		return false;
	o->btf = s->split;
	return true;
}

static int open_subject(struct kbtf_operand *o, const struct kbtf_operand_base *base, bool is_raw,
			struct kbtf_diag *reterr)
{
	struct kbtf_subject *s = &o->subject;
	int err;

	err = kbtf_subject_init(s, o->name, reterr);
	if (err)
		return err; /* which names the file */
	if (is_alone(o))
		return 0;
	if (names_base(base)) {
		err = open_base(o, base->file, base->release, base->root, reterr);
		if (err)
			return err; /* likewise */
	} else if (!is_raw && s->btf.data && !s->base.data) {
		err = open_base_of_vermagic(o, base->root, reterr);
	}
	if (!err)
		err = parse(o, reterr);
	if (err)
		kbtf_diag_in(reterr, o->name);
	return err;
}

static int open_file(struct kbtf_operand *o, const struct kbtf_operand_base *base,
		     struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *elf;
	struct kbtf_file *file;
	bool is_raw, is_module;
	int err;

	err = kbtf_file_open_btf(o->name, &file, reterr);
	if (err)
		return err;
	elf = kbtf_file_elf(file);
	is_raw = kbtf_file_kind(file) == KBTF_FILE_BTF;
	is_module = elf && elf->type == ET_REL;
	kbtf_file_free(file);
	return is_raw || is_module ? open_subject(o, base, is_raw, reterr) : open_image(o, reterr);
}

int kbtf_operand_init(struct kbtf_operand *o, const char *name,
		      const struct kbtf_operand_base *base, struct kbtf_diag *reterr)
{
	int err;

	memset(o, 0, sizeof(*o));
	o->name = name;
	if (!access(name, F_OK) || strchr(name, '/'))
		err = open_file(o, base, reterr);
	else
		err = open_release(o, base->root, reterr);
	if (err)
		kbtf_operand_deinit(o);
	return err;
}

void kbtf_operand_deinit(struct kbtf_operand *o)
{
	kbtf_free(o->relocated);
	kbtf_subject_deinit(&o->subject);
	kbtf_kernel_deinit(&o->base);
	kbtf_kernel_deinit(&o->kernel);
	memset(o, 0, sizeof(*o));
}
