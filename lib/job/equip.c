// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel's headers in, the same headers out with what makes builds of external modules
 * call kbtf: the directory is found [kbtf_kernel_build_dir], the kernel's BTF
 * [find_btf], and the two files are made where they are missing or no longer right
 * [put_vmlinux, put_makefile].
 *
 * Source: scripts/Makefile.modfinal (vmlinux); GNU make manual, "Makefile Names".
 */
#define _GNU_SOURCE /* asprintf */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kbtf/equip.h>
#include <kbtf/image.h>

#include "buf.h"
#include "equip_elf.h"
#include "fail.h"

/* The first line of a GNUmakefile that is ours. */
#define MARK_LINE "# Written by `kbtf equip`, and taken away by `kbtf equip --remove`.\n"

/*
 * MAKEOVERRIDES are the words that make hands down to the makes it calls, as those of its
 * own command line; `override` is for this make. If kbtf goes away, modules are built without
 * BTF, since calling a program that is not there would fail them.
 */
static const char makefile_text[] =
	MARK_LINE "#\n"
		  "# make reads this file before Makefile. Modules that are built with these "
		  "headers get BTF\n"
		  "# on that of this kernel, which is in vmlinux; see kbtf-equip(1). PAHOLE and\n"
		  "# RESOLVE_BTFIDS on make's command line go before what is said here.\n"
		  "kbtf-bin := %s\n"
		  "kbtf-find = $(firstword $(if $(kbtf-bin),$(wildcard $(kbtf-bin)$1)) \\\n"
		  "\t$(shell command -v $1 2>/dev/null || :))\n"
		  "kbtf-pahole := $(call kbtf-find,kbtf-pahole)\n"
		  "kbtf-resolve_btfids := $(call kbtf-find,kbtf-resolve_btfids)\n"
		  "kbtf-is-free = $(if $(filter command,$(firstword $(origin $1))),,y)\n"
		  "\n"
		  "ifeq ($(and $(kbtf-pahole),$(kbtf-resolve_btfids)),)\n"
		  "$(warning kbtf is not there any more: modules are built without BTF)\n"
		  "MAKEOVERRIDES += CONFIG_DEBUG_INFO_BTF_MODULES=\n"
		  "else\n"
		  "ifneq ($(call kbtf-is-free,PAHOLE),)\n"
		  "override PAHOLE := $(kbtf-pahole)\n"
		  "MAKEOVERRIDES += PAHOLE=$(kbtf-pahole)\n"
		  "endif\n"
		  "ifneq ($(call kbtf-is-free,RESOLVE_BTFIDS),)\n"
		  "override RESOLVE_BTFIDS := $(kbtf-resolve_btfids)\n"
		  "MAKEOVERRIDES += RESOLVE_BTFIDS=$(kbtf-resolve_btfids)\n"
		  "endif\n"
		  "endif\n"
		  "\n"
		  "include Makefile\n"
		  "GNUmakefile: ;\n";

struct equip {
	const struct kbtf_equip_opts *opts;
	struct kbtf_equip_result ret;
	char *vmlinux, *makefile; /* paths */
	struct kbtf_file *kernel; /* NULL: it has none, why_none says so */
	const void *btf;
	size_t btf_size;
	struct kbtf_diag why_none;
};

static void equip_deinit(struct equip *e)
{
	kbtf_file_free(e->kernel);
	free(e->vmlinux);
	free(e->makefile);
	free(e->ret.dir);
}

/* The text that is there, or an empty one; it is never long. */
static int read_text(const char *path, struct kbtf_buf *ret, struct kbtf_diag *reterr)
{
	FILE *file = fopen(path, "rbe");
	int err = 0;
	size_t n;
	void *at;

	if (!file && errno == ENOENT)
		return 0;
	if (!file) {
		err = kbtf_fail(reterr, -errno, "file-read", "cannot open: %s", strerror(errno));
		kbtf_diag_in(reterr, path);
		return err;
	}
	do {
		at = kbtf_buf_extend(ret, 4096);
		if (!at) {
			err = kbtf_fail_nomem(reterr);
			break;
		}
		n = fread(at, 1, 4096, file);
		ret->size -= 4096 - n;
	} while (n == 4096);
	fclose(file);
	return err;
}

