// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * An index is used as long as nothing changed, and never after that: each test finds a
 * type, changes something, and must find what is there now. The clock that the library
 * sees is ahead of that of the file system, so that sources need not be left alone for
 * seconds before an index of them is kept.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "show_made.h"

#define RELEASE "6.0.0-made"
#define MODULES "root/lib/modules/" RELEASE

#define KERNEL_STRINGS 7u /* bytes: "", "int", "k" */

static unsigned int ahead; /* seconds */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int err = __real_clock_gettime(clock, ret);

	ret->tv_sec += ahead;
	return err;
}

/* ---- A kernel --------------------------------------------------------- */

static char folder[] = "/tmp/kbtf-test-show-XXXXXX";

static void write_bytes(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/* A module with one struct of this size; any size makes a file as long. */
static void write_module(const char *path, const char *name, unsigned int size_bytes)
{
	char text[64];
	void *bytes;
	size_t size;

	snprintf(text, sizeof(text), "struct %s %u (x 1 0)", name, size_bytes);
	bytes = typetext_bytes(text, KERNEL_STRINGS, false, &size);
	write_bytes(path, bytes, size);
	free(bytes);
}

static void write_kernel(const char *path, unsigned int size_bytes)
{
	char text[64];
	void *bytes;
	size_t size;

	snprintf(text, sizeof(text), "int int 4 1; struct k %u", size_bytes);
	bytes = typetext_bytes(text, 0, false, &size);
	write_bytes(path, bytes, size);
	free(bytes);
}

static void make_dir(const char *path)
{
	assert_int_equal(mkdir(path, 0777), 0);
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/kbtf-test-show-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	make_dir("cache");
	make_dir("root");
	make_dir("root/boot");
	make_dir("root/lib");
	make_dir("root/lib/modules");
	make_dir(MODULES);
	make_dir(MODULES "/kernel");
	make_dir(MODULES "/updates");
	write_kernel("root/boot/vmlinux-" RELEASE, 8);
	write_module(MODULES "/kernel/a.ko", "a_priv", 8);
	write_module(MODULES "/kernel/b-b.ko", "b_priv", 8);
	setenv("XDG_CACHE_HOME", "cache", 1); /* not absolute: has to be ignored */
	setenv("HOME", folder, 1);
	ahead = 10;
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "chmod -R u+rwX %s && rm -r %s", folder, folder);
	return chdir("/") || system(command);
}

/* ---- Finding ---------------------------------------------------------- */

static char last_note[1024];

static void keep_note(void *ctx, const struct kbtf_diag *diag)
{
	(void)ctx;
	kbtf_diag_format(diag, last_note, sizeof(last_note));
}

struct answer {
	bool was_cached;
	uint32_t size_bytes; /* of the type; 0: there is none */
	char module[16];
};

static int take(void *ctx, const struct kbtf_show_match *match)
{
	struct answer *answer = ctx;

	answer->size_bytes = kbtf_type(match->btf, match->type_id)->size;
	snprintf(answer->module, sizeof(answer->module), "%s", match->modules[0]->name);
	return 0;
}

static struct answer find_with(const struct kbtf_show_opts *given, const char *name)
{
	struct kbtf_show_opts opts = *given;
	struct answer answer = { 0 };
	struct kbtf_show *show;
	struct kbtf_diag diag;
	int err;

	opts.note = keep_note;
	opts.nr_threads = 1;
	last_note[0] = '\0';
	assert_ok(kbtf_show_new(&opts, &show, &diag), &diag);
	answer.was_cached = show->is_cached;
	err = kbtf_show_find(show, name, take, &answer, &diag);
	assert_true(!err || err == -ENOENT);
	/* made again by the search, for it was damaged */
	answer.was_cached &= show->is_cached;
	kbtf_show_free(show);
	return answer;
}

static struct answer find(const char *name)
{
	const struct kbtf_show_opts opts = { .root = "root" };

	return find_with(&opts, name);
}

