#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "check: distilled modules get their verdicts without the old kernel" {
    kbtf distill -q -B old.btf -o distilled modules
    cp modules/nobtf.ko distilled
    kbtf check -B new.btf distilled
    said 1 "note: distilled/net/drifts.ko: .BTF.base+0x28: type [2] STRUCT port: the module embeds it; member 'speed' moved from bit 0 to bit 32 (kernel type [6]) [drift]
distilled/net/refused.ko: .BTF.base+0x28: type [2] STRUCT sock: the module embeds it; size 8 where the module was built, 12 in this kernel (type [5]); member 'state' moved from bit 32 to bit 64 [embedded-size]
distilled/net/refused.ko: .BTF.base+0x34: type [3] STRUCT gone: this kernel has no type of the name [missing]"
    printed "relocates    distilled/fits.ko
relocates    distilled/ids.ko
drifts       distilled/net/drifts.ko
refused      distilled/net/refused.ko
no BTF       distilled/nobtf.ko
kernel       new.btf
files             5
relocates         2
drifts            1
refused           1
no BTF            1
types refused, and in how many files
       1  STRUCT gone [missing]
       1  STRUCT sock [embedded-size]
types that drift, and in how many files
       1  STRUCT port [drift]"
}

@test "check: nothing is written" {
    before=$(contents modules)
    kbtf check -q -B new.btf --old-base old.btf modules
    [ "$status" -eq 1 ]
    [ ! -s out ]
    [ "$(contents modules)" = "$before" ]
}

@test "check: plain modules on the kernel they were built on are the same" {
    cp old.btf copy.btf
    kbtf check -B copy.btf --old-base old.btf modules/fits.ko
    said 0
    printed "same         modules/fits.ko
kernel       copy.btf
files             1
same              1"
}

@test "check: without .BTF.base and the old kernel it cannot tell, and says so" {
    kbtf check -B new.btf modules/fits.ko
    said 1 "modules/fits.ko: no .BTF.base, and the kernel it was built on is not named: use --old-base or --old-kernel [base-missing]"
    printed "cannot tell  modules/fits.ko
kernel       new.btf
files             1
cannot tell       1"
}

@test "check: fits a post-install script: drift is no failure, unless --strict" {
    kbtf check -q -B new.btf --old-base old.btf modules/fits.ko modules/net/drifts.ko modules/nobtf.ko
    said 0
    kbtf check -q --strict -B new.btf --old-base old.btf modules/fits.ko modules/net/drifts.ko
    said 1 "modules/net/drifts.ko: distilled base+0x28: type [2] STRUCT port: the module embeds it; member 'speed' moved from bit 0 to bit 32 (kernel type [6]) [drift]"
}

@test "check: kernels by release, found under --root" {
    kbtf check --root root --kernel 6.0.0-new --old-kernel 6.0.0-old
    said 0
    printed "relocates    root/lib/modules/6.0.0-old/fits.ko
kernel       6.0.0-new
files             1
relocates         1"
}

@test "check: the report as JSON" {
    kbtf check --json -B new.btf --old-base old.btf modules
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.command, .kernel, .old_kernel, .error]' out)" = '["check","new.btf","old.btf",null]' ]
    [ "$(jq -r '.files[] | "\(.path) \(.outcome) \(.verdict)"' out)" = "modules/fits.ko done relocates
modules/ids.ko done relocates
modules/net/drifts.ko done drifts
modules/net/refused.ko refused refused
modules/nobtf.ko no BTF no BTF" ]
    [ "$(jq -c '.files[3].findings[1]' out)" = '{"reason":"missing","place":"modules/net/refused.ko: distilled base","offset":52,"type_id":3,"text":"type [3] STRUCT gone: this kernel has no type of the name"}' ]
    [ "$(jq -c '.files[3].why == .files[3].findings[0]' out)" = true ]
    [ "$(jq -c '.files[2].why.reason' out)" = '"drift"' ]
    [ "$(jq -c '.summary.verdicts' out)" = '{"same":0,"relocates":2,"drifts":1,"refused":1,"cannot tell":0,"no BTF":1}' ]
}

@test "check: JSON of names that are no UTF-8" {
    cp modules/fits.ko $'\xff\xc3\xa9.ko'
    kbtf check --json -B new.btf --old-base old.btf $'\xff\xc3\xa9.ko'
    said 0
    [ "$(jq -r '.files[0].path' out)" = $'\xef\xbf\xbd\xc3\xa9.ko' ]
}

@test "check: a kernel whose BTF cannot be opened" {
    echo nonsense >bad.btf
    kbtf check --json -B bad.btf modules/fits.ko
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.files, .summary, (.error.reason | type)]' out)" = '[[],null,"string"]' ]
    grep -q '^bad.btf: ' err || { cat err; false; }
}
