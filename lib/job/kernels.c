// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which kernels a directory holds, in BTFHub's layout or as they are installed. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "fail.h"
#include "kernels.h"

#define MAX_DEPTH 32u

struct search {
	struct kbtf_buf found; /* struct kbtf_found_kernel */
	size_t top_len;	       /* of the path of the directory, with a slash behind it */
	struct kbtf_diag *reterr;
};

static char *join(const char *dir, const char *name)
{
	size_t len = strlen(dir), name_len = strlen(name);
	char *path = malloc(len + name_len + 2);

	if (!path)
		return NULL;
	memcpy(path, dir, len);
	if (len && path[len - 1] != '/')
		path[len++] = '/';
	memcpy(path + len, name, name_len + 1);
	return path;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static void kernel_deinit(struct kbtf_found_kernel *kernel)
{
	free(kernel->file);
	free(kernel->root);
	free(kernel->release);
	free(kernel->name);
}

/* Takes the strings of kernel, one of which is NULL where there was no memory for it. */
static int add_kernel(struct search *s, struct kbtf_found_kernel *kernel, bool complete)
{
	if (complete && kernel->name && !kbtf_buf_append(&s->found, kernel, sizeof(*kernel)))
		return 0;
	kernel_deinit(kernel);
	return kbtf_fail_nomem(s->reterr);
}

/* Length of a file's name without what tells its form; 0 where it is not one of BTF. */
static size_t stem_length(const char *name)
{
	static const char *const endings[] = { ".btf.tar.xz", ".btf.tar.gz", ".btf.tar", ".btf.xz",
					       ".btf.gz",     ".btf.zst",    ".btf" };
	size_t len = strlen(name), i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end_len = strlen(endings[i]);

		if (len > end_len && !strcmp(name + len - end_len, endings[i]))
			return len - end_len;
	}
	return 0;
}

static int add_btf_file(struct search *s, const char *path)
{
	struct kbtf_found_kernel kernel = { .file = strdup(path) };
	size_t len = stem_length(path);

	kernel.name = strndup(path + s->top_len, len - s->top_len);
	return add_kernel(s, &kernel, kernel.file);
}

/* The names in a directory, sorted; "." and ".." and hidden ones left out. */
static int list_names(struct search *s, const char *path, char ***ret, size_t *ret_nr)
{
	DIR *dir = opendir(path);
	struct kbtf_buf names = { 0 };
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		err = -errno;
		kbtf_fail(s->reterr, err, "file-read", "cannot read the directory: %s",
			  strerror(-err));
		kbtf_diag_in(s->reterr, path);
		return err;
	}
	while (!err && (entry = readdir(dir))) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		name = strdup(entry->d_name);
		if (!name || kbtf_buf_append(&names, &name, sizeof(name))) {
			free(name);
			err = kbtf_fail_nomem(s->reterr);
		}
	}
	closedir(dir);
	*ret_nr = names.size / sizeof(char *);
	*ret = kbtf_buf_steal(&names, NULL);
	return err;
}

static void free_names(char **names, size_t nr)
{
	while (nr)
		free(names[--nr]);
	free(names);
}

/* Kernels whose modules are in a directory of releases below root. */
static int add_releases(struct search *s, const char *root, const char *modules)
{
	char **names = NULL;
	size_t nr = 0, i;
	int err = list_names(s, modules, &names, &nr);

	for (i = 0; i < nr && !err; i++) {
		struct kbtf_found_kernel kernel = { .root = strdup(root),
						    .release = strdup(names[i]) };
		const char *below = strlen(root) > s->top_len ? root + s->top_len : "";

		kernel.name = join(below, names[i]);
		err = add_kernel(s, &kernel, kernel.root && kernel.release);
	}
	free_names(names, nr);
	return err;
}

/* Whether kernels are installed under this directory; they are added then. */
static int try_root(struct search *s, const char *path, bool *ret_is_root)
{
	static const char *const places[] = { "lib/modules", "usr/lib/modules" };
	size_t i;
	int err = 0;

	*ret_is_root = false;
	for (i = 0; i < sizeof(places) / sizeof(*places) && !err && !*ret_is_root; i++) {
		char *modules = join(path, places[i]);

		if (!modules)
			return kbtf_fail_nomem(s->reterr);
		*ret_is_root = is_dir(modules);
		if (*ret_is_root)
			err = add_releases(s, path, modules);
		free(modules);
	}
	return err;
}

static int visit(struct search *s, const char *path, unsigned int depth)
{
	char **names = NULL;
	bool is_root;
	size_t nr = 0, i;
	int err;

	if (depth > MAX_DEPTH) {
		kbtf_fail(s->reterr, -ELOOP, "file-depth", "more than %u directories deep",
			  MAX_DEPTH);
		kbtf_diag_in(s->reterr, path);
		return -ELOOP;
	}
	err = try_root(s, path, &is_root);
	if (err || is_root)
		return err;
	err = list_names(s, path, &names, &nr);
	for (i = 0; i < nr && !err; i++) {
		char *below = join(path, names[i]);

		if (!below)
			err = kbtf_fail_nomem(s->reterr);
		else if (is_dir(below))
			err = visit(s, below, depth + 1);
		else if (stem_length(names[i]))
			err = add_btf_file(s, below);
		free(below);
	}
	free_names(names, nr);
	return err;
}

static int by_name(const void *a, const void *b)
{
	const struct kbtf_found_kernel *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int check_names(const struct kbtf_found_kernels *found, const char *dir,
		       struct kbtf_diag *reterr)
{
	size_t i;

	if (!found->nr)
		return kbtf_fail(reterr, -ENOENT, "no-kernel", "no kernel in %s", dir);
	for (i = 1; i < found->nr; i++)
		if (!strcmp(found->kernels[i - 1].name, found->kernels[i].name))
			return kbtf_fail(reterr, -EINVAL, "output-collision",
					 "%s holds %s more than once, in several forms", dir,
					 found->kernels[i].name);
	return 0;
}

int kbtf_kernels_find(const char *dir, struct kbtf_found_kernels *ret, struct kbtf_diag *reterr)
{
	struct search s = { .reterr = reterr };
	size_t size;
	char *top = join(dir, "");
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!top)
		return kbtf_fail_nomem(reterr);
	s.top_len = strlen(top);
	err = visit(&s, top, 0);
	free(top);
	ret->kernels = kbtf_buf_steal(&s.found, &size);
	ret->nr = size / sizeof(*ret->kernels);
	if (ret->nr)
		qsort(ret->kernels, ret->nr, sizeof(*ret->kernels), by_name);
	if (!err)
		err = check_names(ret, dir, reterr);
	if (err)
		kbtf_kernels_deinit(ret);
	return err;
}

void kbtf_kernels_deinit(struct kbtf_found_kernels *kernels)
{
	while (kernels->nr)
		kernel_deinit(&kernels->kernels[--kernels->nr]);
	free(kernels->kernels);
	memset(kernels, 0, sizeof(*kernels));
}
