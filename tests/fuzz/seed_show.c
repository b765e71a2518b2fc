// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The corpus of fuzz_show: one good index file, whole and cut. Usage: seed_show NAME FOLDER */
#include <stdio.h>

#include "show_made.h"

static int write_seed(const char *folder, int choice, const struct kbtf_buf *file, size_t size)
{
	char path[4096];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/%d-%zu", folder, choice, size);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		return 1;
	}
	fputc(choice, f);
	fwrite(file->data, 1, size, f);
	err = ferror(f);
	return fclose(f) || err;
}

int main(int argc, char **argv)
{
	struct kbtf_buf file;
	int err;

	if (argc != 3 || show_made_file(&file))
		return 1;
	err = write_seed(argv[2], 0, &file, file.size) ||
	      write_seed(argv[2], 1, &file, file.size) ||
	      write_seed(argv[2], 1, &file, file.size - 8) ||
	      write_seed(argv[2], 1, &file, sizeof(struct kbtf_show_head));
	kbtf_buf_deinit(&file);
	return err;
}
