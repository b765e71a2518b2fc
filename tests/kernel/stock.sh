#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# stock.sh BUILD: what Debian's stock 6.12 kernel does with what the scenarios "broken" and
# "bad-btf" give to one with the patches of kernel/.
#
# The modules of the scenarios are built against the headers of the newest cloud kernel,
# and loaded into that under qemu:
#   broken  prints stock/broken.out, where a set with one broken kfunc has no good one either
#   bad     each module with broken BTF, alone in a boot, since most are the end of it: what
#           is said of it in stock/bad.txt. "ok" is as if its BTF were good, "oops" and
#           "stuck" are what they say, numbers are the errno of the load
# Prints TAP.
#   KBTF_TEST_ACCEPT=1  write what there is to stock/
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/kernel/programs.sh
. "$here/programs.sh"
# shellcheck source=tests/qemu/machines.sh
. "$here/../qemu/machines.sh"

build=$(readlink -f "$1")
arch=x86_64
machine_of $arch
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernel=$work/kernel
# shellcheck source=tests/kernel/root.sh
. "$here/root.sh"

# A folder as kernel/build makes it, of a stock kernel and its headers, which give BTF to
# modules that are built with them.
make_kernel() {
    local package=$1 release=$2 name

    kernels_fetch_headers "$release" amd64 "$kernel" || return 1
    ln -s "$kernels/$package/boot/vmlinuz-$release" "$kernel/image"
    printf '%s\n' "$release" >"$kernel/release"
    mkdir -p "$work/bin"
    for name in kbtf kbtf-pahole kbtf-resolve_btfids; do
        ln -s "$kbtf" "$work/bin/$name"
    done
    "$kbtf" extract -q -o "$kernel/vmlinux.btf" "$kernel/image"
    mkdir -p "$kernel/lib/modules/$release"
    ln -s /tree "$kernel/lib/modules/$release/build"
    export PATH=$work/bin:$PATH
    kbtf equip -q --root "$kernel" --base "$kernel/image" "$release" || return 1
    # They are found by name.
    : >"$kernel/tools"
}

# Boot with a script. Its output is in $work/NAME/run.out.
boot() {
    local name=$1
    shift
    "$here/../qemu/boot.sh" -k "$kernel/image" -o "$work/$name" "$@"
}

# The scenario that needs a kernel of this project's to pass.
run_broken() {
    {
        printf '#!/bin/sh\n. /guest.sh\n'
        cat "$here/scenarios/broken.sh"
    } >"$work/run.sh"
    boot broken -r "$work/run.sh" --root "$work/root" -a "$here/guest.sh=/guest.sh" -m 512 >&2
}

# Print what comes of loading a module: ok, oops, stuck or an errno.
verdict_of() {
    local name
    name=$(basename "$1" .ko)
    # One processor is for who does not come back.
    boot "bad-$name" -p 2 -t 120 "$1" >&2 || { echo 'the machine stands still'; return; }
    awk -F '\t' '{ print $3 == "0" ? "ok" : $3 }' "$work/bad-$name/loads.tsv"
}

package=$(kernels_list 6.12 cloud amd64 | tail -n 1)
[ -n "$package" ] || skip_all 'the package registry has no 6.12'
release=$(kernels_release "$package")
kernels_fetch "$package" amd64 "$kernels" >&2 || skip_all "$package could not be fetched"
make_kernel "$package" "$release" >&2 || skip_all "the headers of $release could not be fetched"
mkdir -p "$work/root/bin"
{ make_ask "$work/root/bin/ask" && make_modules && make_bad; } >&2
cp "$kernel/vmlinux.btf" "$work/root/"

if ! run_broken; then
    report 'not ok' 'broken: the kernel does not come through'
else
    [ -z "${KBTF_TEST_ACCEPT-}" ] || cp "$work/broken/run.out" "$here/stock/broken.out"
    try 'broken: a broken kfunc takes its set with it' \
        diff -u "$here/stock/broken.out" "$work/broken/run.out"
fi
for bad in "$work/root/bad"/*.ko; do
    printf '%s %s\n' "$(basename "$bad" .ko)" "$(verdict_of "$bad")"
done >"$work/bad.txt"
[ -z "${KBTF_TEST_ACCEPT-}" ] || cp "$work/bad.txt" "$here/stock/bad.txt"
try 'bad: broken BTF of modules' diff -u "$here/stock/bad.txt" "$work/bad.txt"
finish
