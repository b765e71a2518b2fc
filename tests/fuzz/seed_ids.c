// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The corpus of fuzz_ids: each sort of ELF, before and after. Usage: seed_ids NAME FOLDER */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/job/ids_made.h"

int main(int argc, char **argv)
{
	unsigned int i;
	int err = argc != 3;

	for (i = 0; i < 16 && !err; i++) {
		struct made_elf elf = ids_made(&elf_sorts[i % 4], i & 4 ? ET_REL : ET_EXEC,
					       i & 8 ? ids_made_fresh : ids_made_resolved);
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%u", argv[2], i);
		file = fopen(path, "wb");
		err = !file || fwrite(elf.bytes, 1, elf.size, file) != elf.size || fclose(file);
		free(elf.bytes);
	}
	return err;
}
