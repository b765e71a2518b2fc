// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BPF objects: paths in, their checked records out. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "alloc.h"
#include "fail.h"
#include "programs.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

struct reading {
	struct kbtf_programs *programs;
	struct kbtf_buf files; /* struct kbtf_program_file */
};

static void file_deinit(struct kbtf_program_file *f)
{
	kbtf_program_free(f->program);
	kbtf_free(f->btf);
	kbtf_file_free(f->file);
}

static int find_section(const struct kbtf_file *file, const char *name, int err, const char *reason,
			struct kbtf_section *ret, struct kbtf_diag *reterr)
{
	if (kbtf_file_has_section(file, name))
		return kbtf_file_find_section(file, name, ret, reterr);
	kbtf_fail(reterr, err, reason, "no section %s: compiled without -g?", name);
	kbtf_diag_in(reterr, kbtf_file_label(file));
	return err;
}

/* Only ELF of the machine BPF has programs; kernel modules have BTF too. */
static int check_object(const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(file);

	/* Early compilers left the machine out. */
	if (elf && (elf->machine == EM_BPF || elf->machine == EM_NONE))
		return 0;
	kbtf_fail(reterr, -EINVAL, "not-bpf", "%s, not a BPF object", kbtf_file_form(file));
	kbtf_diag_in(reterr, kbtf_file_label(file));
	return -EINVAL;
}

static int read_program(struct kbtf_program_file *f, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = ".BTF", .flags = KBTF_OPEN_BORROW };
	struct kbtf_section btf, section;
	const char *label = kbtf_file_label(f->file);
	struct kbtf_ext *ext = NULL;
	int err = check_object(f->file, reterr);

	if (!err)
		err = find_section(f->file, ".BTF", -ENODATA, "no-btf", &btf, reterr);
	if (!err)
		err = find_section(f->file, ".BTF.ext", -EINVAL, "no-ext", &section, reterr);
	if (err)
		return err;
	err = kbtf_open(btf.data, btf.size, &opts, &f->btf, reterr);
	if (!err)
		err = kbtf_ext_open(section.data, section.size, NULL, &ext, reterr);
	if (!err)
		err = kbtf_program_new(f->btf, ext, label, &f->program, reterr);
	kbtf_ext_free(ext);
	if (err)
		kbtf_diag_in(reterr, label);
	return err;
}

static int add_file(struct reading *r, struct kbtf_file *file, struct kbtf_diag *reterr)
{
	struct kbtf_program_file f = { .file = file };
	int err = read_program(&f, reterr);

	if (!err && kbtf_buf_append(&r->files, &f, sizeof(f)))
		err = kbtf_fail_nomem(reterr);
	if (err)
		file_deinit(&f);
	return err;
}

static int add_path(struct reading *r, const char *path, struct kbtf_diag *reterr)
{
	struct kbtf_objects objects;
	size_t i;
	int err = kbtf_objects_open(path, &objects, reterr);

	if (err)
		return err;
	for (i = 0; i < objects.nr && !err; i++) {
		err = add_file(r, objects.files[i], reterr);
		objects.files[i] = NULL; /* taken, or freed */
	}
	kbtf_objects_deinit(&objects);
	return err;
}

static bool is_program_name(const char *path)
{
	static const char *const endings[] = { ".o", ".a", ".skel.h" };
	size_t len = strlen(path), i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end_len = strlen(endings[i]);

		if (len > end_len && !strcmp(path + len - end_len, endings[i]))
			return true;
	}
	return false;
}

static int add_input(struct reading *r, const char *path, struct kbtf_diag *reterr)
{
	struct kbtf_paths paths;
	struct stat st;
	size_t i;
	int err;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return add_path(r, path, reterr);
	err = kbtf_paths_list(path, KBTF_LIST_ALL_FILES, &paths, reterr);
	if (err)
		return err;
	for (i = 0; i < paths.nr && !err; i++)
		if (is_program_name(paths.paths[i]))
			err = add_path(r, paths.paths[i], reterr);
	kbtf_paths_deinit(&paths);
	return err;
}

static int finish(struct reading *r, const char *first_path, struct kbtf_diag *reterr)
{
	struct kbtf_programs *p = r->programs;
	size_t size, i;

	p->files = kbtf_buf_steal(&r->files, &size);
	p->nr = size / sizeof(*p->files);
	if (!p->nr)
		return kbtf_fail(reterr, -ENOENT, "no-programs", "no BPF object in %s", first_path);
	p->programs = kbtf_alloc_array(p->nr, sizeof(*p->programs));
	if (!p->programs)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < p->nr; i++) {
		p->programs[i] = p->files[i].program;
		p->nr_records += kbtf_program_nr_records(p->programs[i]);
	}
	return 0;
}

int kbtf_programs_init(struct kbtf_programs *programs, const char *const *paths, size_t nr,
		       struct kbtf_diag *reterr)
{
	struct reading r = { .programs = programs };
	size_t i;
	int err = 0;

	memset(programs, 0, sizeof(*programs));
	for (i = 0; i < nr && !err; i++)
		err = add_input(&r, paths[i], reterr);
	if (!err)
		err = finish(&r, nr ? paths[0] : "", reterr);
	for (i = 0; i < r.files.size / sizeof(*programs->files); i++)
		file_deinit((struct kbtf_program_file *)r.files.data + i);
	kbtf_buf_deinit(&r.files);
	if (err)
		kbtf_programs_deinit(programs);
	return err;
}

void kbtf_programs_deinit(struct kbtf_programs *programs)
{
	while (programs->nr)
		file_deinit(&programs->files[--programs->nr]);
	free(programs->files);
	free(programs->programs);
	memset(programs, 0, sizeof(*programs));
}

char *kbtf_program_stem(const char *label)
{
	static const char *const endings[] = { ".bpf.o", ".skel.h", ".o" };
	const char *member = strrchr(label, '('), *name = strrchr(label, '/');
	size_t len, i;

	name = name ? name + 1 : label;
	len = strlen(name);
	if (member && member > name && len && name[len - 1] == ')') {
		name = member + 1;
		len = strlen(name) - 1;
	}
	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end_len = strlen(endings[i]);

		if (len > end_len && !memcmp(name + len - end_len, endings[i], end_len)) {
			len -= end_len;
			break;
		}
	}
	return strndup(name, len);
}
