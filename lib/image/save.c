// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Bytes in, a file that has them out, or the file that was there before:
 *   find what is really meant (resolve), make a temporary file beside it
 *   (temp_create), fill it (fill_temp), let it look like the one it replaces (inherit), put it
 *   in place. Whatever fails, the temporary file goes.
 */
#define _GNU_SOURCE /* O_CLOEXEC and xattrs */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "fail.h"
#include "save.h"

#define TEMP_INFIX ".kbtf-"
#define TEMP_RANDOM 6u
#define TEMP_TRIES 64u

static int fail_errno(const char *did, struct kbtf_diag *reterr)
{
	int err = -errno;

	return kbtf_fail(reterr, err, "file-write", "%s: %s", did, strerror(-err));
}

bool kbtf_save_is_temp_name(const char *name)
{
	size_t len = strlen(name), infix = sizeof(TEMP_INFIX) - 1;

	if (len <= 1 + infix + TEMP_RANDOM || name[0] != '.')
		return false;
	return !memcmp(name + len - TEMP_RANDOM - infix, TEMP_INFIX, infix);
}

int kbtf_save_write(int fd, const void *bytes, size_t size, uint64_t offset,
		    struct kbtf_diag *reterr)
{
	const uint8_t *at = bytes;
	ssize_t n;

