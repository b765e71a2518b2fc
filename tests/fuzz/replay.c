// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A main for a fuzz target where there is no libFuzzer: run the files named, and
 * those in the directories named, through it once.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "fuzz.h"

static unsigned int nr_runs;

static void run_file(const char *path, FILE *f)
{
	uint8_t *bytes = NULL;
	size_t size = 0, n;

	do {
		bytes = realloc(bytes, size + 65536);
		if (!bytes)
			abort();
		n = fread(bytes + size, 1, 65536, f);
		size += n;
	} while (n);
	bytes = realloc(bytes, size ? size : 1); /* sanitizers see its end */
	if (ferror(f) || !bytes) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	LLVMFuzzerTestOneInput(bytes, size);
	nr_runs++;
	free(bytes);
}

static void run_path(const char *path)
{
	struct dirent *entry;
	char *inside;
	DIR *dir = opendir(path);
	FILE *f;

	if (!dir) {
		f = fopen(path, "r");
		if (!f) {
			fprintf(stderr, "%s: %s\n", path, strerror(errno));
			exit(1);
		}
		run_file(path, f);
		fclose(f);
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&inside, "%s/%s", path, entry->d_name) < 0)
			abort();
		run_path(inside);
		free(inside);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("%u inputs\n", nr_runs);
	return nr_runs ? 0 : 1;
}
