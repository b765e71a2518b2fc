# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Programs and BTF that have nothing to do with the kernel's types leave it unloaded.
for type in socket-filter xdp kprobe tracepoint raw-tracepoint sched-cls cgroup-skb syscall; do
    q plain $type
done
q btf-load
q bpffs delegate_cmds=any
modprobe dummy
echo "state: $(shown)"
stat -c 'size: %s' /sys/kernel/btf/vmlinux | sed "s/ $(stat -c %s /vmlinux.btf)\$/ right/"
state
