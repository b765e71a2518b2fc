#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# relocate-libbpf.sh [RELOCATE_LIBBPF]: kbtf and libbpf in one process, on generated
# BTF and on the real BTF that this machine has. Prints TAP; a pair of kernels is a
# test, in either direction and in either byte order.
#
#   KBTF_PAIRS=all   every pair in both directions and both byte orders. Otherwise the way back
#                    only, of which kernel-pairs.sh does the way there by the command line,
#                    and the other byte order for the small cloud kernels
#   KBTF_KERNELS     kernels, as kernel-pairs.sh unpacks them: PACKAGE/boot, PACKAGE/lib/modules
#   KBTF_ORACLE_DIR  verdicts of libbpf on one pair, libbpf-OLD-to-NEW.tsv, and in data/ the BTF
set -euo pipefail

relocate_libbpf=${1:-}
nr=0 failed=0

# report ok|"not ok" NAME [REASON TO SKIP]
report() {
    nr=$((nr + 1))
    [ "$1" = ok ] || failed=1
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Run the program as a test of this name; what it prints is commented already.
try() {
    local name=$1
    shift
    if "$relocate_libbpf" "$@"; then report ok "$name"; else report 'not ok' "$name"; fi
}

try_generated() {
    try 'generated kernels, modules and distilled bases' random 1 "${KBTF_SEEDS:-20000}"
}

# The verdicts that libbpf gave once, kept with the BTF that they are about.
try_kept_verdicts() {
    local table pair old new work
    table=$(find "${KBTF_ORACLE_DIR:-/nonexistent}" -maxdepth 1 -name 'libbpf-*.tsv' 2>/dev/null || :)
    if [ -z "$table" ]; then
        report ok 'kept verdicts of libbpf' 'KBTF_ORACLE_DIR has none'
        return
    fi
    pair=$(basename "$table" .tsv)
    old=${pair#libbpf-} old=${old%%-to-*}
    new=${pair##*-to-}
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" RETURN
    mkdir "$work/modules"
    tar -C "$work/modules" -xf "$KBTF_ORACLE_DIR/data/modules-$old-${new#*-}.tar.xz"
    local vmlinux=$KBTF_ORACLE_DIR/data/vmlinux
    try "$pair" verdicts "$vmlinux-$old-${new#*-}.btf.xz" "$vmlinux-$new.btf.xz" \
        "$work/modules" >"$work/out"
    grep -E '^(#|ok|not ok)' "$work/out" || :
    if diff <(tail -n +2 "$table" | cut -f1,4,8 | LC_ALL=C sort) \
        <(grep -v -E '^(#|ok|not ok)' "$work/out" | LC_ALL=C sort) >"$work/diff"; then
        report ok "$pair: $(($(wc -l <"$table") - 1)) kept verdicts and numbers of types"
    else
        sed 's/^/# /' "$work/diff"
        report 'not ok' "$pair: kept verdicts and numbers of types"
    fi
}

# The file of a package that has the kernel's BTF.
image_of() {
    find "$1/boot" -name 'vmlinu[xz]-*' | head -n 1
}

# Oldest and newest of packages that differ in nothing but the build.
try_packages() {
    local old=$1 new=$2 image
    for image in "$(image_of "$old")" "$(image_of "$new")"; do
        [ -n "$image" ] || { report ok "$(basename "$old")" 'no image in it'; return; }
    done
    local a=${old##*/linux-image-} b=${new##*/linux-image-}
    try "$b to $a" pair "$(image_of "$new")" "$(image_of "$old")" "$new/lib/modules"
    if [ "${KBTF_PAIRS:-}" = all ]; then
        try "$a to $b" pair "$(image_of "$old")" "$(image_of "$new")" "$old/lib/modules"
    fi
    case ${KBTF_PAIRS:-}:$a in
    all:* | *-cloud-*)
        try "$a to $b, byte-swapped" swapped "$(image_of "$old")" "$(image_of "$new")" \
            "$old/lib/modules"
        ;;
    esac
}

# linux-image-6.12.100+deb12-cloud-amd64: series 6.12, and "cloud-amd64" for flavour and arch.
try_kernels() {
    local package kind
    local -A packages=()
    for package in "${KBTF_KERNELS:-/nonexistent}"/linux-image-*; do
        [ -d "$package/lib/modules" ] || continue
        kind=$(basename "$package" | sed -E 's/^linux-image-([0-9]+\.[0-9]+)\.[0-9]+(\+[a-z0-9]+|-[0-9]+)?-(.*)$/\1 \3/')
        packages[$kind]+="$package"$'\n'
    done
    if [ ${#packages[@]} -eq 0 ]; then
        report ok 'pairs of kernels' 'KBTF_KERNELS has none'
        return
    fi
    while read -r kind; do
        mapfile -t package < <(printf '%s' "${packages[$kind]}" | sort -V)
        if [ ${#package[@]} -lt 2 ]; then
            report ok "$kind" 'only one build of it is there'
        else
            try_packages "${package[0]}" "${package[-1]}"
        fi
    done < <(printf '%s\n' "${!packages[@]}" | sort -V)
}

if [ -z "$relocate_libbpf" ]; then
    report ok 'kbtf against libbpf' 'no libbpf of 1.5 or later; see the option libbpf_prefix'
else
    try_generated
    try_kept_verdicts
    try_kernels
fi
printf '1..%d\n' "$nr"
exit "$failed"
