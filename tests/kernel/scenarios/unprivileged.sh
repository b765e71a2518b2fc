# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Whoever may read the file may cause the load; who may not ask for ids does not.
mkdir -p /etc
echo 'nobody:x:65534:65534:nobody:/:/bin/sh' >/etc/passwd
as_nobody() {
    printf '%s: ' "$*"
    su -s /bin/sh nobody -c "ask $*"
}
as_nobody next-id
state
as_nobody read /sys/kernel/btf/vmlinux /vmlinux.btf
state
