#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# minimize-libbpf.sh BUILD_DIR [MINIMIZE_LIBBPF MINIMIZE_RANDOM MINIMIZE_LOAD]: whether libbpf computes the same
# from minimised BTF as from whole BTF, and whether minimised BTF is no larger than bpftool's.
# Prints TAP. Objects are those of core/ beside this file, compiled here, and those in
#
#   KBTF_BPF_OBJECTS  a folder of BPF objects, such as those that bcc's libbpf-tools compile to
#
# and kernels and peers are found as by the other tests here:
#
#   KBTF_KERNELS      kernels, as kernel-pairs.sh unpacks them: PACKAGE/boot, PACKAGE/lib/modules
#   KBTF_BPFTOOL      a bpftool of one's own
#   KBTF_SEEDS        made-up programs for each pair of kernels; default 60
set -euo pipefail

build=$1 minimize_libbpf=${2:-} minimize_random=${3:-} minimize_load=${4:-}
kbtf=$build/tool/kbtf
here=$(dirname "$(readlink -f "$0")")
bpftool=${KBTF_BPFTOOL:-$(command -v bpftool || true)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0 failed=0

# report ok|"not ok" NAME [REASON TO SKIP]
report() {
    nr=$((nr + 1))
    [ "$1" = ok ] || failed=1
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

try() {
    local name=$1
    shift
    if "$@"; then report ok "$name"; else report 'not ok' "$name"; fi
}

# The newest clang here. type_matches wants 15.
newest_clang() {
    local version
    for version in 21 20 19 18 17 16 15; do
        if command -v "clang-$version"; then return; fi
    done
    command -v clang
}

# Compile what the compiler can.
compile() {
    local source object clang
    mkdir "$work/objects"
    clang=$(newest_clang) || return 0
    for source in "$here"/core/*.bpf.c; do
        object=$work/objects/$(basename "$source" .c).o
        "$clang" -target bpf -g -O2 -fno-crash-diagnostics -c "$source" -o "$object" 2>"$work/log" ||
            report ok "compile $(basename "$source")" 'this clang does not: records are made up instead'
    done
}

# gcc writes records, too. That of Debian 12 knows one kind of them.
compile_with_gcc() {
    if command -v bpf-gcc >/dev/null; then
        try 'compile access.bpf.c with gcc' bpf-gcc -O2 -gbtf -mco-re -c "$here/core/access.bpf.c" \
            -o "$work/objects/access.bpf.gcc.o"
    else
        report ok 'compile access.bpf.c with gcc' 'there is no bpf-gcc'
    fi
}

# Both compilers' object of one source need the same. try() calls it.
# shellcheck disable=SC2317
same_by_gcc() {
    "$kbtf" gen min_core_btf "$1" "$work/gcc.btf" "$work/objects/access.bpf.gcc.o" &&
        "$kbtf" gen min_core_btf "$1" "$work/clang.btf" "$work/objects/access.bpf.o" &&
        cmp "$work/gcc.btf" "$work/clang.btf" >&2
}

# Sizes of all that is made for one object each: ours and bpftool's. Ours may be larger by a type of
# 34 bytes: `long unsigned int`, by which libbpf knows how large a kernel's pointers are also where
# its own are of another size. try() calls it.
# shellcheck disable=SC2317
compare_sizes() {
    local kernel=$1 object ours theirs sum_ours=0 sum_theirs=0 larger=0
    for object in "${objects[@]}"; do
        "$kbtf" gen min_core_btf "$kernel" "$work/ours.btf" "$object" || return 1
        "$bpftool" gen min_core_btf "$kernel" "$work/theirs.btf" "$object" || return 1
        ours=$(stat -c %s "$work/ours.btf") theirs=$(stat -c %s "$work/theirs.btf")
        sum_ours=$((sum_ours + ours)) sum_theirs=$((sum_theirs + theirs))
        if [ "$ours" -gt "$theirs" ]; then
            larger=$((larger + 1))
            echo "# larger: $(basename "$object"): $ours bytes, bpftool's $theirs"
            [ $((ours - theirs)) -le 34 ] || return 1
        fi
    done
    echo "# ${#objects[@]} objects, one by one: $sum_ours bytes, bpftool's $sum_theirs; $larger are larger"
    "$kbtf" gen min_core_btf "$kernel" "$work/ours.btf" "${objects[@]}" || return 1
    "$bpftool" gen min_core_btf "$kernel" "$work/theirs.btf" "${objects[@]}" || return 1
    ours=$(stat -c %s "$work/ours.btf") theirs=$(stat -c %s "$work/theirs.btf")
    echo "# all together: $ours bytes, bpftool's $theirs"
    [ "$sum_ours" -le "$sum_theirs" ] && [ "$ours" -le "$theirs" ]
}

# What libbpf as it is makes of objects with a btf_custom_path: of the merged file of some
# modules, too, for an object that needs types of theirs.
load_with() {
    local name=$1 image=$2 status=0
    shift 2
    "$kbtf" minimize -q -B "$image" --for "${objects[@]}" -o "$work/left.btf" &&
        "$minimize_load" "$image" "$work/left.btf" "${objects[@]}" || status=$?
    if [ $status -eq 77 ]; then
        report ok "$name: btf_custom_path" 'this process may not make maps'
        return
    fi
    try "$name: btf_custom_path" [ $status -eq 0 ]
    [ ! -e "$work/objects/modules.bpf.o" ] || [ $# -eq 0 ] || {
        try "$name: btf_custom_path, of vmlinux lacks types of modules" lacks_types "$image"
        try "$name: btf_custom_path, merged has them" merged_has_types "$image" "$@"
    }
}

# shellcheck disable=SC2317
lacks_types() {
    ! "$minimize_load" - "$1" "$work/objects/modules.bpf.o"
}

# shellcheck disable=SC2317
merged_has_types() {
    "$kbtf" minimize -q --merged -B "$@" --for "$work/objects/modules.bpf.o" -o "$work/left.btf" &&
        "$minimize_load" - "$work/left.btf" "$work/objects/modules.bpf.o"
}

# A kernel of each series, flavour and architecture; its modules where they are few enough.
try_kernel() {
    local package=$1 other=$2 name image modules=()
    name=$(basename "$package") name=${name#linux-image-}
    image=$work/$name.btf
    [ ${#objects[@]} -eq 0 ] || try "$name: ${#objects[@]} objects" \
        "$minimize_libbpf" "$image" --for "${objects[@]}"
    if [ -e "$work/objects/access.bpf.gcc.o" ] && [ -e "$work/objects/access.bpf.o" ]; then
        try "$name: the same for what gcc and clang make" same_by_gcc "$image"
    fi
    try "$name: made-up programs, of its own types" \
        "$minimize_random" 1 "${KBTF_SEEDS:-60}" "$image"
    [ "$image" = "$other" ] || try "$name: made-up programs, of types of $(basename "$other" .btf)" \
        "$minimize_random" 1 "${KBTF_SEEDS:-60}" "$image" "$other"
    case $name in
    *-cloud-*)
        mapfile -t modules < <(find "$package/lib/modules" -name 'vsock.ko*' -o -name 'xfs.ko*' \
            -o -name 'nf_conntrack.ko*' -o -name 'vmw_vsock_virtio_transport.ko*' -o -name 'vsock_diag.ko*')
        if [ -e "$work/objects/modules.bpf.o" ] && [ ${#modules[@]} -gt 0 ]; then
            try "$name: types that ${#modules[@]} modules have" "$minimize_libbpf" "$image" \
                "${modules[@]}" --for "$work/objects/modules.bpf.o"
        fi
        ;;
    esac
    [ ${#objects[@]} -eq 0 ] || load_with "$name" "$image" "${modules[@]}"
    if [ -z "$bpftool" ]; then
        report ok "$name: no larger than bpftool's" 'there is no bpftool here'
    elif [ ${#objects[@]} -gt 0 ]; then
        try "$name: no larger than bpftool's" compare_sizes "$image"
    fi
}

try_kernels() {
    local package kind first=
    local -A packages=()
    for package in "${KBTF_KERNELS:-/nonexistent}"/linux-image-*; do
        [ -d "$package/lib/modules" ] || continue
        kind=$(basename "$package" | sed -E 's/^linux-image-([0-9]+\.[0-9]+)\.[0-9]+(\+[a-z0-9]+|-[0-9]+)?-(.*)$/\1 \3/')
        packages[$kind]=$package
    done
    for kind in "${!packages[@]}"; do
        package=${packages[$kind]}
        image=$(find "$package/boot" -name 'vmlinu[xz]-*' | head -n 1)
        "$kbtf" extract -q "$image" -o "$work/$(basename "${package#*linux-image-}").btf" || return
    done
    if [ ${#packages[@]} -eq 0 ]; then
        report ok 'kernels' 'KBTF_KERNELS has none'
        return
    fi
    while read -r kind; do
        package=${packages[$kind]}
        : "${first:=$work/$(basename "${package#*linux-image-}").btf}"
        try_kernel "$package" "$first"
    done < <(printf '%s\n' "${!packages[@]}" | sort -V)
}

if [ -z "$minimize_random" ]; then
    report ok 'minimise against libbpf' 'no libbpf of 1.5 or later; see the option libbpf_prefix'
else
    compile
    compile_with_gcc
    mapfile -t objects < <(find "$work/objects" "${KBTF_BPF_OBJECTS:-$work/objects}" -name '*.o' | sort -u)
    [ -n "${KBTF_BPF_OBJECTS:-}" ] || report ok "others' objects" 'KBTF_BPF_OBJECTS names none'
    [ ${#objects[@]} -gt 0 ] || report ok 'objects' 'there is no clang to compile them'
    try_kernels
fi
printf '1..%d\n' "$nr"
exit "$failed"
