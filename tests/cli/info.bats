#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "info: a distilled module" {
    kbtf distill -q -B old.btf -o out.ko modules/ids.ko
    kbtf info out.ko
    said 0
    printed "out.ko: ELF module
  module demo, for kernel 6.0.0-old
  section .BTF                   149 bytes
  section .BTF_ids                28 bytes
  section .BTF.base               64 bytes
  section .BTF.embedded          164 bytes
  .BTF_ids: 3 ids, 1 sets, 2 kfuncs
  .BTF: 149 bytes, 5 types, stands on .BTF.base
    header 24 bytes, types 80, strings 45
    PTR                1          12 bytes
    STRUCT             1          24 bytes
    FUNC               2          24 bytes
    FUNC_PROTO         1          20 bytes
  .BTF.base: 64 bytes, 2 types, stands alone
    header 24 bytes, types 28, strings 12
    INT                1          16 bytes
    STRUCT             1          12 bytes
  .BTF.embedded: 164 bytes, 4 types, stands alone
    header 24 bytes, types 100, strings 40
    INT                1          16 bytes
    PTR                1          12 bytes
    STRUCT             2          72 bytes"
}

@test "info: split BTF needs no base, and the signature is seen" {
    kbtf info signed.ko
    said 0
    grep -qx 'signed.ko: ELF module, signed' out
    grep -qx '  .BTF: [0-9]* bytes, 5 types, stands on a kernel' out
}

@test "info: JSON, and one bad file among good ones" {
    kbtf info --json old.btf modules/nobtf.ko modules/ids.ko
    said 1 "modules/nobtf.ko: no BTF in it [no-btf]"
    [ "$(jq -c '.summary' out)" = '{"nr_files":3,"nr_refused":1}' ]
    [ "$(jq -c '.files[0] | [.form, .is_module, .btf.stands, .btf.nr_types, .btf.kinds.STRUCT]' out)" = '["raw BTF",false,"alone",7,{"nr":5,"bytes":168}]' ]
    [ "$(jq -c '.files[1] | [.outcome, .why.reason]' out)" = '["refused","no-btf"]' ]
    [ "$(jq -c '.files[2] | [.nr_ids, .nr_sets, .nr_kfuncs, .module_name, .vermagic]' out)" = '[3,1,2,"demo","6.0.0-old SMP"]' ]
}

@test "info: a directory is all modules in it" {
    kbtf info modules old.btf
    said 1 "modules/nobtf.ko: no BTF in it [no-btf]"
    [ "$(grep -o '^[^ ].*: ' out | tr -d '\n')" = 'modules/fits.ko: modules/ids.ko: modules/net/drifts.ko: modules/net/refused.ko: old.btf: ' ]
    mkdir empty
    kbtf info empty
    said 0
}

@test "info: calls that are wrong" {
    kbtf info
    said 2 'kbtf info: no file was named
Try `kbtf info --help`.'
}
