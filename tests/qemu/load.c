// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * load FLAGS FILE: finit_module() and nothing else, for an initramfs that has no
 * kmod. FLAGS is a number: 1 is MODULE_INIT_IGNORE_MODVERSIONS, 2
 * MODULE_INIT_IGNORE_VERMAGIC.
 *
 * Prints the errno, 0 for a module that loaded; "oops" where the kernel killed the
 * process that loaded it, "stuck" where it did not come back. A child does the
 * call, since nothing can be done about a process that hangs in the kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Emulation makes some loads slow: raid6 and crypto measure or test themselves. */
#define SECONDS_MAX 60

static int load(int flags, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", flags))
		return errno;
	return 0;
}

int main(int argc, char **argv)
{
	const struct timespec limit = { .tv_sec = SECONDS_MAX };
	sigset_t child_ended;
	int status;
	pid_t pid;

	if (argc != 3) {
		fprintf(stderr, "Usage: load FLAGS FILE\n");
		return 2;
	}
	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_ended, NULL);
	pid = fork();
	if (pid == 0)
		_exit(load(atoi(argv[1]), argv[2]));
	if (pid < 0 || (sigtimedwait(&child_ended, NULL, &limit) < 0 && errno == EAGAIN)) {
		printf("stuck\n");
		return 1;
	}
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status)) {
		printf("oops\n");
		return 1;
	}
	printf("%d\n", WEXITSTATUS(status));
	return status != 0;
}
