#!/bin/busybox sh
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash
#
# /init of the guest: load the modules of /plan in its order, run /run.sh if it is
# there, and send what came of it to the host as a tar file. See boot.sh. Where systemd is
# there, that comes first, and calls this when it is done.
busybox mkdir -p /proc /sys /dev /tmp /out/btf
if [ -x /lib/systemd/systemd ]; then
    [ $$ != 1 ] || exec /lib/systemd/systemd
    # Of two programs of one name it is the system's.
    export PATH=/bin:/sbin:/busybox
    busybox mkdir /busybox
    busybox --install -s /busybox
else
    busybox mount -t proc proc /proc
    busybox mount -t sysfs sysfs /sys
    busybox mount -t devtmpfs devtmpfs /dev
    busybox --install -s /bin
fi
exec </dev/null >/dev/console 2>&1
cat /proc/sys/kernel/tainted /proc/uptime

while read -r flags name unload; do
    echo "load $name"
    result=$(load "$flags" "/modules/$name.ko")
    printf '%s\t%s\t%s\n' "$name" "$flags" "$result" >>/out/loads.tsv
    btf=/sys/kernel/btf/$(echo "${unload:-$name}" | tr - _)
    [ ! -e "$btf" ] || cat "$btf" >"/out/btf/$name"
    [ -z "$unload" ] || rmmod "$unload"
    # What a kernel does after that is no evidence of anything.
    case $result in oops | stuck) break ;; esac
done </plan
[ ! -x /run.sh ] || /run.sh >/out/run.out 2>&1
dmesg >/out/dmesg

# A virtio port carries megabytes a second; the second serial port is there on
# machines without PCI.
port=/dev/vport0p1
[ -e $port ] || { port=/dev/ttyS1; stty -F $port raw -echo; }
touch /out/complete
tar -C /out -cf - . >$port
sync
cat /proc/uptime
busybox reboot -f
