/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEST_IMAGE_TEST_H
#define KBTF_TEST_IMAGE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include <kbtf/image.h>

#include "make_elf.h"

/* The whole line that a user would see. */
static inline void assert_diag(const struct kbtf_diag *diag, int err, const char *line)
{
	char got[700];

	kbtf_diag_format(diag, got, sizeof(got));
	assert_string_equal(got, line);
	assert_int_equal(diag->err, err);
}

/* Opening these bytes as "f" fails with this line. */
static inline void assert_refused(const void *bytes, size_t size, int err, const char *line)
{
	struct kbtf_diag diag = { 0 };
	struct kbtf_file *file = NULL;

	assert_int_equal(kbtf_file_open_bytes(bytes, size, "f", &file, &diag), err);
	assert_null(file);
	assert_diag(&diag, err, line);
	assert_int_equal(kbtf_file_open_bytes(bytes, size, "f", &file, NULL), err);
}

static inline struct kbtf_file *open_bytes(const void *bytes, size_t size)
{
	struct kbtf_file *file = NULL;
	struct kbtf_diag diag = { 0 };
	char got[700] = "";

	if (kbtf_file_open_bytes(bytes, size, "f", &file, &diag))
		kbtf_diag_format(&diag, got, sizeof(got));
	assert_string_equal(got, "");
	return file;
}

/* Raw BTF of one int, and how many bytes it has. */
const uint8_t *tiny_btf(bool big_endian);
#define TINY_BTF_SIZE (24u + 16u + 5u)

/* pack.c: compress with the library's own encoder; NULL where this build has none. free(). */
uint8_t *pack(enum kbtf_compression how, const void *bytes, size_t size, size_t *ret_size);

#endif