/* The type has this size, 0 for none there, by a new index; and then by the cached one. */
static void assert_new(const char *name, uint32_t size_bytes)
{
	struct answer first = find(name), second = find(name);

	assert_int_equal(first.size_bytes, size_bytes);
	assert_int_equal(second.size_bytes, size_bytes);
	assert_false(first.was_cached);
	assert_true(second.was_cached);
	assert_string_equal(last_note, "");
	assert_string_equal(first.module, second.module);
}

/* Let the clock of file systems tick. */
static void tick(void)
{
	const struct timespec pause = { .tv_nsec = 30 * 1000000 };

	nanosleep(&pause, NULL);
}

/* ---- What changes ----------------------------------------------------- */

static void test_nothing_changes(void **state)
{
	(void)state;
	assert_new("a_priv", 8);
	assert_int_equal(find("b_priv").size_bytes, 8);
	assert_string_equal(find("b_priv").module, "b_b");
	assert_string_equal(find("k").module, "vmlinux");
	assert_true(find("k").was_cached);
}

/* As long as it was, and as old as it was. */
static void test_rewritten_in_place(void **state)
{
	struct timespec times[2];
	struct stat before, after;

	(void)state;
	assert_new("a_priv", 8);
	tick();
	assert_int_equal(stat(MODULES "/kernel/a.ko", &before), 0);
	write_module(MODULES "/kernel/a.ko", "a_priv", 4);
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, MODULES "/kernel/a.ko", times, 0), 0);
	assert_int_equal(stat(MODULES "/kernel/a.ko", &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_new("a_priv", 4);
}

static void test_replaced(void **state)
{
	(void)state;
	assert_new("a_priv", 8);
	write_module(MODULES "/kernel/new", "a_priv", 4);
	assert_int_equal(rename(MODULES "/kernel/new", MODULES "/kernel/a.ko"), 0);
	assert_new("a_priv", 4);
}

static void test_added_and_removed(void **state)
{
	(void)state;
	assert_new("c_priv", 0);
	tick();
	write_module(MODULES "/updates/c.ko", "c_priv", 8); /* in a directory without modules */
	assert_new("c_priv", 8);
	tick();
	make_dir(MODULES "/kernel/new");
	write_module(MODULES "/kernel/new/d.ko", "d_priv", 8);
	assert_new("d_priv", 8);
	tick();
	assert_int_equal(unlink(MODULES "/kernel/a.ko"), 0);
	assert_new("a_priv", 0);
	tick();
	/* of two files that have a module's name the one that is listed last counts */
	write_module(MODULES "/updates/b-b.ko", "b_priv", 4);
	assert_new("b_priv", 4);
}

static void test_other_kernel(void **state)
{
	(void)state;
	assert_new("k", 8);
	tick();
	write_kernel("root/boot/vmlinux-" RELEASE, 4);
	assert_new("k", 4);
	tick();
	/* a place that counts less changes nothing, but that is not looked into */
	write_kernel(MODULES "/vmlinux", 16);
	assert_new("k", 4);
	tick();
	assert_int_equal(unlink("root/boot/vmlinux-" RELEASE), 0);
	assert_new("k", 16);
	tick();
	write_kernel("root/boot/vmlinux-" RELEASE, 8);
	assert_new("k", 8);
}

/* ---- What was asked for ----------------------------------------------- */

static void test_other_requests(void **state)
{
	const char *const modules[] = { "extra.btf" }, *const others[] = { "other.ko" };
	const struct kbtf_show_opts opts = { .root = "root", .modules = modules, .nr_modules = 1 };
	const struct kbtf_show_opts alone = { .base = "root/boot/vmlinux-" RELEASE };
	const struct kbtf_show_opts other = { .base = "root/boot/vmlinux-" RELEASE,
					      .modules = others,
					      .nr_modules = 1 };

	(void)state;
	write_module("extra.btf", "a_priv", 4);
	write_module("other.ko", "o_priv", 4);
	assert_new("a_priv", 8);
	assert_false(find_with(&opts, "a_priv").was_cached);
	assert_true(find_with(&opts, "a_priv").was_cached);
	assert_int_equal(find_with(&opts, "o_priv").size_bytes, 0);
	assert_int_equal(find_with(&alone, "a_priv").size_bytes, 0);
	assert_int_equal(find_with(&alone, "k").size_bytes, 8);
	assert_int_equal(find_with(&other, "o_priv").size_bytes, 4);
	assert_true(find_with(&other, "o_priv").was_cached);
	/* a base beside raw BTF is part of it */
	tick();
	write_kernel("extra.base.btf", 4);
	assert_false(find_with(&opts, "a_priv").was_cached);
	assert_true(find("a_priv").was_cached);
}

/* From another directory the same files are asked for, or others by the same words. */
static void test_other_directory(void **state)
{
	const struct kbtf_show_opts same = { .root = "../root" };
	const struct kbtf_show_opts by_name = { .base = "k.btf" };

	(void)state;
	assert_new("a_priv", 8);
	write_kernel("k.btf", 4);
	make_dir("other");
	write_kernel("other/k.btf", 8);
	assert_int_equal(find_with(&by_name, "k").size_bytes, 4);
	assert_int_equal(chdir("other"), 0);
	assert_true(find_with(&same, "a_priv").was_cached);
	assert_int_equal(find_with(&same, "a_priv").size_bytes, 8);
	assert_int_equal(find_with(&by_name, "k").size_bytes, 8);
	assert_true(find_with(&by_name, "k").was_cached);
	assert_int_equal(chdir(".."), 0);
	assert_true(find_with(&by_name, "k").was_cached);
	assert_int_equal(find_with(&by_name, "k").size_bytes, 4);
}

/* A module that refers to nothing but itself: its ids are not the kernel's. */
static int take_member(void *ctx, const struct kbtf_show_match *match)
{
	const struct kbtf_type *t = kbtf_type(match->btf, match->type_id);

	strcpy(ctx, kbtf_name(match->btf, kbtf_members(t)->type));
	return 0;
}

static void test_standalone(void **state)
{
	const char *const modules[] = { "alone.ko" };
	const struct kbtf_show_opts opts = { .root = "root", .modules = modules, .nr_modules = 1 };
	struct kbtf_show *show;
	struct kbtf_diag diag;
	char name[16] = "";
	void *bytes;
	size_t size;
	int i;

	(void)state;
	bytes = typetext_bytes("struct alone 8 (x 2 0); int own 8 1", 0, false, &size);
	write_bytes("alone.ko", bytes, size);
	free(bytes);
	for (i = 0; i < 2; i++) { /* without a cache, and with one */
		assert_ok(kbtf_show_new(&opts, &show, &diag), &diag);
		assert_int_equal(show->is_cached, i);
		assert_ok(kbtf_show_find(show, "alone", take_member, name, &diag), &diag);
		assert_string_equal(name, "own");
		kbtf_show_free(show);
	}
}

static void test_flags(void **state)
{
	struct kbtf_show_opts opts = { .root = "root", .flags = KBTF_SHOW_ONLY_CACHE };
	struct kbtf_show *show;
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_show_new(&opts, &show, &diag), -ENOENT);
	opts.flags = KBTF_SHOW_NO_CACHE;
	assert_false(find_with(&opts, "k").was_cached);
	assert_false(find("k").was_cached); /* and none was written */
	assert_false(find_with(&opts, "k").was_cached);
	opts.flags = KBTF_SHOW_ONLY_CACHE;
	assert_true(find_with(&opts, "k").was_cached);
	opts.base = "vmlinux";
	assert_int_equal(kbtf_show_new(&opts, &show, &diag), -EINVAL);
	assert_diag(&diag, "--base excludes --kernel and --root [call]");
}

