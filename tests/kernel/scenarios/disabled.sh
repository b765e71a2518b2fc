# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Where no module may be loaded any more.
# Only with m.
echo 1 >/proc/sys/kernel/modules_disabled
q read /sys/kernel/btf/vmlinux
q plain xdp
q fentry __sys_bpf
state
