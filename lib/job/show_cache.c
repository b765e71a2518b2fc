// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Index files in the user's cache, one for each thing that was asked for. One is used only
 * if the directory is this user's alone, the file is whole and every source is as it was when
 * it was made [is_current]; any doubt means that it is made again. Files are replaced by
 * renaming, so those who read one while another is put in its place keep what they have.
 */
#define _GNU_SOURCE /* secure_getenv, asprintf */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "fail.h"
#include "hash.h"
#include "show.h"

#define DIRECTORY "/kbtf/show"
#define ENDING ".show"

/*
 * Index files kept: some. Each has the BTF of a kernel and of all its modules, 20 MB for one of
 * a cloud, 100 MB for one with every driver there is.
 */
#define NR_KEPT 4u
#define MAX_KEPT_BYTES ((off_t)256 << 20)

/* A file that is used is marked as used once in so many seconds. */
#define MARK_AFTER (24 * 3600)

/* What a killed process left behind is taken away after so many seconds. */
#define LEFT_OVER_AFTER 3600

/* ---- The directory ---------------------------------------------------- */

/* Those that lead to it, and it: others of kbtf's, with caches of their own, may be open to all. */
static void make_dirs(char *path, size_t cache_len)
{
	char *last = strrchr(path, '/');

	path[cache_len] = '\0';
	mkdir(path, 0700);
	path[cache_len] = '/';
	*last = '\0';
	mkdir(path, 0700);
	*last = '/';
	mkdir(path, 0700);
}

