#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# c-output.sh BUILD [KERNEL...]: C that is printed of real BTF compiles, to the layout it has.
#
# Of the unpacked kernels in the cache folder, or those named, vmlinux and some modules
# from all over the list, all with KBTF_ALL=1: the header goes through gcc and clang for the
# kernel's machine, without a warning, and so do assertions that c_asserts.py makes of the
# BTF. The header of a module is tried with what it needs of the kernel, and without it
# behind the kernel's. Prints TAP, a test a kernel and compiler.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=tests/support/c_compile.sh
. "$here/../support/c_compile.sh"

kbtf=$1/tool/kbtf
shift
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
most_modules=${KBTF_ALL:+1000000} most_modules=${most_modules:-30}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Keep some lines of many, from all over the list.
thin_out() {
    awk -v most="$most_modules" '
        { lines[NR] = $0 }
        END { for (i = 1; i <= NR; i += 1 + int(NR / most)) print lines[i] }'
}

# The header of a module that leaves out what the kernel's has.
compiles_behind() {
    printf '#include "%s"\n' "$work/c/vmlinux.h" "$work/behind/$1.h" >"$work/both.h"
    c_accepts "$work/both.h"
}

try_kernel() {
    local kernel=$1 image=$2 arch name names=() behind=() cc result files
    case $kernel in
    *arm64*) arch=arm64 ;;
    *) arch=amd64 ;;
    esac
    rm -rf "$work/c" "$work/behind"
    mkdir "$work/c" "$work/behind"
    "$kbtf" extract -q -o "$work/c/vmlinux.btf" "$image"
    "$kbtf" dump --format c "$work/c/vmlinux.btf" >"$work/c/vmlinux.h"
    mapfile -t files < <(find "$kernels/$kernel/lib/modules" -name '*.ko*' | sort | thin_out)
    [ ${#files[@]} -eq 0 ] || "$kbtf" extract -q -o "$work/raw/" "${files[@]}" 2>/dev/null || :
    while read -r name; do
        mv "$name" "$work/c/"
        name=${name##*/} name=${name%.btf}
        "$kbtf" dump --format c -B "$work/c/vmlinux.btf" "$work/c/$name.btf" >"$work/c/$name.h"
        names+=("$name")
        if [ ${#behind[@]} -lt 30 ]; then
            "$kbtf" dump --format c --without-base -B "$work/c/vmlinux.btf" "$work/c/$name.btf" \
                >"$work/behind/$name.h"
            behind+=("$name")
        fi
    done < <(find "$work/raw" -type f 2>/dev/null)
    if ! { "$here/../support/c_asserts.py" "$work/c" vmlinux &&
        { [ ${#names[@]} -eq 0 ] ||
            "$here/../support/c_asserts.py" -B "$work/c/vmlinux.btf" "$work/c" "${names[@]}"; }; } >"$work/asserted"; then
        report 'not ok' "$kernel: all types are in the headers"
        return 0
    fi
    echo "# $kernel, $(sed -n 's/^vmlinux: //p' "$work/asserted"), $((${#names[@]})) modules"
    for cc in gcc clang bpf; do
        if ! c_choose "$cc" "$arch"; then
            report ok "$kernel: $cc" "there is no ${c_compiler[0]}, or no $c_objcopy"
            continue
        fi
        result=ok
        for name in vmlinux "${names[@]}"; do
            c_compiles "$work/c/$name" >"$work/log" 2>&1 || {
                result='not ok'
                echo "# $name: $(head -n 4 "$work/log")" >&2
            }
        done
        for name in "${behind[@]}"; do
            compiles_behind "$name" >"$work/log" 2>&1 || {
                result='not ok'
                echo "# $name behind vmlinux: $(head -n 4 "$work/log")" >&2
            }
        done
        report "$result" "$kernel: $cc"
    done
}

if [ $# -eq 0 ]; then
    mapfile -t images < <(find "$kernels" -path '*/boot/vmlinuz-*' 2>/dev/null | sort)
    for image in "${images[@]}"; do
        kernel=${image%/boot/*}
        set -- "$@" "${kernel##*/}"
    done
fi
if [ $# -eq 0 ]; then
    echo '1..0 # SKIP there is no unpacked kernel here'
    exit 0
fi
for kernel; do
    try_kernel "$kernel" "$(echo "$kernels/$kernel"/boot/vmlinuz-*)"
done
echo "1..$nr"
