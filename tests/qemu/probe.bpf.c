// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Programs on the functions, types and kfuncs of modules whose BTF is under test;
 * probe.c loads them one at a time. The types are cut down to what is read, so that
 * nothing lies where it lies in the kernel and CO-RE has to find it.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sock_common {
	unsigned short skc_family;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	short type;
	struct sock *sk;
};

/* Of the module, and in no other BTF. */
struct sockaddr_vm {
	unsigned int svm_cid;
};

struct vsock_sock {
	struct sockaddr_vm remote_addr;
	struct sock sk;
};

#pragma clang attribute pop

unsigned int seen_cid, seen_family, seen_type;

/* A type of the module, what it embeds of the kernel, by CO-RE and by the verifier's own walk. */
SEC("fentry/vsock_assign_transport")
int BPF_PROG(own_types, struct vsock_sock *vsk, struct vsock_sock *psk)
{
	seen_cid = BPF_CORE_READ(vsk, remote_addr.svm_cid);
	seen_family = vsk->sk.__sk_common.skc_family;
	return 0;
}

/* A type of the kernel behind a pointer, by CO-RE. */
SEC("fentry/vsock_connect")
int BPF_PROG(kernel_type_by_core, struct socket *sock)
{
	seen_type = (unsigned int)BPF_CORE_READ(sock, type);
	return 0;
}

/* The same, by the verifier's walk through the module's BTF. */
SEC("fentry/vsock_connect")
int BPF_PROG(kernel_type_by_walk, struct socket *sock)
{
	seen_type = (unsigned int)sock->type;
	return 0;
}

/* A socket that comes from the kernel, for a kfunc of the module tcp_bbr, which need not be there.
 */
void bbr_init(struct sock *sk) __ksym __weak;

SEC("struct_ops/kernel_type_to_kfunc")
void BPF_PROG(kernel_type_to_kfunc, struct sock *sk)
{
	bbr_init(sk);
}

struct tcp_congestion_ops {
	void (*init)(struct sock *sk);
	char name[16];
};

SEC(".struct_ops")
struct tcp_congestion_ops demo_cc = {
	.init = (void *)kernel_type_to_kfunc,
	.name = "kbtf_demo",
};
