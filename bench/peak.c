// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Run a command without its output, and print the most memory it had, in kB:
 *
 *   bench-peak COMMAND [WORD...]
 *
 * A small program, since a process begins with the peak of the one that it was before.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage used;
	int null, status;
	pid_t child;

	if (argc < 2)
		return 2;
	child = fork();
	if (!child) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child || status)
		return 1;
	printf("%ld\n", used.ru_maxrss);
	return 0;
}
