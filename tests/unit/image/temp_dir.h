/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEST_TEMP_DIR_H
#define KBTF_TEST_TEMP_DIR_H

#include <stddef.h>

/* cmocka's setup and teardown: a directory of the test's own, which is the current one. */
int temp_dir_setup(void **state);
int temp_dir_teardown(void **state);

/* Make a file, and the directories that lead to it. */
void make_file(const char *path, const void *bytes, size_t size);
/* The bytes of a file, with a NUL behind; free(). NULL where there is none. */
char *slurp(const char *path, size_t *ret_size);
/* How many names, hidden ones too, are in a directory. */
size_t nr_names(const char *dir);

#endif
