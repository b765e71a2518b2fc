#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# sizes.sh FOLDER: what BTF costs a kernel that has it in a module, built in, or not.
#
# FOLDER holds m/ and y/, and n/ if that is to be compared, each as `kernel/build --btf`
# made it, for any architecture. They boot with the same initramfs; free memory is looked at
# before anybody asked for BTF, and after. Prints TAP, the figures as comments, among them
# what the image is when it is not compressed, and how long it takes to /init:
#   image   with m: less than with y, and at most 1 % more than with n
#   idle    free memory with m, while nobody asked: more than with y, and at least that
#           with n less 0.2 %
#   loaded  what is not free with m, after somebody asked: at most 1 % more than with y
# Free is also what the allocator keeps at hand for each processor, which MemFree leaves
# out: megabytes, where a module has just been loaded and the loader's copy freed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$(readlink -f "$1")
machine_mb=128
arch=$(cat "$folder/m/arch")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

# Report whether a number is at most another: NAME NUMBER LIMIT
at_most() {
    nr=$((nr + 1))
    if [ "$2" -le "$3" ]; then
        printf 'ok %d - %s\n' $nr "$1"
    else
        printf 'not ok %d - %s: %s, the limit is %s\n' $nr "$1" "$2" "$3"
    fi
}

# The same for all: modules of m, of which the others have no vmlinux_btf.
make_root() {
    local release
    release=$(cat "$folder/m/release")
    mkdir -p "$work/root/bin" "$work/root/sbin" "$work/root/lib/modules"
    cp -a "$folder/m/root/lib/modules/$release" "$work/root/lib/modules/"
    rm -f "$work/root/lib/modules/$release"/{build,source}
    depmod -b "$work/root" "$release"
    ln -s ../bin/busybox "$work/root/sbin/modprobe"
    cat >"$work/run.sh" <<'END'
#!/bin/sh
free_kb() {
    sync
    echo 3 >/proc/sys/vm/drop_caches
    sleep 1
    echo 1 >/proc/sys/vm/stat_refresh
    kept=$(awk '$1 == "count:" { pages += $2 } END { print pages * 4 }' /proc/zoneinfo)
    free=$(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    echo "$1 $((free + kept))"
}
echo "booted $(dmesg | sed -n 's/^\[ *\([0-9.]*\)\].* Run \/init as init.*/\1/p')"
free_kb idle
# With y it is parsed at boot, where the first kfunc is registered.
cat /sys/kernel/btf/vmlinux >/dev/null
free_kb loaded
dmesg | sed -n 's/.*vmlinux BTF: .*us: /us: /p'
END
}

# Print what a kernel said of itself: booted in seconds, or free memory in kB, idle or loaded.
said_by() {
    sed -n "s/^$2 //p" "$work/$1/run.out"
}

make_root
printf '# %s: %11s %16s %12s %16s %16s\n' '' 'image bytes' 'not compressed' '/init after' 'free, kB, idle' 'and loaded'
for btf in n m y; do
    [ -e "$folder/$btf/image" ] || continue
    "$here/../qemu/boot.sh" --arch "$arch" -k "$folder/$btf/image" -o "$work/$btf" -r "$work/run.sh" \
        --root "$work/root" -m $machine_mb >&2
    printf '# %s: %11s %16s %12s %16s %16s\n' $btf "$(stat -c %s "$folder/$btf/image")" \
        "$(awk 'NR == 2 { print $1 + $2 }' "$folder/$btf/size")" \
        "$(said_by $btf booted)" "$(said_by $btf idle)" "$(said_by $btf loaded)"
done
grep -h '^us:' "$work/m/run.out" | sed 's/^/# m: first read, /'
total=$((machine_mb * 1024))
at_most 'the image is smaller than with BTF built in' \
    "$(stat -c %s "$folder/m/image")" "$(stat -c %s "$folder/y/image")"
at_most 'less memory is used, while nobody asked, than with BTF built in' \
    $((total - $(said_by m idle))) $((total - $(said_by y idle)))
used=$((total - $(said_by y loaded)))
at_most 'as much memory is used, after somebody asked, as with BTF built in' \
    $((total - $(said_by m loaded))) $((used * 101 / 100))
if [ -e "$folder/n/image" ]; then
    at_most 'the image is as small as without BTF' \
        "$(stat -c %s "$folder/m/image")" $(($(stat -c %s "$folder/n/image") * 101 / 100))
    at_most 'as much memory is used, while nobody asked, as without BTF' \
        $((total - $(said_by m idle))) $((total - $(said_by n idle) * 998 / 1000))
fi
printf '1..%d\n' $nr
