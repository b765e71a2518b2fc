// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Every kind of record about fields: plain, nested, anonymous, bitfields, arrays, missing ones. */
#include "core.h"

struct list_head {
	struct list_head *next;
} CORE;

struct task_struct {
	int pid;
	struct task_struct *real_parent;
	char comm[16];
	u8 sched_reset_on_fork : 1;
	unsigned int in_execve : 1;
	struct list_head tasks;
	u64 start_time;
	int no_such_member;
} CORE;

struct task_struct___before_5_14 {
	long state;
} CORE;

struct task_struct___other_type {
	struct list_head pid; /* is an int */
} CORE;

struct sk_buff {
	union {
		struct {
			struct sk_buff *next;
		};
	};
	unsigned int len;
	u8 cloned : 1, pkt_type : 3, ip_summed : 2;
	char cb[48];
} CORE;

struct no_such_struct {
	int x;
} CORE;

SEC("raw_tp/fields")
u64 fields(void **ctx)
{
	struct task_struct *t = ctx[0];
	struct sk_buff *skb = ctx[1];
	u64 sum = 0;

	sum += all_of(t->pid) + all_but_sign(t->tasks.next) + all_of(t->start_time);
	sum += all_of(t->sched_reset_on_fork) + all_of(t->in_execve);
	sum += all_but_sign(skb->next) + all_of(skb->len) + all_of(skb->pkt_type) +
	       all_of(skb->ip_summed);
	sum += field_info(t->comm[3], FIELD_OFFSET) + field_info(t->comm[3], FIELD_SIZE);
	sum += field_info(t->comm, FIELD_SIZE) + field_info(skb->cb[47], FIELD_OFFSET);
	return sum;
}

/* Loads and stores, whose size libbpf adjusts. */
SEC("raw_tp/loads")
u64 loads(void **ctx)
{
	struct task_struct *t = ctx[0];
	struct sk_buff *skb = ctx[1];

	skb->len = (unsigned int)t->pid;
	return t->start_time + skb->len + (u64)t->real_parent->real_parent + (u64)skb->next;
}

SEC("raw_tp/missing")
u64 missing(void **ctx)
{
	struct task_struct *t = ctx[0];
	struct task_struct___before_5_14 *old = ctx[0];
	struct task_struct___other_type *other = ctx[0];
	struct no_such_struct *none = ctx[0];
	u64 sum = 0;

	if (field_info(t->no_such_member, FIELD_EXISTS))
		sum += all_of(t->no_such_member);
	if (field_info(old->state, FIELD_EXISTS))
		sum += all_of(old->state);
	sum += field_info(other->pid, FIELD_EXISTS);
	sum += field_info(none->x, FIELD_EXISTS) + field_info(none->x, FIELD_OFFSET);
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
