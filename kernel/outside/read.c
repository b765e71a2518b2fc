// SPDX-License-Identifier: GPL-2.0
/*
 * A file's content. kernel_read_file() is for what the kernel goes on to trust, so that it
 * asks security modules by a name for that, of which there is none for BTF.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/vmalloc.h>

#include "read.h"

/* Far more than any kernel has. */
#define MOST_BYTES (256 << 20)

void *read_file(const char *path, size_t *ret_size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	loff_t size, pos = 0;
	void *bytes;
	ssize_t n;

	if (IS_ERR(file))
		return ERR_CAST(file);
	size = i_size_read(file_inode(file));
	bytes = size > 0 && size <= MOST_BYTES ? vmalloc(size) : NULL;
	if (!bytes) {
		filp_close(file, NULL);
		return ERR_PTR(size > 0 && size <= MOST_BYTES ? -ENOMEM : -EFBIG);
	}
	do {
		n = kernel_read(file, bytes + pos, size - pos, &pos);
	} while (n > 0 && pos < size);
	filp_close(file, NULL);
	if (n < 0 || pos < size) {
		vfree(bytes);
		return ERR_PTR(n < 0 ? n : -EIO);
	}
	*ret_size = size;
	return bytes;
}
