#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# raw-text.sh BUILD: `kbtf dump` and bpftool print the same bytes as raw text, and what
# bpftool has in JSON kbtf has as well.
#
# On all BTF at hand: what the running kernel publishes, and the unpacked kernels in
# the cache folder, of each its vmlinux and some modules from all over the list.
# Prints TAP, a test a kernel. bpftool is $KBTF_BPFTOOL, or that of PATH.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"

kbtf=$1/tool/kbtf
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
bpftool=${KBTF_BPFTOOL:-$(PATH=$PATH:/usr/sbin command -v bpftool || :)}
most_modules=40
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$bpftool" ]; then
    echo '1..0 # SKIP there is no bpftool: set KBTF_BPFTOOL'
    exit 0
fi

# Whether both print the same; where bpftool cannot read the file there is nothing to compare.
same() {
    local file=$1 base=${2:-}
    "$bpftool" ${base:+-B "$base"} btf dump file "$file" format raw >"$work/theirs" 2>/dev/null ||
        return 0
    "$kbtf" dump ${base:+-B "$base"} "$file" >"$work/ours" || return 1
    compared=$((compared + 1))
    cmp "$work/ours" "$work/theirs" || {
        diff "$work/ours" "$work/theirs" | head -n 4
        return 1
    } | sed 's/^/# /' >&2
    "$bpftool" -j ${base:+-B "$base"} btf dump file "$file" >"$work/theirs" 2>/dev/null || return 0
    "$kbtf" dump --format json ${base:+-B "$base"} "$file" >"$work/ours" || return 1
    "$here/json_same.py" "$work/ours" "$work/theirs" | sed 's/^/# /' >&2
}

# Keep some lines of many, from all over the list.
thin_out() {
    awk -v most="$most_modules" '
        { lines[NR] = $0 }
        END { for (i = 1; i <= NR; i += 1 + int(NR / most)) print lines[i] }'
}

# vmlinux and modules: NAME VMLINUX MODULE...
try() {
    local name=$1 vmlinux=$2 result=ok file
    shift 2
    compared=0
    same "$vmlinux" || result='not ok'
    for file; do
        same "$file" "$vmlinux" || result='not ok'
    done
    nr=$((nr + 1))
    if [ "$compared" -eq 0 ]; then
        echo "ok $nr - $name # SKIP bpftool reads none of it"
    else
        echo "$result $nr - $name: $compared files"
    fi
}

nr=0
if [ -r /sys/kernel/btf/vmlinux ]; then
    mapfile -t files < <(find /sys/kernel/btf -type f ! -name vmlinux | sort | thin_out)
    try 'running kernel' /sys/kernel/btf/vmlinux "${files[@]}"
fi
for image in "$kernels"/*/boot/vmlinuz-*; do
    [ -e "$image" ] || continue
    root=${image%/boot/*}
    rm -rf "$work/btf" "$work/vmlinux"
    "$kbtf" extract -q -o "$work/vmlinux" "$image"
    mapfile -t files < <(find "$root/lib/modules" -name '*.ko*' | sort | thin_out)
    "$kbtf" extract -q -o "$work/btf/" "${files[@]}" 2>/dev/null || :
    mapfile -t files < <(find "$work/btf" -type f | sort)
    try "${root##*/}" "$work/vmlinux" "${files[@]}"
done
if [ "$nr" -eq 0 ]; then
    echo '1..0 # SKIP neither /sys/kernel/btf nor an unpacked kernel is here'
else
    echo "1..$nr"
fi
