// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Plain accesses, the one kind of record that gcc 12 writes, too: members, elements, nesting. */
#include "core.h"

struct list_head {
	struct list_head *next, *prev;
} CORE;

struct sched_entity {
	u64 exec_start;
} CORE;

struct task_struct {
	int tgid;
	char comm[16];
	struct sched_entity se;
	struct list_head tasks;
	struct task_struct *parent;
} CORE;

SEC("kprobe/access")
int access(void *ctx)
{
	struct task_struct *task = ctx;

	return task->tgid + task->comm[3] + (int)task->se.exec_start + !task->tasks.prev +
	       task->parent->parent->tgid;
}

char LICENSE[] SEC("license") = "GPL";
