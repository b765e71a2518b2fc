// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The corpus of fuzz_core: a program with records of all kinds and a kernel for it, several times.
 * Usage: seed_core core FOLDER
 */
#include "made_program.h"

#include <stdio.h>

static const struct {
	const char *types, *records, *kernel;
} seeds[] = {
	{ "int int 4 1; struct s 8 (a 1 0) (b 1 32)", "byte_off 2 0:1; byte_sz 2 0:0; signed 2 0:0",
	  "int int 4 1; typedef t 1; struct s 12 (a 1 0) (c 1 32) (b 2 64)" },
	{ "int int 4 1; union - 4 (a 1 0); struct s 8 (x 1 0) (- 2 32); array 3 1 4; "
	  "struct o 32 (s 4 0)",
	  "byte_off 5 0:0:3:1:0; field_exists 3 0:1:0",
	  "int int 4 1; union - 4 (z 1 0) (a 1 0); struct s 8 (- 2 0) (x 1 32); array 3 1 2; "
	  "struct o 16 (s 4 0)" },
	{ "int int 4 1; bstruct s 4 (f 1 0 3)",
	  "byte_off 2 0:0; byte_sz 2 0:0; lshift_u64 2 0:0; rshift_u64 2 0:0",
	  "int int 4 0; bstruct s 8 (x 1 0 5) (f 1 37 7)" },
	{ "enum e___x 4 (A 1) (B___y 2); typedef e_t 1",
	  "enumval_value 1 1; enumval_exists 2 0; type_exists 1 0",
	  "enum64 e 8 (Z 0) (B 0x100000005) (C 7); typedef e_t 1" },
	{ "int int 4 1; proto 1 (x 1); ptr 2; typedef fn_t 3; struct s 4",
	  "type_exists 4 0; type_size 4 0; target_type_id 5 0; local_type_id 5 0",
	  "int long 8 1; proto 1 (a 1); ptr 2; typedef fn_t 3; struct s 8; struct s 8" },
	{ "int int 4 1; struct o 1; ptr 2; union - 4 (p 1 0); struct s 4 (a 1 0) (o 3 64) (- 4 0)",
	  "type_matches 5 0",
	  "int int 4 1; struct o 8 (z 1 0); ptr 2; union - 4 (p 1 0); "
	  "struct s 32 (pad 1 0) (a 1 64) (o 3 128) (- 4 192)" },
	{ "int int 4 1; array 1 1 9; struct s 4 (a 2 0)", "byte_off 3 0:0; byte_off 3 0:0:2",
	  "int int 4 1; array 1 1 0; struct s 8 (x 1 0) (a 2 32) (b 1 32)" },
	{ "int int 4 1; struct s 4 (a 1 0)", "byte_off 2 0:0",
	  "int int 4 1; struct s 8 (a 1 0); struct s___2 8 (y 1 0) (a 1 32)" },
	{ "int int 4 1; struct s 4 (a 1 0)", "type_matches 2 0; byte_off 2 0:0",
	  "int int 4 1; ptr 0; struct s 16 (a 2 0) (a 1 64)" },
	{ "struct task_strukt 4; ptr 0; struct s 8 (gone 2 0)", "type_exists 1 0; byte_off 3 0:0",
	  "struct task_struct 4; ptr 0; struct s 8 (gone_ 2 0); fwd task_strukt" },
};

int main(int argc, char **argv)
{
	size_t i;
	int swapped;

	if (argc != 3)
		return 2;
	for (i = 0; i < sizeof(seeds) / sizeof(*seeds); i++)
		for (swapped = 0; swapped < 2; swapped++) {
			size_t btf_size, kernel_size;
			struct raw_bytes ext;
			void *btf, *kernel;
			uint16_t sizes[2];
			char path[4096];
			struct raw r;
			FILE *f;

			raw_init(&r, 0);
			r.swapped = swapped;
			typetext_add(&r, seeds[i].types);
			ext_of(&ext, &r, seeds[i].records);
			btf = raw_finish(&r, &btf_size);
			raw_deinit(&r);
			kernel = typetext_bytes(seeds[i].kernel, 0, swapped, &kernel_size);
			sizes[0] = (uint16_t)btf_size;
			sizes[1] = (uint16_t)ext.size;
			snprintf(path, sizeof(path), "%s/%02zu-%d", argv[2], i, swapped);
			f = fopen(path, "wb");
			assert_non_null(f);
			fwrite(sizes, 1, sizeof(sizes), f);
			fwrite(btf, 1, btf_size, f);
			fwrite(ext.data, 1, ext.size, f);
			fwrite(kernel, 1, kernel_size, f);
			assert_int_equal(fclose(f), 0);
			free(kernel);
			free(btf);
			free(ext.data);
		}
	return 0;
}
