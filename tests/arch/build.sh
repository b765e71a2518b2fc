#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# build.sh ARCH NATIVE FOLDER: kbtf and its tests for another Debian architecture, in
# FOLDER, made to run here under qemu-user.
#
# ARCH is arm64, armhf, i386 or s390x. What Debian has for it is unpacked into the
# cache folder; this system's packages are left alone. What only makes input for
# tests is taken from NATIVE, a build for this machine, so that input is the same.
# Exit status 77: this machine or its package registry has not what that takes.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
# shellcheck source=scripts/lib.sh
. "$root/scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$root/scripts/kernels.sh"
# shellcheck source=tests/arch/cross.sh
. "$here/cross.sh"

arch=$1 native=$(readlink -f "$2") folder=$3
case $arch in
arm64) compiler=aarch64-linux-gnu triplet=$compiler qemu=aarch64 family=aarch64 endian=little ;;
armhf) compiler=arm-linux-gnueabihf triplet=$compiler qemu=arm family=arm endian=little ;;
i386) compiler=i686-linux-gnu triplet=i386-linux-gnu qemu=i386 family=x86 endian=little ;;
s390x) compiler=s390x-linux-gnu triplet=$compiler qemu=s390x family=s390x endian=big ;;
*) die "$arch is not known here" ;;
esac
system=$kbtf_cache/system-$arch
libraries=(libc6-dev libelf-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev libbz2-dev
    liblzo2-dev libxxhash-dev libyajl-dev libcmocka-dev)
# What tests run, rather than meson: by a script in its place.
run_by_tests=(tool/kbtf)
# What makes input only.
from_native=(tests/cli/make_input tests/cli/make_program)

# Unpack the libraries and all that they need. A folder that exists is complete.
unpack_system() {
    local work apt_opts deb link target

    [ ! -d "$system" ] || return 0
    # A mirror that is half updated has lists enough.
    kernels_apt_opts "$arch" || warn "$arch: not all lists of packages are to be had"
    mkdir -p "$kbtf_cache"
    work=$(mktemp -d "$kbtf_cache/.system-XXXXXX")
    mkdir -p "$work/debs/partial" "$work/root"
    apt-get "${apt_opts[@]}" "-oDir::Cache::archives=$work/debs" -y --download-only \
        --no-install-recommends install "${libraries[@]}" || { rm -rf "$work"; return 1; }
    for deb in "$work"/debs/*.deb; do
        dpkg-deb -x "$deb" "$work/root" || { rm -rf "$work"; return 1; }
    done
    # Links that name files by their place in such a system lead nowhere in this one.
    find "$work/root" -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
        ln -sfnr "$work/root$target" "$link"
    done
    mv -T "$work/root" "$system" 2>/dev/null || [ -d "$system" ]
    rm -rf "$work"
}

configure() {
    configure_cross "$folder" "$family" "$endian" -Dtests=enabled <<END
[binaries]
c = ['$compiler-gcc', '--sysroot=$system']
ar = '$compiler-ar'
strip = '$compiler-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-$qemu-static', '-L', '$system']
[properties]
sys_root = '$system'
native_build = '$native'
needs_exe_wrapper = true
pkg_config_libdir = '$system/usr/lib/$triplet/pkgconfig:$system/usr/share/pkgconfig'
END
}

# Let a program that was linked for ARCH be run by its own name.
make_runnable() {
    local program=$1

    [ "$(head -c 4 "$program")" = $'\x7fELF' ] || return 0
    mv "$program" "$program.$arch"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec qemu-%s-static -L %s -0 "$0" %s "$@"\n' \
        "$qemu" "$system" "$program.$arch" >"$program"
    chmod +x "$program"
}

for program in $compiler-gcc qemu-$qemu-static; do
    command -v "$program" >/dev/null || { warn "there is no $program"; exit 77; }
done
unpack_system || { warn "the libraries for $arch could not be fetched"; exit 77; }
mkdir -p "$(dirname "$folder")"
folder=$(readlink -f "$folder")
configure
ninja -C "$folder"
for program in "${run_by_tests[@]}"; do
    make_runnable "$folder/$program"
done
for program in "${from_native[@]}"; do
    ln -sf "$native/$program" "$folder/$program"
done
