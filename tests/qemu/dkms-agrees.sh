#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# dkms-agrees.sh BUILD: do Debian's DKMS packages give modules BTF that kernels take?
#
# A fresh system of this Debian release is installed into a folder, with kbtf and its kernel hooks, the
# headers of an older build of the 6.12 cloud kernel, dkms, and packages of two modules,
# none of them changed. What is asked:
#   built    dkms builds, signs and compresses the modules; they have .BTF and .BTF.base,
#            made on the kernel of the headers, which is not the running one
#   loaded   the newest build's stock kernel takes them under qemu: what it has in
#            /sys/kernel/btf is what kbtf predicts, bpftool reads it, an fentry program runs
# Prints TAP. Takes root, and some minutes.
#
# try() calls functions, which shellcheck does not see.
# shellcheck disable=SC2317
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/support/system.sh
. "$here/../support/system.sh"

kbtf=$(readlink -f "$1/tool/kbtf")
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
arch=amd64
# Both build with 6.12. lime is not loaded: it would want to be told where to write memory to.
packages=(acpi-call-dkms lime-forensics-dkms)
modules=(acpi_call lime)
loaded=acpi_call
work=$(mktemp -d)
system=$work/system
trap 'rm -rf --one-file-system "$work"' EXIT

# The libraries that kbtf is linked to, and those that it loads when a file needs them.
libraries() {
    local name
    ldd "$kbtf" | awk '$3 ~ /^\// { print $3 }'
    { grep -aoE 'lib(bz2|lzma|lzo2|lz4|zstd)\.so\.[0-9.]+' "$kbtf" || :; } | sort -u | while read -r name; do
        /sbin/ldconfig -p | awk -v name="$name" '$1 == name && !found++ { print $NF }'
    done
}

# kbtf by its three names, with the libraries that it needs, and the hooks.
install_kbtf() {
    local library name folder

    cp "$kbtf" "$system/usr/local/bin/kbtf"
    for name in kbtf-pahole kbtf-resolve_btfids; do ln -s kbtf "$system/usr/local/bin/$name"; done
    libraries | while read -r library; do
        [ -e "$system$library" ] || install -D "$library" "$system$library"
    done
    install -D "$here/../../kbuild/kernel-hook" "$system/usr/local/share/kbtf/kernel-hook"
    for folder in postinst.d header_postinst.d; do
        mkdir -p "$system/etc/kernel/$folder"
        ln -s /usr/local/share/kbtf/kernel-hook "$system/etc/kernel/$folder/00-kbtf"
        ln -s /usr/local/share/kbtf/kernel-hook "$system/etc/kernel/$folder/zz-kbtf-check"
    done
    inside kbtf --version
}

find_module() {
    find "$system/lib/modules/$release" -path '*/updates/*' -name "$1.ko*" | grep .
}

has_sections() {
    local names
    names=$("$kbtf" info "$1" | sed -n 's/^  section \([^ ]*\) .*/\1/p' | xargs)
    [ "${names#.BTF .BTF.base}" != "$names" ]
}

is_signed() {
    modinfo "$1" | grep '^sig_id:'
}

was_built_for() {
    modinfo -F vermagic "$1" | grep "^$release "
}

check_built() {
    local name module

    for name in "${modules[@]}"; do
        if ! module=$(find_module "$name"); then
            report 'not ok' "built: dkms installed no $name"
            continue
        fi
        try "built: $name is signed" is_signed "$module"
        try "built: $name is for $release" was_built_for "$module"
        try "built: $name has .BTF and .BTF.base" has_sections "$module"
        try "built: $name fits the kernel it was built for" \
            "$kbtf" check -q -B "$system/boot/vmlinuz-$release" "$module"
        xz -dc "$module" >"$work/$name.ko" 2>/dev/null || cp "$module" "$work/$name.ko"
    done
}

