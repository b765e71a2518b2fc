// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Programs on a function of the kernel, with a kfunc and a type found by CO-RE, and on one
 * of the module dummy with a type of the kernel that the module's BTF leads to.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
	int pid;
};

struct net_device {
	unsigned int gso_max_size; /* set before the driver is asked to set up the device */
};

#pragma clang attribute pop

struct file;

struct task_struct *bpf_task_from_pid(int pid) __ksym;
void bpf_task_release(struct task_struct *task) __ksym;

/*
 * Whether writes were met; the pid of the task that the kfunc found for 1; how many devices were
 * made, and the gso_max_size of the last
 */
unsigned int writes, first_pid, devices, size;

SEC("fentry/vfs_write")
int BPF_PROG(on_write, struct file *file, const char *text, unsigned long length)
{
	struct task_struct *task;

	writes = 1;
	task = bpf_task_from_pid(1);
	if (!task)
		return 0;
	first_pid = (unsigned int)task->pid;
	bpf_task_release(task);
	return 0;
}

SEC("fentry/dummy_setup")
int BPF_PROG(on_setup, struct net_device *dev)
{
	devices++;
	size = dev->gso_max_size;
	return 0;
}
