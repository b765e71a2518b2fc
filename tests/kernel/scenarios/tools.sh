# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# libbpf and bpftool, which know nothing of this, find what they always find.
# With bpftool.
modprobe dummy
state
attach /kernel.bpf.o ip link add d9 type dummy 2>/dev/null
state
bpftool btf dump file /vmlinux.btf >/tmp/want
for what in 'file /sys/kernel/btf/vmlinux' 'id 1'; do
    # shellcheck disable=SC2086
    bpftool btf dump $what | cmp - /tmp/want && echo "bpftool btf dump $what: the same"
done
echo "bpftool btf list: $(bpftool btf list | awk '$2 == "name" { print $3 }' | sort | xargs)"
bpftool btf dump file /sys/kernel/btf/dummy | grep -o "FUNC 'dummy_setup'"