# Programs for the guest: bpftool with its libraries, and what loads and attaches BPF.
build_programs() {
    local prefix=${KBTF_LIBBPF_PREFIX-} flags=() archive

    if [ -n "$prefix" ]; then
        flags=("-I$prefix/include")
        archive=$prefix/lib/libbpf.a
    else
        archive=$(${CC:-cc} -print-file-name=libbpf.a)
    fi
    clang -O2 -g -target bpf -D__TARGET_ARCH_x86 "${flags[@]}" \
        "-I/usr/include/$(${CC:-cc} -print-multiarch)" -c -o "$work/dkms.bpf.o" "$here/dkms.bpf.c" &&
        ${CC:-cc} -static -O1 "${flags[@]}" -o "$work/attach" "$here/attach.c" "$archive" -lelf -lz
}

bpftool_files() {
    local bpftool file
    bpftool=${KBTF_BPFTOOL:-$(command -v bpftool)} || return 1
    printf '%s=bin/bpftool\n' "$bpftool"
    ldd "$bpftool" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' |
        while read -r file; do printf '%s=%s\n' "$file" "$file"; done
}

# Boot the newest kernel with the modules that were built for the other.
boot_newest() {
    local add=() file

    while read -r file; do add+=(-a "$file"); done < <(bpftool_files)
    cat >"$work/run" <<'END'
#!/bin/busybox sh
bpftool btf dump file /sys/kernel/btf/acpi_call >/tmp/dump
echo "bpftool: $?, $(grep -c "FUNC '" /tmp/dump) functions"
attach /dkms.bpf.o sh -c 'echo "\\_SB.NONE" >/proc/acpi/call'
END
    "$here/boot.sh" -k "$kernels/$newest/boot/vmlinuz-$newest_release" -o "$work/out" -f 3 -t 900 \
        -r "$work/run" -a "$work/attach=bin/attach" -a "$work/dkms.bpf.o=dkms.bpf.o" "${add[@]}" \
        "$work/$loaded.ko"
}

check_loaded() {
    "$kbtf" relocate -q --kernel "$newest_release" --root "$kernels/$newest" --raw \
        -o "$work/predicted.btf" "$work/$loaded.ko" >&2 || :
    try "loaded: $loaded" grep -P "^$loaded\t3\t0$" "$work/out/loads.tsv"
    try 'loaded: /sys/kernel/btf has what kbtf predicts' \
        cmp "$work/predicted.btf" "$work/out/btf/$loaded"
    try 'loaded: bpftool reads it' grep '^bpftool: 0, [1-9]' "$work/out/run.out"
    try 'loaded: an fentry program attaches to acpi_proc_write' \
        grep -P '^attached\t0\t' "$work/out/run.out"
    try 'loaded: and runs' grep -P '^seen\t1\t10$' "$work/out/run.out"
}

[ "$(id -u)" -eq 0 ] || skip_all 'it takes root'
[ "$(dpkg --print-architecture)" = $arch ] || skip_all 'it takes a machine of amd64'
command -v debootstrap >/dev/null || skip_all 'there is no debootstrap'
unshare --mount true 2>/dev/null || skip_all 'no file system can be mounted here'
mapfile -t builds < <(kernels_list 6.12 cloud $arch)
newest=${builds[-1]-}
[ ${#builds[@]} -gt 1 ] || skip_all 'the package registry has no two builds of 6.12'
release=$(kernels_release "${builds[-2]}")
newest_release=$(kernels_release "$newest")
[ "$release" != "$(uname -r)" ] || skip_all 'the older build is the running one'
kernels_fetch "$newest" $arch "$kernels" >&2 || skip_all "$newest could not be fetched"

install_system >&2 || skip_all 'a system could not be installed into a folder'
install_kbtf >&2
inside apt-get install -y -qq --no-install-recommends dkms openssl "linux-headers-$release" >&2 ||
    skip_all "dkms and linux-headers-$release could not be installed"
try 'equipped: the hook did it' test -e "$system/usr/src/linux-headers-$release/GNUmakefile"
try 'built: dkms is content' \
    inside apt-get install -y -qq --no-install-recommends "${packages[@]}"
check_built
cd "$work"
if build_programs >&2 && boot_newest >&2; then
    check_loaded
else
    report 'not ok' 'loaded: the machine did not come to its end'
fi
finish
