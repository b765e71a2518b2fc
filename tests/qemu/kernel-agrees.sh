#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# kernel-agrees.sh KBTF: does the kernel do to distilled modules what kbtf says?
#
# Every module of Debian's newest 6.12 cloud kernel, and every one of the build
# before it, is distilled, loaded into the newest under qemu, and its
# /sys/kernel/btf file compared with what `kbtf relocate` predicts, byte for byte.
# The same modules as they came are loaded by a second machine: what loads there
# has to load distilled. Prints TAP, a test a module.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

kbtf=$1
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

# Report a test: ok or "not ok", its name, and why it was skipped if it was.
report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# Boot, and boot again without a module that made the kernel oops, since what that
# kernel does afterwards tells nothing. Modules of another build may do that: the
# kernel was told to ignore that its structs have moved since.
boot_without_oops() {
    local out=$1 list=$2 flags=$3
    local tries=5 culprit

    while :; do
        "$here/boot.sh" -k "$image" -o "$out" -l "$list" -f "$flags" -m 2500 -t 900 >&2 || return 1
        culprit=$(awk -F'\t' '$3 == "oops" || $3 == "stuck" { print $1 }' "$out/loads.tsv")
        tries=$((tries - 1))
        if [ -z "$culprit" ] || [ $tries -eq 0 ]; then
            return 0
        fi
        warn "the kernel does not survive $culprit; booting again without it"
        sed -i "\|/$culprit\.ko|d" "$list"
        printf '%s\n' "$culprit" >>"$out.culprits"
    done
}

# Compare what two machines made of the modules of a build: as they came, distilled.
compare() {
    local what=$1 name errno untouched predicted

    while IFS=$'\t' read -r name _ errno; do
        untouched=$(awk -F'\t' -v name="$name" '$1 == name { print $3 }' "$work/$what-untouched/loads.tsv")
        predicted=$(find "$work/$what-predicted" -name "$name.btf")
        if [ "$errno" != 0 ] && [ "$untouched" != 0 ]; then
            report ok "$what: $name" "its init says errno $errno on this machine"
        elif [ "$errno" != 0 ]; then
            report 'not ok' "$what: $name: distilled it does not load, errno $errno"
        elif [ -z "$predicted" ] && [ -e "$work/$what-distilled/btf/$name" ]; then
            report 'not ok' "$what: $name: kbtf refuses what the kernel takes"
        elif [ -z "$predicted" ]; then
            report ok "$what: $name: refused by both"
        elif [ ! -e "$work/$what-distilled/btf/$name" ]; then
            report 'not ok' "$what: $name: the kernel dropped BTF that kbtf relocates"
        elif cmp "$predicted" "$work/$what-distilled/btf/$name" >&2; then
            report ok "$what: $name: same bytes"
        else
            report 'not ok' "$what: $name: other bytes than predicted"
        fi
    done <"$work/$what-distilled/loads.tsv"
    [ ! -e "$work/$what-distilled.culprits" ] ||
        while read -r name; do
            report ok "$what: $name" "built for another kernel, it makes this one oops"
        done <"$work/$what-distilled.culprits"

    # Modules with ids in .BTF_ids register kfuncs: -EINVAL if one id is wrong.
    while read -r name; do
        errno=$(awk -F'\t' -v name="$name" '$1 == name { print $3 }' "$work/$what-distilled/loads.tsv")
        if [ "$errno" = 0 ]; then
            report ok "$what: $name: the kernel takes its .BTF_ids"
        else
            report 'not ok' "$what: $name: has .BTF_ids, errno $errno"
        fi
    done < <(find "$work/$what" -name '*.ko' -exec grep -lF .BTF_ids {} + | sed 's|.*/||; s|\.ko$||')
}

# Distil the modules of a build, predict, and boot twice.
try_build() {
    local what=$1 package=$2 flags=$3
    local release module

    release=$(kernels_release "$package")
    mkdir -p "$work/$what"
    while read -r module; do
        xz -dc "$module" >"$work/$what/$(basename "$module" .xz)"
    done < <(find "$kernels/$package" -name '*.ko.xz')
    "$kbtf" distill -q --kernel "$release" --root "$kernels/$package" \
        -o "$work/$what-modules" "$work/$what" >&2 || return 1
    "$kbtf" relocate -q --kernel "$newest_release" --root "$kernels/$newest" --raw \
        -o "$work/$what-predicted" "$work/$what-modules" >&2 || [ $? -eq 1 ]

    "$here/order.sh" "$work/$what" >"$work/$what-untouched.list"
    "$here/order.sh" "$work/$what-modules" >"$work/$what-distilled.list"
    boot_without_oops "$work/$what-untouched" "$work/$what-untouched.list" "$flags" &
    boot_without_oops "$work/$what-distilled" "$work/$what-distilled.list" "$flags" || return 1
    wait $! || return 1
    compare "$what"
}

mapfile -t packages < <(kernels_list 6.12 cloud amd64 | tail -n 2)
[ ${#packages[@]} -gt 0 ] || skip_all 'the package registry offers no 6.12 kernel'
newest=${packages[-1]}
newest_release=$(kernels_release "$newest")
for package in "${packages[@]}"; do
    kernels_fetch "$package" amd64 "$kernels" >&2 || skip_all "$package could not be fetched"
done
image=$kernels/$newest/boot/vmlinuz-$newest_release
if [ -z "${BUSYBOX-}" ]; then
    kernels_fetch busybox-static "$(dpkg --print-architecture)" "$kbtf_cache/packages" >&2 ||
        skip_all 'busybox-static could not be fetched'
    export BUSYBOX=$kbtf_cache/packages/busybox-static/bin/busybox
fi

try_build own "$newest" 0
if [ ${#packages[@]} -gt 1 ]; then
    try_build other "${packages[0]}" 3
else
    report ok 'modules of another build' 'the package registry has one build only'
fi
printf '1..%d\n' "$nr"
