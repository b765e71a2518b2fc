// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Run commands without their output, in turn, and print of each, a line:
 * the median and the least processor time in microseconds, and the most memory it had, in kB.
 *
 *   bench-turns ROUNDS COMMAND [WORD...] [-- COMMAND [WORD...]]...
 *
 * A small program, since the figures of a process begin with those of the one that it was
 * before. In turn, since what else the machine does then weighs on all alike.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_COMMANDS 8

struct command {
	char **words;
	long *us; /* of each round */
	long peak_kb;
};

static long microseconds(const struct timeval *t)
{
	return t->tv_sec * 1000000 + t->tv_usec;
}

static int run(struct command *c, int round, const posix_spawn_file_actions_t *quiet)
{
	struct rusage used;
	int status;
	pid_t child;

	if (posix_spawnp(&child, c->words[0], quiet, NULL, c->words, environ) ||
	    wait4(child, &status, 0, &used) != child || status) {
		fprintf(stderr, "bench-turns: %s failed\n", c->words[0]);
		return -1;
	}
	c->us[round] = microseconds(&used.ru_utime) + microseconds(&used.ru_stime);
	if (used.ru_maxrss > c->peak_kb)
		c->peak_kb = used.ru_maxrss;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = { 0 };
	posix_spawn_file_actions_t quiet;
	int rounds = argc > 2 ? atoi(argv[1]) : 0, nr = 0, i, n;

	if (rounds < 1)
		return 2;
	for (i = 1; i < argc; i++) {
		if (i > 1 && strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		if (nr == MAX_COMMANDS || i + 1 == argc)
			return 2;
		commands[nr].us = calloc((size_t)rounds, sizeof(long));
		commands[nr].words = argv + i + 1;
		if (!commands[nr++].us)
			return 1;
	}
	if (posix_spawn_file_actions_init(&quiet) ||
	    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) ||
	    posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO))
		return 1;
	for (i = 0; i < rounds; i++)
		for (n = 0; n < nr; n++)
			if (run(&commands[n], i, &quiet))
				return 1;
	for (n = 0; n < nr; n++) {
		qsort(commands[n].us, (size_t)rounds, sizeof(long), by_value);
		printf("%ld %ld %ld\n", commands[n].us[rounds / 2], commands[n].us[0],
		       commands[n].peak_kb);
		free(commands[n].us);
	}
	posix_spawn_file_actions_destroy(&quiet);
	return 0;
}
