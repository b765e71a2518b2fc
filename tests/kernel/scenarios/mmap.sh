# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# The file can be mapped, which loads it as reading does, and for nothing but reading.
# Only with m.
for how in writable shared; do
    q mmap /sys/kernel/btf/vmlinux $how
done
state
q mmap /sys/kernel/btf/vmlinux private /vmlinux.btf
state
q mmap /sys/kernel/btf/vmlinux private /vmlinux.btf
q read /sys/kernel/btf/vmlinux /vmlinux.btf
q mmap /vmlinux.btf private /sys/kernel/btf/vmlinux
