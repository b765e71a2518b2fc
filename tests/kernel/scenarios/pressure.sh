# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# There is no memory for the load; when there is some again, it works.
# Only with m.
# What runs here is not to be killed, only modprobe.
echo -1000 >/proc/self/oom_score_adj
echo 3 >/proc/sys/vm/drop_caches
mkdir /tmp/fill
mount -t ramfs none /tmp/fill
free=$(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo)
# Enough for a small process, and not for two copies of the BTF.
left=$(($(cat /proc/sys/vm/min_free_kbytes) + 3000))
dd if=/dev/zero of=/tmp/fill/all bs=1k count=$((free - left)) 2>/dev/null
q read /sys/kernel/btf/vmlinux /vmlinux.btf
q plain xdp
state
umount /tmp/fill
sleep 2
q read /sys/kernel/btf/vmlinux /vmlinux.btf
state
