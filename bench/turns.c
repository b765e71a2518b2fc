// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Run commands without their output, in turn, and print of each, a line:
 * the median and the least processor time in microseconds, the most memory it had, in kB,
 * and the median elapsed time in microseconds.
 *
 *   bench-turns ROUNDS COMMAND [WORD...] [-- COMMAND [WORD...]]...
 *
 * An exit status of 1 is none of failure: kbtf has it where some of many modules are refused.
 * A word {} becomes a path of the current folder that nothing has yet, another each time.
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
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 8

struct command {
	char **words;
	char **place;	     /* the word {}, or NULL */
	char place_name[64]; /* what it is in this round */
	long *us;	     /* of each round */
	long *elapsed_us;
	long peak_kb;
};

static long microseconds(const struct timeval *t)
{
	return t->tv_sec * 1000000 + t->tv_usec;
}

static long elapsed_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int run(struct command *c, int nr, int round, const posix_spawn_file_actions_t *quiet)
{
	struct rusage used;
	int status;
	pid_t child;

	if (c->place) {
		snprintf(c->place_name, sizeof(c->place_name), "%d.%d", nr, round);
		*c->place = c->place_name;
		sync();
	}
	c->elapsed_us[round] = elapsed_us();
	if (posix_spawnp(&child, c->words[0], quiet, NULL, c->words, environ) ||
	    wait4(child, &status, 0, &used) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > 1) {
		fprintf(stderr, "bench-turns: %s failed\n", c->words[0]);
		return -1;
	}
	c->elapsed_us[round] = elapsed_us() - c->elapsed_us[round];
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
	char **word;

	if (rounds < 1)
		return 2;
	for (i = 1; i < argc; i++) {
		if (i > 1 && strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		if (nr == MAX_COMMANDS || i + 1 == argc)
			return 2;
		commands[nr].us = calloc((size_t)rounds, sizeof(long));
		commands[nr].elapsed_us = calloc((size_t)rounds, sizeof(long));
		commands[nr].words = argv + i + 1;
		if (!commands[nr].us || !commands[nr].elapsed_us)
			return 1;
		nr++;
	}
	for (n = 0; n < nr; n++)
		for (word = commands[n].words; *word; word++)
			if (!strcmp(*word, "{}"))
				commands[n].place = word;
	if (posix_spawn_file_actions_init(&quiet) ||
	    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) ||
	    posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO))
		return 1;
	for (i = 0; i < rounds; i++)
		for (n = 0; n < nr; n++)
			if (run(&commands[n], n, i, &quiet))
				return 1;
	for (n = 0; n < nr; n++) {
		qsort(commands[n].us, (size_t)rounds, sizeof(long), by_value);
		qsort(commands[n].elapsed_us, (size_t)rounds, sizeof(long), by_value);
		printf("%ld %ld %ld %ld\n", commands[n].us[rounds / 2], commands[n].us[0],
		       commands[n].peak_kb, commands[n].elapsed_us[rounds / 2]);
		free(commands[n].us);
		free(commands[n].elapsed_us);
	}
	posix_spawn_file_actions_destroy(&quiet);
	return 0;
}
