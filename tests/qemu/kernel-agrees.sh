#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# kernel-agrees.sh BUILD: does the kernel do to distilled modules what kbtf says?
#
# Modules of three builds are distilled, loaded under qemu into Debian's newest 6.12
# cloud kernel, and their /sys/kernel/btf files compared with what `kbtf relocate`
# predicts, byte for byte:
#   own     the newest build itself
#   other   the build before, loaded although its vermagic is another
#   oldest  the oldest build: only the BTF of its modules, carried by a module that
#           does nothing, since code that knows other structs may crash the kernel
# Own and other ones are loaded as they came by a second machine: what loads there
# has to load distilled. Prints TAP, a test a module.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

kbtf=$1/tool/kbtf
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

# Compare the BTF that the kernel has of a module, or has not, with what was predicted.
compare_btf() {
    local what=$1 name=$2
    local predicted=$work/$what-predicted/$name.btf there=$work/$what-distilled/btf/$name

    if [ ! -e "$predicted" ] && [ -e "$there" ]; then
        report 'not ok' "$what: $name: kbtf refuses what the kernel takes"
    elif [ ! -e "$predicted" ]; then
        report ok "$what: $name: refused by both"
    elif [ ! -e "$there" ]; then
        report 'not ok' "$what: $name: the kernel dropped BTF that kbtf relocates"
    elif cmp "$predicted" "$there" >&2; then
        report ok "$what: $name: same bytes"
    else
        report 'not ok' "$what: $name: other bytes than predicted"
    fi
}

# Compare what two machines made of the modules of a build: as they came, distilled.
compare() {
    local what=$1 name errno
    local -A untouched distilled

    while IFS=$'\t' read -r name _ errno; do
        untouched[$name]=$errno
    done <"$work/$what-untouched/loads.tsv"
    while IFS=$'\t' read -r name _ errno; do
        distilled[$name]=$errno
        if [ "$errno" = 0 ]; then
            compare_btf "$what" "$name"
        elif [ "${untouched[$name]-}" = 0 ]; then
            report 'not ok' "$what: $name: distilled it does not load, errno $errno"
        else
            report ok "$what: $name" "its init says errno $errno on this machine"
        fi
    done <"$work/$what-distilled/loads.tsv"
    [ ! -e "$work/$what-distilled.culprits" ] ||
        while read -r name; do
            report ok "$what: $name" "built for another kernel, it makes this one oops"
        done <"$work/$what-distilled.culprits"

    # Modules with ids in .BTF_ids register kfuncs: -EINVAL if one id is wrong.
    while read -r name; do
        if [ "${distilled[$name]-}" = 0 ]; then
            report ok "$what: $name: the kernel takes its .BTF_ids"
        else
            report 'not ok' "$what: $name: has .BTF_ids, errno ${distilled[$name]-unknown}"
        fi
    done < <(find "$work/$what" -name '*.ko' -exec grep -lF .BTF_ids {} + | sed 's|.*/||; s|\.ko$||')
}

# Distil the modules of a build, and predict what the newest kernel makes of them.
distill() {
    local what=$1 package=$2
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
}

# Load the modules of a build, distilled and as they came.
try_modules() {
    local what=$1 package=$2 flags=$3

    distill "$what" "$package" || return 1
    "$here/order.sh" "$work/$what" >"$work/$what-untouched.list"
    "$here/order.sh" "$work/$what-modules" >"$work/$what-distilled.list"
    boot_without_oops "$work/$what-untouched" "$work/$what-untouched.list" "$flags" &
    boot_without_oops "$work/$what-distilled" "$work/$what-distilled.list" "$flags" || return 1
    wait $! || return 1
    compare "$what"
}

# Load the BTF of a build's modules in the place of that of nls_ascii, which is a table.
try_btf() {
    local what=$1 package=$2
    local module name errno

    distill "$what" "$package" || return 1
    "$kbtf" distill -q --kernel "$(kernels_release "$package")" --root "$kernels/$package" \
        --raw -o "$work/$what-raw" "$work/$what" >&2 || return 1
    mkdir "$work/$what-carriers"
    for module in "$work/$what"/*.ko; do
        name=$(basename "$module" .ko)
        objcopy --update-section ".BTF=$work/$what-raw/$name.btf" \
            --update-section ".BTF.base=$work/$what-raw/$name.base.btf" \
            "$work/own-modules/nls_ascii.ko" "$work/$what-carriers/$name.ko" || return 1
    done
    "$here/boot.sh" -k "$image" -o "$work/$what-distilled" -u nls_ascii -m 2500 -t 900 \
        "$work/$what-carriers"/*.ko >&2 || return 1
    while IFS=$'\t' read -r name _ errno; do
        if [ "$errno" = 0 ]; then
            compare_btf "$what" "$name"
        else
            report 'not ok' "$what: $name: its carrier does not load, errno $errno"
        fi
    done <"$work/$what-distilled/loads.tsv"
}

mapfile -t packages < <(kernels_list 6.12 cloud amd64)
[ ${#packages[@]} -gt 0 ] || skip_all 'the package registry offers no 6.12 kernel'
newest=${packages[-1]}
newest_release=$(kernels_release "$newest")
other=${packages[-2]-}
oldest=${packages[0]}
for package in "$newest" $other "$oldest"; do
    kernels_fetch "$package" amd64 "$kernels" >&2 || skip_all "$package could not be fetched"
done
image=$kernels/$newest/boot/vmlinuz-$newest_release

try_modules own "$newest" 0
if [ -n "$other" ]; then
    try_modules other "$other" 3
    try_btf oldest "$oldest"
else
    report ok 'modules of another build' 'the package registry has one build only'
fi
printf '1..%d\n' "$nr"
