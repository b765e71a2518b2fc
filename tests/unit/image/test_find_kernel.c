// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Installed kernels and their modules, in trees made here. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "image_test.h"
#include "temp_dir.h"

static void make_btf_file(const char *path)
{
	make_file(path, tiny_btf(false), TINY_BTF_SIZE);
}

static void assert_kernel(const char *root, const char *path)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file = NULL;
	char line[700] = "";

	if (kbtf_kernel_open(root, "6.1.0-9", &file, &diag))
		kbtf_diag_format(&diag, line, sizeof(line));
	assert_string_equal(line, "");
	assert_string_equal(kbtf_file_label(file), path);
	kbtf_file_free(file);
}

static void test_order(void **state)
{
	/* from the last that is tried to the first */
	static const char *const paths[] = {
		"root/boot/kernel-6.1.0-9",
		"root/boot/image-6.1.0-9",
		"root/boot/Image-6.1.0-9",
		"root/lib/modules/6.1.0-9/vmlinuz",
		"root/boot/vmlinuz-6.1.0-9",
		"root/usr/lib/debug/lib/modules/6.1.0-9/vmlinux",
		"root/usr/lib/debug/boot/vmlinux-6.1.0-9.debug",
		"root/usr/lib/debug/boot/vmlinux-6.1.0-9",
		"root/lib/modules/6.1.0-9/kernel/vmlinux",
		"root/lib/modules/6.1.0-9/vmlinux-6.1.0-9",
		"root/lib/modules/6.1.0-9/build/vmlinux",
		"root/lib/modules/6.1.0-9/vmlinux",
		"root/boot/vmlinux-6.1.0-9",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		make_btf_file(paths[i]);
		assert_kernel("root", paths[i]);
	}
}

/* The first of the places that is there is the one that is opened. */
static void test_places(void **state)
{
	struct kbtf_paths places;
	struct kbtf_diag diag;
	size_t i;

	(void)state;
	make_file("root/usr/lib/modules/6.1.0-9/a.ko", "", 0);
	assert_int_equal(kbtf_kernel_places("root", "6.1.0-9", &places, NULL), 0);
	assert_string_equal(places.paths[0], "root/boot/vmlinux-6.1.0-9");
	assert_true(places.nr > 13); /* in both directories of modules */
	/* all of /lib/modules come before all of /usr/lib/modules, which is looked into
	 * only as long as there is no directory of the other name */
	for (i = places.nr; i--;) {
		if (strstr(places.paths[i], "root/lib/modules"))
			continue;
		make_btf_file(places.paths[i]);
		if (strstr(places.paths[i], "root/usr/lib/modules"))
			assert_kernel("root", places.paths[i]);
	}
	assert_kernel("root", places.paths[0]);
	kbtf_paths_deinit(&places);
	assert_int_equal(kbtf_kernel_places(NULL, "a/b", &places, &diag), -EINVAL);
	assert_diag(&diag, -EINVAL, "\"a/b\" is no kernel release [kernel-release]");
}

