// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * load FLAGS FILE: finit_module() and nothing else, for an initramfs that has no
 * kmod. FLAGS is a number: 1 is MODULE_INIT_IGNORE_MODVERSIONS, 2
 * MODULE_INIT_IGNORE_VERMAGIC. Prints the errno, 0 for a module that loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd, err = 0;

	if (argc != 3) {
		fprintf(stderr, "Usage: load FLAGS FILE\n");
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", atoi(argv[1])))
		err = errno;
	printf("%d\n", err);
	return err != 0;
}
