// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A release and the top of a tree in, the installed kernel's vmlinux or image and
 * its modules' directory out. Places are tried in the order of a table; what was
 * there and did not do is told when none does.
 */
#define _GNU_SOURCE /* asprintf */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "buf.h"
#include "fail.h"

/*
 * R is the release, M the directory of its modules. What needs no unpacking
 * comes first, then images by how usual they are.
 */
static const char *const places[] = {
	"/boot/vmlinux-R",
	"M/vmlinux",
	"M/build/vmlinux",
	"M/vmlinux-R",
	"M/kernel/vmlinux",
	"/usr/lib/debug/boot/vmlinux-R",
	"/usr/lib/debug/boot/vmlinux-R.debug",
	"/usr/lib/debug/lib/modules/R/vmlinux",
	"/boot/vmlinuz-R",
	"M/vmlinuz",
	"/boot/Image-R",
	"/boot/image-R",
	"/boot/kernel-R",
};
#define NR_PLACES (sizeof(places) / sizeof(*places))

#define RUNNING_BTF "/sys/kernel/btf/vmlinux"

struct search {
	const char *root; /* "" for the system itself */
	const char *release;
	char *module_dir;	/* M; NULL where there is none */
	struct kbtf_diag found; /* why the first place where a file was did not do */
};

static const char *normal_root(const char *root)
{
	return !root || !strcmp(root, "/") ? "" : root;
}

/* A release names files: it must not lead elsewhere. */
static int check_release(const char *release, struct kbtf_diag *reterr)
{
	if (*release && !strchr(release, '/') && strcmp(release, ".") && strcmp(release, ".."))
		return 0;
	return kbtf_fail(reterr, -EINVAL, "kernel-release", "\"%s\" is no kernel release", release);
}

/* Links of a tree that was meant for another root would lead into this system. */
static bool is_inside(const char *root, const char *path)
{
	char real_root[PATH_MAX], real_path[PATH_MAX];
	size_t len;

	if (!*root)
		return true;
	if (!realpath(root, real_root) || !realpath(path, real_path))
		return false;
	len = strcmp(real_root, "/") ? strlen(real_root) : 0;
	return !strncmp(real_path, real_root, len) && real_path[len] == '/';
}

static int find_module_dir(const char *root, const char *release, char **ret)
{
	static const char *const parents[] = { "/lib/modules", "/usr/lib/modules" };
	struct stat st;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(parents) / sizeof(*parents); i++) {
		if (asprintf(&path, "%s%s/%s", root, parents[i], release) < 0)
			return -ENOMEM;
		if (!stat(path, &st) && S_ISDIR(st.st_mode) && is_inside(root, path)) {
			*ret = path;
			return 0;
		}
		free(path);
	}
	return -ENOENT;
}

int kbtf_kernel_module_dir(const char *root, const char *release, char **ret,
			   struct kbtf_diag *reterr)
{
	int err = check_release(release, reterr);

	if (err)
		return err;
	root = normal_root(root);
	err = find_module_dir(root, release, ret);
	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err)
		return kbtf_fail(reterr, err, "no-kernel",
				 "no modules of kernel %s: there is neither %s/lib/modules/%s nor "
				 "%s/usr/lib/modules/%s",
				 release, root, release, root, release);
	return 0;
}

/* Where the link at path leads, for whoever has root as /; path itself where it is no link. */
static int follow(const char *root, char **path)
{
	char target[PATH_MAX], *next;
	ssize_t len = readlink(*path, target, sizeof(target) - 1);
	int err;

	if (len < 0)
		return 0;
	target[len] = '\0';
	if (*target == '/')
		err = asprintf(&next, "%s%s", root, target);
	else
		err = asprintf(&next, "%.*s/%s", (int)(strrchr(*path, '/') - *path), *path, target);
	if (err < 0)
		return -ENOMEM;
	free(*path);
	*path = next;
	return 0;
}

static bool has_makefile(const char *dir)
{
	char *path;
	bool has;

	if (asprintf(&path, "%s/Makefile", dir) < 0)
		return false;
	has = !access(path, F_OK);
	free(path);
	return has;
}

