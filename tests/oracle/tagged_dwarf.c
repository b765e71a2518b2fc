// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* tagged_dwarf DIR: the sections of made DWARF with tags, as DIR/NAME.info and DIR/NAME.abbrev. */
#include <stdarg.h>
#include <stdio.h>

#include "tags_made.h"

static int save(const char *dir, const char *name, const char *section, const struct raw_bytes *b)
{
	char path[4096];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, section);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		return 1;
	}
	err = fwrite(b->data, 1, b->size, f) != b->size;
	return fclose(f) || err;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "clang", "gcc", "gcc-inside", "gcc-pointers" };
	unsigned int i;
	int err = 0;

	for (i = 0; argc == 2 && i < sizeof(names) / sizeof(*names) && !err; i++) {
		struct make_dwarf d;

		switch (i) {
		case 0:
			add_all_inside(&d, LLVM_TAG);
			break;
		case 1:
			add_all_chains(&d);
			break;
		case 2:
			add_all_inside(&d, GNU_TAG);
			break;
		default:
			add_type_tags(&d);
		}
		err = save(argv[1], names[i], "info", &d.info) ||
		      save(argv[1], names[i], "abbrev", &d.abbrev);
		make_deinit(&d);
	}
	return err || argc != 2;
}
