// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What is asked for in; out come the files that have it, and whatever else decides which
 * files those are: directories, and places where a kernel's BTF might come to be. Each is
 * stamped with how it is now. While all stamps stay as they are, so does what is read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "fail.h"
#include "hash.h"
#include "plan.h"
#include "show.h"

const struct kbtf_live kbtf_live_kernel = {
	.btf_dir = "/sys/kernel/btf",
	.boot_id_path = "/proc/sys/kernel/random/boot_id",
};

/* The coarsest time stamps are those of FAT: two seconds. */
#define SETTLED_AFTER_NS (UINT64_C(2) * 1000000000)

/* ---- Stamps ----------------------------------------------------------- */

static uint64_t ns_of(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

static uint64_t hash_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[256];
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	return n > 0 ? XXH3_64bits(bytes, (size_t)n) : 0;
}

/*
 * Files of /sys get their times when somebody looks at them first, but in one boot no
 * two of them have the same inode number, and none changes. So the listing says it all.
 */
static void stamp_listing(const struct kbtf_live *live, struct kbtf_stamp *ret)
{
	DIR *dir = opendir(live->btf_dir);
	struct dirent *entry;

	if (!dir)
		return;
	ret->state = KBTF_SOURCE_LISTING;
	ret->ino = hash_file(live->boot_id_path);
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		ret->size++;
		ret->ino +=
			XXH3_64bits_withSeed(entry->d_name, strlen(entry->d_name), entry->d_ino);
	}
	closedir(dir);
}

void kbtf_stamp(const char *path, bool is_listing, const struct kbtf_live *live,
		struct kbtf_stamp *ret)
{
	struct stat st;

	memset(ret, 0, sizeof(*ret));
	if (is_listing) {
		stamp_listing(live, ret);
	} else if (!stat(path, &st)) {
		ret->state = KBTF_SOURCE_THERE;
		ret->size = (uint64_t)st.st_size;
		ret->mtime_ns = ns_of(&st.st_mtim);
		ret->ctime_ns = ns_of(&st.st_ctim);
		ret->ino = st.st_ino;
	}
}

bool kbtf_stamp_equal(const struct kbtf_stamp *a, const struct kbtf_stamp *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
	       a->ino == b->ino && a->state == b->state;
}

/* The time of change: unlike that of modification, nobody can set it back. */
bool kbtf_stamp_is_settled(const struct kbtf_stamp *stamp, uint64_t looked_ns)
{
	return stamp->state != KBTF_SOURCE_THERE ||
	       (stamp->ctime_ns < looked_ns && looked_ns - stamp->ctime_ns > SETTLED_AFTER_NS);
}

/* ---- Listing ---------------------------------------------------------- */

static void clear(struct kbtf_show_sources *s)
{
	while (s->nr)
		free(s->list[--s->nr].path);
}

/* The path is copied. */
static struct kbtf_show_source *add(struct kbtf_show_sources *s, const char *path)
{
	struct kbtf_show_source *source, *more;
	size_t room;

	if (s->nr == s->room) {
		room = s->room ? s->room * 2 : 256;
		more = kbtf_realloc_array(s->list, room, sizeof(*more));
		if (!more)
			return NULL;
		s->list = more;
		s->room = room;
	}
	source = &s->list[s->nr];
	memset(source, 0, sizeof(*source));
	source->path = strdup(path);
	if (!source->path)
		return NULL;
	s->nr++;
	return source;
}

static int add_stamped(struct kbtf_show_sources *s, const char *path, bool is_module)
{
	struct kbtf_show_source *source = add(s, path);

	if (!source)
		return -ENOMEM;
	source->is_module = is_module;
	kbtf_stamp(path, false, NULL, &source->stamp);
	return 0;
}

static int add_listing(struct kbtf_show_sources *s, const char *path, bool is_asked,
		       struct kbtf_diag *reterr)
{
	struct kbtf_paths paths;
	char *companion;
	size_t i;
	int err;

	err = kbtf_paths_list(path, KBTF_LIST_DIRECTORIES, &paths, reterr);
	if (err)
		return err;
	for (i = 0; i < paths.nr && !err; i++) {
		bool is_dir = paths.paths[i][strlen(paths.paths[i]) - 1] == '/';

		err = add_stamped(s, paths.paths[i], !is_dir);
		if (!err)
			s->list[s->nr - 1].is_asked = is_asked;
		/* Raw BTF is read on the base that lies beside it. */
		companion = !err && is_asked && !is_dir
				    ? kbtf_plan_raw_name(paths.paths[i], ".base.btf")
				    : NULL;
		if (companion)
			err = add_stamped(s, companion, false);
		else if (is_asked && !is_dir)
			err = -ENOMEM;
		free(companion);
	}
	kbtf_paths_deinit(&paths);
	return err ? kbtf_fail_nomem(reterr) : 0;
}

/* Where the BTF of a release may come to be, but for /sys, whose listing is a source. */
static int add_places(struct kbtf_show_sources *s, struct kbtf_diag *reterr)
{
	struct kbtf_paths places;
	size_t i;
	int err;

	err = kbtf_kernel_places(s->kernel.root, s->kernel.release, &places, reterr);
	if (err)
		return err;
	for (i = 0; i < places.nr && !err; i++)
		if (strncmp(places.paths[i], "/sys/", 5))
			err = add_stamped(s, places.paths[i], false);
	kbtf_paths_deinit(&places);
	return err ? kbtf_fail_nomem(reterr) : 0;
}

