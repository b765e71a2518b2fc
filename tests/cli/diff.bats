#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "diff: two kernels, to the member" {
    kbtf diff old.btf new.btf
    said 1
    printed '--- old.btf
+++ new.btf

-struct gone, size 4

struct port: size 8, members moved or resized
~      4 ->      0  int number
~      0 ->      4  int speed

struct sock: size 8 -> 12
+      4     4  int mark
~      4 ->      8  int state

struct           1 removed       0 added       2 changed
layout           1 of another size; 1 of the same: 1 moved or resized, 0 with members added, 0 renamed or removed'
}

@test "diff: nothing differs, nothing is printed" {
    kbtf diff old.btf root/boot/vmlinux-6.0.0-old
    said 0
    [ ! -s out ]
    kbtf diff -q old.btf old.btf
    said 0
}

@test "diff: quiet, the exit status tells" {
    kbtf diff -q old.btf new.btf
    said 1
    [ ! -s out ]
}

@test "diff: releases, found under --root" {
    kbtf diff --root root --summary 6.0.0-old 6.0.0-new
    said 1
    printed '--- 6.0.0-old
+++ 6.0.0-new

struct           1 removed       0 added       2 changed
layout           1 of another size; 1 of the same: 1 moved or resized, 0 with members added, 0 renamed or removed'
    kbtf diff --root root 6.0.0-old 6.0.0-nobody
    [ "$status" -eq 2 ]
    grep -q '^no BTF of kernel 6.0.0-nobody under root: tried ' err || { cat err; false; }
}

@test "diff: only types of some names" {
    kbtf diff --type sock --type device old.btf new.btf
    said 1
    [ "$(grep -c '^[a-z].*: size' out)" -eq 1 ]
    kbtf diff --type device old.btf new.btf
    said 0
    kbtf diff --type nobody old.btf new.btf
    said 2 'neither has a type named nobody [no-type]'
}

@test "diff: only what modules refer to" {
    kbtf diff --used-by modules/fits.ko old.btf new.btf
    said 0
    kbtf diff --used-by modules/net/drifts.ko old.btf new.btf
    said 1
    [ "$(grep '^[a-z+-].* size [0-9]' out)" = 'struct port: size 8, members moved or resized' ]
    kbtf distill -q -B old.btf -o distilled modules
    for modules in modules distilled; do
        kbtf diff --used-by $modules --root root 6.0.0-old 6.0.0-new
        said 1
        [ "$(grep '^[a-z+-].* size [0-9]' out)" = '-struct gone, size 4
struct port: size 8, members moved or resized
struct sock: size 8 -> 12' ]
    done
    kbtf diff --used-by modules/fits.ko --root root 6.0.0-new 6.0.0-old
    said 2 'modules/fits.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]'
}

@test "diff: modules, on the kernels named, their own base, or the one they were built for" {
    kbtf diff -B old.btf modules/fits.ko modules/net/drifts.ko
    said 1
    grep -q '^+struct drifts_priv, size 32' out
    kbtf diff -B new.btf --old-base old.btf modules/fits.ko modules/fits.ko
    [ "$status" -eq 2 ]
    grep -q '^modules/fits.ko: .BTF' err
    kbtf diff --root root modules/fits.ko modules/fits.ko
    said 0
    kbtf diff modules/fits.ko modules/fits.ko
    said 2 "modules/fits.ko: a module's BTF stands on that of its kernel, 6.0.0-old, which is not to be found: name where it is [base-missing]"
    kbtf distill -q -B old.btf -o distilled.ko modules/fits.ko
    kbtf diff -B new.btf --old-base old.btf modules/fits.ko distilled.ko
    said 0
    kbtf diff --root root distilled.ko modules/fits.ko
    said 0
}

@test "diff: as JSON" {
    kbtf diff --json old.btf new.btf
    said 1
    [ "$(jq -c '[.command, .old, .new, .error]' out)" = '["diff","old.btf","new.btf",null]' ]
    [ "$(jq -c '.types[] | [.what, .kind, .name, .layout, .old_size, .new_size]' out)" = '["removed","STRUCT","gone","same",4,0]
["changed","STRUCT","port","moved",8,8]
["changed","STRUCT","sock","resized",8,12]' ]
    [ "$(jq -c '.types[2].changes[] | [.part, .how, .old.text // .old.offset_bits, .new.text // .new.type]' out)" = '["attribute",["revalued"],"8","12"]
["member",["added"],null,"int"]
["member",["moved"],32,"int"]' ]
    [ "$(jq -c '.summary.kinds.STRUCT' out)" = '{"removed":1,"added":0,"changed":2}' ]
    kbtf diff --json old.btf missing.btf
    [ "$status" -eq 2 ]
    grep -q '^no BTF of kernel missing.btf: tried ' err
    [ "$(jq -c '[.types, .summary, (.error.reason | type)]' out)" = '[[],null,"string"]' ]
}

@test "diff: calls that are wrong, and what cannot be read" {
    kbtf diff old.btf
    said 2 'kbtf diff: OLD and NEW are wanted, not 1 words
Try `kbtf diff --help`.'
    kbtf diff -B a --kernel b old.btf new.btf
    said 2 'kbtf diff: --base and --kernel exclude each other
Try `kbtf diff --help`.'
    kbtf diff ./missing old.btf
    said 2 './missing: cannot open: No such file or directory [file-read]'
    kbtf diff modules/nobtf.ko old.btf
    said 2 'modules/nobtf.ko: no BTF in it [no-btf]'
    echo nonsense >bad.btf
    kbtf diff old.btf bad.btf
    [ "$status" -eq 2 ]
    grep -q '^bad.btf: ' err
    [ ! -s out ]
    [ -e /dev/full ] || skip 'there is no /dev/full'
    status=0
    "$KBTF" diff old.btf new.btf >/dev/full 2>err || status=$?
    [ "$status" -eq 2 ]
    [ -s err ]
}
