// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The kernels a job works with: which, and their BTF opened once for all modules. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <kbtf/job.h>

#include "fail.h"
#include "kernel.h"

static bool is_whole_system(const char *root)
{
	return !root || !*root || !strcmp(root, "/");
}

static char *running_release(void)
{
	struct utsname names;

	return uname(&names) ? NULL : strdup(names.release);
}

/* Look for releases in one directory of modules: how many, the last one found, a list for a
 * message. */
static int find_releases(const char *root, const char *below, char **ret_only, char *all,
			 size_t all_size, unsigned int *nr)
{
	size_t size = strlen(root) + strlen(below) + 1;
	char *path = malloc(size);
	struct dirent *entry;
	DIR *dir;

	if (!path)
		return -ENOMEM;
	strcpy(path, root);
	strcat(path, below);
	dir = opendir(path);
	free(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (*nr)
			strncat(all, ", ", all_size - strlen(all) - 1);
		strncat(all, entry->d_name, all_size - strlen(all) - 1);
		free(*ret_only);
		*ret_only = strdup(entry->d_name);
		if (!*ret_only)
			break;
		++*nr;
	}
	closedir(dir);
	return *nr && !*ret_only ? -ENOMEM : 0;
}

/* The only release that is installed under root. */
static int only_release(const char *root, char **ret, struct kbtf_diag *reterr)
{
	char *only = NULL, all[256] = "";
	unsigned int nr = 0;
	int err = find_releases(root, "/lib/modules", &only, all, sizeof(all), &nr);

	if (!err && !nr)
		err = find_releases(root, "/usr/lib/modules", &only, all, sizeof(all), &nr);
	if (err)
		err = kbtf_fail_nomem(reterr);
	else if (!nr)
		err = kbtf_fail(reterr, -ENOENT, "no-kernel", "no kernel in %s/lib/modules", root);
	else if (nr > 1)
		err = kbtf_fail(reterr, -ENOENT, "several-kernels",
				"%u kernels in %s/lib/modules: which one of %s?", nr, root, all);
	if (err)
		free(only);
	else
		*ret = only;
	return err;
}

int kbtf_kernel_default(const char *root, char **ret, struct kbtf_diag *reterr)
{
	if (!is_whole_system(root))
		return only_release(root, ret, reterr);
	*ret = running_release();
	return *ret ? 0 : kbtf_fail_nomem(reterr);
}

int kbtf_kernel_init(struct kbtf_kernel *kernel, const char *file, const char *release,
		     const char *root, struct kbtf_diag *reterr)
{
	int err = 0;

	memset(kernel, 0, sizeof(*kernel));
	kernel->root = root;
	if (file || release)
		kernel->name = strdup(file ? file : release);
	else
		err = kbtf_kernel_default(root, &kernel->name, reterr);
	if (err)
		return err;
	if (!kernel->name)
		return kbtf_fail_nomem(reterr);
	if (!file)
		kernel->release = kernel->name;
	return 0;
}

void kbtf_kernel_deinit(struct kbtf_kernel *kernel)
{
	kbtf_target_free(kernel->target);
	kbtf_free(kernel->btf);
	kbtf_file_free(kernel->file);
	free(kernel->name);
	memset(kernel, 0, sizeof(*kernel));
}

int kbtf_kernel_load(struct kbtf_kernel *kernel, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .label = kernel->name };
	struct kbtf_file *file = NULL;
	const void *bytes;
	size_t size;
	int err;

	err = kernel->release ? kbtf_kernel_open(kernel->root, kernel->release, &file, reterr)
			      : kbtf_file_open_btf(kernel->name, &file, reterr);
	if (err)
		return err;
	err = kbtf_file_btf(file, &bytes, &size, reterr);
	if (err)
		goto out;
	if (kernel->trusts_chains)
		opts.flags = KBTF_OPEN_TRUST_CHAINS;
	/* Of a kernel image only its BTF is kept, which is a tenth of it. */
	if (kbtf_file_kind(file) == KBTF_FILE_BTF)
		opts.flags |= KBTF_OPEN_BORROW;
	err = kbtf_open(bytes, size, &opts, &kernel->btf, reterr);
	if (!err && opts.flags & KBTF_OPEN_BORROW) {
		kernel->file = file;
		file = NULL;
	}
out:
	kbtf_file_free(file);
	return err;
}

int kbtf_kernel_make_target(struct kbtf_kernel *kernel, struct kbtf_diag *reterr)
{
	if (kernel->target)
		return 0;
	return kbtf_target_new(kernel->btf, &kernel->target) ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_kernel_check_origin(const struct kbtf_kernel *kernel, const struct kbtf_file *module,
			     struct kbtf_diag *reterr)
{
	const char *vermagic;
	int len;

	if (!kernel->release)
		return 0;
	vermagic = kbtf_file_modinfo(module, "vermagic");
	if (!vermagic)
		return 0;
	len = (int)strcspn(vermagic, " ");
	if ((size_t)len == strlen(kernel->release) && !strncmp(vermagic, kernel->release, len))
		return 0;
	return kbtf_fail(reterr, -EINVAL, "other-kernel",
			 "built for kernel %.*s, but the base is that of kernel %s", len, vermagic,
			 kernel->release);
}