/* ---- The file itself -------------------------------------------------- */

static unsigned int find_files(char *ret_path)
{
	DIR *dir = opendir(".cache/kbtf/show");
	struct dirent *entry;
	unsigned int nr = 0;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			sprintf(ret_path, ".cache/kbtf/show/%s", entry->d_name);
			nr++;
		}
	if (dir)
		closedir(dir);
	return nr;
}

/* Whatever byte of it is not as it was: the answer is right. */
static void test_damaged(void **state)
{
	char path[300];
	struct stat st;
	off_t at;

	(void)state;
	assert_new("a_priv", 8);
	assert_int_equal(find_files(path), 1);
	assert_int_equal(stat(path, &st), 0);
	for (at = 0; at < st.st_size; at += 3) {
		int fd = open(path, O_RDWR);
		uint8_t byte;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 0xff;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
		assert_int_equal(find("a_priv").size_bytes, 8);
		assert_int_equal(find("k").size_bytes, 8);
		assert_int_equal(find("nosuch").size_bytes, 0);
		/* what was noticed was written anew; what was not is undone */
		fd = open(path, O_RDWR);
		byte ^= 0xff;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
	}
	for (at = st.st_size - 1; at > 0; at -= 1 + at / 16) {
		assert_int_equal(truncate(path, at), 0);
		assert_int_equal(find("b_priv").size_bytes, 8);
		assert_true(find("b_priv").was_cached);
	}
}