/* What is there but has no BTF is passed over, and told if nothing has. */
static void test_none(void **state)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(mkdir("root", 0755), 0);
	assert_int_equal(kbtf_kernel_open("root", "6.1.0-9", &file, &diag), -ENOENT);
	assert_diag(
		&diag, -ENOENT,
		"no BTF of kernel 6.1.0-9 under root: tried /boot/vmlinux-R, M/vmlinux, "
		"M/build/vmlinux, M/vmlinux-R, M/kernel/vmlinux, /usr/lib/debug/boot/vmlinux-R, "
		"/usr/lib/debug/boot/vmlinux-R.debug, /usr/lib/debug/lib/modules/R/vmlinux, "
		"/boot/vmlinuz-R, M/vmlinuz, /boot/Image-R, /boot/image-R, /boot/kernel-R "
		"(R: 6.1.0-9, M: /lib/modules/R, not there) [no-kernel]");
	make_file("root/boot/vmlinux-6.1.0-9", "no kernel at all", 16);
	assert_int_equal(kbtf_kernel_open("root", "6.1.0-9", &file, &diag), -ENOENT);
	assert_non_null(strstr(
		diag.text, "no BTF of kernel 6.1.0-9 under root; root/boot/vmlinux-6.1.0-9: not "
			   "BTF, ELF, a kernel image or any of them compressed [file-kind]: tried "
			   "/boot/vmlinux-R, M/vmlinux"));
	assert_null(file);
	make_btf_file("root/boot/vmlinuz-6.1.0-9");
	assert_kernel("root", "root/boot/vmlinuz-6.1.0-9");
	assert_int_equal(kbtf_kernel_open("root", "../6.1", &file, &diag), -EINVAL);
	assert_diag(&diag, -EINVAL, "\"../6.1\" is no kernel release [kernel-release]");
	if (stat("/sys/kernel/btf/vmlinux", &st))
		print_message("no /sys/kernel/btf/vmlinux: the running kernel was not tried\n");
}

static void test_running(void **state)
{
	struct kbtf_file *file = NULL;
	struct utsname name;
	const void *btf;
	size_t size;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK) || uname(&name)) {
		print_message("skipped: no /sys/kernel/btf/vmlinux\n");
		skip();
	}
	assert_int_equal(kbtf_kernel_open(NULL, name.release, &file, NULL), 0);
	assert_string_equal(kbtf_file_label(file), "/sys/kernel/btf/vmlinux");
	assert_int_equal(kbtf_file_btf(file, &btf, &size, NULL), 0);
	assert_true(size > 100000);
	kbtf_file_free(file);
}

/* A link of the tree that leads to the system outside is not followed. */
static void test_link_out_of_root(void **state)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file = NULL;
	char target[200];

	(void)state;
	make_btf_file("outside/vmlinux");
	make_file("root/boot/config-6.1.0-9", "", 0);
	snprintf(target, sizeof(target), "%s/outside/vmlinux", (char *)*state);
	assert_int_equal(symlink(target, "root/boot/vmlinux-6.1.0-9"), 0);
	assert_int_equal(kbtf_kernel_open("root", "6.1.0-9", &file, &diag), -ENOENT);
	assert_non_null(strstr(diag.text, "no BTF of kernel 6.1.0-9 under root; "
					  "root/boot/vmlinux-6.1.0-9: leads out of root "
					  "[kernel-root]: tried "));
	make_btf_file("root/boot/inside");
	assert_int_equal(symlink("inside", "root/boot/vmlinuz-6.1.0-9"), 0);
	assert_kernel("root", "root/boot/vmlinuz-6.1.0-9");
}

static void test_module_dir(void **state)
{
	struct kbtf_diag diag;
	char *dir;

	(void)state;
	assert_int_equal(mkdir("root", 0755), 0);
	assert_int_equal(kbtf_kernel_module_dir("root", "6.1.0-9", &dir, &diag), -ENOENT);
	assert_diag(&diag, -ENOENT,
		    "no modules of kernel 6.1.0-9: there is neither root/lib/modules/6.1.0-9 nor "
		    "root/usr/lib/modules/6.1.0-9 [no-kernel]");
	make_file("root/usr/lib/modules/6.1.0-9/modules.dep", "", 0);
	assert_int_equal(kbtf_kernel_module_dir("root", "6.1.0-9", &dir, NULL), 0);
	assert_string_equal(dir, "root/usr/lib/modules/6.1.0-9");
	free(dir);
	make_file("root/lib/modules/6.1.0-9/modules.dep", "", 0);
	assert_int_equal(kbtf_kernel_module_dir("root", "6.1.0-9", &dir, NULL), 0);
	assert_string_equal(dir, "root/lib/modules/6.1.0-9");
	free(dir);
}