/* ---- The kernel ------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Take the file for the kernel's, if it has BTF. */
static int try_file(struct equip *e, const char *path)
{
	struct kbtf_diag *why = &e->why_none;
	int err = kbtf_file_open_btf(path, &e->kernel, why);

	if (err)
		return err;
	err = kbtf_file_btf(e->kernel, &e->btf, &e->btf_size, why);
	if (err) {
		kbtf_file_free(e->kernel);
		e->kernel = NULL;
	}
	return err;
}

/* Anywhere but in the headers, whose vmlinux is what is to be made or judged. */
static int find_btf(struct equip *e, struct kbtf_diag *reterr)
{
	struct kbtf_paths places;
	size_t i;
	int err;

	if (e->opts->base) {
		err = try_file(e, e->opts->base);
		if (err && reterr)
			*reterr = e->why_none;
		return err;
	}
	err = kbtf_kernel_places(e->opts->root, e->opts->release, &places, reterr);
	if (err)
		return err;
	kbtf_fail(&e->why_none, -ENOENT, "no-kernel",
		  "no BTF of kernel %s: neither the running one nor in /boot or /lib/modules%s%s",
		  e->opts->release, e->opts->root ? " under " : "",
		  e->opts->root ? e->opts->root : "");
	for (i = 0; i < places.nr && !e->kernel; i++) {
		if (access(places.paths[i], F_OK) || is_same_file(places.paths[i], e->vmlinux))
			continue;
		if (try_file(e, places.paths[i]) == -ENOMEM) {
			err = kbtf_fail_nomem(reterr);
			break;
		}
	}
	kbtf_paths_deinit(&places);
	return err;
}

/* ---- vmlinux ---------------------------------------------------------- */

static int make_elf(const struct equip *e, struct kbtf_buf *ret, struct kbtf_diag *reterr)
{
	struct kbtf_equip_elf in = {
		.btf = e->btf,
		.btf_size = e->btf_size,
		.release = e->opts->release,
	};
	struct kbtf_buf config = { 0 };
	char *path;
	int err;

	if (asprintf(&path, "%s/include/config/auto.conf", e->ret.dir) < 0)
		return kbtf_fail_nomem(reterr);
	err = read_text(path, &config, reterr);
	free(path);
	if (!err && kbtf_buf_append(&config, "", 1))
		err = kbtf_fail_nomem(reterr);
	in.config = (const char *)config.data;
	if (!err && kbtf_equip_elf(&in, ret))
		err = kbtf_fail_nomem(reterr);
	kbtf_buf_deinit(&config);
	return err;
}

static int save_vmlinux(struct equip *e, struct kbtf_diag *reterr)
{
	struct kbtf_buf elf = { 0 };
	int err;

	if (!e->kernel) {
		if (reterr)
			*reterr = e->why_none;
		return e->why_none.err;
	}
	err = make_elf(e, &elf, reterr);
	if (!err)
		err = kbtf_save(e->vmlinux, elf.data, elf.size, NULL, 0, reterr);
	kbtf_buf_deinit(&elf);
	e->ret.is_changed |= !err;
	return err;
}

static int fail_other_vmlinux(const struct equip *e, const char *what, struct kbtf_diag *reterr)
{
	int err = kbtf_fail(reterr, -EEXIST, "other-vmlinux",
			    "is not one that kbtf made, and has %s: it is left alone", what);

	kbtf_diag_in(reterr, e->vmlinux);
	return err;
}

/* What is to be done about the vmlinux that is there. */
static int judge_vmlinux(struct equip *e, bool *ret_write, struct kbtf_diag *reterr)
{
	const void *btf = NULL;
	struct kbtf_file *file;
	bool is_ours, is_right;
	size_t size = 0;
	int err;

	err = kbtf_file_open_btf(e->vmlinux, &file, reterr);
	if (err)
		return err;
	is_ours = kbtf_file_has_section(file, KBTF_EQUIP_MARK);
	err = kbtf_file_btf(file, &btf, &size, NULL);
	is_right = !err && (!e->kernel || (size == e->btf_size && !memcmp(btf, e->btf, size)));
	kbtf_file_free(file);
	*ret_write = is_ours && !is_right;
	if (is_ours)
		return 0;
	if (err)
		return fail_other_vmlinux(e, "no BTF", reterr);
	if (!is_right)
		return fail_other_vmlinux(e, "other BTF than the kernel", reterr);
	e->ret.has_other = true;
	e->ret.is_unchecked = !e->kernel;
	return 0;
}

