// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/btf/vmlinux for a kernel that was built without BTF.
 *
 * What is in the file `path` is shown there, for as long as this module is loaded:
 * programs that are relocated by CO-RE and attached to kprobes, tracepoints and sockets
 * work with that. fentry, kfuncs and struct_ops do not, as they need BTF in the kernel.
 *
 * The file has to be of this very kernel. Nothing here can tell: so it belongs beside the
 * kernel's modules, where the default path looks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/btf.h>
#include <linux/err.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>

#include "read.h"

static char *path;
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "raw BTF of this kernel; default /lib/modules/RELEASE/vmlinux.btf");

static struct kobject *folder;
static void *bytes;
static size_t nr_bytes;

static ssize_t read_btf(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			char *buf, loff_t off, size_t len)
{
	memcpy(buf, bytes + off, len);
	return len;
}

static struct bin_attribute attribute = {
	.attr = { .name = "vmlinux", .mode = 0444 },
	.read = read_btf,
};

/* Making what is there already is an error of ours, with a backtrace. */
static bool kernel_has_btf(void)
{
	struct kernfs_node *node = kernfs_find_and_get(kernel_kobj->sd, "btf");

	kernfs_put(node);
	return node;
}

static int take_file(void)
{
	const struct btf_header *header;
	char *place;

	place = path ? kstrdup(path, GFP_KERNEL)
		     : kasprintf(GFP_KERNEL, "/lib/modules/%s/vmlinux.btf",
				 init_utsname()->release);
	if (!place)
		return -ENOMEM;
	bytes = read_file(place, &nr_bytes);
	if (IS_ERR(bytes))
		pr_err("%s: cannot be read: %ld\n", place, PTR_ERR(bytes));
	kfree(place);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	header = bytes;
	if (nr_bytes < sizeof(*header) || header->magic != BTF_MAGIC) {
		pr_err("no BTF of this kernel's byte order is in that file\n");
		vfree(bytes);
		return -EINVAL;
	}
	return 0;
}

static int __init btf_file_init(void)
{
	int err;

	if (kernel_has_btf()) {
		pr_err("this kernel has BTF of its own\n");
		return -EEXIST;
	}
	err = take_file();
	if (err)
		return err;
	err = -ENOMEM;
	folder = kobject_create_and_add("btf", kernel_kobj);
	if (!folder)
		goto no_folder;
	attribute.size = nr_bytes;
	err = sysfs_create_bin_file(folder, &attribute);
	if (err)
		goto no_file;
	return 0;

no_file:
	kobject_put(folder);
no_folder:
	vfree(bytes);
	return err;
}
module_init(btf_file_init);

static void __exit btf_file_exit(void)
{
	sysfs_remove_bin_file(folder, &attribute);
	kobject_put(folder);
	vfree(bytes);
}
module_exit(btf_file_exit);

MODULE_DESCRIPTION("BTF from a file, for a kernel that was built without");
MODULE_LICENSE("GPL");
