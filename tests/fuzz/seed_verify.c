// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The corpus of fuzz_verify: grown BTF, some of it mutated, for each profile and
 * version. Usage: seed_verify NAME FOLDER
 */
#include <stdio.h>
#include <stdlib.h>

#include "mutants.h"

#define PER_CHOICE 24

static int write_seed(const char *folder, unsigned int choice, uint64_t seed)
{
	static struct mutant m;
	char path[4096];
	uint8_t *bytes;
	size_t size;
	FILE *file;
	int err;

	mutant_grow(&m, seed);
	if (seed % 3 == 0)
		mutant_mutate(&m);
	bytes = mutant_bytes(&m, &size);
	snprintf(path, sizeof(path), "%s/%02x-%llu", folder, choice, (unsigned long long)seed);
	file = fopen(path, "wb");
	if (!bytes || !file) {
		perror(path);
		return 1;
	}
	fputc((int)choice, file);
	if (choice & 0x40) { /* no .BTF.base */
		fputc(0, file);
		fputc(0, file);
	}
	fwrite(bytes, 1, size, file);
	free(bytes);
	err = ferror(file);
	return fclose(file) || err;
}

int main(int argc, char **argv)
{
	unsigned int choice;
	uint64_t seed;
	int err = argc != 3;

	for (choice = 0; choice < 12 && !err; choice++)
		for (seed = 1; seed <= PER_CHOICE && !err; seed++)
			err = write_seed(argv[2], choice | (seed % 4 ? 0 : 0x80), seed);
	return err;
}