static void test_not_a_file(void **state)
{
	char path[300];

	(void)state;
	assert_new("a_priv", 8);
	assert_int_equal(find_files(path), 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_int_equal(find("a_priv").size_bytes, 8);
	(void)unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_non_null(strstr(last_note, ": something else is there [cache]"));
}

static void test_directory(void **state)
{
	struct stat st;
	char path[300];

	(void)state;
	assert_new("a_priv", 8);
	assert_int_equal(stat(".cache/kbtf/show", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	/* others may have been at it */
	assert_int_equal(chmod(".cache/kbtf/show", 0770), 0);
	assert_false(find("a_priv").was_cached);
	assert_non_null(strstr(last_note, "is not used: it is not a directory of this user alone"));
	assert_int_equal(chmod(".cache/kbtf/show", 0700), 0);
	assert_true(find("a_priv").was_cached);
	/* a link may lead to where others write */
	assert_int_equal(rename(".cache/kbtf/show", ".cache/real"), 0);
	assert_int_equal(symlink("../real", ".cache/kbtf/show"), 0);
	assert_false(find("a_priv").was_cached);
	assert_int_equal(unlink(".cache/kbtf/show"), 0);
	write_bytes(".cache/kbtf/show", "", 0);
	assert_int_equal(find("a_priv").size_bytes, 8);
	/* nowhere to keep it */
	unsetenv("HOME");
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_string_equal(last_note, "neither XDG_CACHE_HOME nor HOME is set [cache]");
	snprintf(path, sizeof(path), "%s/cache", folder);
	setenv("XDG_CACHE_HOME", path, 1);
	assert_new("a_priv", 8);
	assert_int_equal(access("cache/kbtf/show", F_OK), 0);
}

/* Those that were used last are kept, and left-over temporary files are not. */
static void test_tidy(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	char names[6][16], path[300];
	struct kbtf_show_opts opts = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		snprintf(names[i], sizeof(names[i]), "k%u.btf", i);
		write_kernel(names[i], 4 + i);
	}
	opts.base = names[0];
	find_with(&opts, "k");
	write_bytes(".cache/kbtf/show/.x.show.kbtf-abcdef", "", 0);
	assert_int_equal(utimensat(AT_FDCWD, ".cache/kbtf/show/.x.show.kbtf-abcdef", old, 0), 0);
	for (i = 1; i < 6; i++) {
		opts.base = names[i];
		tick();
		assert_int_equal(find_with(&opts, "k").size_bytes, 4 + i);
	}
	assert_int_equal(find_files(path), 4);
	assert_int_not_equal(access(".cache/kbtf/show/.x.show.kbtf-abcdef", F_OK), 0);
	for (i = 2; i < 6; i++) {
		opts.base = names[i];
		assert_true(find_with(&opts, "k").was_cached);
	}
	opts.base = names[1];
	assert_false(find_with(&opts, "k").was_cached);
}

/* Large ones go when there are too many bytes of them; those that were used last stay. */
static void test_tidy_bytes(void **state)
{
	const struct timespec older[2] = { { .tv_sec = 2000 }, { .tv_sec = 2000 } };
	const struct timespec old[2] = { { .tv_sec = 3000 }, { .tv_sec = 3000 } };
	const off_t most = 256 << 20;

	(void)state;
	make_dir(".cache");
	assert_int_equal(mkdir(".cache/kbtf", 0755), 0);
	assert_int_equal(mkdir(".cache/kbtf/show", 0700), 0);
	write_bytes(".cache/kbtf/show/1.show", "", 0);
	write_bytes(".cache/kbtf/show/2.show", "", 0);
	assert_int_equal(truncate(".cache/kbtf/show/1.show", most / 2), 0);
	assert_int_equal(truncate(".cache/kbtf/show/2.show", most / 2), 0);
	assert_int_equal(utimensat(AT_FDCWD, ".cache/kbtf/show/1.show", older, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, ".cache/kbtf/show/2.show", old, 0), 0);
	find("k");
	assert_int_not_equal(access(".cache/kbtf/show/1.show", F_OK), 0);
	assert_int_equal(access(".cache/kbtf/show/2.show", F_OK), 0);
	assert_true(find("k").was_cached);
}

/* ---- While it is made ------------------------------------------------- */

/* A source that has changed just now may change again without a trace. */
static void test_just_changed(void **state)
{
	(void)state;
	ahead = 0;
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_string_equal(last_note, "not kept: sources changed within the last seconds [cache]");
	assert_false(find("a_priv").was_cached);
	ahead = 1;
	assert_false(find("a_priv").was_cached);
	ahead = 10;
	assert_new("a_priv", 8);
}

/* What this build cannot read the next one may; what is nonsense stays so. */
static void test_left_out(void **state)
{
	static const uint8_t later[24] = { 0x9f, 0xeb, 99 };

	(void)state;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	write_bytes(MODULES "/updates/x.ko", "nonsense", 8);
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_true(find("a_priv").was_cached);
	assert_non_null(strstr(last_note, "updates/x.ko"));
	tick();
	write_bytes(MODULES "/updates/x.ko", later, sizeof(later));
	assert_int_equal(find("a_priv").size_bytes, 8);
	assert_false(find("a_priv").was_cached);
}

static void change_underway(void *ctx, size_t nr_done, size_t nr_modules)
{
	(void)ctx;
	(void)nr_modules;
	if (nr_done == 1)
		write_module(MODULES "/kernel/a.ko", "a_priv", 4);
}

static void test_changed_underway(void **state)
{
	struct kbtf_show_opts opts = { .root = "root", .progress = change_underway };

	(void)state;
	tick();
	assert_false(find_with(&opts, "b_priv").was_cached);
	assert_string_equal(last_note, "not kept: sources changed within the last seconds [cache]");
	assert_new("a_priv", 4);
}

static void test_settled(void **state)
{
	const uint64_t s = 1000000000;
	struct kbtf_stamp stamp = { .ctime_ns = 100 * s, .state = KBTF_SOURCE_THERE };

	(void)state;
	assert_false(kbtf_stamp_is_settled(&stamp, 99 * s));
	assert_false(kbtf_stamp_is_settled(&stamp, 100 * s));
	assert_false(kbtf_stamp_is_settled(&stamp, 102 * s));
	assert_true(kbtf_stamp_is_settled(&stamp, 102 * s + 1));
	stamp.mtime_ns = 200 * s; /* says nothing: anybody may set it */
	assert_true(kbtf_stamp_is_settled(&stamp, 102 * s + 1));
	stamp.state = KBTF_SOURCE_ABSENT;
	assert_true(kbtf_stamp_is_settled(&stamp, 0));
}

/* ---- Modules that are loaded ------------------------------------------ */

static struct kbtf_stamp stamp_of(const struct kbtf_live *live)
{
	struct kbtf_stamp stamp;

	kbtf_stamp(live->btf_dir, true, live, &stamp);
	return stamp;
}

static void assert_stamp_changed(const struct kbtf_live *live, struct kbtf_stamp *before)
{
	struct kbtf_stamp now = stamp_of(live);

	assert_false(kbtf_stamp_equal(before, &now));
	*before = stamp_of(live);
	assert_true(kbtf_stamp_equal(before, &now));
}

static void test_live_listing(void **state)
{
	const struct kbtf_live live = { .btf_dir = "live", .boot_id_path = "boot_id" };
	struct kbtf_stamp stamp = stamp_of(&live);

	(void)state;
	assert_int_equal(stamp.state, KBTF_SOURCE_ABSENT);
	make_dir("live");
	assert_stamp_changed(&live, &stamp);
	write_bytes("live/vmlinux", "", 0);
	assert_stamp_changed(&live, &stamp);
	write_bytes("live/a", "", 0);
	assert_stamp_changed(&live, &stamp);
	/* loaded again */
	write_bytes("live/new", "", 0);
	assert_int_equal(rename("live/new", "live/a"), 0);
	assert_stamp_changed(&live, &stamp);
	write_bytes("boot_id", "1", 1);
	assert_stamp_changed(&live, &stamp);
	write_bytes("boot_id", "2", 1);
	assert_stamp_changed(&live, &stamp);
}

/* What a collection has of a module. */
static const struct kbtf_collected *item_of(const struct kbtf_collection *all, const char *name)
{
	size_t i;

	for (i = 0; i < all->nr && strcmp(all->items[i].name, name); i++)
		;
	assert_true(i < all->nr);
	return &all->items[i];
}

/*
 * Loaded modules stand in for their files, and where they are others than their files, files
 * of modules that are not loaded are not believed; those asked for are.
 */
static void test_live_modules(void **state)
{
	const char *const modules[] = { "asked.ko" };
	const struct kbtf_show_opts opts = {
		.root = "root", .nr_threads = 1, .modules = modules, .nr_modules = 1
	};
	const struct kbtf_live live = { .btf_dir = "live", .boot_id_path = "boot_id" };
	struct kbtf_show_sources sources;
	struct kbtf_collection all;
	struct kbtf_diag diag;
	int same;

	(void)state;
	make_dir("live");
	write_module("asked.ko", "asked", 8);
	for (same = 1; same >= 0; same--) {
		write_module("live/a", "a_priv", same ? 8 : 4);
		assert_ok(kbtf_sources_init(&sources, &opts, &live, &diag), &diag);
		sources.has_live = true;
		assert_ok(kbtf_sources_list(&sources, &opts, &diag), &diag);
		assert_ok(kbtf_collect(&sources, &opts, &all, &diag), &diag);
		assert_int_equal(all.nr, 4);
		assert_string_equal(item_of(&all, "a")->path, "live/a");
		assert_non_null(item_of(&all, "a")->bytes);
		assert_non_null(item_of(&all, "asked")->bytes);
		assert_true(!item_of(&all, "b_b")->bytes == !same);
		kbtf_collection_deinit(&all);
		kbtf_sources_deinit(&sources);
	}
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		test(test_nothing_changes),
		test(test_rewritten_in_place),
		test(test_replaced),
		test(test_added_and_removed),
		test(test_other_kernel),
		test(test_other_requests),
		test(test_standalone),
		test(test_other_directory),
		test(test_flags),
		test(test_damaged),
		test(test_not_a_file),
		test(test_directory),
		test(test_tidy),
		test(test_tidy_bytes),
		test(test_just_changed),
		test(test_left_out),
		test(test_changed_underway),
		test(test_settled),
		test(test_live_listing),
		test(test_live_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