/* The directories that might come to be the modules' are there, or their parents are. */
static int add_installed(struct kbtf_show_sources *s, struct kbtf_diag *reterr)
{
	static const char *const parents[] = { "/lib/modules", "/usr/lib/modules" };
	const char *root = s->kernel.root ? s->kernel.root : "";
	char path[PATH_MAX], *dir;
	size_t i;
	int err;

	for (i = 0; i < sizeof(parents) / sizeof(*parents); i++) {
		int len = snprintf(path, sizeof(path), "%s%s/%s", root, parents[i],
				   s->kernel.release);

		if (len < (int)sizeof(path) && add_stamped(s, path, false))
			return kbtf_fail_nomem(reterr);
	}
	err = kbtf_kernel_module_dir(s->kernel.root, s->kernel.release, &dir, reterr);
	if (err)
		return err == -ENOENT ? 0 : err; /* a kernel without modules */
	err = add_listing(s, dir, false, reterr);
	free(dir);
	return err;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct kbtf_show_source *)a)->path,
		      ((const struct kbtf_show_source *)b)->path);
}

static int add_live(struct kbtf_show_sources *s, struct kbtf_diag *reterr)
{
	struct kbtf_show_source *source = add(s, s->live.btf_dir);
	size_t first = s->nr;
	struct dirent *entry;
	char path[PATH_MAX];
	int err = 0;
	DIR *dir;

	if (!source)
		return kbtf_fail_nomem(reterr);
	kbtf_stamp(source->path, true, &s->live, &source->stamp);
	dir = opendir(s->live.btf_dir);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		if (*entry->d_name == '.' || !strcmp(entry->d_name, "vmlinux"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", s->live.btf_dir, entry->d_name);
		source = add(s, path);
		if (!source)
			err = kbtf_fail_nomem(reterr);
		else
			source->is_module = source->is_live = true;
	}
	closedir(dir);
	if (s->nr > first)
		qsort(s->list + first, s->nr - first, sizeof(*s->list), compare_names);
	return err;
}

int kbtf_sources_list(struct kbtf_show_sources *s, const struct kbtf_show_opts *opts,
		      struct kbtf_diag *reterr)
{
	struct timespec now;
	int err = 0;
	size_t i;

	clear(s);
	clock_gettime(CLOCK_REALTIME, &now);
	s->looked_ns = ns_of(&now);
	if (!s->kernel.release) {
		if (add_stamped(s, s->kernel.name, false))
			err = kbtf_fail_nomem(reterr);
	} else {
		err = add_places(s, reterr);
		if (!err)
			err = add_installed(s, reterr);
		if (!err && s->has_live)
			err = add_live(s, reterr);
	}
	for (i = 0; i < opts->nr_modules && !err; i++)
		err = add_listing(s, opts->modules[i], true, reterr);
	return err;
}

/* ---- The request ------------------------------------------------------ */

static int append(struct kbtf_buf *text, const char *what, const char *path)
{
	char real[PATH_MAX];
	const char *shown = realpath(path, real) ? real : path;
	int err = kbtf_buf_append(text, what, strlen(what));

	return err ? err : kbtf_buf_append(text, shown, strlen(shown));
}

/* All that may make two calls read different things. */
static int make_request(struct kbtf_show_sources *s, const struct kbtf_show_opts *opts,
			struct kbtf_diag *reterr)
{
	struct kbtf_buf text = { 0 };
	int err;
	size_t i;

	if (s->kernel.release) {
		err = append(&text, "root ", s->kernel.root ? s->kernel.root : "/");
		if (!err)
			err = kbtf_buf_append(&text, s->has_live ? " live " : " kernel ",
					      s->has_live ? 6 : 8);
		if (!err)
			err = kbtf_buf_append(&text, s->kernel.release, strlen(s->kernel.release));
	} else {
		err = append(&text, "base ", s->kernel.name);
	}
	for (i = 0; i < opts->nr_modules && !err; i++)
		err = append(&text, "\nmodule ", opts->modules[i]);
	if (!err)
		err = kbtf_buf_append(&text, "", 1);
	if (err) {
		kbtf_buf_deinit(&text);
		return kbtf_fail_nomem(reterr);
	}
	s->request = kbtf_buf_steal(&text, NULL);
	return 0;
}

static bool is_running(const struct kbtf_kernel *kernel)
{
	struct utsname names;

	return kernel->release && (!kernel->root || !strcmp(kernel->root, "/")) && !uname(&names) &&
	       !strcmp(names.release, kernel->release);
}

int kbtf_sources_init(struct kbtf_show_sources *s, const struct kbtf_show_opts *opts,
		      const struct kbtf_live *live, struct kbtf_diag *reterr)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->live = *live;
	if (opts->base && (opts->kernel || opts->root))
		return kbtf_fail(reterr, -EINVAL, "call", "--base excludes --kernel and --root");
	err = kbtf_kernel_init(&s->kernel, opts->base, opts->kernel, opts->root, reterr);
	if (err)
		return err;
	s->has_live = is_running(&s->kernel) && !access(live->btf_dir, R_OK);
	err = make_request(s, opts, reterr);
	if (err)
		kbtf_sources_deinit(s);
	return err;
}

void kbtf_sources_deinit(struct kbtf_show_sources *s)
{
	clear(s);
	free(s->list);
	free(s->request);
	kbtf_kernel_deinit(&s->kernel);
	memset(s, 0, sizeof(*s));
}
