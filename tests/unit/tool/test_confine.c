// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What a confined process cannot do any more, and what it still can. */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"

/* A folder that each test may write to. */
static char folder[] = "/tmp/kbtf-confine-XXXXXX";

/* What fn returns in a process of its own that was confined. */
static int confined(enum confine_need need, int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		confine(need);
		_exit(fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The errno of a call's result, or 0. */
static int result(long ret)
{
	return ret < 0 ? errno : 0;
}

/* Filters of this process: those that the tests run under, and its own. */
static int nr_filters(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	int nr = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Seccomp_filters:", 16))
			nr = atoi(line + 16);
	if (f)
		fclose(f);
	return nr;
}

static int run_program(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return result(execv("/bin/true", argv));
}

static int spawn_program(void)
{
	char name[] = "true", *argv[] = { name, NULL };
	int status = 0;
	pid_t pid;
	int err = posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL);

	return err ? err : waitpid(pid, &status, 0) == pid ? status : errno;
}

static int open_socket(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int trace(void)
{
	return result(syscall(SYS_ptrace, 0, 0, 0, 0));
}

static int load_bpf(void)
{
	return result(syscall(SYS_bpf, 0, NULL, 0));
}

static int set_up_ring(void)
{
	return result(syscall(SYS_io_uring_setup, 1, NULL));
}

static int call_what_is_new(void)
{
	return result(syscall(499, 0));
}

static int make_file(void)
{
	return result(openat(AT_FDCWD, "made", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int write_to_file(void)
{
	return result(openat(AT_FDCWD, "there", O_RDWR | O_CLOEXEC));
}

static int cut_file(void)
{
	return result(openat(AT_FDCWD, "there", O_RDONLY | O_TRUNC | O_CLOEXEC));
}

static int rename_file(void)
{
	return result(rename("there", "elsewhere"));
}

static int remove_file(void)
{
	return result(unlink("there"));
}

static int make_folder(void)
{
	return result(mkdir("folder", 0700));
}

static int change_mode(void)
{
	return result(chmod("there", 0400));
}

static void *read_file(void *ctx)
{
	char buf[16];
	FILE *f = fopen("there", "r");

	(void)ctx;
	if (!f || !fgets(buf, sizeof(buf), f) || strcmp(buf, "text"))
		return NULL;
	fclose(f);
	return f;
}

/* Threads, memory, clocks and reading. */
static int work(void)
{
	struct timespec now;
	struct stat st;
	pthread_t thread;
	void *big = malloc((size_t)32 << 20), *ret = NULL;

	if (!big || pthread_create(&thread, NULL, read_file, NULL) || pthread_join(thread, &ret))
		return 1;
	memset(big, 1, (size_t)32 << 20);
	free(big);
	return !ret || stat("there", &st) || clock_gettime(CLOCK_MONOTONIC, &now);
}

static int setup(void **state)
{
	FILE *f;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	f = fopen("there", "w");
	return !f || fputs("text", f) < 0 || fclose(f);
}

static int teardown(void **state)
{
	(void)state;
	unlink("there");
	unlink("made");
	rmdir("folder");
	return chdir("/") || rmdir(folder);
}

#define NEEDS_FILTERS()                                                                            \
	do {                                                                                       \
		if (confined(NEEDS_READING, nr_filters) == nr_filters()) {                         \
			print_message("no seccomp filters here\n");                                \
			skip();                                                                    \
		}                                                                                  \
	} while (0)

static void test_never(void **state)
{
	static int (*const fns[])(void) = { run_program, spawn_program, open_socket,
					    trace,	 load_bpf,	set_up_ring };
	size_t i;

	(void)state;
	NEEDS_FILTERS();
	for (i = 0; i < sizeof(fns) / sizeof(*fns); i++) {
		assert_int_equal(confined(NEEDS_READING, fns[i]), EPERM);
		assert_int_equal(confined(NEEDS_WRITING, fns[i]), EPERM);
	}
	assert_int_equal(confined(NEEDS_READING, call_what_is_new), ENOSYS);
}

static void test_reading(void **state)
{
	static int (*const fns[])(void) = { make_file,	 write_to_file, cut_file,   rename_file,
					    remove_file, make_folder,	change_mode };
	size_t i;

	(void)state;
	NEEDS_FILTERS();
	for (i = 0; i < sizeof(fns) / sizeof(*fns); i++)
		assert_int_equal(confined(NEEDS_READING, fns[i]), EPERM);
	assert_int_equal(confined(NEEDS_READING, work), 0);
	assert_int_equal(access("there", F_OK), 0);
}

static void test_writing(void **state)
{
	(void)state;
	assert_int_equal(confined(NEEDS_WRITING, make_file), 0);
	assert_int_equal(confined(NEEDS_WRITING, write_to_file), 0);
	assert_int_equal(confined(NEEDS_WRITING, make_folder), 0);
	assert_int_equal(confined(NEEDS_WRITING, work), 0);
}

static void test_programs(void **state)
{
	(void)state;
	assert_int_equal(confined(NEEDS_PROGRAMS, spawn_program), 0);
	assert_int_equal(confined(NEEDS_PROGRAMS, nr_filters), nr_filters());
}

static void test_unwanted(void **state)
{
	(void)state;
	setenv("KBTF_CONFINE", "no", 1);
	assert_int_equal(confined(NEEDS_READING, nr_filters), nr_filters());
	assert_int_equal(confined(NEEDS_READING, spawn_program), 0);
	setenv("KBTF_CONFINE", "yes", 1);
	NEEDS_FILTERS();
	unsetenv("KBTF_CONFINE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never),	 cmocka_unit_test(test_reading),
		cmocka_unit_test(test_writing),	 cmocka_unit_test(test_programs),
		cmocka_unit_test(test_unwanted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
