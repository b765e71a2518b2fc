// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* type_matches, for compilers that have it: clang from 15 on. */
#include "core.h"

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};
struct hlist_head {
	int first; /* is a pointer */
};
struct task_struct___some {
	int pid;
	int tgid;
	struct list_head tasks;
	struct task_struct___some *real_parent;
};
struct task_struct___more {
	int pid;
	int no_such_member;
};
typedef int (*initcall_t)(void);
enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
};
enum pid_type___none {
	PIDTYPE_NONE_SUCH,
};
struct sock {
	int sk_err;
};

SEC("raw_tp/matches")
u64 matches(void *ctx)
{
	u64 sum = 0;

	sum += type_info(struct list_head, TYPE_MATCHES);
	sum += type_info(struct hlist_head, TYPE_MATCHES);
	sum += type_info(struct task_struct___some, TYPE_MATCHES);
	sum += type_info(struct task_struct___more, TYPE_MATCHES);
	sum += type_info(initcall_t, TYPE_MATCHES);
	sum += type_info(enum pid_type, TYPE_MATCHES);
	sum += type_info(enum pid_type___none, TYPE_MATCHES);
	sum += type_info(struct sock, TYPE_MATCHES);
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