/* ~/.cache/kbtf/show, or where the user wants it. Made where it is missing. */
static int find_dir(bool make, char *path, size_t size, struct kbtf_diag *reterr)
{
	const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
	struct stat st;
	int len;

	if (cache && *cache == '/') /* others are to be ignored, says the specification */
		len = snprintf(path, size, "%s", cache);
	else if (home && *home == '/')
		len = snprintf(path, size, "%s/.cache", home);
	else
		return kbtf_fail(reterr, -ENOENT, "cache",
				 "neither XDG_CACHE_HOME nor HOME is set");
	if (len + sizeof(DIRECTORY) > size)
		return kbtf_fail(reterr, -ENAMETOOLONG, "cache", "the path is too long");
	strcpy(path + len, DIRECTORY);
	if (make)
		make_dirs(path, (size_t)len);
	if (lstat(path, &st))
		return kbtf_fail(reterr, -errno, "cache", "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
		return kbtf_fail(reterr, -EPERM, "cache",
				 "%s is not used: it is not a directory of this user alone", path);
	return 0;
}

static int file_path(const struct kbtf_show_sources *s, bool make, char *path, size_t size,
		     struct kbtf_diag *reterr)
{
	int err = find_dir(make, path, size, reterr);
	size_t len = strlen(path);

	if (err)
		return err;
	if ((size_t)snprintf(path + len, size - len, "/%016llx" ENDING,
			     (unsigned long long)kbtf_show_checksum(
				     s->request, strlen(s->request))) >= size - len)
		return kbtf_fail(reterr, -ENAMETOOLONG, "cache", "the path is too long");
	return 0;
}

/* ---- Loading ---------------------------------------------------------- */

static bool read_all(int fd, void *to, size_t size)
{
	uint8_t *at = to;
	ssize_t n;

	while (size) {
		n = read(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static int read_front(int fd, const struct stat *st, struct kbtf_show_index *ret,
		      struct kbtf_diag *reterr)
{
	struct kbtf_show_head head;
	struct kbtf_buf front = { 0 };
	uint8_t *at;
	int err;

	if (!read_all(fd, &head, sizeof(head)) || !kbtf_show_head_ok(&head, (uint64_t)st->st_size))
		return kbtf_fail(reterr, -ENOENT, "cache", "no index file of this version");
	at = kbtf_buf_extend(&front, head.front_size);
	if (!at)
		return kbtf_fail_nomem(reterr);
	memcpy(at, &head, sizeof(head));
	if (!read_all(fd, at + sizeof(head), head.front_size - sizeof(head)))
		err = kbtf_fail(reterr, -ENOENT, "cache", "it was cut short");
	else
		err = kbtf_show_index_init(ret, at, head.front_size, (uint64_t)st->st_size, fd,
					   reterr);
	if (err) {
		kbtf_buf_deinit(&front);
		return err == -EINVAL ? -ENOENT : err;
	}
	return 0;
}

static int is_current(const struct kbtf_show_index *index, const struct kbtf_show_sources *s,
		      struct kbtf_diag *reterr)
{
	uint32_t i;

	if (strcmp(index->texts + index->head->request, s->request))
		return kbtf_fail(reterr, -ENOENT, "cache", "it is of something else");
	for (i = 0; i < index->head->nr_sources; i++) {
		const struct kbtf_disk_source *disk = &index->sources[i];
		const struct kbtf_stamp then = { disk->size, disk->mtime_ns, disk->ctime_ns,
						 disk->ino, disk->state };
		const char *path = index->texts + disk->path;
		struct kbtf_stamp now;

		kbtf_stamp(path, disk->state == KBTF_SOURCE_LISTING, &s->live, &now);
		if (!kbtf_stamp_equal(&then, &now))
			return kbtf_fail(reterr, -ENOENT, "cache", "%s changed", path);
	}
	return 0;
}

/* The files that were used last are those that are kept. */
static void mark_used(int fd, const struct stat *st)
{
	if (st->st_mtime + MARK_AFTER < time(NULL))
		(void)!futimens(fd, NULL);
}

int kbtf_cache_load(const struct kbtf_show_sources *sources, struct kbtf_show_index *ret,
		    struct kbtf_diag *reterr)
{
	char path[PATH_MAX];
	struct stat st;
	int err, fd;

	err = file_path(sources, false, path, sizeof(path), reterr);
	if (err)
		return -ENOENT;
	/* Not blocking: somebody may have put a pipe there. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		err = kbtf_fail(reterr, -ENOENT, "cache", "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		err = kbtf_fail(reterr, -ENOENT, "cache", "it is not a file of this user");
	else
		err = read_front(fd, &st, ret, reterr);
	if (err) {
		if (fd >= 0)
			close(fd);
	} else {
		err = is_current(ret, sources, reterr);
		if (err)
			kbtf_show_index_deinit(ret);
		else
			mark_used(fd, &st);
	}
	if (err)
		kbtf_diag_in(reterr, path);
	return err;
}

/* ---- Storing ---------------------------------------------------------- */

/* The files that were used last. */
struct kept {
	struct {
		char name[NAME_MAX + 1];
		struct timespec used;
		off_t size;
	} files[NR_KEPT + 1]; /* the latest first; the last one is on its way out */
	unsigned int nr;
};

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Put a file among those that are kept, and remove the one that then is too many. */
static void keep(struct kept *kept, int dir_fd, const char *name, const struct stat *st)
{
	unsigned int i;

	for (i = kept->nr; i && is_later(&st->st_mtim, &kept->files[i - 1].used); i--)
		kept->files[i] = kept->files[i - 1];
	snprintf(kept->files[i].name, sizeof(kept->files[i].name), "%s", name);
	kept->files[i].used = st->st_mtim;
	kept->files[i].size = st->st_size;
	if (kept->nr < NR_KEPT)
		kept->nr++;
	else
		unlinkat(dir_fd, kept->files[NR_KEPT].name, 0);
}

/* Remove those that are too much; never the one that was used last. */
static void limit_size(const struct kept *kept, int dir_fd)
{
	off_t sum = 0;
	unsigned int i;

	for (i = 0; i < kept->nr; i++) {
		sum += kept->files[i].size;
		if (i && sum > MAX_KEPT_BYTES)
			unlinkat(dir_fd, kept->files[i].name, 0);
	}
}

/* Remove index files that were not used for longest, and what killed processes left over. */
static void tidy(const char *path)
{
	size_t ending = sizeof(ENDING) - 1, len;
	struct kept kept = { .nr = 0 };
	char dir_path[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), "%.*s", (int)(strrchr(path, '/') - path), path);
	dir = opendir(dir_path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		if (kbtf_save_is_temp_name(entry->d_name)) {
			if (st.st_mtime + LEFT_OVER_AFTER < time(NULL))
				unlinkat(dirfd(dir), entry->d_name, 0);
		} else if (len > ending && !strcmp(entry->d_name + len - ending, ENDING)) {
			keep(&kept, dirfd(dir), entry->d_name, &st);
		}
	}
	limit_size(&kept, dirfd(dir));
	closedir(dir);
}

/* Saving would write through a link or into a pipe; whatever it is, it is not ours. */
static int clear_way(const char *path, struct kbtf_diag *reterr)
{
	struct stat st;
	int err;

	if (lstat(path, &st) || S_ISREG(st.st_mode) || !unlink(path))
		return 0;
	err = kbtf_fail(reterr, -EEXIST, "cache", "something else is there");
	kbtf_diag_in(reterr, path);
	return err;
}

int kbtf_cache_store(const struct kbtf_show_sources *sources, const struct kbtf_buf *file,
		     struct kbtf_diag *reterr)
{
	char path[PATH_MAX];
	int err = file_path(sources, true, path, sizeof(path), reterr);

	if (!err)
		err = clear_way(path, reterr);
	if (!err)
		err = kbtf_save(path, file->data, file->size, NULL, 0, reterr);
	if (!err)
		tidy(path);
	return err;
}
