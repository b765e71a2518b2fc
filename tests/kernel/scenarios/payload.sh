# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# The module is missing, another kernel's, corrupt or cut short, and then the right one.
# Only with m.
modules=/lib/modules/$(uname -r)/kernel/kernel/bpf
mv "$modules/vmlinux_btf.ko" /right.ko
try() {
    echo "== $1"
    sleep 2
    dmesg -c >/dev/null
    q read /sys/kernel/btf/vmlinux /vmlinux.btf
    q next-id
    q fentry __sys_bpf
    q plain socket-filter
    state
    messages '^vmlinux BTF' | sed 's/ bytes, this.*/ bytes, .../; s/SHA-256 .*/SHA-256 .../; s/has [0-9]* bytes/has N bytes/; s/: [0-9]* bytes; us.*/: N bytes; us .../'
}
try missing
for payload in other-size other-bytes cut empty; do
    cp /payloads/$payload.ko "$modules/vmlinux_btf.ko"
    try $payload
done
cp /right.ko "$modules/vmlinux_btf.ko"
try right
