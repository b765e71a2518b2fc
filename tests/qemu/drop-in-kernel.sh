#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# drop-in-kernel.sh BUILD: does a kernel that is built without pahole work?
#
# A small 6.12 kernel is built by make-kernel.sh, where nothing but kbtf makes BTF and
# resolves ids, and booted under qemu:
#   built    no pahole and no resolve_btfids of the kernel's was called; the BTF is good
#   vmlinux  the kernel has that BTF, and no complaint; a kfunc and an fentry program run
#   modules  load with BTF that the kernel checks, and would be refused with; fentry too
# Prints TAP. The kernel stays in BUILD/drop-in-kernel.
#
# try() calls functions, which shellcheck does not see.
# shellcheck disable=SC2317
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"

build=$(readlink -f "$1")
kbtf=$build/tool/kbtf
kernel=${KBTF_KERNEL_BUILD:-$build/drop-in-kernel}
modules=(dummy veth tcp_dctcp tcp_bbr nf_conntrack)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

# Report a test: ok or "not ok", its name, and why it was skipped if it was.
report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Report a test that is a command.
try() {
    local name=$1
    shift
    if "$@" >&2; then report ok "$name"; else report 'not ok' "$name"; fi
}

not() {
    ! "$@"
}

finish() {
    printf '1..%d\n' "$nr"
    exit 0
}

# What the kernel calls kbtf by: each call is noted.
make_tools() {
    local name
    for name in pahole resolve_btfids; do
        ln -s "$kbtf" "$work/kbtf-$name"
        printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s/%s.calls"\nexec "%s/kbtf-%s" "$@"\n' \
            "$work" "$name" "$work" "$name" >"$work/$name"
        chmod +x "$work/$name"
    done
}

has_btf_of() {
    "$kbtf" extract -q -o "$work/own.btf" "$1" && cmp "$work/own.btf" "$2"
}

attach() {
    clang -O2 -g -target bpf -D__TARGET_ARCH_x86 "${flags[@]}" \
        "-I/usr/include/$(${CC:-cc} -print-multiarch)" \
        -c -o "$work/kernel.bpf.o" "$here/kernel.bpf.c" &&
        ${CC:-cc} -static -O1 "${flags[@]}" -o "$work/attach" "$here/attach.c" "$archive" -lelf -lz
}

flags=() archive=$(${CC:-cc} -print-file-name=libbpf.a)
if [ -n "${KBTF_LIBBPF_PREFIX-}" ]; then
    flags=("-I$KBTF_LIBBPF_PREFIX/include")
    archive=$KBTF_LIBBPF_PREFIX/lib/libbpf.a
fi

make_tools
started=$SECONDS
if ! "$here/make-kernel.sh" "$kernel" "$work/pahole" "$work/resolve_btfids" >&2; then
    report 'not ok' 'built: the kernel does not build'
    finish
fi
printf '# the kernel took %d s to build\n' $((SECONDS - started))
report ok 'built'
# Where nothing changed since the last time nothing is linked, and nothing called.
if grep -q -e "^-J" "$work/pahole.calls" 2>/dev/null; then
    try 'built: vmlinux had its BTF from kbtf-pahole' grep -e ' \.tmp_vmlinux' "$work/pahole.calls"
    try 'built: modules had theirs' grep -e '--btf_base vmlinux .*/dummy\.ko' "$work/pahole.calls"
    try 'built: ids are from kbtf-resolve_btfids' grep -x vmlinux "$work/resolve_btfids.calls"
fi
try 'built: BTF by the rules of 6.12' \
    "$kbtf" verify -q --profile vmlinux --kernel-rules 6.12 "$kernel/vmlinux"

attach >&2 || { report 'not ok' 'programs: they do not build'; finish; }
mkdir "$work/modules"
# all there are, as those that are asked for need others
find "$kernel" -name '*.ko' -exec cp -t "$work/modules" {} +
"$here/order.sh" "$work/modules" >"$work/list"
cat >"$work/run" <<'END'
#!/bin/busybox sh
cat /sys/kernel/btf/vmlinux >/out/btf/vmlinux
attach /kernel.bpf.o ip link add d9 type dummy
END
if ! "$here/boot.sh" -k "$kernel/arch/x86/boot/bzImage" -o "$work/out" -l "$work/list" -r "$work/run" \
    -a "$work/attach=bin/attach" -a "$work/kernel.bpf.o=kernel.bpf.o" >&2; then
    report 'not ok' 'vmlinux: the kernel does not boot'
    finish
fi
cat "$work/out/run.out" >&2
try 'vmlinux: the kernel has the BTF that kbtf made' has_btf_of "$kernel/vmlinux" "$work/out/btf/vmlinux"
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
