#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# show-names.sh BUILD: `kbtf show` finds every type, function and variable that bpftool
# prints of a kernel and of some of its modules, says of each that this module has it, and says so
# of no other.
#
# On the unpacked kernels in the cache folder, and on the kernel that runs: what is loaded.
# Prints TAP, a test a kernel. bpftool is $KBTF_BPFTOOL, or that of PATH.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"

kbtf=$1/tool/kbtf
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
bpftool=${KBTF_BPFTOOL:-$(PATH=$PATH:/usr/sbin command -v bpftool || :)}
most_modules=12
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$bpftool" ]; then
    echo '1..0 # SKIP there is no bpftool: set KBTF_BPFTOOL'
    exit 0
fi

# Keep some lines of many, from all over the list.
thin_out() {
    awk -v most="$most_modules" '
        { lines[NR] = $0 }
        END { for (i = 1; i <= NR; i += 1 + int(NR / most)) print lines[i] }'
}

# "MODULE KIND NAME" of raw text. Tags have no names, and declarations need not be shown.
named() {
    awk -F "'" -v module="$1" '/^\[/ && $2 != "(anon)" {
        split($1, head, " ")
        if (head[2] !~ /_TAG$|^FWD$/) print module, head[2], $2
    }'
}

# The same of what show prints, for the modules that the file named lists.
shown() {
    awk -F "'" -v list="$1" '
        BEGIN { while ((getline module < list) > 0) wanted[module] = 1 }
        /^# / { nr = split(substr($0, 3), modules, ", "); next }
        nr && /^\[/ {
            split($1, head, " ")
            for (i = 1; i <= nr; i++)
                if (modules[i] in wanted && head[2] != "FWD" && $2 != "(anon)") print modules[i], head[2], $2
            nr = 0
        }'
}

# NAME VMLINUX FOLDER-OF-MODULES SHOW-OPTION...
try() {
    local name=$1 vmlinux=$2 folder=$3 file result=ok
    shift 3
    nr=$((nr + 1))
    echo vmlinux >"$work/modules"
    "$bpftool" btf dump file "$vmlinux" format raw 2>/dev/null | named vmlinux >"$work/theirs" || {
        echo "ok $nr - $name # SKIP bpftool does not read it"
        return
    }
    while read -r file; do
        module=${file##*/}
        module=${module%.btf}
        module=${module//-/_}
        echo "$module" >>"$work/modules"
        "$bpftool" -B "$vmlinux" btf dump file "$file" format raw 2>/dev/null | named "$module"
    done < <(find "$folder" -type f ! -name vmlinux | sort | thin_out) >>"$work/theirs"
    "$kbtf" show -v --no-cache --format raw "$@" '*' 2>/dev/null | shown "$work/modules" | sort -u >"$work/ours"
    sort -u "$work/theirs" | diff "$work/ours" - >"$work/diff" || {
        head -n 4 "$work/diff" | sed 's/^/# /' >&2
        result='not ok'
    }
    echo "$result $nr - $name: $(wc -l <"$work/ours") names"
}

nr=0
if [ -r /sys/kernel/btf/vmlinux ]; then
    try 'running kernel' /sys/kernel/btf/vmlinux /sys/kernel/btf
fi
for image in "$kernels"/*/boot/vmlinuz-*; do
    [ -e "$image" ] || continue
    root=${image%/boot/*} release=${image##*/vmlinuz-}
    rm -rf "$work/btf" "$work/vmlinux"
    mkdir "$work/btf"
    "$kbtf" extract -q -o "$work/vmlinux" "$image" || continue
    mapfile -t files < <(find "$root/lib/modules" -name '*.ko*' | sort | thin_out)
    [ ${#files[@]} -eq 0 ] || "$kbtf" extract -q -o "$work/btf/" "${files[@]}" 2>/dev/null || :
    try "${root##*/}" "$work/vmlinux" "$work/btf" --root "$root" --kernel "$release"
done
if [ "$nr" -eq 0 ]; then
    echo '1..0 # SKIP neither /sys/kernel/btf nor an unpacked kernel is here'
else
    echo "1..$nr"
fi
