#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# build-musl.sh FOLDER: kbtf with another C library, musl, as one static file, in FOLDER.
#
# kbtf's own sources see musl's headers alone. The libraries that it needs are Debian's, which were made
# for glibc: they take nothing of it but what both have, and the checks of fortified_musl.c. lzo and bzip2 are
# left out. Exit status 77: this machine has not what that takes.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
# shellcheck source=scripts/lib.sh
. "$root/scripts/lib.sh"
# shellcheck source=tests/arch/cross.sh
. "$here/cross.sh"

folder=$1
headers=(libelf.h gelf.h zlib.h zconf.h xxhash.h xxh3.h lzma lzma.h zstd.h zstd_errors.h lz4.h yajl
    linux asm-generic)
# What meson asks pkg-config for, and the files that have it.
declare -A archives=([libelf]=libelf.a [zlib]=libz.a [yajl]=libyajl_s.a [libxxhash]=""
    [liblzma]=liblzma.a [libzstd]=libzstd.a [liblz4]=liblz4.a)

# What musl's programs may include beside musl's own.
link_headers() {
    local header

    mkdir -p "$folder.musl/include"
    for header in "${headers[@]}"; do
        [ ! -e "/usr/include/$header" ] || ln -sfn "/usr/include/$header" "$folder.musl/include/$header"
    done
    ln -sfn "/usr/include/$triplet/asm" "$folder.musl/include/asm"
}

write_packages() {
    local name archive

    mkdir -p "$folder.musl/pkgconfig"
    for name in "${!archives[@]}"; do
        archive=${archives[$name]:+/usr/lib/$triplet/${archives[$name]}}
        [ -z "$archive" ] || [ -e "$archive" ] || { warn "there is no $archive"; exit 77; }
        printf 'Name: %s\nDescription: for musl\nVersion: %s\nLibs: %s\n' "$name" \
            "$(pkg-config --modversion "$name")" "${archive:+$archive $folder.musl/libfortified.a}" \
            >"$folder.musl/pkgconfig/$name.pc"
    done
}

configure() {
    configure_cross "$folder" "$(uname -m)" little -Dtests=disabled -Ddefault_library=static \
        -Dlate_libraries=false -Dbzip2=disabled -Dlzo=disabled <<END
[binaries]
c = 'musl-gcc'
ar = 'ar'
strip = 'strip'
pkgconfig = 'pkg-config'
[properties]
pkg_config_libdir = '$folder.musl/pkgconfig'
[built-in options]
c_args = ['-isystem', '$folder.musl/include']
c_link_args = ['-static']
END
}

command -v musl-gcc >/dev/null || { warn 'there is no musl-gcc'; exit 77; }
triplet=$(gcc -print-multiarch)
mkdir -p "$folder.musl"
folder=$(readlink -f "$folder")
link_headers
musl-gcc -O2 -c -o "$folder.musl/fortified.o" "$here/fortified_musl.c"
ar rcs "$folder.musl/libfortified.a" "$folder.musl/fortified.o"
write_packages
configure
ninja -C "$folder"
