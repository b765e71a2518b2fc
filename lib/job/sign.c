// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Signing is the business of whoever has the key: a command of theirs, which
 * appends a signature to the file it is given, as the kernel's sign-file does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "fail.h"
#include "sign.h"

extern char **environ;

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* A copy of the module for the command to work on. *ret is its path, the caller's to free(). */
static int make_copy(const void *bytes, size_t size, char **ret, struct kbtf_diag *reterr)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd, err;

	if (asprintf(&path, "%s/kbtf-sign-XXXXXX.ko", dir && *dir ? dir : "/tmp") < 0)
		return kbtf_fail_nomem(reterr);
	fd = mkostemps(path, (int)strlen(".ko"), O_CLOEXEC);
	err = fd < 0 ? -errno : write_all(fd, bytes, size);
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err) {
		*ret = path;
		return 0;
	}
	kbtf_fail(reterr, err, "sign-copy", "writing %s: %s", path, strerror(-err));
	if (fd >= 0)
		unlink(path);
	free(path);
	return err;
}

/* Start the shell on a script with one argument, standard output on standard error. */
static int spawn(char *script, char *argument, pid_t *ret)
{
	char sh[] = "sh", dash_c[] = "-c";
	char *const argv[] = { sh, dash_c, script, sh, argument, NULL };
	posix_spawn_file_actions_t actions;
	int err;

	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return -err;
	err = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (!err)
		err = posix_spawn(ret, "/bin/sh", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static int run(const char *command, char *path, struct kbtf_diag *reterr)
{
	int err, status;
	char *script;
	pid_t pid;

	if (asprintf(&script, "%s \"$1\"", command) < 0)
		return kbtf_fail_nomem(reterr);
	err = spawn(script, path, &pid);
	free(script);
	if (err)
		return kbtf_fail(reterr, err, "sign-failed", "%s: %s", command, strerror(-err));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return kbtf_fail(reterr, -errno, "sign-failed", "%s: %s", command,
					 strerror(errno));
	if (WIFSIGNALED(status))
		return kbtf_fail(reterr, -EINVAL, "sign-failed", "%s: killed by signal %d", command,
				 WTERMSIG(status));
	if (WEXITSTATUS(status))
		return kbtf_fail(reterr, -EINVAL, "sign-failed", "%s: exit status %d", command,
				 WEXITSTATUS(status));
	return 0;
}

/* What the command left has to be the module as it was, with a signature behind it. */
static int read_signed(const char *command, const char *path, const void *bytes, size_t size,
		       void **ret, size_t *ret_size, struct kbtf_diag *reterr)
{
	const struct kbtf_signature *signature;
	struct kbtf_file *file;
	const void *now;
	int err;

	err = kbtf_file_open(path, &file, reterr);
	if (err)
		return err;
	now = kbtf_file_bytes(file, ret_size);
	signature = kbtf_file_signature(file);
	if (!signature) {
		err = kbtf_fail(reterr, -EINVAL, "sign-failed", "%s: left no signature", command);
	} else if (signature->offset != size || memcmp(now, bytes, size)) {
		err = kbtf_fail(reterr, -EINVAL, "sign-failed", "%s: changed the module itself",
				command);
	} else {
		*ret = malloc(*ret_size);
		if (*ret)
			memcpy(*ret, now, *ret_size);
		else
			err = kbtf_fail_nomem(reterr);
	}
	kbtf_file_free(file);
	return err;
}

int kbtf_sign(const char *command, const void *bytes, size_t size, void **ret, size_t *ret_size,
	      struct kbtf_diag *reterr)
{
	char *path = NULL;
	int err;

	err = make_copy(bytes, size, &path, reterr);
	if (err)
		return err;
	err = run(command, path, reterr);
	if (!err)
		err = read_signed(command, path, bytes, size, ret, ret_size, reterr);
	unlink(path);
	free(path);
	return err;
}
