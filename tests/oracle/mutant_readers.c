// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What readers of BTF do with the mutants that the verifier is tried on: how many they
 * take, how many of those are not sound, and how many crash them or take them more than
 * two seconds of processor time. For docs/trust.md; it decides nothing.
 *
 * Usage: mutant_readers COUNT SEED READER
 *   kbtf      kbtf_open(), then C of it, and kbtf_merge()
 *   new       libbpf's btf__new()
 *   dump      that, and btf_dump of all types
 *   dedup     btf__new(), and btf__dedup()
 *   COMMAND   which is run with the path of a file; 0 is taken, above is refused
 *
 * Each mutant is read by a process of its own. Sound is what kbtf_open() takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kbtf/btf.h>
#include <kbtf/dedup.h>
#include <kbtf/text.h>

#include "mutants.h"

#ifdef WITH_LIBBPF
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#endif

#define SECONDS 2

static int ignore(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return 0;
}

/* Whether kbtf takes it; what it took is used. */
static bool read_with_kbtf(const uint8_t *bytes, size_t size)
{
	const struct kbtf *inputs[1];
	struct kbtf *btf, *merged;

	if (kbtf_open(bytes, size, NULL, &btf, NULL))
		return false;
	inputs[0] = btf;
	kbtf_text_c(btf, NULL, ignore, NULL, NULL);
	if (!kbtf_merge(inputs, 1, NULL, &merged, NULL))
		kbtf_free(merged);
	kbtf_free(btf);
	return true;
}

#ifdef WITH_LIBBPF
static void print_nothing(void *ctx, const char *format, va_list args)
{
	(void)ctx;
	(void)format;
	(void)args;
}

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void dump_with_libbpf(const struct btf *btf)
{
	struct btf_dump *dump = btf_dump__new(btf, print_nothing, NULL, NULL);
	uint32_t id;

	for (id = 1; dump && id < btf__type_cnt(btf); id++)
		if (btf_dump__dump_type(dump, id))
			break;
	btf_dump__free(dump);
}

static bool read_with_libbpf(const char *step, const uint8_t *bytes, size_t size)
{
	struct btf *btf = btf__new(bytes, (uint32_t)size);

	if (!btf)
		return false;
	if (!strcmp(step, "dump"))
		dump_with_libbpf(btf);
	if (!strcmp(step, "dedup"))
		btf__dedup(btf, NULL);
	btf__free(btf);
	return true;
}
#endif

static void read_with_command(const char *command, const uint8_t *bytes, size_t size)
{
	char path[64];
	int fd, quiet = open("/dev/null", O_WRONLY);

	snprintf(path, sizeof(path), "/dev/shm/mutant-%d", (int)getppid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd))
		_exit(100);
	dup2(quiet, 1);
	dup2(quiet, 2);
	/* The shell only splits words; what crashes is the command itself. */
	execl("/bin/sh", "sh", "-c", "exec $0 $1", command, path, NULL);
	_exit(100);
}

static void read_mutant(const char *reader, const uint8_t *bytes, size_t size)
{
	const struct rlimit time = { SECONDS, SECONDS + 1 }, core = { 0, 0 };

	setrlimit(RLIMIT_CPU, &time);
	setrlimit(RLIMIT_CORE, &core);
	if (!strcmp(reader, "kbtf"))
		_exit(!read_with_kbtf(bytes, size));
#ifdef WITH_LIBBPF
	libbpf_set_print(say_nothing);
	if (!strcmp(reader, "new") || !strcmp(reader, "dump") || !strcmp(reader, "dedup"))
		_exit(!read_with_libbpf(reader, bytes, size));
#endif
	read_with_command(reader, bytes, size);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 3 ? strtoul(argv[1], NULL, 0) : 0, i;
	unsigned long taken = 0, unsound = 0, crashed = 0, hung = 0, sound = 0, crashed_sound = 0;
	uint64_t seed = argc > 3 ? strtoull(argv[2], NULL, 0) : 0, crash = 0;
	static struct mutant m;
	char path[64];

	if (!count) {
		fprintf(stderr, "usage: mutant_readers COUNT SEED READER\n");
		return 2;
	}
	for (i = 0; i < count; i++) {
		struct kbtf *btf = NULL;
		uint32_t mutations;
		uint8_t *bytes;
		bool is_sound;
		size_t size;
		int status;
		pid_t pid;

		mutant_grow(&m, seed + i);
		for (mutations = mutant_random(&m, 4); mutations; mutations--)
			mutant_mutate(&m);
		bytes = mutant_bytes(&m, &size);
		if (!bytes)
			return 1;
		is_sound = !kbtf_open(bytes, size, NULL, &btf, NULL);
		kbtf_free(btf);
		pid = fork();
		if (!pid)
			read_mutant(argv[3], bytes, size);
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			return 1;
		free(bytes);
		sound += is_sound;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
			hung++;
		} else if (WIFEXITED(status) && WEXITSTATUS(status) == 100) {
			return 1; /* it could not be run */
		} else if (WIFSIGNALED(status)) {
			crashed++;
			crashed_sound += is_sound;
			crash = crash ? crash : seed + i;
		} else if (!WEXITSTATUS(status)) {
			taken++;
			unsound += !is_sound;
		}
	}
	snprintf(path, sizeof(path), "/dev/shm/mutant-%d", (int)getpid());
	unlink(path);
	printf("%s: %lu mutants, %lu of them sound: %lu taken, %lu of those not sound; "
	       "%lu crashes, %lu of them on sound ones; %lu hangs",
	       argv[3], count, sound, taken, unsound, crashed, crashed_sound, hung);
	if (crashed)
		printf("; first crash: seed %llu", (unsigned long long)crash);
	printf("\n");
	return 0;
}
