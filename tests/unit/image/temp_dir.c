// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temp_dir.h"

int temp_dir_setup(void **state)
{
	char *dir = strdup("/tmp/kbtf-test-XXXXXX"), *real;

	if (!mkdtemp(dir) || chdir(dir))
		return -1;
	real = realpath(dir, NULL);
	free(dir);
	*state = real;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int temp_dir_teardown(void **state)
{
	int err = chdir("/") || nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return err;
}

void make_file(const char *path, const void *bytes, size_t size)
{
	char *copy = strdup(path), *slash;
	FILE *f;

	for (slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	free(copy);
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f))
		abort();
}

char *slurp(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "r");
	char *bytes;
	size_t size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = (size_t)ftell(f);
	rewind(f);
	bytes = calloc(1, size + 1);
	if (!bytes || fread(bytes, 1, size, f) != size)
		abort();
	fclose(f);
	if (ret_size)
		*ret_size = size;
	return bytes;
}

size_t nr_names(const char *dir)
{
	DIR *d = opendir(dir);
	size_t nr = 0;

	while (d && readdir(d))
		nr++;
	if (d)
		closedir(d);
	return nr - 2; /* . and .. */
}
