# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Loaded by hand, before anybody asked; twice does no harm; it does not go away.
# Only with m.
insmod "/lib/modules/$(uname -r)/kernel/kernel/bpf/vmlinux_btf.ko"
state
q read /sys/kernel/btf/vmlinux /vmlinux.btf
rmmod vmlinux_btf 2>/dev/null || echo 'state: stays'
q id 1
