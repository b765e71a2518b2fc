#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# drop-in.sh BUILD KERNEL TOOLS: does a kernel that is built without pahole work?
#
# KERNEL is what `kernel/build -o KERNEL --btf y` made with the programs that tools.sh put
# into TOOLS, so that nothing but kbtf made BTF and resolved ids. With y the patches change
# neither link-vmlinux.sh's calls nor those of Makefile.modfinal.
#   built    no pahole and no resolve_btfids of the kernel's was called; the BTF is good
#   vmlinux  the kernel has that BTF, and no complaint; a kfunc and an fentry program run
#   modules  load with BTF that the kernel checks, and would be refused with; fentry too
# Prints TAP.
#
# try() calls functions, which shellcheck does not see.
# shellcheck disable=SC2317
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
qemu=$here/../qemu
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/kernel/programs.sh
. "$here/programs.sh"

build=$(readlink -f "$1") kernel=$(readlink -f "$2") tools=$(readlink -f "$3")
kbtf=$build/tool/kbtf
modules=(dummy veth tcp_dctcp tcp_bbr nf_conntrack)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

not() {
    ! "$@"
}

has_btf_of() {
    "$kbtf" extract -q -o "$work/own.btf" "$1" && cmp "$work/own.btf" "$2"
}

try 'built: vmlinux had its BTF from kbtf-pahole' grep -e '^-J.* \.tmp_vmlinux' "$tools/pahole.calls"
try 'built: modules had theirs' grep -e '--btf_base vmlinux .*/dummy\.ko' "$tools/pahole.calls"
try 'built: ids are from kbtf-resolve_btfids' grep -x vmlinux "$tools/resolve_btfids.calls"
try 'built: BTF by the rules of 6.12' \
    "$kbtf" verify -q --profile vmlinux --kernel-rules 6.12 "$kernel/vmlinux.btf"

build_attach "$work" >&2 || { report 'not ok' 'programs: they do not build'; finish; }
mkdir "$work/modules"
# all there are, as those that are asked for need others
find "$kernel/root" -name '*.ko' -exec cp -t "$work/modules" {} +
"$qemu/order.sh" "$work/modules" >"$work/list"
cat >"$work/run" <<'END'
#!/bin/busybox sh
cat /sys/kernel/btf/vmlinux >/out/btf/vmlinux
attach /kernel.bpf.o ip link add d9 type dummy
END
if ! "$qemu/boot.sh" -k "$kernel/image" -o "$work/out" -l "$work/list" -r "$work/run" \
    -a "$work/attach=bin/attach" -a "$work/kernel.bpf.o=kernel.bpf.o" >&2; then
    report 'not ok' 'vmlinux: the kernel does not boot'
    finish
fi
cat "$work/out/run.out" >&2
try 'vmlinux: the kernel has the BTF that kbtf made' \
    cmp "$kernel/vmlinux.btf" "$work/out/btf/vmlinux"
try 'vmlinux: no complaint' not grep -iE 'btf|kfunc' "$work/out/dmesg"
for name in "${modules[@]}"; do
    try "modules: $name loads" grep -P "^$name\t0\t0$" "$work/out/loads.tsv"
    try "modules: $name has the BTF that kbtf made" \
        has_btf_of "$work/modules/$name.ko" "$work/out/btf/$name"
done
try 'programs: they load and attach' grep -P '^attached\t0\t' "$work/out/run.out"
try 'programs: fentry and kfunc of the kernel, fentry of a module, types of both' \
    grep -P '^seen\t1\t1\t1\t65536$' "$work/out/run.out"
finish
