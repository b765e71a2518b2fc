#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "verify: sound BTF, alone, on a kernel, on its own base" {
    kbtf verify old.btf
    said 0
    printed "accepted     old.btf
files             1
accepted          1"
    kbtf verify -q -B old.btf modules
    said 0
    kbtf distill -q -B old.btf -o distilled modules
    kbtf verify -q distilled
    said 0
}

@test "verify: a module without its kernel" {
    kbtf verify -q modules/fits.ko
    said 1 "modules/fits.ko: a module's BTF stands on that of its kernel: name that with --base or --kernel [base-missing]"
}

@test "verify: what is damaged is named" {
    head -c 60 old.btf >cut.btf
    kbtf verify cut.btf
    [ "$status" -eq 1 ]
    grep -q '^refused      cut.btf$' out
    grep -Eq '^cut.btf(\+0x[0-9a-f]+)?: .+ \[[a-z-]+\]$' err || { cat err; false; }
    kbtf extract -q -o fits.btf modules/fits.ko
    printf '\377\377\377\177' | dd of=fits.btf bs=1 seek=52 conv=notrunc status=none
    objcopy --update-section .BTF=fits.btf modules/fits.ko bad.ko
    kbtf verify -q -B old.btf bad.ko
    [ "$status" -eq 1 ]
    grep -Eq '^bad.ko: .BTF\+0x[0-9a-f]+: .+ \[[a-z-]+\]$' err || { cat err; false; }
}

@test "verify: what kernels say" {
    kbtf distill -q -B old.btf -o distilled modules
    kbtf verify -q --profile vmlinux old.btf
    said 0
    kbtf verify -q --profile program --kernel-rules 6.12 old.btf
    said 0
    kbtf verify -q --profile module -B new.btf distilled/fits.ko
    said 0
    kbtf verify --profile module --kernel-rules 6.12 -B new.btf distilled/net/refused.ko
    [ "$status" -eq 1 ] || { cat out; false; }
    grep -q '^distilled/net/refused.ko: ' err || { cat err; false; }
}

@test "verify: calls that are wrong" {
    kbtf verify --profile frob x
    [ "$status" -eq 2 ]
    grep -q '^kbtf verify: --profile: .*frob' err || { cat err; false; }
    kbtf verify --kernel-rules 5.4 x
    [ "$status" -eq 2 ]
    grep -q '^kbtf verify: --kernel-rules: .*5\.4' err || { cat err; false; }
}
