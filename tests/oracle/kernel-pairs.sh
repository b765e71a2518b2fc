#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# kernel-pairs.sh BUILD [SERIES FLAVOUR ARCH]: kbtf and libbpf on real kernels.
#
# For every series, flavour and architecture that the package registry has: every
# module of the oldest build is distilled and relocated onto the newest, by both.
# They have to make as many distilled types, give the same verdict, and relocate to
# the same bytes. Prints TAP, a test a module. Differences that are known, with the
# reason for each, stand in accepted-differences.txt.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

build=$1
shift
kbtf=$build/tool/kbtf
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Turn the lines of libbpf_pair into tests.
judge() {
    local pair=$1
    awk -F'\t' -v pair="$pair" -v nr="$nr" '
        FNR == NR {
            if (!/^#/ && NF >= 2)
                accepted[$1] = $2
            next
        }
        {
            why = ""
            if ($2 != $3)
                why = why "; distilled types: libbpf " $2 ", kbtf " $3
            if ($4 != $6)
                why = why "; relocates: libbpf " $4 ", kbtf " $6
            if ($5 != $6)
                why = why "; what kbtf distilled relocates: libbpf " $5 ", kbtf " $6
            if ($7 == "no")
                why = why "; other bytes"
            name = pair ": " $1
            if (why != "" && !(name in accepted))
                printf "not ok %d - %s%s\n", ++nr, name, why
            else
                printf "ok %d - %s%s\n", ++nr, name, why == "" ? "" : "; accepted"
        }' "$here/accepted-differences.txt" "$work/pair.tsv"
    nr=$((nr + $(wc -l <"$work/pair.tsv")))
}

try_pair() {
    local series=$1 flavour=$2 arch=$3
    local pair="$series $flavour $arch" old new end module
    local -A release

    if [ "$(kernels_list "$series" "$flavour" "$arch" | wc -l)" -lt 2 ] ||
        ! old=$(kernels_fetch_end oldest "$series" "$flavour" "$arch" "$kernels") ||
        ! new=$(kernels_fetch_end newest "$series" "$flavour" "$arch" "$kernels"); then
        report ok "$pair" 'the package registry has no two builds of it'
        return 0
    fi
    rm -rf "${work:?}"/*
    mkdir "$work/modules"
    for end in old new; do
        release[$end]=$(kernels_release "${!end}")
        "$kbtf" extract "$kernels/${!end}/boot/vmlinuz-${release[$end]}" >"$work/$end.btf" || return 1
    done
    while read -r module; do
        case $module in
        *.xz) xz -dc "$module" >"$work/modules/$(basename "$module" .xz)" ;;
        *) cp "$module" "$work/modules" ;;
        esac
    done < <(find "$kernels/$old/lib/modules" -name '*.ko' -o -name '*.ko.xz')

    # What is refused is a result; libbpf_pair sees it by the file that is missing.
    "$kbtf" extract -q -o "$work/split" "$work/modules" >&2 || [ $? -eq 1 ]
    "$kbtf" distill -q -B "$work/old.btf" -o "$work/distilled" "$work/modules" >&2 || [ $? -eq 1 ]
    "$kbtf" distill -q -B "$work/old.btf" --raw -o "$work/raw" "$work/modules" >&2 || [ $? -eq 1 ]
    "$kbtf" relocate -q -B "$work/new.btf" --raw -o "$work/relocated" "$work/distilled" >&2 ||
        [ $? -eq 1 ]
    "$build/tests/oracle/libbpf_pair" "$work/old.btf" "$work/new.btf" \
        "$work/split" "$work/raw" "$work/relocated" >"$work/pair.tsv" || return 1
    printf '# %s, %s to %s: %d modules, libbpf relocates %d, kbtf %d, %d with the same bytes\n' \
        "$pair" "${release[old]}" "${release[new]}" "$(wc -l <"$work/pair.tsv")" \
        "$(awk -F'\t' '$4 == "yes"' "$work/pair.tsv" | wc -l)" \
        "$(awk -F'\t' '$6 == "yes"' "$work/pair.tsv" | wc -l)" \
        "$(awk -F'\t' '$7 == "yes"' "$work/pair.tsv" | wc -l)"
    judge "$pair"
}

if [ ! -x "$build/tests/oracle/libbpf_pair" ]; then
    report ok 'kbtf against libbpf' 'no libbpf of 1.5 or later; see the option libbpf_prefix'
elif [ $# -gt 0 ]; then
    try_pair "$@"
else
    for arch in amd64 arm64; do
        for series in 6.12 6.1; do
            for flavour in cloud generic rt; do
                try_pair $series $flavour $arch
            done
        done
    done
fi
printf '1..%d\n' "$nr"
