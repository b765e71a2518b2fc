#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

sock="type [2] STRUCT sock: the module embeds it; size 8 where the module was built, 12 in this kernel (type [5]); member 'state' moved from bit 32 to bit 64 [embedded-size]"
gone="type [3] STRUCT gone: this kernel has no type of the name [missing]"

@test "relocate: what fits is written, what does not is refused with every reason" {
    kbtf distill -q -B old.btf -o distilled modules
    kbtf relocate -B new.btf -o made distilled
    said 1 "distilled/net/refused.ko: .BTF.base+0x28: $sock
distilled/net/refused.ko: .BTF.base+0x34: $gone"
    printed "kernel       new.btf
files             4
relocated         3
refused           1
BTF          1408 -> 449 bytes; .BTF.base 269, .BTF.embedded 526
types refused, and in how many files
       1  STRUCT gone [missing]
       1  STRUCT sock [embedded-size]"
    [ "$(cd made && find . -type f | sort | xargs)" = "./fits.ko ./ids.ko ./net/drifts.ko" ]
}

@test "relocate: the result is plain split BTF on the new kernel" {
    kbtf distill -q -B old.btf -o distilled.ko modules/ids.ko
    kbtf relocate -q -B new.btf -o out.ko distilled.ko
    said 0
    ! readelf -SW out.ko | grep -q 'BTF\.\(base\|embedded\)'
    kbtf dump -B new.btf out.ko
    printed "[7] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0
[8] PTR '(anon)' type_id=7
[9] FUNC_PROTO '(anon)' ret_type_id=1 vlen=1
	'priv' type_id=8
[10] FUNC 'demo_start' type_id=9 linkage=static
[11] FUNC 'demo_stop' type_id=9 linkage=static"
    objcopy -O binary --only-section=.BTF_ids out.ko ids
    [ "$(od -An -tu4 -w28 ids | xargs)" = "2 0 10 1 11 0 4" ]
}

@test "relocate: with the old kernel, no .BTF.base is needed, and the result is the same" {
    kbtf distill -q -B old.btf -o distilled modules
    kbtf relocate -q -B new.btf -o one distilled
    kbtf relocate -q -B new.btf --old-base old.btf -o two modules
    said 1 "modules/net/refused.ko: distilled base+0x28: $sock
modules/net/refused.ko: distilled base+0x34: $gone"
    for name in fits ids net/drifts; do
        kbtf extract -q -o one.btf one/$name.ko
        kbtf extract -q -o two.btf two/$name.ko
        cmp one.btf two.btf
    done
    kbtf relocate -q --root root --kernel 6.0.0-new --old-kernel 6.0.0-old -o three
    said 0
    cmp three/fits.ko two/fits.ko
}

@test "relocate: neither .BTF.base nor the old kernel" {
    kbtf relocate -q -B new.btf -o made modules/fits.ko
    said 1 "modules/fits.ko: no .BTF.base, and the kernel it was built on is not named: use --old-base or --old-kernel [base-missing]"
    kbtf relocate -q --root root --kernel 6.0.0-new --old-kernel 6.0.0-new -o made modules/fits.ko
    said 1 "modules/fits.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]"
}

@test "relocate: --strict refuses drift, and says which member moved" {
    kbtf distill -q -B old.btf -o distilled/ modules/net/drifts.ko
    kbtf relocate -q -B new.btf -o made distilled
    said 0
    kbtf relocate -q --strict -B new.btf -o strict distilled
    [ "$status" -eq 1 ]
    [ ! -e strict ]
    grep -qx "distilled/drifts.ko: .BTF.base+0x28: type \[2\] STRUCT port: the module embeds it; member 'speed' moved from bit 0 to bit 32 (kernel type \[6\]) \[drift\]" err || { cat err; false; }
}

@test "relocate: in place, twice: the second time there is nothing to relocate from" {
    kbtf distill -q -B old.btf -o distilled/ modules/fits.ko
    kbtf relocate -q -B new.btf --in-place distilled
    said 0
    kbtf relocate -q -B new.btf --in-place distilled
    said 1 "distilled/fits.ko: no .BTF.base, and the kernel it was built on is not named: use --old-base or --old-kernel [base-missing]"
}

@test "relocate: any number of threads gives the same bytes and the same report" {
    kbtf distill -q -B old.btf -o distilled many modules
    kbtf relocate -j1 --json -B new.btf -o one distilled
    jq 'del(.. | .seconds?) | del(.files[].output)' out >one.json
    mv err one.err
    kbtf relocate -j4 --json -B new.btf -o four distilled
    jq 'del(.. | .seconds?) | del(.files[].output)' out >four.json
    diff one.json four.json
    diff one.err err
    [ "$(contents one)" = "$(contents four)" ]
}

@test "relocate: damaged .BTF.base is refused" {
    kbtf distill -q -B old.btf -o out.ko modules/fits.ko
    printf '\0\0' >bad
    objcopy --update-section .BTF.base=bad out.ko bad.ko
    kbtf relocate -q -B new.btf -o x.ko bad.ko
    [ "$status" -eq 1 ]
    grep -q '^bad.ko: .BTF.base+0x[0-9a-f]*: .* \[[a-z-]*\]$' err || { cat err; false; }
    [ ! -e x.ko ]
}