	while (size) {
		n = pwrite(fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("cannot write", reterr);
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t size, struct kbtf_diag *reterr)
{
	ssize_t n;

	while (size) {
		n = write(fd, bytes, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("cannot write", reterr);
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

/* ---- The temporary file ----------------------------------------------- */

struct temp {
	char path[PATH_MAX];
	int fd;
};

static void randomise(char *at)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint8_t noise[TEMP_RANDOM] = { 0 };
	unsigned int i;

	if (getrandom(noise, sizeof(noise), GRND_NONBLOCK) != sizeof(noise))
		memset(noise, (int)getpid(), sizeof(noise)); /* names only have to differ */
	for (i = 0; i < TEMP_RANDOM; i++)
		at[i] = letters[(noise[i] + i) % (sizeof(letters) - 1)];
}

/* Beside path, so that a rename does not cross file systems. */
static int temp_create(struct temp *temp, const char *path, mode_t mode, struct kbtf_diag *reterr)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int dir_len = (int)(name - path), name_len, len;
	unsigned int tries;

	name_len = (int)strnlen(name, NAME_MAX - 1 - (sizeof(TEMP_INFIX) - 1) - TEMP_RANDOM);
	len = snprintf(temp->path, sizeof(temp->path), "%.*s.%.*s%s%.*s", dir_len, path, name_len,
		       name, TEMP_INFIX, (int)TEMP_RANDOM, "XXXXXX");
	if (len >= (int)sizeof(temp->path))
		return kbtf_fail(reterr, -ENAMETOOLONG, "file-write", "the path is too long");
	for (tries = 0; tries < TEMP_TRIES; tries++) {
		randomise(temp->path + len - TEMP_RANDOM);
		temp->fd = open(temp->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (temp->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return fail_errno("cannot create a temporary file beside it", reterr);
}

static void temp_remove(struct temp *temp)
{
	if (temp->fd >= 0)
		close(temp->fd);
	unlink(temp->path);
}

/* ---- Looking like the file that it replaces --------------------------- */

/* These are hashes of the bytes, which are others now. */
static bool is_hash_of_bytes(const char *xattr)
{
	return !strcmp(xattr, "security.ima") || !strcmp(xattr, "security.evm");
}

/* What this process may not read or set, or the file system does not have, is left out. */
static void inherit_xattrs(int fd, const char *from)
{
	char names[4096], value[4096];
	ssize_t names_len, len;
	const char *name;

	names_len = listxattr(from, names, sizeof(names));
	for (name = names; names_len > 0 && name < names + names_len; name += strlen(name) + 1) {
		if (is_hash_of_bytes(name))
			continue;
		len = getxattr(from, name, value, sizeof(value));
		if (len >= 0)
			(void)!fsetxattr(fd, name, value, (size_t)len, 0);
	}
}

/* Owner before mode: changing the owner takes set-user-id bits away. */
static int inherit(int fd, const char *from, const struct stat *st, struct kbtf_diag *reterr)
{
	mode_t mode = st->st_mode & 07777;
	struct stat own;

	if (fstat(fd, &own))
		return fail_errno("cannot stat the temporary file", reterr);
	if ((own.st_uid != st->st_uid || own.st_gid != st->st_gid) &&
	    fchown(fd, st->st_uid, st->st_gid)) {
		if (errno != EPERM)
			return fail_errno("cannot keep the owner", reterr);
		mode &= 0777; /* somebody else's file now: no set-user-id */
		if (own.st_gid != st->st_gid && fchown(fd, (uid_t)-1, st->st_gid))
			mode &= 0707; /* what the group could do was for another group */
	}
	if (fchmod(fd, mode))
		return fail_errno("cannot keep the mode", reterr);
	inherit_xattrs(fd, from);
	return 0;
}

/* ---- Putting it in place ---------------------------------------------- */

/* What to write: an ordinary file at *ret_path, there already or not, or else a pipe or device. */
struct target {
	char path[PATH_MAX];
	bool exists;
	bool is_stream;
	struct stat st;
};

static int resolve(const char *path, unsigned int flags, struct target *ret,
		   struct kbtf_diag *reterr)
{
	bool is_link;

	if (lstat(path, &ret->st)) {
		if (errno != ENOENT)
			return fail_errno("cannot stat", reterr);
		if (snprintf(ret->path, sizeof(ret->path), "%s", path) >= (int)sizeof(ret->path))
			return kbtf_fail(reterr, -ENAMETOOLONG, "file-write",
					 "the path is too long");
		return 0;
	}
	is_link = S_ISLNK(ret->st.st_mode);
	if (is_link && stat(path, &ret->st))
		return errno == ENOENT ? kbtf_fail(reterr, -ENOENT, "file-write",
						   "is a symbolic link that leads nowhere")
				       : fail_errno("cannot stat", reterr);
	ret->exists = true;
	ret->is_stream = S_ISFIFO(ret->st.st_mode) || S_ISCHR(ret->st.st_mode);
	if (ret->is_stream)
		return 0;
	if (flags & KBTF_SAVE_NEW)
		return kbtf_fail(reterr, -EEXIST, "file-exists", "is there already");
	if (!S_ISREG(ret->st.st_mode))
		return kbtf_fail(reterr, -EISDIR, "file-write",
				 "is a directory or another thing that a file cannot replace");
	if (!is_link && strlen(path) < sizeof(ret->path))
		strcpy(ret->path, path);
	else if (!realpath(path, ret->path))
		return fail_errno("cannot resolve", reterr);
	return 0;
}

static int write_stream(const char *path, const void *bytes, size_t size, struct kbtf_diag *reterr)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return fail_errno("cannot open", reterr);
	err = write_all(fd, bytes, size, reterr);
	if (close(fd) && !err)
		err = fail_errno("cannot close", reterr);
	return err;
}

static int sync_directory(const char *path, struct kbtf_diag *reterr)
{
	char dir[PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	int fd, err = 0;

	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path + 1), path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		err = fail_errno("cannot sync the directory", reterr);
	if (fd >= 0)
		close(fd);
	return err;
}

/* What a file is filled with: bytes, or what somebody else writes. */
struct content {
	const void *bytes;
	size_t size;
	kbtf_save_fill_fn *fill;
	void *ctx;
};

static int fill_temp(struct temp *temp, const struct content *content, const struct target *target,
		     const char *like, unsigned int flags, struct kbtf_diag *reterr)
{
	struct stat st;
	int err;

	err = content->fill ? content->fill(content->ctx, temp->fd, reterr)
			    : write_all(temp->fd, content->bytes, content->size, reterr);
	if (!err && target->exists)
		err = inherit(temp->fd, target->path, &target->st, reterr);
	else if (!err && like && !stat(like, &st) && fchmod(temp->fd, st.st_mode & 0777))
		err = fail_errno("cannot set the mode", reterr);
	if (!err && flags & KBTF_SAVE_SYNC && fsync(temp->fd))
		err = fail_errno("cannot sync", reterr);
	if (close(temp->fd) && !err)
		err = fail_errno("cannot close", reterr);
	temp->fd = -1;
	return err;
}

/* link() does not replace a file that came to be in the meantime, rename() does. */
static int put_in_place(const struct temp *temp, const char *path, unsigned int flags,
			struct kbtf_diag *reterr)
{
	if (flags & KBTF_SAVE_NEW) {
		if (link(temp->path, path))
			return fail_errno("cannot create", reterr);
		unlink(temp->path);
	} else if (rename(temp->path, path)) {
		return fail_errno("cannot replace", reterr);
	}
	return flags & KBTF_SAVE_SYNC ? sync_directory(path, reterr) : 0;
}

static int replace(const struct target *target, const struct content *content, const char *like,
		   unsigned int flags, struct kbtf_diag *reterr)
{
	struct temp temp;
	int err;

	/* nobody reads a file of whatever mode before it has that mode */
	err = temp_create(&temp, target->path, target->exists ? 0600 : 0666, reterr);
	if (err)
		return err;
	err = fill_temp(&temp, content, target, like, flags, reterr);
	if (!err)
		err = put_in_place(&temp, target->path, flags, reterr);
	if (err)
		temp_remove(&temp);
	return err;
}

int kbtf_save(const char *path, const void *bytes, size_t size, const char *like,
	      unsigned int flags, struct kbtf_diag *reterr)
{
	const struct content content = { .bytes = bytes, .size = size };
	struct target target = { 0 };
	int err;

	err = resolve(path, flags, &target, reterr);
	if (!err && target.is_stream)
		err = write_stream(path, bytes, size, reterr);
	else if (!err)
		err = replace(&target, &content, like, flags, reterr);
	if (err)
		kbtf_diag_in(reterr, path);
	return err;
}

int kbtf_save_by(const char *path, kbtf_save_fill_fn *fill, void *ctx, unsigned int flags,
		 struct kbtf_diag *reterr)
{
	const struct content content = { .fill = fill, .ctx = ctx };
	struct target target = { 0 };
	int err;

	err = resolve(path, flags, &target, reterr);
	if (!err && target.is_stream)
		err = kbtf_fail(reterr, -EINVAL, "file-write", "is no ordinary file");
	else if (!err)
		err = replace(&target, &content, NULL, flags, reterr);
	if (err)
		kbtf_diag_in(reterr, path);
	return err;
}