static int put_vmlinux(struct equip *e, struct kbtf_diag *reterr)
{
	bool write = true;
	int err = find_btf(e, reterr);

	if (!err && !access(e->vmlinux, F_OK))
		err = judge_vmlinux(e, &write, reterr);
	return err || !write ? err : save_vmlinux(e, reterr);
}

static int remove_file(struct equip *e, const char *path, struct kbtf_diag *reterr)
{
	int err;

	if (!unlink(path)) {
		e->ret.is_changed = true;
		return 0;
	}
	err = kbtf_fail(reterr, -errno, "file-write", "cannot remove: %s", strerror(errno));
	kbtf_diag_in(reterr, path);
	return err;
}

static int remove_vmlinux(struct equip *e, struct kbtf_diag *reterr)
{
	struct kbtf_file *file;
	bool is_ours;

	/* what cannot be read is none that kbtf made */
	if (access(e->vmlinux, F_OK) || kbtf_file_open_btf(e->vmlinux, &file, NULL))
		return 0;
	is_ours = kbtf_file_has_section(file, KBTF_EQUIP_MARK);
	kbtf_file_free(file);
	return is_ours ? remove_file(e, e->vmlinux, reterr) : 0;
}

/* ---- GNUmakefile ------------------------------------------------------ */

static bool is_our_makefile(const struct kbtf_buf *text)
{
	const size_t size = sizeof(MARK_LINE) - 1;

	return text->size >= size && !memcmp(text->data, MARK_LINE, size);
}

static int put_makefile(struct equip *e, struct kbtf_diag *reterr)
{
	struct kbtf_buf old = { 0 };
	char *text = NULL;
	int size, err;

	err = read_text(e->makefile, &old, reterr);
	if (!err && old.size && !is_our_makefile(&old)) {
		err = kbtf_fail(reterr, -EEXIST, "other-makefile",
				"is not one that kbtf made: it is left alone");
		kbtf_diag_in(reterr, e->makefile);
	}
	if (!err) {
		size = asprintf(&text, makefile_text, e->opts->bin_dir ? e->opts->bin_dir : "");
		if (size < 0) {
			text = NULL;
			err = kbtf_fail_nomem(reterr);
		} else if ((size_t)size != old.size || memcmp(text, old.data, old.size)) {
			err = kbtf_save(e->makefile, text, (size_t)size, NULL, 0, reterr);
			e->ret.is_changed |= !err;
		}
	}
	free(text);
	kbtf_buf_deinit(&old);
	return err;
}

static int remove_makefile(struct equip *e, struct kbtf_diag *reterr)
{
	struct kbtf_buf old = { 0 };
	int err = read_text(e->makefile, &old, reterr);

	if (!err && is_our_makefile(&old))
		err = remove_file(e, e->makefile, reterr);
	kbtf_buf_deinit(&old);
	return err;
}

/* ---- Both ------------------------------------------------------------- */

static int find_paths(struct equip *e, struct kbtf_diag *reterr)
{
	int err = kbtf_kernel_build_dir(e->opts->root, e->opts->release, &e->ret.dir, reterr);

	if (err)
		return err;
	if (asprintf(&e->vmlinux, "%s/vmlinux", e->ret.dir) < 0)
		e->vmlinux = NULL;
	if (asprintf(&e->makefile, "%s/GNUmakefile", e->ret.dir) < 0)
		e->makefile = NULL;
	return e->vmlinux && e->makefile ? 0 : kbtf_fail_nomem(reterr);
}

int kbtf_equip(const struct kbtf_equip_opts *opts, struct kbtf_equip_result *ret,
	       struct kbtf_diag *reterr)
{
	struct equip e = { .opts = opts };
	int err = find_paths(&e, reterr);

	/* The makefile is what asks for the other, so it is not there without it. */
	if (!err && opts->remove) {
		err = remove_makefile(&e, reterr);
		if (!err)
			err = remove_vmlinux(&e, reterr);
	} else if (!err) {
		err = put_vmlinux(&e, reterr);
		if (!err)
			err = put_makefile(&e, reterr);
	}
	if (!err) {
		*ret = e.ret;
		e.ret.dir = NULL;
	}
	equip_deinit(&e);
	return err;
}
