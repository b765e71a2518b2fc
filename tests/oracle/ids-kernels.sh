#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# ids-kernels.sh BUILD UNRESOLVE_IDS [BTFIDS_LIBBPF]: the .BTF_ids of real kernels and modules,
# made what they were before the kernel's build resolved them, resolved again: the bytes have to be
# those that the build made. Then by resolve_btfids, and BTF since 6.19 by libbpf. Prints TAP.
#
#   KBTF_KERNELS         kernels, as kernel-pairs.sh unpacks them: PACKAGE/boot, PACKAGE/lib/modules
#   KBTF_VMLINUX         vmlinux files that have their symbols, as -dbg packages have them
#   KBTF_RESOLVE_BTFIDS  the kernel's resolve_btfids of up to 6.18
# shellcheck disable=SC2317 # functions that try() calls
set -euo pipefail

kbtf=$1/tool/kbtf
unresolve=$2
btfids_libbpf=${3-}
nr=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$(readlink -f "$kbtf")" "$work/kbtf-resolve_btfids"

# report ok|"not ok" NAME [REASON TO SKIP]
report() {
    nr=$((nr + 1))
    [ "$1" = ok ] || failed=1
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

ids_of() {
    "$kbtf" extract --section .BTF_ids "$1"
}

# same FILE BASE|-: the ids of one file, by kbtf, the drop-in and the peer. BASE is a raw BTF.
same() {
    local file=$1 base=$2 fresh=$work/fresh made=$work/made on=() on_peer=()
    if [ "$base" != - ]; then on=(-B "$base") on_peer=(-b "$base"); fi
    rm -f "$fresh" "$made" "$made.peer"
    "$unresolve" "$file" "$base" "$fresh" || return 1
    if cmp -s <(ids_of "$fresh") <(ids_of "$file"); then
        echo "# $file: nothing was unresolved"
        return 1
    fi
    "$kbtf" ids -q "${on[@]}" -o "$made" "$fresh" || return 1
    cmp <(ids_of "$made") <(ids_of "$file") || return 1
    "$kbtf" ids -v "${on[@]}" -o "$made.again" "$made" | grep '^already ' >/dev/null || return 1
    if [ -n "${KBTF_RESOLVE_BTFIDS-}" ]; then
        cp "$fresh" "$made.peer"
        "$KBTF_RESOLVE_BTFIDS" "${on_peer[@]}" "$made.peer" || return 1
        cmp "$made" "$made.peer" || return 1
    fi
    "$work/kbtf-resolve_btfids" "${on_peer[@]}" "$fresh" || return 1
    # It has symbols of modules follow.
    cmp <(ids_of "$made") <(ids_of "$fresh")
}

# "NAME FLAGS" of each kfunc, a line each.
kfuncs() {
    "$kbtf" ids --list --json "${@:2}" "$1" |
        jq -r '.files[].sets[] | select(.is_kfuncs) | .members[] | "\(.name) \(.flags)"'
}

# since_619 FILE BASE|- [distill]: BTF and base, type by type as libbpf makes them.
since_619() {
    local file=$1 base=$2 on=() on_kbtf=() distill=()
    if [ "$base" != - ]; then on=(--btf_base "$base") on_kbtf=(-B "$base"); fi
    [ -z "${3-}" ] || distill=(--distill_base)
    rm -f "$work"/elf* "$work"/peer*
    "$unresolve" "$file" "$base" "$work/elf" || return 1
    "$kbtf" extract -q -o "$work/btf" "$file"
    kfuncs "$file" "${on_kbtf[@]}" >"$work/kfuncs"
    "$work/kbtf-resolve_btfids" "${on[@]}" "${distill[@]}" --btf "$work/btf" "$work/elf" || return 1
    "$btfids_libbpf" "$work/btf" "$base" "$work/kfuncs" "$work/peer" ${3+distill} || return 1
    if [ -n "${3-}" ]; then
        # Structs that only ids name are in kbtf's base alone.
        cmp <("$kbtf" dump "$work/elf.BTF.base") <("$kbtf" dump "$work/peer.BTF.base") || return 1
        on_kbtf=(-B "$work/elf.BTF.base")
    fi
    cmp <("$kbtf" dump "${on_kbtf[@]}" "$work/elf.BTF") <("$kbtf" dump "${on_kbtf[@]}" "$work/peer.BTF")
}

# What has .BTF_ids and symbols among a kernel's modules.
with_ids() {
    "$kbtf" info --json "$1" |
        jq -r '.files[] | select(.nr_ids > 0) | .path'
}

try() {
    local name=$1
    shift
    if "$@"; then report ok "$name"; else report 'not ok' "$name"; fi
}

try_kernel() {
    local package=$1 vmlinuz base=$work/base.btf release modules file
    vmlinuz=$(find "$package/boot" -name 'vmlinuz-*' | head -n 1)
    release=${vmlinuz##*/vmlinuz-}
    "$kbtf" extract -q -o "$base" "$vmlinuz" || return 0
    modules=$(with_ids "$package/lib/modules/$release" 2>/dev/null || :)
    if [ -z "$modules" ]; then
        report ok "$release" 'no module has .BTF_ids'
        return
    fi
    for file in $modules; do
        try "$release ${file##*/}: as its build made it" same "$file" "$base"
        if [ -n "$btfids_libbpf" ]; then
            try "$release ${file##*/}: since 6.19" since_619 "$file" "$base"
            try "$release ${file##*/}: since 6.19, distilled" since_619 "$file" "$base" distill
        fi
    done
}

[ -n "${KBTF_RESOLVE_BTFIDS-}" ] || echo '# KBTF_RESOLVE_BTFIDS is not set: not held against the peer itself'
[ -n "$btfids_libbpf" ] || echo '# no libbpf: BTF since 6.19 is not held against it'
mapfile -t packages < <(find "${KBTF_KERNELS:-/nonexistent}" -mindepth 1 -maxdepth 1 -xtype d \
    -name 'linux-image-*' 2>/dev/null | sort)
for package in "${packages[@]}"; do
    try_kernel "$package"
done
for file in ${KBTF_VMLINUX-}; do
    try "${file##*/}: as its build made it" same "$file" -
    [ -z "$btfids_libbpf" ] || try "${file##*/}: since 6.19" since_619 "$file" -
done
[ "$nr" -gt 0 ] || report ok 'ids of kernels' 'neither KBTF_KERNELS nor KBTF_VMLINUX has any'
echo "1..$nr"
exit "$failed"