int kbtf_kernel_build_dir(const char *root, const char *release, char **ret,
			  struct kbtf_diag *reterr)
{
	char *modules, *path;
	int err = kbtf_kernel_module_dir(root, release, &modules, reterr);

	if (err)
		return err;
	root = normal_root(root);
	err = asprintf(&path, "%s/build", modules) < 0 ? -ENOMEM : 0;
	free(modules);
	if (err)
		return kbtf_fail_nomem(reterr);
	if (follow(root, &path)) {
		free(path);
		return kbtf_fail_nomem(reterr);
	}
	if (!has_makefile(path)) {
		err = kbtf_fail(reterr, -ENOENT, "no-headers",
				"no headers of kernel %s: there is no %s/Makefile", release, path);
	} else if (!is_inside(root, path)) {
		err = kbtf_fail(reterr, -EXDEV, "kernel-root", "leads out of %s", root);
		kbtf_diag_in(reterr, path);
	}
	if (err)
		free(path);
	else
		*ret = path;
	return err;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_releases(const char *root, const char *parent, struct kbtf_buf *names)
{
	struct dirent *entry;
	char *path, *name;
	DIR *dir;
	int err = 0;

	if (asprintf(&path, "%s%s", root, parent) < 0)
		return -ENOMEM;
	dir = is_inside(root, path) ? opendir(path) : NULL;
	free(path);
	while (dir && !err && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		name = strdup(entry->d_name);
		err = name ? kbtf_buf_append(names, &name, sizeof(name)) : -ENOMEM;
		if (err)
			free(name);
	}
	if (dir)
		closedir(dir);
	return err;
}

int kbtf_kernel_releases(const char *root, struct kbtf_paths *ret, struct kbtf_diag *reterr)
{
	static const char *const parents[] = { "/lib/modules", "/usr/lib/modules" };
	struct kbtf_buf names = { 0 };
	struct kbtf_paths all;
	size_t i, kept = 0;
	int err = 0;

	root = normal_root(root);
	for (i = 0; i < sizeof(parents) / sizeof(*parents) && !err; i++)
		err = add_releases(root, parents[i], &names);
	all.nr = names.size / sizeof(char *);
	all.paths = kbtf_buf_steal(&names, NULL);
	if (err) {
		kbtf_paths_deinit(&all);
		return kbtf_fail_nomem(reterr);
	}
	if (all.nr)
		qsort(all.paths, all.nr, sizeof(*all.paths), compare_names);
	/* one of the two directories mostly is a link to the other */
	for (i = 0; i < all.nr; i++) {
		if (kept && !strcmp(all.paths[kept - 1], all.paths[i]))
			free(all.paths[i]);
		else
			all.paths[kept++] = all.paths[i];
	}
	all.nr = kept;
	*ret = all;
	return 0;
}

static bool is_running(const struct search *search)
{
	struct utsname name;

	return !*search->root && !uname(&name) && !strcmp(name.release, search->release);
}

/* Write out a place; *ret stays NULL where it has no meaning, for want of M. */
static int place_path(const struct search *search, const char *place, char **ret)
{
	struct kbtf_buf path = { 0 };
	const char *start = *place == 'M' ? search->module_dir : search->root;
	int err;

	*ret = NULL;
	if (!start)
		return 0;
	err = kbtf_buf_append(&path, start, strlen(start));
	for (place += *place == 'M'; *place && !err; place++)
		err = *place == 'R'
			      ? kbtf_buf_append(&path, search->release, strlen(search->release))
			      : kbtf_buf_append(&path, place, 1);
	if (!err)
		err = kbtf_buf_append(&path, "", 1);
	if (err) {
		kbtf_buf_deinit(&path);
		return err;
	}
	*ret = kbtf_buf_steal(&path, NULL);
	return 0;
}

/* -ENOENT where nothing is there; else a failure is kept, since the next place may do. */
static int try_path(struct search *search, const char *path, struct kbtf_file **ret)
{
	struct kbtf_diag why = { 0 };
	struct kbtf_file *file;
	const void *btf;
	size_t size;
	int err;

	if (!realpath(path, (char[PATH_MAX]){ 0 }))
		return -ENOENT;
	if (!is_inside(search->root, path)) {
		err = kbtf_fail(&why, -EXDEV, "kernel-root", "leads out of %s", search->root);
		kbtf_diag_in(&why, path);
	} else {
		err = kbtf_file_open_btf(path, &file, &why);
	}
	if (!err) {
		err = kbtf_file_btf(file, &btf, &size, &why);
		if (!err) {
			*ret = file;
			return 0;
		}
		kbtf_file_free(file);
	}
	if (!search->found.err)
		search->found = why;
	return err;
}

int kbtf_kernel_places(const char *root, const char *release, struct kbtf_paths *ret,
		       struct kbtf_diag *reterr)
{
	static const char *const parents[] = { "/lib/modules", "/usr/lib/modules" };
	struct search search = { .root = normal_root(root), .release = release };
	struct kbtf_paths found = { 0 };
	size_t i, p;
	int err;

