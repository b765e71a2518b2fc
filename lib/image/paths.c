// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A directory in, the paths of its module files out, in one order on any host:
 * walk it (walk), keep what is wanted (is_wanted), sort.
 */
#define _GNU_SOURCE /* DT_* */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "buf.h"
#include "fail.h"

/* Links to directories are not followed, so only a file system gone bad gets this deep. */
#define MAX_DEPTH 64u

struct walk {
	struct kbtf_buf path; /* of where the walk is, without a terminating NUL */
	struct kbtf_paths *found;
	size_t room;
	unsigned int flags;
	unsigned int depth;
};

static bool is_module_name(const char *name)
{
	static const char *const endings[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
	size_t len = strlen(name), end_len, i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		end_len = strlen(endings[i]);
		if (len > end_len && !strcmp(name + len - end_len, endings[i]))
			return true;
	}
	return false;
}

static bool is_wanted(const struct walk *walk, const char *name)
{
	if (kbtf_save_is_temp_name(name))
		return false;
	return walk->flags & KBTF_LIST_ALL_FILES || is_module_name(name);
}

static int add_path(struct walk *walk, const char *path, size_t len)
{
	struct kbtf_paths *found = walk->found;
	char **more;

	if (found->nr == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 64;
		more = kbtf_realloc_array(found->paths, walk->room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		found->paths = more;
	}
	found->paths[found->nr] = strndup(path, len);
	if (!found->paths[found->nr])
		return -ENOMEM;
	found->nr++;
	return 0;
}

/* DT_REG, DT_DIR or DT_UNKNOWN for what is neither. */
static unsigned char type_of(const struct walk *walk, int dir_fd, const struct dirent *entry)
{
	bool may_follow = walk->flags & KBTF_LIST_LINKS;
	struct stat st;

	if (entry->d_type == DT_REG || entry->d_type == DT_DIR)
		return entry->d_type;
	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return DT_UNKNOWN;
	if (fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return DT_UNKNOWN; /* gone in the meantime */
	if (S_ISDIR(st.st_mode))
		return DT_DIR;
	if (S_ISLNK(st.st_mode) && (!may_follow || fstatat(dir_fd, entry->d_name, &st, 0)))
		return DT_UNKNOWN;
	return S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static int fail_errno(struct walk *walk, const char *did, struct kbtf_diag *reterr)
{
	int err = -errno;

	kbtf_fail(reterr, err, "file-read", "%s: %s", did, strerror(-err));
	if (!kbtf_buf_append(&walk->path, "", 1))
		kbtf_diag_in(reterr, (const char *)walk->path.data);
	return err;
}

static int walk_fd(struct walk *walk, int fd, struct kbtf_diag *reterr);

static int visit(struct walk *walk, int dir_fd, const struct dirent *entry,
		 struct kbtf_diag *reterr)
{
	size_t len = walk->path.size;
	int fd, err = 0;

	if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
		return 0;
	if ((len && walk->path.data[len - 1] != '/' && kbtf_buf_append(&walk->path, "/", 1)) ||
	    kbtf_buf_append(&walk->path, entry->d_name, strlen(entry->d_name)))
		return kbtf_fail_nomem(reterr);
	switch (type_of(walk, dir_fd, entry)) {
	case DT_REG:
		if (is_wanted(walk, entry->d_name) &&
		    add_path(walk, (const char *)walk->path.data, walk->path.size))
			err = kbtf_fail_nomem(reterr);
		break;
	case DT_DIR:
		fd = openat(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			err = fail_errno(walk, "cannot open the directory", reterr);
		else
			err = walk_fd(walk, fd, reterr);
		break;
	}
	walk->path.size = len;
	return err;
}

/* The directory itself. */
static int add_directory(struct walk *walk)
{
	size_t len = walk->path.size;
	int err = 0;

	if (!len || walk->path.data[len - 1] != '/')
		err = kbtf_buf_append(&walk->path, "/", 1);
	if (!err)
		err = add_path(walk, (const char *)walk->path.data, walk->path.size);
	walk->path.size = len;
	return err;
}

/* Takes fd. */
static int walk_fd(struct walk *walk, int fd, struct kbtf_diag *reterr)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		err = fail_errno(walk, "cannot read the directory", reterr);
		close(fd);
		return err;
	}
	if (walk->depth == MAX_DEPTH) {
		err = kbtf_fail(reterr, -ELOOP, "file-depth", "more than %u directories deep",
				MAX_DEPTH);
		closedir(dir);
		return err;
	}
	walk->depth++;
	if (walk->flags & KBTF_LIST_DIRECTORIES && add_directory(walk))
		err = kbtf_fail_nomem(reterr);
	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			err = fail_errno(walk, "cannot read the directory", reterr);
		if (!entry)
			break;
		err = visit(walk, dirfd(dir), entry, reterr);
	}
	walk->depth--;
	closedir(dir);
	return err;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(struct walk *walk, const char *path, struct kbtf_diag *reterr)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (kbtf_buf_append(&walk->path, path, strlen(path))) {
		if (fd >= 0)
			close(fd);
		return kbtf_fail_nomem(reterr);
	}
	if (fd >= 0)
		return walk_fd(walk, fd, reterr);
	if (errno != ENOTDIR)
		return fail_errno(walk, "cannot open", reterr);
	return add_path(walk, path, strlen(path)) ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_paths_list(const char *path, unsigned int flags, struct kbtf_paths *ret,
		    struct kbtf_diag *reterr)
{
	struct kbtf_paths found = { 0 };
	struct walk walk = { .found = &found, .flags = flags };
	int err;

	err = list(&walk, path, reterr);
	kbtf_buf_deinit(&walk.path);
	if (err) {
		kbtf_paths_deinit(&found);
		return err;
	}
	if (found.nr)
		qsort(found.paths, found.nr, sizeof(*found.paths), compare_paths);
	*ret = found;
	return 0;
}

void kbtf_paths_deinit(struct kbtf_paths *paths)
{
	while (paths->nr)
		free(paths->paths[--paths->nr]);
	free(paths->paths);
	paths->paths = NULL;
}
