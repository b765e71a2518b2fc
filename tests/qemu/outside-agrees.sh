#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# outside-agrees.sh BUILD: do the modules of kernel/outside work on a stock kernel?
#
# They are compiled against the headers of Debian's newest 6.12 cloud kernel, and loaded
# into that kernel under qemu:
#   compiled    without a warning
#   btf_file    sees that the kernel has BTF of its own, and does nothing
#   before      what the kernel makes of standalone BTF of the module dummy by itself
#   after       with btf_standalone it has what `kbtf standalone --to-split` predicts, byte
#               for byte; an fentry program on the module runs, and CO-RE finds its types
#   left alone  split BTF stays as it was
# Prints TAP.
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
# shellcheck source=tests/kernel/programs.sh
. "$here/../kernel/programs.sh"

kbtf=$(readlink -f "$1/tool/kbtf")
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
arch=amd64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

no_warnings() {
    ! grep -A 5 'warning:' "$work/compile.log"
}

# The module dummy as it is, and with standalone BTF; and what that should become.
make_dummies() {
    local stock

    stock=$(find "$kernels/$package/lib/modules" -name 'dummy.ko*')
    mkdir "$work/split" "$work/standalone" "$work/predicted"
    case $stock in
    *.xz) xz -dc "$stock" >"$work/split/dummy.ko" ;;
    *) cp "$stock" "$work/split/dummy.ko" ;;
    esac
    "$kbtf" standalone -q --bare --kernel "$release" --root "$kernels/$package" \
        -o "$work/standalone" "$work/split/dummy.ko" &&
        "$kbtf" standalone -q --to-split --raw --kernel "$release" --root "$kernels/$package" \
            -o "$work/predicted/standalone.btf" "$work/standalone/dummy.ko" &&
        "$kbtf" extract -q -o "$work/predicted/split.btf" "$work/split/dummy.ko"
}

boot() {
    cat >"$work/run" <<'END'
#!/bin/busybox sh
# It is the same module each time.
dummy() {
    echo "$1: load $(load 0 "/$2/dummy.ko")"
    [ ! -e /sys/kernel/btf/dummy ] || cat /sys/kernel/btf/dummy >"/out/btf/$1"
}
dummy before standalone
rmmod dummy
echo "btf_file: load $(load 0 /outside/btf_file.ko)"
echo "btf_standalone: load $(load 0 /outside/btf_standalone.ko)"
dummy after standalone
attach /kernel.bpf.o ip link add d9 type dummy
rmmod dummy
dummy left-alone split
rmmod btf_standalone && echo "btf_standalone: unloaded"
END
    "$here/boot.sh" -k "$kernels/$package/boot/vmlinuz-$release" -o "$work/out" -r "$work/run" \
        -c nowatchdog \
        -a "$work/attach=bin/attach" -a "$work/kernel.bpf.o=kernel.bpf.o" \
        -a "$work/split/dummy.ko=split/dummy.ko" \
        -a "$work/standalone/dummy.ko=standalone/dummy.ko" \
        -a "$work/outside/btf_file.ko=outside/btf_file.ko" \
        -a "$work/outside/btf_standalone.ko=outside/btf_standalone.ko"
}

# Whether the kernel by itself made of standalone BTF what btf_standalone makes of it.
knew_by_itself() {
    cmp -s "$work/predicted/standalone.btf" "$work/out/btf/before"
}

says() {
    grep "$1" "$work/out/$2"
}

complains() {
    grep -E 'WARNING:|BUG:|Oops|general protection|Kernel panic' "$work/out/dmesg" "$work/out/console"
}

[ "$(dpkg --print-architecture)" = $arch ] || skip_all 'it takes a machine of amd64'
package=$(kernels_list 6.12 cloud $arch | tail -n 1)
[ -n "$package" ] || skip_all 'the package registry has no 6.12'
release=$(kernels_release "$package")
kernels_fetch "$package" $arch "$kernels" >&2 || skip_all "$package could not be fetched"
kernels_fetch_headers "$release" $arch "$work/headers" >&2 || skip_all "the headers of $release could not be fetched"

if ! "$here/../../kernel/outside/build" "$work/headers/tree" "$work/outside" \
    >"$work/compile.log" 2>&1; then
    cat "$work/compile.log" >&2
    report 'not ok' 'compiled: they do not'
    finish
fi
try 'compiled: without a warning' no_warnings
if ! { build_attach "$work" && make_dummies && boot; } >&2; then
    report 'not ok' 'the machine did not come to its end'
    finish
fi
cat "$work/out/run.out" >&2
try 'btf_file: the kernel has BTF, it says so' \
    says '^btf_file: load 17$' run.out
try 'btf_file: and why' says 'btf_file: this kernel has BTF of its own' dmesg
if knew_by_itself; then
    report 'not ok' 'before: the kernel needs no help'
else
    report ok 'before: the kernel does not take it for what it is'
fi
try 'after: the module loads' says '^after: load 0$' run.out
try 'after: its BTF is what kbtf predicts' \
    cmp "$work/predicted/standalone.btf" "$work/out/btf/after"
try 'after: programs load and attach' grep -P '^attached\t0\t' "$work/out/run.out"
try 'after: fentry of the module runs' grep -P '^seen\t1\t1\t1\t65536$' "$work/out/run.out"
try 'left alone: split BTF is as it was' cmp "$work/predicted/split.btf" "$work/out/btf/left-alone"
try 'unloaded: it goes' says '^btf_standalone: unloaded$' run.out
if complains >&2; then
    report 'not ok' 'the kernel complains'
else
    report ok 'the kernel has no complaint'
fi
finish
