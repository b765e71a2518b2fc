// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Types that only modules have, next to ones of vmlinux; all are in Debian's cloud kernels. */
#include "core.h"

struct sock {
	int sk_err;
} CORE;
struct vsock_sock {
	struct sock sk;
	u32 peer_shutdown;
} CORE;
struct virtio_vsock {
	u32 guest_cid;
} CORE;
struct xfs_mount {
	u64 m_features;
	u32 m_blockmask;
} CORE;
struct nf_conn {
	u32 timeout;
} CORE;
struct no_module_has {
	int x;
} CORE;

SEC("raw_tp/modules")
u64 modules(void **ctx)
{
	struct vsock_sock *v = ctx[0];
	struct virtio_vsock *w = ctx[1];
	struct xfs_mount *m = ctx[2];
	struct nf_conn *c = ctx[3];
	struct sock *s = ctx[4];
	struct no_module_has *n = ctx[5];

	return v->peer_shutdown + v->sk.sk_err + w->guest_cid + m->m_features + m->m_blockmask +
	       field_info(c->timeout, FIELD_OFFSET) + s->sk_err + field_info(n->x, FIELD_EXISTS) +
	       type_info(struct xfs_mount, TYPE_SIZE) +
	       type_info(struct no_module_has, TYPE_EXISTS);
}

char LICENSE[] SEC("license") = "GPL";
