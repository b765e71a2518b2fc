#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Build a small 6.12 kernel of Debian's source package, with BTF by kbtf alone. The source is
# fetched once into the cache folder; what is built again compiles only what changed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

usage() {
    cat <<'TEXT'
Usage: make-kernel.sh FOLDER PAHOLE RESOLVE_BTFIDS

Builds bzImage and modules in FOLDER with these two programs.
TEXT
}

if [ $# -ne 3 ]; then
    usage >&2
    exit 2
fi
mkdir -p "$1"
out=$(readlink -f "$1") pahole=$2 resolve_btfids=$3
series=6.12
source=$kbtf_cache/linux-source-$series

fetch_source() {
    local work apt_opts
    kernels_apt_opts "$(dpkg --print-architecture)"
    mkdir -p "$kbtf_cache"
    work=$(mktemp -d "$kbtf_cache/.source-XXXXXX")
    (cd "$work" && apt-get "${apt_opts[@]}" -oAPT::Sandbox::User=root download "linux-source-$series")
    dpkg-deb -x "$work"/*.deb "$work/package"
    tar -C "$work" -xf "$work/package/usr/src/linux-source-$series.tar.xz"
    mv -T "$work/linux-source-$series" "$source"
    rm -r "$work"
}

kernel_make() {
    make -C "$source" O="$out" ARCH=x86_64 LOCALVERSION= \
        PAHOLE="$pahole" RESOLVE_BTFIDS="$resolve_btfids" "$@"
}

[ -d "$source" ] || fetch_source || die "linux-source-$series could not be fetched"
if ! cmp -s "$here/kernel.config" "$out/kernel.config"; then
    kernel_make -s tinyconfig
    (cd "$source" && scripts/kconfig/merge_config.sh -m -O "$out" "$out/.config" \
        "$here/kernel.config" >"$out/configure.log")
    kernel_make -s olddefconfig
    grep -qx 'CONFIG_DEBUG_INFO_BTF_MODULES=y' "$out/.config" ||
        die "no BTF in this configuration; pahole's version is $("$pahole" --version)"
    cp "$here/kernel.config" "$out/kernel.config"
fi
kernel_make -j"$(nproc)" bzImage modules >"$out/build.log" 2>&1 || {
    grep -E -A 5 'rror|FAILED|failed' "$out/build.log" | head -n 30 >&2
    die "the build failed; see $out/build.log"
}