/* ---- Listing ---------------------------------------------------------- */

static void assert_paths(const char *dir, unsigned int flags, const char *const *want, size_t nr)
{
	struct kbtf_paths paths;
	size_t i;

	assert_int_equal(kbtf_paths_list(dir, flags, &paths, NULL), 0);
	for (i = 0; i < nr && i < paths.nr; i++)
		assert_string_equal(paths.paths[i], want[i]);
	assert_int_equal(paths.nr, nr);
	kbtf_paths_deinit(&paths);
}

static void test_list(void **state)
{
	static const char *const modules[] = { "m/a-b.ko", "m/a.ko.xz", "m/a/z.ko.zst",
					       "m/b/c/d.ko.gz" };
	static const char *const linked[] = { "m/a-b.ko", "m/a.ko.xz", "m/a/z.ko.zst",
					      "m/b/c/d.ko.gz", "m/weak/a.ko" };
	static const char *const all[] = { "m/a-b.ko",	    "m/a.ko.xz",     "m/a/z.ko.zst",
					   "m/b/c/d.ko.gz", "m/modules.dep", "m/x.ko.orig" };
	struct kbtf_diag diag;
	struct kbtf_paths paths;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		make_file(all[i], "", 0);
	make_file("m/.a.ko.kbtf-abcdef", "", 0);
	make_file("m/weak/dir/x", "", 0);
	assert_int_equal(unlink("m/weak/dir/x"), 0);
	assert_int_equal(symlink("../a-b.ko", "m/weak/a.ko"), 0);
	assert_int_equal(symlink("nowhere.ko", "m/weak/dangling.ko"), 0);
	assert_int_equal(symlink("..", "m/weak/loop"), 0);
	assert_int_equal(symlink("../../m", "m/b/loop.ko"), 0);
	assert_paths("m", 0, modules, 4);
	assert_paths("m", KBTF_LIST_LINKS, linked, 5);
	assert_paths("m", KBTF_LIST_ALL_FILES, all, 6);
	assert_paths("m/a.ko.xz", 0, (const char *[]){ "m/a.ko.xz" }, 1);
	assert_paths("m/modules.dep", 0, (const char *[]){ "m/modules.dep" }, 1);
	assert_paths("m/b/", 0, (const char *[]){ "m/b/c/d.ko.gz" }, 1);
	assert_paths("m/weak/dir", 0, NULL, 0);
	assert_paths("m/b", KBTF_LIST_DIRECTORIES,
		     (const char *[]){ "m/b/", "m/b/c/", "m/b/c/d.ko.gz" }, 3);
	assert_paths("m/weak/", KBTF_LIST_DIRECTORIES, (const char *[]){ "m/weak/", "m/weak/dir/" },
		     2);
	assert_paths("m/a.ko.xz", KBTF_LIST_DIRECTORIES, (const char *[]){ "m/a.ko.xz" }, 1);
	assert_int_equal(kbtf_paths_list("none", 0, &paths, &diag), -ENOENT);
	assert_diag(&diag, -ENOENT, "none: cannot open: No such file or directory [file-read]");
}

static void test_deep(void **state)
{
	struct kbtf_paths paths;
	struct kbtf_diag diag;
	char path[300] = "d";
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		strcat(path, "/d");
	strcat(path, "/a.ko");
	make_file(path, "", 0);
	assert_int_equal(kbtf_paths_list("d", 0, &paths, &diag), -ELOOP);
	assert_diag(&diag, -ELOOP, "more than 64 directories deep [file-depth]");
	assert_int_equal(kbtf_paths_list("d/d", 0, &paths, NULL), 0);
	assert_int_equal(paths.nr, 1);
	kbtf_paths_deinit(&paths);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_places),
		TEST(test_none),
		TEST(test_running),
		TEST(test_link_out_of_root),
		TEST(test_module_dir),
		TEST(test_list),
		TEST(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
