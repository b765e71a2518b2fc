#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# same.sh NATIVE FOREIGN: do two builds give the same bytes for the same input?
#
# FOREIGN is of another architecture, from build.sh. Both work on two of Debian's 6.12
# cloud kernels and some of their modules, on a big-endian and a little-endian object
# with DWARF, and on a BPF program; what they write, what they print and the exit
# status have to be the same. Prints TAP, a test a command.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

declare -A built=([native]=$(readlink -f "$1")/tool/kbtf [foreign]=$(readlink -f "$2")/tool/kbtf)
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
nr_modules=${KBTF_ARCH_MODULES:-24}
source=$here/object.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Run kbtf by both builds, each in the folder of its results.
same() {
    local name=$1 build kbtf status
    shift
    for build in native foreign; do
        kbtf=${built[$build]} status=0
        (cd "$work/$build" && "$kbtf" "$@" >"$name.out" 2>"$name.err") || status=$?
        echo "$status" >"$work/$build/$name.status"
        # How long it took is no result.
        sed -i -E '/^seconds /d; s/"seconds": *[0-9.]+//' "$work/$build/$name.out"
    done
    if diff -rq "$work/native" "$work/foreign" >&2; then
        report ok "$* (exit status $(cat "$work/native/$name.status"))"
    else
        diff -r "$work/native" "$work/foreign" | head -n 20 >&2 || :
        report 'not ok' "$*"
        rm -rf "$work/foreign"
        cp -r "$work/native" "$work/foreign"
    fi
}

mapfile -t packages < <(kernels_list 6.12 cloud amd64)
if [ ${#packages[@]} -lt 2 ]; then
    echo '1..0 # SKIP the package registry offers no two 6.12 kernels'
    exit 0
fi
cd "$work"
mkdir native foreign modules
for end in oldest newest; do
    package=$(kernels_fetch_end $end 6.12 cloud amd64 "$kernels") ||
        { echo "1..0 # SKIP the $end 6.12 kernel could not be fetched"; exit 0; }
    ln -s "$kernels/$package"/boot/vmlinuz-* "$end"
    ln -s "$kernels/$package" "$end-root"
done
# Some from all over the tree, and all that have .BTF_ids among the first of each folder.
find oldest-root/ -name '*.ko.xz' | LC_ALL=C sort >all
awk -v each=$(($(wc -l <all) / nr_modules)) 'NR % each == 1' all | while read -r module; do
    cp "$module" modules/
done
find oldest-root/ -name 'nf_conntrack.ko.xz' -exec cp {} modules/ \;

same extract-old extract -o old.btf ../oldest
same extract-new extract -o new.btf ../newest
same info info --json old.btf ../modules ../newest
same distill distill -j2 -B old.btf -o distilled ../modules
same relocate relocate -B new.btf -o relocated distilled
same relocate-strict relocate --strict --json -B new.btf --raw -o relocated-raw distilled
same check check --json -B new.btf distilled
same standalone standalone -B old.btf -o standalone ../modules/nf_conntrack.ko.xz
same standalone-back standalone --to-split -B new.btf -o back standalone
same verify verify --json --profile module -B old.btf ../modules
same verify-vmlinux verify --profile vmlinux old.btf
same ids ids --list --json -B old.btf ../modules
same dump-c dump --format c new.btf
same dump-json dump --format json new.btf
same dump-raw dump new.btf
same diff diff --json old.btf new.btf
same diff-text diff old.btf new.btf
same minimize-refs minimize --refs -B old.btf -o refs ../modules
same partition partition --no-compress --json ../newest
same merge merge -o merged.btf old.btf new.btf
same show show --no-cache --sizes -B new.btf sk_buff 'tcp_*_ops'
for compiler in gcc s390x-linux-gnu-gcc arm-linux-gnueabihf-gcc; do
    if command -v $compiler >/dev/null; then
        $compiler -std=gnu11 -O2 -g -c -o $compiler.o "$source"
        same encode-$compiler encode --raw -o $compiler.btf ../$compiler.o
    else
        report ok "encode what $compiler made" 'it is not here'
    fi
done
program=$here/../oracle/core/fields.bpf.c
if clang -O2 -g --target=bpf -c -o fields.bpf.o "$program" 2>clang.log; then
    same minimize minimize -B new.btf --explain --missing -o minimized --for ../fields.bpf.o
else
    report ok 'minimize for a program' 'no clang that compiles for BPF'
fi
printf '1..%d\n' "$nr"
