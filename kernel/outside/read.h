/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KBTF_OUTSIDE_READ_H
#define KBTF_OUTSIDE_READ_H

#include <linux/types.h>

/* Returns what is in a file, for vfree(), or an ERR_PTR. */
void *read_file(const char *path, size_t *ret_size);

#endif
