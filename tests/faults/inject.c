// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Runs a command whose system calls are counted, all its threads' together, and lets
 * one of them go wrong: the command is killed before it, or it fails with an error and
 * is not done.
 *
 * Usage: inject [-k N | -e ERRNO -n N] [-c FILE] COMMAND...
 *   -k N      kill -9 before call N, from 1
 *   -e ERRNO  let call N of those that look at or change files fail with this number
 *   -c FILE   write how many calls there were, and how many of those on files
 *
 * The status is the command's, or 128 and a signal. 125: it cannot be done here.
 *
 * Each call stops the command and is told here (seccomp's user notification, Linux 5.5
 * and later), whatever the machine; there is nothing in the command itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 125

/* Calls that may fail for reasons that lie in files, disks and directories. */
static const int on_files[] = {
	SYS_openat,	SYS_read,      SYS_pread64,	    SYS_write,	    SYS_pwrite64,
	SYS_lseek,	SYS_close,     SYS_fstat,	    SYS_statx,	    SYS_getdents64,
	SYS_fsync,	SYS_fdatasync, SYS_ftruncate,	    SYS_fallocate,  SYS_fchmod,
	SYS_fchown,	SYS_fsetxattr, SYS_listxattr,	    SYS_getxattr,   SYS_mkdirat,
	SYS_unlinkat,	SYS_renameat2, SYS_copy_file_range, SYS_readlinkat, SYS_mmap,
#ifdef SYS_newfstatat /* not of 32 bits */
	SYS_newfstatat,
#endif
#ifdef SYS_open
	SYS_open,	SYS_stat,      SYS_lstat,	    SYS_mkdir,	    SYS_unlink,
	SYS_rename,	SYS_readlink,  SYS_access,
#endif
};

static bool is_on_files(int nr)
{
	size_t i;

	for (i = 0; i < sizeof(on_files) / sizeof(*on_files); i++)
		if (on_files[i] == nr)
			return true;
	return false;
}

/* Of a directory that was removed, C libraries take ENOENT for the end, as POSIX has it. */
static bool may_fail(int nr, int error)
{
	return error && is_on_files(nr) && !(nr == SYS_getdents64 && error == ENOENT);
}

static void fail(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(CANNOT);
}

/*
 * In the child: have every call told to whoever holds the descriptor. Between the filter
 * and execve() nothing may be called, so the number is left where the parent sees it.
 */
static void run(char **command, volatile int *listener)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { 1, filter };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		*listener = -errno;
		_exit(CANNOT);
	}
	int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			      SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	if (fd < 0) {
		*listener = -errno;
		_exit(CANNOT);
	}
	*listener = fd + 1;
	execvp(command[0], command);
	_exit(127);
}

struct counts {
	long all, on_files;
};

/* Answer one call. Whether to go on. */
static void answer(int fd, const struct seccomp_notif *call, int error)
{
	struct seccomp_notif_resp resp = { .id = call->id, .error = -error };

	if (!error)
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* It may have been killed in between. */
	(void)!ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

static void supervise(int fd, pid_t pid, long kill_at, int error, long error_at, struct counts *n)
{
	struct seccomp_notif call;

	for (;;) {
		struct pollfd p = { fd, POLLIN, 0 };

		if (poll(&p, 1, -1) < 0 && errno == EINTR)
			continue;
		if (!(p.revents & POLLIN))
			return;
		memset(&call, 0, sizeof(call));
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call)) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			return;
		}
		n->all++;
		if (is_on_files(call.data.nr))
			n->on_files++;
		if (n->all == kill_at)
			kill(pid, SIGKILL);
		answer(fd, &call,
		       n->on_files == error_at && may_fail(call.data.nr, error) ? error : 0);
	}
}

int main(int argc, char **argv)
{
	long kill_at = 0, error_at = 0;
	const char *count_path = NULL;
	struct counts n = { 0, 0 };
	int error = 0, c, status;
	volatile int *listener;
	pid_t pid;
	int pidfd, fd;

	while ((c = getopt(argc, argv, "+k:e:n:c:")) != -1) {
		if (c == 'k')
			kill_at = atol(optarg);
		else if (c == 'e')
			error = atoi(optarg);
		else if (c == 'n')
			error_at = atol(optarg);
		else if (c == 'c')
			count_path = optarg;
		else
			return CANNOT;
	}
	if (optind == argc)
		return CANNOT;
	listener = mmap(NULL, sizeof(*listener), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (listener == MAP_FAILED)
		fail("mmap");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid)
		run(argv + optind, listener);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		fail("pidfd_open");
	while (!*listener)
		usleep(100);
	if (*listener < 0) {
		errno = -*listener;
		fail("seccomp");
	}
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, *listener - 1, 0);
	if (fd < 0) {
		kill(pid, SIGKILL);
		fail("pidfd_getfd");
	}
	supervise(fd, pid, kill_at, error, error_at, &n);
	if (waitpid(pid, &status, 0) < 0)
		fail("waitpid");
	if (count_path) {
		FILE *f = fopen(count_path, "w");

		if (!f || fprintf(f, "%ld %ld\n", n.all, n.on_files) < 0 || fclose(f))
			fail(count_path);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
