// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records about whole types, and about enumerators. */
#include "core.h"

struct task_struct {
	int pid;
};
struct no_such_struct {
	int x;
};
union sigval {
	int sival_int;
};
struct list_head {
	struct list_head *next;
	struct list_head *prev;
};
struct hlist_head {
	int first; /* is a pointer */
};
typedef int (*initcall_t)(void);
typedef unsigned int gfp_t;
typedef struct {
	int counter;
} atomic_t;
typedef int no_such_type_t;

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_NONE_SUCH,
};
enum bpf_func_id___flavour {
	BPF_FUNC_map_lookup_elem___flavour = 1,
	BPF_FUNC_trace_printk = 99,
};
enum no_such_enum {
	NO_SUCH_VALUE,
};

#define all_of_type(type)                                                                          \
	(type_info(type, TYPE_EXISTS) + type_info(type, TYPE_SIZE) +                               \
	 __builtin_btf_type_id(*(typeof(type) *)0, 0) +                                            \
	 __builtin_btf_type_id(*(typeof(type) *)0, 1))

SEC("raw_tp/types")
u64 types(void *ctx)
{
	u64 sum = 0;

	sum += all_of_type(struct task_struct) + all_of_type(union sigval);
	sum += all_of_type(struct list_head) + all_of_type(struct hlist_head);
	sum += all_of_type(initcall_t) + all_of_type(gfp_t) + all_of_type(atomic_t);
	sum += all_of_type(enum pid_type) + all_of_type(struct no_such_struct);
	sum += all_of_type(no_such_type_t) + all_of_type(enum no_such_enum);
	return sum;
}

SEC("raw_tp/enums")
u64 enums(void *ctx)
{
	u64 sum = 0;

	sum += enum_value(enum pid_type, PIDTYPE_PID, ENUMVAL_EXISTS);
	sum += enum_value(enum pid_type, PIDTYPE_TGID, ENUMVAL_VALUE);
	sum += enum_value(enum pid_type, PIDTYPE_NONE_SUCH, ENUMVAL_EXISTS);
	sum += enum_value(enum pid_type, PIDTYPE_NONE_SUCH, ENUMVAL_VALUE);
	sum += enum_value(enum bpf_func_id___flavour, BPF_FUNC_trace_printk, ENUMVAL_VALUE);
	sum += enum_value(enum bpf_func_id___flavour, BPF_FUNC_map_lookup_elem___flavour,
			  ENUMVAL_VALUE);
	sum += enum_value(enum no_such_enum, NO_SUCH_VALUE, ENUMVAL_EXISTS);
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
