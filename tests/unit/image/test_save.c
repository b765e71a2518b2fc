// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Files replaced: what they keep, what they leave behind, what is refused. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image_test.h"
#include "temp_dir.h"

static void assert_file(const char *path, const char *text)
{
	char *got = slurp(path, NULL);

	assert_non_null(got);
	assert_string_equal(got, text);
	free(got);
}

static int save(const char *path, const char *text, const char *like, unsigned int flags)
{
	struct kbtf_diag diag = { 0 };
	char line[700] = "";
	int err = kbtf_save(path, text, strlen(text), like, flags, &diag);

	if (err)
		kbtf_diag_format(&diag, line, sizeof(line));
	assert_string_equal(line, "");
	return err;
}

static void assert_save_refused(const char *path, unsigned int flags, int err, const char *line)
{
	struct kbtf_diag diag = { 0 };

	assert_int_equal(kbtf_save(path, "x", 1, NULL, flags, &diag), err);
	assert_diag(&diag, err, line);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_new(void **state)
{
	(void)state;
	umask(022);
	save("a.ko", "one", NULL, 0);
	assert_file("a.ko", "one");
	assert_int_equal(mode_of("a.ko"), 0644);
	assert_int_equal(chmod("a.ko", 0640), 0);
	save("b.ko", "two", "a.ko", KBTF_SAVE_NEW | KBTF_SAVE_SYNC);
	assert_file("b.ko", "two");
	assert_int_equal(mode_of("b.ko"), 0640);
	save("c.ko", "", "not there", 0);
	assert_file("c.ko", "");
	assert_int_equal(nr_names("."), 3);
}

static void test_replace_keeps_looks(void **state)
{
	struct stat before, after;
	char value[16] = "";

	(void)state;
	make_file("dir/a.ko", "old", 3);
	assert_int_equal(chmod("dir/a.ko", 0604), 0);
	if (!geteuid())
		assert_int_equal(chown("dir/a.ko", 12, 34), 0);
	bool has_xattrs = !setxattr("dir/a.ko", "user.kbtf", "kept", 4, 0);
	assert_int_equal(stat("dir/a.ko", &before), 0);
	save("dir/a.ko", "new bytes", NULL, KBTF_SAVE_SYNC);
	assert_file("dir/a.ko", "new bytes");
	assert_int_equal(stat("dir/a.ko", &after), 0);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_int_not_equal(after.st_ino, before.st_ino);
	if (has_xattrs) {
		assert_int_equal(getxattr("dir/a.ko", "user.kbtf", value, sizeof(value)), 4);
		assert_memory_equal(value, "kept", 4);
	} else {
		print_message("no extended attributes in this file system\n");
	}
	assert_int_equal(nr_names("dir"), 1);
}

static void test_symlink_stays(void **state)
{
	struct stat st;

	(void)state;
	make_file("real/a.ko", "old", 3);
	make_file("links/x", "", 0);
	assert_int_equal(symlink("../real/a.ko", "links/a.ko"), 0);
	save("links/a.ko", "new", NULL, 0);
	assert_file("real/a.ko", "new");
	assert_int_equal(lstat("links/a.ko", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(nr_names("links"), 2);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_save_refused("dangling", 0, -ENOENT,
			    "dangling: is a symbolic link that leads nowhere [file-write]");
}

static void test_refused(void **state)
{
	(void)state;
	make_file("dir/a.ko", "old", 3);
	assert_save_refused("dir", 0, -EISDIR,
			    "dir: is a directory or another thing that a file cannot replace "
			    "[file-write]");
	assert_save_refused("dir/a.ko", KBTF_SAVE_NEW, -EEXIST,
			    "dir/a.ko: is there already [file-exists]");
	assert_save_refused("none/a.ko", 0, -ENOENT,
			    "none/a.ko: cannot create a temporary file beside it: No such file or "
			    "directory [file-write]");
	assert_save_refused("dir/a.ko/b", 0, -ENOTDIR,
			    "dir/a.ko/b: cannot stat: Not a directory [file-write]");
	assert_file("dir/a.ko", "old");
	assert_int_equal(nr_names("dir"), 1);
}

/* The file system is full, as far as this process can see: nothing is left, nothing is lost. */
static void test_failed_write(void **state)
{
	struct rlimit limit, old;
	struct kbtf_diag diag;
	static char big[8192];

	(void)state;
	make_file("dir/a.ko", "old", 3);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(kbtf_save("dir/a.ko", big, sizeof(big), NULL, 0, &diag), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_diag(&diag, -EFBIG, "dir/a.ko: cannot write: File too large [file-write]");
	assert_file("dir/a.ko", "old");
	assert_int_equal(nr_names("dir"), 1);
}

/* Killed at any moment: the file is one of the two, and what is left over is no module. */
static void test_killed(void **state)
{
	static char old[200000], new[300000];
	struct kbtf_paths paths;
	unsigned int i;
	size_t size;
	char *got;
	pid_t pid;

	(void)state;
	memset(old, 'o', sizeof(old));
	memset(new, 'n', sizeof(new));
	make_file("dir/a.ko", old, sizeof(old));
	for (i = 0; i < 40; i++) {
		pid = fork();
		if (!pid)
			for (;;) {
				kbtf_save("dir/a.ko", new, sizeof(new), NULL, 0, NULL);
				kbtf_save("dir/a.ko", old, sizeof(old), NULL, 0, NULL);
			}
		usleep(500 + i * 97);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		got = slurp("dir/a.ko", &size);
		assert_non_null(got);
		assert_true(size == sizeof(old) || size == sizeof(new));
		assert_memory_equal(got, size == sizeof(old) ? old : new, size);
		free(got);
		assert_int_equal(kbtf_paths_list("dir", KBTF_LIST_ALL_FILES, &paths, NULL), 0);
		assert_int_equal(paths.nr, 1);
		kbtf_paths_deinit(&paths);
	}
}

static void test_temp_names(void **state)
{
	(void)state;
	assert_true(kbtf_save_is_temp_name(".a.ko.kbtf-abcdef"));
	assert_false(kbtf_save_is_temp_name("a.ko.kbtf-abcdef"));
	assert_false(kbtf_save_is_temp_name(".a.ko"));
	assert_false(kbtf_save_is_temp_name(".kbtf-abcdef"));
	assert_false(kbtf_save_is_temp_name(""));
}

static void test_long_name(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	save(name, "bytes", NULL, 0);
	assert_file(name, "bytes");
}

static void test_pipe(void **state)
{
	char got[8] = "";
	int fd;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	save("pipe", "bytes", NULL, 0);
	assert_int_equal(read(fd, got, sizeof(got)), 5);
	assert_string_equal(got, "bytes");
	close(fd);
	assert_int_equal(nr_names("."), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new),	       TEST(test_replace_keeps_looks), TEST(test_symlink_stays),
		TEST(test_refused),    TEST(test_failed_write),	       TEST(test_killed),
		TEST(test_temp_names), TEST(test_long_name),	       TEST(test_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
