// SPDX-License-Identifier: GPL-2.0
/*
 * Standalone BTF of modules, on a kernel that does not know of it.
 *
 * While this module is loaded, the BTF of each module that comes is looked at before the
 * kernel does: what refers to nothing but itself gets the numbers that come after those
 * of vmlinux, in the loader's copy, and is split BTF from there on.
 *
 *   survey   count the types of /sys/kernel/btf/vmlinux, once [survey_vmlinux]
 *   renumber at MODULE_STATE_COMING, before every other notifier [notify]
 *
 * Ids of kfuncs in .BTF_ids are not renumbered: they are read-only by then, and how many
 * there are is nowhere written. A module with kfuncs registers none; `kbtf standalone
 * --to-split` does both, in the file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "kinds.h"
#include "read.h"
#include "renumber.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

static const struct kbtf_stand alone = { .first_id = 1, .str_start = 0 };
static struct kbtf_stand vmlinux;

/* BTF that this kernel has taken itself, so that it is only counted. */
static void survey(const void *bytes)
{
	const struct kbtf_header *header = bytes;
	const u32 *word = bytes + header->hdr_len + header->type_off;
	const u32 *end = (const void *)word + header->type_len;
	const struct kbtf_kind_info *kind;
	const struct kbtf_type *type;

	vmlinux.first_id = 1;
	vmlinux.str_start = header->str_len;
	while (word < end) {
		type = (const void *)word;
		kind = kbtf_kind_info(kbtf_kind(type));
		word += sizeof(*type) / sizeof(*word) + kind->tail_words +
			kind->elem_words * kbtf_vlen(type);
		vmlinux.first_id++;
	}
}

static int survey_vmlinux(void)
{
	size_t size;
	void *bytes = read_file(VMLINUX, &size);

	if (IS_ERR(bytes)) {
		pr_err(VMLINUX ": cannot be read: %ld\n", PTR_ERR(bytes));
		return PTR_ERR(bytes);
	}
	survey(bytes);
	vfree(bytes);
	return 0;
}

static int notify(struct notifier_block *nb, unsigned long op, void *data)
{
	struct kbtf_diag diag;
	struct module *mod = data;

	if (op != MODULE_STATE_COMING || !mod->btf_data_size)
		return NOTIFY_OK;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	/* Written on that base, and renumbered by the kernel itself. */
	if (mod->btf_base_data_size)
		return NOTIFY_OK;
#endif
	if (kbtf_renumber_check(mod->btf_data, mod->btf_data_size, alone, NULL))
		return NOTIFY_OK;
	if (kbtf_renumber(mod->btf_data, mod->btf_data_size, alone, vmlinux, &diag))
		pr_warn("%s: %s\n", mod->name, diag.text);
	else
		pr_info("%s: standalone BTF, made to follow that of vmlinux\n", mod->name);
	return NOTIFY_OK;
}

static struct notifier_block first = {
	.notifier_call = notify,
	.priority = INT_MAX,
};

static int __init standalone_init(void)
{
	int err = survey_vmlinux();

	return err ?: register_module_notifier(&first);
}
module_init(standalone_init);

static void __exit standalone_exit(void)
{
	unregister_module_notifier(&first);
}
module_exit(standalone_exit);

MODULE_DESCRIPTION("Takes standalone BTF of modules");
MODULE_LICENSE("GPL");