	err = check_release(release, reterr);
	if (err)
		return err;
	found.paths = kbtf_zalloc_array(1 + 2 * NR_PLACES, sizeof(*found.paths));
	if (!found.paths)
		return kbtf_fail_nomem(reterr);
	if (is_running(&search)) {
		found.paths[found.nr] = strdup(RUNNING_BTF);
		err = found.paths[found.nr++] ? 0 : -ENOMEM;
	}
	/* Which directory of modules there is may change too: the places in both. */
	for (p = 0; p < sizeof(parents) / sizeof(*parents) && !err; p++) {
		if (asprintf(&search.module_dir, "%s%s/%s", search.root, parents[p], release) < 0) {
			err = -ENOMEM;
			break;
		}
		for (i = 0; i < NR_PLACES && !err; i++) {
			if (p && *places[i] != 'M')
				continue;
			err = place_path(&search, places[i], &found.paths[found.nr]);
			found.nr += !err;
		}
		free(search.module_dir);
	}
	if (err) {
		kbtf_paths_deinit(&found);
		return kbtf_fail_nomem(reterr);
	}
	*ret = found;
	return 0;
}

static int try_places(struct search *search, struct kbtf_file **ret)
{
	char *path;
	size_t i;
	int err;

	for (i = 0; i < NR_PLACES; i++) {
		err = place_path(search, places[i], &path);
		if (!err && path)
			err = try_path(search, path, ret);
		else if (!err)
			err = -ENOENT;
		free(path);
		if (!err || err == -ENOMEM)
			return err;
	}
	return -ENOENT;
}

static int fail_search(const struct search *search, bool running, struct kbtf_diag *reterr)
{
	const char *m = search->module_dir ? search->module_dir : "/lib/modules/R, not there";
	char tried[320] = "", found[sizeof(search->found.place) + sizeof(search->found.text)] = "";
	size_t i, len = 0;

	if (!reterr)
		return -ENOENT;
	for (i = 0; i < NR_PLACES && len < sizeof(tried); i++)
		len += (size_t)snprintf(tried + len, sizeof(tried) - len, "%s%s", i ? ", " : "",
					places[i]);
	if (search->found.err)
		kbtf_diag_format(&search->found, found, sizeof(found));
	return kbtf_fail(reterr, -ENOENT, "no-kernel",
			 "no BTF of kernel %s%s%s%s%s: tried %s%s (R: %s, M: %s)", search->release,
			 *search->root ? " under " : "", search->root, *found ? "; " : "", found,
			 running ? RUNNING_BTF ", " : "", tried, search->release, m);
}

int kbtf_kernel_open(const char *root, const char *release, struct kbtf_file **ret,
		     struct kbtf_diag *reterr)
{
	struct search search = { .root = normal_root(root), .release = release };
	bool running = is_running(&search);
	int err;

	err = check_release(release, reterr);
	if (err)
		return err;
	if (find_module_dir(search.root, release, &search.module_dir) == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	err = running ? try_path(&search, RUNNING_BTF, ret) : -ENOENT;
	if (err && err != -ENOMEM)
		err = try_places(&search, ret);
	if (err == -ENOMEM)
		kbtf_fail_nomem(reterr);
	else if (err)
		fail_search(&search, running, reterr);
	free(search.module_dir);
	return err;
}
