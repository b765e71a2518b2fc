#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "extract: to standard output, a file, a folder" {
    objcopy -O binary --only-section=.BTF modules/fits.ko expected
    "$KBTF" extract modules/fits.ko | cmp - expected
    kbtf extract -q -o fits.btf modules/fits.ko
    said 0
    cmp fits.btf expected
    kbtf extract -q -o out.d modules
    said 1 "modules/nobtf.ko: no BTF in it [no-btf]"
    [ "$(cd out.d && find . -type f | sort | xargs)" = "./fits.btf ./ids.btf ./net/drifts.btf ./net/refused.btf" ]
    cmp out.d/fits.btf expected
}

@test "extract: another section" {
    objcopy -O binary --only-section=.BTF_ids modules/ids.ko expected
    "$KBTF" extract --section .BTF_ids modules/ids.ko | cmp - expected
    kbtf extract -q --section .BTF_ids -o out.d/ modules/ids.ko
    cmp out.d/ids.BTF_ids expected
    kbtf extract -q --section .BTF.base -o base.btf modules/ids.ko
    said 1 "modules/ids.ko: no section .BTF.base [no-section]"
}

@test "extract: raw BTF as it is" {
    "$KBTF" extract old.btf | cmp - old.btf
}

@test "extract: calls that are wrong" {
    kbtf extract modules/fits.ko modules/ids.ko
    said 2 'kbtf extract: 2 files do not go to standard output: give --output
Try `kbtf extract --help`.'
    kbtf extract -q missing.ko
    said 1 "missing.ko: cannot open: No such file or directory [file-read]"
}

@test "extract: of an installed kernel" {
    "$KBTF" extract --root root --kernel 6.0.0-new | cmp - new.btf
    kbtf extract -q --root root --kernel 6.0.0-old -o made/old.btf
    said 0
    cmp made/old.btf old.btf
    mkdir -p one/lib/modules/6.0.0-one one/boot
    cp new.btf one/boot/vmlinux-6.0.0-one
    "$KBTF" extract --root one | cmp - new.btf
    kbtf extract --root root -o made/any.btf
    [ "$status" -eq 1 ]
    grep -q 'which one of .*\[several-kernels\]$' err
    kbtf extract --root root --kernel 6.0.0-none -o made/none.btf
    [ "$status" -eq 1 ]
    grep -q '^no BTF of kernel 6.0.0-none under root' err
    kbtf extract --root root --kernel 6.0.0-old old.btf
    said 2 'kbtf extract: --kernel and --root stand instead of FILE
Try `kbtf extract --help`.'
}

@test "extract: a library that is not on the machine is missed by files that need it" {
    readelf -d "$KBTF" | grep -q 'NEEDED.*liblzma' && skip 'the libraries are linked to'
    mkdir broken
    xz -k --check=crc32 modules/fits.ko || skip 'there is no xz'
    soname=$(LD_DEBUG=files "$KBTF" info modules/fits.ko.xz 2>&1 | sed -n 's/.*file=\(liblzma[^ ]*\) .*/\1/p' | head -n 1)
    [ -n "$soname" ] || skip 'this build has no liblzma'
    : >"broken/$soname"
    export LD_LIBRARY_PATH=$PWD/broken
    kbtf extract -q -o fits.btf modules/fits.ko
    said 0
    kbtf extract -q -o fits.btf modules/fits.ko.xz
    said 1 "modules/fits.ko.xz: xz data needs $soname, which cannot be loaded: $PWD/broken/$soname: file too short [unpack-library]"
}
